/* measure_study.c — finds the values of a minibatch that the metrics of an epoch need: compares the
 * two recordings of measure.c.
 *
 * The walk starts at each metric of the recording over all rows and ends at nodes that are
 * row-wise, that reduce over rows, or that are numbers without rows: these are collected (Taken),
 * each with storage for an epoch.  What needs all rows at once is visited further down.  A leaf
 * that changes with the steps ends the walk with an error that says what is needed and where.
 *
 * A metric that branches on data has no recording of what follows its branch; look_at_edges keeps
 * for it the boundary of what changes with the steps.
 */
#include "lang/step/measure_study.h"

#include "runtime/compute.h"

#include <stdio.h>
#include <string.h>

NodeId *measure_study_nodes(const Recorded *recorded, int metrics, int *count) {
  NodeId *nodes = mem_alloc(
      (size_t)(metrics + recorded->outputs.count + recorded->column_count + 1) * sizeof(NodeId));
  *count = 0;
  for (int i = 0; i < metrics; i++) nodes[(*count)++] = recorded->roots[i];
  for (int i = 0; i < recorded->outputs.count; i++) nodes[(*count)++] = recorded->outputs.items[i];
  for (int i = 0; i < recorded->column_count; i++) nodes[(*count)++] = recorded->columns[i];
  return nodes;
}

typedef struct Study {
  Vm *vm;
  Measure *measure;
  const Trace *part;
  RowsFact *facts; /* by node of the whole recording; owned */
  Taken *taken;    /* owned */
  int count;
  bool *seen;         /* by node; owned */
  const bool *opaque; /* by node: is it a model's output? */
  NodeId *stack;      /* owned */
  uint32_t depth, capacity;
  int metric; /* the current one */
} Study;

static bool same_elements(const Tensor *a, const Tensor *b) {
  if (!a->buffer || !b->buffer || a->dtype != b->dtype || !shape_equal(&a->shape, &b->shape))
    return false;
  return (a->buffer == b->buffer && a->offset == b->offset) ||
         !memcmp(tensor_data(a), tensor_data(b), tensor_bytes(a));
}

static const Binding *binding_of(const Trace *trace, NodeId node) {
  return &trace->bindings[graph_node(&trace->graph, node)->attrs[0]];
}

static int column_of(const Measure *measure, const Binding *binding) {
  int64_t number = binding - measure->whole->bindings; /* the key is number 0, then the columns */
  return number >= 1 && number <= measure->column_count ? (int)number - 1 : -1;
}

static void leaf(const RowsStudy *rows, NodeId whole, NodeId part, RowsFact *fact) {
  const Study *study = rows->context;
  const Binding *binding = binding_of(study->measure->whole, whole);
  fact->known = false;
  if (column_of(study->measure, binding) >= 0) {
    *fact = (RowsFact){.way = ROWS_BY, .axis = 0, .block = 1};
  } else if (binding->kind == BINDING_TENSOR && binding->constant) {
    const Node *twin = part ? graph_node(&study->part->graph, part) : NULL;
    bool same = twin && twin->leaf == LEAF_INPUT &&
                same_elements(&binding->tensor, &binding_of(study->part, part)->tensor);
    fact->known = true;
    fact->way = same ? ROWS_FREE : ROWS_ACROSS;
  }
}

NORETURN void measure_study_refuse(Vm *vm, const Measure *measure, const Trace *trace, int metric,
                                   NodeId node) {
  const Node *input = graph_node(&trace->graph, node);
  bool decides = measure->recorded.decides[metric];
  Span span = measure->metrics[metric].expression->span;
  char what[120] = "something that changes with every step";
  if (input->leaf == LEAF_INPUT) {
    const Binding *binding = binding_of(trace, node);
    int64_t column = binding - trace->bindings; /* the key is number 0, then the columns */
    const char *name = binding->kind == BINDING_PARAM ? binding->param->name : NULL;
    if (name)
      text_print(what, sizeof what, "the whole of `%.64s`, which changes with every step", name);
    else if (binding->kind == BINDING_PARAM)
      snprintf(what, sizeof what, "a whole param, which changes with every step");
    else if (node == trace->key)
      snprintf(what, sizeof what, "random draws that are not made row by row");
    else if (column >= 1 && column <= measure->column_count)
      snprintf(what, sizeof what, "data in a form that depends on the number of rows");
  }
  Diag diag = {0};
  diag_fail(
      &diag, STATUS_FAILED, span,
      decides
          ? "this metric cannot be computed over an epoch: after branching on a value it needs %s"
          : "this metric cannot be computed over an epoch: together with all its rows it needs %s",
      what);
  diag_help(&diag,
            decides
                ? "compute what it needs of each row first (a model's output, x @ w), then branch"
                : "compute what is needed of each row first (a model's output, x @ w), and the "
                  "metric from that");
  if (input->span.file && (input->span.file != span.file || input->span.start < span.start ||
                           input->span.end > span.end))
    diag_note(&diag, input->span, "needed here");
  raise_diag(vm, &diag);
}

