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
 * elements, so of `x @ W'` it is W.
 *
 * The factors of a matrix are what the loss multiplies it by, and the slope of the loss there: its
 * gradient is their product, summed over the rows.  They exist where the loss has W in one product
 * `x @ W`; of a vector, where it is added to one product.  Of a loss made of one log_softmax the
 * slopes may be asked for with targets drawn from the model's own probabilities, as the Fisher
 * matrix has them.
 *
 * Inside a scan or a function whose values are worked out again the products are not looked at:
 * there a tensor is a matrix without factors.
 */
#include "lang/learn/role.h"

#include "lang/learn/declaration.h"
#include "lang/learn/states.h"
#include "lang/machine/call_site.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tree.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/operation.h"

#include <string.h>

extern const Op OP_ADD, OP_CAST, OP_IDENTITY, OP_RESHAPE, OP_PERMUTE, OP_EXPAND, OP_MATMUL,
    OP_CONV2D, OP_LOG_SOFTMAX, OP_MUL, OP_GATHER;

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
  if (query && (!query->once || query->declaring) && query->all) return query;
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

/* ---- factors ---- */

/* Where a target stands in the recording. */
typedef struct Stands {
  NodeId product; /* `x @ W`; 0: there is none, or more than one */
  NodeId at;      /* where the slope is taken: there, or where a vector is added */
  bool added;     /* a vector is added to it */
} Stands;

/* What a node has the rows of: through casts, and reshapes that leave the last axis. */
static NodeId unmoved(const Graph *graph, NodeId id) {
  for (;;) {
    const Node *node = &graph->nodes[id];
    const Shape *shape = &node->type.shape;
    bool moves = node->op == OP_CAST || node->op == OP_IDENTITY || node->op == OP_RESHAPE;
    if (!moves) return id;
    const Shape *from = &graph->nodes[node->inputs[0]].type.shape;
    if (!shape->rank || !from->rank || shape->dim[shape->rank - 1] != from->dim[from->rank - 1])
      return id;
    id = node->inputs[0];
  }
}

static bool plain_product(const Node *node) {
  return node->op == OP_MATMUL && !node->attrs[0] && !node->attrs[1];
}

/* Of a sum the operand that is a plain product and the one that is a target's vector, or false. */
static bool is_affine(const Study *study, const OptimizerStep *step, const Node *node,
                      NodeId *product, int *vector) {
  for (int i = 0; node->op == OP_ADD && i < 2; i++) {
    NodeId id = unmoved(study->graph, node->inputs[i]);
    int target = study->of[node->inputs[1 - i]] - 1;
    if (!plain_product(&study->graph->nodes[id]) || target < 0) continue;
    if (step->targets[target]->value.shape.rank != 1) continue;
    *product = id;
    *vector = target;
    return true;
  }
  return false;
}

static void find_product(const Study *study, const OptimizerStep *step, const bool *reached,
                         int target, Stands *place) {
  const Graph *graph = study->graph;
  NodeId raw = trace_raw(step->trace, step->targets[target]);
  int products = 0;
  for (NodeId id = 1; id <= step->forward; id++) {
    const Node *node = &graph->nodes[id];
    if (!reached[id] || !is_product(node) || factor(study, step, node) != target) continue;
    products++;
    if (plain_product(node) && unmoved(graph, node->inputs[1]) == raw) place->product = id;
  }
  if (products != 1) place->product = 0;
  place->at = place->product;
  for (NodeId id = 1; id <= step->forward && place->product; id++) {
    NodeId product;
    int vector;
    if (reached[id] && is_affine(study, step, &graph->nodes[id], &product, &vector))
      place->added |= product == place->product;
  }
}

static void find_sum(const Study *study, const OptimizerStep *step, const bool *reached, int target,
                     Stands *place) {
  int sums = 0;
  for (NodeId id = 1; id <= step->forward; id++) {
    NodeId product;
    int vector;
    if (!reached[id] || !is_affine(study, step, &study->graph->nodes[id], &product, &vector))
      continue;
    if (vector != target) continue;
    sums++;
    *place = (Stands){product, id, true};
  }
  if (sums != 1) place->product = 0;
}

