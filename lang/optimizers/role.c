/* role.c — see role.h.
 *
 * The role of a tensor is found in the recording of the loss, once for all targets of a step:
 *
 * - "scalar", "vector": it has no axis, or one;
 * - "embedding": an index takes rows of it (a gather along its first axis);
 * - "head": it is multiplied last: no other target is a factor between it and the loss, and some
 *   other target is a factor before it;
 * - "matrix": every other tensor of two axes or more, kernels of convolutions too.
 *
 * A target counts as a factor of a product or convolution also through operations that only move or
 * cast its elements: of `x @ W'` the factor is W.
 *
 * The factors of a matrix W are the value that the loss multiplies it by, and the derivative of the
 * loss with respect to that product; the gradient of W is their product, summed over the rows.
 * They exist if the loss uses W only as `x @ W`, possibly in several places (their rows are
 * concatenated), or if W is only the kernel of convolutions: then a row is what one position of the
 * window sees, made by a convolution with the unit kernels.  For a vector they exist if it is only
 * added to such products.  For a loss made of one log_softmax the derivatives may be requested with
 * targets drawn from the model's own probabilities, as in the Fisher matrix.
 *
 * The update of `shards:` is made without the loss, with the roles that a part's recording found
 * (record.c).  Factors are those of one minibatch, the whole of the update: otherwise they are
 * refused, since a gradient over all rows would be combined with factors of a few.
 *
 * Products inside a scan or a function with recomputed values are not examined; there a tensor is a
 * matrix without factors.
 */
#include "lang/optimizers/role.h"

#include "lang/machine/call_site.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tree.h"
#include "lang/machine/tuple.h"
#include "lang/optimizers/states.h"
#include "lang/tensors/operation.h"
#include "lang/tensors/trace_param.h"
#include "lang/tensors/trace_value.h"

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
    NodeId raw = trace_stored(step->trace, step->targets[i]);
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

const uint8_t *role_study(const OptimizerStep *step) {
  uint8_t *roles = arena_alloc(&step->trace->graph.arena, (size_t)step->count + 1);
  for (int i = 0; i < step->count; i++) {
    int rank = step->targets[i]->value.shape.rank;
    roles[i] = rank == 0 ? ROLE_SCALAR : rank == 1 ? ROLE_VECTOR : ROLE_MATRIX;
  }
  size_t nodes = (size_t)step->forward + 1;
  Study study = {
      .graph = &step->trace->graph, .of = mem_zero(nodes * sizeof(int)), .after = mem_zero(nodes)};
  find_targets(&study, step);
  find_tables(&study, step, roles);
  find_heads(&study, step, roles);
  mem_free(study.of);
  mem_free(study.after);
  return roles;
}

static const StateQuery *asked_in(Vm *vm, const CallSite *site, const char *what) {
  const StateQuery *query = vm->state_query;
  if (query && (!query->once || query->declaring) && query->all) return query;
  raise_help(vm, site->span, "fn step(p, g) { … }",
             "%s is only for the `step` of an optimizer: it depends on the tensor that is stepped",
             what);
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
  if (!step->roles) step->roles = role_study(step);
  const char *name = NAMES[step->roles[target_of(query)]];
  return value_string(vm, name, strlen(name));
}

/* ---- factors ---- */

/* WINDOW_MOST: of elements of a window, whose unit kernels are the square of it */
enum { PLACES_MOST = 64, WINDOW_MOST = 4096 };

/* Where a target stands in the recording. */
typedef struct LayerPlace {
  NodeId product; /* `x @ W`, or a convolution */
  NodeId at;      /* where the slope is taken: there, or where a vector is added */
  bool added;     /* a vector is added to it */
} LayerPlace;

typedef struct LayerPlaces {
  LayerPlace items[PLACES_MOST];
  int count;    /* 0: it stands nowhere … */
  bool foreign; /* … or is used in another way too, or too often */
} LayerPlaces;

static void add_place(LayerPlaces *places, LayerPlace place) {
  if (places->count == PLACES_MOST) places->foreign = true;
  else places->items[places->count++] = place;
}

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

static bool plain_convolution(const Graph *graph, const Node *node) {
  if (node->op != OP_CONV2D || node->attrs[CONV_GROUPS] != 1) return false;
  const Shape *kernel = &graph->nodes[node->inputs[1]].type.shape;
  return kernel->dim[0] > 0 && shape_count(kernel) / kernel->dim[0] <= WINDOW_MOST;
}

/* Through casts and reshapes: the elements in their order. */
static NodeId in_order(const Graph *graph, NodeId id) {
  for (;;) {
    Op op = graph->nodes[id].op;
    if (op != OP_CAST && op != OP_IDENTITY && op != OP_RESHAPE) return id;
    id = graph->nodes[id].inputs[0];
  }
}

