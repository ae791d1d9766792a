/* vmap.c — vmap(f, axes: …).
 *
 * f is called once, on stand-ins: nodes with the type of one row of each mapped argument.  What it
 * records is then emitted again for all rows at once (runtime/graph/batching.c), so the cost is
 * that of operations on larger tensors, not of a loop, and gradients go through it like through any
 * other nodes.  Inside an open recording (a loss, a grad, another vmap) the nodes are added to it;
 * otherwise a recording is opened, run as a plan and closed.
 *
 * An argument may be a tree (tree.h): every tensor in it and every param of a model in it has the
 * mapped axis.  Only the argument is a row: f gets a param as a tensor, and a model as a copy whose
 * params and buffers are the stand-ins, while the same param or model read by another name (a
 * captured one, another argument) is whole.  Buffers that f assigns are kept per row if they are
 * mapped; otherwise the new value must be the same for all rows.
 *
 * A value that depends on a stand-in has no elements: reading it is an error (trace.c).  Draws
 * inside f differ from row to row: they are recorded under a key, and batching derives a key for
 * each row.
 */
#include "lang/gradients/vmap.h"

#include "lang/eval/call.h"
#include "lang/eval/native.h"
#include "lang/gradients/custom.h"
#include "lang/gradients/tree.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/models/model.h"
#include "lang/models/param.h"
#include "lang/tensors/compute.h"
#include "lang/tensors/draw.h"
#include "lang/tensors/dump.h"
#include "lang/tensors/probable.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_param.h"
#include "lang/tensors/trace_value.h"

#include <string.h>

/* A param of a model that is mapped over. */
typedef struct MappedParam {
  ParamObject *param;
  ParamObject *copy; /* one row of it, in the copy of the model; held by the recording */
  NodeId row;        /* its stand-in */
  int axis;          /* of its value, that is mapped */
  int root;          /* of the new rows, where f assigned it; -1 */
} MappedParam;

typedef struct Mapping {
  Vm *vm;
  const CallSite *site;
  Trace *trace;
  bool own; /* the recording was opened here and must be closed */
  const Value *args;
  int arg_count;
  Value *given; /* to f: stand-ins in place of what is mapped; arena; owned values */
  int given_count;
  Value result; /* f's; owned */
  int64_t rows; /* -1: not known yet */
  NodeId first;
  /* arrays of the recording's arena */
  BatchingInput *inputs;
  int input_count, input_capacity;
  MappedParam *params;
  int param_count, param_capacity;
  NodeId *roots; /* of the result's tensors, then of params that f assigned */
  int root_count, root_capacity;
  int stand_in_count, made_count; /* of the recording before the call */
} Mapping;

static NORETURN void fail(Mapping *m, Diag *diag) {
  if (!diag->span.file) diag->span = m->site->span;
  raise_diag(m->vm, diag);
}

/* Room for one more in an array of the recording's arena. */
static void *grown(Mapping *m, void *items, int count, int *capacity, size_t size) {
  if (count < *capacity) return items;
  *capacity = *capacity ? 2 * *capacity : 8;
  void *more = arena_alloc(&m->trace->graph.arena, (size_t)*capacity * size);
  if (count) memcpy(more, items, (size_t)count * size);
  return more;
}

/* ---- arguments ---- */

/* The axis of argument `index`; false: it is not mapped. */
static bool axis_of(Mapping *m, Value axes, int index, int64_t *axis) {
  if (axes.kind == KIND_TUPLE || axes.kind == KIND_LIST) {
    int64_t count = axes.kind == KIND_TUPLE ? axes.tuple->count : axes.list->count;
    if (count != m->arg_count)
      raise_at(m->vm, m->site->span, "`axes:` has %lld items, the function is given %d arguments",
               (long long)count, m->arg_count);
    axes = axes.kind == KIND_TUPLE ? axes.tuple->items[index] : axes.list->items[index];
  }
  *axis = 0;
  if (axes.kind == KIND_NONE) return false;
  if (axes.kind != KIND_UNSET) *axis = value_as_index(m->vm, m->site->span, axes);
  return true;
}

