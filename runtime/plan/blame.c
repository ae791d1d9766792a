/* blame.c — which operation made the NaN?
 *
 * When a watched or a new value is not finite nothing has been stored, so what it is made of can be
 * computed again from the same inputs, node by node, each value checked as it is made.  A node
 * whose operands are finite and whose result is not is a suspect.  An infinity may be meant (a mask
 * of -inf, an overflow that `where` leaves aside), so of the suspects only those count from which a
 * path of values that are not finite leads to a watched one; the first of these in the script's
 * order is named, with the element and its operands.
 *
 * An infinity among the inputs (a mask, a datum, a parameter) was made by no operation.  Where
 * nothing else is to blame, the first operation that made NaN of it is named, as 0 * -inf does,
 * else the first that read it, else, where it is stored unchanged, the input itself.
 *
 * Values are released once their last reader has run, so this needs little more memory than the run
 * itself.
 */
#include "runtime/kernels/magnitude.h"
#include "runtime/opcodes.h"
#include "runtime/plan/node.h"

#include <math.h>
#include <string.h>

/* Why a node is suspected, the gravest first. */
typedef enum Reason {
  REASON_MADE,  /* its operands are finite; or it is a NaN that was given */
  REASON_NAN,   /* its operands are infinite, none is NaN, and it has NaN */
  REASON_TOOK,  /* an infinity that was given is among its operands */
  REASON_GIVEN, /* it is an infinity that was given, and nothing was done with it */
  REASON_COUNT
} Reason;

typedef struct Suspect {
  NodeId node;
  Reason reason;
  int64_t index;      /* the first element that is not finite */
  double value;       /* what it is */
  double operands[3]; /* of an elementwise node */
} Suspect;

typedef struct Search {
  Plan *plan;
  int which; /* as plan_run gave it: all that is watched, or one store */
  void *const *bindings;
  /* by binding: the caller's memory as tensors; never freed through their holders … */
  Buffer *buffers;
  NodeId *inputs;  /* … and its INPUT */
  uint8_t *wanted; /* by node: is it below a watched value? */
  bool *bad;       /* by node: not finite */
  bool *nan;       /* by node: has a NaN */
  NodeId *last;    /* by node: its last reader */
  Suspect *suspects;
  int count, capacity;
} Search;

static Tensor bound_tensor(void *context, int64_t binding) {
  Search *search = context;
  const Graph *graph = &search->plan->graph;
  const Node *node = graph_node(graph, search->inputs[binding]);
  Buffer *buffer = &search->buffers[binding];
  buffer->refs++;
  buffer->bytes = node_bytes(node);
  buffer->data = search->bindings[binding];
  return (Tensor){.dtype = node->type.dtype, .shape = node->type.shape, .buffer = buffer};
}

/* Everything below the watched values; inputs come before their users, so one walk down is enough.
 */
static void find_wanted(Search *search) {
  const Plan *plan = search->plan;
  bool store = search->which >= plan->watch_count;
  if (store) search->wanted[plan->stores[search->which - plan->watch_count].node] = 1;
  for (int i = 0; !store && i < plan->watch_count; i++) search->wanted[plan->watched[i].node] = 1;
  for (NodeId id = plan->graph.count - 1; id > 0; id--) {
    const Node *node = graph_node(&plan->graph, id);
    for (int i = 0; search->wanted[id] && i < node->input_count; i++) {
      search->wanted[node->inputs[i]] = 1;
      if (!search->last[node->inputs[i]]) search->last[node->inputs[i]] = id;
    }
  }
}

/* The operand of an elementwise node that belongs to its element `index`. */
static double operand_at(const Tensor *operand, const Shape *to, int64_t index) {
  int64_t strides[RANK_MOST], at = 0;
  shape_strides(&operand->shape, strides);
  for (int axis = to->rank - 1; axis >= 0; axis--) {
    int64_t place = index % to->dim[axis];
    int mine = axis - (to->rank - operand->shape.rank);
    index /= to->dim[axis];
    if (mine >= 0 && operand->shape.dim[mine] != 1) at += place * strides[mine];
  }
  return tensor_get(operand, at);
}

static bool counts(Reason reason, double value) {
  return reason == REASON_NAN ? isnan(value) : !isfinite(value);
}

