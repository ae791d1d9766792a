/* measure.c — the metrics of an epoch over all its rows; see measure.h.
 *
 * The expressions are recorded twice: in the step, for the rows of a minibatch, and here for all
 * rows of the epoch, with types alone. runtime/graph/rows.c compares the two.  The walk starts at
 * each metric and ends at nodes that are row-wise or reduce over rows; these are collected from the
 * minibatches.  The nodes above them need all rows at once: at the end of the epoch the collected
 * values are put into the second recording, and the metric is computed there.  So means of
 * minibatches are never averaged, and a metric needs no more memory than necessary.  If the epoch
 * was cut short, the second recording is repeated for the rows seen.
 *
 * The output of a model counts as row-wise whatever happens inside (BatchNorm's means, an attention
 * over the batch): a metric is a function of outputs, and these are the outputs at the time of the
 * minibatch.  If rows are combined before they reach the model, these are outputs of other inputs
 * than those of the whole: that is reported.
 *
 * A number without rows that changes with the steps is averaged, weighted by rows, so a metric that
 * repeats a loss with a penalty is the epoch's loss.
 *
 * A metric that branches on data (`if tp == 0 { 0 } else …`) is recorded until it needs a value.
 * The nodes kept are the boundary of what changes with the steps: outputs of models, and row-wise
 * values that depend on a param (x @ w).  At the end of the epoch the expression is evaluated
 * again, as code, in a recording where those nodes have the kept values and columns have the rows
 * seen, so it branches on these.  A metric that needs a param besides is an error: the param has
 * changed since (in a validation it has not, and may be read).
 *
 * Not supported: a metric that needs a changing tensor without rows together with all rows
 * (`mean(x, axis: 0) @ w`), refused when the first step is recorded, by `gd check` too; and one
 * that branches and then calls a model for the first time, refused at the end of the epoch.
 */
#include "lang/step/measure.h"

#include "lang/eval/assign.h"
#include "lang/eval/call.h"
#include "lang/eval/eval.h"
#include "lang/gradients/custom.h"
#include "lang/machine/frame.h"
#include "lang/machine/list.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/step/measure_study.h"
#include "lang/step/step.h"
#include "lang/tensors/trace_param.h"
#include "lang/tensors/trace_value.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* ---- the metrics in a recording ---- */

/* The nodes that a value has. */
static void mark(Vm *vm, MetricNodes *nodes, Value value) {
  if (value.kind == KIND_TUPLE)
    for (int i = 0; i < value.tuple->count; i++) mark(vm, nodes, value.tuple->items[i]);
  if (value.kind == KIND_LIST)
    for (int64_t i = 0; i < value.list->count; i++) mark(vm, nodes, value.list->items[i]);
  if (value.kind != KIND_TENSOR || !value.tensor->node || !vm->trace ||
      value.tensor->trace != vm->trace->serial)
    return;
  int count = nodes->count;
  if ((count & (count - 1)) == 0) {
    NodeId *more = arena_alloc(&vm->trace->graph.arena,
                               (size_t)(count ? 2 * count : 1) * sizeof(NodeId));
    if (count) memcpy(more, nodes->items, (size_t)count * sizeof(NodeId));
    nodes->items = more;
  }
  nodes->items[nodes->count++] = value.tensor->node;
}

static void model_gave(Vm *vm, const ModelObject *model, const Value *args, int count,
                       Value result) {
  Recorded *recorded = vm->outputs;
  (void)model;
  for (int i = 0; i < count && vm->calling == recorded->calling; i++)
    mark(vm, &recorded->inputs, args[i]);
  mark(vm, &recorded->outputs, result);
}

typedef struct Recording {
  Frame *frame;
  const Ast *expression;
  NodeId node; /* output */
} Recording;

static void record_metric(Vm *vm, void *context) {
  Recording *recording = context;
  vm->current_span = recording->expression->span;
  vm->trace->place = 0;
  Value value = eval(vm, recording->frame, recording->expression);
  recording->node = trace_operand(vm->trace, value, recording->expression->span);
  value_release(vm, value);
}

