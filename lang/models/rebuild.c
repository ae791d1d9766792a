/* rebuild.c — nets as text, and nets rebuilt from that text.
 *
 * A net is stored as the call that made it: the name of a model and the values of its parameters,
 * which are numbers, strings, none, small tensors, lists, tuples, dicts, functions and other
 * models.  Its params are not included; they are loaded afterwards, by name.  If a model is made
 * from data (`Standardize(d)`, `Vocabulary(text)`), a stand-in of the right shape is written, since
 * its buffers are loaded too.  Of a stack of models (stack_models) the call of one is written, and
 * their number.  A model that stands in several places is written once; then its
 * number, by the order in which models are complete, so that it is shared again.
 *
 * Models and functions belong to the library, or are declared at the top level of the script that
 * saved the net ("own").  The latter are looked up by name when the net is loaded: in the files
 * that are running, innermost first, and in what these import.
 *
 * The text is not trusted.  From the library it can name only models and functions of tensors,
 * nothing that touches a file or ends the program; from the script, only what the script declares.
 * The number of parts is not limited: reading them takes time in proportion to the text.  The sizes
 * that it asks for are limited by --max-memory alone.
 */
#include "lang/models/rebuild.h"
#include "runtime/files.h"

#include "lang/eval/call.h"
#include "lang/eval/standard_value.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/module_value.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/models/stack_models.h"
#include "lang/names/scope.h"
#include "lang/names/standard.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/dict.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

enum { DEPTH_MOST = 64, ELEMENTS_MOST = 4096 };

/* The value of a standard name; KIND_UNSET where there is none.  Borrowed. */
static Value standard_of(Vm *vm, const char *name) {
  Report report = {0};
  const char *interned = names_intern(vm->names, name, strlen(name));
  if (!standard_is(vm, interned)) return (Value){0};
  int slot = standard_find(vm, interned, 0, &report);
  report_clear(&report);
  return slot < 0 || slot == STANDARD_TRAINING ? (Value){0} : *standard_value(vm, slot);
}

/* Is it a model, or a function, of the library that may stand in a net's text? */
static bool is_model(Value value) {
  return value.kind == KIND_CLOSURE && value.closure->function->kind == FUNCTION_MODEL;
}

/* Is the function that of a model of the library? */
static bool is_library(Vm *vm, const AstFunction *function) {
  Value known = function->name ? standard_of(vm, function->name) : (Value){0};
  return is_model(known) && known.closure->function == function;
}

static bool is_function(Value value) {
  if (value.kind == KIND_NATIVE) return value.native->row != NULL;
  return value.kind == KIND_CLOSURE && value.closure->function->kind == FUNCTION_PLAIN;
}

/* What a file declares at its top level under this name; KIND_UNSET where it is nothing.
 * Borrowed. */
static Value declared_in(const ModuleObject *module, const char *interned) {
  const Variable *variable = scope_global(module->scope, interned);
  if (!variable || variable->slot < 0 || variable->slot >= module->global_count) return (Value){0};
  Value value = module->globals[variable->slot];
  return value.kind == KIND_CELL ? value.cell->value : value;
}

static Value declared_or_imported(const ModuleObject *module, const char *interned) {
  Value value = declared_in(module, interned);
  for (int i = 0; value.kind != KIND_CLOSURE && i < module->global_count; i++)
    if (module->globals[i].kind == KIND_MODULE)
      value = declared_in(module->globals[i].module, interned);
  return value;
}

/* The same, looked up where the net is loaded. */
static Value own_of(const Vm *vm, const char *name) {
  const char *interned = names_intern(vm->names, name, strlen(name));
  Value value = {0};
  for (const Frame *frame = vm->frame; frame && value.kind != KIND_CLOSURE; frame = frame->outer)
    if (frame->module) value = declared_or_imported(frame->module, interned);
  return value;
}

