/* health_look.c — see health_look.h.
 *
 * The loss is recorded once more, with its gradient, beside the training.  Norms and shares of dead
 * and saturated units are nodes of that recording, which is run once and discarded, so the
 * training's own steps are the same to the bit without it.
 *
 * What can be proved follows from the graph alone, with the minimum and maximum of the data's
 * columns: nodes are marked by what they depend on (params, data, draws), and patterns are searched
 * for among the nodes of the loss.
 */
#include "lang/health/health_look.h"

#include "lang/health/health_tell.h"
#include "lang/machine/tensor_value.h"
#include "lang/run/feed.h"
#include "lang/tensors/compute.h"
#include "lang/tensors/trace_param.h"

#include "runtime/opcodes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { OF_PARAM = 1, OF_DATA = 2, OF_DRAW = 4, REACHED = 8, LATE = 16, SLOPED = 32 };
enum { SHORT_RUN = 200 /* updates */, ACTIVATIONS_SHORT = 8 };
enum { LOOKED_MOST = 2 * HEALTH_TARGETS + HEALTH_ACTIVATIONS + 2 };

typedef struct Looking {
  StepStudy study; /* first */
  TrainRun *run;
  HealthLook *look;
  bool proves;
  Trace *trace;
  const Graph *graph;
  NodeId loss;
  uint8_t *marks;           /* by node up to the loss; OF_…, in the trace's arena */
  int column_of[256];       /* by binding below 256: column of the data, from 1 */
  NodeId penalty;           /* penalty_node */
  NodeId squeezed;          /* the last that was told to stand before a binary cross entropy */
  int uses[HEALTH_TARGETS]; /* by target: products in which it is a square matrix */
  NodeId *nodes;            /* to be computed */
  int node_count;
} Looking;

/* ---- what nodes depend on ---- */

static uint8_t own_mark(const Looking *looking, const Node *node) {
  if (node->op == OP_DRAW) return OF_DRAW;
  if (node->leaf != LEAF_INPUT) return 0;
  const Binding *binding = &looking->trace->bindings[node->attrs[0]];
  if (binding->kind == BINDING_PARAM && !binding->param->frozen) return OF_PARAM;
  bool loop = looking->run->ast->kind == AST_UPDATE && binding->tensor.shape.rank > 0;
  return binding->kind == BINDING_TENSOR && (loop || !binding->constant) ? OF_DATA : 0;
}

static bool mixes(Op op) {
  return op == OP_MATMUL || op == OP_CONV2D || op == OP_GATHER || op == OP_PICK;
}

/* What a gradient of the loss comes to: not what is only compared, counted, or an index. */
static void mark_sloped(Looking *looking) {
  looking->marks[looking->loss] |= SLOPED;
  for (NodeId id = looking->loss; id > 0; id--) {
    const Node *node = graph_node(looking->graph, id);
    bool passed = looking->marks[id] & SLOPED && node->op != OP_STOP;
    if (!passed || !dtype_floats(node->type.dtype)) continue;
    for (int i = 0; i < node->input_count; i++) looking->marks[node->inputs[i]] |= SLOPED;
  }
}

static void mark_nodes(Looking *looking) {
  const Graph *graph = looking->graph;
  NodeId count = looking->loss + 1;
  uint8_t *marks = looking->marks = arena_alloc(&looking->trace->graph.arena, count);
  for (NodeId id = 1; id < count; id++) {
    const Node *node = graph_node(graph, id);
    marks[id] = own_mark(looking, node);
    int inputs = node->op == OP_DRAW ? 0 : graph_value_inputs(node);
    for (int i = 0; i < inputs; i++)
      marks[id] |= marks[node->inputs[i]] & (OF_PARAM | OF_DATA | OF_DRAW);
  }
  bool *reached = graph_reached(graph, looking->loss);
  for (NodeId id = 1; id < count; id++)
    if (reached[id]) marks[id] |= REACHED;
  mem_free(reached);
  mark_sloped(looking);
  marks[looking->loss] |= LATE; /* no product with a param stands between it and the loss */
  for (NodeId id = count; id-- > 1;) {
    const Node *node = graph_node(graph, id);
    if (!(marks[id] & LATE) || (mixes(node->op) && marks[id] & OF_PARAM)) continue;
    for (int i = 0; i < graph_value_inputs(node); i++) marks[node->inputs[i]] |= LATE;
  }
}

