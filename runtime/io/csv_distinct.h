/* csv_distinct.h — inside this room: the distinct texts of one column, numbered as they come. */
#ifndef GD_RUNTIME_IO_CSV_DISTINCT_H
#define GD_RUNTIME_IO_CSV_DISTINCT_H

#include "runtime/io/csv_text.h"

enum { CSV_RECENT = 64 };

typedef struct CsvRecent {
  uint64_t word; /* the bytes of a text of at most eight, none of them 0; 0: no text */
  int32_t code;  /* and what it is */
} CsvRecent;

typedef struct CsvDistinct {
  char **texts; /* by code, in order of coming; in the arena of the csv */
  int64_t count, capacity;
  int32_t *slots; /* open addressing: code + 1, or 0; a power of two of them */
  int64_t slot_count;
  CsvRecent *recent; /* short texts by their bytes; owned; NULL: none yet */
} CsvDistinct;

/* The code of the cell's text, which is added where it is new and `add` says so, else -1. */
int32_t csv_distinct_code(CsvDistinct *distinct, Arena *arena, const CsvCell *cell, bool add);
/* Sorts those of which used[code] is true into names (space for all of them) and gives where each
 * code went, -1 for the others; `count` is how many there are.  Returns a new one. */
int32_t *csv_distinct_sort(const CsvDistinct *distinct, const bool *used, char **names,
                           int64_t *count);
void csv_distinct_free(CsvDistinct *distinct);

#endif
