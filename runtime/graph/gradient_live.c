/* gradient_live.c — derivatives of derivatives at kinks and behind guards.
 *
 * A first derivative keeps the exact 0 that comes from above (CHAIN, CHAIN_DIV): what `where` did
 * not choose adds nothing.  Differentiated again, such a product must tell two kinds of zeros
 * apart.  A zero of *structure* is 0 around the point too: nothing chosen there, or a factor that
 * does not depend on the variable.  All derivatives of it are 0, whatever stands beside it.  Any
 * other zero is a value that happens to be 0 at the point, as 2n is in the derivative of n^2 at n =
 * 0; beside an infinite or missing derivative it makes NaN, because the rule for first derivatives
 * would give a finite but wrong number.
 *
 * `live` distinguishes them: it returns a mask that is true where a node may be anything but a zero
 * of structure, made of the conditions of WHERE nodes (a condition counts as constant, like every
 * step) and, for what does not depend on the variable, of its values; followed through products,
 * sums and moves.  For other operations the mask is true everywhere.  A pass that meets derivative
 * rows is `strict`, and takes its products by live_chain and live_product.
 *
 * A kink (abs at 0, two equal arguments of maximum) has a subgradient for its first derivative, and
 * no second one, nor a mixed one.  A rule that will be differentiated again says so by KINK(share,
 * d, dy): its value is `share`, and it has a kink where d is 0.  Its own gradient passes to `share`
 * and gives d NaN where d is 0, unless what comes from above, then or now, is a zero of structure;
 * and dy too (|x| |y| by x and y), unless d is one.  A builder whose
 * `where` hides such a point says it of the value, by BEND(v, d), which is live.  Where a square
 * undoes a kink (norm(x)^2, sqrt(s)^2, std(x)^2), live_square goes around it, so that the true
 * value comes out.
 *
 * All of this is emitted only where a derivative is taken again (Graph.again, or a strict pass):
 * gradients of a training step are not affected.
 */
#include <math.h>
#include <string.h>

#include "runtime/graph/gradient_live.h"
#include "runtime/opcodes.h"

GradientRule gradient_kink, gradient_bend;

/* ---- what depends on the variables ---- */

/* What is known of it already, or follows from the node alone: below `first` this pass has no
 * variable of its own. */
static bool told_moving(const Reverse *reverse, NodeId id) {
  return id < reverse->first ? reverse->again && reverse->maker.graph->nodes[id].varies
                             : reverse->live.depends[id - reverse->first];
}

/* Does it move with a variable of this pass?  If what is made here will be differentiated, any
 * variable counts, of a pass to come too: a weight that happens to be 0 is not 0 around the point
 * then.  Data of the script, an INPUT that is constant, are never a variable. */
static bool moves(const Reverse *reverse, NodeId id) {
  const Node *node = &reverse->maker.graph->nodes[id];
  if (id >= reverse->first && id <= reverse->last && reverse->matters[id - reverse->first])
    return true;
  if (!dtype_floats(node->type.dtype) || node->op == OP_STOP) return false;
  if (reverse->again && (node->op == OP_INPUT || node->op == OP_IDENTITY)) return node->varies;
  if (!reverse->again && id <= reverse->last) return false;
  for (int i = 0; i < node->input_count; i++)
    if (told_moving(reverse, node->inputs[i])) return true;
  return false;
}

/* Extends the tables to all the nodes there are: this pass makes more.  Those below `first` are not
 * looked at: a script may have taken thousands of gradients before. */
static void look_at_new(Reverse *reverse) {
  Live *live = &reverse->live;
  uint32_t count = reverse->maker.graph->count - reverse->first;
  if (count > live->capacity) {
    uint32_t before = live->capacity;
    live->capacity = count + count / 2 + 64;
    live->known = mem_grow(live->known, live->capacity * sizeof *live->known);
    live->depends = mem_grow(live->depends, live->capacity * sizeof *live->depends);
    live->mask = mem_grow(live->mask, live->capacity * sizeof *live->mask);
    memset(live->known + before, 0, live->capacity - before);
  }
  for (; live->count < count; live->count++)
    live->depends[live->count] = moves(reverse, reverse->first + live->count);
}

