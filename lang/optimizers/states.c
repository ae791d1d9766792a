/* states.c — see states.h.
 *
 * The states of an inner optimizer are stored in the outer one's memory, after its own, so
 * checkpoints, messages and counts need no special case.
 */
#include "lang/optimizers/states.h"

#include "lang/machine/closure.h"
#include "lang/machine/heap.h"
#include "lang/optimizers/sparse_memory.h"

#include <string.h>

int states_own(const OptimizerObject *optimizer) {
  const AstFunction *function = optimizer->made_by->function;
  int states = 0;
  for (int i = 0; i < function->member_count; i++)
    states += function->members[i].kind == MEMBER_STATE;
  return states;
}

int states_count(const OptimizerObject *optimizer) {
  int states = states_own(optimizer);
  for (int i = 0; i < optimizer->count; i++)
    if (optimizer->arguments[i].kind == KIND_OPTIMIZER)
      states += states_count(optimizer->arguments[i].optimizer);
  return states;
}

const char *states_name(const OptimizerObject *optimizer, int index, const char **of) {
  const AstFunction *function = optimizer->made_by->function;
  for (int i = 0; i < function->member_count; i++) {
    if (function->members[i].kind != MEMBER_STATE || index-- > 0) continue;
    *of = function->name;
    return function->members[i].name;
  }
  for (int i = 0; i < optimizer->count; i++) {
    if (optimizer->arguments[i].kind != KIND_OPTIMIZER) continue;
    int states = states_count(optimizer->arguments[i].optimizer);
    if (index < states) return states_name(optimizer->arguments[i].optimizer, index, of);
    index -= states;
  }
  return NULL;
}

TargetMemory *states_at(const OptimizerObject *optimizer, const ParamObject *param) {
  OptimizerMemory *memory = optimizer->memory;
  int place = lookup_place(&memory->places, memory->targets, sizeof(TargetMemory), memory->count,
                           param);
  return place < 0 ? NULL : &memory->targets[place];
}

TargetMemory *states_of(OptimizerObject *optimizer, ParamObject *param) {
  TargetMemory *target = states_at(optimizer, param);
  if (target) sparse_memory_write_back(target);
  return target;
}

TargetMemory *states_new(OptimizerObject *optimizer, ParamObject *param) {
  OptimizerMemory *memory = optimizer->memory;
  if (memory->count == memory->capacity) {
    memory->capacity = memory->capacity ? 2 * memory->capacity : 8;
    memory->targets = mem_grow(memory->targets, (size_t)memory->capacity * sizeof(TargetMemory));
  }
  TargetMemory *target = &memory->targets[memory->count++];
  value_retain(value_of(KIND_PARAM, param));
  target->param = param;
  target->sparse = NULL;
  target->before = optimizer->steps;
  target->states = mem_zero((size_t)(memory->state_count + 1) * sizeof(Tensor));
  return target;
}

static void release_last(Vm *vm, OptimizerMemory *memory) {
  TargetMemory *target = &memory->targets[--memory->count];
  for (int k = 0; k < memory->state_count; k++) tensor_release(&target->states[k]);
  mem_free(target->states);
  sparse_memory_free(target->sparse);
  value_release(vm, value_of(KIND_PARAM, target->param));
}

void states_release(Vm *vm, OptimizerObject *optimizer, int count) {
  OptimizerMemory *memory = optimizer->memory;
  if (memory->line && count < memory->line->count) states_keep(vm, optimizer);
  while (memory->count > count) release_last(vm, memory);
  lookup_clear(&memory->places);
  memory->settled = false;
}

void states_free(Vm *vm, OptimizerMemory *memory) {
  while (memory->count) release_last(vm, memory);
  mem_free(memory->targets);
  lookup_free(&memory->places);
}

/* ---- the optimizer at one time ---- */

static void free_targets(TargetMemory *targets, int count, int states) {
  for (int i = 0; targets && i < count; i++) {
    for (int k = 0; k < states; k++) tensor_release(&targets[i].states[k]);
    mem_free(targets[i].states);
  }
  mem_free(targets);
}

/* Owned copies of the first `count`, whose params are not held yet. */
static TargetMemory *copied(Vm *vm, TargetMemory *from, int count, int states) {
  TargetMemory *targets = mem_zero(((size_t)count + 1) * sizeof(TargetMemory));
  Diag diag = {0};
  bool fine = true;
  for (int i = 0; i < count; i++) {
    sparse_memory_write_back(&from[i]);
    targets[i] = from[i];
    targets[i].sparse = NULL;
    targets[i].states = mem_zero(((size_t)states + 1) * sizeof(Tensor));
    for (int k = 0; k < states && fine; k++)
      fine = !from[i].states[k].buffer ||
             tensor_copy(&targets[i].states[k], &from[i].states[k], &diag);
  }
  if (fine) return targets;
  free_targets(targets, count, states);
  raise_diag(vm, &diag);
}

