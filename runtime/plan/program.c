/* program.c — a group of elementwise nodes as a program of the elementwise machine.
 *
 * The nodes in order, each one instruction; before it, fills for the operands that are not in the
 * group's shape.  Instructions are drafted first, over numbered registers; pairs of them are joined
 * (pair.c); then registers get room.  A value that only the program reads gets a register;
 * registers are given out by a scan along the program, and one that a value leaves is used again.
 * Constants over a block are written when the plan is made and shared.
 *
 * When a new value goes straight into the memory of the parameter whose old value a later
 * instruction of the program still reads, it stays in a register until the block's end, where an
 * instruction copies it out.
 */
#include "runtime/plan/program.h"
#include "runtime/plan/node.h"
#include "runtime/plan/pair.h"
#include "runtime/plan/point.h"

#include <assert.h>
#include <string.h>

static int new_register(Program *program, size_t element, bool shared) {
  program->registers[program->register_count] =
      (Register){.element = element, .last = -1, .shared = shared};
  return program->register_count++;
}

static Ref register_ref(const Program *program, int reg) {
  return (Ref){.kind = REF_REGISTER, .reg = reg, .element = program->registers[reg].element};
}

static Ref memory_ref(const Program *program, NodeId id, int64_t offset) {
  size_t element = node_element(program->plan, id);
  return (Ref){.kind = REF_MEMORY,
               .place = program->plan->facts[id].place,
               .extra = (size_t)offset * element,
               .element = element};
}

static Ref spread_ref(Program *program, const Node *node) {
  Plan *plan = program->plan;
  size_t element = dtype_bytes(node->type.dtype);
  uint64_t bits = 0;
  node_write_constant(node, &bits);
  uint64_t hash = hash_mix(bits, element);
  for (uint32_t at = 0, i; lookup_next(&plan->spread_of, hash, &at, &i);) {
    const Spread *spread = &plan->spreads[i];
    if (spread->bits == bits && spread->element == element && spread->count >= program->capacity)
      return (Ref){.kind = REF_SPREAD, .spread = spread->at, .element = element};
  }
  char *at = mem_align64((size_t)program->capacity * element + 64);
  const Pattern scalar = {.kind = PATTERN_SCALAR};
  pattern_fill(&scalar, element, &bits, 0, program->capacity, at);
  if (plan->spread_count == plan->spread_capacity) {
    plan->spread_capacity = plan->spread_capacity ? 2 * plan->spread_capacity : 4;
    plan->spreads = mem_grow(plan->spreads, (size_t)plan->spread_capacity * sizeof(Spread));
  }
  lookup_put(&plan->spread_of, hash, (uint32_t)plan->spread_count);
  plan->spreads[plan->spread_count++] = (Spread){bits, element, program->capacity, at};
  return (Ref){.kind = REF_SPREAD, .spread = at, .element = element};
}

static bool same_operand(const Operand *a, const Operand *b) {
  return a->source == b->source && a->offset == b->offset &&
         memcmp(&a->pattern, &b->pattern, sizeof a->pattern) == 0;
}

/* Of whole numbers above 0, or the other where one is 0. */
static int64_t common_multiple(int64_t a, int64_t b) {
  if (a == 0 || b == 0) return a + b;
  int64_t divisor = a, rest = b;
  while (rest) { /* the greatest common divisor */
    int64_t next = divisor % rest;
    divisor = rest;
    rest = next;
  }
  return a / divisor * b;
}

/* An operand that repeats: from a register, filled once or for each block. */
static Ref filled_ref(Program *program, const Operand *operand) {
  const Node *source = graph_node(&program->plan->graph, operand->source);
  if (source->leaf == LEAF_CONST && operand->pattern.kind == PATTERN_SCALAR)
    return spread_ref(program, source);
  uint64_t hash = hash_mix(operand->source, (uint64_t)operand->offset);
  for (uint32_t at = 0, i; lookup_next(&program->filled_of, hash, &at, &i);)
    if (same_operand(program->filled[i].operand, operand))
      return register_ref(program, program->filled[i].reg);
  lookup_put(&program->filled_of, hash, (uint32_t)program->filled_count);
  bool tile = operand->pattern.kind == PATTERN_TILE &&
              program->block % operand->pattern.period == 0,
       once = tile || operand->pattern.kind == PATTERN_SCALAR;
  if (tile) program->period = common_multiple(program->period, operand->pattern.period);
  int reg = new_register(program, dtype_bytes(source->type.dtype), once);
  Draft *draft = once ? &program->once[program->once_count++]
                      : &program->body[program->body_count++];
  *draft = (Draft){
      .node = operand->source, .pattern = &operand->pattern, .out = register_ref(program, reg)};
  draft->in[0] = memory_ref(program, operand->source, operand->offset);
  program->filled[program->filled_count++] = (Filled){operand, reg};
  return draft->out;
}

