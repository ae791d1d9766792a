/* rate_bound.h — the largest rate at which gradient descent is stable. */
#ifndef GD_LANG_RATE_BOUND_H
#define GD_LANG_RATE_BOUND_H

#include "lang/optimizers/optimizer.h"

/* The value of a hyperparameter, or `absent`. */
double rate_setting(const OptimizerObject *optimizer, const char *name, double absent);
/* The bound of the optimizer for a curvature of 1, without its weight decay; 0: none is known. */
double rate_bound(Vm *vm, const OptimizerObject *optimizer);
/* the amount that its weight decay adds to each curvature */
double rate_bound_decay(const OptimizerObject *optimizer);

#endif
