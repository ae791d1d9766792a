/* batch.c — the updates of many parameters as one job of the team.
 *
 * A model has dozens of parameters, most of them small, and each has an update of its own: a
 * program that writes where the parameter and its state lie.  Run one after the other, each large
 * one would need a barrier, and one thread would run the small ones while the others wait.
 * Adjacent programs of the second half that are independent of each other are therefore one job: a
 * task is a part of a large program, or several small programs.  Tasks are made when the plan is,
 * by sizes alone.
 *
 * They are independent when each writes only to bindings, none reads what another writes, and none
 * writes what an earlier one reads.  Registers that are filled once must not be shared, so each
 * program of a batch has its own.
 */
#include "runtime/kernels/team.h"
#include "runtime/plan/node.h"

#include <string.h>

#if defined(GD_HARSH)
enum { TASK_LEAST = 50, BATCH_LEAST = 2 };
#else
enum {
  TASK_LEAST = 4096, /* elements: small programs are gathered until they have so many */
  BATCH_LEAST =
      1
      << 16 /* in all: few parameters, used by one thread, are faster when they stay in its cache */
};
#endif

/* ---- which ---- */

static bool writes_bindings_only(const Plan *plan, const Instruction *instruction) {
  for (int n = 0; n < instruction->node_count; n++) {
    const Facts *facts = &plan->facts[instruction->nodes[n]];
    if (facts->exported && facts->place.kind != STORAGE_STORED) return false;
  }
  return true;
}

/* What a batch makes and reads so far: the number of the batch, by item and by binding. */
typedef struct Joined {
  int *items, *bindings;
  int number;
} Joined;

static const Item *item_of(const Plan *plan, const Instruction *instruction) {
  return &plan->items[plan->facts[instruction->node].item];
}

/* Does the step read what the batch makes, or write what it reads? */
static bool depends(const Plan *plan, const Joined *joined, const Instruction *instruction) {
  const Item *item = item_of(plan, instruction);
  for (int r = 0; r < item->read_count; r++) {
    int32_t maker = plan->facts[item->reads[r]].item;
    if (maker >= 0 && joined->items[maker] == joined->number) return true;
  }
  for (int n = 0; n < instruction->node_count; n++) {
    const Facts *facts = &plan->facts[instruction->nodes[n]];
    if (facts->exported && joined->bindings[facts->place.index] == joined->number) return true;
  }
  return false;
}

static bool may_join(const Plan *plan, const Joined *joined, const Instruction *next) {
  if (next->kind != INSTRUCTION_PROGRAM || next->taken || next->program.sums ||
      next->program.total == 0 || !writes_bindings_only(plan, next))
    return false;
  return !depends(plan, joined, next);
}

static void add_step(const Plan *plan, Joined *joined, const Instruction *instruction) {
  const Item *item = item_of(plan, instruction);
  joined->items[plan->facts[instruction->node].item] = joined->number;
  for (int r = 0; r < item->read_count; r++) {
    const Node *node = graph_node(&plan->graph, item->reads[r]);
    if (node->leaf == LEAF_INPUT) joined->bindings[node->attrs[0]] = joined->number;
  }
}

/* How many steps from the first on can be distributed together. */
static int joinable(const Plan *plan, Joined *joined, const Instruction *first) {
  int count = 0;
  joined->number++;
  for (; first + count < plan->instructions + plan->instruction_count &&
         may_join(plan, joined, first + count);
       count++)
    add_step(plan, joined, first + count);
  return count;
}

/* ---- tasks ---- */

static int64_t tasks_of(const MapProgram *program) {
  int64_t chunk = map_chunk(program);
  return (program->total + chunk - 1) / chunk;
}

/* The first half of every program at the front, the second at the back: the team's caller begins
 * there, its workers here, and so it was when the gradients were made. */
typedef struct Ends {
  BatchTask *front, *back; /* the next one to be written; behind the last one that is free */
} Ends;

static void add_tasks(Batch *batch, Ends *ends, int index, const MapProgram *program) {
  int64_t chunk = map_chunk(program);
  bool small = program->total < TASK_LEAST;
  BatchTask *last = ends->front > batch->tasks ? ends->front - 1 : NULL;
  if (small && last && last->small && last->first + last->programs == index &&
      last->elements < TASK_LEAST) {
    last->programs++;
    last->elements += program->total;
    return;
  }
  for (int64_t from = 0; from < program->total; from += chunk) {
    int64_t count = program->total - from < chunk ? program->total - from : chunk;
    BatchTask *task = 2 * from + count <= program->total || small ? ends->front++ : --ends->back;
    *task =
        (BatchTask){.first = index, .programs = 1, .from = from, .elements = count, .small = small};
  }
}

static Batch *make_batch(Plan *plan, Instruction *first, int count) {
  Batch *batch = arena_alloc(&plan->arena, sizeof *batch);
  int64_t most = 0;
  size_t base = 0;
  for (int i = 0; i < count; i++) most += tasks_of(&first[i].program);
  batch->steps = first;
  batch->count = count;
  batch->tasks = arena_alloc(&plan->arena, (size_t)most * sizeof(BatchTask));
  Ends ends = {batch->tasks, batch->tasks + most};
  for (int i = 0; i < count; i++) {
    MapProgram *program = &first[i].program;
    add_tasks(batch, &ends, i, program);
    first[i].register_base = base;
    /* still an offset: registers that are filled once come before it */
    base += (size_t)(uintptr_t)program->own;
    if (base + program->own_bytes > plan->register_bytes)
      plan->register_bytes = base + program->own_bytes;
  }
  int64_t behind = batch->tasks + most - ends.back;
  /* small programs that share a task left room between */
  memmove(ends.front, ends.back, (size_t)behind * sizeof(BatchTask));
  batch->task_count = ends.front - batch->tasks + behind;
  return batch;
}

void plan_batch(Plan *plan) {
  if (!FUSES) return;
  Joined joined = {mem_zero((size_t)plan->item_count * sizeof(int) + 1),
                   mem_zero((size_t)plan->binding_count * sizeof(int) + 1), 0};
  for (int i = plan->half_instruction, count; i < plan->instruction_count; i += count) {
    Instruction *first = &plan->instructions[i];
    count = joinable(plan, &joined, first);
    int64_t elements = 0;
    for (int k = 0; k < count; k++) elements += first[k].program.total;
    if (count > 1 && elements >= BATCH_LEAST) first->batch = make_batch(plan, first, count);
    if (count == 0) count = 1;
  }
  mem_free(joined.items);
  mem_free(joined.bindings);
}

/* ---- running ---- */

static void run_task(void *context, int64_t index) {
  const Batch *batch = context;
  const BatchTask *task = &batch->tasks[index];
  MapFault fault = {0, 0, 0}; /* of floats there is none: the second half cannot fail */
  if (task->programs == 1) {
    map_part(&batch->steps[task->first].program, task->from, task->from + task->elements, &fault);
    return;
  }
  for (int i = 0; i < task->programs; i++) {
    const MapProgram *program = &batch->steps[task->first + i].program;
    map_part(program, 0, program->total, &fault);
  }
}

void batch_run(const Batch *batch) {
  MapFault fault = {0, 0, 0};
  for (int i = 0; i < batch->count; i++) map_begin(&batch->steps[i].program, &fault);
  team_run(batch->task_count, run_task, (void *)batch);
}
