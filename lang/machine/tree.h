/* tree.h — the kinds of values that are trees of others (LANGUAGE.md, section 6). */
#ifndef GD_LANG_TREE_H
#define GD_LANG_TREE_H

#include "lang/machine/object.h"

/* can it hold numbers and tensors as a tree? */
static inline bool value_is_tree(Value v) {
  return v.kind == KIND_TUPLE || v.kind == KIND_LIST || v.kind == KIND_DICT || v.kind == KIND_MODEL;
}

#endif