static void push(Study *study, NodeId node) {
  if (study->seen[node]) return;
  study->seen[node] = true;
  if (study->depth == study->capacity) {
    study->capacity = study->capacity ? 2 * study->capacity : 64;
    study->stack = mem_grow(study->stack, study->capacity * sizeof(NodeId));
  }
  study->stack[study->depth++] = node;
}

static void take(Study *study, NodeId id, TakeKind kind) {
  const Node *node = graph_node(&study->measure->whole->graph, id);
  const RowsFact *fact = &study->facts[id];
  if ((study->count & (study->count - 1)) == 0)
    study->taken = mem_grow(study->taken,
                            (size_t)(study->count ? 2 * study->count : 1) * sizeof(Taken));
  study->taken[study->count++] = (Taken){.kind = kind,
                                         .node = id,
                                         .op = node->op,
                                         .axis = fact->axis,
                                         .block = fact->block,
                                         .type = node->type,
                                         .span = node->span};
}

/* Collects a node, or visits its inputs. */
static void look_at(Study *study, NodeId id) {
  const Node *node = graph_node(&study->measure->whole->graph, id);
  const RowsFact *fact = &study->facts[id];
  if (fact->known) return;
  if (fact->twin && fact->way == ROWS_BY) {
    take(study, id, TAKE_ROWS);
  } else if (fact->twin && fact->way == ROWS_FOLD) {
    take(study, id, TAKE_FOLD);
  } else if (fact->twin && fact->way == ROWS_FREE && node->type.shape.rank == 0 &&
             dtype_floats(node->type.dtype)) {
    take(study, id, TAKE_MEAN);
  } else {
    int count = graph_value_inputs(node);
    if (count == 0)
      measure_study_refuse(study->vm, study->measure, study->measure->whole, study->metric, id);
    for (int i = count; i-- > 0;) push(study, node->inputs[i]);
  }
}

/* A metric without rows is averaged over the steps, whatever its dtype; inside another metric only
 * floats can be. */
static void look_at_root(Study *study, NodeId root) {
  const Node *node = graph_node(&study->measure->whole->graph, root);
  const RowsFact *fact = &study->facts[root];
  if (study->seen[root]) return;
  if (!fact->known && fact->twin && fact->way == ROWS_FREE && !dtype_floats(node->type.dtype)) {
    take(study, root, TAKE_MEAN);
    return;
  }
  study->seen[root] = true;
  look_at(study, root);
}

size_t measure_study_sums_bytes(const Taken *taken) {
  return (size_t)shape_count(&taken->type.shape) * sizeof(double);
}

static void room_for_rows(Study *study) {
  Diag diag;
  diag_clear(&diag);
  for (int i = 0; i < study->count; i++) {
    Taken *taken = &study->taken[i];
    if (taken->kind != TAKE_ROWS) {
      taken->sums = mem_zero(measure_study_sums_bytes(taken) + 1);
      continue;
    }
    if (tensor_new(&taken->rows, taken->type.dtype, &taken->type.shape, &diag)) continue;
    if (!diag.span.file) diag.span = taken->span;
    if (diag.note_count < DIAG_NOTES)
      diag_note(&diag, study->measure->metrics[0].expression->span,
                "the metrics need this of every row of the epoch");
    raise_diag(study->vm, &diag);
  }
}

void measure_study_free(Taken *taken, int count) {
  for (int i = 0; i < count; i++) {
    mem_free(taken[i].sums);
    mem_free(taken[i].marked);
    tensor_release(&taken[i].rows);
  }
  mem_free(taken);
}

/* ---- a metric that decides from data ---- */

/* By node, for one metric that branches. */
typedef struct Edges {
  bool *mine;  /* part of the metric (as recorded before its branch) */
  bool *edge;  /* row-wise, and changing with the steps below it: a model's output, x @ w */
  bool *inner; /* below an edge */
  bool *used;  /* read by a node that is neither */
} Edges;

static bool changes(const Study *study, NodeId id) {
  const RowsFact *fact = &study->facts[id];
  return fact->way == ROWS_FREE && !fact->known;
}

static void find_mine(const Study *study, Edges *edges) {
  const Recorded *recorded = &study->measure->recorded;
  const Graph *graph = &study->measure->whole->graph;
  edges->mine[recorded->roots[study->metric]] = true;
  for (int i = recorded->outputs.first[study->metric];
       i < recorded->outputs.first[study->metric + 1]; i++)
    edges->mine[recorded->outputs.items[i]] = edges->edge[recorded->outputs.items[i]] = true;
  for (NodeId id = graph->count - 1; id > 0; id--) {
    const Node *node = graph_node(graph, id);
    for (int k = 0; k < node->input_count && edges->mine[id] && !study->opaque[id]; k++) {
      edges->mine[node->inputs[k]] = true;
      edges->edge[id] |= changes(study, node->inputs[k]);
    }
  }
}

static void find_inner(const Study *study, Edges *edges) {
  const Graph *graph = &study->measure->whole->graph;
  for (NodeId id = graph->count - 1; id > 0; id--) {
    const Node *node = graph_node(graph, id);
    bool below = edges->edge[id] || edges->inner[id];
    for (int k = 0; k < node->input_count; k++) {
      if (below) edges->inner[node->inputs[k]] = true;
      else if (edges->mine[id]) edges->used[node->inputs[k]] = true;
    }
  }
}