static Ref made_ref(const Program *program, NodeId id) {
  int reg = program->reg_of[id];
  return reg >= 0 ? register_ref(program, reg) : memory_ref(program, id, 0);
}

static Ref operand_ref(Program *program, const Operand *operand) {
  const Plan *plan = program->plan;
  if (plan->facts[operand->source].item == program->number && !plan->facts[operand->source].leaf) {
    assert(operand->aligned);
    return made_ref(program, operand->source);
  }
  if (operand->pattern.kind == PATTERN_FULL)
    return memory_ref(program, operand->source, operand->offset);
  return filled_ref(program, operand);
}

/* Does a node behind `writer` still read what the writer's place held before? */
static bool old_value_wanted(const Program *program, NodeId writer) {
  const Plan *plan = program->plan;
  Storage place = plan->facts[writer].place;
  if (place.kind != STORAGE_STORED) return false; /* in the slab, place.c made sure */
  for (uint32_t at = 0, r;
       lookup_next(&program->inputs_of, hash_mix((uint64_t)place.index, 0), &at, &r);) {
    const Node *source = graph_node(&plan->graph, program->item->reads[r]);
    if (source->attrs[0] == place.index && program->item->read_last[r] > writer) return true;
  }
  return false;
}

/* The bindings that the program reads, where it writes to one. */
static void find_inputs(Program *program) {
  const Plan *plan = program->plan;
  const Item *item = program->item;
  bool writes = false;
  for (int n = 0; n < item->count; n++)
    writes |= plan->facts[item->nodes[n]].place.kind == STORAGE_STORED;
  for (int r = 0; writes && r < item->read_count; r++) {
    const Node *source = graph_node(&plan->graph, item->reads[r]);
    if (source->leaf == LEAF_INPUT)
      lookup_put(&program->inputs_of, hash_mix((uint64_t)source->attrs[0], 0), (uint32_t)r);
  }
}

static void draft_tail(Program *program, NodeId id) {
  const Plan *plan = program->plan;
  const Node *node = graph_node(&plan->graph, id);
  Draft draft = {.node = id, .sum = true, .out = memory_ref(program, id, 0)};
  map_sums(&graph_node(&plan->graph, node->inputs[0])->type.shape, (uint32_t)node->attrs[0],
           node->type.dtype, &draft.row);
  draft.in[0] = operand_ref(program, &plan->facts[id].operands[0]);
  if (draft.row == 0) {
    int reg = new_register(program, sizeof(double), true);
    program->registers[reg].units = true;
    draft.in[1] = register_ref(program, reg);
  }
  program->body[program->body_count++] = draft;
}

static void draft_node(Program *program, NodeId id) {
  const Plan *plan = program->plan;
  if (plan->facts[id].tail) {
    draft_tail(program, id);
    return;
  }
  const Node *node = graph_node(&plan->graph, id);
  const Facts *facts = &plan->facts[id];
  Draft draft = {.work = node_work(&plan->graph, node), .node = id};
  /* the fill is all there is to do */
  if (node_expands(node) && facts->operands[0].pattern.kind != PATTERN_FULL) {
    draft.pattern = &facts->operands[0].pattern;
    draft.in[0] = memory_ref(program, facts->operands[0].source, facts->operands[0].offset);
  } else {
    for (int i = 0; i < facts->operand_count; i++)
      draft.in[i] = operand_ref(program, &facts->operands[i]);
  }
  bool held = !facts->exported || old_value_wanted(program, id);
  if (held) program->reg_of[id] = new_register(program, dtype_bytes(node->type.dtype), false);
  draft.out = held ? register_ref(program, program->reg_of[id]) : memory_ref(program, id, 0);
  program->body[program->body_count++] = draft;
}

#if defined(GD_HARSH)
enum { STREAM_BYTES = 64 };
#else
enum { STREAM_BYTES = 16 << 20 }; /* so many bytes leave all caches before they are read again */
#endif

/* Does the value go to memory that the program does not read, and is it so large that it should
 * bypass the caches? */
