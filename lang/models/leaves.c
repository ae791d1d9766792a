/* leaves.c — see leaves.h.
 *
 * All functions share one walk: `collect` visits a tree from left to right.  Inside a model, and
 * inside its lists of layers, only params are leaves (numbers there are settings).  Two trees are
 * compared by walking both together and skipping parts that hold no leaf on either side, so a model
 * and its gradient, whose tuples leave out settings, have the same form.
 *
 * A tree is assembled by the same walk: tensors and numbers in order, each param by its identity.
 * A new model is a copy (model_copy_with).  Its params are real ones outside a recording and nodes
 * inside one (trace_node_param), so it can be called, differentiated and, outside a recording,
 * trained.
 */
#include "lang/models/leaves.h"

#include "lang/machine/closure.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tree.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/models/model.h"
#include "lang/tensors/trace_param.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/dict.h"

#include <stdio.h>
#include <string.h>

/* ---- the walk ---- */

/* One of the values right below a tree. */
typedef struct Child {
  Value value;      /* borrowed; UNSET where a model's member has none */
  const char *name; /* or NULL: it has a number */
  int64_t number;
} Child;

static int64_t child_count(Value tree) {
  switch ((Kind)tree.kind) {
    case KIND_TUPLE: return tree.tuple->count;
    case KIND_LIST: return tree.list->count;
    case KIND_DICT: return tree.dict->count;
    default: return tree.model->count;
  }
}

static Child model_child(const ModelObject *model, int64_t i) {
  const Member *member = &model->made_by->function->members[i];
  const CellObject *cell = member->kind == MEMBER_FN ? NULL : model->cells[i];
  return (Child){cell ? cell->value : (Value){0}, member->name, i};
}

static Child child_of(Value tree, int64_t i) {
  switch ((Kind)tree.kind) {
    case KIND_TUPLE:
      return (Child){tree.tuple->items[i], tree.tuple->names ? tree.tuple->names[i] : NULL, i};
    case KIND_LIST: return (Child){tree.list->items[i], NULL, i};
    case KIND_DICT: {
      const DictEntry *entry = &dict_entries(tree.dict)[i];
      return (Child){entry->value, entry->key.kind == KIND_STRING ? entry->key.string->data : NULL,
                     entry->key.kind == KIND_NUMBER ? (int64_t)entry->key.number : i};
    }
    default: return model_child(tree.model, i);
  }
}

static bool is_leaf(Leaves *leaves, Value value, bool in_model) {
  if (value.kind == KIND_PARAM)
    return !value.param->buffer && lookup_place(&leaves->params, leaves->items, sizeof(TreeLeaf),
                                                leaves->count, value.param) < 0;
  return !in_model && (value.kind == KIND_NUMBER || value.kind == KIND_TENSOR);
}

/* A leaf was found below `depth` trees: a place for each of them. */
static void begin_chain(Leaves *leaves, int depth) {
  leaves->chain_at = leaves->count;
  leaves->chain_count = depth;
  if (depth <= leaves->chain_capacity) return;
  leaves->chain_capacity = 2 * depth;
  leaves->chain = mem_grow(leaves->chain, (size_t)leaves->chain_capacity * sizeof *leaves->chain);
}

/* Is it one of the trees around the leaf that was found last and not met since? */
static bool in_chain(const Leaves *leaves, Value tree, int depth) {
  return leaves->chain_at == leaves->count && depth < leaves->chain_count &&
         leaves->chain[depth] == tree.object;
}

/* Does a value below `depth` trees hold a leaf that was not met yet? */
static bool holds(Vm *vm, Leaves *leaves, Value value, bool in_model, int depth) {
  stack_check(vm, vm->current_span);
  if (value.kind == KIND_UNKNOWN && !in_model) raise_unknown(vm);
  if (!value_is_tree(value)) {
    bool found = is_leaf(leaves, value, in_model);
    if (found) begin_chain(leaves, depth);
    return found;
  }
  if (in_chain(leaves, value, depth)) return true;
  in_model |= value.kind == KIND_MODEL;
  for (int64_t i = 0; i < child_count(value); i++)
    if (holds(vm, leaves, child_of(value, i).value, in_model, depth + 1)) {
      leaves->chain[depth] = value.object;
      return true;
    }
  return false;
}

