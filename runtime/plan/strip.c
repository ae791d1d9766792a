/* strip.c — which instructions one thread runs one after the other for some of the rows.
 *
 * The steps of a recurrence are small, and each waits for the one before: h [rows, n] times a
 * weight, the gates, the next h.  One by one, every step is cut for the team, waits for its last
 * part, and reads what the other core has just written.  But a row of all this depends on the same
 * row alone.  So a *strip* of instructions is one job of the team: a thread takes a part of the
 * rows through all of them, and there is no barrier in between.  Nothing is computed in another
 * order, so no bit changes, however the rows are parted.
 *
 * In a strip are products with a weight that is made before it, elementwise programs, and joins of
 * columns.  Each makes values whose number of elements is a multiple of the rows, and
 * reads what the strip makes row by row.  An instruction of another kind is put off until the strip
 * ends, if nothing of the strip waits for it (the sum of a bias's gradient).
 *
 * It pays where a weight is read again and again, since each part reads all of it.  A net of layers
 * reads each once, and goes its own way (product.c), unless its rows are *many*: then a weight is
 * multiplied long enough, and what stands between two products (a layer norm is eight steps) costs
 * less where its thread has just made it.  Such a strip also takes sums and norms of rows, and goes
 * by larger *units*, sequences of rows, where there is attention: then the turning of heads and
 * attention itself depend on nothing but the same unit.
 *
 * Threads are in different steps of a strip at a time.  So what one step no longer needs may not be
 * written to in the same strip, unless by a value of as many bytes, whose rows lie in the same
 * places (place.c).  `Facts.loose` says which values are read otherwise than row by row: their
 * place is kept until the strip ends.  strip_run.c runs it.
 */
#include "runtime/kernels/attention.h"
#include "runtime/kernels/linear.h"
#include "runtime/plan/node.h"

extern const Op OP_ATTENTION, OP_ATTENTION_SHARES, OP_CONCAT, OP_MATMUL, OP_NORM2, OP_PERMUTE,
    OP_SLICE;

enum {
#if defined(GD_HARSH)
  ROWS_LEAST = 5,
  PART_ROWS_LEAST = 1,
  PART_WORK = 1,
  STEPS_MOST = 7,
  WEIGHT_USES = 1,
  ROWS_MANY = 12,
#else
  ROWS_LEAST = 16,     /* in all */
  PART_ROWS_LEAST = 8, /* that are worth reading a weight for */
  PART_WORK = 1500000, /* multiplications of a part: some ten to twenty microseconds */
  STEPS_MOST = 24,     /* so many, and a barrier costs nothing against them */
  WEIGHT_USES = 2,     /* products for each weight, at least */
  ROWS_MANY = 256,     /* or so many rows: a weight that is read once is multiplied long enough */
#endif
  PUT_OFF_MOST = 24, /* steps put off for the sake of a strip */
  WEIGHTS_MOST = 8,
  /* the same where rows are many */
  STEPS_MANY = 64,
  PUT_OFF_MANY = 96,
  WEIGHTS_MANY = 24,
  WEIGHT_BYTES = 1 << 19, /* that stay in the second cache */
  UNITS_LEAST = 4,
  KEYS_MOST = 8192, /* of which an attention's scores need no budget */
};

/* ---- which ---- */

/* A strip as it grows. */
typedef struct Forming {
  Plan *plan;
  int number;
  bool many;        /* rows; then sums and norms of them are taken too, and moves and attention */
  int64_t rows;     /* of its products */
  int64_t units;    /* that depend on nothing but themselves: rows, or sequences of them */
  int attempt;      /* which one it is */
  int32_t *put_off; /* by item: the attempt that put it off */
  int taken[STEPS_MANY], taken_count;
  int later[PUT_OFF_MANY], later_count;
  NodeId weights[WEIGHTS_MANY];
  int weight_count, products;
  int folds; /* sums and norms of rows */
  double work;
} Forming;

static bool is_made(const Forming *forming, NodeId root) {
  const int32_t item = forming->plan->facts[root].item;
  return item >= 0 && forming->plan->items[item].strip == forming->number;
}

static bool is_whole(const Plan *plan, NodeId id) {
  const Facts *facts = &plan->facts[id];
  return facts->offset == 0 && facts->bytes == plan->facts[facts->root].bytes;
}