static bool passes(Op op) {
  return op == OP_IDENTITY || op == OP_RESHAPE || op == OP_CAST || op == OP_AFTER ||
         op == OP_KINK || op == OP_BEND || op == OP_CUSTOM || op == OP_WHOLE;
}

static NodeId behind(const Looking *looking, NodeId id) {
  for (;;) {
    const Node *node = graph_node(looking->graph, id);
    if (node->op == OP_REQUIRE) id = node->inputs[1];
    else if (passes(node->op)) id = node->inputs[0];
    else return id;
  }
}

static const Node *node_behind(const Looking *looking, NodeId id) {
  return graph_node(looking->graph, behind(looking, id));
}

/* The column of the data that it is, from 1; 0: none. */
static int column_at(const Looking *looking, NodeId id) {
  const Node *node = node_behind(looking, id);
  return node->leaf == LEAF_INPUT && node->attrs[0] < COUNT_OF(looking->column_of)
             ? looking->column_of[node->attrs[0]]
             : 0;
}

/* ---- ranges ---- */

typedef struct Range {
  double low, high;
} Range;

static Range range_of(const Looking *looking, NodeId id) {
  const Node *node = node_behind(looking, id);
  const Range all = {-(double)INFINITY, (double)INFINITY}, above = {0, (double)INFINITY};
  switch (node->op) {
    case OP_SIGMOID:
    case OP_SOFTMAX:
    case OP_HARDSIGMOID: return (Range){0, 1};
    case OP_TANH:
    case OP_SIN:
    case OP_COS:
    case OP_ERF:
    case OP_SOFTSIGN:
    case OP_HARDTANH: return (Range){-1, 1};
    case OP_RELU:
    case OP_SOFTPLUS:
    case OP_EXP:
    case OP_SQUARE:
    case OP_ABS: return above;
    case OP_LOG_SIGMOID:
    case OP_LOG_SOFTMAX: return (Range){-(double)INFINITY, 0};
    default: return all;
  }
}

static bool column_range(const TrainRun *run, int column, Range *range, double *beyond_low,
                         double low, double high) {
  const Tensor *tensor = &run->columns[column];
  int64_t count = tensor_count(tensor), out = 0;
  *range = (Range){(double)INFINITY, -(double)INFINITY};
  for (int64_t i = 0; i < count; i++) {
    double value = tensor_get(tensor, i);
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
    out += value < low - 1e-6 || value > high + 1e-6;
  }
  *beyond_low = count ? (double)out / (double)count : 0;
  return count > 0;
}

/* ---- what is proved ---- */

static void prove_range(Looking *looking, const Node *node) {
  for (int side = 0; side < 2; side++) {
    NodeId prediction = node->inputs[side];
    int column = column_at(looking, node->inputs[1 - side]);
    if (!column || !(looking->marks[prediction] & OF_PARAM)) continue;
    Range can = range_of(looking, prediction), wanted;
    double share;
    if (isinf(can.low) && isinf(can.high)) continue;
    if (!column_range(looking->run, column - 1, &wanted, &share, can.low, can.high)) continue;
    if (share == 0) continue;
    const Node *made = node_behind(looking, prediction);
    char reach[80];
    if (isinf(can.high)) snprintf(reach, sizeof reach, "only %g and more", can.low);
    else if (isinf(can.low)) snprintf(reach, sizeof reach, "only up to %g", can.high);
    else snprintf(reach, sizeof reach, "only %g to %g", can.low, can.high);
    health_tell(looking->run,
                &(Verdict){BASIS_PROVED, made->span,
                           "leave it out of the last layer, or bring the targets into its range",
                           FINDING_SQUEEZED, op_name(made->op), 0},
                "the range cannot reach the targets: `%s` gives %s, the targets go from %.4g to "
                "%.4g, and %.0f %% of them lie outside",
                op_name(made->op), reach, wanted.low, wanted.high, 100 * share);
  }
}

