/* scan.c — scan(f, state, xs): a step that is repeated along axis 0.
 *
 * Outside a recording f is called once a row.  Inside one (a training step, `grad`) that is not
 * needed: f adds the same nodes to the graph at every row, with another state and row.  So the
 * state and the row of one call get nodes of their own (IDENTITY nodes, which no earlier node can
 * equal), and f is called with them.  The nodes that it made, its body, are then emitted again for
 * each further row with these replaced.  The script runs once however long the sequence is.
 *
 * A body can be repeated only if it depends on nothing but the state and the row: f must not have
 * read a number of the recording (an `if`, a print, an index), drawn, or assigned a buffer or a
 * variable outside, and the state must come out with the types with which it went in.  A call that
 * fails this test is still a valid step, and f is called again for the next row.  A state that
 * begins as a number becomes a tensor at the first row, so the test is made at the first two.
 *
 * The gradient needs no special rule: rows are slices of xs, whose gradients are joined once
 * (runtime/graph/gradient_parts.c); the products of a weight with all rows give one product
 * (gradient_linear.c); the results are one CONCAT.  Time and memory are linear in the number of
 * rows, also for derivatives of any order.
 */
#include "lang/gradients/scan.h"

#include "lang/eval/call.h"
#include "lang/gradients/tree.h"
#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/tensors/bracket.h"
#include "lang/tensors/index.h"
#include "lang/tensors/operation.h"
#include "lang/tensors/trace_value.h"
#include <string.h>

enum { CALLED_MOST = 2 };           /* rows at which a body is looked for */
enum { SLOT_STATE, SLOT_Y, SLOTS }; /* of Scan.kept */

typedef struct Scan {
  Vm *vm;
  const CallSite *site;
  Trace *trace; /* NULL: nothing is recorded */
  Value *kept;  /* on the value stack, which owns `state` and `y` there, and behind them the rest */
  Value f;      /* borrowed */
  Value xs;
  int64_t rows;
  ListObject *sources; /* the leaves of xs */
  Value state;
  Value y;             /* the first one, for its form */
  ListObject *columns; /* for each leaf of y the list of its values */
} Scan;

/* Takes the next state. */
static void move_on(Scan *scan, Value state) {
  value_release(scan->vm, scan->state);
  scan->state = scan->kept[SLOT_STATE] = state;
}

/* ---- xs ---- */

static void measure(Scan *scan) {
  Vm *vm = scan->vm;
  Span span = scan->site->args ? scan->site->args[2] : scan->site->span;
  if (scan->sources->count == 0) raise_at(vm, span, "`scan` needs a tensor to iterate over");
  for (int64_t i = 0; i < scan->sources->count; i++) {
    Value leaf = scan->sources->items[i];
    if (leaf.kind == KIND_UNKNOWN) raise_unknown(vm);
    if (!value_is_tensor(leaf))
      raise_help(vm, span,
                 leaf.kind == KIND_DATASET ? "its columns do: (d.x, d.y)"
                                           : "tensor(…) makes one of numbers",
                 "`scan` iterates over axis 0 of a tensor, or of a tuple of tensors; this is %s",
                 kind_name(leaf));
    const Shape shape = trace_type(vm, leaf, span).shape;
    if (shape.rank == 0)
      raise_at(vm, span, "`scan` iterates over axis 0, and a scalar has no axes");
    if (i == 0) scan->rows = shape.dim[0];
    if (shape.dim[0] != scan->rows)
      raise_at(vm, span, "`scan` needs tensors of one length, these have %lld and %lld rows",
               (long long)scan->rows, (long long)shape.dim[0]);
  }
  if (scan->rows == 0)
    raise_at(vm, span, "`scan` needs at least one row: without it the shape of y is not known");
}

/* Row t of xs: owned. */
static Value row_of(Scan *scan, int64_t t) {
  Value *list = stack_push(scan->vm, value_list(scan->vm, scan->sources->count));
  for (int64_t i = 0; i < scan->sources->count; i++)
    list_push(scan->vm, list->list,
              value_row(scan->vm, scan->site->span, scan->sources->items[i], t));
  Value row = tree_of(scan->vm, scan->xs, list->list->items);
  stack_drop(scan->vm, list);
  return row;
}

