/* assign.c — let, assignment, and declarations in bodies.
 *
 * Collections have value semantics (LANGUAGE.md, section 2), yet a loop that extends a list or a
 * string, or changes an element, must not copy it each time.  The one rule is: an object with one
 * owner may be changed in place.  So while a variable is replaced by a changed version of its
 * value, the evaluator holds no reference of its own:
 *
 *   x[i] = v      the index and the value are evaluated first; then the variable's own reference is
 *                 moved to the function that replaces the element, and its result is moved back
 *                 into the variable.  An error in between leaves the variable unchanged.
 *   s += "…"      the same, if the right side did not assign the variable.
 *   s = s + a + b, s = "{s}…"   notice.c marks the assignment; the appended parts are evaluated
 *                               first, then the same.
 *   (a, b) = e    e is evaluated and its form is checked, then the parts are assigned from the
 *                 left.
 *   d[k] = push(d[k], v)   notice.c marks the assignment of a push to anything; the arguments
 *                 first.  If the list is the one at the assigned place, and held by nothing else,
 *                 it grows there.  So `d[k] = push(get(d, k, []), v)` does too, and
 *                 `d = remove(d, k)` makes the dict smaller.
 *   xs = xs[:-1]  notice.c marks the assignment of a slice of the variable; of a list held by
 *                 nothing else the other items go, and no other is touched.
 *
 *   d.x = v       of a dict this is d["x"] = v.  Optimizers and models are shared: the variable
 *                 stays, and a hyperparameter, param or buffer changes.  Both can be steps of one
 *                 path, d.a[2].b = v.
 *
 * The order is Python's: `x[i] = e` evaluates e first; `x += e` and `x[i] += e` read the old value
 * before e.
 */
#include "lang/eval/assign.h"
#include "lang/eval/check.h"
#include "lang/eval/eval.h"

#include "lang/eval/call.h"
#include "lang/machine/frame.h"
#include "lang/machine/kind.h"
#include "lang/machine/list.h"
#include "lang/machine/module_value.h"
#include "lang/machine/read_set.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/tensors/index.h"
#include "lang/tensors/trace.h"
#include "lang/values/dict.h"
#include "lang/values/plain.h"
#include "lang/values/text_value.h"

#include <string.h>

static const Value NONE = {.kind = KIND_NONE};

/* ---- binding ---- */

static int64_t items_of(Value value, const Value **items) {
  if (value.kind == KIND_TUPLE) {
    *items = value.tuple->items;
    return value.tuple->count;
  }
  *items = value.kind == KIND_LIST ? value.list->items : NULL;
  return value.kind == KIND_LIST ? value.list->count : -1;
}

static void bind_row(Vm *vm, Frame *frame, const Ast *pattern, Value value) {
  if (value_rows(vm, pattern->span, value) != pattern->count) {
    raise_at(vm, pattern->span, "the pattern has %u names, the tensor %lld rows", pattern->count,
             (long long)value_rows(vm, pattern->span, value));
  }
  for (uint32_t i = 0; i < pattern->count; i++) {
    Value *row = stack_push(vm, value_row(vm, pattern->span, value, i));
    eval_bind(vm, frame, pattern->items[i], *row);
    stack_drop(vm, row);
  }
}

void eval_bind(Vm *vm, Frame *frame, const Ast *pattern, Value value) {
  if (pattern->text) {
    if (!name_is_blank(pattern->text))
      frame_set(vm, frame, pattern->place, pattern->slot, value_retain(value));
    return;
  }
  const Value *items;
  int64_t count = items_of(value, &items);
  if (value.kind == KIND_UNKNOWN) {
    for (uint32_t i = 0; i < pattern->count; i++) eval_bind(vm, frame, pattern->items[i], value);
    return;
  }
  if (value_is_tensor(value)) {
    bind_row(vm, frame, pattern, value);
    return;
  }
  if (count < 0)
    raise_at(vm, pattern->span, "%s cannot be taken apart: a tuple of %u is expected",
             kind_name(value), pattern->count);
  if (count != pattern->count)
    raise_at(vm, pattern->span, "the pattern has %u names, %s of %lld is given", pattern->count,
             kind_name(value), (long long)count);
  for (uint32_t i = 0; i < pattern->count; i++) eval_bind(vm, frame, pattern->items[i], items[i]);
}

