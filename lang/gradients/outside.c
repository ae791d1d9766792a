/* outside.c — the variables of the script that a function reads.
 *
 * `explain` names what a function computes from: in `mean((w * x - y)^2)` of w, x and y are
 * variables of the script.  They are found in the function's tree, as the names that it captures
 * and the globals, and in the trees of the functions named there, to a limited depth.  For a
 * recording each is replaced, where it is kept, by an input of the recording, so that 1 - y is a
 * node and not a number that is known; outside_restore must follow, also after an error.
 *
 * Params and models are only listed: a recording has inputs for params in any case.
 *
 * This file knows no formulas: what the nodes are called is explain_name.c's subject.
 */
#include "lang/gradients/outside.h"

#include "lang/data/data.h"
#include "lang/gradients/invented.h"
#include "lang/machine/closure.h"
#include "lang/machine/module_value.h"
#include "lang/machine/tensor_value.h"
#include "lang/tensors/trace_value.h"

/* ---- found in the tree ---- */

static void add(Outside *outside, Value *at, const char *name) {
  bool trained = at->kind == KIND_PARAM || at->kind == KIND_MODEL;
  for (int i = 0; i < outside->trained_count; i++) trained &= outside->trained[i].at != at;
  if (trained && outside->trained_count < OUTSIDE_MOST)
    outside->trained[outside->trained_count++] = (OutsideVariable){.at = at, .name = name};
  bool wanted = at->kind == KIND_TENSOR && (at->tensor->tensor.buffer || outside->checked);
  wanted |= outside->numbers && at->kind == KIND_NUMBER;
  for (int i = 0; i < outside->count; i++) wanted &= outside->variables[i].at != at;
  if (!wanted || outside->count == OUTSIDE_MOST) return;
  outside->variables[outside->count++] = (OutsideVariable){.at = at, .name = name};
}

/* The columns of a data set are where its fields are read from. */
static void add_columns(Outside *outside, DatasetObject *data, const char *name) {
  for (int i = 0; i < data->count; i++) {
    Text text = {0};
    text_format(&text, "%s.%s", name, data->fields[i]);
    add(outside, &data->columns[i], names_intern(outside->vm->names, text.data, text.length));
    text_free(&text);
  }
}

/* Reads the names of a tree: those it captures, and the globals. */
static void find(Outside *outside, const ClosureObject *closure, const Ast *ast, int depth);

static void find_name(Outside *outside, const ClosureObject *closure, const Ast *ast, int depth) {
  Value *at = NULL;
  if (ast->place == PLACE_CAPTURE && ast->slot < closure->cell_count)
    at = &closure->cells[ast->slot]->value;
  if (ast->place == PLACE_GLOBAL && ast->slot < closure->module->global_count)
    at = &closure->module->globals[ast->slot];
  if (!at) return;
  if (at->kind == KIND_DATASET) add_columns(outside, at->dataset, ast->text);
  else add(outside, at, ast->text);
  if (at->kind == KIND_CLOSURE && at->closure != closure && depth < 8)
    find(outside, at->closure, at->closure->function->body, depth + 1);
}

static void find(Outside *outside, const ClosureObject *closure, const Ast *ast, int depth) {
  if (!ast) return;
  if (ast->kind == AST_NAME) find_name(outside, closure, ast, depth);
  find(outside, closure, ast->a, depth);
  find(outside, closure, ast->b, depth);
  find(outside, closure, ast->c, depth);
  for (uint32_t i = 0; i < ast_below(ast) && ast->items; i++)
    find(outside, closure, ast->items[i], depth);
}

void outside_find(Outside *outside, const ClosureObject *closure) {
  find(outside, closure, closure->function->body, 0);
}

static Shape shape_at(const Outside *outside, Value value) {
  return trace_type(outside->vm, value, outside->span).shape;
}

int outside_sizes(const Outside *outside, int64_t *sizes, int count) {
  for (int i = 0; i < outside->count; i++) {
    if (outside->variables[i].at->kind != KIND_TENSOR) continue;
    Shape shape = shape_at(outside, *outside->variables[i].at);
    for (int k = 0; k < shape.rank; k++) count = invented_add_size(sizes, count, shape.dim[k]);
  }
  return count;
}

/* ---- replaced ---- */

static Value made_value(const Outside *outside, Value value, bool labels) {
  Shape shape = shape_at(outside, value);
  return invented_value(outside->vm, &shape, INVENTED_ARGUMENTS, labels);
}

static NodeId input(Outside *outside, Trace *trace, OutsideVariable *variable, bool labels) {
  if (variable->before.kind == KIND_NUMBER)
    return trace_number(trace, variable->before.number, NULL);
  const Tensor *tensor = &variable->before.tensor->tensor;
  if (!tensor->buffer) {
    variable->made = made_value(outside, variable->before, labels);
    tensor = &variable->made.tensor->tensor;
  }
  return trace_tensor_input(trace, tensor, NULL);
}

void outside_replace(Outside *outside, Trace *trace, bool labels) {
  for (int i = 0; i < outside->count; i++) {
    OutsideVariable *variable = &outside->variables[i];
    variable->before = *variable->at;
    NodeId node = input(outside, trace, variable, labels);
    Value now = trace_result(trace, node); /* may raise: until then nothing is replaced */
    variable->node = node;
    *variable->at = now;
  }
}

void outside_restore(Outside *outside) {
  for (int i = 0; i < outside->count; i++) {
    OutsideVariable *variable = &outside->variables[i];
    value_release(outside->vm, variable->made);
    variable->made = (Value){0};
    if (!variable->node) continue;
    value_release(outside->vm, *variable->at);
    *variable->at = variable->before;
    variable->node = 0;
  }
}

void outside_fill(Outside *outside, bool labels) {
  for (int i = 0; i < outside->count; i++) {
    OutsideVariable *variable = &outside->variables[i];
    variable->before = *variable->at;
    if (variable->before.kind != KIND_TENSOR || variable->before.tensor->tensor.buffer) continue;
    *variable->at = made_value(outside, variable->before, labels);
  }
}

void outside_empty(Outside *outside) {
  for (int i = 0; i < outside->count; i++) {
    OutsideVariable *variable = &outside->variables[i];
    if (variable->at->object != variable->before.object) value_release(outside->vm, *variable->at);
    *variable->at = variable->before;
  }
}
