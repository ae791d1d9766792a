/* explain.h — explain(grad(f)): the gradient as formulas in the script's own names. */
#ifndef GD_LANG_EXPLAIN_H
#define GD_LANG_EXPLAIN_H

#include "lang/machine/object.h"

NativeFunction native_explain;

/* Adds the formulas of the gradient of f in its first argument, at invented arguments; the last
 * line has no newline.  False: there are none, or f is not a function that returns one number.  For
 * an editor: few shapes are tried, and tensors of a `gd check` get invented elements too. */
bool explain_formulas(Vm *vm, Value f, Text *out);
/* Compares the same gradient with central differences: adds that they agree, and where, or what is
 * wrong; true when they agree. */
bool explain_check(Vm *vm, Value f, Text *out);

#endif
