/* strip.c — instructions that one thread runs one after the other for some of the rows.
 *
 * The steps of a recurrence are small, and each waits for the one before: h [rows, n] times a
 * weight, the gates, the next h.  One by one, every step is cut for the team, waits for its last
 * part, and reads what the other core has just written.  But a row of all this depends on the same
 * row alone.  So a *strip* of instructions is one job of the team: a thread takes a part of the
 * rows through all of them, and there is no barrier in between.  Nothing is computed in another
 * order, so no bit changes, however the rows are parted.
 *
 * In a strip are products of few rows with a weight that is made before it, elementwise programs,
 * and joins of columns.  Each makes values whose number of elements is a multiple of the rows, and
 * reads what the strip makes row by row.  An instruction of another kind is put off until the strip
 * ends, if nothing of the strip waits for it (the sum of a bias's gradient).
 *
 * It pays where a weight is read again and again; a net of layers reads each once, and goes its own
 * way (product.c).
 *
 * Threads are in different steps of a strip at a time.  So what one step no longer needs may not be
 * written to in the same strip, unless by a value of as many bytes, whose rows lie in the same
 * places (place.c).  `Facts.loose` says which values are read otherwise than row by row: their
 * place is kept until the strip ends.
 */
#include "runtime/base/stop.h"
#include "runtime/kernels/linear.h"
#include "runtime/kernels/team.h"
#include "runtime/plan/node.h"

#include <string.h>

extern const Op OP_CONCAT, OP_MATMUL;

enum {
#if defined(GD_HARSH)
  ROWS_LEAST = 5,
  PART_ROWS_LEAST = 1,
  PART_WORK = 1,
  BLOCK_ROWS = 3,
  STEPS_MOST = 7,
  WEIGHT_USES = 1,
#else
  ROWS_LEAST = 16,     /* in all */
  PART_ROWS_LEAST = 8, /* that are worth reading a weight for */
  PART_WORK = 1500000, /* multiplications of a part: some ten to twenty microseconds */
  BLOCK_ROWS = 264,    /* of a product's rows that stay in the second cache (product.c) */
  STEPS_MOST = 24,     /* so many, and a barrier costs nothing against them */
  WEIGHT_USES = 2,     /* products for each weight, at least */
#endif
  ROW_GRAIN = 4,     /* parts begin at multiples of it */
  PUT_OFF_MOST = 24, /* steps put off for the sake of a strip */
  WEIGHTS_MOST = 8,
};

/* ---- which ---- */

/* A strip as it grows. */
typedef struct Forming {
  Plan *plan;
  int number;
  int64_t rows;
  int attempt;      /* its first position + 1 */
  int32_t *put_off; /* by item: the attempt that put it off */
  int taken[STEPS_MOST], taken_count;
  int later[PUT_OFF_MOST], later_count;
  NodeId weights[WEIGHTS_MOST];
  int weight_count, products;
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
                width = count / forming->rows;
  if (count % forming->rows) return false;
  switch (pattern->kind) {
    case PATTERN_FULL: return operand->offset == 0 && count == total;
    case PATTERN_REPEAT: return operand->offset == 0 && count * pattern->period == total;
    case PATTERN_SCALAR:
    case PATTERN_TILE: return false;
    case PATTERN_GENERAL: break;
  }
  if (pattern->rank == 0 || pattern->dim[0] % forming->rows) return false;
  const int64_t of_row = pattern->dim[0] / forming->rows;
  int64_t last = operand->offset + (of_row - 1) * pattern->stride[0];
  for (int axis = 0; axis < pattern->rank; axis++) {
    if (pattern->stride[axis] < 0) return false;
    if (axis > 0) last += (pattern->dim[axis] - 1) * pattern->stride[axis];
  }
  return of_row * pattern->stride[0] == width && last < width;
}