/* Is row r of a program's elements made of row r of the operand's source? */
static bool is_by_rows(const Forming *forming, const Operand *operand, int64_t total) {
  const Pattern *pattern = &operand->pattern;
  const int64_t count = node_count(graph_node(&forming->plan->graph, operand->source)),
                width = count / forming->units;
  if (count % forming->units) return false;
  switch (pattern->kind) {
    case PATTERN_FULL: return operand->offset == 0 && count == total;
    case PATTERN_REPEAT: return operand->offset == 0 && count * pattern->period == total;
    case PATTERN_SCALAR:
    case PATTERN_TILE: return false;
    case PATTERN_GENERAL: break;
  }
  if (pattern->rank == 0 || pattern->dim[0] % forming->units) return false;
  const int64_t of_row = pattern->dim[0] / forming->units;
  int64_t last = operand->offset + (of_row - 1) * pattern->stride[0];
  for (int axis = 0; axis < pattern->rank; axis++) {
    if (pattern->stride[axis] < 0) return false;
    if (axis > 0) last += (pattern->dim[axis] - 1) * pattern->stride[axis];
  }
  return of_row * pattern->stride[0] == width && last < width;
}

/* A program's sums of rows, each of which is whole in a unit? */
static bool sums_rows(const Forming *forming, NodeId id, int64_t total) {
  const int64_t sums = node_count(graph_node(&forming->plan->graph, id));
  return forming->many && sums % forming->units == 0 && sums < total;
}

static bool suits_program(const Forming *forming, const Item *item) {
  const Plan *plan = forming->plan;
  const int64_t total = node_count(graph_node(&plan->graph, item->nodes[0]));
  if (total == 0 || total % forming->units || item_can_fault(plan, item)) return false;
  for (int n = 0; n < item->count; n++) {
    const Facts *facts = &plan->facts[item->nodes[n]];
    if (facts->tail && !sums_rows(forming, item->nodes[n], total)) return false;
    for (int o = 0; o < facts->operand_count; o++)
      if (is_made(forming, facts->operands[o].source) &&
          !is_by_rows(forming, &facts->operands[o], total))
        return false;
  }
  return true;
}

static bool is_matrix(const Plan *plan, NodeId id) {
  const Type *type = &graph_node(&plan->graph, id)->type;
  return type->shape.rank == 2 && dtype_floats(type->dtype);
}

/* A product whose rows are those of its left factor; the bits of its sums are those of
 * product_block. */
static bool is_product(const Plan *plan, const Item *item) {
  const Node *node = graph_node(&plan->graph, item->nodes[0]);
  if (item->half != 1 || node->op != OP_MATMUL || node->attrs[0] ||
      !is_matrix(plan, item->nodes[0]) || !is_matrix(plan, node->inputs[0]) ||
      !is_matrix(plan, node->inputs[1]) ||
      plan->facts[node->inputs[0]].root == plan->facts[node->inputs[1]].root)
    return false;
  const int64_t *size = node->type.shape.dim,
                depth = graph_node(&plan->graph, node->inputs[0])->type.shape.dim[1];
  if (size[0] < ROWS_LEAST || size[1] < 2 || depth < 2) return false;
  Product product = product_dense(node->type.dtype, size[0], size[1], depth);
  product.b_transposed = node->attrs[1] != 0;
  if (product.b_transposed) product.b_stride = depth;
  return product_cut(&product).depth_parts == 1;
}

static bool suits_product(const Forming *forming, const Item *item) {
  const Plan *plan = forming->plan;
  if (!is_product(plan, item)) return false;
  const Node *node = graph_node(&plan->graph, item->nodes[0]);
  const NodeId a = plan->facts[node->inputs[0]].root, b = plan->facts[node->inputs[1]].root;
  if (forming->many && node_bytes(graph_node(&plan->graph, node->inputs[1])) > WEIGHT_BYTES)
    return false;
  return node->type.shape.dim[0] == forming->rows && !is_made(forming, b) &&
         (!is_made(forming, a) || is_whole(plan, node->inputs[0]));
}

/* Does a kernel that goes along the first axis read whole values of the strip? */
static bool reads_whole(const Forming *forming, const Node *node, int count) {
  const Plan *plan = forming->plan;
  for (int i = 0; i < node->input_count; i++) {
    const bool made = is_made(forming, plan->facts[node->inputs[i]].root);
    const Shape *shape = &graph_node(&plan->graph, node->inputs[i])->type.shape;
    if (made && (i >= count || !is_whole(plan, node->inputs[i]))) return false;
    if (i < count && (shape->rank == 0 || shape->dim[0] % forming->units)) return false;
  }
  return node->type.shape.rank > 0 && node->type.shape.dim[0] % forming->units == 0;
}

static bool suits_join(const Forming *forming, const Node *node) {
  return node->type.shape.rank == 2 && node->attrs[0] == 1 &&
         node->type.shape.dim[0] == forming->rows && reads_whole(forming, node, node->input_count);
}

