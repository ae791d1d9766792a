/* trail.c — adds to an error the layer in which it occurred, and the calls that led there.
 *
 * The user can fix an error inside the standard library only in the script, so the message points
 * there first.  Inside a layer of the library it points to the line that made the layer, with the
 * layer's path in the model ("`net.parts.2` is Dense(8, 3), made here"), then to the line that
 * called it, then to the library's own line.  Inside any other function of the library it points to
 * the call.  An error in a model declared in the script stays on its own line; a note says which
 * instance it was.  Then follow the calls of the script's functions in progress, one a line.
 *
 * The path of a layer is searched for only when a message needs it, through the values of the
 * script's names.  Otherwise only the line that made each model is kept, and a link for each model
 * call in progress.
 */
#include "lang/eval/trail.h"

#include "lang/eval/call.h"
#include "lang/eval/module.h"
#include "lang/machine/closure.h"
#include "lang/machine/frame.h"
#include "lang/machine/kind.h"
#include "lang/machine/module_value.h"
#include "lang/machine/tensor_value.h"
#include "lang/tensors/trace.h"

#include <stdio.h>
#include <string.h>

enum { PARTS_DEEP = 24, PARTS_MOST = 20000, ARGUMENTS_SHOWN = 60 };

static bool in_script(const Vm *vm, Span span) {
  return span.file && !source_is_library(vm->sources, span.file);
}

static bool of_library(const Vm *vm, const ModelObject *model) {
  return source_is_library(vm->sources, model->made_by->function->head_span.file);
}

static bool same(Span a, Span b) {
  return a.file == b.file && a.start == b.start && a.end == b.end;
}

/* ---- where a model is ---- */

typedef struct Search {
  const Vm *vm;
  const ModelObject *wanted;
  Text path;
  int visited, depth;
} Search;

static bool search(Search *state, Value value);

static bool search_item(void *context, const char *name, int64_t number, Value value) {
  Search *state = context;
  size_t length = state->path.length;
  if (!parts_may(state->vm, value)) return false;
  if (name) text_format(&state->path, ".%.64s", name);
  else text_format(&state->path, ".%lld", (long long)number);
  if (search(state, value)) return true;
  state->path.length = length;
  return false;
}

static bool search(Search *state, Value value) {
  if (value.kind == KIND_MODEL && value.model == state->wanted) return true;
  if (state->depth > PARTS_DEEP || state->visited++ > PARTS_MOST) return false;
  state->depth++;
  bool found = parts_each(state->vm, value, search_item, state);
  state->depth--;
  return found;
}

/* Searches the values of a top level, in order of declaration. */
static bool search_names(Search *state, const ModuleObject *module) {
  for (const Variable *name = module->scope->first; name; name = name->next) {
    if (!name->name || name->slot < 0 || name->slot >= module->global_count) continue;
    if (module->scope->session && !strcmp(name->name, "ans")) continue; /* another name is better */
    Value value = module->globals[name->slot];
    if (value.kind == KIND_CELL) value = value.cell->value;
    state->path.length = 0;
    text_format(&state->path, "%.64s", name->name);
    if (search(state, value)) return true;
  }
  return false;
}

/* `net.parts.2`; for a model that no name of the top level leads to, from the outermost model call
 * in progress; empty if neither leads to it. */
static void place_of(const Vm *vm, const ModelObject *model, Text *path) {
  Search state = {.vm = vm, .wanted = model};
  const Frame *outermost = vm->frame;
  const Calling *calling = vm->calling;
  while (outermost && outermost->outer) outermost = outermost->outer;
  while (calling && calling->outer) calling = calling->outer;
  bool found = outermost && search_names(&state, outermost->module);
  if (!found && calling && calling->model != model) {
    state.path.length = 0;
    text_format(&state.path, "%.64s", calling->model->made_by->function->name);
    found = search(&state, value_of(KIND_MODEL, (void *)(uintptr_t)calling->model));
  }
  if (found) text_add(path, state.path.data, state.path.length);
  text_free(&state.path);
}

/* Is it a number or bool, and another than the number or bool that is the default? */
static bool differs(const Ast *fallback, Value value) {
  if (fallback->kind == AST_NUMBER)
    return value.kind == KIND_NUMBER && value.number != fallback->number;
  return (fallback->kind == AST_TRUE || fallback->kind == AST_FALSE) && value.kind == KIND_BOOL &&
         value.truth != (fallback->kind == AST_TRUE);
}

/* `Dense(8, 3, bias: false)`: the arguments that differ from their defaults. */
static void show_instance(const ModelObject *model, Text *text) {
  const AstFunction *function = model->made_by->function;
  size_t start = text->length;
  text_format(text, "%.64s(", function->name);
  bool some = false;
  for (int i = 0; i < function->param_count; i++) {
    const AstParam *param = &function->params[i];
    bool found = false;
    Value value = member_find((ModelObject *)(uintptr_t)model, param->name, &found);
    if (!found || (param->fallback && !differs(param->fallback, value))) continue;
    if (some) text_string(text, ", ");
    some = true;
    if (param->fallback) text_format(text, "%.64s: ", param->name);
    const Tensor *tensor = value.kind == KIND_TENSOR ? &value.tensor->tensor : NULL;
    if (value.kind == KIND_NUMBER) text_number(text, value.number);
    else if (tensor && tensor->buffer && !tensor->shape.rank)
      text_number(text, tensor_get(tensor, 0));
    else if (value.kind == KIND_BOOL) text_string(text, value.truth ? "true" : "false");
    else text_string(text, "…");
    if (text->length - start > ARGUMENTS_SHOWN) break;
  }
  text_char(text, ')');
}

