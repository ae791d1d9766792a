/* model.c — copies of models, and the natives that work on their parts; see model.h.
 *
 * A deep copy maps old cells to new ones: a closure that captures a cell of the model gets the new
 * cell; any other cell, a variable outside the model, stays shared.
 */
#include "lang/models/model.h"

#include "lang/eval/eval.h"
#include "lang/machine/frame.h"
#include "lang/models/leaves.h"
#include "lang/names/member.h"
#include "lang/values/dict.h"
#include "lang/values/plain.h"
#include "lang/values/show.h"

#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/module_value.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/probable.h"
#include "lang/tensors/trace_param.h"
#include "lang/tensors/trace_value.h"

#include <stdio.h>
#include <string.h>

/* ---- copy ---- */

/* What a copy has made so far: cells, params and models, each once however often it is met. */
typedef struct CopyMap {
  Held held;             /* a raise frees it */
  Object **from, **into; /* owned arrays */
  int count, capacity;
  Lookup places;                                            /* of `from` */
  Value (*part)(Vm *vm, void *context, ParamObject *param); /* or NULL */
  void *context;
} CopyMap;

static Object *mapped(CopyMap *map, const Object *object) {
  int place = lookup_place(&map->places, map->from, sizeof *map->from, map->count, object);
  return place < 0 ? NULL : map->into[place];
}

static void remember(CopyMap *map, Object *from, Object *into) {
  if (map->count == map->capacity) {
    map->capacity = map->capacity ? 2 * map->capacity : 32;
    map->from = mem_grow(map->from, (size_t)map->capacity * sizeof *map->from);
    map->into = mem_grow(map->into, (size_t)map->capacity * sizeof *map->into);
  }
  map->from[map->count] = from;
  map->into[map->count++] = into;
}

static CellObject *mapped_cell(CopyMap *map, const CellObject *cell) {
  return cell ? (CellObject *)(void *)mapped(map, &cell->head) : NULL;
}

static Value copy_value(Vm *vm, Value value, CopyMap *map);

static bool is_copied(const Vm *vm, const ParamObject *from) {
  return vm->trace && (from->copied || from->born != vm->trace->serial);
}

static Value own_param(Vm *vm, ParamObject *param) {
  NodeId row = trace_row_copy(vm, param);
  if (row) {
    Value made = trace_node_param(vm->trace, row);
    made.param->name = param->name;
    made.param->frozen = param->frozen;
    made.param->buffer = param->buffer;
    return made;
  }
  if (param->lent) {
    Tensor now = trace_elements(vm, value_of(KIND_PARAM, param), vm->current_span);
    Value held = value_tensor(vm, now), made = param_new(vm, param->span, held, (Domain){0}, false);
    made.param->name = param->name;
    made.param->frozen = param->frozen;
    made.param->copied = true;
    value_release(vm, held);
    return made;
  }
  ParamObject *made = object_new(vm, KIND_PARAM, sizeof *made);
  Object head = made->head;
  *made = *param;
  made->head = head;
  made->node = 0;
  made->trace = made->staging = 0;
  made->copied = is_copied(vm, param);
  made->born = vm->trace ? vm->trace->serial : 0;
  made->value = (Tensor){.dtype = param->value.dtype, .shape = param->value.shape};
  Diag diag = {0};
  if (!vm->checking && !tensor_copy(&made->value, &param->value, &diag)) raise_diag(vm, &diag);
  return value_of(KIND_PARAM, made);
}

static Value copy_param(Vm *vm, ParamObject *param, CopyMap *map) {
  Object *known = mapped(map, &param->head);
  if (known) return value_retain(value_of(KIND_PARAM, known));
  Value made = map->part ? map->part(vm, map->context, param) : (Value){0};
  if (made.kind == KIND_UNSET) made = own_param(vm, param);
  remember(map, &param->head, made.object);
  return made;
}

static Value copy_closure(Vm *vm, ClosureObject *closure, CopyMap *map) {
  bool touches = false;
  for (int i = 0; i < closure->cell_count; i++)
    touches |= mapped_cell(map, closure->cells[i]) != NULL;
  if (!touches) return value_retain(value_of(KIND_CLOSURE, closure));
  ClosureObject *made = object_new(
      vm, KIND_CLOSURE, sizeof *made + (size_t)closure->cell_count * sizeof(CellObject *));
  made->function = closure->function;
  made->module = closure->module;
  if (made->module) made->module->head.refs++;
  made->cell_count = closure->cell_count;
  for (int i = 0; i < closure->cell_count; i++) {
    CellObject *cell = mapped_cell(map, closure->cells[i]);
    made->cells[i] = cell ? cell : closure->cells[i];
    if (made->cells[i]) made->cells[i]->head.refs++;
  }
  return value_of(KIND_CLOSURE, made);
}

