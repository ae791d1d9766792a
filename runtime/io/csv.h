/* csv.h — tables of text as tensors.
 *
 * The form is RFC 4180, with the separator that parts the first lines alike (or the one stated):
 * cells may stand in double quotes, a quote inside is doubled, a quoted cell may hold separators
 * and newlines.  Lines end in LF or CRLF; UTF-8, with or without a byte order mark, or what
 * `encoding` says.  Blanks around a cell do not belong to it; blank lines are skipped.
 *
 * A column is numbers when its cells are, or all but fewer than a tenth of those not missing, which
 * are then mistakes; else it is text and becomes one column of x for each class, or the class
 * number as a target.  Texts that are quantities, dates or nearly all different are a mistake
 * unless `kinds` says what they are.  The decisions are kept in a Schema (schema.h); with `like`,
 * that schema decides.
 *
 * Missing are the empty cell and the marks.  The caller says what to do about them; otherwise each
 * is an error.  All mistakes of a file are collected before it is refused: up to twenty are
 * reported, with their total number.
 */
#ifndef GD_RUNTIME_IO_CSV_H
#define GD_RUNTIME_IO_CSV_H

#include "runtime/io/file.h"
#include "runtime/io/schema.h"
#include "runtime/tensor/tensor.h"

enum { CSV_CELL_MOST = 65536, CSV_COLUMNS_MOST = 65536 }; /* bytes in a cell, columns */
enum { CSV_MEND = 340 };                                  /* bytes of a fix, with its end */

/* A column of the file, by name or by place. */
typedef struct CsvName {
  const char *name; /* borrowed; NULL: by place */
  int64_t place;    /* from 0, negative from the end */
} CsvName;

typedef struct CsvNames {
  const CsvName *items; /* borrowed; NULL: none are given, which is not an empty list */
  int64_t count;
} CsvNames;

typedef struct CsvKindOf {
  CsvName column;
  ColumnKind kind;
} CsvKindOf;

/* Fields that are zero are detected, or taken from `like`. */
typedef struct CsvOptions {
  CsvNames targets;        /* what is y */
  CsvNames columns, drops; /* the features are these; these are none */
  const CsvKindOf *kinds;  /* borrowed */
  int64_t kind_count;
  const Schema *like;   /* borrowed; NULL: decide from the file */
  bool unknown_missing; /* a class that `like` has not is a missing cell */
  CsvForm form;         /* decimal 0: a point, or as in `like` */
  bool header_given, skip_given, encoding_given, comment_given, thousands_given, missing_given;
  const char *const *marks; /* borrowed; besides the usual ones */
  int64_t mark_count;
  bool no_marks;      /* the empty cell alone is missing */
  bool features_only; /* targets and kept columns are skipped */
  /* a piece of a larger file: bytes from this offset on stand so many lines further down there */
  size_t moved_at;
  int64_t moved_by;
  CsvMissing missing;
  Dtype dtype;                       /* of x, and of y where it is numbers: f32 or f64 */
  bool (*is_word)(const char *name); /* can a fix have the name without quotes? NULL: none can */
  /* runs task(context, block) for all blocks, perhaps on several threads; NULL: one by one */
  void (*team)(int64_t blocks, void (*task)(void *context, int64_t block), void *context);
} CsvOptions;

/* A column that is not in x. */
typedef struct CsvKept {
  const char *name;
  Tensor values; /* [N], i32 where whole and fitting or of class numbers, else f64 */
} CsvKept;

typedef struct Csv {
  /* [N, D] of options.dtype, or [N, 0] where there is no feature */
  Tensor x;
  /* [N], of several targets [N, T]: i32 class numbers, else options.dtype; buffer NULL without one
   */
  Tensor y;
  /* [N] i32: where each row begins in the file, from 1; buffer NULL without elements or of several
   * files */
  Tensor lines;
  CsvKept *kept;
  int64_t kept_count;
  bool has_target; /* false also where `like` has one and the file has not */
  Schema *schema;  /* held */
  int64_t rows_dropped, cells_filled, unknown_cells;
  char *notice; /* what was detected or done, as a sentence; NULL: nothing worth reporting */
  bool rounded; /* part of that: whole numbers or times became equal in f32 */
  Arena arena;
} Csv;

/* Returns a new one.  `path` may be a pattern with `*` and `?` in its file name: those files, in
 * order of their names, are one table. */
bool csv_read(const Files *files, const char *path, const CsvOptions *options, Csv *csv,
              Diag *diag);
/* the same of text in memory that is named `path` in messages; takes the bytes */
bool csv_read_bytes(Bytes bytes, const char *path, const CsvOptions *options, Csv *csv, Diag *diag);
/* Types, names and targets without elements (x.buffer, y.buffer NULL). */
bool csv_shape(const Files *files, const char *path, const CsvOptions *options, Csv *csv,
               Diag *diag);
void csv_free(Csv *csv);
/* A fix with a column's name for `@`; `(@: "number")` becomes a dict of pairs where the name cannot
 * stand before a colon (is not `plain`). */
void csv_mend(const char *help, const char *name, bool plain, char into[CSV_MEND]);

#endif