/* ---- one call ---- */

/* Keeps y, and gives the next state, of `pair`, which f gave and the value stack holds. */
static void take(Scan *scan, Value pair, int64_t t) {
  Vm *vm = scan->vm;
  if (pair.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (pair.kind != KIND_TUPLE || pair.tuple->count != 2)
    raise_help(vm, scan->site->args ? scan->site->args[0] : scan->site->span,
               "end it with (state, y)",
               "the function of `scan` must give the pair (state, y), this one gives %s",
               pair.kind == KIND_TUPLE ? "a tuple of another length" : kind_name(pair));
  Value y = pair.tuple->items[1], *leaves = stack_push(vm, value_list(vm, 1));
  const ListObject *found = leaves->list;
  tree_leaves(vm, y, leaves->list);
  if (t == 0) {
    scan->y = scan->kept[SLOT_Y] = value_retain(y);
    for (int64_t i = 0; i < found->count; i++)
      list_push(vm, scan->columns, value_list(vm, scan->rows));
  }
  if (!tree_alike(scan->y, y))
    raise_at(vm, scan->site->span, "y has another form at row %lld than at row 0", (long long)t);
  for (int64_t i = 0; i < found->count; i++)
    list_push(vm, scan->columns->items[i].list, value_retain(found->items[i]));
  stack_drop(vm, leaves);
  move_on(scan, value_retain(pair.tuple->items[0]));
}

static void call_row(Scan *scan, int64_t t) {
  Vm *vm = scan->vm;
  Value *row = stack_push(vm, row_of(scan, t)), args[2] = {scan->state, *row};
  take(scan, *stack_push(vm, vm_call(vm, scan->site, scan->f, args, 2)), t);
  stack_drop(vm, row);
}

/* ---- the body ---- */

typedef struct Body {
  NodeId first, end;  /* its nodes are among these */
  int in_count;       /* leaves of the state, then of the row */
  int state_count;    /* … how many are the state's */
  NodeId *in;         /* the name of each; 0: it is no tensor, and stays as it is */
  int out_count;      /* leaves of the next state, then of y */
  NodeId *out;        /* … 0 as above */
  Value out_like;     /* the pair that f gave: for forms and for what is no tensor */
  ListObject *leaves; /* its leaves */
  Value *kept;        /* the value stack owns these from here on */
  bool *moves;        /* by id - first: made of a name, and needed */
} Body;

/* What a call can change besides the nodes that it adds; equal before and after, or the body is
 * good for one row only. */
typedef struct Marks {
  uint64_t draws, effects;
  int64_t place;
  uint64_t staged;
} Marks;

static Marks marks_of(const Scan *scan) {
  const Trace *trace = scan->trace;
  Marks marks = {scan->vm->draws, scan->vm->effects, trace->place, (uint64_t)trace->staged_count};
  for (int i = 0; i < trace->staged_count; i++)
    marks.staged = hash_mix(marks.staged, trace->staged[i].node);
  return marks;
}

static bool same_marks(const Marks *a, const Marks *b) {
  return a->draws == b->draws && a->effects == b->effects && a->place == b->place &&
         a->staged == b->staged;
}

static NodeId *node_array(Scan *scan, int64_t count) {
  return arena_alloc(&scan->trace->graph.arena, (size_t)(count + 1) * sizeof(NodeId));
}

static NodeId emit(Scan *scan, Op op, const NodeId *inputs, int input_count, const int64_t *attrs,
                   int attr_count) {
  Diag diag;
  diag_clear(&diag);
  NodeId node = graph_emit(&scan->trace->graph, op, inputs, input_count, attrs, attr_count, &diag);
  if (!node) raise_diag(scan->vm, &diag);
  return node;
}

/* Row t of a source, as a node. */
static NodeId row_node(Scan *scan, Value source, int64_t t) {
  NodeId from = trace_operand(scan->trace, source, scan->site->span);
  const Shape shape = graph_node(&scan->trace->graph, from)->type.shape;
  int64_t runs[3 * RANK_MOST];
  for (int axis = 0; axis < shape.rank; axis++) {
    runs[3 * axis] = axis == 0 ? t : 0;
    runs[3 * axis + 1] = axis == 0 ? 1 : shape.dim[axis];
    runs[3 * axis + 2] = 1;
  }
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&scan->trace->graph, &diag};
  Shape rest = {.rank = shape.rank - 1};
  for (int axis = 0; axis < rest.rank; axis++) rest.dim[axis] = shape.dim[axis + 1];
  NodeId row = make_reshape(&maker, make_slice(&maker, from, runs), &rest);
  if (!row) raise_diag(scan->vm, &diag);
  return row;
}

