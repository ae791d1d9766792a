/* states.c — see states.h.
 *
 * The states of an inner optimizer are stored in the outer one's memory, after its own, so
 * checkpoints, messages and counts need no special case.
 */
#include "lang/learn/states.h"

#include "lang/learn/sparse.h"
#include "lang/machine/closure.h"
#include "lang/machine/heap.h"

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
  if (target) sparse_write_back(target);
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
  sparse_forget(target->sparse);
  value_release(vm, value_of(KIND_PARAM, target->param));
}

void states_release(Vm *vm, OptimizerObject *optimizer, int count) {
  OptimizerMemory *memory = optimizer->memory;
  while (memory->count > count) release_last(vm, memory);
  lookup_clear(&memory->places);
  memory->settled = false;
}

void states_free(Vm *vm, OptimizerMemory *memory) {
  while (memory->count) release_last(vm, memory);
  mem_free(memory->targets);
  lookup_free(&memory->places);
}