/* The product or convolution that a node is, moved at most; 0. */
static NodeId layer_at(const Graph *graph, NodeId id) {
  NodeId product = unmoved(graph, id), convolution = in_order(graph, id);
  if (plain_product(&graph->nodes[product])) return product;
  return plain_convolution(graph, &graph->nodes[convolution]) ? convolution : 0;
}

/* Is a vector added to columns: the last axis of a product, the second of images? */
static bool lies_along(const Node *sum, const Node *vector, bool images) {
  const Shape *shape = &vector->type.shape;
  int axis = shape->rank - (images ? sum->type.shape.rank - 1 : 1);
  return axis >= 0 && shape->dim[axis] == shape_count(shape);
}

/* Of a sum the operand that is a layer's and the one that is a target's vector, or false. */
static bool is_affine(const Study *study, const OptimizerStep *step, const Node *node,
                      NodeId *product, int *vector) {
  for (int i = 0; node->op == OP_ADD && i < 2; i++) {
    NodeId id = layer_at(study->graph, node->inputs[i]);
    int target = study->of[node->inputs[1 - i]] - 1;
    if (!id || target < 0 || step->targets[target]->value.shape.rank != 1) continue;
    bool images = study->graph->nodes[id].op == OP_CONV2D;
    if (!lies_along(node, &study->graph->nodes[node->inputs[1 - i]], images)) continue;
    *product = id;
    *vector = target;
    return true;
  }
  return false;
}

static bool is_biased(const Study *study, const OptimizerStep *step, const bool *reached,
                      NodeId layer) {
  for (NodeId id = layer; id <= step->forward; id++) {
    NodeId product;
    int vector;
    if (reached[id] && is_affine(study, step, &study->graph->nodes[id], &product, &vector) &&
        product == layer)
      return true;
  }
  return false;
}

static void find_products(const Study *study, const OptimizerStep *step, const bool *reached,
                          int target, LayerPlaces *places) {
  const Graph *graph = study->graph;
  NodeId raw = trace_stored(step->trace, step->targets[target]);
  for (NodeId id = 1; id <= step->forward; id++) {
    const Node *node = &graph->nodes[id];
    if (!reached[id] || !is_product(node) || factor(study, step, node) != target) continue;
    bool fits = plain_product(node)
                    ? unmoved(graph, node->inputs[1]) == raw
                    : plain_convolution(graph, node) && in_order(graph, node->inputs[1]) == raw;
    if (!fits) places->foreign = true;
    else add_place(places, (LayerPlace){id, id, is_biased(study, step, reached, id)});
  }
}

static void find_sums(const Study *study, const OptimizerStep *step, const bool *reached,
                      int target, LayerPlaces *places) {
  for (NodeId id = 1; id <= step->forward; id++) {
    NodeId product;
    int vector;
    if (!reached[id] || !is_affine(study, step, &study->graph->nodes[id], &product, &vector))
      continue;
    if (vector == target) add_place(places, (LayerPlace){product, id, true});
  }
}

