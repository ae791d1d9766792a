/* csv_text.h — inside this room: the bytes of a CSV file as cells, one after the other.
 *
 * A CsvText is a whole file in memory and the offset of the next cell.  A place in the file is kept
 * as an offset; line and column are counted from the start when a message needs them.
 */
#ifndef GD_RUNTIME_IO_CSV_TEXT_H
#define GD_RUNTIME_IO_CSV_TEXT_H

#include "runtime/io/file.h"

typedef struct CsvText {
  const char *path; /* borrowed */
  Bytes bytes;      /* the file; owned */
  const char *data; /* the bytes after a byte order mark */
  size_t length;    /* of data, without newlines at the end */
  size_t at;        /* offset of the next cell */
  Diag *diag;
} CsvText;

typedef enum CsvAfter { CSV_AFTER_CELL, CSV_AFTER_ROW, CSV_AFTER_ALL } CsvAfter;

typedef struct CsvCell {
  const char *text; /* without quotes and blanks around; doubled quotes still doubled */
  size_t length;
  size_t start; /* offset in the file */
  bool quoted;
  bool doubled;   /* has doubled quotes inside */
  CsvAfter after; /* what ends it: a comma, the end of the row, or of the file */
} CsvCell;

/* Reads the file and checks that it is text; text->path and text->diag are set. */
bool csv_text_read(CsvText *text, const Files *files);
void csv_text_free(CsvText *text);
/* reads the next cell; false after filling diag */
bool csv_text_next(CsvText *text, CsvCell *cell);
/* the cell's text with doubled quotes single, in the arena */
char *csv_text_copy(Arena *arena, const CsvCell *cell, size_t *length);

/* Line and column (in characters) of an offset, both from 1. */
void csv_text_place(const CsvText *text, size_t offset, int64_t *line, int64_t *column);
/* a mistake at that offset; false */
bool csv_text_fail(const CsvText *text, size_t offset, const char *format, ...) PRINTF_LIKE(3, 4);
/* A piece of the file for a message: escaped, at most some sixty bytes. */
const char *csv_text_show(const char *bytes, size_t length, char into[200]);

#endif
