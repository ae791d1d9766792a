/* explain_name.c — what the nodes of an explanation are called.
 *
 * A formula is read down to nodes that have a name, so the names decide what it looks like: every
 * input of the recording that the script has a word for is given that word.
 *
 *     w, net.first.W    what the gradient is of: arguments, and leaves of models
 *     y                 other arguments, and variables of the script (outside.c)
 *     net.first.W       params of models that f reads without differentiating by them
 *     cars.x            columns of data sets among the globals of f's module
 *
 * The inputs of the last two kinds are found by what they are bound to, as f names only the model
 * or the data set.  A param with a domain keeps no name: its node is mapped, another value than the
 * one that the script sees.
 *
 * What is left are constants, as labels in a bracket: they read as their elements (formula.c).
 *
 * Names live in the arena of the recording.  This file writes names only; formula_print.c writes
 * what is built of them.
 */
#include "lang/gradients/explain_name.h"

#include "lang/data/data.h"
#include "lang/machine/closure.h"
#include "lang/machine/module_value.h"
#include "lang/machine/tensor_value.h"
#include "lang/names/scope.h"

#include <stdlib.h>

const char *explain_name_argument(const Explain *explain, int index) {
  if (explain->function && index < explain->function->param_count)
    return explain->function->params[index].name;
  return index ? "argument" : "x";
}

const char *explain_name_function(const Explain *explain) {
  if (explain->f.kind == KIND_NATIVE && explain->f.native->native)
    return explain->f.native->native->name;
  if (explain->f.kind == KIND_NATIVE && explain->f.native->row) return explain->f.native->row->name;
  return explain->function && explain->function->name ? explain->function->name : "f";
}

const char *explain_name_keep(Explain *explain, Text *text) {
  const char *kept = arena_text(&explain->trace->graph.arena, text->data, text->length);
  text_free(text);
  return kept;
}

const char *explain_name_leaf(Explain *explain, int leaf) {
  const Point *point = explain->point;
  bool several = explain->which_count > 1;
  if (!point->leaves || point->at.kind == KIND_PARAM)
    return explain_name_argument(explain, explain->which[0]);
  Text path = {0}, text = {0};
  leaves_path(explain->vm, point->leaves, leaf, &path);
  const char *rest = path.data;
  int argument = explain->which[0];
  if (several) {
    argument = explain->which[strtol(rest, (char **)(uintptr_t)&rest, 10)];
    if (*rest == '.') rest++;
  }
  text_string(&text, explain_name_argument(explain, argument));
  if (*rest) text_format(&text, "%s%s", *rest == '[' ? "" : ".", rest);
  text_free(&path);
  return explain_name_keep(explain, &text);
}

/* An input of this shape; takes the text. */
static void name_input(Explain *explain, Formulas *formulas, NodeId node, const Shape *shape,
                       Text *text) {
  const char *kept = explain_name_keep(explain, text);
  formulas_name(formulas, node, kept);
  if (shape->rank) formulas_rows(formulas, kept, shape->dim[0]);
}

/* A column of a data set that f reads: the input with its elements. */
static void name_columns(Explain *explain, Formulas *formulas, const char *name, Value value) {
  if (value.kind != KIND_DATASET) return;
  const DatasetObject *data = value.dataset;
  for (int i = 0; i < data->count; i++) {
    if (data->columns[i].kind != KIND_TENSOR) continue;
    const Tensor *column = &data->columns[i].tensor->tensor;
    for (int b = 0; b < explain->trace->binding_count; b++) {
      const Binding *binding = &explain->trace->bindings[b];
      if (binding->kind != BINDING_TENSOR || binding->tensor.buffer != column->buffer ||
          binding->tensor.offset != column->offset)
        continue;
      Text text = {0};
      text_format(&text, "%s.%s", name, data->fields[i]);
      name_input(explain, formulas, binding->node, &column->shape, &text);
    }
  }
}

/* Their inputs, `w` or `net.first.W`.  What a domain maps is another value than the script's. */
static void name_params(Explain *explain, Formulas *formulas, const char *name, Value value) {
  Parts *parts = parts_of(explain->vm, value, name);
  for (int b = 0; b < explain->trace->binding_count; b++) {
    const Binding *binding = &explain->trace->bindings[b];
    const int place = binding->kind == BINDING_PARAM ? parts_place(parts, binding->param) : -1;
    if (place < 0 || binding->param->domain.kind) continue;
    Text text = {0};
    text_string(&text, parts->items[place].path);
    name_input(explain, formulas, binding->node, &binding->param->value.shape, &text);
  }
  parts_free(explain->vm, parts);
}

typedef struct Naming {
  Explain *explain;
  Formulas *formulas;
  const ModuleObject *module;
} Naming;

static void name_global(void *context, const Variable *variable) {
  Naming *naming = context;
  if (!variable->name || variable->slot < 0 || variable->slot >= naming->module->global_count)
    return;
  name_columns(naming->explain, naming->formulas, variable->name,
               naming->module->globals[variable->slot]);
}

void explain_name_nodes(Explain *explain, Formulas *formulas) {
  const Point *point = explain->point;
  for (int i = 0; i < (point->leaves ? point->leaves->count : 1); i++)
    formulas_name(formulas, point->leaves ? point->nodes[i] : point->x,
                  explain_name_leaf(explain, i));
  for (int i = 0; i < explain->outside.count; i++) {
    const OutsideVariable *outside = &explain->outside.variables[i];
    formulas_name(formulas, outside->node, outside->name);
    const Shape *shape = &graph_node(&explain->trace->graph, outside->node)->type.shape;
    if (shape->rank) formulas_rows(formulas, outside->name, shape->dim[0]);
  }
  for (int i = 0; i < explain->outside.trained_count; i++)
    name_params(explain, formulas, explain->outside.trained[i].name,
                *explain->outside.trained[i].at);
  for (int i = 0; i < explain->count; i++) {
    const Value value = explain->given[i];
    const TensorObject *given = value.kind == KIND_TENSOR ? value.tensor : NULL;
    if (!given || given->trace != explain->trace->serial || !given->node) continue;
    formulas_name(formulas, given->node, explain_name_argument(explain, i));
    const Shape *shape = &graph_node(&explain->trace->graph, given->node)->type.shape;
    if (shape->rank) formulas_rows(formulas, explain_name_argument(explain, i), shape->dim[0]);
  }
  Naming naming = {explain, formulas, NULL};
  if (explain->written) naming.module = explain->written->module;
  if (naming.module && naming.module->scope)
    scope_each_global(naming.module->scope, name_global, &naming);
  for (int i = 0; i < explain->trace->binding_count; i++) {
    const Binding *binding = &explain->trace->bindings[i];
    if (binding->kind == BINDING_TENSOR || binding->kind == BINDING_NUMBER)
      formulas_constant(formulas, binding->node, &binding->tensor);
  }
}