static void suspect(Search *search, const Values *values, NodeId id, Reason reason) {
  const Node *node = graph_node(&search->plan->graph, id);
  const Tensor *tensor = &values->tensors[id];
  Suspect found = {.node = id, .reason = reason};
  while (!counts(reason, tensor_get(tensor, found.index))) found.index++;
  found.value = tensor_get(tensor, found.index);
  bool map = node->op != OP_EXPAND && kernel_of(node->op) == kernel_map;
  for (int i = 0; map && i < node->input_count; i++)
    found.operands[i] = operand_at(&values->tensors[node->inputs[i]], &node->type.shape,
                                   found.index);
  if (search->count == search->capacity) {
    search->capacity = search->capacity ? 2 * search->capacity : 16;
    search->suspects = mem_grow(search->suspects, (size_t)search->capacity * sizeof(Suspect));
  }
  search->suspects[search->count++] = found;
}

static bool has_nan(const Tensor *tensor) {
  int64_t count = tensor_count(tensor);
  for (int64_t i = 0; i < count; i++)
    if (isnan(tensor_get(tensor, i))) return true;
  return false;
}

/* An infinity that was there before the run, or is written in the script. */
static bool is_given(const Search *search, NodeId id) {
  const Node *node = graph_node(&search->plan->graph, id);
  return (node->op == OP_INPUT || node->op == OP_CONST) && search->bad[id] && !search->nan[id];
}

/* A node that is not finite: is it suspected, and why? */
static void weigh(Search *search, const Values *values, NodeId id) {
  const Node *node = graph_node(&search->plan->graph, id);
  bool bad = false, nan = false, given = false;
  for (int i = 0; i < node->input_count; i++) {
    bad |= search->bad[node->inputs[i]];
    nan |= search->nan[node->inputs[i]];
    given |= is_given(search, node->inputs[i]);
  }
  if (is_given(search, id)) suspect(search, values, id, REASON_GIVEN);
  else if (!bad) suspect(search, values, id, REASON_MADE);
  else if (bad && !nan && search->nan[id]) suspect(search, values, id, REASON_NAN);
  else if (given) suspect(search, values, id, REASON_TOOK);
}

static bool look_at(Search *search, Values *values, NodeId id, Diag *diag) {
  const Node *node = graph_node(&search->plan->graph, id);
  const Tensor *tensor = values_get(values, id, diag);
  if (!tensor) return false;
  search->bad[id] = !magnitude_all_finite(tensor_data(tensor), tensor->dtype, tensor_count(tensor));
  search->nan[id] = search->bad[id] && has_nan(tensor);
  if (search->bad[id]) weigh(search, values, id);
  for (int i = 0; i < node->input_count; i++)
    if (search->last[node->inputs[i]] == id && values->tensors[node->inputs[i]].buffer)
      tensor_release(&values->tensors[node->inputs[i]]);
  return true;
}

/* Of the suspects of the gravest reason, the first from which a path of bad values leads to a bad
 * watched value. */
static const Suspect *choose(const Search *search) {
  const Plan *plan = search->plan;
  bool *guilty = mem_zero(plan->graph.count * sizeof *guilty);
  const Suspect *chosen = NULL;
  bool store = search->which >= plan->watch_count;
  if (store) guilty[plan->stores[search->which - plan->watch_count].node] = true;
  for (int i = 0; !store && i < plan->watch_count; i++)
    guilty[plan->watched[i].node] = search->bad[plan->watched[i].node];
  for (NodeId id = plan->graph.count - 1; id > 0; id--) {
    const Node *node = graph_node(&plan->graph, id);
    for (int i = 0; guilty[id] && i < node->input_count; i++)
      guilty[node->inputs[i]] |= search->bad[node->inputs[i]];
  }
  for (int reason = 0; reason < REASON_COUNT && !chosen; reason++)
    for (int i = search->count - 1; i >= 0; i--)
      if (search->suspects[i].reason == (Reason)reason && guilty[search->suspects[i].node])
        chosen = &search->suspects[i];
  mem_free(guilty);
  return chosen;
}

/* ---- the message ---- */

static void add_value(Text *text, double value) {
  if (isnan(value)) text_string(text, "NaN");
  else if (isinf(value)) text_string(text, value > 0 ? "inf" : "-inf");
  else text_digits(text, value, 6);
}