static void prove_softmax(Looking *looking, const Node *node) {
  const Shape *shape = &node->type.shape;
  int axis = (int)node->attrs[0];
  int64_t classes = axis < shape->rank ? shape->dim[axis] : 1;
  const Node *inner = node_behind(looking, node->inputs[0]);
  TrainRun *run = looking->run;
  if (classes == 1 && looking->marks[looking->loss] & OF_PARAM) {
    health_tell(
        run,
        &(Verdict){BASIS_PROVED, node->span,
                   "for two classes with one output use sigmoid: binary_cross_entropy(logits, y)",
                   FINDING_SQUEEZED, "softmax", 0},
        "a softmax over one output is always 1: its gradient is 0 everywhere");
    return;
  }
  bool softmax = inner->op == OP_SOFTMAX, late = node->op == OP_LOG_SOFTMAX;
  if (softmax && !late) {
    health_tell(
        run,
        &(Verdict){BASIS_PROVED, inner->span, "keep one of them", FINDING_SQUEEZED, "softmax", 0},
        "softmax is applied twice: probabilities are treated as logits, and none of %lld classes "
        "gets more than %.3g",
        (long long)classes, M_E / (M_E + (double)classes - 1));
    return;
  }
  Range range = range_of(looking, node->inputs[0]);
  if (!late || isinf(range.low) || isinf(range.high)) {
    bool cut = late && inner->op == OP_RELU &&
               looking->marks[behind(looking, node->inputs[0])] & OF_PARAM;
    if (cut)
      health_tell(run,
                  &(Verdict){BASIS_LIKELY, inner->span, "leave it out: logits may be negative",
                             FINDING_SQUEEZED, "relu", 0},
                  "`relu` is between the last layer and the cross entropy: no logit is below 0, "
                  "and one that is 0 for every row learns nothing");
    return;
  }
  double least = log1p((double)(classes - 1) * exp(range.low - range.high));
  health_tell(
      run,
      &(Verdict){BASIS_PROVED, inner->span,
                 softmax ? "leave softmax out: cross_entropy takes logits and applies it itself"
                         : "leave it out: cross_entropy takes logits of any size",
                 FINDING_SQUEEZED, op_name(inner->op), 0},
      "%s before cross entropy: its values go from %g to %g, so the loss of %lld classes "
      "cannot fall below %.4f",
      softmax ? "softmax" : op_name(inner->op), range.low, range.high, (long long)classes, least);
}

/* binary_cross_entropy is softplus of the logit and of its negative. */
static void prove_softplus(Looking *looking, const Node *node) {
  NodeId id = behind(looking, node->inputs[0]);
  if (graph_node(looking->graph, id)->op == OP_NEG)
    id = behind(looking, graph_node(looking->graph, id)->inputs[0]);
  const Node *inner = graph_node(looking->graph, id);
  bool squeezed = inner->op == OP_SIGMOID || inner->op == OP_SOFTMAX;
  bool hidden = !(looking->marks[behind(looking, node->inputs[0])] & LATE);
  bool always = inner->op == OP_SOFTMAX && inner->type.shape.dim[inner->type.shape.rank - 1] == 1;
  if (!squeezed || hidden || always || looking->squeezed == id) return;
  looking->squeezed = id;
  health_tell(
      looking->run,
      &(Verdict){BASIS_PROVED, inner->span,
                 "leave it out: binary_cross_entropy takes logits and applies sigmoid itself",
                 FINDING_SQUEEZED, op_name(inner->op), 0},
      "%s before binary cross entropy: its values go from 0 to 1, so a row of class 0 costs "
      "at least 0.6931 and one of class 1 at least 0.3133",
      op_name(inner->op));
}

