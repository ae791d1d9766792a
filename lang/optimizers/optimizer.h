/* optimizer.h — the kind of value that an optimizer is (LANGUAGE.md section 8).
 *
 * An OptimizerObject stores the number of its steps and, for each trained tensor, its states.
 *
 *   optimizer.c        construction, fields
 *   hyper.c            hyperparameters: their rules, schedules, the numbers of a step
 *   states.c           the states by tensor
 *   declaration.c      the declared body, run for one tensor
 *   optimizer_step.c   traces a step of all tensors; ahead.c and shared.c are parts of it
 */
#ifndef GD_LANG_OPTIMIZER_H
#define GD_LANG_OPTIMIZER_H

#include "lang/models/param.h"

typedef struct OptimizerObject {
  Object head;
  ClosureObject *made_by;         /* held */
  Span span;                      /* where it was made */
  int64_t steps;                  /* steps so far: t - 1 */
  struct OptimizerMemory *memory; /* owned */
  bool whole;                     /* its step takes all tensors as one vector */
  bool finds;                     /* its `lr` was given as `auto`: each train finds it */
  int place;                      /* among those of its training, from 1 (draws_place) */
  uint64_t left;                  /* arguments that its call left at their defaults, by rule_bit */
  int count;                      /* of arguments */
  Value arguments[];              /* held: hyperparameters by parameter */
} OptimizerObject;

typedef struct OptimizerMemory {
  struct TargetMemory *targets; /* states by target (states.c); owned */
  int count, capacity;
  Lookup places;              /* indexes of the params */
  int state_count;            /* of the declaration */
  bool by_rows;               /* some target was updated by rows (sparse.h) */
  double *now;                /* by argument: the last values of schedules and params; owned */
  int64_t settled_for;        /* … for this step number, from 0 */
  double scale;               /* factor of `lr`, halved by `on_divergence: "back_off"`; 0: none */
  bool settled;               /* `now` is valid, and the rules hold for it */
  struct OptimizerKept *line; /* what a failing line of a session restores; borrowed; or NULL */
} OptimizerMemory;

extern const KindRow OPTIMIZER_KIND;

/* arguments in order of the parameters */
Value optimizer_new(Vm *vm, const CallSite *site, ClosureObject *made_by, const Value *args);
/* Returns a new one with the same hyperparameters and no steps made; inner optimizers are copied in
 * the same way. */
Value optimizer_copy(Vm *vm, const OptimizerObject *optimizer);
/* For checkpoints: the step number from which it continues. */
void optimizer_go_on(OptimizerObject *optimizer, int64_t steps);

#endif