Value run_let(Vm *vm, Frame *frame, const Ast *ast) {
  const Ast *pattern = ast->pattern;
  Value value = run_leaf(vm, frame, ast->a);
  if (is_flow(value)) return value;
  if (LIKELY(pattern->text)) {
    if (LIKELY(pattern->place == PLACE_LOCAL)) {
      Value old = frame->slots[pattern->slot];
      frame->slots[pattern->slot] = value;
      value_release(vm, old);
      return NONE;
    }
    vm->current_span = ast->span;
  }
  Value *kept = stack_push(vm, value);
  eval_bind(vm, frame, pattern, value);
  stack_drop(vm, kept);
  return NONE;
}

/* PARAM, BUFFER and STATE. */
Value run_declared(Vm *vm, Frame *frame, const Ast *ast) {
  Value value;
  if (ast->kind == AST_STATE) {
    value = vm->registry->learning->state(vm, frame, ast);
  } else {
    value = run(vm, frame, ast->a);
    if (is_flow(value)) return value;
    value = vm->registry->learning->declare(vm, frame, ast, value);
  }
  frame_set(vm, frame, ast->place, ast->slot, value);
  return NONE;
}

/* ---- assignment ---- */

/* The slot of a variable; it may have no value yet (a function that runs above its `let`). */
static inline Value *place_of(Vm *vm, Frame *frame, const Ast *name) {
  if (name->place == PLACE_LOCAL) return &frame->slots[name->slot];
  if (name->place == PLACE_GLOBAL && frame->module->globals[name->slot].kind != KIND_UNSET)
    return &frame->module->globals[name->slot];
  return variable_at(vm, frame, name);
}

/* The slot of a variable that is given this value, or whose part is (KIND_UNSET: that holds no
 * function). */
static Value *assigned(Vm *vm, Frame *frame, const Ast *name, Value value) {
  bool outside = name->place == PLACE_GLOBAL || name->place == PLACE_CAPTURE;
  Value *at = place_of(vm, frame, name);
  /* a buffer is part of the recording, unless its value is none yet, or not a tensor */
  bool recorded = name->flags & NAME_STATE || (name->flags & NAME_BUFFER && at->kind == KIND_PARAM);
  /* a recorded step that does this is valid once only */
  if (outside && !recorded) vm->effects++;
  if (UNLIKELY(vm->checking)) check_writes(vm, frame, name);
  if (!recorded) read_set_assigned(vm, vm->read_set, at, value);
  return at;
}

static void store(Vm *vm, Frame *frame, const Ast *name, Value value) {
  Value *kept = stack_push(vm, value), *at = assigned(vm, frame, name, value);
  vm->top = kept;
  if (UNLIKELY(name->flags & NAME_BUFFER) && at->kind == KIND_PARAM) {
    vm->registry->learning->buffer_assign(vm, name, (ParamObject *)(void *)at->object, value);
    return;
  }
  Value old = *at;
  *at = value;
  value_release(vm, old);
}

/* `w[i] = v` of a variable that holds a param: `w = e` would give the name another value.  Elements
 * of a buffer, which as it is read is a value, become that variable's own. */
static void check_elements(Vm *vm, Span span, Value base) {
  if (base.kind != KIND_PARAM || base.param->buffer) return;
  raise_help(vm, span, "assign(w, values) sets a param",
             "the elements of a param cannot be assigned one by one");
}