static void grow(Leaves *leaves) {
  bool own = leaves->items != leaves->first;
  leaves->capacity *= 2;
  leaves->items = mem_grow(own ? leaves->items : NULL, (size_t)leaves->capacity * sizeof(TreeLeaf));
  if (!own) memcpy(leaves->items, leaves->first, sizeof leaves->first);
}

static void add(Leaves *leaves, Value value) {
  if (leaves->count == leaves->capacity) grow(leaves);
  leaves->items[leaves->count++] = (TreeLeaf){
      .param = value.kind == KIND_PARAM ? value.param : NULL, .value = value_retain(value)};
}

static void collect(Vm *vm, Leaves *leaves, Value value, bool in_model) {
  stack_check(vm, vm->current_span);
  if (value.kind == KIND_UNKNOWN && !in_model) raise_unknown(vm);
  if (!value_is_tree(value)) {
    if (is_leaf(leaves, value, in_model)) add(leaves, value);
    return;
  }
  in_model |= value.kind == KIND_MODEL;
  for (int64_t i = 0; i < child_count(value); i++)
    collect(vm, leaves, child_of(value, i).value, in_model);
}

static void free_whole(Held *held) {
  Leaves *leaves = (Leaves *)(void *)held;
  for (int i = 0; i < leaves->count; i++) value_release(leaves->vm, leaves->items[i].value);
  value_release(leaves->vm, leaves->tree);
  if (leaves->items != leaves->first) mem_free(leaves->items);
  lookup_free(&leaves->params);
  mem_free(leaves->chain);
  mem_free(leaves);
}

static Leaves *leaves_new(Vm *vm, Value tree) {
  Leaves *leaves = mem_zero(sizeof *leaves);
  leaves->items = leaves->first;
  leaves->capacity = LEAVES_FIRST;
  leaves->held.free_whole = free_whole;
  leaves->vm = vm;
  vm_hold(vm, &leaves->held);
  leaves->tree = value_retain(tree);
  return leaves;
}

Leaves *leaves_of(Vm *vm, Value tree) {
  Leaves *leaves = leaves_new(vm, tree);
  collect(vm, leaves, tree, false);
  return leaves;
}

void leaves_free(Vm *vm, Leaves *leaves) { vm_drop(vm, &leaves->held); }

/* ---- two trees ---- */

typedef struct Path {
  const struct Path *above;
  Child child;
} Path;

static void write_path(Text *text, const Path *path) {
  if (!path) return;
  write_path(text, path->above);
  if (path->above) text_char(text, '.');
  if (path->child.name) text_format(text, "%.64s", path->child.name);
  else text_format(text, "%lld", (long long)path->child.number);
}

/* Goes through a tree until it has `index` leaves behind it. */
static bool find_path(Vm *vm, Leaves *found, Value value, bool in_model, const Path *path,
                      int index, Text *text) {
  if (!value_is_tree(value)) {
    if (!is_leaf(found, value, in_model)) return false;
    if (found->count == index) write_path(text, path);
    add(found, value);
    return found->count > index;
  }
  in_model |= value.kind == KIND_MODEL;
  for (int64_t i = 0; i < child_count(value); i++) {
    Path below = {path, child_of(value, i)};
    if (find_path(vm, found, below.child.value, in_model, &below, index, text)) return true;
  }
  return false;
}

void leaves_path(Vm *vm, const Leaves *leaves, int index, Text *text) {
  Leaves *found = leaves_new(vm, leaves->tree);
  find_path(vm, found, leaves->tree, false, NULL, index, text);
  leaves_free(vm, found);
}

typedef struct Pairing {
  Vm *vm;
  Span span;
  Leaves *left, *right;
  int depth; /* trees around the two values in hand */
} Pairing;

