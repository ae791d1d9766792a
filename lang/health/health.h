/* health.h — `health: true` and `gd doctor`: what is wrong with a training, and how to fix it.
 *
 *   health.c           when a training is examined, and in which order
 *   health_look.c      what a recorded minibatch shows
 *   health_data.c      what the data shows; health_held.c and health_sample.c are parts of it
 *   health_judge.c     verdicts from the recordings and losses
 *   health_rate.c      trials of other rates; health_trial.c runs them and counts their cost
 *   health_stuck.c     why a loss does not fall; health_blind.c: compared with shuffled targets
 *   health_loop.c      loops around `update`
 *   health_tell.c      reporting a verdict
 */
#ifndef GD_LANG_HEALTH_H
#define GD_LANG_HEALTH_H

#include "lang/run/kept.h"
#include "lang/run/run.h"

/* The numbers of one target of the training. */
typedef struct HealthTarget {
  double slope, size; /* the norms of its gradient and of itself */
  bool matrix; /* of two axes or more, and a factor of a product; not the stacked biases of nets */
} HealthTarget;

enum { HEALTH_TARGETS = 64, HEALTH_ACTIVATIONS = 24 };

typedef struct HealthActivation {
  Op op;
  Span span;
  double share; /* the share of units that are 0 for every row, or of elements at a limit */
} HealthActivation;

/* The findings in one minibatch. */
typedef struct HealthLook {
  double loss, penalty; /* the part of it that depends on no data */
  HealthTarget targets[HEALTH_TARGETS];
  int target_count;
  HealthActivation activations[HEALTH_ACTIVATIONS];
  int activation_count;
  /* the matrix [n, n] that is used most often in one step: a recurrent one */
  int recurrent; /* which target, from 1; 0: none */
  int uses;
  Span recurrent_span;
  bool raw[8];    /* by column of the data: it enters a product unchanged */
  bool unread[8]; /* by column of the data: the loss does not depend on it */
  Tensor alone;   /* of a loop around `update`: the tensor that does so; borrowed meanwhile */
  bool classes;   /* the loss is a cross entropy of class labels */
  double work;    /* of this recording, in weighted operations (plan_work) */
  double nodes;   /* of the recording */
} HealthLook;

typedef struct Health {
  HealthLook first, last;
  Kept values;                /* before the first step */
  double run_work;            /* planned, then actual: in the unit of plan_work */
  double spent;               /* on health, in the same unit */
  int64_t tried;              /* steps of trials */
  double elements;            /* of the data that may still be read */
  Span rate_span;             /* of the optimizer */
  double decay;               /* its weight_decay */
  double root;                /* of how many numbers are trained */
  int64_t clipped, steps;     /* updates whose gradient was clipped; all updates */
  Text verdicts;              /* for the report: JSON texts separated by commas; owned */
  int told;                   /* number of verdicts */
  bool rate_told, cause_told; /* about the rate; one that explains why nothing is learned */
  bool held_told;             /* about the held-out rows */
} Health;

/* before the first update; does nothing if health is off */
void health_start(TrainRun *run);
void health_step(TrainRun *run); /* after an update */
/* after the last; update: makes one, false when the rows are used up */
void health_end(TrainRun *run, Update update);
/* the run failed with this */
void health_failed(TrainRun *run, const Diag *diag, Update update);
void health_free(TrainRun *run);
/* Runs `body` protected: an error in it occurs in the training too, which reports it. */
void health_look_apart(TrainRun *run, void (*body)(Vm *vm, void *context), void *context);

#endif