static void hold_params(const TargetMemory *targets, int count) {
  for (int i = 0; i < count; i++) value_retain(value_of(KIND_PARAM, targets[i].param));
}

/* All but the states. */
static void take_numbers(OptimizerObject *optimizer, OptimizerKept *kept) {
  *kept = (OptimizerKept){.optimizer = optimizer,
                          .steps = optimizer->steps,
                          .left = optimizer->left,
                          .finds = optimizer->finds,
                          .count = optimizer->memory->count};
  value_retain(value_of(KIND_OPTIMIZER, optimizer));
  kept->arguments = mem_alloc(((size_t)optimizer->count + 1) * sizeof(Value));
  for (int i = 0; i < optimizer->count; i++)
    kept->arguments[i] = value_retain(optimizer->arguments[i]);
}

static void take_states(Vm *vm, OptimizerKept *kept) {
  const OptimizerMemory *memory = kept->optimizer->memory;
  kept->targets = copied(vm, memory->targets, kept->count, memory->state_count);
  hold_params(kept->targets, kept->count);
}

void states_take(Vm *vm, OptimizerObject *optimizer, OptimizerKept *kept) {
  take_numbers(optimizer, kept);
  take_states(vm, kept);
}

/* targets: taken; NULL: the states of the first `count` are as they were */
static void put_back(Vm *vm, const OptimizerKept *kept, TargetMemory *targets) {
  OptimizerObject *optimizer = kept->optimizer;
  OptimizerMemory *memory = optimizer->memory;
  states_release(vm, optimizer, targets ? 0 : kept->count);
  if (targets) {
    mem_free(memory->targets);
    memory->targets = targets;
    memory->count = memory->capacity = kept->count;
  }
  for (int i = 0; i < optimizer->count; i++) {
    Value before = optimizer->arguments[i];
    optimizer->arguments[i] = value_retain(kept->arguments[i]);
    value_release(vm, before);
  }
  optimizer->left = kept->left;
  optimizer->finds = kept->finds;
  optimizer->steps = kept->steps;
}

void states_put_back(Vm *vm, const OptimizerKept *kept) {
  states_keep(vm, kept->optimizer); /* before the copies: it may raise */
  TargetMemory *targets = copied(vm, kept->targets, kept->count,
                                 kept->optimizer->memory->state_count);
  hold_params(targets, kept->count);
  put_back(vm, kept, targets);
}

void states_kept_free(OptimizerKept *kept) {
  if (kept->targets) free_targets(kept->targets, kept->count, kept->optimizer->memory->state_count);
  mem_free(kept->arguments);
  *kept = (OptimizerKept){0};
}

void states_kept_release(Vm *vm, OptimizerKept *kept) {
  OptimizerObject *optimizer = kept->optimizer;
  if (!optimizer) return;
  for (int i = 0; kept->targets && i < kept->count; i++)
    value_release(vm, value_of(KIND_PARAM, kept->targets[i].param));
  for (int i = 0; i < optimizer->count; i++) value_release(vm, kept->arguments[i]);
  states_kept_free(kept);
  value_release(vm, value_of(KIND_OPTIMIZER, optimizer));
}

/* ---- of a line of a session ---- */

typedef struct OptimizerMemento {
  Memento memento;
  OptimizerKept kept; /* without states until the line changes some (states_keep) */
} OptimizerMemento;

void states_keep(Vm *vm, OptimizerObject *optimizer) {
  OptimizerKept *kept = optimizer->memory->line;
  if (kept && !kept->targets) take_states(vm, kept);
}

static void states_give(Vm *vm, Memento *memento, bool back) {
  OptimizerMemento *line = (OptimizerMemento *)(void *)memento;
  OptimizerKept *kept = &line->kept;
  kept->optimizer->memory->line = NULL;
  if (back) {
    put_back(vm, kept, kept->targets); /* no copy: nothing may fail here */
    kept->targets = NULL;
  }
  states_kept_release(vm, kept);
  mem_free(line);
}

static void states_mark(Vm *vm, const Memento *memento) {
  const OptimizerKept *kept = &((const OptimizerMemento *)(const void *)memento)->kept;
  for (int i = 0; i < kept->optimizer->count; i++) vm_mark(vm, kept->arguments[i]);
  for (int i = 0; kept->targets && i < kept->count; i++)
    vm_mark(vm, value_of(KIND_PARAM, kept->targets[i].param));
}

Memento *states_memento(Vm *vm, Object *object) {
  (void)vm;
  OptimizerObject *optimizer = (OptimizerObject *)(void *)object;
  if (!optimizer->memory) return NULL; /* its arguments were refused: nothing can name it */
  OptimizerMemento *line = mem_zero(sizeof *line);
  line->memento = (Memento){.give = states_give, .mark = states_mark};
  take_numbers(optimizer, &line->kept);
  optimizer->memory->line = &line->kept;
  return &line->memento;
}
