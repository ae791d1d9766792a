/* draws.c — see draws.h. */
#include "lang/optimizers/draws.h"

void draws_take(Vm *vm, Training *run) {
  if (run->drawn) return;
  run->drawn = true;
  vm->draws++;
}

bool draws_begin(Vm *vm, Training *run, Drawer drawer, uint64_t number) {
  DrawsAside *aside = &run->aside;
  if (aside->on) return false;
  uint64_t seed = hash_mix(hash_mix(run->key_seed, drawer), number);
  *aside = (DrawsAside){true, vm->seed, vm->draws, seed, vm->trace, 0};
  vm->seed = seed;
  vm->draws = 0;
  if (!vm->trace) return true;
  aside->key = vm->trace->key; /* a schedule in a recording: it is a number, drawn now */
  vm->trace->key = 0;
  return true;
}

void draws_end(Vm *vm, Training *run) {
  DrawsAside *aside = &run->aside;
  if (!aside->on) return;
  bool drew = vm->draws > 0 || vm->seed != aside->own;
  vm->seed = aside->seed;
  vm->draws = aside->draws;
  if (vm->trace && vm->trace == aside->trace) vm->trace->key = aside->key;
  aside->on = false;
  if (drew) draws_take(vm, run);
}

void draws_place(OptimizerObject *optimizer, int *place) {
  optimizer->place = ++*place;
  for (int i = 0; i < optimizer->count; i++)
    if (optimizer->arguments[i].kind == KIND_OPTIMIZER)
      draws_place(optimizer->arguments[i].optimizer, place);
}

uint64_t draws_schedule(const OptimizerObject *optimizer, int index, int64_t step) {
  return hash_mix(hash_mix((uint64_t)optimizer->place, (uint64_t)index), (uint64_t)step);
}
