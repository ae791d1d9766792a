/* build.c — the steps of a plan, with every pointer computed.
 *
 * A kernel's step is a Call with its views; a group's step is a program of the elementwise machine
 * (program.c).
 */
#include "runtime/kernels/team.h"
#include "runtime/plan/node.h"
#include "runtime/plan/point.h"

#include <assert.h>
#include <string.h>

/* ---- kernels and copies ---- */

static void set_view(Plan *plan, View *view, NodeId id) {
  const Node *node = graph_node(&plan->graph, id);
  view->dtype = node->type.dtype;
  view->shape = node->type.shape;
  point_node(plan, &view->data, id);
}

static void build_kernel(Plan *plan, NodeId id, Instruction *instruction) {
  const Node *node = graph_node(&plan->graph, id);
  instruction->kind = INSTRUCTION_KERNEL;
  instruction->kernel = kernel_of(node->op);
  assert(instruction->kernel);
  instruction->call = (Call){.op = node->op,
                             .input_count = node->input_count,
                             .attrs = node->attrs,
                             .attr_count = node->attr_count,
                             .fault = &plan->fault};
  instruction->call.inputs = arena_alloc(&plan->arena, node->input_count * sizeof(View) + 1);
  for (int i = 0; i < node->input_count; i++)
    set_view(plan, &instruction->call.inputs[i], node->inputs[i]);
  set_view(plan, &instruction->call.output, id);
}

static void build_move(Plan *plan, const Move *move, Instruction *instruction) {
  instruction->kind = INSTRUCTION_COPY;
  instruction->node = move->node;
  instruction->bytes = node_bytes(graph_node(&plan->graph, move->node));
  if (move->from.kind == STORAGE_NONE) point_node(plan, &instruction->from, move->node);
  else point_place(plan, &instruction->from, move->from, 0);
  point_place(plan, &instruction->to, move->to, 0);
}

static void build_moves(Plan *plan, int half) {
  for (int i = 0; i < plan->move_count; i++)
    if (plan->moves[i].half == half)
      build_move(plan, &plan->moves[i], &plan->instructions[plan->instruction_count++]);
}

static void build_items(Plan *plan, int from, int to) {
  for (int position = from; position < to; position++) {
    int32_t number = plan->order[position];
    const Item *item = &plan->items[number];
    Instruction *instruction = &plan->instructions[plan->instruction_count++];
    instruction->node = item->nodes[0];
    instruction->nodes = item->nodes;
    instruction->node_count = item->count;
    if (item->program) plan_program(plan, number, instruction);
    else build_kernel(plan, item->nodes[0], instruction);
  }
}

static void write_constants(Plan *plan) {
  for (NodeId id = 1; id < plan->graph.count; id++) {
    const Node *node = graph_node(&plan->graph, id);
    if (node->leaf == LEAF_CONST && plan->facts[id].half)
      node_write_constant(node, plan->slab + plan->facts[id].place.offset);
  }
}

void plan_poison(Plan *plan) {
  memset(plan->slab, 0xff, plan->slab_bytes);
  memset(plan->registers, 0xff, plan->register_bytes);
  write_constants(plan);
}

/* Registers were counted from 0: now they get their addresses. */
static void set_registers(Plan *plan) {
  for (int i = 0; i < plan->instruction_count; i++) {
    MapProgram *program = &plan->instructions[i].program;
    if (plan->instructions[i].kind != INSTRUCTION_PROGRAM) continue;
    char *base = plan->registers + plan->instructions[i].register_base;
    program->own = base + (uintptr_t)program->own;
    for (int s = 0; s < program->count; s++) {
      MapStep *step = &program->steps[s];
      MapPlace *places[] = {&step->out, &step->in[0], &step->in[1], &step->in[2]};
      for (int k = 0; k < 4; k++)
        if (places[k]->own || places[k]->shared) places[k]->at = base + (uintptr_t)places[k]->at;
    }
  }
}

/* Memory counted against the budget, or NULL after filling diag. */
static char *take_memory(Plan *plan, size_t bytes, Diag *diag) {
  if (!mem_reserve(bytes)) {
    diag_fail(diag, STATUS_MEMORY, (Span){0, 0, 0},
              "the computation needs %zu bytes beside its inputs, more than the budget allows",
              bytes);
    diag_help(diag, "--max-memory raises the budget");
    return NULL;
  }
  plan->reserved += bytes;
  char *memory = mem_try64(bytes + SLAB_PAD);
  if (!memory)
    diag_fail(diag, STATUS_MEMORY, (Span){0, 0, 0},
              "the system has no more memory: the computation needs %zu bytes", bytes);
  return memory;
}

/* Memory that the bounds analysis (range.c) reads. */
static void point_ranges(Plan *plan) {
  for (int i = 0; i < plan->range_count; i++) {
    RangeStep *step = &plan->ranges[i];
    if (step->kind == RANGE_SCALAR || step->kind == RANGE_SEEN)
      point_node(plan, &step->at, (NodeId)step->index);
  }
}

/* What was left by other work goes back before much memory is taken: scratch, and what the heap has
 * free. */
static void settle(size_t bytes) {
  enum { MUCH = 1 << 20 };
  if (bytes < MUCH) return;
  mem_free(team_scratch_leave());
  mem_settle();
}

bool plan_build(Plan *plan, Diag *diag) {
  settle(plan->slab_bytes);
  plan->slab = take_memory(plan, plan->slab_bytes, diag);
  if (!plan->slab) return false;
  write_constants(plan);
  plan->bindings = mem_zero((size_t)plan->binding_count * sizeof(FixupList) + 1);
  plan->written = mem_zero((size_t)plan->binding_count * sizeof(FixupList) + 1);
  plan->own_limits = mem_zero((size_t)plan->binding_count * sizeof(Limits) + 1);
  plan->result_at = mem_zero((size_t)plan->result_count * sizeof(FixupList) + 1);
  for (int i = 0; i < plan->look_count; i++)
    point_node(plan, &plan->watched[i].at, plan->watched[i].node);
  point_ranges(plan);
  plan->instructions = arena_alloc(
      &plan->arena, (size_t)(plan->item_count + plan->move_count) * sizeof(Instruction) + 1);
  plan->reg_of = mem_alloc(plan->graph.count * sizeof(int));
  for (NodeId id = 0; id < plan->graph.count; id++) plan->reg_of[id] = -1;
  build_items(plan, 0, plan->first_half);
  build_moves(plan, 1);
  plan->half_instruction = plan->instruction_count;
  plan_follow(plan, 0, plan->half_instruction);
  plan_strip_steps(plan);
  plan_bundle_steps(plan);
  build_items(plan, plan->first_half, plan->item_count);
  plan_follow(plan, plan->half_instruction, plan->instruction_count);
  build_moves(plan, 2);
  plan_batch(plan);
  plan->registers = take_memory(plan, plan->register_bytes, diag);
  if (!plan->registers) return false;
  set_registers(plan);
  return true;
}
