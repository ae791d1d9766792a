/* tree.c — tuples, lists and dicts of tensors, nested, as one value (LANGUAGE.md, section 6).
 *
 * The leaves of a tree are the values that are none of these, from left to right.  A tree made of
 * other leaves has the same kinds and names.  Nesting is bounded by what the script can build
 * within `stack_check`, which every level here calls.
 */
#include "lang/gradients/tree.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/values/dict.h"

#include <string.h>

static bool is_tree(Value value) {
  return value.kind == KIND_TUPLE || value.kind == KIND_LIST || value.kind == KIND_DICT;
}
static int64_t count_of(Value tree) {
  return tree.kind == KIND_TUPLE  ? tree.tuple->count
         : tree.kind == KIND_LIST ? tree.list->count
                                  : tree.dict->count;
}
static Value item_of(Value tree, int64_t i) {
  return tree.kind == KIND_TUPLE  ? tree.tuple->items[i]
         : tree.kind == KIND_LIST ? tree.list->items[i]
                                  : dict_entries(tree.dict)[i].value;
}

void tree_leaves(Vm *vm, Value tree, ListObject *leaves) {
  stack_check(vm, vm->current_span);
  if (!is_tree(tree)) {
    list_push(vm, leaves, value_retain(tree));
    return;
  }
  for (int64_t i = 0; i < count_of(tree); i++) tree_leaves(vm, item_of(tree, i), leaves);
}

static Value build(Vm *vm, Value like, const Value **next);

static Value build_dict(Vm *vm, const DictObject *like, const Value **next) {
  Value dict = dict_copy(vm, like);
  for (int64_t i = 0; i < like->count; i++) {
    Value value = build(vm, dict_entries(like)[i].value, next);
    value_release(vm, dict_entries(dict.dict)[i].value);
    dict_entries(dict.dict)[i].value = value;
  }
  return dict;
}

static Value build(Vm *vm, Value like, const Value **next) {
  if (!is_tree(like)) return value_retain(*(*next)++);
  if (like.kind == KIND_DICT) return build_dict(vm, like.dict, next);
  int64_t count = count_of(like);
  if (like.kind == KIND_LIST) {
    Value list = value_list(vm, count);
    for (int64_t i = 0; i < count; i++)
      list_push(vm, list.list, build(vm, like.list->items[i], next));
    return list;
  }
  Value tuple = value_tuple(vm, (int)count);
  tuple.tuple->through = like.tuple->through;
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

static bool same_keys(const DictObject *a, const DictObject *b) {
  for (int64_t i = 0; i < a->count; i++) {
    Value one = dict_entries(a)[i].key, other = dict_entries(b)[i].key;
    if (dict_entries(a)[i].hash != dict_entries(b)[i].hash || one.kind != other.kind) return false;
    if (one.kind == KIND_STRING &&
        (one.string->length != other.string->length ||
         memcmp(one.string->data, other.string->data, one.string->length)))
      return false;
    if (one.kind == KIND_NUMBER && one.number != other.number) return false;
  }
  return true;
}

bool tree_alike(Value a, Value b) {
  if (!is_tree(a) || !is_tree(b)) return !is_tree(a) && !is_tree(b);
  if (a.kind != b.kind || count_of(a) != count_of(b)) return false;
  if (a.kind == KIND_TUPLE && !same_names(a.tuple, b.tuple)) return false;
  if (a.kind == KIND_DICT && !same_keys(a.dict, b.dict)) return false;
  for (int64_t i = 0; i < count_of(a); i++)
    if (!tree_alike(item_of(a, i), item_of(b, i))) return false;
  return true;
}
