/* curvature.h — the ends of the spectrum of the loss's Hessian, at the targets' current values and
 * on the step's minibatch, computed from products with it alone.
 */
#ifndef GD_LANG_CURVATURE_H
#define GD_LANG_CURVATURE_H

#include "lang/step/step.h"

typedef struct HessianEnds {
  double least, most; /* within some per cent; exact for few numbers */
  bool whole;         /* all eigenvalues were computed */
  double flattest;    /* the eigenvalue nearest 0 … */
  double along[16];   /* … and its direction, at most 16 elements */
} HessianEnds;
/* false if they cannot be computed */
bool curvature_ends(Vm *vm, const Step *step, const StepContext *context, HessianEnds *ends);

/* The largest eigenvalue, from below, by at most `products` products whose work stays within
 * `budget` (plan_work).  0 if it cannot be computed. */
double curvature_most(Vm *vm, const Step *step, const StepContext *context, int products,
                      double budget);

#endif