/* base[subs] = value for one INDEX node: takes base, returns the new one. */
static Value replace(Vm *vm, const Ast *ast, Value base, const Sub *subs, Value value) {
  bool unknown = base.kind == KIND_UNKNOWN || value.kind == KIND_UNKNOWN ||
                 subs_unknown(subs, (int)ast->count);
  if (unknown) {
    value_release(vm, base);
    return (Value){.kind = KIND_UNKNOWN};
  }
  if (value_is_tensor(base))
    return operation_index_set(vm, ast, base, subs, (int)ast->count, value);
  if (base.kind == KIND_DICT) return dict_index_set(vm, ast, base, subs, (int)ast->count, value);
  return plain_index_set(vm, ast, base, subs, (int)ast->count, value);
}

static NORETURN void raise_part(Vm *vm, Span span, Value whole, const char *help) {
  if (whole.kind == KIND_TUPLE) help = "a tuple cannot be changed: make a new one";
  raise_help(vm, span, help, "this cannot be assigned: it is a part of %s", kind_name(whole));
}

/* o.lr = value, of what is shared; `target` is the FIELD. */
static void field_set(Vm *vm, const Ast *target, Value base, Value value) {
  const KindRow *row = kind_row(vm, base);
  vm->effects++;
  vm->read_set->changes++; /* a recorded step contains the old value */
  if (read_set_may_read(vm, value)) vm->read_set->round++;
  if (base.kind == KIND_UNKNOWN || value.kind == KIND_UNKNOWN) return;
  if (!(row && row->field_set))
    raise_part(vm, target->span, base,
               "what can be set is a key of a dict, a hyperparameter (o.lr = 0.01), or a param or "
               "buffer of a model (net.w = zeros(3))");
  row->field_set(vm, target, base, value);
}

enum { PATH_MOST = 32 };

/* x[i].name[j]… = value: the steps from the outside in; each container is replaced by its changed
 * version on the way back. */
typedef struct Path {
  const Ast *root; /* the variable, or another expression */
  Value base;      /* borrowed from the stack: the value of a root that is no variable to assign */
  Value *kept;     /* its slot there */
  bool fixed;      /* it is such a root */
  bool stored;     /* a changed param is assigned to the part of the model that it is */
  Value holder;    /* borrowed: the part at hand belongs to it; none: to the variable */
  const Ast *steps[PATH_MOST]; /* INDEX and FIELD nodes, outermost container first */
  Sub *subs[PATH_MOST];        /* NULL for a FIELD */
  int count;
} Path;

static bool path_open(Vm *vm, Frame *frame, const Ast *target, Path *path, Value *flow) {
  *path = (Path){.base = NONE, .holder = NONE};
  for (; target->kind == AST_INDEX || target->kind == AST_FIELD; target = target->a) {
    if (path->count == PATH_MOST)
      raise_at(vm, target->span, "more than %d parts in one assignment", PATH_MOST);
    path->steps[path->count++] = target;
  }
  path->root = target;
  path->fixed = target->kind != AST_NAME || (target->flags & NAME_FIXED);
  for (int i = 0; i < path->count / 2; i++) { /* they were found from the inside out */
    const Ast *step = path->steps[i];
    path->steps[i] = path->steps[path->count - 1 - i];
    path->steps[path->count - 1 - i] = step;
  }
  if (path->fixed) path->base = run(vm, frame, target);
  if (is_flow(path->base)) {
    *flow = path->base;
    return false;
  }
  path->kept = stack_push(vm, path->base);
  for (int i = 0; i < path->count; i++) {
    path->subs[i] = NULL;
    if (path->steps[i]->kind == AST_FIELD) continue;
    path->subs[i] = run_subscripts(vm, frame, path->steps[i], flow);
    if (!path->subs[i]) return false;
  }
  return true;
}

static Value path_read(Vm *vm, const Path *path, int step, Value from) {
  const Ast *ast = path->steps[step];
  if (from.kind == KIND_UNKNOWN) return from;
  return ast->kind == AST_FIELD ? plain_field(vm, ast, from)
                                : index_value(vm, ast, from, path->subs[step], (int)ast->count);
}

