/* series.c — see series.h. */
#include "lang/machine/series.h"

#include <math.h>

void series_grow(Series *series) {
  series->capacity = series->capacity ? 2 * series->capacity : 64;
  series->at = mem_grow(series->at, (size_t)series->capacity * sizeof(double));
}

double series_last(const Series *series) {
  return series->count ? series->at[series->count - 1] : (double)NAN;
}

double series_mean(const Series *series, int64_t from, int64_t to) {
  double sum = 0;
  for (int64_t i = from; i < to; i++) sum += series->at[i];
  return to > from ? sum / (double)(to - from) : (double)NAN;
}
