/* explain.c — see explain.h.
 *
 *     explain(grad(f))            at arguments that gd makes up
 *     explain(grad(f), w, b)      at these; a model needs its own
 *
 * f is recorded once, as `grad` does.  The script's tensors and numbers that it reads are inputs of
 * the recording, so that what f computes from them (1 - y, one_hot(y)) appears in the formula.  The
 * nodes of the gradient are read as formulas (formula.c).  The formulas are printed, converted back
 * to nodes, and compared with the gradient's values in f64.
 *
 * Arguments that are not given get the shapes for which f can be called and returns one number,
 * those with the fewest axes first; sizes are taken from the tensors that f reads.  Their values
 * are fractions; if f refuses these, the arguments that are not differentiated get labels 0 and 1.
 */
#include "lang/learn/explain.h"

#include "lang/eval/native.h"
#include "lang/learn/check_gradient.h"
#include "lang/learn/data.h"
#include "lang/learn/differentiate.h"
#include "lang/learn/formula_print.h"
#include "lang/learn/formula_read.h"
#include "lang/learn/point.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/module_value.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tree.h"
#include "lang/machine/tuple.h"
#include "lang/names/scope.h"
#include "lang/tensors/compute.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"
#include "lang/text/output.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS_MOST = 6, SIZES_MOST = 6, SHAPES_MOST = 48, OUTSIDE_MOST = 64 };
enum { TRIES_FLAT = 60 };                    /* after shapes of which the gradient is a number */
enum { TRIES_MOST = 5000, TRIES_FEW = 100 }; /* shapes of arguments; of an editor's question */

/* A variable of the script that f reads, and what it was. */
typedef struct Outside {
  Value *at;    /* where it is kept */
  Value before; /* owned while it is replaced */
  Value made;   /* invented elements for a tensor of `gd check`; owned; else KIND_UNSET */
  const char *name;
  NodeId node;
} Outside;

typedef struct Explain {
  Vm *vm;
  const CallSite *site;
  Value f, wrt;
  const AstFunction *function;
  Value args[ARGUMENTS_MOST];
  Shape shapes[ARGUMENTS_MOST]; /* of the last invented arguments */
  int count;
  int invented;         /* of the arguments that are made up; the others have their defaults */
  bool made_up, labels; /* the arguments are; those not differentiated by are 0 and 1 */
  bool checked;         /* by `gd check`: tensors of the script have shapes, and no elements */
  int tries_most;
  int which[ARGUMENTS_MOST];
  int which_count;
  Outside outside[OUTSIDE_MOST];
  int outside_count;
  Outside trained[OUTSIDE_MOST]; /* params and models that f reads: only `at` and `name` */
  int trained_count;
  bool numbers;                /* numbers of the script are named too */
  Point *point;                /* while it is recorded */
  bool recorded;               /* f could be recorded */
  bool decided;                /* f looked at a value that is an input of the recording */
  bool flat;                   /* every formula is a number */
  bool wrong;                  /* a formula has another value than the gradient */
  Value given[ARGUMENTS_MOST]; /* the arguments as inputs of the recording; owned */
  Formulas *formulas;          /* owned */
  Text text;
  Trace *trace;
} Explain;

/* ---- the script's variables ---- */

static void add_outside(Explain *explain, Value *at, const char *name) {
  if ((at->kind == KIND_PARAM || at->kind == KIND_MODEL) && explain->trained_count < OUTSIDE_MOST)
    explain->trained[explain->trained_count++] = (Outside){.at = at, .name = name};
  bool wanted = at->kind == KIND_TENSOR && (at->tensor->tensor.buffer || explain->checked);
  wanted |= explain->numbers && at->kind == KIND_NUMBER;
  for (int i = 0; i < explain->outside_count; i++) wanted &= explain->outside[i].at != at;
  if (!wanted || explain->outside_count == OUTSIDE_MOST) return;
  explain->outside[explain->outside_count++] = (Outside){.at = at, .name = name};
}

/* Reads the names of a tree: those it captures, and the globals. */
static void find_outside(Explain *explain, const ClosureObject *closure, const Ast *ast, int depth);