/* A list or dict that `place` alone holds. */
static void own(Vm *vm, Value *place) {
  if (place->object->refs == 1) return;
  Value copy = place->kind == KIND_DICT ? dict_copy(vm, place->dict) : list_copy(vm, place->list);
  value_release(vm, *place);
  *place = copy;
}

/* The slot of an item of a list or dict that is the only holder's; NULL where the part has no slot
 * of its own: an element of a tensor, a field of a model, a key that the last step adds. */
static Value *slot_in(Vm *vm, const Path *path, int step, Value *place) {
  const Ast *ast = path->steps[step];
  const Sub *subs = path->subs[step];
  if (place->kind == KIND_DICT) {
    Value key = subs ? dict_sub_key(vm, ast, subs, (int)ast->count)
                     : value_string(vm, ast->text, strlen(ast->text));
    own(vm, place);
    Value *kept = stack_push(vm, key);
    Value *slot = step + 1 == path->count
                      ? dict_find(place->dict, key)
                      : dict_at(vm, subs ? subs->span : ast->op_span, place->dict, key);
    stack_drop(vm, kept);
    return slot;
  }
  bool item = place->kind == KIND_LIST && subs && ast->count == 1 && subs->kind == SUB_VALUE &&
              subs->value.kind == KIND_NUMBER;
  if (!item) return NULL;
  own(vm, place);
  return &place->list->items[plain_place(vm, subs, place->list->count, "a list")];
}

static bool is_collection(Value value) {
  return value.kind == KIND_LIST || value.kind == KIND_DICT || value.kind == KIND_TENSOR;
}

static NORETURN void raise_not_held(Vm *vm, const Path *path, const Ast *ast) {
  if (path->fixed && path->root->kind == AST_NAME)
    raise_help(vm, ast->span,
               "`let` makes a variable of your own; what methods change is a buffer or state",
               "this cannot be assigned: it is in something that cannot be assigned itself");
  const char *help = "`let v = …` makes a variable, which can be changed";
  if (is_collection(path->holder))
    raise_help(vm, ast->span, help, "this cannot be assigned: no variable holds it");
  raise_part(vm, ast->span, path->holder,
             path->holder.kind == KIND_MODEL ? "for a value that changes later declare a `buffer`"
                                             : help);
}

/* The last step: `place` gets its changed version. */
static void replace_last(Vm *vm, const Path *path, int step, Value *place, Value value) {
  const Ast *ast = path->steps[step];
  bool dict = place->kind == KIND_DICT;
  if (ast->kind == AST_FIELD && !dict) {
    field_set(vm, ast, *place, value);
    return;
  }
  if (path->holder.kind != KIND_NONE && is_collection(*place)) raise_not_held(vm, path, ast);
  if (ast->kind == AST_INDEX) {
    if (!path->stored) check_elements(vm, ast->span, *place);
    *place = replace(vm, ast, *place, path->subs[step], value);
    return;
  }
  own(vm, place);
  dict_set_text(vm, place->dict, ast->text, strlen(ast->text), value_retain(value));
}

/* Replaces the value at `place` by its changed version.  Its own reference is moved, so that a
 * value with one owner is changed in place.  A part of a tuple or a model is not the variable's
 * (`holder`): only what is shared, an optimizer or a model, can be changed in it.  Of a model's
 * param or buffer the changed version is assigned to it. */
static void replace_in(Vm *vm, Path *path, int step, Value *place, Value value) {
  if (step + 1 == path->count) {
    replace_last(vm, path, step, place, value);
    return;
  }
  const Ast *ast = path->steps[step];
  bool held = path->holder.kind == KIND_NONE;
  Value *slot = held ? slot_in(vm, path, step, place) : NULL;
  if (slot) {
    replace_in(vm, path, step + 1, slot, value);
    return;
  }
  bool inside = held && ast->kind == AST_INDEX &&
                (place->kind == KIND_LIST || value_is_tensor(*place));
  if (!inside && !is_collection(*place)) path->holder = *place;
  Value *part = stack_push(vm, path_read(vm, path, step, *place));
  bool stored = place->kind == KIND_MODEL && part->kind == KIND_PARAM;
  if (stored) path->holder = NONE, path->stored = true;
  replace_in(vm, path, step + 1, part, value);
  if (inside) *place = replace(vm, ast, *place, path->subs[step], *part);
  if (stored) field_set(vm, ast, *place, *part);
  stack_drop(vm, part);
}

