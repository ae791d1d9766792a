/* best.h — `keep:`: the values of the best epoch. */
#ifndef GD_LANG_BEST_H
#define GD_LANG_BEST_H

#include "lang/train/train.h"

/* After an epoch, with the names of `keep:` set: keeps the values if it is the best so far. */
void best_keep(TrainRun *run);
/* At the end: gives the targets the values of the best epoch. */
void best_restore(TrainRun *run);

Value native_stalled(Vm *vm, const CallSite *site, Value *args, int count);
Value native_best(Vm *vm, const CallSite *site, Value *args, int count);

#endif