static void find_name(Explain *explain, const ClosureObject *closure, const Ast *ast, int depth) {
  Value *at = NULL;
  if (ast->place == PLACE_CAPTURE && ast->slot < closure->cell_count)
    at = &closure->cells[ast->slot]->value;
  if (ast->place == PLACE_GLOBAL && ast->slot < closure->module->global_count)
    at = &closure->module->globals[ast->slot];
  if (!at) return;
  add_outside(explain, at, ast->text);
  if (at->kind == KIND_CLOSURE && at->closure != closure && depth < 8)
    find_outside(explain, at->closure, at->closure->function->body, depth + 1);
}

static void find_outside(Explain *explain, const ClosureObject *closure, const Ast *ast,
                         int depth) {
  if (!ast) return;
  if (ast->kind == AST_NAME) find_name(explain, closure, ast, depth);
  find_outside(explain, closure, ast->a, depth);
  find_outside(explain, closure, ast->b, depth);
  find_outside(explain, closure, ast->c, depth);
  for (uint32_t i = 0; i < ast->count && ast->items; i++)
    find_outside(explain, closure, ast->items[i], depth);
}

static Value made_value(const Explain *explain, int argument, const Shape *shape);

static NodeId outside_input(Explain *explain, Trace *trace, Outside *outside) {
  if (outside->before.kind == KIND_NUMBER) return trace_number(trace, outside->before.number, NULL);
  const Tensor *tensor = &outside->before.tensor->tensor;
  if (!tensor->buffer) {
    Type type = trace_type(explain->vm, outside->before, explain->site->span);
    outside->made = made_value(explain, ARGUMENTS_MOST, &type.shape);
    tensor = &outside->made.tensor->tensor;
  }
  return trace_tensor_input(trace, tensor, NULL);
}

/* They become inputs of the recording. */
static void replace_outside(Explain *explain, Trace *trace) {
  for (int i = 0; i < explain->outside_count; i++) {
    Outside *outside = &explain->outside[i];
    outside->before = *outside->at;
    outside->node = outside_input(explain, trace, outside);
    *outside->at = trace_result(trace, outside->node);
  }
}

static void restore_outside(Explain *explain) {
  for (int i = 0; i < explain->outside_count; i++) {
    Outside *outside = &explain->outside[i];
    if (!outside->node) continue;
    value_release(explain->vm, *outside->at);
    *outside->at = outside->before;
    value_release(explain->vm, outside->made);
    outside->made = (Value){0};
    outside->node = 0;
  }
}

/* ---- names of nodes ---- */

static const char *argument_name(const Explain *explain, int index) {
  if (explain->function && index < explain->function->param_count)
    return explain->function->params[index].name;
  return index ? "argument" : "x";
}

static const char *keep_text(Explain *explain, Text *text) {
  const char *kept = arena_text(&explain->trace->graph.arena, text->data, text->length);
  text_free(text);
  return kept;
}

/* `w`, `net.first.W` */
static const char *leaf_name(Explain *explain, int leaf) {
  const Point *point = explain->point;
  bool several = explain->which_count > 1;
  if (!point->leaves || point->at.kind == KIND_PARAM)
    return argument_name(explain, explain->which[0]);
  Text path = {0}, text = {0};
  leaves_path(explain->vm, point->leaves, leaf, &path);
  const char *rest = path.data;
  int argument = explain->which[0];
  if (several) {
    argument = explain->which[strtol(rest, (char **)(uintptr_t)&rest, 10)];
    if (*rest == '.') rest++;
  }
  text_string(&text, argument_name(explain, argument));
  if (*rest) text_format(&text, "%s%s", *rest == '[' ? "" : ".", rest);
  text_free(&path);
  return keep_text(explain, &text);
}