/* Norms along the last axis. */
static bool suits_norm(const Forming *forming, const Node *node) {
  const Shape *shape = &graph_node(&forming->plan->graph, node->inputs[0])->type.shape;
  return shape->rank > 1 && node->attrs[0] == INT64_C(1) << (shape->rank - 1) &&
         node_count(node) > 0 && reads_whole(forming, node, 1);
}

/* A permutation or a slice that leaves the first axis as it is. */
static bool suits_move(const Forming *forming, const Node *node) {
  if (node_count(node) == 0 || !reads_whole(forming, node, 1)) return false;
  if (node->op == OP_PERMUTE) return node->attrs[0] == 0;
  const int64_t size = graph_node(&forming->plan->graph, node->inputs[0])->type.shape.dim[0];
  return node->attrs[0] == 0 && node->attrs[1] == size && node->attrs[2] == 1;
}

static bool suits_attention(const Forming *forming, const Node *node) {
  const Graph *graph = &forming->plan->graph;
  const bool shares = node->op == OP_ATTENTION_SHARES;
  const Shape *k = &graph_node(graph, node->inputs[1])->type.shape;
  int64_t groups = 1;
  for (int axis = 0; axis < k->rank - 2; axis++) groups *= k->dim[axis];
  return k->rank > 2 && k->dim[k->rank - 2] <= KEYS_MOST && node_count(node) > 0 &&
         (!shares || attention_whole(groups)) && reads_whole(forming, node, shares ? 4 : 3);
}

static bool suits_kernel(const Forming *forming, const Item *item) {
  const Node *node = graph_node(&forming->plan->graph, item->nodes[0]);
  if (node->op == OP_MATMUL) return suits_product(forming, item);
  if (node->op == OP_CONCAT) return suits_join(forming, node);
  if (!forming->many) return false;
  if (node->op == OP_NORM2) return suits_norm(forming, node);
  if (node->op == OP_PERMUTE || node->op == OP_SLICE) return suits_move(forming, node);
  return (node->op == OP_ATTENTION || node->op == OP_ATTENTION_SHARES) &&
         suits_attention(forming, node);
}

static bool waits(const Forming *forming, const Item *item) {
  for (int r = 0; r < item->read_count; r++) {
    const int32_t maker = forming->plan->facts[item->reads[r]].item;
    if (maker >= 0 && forming->put_off[maker] == forming->attempt) return true;
  }
  return false;
}

static bool suits(const Forming *forming, const Item *item) {
  if (item->half != 1 || waits(forming, item)) return false;
  return item->program ? suits_program(forming, item) : suits_kernel(forming, item);
}

/* ---- taking ---- */

static void mark_loose(const Forming *forming, NodeId id, bool by_rows) {
  Facts *root = &forming->plan->facts[forming->plan->facts[id].root];
  if (!by_rows) root->loose = forming->number;
}

/* What does it read otherwise than row by row? */
static void mark_reads(const Forming *forming, const Item *item) {
  const Plan *plan = forming->plan;
  const Node *node = graph_node(&plan->graph, item->nodes[0]);
  for (int n = 0; n < item->count && item->program; n++) {
    const Facts *facts = &plan->facts[item->nodes[n]];
    for (int o = 0; o < facts->operand_count; o++)
      mark_loose(forming, facts->operands[o].source,
                 is_by_rows(forming, &facts->operands[o], node_count(node)));
  }
  for (int i = 0; i < node->input_count && !item->program; i++) {
    const Shape *shape = &graph_node(&plan->graph, node->inputs[i])->type.shape;
    const bool weight = node->op == OP_MATMUL && i == 1;
    mark_loose(forming, node->inputs[i],
               !weight && is_whole(plan, node->inputs[i]) && shape->rank > 0 &&
                   shape->dim[0] % forming->units == 0);
  }
}

static bool note_weight(Forming *forming, const Item *item) {
  const Plan *plan = forming->plan;
  const Node *node = graph_node(&plan->graph, item->nodes[0]);
  if (item->program || node->op != OP_MATMUL) return true;
  const NodeId weight = plan->facts[node->inputs[1]].root;
  int w = 0;
  while (w < forming->weight_count && forming->weights[w] != weight) w++;
  if (w == (forming->many ? WEIGHTS_MANY : WEIGHTS_MOST)) return false;
  forming->weights[w] = weight;
  if (w == forming->weight_count) forming->weight_count++;
  forming->products++;
  forming->work += (double)node_count(node) *
                   (double)graph_node(&plan->graph, node->inputs[0])->type.shape.dim[1];
  return true;
}

static void count_folds(Forming *forming, const Item *item) {
  const Plan *plan = forming->plan;
  for (int n = 0; n < item->count; n++)
    forming->folds += plan->facts[item->nodes[n]].tail ||
                      graph_node(&plan->graph, item->nodes[n])->op == OP_NORM2;
}

