/* kept.h — the values of params and buffers that a run saves and restores. */
#ifndef GD_LANG_KEPT_H
#define GD_LANG_KEPT_H

#include "lang/run/run.h"

/* Fills run->kept, its names and its count; known after the first trace. */
void kept_collect(TrainRun *run);
/* The values of params and buffers at one time. */
typedef struct Kept {
  ParamObject **params; /* held; owned array */
  Tensor *values;       /* owned */
  int count;
} Kept;
void kept_add_value(Vm *vm, Kept *kept, ParamObject *param); /* adds one that it does not have */
/* replaces its contents by the current values of everything that the run trains */
void kept_take(TrainRun *run, Kept *kept);
/* adds the values that it does not have yet */
void kept_take_new(TrainRun *run, Kept *kept);
void kept_give(Vm *vm, const Kept *kept); /* copies the values back to the params */
void kept_release(Vm *vm, Kept *kept);
void kept_drop_lone(Vm *vm, Kept *kept); /* drops the params that nothing else holds */
void kept_free(Kept *kept); /* its memory alone, after a raise: the objects are swept */

#endif
