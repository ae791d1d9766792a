/* whole.h — optimizers that step all trained tensors as one vector: `step(p, g, f)`.
 *
 * Such a step is not traced: it runs on the elements, so it may branch and loop, and asks `f` for
 * losses, gradients and products where it wants them.  `f` is a function that records the loss of
 * the training with the vector's parts in place of the targets; it belongs to one step.
 */
#ifndef GD_LANG_WHOLE_H
#define GD_LANG_WHOLE_H

#include "lang/learn/step.h"

/* f.residuals */
extern const KindRow NATIVE_KIND;

/* Makes a step that is prepared.  draws: the number of the seed's draws before it was. */
void whole_make(Vm *vm, Step *step, const StepContext *context, int64_t number, uint64_t draws,
                StepOutcome *outcome);
/* gives the states their first values, so that their shapes are known */
void whole_declare(Vm *vm, Step *step);
/* forgets what is known of the loss */
void whole_forget(Step *step);

/* Is it the `f` of a step, outside any recording?  Then its gradient there is taken by parts. */
bool whole_loss_is(const Vm *vm, Value f);
/* the loss and its gradient; owned */
void whole_slope(Vm *vm, const CallSite *site, Value f, Value at, Value *loss, Value *gradient);

/* After a training with residuals: what they leave open of its values, as the library's
 * `uncertainty` gives it; none where that cannot be worked out.  Held. */
Value whole_uncertainty(Vm *vm, Step *step, const StepContext *context);

/* The ends of the spectrum of the loss's Hessian at the targets' values of now, on the step's
 * minibatch: within some per cent, exact where there are few numbers. */
typedef struct HessianEnds {
  double least, most;
  bool whole;       /* there are no eigenvalues besides those that were worked out */
  double flattest;  /* the one next to 0 … */
  double along[16]; /* … and its direction, as far as there is room */
} HessianEnds;
/* false where they cannot be worked out */
bool whole_ends(Vm *vm, const Step *step, const StepContext *context, HessianEnds *ends);

Value native_converged(Vm *vm, const CallSite *site, Value *args, int count);

#endif
