/* range.h — the layout of a range, and its values. */
#ifndef GD_LANG_RANGE_H
#define GD_LANG_RANGE_H

#include "lang/machine/object.h"

struct RangeObject {
  Object head;
  double first, last, step; /* both ends included; step > 0 or < 0 */
};

double range_count(const RangeObject *range); /* values in it, whole */
double range_at(const RangeObject *range, double index);
void range_show(const RangeObject *range, Text *text); /* as it is written: 0..9 by 3 */

#endif