static NodeId name_of(Scan *scan, NodeId node) {
  Diag diag;
  diag_clear(&diag);
  NodeId named = make_named(&(Maker){&scan->trace->graph, &diag}, node);
  if (!named) raise_diag(scan->vm, &diag);
  return named;
}

/* The tree `like` with the leaves that are tensors under names, which are noted: owned. */
static Value named(Scan *scan, Body *body, Value like, const ListObject *leaves, int64_t t) {
  Value list = value_list(scan->vm, leaves->count);
  for (int64_t i = 0; i < leaves->count; i++) {
    Value leaf = leaves->items[i];
    bool moves = value_is_tensor(leaf);
    NodeId node = !moves
                      ? 0
                      : name_of(scan, t >= 0 ? row_node(scan, leaf, t)
                                             : trace_operand(scan->trace, leaf, scan->site->span));
    body->in[body->in_count++] = node;
    list_push(scan->vm, list.list, moves ? trace_result(scan->trace, node) : value_retain(leaf));
  }
  Value tree = tree_of(scan->vm, like, list.list->items);
  value_release(scan->vm, list);
  return tree;
}

static bool same_type(const Graph *graph, NodeId a, NodeId b) {
  const Type *one = &graph_node(graph, a)->type, *other = &graph_node(graph, b)->type;
  return one->dtype == other->dtype && one->weak == other->weak &&
         shape_equal(&one->shape, &other->shape);
}

static bool same_plain(Value a, Value b) {
  if (a.kind != b.kind) return false;
  if (a.kind == KIND_NUMBER) return a.number == b.number;
  return a.kind == KIND_BOOL ? a.truth == b.truth : a.kind == KIND_NONE;
}

/* Does the state come out as it went in? */
static bool state_returns(Scan *scan, const Body *body, Value before, const ListObject *leaves) {
  if (!tree_alike(before, body->out_like.tuple->items[0])) return false;
  for (int i = 0; i < body->state_count; i++) {
    if ((body->in[i] == 0) != (body->out[i] == 0)) return false;
    if (body->in[i] ? !same_type(&scan->trace->graph, body->in[i], body->out[i])
                    : !same_plain(leaves->items[i], body->leaves->items[i]))
      return false;
  }
  return true;
}

/* Which nodes are made of a name and needed for what comes out. */
static void find_moves(Scan *scan, Body *body) {
  const Graph *graph = &scan->trace->graph;
  size_t span = (size_t)(body->end - body->first) + 1;
  body->moves = arena_alloc(&scan->trace->graph.arena, span);
  bool *needed = arena_alloc(&scan->trace->graph.arena, span);
  memset(body->moves, 0, span);
  memset(needed, 0, span);
  for (int i = 0; i < body->out_count; i++)
    if (body->out[i] >= body->first) needed[body->out[i] - body->first] = true;
  for (NodeId id = body->end; id-- > body->first;)
    for (int i = 0; needed[id - body->first] && i < graph->nodes[id].input_count; i++)
      if (graph->nodes[id].inputs[i] >= body->first)
        needed[graph->nodes[id].inputs[i] - body->first] = true;
  for (int i = 0; i < body->in_count; i++)
    if (body->in[i]) body->moves[body->in[i] - body->first] = true;
  for (NodeId id = body->first; id < body->end; id++) {
    const Node *node = &graph->nodes[id];
    bool *moves = &body->moves[id - body->first];
    for (int i = 0; i < node->input_count; i++)
      *moves |= node->inputs[i] >= body->first && body->moves[node->inputs[i] - body->first];
    *moves &= needed[id - body->first];
  }
}

