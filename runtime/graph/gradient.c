/* gradient.c — reverse mode, from graph to graph.
 *
 * To differentiate y: every node from y down to the first wanted one is looked at once, in
 * descending order of ids, which is a reverse topological order: when a node is visited, all its
 * users have contributed their shares of its gradient.  No recursion: a loop of a million steps
 * unrolled into the graph costs memory, not stack.
 *
 * A node matters if a wanted node lies below it along paths of floats.  Whole numbers and
 * truth values carry no gradient, and neither does anything whose rule is ZERO, stop_gradient above
 * all.  Where a gradient would have to pass a row marked NO, that is an error which names the row.
 *
 * A rule gives its shares to reverse.c.  Those of parts (x[t], x[index]) are put together once, in
 * gradient_parts.c, and those of a matrix that stands in several products in gradient_products.c.
 *
 * New nodes carry the span of the node they differentiate: a NaN in a gradient is reported at the
 * line of the script whose derivative it is.
 */
#include "runtime/graph/gradient.h"
#include "runtime/graph/derivatives.h"
#include "runtime/graph/gradient_live.h"
#include "runtime/graph/gradient_parts.h"
#include "runtime/graph/gradient_products.h"
#include "runtime/graph/recall.h"
#include "runtime/opcodes.h"

#include <assert.h>

#define MAP(...)
#define OP(ID, signature, kinds, infer, gradient, ...) GradientRule gradient_##gradient;
#define FORM(...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
GradientRule gradient_NO; /* declared even when no row is marked NO */

/* ---- rules that belong to no family ---- */

/* Nothing flows through. */
void gradient_ZERO(Reverse *reverse, NodeId id, NodeId dy) { (void)reverse, (void)id, (void)dy; }

void gradient_NO(Reverse *reverse, NodeId id, NodeId dy) {
  (void)dy;
  reverse_refuse(reverse, id);
}

void gradient_cast(Reverse *reverse, NodeId id, NodeId dy) {
  reverse_accumulate(reverse, reverse_node(reverse, id).inputs[0], dy);
}

/* The same number under another name. */
void gradient_identity(Reverse *reverse, NodeId id, NodeId dy) {
  reverse_accumulate(reverse, reverse_node(reverse, id).inputs[0], dy);
}

/* The owner of the graph knows the gradients of the arguments; inputs are y, then the arguments.
 * It is given the node itself as y: differentiated again, that has the owner's gradient too. */
void gradient_custom(Reverse *reverse, NodeId id, NodeId dy) {
  Graph *graph = reverse->maker.graph;
  const Node node = reverse_node(reverse, id);
  int count = node.input_count - 1;
  NodeId *into = arena_alloc(&graph->arena, (size_t)(count + 1) * sizeof *into);
  assert(graph->custom);
  if (!graph->custom(graph->custom_context, graph, node.attrs[0], node.inputs + 1, count, id, dy,
                     into, reverse->maker.diag))
    return;
  for (int i = 0; i < count; i++) {
    if (!into[i]) continue;
    Shape shape = reverse_shape(reverse, node.inputs[i + 1]),
          given = reverse_shape(reverse, into[i]);
    if (!shape_equal(&shape, &given) && given.rank != 0) {
      char a[200], b[200];
      diag_fail(reverse->maker.diag, STATUS_FAILED, node.span,
                "a custom gradient has the shape %s, its argument has %s", shape_show(&given, a),
                shape_show(&shape, b));
      return;
    }
    reverse_accumulate(reverse, node.inputs[i + 1], into[i]);
  }
}

/* ---- the pass ---- */

/* Can a gradient flow from this node to its inputs? */
static bool conducts(const Node *node) {
  switch (node->op) {
    case OP_STOP:
    case OP_INPUT:
    case OP_CONST: return false;
    default: return dtype_floats(node->type.dtype);
  }
}

/* CUSTOM's first input is its value, whose own rules are replaced. */
static int first_conducting_input(const Node *node) { return node->op == OP_CUSTOM ? 1 : 0; }