static NORETURN void raise_form(const Pairing *pairing, const Path *path, const char *left,
                                const char *right) {
  Text at = {0};
  write_path(&at, path);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, pairing->span,
            "the two do not have the same form: %s%.200s%s%s on the left, %s on the right",
            at.length ? "at `" : "", at.length ? at.data : "", at.length ? "` " : "", left, right);
  text_free(&at);
  diag_help(&diag, "arithmetic goes leaf by leaf; concat(a, b) joins lists and tuples");
  raise_diag(pairing->vm, &diag);
}

static void match_shapes(const Pairing *pairing, const Path *path, Value a, Value b) {
  Vm *vm = pairing->vm;
  Type left = trace_type(vm, a, pairing->span), right = trace_type(vm, b, pairing->span);
  bool number = !right.shape.rank || (!left.shape.rank && a.kind != KIND_PARAM);
  if (number || shape_equal(&left.shape, &right.shape)) return;
  char one[200], other[200];
  raise_form(pairing, path, shape_show(&left.shape, one), shape_show(&right.shape, other));
}

/* The next child that holds a leaf, from *at on; false behind the last. */
static bool next_child(const Pairing *pairing, Leaves *leaves, Value tree, bool in_model,
                       int64_t *at, Child *child) {
  for (; *at < child_count(tree); ++*at) {
    *child = child_of(tree, *at);
    if (holds(pairing->vm, leaves, child->value, in_model, pairing->depth)) return true;
  }
  return false;
}

static const char *kind_shown(Value value) {
  return value.kind == KIND_UNSET ? "nothing" : kind_name(value);
}

static void pair(Pairing *pairing, const Path *path, Value a, bool a_in, Value b, bool b_in);

static void pair_children(Pairing *pairing, const Path *path, Value a, bool a_in, Value b,
                          bool b_in) {
  pairing->depth++;
  a_in |= a.kind == KIND_MODEL;
  b_in |= b.kind == KIND_MODEL;
  for (int64_t i = 0, k = 0;; i++, k++) {
    Child left, right;
    bool more = next_child(pairing, pairing->left, a, a_in, &i, &left),
         others = next_child(pairing, pairing->right, b, b_in, &k, &right);
    if (!more && !others) break;
    Path below = {path, more ? left : right};
    if (more != others)
      raise_form(pairing, &below, more ? kind_shown(left.value) : "nothing",
                 others ? kind_shown(right.value) : "nothing");
    if (left.name && right.name && strcmp(left.name, right.name)) {
      char here[80], there[80];
      text_print(here, sizeof here, "`%.64s`", left.name);
      text_print(there, sizeof there, "`%.64s`", right.name);
      raise_form(pairing, path, here, there);
    }
    pair(pairing, &below, left.value, a_in, right.value, b_in);
  }
  pairing->depth--;
}

static void pair(Pairing *pairing, const Path *path, Value a, bool a_in, Value b, bool b_in) {
  Vm *vm = pairing->vm;
  stack_check(vm, pairing->span);
  vm_poll_signals(vm);
  bool left = holds(vm, pairing->left, a, a_in, pairing->depth),
       right = holds(vm, pairing->right, b, b_in, pairing->depth);
  if (!left && !right) return;
  if (left != right || value_is_tree(a) != value_is_tree(b))
    raise_form(pairing, path, kind_shown(a), kind_shown(b));
  if (value_is_tree(a)) {
    pair_children(pairing, path, a, a_in, b, b_in);
    return;
  }
  match_shapes(pairing, path, a, b);
  add(pairing->left, a);
  add(pairing->right, b);
}

void leaves_match(Vm *vm, Span span, Value tree, Value other, Leaves **of_tree, Leaves **of_other) {
  Pairing pairing = {vm, span, leaves_new(vm, tree), leaves_new(vm, other), 0};
  pair(&pairing, NULL, tree, false, other, false);
  *of_tree = pairing.left;
  *of_other = pairing.right;
}

/* ---- putting together ---- */

typedef struct Putting {
  Vm *vm;
  Leaves *leaves;
  const Value *values; /* by leaf */
  LeavesInto into;
  bool freely; /* new params have no domain */
  int next;    /* the next leaf that is no param */
} Putting;

