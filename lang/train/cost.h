/* cost.h — `gd check --cost`: the memory and time that a training would take. */
#ifndef GD_LANG_LEARN_COST_H
#define GD_LANG_LEARN_COST_H

#include "lang/train/train.h"

/* Rows of the largest part of a minibatch of so many rows, with `shards:`. */
int64_t cost_part(const TrainRun *run, int64_t rows);
/* Prints the estimate of a training whose steps were recorded, to standard output; with
 * --json as one event. */
void cost_training(const TrainRun *run);
/* The same for an `update` in a loop. */
void cost_update(Vm *vm, const Objective *objective, const Step *step);
/* With --cost, warns that there is no estimate: the training depends on what is unknown. */
void cost_none(Vm *vm, Span span);

#endif