/* Is the closure one that `own_of` can find again? */
static bool is_own(const ClosureObject *closure) {
  if (!closure->function->name || !closure->module) return false;
  Value known = declared_in(closure->module, closure->function->name);
  return known.kind == KIND_CLOSURE && known.closure->function == closure->function;
}

/* ---- writing ---- */

typedef struct Writing {
  Vm *vm;
  Text *text;
  char why[200];   /* it cannot be written; "" while it can */
  const char *own; /* the first name that is the script's, not the library's; NULL: none */
  int depth;
  const ModelObject **models; /* those written, in order; owned */
  int model_count, model_capacity;
  int32_t stacked; /* so many models in one is what is being written; 0: a single one */
} Writing;

static void write_value(Writing *writing, Value value);

static void refuse(Writing *writing, const char *what, const char *name) {
  if (!writing->why[0])
    text_print(writing->why, sizeof writing->why, "%s%s%.60s%s", what, *name ? " `" : "", name,
               *name ? "`" : "");
}

static void write_items(Writing *writing, const char *key, const Value *items, int64_t count) {
  text_format(writing->text, "{\"%s\":[", key);
  for (int64_t i = 0; i < count && !writing->why[0]; i++) {
    if (i) text_char(writing->text, ',');
    write_value(writing, items[i]);
  }
  text_string(writing->text, "]}");
}

static void write_function(Writing *writing, Value value) {
  const char *name = value.kind == KIND_CLOSURE ? value.closure->function->name
                     : value.native->row        ? value.native->row->name
                     : value.native->native     ? value.native->native->name
                                                : NULL;
  Value known = name ? standard_of(writing->vm, name) : (Value){0};
  bool same = known.kind == value.kind &&
              (value.kind == KIND_CLOSURE ? known.closure->function == value.closure->function
                                          : known.native->row == value.native->row);
  bool own = !same && value.kind == KIND_CLOSURE && is_own(value.closure);
  if (own) known = value;
  if ((!same && !own) || (!is_function(known) && !is_model(known))) {
    refuse(writing, "the function", name ? name : "fn(…)");
    return;
  }
  if (own && !writing->own) writing->own = name;
  text_string(writing->text, own ? "{\"own\":true,\"name\":" : "{\"name\":");
  json_quoted(writing->text, name, strlen(name));
  text_char(writing->text, '}');
}

/* The shape of a buffer, with one row in front if `row`. */
static void write_zeros(Writing *writing, ModelObject *model, const char *buffer) {
  bool found = false;
  const char *name = names_intern(writing->vm->names, buffer, strlen(buffer));
  Value value = member_find(model, name, &found);
  if (!found || value.kind != KIND_PARAM) {
    refuse(writing, "the part", buffer);
    return;
  }
  const Shape *shape = &value.param->value.shape;
  text_string(writing->text, "{\"zeros\":[1");
  for (int i = writing->stacked ? 1 : 0; i < shape->rank; i++)
    text_format(writing->text, ",%lld", (long long)shape->dim[i]);
  text_string(writing->text, "]}");
}

static void write_size(Writing *writing, ModelObject *model) {
  bool found = false;
  Value table = member_find(model, names_intern(writing->vm->names, "table", 5), &found);
  if (!found || table.kind != KIND_PARAM) refuse(writing, "the part", "table");
  else
    text_format(writing->text, "%lld",
                (long long)table.param->value.shape.dim[writing->stacked ? 1 : 0]);
}

static void write_argument(Writing *writing, ModelObject *model, int index) {
  const AstFunction *function = model->made_by->function;
  const AstParam *param = &function->params[index];
  bool library = is_library(writing->vm, function), found = false;
  bool vocabulary = library && !strcmp(function->name, "Vocabulary");
  Value value = member_find(model, param->name, &found);
  bool scales = library && (!strcmp(function->name, "Standardize") ||
                            !strcmp(function->name, "Unstandardize"));
  if (scales) write_zeros(writing, model, "mean_");
  else if (vocabulary && index == 0) text_string(writing->text, "\"\"");
  else if (vocabulary && !strcmp(param->name, "size")) write_size(writing, model);
  else if (!found) refuse(writing, "the argument", param->name);
  else write_value(writing, value);
}