/* The nodes after the branch are not known yet, so all edges are kept except those read by other
 * edges only.  Columns need not be kept: the order of the epoch gives their rows again. */
static void look_at_edges(Study *study) {
  size_t nodes = study->measure->whole->graph.count;
  bool *all = mem_zero(4 * nodes);
  Edges edges = {all, all + nodes, all + 2 * nodes, all + 3 * nodes};
  find_mine(study, &edges);
  find_inner(study, &edges);
  for (NodeId id = 1; id < nodes; id++) {
    const RowsFact *fact = &study->facts[id];
    if (!edges.edge[id] || study->seen[id] || fact->way != ROWS_BY || !fact->twin ||
        (edges.inner[id] && !edges.used[id]))
      continue;
    study->seen[id] = true;
    take(study, id, TAKE_ROWS);
  }
  mem_free(all);
}

static void study_body(Vm *vm, void *context) {
  Study *study = context;
  Measure *measure = study->measure;
  (void)vm;
  for (int i = 0; i < measure->metric_count; i++) {
    study->metric = i;
    if (measure->recorded.decides[i]) {
      look_at_edges(study);
      continue;
    }
    look_at_root(study, measure->recorded.roots[i]);
    while (study->depth > 0) look_at(study, study->stack[--study->depth]);
  }
  room_for_rows(study);
}

/* Both recordings, to find the facts of the one over all rows. */
static RowsStudy rows_of(const Study *study, int64_t rows) {
  return (RowsStudy){.whole = &study->measure->whole->graph,
                     .part = &study->part->graph,
                     .whole_rows = study->measure->rows,
                     .part_rows = rows,
                     .opaque = study->opaque,
                     .leaf = leaf,
                     .context = study};
}

static bool *opaque_nodes(const Measure *measure) {
  bool *opaque = mem_zero(measure->whole->graph.count);
  for (int i = 0; i < measure->recorded.outputs.count; i++)
    opaque[measure->recorded.outputs.items[i]] = true;
  return opaque;
}

Taken *measure_study_run(Vm *vm, Measure *measure, const Trace *part, const Recorded *recorded,
                         int64_t rows, int *count) {
  int nodes_whole, nodes_part;
  size_t nodes = measure->whole->graph.count;
  bool *opaque = opaque_nodes(measure);
  Study study = {.vm = vm,
                 .measure = measure,
                 .part = part,
                 .facts = mem_zero(nodes * sizeof(RowsFact)),
                 .seen = mem_zero(nodes),
                 .opaque = opaque};
  const RowsStudy ask = rows_of(&study, rows);
  NodeId *of_whole = measure_study_nodes(&measure->recorded, measure->metric_count, &nodes_whole),
         *of_part = measure_study_nodes(recorded, measure->metric_count, &nodes_part);
  rows_study(&ask, of_whole, of_part, nodes_whole, study.facts);
  Diag diag;
  diag_clear(&diag);
  bool fine = vm_protect(vm, study_body, &study, &diag);
  mem_free(of_whole);
  mem_free(of_part);
  mem_free(study.facts);
  mem_free(study.seen);
  mem_free(study.stack);
  mem_free(opaque);
  if (!fine) {
    measure_study_free(study.taken, study.count);
    raise_diag(vm, &diag);
  }
  *count = study.count;
  return study.taken;
}

/* ---- rows that are combined before a model ---- */

static void tell_combined(Vm *vm, const Measure *measure, int input) {
  int metric = 0;
  while (measure->recorded.inputs.first[metric + 1] <= input) metric++;
  Span span = measure->metrics[metric].expression->span;
  if (!vm_warns(vm) || !trace_mark_reported(vm, span)) return;
  Diag diag = {0};
  diag_fail(
      &diag, STATUS_FAILED, span,
      "this metric combines rows before it calls a model: it is that of minibatches, not over "
      "all rows at once");
  diag_help(&diag, "call the model with each row as it is, and combine what it gives; or leave out "
                   "`batch:`");
  vm_warn(vm, &diag);
}

void measure_study_tell(Vm *vm, Measure *measure, const Trace *part, const Recorded *recorded,
                        int64_t rows) {
  const MetricNodes *inputs = &measure->recorded.inputs;
  if (inputs->count == 0 || inputs->count != recorded->inputs.count) return;
  RowsFact *facts = mem_zero(measure->whole->graph.count * sizeof(RowsFact));
  bool *opaque = opaque_nodes(measure);
  const Study study = {.vm = vm, .measure = measure, .part = part, .opaque = opaque};
  const RowsStudy ask = rows_of(&study, rows);
  rows_study(&ask, inputs->items, recorded->inputs.items, inputs->count, facts);
  for (int i = 0; i < inputs->count; i++) {
    const RowsFact *fact = &facts[inputs->items[i]];
    if (fact->way == ROWS_ACROSS && !fact->known) tell_combined(vm, measure, i);
  }
  mem_free(opaque);
  mem_free(facts);
}