/* All alike: products, or convolutions, each with a vector or each without. */
static bool are_alike(const Graph *graph, const LayerPlaces *places) {
  for (int i = 0; i < places->count; i++)
    if (places->items[i].added != places->items[0].added ||
        graph->nodes[places->items[i].product].op != graph->nodes[places->items[0].product].op)
      return false;
  return places->count > 0 && !places->foreign;
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

/* [N, C, H, W] as [N H W, C], [N, C, T] as [N T, C]. */
static NodeId channels_last(Maker *maker, NodeId a) {
  bool rows = make_type(maker, a)->shape.rank == 3;
  return as_rows(maker,
                 make_permute(maker, a, rows ? (const int[]){0, 2, 1} : (const int[]){0, 2, 3, 1}));
}

/* A kernel of ones and zeros for each element of a window: what a convolution with them gives are
 * the windows' elements. */
static NodeId unit_kernels(Vm *vm, Trace *trace, const Type *kernel) {
  int64_t elements = shape_count(&kernel->shape) / kernel->shape.dim[0];
  Shape shape = kernel->shape;
  shape.dim[0] = elements;
  Tensor units;
  Diag diag = {0};
  if (!tensor_new(&units, kernel->dtype, &shape, &diag)) raise_diag(vm, &diag);
  tensor_fill(&units, 0, elements * elements, 0);
  for (int64_t i = 0; i < elements; i++) tensor_set(&units, i * elements + i, 1);
  NodeId node = trace_tensor_input(trace, &units, NULL);
  tensor_release(&units);
  return node;
}

/* What the layer multiplies by, by rows. */
static NodeId seen_by(Vm *vm, Trace *trace, Maker *maker, const LayerPlace *place) {
  const Node layer = *graph_node(&trace->graph, place->product);
  if (layer.op != OP_CONV2D) return as_rows(maker, layer.inputs[0]);
  const Type kernel = *make_type(maker, layer.inputs[1]);
  NodeId inputs[2] = {layer.inputs[0], unit_kernels(vm, trace, &kernel)};
  NodeId windows = graph_emit(maker->graph, OP_CONV2D, inputs, 2, layer.attrs, layer.attr_count,
                              maker->diag);
  return windows ? channels_last(maker, windows) : 0;
}

/* Rows of the batch that the loss is a mean over, by what is known of it. */
static int64_t cases_of(Maker *maker, const Graph *graph, const LayerPlaces *places,
                        NodeId logarithms) {
  NodeId at = logarithms ? logarithms : places->items[0].at;
  const Shape *shape = &make_type(maker, at)->shape;
  bool images = !logarithms && graph_node(graph, places->items[0].product)->op == OP_CONV2D;
  if (images) return shape->dim[0];
  int64_t columns = shape->dim[shape->rank - 1];
  return columns ? shape_count(shape) / columns : 0;
}

/* from: the loss, or logarithms with a seed */
static Value factors_at(Vm *vm, Trace *trace, NodeId from, NodeId seed, const LayerPlaces *places) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  int count = places->count;
  NodeId at[PLACES_MOST] = {0}, slopes[PLACES_MOST] = {0}, rows[PLACES_MOST];
  for (int i = 0; i < count; i++) at[i] = places->items[i].at;
  if (!gradient(&trace->graph, from, seed, at, count, slopes, &diag)) raise_diag(vm, &diag);
  for (int i = 0; i < count; i++) {
    if (!slopes[i]) return value_none();
    rows[i] = seen_by(vm, trace, &maker, &places->items[i]);
    bool images = graph_node(&trace->graph, places->items[i].product)->op == OP_CONV2D;
    slopes[i] = images ? channels_last(&maker, slopes[i]) : as_rows(&maker, slopes[i]);
  }
  NodeId x = count == 1 ? rows[0] : make_concat(&maker, rows, count, 0),
         slope = count == 1 ? slopes[0] : make_concat(&maker, slopes, count, 0);
  if (!x || !slope) raise_diag(vm, &diag);
  Value made = value_tuple(vm, 4);
  made.tuple->items[0] = trace_result(trace, x);
  made.tuple->items[1] = trace_result(trace, slope);
  made.tuple->items[2] = value_bool(places->items[0].added);
  made.tuple->items[3] =
      value_number((double)cases_of(&maker, &trace->graph, places, seed ? from : 0));
  return made;
}

Value native_layer_of(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const StateQuery *query = asked_in(vm, site, "layer_of(p)");
  OptimizerStep *step = (OptimizerStep *)(uintptr_t)query->all;
  if (!step->of_one)
    raise_help(vm, site->span, "it needs a training without `shards:` and `accumulate:`",
               "layer_of(p) is of one minibatch, and this step is of several or of parts");
  bool draws = args[1].kind == KIND_BOOL && args[1].truth;
  int target = target_of(query), rank = step->targets[target]->value.shape.rank;
  size_t nodes = (size_t)step->forward + 1;
  Study study = {.graph = &step->trace->graph, .of = mem_zero(nodes * sizeof(int))};
  bool *reached = graph_reached(study.graph, step->forward);
  LayerPlaces places = {.count = 0};
  find_targets(&study, step);
  if (rank > 1) find_products(&study, step, reached, target, &places);
  else if (rank == 1) find_sums(&study, step, reached, target, &places);
  NodeId logarithms = draws ? find_logarithms(study.graph, reached, step->forward) : 0;
  mem_free(reached);
  mem_free(study.of);
  if (!are_alike(&step->trace->graph, &places)) return value_none();
  if (!logarithms) return factors_at(vm, step->trace, step->forward, 0, &places);
  NodeId seed = drawn_slope(vm, site, step, logarithms);
  return factors_at(vm, step->trace, logarithms, seed, &places);
}

Value native_belongs(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const StateQuery *query = asked_in(vm, site, "belongs(p, parts)");
  if (args[1].kind != KIND_PARAM && !value_is_tree(args[1]))
    raise_kind(vm, site_at(site, 1), args[1], "a model, a param or a tuple of them is expected",
               NULL);
  Parts *parts = parts_of(vm, args[1], NULL);
  if (parts->count == 0) {
    parts_free(vm, parts);
    raise_at(vm, site_at(site, 1),
             "groups: a part has nothing that is trained: a model, a param "
             "or a tuple of them is expected");
  }
  bool among = parts_place(parts, query->memory->param) >= 0;
  parts_free(vm, parts);
  return value_bool(among);
}