static bool is_weight(const Looking *looking, NodeId id) {
  uint8_t marks = looking->marks[id];
  return marks & OF_PARAM && !(marks & OF_DATA);
}

/* The product that a value is, after sums with params and masks of dropout. */
static const Node *product_behind(const Looking *looking, NodeId id) {
  for (int steps = 0; steps < 32; steps++) {
    id = behind(looking, id);
    const Node *node = graph_node(looking->graph, id);
    if (node->op == OP_MATMUL || node->op == OP_CONV2D) return node;
    if (node->op != OP_ADD && node->op != OP_MUL && node->op != OP_DIV) return NULL;
    int data = -1;
    for (int i = 0; i < 2; i++) {
      uint8_t marks = looking->marks[node->inputs[i]];
      bool plain = node->op == OP_ADD ? !(marks & OF_DATA) : !(marks & (OF_DATA | OF_PARAM));
      if (!plain && data >= 0) return NULL;
      if (!plain) data = i;
    }
    if (data < 0) return NULL;
    id = node->inputs[data];
  }
  return NULL;
}

static void prove_linear(Looking *looking, const Node *node) {
  if (!is_weight(looking, node->inputs[1])) return;
  const Node *inner = product_behind(looking, node->inputs[0]);
  if (!inner || inner->op != node->op || !is_weight(looking, inner->inputs[1])) return;
  if (!(looking->marks[inner->inputs[0]] & OF_DATA)) return;
  const Shape *first = &graph_node(looking->graph, inner->inputs[1])->type.shape,
              *second = &graph_node(looking->graph, node->inputs[1])->type.shape;
  if (node->op == OP_CONV2D) {
    health_tell(looking->run,
                VERDICT(BASIS_PROVED, node->span, "relu between them", FINDING_LINEAR),
                "two convolutions with nothing between are one convolution with a larger window");
    return;
  }
  if (first->rank < 2 || second->rank < 2) return;
  int64_t in = first->dim[first->rank - 2], width = first->dim[first->rank - 1],
          out = second->dim[second->rank - 1];
  if (width < in && width < out) return; /* a bottleneck: of low rank, as some want it */
  health_tell(looking->run,
              VERDICT(BASIS_PROVED, node->span, "relu or tanh between them", FINDING_LINEAR),
              "linear layers with nothing between: [%lld, %lld] and [%lld, %lld] together can do "
              "no more than one [%lld, %lld]",
              (long long)in, (long long)width, (long long)width, (long long)out, (long long)in,
              (long long)out);
}

/* A mask: of draws compared with a number. */
static bool is_mask(const Looking *looking, NodeId id) {
  uint8_t marks = looking->marks[id];
  if (!(marks & OF_DRAW) || marks & (OF_PARAM | OF_DATA)) return false;
  const Node *node = node_behind(looking, id);
  for (int steps = 0; steps < 8; steps++) {
    if (op_class(node->op) == CLASS_COMPARE || op_class(node->op) == CLASS_LOGIC) return true;
    if (!node->input_count) return false;
    node = node_behind(looking, node->inputs[0]);
  }
  return false;
}

static void prove_dropout(Looking *looking, NodeId id) {
  const Node *node = graph_node(looking->graph, id);
  if (!(looking->marks[id] & LATE)) return;
  for (int i = 0; i < 2; i++) {
    NodeId other = node->inputs[1 - i];
    bool after = is_mask(looking, node->inputs[i]) && product_behind(looking, other) &&
                 looking->marks[other] & OF_PARAM;
    if (after)
      health_tell(looking->run,
                  &(Verdict){BASIS_PROVED, node->span, "put it before the last layer",
                             FINDING_DROPOUT, "Dropout", 0},
                  "dropout after the last layer: outputs are set to 0 at random, which the params "
                  "cannot compensate");
  }
}

/* The input of the recording that a value is, or a part or another shape of; 0: none. */
static NodeId input_behind(const Looking *looking, NodeId id) {
  for (;;) {
    id = behind(looking, id);
    const Node *node = graph_node(looking->graph, id);
    if (node->leaf == LEAF_INPUT) return id;
    bool moved = node->op == OP_SLICE || node->op == OP_PERMUTE || node->op == OP_EXPAND;
    if (!moved) return 0;
    id = node->inputs[0];
  }
}

