/* series.h — numbers beside a point: sums of powers of t, which is above 0 and smaller than any
 * number.
 *
 * A number beside a kink is always on a definite side of it: comparisons are decided by the first
 * power that differs, and quotients of what vanishes together have a value.  A coefficient that is
 * NaN is not known, and then none of a higher power is.  Orders from -12 to 12 are kept; an
 * operation that would need others gives what is not known.
 */
#ifndef GD_RUNTIME_PLAN_SERIES_H
#define GD_RUNTIME_PLAN_SERIES_H

#include <stdbool.h>

enum { SERIES_ZERO = 12, SERIES_TERMS = 2 * SERIES_ZERO + 1 };

typedef struct Series {
  double of[SERIES_TERMS]; /* of t^(k - SERIES_ZERO) */
} Series;

Series series_number(double value);
Series series_unknown(void);
/* -1, 0, 1; 2: not known */
int series_sign(const Series *a);
/* the sign of a - b */
int series_compare(const Series *a, const Series *b);
/* Its value as t goes to 0; NaN where there is none, or where it is not known. */
double series_limit(const Series *a);

Series series_add(const Series *a, const Series *b);
Series series_subtract(const Series *a, const Series *b);
Series series_scale(const Series *a, double factor);
Series series_multiply(const Series *a, const Series *b);
Series series_divide(const Series *a, const Series *b);
Series series_power(const Series *a, double exponent);
/* The function whose value at a's limit is `value` and whose slope is `slope`. */
Series series_along(const Series *a, const Series *slope, double value);
Series series_exp(const Series *a);
Series series_log(const Series *a);
Series series_tanh(const Series *a);
Series series_tanh_slope(const Series *a);
Series series_sin(const Series *a, bool cosine);
Series series_floor(const Series *a);

/* What is left of a sum of parts whose magnitudes sum to `size`: 0 if it is their rounding. */
double series_settle(double sum, double size);

#endif
