/* nested.h — optimizers around another: what may be given to one, and whose hyperparameters it has.
 */
#ifndef GD_LANG_NESTED_H
#define GD_LANG_NESTED_H

#include "lang/learn/hyper.h"

/* Raises at the site unless the arguments may be given: an optimizer of the whole vector steps all
 * tensors, and one of the library's is not put around itself. */
void nested_check(Vm *vm, const CallSite *site, const AstFunction *function, const Value *args);
/* Which argument of *optimizer the name is, or -1.  Where it has none of the name and one inner
 * optimizer, *optimizer becomes that one, and *inputs (may be NULL) its inputs. */
int nested_hyperparameter(const OptimizerObject **optimizer, const OptimizerInputs **inputs,
                          const char *name);

#endif