/* Evaluates it and collects the outputs of models. */
static bool record_heard(Vm *vm, Recording *recording, Recorded *recorded, Diag *diag) {
  Recorded *before = vm->outputs;
  ModelHeard *heard = vm->on_model_call;
  int staged = trace_savepoint(vm->trace);
  recorded->calling = vm->calling;
  vm->outputs = recorded;
  vm->on_model_call = model_gave;
  diag_clear(diag);
  bool fine = vm_protect(vm, record_metric, recording, diag);
  vm->on_model_call = heard;
  vm->outputs = before;
  trace_rollback(vm->trace, staged);
  return fine;
}

/* Every minibatch and part records the metrics, also one with few rows. */
static void note_part(const Recorded *recorded, const Trace *trace, Span span, Diag *diag) {
  if (trace->abstract || !recorded->column_count || diag->silent) return;
  int64_t rows = graph_node(&trace->graph, recorded->columns[0])->type.shape.dim[0];
  if (diag->note_count < DIAG_NOTES)
    diag_note(diag, span,
              "in a minibatch or part of %lld row%s: an epoch collects the metric's "
              "values from all of them",
              (long long)rows, rows == 1 ? "" : "s");
  if (!diag->help[0])
    diag_help(diag, "another `batch:`, of which no smaller rest is left, or fewer `shards:`");
}

void measure_record(Vm *vm, Frame *frame, const Metric *metrics, int count, Recorded *recorded) {
  Trace *trace = vm->trace;
  for (int i = 0; i < count; i++) {
    Recording recording = {.frame = frame, .expression = metrics[i].expression};
    Diag diag;
    recorded->outputs.first[i] = recorded->outputs.count;
    recorded->inputs.first[i] = recorded->inputs.count;
    trace->asked = 0;
    trace->hollow = true;
    bool fine = record_heard(vm, &recording, recorded, &diag);
    trace->hollow = false;
    recorded->decides[i] = !fine && trace->asked;
    recorded->roots[i] = fine ? recording.node : trace->asked;
    if (fine || trace->asked) continue;
    note_part(recorded, trace, metrics[i].expression->span, &diag);
    raise_diag(vm, &diag);
  }
  recorded->outputs.first[count] = recorded->outputs.count;
  recorded->inputs.first[count] = recorded->inputs.count;
}

/* ---- recording for so many rows ---- */

/* The values of the pattern's names, saved while another recording binds them. */
typedef struct SavedNames {
  Value *values; /* owned; held */
  int count;
} SavedNames;

static void keep_names(Vm *vm, const Measure *measure, const Ast *pattern, SavedNames *saved) {
  for (uint32_t i = 0; !pattern->text && i < pattern->count; i++)
    keep_names(vm, measure, pattern->items[i], saved);
  if (!pattern->text || name_is_blank(pattern->text)) return;
  saved->values = mem_grow(saved->values, ((size_t)saved->count + 1) * sizeof(Value));
  saved->values[saved->count++] = value_retain(*variable_at(vm, measure->frame, pattern));
}

static void restore_names(Vm *vm, const Measure *measure, const Ast *pattern, SavedNames *saved) {
  for (uint32_t i = pattern->text ? 0 : pattern->count; i-- > 0;)
    restore_names(vm, measure, pattern->items[i], saved);
  if (pattern->text && !name_is_blank(pattern->text))
    frame_set(vm, measure->frame, pattern->place, pattern->slot, saved->values[--saved->count]);
}

/* A recording for other rows than those of the step. */
typedef struct Retake {
  Measure *measure;
  int64_t rows;
  Trace *trace;       /* output; detached by the caller */
  Recorded *recorded; /* output */
  void (*body)(Vm *vm, struct Retake *retake);
} Retake;

