/* save_session.c — writes the definitions of a session as a script that defines the same names.
 *
 * Imports and declarations are written as they were typed.  A variable is written as its value, not
 * as the code that computed it: running the script trains nothing and draws no random numbers.
 *
 *   numbers, strings, tuples, lists, dicts, small tensors   literals
 *   large tensors                                           `npy("{here}/s.w.npy")`
 *   models                                                  `load("{here}/s.net.safetensors")`
 *   data sets                                               `dataset(…)` of their columns
 *   optimizers                                              the call that makes them, no states
 *   functions                                               as typed, in a block with the
 *                                                           variables that they capture
 *
 * A param or model that another model contains is written as a part of it (`let enc =
 * net.parts.0`), so that they stay one object.  Two models that share a part, neither of which
 * contains the other, cannot be written like this; nor can functions that share a variable.  Those
 * are left out and reported, and so are states of optimizers.
 */
#include "lang/tool/save_session.h"
#include "runtime/files.h"

#include "lang/data/data.h"
#include "lang/data/shown.h"
#include "lang/eval/call.h"
#include "lang/eval/standard_value.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/module_value.h"
#include "lang/machine/range.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/models/rebuild.h"
#include "lang/names/scope.h"
#include "lang/names/standard.h"
#include "lang/optimizers/optimizer.h"
#include "lang/syntax/statements.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/dict.h"
#include "lang/values/show.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char HEAD[] = "# A session of gd, written by save_session.\n";

enum { LITERAL_MOST = 64, DEPTH_MOST = 50 };

/* An object of the session that the script has by now, and how it is called there. */
typedef struct Known {
  const Object *object;
  char *text; /* owned; NULL: it has no name, but is written */
} Known;

typedef struct Saving {
  Session *session;
  Vm *vm;
  char folder[PATH_MAX]; /* of the script, with its slash, or "" */
  char stem[256];        /* of its name */
  Text script, files;    /* files: those beside it, for people */
  const char *name;      /* of the variable in hand */
  char why[240];         /* why it cannot be written; "" while it can */
  Known *known;          /* owned */
  int known_count;
  const Variable **done; /* owned */
  int done_count;
  int depth, parts; /* parts: files written for the variable in hand */
} Saving;

static void saving_free(Saving *saving) {
  for (int i = 0; i < saving->known_count; i++) mem_free(saving->known[i].text);
  mem_free(saving->known);
  mem_free((void *)saving->done);
  text_free(&saving->script);
  text_free(&saving->files);
  mem_free(saving);
}

static void refuse(Saving *saving, const char *what, const char *name) {
  if (!saving->why[0])
    text_print(saving->why, sizeof saving->why, "%s%s%.60s%s", what, *name ? " `" : "", name,
               *name ? "`" : "");
}

/* ---- what the script has by now ---- */

static const Known *known_of(const Saving *saving, const Object *object) {
  for (int i = 0; i < saving->known_count; i++)
    if (saving->known[i].object == object) return &saving->known[i];
  return NULL;
}

static void know(Saving *saving, const Object *object, const char *text) {
  Known *known = (Known *)(uintptr_t)known_of(saving, object);
  if (!known) {
    saving->known = mem_grow(saving->known, ((size_t)saving->known_count + 1) * sizeof(Known));
    known = &saving->known[saving->known_count++];
    *known = (Known){object, NULL};
  }
  if (text && !known->text) known->text = mem_text(text, strlen(text));
}

static bool is_shared(Value value) {
  return value.kind == KIND_PARAM || value.kind == KIND_MODEL || value.kind == KIND_OPTIMIZER ||
         value.kind == KIND_CLOSURE;
}

/* A walk over a value: where it is, and what is looked for. */
typedef struct Walk {
  Saving *saving;
  const char *path;
  const Object *wanted; /* or NULL: every part gets its path as its name */
  int depth;
} Walk;

static bool walk_part(void *context, const char *name, int64_t number, Value value) {
  const Walk *walk = context;
  char path[300];
  if (name) text_print(path, sizeof path, "%.200s.%.80s", walk->path, name);
  else text_print(path, sizeof path, "%.200s.%lld", walk->path, (long long)number);
  bool part = value.kind == KIND_PARAM || value.kind == KIND_MODEL;
  if (walk->wanted && part && value.object == walk->wanted) return true;
  if (!walk->wanted && part) know(walk->saving, value.object, path);
  Walk below = {walk->saving, path, walk->wanted, walk->depth + 1};
  return below.depth < DEPTH_MOST && parts_each(walk->saving->vm, value, walk_part, &below);
}