/* Data that meet weights in a product as they are, or the stream of a residual. */
static void note_raw(Looking *looking, const Node *node) {
  bool sum = node->op == OP_ADD;
  for (int side = 0; side < (sum ? 2 : 1); side++) {
    uint8_t other = looking->marks[node->inputs[1 - side]];
    NodeId id = input_behind(looking, node->inputs[side]);
    bool meets = sum ? (other & OF_PARAM) && (other & OF_DATA)
                     : is_weight(looking, node->inputs[1]);
    if (!id || !meets || node->type.shape.rank < 2) continue;
    const Node *input = graph_node(looking->graph, id);
    const Binding *binding = &looking->trace->bindings[input->attrs[0]];
    if (binding->kind != BINDING_TENSOR) continue;
    int column = input->attrs[0] < COUNT_OF(looking->column_of)
                     ? looking->column_of[input->attrs[0]]
                     : 0;
    if (column) looking->look->raw[column - 1] = true;
    else if (looking->run->ast->kind == AST_UPDATE) looking->look->alone = binding->tensor;
  }
}

/* labels == 0 … k - 1 is one_hot(labels, k).  One that meets weights first is an input. */
static void note_classes(Looking *looking, NodeId id) {
  const Node *node = graph_node(looking->graph, id);
  if (!(looking->marks[id] & LATE)) return;
  for (int side = 0; side < 2; side++) {
    int column = column_at(looking, node->inputs[side]);
    bool classes = node_behind(looking, node->inputs[1 - side])->op == OP_IOTA;
    if (!column || !classes) continue;
    looking->look->classes = true;
    int64_t count = node->type.shape.dim[node->type.shape.rank - 1];
    Range range;
    double share;
    bool known = column_range(looking->run, column - 1, &range, &share, 0, 0);
    if (!looking->proves || !known || (double)count <= range.high + 1 || range.high == 0) continue;
    health_tell(
        looking->run,
        &(Verdict){BASIS_MEASURED, node->span, "as many outputs as there are classes",
                   FINDING_WIDTH, "", range.high + 1},
        "the width of the output is %lld, the labels go from %g to %g: the last %.0f outputs "
        "belong to no class",
        (long long)count, range.low, range.high, (double)count - range.high - 1);
  }
}

/* In a game another loss may read what this one does not. */
static void note_unread(Looking *looking) {
  const TrainRun *run = looking->run;
  if (run->objective_count > 1 || !run->pattern) return;
  bool *unread = looking->look->unread;
  for (int i = 0; i < run->column_count; i++) unread[i] = true;
  for (NodeId id = 1; id <= looking->loss; id++) {
    const Node *node = graph_node(looking->graph, id);
    bool read = looking->marks[id] & REACHED && node->leaf == LEAF_INPUT;
    int column = read ? column_at(looking, id) : 0;
    if (column) unread[column - 1] = false;
  }
}

/* A square matrix that meets data, once more. */
static void note_use(Looking *looking, const Node *node) {
  const Node *matrix = node_behind(looking, node->inputs[1]);
  const Shape *shape = &matrix->type.shape;
  if (matrix->leaf != LEAF_INPUT || shape->rank != 2 || shape->dim[0] != shape->dim[1]) return;
  if (shape->dim[0] < 2 || !(looking->marks[node->inputs[0]] & OF_DATA)) return;
  const Binding *binding = &looking->trace->bindings[matrix->attrs[0]];
  const Objective *objective = &looking->run->objectives[0];
  if (binding->kind != BINDING_PARAM) return;
  HealthLook *look = looking->look;
  for (int i = 0; i < objective->target_count && i < HEALTH_TARGETS; i++) {
    if (objective->targets[i] != binding->param || ++looking->uses[i] <= look->uses) continue;
    look->uses = looking->uses[i];
    look->recurrent = i + 1;
    look->recurrent_span = node->span;
  }
}