static bool streams(const Program *program, NodeId id) {
  const Plan *plan = program->plan;
  const Facts *facts = &plan->facts[id];
  if (program->reg_of[id] >= 0 || facts->place.kind != STORAGE_SLAB || facts->bytes < STREAM_BYTES)
    return false;
  for (int r = 0; r < program->item->read_count; r++) {
    Storage place = plan->facts[program->item->reads[r]].place;
    if (place.kind == STORAGE_SLAB && place.offset == facts->place.offset) return false;
  }
  return dispatch_stream(graph_node(&plan->graph, id)->type.dtype) != NULL;
}

/* A watched value is checked where it is made, while it is in the first cache. */
static void draft_checks(Program *program, NodeId id) {
  const Plan *plan = program->plan;
  Dtype dtype = graph_node(&plan->graph, id)->type.dtype;
  for (int i = plan->watch_of[id]; i >= 0; i = plan->watched[i].next) {
    Watched *watched = &plan->watched[i];
    if (plan->facts[id].tail || watched->count != program->total || !dispatch_most(dtype)) continue;
    Draft *draft = &program->body[program->body_count++];
    *draft = (Draft){.node = id, .most = &watched->most};
    if (streams(program, id)) { /* the check takes it from a register to its memory */
      draft->out = memory_ref(program, id, 0);
      program->reg_of[id] = new_register(program, draft->out.element, false);
      draft[-1].out = made_ref(program, id);
    }
    draft->in[0] = made_ref(program, id);
    watched->within = true;
  }
}

static void draft_copy(Program *program, NodeId id) {
  Dtype dtype = graph_node(&program->plan->graph, id)->type.dtype;
  Draft *draft = &program->body[program->body_count++];
  *draft = (Draft){.work = node_copy_work(dtype), .node = id, .out = memory_ref(program, id, 0)};
  draft->in[0] = register_ref(program, program->reg_of[id]);
}

/* ---- registers: space for one block each, given out along the program ---- */

static void find_last_uses(Program *program) {
  for (int i = 0; i < program->body_count; i++)
    for (int k = 0; k < 3; k++)
      if (program->body[i].in[k].kind == REF_REGISTER)
        program->registers[program->body[i].in[k].reg].last = i;
}

typedef struct Slots {
  size_t bytes; /* of one */
  size_t start; /* of the first */
  int *free;
  int free_count, count;
} Slots;

/* Gives back the slots of registers read here for the last time, of this element size or of any
 * other. */
static void end_reads(const Program *program, int i, size_t element, bool same, Slots *slots) {
  const Draft *draft = &program->body[i];
  for (int k = 0; k < 3; k++) {
    if (draft->in[k].kind != REF_REGISTER) continue;
    const Register *reg = &program->registers[draft->in[k].reg];
    bool again = false;
    for (int j = 0; j < k; j++)
      again |= draft->in[j].kind == REF_REGISTER && draft->in[j].reg == draft->in[k].reg;
    if (again || reg->shared || reg->last != i || (reg->element == element) != same) continue;
    slots->free[slots->free_count++] = (int)((reg->at - slots->start) / slots->bytes);
  }
}

static void give_register(Program *program, const Ref *out, Slots *slots) {
  if (out->kind != REF_REGISTER || program->registers[out->reg].shared) return;
  int slot = slots->free_count ? slots->free[--slots->free_count] : slots->count++;
  program->registers[out->reg].at = slots->start + (size_t)slot * slots->bytes;
}

static void give_registers(Program *program, size_t *shared_bytes, size_t *own_bytes) {
  size_t element = 1;
  for (int i = 0; i < program->register_count; i++)
    if (program->registers[i].element > element) element = program->registers[i].element;
  Slots slots = {.bytes = ((size_t)program->capacity * element + 63) & ~(size_t)63,
                 .free = mem_alloc(((size_t)program->register_count + 1) * sizeof(int))};
  size_t units = ((size_t)(program->total / (MAP_BLOCK * MAP_CHUNK) + 1) * sizeof(double) + 63) &
                 ~(size_t)63;
  for (int i = 0; i < program->register_count; i++) {
    if (!program->registers[i].shared) continue;
    program->registers[i].at = slots.start;
    slots.start += program->registers[i].units ? units : slots.bytes;
  }
  for (int i = 0; i < program->body_count; i++) {
    const Draft *draft = &program->body[i];
    /* the result may lie over an operand of its element size */
    end_reads(program, i, draft->out.element, true, &slots);
    give_register(program, &draft->out, &slots);
    if (draft->twin) give_register(program, &draft->in[2], &slots);
    end_reads(program, i, draft->out.element, false, &slots);
  }
  *shared_bytes = slots.start;
  *own_bytes = (size_t)slots.count * slots.bytes;
  mem_free(slots.free);
}