/* A param like another with a new value. */
static Value new_param(Putting *putting, const ParamObject *like, Value value) {
  Vm *vm = putting->vm;
  Value made;
  if (value.kind == KIND_TENSOR && !value.tensor->tensor.buffer && vm->trace) {
    made = trace_node_param(vm->trace, trace_operand(vm->trace, value, vm->current_span));
  } else {
    Domain domain = putting->freely ? (Domain){0} : like->domain;
    made = param_new(vm, vm->current_span, value, domain, false);
  }
  made.param->name = like->name;
  made.param->span = like->span;
  made.param->frozen = like->frozen && !putting->freely;
  return made;
}

static Value replaced(Vm *vm, void *context, ParamObject *param) {
  Putting *putting = context;
  int place = param->buffer ? -1
                            : lookup_place(&putting->leaves->params, putting->leaves->items,
                                           sizeof(TreeLeaf), putting->leaves->count, param);
  if (place >= 0) return new_param(putting, param, putting->values[place]);
  /* inside a recording the buffers are those of the first model: the same layers, seen with other
   * weights */
  return param->buffer && vm->trace ? value_retain(value_of(KIND_PARAM, param)) : (Value){0};
}

static Value put(Putting *putting, Value like, bool in_model);

static Value put_param(Putting *putting, ParamObject *param) {
  Leaves *leaves = putting->leaves;
  int place = param->buffer ? -1
                            : lookup_place(&leaves->params, leaves->items, sizeof(TreeLeaf),
                                           leaves->count, param);
  if (putting->into == INTO_TENSORS) return value_retain(value_of(KIND_PARAM, param));
  if (place < 0)
    return putting->into == INTO_SLOPES ? value_none() : value_retain(value_of(KIND_PARAM, param));
  if (putting->into == INTO_SLOPES && leaves->items[place].given) return value_none();
  leaves->items[place].given = true;
  return value_retain(putting->values[place]);
}

static bool visit_param(void *context, const char *name, int64_t number, Value value);

/* Does a part of a model hold params? */
static bool has_params(Vm *vm, Value value) {
  stack_check(vm, vm->current_span);
  if (value.kind == KIND_PARAM) return !value.param->buffer;
  return parts_each(vm, value, visit_param, vm);
}

static bool visit_param(void *context, const char *name, int64_t number, Value value) {
  (void)name;
  (void)number;
  return has_params(context, value);
}

/* A model's gradients: a tuple with the names of its parts that hold params, which numbers index as
 * they do the model. */
static Value put_slopes(Putting *putting, const ModelObject *model) {
  Vm *vm = putting->vm;
  const AstFunction *function = model->made_by->function;
  int kept = 0;
  for (int i = 0; i < model->count; i++) kept += has_params(vm, model_child(model, i).value);
  Value tuple = value_tuple(vm, kept);
  tuple.tuple->names = mem_zero((size_t)(kept + 1) * sizeof(char *));
  for (int i = 0, k = 0; i < model->count; i++) {
    Child child = model_child(model, i);
    if (!has_params(vm, child.value)) continue;
    tuple.tuple->names[k] = child.name;
    tuple.tuple->items[k++] = put(putting, child.value, true);
    if (model_rest(function, &function->members[i]) && tuple.tuple->items[k - 1].kind == KIND_TUPLE)
      tuple.tuple->through = k;
  }
  return tuple;
}

static Value put_tuple(Putting *putting, const TupleObject *like, bool in_model) {
  Vm *vm = putting->vm;
  Value tuple = value_tuple(vm, like->count);
  tuple.tuple->through = like->through;
  if (like->names) {
    size_t bytes = (size_t)like->count * sizeof(char *);
    tuple.tuple->names = mem_alloc(bytes + 1);
    memcpy((void *)tuple.tuple->names, (const void *)like->names, bytes);
  }
  for (int i = 0; i < like->count; i++)
    tuple.tuple->items[i] = put(putting, like->items[i], in_model);
  return tuple;
}

/* A list; among a model's gradients a tuple, which its numbers index. */
static Value put_list(Putting *putting, const ListObject *like, bool in_model) {
  Vm *vm = putting->vm;
  if (in_model) {
    Value tuple = value_tuple(vm, (int)like->count);
    for (int i = 0; i < like->count; i++)
      tuple.tuple->items[i] = put(putting, like->items[i], true);
    return tuple;
  }
  Value list = value_list(vm, like->count);
  for (int64_t i = 0; i < like->count; i++)
    list_push(vm, list.list, put(putting, like->items[i], false));
  return list;
}

