/* curvature.h — the ends of the spectrum of the loss's Hessian, at the targets' values of now and
 * on the step's minibatch, by products with it alone.
 */
#ifndef GD_LANG_CURVATURE_H
#define GD_LANG_CURVATURE_H

#include "lang/learn/step.h"

typedef struct HessianEnds {
  double least, most; /* within some per cent, exact where there are few numbers */
  bool whole;         /* there are no eigenvalues besides those that were worked out */
  double flattest;    /* the one next to 0 … */
  double along[16];   /* … and its direction, as far as there is room */
} HessianEnds;
/* false where they cannot be worked out */
bool curvature_ends(Vm *vm, const Step *step, const StepContext *context, HessianEnds *ends);

/* The largest eigenvalue, from below, by at most `products` products whose work stays within
 * `budget` (plan_work).  0 where it cannot be worked out. */
double curvature_most(Vm *vm, const Step *step, const StepContext *context, int products,
                      double budget);

#endif
