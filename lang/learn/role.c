/* role.c — see role.h.
 *
 * What a tensor is for is read off the recording of the loss, once for all targets of a step:
 *
 * - "scalar", "vector": by its axes, none or one;
 * - "embedding": rows of it are taken by an index (a gather along its first axis);
 * - "head": it is multiplied last, so no other target is a factor between it and the loss, while
 *   some other target is a factor before it;
 * - "matrix": every other tensor of two axes or more, kernels of convolutions too.
 *
 * A target counts as a factor of a product or convolution also through what only moves or casts its
 * elements, so of `x @ W'` it is W.  Inside a scan or a function whose values are worked out again
 * the products are not looked at: there a tensor is a matrix.
 */
#include "lang/learn/role.h"

#include "lang/learn/optimizer.h"
#include "lang/machine/call_site.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tree.h"
#include "lang/tensors/operation.h"

#include <string.h>

extern const Op OP_CAST, OP_IDENTITY, OP_RESHAPE, OP_PERMUTE, OP_EXPAND, OP_MATMUL, OP_CONV2D,
    OP_GATHER;

typedef enum Role { ROLE_SCALAR, ROLE_VECTOR, ROLE_MATRIX, ROLE_TABLE, ROLE_HEAD } Role;

static const char *const NAMES[] = {[ROLE_SCALAR] = "scalar",
                                    [ROLE_VECTOR] = "vector",
                                    [ROLE_MATRIX] = "matrix",
                                    [ROLE_TABLE] = "embedding",
                                    [ROLE_HEAD] = "head"};

/* By node of the loss; owned. */
typedef struct Study {
  const Graph *graph;
  int *of;     /* 1 + the target that it is, moved at most; 0 */
  bool *after; /* a target is a factor on a way from here to the loss, this node included */
} Study;

static bool moves_only(Op op) {
  return op == OP_CAST || op == OP_IDENTITY || op == OP_RESHAPE || op == OP_PERMUTE ||
         op == OP_EXPAND;
}

static void find_targets(Study *study, const OptimizerStep *step) {
  for (int i = 0; i < step->count; i++) {
    NodeId raw = trace_raw(step->trace, step->targets[i]);
    if (raw <= step->forward) study->of[raw] = i + 1;
  }
  for (NodeId id = 1; id <= step->forward; id++) {
    const Node *node = &study->graph->nodes[id];
    if (moves_only(node->op) && node->input_count && !study->of[id])
      study->of[id] = study->of[node->inputs[0]];
  }
}

static bool is_product(const Node *node) { return node->op == OP_MATMUL || node->op == OP_CONV2D; }

/* Which target, of two axes or more, is a factor of the node; -1: none. */
static int factor(const Study *study, const OptimizerStep *step, const Node *node) {
  for (int i = 0; i < node->input_count && i < 2 && is_product(node); i++) {
    int target = study->of[node->inputs[i]] - 1;
    if (target >= 0 && step->targets[target]->value.shape.rank > 1) return target;
  }
  return -1;
}

/* From the loss down: the last factors are heads. */
static void find_heads(Study *study, const OptimizerStep *step, uint8_t *roles) {
  int last = 0, earlier = 0;
  bool *met = mem_zero((size_t)step->count + 1), *reached = mem_zero((size_t)step->forward + 1);
  bool *before = mem_zero((size_t)step->count + 1);
  reached[step->forward] = true;
  for (NodeId id = step->forward; id > 0; id--) {
    const Node *node = &study->graph->nodes[id];
    if (!reached[id]) continue;
    int target = factor(study, step, node);
    if (target >= 0 && study->after[id]) before[target] = true;
    else if (target >= 0) met[target] = true;
    for (int i = 0; i < node->input_count; i++) {
      reached[node->inputs[i]] = true;
      study->after[node->inputs[i]] |= study->after[id] || target >= 0;
    }
  }
  for (int i = 0; i < step->count; i++) last += met[i] && !before[i], earlier += before[i];
  for (int i = 0; i < step->count && last && earlier; i++)
    if (met[i] && !before[i] && roles[i] == ROLE_MATRIX) roles[i] = ROLE_HEAD;
  mem_free(before);
  mem_free(reached);
  mem_free(met);
}

static void find_tables(const Study *study, const OptimizerStep *step, uint8_t *roles) {
  for (NodeId id = 1; id <= step->forward; id++) {
    const Node *node = &study->graph->nodes[id];
    int target = node->op == OP_GATHER ? study->of[node->inputs[0]] - 1 : -1;
    if (target >= 0 && step->targets[target]->value.shape.rank > 1) roles[target] = ROLE_TABLE;
  }
}

static void study_roles(OptimizerStep *step) {
  step->roles = arena_alloc(&step->trace->graph.arena, (size_t)step->count + 1);
  for (int i = 0; i < step->count; i++) {
    int rank = step->targets[i]->value.shape.rank;
    step->roles[i] = rank == 0 ? ROLE_SCALAR : rank == 1 ? ROLE_VECTOR : ROLE_MATRIX;
  }
  size_t nodes = (size_t)step->forward + 1;
  Study study = {
      .graph = &step->trace->graph, .of = mem_zero(nodes * sizeof(int)), .after = mem_zero(nodes)};
  find_targets(&study, step);
  find_tables(&study, step, step->roles);
  find_heads(&study, step, step->roles);
  mem_free(study.of);
  mem_free(study.after);
}

static const StateQuery *asked_in(Vm *vm, const CallSite *site, const char *what) {
  const StateQuery *query = vm->state_query;
  if (query && !query->once && query->all) return query;
  raise_help(vm, site->span, "fn step(p, g) { … }",
             "%s is for the `step` of an optimizer: it asks which tensor is stepped", what);
}

static int target_of(const StateQuery *query) {
  for (int i = 0; i < query->all->count; i++)
    if (query->all->targets[i] == query->memory->param) return i;
  return 0;
}

Value native_role(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  (void)args;
  const StateQuery *query = asked_in(vm, site, "role(p)");
  OptimizerStep *step = (OptimizerStep *)(uintptr_t)query->all;
  if (!step->roles) study_roles(step);
  const char *name = NAMES[step->roles[target_of(query)]];
  return value_string(vm, name, strlen(name));
}

Value native_belongs(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const StateQuery *query = asked_in(vm, site, "belongs(p, parts)");
  if (args[1].kind != KIND_PARAM && !value_is_tree(args[1]))
    raise_kind(vm, site_at(site, 1), args[1], "a model, a param or a tuple of them is expected",
               NULL);
  Parts *parts = parts_of(vm, args[1], NULL);
  bool among = parts_place(parts, query->memory->param) >= 0;
  parts_free(vm, parts);
  return value_bool(among);
}
