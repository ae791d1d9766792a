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

typedef struct OptimizerMemento {
  Memento memento;
  int64_t steps;
  uint64_t left;
  bool finds;
  double scale;
  int argument_count;
  int count;             /* of targets */
  Tensor *states;        /* by target and state; owned copies; NULL while no step was made */
  TargetMemory *targets; /* owned: those that the line released (hand_over); else NULL */
  Value arguments[];     /* held */
} OptimizerMemento;

/* Before the first `count` targets alone stay: the targets that the memento of a line counts, with
 * the storage that recorded steps refer to, become its own. */
static void hand_over(const OptimizerObject *optimizer, int count) {
  OptimizerMemory *memory = optimizer->memory;
  OptimizerMemento *kept = memory->memento;
  if (!kept || kept->targets || count >= kept->count) return;
  size_t more = (size_t)(memory->count - kept->count);
  for (int i = 0; i < kept->count; i++) sparse_memory_write_back(&memory->targets[i]);
  kept->targets = mem_alloc((size_t)kept->count * sizeof(TargetMemory));
  memcpy(kept->targets, memory->targets, (size_t)kept->count * sizeof(TargetMemory));
  memmove(memory->targets, memory->targets + kept->count, more * sizeof(TargetMemory));
  memory->count = (int)more;
}

static void release_target(Vm *vm, const OptimizerMemory *memory, const TargetMemory *target) {
  for (int k = 0; k < memory->state_count; k++) tensor_release(&target->states[k]);
  mem_free(target->states);
  sparse_memory_free(target->sparse);
  value_release(vm, value_of(KIND_PARAM, target->param));
}

static void release_last(Vm *vm, OptimizerMemory *memory) {
  release_target(vm, memory, &memory->targets[--memory->count]);
}

void states_release(Vm *vm, OptimizerObject *optimizer, int count) {
  OptimizerMemory *memory = optimizer->memory;
  hand_over(optimizer, count);
  while (memory->count > count) release_last(vm, memory);
  lookup_clear(&memory->places);
  memory->settled = false;
}

void states_free(Vm *vm, OptimizerMemory *memory) {
  while (memory->count) release_last(vm, memory);
  mem_free(memory->targets);
  lookup_free(&memory->places);
}

/* ---- of a run among several ---- */

static Tensor copied(Vm *vm, const Tensor *from) {
  Tensor to = {0};
  Diag diag = {0};
  if (from->buffer && !tensor_copy(&to, from, &diag)) raise_diag(vm, &diag);
  return to;
}

void states_take(Vm *vm, OptimizerObject *optimizer, OptimizerKept *kept) {
  const OptimizerMemory *memory = optimizer->memory;
  *kept = (OptimizerKept){optimizer, optimizer->steps, optimizer->left, optimizer->finds, 0, 0, 0};
  value_retain(value_of(KIND_OPTIMIZER, optimizer));
  kept->arguments = mem_alloc(((size_t)optimizer->count + 1) * sizeof(Value));
  for (int i = 0; i < optimizer->count; i++)
    kept->arguments[i] = value_retain(optimizer->arguments[i]);
  kept->targets = mem_zero(((size_t)memory->count + 1) * sizeof(TargetMemory));
  for (int i = 0; i < memory->count; i++) {
    TargetMemory *from = &memory->targets[i], *to = &kept->targets[kept->count++];
    sparse_memory_write_back(from);
    *to = *from;
    to->sparse = NULL;
    value_retain(value_of(KIND_PARAM, to->param));
    to->states = mem_zero(((size_t)memory->state_count + 1) * sizeof(Tensor));
    for (int k = 0; k < memory->state_count; k++) to->states[k] = copied(vm, &from->states[k]);
  }
}