/* Sets one place of the final program.  Registers are counted from 0 until plan_build knows where
 * they are. */
static void set_place(const Program *program, MapPlace *place, const Ref *ref) {
  *place = (MapPlace){0};
  switch (ref->kind) {
    case REF_NONE: return;
    case REF_SPREAD: place->at = ref->spread; return;
    case REF_MEMORY:
      place->step = (int32_t)ref->element;
      point_place(program->plan, &place->at, ref->place, ref->extra);
      return;
    case REF_REGISTER: {
      const Register *reg = &program->registers[ref->reg];
      place->own = !reg->shared;
      place->shared = reg->shared;
      memcpy(&place->at, &(uintptr_t){reg->at}, sizeof place->at);
      return;
    }
  }
}

/* Records memory that a step of the body reads or writes; false if an earlier step did so. */
static bool note_memory(Program *program, const Ref *ref, uint32_t number) {
  uint64_t hash = ref_hash(ref);
  for (uint32_t at = 0, seen; lookup_next(&program->memory_of, hash, &at, &seen);) {
    const Draft *draft = &program->body[seen / 4];
    if (ref_same_memory(seen % 4 == 3 ? &draft->out : &draft->in[seen % 4], ref)) return false;
  }
  lookup_put(&program->memory_of, hash, number);
  return true;
}

/* Of body step i: which inputs are the first to read their memory, and is that so long that the
 * next block should be prefetched?  A bit each.  Steps are asked in order. */
static unsigned fetched(Program *program, int i) {
  const Draft *draft = &program->body[i];
  unsigned first = 0;
  if (program->total <= MAP_BLOCK * MAP_CHUNK) return 0;
  for (int k = 0; k < 3; k++)
    if (draft->in[k].kind == REF_MEMORY &&
        note_memory(program, &draft->in[k], 4 * (uint32_t)i + (uint32_t)k) && !draft->pattern &&
        !(draft->twin && k == 2))
      first |= 1u << k;
  if (draft->out.kind == REF_MEMORY) note_memory(program, &draft->out, 4 * (uint32_t)i + 3);
  return first;
}

static void finish_program(Program *program, Instruction *instruction) {
  Plan *plan = program->plan;
  size_t shared_bytes, own_bytes;
  find_last_uses(program);
  give_registers(program, &shared_bytes, &own_bytes);
  int count = program->once_count + program->body_count;
  instruction->works = arena_alloc(&plan->arena, (size_t)count * sizeof(MapWork));
  instruction->program = (MapProgram){.count = count,
                                      .first = program->once_count,
                                      .total = program->total,
                                      .block = program->block,
                                      .period = program->period,
                                      .own_bytes = own_bytes};
  instruction->program.steps = arena_alloc(&plan->arena, (size_t)count * sizeof(MapStep));
  memcpy(&instruction->program.own, &(uintptr_t){shared_bytes}, sizeof instruction->program.own);
  for (int i = 0; i < count; i++) {
    const Draft *draft = i < program->once_count ? &program->once[i]
                                                 : &program->body[i - program->once_count];
    MapStep *map = &instruction->program.steps[i];
    *map = (MapStep){
        .pattern = draft->pattern, .size = (uint32_t)draft->out.element, .tag = draft->node};
    if (draft->sum) {
      map->sum = map_sum(graph_node(&plan->graph, draft->node)->type.dtype);
      map->row = draft->row;
      instruction->program.sums = true;
    } else if (draft->most) {
      map->loop = (draft->out.kind == REF_MEMORY ? dispatch_stream : dispatch_most)(
          graph_node(&plan->graph, draft->node)->type.dtype);
      map->most = draft->most;
    } else if (!draft->pattern) {
      map->loop = draft->loop ? draft->loop : dispatch_loop(&draft->work);
    }
    instruction->works[i] = draft->work;
    unsigned first = i < program->once_count ? 0 : fetched(program, i - program->once_count);
    set_place(program, &map->out, &draft->out);
    for (int k = 0; k < 3; k++) {
      set_place(program, &map->in[k], &draft->in[k]);
      map->in[k].fetch = first >> k & 1;
      instruction->program.fetches |= map->in[k].fetch;
    }
  }
  if (shared_bytes + own_bytes > plan->register_bytes)
    plan->register_bytes = shared_bytes + own_bytes;
}

