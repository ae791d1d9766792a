/* value.h — the kind of a value in words, and whether it is known. */
#ifndef GD_LANG_VALUE_H
#define GD_LANG_VALUE_H

#include "lang/machine/object.h"

const char *kind_type(Value v); /* what type(v) says */
/* a kind in words, for messages: "a number" */
const char *kind_name(Value v);
/* gd check: does it depend on numbers that are not known before running? */
bool value_unknown(const Vm *vm, Value v);

#endif
