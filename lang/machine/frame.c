/* frame.c — the frame of a call: opened, its slots set and released.
 *
 * The slots of a frame are on the value stack, so a call allocates nothing.  Which slot a variable
 * has, and whether it is a cell, which closures share, is decided before running (names/).  A frame
 * is left by frame_leave; when an error is raised instead, the Vm does the same (vm.c).
 */
#include "lang/machine/frame.h"

#include "lang/machine/closure.h"
#include "lang/machine/heap.h"
#include "lang/machine/module_value.h"
#include "lang/syntax/ast.h"

Frame frame_open(Vm *vm, ClosureObject *closure, const Span *call) {
  stack_check(vm, *call);
  int32_t count = closure->function->frame_size;
  frame_room(vm, count, *call);
  Value *slots = stack_take(vm, (uint32_t)count);
  return (Frame){slots, closure, closure->module, vm->frame, call};
}

void frame_set(Vm *vm, Frame *frame, int place, int32_t slot, Value value) {
  Value *at = place == PLACE_GLOBAL ? &frame->module->globals[slot] : &frame->slots[slot];
  if (place == PLACE_CAPTURE) at = &frame->closure->cells[slot]->value;
  if (place == PLACE_CELL) {
    /* made already, by an earlier function that captures it */
    if (at->kind == KIND_CELL && at->cell->value.kind == KIND_UNSET) {
      at->cell->value = value;
      return;
    }
    CellObject *cell = object_new(vm, KIND_CELL, sizeof *cell);
    cell->value = value;
    value = value_of(KIND_CELL, cell);
  }
  Value old = *at;
  *at = value;
  value_release(vm, old);
}

void frame_settle(Vm *vm, Frame *frame, int place, int32_t slot, Value value) {
  frame->slots[slot] = (Value){0};
  frame_set(vm, frame, place, slot, value);
}

void frame_leave_slot(Vm *vm, Value value) {
  if (value.kind == KIND_CELL && value.cell->value.kind == KIND_CLOSURE &&
      value.object->refs == 2) {
    ClosureObject *closure = value.cell->value.closure;
    bool own = false;
    for (int i = 0; i < closure->cell_count; i++) own = own || closure->cells[i] == value.cell;
    if (own && closure->head.refs == 1) {
      value.cell->value = value_none();
      value_release(vm, value_of(KIND_CLOSURE, closure));
    }
  }
  value_release(vm, value);
}