static void bind_columns(Vm *vm, const Retake *retake) {
  const Measure *measure = retake->measure;
  Recorded *recorded = retake->recorded;
  Value row = value_tuple(vm, measure->column_count);
  recorded->column_count = measure->column_count;
  for (int i = 0; i < measure->column_count; i++) {
    Type type = measure->columns[i];
    type.shape.dim[0] = retake->rows;
    recorded->columns[i] = trace_abstract(retake->trace, &type);
    trace_binding(retake->trace, recorded->columns[i])->probable = measure->probable[i];
    row.tuple->items[i] = trace_result(retake->trace, recorded->columns[i]);
  }
  Value bound = measure->column_count == 1 ? value_retain(row.tuple->items[0]) : value_retain(row);
  eval_bind(vm, measure->frame, measure->pattern, bound);
  value_release(vm, bound);
  value_release(vm, row);
}

static void retake_body(Vm *vm, void *context) {
  Retake *retake = context;
  Span span = retake->measure->metrics[0].expression->span;
  Trace *trace = retake->trace = trace_open(vm, span, NULL);
  trace->graph.custom = custom_backward;
  trace->graph.custom_context = vm;
  Type key = {.dtype = DTYPE_I32, .shape = {.rank = 1, .dim = {4}}};
  trace->graph.span = span;
  trace->key = trace_abstract(trace, &key);
  *retake->recorded = (Recorded){0};
  bind_columns(vm, retake);
  vm->training = retake->measure->training;
  retake->body(vm, retake);
}

/* Runs the body in a recording of its own, and restores the pattern's names. */
static bool retake(Vm *vm, Retake *retake, Diag *diag) {
  bool training = vm->training;
  SavedNames saved = {0};
  keep_names(vm, retake->measure, retake->measure->pattern, &saved);
  diag_clear(diag);
  bool fine = vm_protect(vm, retake_body, retake, diag);
  vm->training = training;
  restore_names(vm, retake->measure, retake->measure->pattern, &saved);
  mem_free(saved.values);
  return fine;
}

static void types_body(Vm *vm, Retake *retake) {
  const Measure *measure = retake->measure;
  Trace *trace = retake->trace;
  trace->abstract = true;
  measure_record(vm, measure->frame, measure->metrics, measure->metric_count, retake->recorded);
  for (int i = 0; i < measure->metric_count; i++) {
    if (!retake->recorded->decides[i] &&
        graph_node(&trace->graph, retake->recorded->roots[i])->type.shape.rank > 0)
      raise_at(vm, measure->metrics[i].expression->span,
               "over all rows of the epoch this metric is not one number");
  }
  trace_detach(vm, trace);
}

static void note_rows(const Measure *measure, int64_t rows, Diag *diag) {
  if (diag->note_count < DIAG_NOTES && !diag->silent)
    diag_note(diag, measure->metrics[0].expression->span,
              "a metric of an epoch is computed over all its rows at once, here %lld",
              (long long)rows);
}

/* The metrics as types, for so many rows: a detached trace. */
static Trace *record(Vm *vm, Measure *measure, int64_t rows, Recorded *recorded) {
  Retake take = {.measure = measure, .rows = rows, .recorded = recorded, .body = types_body};
  Diag diag;
  if (retake(vm, &take, &diag)) return take.trace;
  note_rows(measure, rows, &diag);
  raise_diag(vm, &diag);
}

static bool like_each_other(const Recorded *a, const Recorded *b, int metrics) {
  bool same = a->outputs.count == b->outputs.count && a->column_count == b->column_count;
  for (int i = 0; i < metrics; i++)
    same = same && a->decides[i] == b->decides[i] && a->outputs.first[i] == b->outputs.first[i];
  return same;
}

static NORETURN void raise_form(Vm *vm, const Measure *measure, int64_t rows) {
  raise_at(vm, measure->metrics[0].expression->span,
           "the form of these metrics depends on the number of rows: for %lld it is another than "
           "for %lld",
           (long long)rows, (long long)measure->rows);
}

