/* rebuild.c — nets of library parts as text, and made anew from it.
 *
 * A net is the call that made it: the name of a model of the library and the values of its
 * parameters, which are numbers, strings, none, lists, functions of the library and models again.
 * Its params are not part of it; they are loaded afterwards, under their names.  Where a model is
 * made of data (`Standardize(d)`, `Vocabulary(text)`), a stand-in of the right shape is written, as
 * its buffers are loaded too.
 *
 * The text is not trusted: it can name models and functions of tensors of the library alone,
 * nothing that touches a file or ends the program.
 */
#include "lang/learn/rebuild.h"
#include "runtime/files.h"

#include "lang/eval/call.h"
#include "lang/eval/standard_value.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/names/standard.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

enum { DEPTH_MOST = 64, PARTS_MOST = 4096 };

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

static bool is_function(Value value) {
  if (value.kind == KIND_NATIVE) return value.native->row != NULL;
  return value.kind == KIND_CLOSURE && value.closure->function->kind == FUNCTION_PLAIN;
}

/* ---- writing ---- */

typedef struct Writing {
  Vm *vm;
  Text *text;
  char why[200]; /* it cannot be written; "" while it can */
  int depth;
} Writing;

static void write_value(Writing *writing, Value value);

static void refuse(Writing *writing, const char *what, const char *name) {
  if (!writing->why[0])
    snprintf(writing->why, sizeof writing->why, "%s%s%.60s%s", what, *name ? " `" : "", name,
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
  if (!same || (!is_function(known) && !is_model(known))) {
    refuse(writing, "the function", name ? name : "fn(…)");
    return;
  }
  text_string(writing->text, "{\"name\":");
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
  for (int i = 0; i < shape->rank; i++)
    text_format(writing->text, ",%lld", (long long)shape->dim[i]);
  text_string(writing->text, "]}");
}

static void write_size(Writing *writing, ModelObject *model) {
  bool found = false;
  Value table = member_find(model, names_intern(writing->vm->names, "table", 5), &found);
  if (!found || table.kind != KIND_PARAM) refuse(writing, "the part", "table");
  else text_format(writing->text, "%lld", (long long)table.param->value.shape.dim[0]);
}

static void write_argument(Writing *writing, ModelObject *model, int index) {
  const AstFunction *function = model->made_by->function;
  const AstParam *param = &function->params[index];
  bool vocabulary = !strcmp(function->name, "Vocabulary"), found = false;
  Value value = member_find(model, param->name, &found);
  if (!strcmp(function->name, "Standardize")) write_zeros(writing, model, "mean_");
  else if (vocabulary && index == 0) text_string(writing->text, "\"\"");
  else if (vocabulary && !strcmp(param->name, "size")) write_size(writing, model);
  else if (!found) refuse(writing, "the argument", param->name);
  else write_value(writing, value);
}

static void write_model(Writing *writing, ModelObject *model) {
  const AstFunction *function = model->made_by->function;
  Value known = function->name ? standard_of(writing->vm, function->name) : (Value){0};
  if (!is_model(known) || known.closure->function != function) {
    refuse(writing, "the model", function->name ? function->name : "");
    return;
  }
  text_string(writing->text, "{\"call\":");
  json_quoted(writing->text, function->name, strlen(function->name));
  text_string(writing->text, ",\"args\":[");
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
    case KIND_TUPLE:
      if (value.tuple->names) refuse(writing, "a tuple with names", "");
      else write_items(writing, "tuple", value.tuple->items, value.tuple->count);
      break;
    case KIND_MODEL: write_model(writing, value.model); break;
    case KIND_CLOSURE:
    case KIND_NATIVE: write_function(writing, value); break;
    default: refuse(writing, kind_name(value), "");
  }
  writing->depth--;
}

bool rebuild_write(Vm *vm, Value model, Text *text) {
  Writing writing = {.vm = vm, .text = text};
  if (model.kind != KIND_MODEL) refuse(&writing, kind_name(model), "");
  else write_value(&writing, model);
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
  int depth, parts;
} Reading;

static void reading_free(Held *held) {
  Reading *reading = (Reading *)(void *)held;
  json_decref(reading->json);
  mem_free(reading);
}

static Value read_value(Reading *reading, json_t *json);

