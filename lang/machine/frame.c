/* frame.c — the slots of a frame: setting one, releasing one. */
#include "lang/machine/frame.h"

#include "lang/machine/closure.h"
#include "lang/machine/heap.h"
#include "lang/machine/module_value.h"
#include "lang/syntax/ast.h"

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