/* ---- what was met under another recording, or is in a checkpoint ---- */

static bool alike(const Taken *a, const Taken *b) {
  return a->kind == b->kind && a->op == b->op && a->axis == b->axis && a->block == b->block &&
         a->type.dtype == b->type.dtype && shape_equal(&a->type.shape, &b->type.shape);
}

/* Variables read by a metric may change during an epoch, but not what must be kept of it. */
static void adopt(Vm *vm, Measure *measure, Taken *taken, int count) {
  bool same = count == measure->count;
  for (int i = 0; same && i < count; i++) same = alike(&taken[i], &measure->taken[i]);
  if (!same && measure->met > 0 && measure->studied) {
    measure_study_free(taken, count);
    raise_at(vm, measure->metrics[0].expression->span,
             "the metrics took another form within an epoch");
  }
  for (int i = 0; same && i < count; i++) {
    Taken *old = &measure->taken[i], now = taken[i];
    taken[i].sums = old->sums, taken[i].marked = old->marked, taken[i].rows = old->rows;
    old->sums = now.sums, old->marked = now.marked, old->rows = now.rows;
  }
  measure_study_free(measure->taken, measure->count);
  measure->taken = taken;
  measure->count = count;
}

static Shape shape_of_rows(const Taken *taken, int64_t rows) {
  Shape shape = taken->type.shape;
  if (taken->kind == TAKE_ROWS) shape.dim[taken->axis] = rows * taken->block;
  return shape;
}

/* Copies `rows` rows between a minibatch's tensor and the storage for all rows, from row `at`
 * on. */
static void copy_rows(const Taken *taken, const Tensor *part, int64_t at, int64_t rows, bool in) {
  int64_t outer = 1;
  for (int i = 0; i < taken->axis; i++) outer *= taken->type.shape.dim[i];
  size_t all = outer ? tensor_bytes(&taken->rows) / (size_t)outer : 0,
         some = outer ? tensor_bytes(part) / (size_t)outer : 0;
  size_t row = rows ? some / (size_t)rows : 0;
  for (int64_t i = 0; i < outer; i++) {
    char *there = (char *)tensor_data(&taken->rows) + (size_t)i * all + (size_t)at * row,
         *here = (char *)tensor_data(part) + (size_t)i * some;
    memcpy(in ? there : here, in ? here : there, some);
  }
}

/* ---- the face ---- */

static void study_whole(Vm *vm, Measure *measure, const Trace *part, const Recorded *recorded,
                        int64_t rows) {
  int count;
  measure->whole = record(vm, measure, measure->rows, &measure->recorded);
  if (!like_each_other(&measure->recorded, recorded, measure->metric_count))
    raise_form(vm, measure, rows);
  Taken *taken = measure_study_run(vm, measure, part, recorded, rows, &count);
  measure_study_tell(vm, measure, part, recorded, rows);
  adopt(vm, measure, taken, count);
  measure->studied = true;
}

static bool fits_part(const Taken *taken, const Node *node, int64_t rows) {
  Shape shape = shape_of_rows(taken, rows);
  if (taken->kind == TAKE_FOLD && node->op != taken->op) return false;
  return node->type.dtype == taken->type.dtype && shape_equal(&shape, &node->type.shape);
}

/* By node of the whole recording, the matching node of another one. */
static NodeId *pair_with(const Measure *measure, const Trace *other, const Recorded *recorded) {
  int count, twins;
  NodeId *pairs = mem_alloc(measure->whole->graph.count * sizeof(NodeId));
  NodeId *of_whole = measure_study_nodes(&measure->recorded, measure->metric_count, &count),
         *of_other = measure_study_nodes(recorded, measure->metric_count, &twins);
  rows_twins(&measure->whole->graph, &other->graph, of_whole, of_other, count, pairs);
  mem_free(of_whole);
  mem_free(of_other);
  return pairs;
}