/* A matrix that is used again and again meets more than what comes first. */
static bool is_recurrent(const Looking *looking, NodeId id) {
  const Node *matrix = node_behind(looking, id);
  if (matrix->leaf != LEAF_INPUT) return false;
  const Binding *binding = &looking->trace->bindings[matrix->attrs[0]];
  const Objective *objective = &looking->run->objectives[0];
  for (int i = 0; i < objective->target_count && i < HEALTH_TARGETS; i++)
    if (binding->kind == BINDING_PARAM && objective->targets[i] == binding->param)
      return looking->uses[i] > 1;
  return false;
}

static void prove(Looking *looking) {
  for (NodeId id = 1; id <= looking->loss; id++)
    if (looking->marks[id] & REACHED && graph_node(looking->graph, id)->op == OP_MATMUL)
      note_use(looking, graph_node(looking->graph, id));
  for (NodeId id = 1; id <= looking->loss; id++) {
    const Node *node = graph_node(looking->graph, id);
    if (!(looking->marks[id] & REACHED)) continue;
    if (node->op == OP_EQ) note_classes(looking, id);
    if (node->op == OP_MATMUL || node->op == OP_CONV2D || node->op == OP_ADD)
      note_raw(looking, node);
    if (!looking->proves || !(looking->marks[id] & SLOPED)) continue;
    if (node->op == OP_SUB) prove_range(looking, node);
    if (node->op == OP_LOG_SOFTMAX || node->op == OP_SOFTMAX) prove_softmax(looking, node);
    if (node->op == OP_SOFTPLUS) prove_softplus(looking, node);
    bool product = node->op == OP_MATMUL || node->op == OP_CONV2D;
    if (product && !is_recurrent(looking, node->inputs[1])) prove_linear(looking, node);
    if (node->op == OP_MUL) prove_dropout(looking, id);
  }
}

/* ---- which targets are matrices ---- */

/* From 1, the target that a value is made of, alone or with constants; of: that of earlier nodes.
 */
static int made_of(const Looking *looking, const Node *node, const int *of) {
  int target = 0;
  if (mixes(node->op)) return 0;
  for (int i = 0; i < graph_value_inputs(node); i++) {
    NodeId input = node->inputs[i];
    bool other = looking->marks[input] & (OF_PARAM | OF_DATA) && !of[input];
    if (other) return 0;
    if (!target) target = of[input];
  }
  return target;
}

/* The layers of nets that were stacked for vmap have biases of two axes, which are only added. */
static void find_matrices(Looking *looking, const Objective *objective) {
  HealthLook *look = looking->look;
  int *of = arena_alloc(&looking->trace->graph.arena, (looking->loss + 1) * sizeof *of);
  memset(of, 0, (looking->loss + 1) * sizeof *of);
  for (int i = 0; i < look->target_count; i++) {
    NodeId id = trace_stored(looking->trace, objective->targets[i]);
    if (id <= looking->loss) of[id] = i + 1;
  }
  for (NodeId id = 1; id <= looking->loss; id++) {
    const Node *node = graph_node(looking->graph, id);
    if (!of[id]) of[id] = made_of(looking, node, of);
    bool factors = op_class(node->op) == CLASS_NONE && !of[id] && looking->marks[id] & REACHED;
    for (int i = 0; factors && i < graph_value_inputs(node); i++) {
      int target = of[node->inputs[i]];
      if (target && objective->targets[target - 1]->value.shape.rank > 1)
        look->targets[target - 1].matrix = true;
    }
  }
}

/* ---- what is measured ---- */

static NodeId row_node(Maker *maker, const char *name, Arg first, Arg second) {
  NodeId results[RESULTS_MOST];
  Arg args[3] = {first, second, {.kind = ARG_ABSENT}};
  return ops_build(maker, ops_find(name), args, 3, results) ? results[0] : 0;
}

