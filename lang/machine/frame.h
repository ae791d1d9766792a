/* frame.h — the frame of a call: its slots, and the cells that closures share. */
#ifndef GD_LANG_FRAME_H
#define GD_LANG_FRAME_H

#include "lang/machine/vm.h"

/* Room for the slots of a frame on the value stack, not taken yet; raises when calls are nested too
 * deep. */
static inline Value *frame_room(Vm *vm, int32_t count, Span span) {
  Value *slots = vm->top;
  if (UNLIKELY(vm->limit - slots < count || vm->depth >= CALLS_MOST)) vm_too_deep(vm, span);
  return slots;
}
/* A frame for a call of the closure, with cleared slots; `call` must outlive it. */
Frame frame_open(Vm *vm, ClosureObject *closure, const Span *call);

/* takes value; for PLACE_CELL creates the cell */
void frame_set(Vm *vm, Frame *frame, int place, int32_t slot, Value value);
/* The same for a parameter, whose slot may hold the value itself already. */
void frame_settle(Vm *vm, Frame *frame, int place, int32_t slot, Value value);

/* Releases what a slot held.  A local function that captures itself forms a cycle with its cell;
 * when nothing else refers to it, the cycle is detected and broken here. */
void frame_leave_slot(Vm *vm, Value value);
/* Releases the slots of a frame and returns them to the value stack. */
static inline void frame_leave(Vm *vm, Value *slots, int32_t count) {
  for (int32_t i = 0; i < count; i++)
    if (value_object(slots[i])) frame_leave_slot(vm, slots[i]);
  vm->top = slots;
}

#endif