static bool suits_program(const Forming *forming, const Item *item) {
  const Plan *plan = forming->plan;
  const int64_t total = node_count(graph_node(&plan->graph, item->nodes[0]));
  if (total == 0 || total % forming->rows || item_can_fault(plan, item)) return false;
  for (int n = 0; n < item->count; n++) {
    const Facts *facts = &plan->facts[item->nodes[n]];
    if (facts->tail) return false;
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
  return node->type.shape.dim[0] == forming->rows && !is_made(forming, b) &&
         (!is_made(forming, a) || is_whole(plan, node->inputs[0]));
}

static bool suits_join(const Forming *forming, const Item *item) {
  const Plan *plan = forming->plan;
  const Node *node = graph_node(&plan->graph, item->nodes[0]);
  if (node->op != OP_CONCAT || node->type.shape.rank != 2 || node->attrs[0] != 1 ||
      node->type.shape.dim[0] != forming->rows)
    return false;
  for (int i = 0; i < node->input_count; i++)
    if (is_made(forming, plan->facts[node->inputs[i]].root) && !is_whole(plan, node->inputs[i]))
      return false;
  return true;
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
  if (item->program) return suits_program(forming, item);
  return suits_product(forming, item) || suits_join(forming, item);
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
               !weight && is_whole(plan, node->inputs[i]) && shape->dim[0] == forming->rows);
  }
}

static bool note_weight(Forming *forming, const Item *item) {
  const Plan *plan = forming->plan;
  const Node *node = graph_node(&plan->graph, item->nodes[0]);
  if (item->program || node->op != OP_MATMUL) return true;
  const NodeId weight = plan->facts[node->inputs[1]].root;
  int w = 0;
  while (w < forming->weight_count && forming->weights[w] != weight) w++;
  if (w == WEIGHTS_MOST) return false;
  forming->weights[w] = weight;
  if (w == forming->weight_count) forming->weight_count++;
  forming->products++;
  forming->work += (double)node_count(node) *
                   (double)graph_node(&plan->graph, node->inputs[0])->type.shape.dim[1];
  return true;
}