/* The nodes of another recording that correspond to those collected. */
static void find_in(Vm *vm, const Measure *measure, const Trace *other, const Recorded *recorded,
                    int64_t rows, NodeId *nodes) {
  if (!like_each_other(&measure->recorded, recorded, measure->metric_count))
    raise_form(vm, measure, rows);
  NodeId *pairs = pair_with(measure, other, recorded);
  bool fits = true;
  for (int i = 0; i < measure->count; i++) {
    nodes[i] = pairs[measure->taken[i].node];
    fits = fits && nodes[i] &&
           fits_part(&measure->taken[i], graph_node(&other->graph, nodes[i]), rows);
  }
  mem_free(pairs);
  if (!fits) raise_form(vm, measure, rows);
}

static void surround(Measure *measure, const StepContext *context) {
  measure->frame = context->frame;
  measure->pattern = context->pattern;
  measure->metrics = context->metrics;
  measure->metric_count = context->metric_count;
  measure->column_count = context->column_count;
  measure->source = context->source;
  for (int i = 0; i < context->column_count; i++) {
    measure->columns[i] = (Type){.dtype = context->columns[i].dtype,
                                 .shape = context->columns[i].shape};
    measure->probable[i] = context->probable[i];
  }
}

int measure_find(Vm *vm, Measure *measure, const StepContext *context, Trace *part,
                 const Recorded *recorded, int64_t rows, NodeId **nodes) {
  surround(measure, context);
  if (!measure->whole) study_whole(vm, measure, part, recorded, rows);
  *nodes = arena_alloc(&part->graph.arena, (size_t)(measure->count + 1) * sizeof(NodeId));
  find_in(vm, measure, part, recorded, rows, *nodes);
  return measure->count;
}

/* ---- gd check ---- */

typedef struct Checking {
  Measure *measure;
  int64_t rows;
  Trace *part; /* output; detached */
} Checking;

static void checking_body(Vm *vm, void *context) {
  Checking *checking = context;
  Recorded recorded;
  checking->part = record(vm, checking->measure, checking->rows, &recorded);
  study_whole(vm, checking->measure, checking->part, &recorded, checking->rows);
}

void measure_check(Vm *vm, Measure *measure, const StepContext *context, int64_t rows) {
  Checking checking = {.measure = measure, .rows = rows};
  Diag diag;
  surround(measure, context);
  diag_clear(&diag);
  bool fine = vm_protect(vm, checking_body, &checking, &diag);
  if (checking.part) trace_recycle(vm, checking.part);
  measure_reset_recording(vm, measure);
  if (!fine && !diag_unknown(&diag) && !diag_ended(&diag)) raise_diag(vm, &diag);
}

/* ---- what was met ---- */

static void add_numbers(Taken *taken, const Tensor *value, bool first, double rows) {
  int64_t count = tensor_count(value);
  for (int64_t i = 0; i < count; i++) {
    double number = tensor_get(value, i);
    if (taken->kind == TAKE_MEAN) number *= rows;
    if (first) taken->sums[i] = number;
    else if (taken->kind == TAKE_MEAN) taken->sums[i] += number;
    else taken->sums[i] = rows_merge(taken->op, taken->sums[i], number);
  }
}

void measure_add(Measure *measure, const Tensor *taken, int64_t rows) {
  for (int i = 0; i < measure->count; i++) {
    if (measure->taken[i].kind == TAKE_ROWS)
      copy_rows(&measure->taken[i], &taken[i], measure->met, rows, true);
    else add_numbers(&measure->taken[i], &taken[i], measure->met == 0, (double)rows);
  }
  measure->met += rows;
}

void measure_mark(Measure *measure) {
  measure->marked = measure->met;
  for (int i = 0; i < measure->count; i++) {
    Taken *taken = &measure->taken[i];
    if (taken->kind == TAKE_ROWS) continue;
    if (!taken->marked) taken->marked = mem_alloc(measure_study_sums_bytes(taken) + 1);
    memcpy(taken->marked, taken->sums, measure_study_sums_bytes(taken));
  }
}

