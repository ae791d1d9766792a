/* follow.c — elementwise programs that run on the rows of a product as they are finished.
 *
 * A bias and an activation after a product, the mask of a ReLU after a product of its gradient: the
 * program after a product runs on each group of rows on the thread that has just computed it, while
 * the rows are in that thread's cache, and needs no barrier in between.  So does the check whether
 * a watched gradient is finite.  Bits do not change: the program is elementwise.
 *
 * The program must be the very next instruction, read the product one for one, and write nothing
 * that the product still reads.  What it fills once (a bias over a block) must repeat with each
 * row.
 */
#include "runtime/kernels/linear.h"
#include "runtime/kernels/magnitude.h"
#include "runtime/plan/node.h"

/* ---- when ---- */

/* Does the program read the product, and never otherwise than one for one? */
static bool reads_aligned(const Plan *plan, const Item *item, NodeId product) {
  bool reads = false;
  for (int n = 0; n < item->count; n++) {
    const Facts *facts = &plan->facts[item->nodes[n]];
    for (int o = 0; o < facts->operand_count; o++) {
      const Operand *operand = &facts->operands[o];
      if (operand->source != product) continue;
      if (operand->pattern.kind != PATTERN_FULL || operand->offset) return false;
      reads = true;
    }
  }
  return reads;
}

static bool overlap(const Facts *a, const Facts *b) {
  return a->place.kind == STORAGE_SLAB && b->place.kind == STORAGE_SLAB &&
         a->place.offset < b->place.offset + b->bytes &&
         b->place.offset < a->place.offset + a->bytes;
}

static bool writes_over_inputs(const Plan *plan, const Item *item, const Node *product) {
  for (int n = 0; n < item->count; n++) {
    const Facts *facts = &plan->facts[item->nodes[n]];
    for (int i = 0; facts->exported && i < product->input_count; i++)
      if (overlap(facts, &plan->facts[plan->facts[product->inputs[i]].root])) return true;
  }
  return false;
}

static bool may_take(const Plan *plan, const Instruction *product, const Instruction *program) {
  const Node *node = graph_node(&plan->graph, product->node);
  if (!FUSES || program->kind != INSTRUCTION_PROGRAM || program->program.sums ||
      program->program.total != node_count(node))
    return false;
  const Item *item = &plan->items[plan->facts[program->node].item];
  int64_t columns = node->type.shape.dim[node->type.shape.rank - 1],
          period = program->program.period;
  return (period == 0 || columns % period == 0) && reads_aligned(plan, item, product->node) &&
         !writes_over_inputs(plan, item, node);
}

static void watch_product(Plan *plan, Instruction *product) {
  for (int i = plan->watch_of[product->node]; i >= 0 && !product->most; i = plan->watched[i].next) {
    Watched *watched = &plan->watched[i];
    if (watched->count != node_count(graph_node(&plan->graph, product->node)) ||
        !dispatch_most(watched->dtype))
      continue;
    product->most = &watched->most;
    watched->within = true;
  }
}

static void make_ready(Plan *plan, Instruction *product) {
  ReadyProduct ready;
  if (!linear_ready(&product->call, &ready)) return;
  product->ready = arena_alloc(&plan->arena, sizeof ready);
  *product->ready = ready;
}

void plan_follow(Plan *plan) {
  for (int i = 0; i < plan->half_instruction; i++) {
    Instruction *instruction = &plan->instructions[i];
    if (instruction->kind != INSTRUCTION_KERNEL || instruction->kernel != kernel_matmul ||
        node_count(graph_node(&plan->graph, instruction->node)) == 0)
      continue;
    watch_product(plan, instruction);
    make_ready(plan, instruction);
    if (i + 1 == plan->half_instruction || !may_take(plan, instruction, instruction + 1)) continue;
    instruction->then = instruction + 1;
    instruction[1].taken = true;
  }
}

/* ---- running ---- */

typedef struct Follow {
  const Instruction *product;
  int64_t columns;
  MapFault *fault;
} Follow;

static void take_rows(void *context, int64_t row, int64_t rows) {
  const Follow *follow = context;
  const Instruction *product = follow->product;
  const View *output = &product->call.output;
  int64_t first = row * follow->columns, count = rows * follow->columns;
  const char *data = (const char *)output->data + (size_t)first * dtype_bytes(output->dtype);
  if (product->most)
    magnitude_grow(product->most, dispatch_most(output->dtype)(count, data, NULL, NULL, NULL));
  if (product->then) map_part(&product->then->program, first, first + count, follow->fault);
}

void follow_run(Instruction *product, MapFault *fault) {
  const View *output = &product->call.output;
  Follow follow = {product, output->shape.dim[output->shape.rank - 1], fault};
  if (product->then) map_begin(&product->then->program, fault);
  if (fault->trouble) return;
  if (product->ready) {
    const View *in = product->call.inputs;
    product_run_ready(product->ready, in[0].data, in[1].data, output->data,
                      product->then || product->most ? take_rows : NULL, &follow);
    return;
  }
  if (linear_matmul_then(&product->call, take_rows, &follow)) return;
  if (product->most)
    magnitude_grow(product->most,
                   magnitude_of(output->data, output->dtype, shape_count(&output->shape)));
  if (product->then) map_run(&product->then->program, fault);
}
