/* csv_decide.h — inside this room: the kind of a column, from what the survey counted. */
#ifndef GD_RUNTIME_IO_CSV_DECIDE_H
#define GD_RUNTIME_IO_CSV_DECIDE_H

#include "runtime/io/csv_column.h"

/* Sets its kind and whether it is of texts; mistakes are added to the table's. */
void csv_decide(CsvTable *table, CsvColumn *column);

#endif
