/* tree.h — nested tuples, lists and dicts of tensors, taken apart into leaves and assembled
 * again. */
#ifndef GD_LANG_TREE_H
#define GD_LANG_TREE_H

#include "lang/machine/vm.h"

/* Pushes the leaves of a tree, in order, on a list; a leaf is any value but a tuple, list or dict.
 */
void tree_leaves(Vm *vm, Value tree, ListObject *leaves);
/* A new tree with the form of `like` and the given leaves, which are retained. */
Value tree_of(Vm *vm, Value like, const Value *leaves);
/* Have both the same tuples, lists, dicts, names and keys?  Leaves are not compared. */
bool tree_alike(Value a, Value b);

#endif
