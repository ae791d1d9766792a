/* recompute.c — checkpoint_gradients(f): f with its inner values recomputed instead of kept (Chen,
 * Xu, Zhang and Guestrin, "Training Deep Nets with Sublinear Memory Cost", 2016).
 *
 * A backward pass reads most values of the forward pass, so all of them stay in memory until then.
 * Here each result of f is a CUSTOM node over what f read from outside: its arguments, params, and
 * captured values.  When the backward pass reaches it, the nodes between those and the result are
 * emitted a second time and differentiated there.  Nothing reads the first nodes any longer, so
 * their memory is free as soon as f's result is computed.
 *
 * The second nodes must not be merged with the first (a graph never holds a node twice), and they
 * must not run before the backward pass has reached them.  AFTER(x, dy) ensures both: it has the
 * value of x and waits for dy, and the second nodes read x through it.  Params are always in
 * memory, so theirs is an IDENTITY.  Draws of f are identified by key and place, so they are the
 * same the second time.
 *
 * Each result is differentiated by itself, so a function of several results is recomputed for each
 * of them that has a gradient.
 *
 * The hook of such a CUSTOM is a native that holds a tuple: the first and the last id of the nodes,
 * the result's id, then the ids of what was read from outside, ascending.  The inputs of the CUSTOM
 * stand for those.  So a copy made by scan uses the inputs of its own row, and vmap, which calls
 * the native on stand-ins, those of one row.
 */
#include "lang/gradients/recompute.h"

#include "lang/eval/call.h"
#include "lang/eval/native.h"
#include "lang/gradients/tree.h"
#include "lang/machine/call_site.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/trace_value.h"
#include <stdlib.h>
#include <string.h>

typedef struct Stretch {
  NodeId first, end; /* the nodes that f made are among these */
  NodeId y;          /* its result */
  NodeId *outside;   /* what was read from outside, ascending; in the graph's arena */
  int outside_count;
} Stretch;

/* ---- forwards ---- */

static int ascending(const void *a, const void *b) {
  NodeId one = *(const NodeId *)a, other = *(const NodeId *)b;
  return (one > other) - (one < other);
}

/* By id - first: is it made between what was read and y?  An INPUT counts as read from outside
 * wherever it was first named.  In the graph's arena. */
static bool *needed_for(Graph *graph, const Stretch *stretch) {
  size_t span = (size_t)(stretch->end - stretch->first) + 1;
  bool *needed = arena_alloc(&graph->arena, span);
  memset(needed, 0, span);
  needed[stretch->y - stretch->first] = true;
  for (NodeId id = stretch->y; id >= stretch->first && id; id--) {
    const Node *node = &graph->nodes[id];
    for (int i = 0; needed[id - stretch->first] && i < node->input_count; i++)
      if (node->inputs[i] >= stretch->first) needed[node->inputs[i] - stretch->first] = true;
  }
  return needed;
}

/* Fills in what was read from outside. */
static void find_outside(Graph *graph, Stretch *stretch) {
  const bool *needed = needed_for(graph, stretch);
  int most = 0, count = 0;
  for (NodeId id = stretch->first; id <= stretch->y; id++)
    if (needed[id - stretch->first]) most += graph->nodes[id].input_count + 1;
  NodeId *found = arena_alloc(&graph->arena, (size_t)(most + 1) * sizeof *found);
  for (NodeId id = stretch->first; id <= stretch->y; id++) {
    const Node *node = &graph->nodes[id];
    if (!needed[id - stretch->first]) continue;
    if (node->leaf == LEAF_INPUT) found[count++] = id;
    for (int i = 0; i < node->input_count; i++)
      if (node->inputs[i] < stretch->first) found[count++] = node->inputs[i];
  }
  qsort(found, (size_t)count, sizeof *found, ascending);
  int kept = 0;
  for (int i = 0; i < count; i++)
    if (kept == 0 || found[i] != found[kept - 1]) found[kept++] = found[i];
  stretch->outside = found;
  stretch->outside_count = kept;
}

static Value call_again(Vm *vm, const CallSite *site, Value *args, int count);
static const Native MADE_AGAIN = {"checkpoint_gradients(f)", NULL, call_again, false, "", "", ""};