/* [.., columns] as [rows, columns]. */
static NodeId as_rows(Maker *maker, NodeId a) {
  const Shape *shape = &make_type(maker, a)->shape;
  int64_t columns = shape->dim[shape->rank - 1], count = shape_count(shape);
  Shape flat = shape_of(2, (int64_t[]){columns ? count / columns : 0, columns});
  return make_reshape(maker, a, &flat);
}

/* The one place of the loss where scores become logarithms of probabilities; 0: none, or several.
 */
static NodeId find_logarithms(const Graph *graph, const bool *reached, NodeId loss) {
  NodeId found = 0;
  for (NodeId id = 1; id <= loss; id++) {
    if (!reached[id] || graph->nodes[id].op != OP_LOG_SOFTMAX) continue;
    if (found) return 0;
    found = id;
  }
  return found;
}

static Value call_row(Vm *vm, const CallSite *site, const char *name, Value a, Value b) {
  Value args[2] = {a, b};
  return operation_call(vm, site, ops_find(name), args, b.kind == KIND_UNSET ? 1 : 2);
}

/* The slope of the mean loss at these logarithms with targets drawn from them: drawn once a step.
 */
static NodeId drawn_slope(Vm *vm, const CallSite *site, OptimizerStep *step, NodeId logarithms) {
  if (step->drawn) return step->drawn;
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&step->trace->graph, &diag};
  const Type type = *make_type(&maker, logarithms);
  int64_t classes = type.shape.dim[type.shape.rank - 1], count = shape_count(&type.shape);
  Value scores = trace_result(step->trace, logarithms),
        targets = call_row(vm, site, "categorical", scores, (Value){0}),
        hot = call_row(vm, site, "one_hot", targets, value_number((double)classes));
  NodeId node = make_cast(&maker, trace_operand(step->trace, hot, site->span), type.dtype);
  NodeId scale = make_number(&maker, -(double)classes / (double)count);
  step->drawn = make2(&maker, OP_MUL, node, scale);
  value_release(vm, hot);
  value_release(vm, targets);
  value_release(vm, scores);
  if (!step->drawn) raise_diag(vm, &diag);
  return step->drawn;
}

/* from: the loss, or logarithms with a seed */
static Value factors_at(Vm *vm, Trace *trace, NodeId from, NodeId seed, const Stands *place) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId at = place->at, slope = 0;
  if (!gradient(&trace->graph, from, seed, &at, 1, &slope, &diag)) raise_diag(vm, &diag);
  if (!slope) return value_none();
  NodeId x = as_rows(&maker, graph_node(&trace->graph, place->product)->inputs[0]);
  slope = as_rows(&maker, slope);
  if (!x || !slope) raise_diag(vm, &diag);
  Value made = value_tuple(vm, 3);
  made.tuple->items[0] = trace_result(trace, x);
  made.tuple->items[1] = trace_result(trace, slope);
  made.tuple->items[2] = value_bool(place->added);
  return made;
}

Value native_layer_of(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const StateQuery *query = asked_in(vm, site, "layer_of(p)");
  OptimizerStep *step = (OptimizerStep *)(uintptr_t)query->all;
  bool draws = args[1].kind == KIND_BOOL && args[1].truth;
  int target = target_of(query), rank = step->targets[target]->value.shape.rank;
  size_t nodes = (size_t)step->forward + 1;
  Study study = {.graph = &step->trace->graph, .of = mem_zero(nodes * sizeof(int))};
  bool *reached = graph_reached(study.graph, step->forward);
  Stands place = {0};
  find_targets(&study, step);
  if (rank == 2) find_product(&study, step, reached, target, &place);
  else if (rank == 1) find_sum(&study, step, reached, target, &place);
  NodeId logarithms = draws ? find_logarithms(study.graph, reached, step->forward) : 0;
  mem_free(reached);
  mem_free(study.of);
  if (!place.product) return value_none();
  if (!logarithms) return factors_at(vm, step->trace, step->forward, 0, &place);
  NodeId seed = drawn_slope(vm, site, step, logarithms);
  return factors_at(vm, step->trace, logarithms, seed, &place);
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
