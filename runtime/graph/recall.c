/* recall.c — a graph that is built the same way again costs comparisons.
 *
 * `update` in a loop and a gradient called from one record the same step each time.  Building is a
 * pure function of the call, the existing nodes, the default float and the current span.  So as
 * long as every call equals that of last time, it would make the nodes of last time, which are
 * still in the array after `count`: recall advances `count`, and nothing is hashed, looked up,
 * inferred or written.  It records the outermost calls: emitted nodes, makers with the casts and
 * constants they lead to, and a whole backward pass as one.
 *
 * The first call that differs ends it: the hash table, which still has last time's nodes, is
 * rebuilt for those that are valid, and the rest is built in the ordinary way.  As inputs and
 * attributes of the others now waste memory in `kept`, the next reset clears everything, and
 * comparing begins again one building later.  So steps that differ each time cost what they cost
 * without recall, and an emptied table.  A caller that alternates between several steps keeps a
 * graph for each (lang/tensors/trace.c).
 *
 * A node's span is part of what is compared, since errors and plans show it.  A failure (0 and a
 * Diag) is never recorded.  A CUSTOM node's gradient runs the script: where there is one, a
 * backward pass is not one call but those it makes.
 */
#include "runtime/graph/recall.h"
#include "runtime/graph/table.h"

#include <string.h>

typedef enum CallKind { CALL_NODE, CALL_MAKER, CALL_GRADIENT } CallKind;

struct Recalled {
  uint16_t kind;  /* a CallKind */
  uint16_t op;    /* of a maker; of a gradient `again` and `strict` */
  NodeId args[3]; /* of a maker; of a gradient y, seed, and how many `wrt` */
  Span span;      /* the graph's at that time */
  NodeId result;
  uint32_t after;     /* the graph's count when it was done */
  const NodeId *list; /* of a gradient: `wrt`, then `into`; in the graph's `kept` */
};

void recall_start(Graph *graph) { graph->recall.on = true; }

static bool same_span(const Span *a, const Span *b) {
  return a->start == b->start && a->end == b->end && a->file == b->file;
}

void recall_miss(Graph *graph) {
  Recall *recall = &graph->recall;
  recall->count = recall->at;
  recall->following = false;
  recall->lost = true;
  table_rehash(graph);
}

void recall_reset(Graph *graph) {
  Recall *recall = &graph->recall;
  recall->at = 0;
  recall->depth = 0;
  recall->following = recall->count > 0;
}

void recall_free(Graph *graph) { mem_free(graph->recall.calls); }

/* The call that came at this point last time, if it was made in the same place of the script. */
static const Recalled *expected(const Graph *graph, CallKind kind) {
  const Recalled *call = &graph->recall.calls[graph->recall.at];
  return call->kind == kind && same_span(&call->span, &graph->span) ? call : NULL;
}

/* The call is the same: its nodes become part of the graph again. */
static void follow(Graph *graph, const Recalled *call) {
  Recall *recall = &graph->recall;
  graph->count = call->after;
  /* from here on calls are new, and are appended */
  if (++recall->at == recall->count) recall->following = false;
}

/* Space for one more note; NULL when none is wanted: recall is off, or this call is part of one
 * under way. */
static Recalled *note(Graph *graph, CallKind kind, NodeId result) {
  Recall *recall = &graph->recall;
  if (!recall->on || recall->depth) return NULL;
  if (recall->count == recall->capacity) {
    recall->capacity = recall->capacity ? 2 * recall->capacity : 64;
    recall->calls = mem_grow(recall->calls, recall->capacity * sizeof(Recalled));
  }
  Recalled *call = &recall->calls[recall->count++];
  recall->at = recall->count;
  *call = (Recalled){
      .kind = (uint16_t)kind, .span = graph->span, .result = result, .after = graph->count};
  return call;
}

/* ---- nodes ---- */

static bool same_node(const Node *node, Op op, const NodeId *inputs, int input_count,
                      const int64_t *attrs, int attr_count, const Type *type) {
  if (node->op != op || node->input_count != input_count || node->attr_count != attr_count)
    return false;
  for (int i = 0; i < input_count; i++)
    if (node->inputs[i] != inputs[i]) return false;
  for (int i = 0; i < attr_count; i++)
    if (node->attrs[i] != attrs[i]) return false;
  return !type || (type->dtype == node->type.dtype && type->weak == node->type.weak &&
                   shape_equal(&type->shape, &node->type.shape));
}

NodeId recall_node(Graph *graph, Op op, const NodeId *inputs, int input_count, const int64_t *attrs,
                   int attr_count, const Type *type) {
  if (!recall_follows(graph)) return 0;
  const Recalled *call = expected(graph, CALL_NODE);
  if (call &&
      same_node(&graph->nodes[call->result], op, inputs, input_count, attrs, attr_count, type)) {
    follow(graph, call);
    return call->result;
  }
  recall_miss(graph);
  return 0;
}

NodeId recall_node_done(Graph *graph, NodeId node) {
  if (node) note(graph, CALL_NODE, node);
  else graph->recall.lost = true;
  return node;
}

/* ---- makers ---- */

NodeId recall_maker(Graph *graph, Op op, const NodeId args[3]) {
  if (!recall_follows(graph)) return 0;
  const Recalled *call = expected(graph, CALL_MAKER);
  if (call && call->op == op && call->args[0] == args[0] && call->args[1] == args[1] &&
      call->args[2] == args[2]) {
    follow(graph, call);
    return call->result;
  }
  recall_miss(graph);
  return 0;
}

void recall_begin(Graph *graph) { graph->recall.depth++; }

NodeId recall_maker_done(Graph *graph, Op op, const NodeId args[3], NodeId node) {
  graph->recall.depth--;
  if (!node) graph->recall.lost = true;
  Recalled *call = node ? note(graph, CALL_MAKER, node) : NULL;
  if (call) {
    call->op = (uint16_t)op;
    memcpy(call->args, args, sizeof call->args);
  }
  return node;
}

/* ---- backward passes ---- */

static uint16_t kind_of_pass(const Graph *graph) {
  return (uint16_t)(graph->again | graph->strict << 1);
}

bool recall_gradient(Graph *graph, NodeId y, NodeId seed, const NodeId *wrt, int wrt_count,
                     NodeId *into) {
  if (!recall_follows(graph)) return false;
  const Recalled *call = expected(graph, CALL_GRADIENT);
  size_t bytes = (size_t)wrt_count * sizeof *wrt;
  if (call && call->args[0] == y && call->args[1] == seed && call->op == kind_of_pass(graph) &&
      call->args[2] == (NodeId)wrt_count && memcmp(call->list, wrt, bytes) == 0) {
    memcpy(into, call->list + wrt_count, bytes);
    follow(graph, call);
    return true;
  }
  recall_miss(graph);
  return false;
}

bool recall_gradient_done(Graph *graph, NodeId y, NodeId seed, const NodeId *wrt, int wrt_count,
                          const NodeId *into, bool good) {
  graph->recall.depth--;
  if (!good) graph->recall.lost = true;
  Recalled *call = good ? note(graph, CALL_GRADIENT, y) : NULL;
  if (!call) return good;
  size_t bytes = (size_t)wrt_count * sizeof *wrt;
  NodeId *list = arena_take(&graph->kept, 2 * bytes);
  memcpy(list, wrt, bytes);
  memcpy(list + wrt_count, into, bytes);
  call->args[0] = y;
  call->args[1] = seed;
  call->op = kind_of_pass(graph);
  call->args[2] = (NodeId)wrt_count;
  call->list = list;
  return true;
}
