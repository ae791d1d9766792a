/* csv_column.h — inside this room: the columns of a CSV file, their names and their types. */
#ifndef GD_RUNTIME_IO_CSV_COLUMN_H
#define GD_RUNTIME_IO_CSV_COLUMN_H

#include "runtime/io/csv.h"
#include "runtime/io/csv_text.h"

/* What the survey learns of a column.  The places are offsets, valid where the count is above 0. */
typedef struct CsvColumn {
  const char *name;
  int64_t numbers, texts, empties;     /* cells of each kind */
  size_t number_at, text_at, empty_at; /* the first of each */
  size_t doubtful_at;                  /* the first text that was hardly meant as one */
  const char *doubt;                   /* why; NULL: there is none */
  bool text;                           /* decided: class codes */
  int64_t slot;                        /* its axis of x, -1 for the target */
  int64_t classes;                     /* which of the class lists, for a text column */
  double sum;                          /* of the numbers, for the mean */
  size_t beyond_at;                    /* the first number that the dtype cannot hold */
  bool beyond;                         /* there is one */
  /* whole numbers of which f32 does not hold all; owned; NULL while there are none */
  double *large;
  int64_t large_count, large_capacity;
} CsvColumn;

/* A file being read: what is known of it so far. */
typedef struct CsvTable {
  CsvText text;
  const CsvOptions *options;
  Csv *csv;
  CsvColumn *columns; /* in the csv's arena */
  int64_t column_count;
  size_t data_start;    /* offset of the first row of data */
  int64_t rows;         /* of data, all of them */
  int64_t rows_missing; /* with an empty cell */
  int64_t target;       /* column of y, -1 without one */
} CsvTable;

/* In this order; each is false after filling diag. */
/* the first row: the number of columns and, with a header, their names */
bool csv_column_header(CsvTable *table);
/* which column is y; gives the others their places in x */
bool csv_column_target(CsvTable *table);
bool csv_column_survey(CsvTable *table); /* walks all cells and decides the type of each column */

/* rows that are kept: all, or those without an empty cell */
int64_t csv_column_rows(const CsvTable *table);
void csv_column_rounded(CsvTable *table); /* fills csv->rounded */
void csv_column_free(CsvTable *table);    /* what the columns own outside the arena */

#endif