static void mark(Reverse *reverse, NodeId y, const NodeId *wrt, int wrt_count) {
  const Graph *graph = reverse->maker.graph;
  for (int i = 0; i < wrt_count; i++) {
    if (wrt[i] && wrt[i] <= y && dtype_floats(graph->nodes[wrt[i]].type.dtype))
      reverse->matters[wrt[i] - reverse->first] = true;
  }
  for (NodeId id = reverse->first; id <= y; id++) {
    const Node *node = &graph->nodes[id];
    if (!conducts(node)) continue;
    bool *matters = &reverse->matters[id - reverse->first];
    for (int i = first_conducting_input(node); i < node->input_count && !*matters; i++)
      *matters = reverse_wants(reverse, node->inputs[i]);
    reverse->strict |= *matters &&
                       (node->op == OP_CHAIN || node->op == OP_CHAIN_DIV || node->op == OP_KINK);
  }
}

/* What was taken out of the graph is a constant, though a gradient would have passed through it. */
static void mark_reads(Reverse *reverse, NodeId y) {
  Graph *graph = reverse->maker.graph;
  for (uint32_t i = 0; i < graph->read_count; i++)
    graph->reads[i].lost |= graph->reads[i].node <= y &&
                            reverse_wants(reverse, graph->reads[i].node);
}

static void visit(Reverse *reverse, NodeId id, NodeId dy) {
  const Node *node = graph_node(reverse->maker.graph, id); /* until something is emitted */
  if (!conducts(node)) return;
  bool below = false;
  for (int i = first_conducting_input(node); i < node->input_count && !below; i++)
    below = reverse_wants(reverse, node->inputs[i]);
  if (!below) return;
  reverse->maker.graph->span = node->span;
  if (!op_differentiable(node->op)) {
    reverse_refuse(reverse, id);
    return;
  }
  switch (node->op) {
#define MAP(ID, ...) case OP_##ID:
#define OP(...)
#define FORM(...)
#include "runtime/ops.def"
#undef MAP
#undef OP
    derivatives_give(reverse, id, dy);
    break;
#define MAP(...)
#define OP(ID, signature, kinds, infer, gradient, ...) \
  case OP_##ID:                                        \
    gradient_##gradient(reverse, id, dy);              \
    break;
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
    default: break;
  }
}

/* What the gradient starts from: 1, or the seed. */
static NodeId start(Maker *maker, NodeId y, NodeId seed) {
  Type type = *make_type(maker, y);
  type.dtype = dtype_wide(type.dtype);
  if (!seed) return graph_full(maker->graph, 1, type.dtype, &type.shape, maker->diag);
  seed = make_cast(maker, seed, type.dtype);
  return seed ? make_expand(maker, seed, &type.shape) : 0;
}

static NodeId least(const NodeId *wrt, int wrt_count, NodeId y) {
  NodeId first = y;
  for (int i = 0; i < wrt_count; i++) {
    if (wrt[i] && wrt[i] < first) first = wrt[i];
  }
  return first;
}

/* Which inputs carry values: an index chooses among the values of another input, and choosing is a
 * step. */
static int value_inputs(const Node *node) {
  switch (node->op) {
    case OP_STOP:
    case OP_LAST: return 0;
    case OP_GATHER:
    case OP_SCATTER:
    case OP_PICK:
    case OP_DROP:
    case OP_POOL_MAX_INPUT: return 1;
    default: return node->input_count;
  }
}

/* Where y depends on a variable only through places (argsort, argmax, argmin) used as values, there
 * is no gradient, and 0 would be wrong: the first such node on the path is reported as an error.
 * (In a derivative of a derivative they count as steps.)  Comparisons, rounding and choosing by an
 * index are steps, whose derivative is 0 almost everywhere. */