/* Stores into a part of a variable; takes value. */
static void store_inside(Vm *vm, Frame *frame, Path *path, Value value) {
  Value *kept = stack_push(vm, value);
  if (path->fixed) {
    path->holder = path->base;
    replace_in(vm, path, 0, path->kept, value);
    stack_drop(vm, kept);
    return;
  }
  variable_at(vm, frame, path->root); /* raises when it has no value */
  Value *at = assigned(vm, frame, path->root, value);
  vm->current_span = path->steps[0]->span;
  if (path->root->flags & NAME_BUFFER) {
    Value *changed = stack_push(vm, value_retain(*at));
    path->stored = true;
    replace_in(vm, path, 0, changed, value);
    vm->top = changed; /* moved */
    store(vm, frame, path->root, *changed);
  } else {
    replace_in(vm, path, 0, at, value);
  }
  stack_drop(vm, kept);
}

/* target[i].name… = value; takes value. */
static Value assign_inside(Vm *vm, Frame *frame, const Ast *target, Value value) {
  Value flow = NONE, *kept = stack_push(vm, value);
  Path path;
  if (path_open(vm, frame, target, &path, &flow)) {
    *kept = NONE; /* moved */
    store_inside(vm, frame, &path, value);
  }
  stack_drop(vm, kept);
  return flow;
}

/* The slot that is given an item, NULL where there is none; containers on the way to it are then
 * the variable's alone. */
static Value *slot_of(Vm *vm, Frame *frame, const Path *path, Value item) {
  if (path->fixed || path->root->flags & NAME_BUFFER) return NULL;
  if (path->count) variable_at(vm, frame, path->root); /* raises when it has no value */
  Value *slot = assigned(vm, frame, path->root, item);
  for (int i = 0; slot && i < path->count; i++) {
    vm->current_span = path->steps[i]->span;
    slot = slot_in(vm, path, i, slot);
  }
  return slot;
}

/* Stores what the standard function gives for the two values; takes them. */
static void store_called(Vm *vm, Frame *frame, const Ast *call, Path *path, Value *args) {
  Value *callee = stack_push(vm, run(vm, frame, call->a));
  Value *again = stack_take(vm, 2); /* above the subscripts of the path */
  memcpy(again, args, 2 * sizeof *args);
  args[0] = args[1] = NONE;
  Value changed = call_gathered(vm, call, *callee, again);
  stack_drop(vm, callee);
  if (path->count) store_inside(vm, frame, path, changed);
  else store(vm, frame, path->root, changed);
}

/* push(list, item) or remove(dict, key), if the slot and the arguments alone hold the list or dict:
 * it changes there.  Otherwise false; else takes the arguments. */
static bool change_in_place(Vm *vm, const Ast *ast, Value *slot, Value *args) {
  const Span key_span = ast->b->items[1]->span;
  const bool pushes = (ast->flags & ASSIGN_PUSHES) != 0;
  if (!slot || slot->kind != args[0].kind || slot->object != args[0].object ||
      slot->object->refs != 2)
    return false;
  if (pushes && vm->checking && slot->list->count >= CHECKED_ITEMS) return false;
  if (!pushes && !dict_has(vm, key_span, slot->dict, args[1])) return false;
  value_release(vm, args[0]);
  args[0] = NONE;
  if (pushes) {
    list_push(vm, slot->list, args[1]);
    args[1] = NONE;
  } else {
    Value key = dict_key(vm, key_span, args[1]);
    dict_remove(vm, slot->dict, key);
    value_release(vm, key);
  }
  return true;
}