static void tell_instance(const Vm *vm, const ModelObject *model, Text *text) {
  place_of(vm, model, text);
  if (text->length) {
    Text path = *text;
    *text = (Text){0};
    text_format(text, "`%.100s` is ", path.data);
    text_free(&path);
  } else {
    text_string(text, "this is ");
  }
  show_instance(model, text);
  text_string(text, ", made here");
}

/* ---- the layer ---- */

/* Is the error in this model's own lines, or in library code called from them?  Not if it is in a
 * function of the script. */
static bool met_inside(const Vm *vm, const Calling *calling) {
  for (const Frame *frame = vm->frame; frame && frame != calling->frame; frame = frame->outer) {
    bool own = frame->closure && frame->closure->function->head_span.file ==
                                     calling->model->made_by->function->head_span.file;
    if (!own &&
        !source_is_library(vm->sources, frame->module->body ? frame->module->body->span.file : 0))
      return false;
  }
  return true;
}

/* The frame of the innermost call in the script, or NULL. */
static const Frame *script_called(const Vm *vm) {
  const Frame *frame = vm->frame;
  while (frame && !(frame->call && in_script(vm, *frame->call))) frame = frame->outer;
  return frame;
}

static Span script_call(const Vm *vm) {
  const Frame *frame = script_called(vm);
  return frame ? *frame->call : (Span){0};
}

static void keep_notes(Diag *moved, const Diag *from) {
  for (int i = 0; i < from->note_count; i++)
    diag_note(moved, from->notes[i].span, "%s", from->notes[i].text);
}

/* Adds the place inside the library as a note. */
static void note_inside(const Vm *vm, Diag *moved, const Diag *from) {
  const Frame *frame = script_called(vm);
  const char *name = frame && frame->closure && frame->closure->function->name
                         ? frame->closure->function->name
                         : "the standard library";
  if (from->label[0]) diag_note(moved, from->span, "inside `%.60s`: %s", name, from->label);
  else diag_note(moved, from->span, "inside `%.60s`, here", name);
}

static void begin(Diag *moved, const Diag *from, Span span) {
  *moved = *from;
  moved->span = span;
  moved->label[0] = 0;
  moved->note_count = 0;
}

static void aim_at_layer(const Vm *vm, Diag *diag, const ModelObject *layer) {
  Diag moved;
  Text told = {0};
  Span call = in_script(vm, diag->span) ? diag->span : script_call(vm);
  begin(&moved, diag, layer->made);
  tell_instance(vm, layer, &told);
  diag_label(&moved, "%s", told.data);
  text_free(&told);
  if (in_script(vm, diag->span) && diag->label[0])
    diag_note(&moved, call, "called here: %s", diag->label);
  else if (call.file) diag_note(&moved, call, "called here");
  if (!in_script(vm, diag->span)) note_inside(vm, &moved, diag);
  keep_notes(&moved, diag);
  moved.met = call;
  *diag = moved;
}

static void aim_at_call(const Vm *vm, Diag *diag) {
  Diag moved;
  Span call = script_call(vm);
  if (!call.file) return;
  begin(&moved, diag, call);
  note_inside(vm, &moved, diag);
  keep_notes(&moved, diag);
  moved.met = call;
  *diag = moved;
}

/* ---- the calls ---- */

static bool reported_already(const Diag *diag, Span call) {
  if (same(diag->span, call) || same(diag->met, call)) return true;
  for (int i = 0; i < diag->note_count; i++)
    if (same(diag->notes[i].span, call)) return true;
  return false;
}

static void add_calls(const Vm *vm, Diag *diag) {
  for (const Frame *frame = vm->frame; frame; frame = frame->outer) {
    if (!frame->call || !in_script(vm, *frame->call) || reported_already(diag, *frame->call))
      continue;
    if (diag->call_count == DIAG_CALLS) {
      diag->calls_left++;
      continue;
    }
    const AstFunction *caller = frame->outer && frame->outer->closure
                                    ? frame->outer->closure->function
                                    : NULL;
    diag->calls[diag->call_count++] =
        (DiagCall){*frame->call, caller ? caller->name ? caller->name : "a function" : NULL};
  }
}

/* `row[0]` of a minibatch that is no tuple, in a recording that fails. */
static void note_row_taken(const Vm *vm, Diag *diag) {
  const Trace *trace = vm->trace;
  while (trace && !trace->row_taken.file) trace = trace->outer;
  if (!trace || diag->note_count == DIAG_NOTES) return;
  char text[200];
  const Shape *shape = &graph_node(&trace->graph, trace->minibatch)->type.shape;
  diag_note(diag, trace->row_taken,
            "a row of the minibatch: the data has one part, so `%.60s` is %s itself",
            trace->minibatch_name, shape_show(shape, text));
}

static void trail_add(Vm *vm, Diag *diag) {
  if (diag->aimed || diag->silent || !diag->span.file) return;
  const Calling *calling = vm->calling;
  bool inside = calling && met_inside(vm, calling),
       library = inside && of_library(vm, calling->model);
  diag->aimed = true;
  diag->met = diag->span;
  if (library && in_script(vm, calling->model->made)) aim_at_layer(vm, diag, calling->model);
  else if (!in_script(vm, diag->span)) aim_at_call(vm, diag);
  if (inside && !library && in_script(vm, calling->model->made) && diag->note_count < DIAG_NOTES) {
    Text told = {0};
    tell_instance(vm, calling->model, &told);
    diag_note(diag, calling->model->made, "%s", told.data);
    text_free(&told);
  }
  note_row_taken(vm, diag);
  if (in_script(vm, diag->met)) add_calls(vm, diag);
}

const VmPart TRAIL_PART = {.aim = trail_add};
