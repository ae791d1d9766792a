/* health_sample.h — samples of a training's rows, within the budget of `health: true`. */
#ifndef GD_LANG_HEALTH_SAMPLE_H
#define GD_LANG_HEALTH_SAMPLE_H

#include "lang/health/health.h"

enum { SAMPLE_MOST = 2000 /* rows */, COLUMNS_MOST = 4096 };

typedef struct Moments {
  double mean, deviation;
} Moments;

/* takes a quarter of the elements that may still be read */
double sample_budget(TrainRun *run);
/* Is it a matrix of numbers that is not too wide? */
bool sample_table(const Tensor *tensor);
void sample_row(const Tensor *table, int64_t row, int64_t width, double *into);
/* of each column, over evenly spaced rows, `most` elements at most; owned */
Moments *sample_moments(const Tensor *table, double most);
/* the column of the targets: the last that the loss reads, after the first; 0: none */
int sample_target_column(const TrainRun *run);
const Tensor *sample_targets(const TrainRun *run); /* that column, or NULL */
bool sample_one_a_row(const Tensor *y);

#endif
