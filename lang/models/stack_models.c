/* stack_models.c — stack_models(nets): one model whose params are those of all nets, stacked.
 *
 * vmap computes every row by the code of the first net and what that code reads.  So whatever is
 * neither a param nor a buffer must be the same in all of them: the declarations, the functions,
 * numbers, texts, constants.  Values are walked side by side; a variable that functions share
 * (a cell) is met again in its own methods, so each is paired with its counterpart once.
 *
 * A member that no method captures was needed only to make the model (the data of a Standardize).
 * It may differ; the stack then has no value there, so that a script cannot take the first's for
 * all.
 */
#include "lang/models/stack_models.h"

#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/tuple.h"
#include "lang/models/model.h"
#include "lang/models/param.h"
#include "lang/values/dict.h"
#include "lang/values/plain.h"

#include <stdio.h>
#include <string.h>

/* ---- are they of one form? ---- */

/* A net beside the first. */
typedef struct Comparing {
  Held held; /* a raise frees it */
  Vm *vm;
  const CallSite *site;
  CellObject **cells, **others; /* variables of the first and those of the net; owned */
  int count, capacity;
  Lookup places;       /* of `cells` */
  CellObject **unlike; /* of the first: members that only the making used, and that differ; owned */
  int unlike_count, unlike_capacity;
  Text path;    /* of the part at hand: "parts.1" */
  Parts *parts; /* of the first: those that are stacked; owned */
} Comparing;

static void comparing_free(Held *held) {
  Comparing *comparing = (Comparing *)(void *)held;
  mem_free(comparing->cells);
  mem_free(comparing->others);
  mem_free(comparing->unlike);
  lookup_free(&comparing->places);
  text_free(&comparing->path);
  parts_free(comparing->vm, comparing->parts);
  mem_free(comparing);
}

static bool same(Vm *vm, Comparing *comparing, Value a, Value b);

/* A part; where it differs the path stays at it. */
static bool same_part(Vm *vm, Comparing *comparing, const char *name, Value a, Value b) {
  const size_t length = comparing->path.length;
  text_format(&comparing->path, "%s%.64s", length ? "." : "", name);
  if (!same(vm, comparing, a, b)) return false;
  comparing->path.length = length;
  return true;
}

static bool same_item(Vm *vm, Comparing *comparing, int64_t index, Value a, Value b) {
  char number[24];
  snprintf(number, sizeof number, "%lld", (long long)index);
  return same_part(vm, comparing, number, a, b);
}

static bool same_items(Vm *vm, Comparing *comparing, const Value *a, const Value *b,
                       int64_t count) {
  for (int64_t i = 0; i < count; i++)
    if (!same_item(vm, comparing, i, a[i], b[i])) return false;
  return true;
}

static void pair(Comparing *comparing, CellObject *cell, CellObject *other) {
  if (comparing->count == comparing->capacity) {
    comparing->capacity = comparing->capacity ? 2 * comparing->capacity : 32;
    const size_t bytes = (size_t)comparing->capacity * sizeof *comparing->cells;
    comparing->cells = mem_grow(comparing->cells, bytes);
    comparing->others = mem_grow(comparing->others, bytes);
  }
  comparing->cells[comparing->count] = cell;
  comparing->others[comparing->count++] = other;
}

static int place_of(Comparing *comparing, const CellObject *cell) {
  return lookup_place(&comparing->places, comparing->cells, sizeof *comparing->cells,
                      comparing->count, cell);
}

static bool same_cell(Vm *vm, Comparing *comparing, const char *name, CellObject *a,
                      CellObject *b) {
  if (a == b) return true;
  if (!a || !b) return false;
  const int place = place_of(comparing, a);
  if (place >= 0) return comparing->others[place] == b;
  pair(comparing, a, b);
  return name ? same_part(vm, comparing, name, a->value, b->value)
              : same(vm, comparing, a->value, b->value);
}

static bool same_closure(Vm *vm, Comparing *comparing, const ClosureObject *a,
                         const ClosureObject *b) {
  bool equal = a->function == b->function && a->cell_count == b->cell_count;
  for (int i = 0; i < a->cell_count && equal && a != b; i++)
    equal = same_cell(vm, comparing, NULL, a->cells[i], b->cells[i]);
  return equal;
}

