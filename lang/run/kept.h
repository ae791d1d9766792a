/* kept.h — the values of params and buffers that a run saves and restores. */
#ifndef GD_LANG_KEPT_H
#define GD_LANG_KEPT_H

#include "lang/run/run.h"

/* Fills run->kept, its names and its count; known after the first trace. */
void kept_collect(TrainRun *run);
/* Adds one that some objective has, before kept_collect adds the others; false: none has it. */
bool kept_again(TrainRun *run, ParamObject *param);
/* The value of a kept param before a step changed it, if it joined late; else the present one. */
const Tensor *kept_before(const TrainRun *run, int index);
/* The values of params and buffers at one time. */
typedef struct Kept {
  ParamObject **params; /* held; owned array */
  Tensor *values;       /* owned */
  int count;
} Kept;
/* adds one that it does not have */
void kept_add_value(Vm *vm, Kept *kept, ParamObject *param, const Tensor *value);
/* replaces its contents by the current values of everything that the run trains */
void kept_take(TrainRun *run, Kept *kept);
/* adds those that it does not have yet, with their values from before the run trained them */
void kept_take_before(TrainRun *run, Kept *kept);
void kept_forget_before(TrainRun *run);   /* of all that it has now */
void kept_give(Vm *vm, const Kept *kept); /* copies the values back to the params */
void kept_release(Vm *vm, Kept *kept);
void kept_drop_lone(Vm *vm, Kept *kept); /* drops the params that nothing else holds */
void kept_free(Kept *kept); /* its memory alone, after a raise: the objects are swept */

#endif
