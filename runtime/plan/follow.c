/* follow.c — elementwise programs that run on the rows of a product as they are finished.
 *
 * A bias and an activation after a product, the mask of a ReLU after a product of its gradient: the
 * program after a product runs on each group of rows on the thread that has just computed it, while
 * the rows are in that thread's cache, and needs no barrier in between.  So does the check whether
 * a watched gradient is finite.  Bits do not change: the program is elementwise.
 *
 * The program must be the very next instruction, read the product one for one, and write nothing
 * that the product still reads.  What it fills once (a bias over a block) must repeat with each
 * row, and what it sums must be whole rows.
 *
 * A product of a bundle (bundle.c) has none: other tasks may still read what the program writes
 * over.
 *
 * In the second half the update of a weight follows the product that is its gradient, which goes in
 * blocks there (defer.c).
 */
#include "runtime/kernels/index.h"
#include "runtime/kernels/linear.h"
#include "runtime/kernels/magnitude.h"
#include "runtime/plan/node.h"

#include <assert.h>
#include <string.h>

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
  if (!FUSES || program->kind != INSTRUCTION_PROGRAM || program->program.total != node_count(node))
    return false;
  const Item *item = &plan->items[plan->facts[program->node].item],
             *own = &plan->items[plan->facts[product->node].item];
  const int64_t columns = node->type.shape.dim[node->type.shape.rank - 1];
  return own->strip == item->strip && !own->bundle && map_parts_at(&program->program, columns) &&
         reads_aligned(plan, item, product->node) && !writes_over_inputs(plan, item, node);
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

/* Which pointers of the program read a value whose blocks lie in one place. */
static char ***find_reads(Plan *plan, const MapProgram *program, const void *at, int *count) {
  char ***reads = arena_alloc(&plan->arena, 3 * (size_t)program->count * sizeof *reads);
  for (int s = 0; s < program->count; s++)
    for (int k = 0; k < 3; k++) {
      MapPlace *in = &program->steps[s].in[k];
      if (!in->own && !in->shared && in->step && in->at == at) reads[(*count)++] = &in->at;
    }
  return reads;
}

/* The program goes with the product's blocks, and what is scattered does too. */
static void tie_blocks(Plan *plan, Instruction *product) {
  const MapProgram *program = &product->then->program;
  const NodeId beside = plan->items[plan->facts[product->then->node].item].beside;
  product->block_reads = find_reads(plan, program, product->call.output.data,
                                    &product->block_read_count);
  if (!beside) return;
  product->beside = &plan->instructions[plan->half_instruction - plan->first_half +
                                        plan->items[plan->facts[beside].item].position];
  product->beside->taken = true;
  product->beside_reads = find_reads(plan, program, product->beside->call.output.data,
                                     &product->beside_read_count);
}

void plan_follow(Plan *plan, int from, int to) {
  for (int i = from; i < to; i++) {
    Instruction *instruction = &plan->instructions[i];
    if (instruction->kind != INSTRUCTION_KERNEL || instruction->kernel != kernel_matmul ||
        node_count(graph_node(&plan->graph, instruction->node)) == 0)
      continue;
    const Item *item = &plan->items[plan->facts[instruction->node].item];
    instruction->block_rows = item->block_rows;
    watch_product(plan, instruction);
    if (!item->block_rows) make_ready(plan, instruction);
    bool takes = i + 1 < to && may_take(plan, instruction, instruction + 1);
    assert(takes || !item->block_rows);
    if (!takes) continue;
    instruction->then = instruction + 1;
    instruction[1].taken = true;
    if (item->block_rows) tie_blocks(plan, instruction);
  }
}

/* ---- running ---- */

typedef struct Follow {
  const Instruction *product;
  int64_t columns;
  int64_t block; /* the first row of the block at hand */
  MapFault *fault;
} Follow;

static Follow follow_new(const Instruction *product, MapFault *fault) {
  const Shape *shape = &product->call.output.shape;
  return (Follow){product, shape->dim[shape->rank - 1], 0, fault};
}

static void take_rows(void *context, int64_t row, int64_t rows) {
  const Follow *follow = context;
  const Instruction *product = follow->product;
  const View *output = &product->call.output;
  int64_t first = row * follow->columns, count = rows * follow->columns;
  const char *data = (const char *)output->data + (size_t)first * dtype_bytes(output->dtype);
  if (product->most)
    magnitude_grow(product->most, dispatch_most(output->dtype)(count, data, NULL, NULL, NULL));
  if (product->beside)
    index_scatter_rows(&product->beside->call, follow->block + row, rows,
                       (char *)product->beside->call.output.data +
                           (size_t)first * dtype_bytes(output->dtype));
  first += follow->block * follow->columns;
  if (product->then) map_part(&product->then->program, first, first + count, follow->fault);
}

void follow_rows(const Instruction *product, int64_t row, int64_t rows, MapFault *fault) {
  Follow follow = follow_new(product, fault);
  take_rows(&follow, row, rows);
}

/* The pointers are moved so that element i of the whole is found at i. */
static void shift_reads(char ***reads, int count, const View *output, int64_t elements) {
  const uintptr_t at = (uintptr_t)output->data - (uintptr_t)elements * dtype_bytes(output->dtype);
  for (int i = 0; i < count; i++) memcpy(reads[i], &at, sizeof at);
}

static void begin_block(const Instruction *product, Follow *follow, int64_t row) {
  follow->block = row;
  shift_reads(product->block_reads, product->block_read_count, &product->call.output,
              row * follow->columns);
  if (product->beside)
    shift_reads(product->beside_reads, product->beside_read_count, &product->beside->call.output,
                row * follow->columns);
}

static void run_blocks(Instruction *product, Follow *follow) {
  Product whole;
  linear_product(&product->call, &whole);
  const int64_t step = (whole.a_transposed ? 1 : whole.a_stride) *
                       (int64_t)dtype_bytes(whole.dtype);
  for (int64_t row = 0; row < whole.m; row += product->block_rows) {
    Product block = whole;
    block.m = whole.m - row < product->block_rows ? whole.m - row : product->block_rows;
    block.a = (const char *)whole.a + row * step;
    begin_block(product, follow, row);
    product_run_then(&block, take_rows, follow);
  }
  begin_block(product, follow, 0);
}

void follow_run(Instruction *product, MapFault *fault) {
  const View *output = &product->call.output;
  Follow follow = follow_new(product, fault);
  if (product->then) map_begin(&product->then->program, fault);
  if (fault->trouble) return;
  if (product->block_rows) {
    run_blocks(product, &follow);
    return;
  }
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