static void note_model(Writing *writing, const ModelObject *model) {
  if (writing->model_count == writing->model_capacity) {
    writing->model_capacity = writing->model_capacity ? 2 * writing->model_capacity : 16;
    writing->models = mem_grow(writing->models,
                               (size_t)writing->model_capacity * sizeof *writing->models);
  }
  writing->models[writing->model_count++] = model;
}

static bool write_again(Writing *writing, const ModelObject *model) {
  for (int i = 0; i < writing->model_count; i++) {
    if (writing->models[i] != model) continue;
    text_format(writing->text, "{\"same\":%d}", i);
    return true;
  }
  return false;
}

/* The arguments of the call that made it. */
static void write_arguments(Writing *writing, ModelObject *model) {
  const AstFunction *function = model->made_by->function;
  for (int i = 0; i < function->param_count && !writing->why[0]; i++) {
    const ListObject *rest = function->params[i].rest ? model_items(model) : NULL;
    for (int64_t k = 0; rest && k < rest->count && !writing->why[0]; k++) {
      if (i || k) text_char(writing->text, ',');
      write_value(writing, rest->items[k]);
    }
    if (function->params[i].rest) continue;
    if (i) text_char(writing->text, ',');
    write_argument(writing, model, i);
  }
}

static void write_model(Writing *writing, ModelObject *model) {
  if (write_again(writing, model)) return;
  const int32_t around = writing->stacked;
  if (model->stacked < 0) refuse(writing, "stacks that stack_models stacked", "");
  const AstFunction *function = model->made_by->function;
  bool library = is_library(writing->vm, function);
  if (!library && !is_own(model->made_by)) {
    refuse(writing, "a model that no file declares at its top level,",
           function->name ? function->name : "");
    return;
  }
  if (!library && !writing->own) writing->own = function->name;
  text_string(writing->text, library ? "{\"call\":" : "{\"own\":true,\"call\":");
  json_quoted(writing->text, function->name, strlen(function->name));
  text_string(writing->text, ",\"args\":[");
  writing->stacked = model->stacked;
  write_arguments(writing, model);
  writing->stacked = around;
  text_char(writing->text, ']');
  if (model->stacked != around) text_format(writing->text, ",\"stacked\":%d", (int)model->stacked);
  text_char(writing->text, '}');
  note_model(writing, model);
}

static void write_tensor(Writing *writing, Value value) {
  Tensor tensor = trace_elements(writing->vm, value, (Span){0});
  int64_t count = tensor_count(&tensor);
  if (count > ELEMENTS_MOST) refuse(writing, "a tensor of more than 4,096 elements", "");
  text_format(writing->text, "{\"tensor\":\"%s\",\"shape\":[", dtype_name(tensor.dtype));
  for (int i = 0; i < tensor.shape.rank; i++)
    text_format(writing->text, "%s%lld", i ? "," : "", (long long)tensor.shape.dim[i]);
  text_string(writing->text, "],\"elements\":[");
  for (int64_t i = 0; i < count && !writing->why[0]; i++) {
    double element = tensor_get(&tensor, i);
    if (!isfinite(element)) refuse(writing, "a tensor that is not finite", "");
    if (i) text_char(writing->text, ',');
    text_number(writing->text, element);
  }
  text_string(writing->text, "]}");
  tensor_release(&tensor);
}

static void write_tuple(Writing *writing, const TupleObject *tuple) {
  write_items(writing, "tuple", tuple->items, tuple->count);
  if (!tuple->names) return;
  writing->text->length--; /* its closing brace */
  text_string(writing->text, ",\"names\":[");
  for (int i = 0; i < tuple->count; i++) {
    if (i) text_char(writing->text, ',');
    if (tuple->names[i]) json_quoted(writing->text, tuple->names[i], strlen(tuple->names[i]));
    else text_string(writing->text, "null");
  }
  text_string(writing->text, "]}");
}