static Value hook_of(Vm *vm, const Stretch *stretch) {
  Value hook = value_tuple(vm, 3 + stretch->outside_count);
  hook.tuple->items[0] = value_number(stretch->first);
  hook.tuple->items[1] = value_number(stretch->end);
  hook.tuple->items[2] = value_number(stretch->y);
  for (int i = 0; i < stretch->outside_count; i++)
    hook.tuple->items[3 + i] = value_number(stretch->outside[i]);
  NativeObject *made = object_new(vm, KIND_NATIVE, sizeof *made);
  made->native = &MADE_AGAIN;
  made->extra[0] = hook;
  made->extra[1] = value_none();
  return value_of(KIND_NATIVE, made);
}

/* A result of f as a CUSTOM node over what was read from outside: owned. */
static Value wrapped(Vm *vm, const CallSite *site, Value y, NodeId first, NodeId end) {
  Trace *trace = vm->trace;
  Graph *graph = &trace->graph;
  NodeId node = trace_pending(vm, y) ? trace_operand(trace, y, site->span) : 0;
  bool made = node >= first && node < end && graph_node(graph, node)->leaf != LEAF_INPUT;
  if (!made || !dtype_floats(graph_node(graph, node)->type.dtype)) return value_retain(y);
  Stretch stretch = {.first = first, .end = end, .y = node};
  find_outside(graph, &stretch);
  int count = stretch.outside_count + 1;
  NodeId *inputs = arena_alloc(&graph->arena, (size_t)count * sizeof *inputs);
  inputs[0] = node;
  memcpy(inputs + 1, stretch.outside, (size_t)stretch.outside_count * sizeof *inputs);
  Value made_hook = hook_of(vm, &stretch);
  int64_t hook = trace_custom_gradient(trace, made_hook);
  value_release(vm, made_hook);
  Diag diag;
  diag_clear(&diag);
  graph->span = trace_span(vm, site->span);
  NodeId custom = make_custom(&(Maker){graph, &diag}, inputs, count, hook);
  if (!custom) raise_diag(vm, &diag);
  return trace_result(trace, custom);
}

static Value call_checkpointed(Vm *vm, const CallSite *site, Value *args, int count) {
  Trace *trace = vm->trace;
  NodeId first = trace ? trace->graph.count : 0;
  Value y = vm_call_named(vm, site, site->self->extra[0], args, site->names, count);
  if (!trace || y.kind == KIND_UNKNOWN) return y;
  NodeId end = trace->graph.count;
  Value leaves = value_list(vm, 1), results = value_list(vm, 1);
  tree_leaves(vm, y, leaves.list);
  for (int64_t i = 0; i < leaves.list->count; i++)
    list_push(vm, results.list, wrapped(vm, site, leaves.list->items[i], first, end));
  Value tree = tree_of(vm, y, results.list->items);
  value_release(vm, results);
  value_release(vm, leaves);
  value_release(vm, y);
  return tree;
}

static const Native MADE_CHECKPOINTED = {
    "checkpoint_gradients(f)", NULL, call_checkpointed, false, "", "", ""};

Value native_checkpoint_gradients(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return native_made(vm, site, &MADE_CHECKPOINTED, args[0], value_none());
}

/* ---- backwards ---- */

typedef struct Again {
  Trace *trace;
  Stretch stretch;
  const NodeId *args; /* what stands for each of stretch.outside */
  NodeId *seen;       /* … and what the second nodes read for it */
  NodeId *map;        /* by id - first: the second node */
  Diag *diag;
} Again;

static Stretch stretch_of(Graph *graph, const TupleObject *hook) {
  Stretch stretch = {(NodeId)hook->items[0].number, (NodeId)hook->items[1].number,
                     (NodeId)hook->items[2].number, NULL, hook->count - 3};
  stretch.outside = arena_alloc(&graph->arena, (size_t)hook->count * sizeof(NodeId));
  for (int i = 0; i < stretch.outside_count; i++)
    stretch.outside[i] = (NodeId)hook->items[3 + i].number;
  return stretch;
}

/* What the second nodes read in place of a node from outside; 0 if it is not from there. */
static NodeId seen_for(const Again *again, NodeId id) {
  const Stretch *stretch = &again->stretch;
  const NodeId *at = bsearch(&id, stretch->outside, (size_t)stretch->outside_count, sizeof id,
                             ascending);
  return at ? again->seen[at - stretch->outside] : 0;
}

