/* range.c — the values of a range, and its text. */
#include "lang/machine/range.h"

#include <math.h>

double range_count(const RangeObject *range) {
  double steps = (range->last - range->first) / range->step;
  if (!(steps >= 0)) return 0;
  /* 0..0.3 by 0.1 includes its end, whatever the rounding of 0.3 / 0.1 */
  return floor(steps * (1 + 4e-16)) + 1;
}

double range_at(const RangeObject *range, double index) {
  double value = range->first + index * range->step;
  bool past = range->step > 0 ? value > range->last : value < range->last;
  return past ? range->last : value;
}

void range_show(const RangeObject *range, Text *text) {
  text_number(text, range->first);
  text_string(text, "..");
  text_number(text, range->last);
  if (range->step == 1) return;
  text_string(text, " by ");
  text_number(text, range->step);
}
