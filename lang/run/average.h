/* average.h — `average:`, a running mean of the trained values (LANGUAGE.md section 9). */
#ifndef GD_LANG_LEARN_AVERAGE_H
#define GD_LANG_LEARN_AVERAGE_H

#include "lang/machine/kind.h"
#include "runtime/compute.h"

struct TrainRun;

typedef enum AverageKind { AVERAGE_EMA = 1, AVERAGE_SWA } AverageKind;

typedef struct Average {
  AverageKind kind; /* 0: none */
  double number;    /* EMA: the decay of a step; SWA: the share of the epochs before it */
  int64_t count;    /* of values in the mean so far: of the steps or epochs since `after` */
  int64_t after;    /* the step (EMA) or epoch (SWA) after which it begins */
  Tensor *values;   /* by kept param: the mean, f64; buffer NULL: not averaged; owned */
  Tensor *aside;    /* the trained values, while the params hold the means; owned */
  int size;         /* of both */
  bool shown;       /* the params hold the means */
} Average;

Value native_ema(Vm *vm, const CallSite *site, Value *args, int count);
Value native_swa(Vm *vm, const CallSite *site, Value *args, int count);

/* Reads the clause: the value of ema(…) or swa(…). */
void average_read(struct TrainRun *run, Span span, Value value);
void average_step(struct TrainRun *run);  /* after an update */
void average_epoch(struct TrainRun *run); /* after an epoch, before its validation */
void average_grow(struct TrainRun *run);  /* to all that is kept by now */
/* Put the means (if there are any yet) or the trained values into the params. */
void average_show(struct TrainRun *run);
void average_hide(struct TrainRun *run);
void average_leave(struct TrainRun *run);          /* at the end: the params keep the means */
void average_restart(struct TrainRun *run);        /* the mean begins again */
int64_t average_start(const struct TrainRun *run); /* `after`, unless it began again */
void average_free(struct TrainRun *run);

#endif
