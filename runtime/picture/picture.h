/* picture.h — what a picture shows, in the units of its data: marks, their names, and the axes.
 *
 * A Picture is filled by its owner, made whole by `picture_settle` (limits of the axes, ticks), and
 * then drawn by `picture_draw` (draw.h) with a pen: for the terminal, SVG or PNG.  All memory is of
 * its arena; the arrays of a mark are copied into it with `picture_copy`.
 */
#ifndef GD_RUNTIME_PICTURE_PICTURE_H
#define GD_RUNTIME_PICTURE_PICTURE_H

#include "runtime/base/base.h"
#include "runtime/base/diag.h"

typedef enum MarkKind {
  MARK_LINE,    /* x and y joined in order; what is not finite is a gap */
  MARK_POINTS,  /* x and y */
  MARK_BARS,    /* from 0 to y, between x and z */
  MARK_BAND,    /* between y and z, along x */
  MARK_LEVELS,  /* z over a grid: lines of equal height */
  MARK_REGIONS, /* z over a grid: a whole number for the class of each cell */
  MARK_TABLE,   /* z over a grid: a shade and the number of each cell */
  MARK_IMAGE,   /* z: pixels, [rows, cols, 3], 0 to 255 */
  MARK_KINDS
} MarkKind;

enum { HUE_NONE = -1, HUE_COUNT = 24 };

typedef struct Mark {
  MarkKind kind;
  const char *name;    /* in the legend; NULL: not there */
  int hue;             /* which of the colours, taken round; HUE_NONE: the ink of text */
  const double *x, *y; /* `count` each; NULL where the kind has none */
  const double *z;   /* `count`, or rows * cols, row 0 at the bottom (tables, images: at the top) */
  size_t count;      /* of points */
  size_t rows, cols; /* of a grid */
  double box[4];     /* of a grid: x from, x to, y from, y to */
} Mark;

/* One axis. */
typedef struct Axis {
  const char *label;        /* or NULL */
  bool log;                 /* by powers of ten */
  bool given;               /* low and high were set by the owner */
  double low, high;         /* the limits; with `log` their logarithms to base 10 once settled */
  const char *const *names; /* of the places 0, 1, …; NULL: numbers */
  size_t name_count;
  double *ticks;      /* their places, as low and high are given; made by axis_settle */
  const char **texts; /* of each tick */
  int tick_count;
} Axis;

typedef struct Picture {
  Arena arena;       /* owns all that follows */
  const char *title; /* or NULL */
  Axis x, y;
  Mark *marks;
  int count, capacity;
  bool bare;       /* images alone: no axes */
  size_t left_out; /* points that a logarithmic axis cannot show */
} Picture;

/* Adds a mark of this kind, with the next hue; the caller fills in the rest. */
Mark *picture_mark(Picture *picture, MarkKind kind);
double *picture_copy(Picture *picture, const double *values, size_t count);
/* Finds limits and ticks.  False, status 1: there is nothing to show, or nothing that a logarithmic
 * axis can show. */
bool picture_settle(Picture *picture, Diag *diag);
void picture_free(Picture *picture);

/* Where a value lies on its settled axis: 0 to 1 within its limits, NaN where it has no place. */
double axis_place(const Axis *axis, double value);

#endif