void states_put_back(Vm *vm, const OptimizerKept *kept) {
  OptimizerObject *optimizer = kept->optimizer;
  states_release(vm, optimizer, 0);
  for (int i = 0; i < kept->count; i++) {
    const TargetMemory *from = &kept->targets[i];
    TargetMemory *to = states_new(optimizer, from->param);
    to->before = from->before;
    to->elements = from->elements;
    for (int k = 0; k < optimizer->memory->state_count; k++)
      to->states[k] = copied(vm, &from->states[k]);
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

void states_kept_free(OptimizerKept *kept) {
  for (int i = 0; i < kept->count; i++) {
    for (int k = 0; k < kept->optimizer->memory->state_count; k++)
      tensor_release(&kept->targets[i].states[k]);
    mem_free(kept->targets[i].states);
  }
  mem_free(kept->targets);
  mem_free(kept->arguments);
  *kept = (OptimizerKept){0};
}

void states_kept_release(Vm *vm, OptimizerKept *kept) {
  OptimizerObject *optimizer = kept->optimizer;
  if (!optimizer) return;
  for (int i = 0; i < kept->count; i++)
    value_release(vm, value_of(KIND_PARAM, kept->targets[i].param));
  for (int i = 0; i < optimizer->count; i++) value_release(vm, kept->arguments[i]);
  states_kept_free(kept);
  value_release(vm, value_of(KIND_OPTIMIZER, optimizer));
}

/* ---- of a line of a session ---- */

void states_keep(Vm *vm, OptimizerObject *optimizer) {
  OptimizerMemory *memory = optimizer->memory;
  OptimizerMemento *kept = memory->memento;
  if (!kept || kept->states || kept->targets) return;
  size_t count = (size_t)kept->count * (size_t)memory->state_count;
  kept->states = mem_zero((count + 1) * sizeof(Tensor));
  for (int i = 0, at = 0; i < kept->count; i++) {
    sparse_memory_write_back(&memory->targets[i]);
    for (int k = 0; k < memory->state_count; k++, at++) {
      kept->states[at] = copied(vm, &memory->targets[i].states[k]);
    }
  }
}

/* The targets that the line released take the place of those that it made. */
static void take_back(Vm *vm, OptimizerObject *optimizer, OptimizerMemento *kept) {
  OptimizerMemory *memory = optimizer->memory;
  if (!kept->targets) return;
  states_release(vm, optimizer, 0);
  mem_free(memory->targets);
  memory->targets = kept->targets;
  memory->count = memory->capacity = kept->count;
  kept->targets = NULL;
}

/* The elements are written where the states are: recorded steps refer to that. */
static void give_states(Vm *vm, OptimizerObject *optimizer, OptimizerMemento *kept) {
  OptimizerMemory *memory = optimizer->memory;
  take_back(vm, optimizer, kept);
  for (int i = 0, at = 0; kept->states && i < kept->count; i++) {
    sparse_memory_write_back(&memory->targets[i]);
    for (int k = 0; k < memory->state_count; k++, at++) {
      Tensor *state = &memory->targets[i].states[k];
      if (!kept->states[at].buffer) continue;
      memcpy(tensor_data(state), tensor_data(&kept->states[at]), tensor_bytes(state));
      state->buffer->limits = (Limits){0};
    }
  }
  states_release(vm, optimizer, kept->count);
}

static void states_give(Vm *vm, Memento *memento, bool back) {
  OptimizerObject *optimizer = (OptimizerObject *)(void *)memento->object;
  OptimizerMemento *kept = (OptimizerMemento *)(void *)memento;
  optimizer->memory->memento = NULL;
  if (back) {
    give_states(vm, optimizer, kept);
    optimizer->memory->scale = kept->scale;
    optimizer->steps = kept->steps;
    optimizer->left = kept->left;
    optimizer->finds = kept->finds;
  }
  for (int i = 0; i < optimizer->count; i++) {
    Value gone = back ? optimizer->arguments[i] : kept->arguments[i];
    if (back) optimizer->arguments[i] = kept->arguments[i];
    value_release(vm, gone);
  }
  for (int i = 0; kept->states && i < kept->count * optimizer->memory->state_count; i++)
    tensor_release(&kept->states[i]);
  for (int i = 0; kept->targets && i < kept->count; i++)
    release_target(vm, optimizer->memory, &kept->targets[i]);
  mem_free(kept->targets);
  mem_free(kept->states);
  mem_free(kept);
}

static void states_mark(Vm *vm, const Memento *memento) {
  const OptimizerMemento *kept = (const OptimizerMemento *)(const void *)memento;
  for (int i = 0; i < kept->argument_count; i++) vm_mark(vm, kept->arguments[i]);
  for (int i = 0; kept->targets && i < kept->count; i++)
    vm_mark(vm, value_of(KIND_PARAM, kept->targets[i].param));
}

Memento *states_memento(Vm *vm, Object *object) {
  (void)vm;
  OptimizerObject *optimizer = (OptimizerObject *)(void *)object;
  if (!optimizer->memory) return NULL; /* its arguments were refused: nothing can name it */
  OptimizerMemento *kept = mem_zero(sizeof *kept + (size_t)optimizer->count * sizeof(Value));
  kept->memento = (Memento){.give = states_give, .mark = states_mark};
  kept->steps = optimizer->steps;
  kept->left = optimizer->left;
  kept->finds = optimizer->finds;
  kept->argument_count = optimizer->count;
  kept->scale = optimizer->memory->scale;
  kept->count = optimizer->memory->count;
  for (int i = 0; i < optimizer->count; i++)
    kept->arguments[i] = value_retain(optimizer->arguments[i]);
  optimizer->memory->memento = kept;
  return &kept->memento;
}