static bool out_found(Scan *scan, Body *body) {
  body->out = node_array(scan, body->leaves->count);
  body->out_count = (int)body->leaves->count;
  for (int i = 0; i < body->out_count; i++) {
    Value leaf = body->leaves->items[i];
    bool plain = leaf.kind == KIND_NUMBER || leaf.kind == KIND_BOOL || leaf.kind == KIND_NONE;
    if (!plain && !value_is_tensor(leaf)) return false;
    body->out[i] = plain ? 0 : trace_operand(scan->trace, leaf, scan->site->span);
  }
  return true;
}

/* Calls f at row t under names.  True if the body can be repeated; a proper step in any case, which
 * has been taken. */
static bool find_body(Scan *scan, Body *body, int64_t t) {
  Vm *vm = scan->vm;
  Trace *trace = scan->trace;
  Value *kept = stack_push(vm, value_retain(scan->state)), before = *kept,
        states = *stack_push(vm, value_list(vm, 1));
  tree_leaves(vm, before, states.list);
  *body = (Body){.kept = kept, .first = trace->graph.count};
  body->in = node_array(scan, states.list->count + scan->sources->count);
  trace->graph.span = trace_span(vm, scan->site->span);
  Value args[2];
  args[0] = *stack_push(vm, named(scan, body, before, states.list, -1));
  body->state_count = body->in_count;
  args[1] = *stack_push(vm, named(scan, body, scan->xs, scan->sources, t));
  Marks marks = marks_of(scan);
  bool decided = trace->decided;
  trace->decided = false;
  body->out_like = *stack_push(vm, vm_call(vm, scan->site, scan->f, args, 2));
  Marks after = marks_of(scan);
  bool good = !trace->decided && same_marks(&marks, &after);
  trace->decided |= decided;
  body->end = trace->graph.count;
  take(scan, body->out_like, t);
  body->leaves = stack_push(vm, value_list(vm, 1))->list;
  tree_leaves(vm, body->out_like, body->leaves);
  good = good && out_found(scan, body) && state_returns(scan, body, before, states.list);
  if (good) find_moves(scan, body);
  return good;
}

/* ---- the body again ---- */

static NodeId mapped(const Body *body, const NodeId *map, NodeId id) {
  return id >= body->first && id < body->end ? map[id - body->first] : id;
}

/* The body with other nodes for its names: map[id - first] is what stands for id. */
static void emit_body(Scan *scan, const Body *body, NodeId *map) {
  Graph *graph = &scan->trace->graph;
  for (NodeId id = body->first; id < body->end; id++) {
    if (map[id - body->first]) continue; /* a name */
    map[id - body->first] = id;
    if (!body->moves[id - body->first]) continue;
    const Node node = *graph_node(graph, id);
    NodeId few[8], *inputs = node.input_count <= 8 ? few : node_array(scan, node.input_count);
    for (int i = 0; i < node.input_count; i++) inputs[i] = mapped(body, map, node.inputs[i]);
    graph->span = node.span;
    map[id - body->first] = emit(scan, node.op, inputs, node.input_count, node.attrs,
                                 node.attr_count);
  }
}

/* The rows from t on; `state` holds the nodes of the state, and gets those of the last. */
static void repeat(Scan *scan, const Body *body, NodeId *state, int64_t t) {
  Vm *vm = scan->vm;
  size_t bytes = (size_t)(body->end - body->first) * sizeof(NodeId);
  NodeId *map = node_array(scan, body->end - body->first);
  for (; t < scan->rows; t++) {
    vm_poll_signals(vm);
    memset(map, 0, bytes);
    scan->trace->graph.span = trace_span(vm, scan->site->span);
    for (int i = 0; i < body->in_count; i++)
      if (body->in[i])
        map[body->in[i] - body->first] =
            i < body->state_count ? state[i]
                                  : row_node(scan, scan->sources->items[i - body->state_count], t);
    emit_body(scan, body, map);
    for (int i = 0; i < body->state_count; i++) state[i] = mapped(body, map, body->out[i]);
    for (int i = body->state_count; i < body->out_count; i++) {
      Value y = body->out[i] ? trace_result(scan->trace, mapped(body, map, body->out[i]))
                             : value_retain(body->leaves->items[i]);
      list_push(vm, scan->columns->items[i - body->state_count].list, y);
    }
  }
}