static Value variable_value(const Saving *saving, const Variable *variable) {
  const ModuleObject *module = saving->session->module;
  if (variable->slot < 0 || variable->slot >= module->global_count) return (Value){0};
  Value value = module->globals[variable->slot];
  return value.kind == KIND_CELL ? value.cell->value : value;
}

/* ---- files beside the script ---- */

typedef struct Work {
  Saving *saving;
  Value value;
  const char *path;
} Work;

static Value standard_of(Vm *vm, const char *name) {
  Report report = {0};
  int slot = standard_find(vm, names_intern(vm->names, name, strlen(name)), 0, &report);
  report_clear(&report);
  return slot < 0 ? (Value){0} : *standard_value(vm, slot);
}

static void save_beside(Saving *saving, Value value, const char *ending, char path[PATH_MAX]) {
  char number[24] = "";
  if (saving->parts++) snprintf(number, sizeof number, ".%d", saving->parts);
  int length = snprintf(path, PATH_MAX, "%.2000s%.200s.%.100s%s%s", saving->folder, saving->stem,
                        saving->name, number, ending);
  Vm *vm = saving->vm;
  Value arguments[2] = {value, value_string(vm, path, (size_t)length)};
  CallSite site = {0};
  value_release(vm, vm_call(vm, &site, standard_of(vm, "save"), arguments, 2));
  value_release(vm, arguments[1]);
  text_format(&saving->files, "%s%s", saving->files.length ? ", " : "",
              path + strlen(saving->folder));
}

static void write_path(Saving *saving, const char *call, const char *path) {
  text_format(&saving->script, "%s(\"{here}/", call);
  for (const char *at = path + strlen(saving->folder); *at; at++) {
    if (*at == '"' || *at == '\\') text_char(&saving->script, '\\');
    if (*at == '{' || *at == '}') text_char(&saving->script, *at);
    text_char(&saving->script, *at);
  }
  text_string(&saving->script, "\")");
}

/* ---- values ---- */

static void write_value(Saving *saving, Value value);

static void write_items(Saving *saving, const Value *items, int64_t count, const char **names) {
  for (int64_t i = 0; i < count && !saving->why[0]; i++) {
    if (i) text_string(&saving->script, ", ");
    if (names && names[i]) text_format(&saving->script, "%s: ", names[i]);
    write_value(saving, items[i]);
  }
}

static void write_elements(const Tensor *tensor, int axis, int64_t first, Text *text) {
  const Shape *shape = &tensor->shape;
  if (axis == shape->rank) {
    if (tensor->dtype == DTYPE_BOOL)
      text_string(text, tensor_get(tensor, first) != 0 ? "true" : "false");
    else shown_number(text, tensor_get(tensor, first), tensor->dtype);
    return;
  }
  int64_t stride = 1;
  for (int i = axis + 1; i < shape->rank; i++) stride *= shape->dim[i];
  text_char(text, '[');
  for (int64_t i = 0; i < shape->dim[axis]; i++) {
    if (i) text_string(text, ", ");
    write_elements(tensor, axis + 1, first + i * stride, text);
  }
  text_char(text, ']');
}

static void write_zeros(const Tensor *tensor, Text *text) {
  text_string(text, "zeros(");
  for (int i = 0; i < tensor->shape.rank; i++)
    text_format(text, "%s%lld", i ? ", " : "", (long long)tensor->shape.dim[i]);
  text_char(text, ')');
}

/* An NPY file has no bf16; as f32 it loses nothing. */
static void write_large(Saving *saving, Value value, Dtype dtype) {
  char path[PATH_MAX];
  Vm *vm = saving->vm;
  CallSite site = {0};
  Value wide = dtype == DTYPE_BF16 ? vm_call(vm, &site, standard_of(vm, "f32"), &value, 1)
                                   : value_retain(value);
  save_beside(saving, wide, ".npy", path);
  value_release(vm, wide);
  write_path(saving, "npy", path);
}