/* A node with the mapped axis brought to the front. */
static NodeId in_front(Mapping *m, NodeId node, int64_t axis, int index) {
  const Shape shape = graph_node(&m->trace->graph, node)->type.shape;
  Span span = site_at(m->site, index);
  char text[200];
  if (shape.rank == 0)
    raise_help(m->vm, span, "`axes: (0, none)` leaves the second argument as it is",
               "vmap maps over an axis, argument %d is a number", index + 1);
  if (axis < -shape.rank || axis >= shape.rank)
    raise_at(m->vm, span, "vmap maps over axis %lld, argument %d is %s", (long long)axis, index + 1,
             shape_show(&shape, text));
  int order[RANK_MOST], from = (int)(axis < 0 ? axis + shape.rank : axis);
  order[0] = from;
  for (int i = 1; i < shape.rank; i++) order[i] = i <= from ? i - 1 : i;
  if (m->rows >= 0 && shape.dim[from] != m->rows)
    raise_at(m->vm, span,
             "vmap maps over rows together: axis %lld of argument %d has %lld, the "
             "arguments before it %lld",
             (long long)axis, index + 1, (long long)shape.dim[from], (long long)m->rows);
  m->rows = shape.dim[from];
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&m->trace->graph, &diag};
  NodeId all = make_permute(&maker, node, order);
  if (!all) fail(m, &diag);
  return all;
}

static NodeId stand_in(Mapping *m, NodeId node, int64_t axis, int index) {
  Graph *graph = &m->trace->graph;
  NodeId all = in_front(m, node, axis, index);
  const Type type = graph_node(graph, all)->type;
  Type row = {.dtype = type.dtype, .shape = {.rank = type.shape.rank - 1}};
  memcpy(row.shape.dim, type.shape.dim + 1, (size_t)row.shape.rank * sizeof(int64_t));
  m->inputs = grown(m, m->inputs, m->input_count, &m->input_capacity, sizeof *m->inputs);
  NodeId stands = trace_row_placeholder(m->trace, &row);
  probable_same(m->trace, stands, all);
  m->inputs[m->input_count++] = (BatchingInput){stands, all};
  return stands;
}

typedef struct Copying {
  Mapping *mapping;
  int64_t axis;
  int index; /* of the argument */
} Copying;

/* A part of the copy: one row of a param. */
static Value row_param(Vm *vm, void *context, ParamObject *param) {
  (void)vm;
  const Copying *copying = context;
  Mapping *m = copying->mapping;
  const int64_t axis = copying->axis;
  NodeId value = trace_param(m->trace, param);
  int rank = graph_node(&m->trace->graph, value)->type.shape.rank;
  NodeId row = stand_in(m, value, axis, copying->index);
  Value made = trace_node_param(m->trace, row);
  made.param->name = param->name;
  made.param->span = param->span;
  made.param->frozen = param->frozen;
  made.param->buffer = param->buffer;
  m->params = grown(m, m->params, m->param_count, &m->param_capacity, sizeof *m->params);
  m->params[m->param_count++] = (MappedParam){param, made.param, row,
                                              (int)(axis < 0 ? axis + rank : axis), -1};
  return made;
}

/* A leaf of an argument as f sees it: an owned value. */
static Value map_leaf(Mapping *m, Value value, int64_t axis, int index) {
  switch (value.kind) {
    case KIND_NUMBER:
    case KIND_TENSOR:
    case KIND_PARAM:
      return trace_result(
          m->trace,
          stand_in(m, trace_operand(m->trace, value, site_at(m->site, index)), axis, index));
    case KIND_MODEL: return model_copy_with(m->vm, value, row_param, &(Copying){m, axis, index});
    case KIND_UNKNOWN: raise_unknown(m->vm);
    default: return value_retain(value); /* a text, a function: the same for all rows */
  }
}

static Value map_value(Mapping *m, Value value, int64_t axis, int index) {
  Vm *vm = m->vm;
  Value leaves = value_list(vm, 0);
  tree_leaves(vm, value, leaves.list);
  for (int64_t i = 0; i < leaves.list->count; i++) {
    Value leaf = leaves.list->items[i];
    leaves.list->items[i] = map_leaf(m, leaf, axis, index);
    value_release(vm, leaf);
  }
  Value mapped = tree_of(vm, value, leaves.list->items);
  value_release(vm, leaves);
  return mapped;
}