static void write_dict(Writing *writing, const DictObject *dict) {
  text_string(writing->text, "{\"dict\":[");
  for (int64_t i = 0; i < dict->count && !writing->why[0]; i++) {
    if (i) text_char(writing->text, ',');
    write_value(writing, dict_entries(dict)[i].key);
    text_char(writing->text, ',');
    write_value(writing, dict_entries(dict)[i].value);
  }
  text_string(writing->text, "]}");
}

static void write_value(Writing *writing, Value value) {
  if (++writing->depth > DEPTH_MOST) refuse(writing, "parts that are nested too deeply", "");
  switch (value.kind) {
    case KIND_NONE: text_string(writing->text, "null"); break;
    case KIND_BOOL: text_string(writing->text, value.truth ? "true" : "false"); break;
    case KIND_NUMBER:
      if (isfinite(value.number)) text_number(writing->text, value.number);
      else refuse(writing, "a number that is not finite", "");
      break;
    case KIND_STRING: json_quoted(writing->text, value.string->data, value.string->length); break;
    case KIND_LIST: write_items(writing, "list", value.list->items, value.list->count); break;
    case KIND_TUPLE: write_tuple(writing, value.tuple); break;
    case KIND_DICT: write_dict(writing, value.dict); break;
    case KIND_TENSOR: write_tensor(writing, value); break;
    case KIND_MODEL: write_model(writing, value.model); break;
    case KIND_CLOSURE:
    case KIND_NATIVE: write_function(writing, value); break;
    case KIND_UNSET: refuse(writing, "arguments that differ among the models stacked", ""); break;
    default: refuse(writing, kind_name(value), "");
  }
  writing->depth--;
}

bool rebuild_write(Vm *vm, Value model, Text *text, const char **own) {
  Writing writing = {.vm = vm, .text = text};
  if (model.kind != KIND_MODEL) refuse(&writing, kind_name(model), "");
  else write_value(&writing, model);
  mem_free(writing.models);
  *own = writing.own;
  if (!writing.why[0]) return true;
  text->length = 0;
  text_string(text, writing.why);
  return false;
}

/* ---- reading ---- */

typedef struct Reading {
  Held held;
  Vm *vm;
  const CallSite *site;
  const char *path;
  json_t *json; /* owned */
  int depth;
  ListObject *models; /* those made, in order */
} Reading;

static void reading_free(Held *held) {
  Reading *reading = (Reading *)(void *)held;
  json_decref(reading->json);
  mem_free(reading);
}

static Value read_value(Reading *reading, json_t *json);

static NORETURN void raise_form(const Reading *reading) {
  Diag diag = {0};
  file_fail_byte(&diag, reading->path, SAFETENSORS_HEADER,
                 "its description of the net (\"" REBUILD_KEY
                 "\") is damaged, or names something that is not in the library");
  diag.span = reading->site->span;
  raise_diag(reading->vm, &diag);
}

/* A tensor of zeros; its sizes are at least `least`. */
static Tensor read_shape(const Reading *reading, json_t *sizes, Dtype dtype, int64_t least) {
  Shape shape = {.rank = (int)json_array_size(sizes)};
  if (shape.rank > 8) raise_form(reading);
  for (int i = 0; i < shape.rank; i++) {
    json_t *size = json_array_get(sizes, (size_t)i);
    shape.dim[i] = json_is_integer(size) ? json_integer_value(size) : -1;
    if (shape.dim[i] < least) raise_form(reading);
  }
  Tensor zeros;
  Diag diag = {0};
  if (!tensor_zeros(&zeros, dtype, &shape, &diag)) {
    diag.span = reading->site->span;
    raise_diag(reading->vm, &diag);
  }
  return zeros;
}

