/* rate_bound.c — see rate_bound.h.
 *
 * Along a direction of curvature c a step of gradient descent multiplies the distance from the
 * minimum by 1 - rate c, so it is stable for rates below 2 / c.  With momentum b the bound is 2 (1
 * + b) / c, with Nesterov's 2 (1 + b) / (1 + 2 b) / c: there a root of the characteristic
 * polynomial leaves the unit circle.  Weight decay adds to every curvature.
 */
#include "lang/step/rate_bound.h"

#include "lang/machine/closure.h"

#include <string.h>

double rate_setting(const OptimizerObject *optimizer, const char *name, double absent) {
  const AstFunction *function = optimizer->made_by->function;
  for (int i = 0; i < function->param_count; i++) {
    if (strcmp(function->params[i].name, name) != 0) continue;
    Value value = optimizer->arguments[i];
    return value.kind == KIND_NUMBER ? value.number
           : value.kind == KIND_BOOL ? (double)value.truth
                                     : absent;
  }
  return absent;
}

double rate_bound(Vm *vm, const OptimizerObject *optimizer) {
  const AstFunction *function = optimizer->made_by->function;
  if (!source_is_library(vm->sources, function->name_span.file)) return 0;
  if (!strcmp(function->name, "GD")) return 2;
  if (strcmp(function->name, "SGD") != 0) return 0;
  double b = rate_setting(optimizer, "momentum", 0);
  return rate_setting(optimizer, "nesterov", 0) != 0 ? 2 * (1 + b) / (1 + 2 * b) : 2 * (1 + b);
}

double rate_bound_decay(const OptimizerObject *optimizer) {
  return rate_setting(optimizer, "weight_decay", 0);
}
