/* rate_bound.h — the largest rate at which gradient descent is stable. */
#ifndef GD_LANG_RATE_BOUND_H
#define GD_LANG_RATE_BOUND_H

#include "lang/learn/optimizer.h"

/* The number that a hyperparameter has, or `absent`. */
double rate_setting(const OptimizerObject *optimizer, const char *name, double absent);
/* Of the optimizer for a curvature of 1, without its weight decay; 0: it has none. */
double rate_bound(Vm *vm, const OptimizerObject *optimizer);
/* what its decay of weights adds to each curvature */
double rate_bound_decay(const OptimizerObject *optimizer);

#endif