static Value read_zeros(const Reading *reading, json_t *sizes) {
  if (json_array_size(sizes) < 1) raise_form(reading);
  return value_tensor(reading->vm, read_shape(reading, sizes, DTYPE_F32, 1));
}

static Value read_tensor(const Reading *reading, json_t *json) {
  json_t *elements = json_object_get(json, "elements");
  Dtype dtype;
  if (!dtype_parse(json_string_value(json_object_get(json, "tensor")), &dtype) ||
      json_array_size(elements) > ELEMENTS_MOST)
    raise_form(reading);
  int64_t count = 1;
  size_t axis;
  json_t *size;
  json_array_foreach(json_object_get(json, "shape"), axis, size) {
    if (!json_is_integer(size) || json_integer_value(size) < 0 ||
        json_integer_value(size) > INT32_MAX || count > INT32_MAX) /* another size may be 0 */
      raise_form(reading);
    count *= json_integer_value(size);
  }
  if (count != (int64_t)json_array_size(elements)) raise_form(reading);
  Value made = value_tensor(reading->vm,
                            read_shape(reading, json_object_get(json, "shape"), dtype, 0));
  for (int64_t i = 0; i < count; i++) {
    double element = json_number_value(json_array_get(elements, (size_t)i));
    if (!dtype_holds(dtype, element)) raise_form(reading);
    tensor_set(&made.tensor->tensor, i, element);
  }
  return made;
}

static Value read_list(Reading *reading, json_t *items) {
  Value list = value_list(reading->vm, (int64_t)json_array_size(items));
  for (size_t i = 0; i < json_array_size(items); i++)
    list_push(reading->vm, list.list, read_value(reading, json_array_get(items, i)));
  return list;
}

static void read_names(const Reading *reading, json_t *names, TupleObject *tuple) {
  if (!json_is_array(names) || json_array_size(names) != (size_t)tuple->count) raise_form(reading);
  tuple->names = mem_zero((size_t)tuple->count * sizeof *tuple->names);
  for (int i = 0; i < tuple->count; i++) {
    const char *name = json_string_value(json_array_get(names, (size_t)i));
    if (name) tuple->names[i] = names_intern(reading->vm->names, name, strlen(name));
  }
}

static Value read_tuple(Reading *reading, json_t *json, json_t *items) {
  Value tuple = value_tuple(reading->vm, (int)json_array_size(items));
  json_t *names = json_object_get(json, "names");
  if (names) read_names(reading, names, tuple.tuple);
  for (size_t i = 0; i < json_array_size(items); i++)
    tuple.tuple->items[i] = read_value(reading, json_array_get(items, i));
  return tuple;
}

static Value read_dict(Reading *reading, json_t *items) {
  Value dict = value_dict(reading->vm);
  if (json_array_size(items) % 2) raise_form(reading);
  for (size_t i = 0; i < json_array_size(items); i += 2) {
    Value key = read_value(reading, json_array_get(items, i));
    if (key.kind != KIND_STRING && key.kind != KIND_NUMBER && key.kind != KIND_BOOL)
      raise_form(reading);
    dict_set(reading->vm, dict.dict, key, read_value(reading, json_array_get(items, i + 1)));
  }
  return dict;
}

static NORETURN void raise_undeclared(const Reading *reading, const char *name, bool model) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, reading->site->span,
            "the net of `%.200s` cannot be rebuilt: its %s `%.60s` is declared in the script that "
            "saved it, and is not in this one",
            reading->path, model ? "model" : "function", name);
  if (reading->site->span.file)
    diag_help(
        &diag,
        "import the file that declares it, or make a net here and fill it: load(net, \"%.200s\")",
        reading->path);
  else diag_help(&diag, "a script that declares it can: load(\"%.200s\")", reading->path);
  raise_diag(reading->vm, &diag);
}