static void repeat_rest(Scan *scan, Body *body, int64_t t) {
  Vm *vm = scan->vm;
  NodeId *state = node_array(scan, body->state_count);
  for (int i = 0; i < body->state_count; i++) state[i] = body->out[i];
  repeat(scan, body, state, t);
  scan->trace->graph.span = trace_span(vm, scan->site->span);
  Value list = *stack_push(vm, value_list(vm, body->state_count));
  for (int i = 0; i < body->state_count; i++)
    list_push(vm, list.list,
              state[i] ? trace_result(scan->trace, state[i])
                       : value_retain(body->leaves->items[i]));
  move_on(scan, tree_of(vm, scan->state, list.list->items));
}

/* ---- all of it ---- */

static void run(Scan *scan) {
  for (int64_t t = 0; t < scan->rows; t++) {
    if (!scan->trace || t >= CALLED_MOST || t + 2 >= scan->rows) {
      call_row(scan, t);
      continue;
    }
    Body body;
    bool good = find_body(scan, &body, t);
    if (good) repeat_rest(scan, &body, t + 1);
    stack_drop(scan->vm, body.kept);
    if (good) return;
  }
}

/* One leaf of y, of every row, as one tensor. */
static Value stacked(Scan *scan, Value column) {
  Vm *vm = scan->vm;
  Value first = column.list->items[0];
  if (first.kind == KIND_NONE) return value_none();
  const OpRow *row = ops_find("stack");
  Value args[2] = {column, value_number(0)};
  CallSite site = *scan->site;
  site.args = NULL;
  return operation_call(vm, &site, row, args, 2);
}

static Value all_y(Scan *scan) {
  Value list = *stack_push(scan->vm, value_list(scan->vm, scan->columns->count));
  for (int64_t i = 0; i < scan->columns->count; i++)
    list_push(scan->vm, list.list, stacked(scan, scan->columns->items[i]));
  return tree_of(scan->vm, scan->y, list.list->items);
}

/* A range or a list of numbers as a tensor, else xs itself: owned. */
static Value counted(Vm *vm, const CallSite *site, Value xs) {
  bool numbers = xs.kind == KIND_RANGE || (xs.kind == KIND_LIST && xs.list->count);
  for (int64_t i = 0; numbers && xs.kind == KIND_LIST && i < xs.list->count; i++)
    numbers = xs.list->items[i].kind == KIND_NUMBER;
  return numbers ? tensor_of(vm, site, xs) : value_retain(xs);
}

Value native_scan(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_UNKNOWN) raise_unknown(vm);
  if (args[0].kind != KIND_CLOSURE && args[0].kind != KIND_NATIVE && args[0].kind != KIND_MODEL)
    raise_kind(vm, site->span, args[0], "`scan` takes a function of (state, x) first",
               "scan(fn(state, x) = …, state, xs)");
  Scan scan = {.vm = vm, .site = site, .trace = vm->trace, .f = args[0]};
  scan.kept = stack_take(vm, SLOTS);
  scan.xs = *stack_push(vm, counted(vm, site, args[2]));
  scan.sources = stack_push(vm, value_list(vm, 1))->list;
  tree_leaves(vm, scan.xs, scan.sources);
  measure(&scan);
  scan.state = scan.kept[SLOT_STATE] = value_retain(args[1]);
  scan.columns = stack_push(vm, value_list(vm, 1))->list;
  run(&scan);
  Value y = all_y(&scan), pair = value_tuple(vm, 2);
  pair.tuple->items[0] = value_retain(scan.state);
  pair.tuple->items[1] = y;
  stack_drop(vm, scan.kept);
  return pair;
}