void measure_back(Measure *measure) {
  measure->met = measure->marked;
  for (int i = 0; i < measure->count && measure->met > 0; i++)
    if (measure->taken[i].marked)
      memcpy(measure->taken[i].sums, measure->taken[i].marked,
             measure_study_sums_bytes(&measure->taken[i]));
}

/* The collected value of a node, over the rows seen. */
static Tensor value_met(Vm *vm, const Measure *measure, const Taken *taken) {
  Tensor value;
  Diag diag;
  diag_clear(&diag);
  if (taken->kind == TAKE_ROWS && measure->met == measure->rows) return tensor_retain(&taken->rows);
  Shape shape = shape_of_rows(taken, measure->met);
  if (!tensor_new(&value, taken->type.dtype, &shape, &diag)) raise_diag(vm, &diag);
  if (taken->kind == TAKE_ROWS) {
    copy_rows(taken, &value, 0, measure->met, false);
    return value;
  }
  int64_t count = tensor_count(&value);
  for (int64_t i = 0; i < count; i++) {
    double number = taken->kind == TAKE_MEAN ? taken->sums[i] / (double)measure->met
                                             : taken->sums[i];
    if (value.dtype == DTYPE_I32 && fabs(number) > INT32_MAX) {
      tensor_release(&value);
      raise_at(vm, taken->span, "over all rows of the epoch this does not fit i32");
    }
    tensor_set(&value, i, number);
  }
  return value;
}

/* The value of a metric that is a collected number itself: not rounded to the dtype of its node. */
static bool met_itself(const Measure *measure, NodeId root, double *value) {
  for (int i = 0; i < measure->count; i++) {
    const Taken *taken = &measure->taken[i];
    if (taken->node != root || taken->kind != TAKE_MEAN) continue;
    *value = taken->sums[0] / (double)measure->met;
    return true;
  }
  return false;
}

typedef struct Working {
  Measure *measure;
  Trace *trace; /* for the rows seen; detached */
  Recorded recorded;
  NodeId *nodes; /* the collected ones; owned */
} Working;

static void raise_over_rows(Vm *vm, const Measure *measure, int metric, Diag *diag) {
  Span span = measure->metrics[metric].expression->span;
  if (!diag->span.file) diag->span = span;
  if (diag->note_count < DIAG_NOTES && !diag->silent)
    diag_note(diag, span, "when this metric is computed over %lld rows", (long long)measure->met);
  raise_diag(vm, diag);
}

static void work_out(Vm *vm, Working *working) {
  Measure *measure = working->measure;
  Values *values = &working->trace->values;
  Diag diag;
  diag_clear(&diag);
  for (int i = 0; i < measure->count; i++) {
    /* a metric by itself */
    bool mean = measure->taken[i].kind == TAKE_MEAN && !dtype_floats(measure->taken[i].type.dtype);
    if (!mean) values_set(values, working->nodes[i], value_met(vm, measure, &measure->taken[i]));
  }
  for (int i = 0; i < measure->metric_count; i++) {
    if (measure->recorded.decides[i] ||
        met_itself(measure, measure->recorded.roots[i], &measure->values[i]))
      continue;
    const Tensor *value = values_get(values, working->recorded.roots[i], &diag);
    if (!value) raise_over_rows(vm, measure, i, &diag);
    measure->values[i] = tensor_get(value, 0);
  }
}

static void record_met(Vm *vm, Working *working) {
  Measure *measure = working->measure;
  if (measure->met == measure->rows) {
    working->trace = measure->whole;
    working->recorded = measure->recorded;
    for (int i = 0; i < measure->count; i++) working->nodes[i] = measure->taken[i].node;
    return;
  }
  working->trace = record(vm, measure, measure->met, &working->recorded);
  find_in(vm, measure, working->trace, &working->recorded, measure->met, working->nodes);
}

/* A metric that branches: evaluated again as code, in a recording where the kept nodes have their
 * values from the first branch on. */
