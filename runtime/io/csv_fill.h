/* csv_fill.h — inside this room: the second walk over a table, which fills its tensors. */
#ifndef GD_RUNTIME_IO_CSV_FILL_H
#define GD_RUNTIME_IO_CSV_FILL_H

#include "runtime/io/csv_column.h"

/* The tensors of table->csv are made; false after filling diag, or when a stop is wanted. */
bool csv_fill(CsvTable *table);

#endif
