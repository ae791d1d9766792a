/* draws.c — see draws.h. */
#include "lang/learn/draws.h"

void draws_take(TrainRun *run) {
  if (run->drawn) return;
  run->drawn = true;
  run->vm->draws++;
}

bool draws_begin(TrainRun *run, Drawer drawer, uint64_t number) {
  Vm *vm = run->vm;
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

void draws_end(TrainRun *run) {
  Vm *vm = run->vm;
  DrawsAside *aside = &run->aside;
  if (!aside->on) return;
  bool drew = vm->draws > 0 || vm->seed != aside->own;
  vm->seed = aside->seed;
  vm->draws = aside->draws;
  if (vm->trace && vm->trace == aside->trace) vm->trace->key = aside->key;
  aside->on = false;
  if (drew) draws_take(run);
}

/* The place of an optimizer among those of a list and the ones inside them; *place counts. */
static bool placed(OptimizerObject *among, const OptimizerObject *optimizer, uint64_t *place) {
  ++*place;
  bool found = among == optimizer;
  for (int i = 0; !found && i < among->count; i++)
    found = among->arguments[i].kind == KIND_OPTIMIZER &&
            placed(among->arguments[i].optimizer, optimizer, place);
  return found;
}

uint64_t draws_schedule(const TrainRun *run, const OptimizerObject *optimizer, int index,
                        int64_t step) {
  uint64_t place = 0;
  for (int i = 0; i < run->objective_count; i++)
    if (placed(run->objectives[i].optimizer, optimizer, &place)) break;
  return hash_mix(hash_mix(place, (uint64_t)index), (uint64_t)step);
}