/* `target = push(list, item)`, `target = remove(dict, key)`, with the standard functions. */
static Value assign_called(Vm *vm, Frame *frame, const Ast *ast) {
  Value flow, *top = vm->top, *args = call_arguments(vm, frame, ast->b, &flow);
  Path path;
  if (!args || !path_open(vm, frame, ast->a, &path, &flow)) {
    stack_drop(vm, top);
    return flow;
  }
  bool fits = args[0].kind == (ast->flags & ASSIGN_PUSHES ? KIND_LIST : KIND_DICT);
  const Value item = ast->flags & ASSIGN_PUSHES && fits ? args[1] : (Value){0};
  Value *slot = fits ? slot_of(vm, frame, &path, item) : NULL;
  vm->current_span = ast->b->span;
  if (!change_in_place(vm, ast, slot, args)) store_called(vm, frame, ast->b, &path, args);
  stack_drop(vm, top);
  return NONE;
}

/* `xs = xs[a:b]` */
static Value assign_cut(Vm *vm, Frame *frame, const Ast *ast) {
  const Ast *index = ast->b;
  Value list = run(vm, frame, index->a), flow = NONE;
  if (is_flow(list)) return list;
  Value *kept = stack_push(vm, list);
  const Sub *subs = run_subscripts(vm, frame, index, &flow);
  if (subs) {
    const Path path = {.root = ast->a, .base = NONE, .holder = NONE};
    const bool fits = list.kind == KIND_LIST && !subs_unknown(subs, 1);
    const Value *slot = fits ? slot_of(vm, frame, &path, NONE) : NULL;
    vm->current_span = index->span;
    if (slot && slot->kind == KIND_LIST && slot->object == list.object && list.object->refs == 2) {
      const PlainSlice slice = plain_slice(vm, subs, list.list->count);
      list_keep(vm, list.list, slice.start, slice.count);
    } else {
      store(vm, frame, ast->a, index_value(vm, index, list, subs, 1));
    }
  }
  stack_drop(vm, kept);
  return flow;
}

/* The values that `s = s + a + b` appends, on the value stack; NULL when one is a flow. */
static Value *run_operands(Vm *vm, Frame *frame, const Ast *sum, int count, Value *flow) {
  const Ast *operands[64];
  Value *values = stack_take(vm, (uint32_t)count);
  for (int i = count; i-- > 0; sum = sum->a) operands[i] = sum->b;
  for (int i = 0; i < count; i++) {
    Value value = run_leaf(vm, frame, operands[i]);
    if (is_flow(value)) {
      *flow = value;
      return NULL;
    }
    values[i] = value;
  }
  return values;
}

/* left + a + b, in place as far as possible: `at` holds left, and so does the caller. */
static Value append_operands(Vm *vm, const Ast *ast, Value *at, Value left, const Value *values,
                             int count) {
  bool strings = at->kind == KIND_STRING && at->object == left.object && at->object->refs == 2;
  for (int i = 0; i < count; i++)
    strings = strings && values[i].kind == KIND_STRING && values[i].object != left.object;
  if (strings) {
    for (int i = 0; i < count; i++) string_append(vm, at->string, values[i].string);
    return value_retain(left);
  }
  const Ast *places[64];
  const Ast *sum = ast->b;
  for (int i = count; i-- > 0; sum = sum->a) places[i] = sum;
  Value *result = stack_push(vm, value_retain(left));
  for (int i = 0; i < count; i++) {
    Value longer = binary_slow(vm, places[i], BINARY_ADD, *result, values[i]);
    value_release(vm, *result);
    *result = longer;
  }
  vm->top = result;
  return *result;
}

