/* before.c — see before.h.
 *
 * The names and values of the session's module are copied; most values are copied on write, so that
 * costs a reference for each.  What is shared and changes in place (variables that functions
 * capture, params, optimizers, imported modules) gives a Memento (kind.h).  A memento holds the
 * elements of a param, which training then copies once, and an optimizer copies its states before
 * the first step of the line: a line that trains nothing costs nothing more.
 *
 * Objects that can change stand first in the Vm's ring of objects (heap.c), so the others are not
 * visited.  Files, and what was printed, stay as they are.
 */
#include "lang/eval/before.h"

#include "lang/machine/closure.h"
#include "lang/machine/heap.h"
#include "lang/machine/module_value.h"
#include "lang/machine/read_set.h"
#include "lang/names/scope.h"

struct Before {
  ModuleObject *module; /* borrowed */
  Variable *last;       /* of its scope */
  int scope_count, count;
  Value *values;     /* held: its globals; owned */
  Memento *mementos; /* owned; linked */
  uint64_t seed, draws;
  Dtype real; /* precision() */
};

/* ---- a captured variable ---- */

typedef struct CellMemento {
  Memento memento;
  Value value; /* held */
} CellMemento;

static void give_cell(Vm *vm, Memento *memento, bool back) {
  CellObject *cell = (CellObject *)(void *)memento->object;
  CellMemento *kept = (CellMemento *)(void *)memento;
  if (back) {
    Value gone = cell->value;
    cell->value = value_retain(kept->value);
    value_release(vm, gone);
  }
  value_release(vm, kept->value);
  mem_free(kept);
}

static void mark_cell(Vm *vm, const Memento *memento) {
  vm_mark(vm, ((const CellMemento *)(const void *)memento)->value);
}

static Memento *keep_cell(const Object *object) {
  CellMemento *kept = mem_zero(sizeof *kept);
  kept->memento = (Memento){.give = give_cell, .mark = mark_cell};
  kept->value = value_retain(((const CellObject *)(const void *)object)->value);
  return &kept->memento;
}

/* ---- all ---- */

static void keep_objects(Vm *vm, Before *before) {
  for (Object *object = vm->objects.next;
       object != &vm->objects && heap_changes((Kind)object->kind); object = object->next) {
    const KindRow *row = vm->registry->kinds[object->kind];
    if (object == &before->module->head) continue;
    Memento *memento = object->kind == KIND_CELL ? keep_cell(object) : row->keep(vm, object);
    if (!memento) continue;
    object->refs++;
    memento->object = object;
    memento->next = before->mementos;
    before->mementos = memento;
  }
}

Before *before_take(Vm *vm, ModuleObject *module) {
  if (vm->object_count > vm->sweep_at && !vm->trace)
    vm_sweep(vm); /* or mementos hold what is lost */
  Before *before = mem_zero(sizeof *before);
  *before = (Before){.module = module,
                     .last = module->scope->last,
                     .scope_count = module->scope->global_count,
                     .count = module->global_count,
                     .seed = vm->seed,
                     .draws = vm->draws,
                     .real = vm->real};
  before->values = mem_alloc(((size_t)before->count + 1) * sizeof(Value));
  for (int i = 0; i < before->count; i++) before->values[i] = value_retain(module->globals[i]);
  if (!vm->checking) keep_objects(vm, before);
  return before;
}

static void give_values(Vm *vm, const Before *before) {
  ModuleObject *module = before->module;
  if (module->scope->session) scope_truncate(module->scope, before->last, before->scope_count);
  for (int i = 0; i < module->global_count; i++) {
    Value gone = module->globals[i];
    module->globals[i] = i < before->count ? value_retain(before->values[i]) : (Value){0};
    value_release(vm, gone);
  }
  module->global_count = before->count;
  vm->seed = before->seed;
  vm->draws = before->draws;
  vm->real = before->real;
  vm->effects++;
  read_set_changed(vm->read_set);
}

void before_end(Vm *vm, Before *before, bool back) {
  while (before->mementos) {
    Memento *memento = before->mementos;
    Object *object = memento->object;
    before->mementos = memento->next;
    memento->give(vm, memento, back);
    value_release(vm, value_of((Kind)object->kind, object));
  }
  if (back) give_values(vm, before);
  for (int i = 0; i < before->count; i++) value_release(vm, before->values[i]);
  mem_free(before->values);
  mem_free(before);
}

void before_mark(Vm *vm, const Before *before) {
  for (int i = 0; i < before->count; i++) vm_mark(vm, before->values[i]);
  for (const Memento *memento = before->mementos; memento; memento = memento->next) {
    vm_mark(vm, value_of((Kind)memento->object->kind, memento->object));
    if (memento->mark) memento->mark(vm, memento);
  }
}