/* The share of units that are 0 for every row, or of elements at a limit; 0: neither is asked. */
static NodeId share_node(Looking *looking, Maker *maker, NodeId id) {
  const Node node = *graph_node(looking->graph, id);
  NodeId at = 0;
  if (node.op == OP_RELU) {
    NodeId most = row_node(maker, "max", (Arg){.kind = ARG_NODE, .node = id},
                           (Arg){.kind = ARG_NUMBER, .number = 0});
    at = most ? make2(maker, OP_LE, most, make_number(maker, 0)) : 0;
  } else if (node.op == OP_TANH) {
    at = make2(maker, OP_GT, make1(maker, OP_ABS, id), make_number(maker, 0.98));
  } else if (node.op == OP_SIGMOID) {
    NodeId centred = make2(maker, OP_SUB, id, make_number(maker, 0.5));
    at = make2(maker, OP_GT, make1(maker, OP_ABS, centred), make_number(maker, 0.49));
  }
  if (!at) return 0;
  Arg share_of = {.kind = ARG_NODE, .node = at}, absent = {.kind = ARG_ABSENT};
  NodeId share = row_node(maker, "mean", share_of, absent);
  return share ? make_cast(maker, share, DTYPE_F64) : 0;
}

static bool is_activation(const Looking *looking, NodeId id) {
  const Node *node = graph_node(looking->graph, id);
  uint8_t hidden = OF_PARAM | OF_DATA | SLOPED;
  if ((looking->marks[id] & hidden) != hidden || node->type.shape.rank < 2) return false;
  if (looking->marks[id] & LATE) return false; /* an output may be at a limit */
  return node->op == OP_RELU || node->op == OP_TANH || node->op == OP_SIGMOID;
}

/* Of many, as of a recurrent net, some evenly from the first to the last; few for a short run,
 * which the look would delay. */
static void add_activations(Looking *looking, Maker *maker) {
  HealthLook *look = looking->look;
  double updates = feed_updates(looking->run);
  bool is_short = !looking->run->vm->clinic && updates > 0 && updates < SHORT_RUN;
  int most = is_short ? ACTIVATIONS_SHORT : HEALTH_ACTIVATIONS, count = 0, seen = 0, chosen = 0;
  NodeId last = looking->loss;
  for (NodeId id = 1; id <= last; id++) count += is_activation(looking, id);
  look->activation_count = 0;
  for (NodeId id = 1; id <= last; id++) {
    if (!is_activation(looking, id)) continue;
    int wanted = count <= most ? seen : chosen * (count - 1) / (most - 1);
    if (seen++ != wanted || chosen == most) continue;
    chosen++;
    const Node node = *graph_node(looking->graph, id);
    NodeId share = share_node(looking, maker, id);
    if (!share) continue;
    look->activations[look->activation_count++] = (HealthActivation){.op = node.op,
                                                                     .span = node.span};
    looking->nodes[looking->node_count++] = share;
  }
}

/* What is added to the loss without data: of loss + 0.1 * l2(net) the second; 0: nothing. */
static NodeId penalty_node(const Looking *looking, Maker *maker) {
  NodeId found = 0, id = behind(looking, looking->loss);
  if (!(looking->marks[id] & OF_DATA)) return 0;
  for (const Node *node = graph_node(looking->graph, id); node->op == OP_ADD;
       node = graph_node(looking->graph, id)) {
    bool second = !(looking->marks[node->inputs[1]] & OF_DATA),
         either = second || !(looking->marks[node->inputs[0]] & OF_DATA);
    if (!either) break;
    NodeId alone = node->inputs[second], rest = node->inputs[!second];
    if ((looking->marks[alone] & (OF_PARAM | OF_DRAW)) == OF_PARAM)
      found = found ? make2(maker, OP_ADD, found, alone) : alone;
    id = behind(looking, rest);
  }
  return found;
}