/* Returns a new cell for one of the original: the caller owns it. */
static CellObject *map_cell(Vm *vm, CopyMap *map, CellObject *from) {
  CellObject *made = object_new(vm, KIND_CELL, sizeof(CellObject));
  remember(map, &from->head, &made->head);
  return made;
}

/* A model met twice, as a part and as what another part was made with, is one again. */
static Value copy_model(Vm *vm, ModelObject *model, CopyMap *map) {
  Object *known = mapped(map, &model->head);
  if (known) return value_retain(value_of(KIND_MODEL, known));
  ModelObject *made = object_new(vm, KIND_MODEL,
                                 sizeof *made + (size_t)model->count * sizeof(CellObject *));
  remember(map, &model->head, &made->head);
  made->made_by = model->made_by;
  made->made_by->head.refs++;
  made->count = model->count;
  made->made = model->made;
  made->stacked = model->stacked;
  for (int i = 0; i < model->count; i++)
    if (model->cells[i]) made->cells[i] = map_cell(vm, map, model->cells[i]);
  for (int i = 0; i < model->count; i++)
    if (model->cells[i]) made->cells[i]->value = copy_value(vm, model->cells[i]->value, map);
  return value_of(KIND_MODEL, made);
}

static Value copy_value(Vm *vm, Value value, CopyMap *map) {
  switch (value.kind) {
    case KIND_PARAM: return copy_param(vm, value.param, map);
    case KIND_MODEL: return copy_model(vm, value.model, map);
    case KIND_CLOSURE: return copy_closure(vm, value.closure, map);
    case KIND_TUPLE: {
      Value made = value_tuple(vm, value.tuple->count);
      if (value.tuple->names) {
        size_t bytes = (size_t)value.tuple->count * sizeof(char *);
        made.tuple->names = mem_alloc(bytes + 1);
        memcpy((void *)made.tuple->names, (const void *)value.tuple->names, bytes);
      }
      for (int i = 0; i < value.tuple->count; i++)
        made.tuple->items[i] = copy_value(vm, value.tuple->items[i], map);
      return made;
    }
    case KIND_LIST: {
      Value made = value_list(vm, value.list->count);
      for (int64_t i = 0; i < value.list->count; i++)
        list_push(vm, made.list, copy_value(vm, value.list->items[i], map));
      return made;
    }
    case KIND_DICT: {
      Value made = value_dict(vm);
      for (int64_t i = 0; i < value.dict->count; i++)
        dict_set(vm, made.dict, value_retain(dict_entries(value.dict)[i].key),
                 copy_value(vm, dict_entries(value.dict)[i].value, map));
      return made;
    }
    default: return value_retain(value);
  }
}

static void map_free_whole(Held *held) {
  CopyMap *map = (CopyMap *)(void *)held;
  mem_free(map->from);
  mem_free(map->into);
  lookup_free(&map->places);
  mem_free(map);
}

static CopyMap *map_open(Vm *vm) {
  CopyMap *map = mem_zero(sizeof *map);
  map->held.free_whole = map_free_whole;
  vm_hold(vm, &map->held);
  return map;
}

Value model_copy_with(Vm *vm, Value value, Value (*part)(Vm *vm, void *context, ParamObject *param),
                      void *context) {
  CopyMap *map = map_open(vm);
  map->part = part;
  map->context = context;
  Value made = copy_value(vm, value, map);
  vm_drop(vm, &map->held);
  return made;
}

/* New cells for what a function of the library captures, also through another one. */
static void map_captures(Vm *vm, const ClosureObject *closure, CopyMap *map) {
  if (!source_is_library(vm->sources, closure->function->head_span.file)) return;
  for (int i = 0; i < closure->cell_count; i++) {
    CellObject *cell = closure->cells[i];
    if (!cell || mapped_cell(map, cell)) continue;
    map_cell(vm, map, cell);
    if (cell->value.kind == KIND_CLOSURE) map_captures(vm, cell->value.closure, map);
  }
}

Value model_copy_schedule(Vm *vm, ClosureObject *schedule) {
  CopyMap *map = map_open(vm);
  map_captures(vm, schedule, map);
  for (int i = 0; i < map->count; i++) { /* cells alone */
    Value value = ((const CellObject *)(const void *)map->from[i])->value;
    ((CellObject *)(void *)map->into[i])->value = value.kind == KIND_CLOSURE
                                                      ? copy_closure(vm, value.closure, map)
                                                      : value_retain(value);
  }
  Value made = copy_closure(vm, schedule, map);
  for (int i = 0; i < map->count; i++) value_release(vm, value_of(KIND_CELL, map->into[i]));
  vm_drop(vm, &map->held);
  return made;
}

Value model_copy(Vm *vm, Value value) { return model_copy_with(vm, value, NULL, NULL); }