typedef struct Deciding {
  Replay replay; /* the first field: the argument of `ready` */
  Measure *measure;
  int metric;
  Recorded recorded; /* of this metric alone, as if it were the only one */
  bool prepared;
  Diag short_of; /* output, if there is no memory for a column */
  double value;  /* output */
} Deciding;

/* The column that is INPUT `number` (0 is the key), its rows in the order in which they were
 * seen. */
static Tensor fetch_column(Replay *replay, int64_t number) {
  Deciding *deciding = (Deciding *)replay;
  const Measure *measure = deciding->measure;
  if (number < 1 || number > measure->column_count || !measure->source) return (Tensor){0};
  const Tensor *from = &measure->source->columns[number - 1];
  const RowSource *source = measure->source;
  int64_t rows = measure->met, first = measure->source->end - rows;
  Shape shape = from->shape;
  Tensor column;
  size_t row = tensor_bytes(from) / (size_t)shape.dim[0];
  int64_t elements = tensor_count(from) / shape.dim[0];
  shape.dim[0] = rows;
  if (!source->order && !source->keyed) return tensor_view(from, &shape, first * elements);
  if (!tensor_new(&column, from->dtype, &shape, &deciding->short_of)) return (Tensor){0};
  for (int64_t i = 0; i < rows; i++)
    memcpy((char *)tensor_data(&column) + (size_t)i * row,
           (const char *)tensor_data(from) + (size_t)feed_row(source, first + i) * row, row);
  return column;
}

static void give_values(Replay *replay, Trace *trace, NodeId asked) {
  Deciding *deciding = (Deciding *)replay;
  Measure *measure = deciding->measure;
  if (deciding->prepared) return;
  deciding->prepared = true;
  const Recorded *all = &measure->recorded;
  Recorded only = *all;
  only.roots[0] = all->roots[deciding->metric];
  const int *first = all->outputs.first + deciding->metric;
  if (all->outputs.count) only.outputs.items = all->outputs.items + first[0];
  only.outputs.count = first[1] - first[0];
  deciding->recorded.roots[0] = asked;
  if (deciding->recorded.outputs.count != only.outputs.count)
    raise_form(trace->vm, measure, measure->met);
  int count, twins;
  NodeId *pairs = mem_alloc(measure->whole->graph.count * sizeof(NodeId));
  NodeId *of_whole = measure_study_nodes(&only, 1, &count),
         *of_replay = measure_study_nodes(&deciding->recorded, 1, &twins);
  rows_twins(&measure->whole->graph, &trace->graph, of_whole, of_replay, count, pairs);
  for (int i = 0; i < measure->count; i++) {
    NodeId node = pairs[measure->taken[i].node];
    if (node && measure->taken[i].kind == TAKE_ROWS &&
        fits_part(&measure->taken[i], graph_node(&trace->graph, node), measure->met))
      values_set(&trace->values, node, value_met(trace->vm, measure, &measure->taken[i]));
  }
  mem_free(of_whole);
  mem_free(of_replay);
  mem_free(pairs);
}

static void replay_body(Vm *vm, Retake *retake) {
  Deciding *deciding = (Deciding *)((char *)retake->recorded - offsetof(Deciding, recorded));
  Trace *trace = retake->trace;
  const Ast *expression = deciding->measure->metrics[deciding->metric].expression;
  Recording recording = {.frame = deciding->measure->frame, .expression = expression};
  Diag diag;
  trace->replay = &deciding->replay;
  bool fine = record_heard(vm, &recording, retake->recorded, &diag);
  if (fine && graph_node(&trace->graph, recording.node)->type.shape.rank > 0)
    raise_at(vm, expression->span, "over all rows of the epoch this metric is not one number");
  if (fine) give_values(&deciding->replay, trace, recording.node);
  const Tensor *value = fine ? values_get(&trace->values, recording.node, &diag) : NULL;
  if (value) deciding->value = tensor_get(value, 0);
  else if (deciding->short_of.status)
    raise_over_rows(vm, deciding->measure, deciding->metric, &deciding->short_of);
  else if (deciding->replay.missing)
    measure_study_refuse(vm, deciding->measure, trace, deciding->metric, deciding->replay.missing);
  else raise_over_rows(vm, deciding->measure, deciding->metric, &diag);
  trace_close(vm, trace);
}

