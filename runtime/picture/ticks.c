/* ticks.c — round numbers along an axis.
 *
 * Steps are 1, 2 or 5 times a power of ten, the smallest that gives no more ticks than wanted.  All
 * numbers of an axis have the same number of decimals, as many as its step needs.  A logarithmic
 * axis has powers of ten, every second, third … where there are many, and 2 and 5 between them
 * where there are few; one that spans less than a decade is marked like a linear one, by the
 * values.
 */
#include "runtime/picture/ticks.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TICKS_MOST = 64, TICKS_MORE = 4, LOG_DIGITS = 5 };

static double step_for(double distance, int wanted) {
  double raw = distance / (wanted > 1 ? wanted : 1), power = pow(10, floor(log10(raw)));
  static const double factors[] = {1, 2, 5, 10};
  for (int i = 0; i < COUNT_OF(factors); i++)
    if (factors[i] * power >= raw * (1 - 1e-9)) return factors[i] * power;
  return 10 * power;
}

static void tick_add(Arena *arena, Axis *axis, double place, const char *text, size_t length) {
  if (axis->tick_count == TICKS_MOST) return;
  axis->ticks[axis->tick_count] = place;
  axis->texts[axis->tick_count++] = arena_text(arena, text, length);
}

/* 1.5e+06 as 1.5e6. */
static void exponent_shorten(char *text) {
  char *at = text, *to;
  while (*at && *at != 'e') at++;
  if (!*at++) return;
  to = at;
  if (*at == '+') at++;
  else if (*at == '-') *to++ = *at++;
  while (*at == '0' && at[1]) at++;
  while ((*to++ = *at++)) {}
}

/* `decimals` behind the point; negative: to so many digits, with an exponent where it is shorter.
 * LC_NUMERIC is never set. */
static void tick_number(Arena *arena, Axis *axis, double place, double value, int decimals) {
  char text[400];
  if (value == 0) value = 0; /* -0, as the first of an axis from 0 is */
  if (decimals < 0) snprintf(text, sizeof text, "%.*g", -decimals, value);
  else snprintf(text, sizeof text, "%.*f", decimals, value);
  exponent_shorten(text);
  tick_add(arena, axis, place, text, strlen(text));
}

static int decimals_for(double step, double largest) {
  if (largest >= 1e6 || step < 1e-4) return -(int)fmin(ceil(log10(largest / step)) + 1, 15);
  double decimals = -floor(log10(step) + 1e-9);
  return decimals > 0 ? (int)decimals : 0;
}

static void ticks_linear(Arena *arena, Axis *axis, double low, double high, int wanted) {
  double step = step_for(high - low, wanted), slack = step * 1e-6;
  int decimals = decimals_for(step, fmax(fabs(low), fabs(high)));
  for (double k = ceil((low - slack) / step); k * step <= high + slack; k++) {
    double value = k * step;
    tick_number(arena, axis, axis->log ? log10(value) : value, value, decimals);
    if (axis->tick_count == TICKS_MOST) return;
  }
}

static void ticks_log(Arena *arena, Axis *axis, int wanted) {
  double low = axis->low, high = axis->high;
  if (high - low < 1) {
    ticks_linear(arena, axis, pow(10, low), pow(10, high), wanted);
    return;
  }
  int every = (int)ceil((high - low) / (wanted > 1 ? wanted : 1));
  bool between = every <= 1 && 3 * (high - low) <= wanted + 1;
  for (int k = (int)ceil(low - 1); k <= high + 1e-9; k++) {
    static const double steps[] = {1, 2, 5};
    if (k % every != 0) continue;
    for (int i = 0; i < (between ? 3 : 1); i++) {
      double place = k + log10(steps[i]);
      double value = steps[i] * pow(10, k); /* the margin of an axis may go beyond all numbers */
      if (place < low - 1e-9 || place > high + 1e-9 || !isfinite(value) || value == 0) continue;
      tick_number(arena, axis, place, value, -LOG_DIGITS);
    }
  }
}

static void ticks_named(Arena *arena, Axis *axis, int wanted) {
  size_t every = 1;
  while (axis->name_count / every > (size_t)(wanted > 1 ? wanted : 1)) every++;
  for (size_t i = 0; i < axis->name_count; i += every)
    if ((double)i >= axis->low && (double)i <= axis->high) {
      tick_add(arena, axis, (double)i, axis->names[i], strlen(axis->names[i]));
    }
}

void ticks_find(Arena *arena, Axis *axis, int wanted) {
  axis->ticks = arena_alloc(arena, TICKS_MOST * sizeof *axis->ticks);
  axis->texts = arena_alloc(arena, TICKS_MOST * sizeof *axis->texts);
  if (wanted > TICKS_MOST / 2) wanted = TICKS_MOST / 2;
  int most = wanted + TICKS_MORE;
  do { /* one number alone does not tell a scale */
    axis->tick_count = 0;
    if (axis->names) ticks_named(arena, axis, wanted);
    else if (axis->log) ticks_log(arena, axis, wanted);
    else ticks_linear(arena, axis, axis->low, axis->high, wanted);
  } while (axis->tick_count < 2 && !axis->names && ++wanted <= most);
}
