/* csv_stream.h — a table of text in pieces, each with the header in front, for tables larger than
 * memory that are read with the schema of another. */
#ifndef GD_RUNTIME_IO_CSV_STREAM_H
#define GD_RUNTIME_IO_CSV_STREAM_H

#include "runtime/io/file.h"
#include "runtime/io/schema.h"

typedef struct CsvStream {
  FileParts parts;
  Bytes whole;         /* of a packed file; owned */
  const char *path;    /* borrowed */
  const CsvForm *form; /* borrowed */
  size_t at;           /* where the next piece begins */
  size_t piece;        /* bytes of one, at least */
  Text header;         /* all before the first row; owned */
  int64_t lines;       /* before the next piece */
} CsvStream;

bool csv_stream_open(CsvStream *stream, const Files *files, const char *path, const CsvForm *form,
                     size_t piece, Diag *diag);
/* Returns new bytes: the header and whole rows, with where the rows begin and how many lines are
 * left out there (CsvOptions.moved_at, moved_by); length 0 at the end. */
bool csv_stream_next(CsvStream *stream, Bytes *bytes, size_t *moved_at, int64_t *moved_by,
                     Diag *diag);
void csv_stream_close(CsvStream *stream);

/* The rows of such a piece that begin at these lines (rising), as text with commas, without a line
 * end; the names of the columns come first.  In the arena. */
bool csv_stream_cells(const Bytes *piece, const CsvForm *form, int64_t moved_by,
                      const int32_t *lines, int64_t count, Arena *arena, char ***rows, Diag *diag);

#endif