static void add_place(Text *text, const Shape *shape, int64_t index) {
  int64_t strides[RANK_MOST];
  shape_strides(shape, strides);
  text_string(text, " at [");
  for (int axis = 0; axis < shape->rank; axis++) {
    text_format(text, "%s%lld", axis ? ", " : "", (long long)(index / strides[axis]));
    index %= strides[axis];
  }
  text_string(text, "]");
}

static void write_verdict(const Plan *plan, const Suspect *found, Text *text) {
  const Node *node = graph_node(&plan->graph, found->node);
  const char *name = op_name(node->op);
  bool map = kernel_of(node->op) == kernel_map,
       chain = node->op == OP_CHAIN || node->op == OP_CHAIN_DIV;
  if (node->op == OP_CONST) {
    text_string(text, "a constant is ");
    add_value(text, found->value);
    if (isnan(found->value)) text_string(text, " (`nan`, or a second derivative at a kink)");
  } else if (node->op == OP_INPUT) {
    text_string(text, "a value was ");
    add_value(text, found->value);
    text_string(text, " before this step");
  } else if (chain) {
    text_string(text, "the gradient is ");
    add_value(text, found->value);
    text_string(text, ": ");
    add_value(text, found->operands[0]);
    text_string(text, node->op == OP_CHAIN ? " * " : " / ");
    add_value(text, found->operands[1]);
  } else {
    text_format(text, "`%s`", name);
    for (int i = 0; map && i < node->input_count; i++) {
      text_string(text, i == 0 ? " of " : i == node->input_count - 1 ? " and " : ", ");
      add_value(text, found->operands[i]);
    }
    text_string(text, map ? " is " : " gives ");
    add_value(text, found->value);
  }
  if (node->type.shape.rank) add_place(text, &node->type.shape, found->index);
}

bool plan_fault_given(const Plan *plan) { return plan->fault_given; }

bool plan_blame(Plan *plan, void *const *bindings, int which, Diag *diag) {
  plan->fault_given = false;
  /* a validation watches nothing and stores nothing */
  if (which >= plan->watch_count + plan->store_count) return false;
  uint32_t count = plan->graph.count;
  Search search = {.plan = plan,
                   .which = which,
                   .bindings = bindings,
                   .buffers = mem_zero((size_t)plan->binding_count * sizeof(Buffer) + 1),
                   .inputs = mem_zero((size_t)plan->binding_count * sizeof(NodeId) + 1),
                   .wanted = mem_zero(count),
                   .bad = mem_zero(count * sizeof(bool)),
                   .nan = mem_zero(count * sizeof(bool)),
                   .last = mem_zero(count * sizeof(NodeId))};
  /* ours: their holders never free them */
  for (int64_t b = 0; b < plan->binding_count; b++) search.buffers[b].refs = 1;
  for (NodeId id = count - 1; id > 0; id--)
    if (graph_node(&plan->graph, id)->op == OP_INPUT)
      search.inputs[graph_node(&plan->graph, id)->attrs[0]] = id;
  Values values = {.graph = &plan->graph, .binding = bound_tensor, .context = &search};
  find_wanted(&search);
  bool good = true;
  for (NodeId id = 1; id < count && good; id++)
    if (search.wanted[id]) good = look_at(&search, &values, id, diag);
  const Suspect *found = good ? choose(&search) : NULL;
  if (found) {
    Text text = {0};
    write_verdict(plan, found, &text);
    plan->fault_node = found->node;
    plan->fault.input = -1;
    plan->fault.place = found->index + 1;
    plan->fault_given = found->reason != REASON_MADE ||
                        graph_node(&plan->graph, found->node)->op == OP_INPUT;
    diag_fail(diag, STATUS_FAILED, graph_node(&plan->graph, found->node)->span, "%s", text.data);
    if (found->reason == REASON_NAN && graph_node(&plan->graph, found->node)->op == OP_MUL)
      diag_help(diag, "portion(p, x) is p * x, but 0 where p is 0 and x is infinite");
    text_free(&text);
  }
  values_free(&values);
  mem_free(search.buffers);
  mem_free(search.inputs);
  mem_free(search.wanted);
  mem_free(search.bad);
  mem_free(search.nan);
  mem_free(search.last);
  mem_free(search.suspects);
  return found != NULL;
}
