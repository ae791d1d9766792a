/* health_sample.h — rows of a training's data, as many as what `health: true` may cost allows. */
#ifndef GD_LANG_HEALTH_SAMPLE_H
#define GD_LANG_HEALTH_SAMPLE_H

#include "lang/learn/health.h"

enum { SAMPLE_MOST = 2000 /* rows */, COLUMNS_MOST = 4096 };

typedef struct Moments {
  double mean, deviation;
} Moments;

/* a quarter of the elements that may still be read, which it takes */
double sample_budget(TrainRun *run);
/* Is it a matrix of numbers, not too wide? */
bool sample_table(const Tensor *tensor);
void sample_row(const Tensor *table, int64_t row, int64_t width, double *into);
/* of each column, over evenly spaced rows, `most` elements at most; owned */
Moments *sample_moments(const Tensor *table, double most);
/* the last column of the data where there are several, or NULL */
const Tensor *sample_targets(const TrainRun *run);
bool sample_one_a_row(const Tensor *y);

#endif
