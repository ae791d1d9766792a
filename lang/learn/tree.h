/* tree.h — values made of tensors by tuples, lists and dicts, taken apart into leaves and put
 * together again. */
#ifndef GD_LANG_TREE_H
#define GD_LANG_TREE_H

#include "lang/machine/vm.h"

/* Pushes the leaves of a tree, in order, on a list; what is no tuple, list or dict is a leaf. */
void tree_leaves(Vm *vm, Value tree, ListObject *leaves);
/* A new tree of the form of `like` with the given leaves, which are retained. */
Value tree_of(Vm *vm, Value like, const Value *leaves);
/* Have both the same tuples, lists, dicts, names and keys, whatever the leaves are? */
bool tree_alike(Value a, Value b);

#endif