/* Goes along the order from `position` on; returns the position after the last item taken. */
static int collect(Forming *forming, int position) {
  const Plan *plan = forming->plan;
  int end = position, later = 0;
  for (; position < plan->first_half && forming->taken_count < STEPS_MOST; position++) {
    const int number = plan->order[position];
    Item *item = &plan->items[number];
    if (suits(forming, item) && note_weight(forming, item)) {
      forming->taken[forming->taken_count++] = number;
      item->strip = forming->number;
      mark_reads(forming, item);
      end = position + 1;
      later = forming->later_count;
    } else if (forming->later_count < PUT_OFF_MOST) {
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
  return forming->products >= WEIGHT_USES * forming->weight_count &&
         forming->work >= 2 * (double)PART_WORK;
}

static void reorder(const Forming *forming, int position) {
  Plan *plan = forming->plan;
  for (int i = 0; i < forming->taken_count; i++) plan->order[position++] = forming->taken[i];
  for (int i = 0; i < forming->later_count; i++) plan->order[position++] = forming->later[i];
}

/* The strip that begins with the product at `position`, if it pays; returns where to go on. */
static int form(Plan *plan, int position, int32_t *put_off) {
  const Item *item = &plan->items[plan->order[position]];
  if (item->program || !is_product(plan, item)) return position + 1;
  Forming forming = {
      .plan = plan, .number = plan->strip_count + 1, .attempt = position + 1, .put_off = put_off};
  forming.rows = graph_node(&plan->graph, item->nodes[0])->type.shape.dim[0];
  const int end = collect(&forming, position);
  if (!pays(&forming)) {
    for (int i = 0; i < forming.taken_count; i++) plan->items[forming.taken[i]].strip = 0;
    return position + 1;
  }
  reorder(&forming, position);
  plan->strips[plan->strip_count++] = (Strip){
      .first = position, .count = forming.taken_count, .rows = forming.rows, .work = forming.work};
  return end;
}

/* Positions and ends of lives, after the order has changed. */
static void note_positions(Plan *plan) {
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
  for (int position = 0; position < plan->first_half;) position = form(plan, position, put_off);
  if (plan->strip_count) note_positions(plan);
  mem_free(put_off);
}

/* ---- the instructions ---- */

/* What a program fills once repeats with each row. */
static bool programs_suit(const Plan *plan, const Strip *strip) {
  for (int i = strip->first; i < strip->first + strip->count; i++) {
    const Instruction *instruction = &plan->instructions[i];
    const MapProgram *program = &instruction->program;
    if (instruction->kind == INSTRUCTION_PROGRAM && program->period &&
        program->total / strip->rows % program->period)
      return false;
  }
  return true;
}

/* Each program's registers that are filled once are its own. */
static void give_registers(Plan *plan, const Strip *strip) {
  size_t base = 0;
  for (int i = strip->first; i < strip->first + strip->count; i++) {
    Instruction *instruction = &plan->instructions[i];
    if (instruction->kind != INSTRUCTION_PROGRAM) continue;
    instruction->register_base = base;
    base += (size_t)(uintptr_t)instruction->program.own; /* still an offset: what comes before */
    if (base + instruction->program.own_bytes > plan->register_bytes)
      plan->register_bytes = base + instruction->program.own_bytes;
  }
}

void plan_strip_steps(Plan *plan) {
  for (int s = 0; s < plan->strip_count; s++) {
    Strip *strip = &plan->strips[s];
    if (!programs_suit(plan, strip)) continue;
    give_registers(plan, strip);
    strip->steps = &plan->instructions[strip->first];
    for (int i = 0; i < strip->count; i++) strip->steps[i].strip = strip;
  }
}

/* ---- running ---- */

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static void run_product(const Instruction *instruction, int64_t row, int64_t end) {
  Product product;
  MapFault fault = {0, 0, 0};
  linear_product(&instruction->call, &product);
  product.dense = true;
  for (int64_t rows; row < end && !stop_wanted(); row += rows) {
    rows = least(BLOCK_ROWS, end - row);
    product_block(&product, &(Part){row, rows, 0, product.n, 0, product.k});
    if (instruction->then || instruction->most) follow_rows(instruction, row, rows, &fault);
  }
}

static void run_join(const Call *call, int64_t row, int64_t end) {
  const size_t size = dtype_bytes(call->output.dtype),
               width = (size_t)call->output.shape.dim[1] * size;
  char *to = (char *)call->output.data + (size_t)row * width;
  for (int i = 0; i < call->input_count; i++) {
    const size_t bytes = (size_t)call->inputs[i].shape.dim[1] * size;
    const char *from = (const char *)call->inputs[i].data + (size_t)row * bytes;
    for (int64_t r = 0; r < end - row && bytes > 0; r++)
      memcpy(to + (size_t)r * width, from + (size_t)r * bytes, bytes);
    to += bytes;
  }
}

static void run_rows(const Strip *strip, const Instruction *instruction, int64_t row, int64_t end) {
  MapFault fault = {0, 0, 0};
  if (instruction->kind == INSTRUCTION_PROGRAM) {
    const int64_t width = instruction->program.total / strip->rows;
    if (!instruction->taken) map_part(&instruction->program, row * width, end * width, &fault);
  } else if (instruction->kernel == kernel_matmul) {
    run_product(instruction, row, end);
  } else {
    run_join(&instruction->call, row, end);
  }
}

typedef struct Going {
  const Strip *strip;
  int from, count; /* steps */
  int64_t parts;
} Going;

static void go(void *context, int64_t part) {
  const Going *going = context;
  const Strip *strip = going->strip;
  const int64_t grains = (strip->rows + ROW_GRAIN - 1) / ROW_GRAIN,
                row = least(strip->rows, ROW_GRAIN * (grains * part / going->parts)),
                end = least(strip->rows, ROW_GRAIN * (grains * (part + 1) / going->parts));
  for (int i = 0; i < going->count && row < end && !stop_wanted(); i++)
    run_rows(strip, &strip->steps[going->from + i], row, end);
}

void strip_run(const Strip *strip, int from, int count) {
  Going going = {.strip = strip, .from = from, .count = count};
  MapFault fault = {0, 0, 0};
  going.parts = least(team_size(),
                      least(strip->rows / PART_ROWS_LEAST, (int64_t)(strip->work / PART_WORK)));
  if (going.parts < 1) going.parts = 1;
  /* the step at hand may be timed, and its program with it */
  const int last = from + count < strip->count && strip->steps[from + count].taken ? count + 1
                                                                                   : count;
  for (int i = from; i < from + last; i++)
    if (strip->steps[i].kind == INSTRUCTION_PROGRAM) map_begin(&strip->steps[i].program, &fault);
  team_run(going.parts, go, &going);
}