/* Goes along the order from `position` on; returns the position after the last item taken. */
static int collect(Forming *forming, int position) {
  const Plan *plan = forming->plan;
  const int steps = forming->many ? STEPS_MANY : STEPS_MOST,
            put_off = forming->many ? PUT_OFF_MANY : PUT_OFF_MOST;
  int end = position, later = 0;
  for (; position < plan->first_half && forming->taken_count < steps; position++) {
    const int number = plan->order[position];
    Item *item = &plan->items[number];
    if (suits(forming, item) && note_weight(forming, item)) {
      forming->taken[forming->taken_count++] = number;
      item->strip = forming->number;
      mark_reads(forming, item);
      count_folds(forming, item);
      end = position + 1;
      later = forming->later_count;
    } else if (forming->later_count < put_off) {
      forming->later[forming->later_count++] = number;
      forming->put_off[number] = forming->attempt;
    } else {
      break;
    }
  }
  /* after the last one taken nothing moves */
  forming->later_count = later;
  return end;
}

static bool pays(const Forming *forming) {
  return forming->work >= 2 * (double)PART_WORK &&
         (forming->many ? forming->folds > 0
                        : forming->products >= WEIGHT_USES * forming->weight_count);
}

static void reorder(const Forming *forming, int position) {
  Plan *plan = forming->plan;
  for (int i = 0; i < forming->taken_count; i++) plan->order[position++] = forming->taken[i];
  for (int i = 0; i < forming->later_count; i++) plan->order[position++] = forming->later[i];
}

/* What depends on nothing but itself: a row, or where an attention comes, a sequence. */
static int64_t units_of(const Forming *forming, int position) {
  const Plan *plan = forming->plan;
  for (int i = 0; i < STEPS_MANY && position < plan->first_half; i++, position++) {
    const Node *node = graph_node(&plan->graph, plan->items[plan->order[position]].nodes[0]);
    if (node->op != OP_ATTENTION && node->op != OP_ATTENTION_SHARES) continue;
    const int64_t size = node->type.shape.dim[0];
    return size >= UNITS_LEAST && forming->rows % size == 0 ? size : forming->rows;
  }
  return forming->rows;
}

/* The strip that begins with the product at `position`, if it pays; returns where to go on, or
 * `position`. */
static int form(Plan *plan, int position, int32_t *put_off, bool many) {
  const Node *node = graph_node(&plan->graph, plan->items[plan->order[position]].nodes[0]);
  Forming forming = {.plan = plan,
                     .number = plan->strip_count + 1,
                     .many = many,
                     .rows = node->type.shape.dim[0],
                     .attempt = 2 * position + 1 + many,
                     .put_off = put_off};
  if (many && forming.rows < ROWS_MANY) return position;
  forming.units = many ? units_of(&forming, position) : forming.rows;
  const int end = collect(&forming, position);
  if (!pays(&forming)) {
    for (int i = 0; i < forming.taken_count; i++) plan->items[forming.taken[i]].strip = 0;
    return position;
  }
  reorder(&forming, position);
  const int64_t worth = (int64_t)(forming.work / PART_WORK), most = forming.rows / PART_ROWS_LEAST;
  plan->strips[plan->strip_count++] = (Strip){.first = position,
                                              .count = forming.taken_count,
                                              .many = many,
                                              .rows = forming.rows,
                                              .units = forming.units,
                                              .parts_most = worth < most ? worth : most};
  return end;
}

static int form_either(Plan *plan, int position, int32_t *put_off) {
  const Item *item = &plan->items[plan->order[position]];
  if (item->program || !is_product(plan, item)) return position + 1;
  for (int many = 0; many < 2; many++) {
    const int end = form(plan, position, put_off, many);
    if (end > position) return end;
  }
  return position + 1;
}

void plan_note_positions(Plan *plan) {
  for (int position = 0; position < plan->item_count; position++) {
    Item *item = &plan->items[plan->order[position]];
    item->position = position;
    for (int r = 0; r < item->read_count; r++) plan->facts[item->reads[r]].last = position;
    for (int n = 0; n < item->count; n++) plan->facts[item->nodes[n]].last = position;
  }
}

void plan_strips(Plan *plan) {
  if (!FUSES) return;
  int32_t *put_off = mem_zero((size_t)plan->item_count * sizeof *put_off + 1);
  plan->strips = arena_alloc(&plan->arena, (size_t)plan->item_count * sizeof(Strip) + 1);
  for (int position = 0; position < plan->first_half;)
    position = form_either(plan, position, put_off);
  if (plan->strip_count) plan_note_positions(plan);
  mem_free(put_off);
}