/* ---- fields ---- */

bool model_rest(const AstFunction *function, const Member *member) {
  if (member->kind != MEMBER_ARGUMENT) return false;
  for (int i = 0; i < function->param_count; i++)
    if (function->params[i].rest && function->params[i].name == member->name) return true;
  return false;
}

const ListObject *model_items(const ModelObject *model) {
  const AstFunction *function = model->made_by->function;
  for (int i = 0; i < function->member_count; i++)
    if (model_rest(function, &function->members[i]) && model->cells[i] &&
        model->cells[i]->value.kind == KIND_LIST)
      return model->cells[i]->value.list;
  return NULL;
}

static Value model_field(Vm *vm, const Ast *ast, Value model) {
  const char *name = ast->text;
  bool found;
  Value value = member_find(model.model, name, &found);
  if (found && value.kind != KIND_UNSET) return value_retain(value);
  const AstFunction *function = model.model->made_by->function;
  if (found)
    raise_at(vm, ast->op_span.file ? ast->op_span : ast->span,
             "`%.64s` of this %s has no value: the models that stack_models joined were made with "
             "different ones",
             name, function->name);
  Diag diag = {0};
  member_none(vm, ast, function, &diag);
  raise_diag(vm, &diag);
}

/* net.w = value: of a param or buffer.  Other parts are what they were made as. */
static void model_field_set(Vm *vm, const Ast *ast, Value of, Value value) {
  Value part = model_field(vm, ast, of);
  value_release(vm, part); /* the model holds it */
  if (part.kind == KIND_PARAM) {
    param_assign(vm, ast->span, part.param, value);
    return;
  }
  raise_kind(vm, ast->span, part, "only params and buffers of a model can be assigned",
             part.kind == KIND_MODEL ? "assign(part, other) copies the values of another; to "
                                       "exchange a part, pass it to the model as an argument"
                                     : "pass it to the model as an argument; for a value that "
                                       "changes later declare a `buffer`");
}

static Value model_item(Vm *vm, const Ast *ast, Value model) {
  const ListObject *items = model_items(model.model);
  return plain_item(vm, ast, model, items ? items->items : NULL, items ? items->count : 0);
}

static Value model_index(Vm *vm, const Ast *ast, Value model, const Sub *subs, int count) {
  const ListObject *items = model_items(model.model);
  return plain_index(vm, ast, items ? value_of(KIND_LIST, (void *)(uintptr_t)items) : model, subs,
                     count);
}

/* ---- the kind ---- */

static size_t model_bytes(const Object *object) {
  return sizeof(ModelObject) +
         (size_t)((const ModelObject *)(const void *)object)->count * sizeof(CellObject *);
}

static void model_parts(Vm *vm, Object *object, Visit *visit) {
  const ModelObject *model = (const ModelObject *)(const void *)object;
  visit_cells(vm, model->cells, model->count, visit);
  if (model->made_by) visit(vm, value_of(KIND_CLOSURE, model->made_by));
}

/* As the call that makes it. */
static void model_show(struct Showing *showing, Value value) {
  const ModelObject *model = value.model;
  const AstFunction *function = model->made_by->function;
  bool some = false;
  text_format(showing->text, "%s(", function->name);
  for (int i = 0; i < model->count && showing->depth < SHOWN_DEPTH; i++)
    if (function->members[i].kind == MEMBER_ARGUMENT && model->cells[i])
      show_argument(showing, function->members[i].name, model->cells[i]->value, &some);
  text_char(showing->text, ')');
}

static bool model_fields(Value of, VisitField *visit, void *context) {
  const Member *members = of.model->made_by->function->members;
  for (int i = 0; i < of.model->count; i++)
    if (visit(context, members[i].name, -1,
              of.model->cells[i] ? of.model->cells[i]->value : (Value){0}))
      return true;
  return false;
}

static Span model_made(const Object *object) {
  return ((const ModelObject *)(const void *)object)->made;
}

const KindRow MODEL_KIND = {.bytes = model_bytes,
                            .parts = model_parts,
                            .show = model_show,
                            .field = model_field,
                            .field_set = model_field_set,
                            .item = model_item,
                            .index = model_index,
                            .fields = model_fields,
                            .tree = true,
                            .made = model_made};

/* ---- natives ---- */

static Parts *parts_wanted(Vm *vm, const CallSite *site, Value value) {
  Parts *parts = parts_of(vm, value, "");
  if (parts->count == 0 && value.kind != KIND_MODEL && value.kind != KIND_PARAM) {
    if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
    raise_kind(vm, site_at(site, 0), value, "a model or a param is expected here", NULL);
  }
  return parts;
}

Value native_param(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return param_new(vm, site->span, args[0], (Domain){0}, false);
}