static bool *known_at(Reverse *reverse, NodeId id) {
  Live *live = &reverse->live;
  if (id >= reverse->first) return &live->known[id - reverse->first];
  if (!live->known_before) {
    live->known_before = mem_zero(reverse->first);
    live->mask_before = mem_zero(reverse->first * sizeof *live->mask_before);
  }
  return &live->known_before[id];
}

static NodeId *mask_at(Reverse *reverse, NodeId id) {
  known_at(reverse, id);
  return id >= reverse->first ? &reverse->live.mask[id - reverse->first]
                              : &reverse->live.mask_before[id];
}

static bool depends(Reverse *reverse, NodeId id) {
  look_at_new(reverse);
  return told_moving(reverse, id);
}

/* ---- masks; 0: everywhere ---- */

/* A mask is no larger than it needs to be, so that of a factor [n] meets that of a sum [m, 1]; as
 * lower ranks may not stretch higher ones, both are given the same rank. */
static NodeId joined(Reverse *reverse, Op op, NodeId a, NodeId b) {
  Maker *maker = &reverse->maker;
  int rank_a = reverse_shape(reverse, a).rank, rank_b = reverse_shape(reverse, b).rank,
      rank = rank_a > rank_b ? rank_a : rank_b;
  return make2(maker, op, make_with_rank(maker, a, rank), make_with_rank(maker, b, rank));
}

static NodeId both(Reverse *reverse, NodeId a, NodeId b) {
  return !a ? b : !b || a == b ? a : joined(reverse, OP_AND, a, b);
}
static NodeId either(Reverse *reverse, NodeId a, NodeId b) {
  return !a || !b ? 0 : a == b ? a : joined(reverse, OP_OR, a, b);
}
static NodeId truth(Reverse *reverse, bool value) {
  return graph_constant(reverse->maker.graph, value, DTYPE_BOOL);
}
static NodeId full(Reverse *reverse, NodeId mask, const Shape *shape) {
  return make_expand(&reverse->maker, mask ? mask : truth(reverse, true), shape);
}

/* Of what does not depend on the variables: where it is not 0. */
static NodeId by_value(Reverse *reverse, NodeId id) {
  const Graph *graph = reverse->maker.graph;
  const Node *node = &graph->nodes[id];
  if (node->op == OP_EXPAND) node = &graph->nodes[node->inputs[0]];
  double value;
  if (node->op != OP_CONST)
    return make2(&reverse->maker, OP_NE, id, make_number(&reverse->maker, 0));
  memcpy(&value, &node->attrs[0], sizeof value);
  return value == 0 ? truth(reverse, false) : 0;
}

/* Which inputs the mask of a node is made of: those from *first on, so many; 0: it is live
 * everywhere. */
static int sources(const Node *node, int *first) {
  *first = 0;
  switch (node->op) {
    case OP_WHERE: *first = 1; return 2;
    case OP_MUL:
    case OP_CHAIN:
    case OP_ADD:
    case OP_SUB:
    case OP_MATMUL:
    case OP_MAXIMUM:
    case OP_MINIMUM:
    case OP_PLACE: return 2;
    case OP_DIV:
    case OP_CHAIN_DIV:
    case OP_NEG:
    case OP_CAST:
    case OP_IDENTITY:
    case OP_AFTER:
    case OP_KINK:
    case OP_RELU:
    case OP_MAX:
    case OP_MIN:
    case OP_SUM:
    case OP_EXPAND:
    case OP_RESHAPE:
    case OP_PERMUTE:
    case OP_SLICE:
    case OP_GATHER:
    case OP_PICK: return 1;
    case OP_PAD: return node->attrs[node->attr_count - 1] == 0;
    case OP_CONCAT:
    case OP_PATCH: return node->input_count;
    default: return 0;
  }
}

static NodeId mask_below(Reverse *reverse, NodeId id) {
  return depends(reverse, id) ? *mask_at(reverse, id) : by_value(reverse, id);
}

