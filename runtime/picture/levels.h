/* levels.h — lines of equal height over a grid of values. */
#ifndef GD_RUNTIME_PICTURE_LEVELS_H
#define GD_RUNTIME_PICTURE_LEVELS_H

#include "runtime/picture/pen.h"

/* Chooses `count` heights between which equally many of the values lie.  Returns how many differ;
 * what is not finite has no height. */
int levels_choose(const double *z, size_t total, double *levels, int count);

/* Appends the pieces of one line, two dots each, in units of cells: (0, 0) is the first value,
 * (cols - 1, rows - 1) the last.  Returns new memory at *dots, the number of dots at *used. */
void levels_trace(const double *z, size_t rows, size_t cols, double level, Dot **dots,
                  size_t *used);

#endif
