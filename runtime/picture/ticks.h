/* ticks.h — where an axis is marked, and with which numbers. */
#ifndef GD_RUNTIME_PICTURE_TICKS_H
#define GD_RUNTIME_PICTURE_TICKS_H

#include "runtime/picture/picture.h"

/* Fills ticks and texts of a settled axis: about `wanted` of them, 2 at least where there is room.
 * Named places have one each, or every second, third, … where there are more. */
void ticks_find(Arena *arena, Axis *axis, int wanted);

#endif
