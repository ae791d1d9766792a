/* need.c — the first pass: a compact copy of the needed part of the graph, and the facts about each
 * node alone.
 *
 * Halves.  What results and watched values need runs in the first half.  What only stores need runs
 * in the second, when the watched values have been found finite, and may then write into the
 * parameters' own memory.  Nothing in the second half may fail, or parameters would be left half
 * new: so what is not plain float arithmetic goes to the first half.  A watched gradient that only
 * stores need may wait for the second half (defer.c).
 *
 * Pools.  A max pool over the relu of a convolution with its bias is copied the other way round:
 * bias and relu of what the pool leaves (graph/pooled.h).
 *
 * Operands.  An elementwise node reads its inputs through aliases and through EXPAND, whose
 * repeating becomes the pattern of the operand; an EXPAND that only elementwise nodes read is never
 * written out.  Nor is a part of a value (a gate's columns, an attention's heads) that lies there
 * in runs; in the second half it is, since range.c wants to look at it.
 *
 * Tails.  A sum of all elements, or of short rows, whose operand is elementwise may end that
 * program (map.h); its operand then need not be in memory at all.
 */
#include "runtime/graph/pooled.h"
#include "runtime/kernels/kernels.h"
#include "runtime/opcodes.h"
#include "runtime/plan/node.h"

#include <string.h>

/* ---- the copy ---- */

static void mark(const Graph *graph, NodeId root, uint8_t *needed, NodeId *stack) {
  int depth = 0;
  if (needed[root]) return;
  needed[root] = 1;
  stack[depth++] = root;
  while (depth > 0) {
    const Node *node = graph_node(graph, stack[--depth]);
    for (int i = 0; i < (node_remark(node) ? 1 : node->input_count); i++) {
      if (needed[node->inputs[i]]) continue;
      needed[node->inputs[i]] = 1;
      stack[depth++] = node->inputs[i];
    }
  }
}

/* Copies node `from` with its inputs renamed. */
static NodeId copy_node(Plan *plan, const Node *from, const NodeId *renamed) {
  Node *node = &plan->graph.nodes[plan->graph.count++];
  *node = *from;
  NodeId *inputs = arena_alloc(&plan->arena, from->input_count * sizeof *inputs + 1);
  int64_t *attrs = arena_alloc(&plan->arena, (size_t)from->attr_count * sizeof *attrs + 1);
  for (int i = 0; i < from->input_count; i++) inputs[i] = renamed[from->inputs[i]];
  if (from->attr_count) memcpy(attrs, from->attrs, (size_t)from->attr_count * sizeof *attrs);
  node->inputs = inputs;
  node->attrs = attrs;
  return plan->graph.count - 1;
}

/* relu(pool(c) + b) in place of pool(relu(c + b)). */
static NodeId copy_pooled(Plan *plan, const Graph *graph, NodeId pool, const Pooled *pooled,
                          NodeId *renamed) {
  const NodeId conv = renamed[pooled->conv];
  Node sum = *graph_node(graph, pooled->sum), relu = *graph_node(graph, pooled->relu);
  sum.type.shape = relu.type.shape = graph_node(graph, pool)->type.shape;
  renamed[pooled->relu] = conv;
  renamed[pooled->conv] = copy_node(plan, graph_node(graph, pool), renamed);
  renamed[pooled->sum] = copy_node(plan, &sum, renamed);
  renamed[pooled->conv] = conv;
  return copy_node(plan, &relu, renamed);
}

/* How often each is read. */
static uint32_t *count_uses(const PlanSpec *spec, const uint8_t *needed) {
  uint32_t *uses = mem_zero(spec->graph->count * sizeof *uses);
  for (NodeId id = 1; id < spec->graph->count; id++) {
    const Node *node = graph_node(spec->graph, id);
    for (int i = 0; i < node->input_count && needed[id]; i++) uses[node->inputs[i]]++;
  }
  for (int i = 0; i < spec->result_count; i++) uses[spec->results[i]]++;
  for (int i = 0; i < spec->watched_count; i++) uses[spec->watched[i]]++;
  for (int i = 0; i < spec->store_count; i++) uses[spec->stores[i].node]++;
  return uses;
}

/* What copy_pooled copies is not copied before. */
static void leave_pooled(const Graph *graph, const uint32_t *uses, uint8_t *needed) {
  Pooled pooled;
  for (NodeId id = 1; id < graph->count && FUSES; id++)
    if (needed[id] && pooled_find(graph, id, uses, &pooled))
      needed[pooled.relu] = needed[pooled.sum] = 0;
}

static void note_binding(Plan *plan, int64_t binding) {
  if (binding >= plan->binding_count) plan->binding_count = binding + 1;
}