static bool captures(const ClosureObject *closure, const CellObject *cell) {
  for (int i = 0; i < closure->cell_count; i++)
    if (closure->cells[i] == cell) return true;
  return false;
}

/* Can a method reach this member, or does stacking? */
static bool is_used(Vm *vm, const ModelObject *model, const CellObject *cell) {
  const Member *members = model->made_by->function->members;
  for (int i = 0; i < model->count; i++)
    if (members[i].kind == MEMBER_FN && model->cells[i] &&
        model->cells[i]->value.kind == KIND_CLOSURE &&
        captures(model->cells[i]->value.closure, cell))
      return true;
  Parts *parts = parts_of(vm, cell->value, NULL);
  const bool some = parts->count > 0;
  parts_free(vm, parts);
  return some;
}

/* A function of the model that does reach it then finds that its counterpart is another. */
static void note_unlike(Comparing *comparing, CellObject *cell) {
  comparing->others[place_of(comparing, cell)] = NULL;
  if (comparing->unlike_count == comparing->unlike_capacity) {
    comparing->unlike_capacity = comparing->unlike_capacity ? 2 * comparing->unlike_capacity : 8;
    comparing->unlike = mem_grow(comparing->unlike,
                                 (size_t)comparing->unlike_capacity * sizeof *comparing->unlike);
  }
  comparing->unlike[comparing->unlike_count++] = cell;
}

static bool same_member(Vm *vm, Comparing *comparing, const ModelObject *a, const ModelObject *b,
                        int index) {
  const Member *member = &a->made_by->function->members[index];
  const size_t length = comparing->path.length;
  CellObject *cell = a->cells[index], *other = b->cells[index];
  const int first = comparing->count;
  if (same_cell(vm, comparing, member->name, cell, other)) return true;
  if (!cell || !other || member->kind == MEMBER_FN || is_used(vm, a, cell) || is_used(vm, b, other))
    return false;
  /* of what was paired below it nothing is known to be the same */
  for (int i = first; i < comparing->count; i++) comparing->others[i] = NULL;
  note_unlike(comparing, cell);
  comparing->path.length = length;
  comparing->path.data[length] = 0;
  return true;
}

/* Of what made them, the methods have captured what they use. */
static bool same_model(Vm *vm, Comparing *comparing, const ModelObject *a, const ModelObject *b) {
  if (a->made_by->function != b->made_by->function) return false;
  for (int i = 0; i < a->count; i++)
    if (!same_member(vm, comparing, a, b, i)) return false;
  return true;
}

static bool same_dict(Vm *vm, Comparing *comparing, const DictObject *a, const DictObject *b) {
  bool equal = a->count == b->count;
  for (int64_t i = 0; i < a->count && equal; i++) {
    const Value *other = dict_find(b, dict_entries(a)[i].key);
    equal = other && same_item(vm, comparing, i, dict_entries(a)[i].value, *other);
  }
  return equal;
}

/* One that a method captured from outside is not stacked: it must be the same. */
static bool same_param(const Comparing *comparing, const ParamObject *a, const ParamObject *b) {
  if (parts_place(comparing->parts, a) < 0) return a == b;
  return a->name == b->name && domain_equal(a->domain, b->domain) && a->buffer == b->buffer &&
         a->value.dtype == b->value.dtype && shape_equal(&a->value.shape, &b->value.shape);
}

/* In a check the elements of tensors are not known. */
static bool is_open(const Vm *vm, Value value) {
  return value.kind == KIND_UNKNOWN || (vm->checking && value.kind == KIND_TENSOR);
}

static bool same(Vm *vm, Comparing *comparing, Value a, Value b) {
  stack_check(vm, comparing->site->span);
  if (is_open(vm, a) || is_open(vm, b)) return true;
  if (a.kind != b.kind) return false;
  switch ((Kind)a.kind) {
    case KIND_PARAM: return same_param(comparing, a.param, b.param);
    case KIND_MODEL: return same_model(vm, comparing, a.model, b.model);
    case KIND_CLOSURE: return same_closure(vm, comparing, a.closure, b.closure);
    case KIND_DICT: return same_dict(vm, comparing, a.dict, b.dict);
    case KIND_LIST:
      return a.list->count == b.list->count &&
             same_items(vm, comparing, a.list->items, b.list->items, a.list->count);
    case KIND_TUPLE:
      return a.tuple->count == b.tuple->count &&
             same_items(vm, comparing, a.tuple->items, b.tuple->items, a.tuple->count);
    case KIND_NATIVE:
      return a.native->native == b.native->native && a.native->row == b.native->row &&
             same_items(vm, comparing, a.native->extra, b.native->extra, COUNT_OF(a.native->extra));
    case KIND_UNSET: return true;
    default: return value_equal(vm, comparing->site, a, b);
  }
}

