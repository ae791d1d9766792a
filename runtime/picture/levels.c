/* levels.c — lines of equal height by marching squares (Lorensen and Cline 1987, in two
 * dimensions).
 *
 * Each cell of four values is looked at alone: a line enters and leaves where the height lies
 * between two neighbours, at the place found by linear interpolation.  Where two corners that face
 * each other are above and two below, the mean of the four decides which pairs are joined.  Cells
 * with a corner that is not finite have no line.
 */
#include "runtime/picture/levels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int levels_choose(const double *z, size_t total, double *levels, int count) {
  double *sorted = mem_alloc(total * sizeof *sorted + 1);
  size_t finite = 0;
  for (size_t i = 0; i < total; i++)
    if (isfinite(z[i])) sorted[finite++] = z[i];
  number_sort(sorted, finite);
  int made = 0;
  for (int i = 0; i < count && finite > 1; i++) {
    double at = ((double)i + 0.5) / count * (double)(finite - 1);
    double level = sorted[(size_t)at];
    if (level > sorted[0] && level < sorted[finite - 1] && (made == 0 || level > levels[made - 1]))
      levels[made++] = level;
  }
  mem_free(sorted);
  return made;
}

typedef struct Pieces {
  Dot *dots;
  size_t used, room;
} Pieces;

static void piece_add(Pieces *pieces, Dot from, Dot to) {
  if (pieces->used + 2 > pieces->room) {
    pieces->room = pieces->room ? 2 * pieces->room : 256;
    pieces->dots = mem_grow(pieces->dots, pieces->room * sizeof(Dot));
  }
  pieces->dots[pieces->used++] = from;
  pieces->dots[pieces->used++] = to;
}

/* Corners of a cell in the order (0, 0), (1, 0), (1, 1), (0, 1); side i joins corner i and i + 1.
 */
static Dot crossing(const double corner[4], int side, double level) {
  double from = corner[side], to = corner[(side + 1) % 4], t = (level - from) / (to - from);
  switch (side) {
    case 0: return (Dot){t, 0};
    case 1: return (Dot){1, t};
    case 2: return (Dot){1 - t, 1};
    default: return (Dot){0, 1 - t};
  }
}

static void cell_trace(Pieces *pieces, const double corner[4], double x, double y, double level) {
  Dot found[4];
  int count = 0;
  for (int side = 0; side < 4; side++)
    if ((corner[side] >= level) != (corner[(side + 1) % 4] >= level)) {
      Dot at = crossing(corner, side, level);
      found[count++] = (Dot){x + at.x, y + at.y};
    }
  if (count == 2) {
    piece_add(pieces, found[0], found[1]);
  } else if (count == 4) {
    double middle = (corner[0] + corner[1] + corner[2] + corner[3]) / 4;
    bool joined = (middle >= level) == (corner[0] >= level);
    piece_add(pieces, found[0], found[joined ? 1 : 3]);
    piece_add(pieces, found[2], found[joined ? 3 : 1]);
  }
}

void levels_trace(const double *z, size_t rows, size_t cols, double level, Dot **dots,
                  size_t *used) {
  Pieces pieces = {0};
  for (size_t row = 0; row + 1 < rows; row++)
    for (size_t col = 0; col + 1 < cols; col++) {
      const double *below = z + row * cols + col, *above = below + cols;
      double corner[4] = {below[0], below[1], above[1], above[0]};
      if (isfinite(corner[0] + corner[1] + corner[2] + corner[3]))
        cell_trace(&pieces, corner, (double)col, (double)row, level);
    }
  *dots = pieces.dots;
  *used = pieces.used;
}
