/* value.h — the kind of a value in words, and whether it is known. */
#ifndef GD_LANG_VALUE_H
#define GD_LANG_VALUE_H

#include "lang/machine/object.h"

const char *kind_type(Value v); /* what type(v) says */
/* a kind in words, for messages: "a number" */
const char *kind_name(Value v);
/* can it hold numbers and tensors as a tree does (LANGUAGE.md, section 6)? */
static inline bool value_is_tree(Value v) {
  return v.kind == KIND_TUPLE || v.kind == KIND_LIST || v.kind == KIND_DICT || v.kind == KIND_MODEL;
}
/* gd check: does it depend on numbers that are not known before running? */
bool value_unknown(const Vm *vm, Value v);

#endif