void plan_copy(Plan *plan, const PlanSpec *spec) {
  const Graph *graph = spec->graph;
  uint8_t *needed = mem_zero(graph->count);
  NodeId *renamed = mem_alloc(graph->count * sizeof *renamed),
         *stack = mem_alloc(graph->count * sizeof *stack);
  for (int i = 0; i < spec->result_count; i++) mark(graph, spec->results[i], needed, stack);
  for (int i = 0; i < spec->watched_count; i++) mark(graph, spec->watched[i], needed, stack);
  for (int i = 0; i < spec->store_count; i++) mark(graph, spec->stores[i].node, needed, stack);
  uint32_t count = 1, *uses = count_uses(spec, needed);
  for (NodeId id = 1; id < graph->count; id++) count += needed[id];
  leave_pooled(graph, uses, needed);
  plan->graph = (Graph){
      .count = 1, .capacity = count, .real = graph->real, .nodes = mem_zero(count * sizeof(Node))};
  for (NodeId id = 1; id < graph->count; id++) {
    if (!needed[id]) continue;
    if (node_remark(graph_node(graph, id))) {
      renamed[id] = renamed[graph_node(graph, id)->inputs[0]];
      continue;
    }
    Pooled pooled;
    if (FUSES && pooled_find(graph, id, uses, &pooled))
      renamed[id] = copy_pooled(plan, graph, id, &pooled, renamed);
    else renamed[id] = copy_node(plan, graph_node(graph, id), renamed);
    if (graph_node(graph, id)->op == OP_INPUT) note_binding(plan, graph_node(graph, id)->attrs[0]);
  }
  plan->result_count = spec->result_count;
  plan->results = arena_alloc(&plan->arena, (size_t)spec->result_count * sizeof(NodeId) + 1);
  for (int i = 0; i < spec->result_count; i++) plan->results[i] = renamed[spec->results[i]];
  plan->watch_count = spec->watched_count;
  plan->watched = arena_alloc(&plan->arena, (size_t)spec->watched_count * sizeof(Watched) + 1);
  for (int i = 0; i < spec->watched_count; i++) {
    const Node *node = graph_node(graph, spec->watched[i]);
    plan->watched[i] = (Watched){.node = renamed[spec->watched[i]],
                                 .dtype = node->type.dtype,
                                 .count = node_count(node),
                                 .steady = spec->steady && spec->steady[i]};
  }
  plan->store_count = spec->store_count;
  plan->stores = arena_alloc(&plan->arena, (size_t)spec->store_count * sizeof(Store) + 1);
  for (int i = 0; i < spec->store_count; i++) {
    plan->stores[i] = (Store){spec->stores[i].binding, renamed[spec->stores[i].node]};
    note_binding(plan, spec->stores[i].binding);
  }
  mem_free(needed);
  mem_free(uses);
  mem_free(renamed);
  mem_free(stack);
}

/* ---- constants ---- */

/* A scalar made of constants is computed now, by the loop that would do it later, and becomes a
 * constant. */
static void fold_constant(Plan *plan, Node *node) {
  union {
    uint8_t byte;
    uint16_t half;
    int32_t whole;
    float single;
    double full;
  } in[3], out;
  if (node->type.shape.rank || node->op == OP_EXPAND ||
      (node->op != OP_CAST && kernel_of(node->op) != kernel_map))
    return;
  for (int i = 0; i < node->input_count; i++) {
    const Node *input = graph_node(&plan->graph, node->inputs[i]);
    if (input->op != OP_CONST) return;
    node_write_constant(input, &in[i]);
  }
  MapWork work = node_work(&plan->graph, node);
  /* it fails when it runs, then */
  if (dispatch_loop(&work)(1, &in[0], &in[1], &in[2], &out)) return;
  int64_t *attrs = arena_alloc(&plan->arena, 3 * sizeof *attrs);
  double value = dtype_element(node->type.dtype, &out, 0);
  memcpy(&attrs[0], &value, sizeof value);
  attrs[1] = node->type.dtype;
  attrs[2] = node->type.weak;
  node->op = OP_CONST;
  node->leaf = LEAF_CONST;
  node->input_count = 0;
  node->attr_count = 3;
  node->attrs = attrs;
}

static void fold_constants(Plan *plan) {
  unsigned mode = kernels_enter();
  for (NodeId id = 1; id < plan->graph.count; id++) fold_constant(plan, &plan->graph.nodes[id]);
  kernels_leave(mode);
}

/* ---- one node ---- */

/* Arithmetic on whole numbers and conversions to them may not fit, and what is required may not be
 * so. */
