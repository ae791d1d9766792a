/* verify.c — does a graph satisfy the invariants that other rooms rely on?
 *
 * For tests and the harsh build: every node has a known op, inputs before it, as many inputs and
 * attributes as its row says, attributes in range, the type that infer.c gives it, and no bf16
 * where its kernel would compute with one.  A graph made through graph_emit is legal by
 * construction but for the last; a rule that emits nonsense is caught here with the node's number.
 */
#include <string.h>

#include "runtime/graph/infer_type.h"
#include "runtime/graph/verify.h"
#include "runtime/opcodes.h"

/* How many inputs and attributes an op has: a number, or one that grows with the rank. */
enum { ANY = -1, PER_AXIS = 100 };

typedef struct Arity {
  int inputs; /* ANY: at least one */
  int attrs;  /* PER_AXIS * k + n: k for each axis of the first input, and n */
} Arity;

static Arity arity_of(Op op) {
  if (op == OP_REQUIRE) return (Arity){2, ANY}; /* as many as its text is long */
  switch (op) {
#define MAP(ID, signature, kinds, arity, ...) \
  case OP_##ID:                               \
    return (Arity){arity, 0};
#define OP(...)
#define FORM(...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
    case OP_INPUT: return (Arity){0, 2};
    case OP_CONST: return (Arity){0, 3};
    case OP_IOTA: return (Arity){0, 2};
    case OP_CAST: return (Arity){1, 1};
    case OP_WHOLE: return (Arity){1, 2};
    case OP_STOP: return (Arity){1, 0};
    case OP_KINK: return (Arity){3, 0};
    case OP_AFTER:
    case OP_BEND: return (Arity){2, 0};
    case OP_ATTENTION:
    case OP_ATTENTION_SHARES:
    case OP_CUSTOM: return (Arity){ANY, 1};
    case OP_PERMUTE: return (Arity){1, PER_AXIS};
    case OP_SLICE: return (Arity){1, 3 * PER_AXIS};
    case OP_PLACE: return (Arity){2, 3 * PER_AXIS};
    /* the size of x, and 3 an axis and input: infer.c asserts it */
    case OP_PATCH: return (Arity){ANY, ANY};
    case OP_PAD: return (Arity){1, 2 * PER_AXIS + 1};
    case OP_GATHER:
    case OP_PICK: return (Arity){2, 1};
    case OP_SCATTER:
    case OP_DROP: return (Arity){2, 2};
    case OP_CONCAT: return (Arity){ANY, 1};
    case OP_RESAMPLE: return (Arity){1, 4};
    case OP_DIAG_MATRIX:
    case OP_DIAG_PART:
    case OP_SOFTMAX:
    case OP_LOG_SOFTMAX: return (Arity){1, 1};
    case OP_TRIANGLE:
    case OP_SUM:
    case OP_PROD:
    case OP_MIN:
    case OP_MAX:
    case OP_ANY:
    case OP_ALL:
    case OP_LOGSUMEXP:
    case OP_NORM2:
    case OP_ARGMIN:
    case OP_ARGMAX:
    case OP_CUMSUM:
    case OP_LAST: return (Arity){1, 2};
    case OP_ARGSORT: return (Arity){1, ANY}; /* 2, or 3 */
    case OP_MATMUL:
    case OP_TRISOLVE: return (Arity){2, 2};
    case OP_RECUR: return (Arity){2, 3};
    case OP_SOLVE: return (Arity){2, 0};
    case OP_INVERSE:
    case OP_DET:
    case OP_LOG_DET:
    case OP_COFACTOR:
    case OP_CHOLESKY:
    case OP_QR:
    case OP_SVD:
    case OP_EIGH: return (Arity){1, 0};
    case OP_CONV2D: return (Arity){2, CONV_ATTRS};
    case OP_CONV2D_INPUT:
    case OP_CONV2D_WEIGHT: return (Arity){2, CONV_ATTRS + 2};
    case OP_POOL_MAX_INPUT: return (Arity){2, POOL_ATTRS};
    case OP_POOL_ARGMAX:
    case OP_POOL_MAX:
    case OP_POOL_SUM: return (Arity){1, POOL_ATTRS};
    case OP_POOL_SUM_INPUT: return (Arity){1, POOL_ATTRS + 2};
    default: return (Arity){1, ANY}; /* EXPAND, RESHAPE, DRAW: as many as the result has axes */
  }
}

