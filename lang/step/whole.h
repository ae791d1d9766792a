/* whole.h — optimizers that step all trained tensors as one vector: `step(p, g, f)`.
 *
 * Such a step is not traced: it runs on the elements, so it may branch and loop, and call `f` for
 * losses, gradients and products at any point.  `f` is a function that records the loss of
 * the training with the vector's parts in place of the targets; it belongs to one step.
 */
#ifndef GD_LANG_WHOLE_H
#define GD_LANG_WHOLE_H

#include "lang/optimizers/vector.h"
#include "lang/step/step.h"

/* f.residuals */
extern const KindRow NATIVE_KIND;

/* Makes a prepared step.  draws: the number of the seed's draws before it was prepared. */
void whole_make(Vm *vm, Step *step, const StepContext *context, int64_t number, uint64_t draws,
                StepOutcome *outcome);
/* gives the states their first values, so that their shapes are known */
void whole_declare(Vm *vm, Step *step);
/* clears the cached values of the loss */
void whole_forget(Step *step);

/* Learning.own_slope: the gradient of the `f` of a step is computed by parts. */
bool whole_slope(Vm *vm, const CallSite *site, Value f, Value at, Value *loss, Value *gradient);

/* After a training with residuals: the uncertainty of its values, as the library's `uncertainty`
 * returns it; none if it cannot be computed.  Held. */
Value whole_uncertainty(Vm *vm, Step *step, const StepContext *context);

/* ---- for curvature.c: the loss of a step as a function of one vector ---- */

typedef struct Whole {
  Vector vector; /* first member; the part that the optimizer sees */
  Vm *vm;
  Step *step;
  const StepContext *context;
  double serial;          /* identifies the step to `f` */
  uint64_t draws;         /* the number of the seed's draws before the step */
  int64_t residual_count; /* -1: not known yet */
  const Ast *expression;  /* loss: or residuals: */
  StepOutcome *outcome;
  int64_t number;
  int64_t evaluations;
} Whole;

/* Until whole_close; the context is borrowed. */
Whole whole_open(Vm *vm, Step *step, const StepContext *context);
void whole_close(const Whole *whole);
/* binds the names of the pattern to the minibatch */
void whole_rows(const Whole *whole);
/* a new vector; a new vector of the targets' values */
Value whole_vector(Vm *vm, const Type *type);
Value whole_gather(const Whole *whole);
/* Records the clause at a vector: the residuals flat, or (when `sums`) the loss.  parts: gets the
 * node of each target, or NULL. */
NodeId whole_record(Whole *whole, Trace *trace, NodeId vector, NodeId *parts, bool sums, Span span);
/* joins the values of the parts to one vector; slopes: 0 stands for zeros; overwritten */
NodeId whole_join(const Whole *whole, Maker *maker, const NodeId *parts, NodeId *slopes);

Value native_converged(Vm *vm, const CallSite *site, Value *args, int count);

#endif