static Value put_dict(Putting *putting, const DictObject *like, bool in_model) {
  Vm *vm = putting->vm;
  Value dict = dict_copy(vm, like);
  for (int64_t i = 0; i < like->count; i++) {
    Value value = put(putting, dict_entries(like)[i].value, in_model);
    value_release(vm, dict_entries(dict.dict)[i].value);
    dict_entries(dict.dict)[i].value = value;
  }
  return dict;
}

static Value put_model(Putting *putting, Value like) {
  switch (putting->into) {
    case INTO_TENSORS: return value_retain(like);
    case INTO_SLOPES: return put_slopes(putting, like.model);
    case INTO_NEW: break;
  }
  return model_copy_with(putting->vm, like, replaced, putting);
}

/* The next tensor or number. */
static Value next_value(Putting *putting) {
  while (putting->leaves->items[putting->next].param) putting->next++;
  return value_retain(putting->values[putting->next++]);
}

static Value put(Putting *putting, Value like, bool in_model) {
  stack_check(putting->vm, putting->vm->current_span);
  switch ((Kind)like.kind) {
    case KIND_PARAM: return put_param(putting, like.param);
    case KIND_MODEL: return put_model(putting, like);
    case KIND_TUPLE: return put_tuple(putting, like.tuple, in_model);
    case KIND_LIST: return put_list(putting, like.list, in_model);
    case KIND_DICT: return put_dict(putting, like.dict, in_model);
    case KIND_NUMBER:
    case KIND_TENSOR: return in_model ? value_none() : next_value(putting);
    default: return in_model ? value_none() : value_retain(like);
  }
}

static Value put_all(Putting putting) {
  for (int i = 0; i < putting.leaves->count; i++) putting.leaves->items[i].given = false;
  return put(&putting, putting.leaves->tree, false);
}

Value leaves_put(Vm *vm, Leaves *leaves, const Value *values, LeavesInto into) {
  return put_all((Putting){.vm = vm, .leaves = leaves, .values = values, .into = into});
}

Value leaves_put_freely(Vm *vm, Leaves *leaves, const Value *values) {
  return put_all(
      (Putting){.vm = vm, .leaves = leaves, .values = values, .into = INTO_NEW, .freely = true});
}

/* ---- as one vector ---- */

Type leaves_type(Vm *vm, const Leaves *leaves, int index) {
  return trace_type(vm, leaves->items[index].value, vm->current_span);
}

int64_t leaves_length(Vm *vm, const Leaves *leaves) {
  int64_t length = 0;
  for (int i = 0; i < leaves->count; i++) {
    Type type = leaves_type(vm, leaves, i);
    length += shape_count(&type.shape);
  }
  return length;
}

NodeId leaves_join(Maker *maker, Dtype real, const NodeId *nodes, int count) {
  NodeId *flat = arena_alloc(&maker->graph->arena, (size_t)(count + 1) * sizeof(NodeId));
  Dtype dtype = DTYPE_BOOL;
  for (int i = 0; i < count; i++) {
    if (!nodes[i]) return 0;
    const Type *type = make_type(maker, nodes[i]);
    dtype = dtype_promote(dtype, type->weak ? real : type->dtype);
  }
  for (int i = 0; i < count; i++) {
    Shape line = {.rank = 1, .dim = {shape_count(&make_type(maker, nodes[i])->shape)}};
    flat[i] = make_reshape(maker, make_cast(maker, nodes[i], dtype), &line);
    if (!flat[i]) return 0;
  }
  return count == 1 ? flat[0] : make_concat(maker, flat, count, 0);
}

NodeId leaves_part(Maker *maker, NodeId vector, int64_t from, const Type *type) {
  NodeId run = make_run(maker, vector, 0, from, shape_count(&type->shape), 1);
  NodeId part = run ? make_reshape(maker, run, &type->shape) : 0;
  return part ? make_cast(maker, part, type->dtype) : 0;
}
