/* csv_told.h — inside this room: the notice about a table that was read. */
#ifndef GD_RUNTIME_IO_CSV_TOLD_H
#define GD_RUNTIME_IO_CSV_TOLD_H

#include "runtime/io/csv_column.h"

/* After kinds and classes are decided, before cells are filled in: csv->told. */
void csv_told(CsvTable *table);

#endif
