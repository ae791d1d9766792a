/* explain.h — explain(grad(f)): the gradient as formulas in the script's own names. */
#ifndef GD_LANG_EXPLAIN_H
#define GD_LANG_EXPLAIN_H

#include "lang/machine/object.h"

NativeFunction native_explain;

/* Adds the formulas of the gradient of f in its first argument, lines without a newline behind the
 * last, at arguments that are made up.  False: there are none, or f is no function that gives one
 * number.  For an editor: few shapes are tried, and tensors of a `gd check` are made up too. */
bool explain_formulas(Vm *vm, Value f, Text *out);
/* The same gradient beside central differences: says that they agree, and where, or what is wrong;
 * true when they do. */
bool explain_check(Vm *vm, Value f, Text *out);

#endif