static bool check_places(const Graph *graph, NodeId y, const NodeId *wrt, int wrt_count,
                         const NodeId *into, Diag *diag) {
  NodeId first = 0;
  for (int i = 0; i < wrt_count; i++)
    if (wrt[i] && wrt[i] <= y && !into[i] && (!first || wrt[i] < first)) first = wrt[i];
  if (!first) return true;
  size_t span = (size_t)(y - first) + 1;
  /* by id - first: depends on one of them; y depends on it */
  bool *above = mem_zero(span), *below = mem_zero(span);
  below[y - first] = true;
  for (NodeId id = y; id >= first; id--) {
    const Node *node = &graph->nodes[id];
    for (int i = 0, count = below[id - first] ? value_inputs(node) : 0; i < count; i++)
      if (node->inputs[i] >= first) below[node->inputs[i] - first] = true;
  }
  for (int i = 0; i < wrt_count; i++)
    if (wrt[i] && wrt[i] <= y && !into[i]) above[wrt[i] - first] = true;
  bool good = true;
  for (NodeId id = first; id <= y && good; id++) {
    const Node *node = &graph->nodes[id];
    for (int i = 0; i < value_inputs(node); i++)
      above[id - first] |= node->inputs[i] >= first && above[node->inputs[i] - first];
    if (id < graph->derived || !above[id - first] || !below[id - first] ||
        (node->op != OP_ARGSORT && node->op != OP_ARGMAX && node->op != OP_ARGMIN))
      continue;
    good = false;
    diag_fail(diag, STATUS_FAILED, node->span,
              "`%s` cannot be differentiated: it returns positions, not values", op_name(node->op));
    diag_help(diag, "what counts or ranks has no slope: a loss of classes is cross_entropy(scores, "
                    "labels); as a constant, stop_gradient(…)");
  }
  mem_free(above);
  mem_free(below);
  return good;
}

static bool backward(Graph *graph, NodeId y, NodeId seed, const NodeId *wrt, int wrt_count,
                     NodeId *into, Diag *diag) {
  /* whole numbers depend on nothing smoothly */
  if (!dtype_floats(graph->nodes[y].type.dtype))
    return check_places(graph, y, wrt, wrt_count, into, diag);
  Reverse reverse = {.maker = {graph, diag},
                     .first = least(wrt, wrt_count, y),
                     .last = y,
                     .wrt = wrt,
                     .wrt_count = wrt_count,
                     .again = graph->again,
                     .strict = graph->strict};
  size_t span = (size_t)(y - reverse.first) + 1;
  reverse.adjoint = mem_zero(span * sizeof *reverse.adjoint);
  reverse.matters = mem_zero(span * sizeof *reverse.matters);
  Span before = graph->span;
  mark(&reverse, y, wrt, wrt_count);
  mark_reads(&reverse, y);
  if (reverse.matters[y - reverse.first])
    reverse.adjoint[y - reverse.first] = start(&reverse.maker, y, seed);
  for (NodeId id = y; id >= reverse.first && !diag->status; id--) {
    gradient_parts_settle(&reverse, id);
    gradient_products_settle(&reverse, id);
    NodeId dy = reverse.adjoint[id - reverse.first];
    if (dy) visit(&reverse, id, dy);
  }
  for (int i = 0; i < wrt_count; i++) {
    if (wrt[i] && wrt[i] <= y) into[i] = reverse.adjoint[wrt[i] - reverse.first];
  }
  graph->span = before;
  mem_free(reverse.adjoint);
  mem_free(reverse.matters);
  live_free(&reverse.live);
  mem_free(reverse.parts);
  mem_free(reverse.part_of);
  mem_free(reverse.products);
  mem_free(reverse.products_of);
  mem_free(reverse.uses);
  return !diag->status && check_places(graph, y, wrt, wrt_count, into, diag);
}

bool gradient(Graph *graph, NodeId y, NodeId seed, const NodeId *wrt, int wrt_count, NodeId *into,
              Diag *diag) {
  for (int i = 0; i < wrt_count; i++) into[i] = 0;
  if (!y || diag->status) return false;
  if (graph->customs) return backward(graph, y, seed, wrt, wrt_count, into, diag);
  if (recall_gradient(graph, y, seed, wrt, wrt_count, into)) return true;
  recall_begin(graph);
  return recall_gradient_done(graph, y, seed, wrt, wrt_count, into,
                              backward(graph, y, seed, wrt, wrt_count, into, diag));
}
