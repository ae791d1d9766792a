/* csv_text.h — inside this room: the bytes of a CSV file as cells, one after the other.
 *
 * A CsvText is a whole file in memory and the offset of the next cell.  A place in the file is kept
 * as an offset; line and column are counted from the start when a message needs them.
 */
#ifndef GD_RUNTIME_IO_CSV_TEXT_H
#define GD_RUNTIME_IO_CSV_TEXT_H

#include "runtime/io/mapped.h"
#include "runtime/io/schema.h"

typedef struct CsvText {
  const char *path; /* borrowed */
  MappedBytes file; /* owned */
  Text recoded;     /* the same as UTF-8, where it was not; owned */
  const char *data; /* the bytes after a byte order mark */
  size_t length;    /* of data */
  size_t at;        /* offset of the next cell */
  size_t table_at;  /* where the table begins, after `skip` lines */
  char separator;
  char blank;          /* besides ' ', a blank around cells: a tab, where it is no separator */
  const char *comment; /* borrowed; "": none */
  size_t moved_at;     /* CsvOptions has these two; both 0: a file of its own */
  int64_t moved_by;
  bool stops[256]; /* bytes that may end a cell, and the NUL behind the text */
  Diag *diag;
} CsvText;

typedef enum CsvAfter { CSV_AFTER_CELL, CSV_AFTER_ROW, CSV_AFTER_ALL } CsvAfter;

typedef struct CsvCell {
  const char *text; /* without quotes and blanks around; doubled quotes still doubled */
  size_t length;
  size_t start; /* offset in the file */
  bool quoted;
  bool doubled;   /* has doubled quotes inside */
  CsvAfter after; /* what ends it: a separator, the end of the row, or of the file */
} CsvCell;

/* Reads the file and checks that it is text; text->path and text->diag are set. */
bool csv_text_read(CsvText *text, const Files *files, const CsvForm *form);
/* takes the bytes of a table that is no file */
bool csv_text_take(CsvText *text, Bytes bytes, const CsvForm *form);
void csv_text_free(CsvText *text);
/* The separator that parts most of the first lines alike, of `, ; tab |`; 0 after filling diag
 * where two of them do. */
char csv_text_separator(const CsvText *text, char decimal);
void csv_text_part(CsvText *text, char separator); /* it is this one */

/* Steps over blank lines and comments to the next row; false: there is none. */
bool csv_text_row(CsvText *text);
/* reads the next cell; false after filling diag */
bool csv_text_next(CsvText *text, CsvCell *cell);
/* Reads the next cell if it is digits, with a `-` before and a point among them perhaps, which is
 * most of what tables hold, and ends as cells do, by a separator that is no part of numbers; else
 * it is false, and the cell is still the next. */
bool csv_text_number(CsvText *text, CsvCell *cell, double *number);
/* after a mistake: to the beginning of the next line */
void csv_text_next_line(CsvText *text);
/* the cell's text with doubled quotes single, in the arena */
char *csv_text_copy(Arena *arena, const CsvCell *cell, size_t *length);

/* Line and column (in characters) of an offset, both from 1. */
void csv_text_place(const CsvText *text, size_t offset, int64_t *line, int64_t *column);
/* a mistake at that offset; false */
bool csv_text_fail(const CsvText *text, size_t offset, const char *format, ...) PRINTF_LIKE(3, 4);
/* A piece of the file for a message: escaped, at most some sixty bytes. */
const char *csv_text_show(const char *bytes, size_t length, char into[200]);

#endif
