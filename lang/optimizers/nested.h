/* nested.h — optimizers around another: which are allowed, and whose hyperparameters they have.
 */
#ifndef GD_LANG_NESTED_H
#define GD_LANG_NESTED_H

#include "lang/optimizers/hyper.h"

/* Raises at the site unless the arguments are allowed: an optimizer of the whole vector cannot be
 * an inner one, and one of the library cannot contain itself. */
void nested_check(Vm *vm, const CallSite *site, const AstFunction *function, const Value *args);
/* The index of the argument `name` of *optimizer, or -1.  If it has none of that name and one inner
 * optimizer, *optimizer becomes the inner one, and *inputs (may be NULL) its inputs. */
int nested_hyperparameter(const OptimizerObject **optimizer, const OptimizerInputs **inputs,
                          const char *name);

#endif
