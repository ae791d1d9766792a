/* csv_notice.h — inside this room: the notice about a table that was read. */
#ifndef GD_RUNTIME_IO_CSV_NOTICE_H
#define GD_RUNTIME_IO_CSV_NOTICE_H

#include "runtime/io/csv_column.h"

/* After kinds and classes are decided, before cells are filled in: csv->notice. */
void csv_notice(CsvTable *table);

#endif