/* The same move of the masks as of the values. */
static NodeId moved(Reverse *reverse, const Node *node, const NodeId *masks, int count) {
  const Graph *graph = reverse->maker.graph;
  NodeId *inputs = arena_alloc(&reverse->maker.graph->arena,
                               node->input_count * sizeof *inputs + 1);
  bool any = false;
  for (int i = 0; i < node->input_count; i++) any |= i < count && masks[i];
  /* a border that is not 0 is live, whatever is inside */
  if (!count || (!any && node->op != OP_PAD)) return 0;
  for (int i = 0; i < node->input_count; i++) {
    Shape shape = graph->nodes[node->inputs[i]].type.shape;
    inputs[i] = i < count ? full(reverse, masks[i], &shape) : node->inputs[i];
  }
  return graph_emit(reverse->maker.graph, node->op, inputs, node->input_count, node->attrs,
                    node->attr_count, reverse->maker.diag);
}

/* What no input of a PATCH covers is 0; elsewhere each counts.  As a PATCH adds floats, the masks
 * are such for the moment. */
static NodeId patched(Reverse *reverse, const Node *node, const NodeId *masks) {
  Maker *maker = &reverse->maker;
  NodeId *inputs = arena_alloc(&maker->graph->arena, node->input_count * sizeof *inputs);
  for (int i = 0; i < node->input_count; i++) {
    Shape shape = reverse_shape(reverse, node->inputs[i]);
    inputs[i] = make_expand(
        maker, make_cast(maker, masks[i] ? masks[i] : truth(reverse, true), DTYPE_F32), &shape);
  }
  NodeId covered = graph_emit(maker->graph, OP_PATCH, inputs, node->input_count, node->attrs,
                              node->attr_count, maker->diag);
  return covered ? make2(maker, OP_NE, covered, make_number(maker, 0)) : 0;
}

/* Which rows (of the left matrix) or columns (of the right) have a live element? */
static NodeId any_in_line(Reverse *reverse, NodeId operand, NodeId mask, bool right,
                          bool transposed) {
  if (!mask) return 0;
  Shape shape = reverse_shape(reverse, operand);
  int axis = right == transposed ? shape.rank - 1 : shape.rank - 2;
  const int64_t attrs[2] = {1 << axis, true};
  NodeId wide = full(reverse, mask, &shape),
         any = graph_emit(reverse->maker.graph, OP_ANY, &wide, 1, attrs, 2, reverse->maker.diag);
  return transposed ? make_transpose(&reverse->maker, any) : any;
}

static NodeId mask_of(Reverse *reverse, NodeId id) {
  Maker *maker = &reverse->maker;
  const Node node = reverse_node(reverse, id);
  int first, count = sources(&node, &first);
  NodeId *masks = arena_alloc(&maker->graph->arena, (size_t)count * sizeof *masks + 1);
  for (int i = 0; i < count; i++) masks[i] = mask_below(reverse, node.inputs[first + i]);
  switch (node.op) {
    case OP_WHERE: {
      NodeId c = node.inputs[0], not_c = make1(maker, OP_NOT, c);
      if (!masks[0] && !masks[1]) return 0;
      NodeId chosen = masks[0] ? both(reverse, c, masks[0]) : c,
             other = masks[1] ? both(reverse, not_c, masks[1]) : not_c;
      return masks[1] == truth(reverse, false)   ? chosen
             : masks[0] == truth(reverse, false) ? other
                                                 : either(reverse, chosen, other);
    }
    case OP_MUL:
    case OP_CHAIN: return both(reverse, masks[0], masks[1]);
    case OP_ADD:
    case OP_SUB:
    case OP_MAXIMUM:
    case OP_MINIMUM: return either(reverse, masks[0], masks[1]);
    case OP_MAX:
    case OP_MIN:
    case OP_SUM: {
      Shape shape = reverse_shape(reverse, node.inputs[0]);
      NodeId wide = masks[0] ? full(reverse, masks[0], &shape) : 0;
      return wide ? graph_emit(maker->graph, OP_ANY, &wide, 1, node.attrs, 2, maker->diag) : 0;
    }
    case OP_MATMUL:
      return both(reverse, any_in_line(reverse, node.inputs[0], masks[0], false, node.attrs[0]),
                  any_in_line(reverse, node.inputs[1], masks[1], true, node.attrs[1]));
    case OP_RELU: {
      NodeId dead = make2(maker, OP_LT, node.inputs[0], make_number(maker, 0));
      return both(reverse, make1(maker, OP_NOT, dead), masks[0]);
    }
    case OP_EXPAND: return masks[0];
    /* else it is the variable itself */
    case OP_IDENTITY: return depends(reverse, node.inputs[0]) ? masks[0] : 0;
    case OP_RESHAPE: {
      Shape shape = reverse_shape(reverse, node.inputs[0]);
      return masks[0] ? make_reshape(maker, full(reverse, masks[0], &shape), &node.type.shape) : 0;
    }
    case OP_PERMUTE:
    case OP_SLICE:
    case OP_GATHER:
    case OP_PICK:
    case OP_PAD:
    case OP_CONCAT:
    case OP_PLACE: return moved(reverse, &node, masks, count);
    case OP_PATCH: return patched(reverse, &node, masks);
    default: return count ? masks[0] : 0;
  }
}