static void write_tensor(Saving *saving, Value value) {
  Tensor tensor = trace_elements(saving->vm, value, (Span){0});
  int64_t count = tensor_count(&tensor);
  Text *text = &saving->script;
  bool named = tensor.dtype != DTYPE_BOOL || tensor.shape.rank == 0;
  bool large = count > LITERAL_MOST;
  if (large) named = tensor.dtype == DTYPE_BF16;
  Dtype dtype = tensor.dtype;
  if (named) text_format(text, "%s(", dtype_name(dtype));
  if (count == 0) write_zeros(&tensor, text);
  else if (!large) write_elements(&tensor, 0, 0, text);
  tensor_release(&tensor); /* saving it may raise */
  if (large) write_large(saving, value, dtype);
  if (named) text_char(text, ')');
}

static void write_dict(Saving *saving, const DictObject *dict) {
  text_string(&saving->script, "dict(");
  for (int64_t i = 0; i < dict->count && !saving->why[0]; i++) {
    text_string(&saving->script, i ? ", (" : "(");
    write_value(saving, dict_entries(dict)[i].key);
    text_string(&saving->script, ", ");
    write_value(saving, dict_entries(dict)[i].value);
    text_char(&saving->script, ')');
  }
  text_char(&saving->script, ')');
}

static void write_tuple(Saving *saving, const TupleObject *tuple) {
  bool named = tuple->names && tuple->count && tuple->names[0];
  text_char(&saving->script, '(');
  write_items(saving, tuple->items, tuple->count, tuple->names);
  text_string(&saving->script, tuple->count == 1 && !named ? ",)" : ")");
}

/* Is it what a name of the session or of the library stands for? */
static bool stands_for(const Value known, Value value) {
  if (known.kind != value.kind) return false;
  if (value.kind == KIND_CLOSURE) return known.closure->function == value.closure->function;
  return known.native->row ? known.native->row == value.native->row
                           : known.native->native == value.native->native;
}

static bool is_declared(const Saving *saving, const AstFunction *function) {
  const Variable *variable = function->name
                                 ? scope_global(saving->session->module->scope, function->name)
                                 : NULL;
  return variable && variable->function == function;
}

static void write_text(Text *text, const Source *source, uint32_t from, uint32_t to) {
  text_add(text, source->text + from, to - from);
}

/* ---- functions with variables of a block ---- */

enum { CAPTURES_MOST = 64 };

/* Finds by which names a function calls the cells that it captures. */
static void find_captured(const AstFunction *function, const char *names[CAPTURES_MOST]);

static void find_names(const Ast *ast, const char *names[CAPTURES_MOST], int depth) {
  if (!ast || depth > 1000) return;
  if (ast->kind == AST_NAME && ast->place == PLACE_CAPTURE && ast->slot < CAPTURES_MOST)
    names[ast->slot] = ast->text;
  if (ast->kind == AST_FUNCTION || ast->kind == AST_FN) {
    const char *inner[CAPTURES_MOST] = {NULL};
    find_captured(ast->function, inner);
    for (int i = 0; i < ast->function->capture_count && i < CAPTURES_MOST; i++) {
      const Capture *capture = &ast->function->captures[i];
      if (capture->place == PLACE_CAPTURE && capture->slot < CAPTURES_MOST && inner[i])
        names[capture->slot] = inner[i];
    }
    return;
  }
  find_names(ast->a, names, depth + 1);
  find_names(ast->b, names, depth + 1);
  find_names(ast->c, names, depth + 1);
  for (uint32_t i = 0; i < ast_below(ast) && ast->items; i++)
    find_names(ast->items[i], names, depth + 1);
  for (uint32_t i = 0; i < ast->clause_count; i++) find_names(ast->clauses[i], names, depth + 1);
}

static void find_captured(const AstFunction *function, const char *names[CAPTURES_MOST]) {
  find_names(function->body, names, 0);
  for (int i = 0; i < function->param_count; i++)
    find_names(function->params[i].fallback, names, 0);
}

/* `{ let n = 3; fn(x) = x + n }`: false where a variable cannot be written, or is another
 * function's too, which would then have one of its own. */
static bool write_captured(Saving *saving, const ClosureObject *closure) {
  const char *names[CAPTURES_MOST] = {NULL};
  find_captured(closure->function, names);
  text_string(&saving->script, "{ ");
  for (int i = 0; i < closure->cell_count; i++) {
    const CellObject *cell = closure->cells[i];
    if (i >= CAPTURES_MOST || !names[i] || cell->head.refs > 1) return false;
    text_format(&saving->script, "let %s = ", names[i]);
    write_value(saving, cell->value);
    text_string(&saving->script, "; ");
  }
  return !saving->why[0];
}