static bool complain(NodeId id, const Node *node, const char *what, Diag *diag) {
  return diag_fail(diag, STATUS_BUG, node->span, "node %u (%s) %s", id, op_name(node->op), what);
}

static bool check_counts(const Graph *graph, NodeId id, Diag *diag) {
  const Node *node = &graph->nodes[id];
  Arity arity = arity_of(node->op);
  if (arity.inputs == ANY ? node->input_count < 1 : node->input_count != arity.inputs)
    return complain(id, node, "has the wrong number of inputs", diag);
  for (int i = 0; i < node->input_count; i++) {
    if (node->inputs[i] == 0 || node->inputs[i] >= id)
      return complain(id, node, "has an input that does not come before it", diag);
  }
  if (arity.attrs == ANY) return true;
  int rank = node->input_count ? graph->nodes[node->inputs[0]].type.shape.rank : 0;
  int wanted = arity.attrs / PER_AXIS * rank + arity.attrs % PER_AXIS;
  return node->attr_count == wanted ||
         complain(id, node, "has the wrong number of attributes", diag);
}

static bool check_type(const Graph *graph, NodeId id, Diag *diag) {
  const Node *node = &graph->nodes[id];
  if (node->op == OP_INPUT)
    return shape_check(&node->type.shape, node->type.dtype, node->span, diag);
  const Type **types = mem_alloc((node->input_count + 1u) * sizeof *types);
  for (int i = 0; i < node->input_count; i++) types[i] = &graph->nodes[node->inputs[i]].type;
  Type type;
  bool good = infer_type(graph, node->op, types, node->input_count, node->attrs, node->attr_count,
                         &type, diag);
  mem_free(types);
  if (!good) return false;
  bool same = type.dtype == node->type.dtype && type.weak == node->type.weak &&
              shape_equal(&type.shape, &node->type.shape);
  return same || complain(id, node, "has another type than its inputs give it", diag);
}

/* Kernels that move and convert, and so can take bf16; nothing else has one of it. */
static bool moves(Op op) {
  switch (op) {
    case OP_INPUT:
    case OP_CONST:
    case OP_CAST:
    case OP_AFTER:
    case OP_STOP:
    case OP_IDENTITY:
    case OP_KINK:
    case OP_BEND:
    case OP_CUSTOM:
    case OP_EXPAND:
    case OP_RESHAPE:
    case OP_PERMUTE:
    case OP_SLICE:
    case OP_PLACE:
    case OP_CONCAT:
    case OP_PAD:
    case OP_GATHER:
    case OP_PICK:
    case OP_TRIANGLE:
    case OP_DIAG_MATRIX:
    case OP_DIAG_PART: return true;
    default: return false;
  }
}

static bool check_bf16(const Graph *graph, NodeId id, Diag *diag) {
  const Node *node = &graph->nodes[id];
  bool any = node->type.dtype == DTYPE_BF16;
  for (int i = 0; i < node->input_count; i++)
    any |= graph->nodes[node->inputs[i]].type.dtype == DTYPE_BF16;
  return !any || moves(node->op) || complain(id, node, "computes with bf16", diag);
}

bool graph_verify(const Graph *graph, Diag *diag) {
  for (NodeId id = 1; id < graph->count; id++) {
    const Node *node = &graph->nodes[id];
    if (node->op == OP_NONE || node->op >= OP_COUNT)
      return diag_fail(diag, STATUS_BUG, node->span, "node %u has no operation", id);
    if (!check_counts(graph, id, diag) || !check_type(graph, id, diag) ||
        !check_bf16(graph, id, diag))
      return false;
  }
  return true;
}