static bool is_known(Reverse *reverse, NodeId id) {
  return !depends(reverse, id) || *known_at(reverse, id);
}

/* The mask of a node; the way down is kept on a stack of its own. */
static NodeId live(Reverse *reverse, NodeId id) {
  Graph *graph = reverse->maker.graph;
  int depth = 0, capacity = 64;
  NodeId *stack = mem_alloc((size_t)capacity * sizeof *stack);
  stack[depth++] = id;
  while (depth > 0 && !reverse->maker.diag->status) {
    NodeId at = stack[depth - 1];
    int first, before = depth,
               count = is_known(reverse, at) ? 0 : sources(&graph->nodes[at], &first);
    if (depth + count > capacity) {
      capacity = 2 * (depth + count);
      stack = mem_grow(stack, (size_t)capacity * sizeof *stack);
    }
    for (int i = 0; i < count; i++) {
      NodeId input = graph->nodes[at].inputs[first + i];
      if (!is_known(reverse, input)) stack[depth++] = input;
    }
    if (depth > before) continue;
    depth--;
    if (is_known(reverse, at)) continue;
    NodeId mask = mask_of(reverse, at);
    look_at_new(reverse);
    *mask_at(reverse, at) = mask;
    *known_at(reverse, at) = true;
  }
  mem_free(stack);
  /* a mask that was not made is none */
  return reverse->maker.diag->status ? 0 : mask_below(reverse, id);
}

void live_free(Live *live) {
  mem_free(live->known);
  mem_free(live->depends);
  mem_free(live->mask);
  mem_free(live->known_before);
  mem_free(live->mask_before);
}

/* ---- products ---- */

static NodeId where_live(Reverse *reverse, NodeId mask, NodeId value) {
  return mask ? make3(&reverse->maker, OP_WHERE, mask, value, make_number(&reverse->maker, 0))
              : value;
}

NodeId live_chain(Reverse *reverse, Op op, NodeId dy, NodeId k) {
  Maker *maker = &reverse->maker;
  if (!dy || !k || !reverse->strict || !depends(reverse, dy)) return make2(maker, op, dy, k);
  NodeId plain = make2(maker, op == OP_CHAIN ? OP_MUL : OP_DIV, dy, k);
  return plain ? where_live(reverse, live(reverse, dy), plain) : 0;
}

/* CHAIN has the zeros of its first operand win; those of the other are seen to by a mask. */
NodeId live_product(Reverse *reverse, NodeId a, NodeId b) {
  Maker *maker = &reverse->maker;
  if (!a || !b || !reverse->strict) return make2(maker, OP_CHAIN, a, b);
  if (depends(reverse, a)) {
    NodeId other = a;
    a = b, b = other;
  }
  bool fixed = !depends(reverse, a);
  NodeId plain = make2(maker, fixed ? OP_CHAIN : OP_MUL, a, b);
  return plain ? where_live(reverse, both(reverse, fixed ? 0 : live(reverse, a), live(reverse, b)),
                            plain)
               : 0;
}

/* ---- kinks ---- */

NodeId live_kink(Reverse *reverse, NodeId share, NodeId d, NodeId dy) {
  const NodeId inputs[3] = {share, d, dy};
  return share && d && dy
             ? graph_emit(reverse->maker.graph, OP_KINK, inputs, 3, NULL, 0, reverse->maker.diag)
             : 0;
}