typedef struct Clearing {
  Vm *vm;
  const Comparing *comparing;
} Clearing;

static bool clear_unlike(void *context, const char *name, int64_t number, Value value) {
  (void)name;
  (void)number;
  const Clearing *clearing = context;
  const Comparing *comparing = clearing->comparing;
  for (int i = 0; value.kind == KIND_MODEL && i < value.model->count; i++)
    for (int k = 0; k < comparing->unlike_count; k++) {
      CellObject *cell = value.model->cells[i];
      if (cell != comparing->unlike[k]) continue;
      value_release(clearing->vm, cell->value);
      cell->value = (Value){0};
    }
  return parts_each(clearing->vm, value, clear_unlike, context);
}

static NORETURN void raise_other_form(Vm *vm, const Comparing *comparing, int64_t at) {
  Diag diag = {0};
  const char *path = comparing->path.data;
  diag_fail(&diag, STATUS_FAILED, comparing->site->span,
            "stack_models takes models of one form: %s%.200s%s model %lld is not that of the "
            "first",
            path ? "`" : "the declaration", path ? path : "", path ? "` of" : " of", (long long)at);
  diag_help(&diag, "all are computed by the code and the constants of the first; what differs "
                   "must be a param or a buffer of the same shape");
  raise_diag(vm, &diag);
}

/* first: a copy of the first model; what only its making used and is not that of the other is taken
 * from it. */
static void need_one_form(Vm *vm, const CallSite *site, Value first, Value other, int64_t at) {
  Comparing *comparing = mem_zero(sizeof *comparing);
  comparing->held.free_whole = comparing_free;
  comparing->vm = vm;
  comparing->site = site;
  comparing->parts = parts_of(vm, first, NULL);
  vm_hold(vm, &comparing->held); /* above the parts, which it frees */
  if (!same(vm, comparing, first, other)) raise_other_form(vm, comparing, at);
  if (comparing->unlike_count) clear_unlike(&(Clearing){vm, comparing}, NULL, 0, first);
  vm_drop(vm, &comparing->held);
}

/* ---- stacking ---- */

typedef struct AllParams {
  Held held;
  int count;            /* of each model */
  ParamObject *items[]; /* model by model */
} AllParams;

static void all_free(Held *held) { mem_free(held); }

static AllParams *all_params(Vm *vm, int count, int64_t n) {
  AllParams *all = mem_zero(sizeof *all + (size_t)count * (size_t)n * sizeof all->items[0]);
  all->held.free_whole = all_free;
  all->count = count;
  vm_hold(vm, &all->held);
  return all;
}

static AllParams *params_of_all(Vm *vm, const CallSite *site, const Value *models, int64_t n) {
  AllParams *all = NULL;
  for (int64_t at = 0; at < n; at++) {
    Parts *parts = parts_of(vm, models[at], NULL);
    if (!all) all = all_params(vm, parts->count, n);
    if (parts->count != all->count)
      raise_at(vm, site->span,
               "stack_models takes models of one form: model %lld shares a part where the first "
               "has two",
               (long long)at);
    for (int i = 0; i < all->count; i++) all->items[at * all->count + i] = parts->items[i].param;
    parts_free(vm, parts);
  }
  return all;
}

