/* value.h — the kind of a value in words. */
#ifndef GD_LANG_VALUE_H
#define GD_LANG_VALUE_H

#include "lang/machine/object.h"

const char *kind_type(Value v); /* the result of type(v) */
/* a kind in words, for messages: "a number" */
const char *kind_name(Value v);

#endif
