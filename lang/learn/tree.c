/* tree.c — tuples and lists of tensors, nested, as one value (LANGUAGE.md, section 6).
 *
 * The leaves of a tree are what is neither a tuple nor a list, from the left.  A tree made of other
 * leaves keeps kinds and names.  Nesting is bounded by what the script can build within
 * `stack_check`; every level here asks it.
 */
#include "lang/learn/tree.h"
#include "lang/machine/list.h"
#include "lang/machine/tuple.h"

#include <string.h>

static int64_t count_of(Value tree) {
  return tree.kind == KIND_TUPLE ? tree.tuple->count : tree.list->count;
}
static const Value *items_of(Value tree) {
  return tree.kind == KIND_TUPLE ? tree.tuple->items : tree.list->items;
}
static bool is_tree(Value value) { return value.kind == KIND_TUPLE || value.kind == KIND_LIST; }

void tree_leaves(Vm *vm, Value tree, ListObject *leaves) {
  stack_check(vm, vm->current_span);
  if (!is_tree(tree)) {
    list_push(vm, leaves, value_retain(tree));
    return;
  }
  for (int64_t i = 0; i < count_of(tree); i++) tree_leaves(vm, items_of(tree)[i], leaves);
}

static Value build(Vm *vm, Value like, const Value **next) {
  if (!is_tree(like)) return value_retain(*(*next)++);
  int64_t count = count_of(like);
  if (like.kind == KIND_LIST) {
    Value list = value_list(vm, count);
    for (int64_t i = 0; i < count; i++)
      list_push(vm, list.list, build(vm, like.list->items[i], next));
    return list;
  }
  Value tuple = value_tuple(vm, (int)count);
  if (like.tuple->names) {
    size_t bytes = (size_t)(count + 1) * sizeof(char *);
    tuple.tuple->names = mem_zero(bytes);
    memcpy(tuple.tuple->names, like.tuple->names, (size_t)count * sizeof(char *));
  }
  for (int64_t i = 0; i < count; i++) tuple.tuple->items[i] = build(vm, like.tuple->items[i], next);
  return tuple;
}

Value tree_of(Vm *vm, Value like, const Value *leaves) { return build(vm, like, &leaves); }

static bool same_names(const TupleObject *a, const TupleObject *b) {
  for (int i = 0; i < a->count; i++) {
    const char *one = a->names ? a->names[i] : NULL, *other = b->names ? b->names[i] : NULL;
    if (one != other) return false; /* names are interned */
  }
  return true;
}

bool tree_alike(Value a, Value b) {
  if (!is_tree(a) || !is_tree(b)) return !is_tree(a) && !is_tree(b);
  if (a.kind != b.kind || count_of(a) != count_of(b)) return false;
  if (a.kind == KIND_TUPLE && !same_names(a.tuple, b.tuple)) return false;
  for (int64_t i = 0; i < count_of(a); i++)
    if (!tree_alike(items_of(a)[i], items_of(b)[i])) return false;
  return true;
}