/* bytes of the first cache that a program may fill; elements */
enum { CACHE_PART = 40 << 10, BLOCK_LEAST = 256, TOUCHED_MOST = CACHE_PART / BLOCK_LEAST };

/* How many blocks the program touches again and again: what it reads, each once, and the registers
 * it is likely to need.  With so many that no block is small enough it does not matter how many
 * more there are. */
static int64_t blocks_touched(const Plan *plan, const Item *item) {
  const Operand *seen[TOUCHED_MOST];
  int count = 0, registers = 1 + item->count / 3;
  for (int n = 0; n < item->count; n++) {
    const Facts *facts = &plan->facts[item->nodes[n]];
    for (int o = 0; o < facts->operand_count; o++) {
      const Operand *operand = &facts->operands[o];
      if (plan->facts[operand->source].item == facts->item && !plan->facts[operand->source].leaf)
        continue;
      int k = 0;
      while (k < count && !same_operand(seen[k], operand)) k++;
      if (k < count) continue;
      seen[count++] = operand;
      if (count + registers >= TOUCHED_MOST) return TOUCHED_MOST;
    }
  }
  return count + registers;
}

/* As many elements as fit the first cache with all memory that the program touches: an Adam step in
 * blocks of 1,024 did not fit. */
static int64_t block_in_cache(const Plan *plan, const Item *item) {
  int64_t block = MAP_BLOCK, each = blocks_touched(plan, item) *
                                    (int64_t)node_element(plan, item->nodes[item->count - 1]);
  while (block / 2 >= BLOCK_LEAST && block * each > CACHE_PART) block /= 2;
  return block;
}

/* A block that is a multiple of every tile's period, where one fits. */
static int64_t choose_block(const Plan *plan, const Item *item) {
  int64_t period = 0;
  for (int n = 0; n < item->count; n++) {
    const Facts *facts = &plan->facts[item->nodes[n]];
    if (facts->tail) return MAP_BLOCK; /* the unit of sums */
    for (int o = 0; o < facts->operand_count; o++) {
      const Pattern *pattern = &facts->operands[o].pattern;
      if (pattern->kind != PATTERN_TILE || pattern->period > MAP_BLOCK) continue;
      int64_t common = common_multiple(period, pattern->period);
      if (common <= MAP_BLOCK) period = common;
    }
  }
  return period ? map_block(period) : block_in_cache(plan, item);
}

void plan_program(Plan *plan, int32_t number, Instruction *instruction) {
  const Item *item = &plan->items[number];
  Program program = {.plan = plan,
                     .item = item,
                     .number = number,
                     .total = node_count(graph_node(&plan->graph, item->nodes[0]))};
  instruction->kind = INSTRUCTION_PROGRAM;
  if (program.total == 0) return;
  size_t most = (size_t)item->count * 5;
  for (int n = 0; n < item->count; n++)
    for (int i = plan->watch_of[item->nodes[n]]; i >= 0; i = plan->watched[i].next) most++;
  program.block = choose_block(plan, item);
  program.capacity = program.total < program.block ? program.total : program.block;
  program.once = mem_alloc(most * sizeof(Draft));
  program.body = mem_alloc(most * sizeof(Draft));
  program.registers = mem_alloc(most * sizeof(Register));
  program.filled = mem_alloc(most * sizeof(Filled));
  program.reg_of = plan->reg_of;
  find_inputs(&program);
  for (int n = 0; n < item->count; n++) {
    draft_node(&program, item->nodes[n]);
    draft_checks(&program, item->nodes[n]);
  }
  for (int n = 0; n < item->count; n++) {
    NodeId id = item->nodes[n];
    if (plan->facts[id].exported && program.reg_of[id] >= 0 && old_value_wanted(&program, id))
      draft_copy(&program, id);
  }
  pair_program(&program);
  finish_program(&program, instruction);
  mem_free(program.once);
  mem_free(program.body);
  mem_free(program.registers);
  mem_free(program.filled);
  lookup_free(&program.filled_of);
  lookup_free(&program.inputs_of);
  lookup_free(&program.memory_of);
  for (int n = 0; n < item->count; n++) plan->reg_of[item->nodes[n]] = -1;
}
