/* frame.h — the slots of a frame, and the cells that closures share. */
#ifndef GD_LANG_FRAME_H
#define GD_LANG_FRAME_H

#include "lang/machine/vm.h"

/* takes value; for PLACE_CELL creates the cell */
void frame_set(Vm *vm, Frame *frame, int place, int32_t slot, Value value);
/* Releases what a slot held.  A local function that captures itself forms a cycle with its cell;
 * when nothing else refers to it, the cycle is detected and broken here. */
void frame_leave_slot(Vm *vm, Value value);

#endif