/* ---- the call ---- */

static void call_once(Vm *vm, Mapping *m) {
  Value axes = m->site->self->extra[1];
  m->given = arena_alloc(&m->trace->graph.arena, (size_t)(m->arg_count + 1) * sizeof(Value));
  for (int i = 0; i < m->arg_count; i++) {
    int64_t axis;
    bool mapped = axis_of(m, axes, i, &axis);
    m->given[i] = mapped ? map_value(m, m->args[i], axis, i) : value_retain(m->args[i]);
    m->given_count++;
  }
  if (m->rows < 0)
    raise_at(vm, m->site->span, "vmap has nothing to map over: no argument has a mapped axis");
  m->result = vm_call_named(vm, m->site, m->site->self->extra[0], m->given, m->site->names,
                            m->arg_count);
}

static void add_root(Mapping *m, NodeId node) {
  m->roots = grown(m, m->roots, m->root_count, &m->root_capacity, sizeof *m->roots);
  m->roots[m->root_count++] = node;
}

static bool passes_through(Value leaf) {
  return leaf.kind == KIND_NONE || leaf.kind == KIND_STRING;
}

/* The nodes of the result's tensors, from the left. */
static void add_results(Mapping *m, const ListObject *leaves) {
  for (int64_t i = 0; i < leaves->count; i++) {
    Value leaf = leaves->items[i];
    if (leaf.kind == KIND_UNKNOWN) raise_unknown(m->vm);
    if (passes_through(leaf)) continue;
    if (!value_is_tensor(leaf) && leaf.kind != KIND_NUMBER && leaf.kind != KIND_BOOL)
      raise_at(m->vm, m->site->span,
               "the function given to vmap must give tensors, or tuples, lists and dicts of them; "
               "this gave %s",
               kind_name(leaf));
    add_root(m, trace_operand(m->trace, leaf, m->site->span));
  }
}

/* ---- buffers that f assigned ---- */

static void add_assigned(Mapping *m) {
  for (int i = 0; i < m->param_count; i++) {
    MappedParam *mapped = &m->params[i];
    NodeId now = trace_param(m->trace, mapped->copy);
    if (now == mapped->row) continue;
    if (mapped->param->domain.kind)
      raise_help(m->vm, m->site->span, "a copy can be: let c = copy(net), c.w = v",
                 "a param of a domain cannot be assigned inside `vmap`");
    mapped->root = m->root_count;
    add_root(m, now);
  }
}

static void unstage_copies(Mapping *m) {
  for (int i = 0; i < m->param_count; i++) trace_unstage(m->trace, m->params[i].copy);
}

/* Of what is left staged, nothing may depend on a row. */
static void check_staged(Mapping *m) {
  const Trace *trace = m->trace;
  unstage_copies(m);
  for (int i = 0; i < trace->staged_count; i++)
    if (batching_depends(&trace->graph, trace->staged[i].node, trace->stand_ins + m->stand_in_count,
                         trace->stand_in_count - m->stand_in_count))
      raise_help(m->vm, m->site->span,
                 "assign to a copy, let c = copy(net), or map over the model too: "
                 "stack_models(nets) has one for each row",
                 "a %s assigned inside `vmap` would have a value for each row",
                 trace->staged[i].param->buffer ? "buffer" : "param");
}

static void stage_assigned(Mapping *m, const NodeId *all) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&m->trace->graph, &diag};
  for (int i = 0; i < m->param_count; i++) {
    const MappedParam *mapped = &m->params[i];
    if (mapped->root < 0) continue;
    int order[RANK_MOST], rank = make_type(&maker, all[mapped->root])->shape.rank;
    for (int axis = 0; axis < rank; axis++)
      order[axis] = axis < mapped->axis ? axis + 1 : axis == mapped->axis ? 0 : axis;
    NodeId node = make_permute(&maker, all[mapped->root], order);
    if (!node) fail(m, &diag);
    trace_stage(m->trace, mapped->param, node);
  }
}

/* ---- all rows ---- */

