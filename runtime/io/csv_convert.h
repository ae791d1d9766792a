/* csv_convert.h — a table of text made ready to be mapped: an NPY file of its numbers. */
#ifndef GD_RUNTIME_IO_CSV_CONVERT_H
#define GD_RUNTIME_IO_CSV_CONVERT_H

#include "runtime/io/csv.h"

typedef struct CsvConverted {
  Schema *schema;        /* held: the columns are its features, then the targets */
  int64_t rows, columns; /* of the file made */
  char *notice;          /* what was detected or done; owned; NULL: nothing worth reporting */
} CsvConverted;

/* Reads the table twice, the second time in pieces, and writes x, the targets behind it, [rows,
 * columns] of options->dtype.  Memory is that of a piece and four bytes for each cell of a text
 * column.  Missing cells are an error, or drop their rows. */
bool csv_convert(const Files *files, const char *from, const char *to, const CsvOptions *options,
                 CsvConverted *made, Diag *diag);
void csv_converted_free(CsvConverted *made);

#endif
