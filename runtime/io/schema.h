/* schema.h — what reading a table detected and decided, kept so that another table can be read the
 * same way.
 *
 * A Schema is made by the reader (csv.c), belongs to the data set that was read, is saved with a
 * net as JSON in the metadata of its file, and is what `like:` reads by.  It never changes once it
 * is made: a data set with other columns has another one.  Holders count (`refs`); one thread.
 */
#ifndef GD_RUNTIME_IO_SCHEMA_H
#define GD_RUNTIME_IO_SCHEMA_H

#include "runtime/base/diag.h"

typedef enum ColumnKind {
  COLUMN_AUTO,     /* not said: numbers or class, as the cells are; never in a Schema */
  COLUMN_NUMBERS,  /* as written */
  COLUMN_CLASS,    /* one column of x for each class; as a target the class number */
  COLUMN_CODE,     /* the class number */
  COLUMN_QUANTITY, /* "number": currency signs, thousands, blanks, percents, (5) */
  COLUMN_DATE,     /* days since 1970 */
  COLUMN_KEEP,     /* not in x, there by name */
  COLUMN_SKIP,     /* skipped */
  COLUMN_KINDS
} ColumnKind;

extern const char *const COLUMN_KIND_NAMES[COLUMN_KINDS];
/* "class" … "skip", as `kinds:` has them; false for any other word */
bool column_kind_parse(const char *word, ColumnKind *kind);

typedef enum CsvMissing {
  CSV_MISSING_ERROR,
  CSV_MISSING_DROP,
  CSV_MISSING_MEAN,
  CSV_MISSING_MEDIAN,
  CSV_MISSING_CLASS
} CsvMissing;
bool csv_missing_parse(const char *word, CsvMissing *missing); /* "error", "drop", … */

typedef enum CsvEncoding { CSV_UTF8, CSV_LATIN1, CSV_WINDOWS1252 } CsvEncoding;
bool csv_encoding_parse(const char *word, CsvEncoding *encoding);

/* How the cells stand in the text. */
typedef struct CsvForm {
  char separator;    /* 0: to be found */
  char decimal;      /* '.' or ',' */
  char thousands[5]; /* one character, UTF-8; "": none */
  char comment[17];  /* a line that begins so is skipped; "": none */
  int64_t skip;      /* lines before the table */
  CsvEncoding encoding;
  bool no_header;
} CsvForm;

typedef struct SchemaColumn {
  char *name;
  ColumnKind kind;
  bool target;
  bool text;          /* its values are class numbers: CLASS, CODE, and KEEP of texts */
  bool missing_class; /* the last class is `missing` */
  bool indicator;     /* a column of x behind it is 1 where its cell is missing */
  char **classes;     /* number -> text, sorted by bytes */
  int64_t class_count;
  double mean, median; /* of numbers: what a missing cell becomes; NaN: not known */
  uint32_t currency;   /* QUANTITY: the sign of its cells, as a code point; 0: they had none */
  bool percent;        /* QUANTITY: all of its cells but 0 had the sign % */
  int64_t missing;     /* missing cells in the file as read */
  int64_t slot, width; /* the first of its columns in x, and how many; of a target its place in y */
} SchemaColumn;

typedef struct Schema {
  int refs;
  SchemaColumn *columns; /* in the order of x; targets, kept and skipped ones where they stood */
  int64_t count;
  char **names; /* of the columns of x */
  int64_t name_count;
  int64_t target_count;
  CsvForm form;
  char **marks; /* texts that stand for a missing cell, beside the empty cell */
  int64_t mark_count;
  CsvMissing missing;
  double *center, *spread; /* by column of x: it was standardized with these; NULL: it was not */
  Arena arena;             /* holds all of the above */
} Schema;

Schema *schema_new(void); /* returns a new one, empty, held once */
Schema *schema_retain(Schema *schema);
void schema_release(Schema *schema); /* NULL is fine */
/* A copy with these columns (indices into columns, in the order of x that is wanted); all others
 * become COLUMN_SKIP but for targets and kept ones.  Returns a new one. */
Schema *schema_select(const Schema *schema, const int64_t *columns, int64_t count);
/* A copy that says that x was standardized so. */
Schema *schema_scaled(const Schema *schema, const double *center, const double *spread);
/* Places and names of the columns of x, from kinds and classes; a target has its place. */
void schema_lay_out(Schema *schema);
const SchemaColumn *schema_find(const Schema *schema, const char *name); /* NULL: none */

/* JSON and back.  `path` is for messages: the file that holds it. */
void schema_write(const Schema *schema, Text *text);
Schema *schema_read(const char *json, const char *path, Diag *diag); /* NULL after filling diag */

#endif