/* The gradient that f declares for one row (custom_gradient), for all. */
static int64_t map_hook(void *context, int64_t hook) {
  Mapping *m = context;
  Value args[2] = {m->trace->hooks[hook], {.kind = KIND_UNSET}};
  Value made = native_vmap(m->vm, m->site, args, 2);
  int64_t number = trace_custom_gradient(m->trace, made);
  value_release(m->vm, made);
  return number;
}

static NodeId *all_rows(Mapping *m) {
  BatchingSpec spec = {.rows = m->rows,
                       .inputs = m->inputs,
                       .input_count = m->input_count,
                       .first = m->first,
                       .custom = map_hook,
                       .context = m};
  NodeId *all = arena_alloc(&m->trace->graph.arena, (size_t)(m->root_count + 1) * sizeof *all);
  Diag diag;
  diag_clear(&diag);
  if (!batching_run(&m->trace->graph, &spec, m->roots, m->root_count, all, &diag)) fail(m, &diag);
  for (int i = 0; i < m->root_count; i++) probable_same(m->trace, all[i], m->roots[i]);
  return all;
}

static void map_all(Vm *vm, void *context) {
  Mapping *m = context;
  Trace *trace = m->trace;
  call_once(vm, m);
  Value leaves = value_list(vm, 0);
  tree_leaves(vm, m->result, leaves.list);
  add_results(m, leaves.list);
  int results = m->root_count;
  add_assigned(m);
  check_staged(m);
  NodeId *all = all_rows(m);
  stage_assigned(m, all);
  Value *values = arena_alloc(&trace->graph.arena, (size_t)(results + 1) * sizeof *values);
  if (m->own && !vm->checking) {
    Plan *plan = compute_plan(vm, trace, m->site->span, all, results);
    dump_graph(vm, DUMP_GRAPH, "graph of all rows", &trace->graph, all, results);
    dump_plan(vm, plan);
    compute_run(vm, trace, m->site->span, plan, results, values);
    for (int i = 0; i < results; i++) values[i].tensor->probable = probable_node(trace, all[i]);
  } else {
    for (int i = 0; i < results; i++) values[i] = trace_result(trace, all[i]);
  }
  for (int64_t i = 0, next = 0; i < leaves.list->count; i++) {
    if (passes_through(leaves.list->items[i])) continue;
    value_release(vm, leaves.list->items[i]);
    leaves.list->items[i] = values[next++];
  }
  Value row = m->result;
  m->result = tree_of(vm, row, leaves.list->items);
  value_release(vm, row);
  value_release(vm, leaves);
  if (m->own && !vm->checking) trace_commit(vm, trace);
}

/* After the call, however it went. */
static void end_rows(Mapping *m) {
  unstage_copies(m);
  for (int i = 0; i < m->given_count; i++) value_release(m->vm, m->given[i]);
  trace_rows_end(m->trace, m->stand_in_count, m->made_count);
}

static Value call_vmap(Vm *vm, const CallSite *site, Value *args, int count) {
  Value f = site->self->extra[0];
  bool own = vm->trace == NULL;
  Trace *trace = own ? trace_open(vm, site->span,
                                  f.kind == KIND_CLOSURE ? f.closure->function : NULL)
                     : vm->trace;
  trace->graph.custom = custom_backward;
  trace->graph.custom_context = vm;
  trace->graph.span = trace_span(vm, site->span);
  Mapping m = {.vm = vm,
               .site = site,
               .trace = trace,
               .own = own,
               .args = args,
               .arg_count = count,
               .result = {.kind = KIND_NONE},
               .rows = -1,
               .first = trace->graph.count,
               .stand_in_count = trace->stand_in_count,
               .made_count = trace->made_count};
  NodeId key = draw_record(vm, trace);
  Diag diag;
  diag_clear(&diag);
  bool fine = vm_protect(vm, map_all, &m, &diag);
  draw_record_end(vm, trace, key);
  end_rows(&m);
  if (!fine) raise_diag(vm, &diag);
  if (own) trace_close(vm, trace);
  return m.result;
}

static const Native MADE_VMAP = {"vmap(f)", NULL, call_vmap, false, "", "", ""};

Value native_vmap(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return native_made(vm, site, &MADE_VMAP, args[0], args[1]);
}