/* into: a copy of the first of them; `of`: one of each model, `apart` apart. */
static bool stack_param(Vm *vm, ParamObject *into, ParamObject *const *of, int apart, int64_t n,
                        Diag *diag) {
  Tensor first = into->value, all = first;
  Shape shape = {.rank = first.shape.rank + 1, .dim = {n}};
  if (shape.rank > RANK_MOST)
    return diag_fail(diag, STATUS_FAILED, vm->current_span, "a tensor has at most %d axes",
                     RANK_MOST);
  memcpy(shape.dim + 1, first.shape.dim, (size_t)first.shape.rank * sizeof(int64_t));
  if (vm->checking) {
    into->value.shape = shape;
    return true;
  }
  if (!tensor_new(&all, first.dtype, &shape, diag)) return false;
  size_t bytes = tensor_bytes(&first);
  for (int64_t k = 0; k < n; k++)
    memcpy((char *)tensor_data(&all) + (size_t)k * bytes, tensor_data(&of[k * apart]->value),
           bytes);
  into->value = all;
  tensor_release(&first);
  return true;
}

typedef struct Marking {
  Vm *vm;
  int32_t n;
  ModelObject **met; /* owned; a part may stand in several places */
  int count, capacity;
  Lookup places;
} Marking;

static bool is_met(Marking *marking, ModelObject *model) {
  if (lookup_place(&marking->places, marking->met, sizeof *marking->met, marking->count, model) >=
      0)
    return true;
  if (marking->count == marking->capacity) {
    marking->capacity = marking->capacity ? 2 * marking->capacity : 16;
    marking->met = mem_grow(marking->met, (size_t)marking->capacity * sizeof *marking->met);
  }
  marking->met[marking->count++] = model;
  return false;
}

static bool mark_part(void *context, const char *name, int64_t number, Value value) {
  (void)name;
  (void)number;
  Marking *marking = context;
  if (value.kind == KIND_MODEL) {
    if (is_met(marking, value.model)) return false;
    value.model->stacked = value.model->stacked ? -1 : marking->n;
  }
  return parts_each(marking->vm, value, mark_part, context);
}

/* The model, and those in it. */
static void mark_stacked(Vm *vm, Value model, int32_t n) {
  Marking marking = {.vm = vm, .n = n};
  mark_part(&marking, NULL, 0, model);
  lookup_free(&marking.places);
  mem_free(marking.met);
}

static Value stack_all(Vm *vm, const CallSite *site, const Value *models, int64_t n) {
  Value made = model_copy(vm, models[0]);
  for (int64_t at = 1; at < n; at++) need_one_form(vm, site, made, models[at], at);
  AllParams *all = params_of_all(vm, site, models, n);
  Parts *parts = parts_of(vm, made, NULL);
  Diag diag;
  diag_clear(&diag);
  for (int i = 0; i < all->count; i++)
    if (!stack_param(vm, parts->items[i].param, all->items + i, all->count, n, &diag))
      raise_diag(vm, &diag);
  parts_free(vm, parts);
  vm_drop(vm, &all->held);
  mark_stacked(vm, made, (int32_t)n);
  return made;
}

void stack_alike(Vm *vm, const CallSite *site, Value model, int32_t n) {
  Parts *parts = parts_of(vm, model, NULL);
  Diag diag = {.span = site->span};
  for (int i = 0; i < parts->count; i++)
    if (!stack_param(vm, parts->items[i].param, &parts->items[i].param, 0, n, &diag))
      raise_diag(vm, &diag);
  parts_free(vm, parts);
  mark_stacked(vm, model, n);
}

Value native_stack_models(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Value nets = args[0];
  if (nets.kind == KIND_UNKNOWN) raise_unknown(vm);
  bool list = nets.kind == KIND_LIST, tuple = nets.kind == KIND_TUPLE;
  int64_t n = list ? nets.list->count : tuple ? nets.tuple->count : 0;
  const Value *items = list ? nets.list->items : tuple ? nets.tuple->items : NULL;
  const char *help = "stack_models(map(fn(i) = Net(), 1..5))";
  if (!list && !tuple)
    raise_kind(vm, site->span, nets, "stack_models takes a list of models", help);
  if (n == 0)
    raise_help(vm, site->span, help, "stack_models takes a list of models, this one has none");
  for (int64_t i = 0; i < n; i++) {
    if (items[i].kind == KIND_MODEL) continue;
    char wanted[80];
    snprintf(wanted, sizeof wanted, "stack_models takes a list of models, and number %lld is none",
             (long long)i);
    raise_kind(vm, site->span, items[i], wanted, help);
  }
  return stack_all(vm, site, items, n);
}
