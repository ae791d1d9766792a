/* history.h — the record of a run: losses and metrics by epoch and by step. */
#ifndef GD_LANG_HISTORY_H
#define GD_LANG_HISTORY_H

#include "lang/machine/series.h"
#include "lang/step/measure.h"

typedef struct History {
  Series loss, val_loss; /* by epoch */
  Series metrics[METRICS_MOST], val_metrics[METRICS_MOST];
  Series step_loss, lr; /* by step */
  Series path;          /* the targets before each step and at the end, path_width each */
  int64_t steps, epochs;
  double seconds;
  const char *stopped; /* "epochs", … */
  char why[640];       /* the rule of it, with its numbers */
  int64_t evaluations; /* of the loss, by optimizers of the whole vector */
} History;

/* The sums behind the mean loss of an epoch. */
typedef struct Sums {
  double rows, loss;
} Sums;

typedef struct TrainRun TrainRun; /* run.h */

double history_seconds(const TrainRun *run); /* so far, without its pauses */
void history_epoch(TrainRun *run);           /* closes the epoch: its means */
Value history_value(TrainRun *run);          /* returns a new tuple */
void history_free(History *history);
/* the mean loss of the epoch so far; NaN before its first update */
double history_epoch_loss(const TrainRun *run);
void sums_add(Sums *sums, double loss, double rows); /* adds the mean loss of so many rows */

Value native_epoch_losses(Vm *vm, const CallSite *site, Value *args, int count);

#endif
