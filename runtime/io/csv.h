/* csv.h — a table of text as tensors.
 *
 * The form is RFC 4180 with commas: cells may stand in double quotes, a quote inside is
 * doubled, a quoted cell may hold commas and newlines.  Lines end in LF or CRLF; UTF-8, with
 * or without a byte order mark.  Blanks around a cell do not belong to it.
 *
 * A column whose cells are numbers is a number column; any other is a text column and
 * becomes class codes 0, 1, … in sorted order of its distinct texts.  A column that mixes
 * both is a mistake, told at the first cell of the rarer kind.
 *
 * A number that the dtype cannot hold is a mistake, with its place; whole numbers that f32 rounds
 * together are told (`rounded`).
 *
 * Missing is an *empty cell*, quoted or not, and nothing else.  NA, null, nan, ? and their like are
 * refused with that explanation, because which of them means "missing" only their author knows.
 * What to do about missing cells the caller says: CSV_MISSING_ERROR names the first one,
 * CSV_MISSING_DROP leaves its row out, CSV_MISSING_MEAN puts the mean of the column's other cells
 * (number columns of x only).
 */
#ifndef GD_RUNTIME_IO_CSV_H
#define GD_RUNTIME_IO_CSV_H

#include "runtime/io/file.h"
#include "runtime/tensor/tensor.h"

enum { CSV_CELL_MOST = 65536, CSV_COLUMNS_MOST = 65536 }; /* bytes in a cell, columns */

typedef enum CsvMissing { CSV_MISSING_ERROR, CSV_MISSING_DROP, CSV_MISSING_MEAN } CsvMissing;
bool csv_missing_parse(const char *word, CsvMissing *missing); /* "error", "drop", "mean" */

typedef struct CsvOptions {
  const char *target;   /* the column that is y, by name; NULL: by place, or none */
  bool target_by_place; /* `target_place` counts */
  int64_t target_place; /* from 0, negative from the end */
  bool no_header;       /* the first line holds data; columns are then named 0, 1, … */
  CsvMissing missing;
  Dtype dtype; /* of x, and of y where it is numbers: f32 or f64 */
} CsvOptions;

/* A text column and what its codes stand for. */
typedef struct CsvClasses {
  char *column; /* its name */
  char **names; /* code -> text, sorted by bytes */
  int64_t count;
} CsvClasses;

typedef struct Csv {
  /* [N, D] of options.dtype, or [N, 0] where the target is the only column */
  Tensor x;
  /* [N] i32 codes of a text column, else options.dtype; buffer NULL without a target */
  Tensor y;
  /* [N] i32: where each row begins in the file, from 1; buffer NULL without elements */
  Tensor lines;
  char **names; /* of the D columns of x, in order */
  int64_t name_count;
  char *target;        /* name of y's column, NULL without one */
  CsvClasses *classes; /* of each text column, y's too, in order of columns */
  int64_t class_count;
  int64_t rows_dropped;
  const char *rounded; /* which whole numbers became equal in f32, in words; NULL: none did */
  Arena arena;         /* holds all the text above */
} Csv;

/* returns a new one */
bool csv_read(const Files *files, const char *path, const CsvOptions *options, Csv *csv,
              Diag *diag);
/* Types, names and targets without elements (x.buffer, y.buffer NULL; classes have no names), from
 * one look over the file's form. */
bool csv_shape(const Files *files, const char *path, const CsvOptions *options, Csv *csv,
               Diag *diag);
void csv_free(Csv *csv);

#endif