static void write_function(Saving *saving, Value value) {
  const AstFunction *function = value.kind == KIND_CLOSURE ? value.closure->function : NULL;
  const char *name = function               ? function->name
                     : value.native->row    ? value.native->row->name
                     : value.native->native ? value.native->native->name
                                            : NULL;
  bool standard = name &&
                  standard_is(saving->vm, names_intern(saving->vm->names, name, strlen(name)));
  if ((function && is_declared(saving, function)) ||
      (standard && stands_for(standard_of(saving->vm, name), value))) {
    text_string(&saving->script, name);
    return;
  }
  const Source *source = function ? source_at(saving->vm->sources, function->head_span.file) : NULL;
  bool cells = value.kind == KIND_CLOSURE && value.closure->cell_count > 0;
  if (!source || name || value.closure->module != saving->session->module ||
      (cells && !write_captured(saving, value.closure))) {
    refuse(saving, "it has a function that cannot be written,", name ? name : "fn(…)");
    return;
  }
  write_text(&saving->script, source, function->head_span.start, function->body->span.end);
  if (cells) text_string(&saving->script, " }");
}

static void write_optimizer(Saving *saving, const OptimizerObject *optimizer) {
  const AstFunction *function = optimizer->made_by->function;
  text_format(&saving->script, "%s(", function->name);
  for (int i = 0; i < optimizer->count && i < function->param_count && !saving->why[0]; i++) {
    text_format(&saving->script, "%s%s: ", i ? ", " : "", function->params[i].name);
    write_value(saving, optimizer->arguments[i]);
  }
  text_char(&saving->script, ')');
}

/* Its params are in the script from now on; false where one was before: they would become two. */
static bool take_params(Saving *saving, Value value) {
  Parts *parts = parts_of(saving->vm, value, NULL);
  bool fresh = true;
  for (int i = 0; i < parts->count && fresh; i++)
    fresh = !known_of(saving, &parts->items[i].param->head);
  for (int i = 0; i < parts->count && fresh; i++) know(saving, &parts->items[i].param->head, NULL);
  parts_free(saving->vm, parts);
  if (!fresh) refuse(saving, "it shares params with another model or value", "");
  return fresh;
}

static void write_model(Saving *saving, Value value) {
  char path[PATH_MAX];
  Text how = {0};
  const char *own = NULL;
  bool fine = rebuild_write(saving->vm, value, &how, &own);
  if (!fine) refuse(saving, how.data ? how.data : "", "");
  text_free(&how);
  if (!fine || !take_params(saving, value)) return;
  Parts *parts = parts_of(saving->vm, value, NULL);
  int count = parts->count;
  parts_free(saving->vm, parts);
  if (count == 0) {
    refuse(saving, "it is a model without params", "");
    return;
  }
  save_beside(saving, value, ".safetensors", path);
  write_path(saving, "load", path);
}

static void write_param(Saving *saving, Value value) {
  if (value.param->domain.kind) refuse(saving, "it is a param with a domain", "");
  if (!take_params(saving, value)) return;
  text_string(&saving->script, "param(");
  write_tensor(saving, value);
  text_char(&saving->script, ')');
}

static void write_object(Saving *saving, Value value) {
  Text *text = &saving->script;
  switch (value.kind) {
    case KIND_LIST:
      text_string(text, "list(");
      write_items(saving, value.list->items, value.list->count, NULL);
      text_char(text, ')');
      break;
    case KIND_TUPLE: write_tuple(saving, value.tuple); break;
    case KIND_DICT: write_dict(saving, value.dict); break;
    case KIND_TENSOR: write_tensor(saving, value); break;
    case KIND_PARAM: write_param(saving, value); break;
    case KIND_MODEL: write_model(saving, value); break;
    case KIND_CLOSURE:
    case KIND_NATIVE: write_function(saving, value); break;
    case KIND_OPTIMIZER: write_optimizer(saving, value.optimizer); break;
    case KIND_DATASET:
      text_string(text, "dataset(");
      write_items(saving, value.dataset->columns, value.dataset->count, NULL);
      text_char(text, ')');
      break;
    default: refuse(saving, "it holds a file or batches of a data set", "");
  }
}