static NORETURN void raise_form(const Reading *reading) {
  Diag diag = {0};
  file_fail(&diag, STATUS_MALFORMED, reading->path,
            "what it says of its net (\"" REBUILD_KEY "\") is damaged, or names what is no part of "
            "the library");
  diag.span = reading->site->span;
  raise_diag(reading->vm, &diag);
}

static Value read_zeros(const Reading *reading, json_t *sizes) {
  Shape shape = {.rank = (int)json_array_size(sizes)};
  if (shape.rank < 1 || shape.rank > 8) raise_form(reading);
  for (int i = 0; i < shape.rank; i++) {
    json_t *size = json_array_get(sizes, (size_t)i);
    shape.dim[i] = json_is_integer(size) ? json_integer_value(size) : -1;
    if (shape.dim[i] < 1) raise_form(reading);
  }
  Tensor zeros;
  Diag diag = {0};
  if (!tensor_zeros(&zeros, DTYPE_F32, &shape, &diag)) {
    diag.span = reading->site->span;
    raise_diag(reading->vm, &diag);
  }
  return value_tensor(reading->vm, zeros);
}

static Value read_list(Reading *reading, json_t *items) {
  Value list = value_list(reading->vm, (int64_t)json_array_size(items));
  for (size_t i = 0; i < json_array_size(items); i++)
    list_push(reading->vm, list.list, read_value(reading, json_array_get(items, i)));
  return list;
}

static Value read_tuple(Reading *reading, json_t *items) {
  Value tuple = value_tuple(reading->vm, (int)json_array_size(items));
  for (size_t i = 0; i < json_array_size(items); i++)
    tuple.tuple->items[i] = read_value(reading, json_array_get(items, i));
  return tuple;
}

static Value read_call(Reading *reading, const char *name, json_t *items) {
  Value model = standard_of(reading->vm, name);
  if (!is_model(model) || !json_is_array(items)) raise_form(reading);
  Value args = read_list(reading, items);
  Value made = vm_call(reading->vm, reading->site, model, args.list->items, (int)args.list->count);
  value_release(reading->vm, args);
  return made;
}

static Value read_object(Reading *reading, json_t *json) {
  json_t *call = json_object_get(json, "call"), *name = json_object_get(json, "name"),
         *list = json_object_get(json, "list"), *tuple = json_object_get(json, "tuple"),
         *zeros = json_object_get(json, "zeros");
  if (json_is_string(call))
    return read_call(reading, json_string_value(call), json_object_get(json, "args"));
  if (json_is_array(list)) return read_list(reading, list);
  if (json_is_array(tuple)) return read_tuple(reading, tuple);
  if (json_is_array(zeros)) return read_zeros(reading, zeros);
  if (!json_is_string(name)) raise_form(reading);
  Value value = standard_of(reading->vm, json_string_value(name));
  if (!is_function(value) && !is_model(value)) raise_form(reading);
  return value_retain(value);
}

static Value read_value(Reading *reading, json_t *json) {
  if (++reading->depth > DEPTH_MOST || ++reading->parts > PARTS_MOST) raise_form(reading);
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

/* The function that a chain ends in, or "". */
static void find_end(json_t *json, char ends[40]) {
  json_t *args = json_object_get(json, "args"), *last = NULL;
  ends[0] = 0;
  if (json_is_array(args)) last = json_array_get(args, json_array_size(args) - 1);
  if (!last || strcmp(json_string_value(json_object_get(json, "call")), "chain") != 0) return;
  json_t *name = json_object_get(last, "name");
  if (json_is_string(name)) snprintf(ends, 40, "%s", json_string_value(name));
  else find_end(last, ends);
}

Value rebuild_read(Vm *vm, const CallSite *site, const char *text, const char *path,
                   char ends[40]) {
  json_error_t error;
  Reading *reading = mem_zero(sizeof *reading);
  *reading = (Reading){.held.free_whole = reading_free,
                       .vm = vm,
                       .site = site,
                       .path = path,
                       .json = json_loads(text, JSON_REJECT_DUPLICATES, &error)};
  vm_hold(vm, &reading->held);
  if (!reading->json) raise_form(reading);
  uint64_t draws = vm->draws; /* making the params draws; they are loaded afterwards */
  Value made = read_value(reading, reading->json);
  vm->draws = draws;
  if (made.kind != KIND_MODEL) raise_form(reading);
  find_end(reading->json, ends);
  vm_drop(vm, &reading->held);
  return made;
}
