/* explain_record.c — one attempt at an explanation: f at given arguments.
 *
 * f is recorded once, as `grad` does.  The nodes of its gradient are read as formulas
 * (formula_read.c), which are written a line each, parts that several share behind them.  Nothing
 * is told that was not compared: each formula is converted back to nodes, and these and the
 * gradient run in one plan, in f64.  When they differ by more than rounding the attempt raises, and
 * `wrong` ends the search: it is an error in gd and not in the arguments.
 *
 * An attempt may fail in every part, since the arguments may be made up.  So it runs under
 * vm_protect, and the variables of the script have their values again before it returns.
 */
#include "lang/gradients/explain_record.h"

#include "lang/gradients/explain_name.h"
#include "lang/gradients/formula_print.h"
#include "lang/gradients/formula_read.h"
#include "lang/machine/tensor_value.h"
#include "lang/tensors/compute.h"
#include "lang/tensors/trace_value.h"

#include <math.h>
#include <string.h>

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
    const char *name = explain_name_leaf(explain, i);
    if (!part_count) add_line(lines, name, slopes[i]);
    for (int k = 0; k < part_count; k++) {
      Text text = {0};
      text_format(&text, "%s%s", name, parts[k].place);
      add_line(lines, explain_name_keep(explain, &text), parts[k].node);
    }
  }
  for (int i = 0; i < lines->count; i++)
    lines->formulas[i] = formula_read(formulas, lines->nodes[i]);
}

/* The line of the script in which a constant is met. */
static void tell_place(Explain *explain, Span span) {
  const Sources *sources = explain->vm->sources;
  if (!span.file || source_is_library(sources, span.file)) return;
  text_format(&explain->text, ", in line %u", source_place(sources, span).line);
}

static void print_lines(Explain *explain, Formulas *formulas, const Lines *lines) {
  const char *f = explain_name_function(explain);
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
  bool first = true;
  for (int i = 0; i < shared; i++, first = false) {
    const char *name;
    const Formula *formula = formula_print_shared(formulas, i, &name);
    text_format(&explain->text, "    %s%s = ", first ? "where " : "      ", name);
    formula_print(formulas, formula, &explain->text);
    text_char(&explain->text, '\n');
  }
  for (int i = 0; i < formulas->count; i++) {
    Text what = {0};
    if (!formula_print_constant(formulas, formulas->all[i], &what)) continue;
    text_format(&explain->text, "    %s%s", first ? "where " : "      ", what.data);
    tell_place(explain, graph_node(formulas->graph, formulas->all[i]->node)->span);
    text_char(&explain->text, '\n');
    text_free(&what);
    first = false;
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
    Value value = explain->args[i];
    bool tensor = value.kind == KIND_TENSOR && value.tensor->tensor.buffer;
    bool number = value.kind == KIND_NUMBER && explain->outside.numbers;
    given[i] = value_retain(value);
    if (explanation_moves(explain, i) || (!tensor && !number)) continue;
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
  explain_name_nodes(explain, formulas);
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
                explain_name_function(explain), where_compared(explain));
  compare(explain, formulas, lines);
}

/* Records f and explains it. */
static void record_body(Vm *vm, void *context) {
  Explain *explain = context;
  Trace *trace = explain->trace = trace_open(vm, explain->site->span, explain->function);
  outside_replace(&explain->outside, trace, explain->labels);
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

bool explain_record(Explain *explain, Diag *diag) {
  *diag = (Diag){0};
  explain->recorded = false;
  text_free(&explain->text);
  bool fine = vm_protect(explain->vm, record_body, explain, diag);
  outside_restore(&explain->outside);
  formulas_free(explain->formulas);
  explain->formulas = NULL;
  for (int i = 0; i < explain->count; i++) value_release(explain->vm, explain->given[i]);
  memset(explain->given, 0, sizeof explain->given);
  return fine;
}
