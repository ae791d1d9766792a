/* picture.c — the limits of a picture's axes, found from its marks.
 *
 * A logarithmic axis works on logarithms throughout: its limits and ticks are exponents, and values
 * that are not positive have no place on it.  Points that are not finite never count.  Where all
 * values are equal the axis is widened around them, so that the pens never divide by zero.
 */
#include "runtime/picture/picture.h"
#include "runtime/base/stop.h"
#include "runtime/picture/ticks.h"

#include <math.h>
#include <string.h>

Mark *picture_mark(Picture *picture, MarkKind kind) {
  if (picture->count == picture->capacity) {
    int capacity = picture->capacity ? 2 * picture->capacity : 8;
    Mark *marks = arena_alloc(&picture->arena, (size_t)capacity * sizeof *marks);
    if (picture->count) memcpy(marks, picture->marks, (size_t)picture->count * sizeof *marks);
    picture->marks = marks;
    picture->capacity = capacity;
  }
  Mark *mark = &picture->marks[picture->count++];
  *mark = (Mark){.kind = kind};
  return mark;
}

double *picture_copy(Picture *picture, const double *values, size_t count) {
  double *copy = arena_take(&picture->arena, count * sizeof *copy + 1);
  if (count) memcpy(copy, values, count * sizeof *copy);
  return copy;
}

void picture_free(Picture *picture) {
  arena_free(&picture->arena);
  *picture = (Picture){0};
}

/* ---- limits ---- */

typedef struct Limits {
  double low, high;
  size_t outside; /* finite values that the axis cannot show */
} Limits;

static void limits_add(Limits *limits, const Axis *axis, double value) {
  if (!isfinite(value)) return;
  if (axis->log) {
    if (value <= 0) {
      limits->outside++;
      return;
    }
    value = log10(value);
  }
  if (value < limits->low) limits->low = value;
  if (value > limits->high) limits->high = value;
}

static void limits_all(Limits *limits, const Axis *axis, const double *values, size_t count) {
  for (size_t i = 0; values && i < count && !stop_wanted(); i++)
    limits_add(limits, axis, values[i]);
}

static bool has_grid(MarkKind kind) {
  return kind == MARK_LEVELS || kind == MARK_REGIONS || kind == MARK_TABLE || kind == MARK_IMAGE;
}

static void limits_mark(Limits *x, Limits *y, const Picture *picture, const Mark *mark) {
  if (has_grid(mark->kind)) {
    limits_all(x, &picture->x, mark->box, 2);
    limits_all(y, &picture->y, mark->box + 2, 2);
    return;
  }
  limits_all(x, &picture->x, mark->x, mark->count);
  limits_all(y, &picture->y, mark->y, mark->count);
  if (mark->kind == MARK_BARS) {
    limits_all(x, &picture->x, mark->z, mark->count);
    if (!picture->y.log) limits_add(y, &picture->y, 0);
  } else if (mark->kind == MARK_BAND) {
    limits_all(y, &picture->y, mark->z, mark->count);
  }
}

/* Takes limits over, with `margin` of their distance on each side. */
static void axis_take(Axis *axis, Limits limits, double margin_low, double margin_high) {
  if (axis->given) {
    if (axis->log) {
      axis->low = log10(axis->low);
      axis->high = log10(axis->high);
    }
    return;
  }
  double distance = limits.high - limits.low;
  if (!(distance > 1e-12 * fmax(fabs(limits.low), fabs(limits.high)))) {
    double around = axis->log ? 0.5 : limits.low == 0 ? 1 : fabs(limits.low) / 10;
    limits.low -= around;
    limits.high += around;
    distance = margin_low = margin_high = 0;
  }
  axis->low = limits.low - margin_low * distance;
  axis->high = limits.high + margin_high * distance;
}

static bool nothing(Diag *diag, const Axis *axis, char name, const Limits *limits) {
  if (!axis->log || limits->outside == 0)
    return diag_fail(diag, STATUS_FAILED, (Span){0, 0, 0},
                     "nothing to plot: no point has finite coordinates");
  diag_fail(diag, STATUS_FAILED, (Span){0, 0, 0},
            "nothing to plot: no %c is positive, as a logarithmic axis needs", name);
  return diag_help(diag, "leave out `log:`");
}

static bool check_span(const Axis *axis, char name, Diag *diag) {
  if (isfinite(axis->high - axis->low)) return true;
  diag_fail(diag, STATUS_FAILED, (Span){0, 0, 0},
            "the values of %c are further apart than any number reaches", name);
  return diag_help(diag, "divide them first: a hundredth of them can be drawn");
}

/* Points touch no edge; a line may begin and end at one; bars stand on it. */
static double margin_of(const Picture *picture, bool across) {
  double margin = 0;
  for (int i = 0; i < picture->count; i++) {
    MarkKind kind = picture->marks[i].kind;
    if (has_grid(kind)) return 0;
    if (kind == MARK_POINTS || across) margin = 0.05;
    else if (kind == MARK_BARS && margin < 0.01) margin = 0.01;
  }
  return margin;
}

static bool only_bars(const Picture *picture) {
  for (int i = 0; i < picture->count; i++)
    if (picture->marks[i].kind != MARK_BARS) return false;
  return true;
}

bool picture_settle(Picture *picture, Diag *diag) {
  Limits x = {INFINITY, -INFINITY, 0}, y = x;
  for (int i = 0; i < picture->count; i++) limits_mark(&x, &y, picture, &picture->marks[i]);
  if (!picture->x.given && x.low > x.high) return nothing(diag, &picture->x, 'x', &x);
  if (!picture->y.given && y.low > y.high) return nothing(diag, &picture->y, 'y', &y);
  double along = margin_of(picture, false), across = margin_of(picture, true);
  bool bars = only_bars(picture) && !picture->y.log;
  axis_take(&picture->x, x, along, along);
  axis_take(&picture->y, y, bars && y.low >= 0 ? 0 : across, bars && y.high <= 0 ? 0 : across);
  picture->left_out = x.outside + y.outside;
  return check_span(&picture->x, 'x', diag) && check_span(&picture->y, 'y', diag);
}

double axis_place(const Axis *axis, double value) {
  if (axis->log) value = value > 0 ? log10(value) : (double)NAN;
  double place = (value - axis->low) / (axis->high - axis->low);
  return isfinite(place) ? place : (double)NAN;
}
