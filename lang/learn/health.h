/* health.h — `health: true` and `gd doctor`: what is wrong with a training, and what mends it.
 *
 *   health.c           when a training is looked at, and in which order
 *   health_look.c      what a recorded minibatch shows
 *   health_data.c      what the data shows; health_held.c and health_sample.c are parts of it
 *   health_judge.c     what looks and losses say
 *   health_rate.c      other rates, tried; health_trial.c tries them and counts what it costs
 *   health_stuck.c     why a loss stays; health_blind.c: by targets shuffled on purpose
 *   health_loop.c      loops around `update`
 *   health_tell.c      a verdict, told
 */
#ifndef GD_LANG_HEALTH_H
#define GD_LANG_HEALTH_H

#include "lang/learn/train.h"

/* A row of two matrices of numbers: of a target of the training. */
typedef struct HealthTarget {
  double slope, size; /* the norms of its gradient and of itself */
} HealthTarget;

enum { HEALTH_TARGETS = 64, HEALTH_ACTIVATIONS = 24 };

typedef struct HealthActivation {
  Op op;
  Span span;
  double share; /* of its units that are 0 for every row, or of its elements at a limit */
} HealthActivation;

/* What one minibatch showed. */
typedef struct HealthLook {
  double loss, penalty; /* the part of it that no data reach */
  HealthTarget targets[HEALTH_TARGETS];
  int target_count;
  HealthActivation activations[HEALTH_ACTIVATIONS];
  int activation_count;
  /* the matrix [n, n] that is used most often in one step, as a recurrent one is */
  int recurrent; /* which target, from 1; 0: none */
  int uses;
  Span recurrent_span;
  bool raw[8];  /* by column of the data: it goes into a product as it is */
  Tensor alone; /* of a loop around `update`: what goes into a product so; borrowed for the look */
  bool classes; /* the loss is a cross entropy of class labels */
  double work;  /* of the look, in weighed operations (plan_work) */
  double nodes; /* of its recording */
} HealthLook;

typedef struct Health {
  HealthLook first, last;
  Kept values;                /* before the first step */
  double run_work;            /* planned, then made: the unit is plan_work's */
  double spent;               /* of it, on health */
  int64_t tried;              /* steps of trials */
  double elements;            /* of the data that may still be read */
  Span rate_span;             /* of the optimizer */
  double decay;               /* its weight_decay */
  double root;                /* of how many numbers are trained */
  int64_t clipped, steps;     /* updates whose gradient was clipped, of so many */
  Text verdicts;              /* a JSON text each, commas between: for the report; owned */
  int told;                   /* of them */
  bool rate_told, cause_told; /* one about the rate; one that explains why nothing is learned */
  bool held_told;             /* one about the held-out rows */
} Health;

/* before the first update; nothing where it is not asked for */
void health_start(TrainRun *run);
void health_step(TrainRun *run); /* after an update */
/* after the last; update: makes one, false when the rows are used up */
void health_end(TrainRun *run, Update update);
/* the run failed with this */
void health_failed(TrainRun *run, const Diag *diag, Update update);
void health_free(TrainRun *run);
/* Runs what looks; what goes wrong there goes wrong in the training too, and is told there. */
void health_look_apart(TrainRun *run, void (*body)(Vm *vm, void *context), void *context);

#endif