static void write_value(Saving *saving, Value value) {
  const Known *known = is_shared(value) ? known_of(saving, value.object) : NULL;
  if (known && known->text) {
    text_string(&saving->script, known->text);
    return;
  }
  if (++saving->depth > DEPTH_MOST) refuse(saving, "its parts are nested too deeply", "");
  else if (value.kind <= KIND_STRING) value_show(saving->vm, value, true, &saving->script);
  else if (value.kind == KIND_RANGE) {
    text_char(&saving->script, '(');
    value_show(saving->vm, value, true, &saving->script);
    text_char(&saving->script, ')');
  } else write_object(saving, value);
  saving->depth--;
}

/* ---- variables ---- */

static void write_frozen(Saving *saving, Value value, const char *name) {
  Parts *parts = parts_of(saving->vm, value, name);
  for (int i = 0; i < parts->count; i++)
    if (parts->items[i].param->frozen)
      text_format(&saving->script, "freeze(%s)\n", parts->items[i].path);
  parts_free(saving->vm, parts);
}

static const char *note_of(Value value) {
  if (value.kind == KIND_OPTIMIZER) return "  # starts afresh";
  if (value.kind == KIND_DATASET && (value.dataset->schema || data_given(value.dataset->names)))
    return "  # without the names and classes of its table";
  return "";
}

/* What the line in the script says beside it is said here too. */
static void say_note(Saving *saving, const char *name, Value value) {
  Diag diag = {0};
  if (value.kind == KIND_OPTIMIZER && value.optimizer->steps > 0)
    diag_fail(&diag, 0, (Span){0},
              "`%.64s` starts afresh: its states, after %lld steps, are not written", name,
              (long long)value.optimizer->steps);
  else if (value.kind == KIND_DATASET && *note_of(value))
    diag_fail(&diag, 0, (Span){0}, "`%.64s` is written without the names and classes of its table",
              name);
  diag.warning = true;
  if (diag.message[0]) session_say(saving->session, &diag);
}

static void write_variable(Saving *saving, const Variable *variable);

/* A value that a later variable's holds is written after that one, as a part of it. */
static void write_holder(Saving *saving, Value value) {
  if (value.kind != KIND_PARAM && value.kind != KIND_MODEL) return;
  const Scope *scope = saving->session->module->scope;
  for (const Variable *v = scope->first; v && !known_of(saving, value.object); v = v->next) {
    Value other = variable_value(saving, v);
    Walk walk = {saving, "", value.object, 0};
    if (other.kind != KIND_MODULE && other.object != value.object &&
        scope_global(scope, v->name) == v && parts_each(saving->vm, other, walk_part, &walk))
      write_variable(saving, v);
  }
}

static void say_refused(Saving *saving, const char *name) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, (Span){0}, "`%.64s` is not written: %s", name, saving->why);
  session_say(saving->session, &diag);
}

static void write_variable(Saving *saving, const Variable *variable) {
  for (int i = 0; i < saving->done_count; i++)
    if (saving->done[i] == variable) return;
  saving->done = mem_grow((void *)saving->done,
                          ((size_t)saving->done_count + 1) * sizeof *saving->done);
  saving->done[saving->done_count++] = variable;
  Value value = variable_value(saving, variable);
  write_holder(saving, value);
  saving->name = variable->name;
  saving->parts = 0;
  size_t before = saving->script.length;
  text_format(&saving->script, "let %s = ", variable->name);
  bool known = is_shared(value) && known_of(saving, value.object);
  write_value(saving, value);
  text_format(&saving->script, "%s\n", note_of(value));
  if (!saving->why[0]) {
    if (is_shared(value)) know(saving, value.object, variable->name);
    parts_each(saving->vm, value, walk_part, &(Walk){saving, variable->name, NULL, 0});
    if (!known) write_frozen(saving, value, variable->name);
    say_note(saving, variable->name, value);
    return;
  }
  saving->script.length = before;
  say_refused(saving, variable->name);
  saving->why[0] = '\0';
  saving->session->vm->exit_status = STATUS_FAILED;
}

/* ---- declarations ---- */

static void write_import(Saving *saving, const Variable *variable) {
  const Source *source = source_at(saving->vm->sources, variable->span.file);
  if (!source) return;
  const char *text = source->text + variable->span.start;
  const char *from = memchr(text, '"', source->length - variable->span.start);
  const char *to = from ? memchr(from + 1, '"', (size_t)(source->text + source->length - from - 1))
                        : NULL;
  if (!to) return;
  char path[PATH_MAX], whole[PATH_MAX], folder[PATH_MAX];
  bool prelude = !source->line;
  const char *slash = prelude ? strrchr(source->name, '/') : NULL;
  int above = slash && from[1] != '/' ? (int)(slash + 1 - source->name) : 0;
  snprintf(path, sizeof path, "%.*s%.*s", above, source->name, (int)(to - from - 1), from + 1);
  bool here = realpath(*saving->folder ? saving->folder : ".", whole) && getcwd(folder, PATH_MAX) &&
              strcmp(whole, folder) == 0;
  bool found = !here && realpath(path, whole);
  text_format(&saving->script, "import \"%s\"\n", found ? whole : path);
}

