/* csv_column.h — inside this room: the columns of a CSV file, their names and their kinds. */
#ifndef GD_RUNTIME_IO_CSV_COLUMN_H
#define GD_RUNTIME_IO_CSV_COLUMN_H

#include "runtime/io/csv.h"
#include "runtime/io/csv_cell.h"
#include "runtime/io/csv_distinct.h"
#include "runtime/io/csv_fault.h"

#include <string.h>

/* A column of the file. */
typedef struct CsvColumn {
  const char *name;
  CsvPlace place;           /* of its name */
  ColumnKind kind;          /* given or from `like`; AUTO until decided */
  bool given;               /* `kinds:` says the kind */
  bool target, feature;     /* neither: kept or skipped */
  int64_t place_in_y;       /* of a target */
  bool text;                /* decided: class numbers */
  const SchemaColumn *like; /* what `like` has of it; borrowed */
  int64_t like_place;       /* 1 + its place among the columns of `like`; 0: not there */
  SchemaColumn *schema;     /* what became of it, in csv->schema */
  int64_t numbers, texts;   /* cells of each kind that are not missing */
  int64_t measures, dates;  /* of the texts */
  int64_t other_dates;      /* of the texts: in a form that is not read */
  bool clock;               /* DATE: its first cell is a time alone */
  CsvSpots *marked, *bare;  /* times with a zone (QUANTITY: percents), and those without one */
  CsvSpots *strange;        /* texts that are none of these */
  CsvSpots *odd;            /* texts (in a column with a kind: what it cannot read) */
  CsvSpots *doubts;         /* texts that were hardly meant as such */
  CsvSpots *missing;        /* missing cells */
  CsvSpots *beyond;         /* numbers that the dtype cannot hold */
  CsvSpots *cut;            /* whole numbers that not even f64 holds */
  CsvSpots *unknown;        /* classes that `like` has not */
  int64_t unknown_row;      /* that of the last of them */
  uint32_t currency;        /* of the first quantity with one */
  CsvSpots *currencies;     /* quantities with another */
  CsvDistinct distinct;     /* its texts; owned */
  /* the code of each row's text, -1 missing; owned.  A column that begins with a text has them from
   * the survey; one that turns out to be of texts later from another walk */
  int32_t *codes;
  int64_t code_capacity;
  bool coded;     /* it has them so far */
  bool plain;     /* a cell that csv_text_number reads is a number of it */
  uint8_t *looks; /* by code: what kind of text it is, 0 not known yet; owned */
  int64_t look_capacity;
  double sum;             /* of the numbers that are kept */
  int64_t summed, filled; /* how many; missing cells that got a value */
  int64_t fractions;      /* KEEP: numbers that are not whole or do not fit in i32 */
  int64_t fraction_row;   /* that of the last of them */
  CsvKept *kept;          /* KEEP */
  /* whole numbers and times of which f32 does not hold all; owned; NULL while there are none */
  double *large;
  int64_t large_count, large_capacity;
} CsvColumn;

/* Where every so many rows begin. */
typedef struct CsvChunk {
  int part;
  size_t at;   /* offset of the first row */
  int64_t row; /* its number */
} CsvChunk;

/* A table being read: what is known of it so far. */
typedef struct CsvTable {
  CsvText *parts;       /* owned */
  int part_count, part; /* how many; which is being read */
  const CsvOptions *options;
  CsvForm form;
  Csv *csv;
  CsvColumn *columns; /* in the csv's arena */
  int64_t column_count;
  CsvColumn **by_name; /* the same in the order of their names; in the csv's arena */
  size_t *data_start;  /* by part: offset of the first row of data */
  bool *marks_first;   /* by byte: a mark begins with it */
  char **marks;        /* in the csv's arena */
  double *mark_values; /* of each mark, NaN where it is no number; in the csv's arena */
  bool number_marks;   /* some are numbers */
  int64_t mark_count;
  uint64_t mark_lengths; /* bit n: a mark has n bytes (n < 64) */
  CsvMissing missing;
  int64_t rows;     /* of data, all of them */
  CsvChunk *chunks; /* owned */
  int64_t chunk_count, chunk_capacity;
  int64_t *dropped; /* numbers of the rows with a missing cell, rising; owned; under DROP only */
  int64_t dropped_count, dropped_capacity;
  CsvFaults faults;
  Diag *diag;
} CsvTable;

/* In this order; each is false after filling diag, or where `faults` has some. */
/* the form and the marks; before the texts are read */
void csv_column_form(CsvTable *table);
/* the separator, the first rows: the number of columns and, with a header, their names; which is
 * what */
bool csv_column_header(CsvTable *table);
bool csv_column_survey(CsvTable *table); /* walks all cells and decides the kind of each column */

/* The codes of columns of texts that the survey has not numbered. */
bool csv_column_codes(CsvTable *table);
/* Is the cell, which begins as a mark does, one? */
bool csv_column_mark(const CsvTable *table, const CsvCell *cell);
/* Is the cell missing: empty or a mark? */
static inline bool csv_column_missing(const CsvTable *table, const CsvCell *cell) {
  if (cell->length == 0) return true;
  return UNLIKELY(table->marks_first[(unsigned char)cell->text[0]]) && csv_column_mark(table, cell);
}
/* The number of a cell in a column of numbers, quantities or dates. */
bool csv_column_number(const CsvTable *table, const CsvColumn *column, const CsvCell *cell,
                       double *number);
/* finds out which columns are `plain` */
void csv_column_plain(CsvTable *table);
/* Was the row dropped?  `*next` counts those that were, from row to row. */
static inline bool csv_row_dropped(const CsvTable *table, int64_t row, int64_t *next) {
  if (*next >= table->dropped_count || table->dropped[*next] != row) return false;
  ++*next;
  return true;
}
/* rows that are kept */
int64_t csv_column_rows(const CsvTable *table);
/* KEEP: has each row that is kept a whole number that fits in i32? */
bool csv_column_whole(const CsvTable *table, const CsvColumn *column);
void csv_column_rounded(CsvTable *table, Text *told); /* adds what f32 does to whole numbers */
void csv_column_free(CsvTable *table);                /* what the columns own outside the arena */
/* its name for messages */
static inline const char *csv_column_name(const CsvColumn *column, char into[200]) {
  return csv_text_show(column->name, strlen(column->name), into);
}

#endif