static bool may_fail(const Graph *graph, const Node *node) {
  if (node->op == OP_REQUIRE) return true;
  if (dtype_floats(node->type.dtype) || node->type.dtype == DTYPE_BOOL || node->op == OP_EXPAND)
    return false;
  return node->op != OP_CAST || graph_node(graph, node->inputs[0])->type.dtype > node->type.dtype ||
         node->type.dtype != DTYPE_I32;
}

static bool is_fusable(Op op) {
  return op == OP_CAST || op == OP_EXPAND || kernel_of(op) == kernel_map;
}

/* Where input `id` of a node of shape `to` is read. */
static Operand operand_of(const Plan *plan, NodeId id, const Shape *to) {
  const Node *node = graph_node(&plan->graph, id);
  const Facts *facts = &plan->facts[id];
  NodeId through = id; /* a STOP or CUSTOM of an EXPAND has its shape */
  while (plan->facts[through].root != through &&
         shape_equal(&graph_node(&plan->graph, plan->facts[through].root)->type.shape,
                     &node->type.shape))
    through = plan->facts[through].root;
  const Node *seen = graph_node(&plan->graph, through);
  if (seen->op == OP_EXPAND && plan->facts[through].root == through)
    return operand_of(plan, seen->inputs[0], to);
  return (Operand){
      .source = facts->root, .offset = facts->offset, .pattern = pattern_of(&node->type.shape, to)};
}

static void look_at(Plan *plan, NodeId id) {
  const Node *node = graph_node(&plan->graph, id);
  Facts *facts = &plan->facts[id];
  int64_t first;
  facts->root = id;
  facts->item = -1;
  facts->bytes = node_bytes(node);
  facts->leaf = node->op == OP_INPUT || node->op == OP_CONST;
  if (facts->leaf) return;
  if (facts->turned || node_alias(&plan->graph, node, &first)) {
    if (facts->turned) first = 0;
    const Facts *of = &plan->facts[node->inputs[0]];
    facts->root = of->root;
    facts->offset = of->offset + first;
    return;
  }
  facts->fusable = is_fusable(node->op);
  if (!facts->fusable) return;
  facts->operand_count = node->input_count;
  facts->operands = arena_alloc(&plan->arena, node->input_count * sizeof(Operand));
  if (node_work(&plan->graph, node).op == OP_SQUARE) facts->operand_count = 1;
  for (int i = 0; i < facts->operand_count; i++)
    facts->operands[i] = operand_of(plan, node->inputs[i], &node->type.shape);
}

static void keep(Plan *plan, NodeId id, uint8_t half) {
  Facts *root = &plan->facts[plan->facts[id].root];
  root->kept = true;
  if (!root->half || half < root->half) root->half = half;
}

/* Of a watched node, when all its users are known: must it be there before the second half?  Else
 * it waits (defer.c). */
static void settle_watched(Plan *plan, NodeId id) {
  Facts *facts = &plan->facts[id];
  if (!facts->looked) return;
  bool waits = facts->half == 2 && !facts->kept && plan_waits_watched(plan, id);
  for (int i = plan->watch_of[id]; i >= 0 && waits; i = plan->watched[i].next)
    waits = plan->watched[i].count == node_count(graph_node(&plan->graph, id));
  if (!waits) keep(plan, id, 1);
  for (int i = plan->watch_of[id]; i >= 0; i = plan->watched[i].next)
    plan->watched[i].waits = waits;
}

/* ---- parts ---- */

#if defined(GD_HARSH)
enum { RUN_LEAST = 1 };
#else
enum { RUN_LEAST = 64 }; /* bytes that lie one after the other, for a part to be read where it is */
#endif

/* Which nodes must be in memory by themselves: a kernel or the caller reads them, not only the
 * elementwise machine. */
static bool *find_apart(const Plan *plan) {
  bool *apart = mem_zero(plan->graph.count * sizeof *apart);
  for (NodeId id = 1; id < plan->graph.count; id++) {
    const Node *node = graph_node(&plan->graph, id);
    const Facts *facts = &plan->facts[id];
    apart[id] |= facts->kept || facts->looked;
    for (int i = 0; i < node->input_count && facts->root == id && !facts->fusable; i++)
      apart[plan->facts[node->inputs[i]].root] = true;
  }
  return apart;
}

/* A slice, or a permutation, whose neighbours lie in memory in runs: from its input's memory.  Its
 * elements are read one for one, in their order, so a reshape between does not matter. */