/* An input of this shape; takes the text. */
static void name_input(Explain *explain, Formulas *formulas, NodeId node, const Shape *shape,
                       Text *text) {
  const char *kept = keep_text(explain, text);
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

static void name_nodes(Explain *explain, Formulas *formulas) {
  const Point *point = explain->point;
  for (int i = 0; i < (point->leaves ? point->leaves->count : 1); i++)
    formulas_name(formulas, point->leaves ? point->nodes[i] : point->x, leaf_name(explain, i));
  for (int i = 0; i < explain->outside_count; i++) {
    const Outside *outside = &explain->outside[i];
    formulas_name(formulas, outside->node, outside->name);
    const Shape *shape = &graph_node(&explain->trace->graph, outside->node)->type.shape;
    if (shape->rank) formulas_rows(formulas, outside->name, shape->dim[0]);
  }
  for (int i = 0; i < explain->trained_count; i++)
    name_params(explain, formulas, explain->trained[i].name, *explain->trained[i].at);
  for (int i = 0; i < explain->count; i++) {
    const Value value = explain->given[i];
    const TensorObject *given = value.kind == KIND_TENSOR ? value.tensor : NULL;
    if (!given || given->trace != explain->trace->serial || !given->node) continue;
    formulas_name(formulas, given->node, argument_name(explain, i));
    const Shape *shape = &graph_node(&explain->trace->graph, given->node)->type.shape;
    if (shape->rank) formulas_rows(formulas, argument_name(explain, i), shape->dim[0]);
  }
  if (explain->f.kind != KIND_CLOSURE) return;
  Naming naming = {explain, formulas, explain->f.closure->module};
  if (naming.module->scope) scope_each_global(naming.module->scope, name_global, &naming);
}

/* ---- the values compared ---- */

static double greatest(const Tensor *tensor) {
  double most = 0;
  for (int64_t i = 0, n = tensor_count(tensor); i < n; i++)
    most = fmax(most, fabs(tensor_get(tensor, i)));
  return most;
}

/* A formula may be of fewer axes than what it stands for: then each element is compared with it. */
static double apart(const Tensor *a, const Tensor *b) {
  int64_t n = tensor_count(a), m = tensor_count(b);
  double most = m && n % m == 0 ? 0 : (double)INFINITY;
  for (int64_t i = 0; i < n && isfinite(most); i++)
    most = fmax(most, fabs(tensor_get(a, i) - tensor_get(b, i % m)));
  return most;
}

typedef struct Compared {
  Explain *explain;
  const NodeId *nodes; /* by pairs: of the gradient, of the formula */
  int count;
  double most; /* the greatest difference, against the greatest element */
} Compared;

static void compare_body(Vm *vm, void *context) {
  Compared *compared = context;
  Explain *explain = compared->explain;
  Value *values = arena_alloc(&explain->trace->graph.arena,
                              (size_t)compared->count * sizeof *values);
  Plan *plan = compute_plan(vm, explain->trace, explain->site->span, compared->nodes,
                            compared->count);
  compute_run(vm, explain->trace, explain->site->span, plan, compared->count, values);
  for (int i = 0; i + 1 < compared->count; i += 2) {
    const Tensor *slope = &values[i].tensor->tensor, *formula = &values[i + 1].tensor->tensor;
    double size = fmax(greatest(slope), 1e-12);
    compared->most = fmax(compared->most, apart(slope, formula) / size);
  }
  for (int i = 0; i < compared->count; i++) value_release(vm, values[i]);
}

/* ---- the lines ---- */

typedef struct Lines {
  const char *names[256]; /* what is differentiated by */
  NodeId nodes[256];
  const Formula *formulas[256];
  int count;
  bool meet, rest; /* places of some of them are the same; some have none */
} Lines;

static void add_line(Lines *lines, const char *name, NodeId node) {
  if (lines->count == COUNT_OF(lines->names)) return;
  lines->names[lines->count] = name;
  lines->nodes[lines->count++] = node;
}

static void collect_lines(Explain *explain, Formulas *formulas, Lines *lines, const NodeId *slopes,
                          int count) {
  for (int i = 0; i < count; i++) {
    FormulaPart parts[FORMULA_PARTS];
    bool meet, rest;
    int part_count = formula_read_parts(formulas, slopes[i], parts, &meet, &rest);
    lines->meet |= meet;
    lines->rest |= rest;
    const char *name = leaf_name(explain, i);
    if (!part_count) add_line(lines, name, slopes[i]);
    for (int k = 0; k < part_count; k++) {
      Text text = {0};
      text_format(&text, "%s%s", name, parts[k].place);
      add_line(lines, keep_text(explain, &text), parts[k].node);
    }
  }
  for (int i = 0; i < lines->count; i++)
    lines->formulas[i] = formula_read(formulas, lines->nodes[i]);
}

static const char *function_name(const Explain *explain) {
  if (explain->f.kind == KIND_NATIVE && explain->f.native->native)
    return explain->f.native->native->name;
  if (explain->f.kind == KIND_NATIVE && explain->f.native->row) return explain->f.native->row->name;
  return explain->function && explain->function->name ? explain->function->name : "f";
}

static void print_lines(Explain *explain, Formulas *formulas, const Lines *lines) {
  const char *f = function_name(explain);
  int shared = formula_print_share(formulas, lines->formulas, lines->count);
  explain->flat = true;
  for (int i = 0; i < lines->count; i++) {
    text_format(&explain->text, "∂%s/∂%s = ", f, lines->names[i]);
    size_t before = explain->text.length;
    formula_print(formulas, lines->formulas[i], &explain->text);
    explain->flat &=
        !explain->text.data[before + strspn(explain->text.data + before, "-.0123456789")];
    text_char(&explain->text, '\n');
  }
  for (int i = 0; i < shared; i++) {
    const char *name;
    const Formula *formula = formula_print_shared(formulas, i, &name);
    text_format(&explain->text, "    %s %s = ", i ? "      " : "where ", name);
    formula_print(formulas, formula, &explain->text);
    text_char(&explain->text, '\n');
  }
}

static const char *where_compared(const Explain *explain) {
  return explain->made_up ? "drawn values" : "these values";
}

static void compare(Explain *explain, Formulas *formulas, const Lines *lines) {
  NodeId nodes[2 * COUNT_OF(lines->nodes)];
  Compared compared = {.explain = explain, .nodes = nodes};
  for (int i = 0; i < lines->count; i++) {
    NodeId node = formula_read_back(formulas, lines->formulas[i]);
    if (!node) continue;
    nodes[compared.count++] = lines->nodes[i];
    nodes[compared.count++] = node;
  }
  Diag diag = {0};
  bool all = compared.count == 2 * lines->count;
  bool fine = compared.count && vm_protect(explain->vm, compare_body, &compared, &diag);
  const char *where = where_compared(explain);
  if (!compared.count) {
    text_string(&explain->text, "not checked against the gradient: no formula could be computed\n");
    return;
  }
  if (!fine) raise_diag(explain->vm, &diag);
  if (compared.most > 1e-4) explain->wrong = true;
  if (explain->wrong)
    raise_at(explain->vm, explain->site->span,
             "the formulas and the gradient differ by %.2g of its size: please report this",
             compared.most);
  text_format(&explain->text, "checked against the gradient at %s%s: ", where,
              all ? "" : ", where it could be");
  if (compared.most == 0) text_string(&explain->text, "equal");
  else
    text_format(&explain->text, "they differ by less than %.0e of it",
                compared.most < 1e-12 ? 1e-12 : pow(10, ceil(log10(compared.most))));
  text_char(&explain->text, '\n');
}

/* ---- recording ---- */

static void put_arguments(Explain *explain, Trace *trace) {
  Value *given = explain->given;
  for (int i = 0; i < explain->count; i++) {
    bool moves = false;
    for (int k = 0; k < explain->which_count; k++) moves |= explain->which[k] == i;
    Value value = explain->args[i];
    bool tensor = value.kind == KIND_TENSOR && value.tensor->tensor.buffer;
    bool number = value.kind == KIND_NUMBER && explain->numbers;
    given[i] = value_retain(value);
    if (moves || (!tensor && !number)) continue;
    value_release(explain->vm, given[i]);
    given[i] = trace_result(trace, number ? trace_number(trace, value.number, NULL)
                                          : trace_tensor_input(trace, &value.tensor->tensor, NULL));
  }
}

static void explain_point(Explain *explain) {
  Vm *vm = explain->vm;
  Point *point = explain->point;
  point->again = false;
  int count;
  NodeId *slopes = point_gradients(point, point->y, 0, &count);
  Formulas *formulas = explain->formulas = formulas_new(&explain->trace->graph);
  name_nodes(explain, formulas);
  Lines *lines = arena_alloc(&explain->trace->graph.arena, sizeof *lines);
  collect_lines(explain, formulas, lines, slopes, count);
  if (!formula_whole(formulas))
    raise_help(vm, explain->site->span, "explain a part of it, or a smaller net",
               "the gradient has too many parts to be shown as formulas");
  print_lines(explain, formulas, lines);
  if (lines->meet) text_string(&explain->text, "an element named twice has the sum of both\n");
  if (lines->rest) text_string(&explain->text, "elements that are not named have the gradient 0\n");
  explain->decided = explain->trace->decided;
  if (explain->decided)
    text_format(&explain->text, "%s decides by values: these are its formulas at %s\n",
                function_name(explain), where_compared(explain));
  compare(explain, formulas, lines);
}

/* Records f and explains it. */
static void record_body(Vm *vm, void *context) {
  Explain *explain = context;
  Trace *trace = explain->trace = trace_open(vm, explain->site->span, explain->function);
  replace_outside(explain, trace);
  put_arguments(explain, trace);
  PointCall call = {.f = explain->f,
                    .args = explain->given,
                    .count = explain->count,
                    .which = explain->which,
                    .which_count = explain->which_count,
                    .several = explain->which_count > 1};
  Point point = point_record(vm, explain->site, &call);
  point_want_scalar(&point);
  explain->recorded = true;
  explain->point = &point;
  explain_point(explain);
  point_end(&point);
  trace_close(vm, trace);
}

static bool record(Explain *explain, Diag *diag) {
  *diag = (Diag){0};
  explain->recorded = false;
  text_free(&explain->text);
  bool fine = vm_protect(explain->vm, record_body, explain, diag);
  restore_outside(explain);
  formulas_free(explain->formulas);
  explain->formulas = NULL;
  for (int i = 0; i < explain->count; i++) value_release(explain->vm, explain->given[i]);
  memset(explain->given, 0, sizeof explain->given);
  return fine;
}

/* ---- invented arguments ---- */

static int add_size(int64_t *sizes, int count, int64_t size) {
  for (int i = 0; i < count; i++)
    if (sizes[i] == size) return count;
  if (count < SIZES_MOST && size > 1 && size <= 512) sizes[count++] = size;
  return count;
}

/* Sizes of the tensors that f reads, and two or three of our own. */
static int sizes_of(const Explain *explain, int64_t *sizes) {
  int count = 0;
  for (int i = 0; i < explain->outside_count; i++) {
    if (explain->outside[i].at->kind != KIND_TENSOR) continue;
    Type type = trace_type(explain->vm, *explain->outside[i].at, explain->site->span);
    for (int k = 0; k < type.shape.rank; k++) count = add_size(sizes, count, type.shape.dim[k]);
  }
  for (int64_t own = 2; own <= 4; own++) count = add_size(sizes, count, own);
  return count;
}

static int shapes_of(const Explain *explain, Shape *shapes) {
  int64_t sizes[SIZES_MOST];
  int count = 0, size_count = sizes_of(explain, sizes);
  shapes[count++] = (Shape){0};
  for (int i = 0; i < size_count; i++) shapes[count++] = shape_of(1, &sizes[i]);
  for (int i = 0; i < size_count; i++)
    for (int k = 0; k < size_count && count < SHAPES_MOST; k++)
      shapes[count++] = shape_of(2, (int64_t[]){sizes[i], sizes[k]});
  return count;
}

static bool moves(const Explain *explain, int argument) {
  for (int k = 0; k < explain->which_count; k++)
    if (explain->which[k] == argument) return true;
  return false;
}

static Value made_value(const Explain *explain, int argument, const Shape *shape) {
  Tensor tensor;
  Diag diag = {0};
  bool label = explain->labels && !moves(explain, argument);
  Dtype dtype = DTYPE_F64;
  if (!tensor_new(&tensor, dtype, shape, &diag)) raise_diag(explain->vm, &diag);
  for (int64_t i = 0, n = tensor_count(&tensor); i < n; i++) {
    double part = fmod(0.37 + 0.6180339887498949 * (double)(i + 1 + 7 * argument), 1);
    tensor_set(&tensor, i, label ? (double)(i & 1) : 0.1 + 0.8 * part);
  }
  return value_tensor(explain->vm, tensor);
}

static void forget_arguments(Explain *explain) {
  for (int i = 0; i < explain->count && explain->made_up; i++) {
    value_release(explain->vm, explain->args[i]);
    explain->args[i] = value_none();
  }
}

/* Goes through all ways to give the arguments shapes whose axes are `axes` together. */
typedef struct Search {
  Explain *explain;
  Shape shapes[SHAPES_MOST];
  Shape chosen[ARGUMENTS_MOST];
  /* the first that do, but with a gradient that is a number: 0 for the std of a number */
  Shape constant[ARGUMENTS_MOST];
  bool is_constant; /* there are such */
  int shape_count, tries;
  bool capitals; /* W, X1 are matrices */
  Diag diag;     /* of the first try */
} Search;

static bool try_labels(Search *search, bool labels, Diag *diag) {
  Explain *explain = search->explain;
  explain->labels = labels;
  forget_arguments(explain);
  for (int i = 0; i < explain->count; i++)
    explain->args[i] = i < explain->invented
                           ? made_value(explain, i, &search->chosen[i])
                           : value_number(explain->function->params[i].fallback->number);
  bool fine = record(explain, diag);
  forget_arguments(explain);
  if (fine) memcpy(explain->shapes, search->chosen, sizeof explain->shapes);
  return fine;
}

static bool try_shapes(Search *search) {
  Explain *explain = search->explain;
  Diag diag;
  bool fine = try_labels(search, false, &diag);
  if (!fine && explain->recorded && !explain->wrong) fine = try_labels(search, true, &diag);
  if (!fine && (search->tries == 1 || explain->wrong)) search->diag = diag;
  if (explain->wrong) search->tries = explain->tries_most + 1;
  return fine;
}

/* A number that a matrix is differentiated with may as well be a vector, as long as its rows: the
 * bias of a layer. */
static bool try_biases(Search *search) {
  const Explain *explain = search->explain;
  Shape before[ARGUMENTS_MOST];
  memcpy(before, search->chosen, sizeof before);
  bool changed = false;
  for (int i = 0; i < explain->invented; i++)
    for (int k = 0; k < explain->invented && moves(explain, i) && before[i].rank == 0; k++)
      if (moves(explain, k) && before[k].rank == 2) {
        search->chosen[i] = shape_of(1, &before[k].dim[1]);
        changed = true;
      }
  if (changed && try_shapes(search)) return true;
  memcpy(search->chosen, before, sizeof before);
  return try_shapes(search);
}

static bool is_capital(const Explain *explain, int argument) {
  const char *name = argument_name(explain, argument);
  return name[0] >= 'A' && name[0] <= 'Z' && (!name[1] || !name[2]);
}

static bool search_from(Search *search, int argument, int axes) {
  Explain *explain = search->explain;
  if (argument == explain->invented) {
    if (axes || ++search->tries > explain->tries_most) return false;
    if (!try_shapes(search)) return false;
    if (explain->flat) {
      if (search->is_constant) return false;
      search->is_constant = true;
      memcpy(search->constant, search->chosen, sizeof search->constant);
      search->tries = explain->tries_most - TRIES_FLAT;
      return false;
    }
    return try_biases(search) || true;
  }
  bool matrix = search->capitals && is_capital(explain, argument);
  for (int i = 0; i < search->shape_count && search->tries <= explain->tries_most; i++) {
    if (search->shapes[i].rank > axes || (matrix && search->shapes[i].rank != 2)) continue;
    vm_poll_signals(explain->vm);
    search->chosen[argument] = search->shapes[i];
    if (search_from(search, argument + 1, axes - search->shapes[i].rank)) return true;
  }
  return false;
}

static bool make_up(Explain *explain, Diag *diag) {
  Search search = {.explain = explain};
  search.shape_count = shapes_of(explain, search.shapes);
  for (int pass = 0; pass < 2 && !explain->wrong; pass++) {
    search.capitals = pass == 0;
    search.tries = 0;
    /* a reduction of the table says more of a vector than of a number */
    int most = 2 * explain->invented, first = explain->f.kind == KIND_NATIVE;
    for (int i = 0; i <= most; i++)
      if (search_from(&search, 0, (first + i) % (most + 1))) return true;
    if (search.is_constant) {
      memcpy(search.chosen, search.constant, sizeof search.chosen);
      return try_shapes(&search);
    }
  }
  *diag = search.diag;
  return false;
}

/* ---- the call ---- */

static int argument_by(const Explain *explain, Value wrt) {
  if (wrt.kind == KIND_UNSET || wrt.kind == KIND_NONE) return 0;
  if (wrt.kind != KIND_STRING) return (int)value_as_index(explain->vm, explain->site->span, wrt);
  for (int i = 0; explain->function && i < explain->function->param_count; i++)
    if (!strcmp(explain->function->params[i].name, wrt.string->data)) return i;
  raise_at(explain->vm, explain->site->span, "the function has no argument `%.64s`",
           wrt.string->data);
}

static void read_wrt(Explain *explain) {
  Value wrt = explain->wrt;
  bool tuple = wrt.kind == KIND_TUPLE;
  int64_t count = tuple ? wrt.tuple->count : 1;
  for (int i = 0; i < count && i < ARGUMENTS_MOST; i++) {
    int argument = argument_by(explain, tuple ? wrt.tuple->items[i] : wrt);
    if (argument < 0 || argument >= explain->count)
      raise_at(explain->vm, explain->site->span,
               "the argument to differentiate by, number %d, was not given", argument);
    explain->which[explain->which_count++] = argument;
  }
}

/* The arguments that are made up: those without a default; `count` of them, or of one function in
 * C, and of the numbers by default behind them, which appear in the formulas by name. */
static void count_arguments(Explain *explain) {
  const AstFunction *function = explain->function;
  int count = 0, most = function ? function->param_count : 0;
  while (count < most && !function->params[count].fallback && !function->params[count].rest)
    count++;
  if (!count) count = !function || most > 0;
  explain->invented = explain->count = count;
  if (!function || source_is_library(explain->vm->sources, function->head_span.file)) return;
  for (; count < most && count < ARGUMENTS_MOST; count++)
    if (!function->params[count].fallback || function->params[count].fallback->kind != AST_NUMBER)
      break;
  explain->count = count;
}

/* Numbers of the script and of defaults by name, else those of the script, else as numbers, else
 * nothing by name but arguments. */
static bool record_somehow(Explain *explain, Diag *diag) {
  const int all = explain->count, invented = explain->made_up ? explain->invented : all;
  for (int attempt = all == invented; attempt < 4 && !explain->wrong; attempt++) {
    explain->outside_count = 0;
    explain->count = attempt == 0 ? all : invented;
    explain->numbers = attempt < 2;
    if (attempt < 3 && explain->f.kind == KIND_CLOSURE)
      find_outside(explain, explain->f.closure, explain->f.closure->function->body, 0);
    bool fine = explain->made_up ? make_up(explain, diag) : record(explain, diag);
    forget_arguments(explain);
    /* what decides by a default, as an axis, wants the number itself */
    if (fine && (attempt > 0 || !explain->decided)) return true;
  }
  explain->count = all;
  return false;
}

static NORETURN void raise_no_shapes(const Explain *explain, const Diag *diag) {
  raise_help(explain->vm, explain->site->span,
             "give arguments: explain(grad(f), w), for a model its own",
             "no shapes of the arguments were found for which the function gives one number; with "
             "numbers it says: %.300s",
             diag->message);
}

static void explain_body(Vm *vm, void *context) {
  (void)vm;
  Explain *explain = context;
  Diag diag = {0};
  bool fine = record_somehow(explain, &diag);
  if (!fine && explain->made_up) {
    explain->labels = true;
    fine = record_somehow(explain, &diag);
  }
  if (fine) return;
  text_free(&explain->text);
  if (explain->made_up && !explain->wrong) raise_no_shapes(explain, &diag);
  raise_diag(explain->vm, &diag);
}

/* In f64, and nothing is drawn or changed.  Then the text is there, or *diag says why not. */
static bool explain_run(Explain *explain, Diag *diag) {
  Vm *vm = explain->vm;
  Dtype before = vm->real;
  uint64_t seed = vm->seed, draws = vm->draws;
  vm->real = DTYPE_F64;
  *diag = (Diag){0};
  bool fine = vm_protect(vm, explain_body, explain, diag);
  vm->real = before;
  vm->seed = seed;
  vm->draws = draws;
  return fine;
}

/* For a function of which `gd check` knows shapes, at invented arguments. */
static bool explain_checked(Explain *explain, Diag *diag) {
  Vm *vm = explain->vm;
  explain->function = explain->f.kind == KIND_CLOSURE ? explain->f.closure->function : NULL;
  count_arguments(explain);
  explain->made_up = explain->checked = true;
  explain->tries_most = TRIES_FEW;
  explain->which_count = 1;
  *diag = (Diag){0};
  if (explain->count > ARGUMENTS_MOST || explain->count == 0) return false;
  bool checking = vm->checking;
  vm->checking = false;
  bool fine = explain_run(explain, diag);
  vm->checking = checking;
  return fine;
}

bool explain_formulas(Vm *vm, Value f, Text *out) {
  const CallSite site = {0};
  Explain explain = {.vm = vm, .site = &site, .f = f};
  Diag diag;
  bool fine = explain_checked(&explain, &diag);
  /* without the last line, of the comparison */
  const char *last = fine ? memrchr(explain.text.data, '\n', explain.text.length - 1) : NULL;
  if (last) text_add(out, explain.text.data, (size_t)(last - explain.text.data));
  text_free(&explain.text);
  return last != NULL;
}

/* Gives tensors of the script the elements that were invented for the formulas. */
static void fill_outside(Explain *explain) {
  for (int i = 0; i < explain->outside_count; i++) {
    Outside *outside = &explain->outside[i];
    outside->before = *outside->at;
    if (outside->before.kind != KIND_TENSOR || outside->before.tensor->tensor.buffer) continue;
    Type type = trace_type(explain->vm, outside->before, explain->site->span);
    *outside->at = made_value(explain, ARGUMENTS_MOST, &type.shape);
  }
}

static void empty_outside(Explain *explain) {
  for (int i = 0; i < explain->outside_count; i++) {
    Outside *outside = &explain->outside[i];
    if (outside->at->object != outside->before.object) value_release(explain->vm, *outside->at);
    *outside->at = outside->before;
  }
}

static void compare_differences(Vm *vm, void *context) {
  Explain *explain = context;
  fill_outside(explain);
  explain->count = explain->invented;
  for (int i = 0; i < explain->count; i++)
    explain->args[i] = made_value(explain, i, &explain->shapes[i]);
  check_gradient_at(vm, explain->site, explain->f, explain->args, explain->count);
}

static void tell_agreement(const Explain *explain, Text *out) {
  char shape[200];
  text_format(out, "the gradient of %s by %s agrees with central differences, in f64 at drawn ",
              function_name(explain), argument_name(explain, 0));
  for (int i = 0; i < explain->invented; i++)
    text_format(out, "%s%s: f64%s", i ? ", " : "", argument_name(explain, i),
                shape_show(&explain->shapes[i], shape));
}

bool explain_check(Vm *vm, Value f, Text *out) {
  const CallSite site = {0};
  Explain explain = {.vm = vm, .site = &site, .f = f};
  Diag diag;
  bool fine = explain_checked(&explain, &diag);
  text_free(&explain.text);
  if (!fine) {
    text_format(out, "no arguments of %s were found for which it gives one number; ",
                function_name(&explain));
    text_format(out, "`check_gradient(f, x)` in a `test` compares at your own");
    return false;
  }
  bool checking = vm->checking;
  vm->checking = false;
  fine = vm_protect(vm, compare_differences, &explain, &diag);
  vm->checking = checking;
  empty_outside(&explain);
  forget_arguments(&explain);
  if (fine) tell_agreement(&explain, out);
  else text_format(out, "%s: %s", function_name(&explain), diag.message);
  return fine;
}

Value native_explain(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_UNKNOWN) raise_unknown(vm);
  if (!native_is_gradient(args[0]))
    raise_help(vm, site_at(site, 0), "explain(grad(f))", "explain needs a gradient");
  NativeObject *made = args[0].native;
  Explain explain = {.vm = vm, .site = site, .f = made->extra[0], .wrt = made->extra[1]};
  explain.tries_most = TRIES_MOST;
  explain.function = explain.f.kind == KIND_CLOSURE ? explain.f.closure->function : NULL;
  const ListObject *given = args[1].kind == KIND_LIST ? args[1].list : NULL;
  explain.made_up = !given || given->count == 0;
  if (explain.made_up) count_arguments(&explain);
  else explain.count = (int)given->count;
  if (explain.count > ARGUMENTS_MOST)
    raise_at(vm, site->span, "explain takes functions of at most %d arguments", ARGUMENTS_MOST);
  for (int i = 0; i < explain.count; i++)
    explain.args[i] = explain.made_up ? value_none() : given->items[i];
  read_wrt(&explain);
  if (vm->checking || vm->trace) return value_none();
  Diag diag;
  if (!explain_run(&explain, &diag)) raise_diag(vm, &diag);
  size_t done = 0;
  output_add(explain.text.data, explain.text.length, &done);
  text_free(&explain.text);
  return value_none();
}
