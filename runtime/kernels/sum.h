/* sum.h — sums by units, for kernels that end their own loop with a sum.
 *
 * A fused program must give the same bits as its operations one by one.  So the sum of an array is
 * defined here, once: it is cut into units of FOLD_UNIT elements, each unit is added up in a fixed
 * pattern of lanes, FOLD_BLOCK units at a time are added in order in double, and the blocks' sums
 * in order in double.  sum_units returns the array's sum from the units' sums, in order.
 *
 * The error of the sum of n floats is at most (22 u + (n / 32768 + 32) 2^-53) times the sum of
 * magnitudes, with u = 2^-24 for f32 and 2^-53 for f64 (Higham, Accuracy and Stability of Numerical
 * Algorithms, section 4.2: blocked summation): for f32 about 1.4e-6 of it, however long the array.
 */
#ifndef GD_RUNTIME_KERNELS_SUM_H
#define GD_RUNTIME_KERNELS_SUM_H

#include "runtime/kernels/fold.h"

double sum_unit_f32(const float *x, int64_t n); /* n <= FOLD_UNIT */
double sum_unit_f64(const double *x, int64_t n);
/* the sum of the array, from the sums of its units */
double sum_units(const double *units, int64_t count);

#endif