static void compute(Looking *looking) {
  Vm *vm = looking->run->vm;
  HealthLook *look = looking->look;
  Value values[LOOKED_MOST];
  Plan *plan = compute_plan(vm, looking->trace, looking->run->ast->span, looking->nodes,
                            looking->node_count);
  compute_run(vm, looking->trace, looking->run->ast->span, plan, looking->node_count, values);
  look->work = plan_work(plan);
  look->nodes = looking->graph->count;
  int at = 0;
  look->loss = tensor_get(&values[at++].tensor->tensor, 0);
  look->penalty = looking->penalty ? tensor_get(&values[at++].tensor->tensor, 0) : 0;
  for (int i = 0; i < look->target_count; i++) {
    look->targets[i].slope = tensor_get(&values[at++].tensor->tensor, 0);
    look->targets[i].size = tensor_get(&values[at++].tensor->tensor, 0);
  }
  for (int i = 0; i < look->activation_count; i++)
    look->activations[i].share = tensor_get(&values[at++].tensor->tensor, 0);
  for (int i = 0; i < at; i++) value_release(vm, values[i]);
}

static void study(StepStudy *study, Trace *trace, const Step *step, NodeId loss,
                  const NodeId *gradients) {
  Looking *looking = (Looking *)(void *)study;
  const Objective *objective = step->objective;
  looking->trace = trace;
  looking->graph = &trace->graph;
  looking->loss = loss;
  for (int i = 0; i < looking->run->column_count && looking->run->pattern; i++)
    if (step->columns[i] < COUNT_OF(looking->column_of))
      looking->column_of[step->columns[i]] = i + 1;
  mark_nodes(looking);
  note_unread(looking);
  prove(looking);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId nodes[LOOKED_MOST];
  looking->nodes = nodes;
  nodes[looking->node_count++] = make_cast(&maker, loss, DTYPE_F64);
  looking->penalty = penalty_node(looking, &maker);
  if (looking->penalty)
    nodes[looking->node_count++] = make_cast(&maker, looking->penalty, DTYPE_F64);
  HealthLook *look = looking->look;
  look->target_count = objective->target_count < HEALTH_TARGETS ? objective->target_count
                                                                : HEALTH_TARGETS;
  for (int i = 0; i < look->target_count; i++) {
    nodes[looking->node_count++] = make_cast(&maker, make_norm(&maker, gradients[i]), DTYPE_F64);
    NodeId raw = make_wide(&maker, trace_stored(trace, objective->targets[i]));
    nodes[looking->node_count++] = make_cast(&maker, make_norm(&maker, raw), DTYPE_F64);
  }
  find_matrices(looking, objective);
  add_activations(looking, &maker);
  for (int i = 0; i < looking->node_count; i++)
    if (!nodes[i]) return;
  compute(looking);
}

typedef struct Glimpse {
  Step step;
  StepContext context;
  Tensor columns[8];
} Glimpse;

/* The epoch's first minibatch, with the current values. */
static void glimpse(TrainRun *run, Glimpse *first) {
  int64_t at_row = run->at_row;
  run->at_row = 0;
  feed_epoch(run);
  int64_t rows = run->rows ? feed_next(run, first->columns) : 0;
  first->context = (StepContext){.frame = run->frame,
                                 .pattern = run->pattern,
                                 .columns = first->columns,
                                 .column_count = run->column_count,
                                 .probable = run->probable,
                                 .keyed = true,
                                 .key_seed = run->base.key_seed};
  first->step = (Step){.objective = &run->objectives[0], .role = STEP_WHOLE, .rows = rows};
  run->at_row = at_row;
}

void health_look(TrainRun *run, HealthLook *look, bool proves) {
  Glimpse first;
  glimpse(run, &first);
  Looking looking = {.study.run = study, .run = run, .look = look, .proves = proves};
  if (!run->objectives[0].gradient)
    step_study(run->vm, &first.step, &first.context, &looking.study);
  feed_epoch(run);
}

bool health_ends(TrainRun *run, HessianEnds *ends) {
  Glimpse first;
  if (run->objectives[0].gradient || run->objective_count > 1) return false;
  glimpse(run, &first);
  bool fine = curvature_ends(run->vm, &first.step, &first.context, ends);
  feed_epoch(run);
  return fine;
}