/* A model or function of the library or, where the text says so, of the script; borrowed. */
static Value read_declared(const Reading *reading, json_t *json, const char *name, bool model) {
  bool own = json_is_true(json_object_get(json, "own"));
  Value value = own ? own_of(reading->vm, name) : standard_of(reading->vm, name);
  if (own && value.kind != KIND_CLOSURE) raise_undeclared(reading, name, model);
  if (model ? !is_model(value) : !is_function(value) && !is_model(value)) {
    if (own) raise_undeclared(reading, name, model);
    raise_form(reading);
  }
  return value;
}

static Value read_call(Reading *reading, json_t *json, const char *name, json_t *items) {
  Value model = read_declared(reading, json, name, true);
  if (!json_is_array(items)) raise_form(reading);
  Value args = read_list(reading, items);
  Value made = vm_call(reading->vm, reading->site, model, args.list->items, (int)args.list->count);
  value_release(reading->vm, args);
  json_t *stacked = json_object_get(json, "stacked");
  const json_int_t n = json_is_integer(stacked) ? json_integer_value(stacked) : 0;
  if (stacked && (n < 1 || n > INT32_MAX || made.kind != KIND_MODEL)) raise_form(reading);
  if (stacked) stack_alike(reading->vm, reading->site, made, (int32_t)n);
  list_push(reading->vm, reading->models, value_retain(made));
  return made;
}

static Value read_again(const Reading *reading, json_int_t number) {
  if (number < 0 || number >= reading->models->count) raise_form(reading);
  return value_retain(reading->models->items[number]);
}

static Value read_object(Reading *reading, json_t *json) {
  json_t *call = json_object_get(json, "call"), *name = json_object_get(json, "name"),
         *list = json_object_get(json, "list"), *tuple = json_object_get(json, "tuple"),
         *dict = json_object_get(json, "dict"), *zeros = json_object_get(json, "zeros"),
         *same = json_object_get(json, "same");
  if (json_is_string(call))
    return read_call(reading, json, json_string_value(call), json_object_get(json, "args"));
  if (json_is_array(list)) return read_list(reading, list);
  if (json_is_array(tuple)) return read_tuple(reading, json, tuple);
  if (json_is_array(dict)) return read_dict(reading, dict);
  if (json_is_array(zeros)) return read_zeros(reading, zeros);
  if (json_is_integer(same)) return read_again(reading, json_integer_value(same));
  if (json_is_string(json_object_get(json, "tensor"))) return read_tensor(reading, json);
  if (!json_is_string(name)) raise_form(reading);
  return value_retain(read_declared(reading, json, json_string_value(name), false));
}

static Value read_value(Reading *reading, json_t *json) {
  if (++reading->depth > DEPTH_MOST) raise_form(reading);
  Value value = value_none();
  switch (json_typeof(json)) {
    case JSON_OBJECT: value = read_object(reading, json); break;
    case JSON_STRING:
      value = value_string(reading->vm, json_string_value(json), json_string_length(json));
      break;
    case JSON_INTEGER:
    case JSON_REAL: value = value_number(json_number_value(json)); break;
    case JSON_TRUE:
    case JSON_FALSE: value = value_bool(json_is_true(json)); break;
    case JSON_NULL: break;
    case JSON_ARRAY: raise_form(reading);
  }
  reading->depth--;
  return value;
}

Value rebuild_read(Vm *vm, const CallSite *site, const char *text, const char *path) {
  json_error_t error;
  Reading *reading = mem_zero(sizeof *reading);
  *reading = (Reading){.held.free_whole = reading_free,
                       .vm = vm,
                       .site = site,
                       .path = path,
                       .json = json_loads(text, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error)};
  vm_hold(vm, &reading->held);
  if (!reading->json) raise_form(reading);
  uint64_t draws = vm->draws; /* making the params draws; they are loaded afterwards */
  Value models = value_list(vm, 0);
  reading->models = models.list;
  Value made = read_value(reading, reading->json);
  value_release(vm, models);
  vm->draws = draws;
  if (made.kind != KIND_MODEL) raise_form(reading);
  vm_drop(vm, &reading->held);
  return made;
}