static void write_declaration(Saving *saving, const Variable *variable) {
  const AstFunction *function = variable->function;
  const Source *source = source_at(saving->vm->sources, function->head_span.file);
  if (!source || !function->body) return;
  text_char(&saving->script, '\n');
  for (const char *line = function->doc; line && *line;) {
    int length = (int)strcspn(line, "\n");
    text_format(&saving->script, "##%s%.*s\n", length && *line != ' ' ? " " : "", length, line);
    line += length + (line[length] == '\n');
  }
  write_text(&saving->script, source, function->head_span.start, function->body->span.end);
  text_char(&saving->script, '\n');
}

static bool is_own_word(const Session *session, const Variable *variable) {
  return session->answer_file && variable->span.file == session->answer_file;
}

/* Every name that is visible now, of one sort: imports, variables, declarations. */
static void write_sort(Saving *saving, int sort) {
  const Scope *scope = saving->session->module->scope;
  for (const Variable *v = scope->first; v; v = v->next) {
    if (scope_global(scope, v->name) != v || is_own_word(saving->session, v)) continue;
    int of = v->kind == VARIABLE_IMPORT ? 0 : v->function ? 2 : 1;
    Value value = variable_value(saving, v);
    if (of != sort || (of == 1 && value.kind == KIND_UNSET)) continue;
    if (sort == 0) write_import(saving, v);
    else if (sort == 1) write_variable(saving, v);
    else write_declaration(saving, v);
  }
}

/* ---- the whole ---- */

static void save_all(Vm *vm, void *context) {
  Saving *saving = context;
  saving->script.length = 0;
  text_string(&saving->script, HEAD);
  if (vm->real == DTYPE_F64) text_string(&saving->script, "precision(f64)\n");
  for (int sort = 0; sort < 3; sort++) write_sort(saving, sort);
}

/* Fills folder and stem; false where the path is none, or a script of another making is there. */
static bool target_fits(Saving *saving, const char *path, Diag *diag) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  size_t length = strlen(name);
  if (length > 3 && strcmp(name + length - 3, ".gd") == 0) length -= 3;
  if (!*name || length > 200 || strlen(path) > 2000)
    return diag_fail(diag, STATUS_FAILED, (Span){0},
                     "this is not the name of a script: save_session(\"s.gd\")"),
           false;
  snprintf(saving->folder, sizeof saving->folder, "%.*s", (int)(name - path), path);
  snprintf(saving->stem, sizeof saving->stem, "%.*s", (int)length, name);
  FILE *file = fopen(path, "r");
  char start[sizeof HEAD] = "";
  bool ours = !file || fread(start, 1, sizeof HEAD - 1, file) == 0 || strcmp(start, HEAD) == 0;
  if (file) fclose(file);
  if (!ours) {
    diag_fail(diag, STATUS_FAILED, (Span){0},
              "%.200s is a script that was not written by save_session: it is not replaced", path);
    diag_help(diag, "use another file name");
  }
  return ours;
}

int save_session_write(Session *session, const char *path, Text *shown) {
  Vm *vm = session->vm;
  Diag diag = {0};
  Saving *saving = mem_zero(sizeof *saving);
  saving->session = session;
  saving->vm = vm;
  if (!session->module) session->module = module_new(vm, "session", true);
  int before = vm->exit_status;
  vm->exit_status = 0;
  bool fine = target_fits(saving, path, &diag) && vm_protect(vm, save_all, saving, &diag) &&
              file_write(&vm->files, path, saving->script.data, saving->script.length, &diag);
  int status = fine ? vm->exit_status : diag.status;
  vm->exit_status = before;
  if (!fine && !diag.silent) session_say(session, &diag);
  if (fine)
    text_format(shown, "written: %s%s%s\n", path, saving->files.length ? ", " : "",
                saving->files.data ? saving->files.data : "");
  saving_free(saving);
  return status;
}