static void read_part(const Plan *plan, Operand *operand) {
  const Node *part = graph_node(&plan->graph, operand->source);
  Pattern pattern;
  int64_t first;
  if (!node_part(&plan->graph, part, &pattern, &first)) return;
  const int last = pattern.rank - 1;
  if (last < 0 || pattern.stride[last] != 1 ||
      pattern.dim[last] * (int64_t)dtype_bytes(part->type.dtype) < RUN_LEAST)
    return;
  const Facts *of = &plan->facts[part->inputs[0]];
  *operand =
      (Operand){.source = of->root, .offset = of->offset + first, .part = true, .pattern = pattern};
}

static void read_parts(const Plan *plan, NodeId id, const bool *apart) {
  const Facts *facts = &plan->facts[id];
  const int64_t count = node_count(graph_node(&plan->graph, id));
  for (int i = 0; i < facts->operand_count; i++) {
    Operand *operand = &facts->operands[i];
    if (!apart[operand->source] && operand->pattern.kind == PATTERN_FULL && operand->offset == 0 &&
        count > 0 && node_count(graph_node(&plan->graph, operand->source)) == count)
      read_part(plan, operand);
  }
}

/* Which operands can stay in registers. */
static void align(Plan *plan, NodeId id) {
  Facts *facts = &plan->facts[id];
  for (int i = 0; i < facts->operand_count; i++) {
    Operand *operand = &facts->operands[i];
    const Facts *source = &plan->facts[operand->source];
    operand->aligned = FUSES && operand->pattern.kind == PATTERN_FULL && operand->offset == 0 &&
                       source->fusable && source->half == facts->half &&
                       node_count(graph_node(&plan->graph, operand->source)) ==
                           node_count(graph_node(&plan->graph, id));
  }
}

/* Makes a SUM a tail if it can end the program of its operand. */
static void try_tail(Plan *plan, NodeId id) {
  const Node *node = graph_node(&plan->graph, id);
  Facts *facts = &plan->facts[id];
  int64_t row;
  if (!FUSES || node->op != OP_SUM || facts->half != 1) return;
  const Facts *input = &plan->facts[node->inputs[0]];
  const Facts *source = &plan->facts[input->root];
  const Type *type = &graph_node(&plan->graph, node->inputs[0])->type;
  if (!source->fusable || source->half != 1 || input->offset ||
      !map_sums(&type->shape, (uint32_t)node->attrs[0], type->dtype, &row))
    return;
  if (node_count(graph_node(&plan->graph, input->root)) != shape_count(&type->shape)) return;
  facts->tail = true;
  facts->operand_count = 1;
  facts->operands = arena_alloc(&plan->arena, sizeof(Operand));
  facts->operands[0] =
      (Operand){.source = input->root, .aligned = true, .pattern = {.kind = PATTERN_FULL}};
}

static void need(Facts *facts, uint8_t half) {
  if (!facts->half || half < facts->half) facts->half = half;
}

void plan_need(Plan *plan) {
  fold_constants(plan);
  plan->facts = arena_alloc(&plan->arena, plan->graph.count * sizeof(Facts));
  plan_turn(plan);
  for (NodeId id = 1; id < plan->graph.count; id++) look_at(plan, id);
  for (int i = 0; i < plan->result_count; i++) keep(plan, plan->results[i], 1);
  plan->watch_of = mem_alloc(plan->graph.count * sizeof(int));
  for (NodeId id = 0; id < plan->graph.count; id++) plan->watch_of[id] = -1;
  for (int i = plan->watch_count - 1; i >= 0; i--) {
    NodeId root = plan->facts[plan->watched[i].node].root;
    plan->watched[i].next = plan->watch_of[root];
    plan->watch_of[root] = i;
    plan->facts[root].looked = true;
  }
  for (int i = 0; i < plan->store_count; i++) keep(plan, plan->stores[i].node, 2);
  bool *apart = find_apart(plan);
  for (NodeId id = plan->graph.count - 1; id > 0; id--) {
    const Node *node = graph_node(&plan->graph, id);
    Facts *facts = &plan->facts[id];
    settle_watched(plan, id);
    if (!facts->half || facts->leaf) continue;
    bool fails = facts->fusable ? may_fail(&plan->graph, node) : !plan_waits(plan, id);
    if (facts->half == 2 && fails) facts->half = 1;
    if (FUSES && facts->half == 1) read_parts(plan, id, apart);
    if (facts->operand_count)
      for (int i = 0; i < facts->operand_count; i++)
        need(&plan->facts[facts->operands[i].source], facts->half);
    else
      for (int i = 0; i < node->input_count; i++) /* no kernel waits for another */
        need(&plan->facts[plan->facts[node->inputs[i]].root], 1);
  }
  mem_free(apart);
  for (NodeId id = 1; id < plan->graph.count; id++) {
    if (!plan->facts[id].half) continue;
    align(plan, id);
    try_tail(plan, id);
  }
  plan_ranges(plan);
}