/* `s = s + …` if s is a string now; otherwise false, and nothing is done. */
static bool grow_in_place(Vm *vm, Frame *frame, const Ast *ast, Value *flow) {
  Value left = *variable_at(vm, frame, ast->a);
  if (left.kind != KIND_STRING) return false;
  Value *kept = stack_push(vm, value_retain(left)), *values;
  int count = 1;
  if (ast->b->kind == AST_INTERPOLATION) {
    *flow = run_interpolation_from(vm, frame, ast->b, (uint32_t)ast->slot);
    values = is_flow(*flow) ? NULL : stack_push(vm, *flow);
  } else {
    count = ast->slot;
    values = run_operands(vm, frame, ast->b, count, flow);
  }
  if (values) {
    vm->current_span = ast->span;
    Value *at = place_of(vm, frame, ast->a), result;
    if (ast->b->kind == AST_INTERPOLATION &&
        (values->kind != KIND_STRING || at->object != left.object || at->object->refs != 2))
      result = values->kind == KIND_STRING ? string_join(vm, left.string, values->string) : *values;
    else result = append_operands(vm, ast, at, left, values, count);
    store(vm, frame, ast->a, result);
    *flow = NONE;
  }
  stack_drop(vm, kept);
  return true;
}

static Value assign_to(Vm *vm, Frame *frame, const Ast *target, Value value);

/* Does the value have the form of the targets?  Asked before the first is assigned. */
static void check_form(Vm *vm, const Ast *target, Value value) {
  if (target->kind != AST_TUPLE || value.kind == KIND_UNKNOWN) return;
  const Value *items;
  int64_t count = value_is_tensor(value) ? value_rows(vm, target->span, value)
                                         : items_of(value, &items);
  if (count < 0)
    raise_at(vm, target->span, "%s cannot be taken apart: a tuple of %u is expected",
             kind_name(value), target->count);
  if (count != target->count)
    raise_at(vm, target->span, "%u are assigned to, %s of %lld is given", target->count,
             kind_name(value), (long long)count);
  for (uint32_t i = 0; !value_is_tensor(value) && i < target->count; i++)
    check_form(vm, target->items[i], items[i]);
}

/* (a, xs[0]) = value, of that form; borrows value. */
static Value assign_parts(Vm *vm, Frame *frame, const Ast *tuple, Value value) {
  const Value *items = NULL;
  items_of(value, &items);
  for (uint32_t i = 0; i < tuple->count; i++) {
    Value part = value.kind == KIND_UNKNOWN ? value
                 : items                    ? value_retain(items[i])
                                            : value_row(vm, tuple->span, value, i);
    Value flow = assign_to(vm, frame, tuple->items[i], part);
    if (is_flow(flow)) return flow;
  }
  return NONE;
}

/* Takes value; gives none, or the flow that a subscript is. */
static Value assign_to(Vm *vm, Frame *frame, const Ast *target, Value value) {
  Value flow = NONE, *kept;
  switch ((AstKind)target->kind) {
    case AST_TUPLE:
      kept = stack_push(vm, value);
      check_form(vm, target, value);
      flow = assign_parts(vm, frame, target, value);
      stack_drop(vm, kept);
      break;
    case AST_INDEX:
    case AST_FIELD: return assign_inside(vm, frame, target, value);
    default:
      if (name_is_blank(target->text)) value_release(vm, value);
      else store(vm, frame, target, value);
  }
  return flow;
}

static NOINLINE Value assign_slow(Vm *vm, Frame *frame, const Ast *ast) {
  const Ast *target = ast->a;
  Value value;
  if (ast->flags & (ASSIGN_PUSHES | ASSIGN_REMOVES)) return assign_called(vm, frame, ast);
  if (ast->flags & ASSIGN_CUTS) return assign_cut(vm, frame, ast);
  if ((ast->flags & ASSIGN_GROWS) && grow_in_place(vm, frame, ast, &value)) return value;
  value = run_leaf(vm, frame, ast->b);
  if (is_flow(value)) return value;
  return assign_to(vm, frame, target, value);
}