static double decided_value(Vm *vm, Measure *measure, int metric) {
  Deciding deciding = {
      .replay = {.ready = give_values, .fetch = fetch_column, .steady = !measure->training},
      .measure = measure,
      .metric = metric};
  Retake take = {.measure = measure,
                 .rows = measure->met,
                 .recorded = &deciding.recorded,
                 .body = replay_body};
  Diag diag;
  if (!retake(vm, &take, &diag)) raise_diag(vm, &diag);
  return deciding.value;
}

static void values_body(Vm *vm, void *context) {
  Working *working = context;
  Measure *measure = working->measure;
  record_met(vm, working);
  work_out(vm, working);
  for (int i = 0; i < measure->metric_count; i++)
    if (measure->recorded.decides[i]) measure->values[i] = decided_value(vm, measure, i);
}

const double *measure_values(Vm *vm, Measure *measure) {
  if (measure->valued == measure->met && measure->met > 0) return measure->values;
  Working working = {.measure = measure,
                     .nodes = mem_alloc(((size_t)measure->count + 1) * sizeof(NodeId))};
  Diag diag;
  diag_clear(&diag);
  for (int i = 0; i < METRICS_MOST; i++) measure->values[i] = (double)NAN;
  bool fine = measure->met == 0 || vm_protect(vm, values_body, &working, &diag);
  if (working.trace && working.trace == measure->whole) values_reset(&working.trace->values);
  else if (working.trace) trace_recycle(vm, working.trace);
  mem_free(working.nodes);
  if (!fine) raise_diag(vm, &diag);
  measure->valued = measure->met;
  return measure->values;
}

void measure_clear(Measure *measure) {
  measure->met = 0;
  measure->valued = 0;
}

void measure_reset_recording(Vm *vm, Measure *measure) {
  if (measure->whole) trace_recycle(vm, measure->whole);
  measure->whole = NULL;
}

void measure_free(Vm *vm, Measure *measure) {
  measure_reset_recording(vm, measure);
  measure_study_free(measure->taken, measure->count);
  *measure = (Measure){0};
}

/* ---- checkpoints ---- */

Tensor measure_kept(Vm *vm, const Measure *measure, int number) {
  const Taken *taken = &measure->taken[number];
  if (taken->kind == TAKE_ROWS) return value_met(vm, measure, taken);
  Tensor tensor;
  Diag diag;
  diag_clear(&diag);
  if (!tensor_new(&tensor, DTYPE_F64, &taken->type.shape, &diag)) raise_diag(vm, &diag);
  memcpy(tensor_data(&tensor), taken->sums, tensor_bytes(&tensor));
  return tensor;
}

Type measure_kept_type(const Measure *measure, int number, int64_t met) {
  const Taken *taken = &measure->taken[number];
  return (Type){.dtype = taken->kind == TAKE_ROWS ? taken->type.dtype : DTYPE_F64,
                .shape = shape_of_rows(taken, met)};
}

void measure_take_up(Measure *measure, int number, const Tensor *kept, int64_t met) {
  Taken *taken = &measure->taken[number];
  if (taken->kind == TAKE_ROWS) copy_rows(taken, kept, 0, met, true);
  else memcpy(taken->sums, tensor_data(kept), tensor_bytes(kept));
}

void measure_known(Measure *measure, const double *values, int64_t met) {
  memcpy(measure->values, values, sizeof measure->values);
  measure->met = measure->valued = met;
}

void measure_go_on(Measure *measure, int64_t met) {
  measure->met = met;
  measure->valued = 0;
  measure_mark(measure);
}
