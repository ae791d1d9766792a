/* hyper.h — the hyperparameters of an optimizer, as numbers of a step.
 *
 * A plain number is a constant of the plan.  One with a schedule (a function of the step number) is
 * an INPUT of the trace, and its number is computed before each step; so is a param that is
 * given for a number.
 */
#ifndef GD_LANG_HYPER_H
#define GD_LANG_HYPER_H

#include "lang/machine/series.h"
#include "lang/optimizers/optimizer.h"
#include "lang/tensors/trace.h"

/* The numbers that change from step to step, in one trace. */
typedef struct OptimizerInputs {
  int t; /* binding of the step number */
  /* binding of each scheduled hyperparameter, -1 for the others; in the trace's arena */
  int *arguments;
  /* by argument: its value in the body; owned until hyper_inputs_release */
  Value *values;
  Value t_value;
  /* by argument: the inputs of those that are optimizers; in the trace's arena */
  struct OptimizerInputs *inner;
} OptimizerInputs;

/* Is this argument a schedule?  A function of more than the step number, or one that the body
 * calls, is a setting like any other. */
bool hyper_schedules(const AstFunction *declaration, int index, Value value);
/* Is it `auto`?  Its number is found when a train begins (auto_rate.c). */
bool hyper_is_auto(Value argument);
/* Is this argument `lr`? */
bool hyper_is_rate(const OptimizerObject *optimizer, int index);

/* Checks every rule of the declaration; raises at `at`. */
void hyper_check(Vm *vm, const OptimizerObject *optimizer, Span at);
/* … those about one argument, with `value` for it */
void hyper_check_one(Vm *vm, const OptimizerObject *optimizer, int index, Value value, Span at);

/* do the rules allow that number for the argument? */
bool hyper_allows(Vm *vm, const OptimizerObject *optimizer, int index, double number);

/* index of the argument `lr` that is `auto`, or was until a train found it; or -1 */
int hyper_auto(const OptimizerObject *optimizer);
/* sets it to the value that a train found; takes it */
void hyper_auto_set(Vm *vm, OptimizerObject *optimizer, int index, Value value);
/* index of `beta1` where the call left it at a default that is a number, else -1: it goes with a
 * found rate */
int hyper_auto_momentum(const OptimizerObject *optimizer);
/* … which is its default again */
void hyper_auto_momentum_rest(Vm *vm, OptimizerObject *optimizer);
/* The default of a hyperparameter, if it is a plain number; else 0. */
double hyper_declared(const OptimizerObject *optimizer, int index);
/* Multiplies `lr` by a factor from now on, also a scheduled one and that of inner optimizers; 1
 * ends that. */
void hyper_scale(OptimizerObject *optimizer, double factor);
/* does it, or an inner optimizer, have an `lr`? */
bool hyper_has_rate(const OptimizerObject *optimizer);
/* `lr` at step number `step` (from 0); NaN when there is none */
double hyper_rate(Vm *vm, OptimizerObject *optimizer, int64_t step);
/* The value of a schedule or a param for step number `step` (from 0). */
double hyper_number(Vm *vm, const OptimizerObject *optimizer, int index, int64_t step);

/* The numbers of all hyperparameters, with those of inner optimizers, in order; NaN for what is no
 * number. */
void hyper_list(const OptimizerObject *optimizer, Series *numbers);
/* Checks the rules for, and sets, those whose number in `to`, in the same order, is not NaN; the
 * result is how many it read. */
int64_t hyper_list_check(Vm *vm, const OptimizerObject *optimizer, const double *to, Span at);
int64_t hyper_list_set(Vm *vm, OptimizerObject *optimizer, const double *to);

/* The hyperparameters as numbers of the next step, on the value stack: the caller drops them. */
Value *hyper_arguments(Vm *vm, OptimizerObject *optimizer);
void hyper_inputs(Vm *vm, Trace *trace, OptimizerObject *optimizer, OptimizerInputs *inputs);
void hyper_inputs_release(Vm *vm, OptimizerObject *optimizer, OptimizerInputs *inputs);
/* Sets them for the next step (number optimizer->steps + 1). */
void hyper_set(Vm *vm, Trace *trace, OptimizerObject *optimizer, const OptimizerInputs *inputs);

#endif