void gradient_kink(Reverse *reverse, NodeId id, NodeId dy) {
  Maker *maker = &reverse->maker;
  const Node node = reverse_node(reverse, id);
  NodeId d = node.inputs[1];
  /* what passes has the kink too: it may be differentiated by what moves d */
  reverse_accumulate(reverse, node.inputs[0], reverse->again ? live_kink(reverse, dy, d, dy) : dy);
  if (!reverse_wants(reverse, d)) return;
  NodeId here = make2(maker, OP_EQ, d, make_number(maker, 0)), above = node.inputs[2];
  here = both(reverse, here, both(reverse, live(reverse, dy), live(reverse, above)));
  here = both(reverse, here, live(reverse, d)); /* what stays at the kink does not cross it */
  /* a multiple of dy, so that a product from the other end (jvp) meets it too */
  NodeId none = make2(maker, OP_MUL, dy, make_number(maker, NAN)), zero = make_number(maker, 0);
  reverse_accumulate(reverse, d, make3(maker, OP_WHERE, here, none, zero));
  if (!reverse_wants(reverse, above)) return;
  reverse_accumulate(reverse, above, make3(maker, OP_WHERE, here, none, zero));
}

/* The mark reaches d through a separate share, which is 0, because the share of v passes through
 * the `where` that hides the point. */
void gradient_bend(Reverse *reverse, NodeId id, NodeId dy) {
  const Node node = reverse_node(reverse, id);
  reverse_accumulate(reverse, node.inputs[0], dy);
  if (!reverse->again || !reverse_wants(reverse, node.inputs[1])) return;
  const Type type = reverse_node(reverse, node.inputs[1]).type;
  reverse_accumulate(reverse, node.inputs[1],
                     live_kink(reverse, make_zeros(&reverse->maker, &type), node.inputs[1], dy));
}

/* ---- squares of what has a kink ---- */

static bool constant(const Graph *graph, NodeId id, double *value) {
  const Node *node = &graph->nodes[id];
  if (node->op != OP_CONST || node->type.shape.rank) return false;
  memcpy(value, &node->attrs[0], sizeof *value);
  return true;
}

/* Of dy a^2: what a is a multiple of, dy then being that of the multiple's square; a itself when it
 * is none. */
static NodeId unscaled(Reverse *reverse, NodeId a, NodeId *dy) {
  Maker *maker = &reverse->maker;
  for (;;) {
    const Node node = reverse_node(reverse, a);
    double factor;
    if (node.op == OP_MUL && constant(maker->graph, node.inputs[1], &factor)) a = node.inputs[0];
    else if (node.op == OP_MUL && constant(maker->graph, node.inputs[0], &factor))
      a = node.inputs[1];
    else if (node.op == OP_DIV && constant(maker->graph, node.inputs[1], &factor))
      a = node.inputs[0], factor = 1 / factor;
    else if (node.op == OP_NEG || node.op == OP_ABS) a = node.inputs[0], factor = 1;
    else if (node.op == OP_RESHAPE) {
      Shape shape = reverse_shape(reverse, node.inputs[0]);
      a = node.inputs[0], factor = 1;
      *dy = make_reshape(maker, *dy, &shape);
    } else return a;
    if (factor * factor != 1) *dy = make2(maker, OP_MUL, *dy, make_number(maker, factor * factor));
  }
}

bool live_square(Reverse *reverse, NodeId a, NodeId dy) {
  Maker *maker = &reverse->maker;
  NodeId root = unscaled(reverse, a, &dy), two = make_number(maker, 2);
  const Node node = reverse_node(reverse, root);
  if (!dy || !reverse_wants(reverse, root)) return false;
  if (node.op == OP_SQRT) {
    reverse_accumulate(reverse, node.inputs[0], dy);
  } else if (node.op == OP_HYPOT) {
    for (int i = 0; i < 2; i++)
      reverse_accumulate(
          reverse, node.inputs[i],
          live_chain(reverse, OP_CHAIN, dy, make2(maker, OP_MUL, two, node.inputs[i])));
  } else if (node.op == OP_NORM2) {
    Shape shape = reverse_shape(reverse, node.inputs[0]);
    NodeId kept = reverse_restore_axes(maker, dy, &shape, (uint32_t)node.attrs[0]);
    reverse_accumulate(
        reverse, node.inputs[0],
        live_chain(reverse, OP_CHAIN, kept, make2(maker, OP_MUL, two, node.inputs[0])));
  } else {
    return false;
  }
  return true;
}