/* A variable at its quick_place, outside a recording. */
static inline void set_number(Vm *vm, const Ast *name, Value *at, double number) {
  vm->effects += name->place == PLACE_GLOBAL;
  read_set_assigned(vm, vm->read_set, at, (Value){0});
  at->number = number;
}

/* To a name that holds a number now: nothing grows in place. */
static NOINLINE Value assign_over_number(Vm *vm, Frame *frame, const Ast *ast) {
  const Value value = run_leaf(vm, frame, ast->b);
  if (is_flow(value)) return value;
  Value *at = quick_place(frame, ast->a);
  if (value.kind == KIND_NUMBER && at->kind == KIND_NUMBER && !vm->trace) {
    set_number(vm, ast->a, at, value.number);
  } else {
    store(vm, frame, ast->a, value);
  }
  return NONE;
}

Value run_assign(Vm *vm, Frame *frame, const Ast *ast) {
  const Ast *target = ast->a;
  double number;
  Value *at = target->kind == AST_NAME ? quick_place(frame, target) : NULL;
  if (!at || at->kind != KIND_NUMBER || vm->trace) return assign_slow(vm, frame, ast);
  if (!quick_arithmetic(frame, ast->b, &number)) return assign_over_number(vm, frame, ast);
  set_number(vm, target, at, number);
  return NONE;
}

/* ---- x += e ---- */

static Value opassign_inside(Vm *vm, Frame *frame, const Ast *ast) {
  Value flow, *top = vm->top;
  Path path;
  if (!path_open(vm, frame, ast->a, &path, &flow)) {
    stack_drop(vm, top);
    return flow;
  }
  Value *old =
      stack_push(vm, value_retain(path.fixed ? path.base : *variable_at(vm, frame, path.root)));
  for (int i = 0; i < path.count; i++) {
    Value part = path_read(vm, &path, i, *old);
    value_release(vm, *old);
    *old = part;
  }
  Value right = run(vm, frame, ast->b);
  if (!is_flow(right)) {
    stack_push(vm, right);
    Value value = binary_slow(vm, ast, ast->op, *old, right);
    stack_drop(vm, old); /* so that what is held by its variable alone changes in place */
    store_inside(vm, frame, &path, value);
  }
  stack_drop(vm, top);
  return is_flow(right) ? right : NONE;
}

/* `left` and `right` are the stack's: the variable's value before the right side was evaluated. */
static void opassign_slow(Vm *vm, Frame *frame, const Ast *ast, Value left, Value right) {
  Value *at = assigned(vm, frame, ast->a, (Value){0});
  vm->current_span = ast->span;
  bool same = at->kind == KIND_STRING && left.kind == KIND_STRING && at->object == left.object &&
              at->object->refs == 2;
  if (same && ast->op == BINARY_ADD && right.kind == KIND_STRING && right.object != left.object) {
    string_append(vm, at->string, right.string);
  } else {
    store(vm, frame, ast->a, binary_slow(vm, ast, ast->op, left, right));
  }
}

static NOINLINE Value opassign_parts(Vm *vm, Frame *frame, const Ast *ast) {
  if (ast->a->kind != AST_NAME) return opassign_inside(vm, frame, ast);
  Value left = run(vm, frame, ast->a), *kept = stack_push(vm, left);
  Value right = run(vm, frame, ast->b);
  if (!is_flow(right)) opassign_slow(vm, frame, ast, left, *stack_push(vm, right));
  stack_drop(vm, kept);
  return is_flow(right) ? right : NONE;
}

Value run_opassign(Vm *vm, Frame *frame, const Ast *ast) {
  const Ast *target = ast->a;
  double right;
  Value *at = target->kind == AST_NAME ? quick_place(frame, target) : NULL;
  bool quick = at && at->kind == KIND_NUMBER && !vm->trace && ast->op <= BINARY_MUL &&
               quick_number(frame, ast->b, &right);
  if (UNLIKELY(!quick)) return opassign_parts(vm, frame, ast);
  set_number(vm, target, at, number_arithmetic(ast->op, at->number, right));
  return NONE;
}
