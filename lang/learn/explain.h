/* explain.h — explain(grad(f)): the gradient as formulas in the script's own names. */
#ifndef GD_LANG_EXPLAIN_H
#define GD_LANG_EXPLAIN_H

#include "lang/machine/object.h"

NativeFunction native_explain;

#endif