Value native_copy(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_PARAM && vm->checking) {
    Type type = trace_type(vm, args[0], site->span);
    return trace_placeholder(vm, type.dtype, &type.shape, site->span);
  }
  NodeId in_row = args[0].kind == KIND_PARAM ? trace_row_copy(vm, args[0].param) : 0;
  if (in_row) return trace_result(vm->trace, in_row);
  if (args[0].kind == KIND_PARAM) {
    bool decided = vm->trace && vm->trace->decided && !vm->trace->copied;
    Tensor now = trace_elements(vm, args[0], site->span), copy;
    Diag diag = {0};
    if (!tensor_copy(&copy, &now, &diag)) raise_diag(vm, &diag);
    tensor_release(&now);
    if (vm->trace) vm->trace->copied = !decided;
    Value made = value_tensor(vm, copy);
    made.tensor->probable = probable_bound(vm, args[0]);
    return made;
  }
  const KindRow *row = kind_row(vm, args[0]);
  return row && row->copy ? row->copy(vm, args[0]) : model_copy(vm, args[0]);
}

static void assign_parts(Vm *vm, const CallSite *site, const Parts *to, const Parts *from) {
  if (to->count != from->count)
    raise_at(vm, site->span, "the two do not have the same parts: %d and %d params", to->count,
             from->count);
  for (int i = 0; i < to->count; i++) {
    ParamObject *target = to->items[i].param;
    if (!shape_equal(&target->value.shape, &from->items[i].param->value.shape)) {
      char a[200], b[200];
      raise_at(vm, site->span, "the shapes differ: %s is %s, %s is %s", to->items[i].path,
               shape_show(&target->value.shape, a), from->items[i].path,
               shape_show(&from->items[i].param->value.shape, b));
    }
  }
  for (int i = 0; i < to->count; i++)
    param_assign(vm, site->span, to->items[i].param, value_of(KIND_PARAM, from->items[i].param));
}

Value native_assign(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_PARAM) {
    param_assign(vm, site->span, args[0].param, args[1]);
    return value_none();
  }
  Parts *to = parts_wanted(vm, site, args[0]);
  Parts *from = parts_of(vm, args[1], "");
  assign_parts(vm, site, to, from);
  parts_free(vm, from);
  parts_free(vm, to);
  return value_none();
}

static Value freeze(Vm *vm, const CallSite *site, Value target, bool frozen) {
  Parts *parts = parts_wanted(vm, site, target);
  for (int i = 0; i < parts->count; i++)
    if (!parts->items[i].param->buffer) parts->items[i].param->frozen = frozen;
  parts_free(vm, parts);
  vm->froze = site->span;
  trace_effect(vm);
  return value_none();
}

Value native_freeze(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return freeze(vm, site, args[0], true);
}

Value native_unfreeze(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return freeze(vm, site, args[0], false);
}

static Value name_and_value(Vm *vm, const char *name, Value value) {
  Value pair = value_tuple(vm, 2);
  pair.tuple->items[0] = value_string(vm, name, strlen(name));
  pair.tuple->items[1] = value_retain(value);
  return pair;
}

/* Of a tree without params, as a gradient is one: its leaves by the same names. */
static Value leaves_list(Vm *vm, const Leaves *leaves) {
  Value list = value_list(vm, leaves->count);
  for (int i = 0; i < leaves->count; i++) {
    Text path = {0};
    leaves_path(vm, leaves, i, &path);
    list_push(vm, list.list,
              name_and_value(vm, path.data ? path.data : "", leaves->items[i].value));
    text_free(&path);
  }
  return list;
}

Value native_parameters(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  bool holds = args[0].kind == KIND_TUPLE || args[0].kind == KIND_LIST || args[0].kind == KIND_DICT;
  Leaves *leaves = holds ? leaves_of(vm, args[0]) : NULL;
  if (leaves && leaves->count && !leaves->items[0].param) {
    Value list = leaves_list(vm, leaves);
    leaves_free(vm, leaves);
    return list;
  }
  if (leaves) leaves_free(vm, leaves);
  Parts *parts = parts_wanted(vm, site, args[0]);
  Value list = value_list(vm, parts->count);
  for (int i = 0; i < parts->count; i++) {
    if (parts->items[i].param->buffer) continue;
    const char *path = parts->items[i].path;
    if (!*path && parts->items[i].param->name) path = parts->items[i].param->name;
    list_push(vm, list.list, name_and_value(vm, path, value_of(KIND_PARAM, parts->items[i].param)));
  }
  parts_free(vm, parts);
  return list;
}

Value native_count(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Parts *parts = parts_wanted(vm, site, args[0]);
  int64_t total = 0;
  for (int i = 0; i < parts->count; i++)
    if (!parts->items[i].param->buffer) total += tensor_count(&parts->items[i].param->value);
  parts_free(vm, parts);
  return value_number((double)total);
}
