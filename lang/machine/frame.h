/* frame.h — the slots of a frame, and the cells that closures share. */
#ifndef GD_LANG_FRAME_H
#define GD_LANG_FRAME_H

#include "lang/machine/vm.h"

void frame_set(Vm *vm, Frame *frame, int place, int32_t slot, Value value); /* takes value; makes the cell when place is PLACE_CELL */
/* Releases what a slot held.  A local function that calls itself and that nobody else holds is a cycle with its cell: it is broken here. */
void frame_leave_slot(Vm *vm, Value value);

#endif