static bool is_param(const Trace *trace, NodeId id) {
  const Node *node = graph_node(&trace->graph, id);
  return node->leaf == LEAF_INPUT && trace->bindings[node->attrs[0]].kind == BINDING_PARAM;
}

/* Values without a gradient need no name, but those that are to be waited for need AFTER. */
static NodeId read_again(Again *again, NodeId arg, NodeId dy) {
  Maker maker = {&again->trace->graph, again->diag};
  return is_param(again->trace, arg) ? make_named(&maker, arg) : make_after(&maker, arg, dy);
}

static bool emit_again(Again *again) {
  Graph *graph = &again->trace->graph;
  const Stretch *stretch = &again->stretch;
  const bool *needed = needed_for(graph, stretch);
  for (NodeId id = stretch->first; id <= stretch->y; id++) {
    if (!needed[id - stretch->first]) continue;
    NodeId *to = &again->map[id - stretch->first];
    const Node node = *graph_node(graph, id);
    if (node.leaf == LEAF_INPUT) *to = seen_for(again, id);
    if (*to) continue;
    NodeId *inputs = arena_alloc(&graph->arena, (size_t)(node.input_count + 1) * sizeof *inputs);
    for (int i = 0; i < node.input_count; i++)
      inputs[i] = node.inputs[i] < stretch->first ? seen_for(again, node.inputs[i])
                                                  : again->map[node.inputs[i] - stretch->first];
    graph->span = node.span;
    *to = graph_emit(graph, node.op, inputs, node.input_count, node.attrs, node.attr_count,
                     again->diag);
    if (!*to) return false;
  }
  return true;
}

bool recompute_is(Value hook) {
  return hook.kind == KIND_NATIVE && hook.native->native == &MADE_AGAIN;
}

bool recompute_backward(Trace *trace, Value hook, const NodeId *args, int arg_count, NodeId dy,
                        NodeId *into, Diag *diag) {
  Graph *graph = &trace->graph;
  Span span = graph->span;
  Again again = {.trace = trace,
                 .stretch = stretch_of(graph, hook.native->extra[0].tuple),
                 .args = args,
                 .diag = diag};
  again.seen = arena_alloc(&graph->arena, (size_t)(arg_count + 1) * sizeof(NodeId));
  size_t bytes = (size_t)(again.stretch.end - again.stretch.first + 1) * sizeof(NodeId);
  again.map = arena_alloc(&graph->arena, bytes);
  memset(again.map, 0, bytes);
  for (int i = 0; i < arg_count; i++)
    if (!(again.seen[i] = read_again(&again, args[i], dy))) return false;
  bool good = emit_again(&again);
  graph->span = span;
  NodeId y = again.map[again.stretch.y - again.stretch.first], derived = graph->derived;
  /* places used as values are looked for among the first nodes, by the pass that asks */
  graph->derived = graph->count;
  good = good && gradient(graph, y, dy, again.seen, arg_count, into, diag);
  graph->derived = derived;
  return good;
}

/* The hook as a function of the arguments, y and dy, as the script's own gradients are: the
 * gradients, for vmap. */
static Value call_again(Vm *vm, const CallSite *site, Value *args, int count) {
  Trace *trace = vm->trace;
  int arg_count = count - 2;
  NodeId *nodes = arena_alloc(&trace->graph.arena, (size_t)(2 * count) * sizeof *nodes);
  NodeId *into = nodes + count;
  for (int i = 0; i < count; i++) nodes[i] = trace_operand(trace, args[i], site->span);
  Diag diag;
  diag_clear(&diag);
  Value self = value_of(KIND_NATIVE, site->self);
  if (!recompute_backward(trace, self, nodes, arg_count, nodes[count - 1], into, &diag))
    raise_diag(vm, &diag);
  Value tuple = value_tuple(vm, arg_count);
  for (int i = 0; i < arg_count; i++) {
    Maker maker = {&trace->graph, &diag};
    const Type type = *make_type(&maker, nodes[i]);
    NodeId node = into[i] ? into[i] : make_zeros(&maker, &type);
    tuple.tuple->items[i] = trace_result(trace, node);
  }
  if (arg_count != 1) return tuple;
  Value only = value_retain(tuple.tuple->items[0]);
  value_release(vm, tuple);
  return only;
}
