/* series.h — a growing list of numbers. */
#ifndef GD_LANG_SERIES_H
#define GD_LANG_SERIES_H

#include "runtime/compute.h"

typedef struct Series {
  double *at; /* owned */
  int64_t count, capacity;
} Series;

void series_grow(Series *series);
static inline void series_push(Series *series, double value) {
  if (UNLIKELY(series->count == series->capacity)) series_grow(series);
  series->at[series->count++] = value;
}
double series_last(const Series *series); /* NaN if it is empty */
/* of the items from index `from` to before `to`; NaN if there are none */
double series_mean(const Series *series, int64_t from, int64_t to);

#endif
