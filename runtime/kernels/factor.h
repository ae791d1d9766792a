/* factor.h — factorizations of one matrix, in f64, by columns.
 *
 * Every matrix here is a dense column-major array of doubles, LAPACK's own layout: element (i, j)
 * of an [m, n] matrix is a[j m + i].  Each function works in place or into memory it is given, and
 * takes the library last: with NULL it runs the plain code of this file, which is also what tiny
 * matrices get.  All of the memory given must lie in the caller's latest team_scratch: an abandoned
 * call of the library takes ownership of it (apart.h), and once stop_wanted() is true nothing in it
 * may be touched.  Signs that a factorization leaves open are settled here, so that both ways
 * agree: R of QR has no negative diagonal entry; in each singular or eigenvector the first entry at
 * least half as large as the largest is positive (of the left vector, for the singular ones).
 */
#ifndef GD_RUNTIME_KERNELS_FACTOR_H
#define GD_RUNTIME_KERNELS_FACTOR_H

#include "runtime/kernels/library.h"

/* P A = L U over a [n, n], rows exchanged by partial pivoting: `pivots[j]` (from 1) is the row
 * exchanged with row j + 1.  Returns 0, or the number (from 1) of the first pivot that is 0; the
 * factorization is complete all the same. */
int64_t factor_lu(double *a, int32_t *pivots, int64_t n, const Lapack *lapack);
/* b [n, columns] becomes A⁻¹ b. */
void factor_lu_solve(double *lu, int32_t *pivots, double *b, int64_t n, int64_t columns,
                     const Lapack *lapack);

/* The cofactors of a [n, n], the transpose of its adjugate, into c; also where a is singular.
 * Overwrites a; `order` has space for 2 n. */
void factor_cofactor(double *a, double *c, int32_t *order, int64_t n);

/* A = L L' from the lower triangle of a [n, n]; L takes its place, zeros above.  Returns 0, or the
 * number of the first pivot that is not positive. */
int64_t factor_cholesky(double *a, int64_t n, const Lapack *lapack);

/* b [n, columns] becomes T⁻¹ b, T being a triangle of a [n, n] or that transposed.  Returns 0, or
 * the number of the first diagonal entry that is 0. */
typedef struct Triangle {
  bool upper;
  bool transposed;
} Triangle;
int64_t factor_triangle_solve(double *a, Triangle triangle, double *b, int64_t n, int64_t columns,
                              const Lapack *lapack);

/* The sizes of what follows: m rows, n columns, k = min(m, n). */
typedef struct Sizes {
  int64_t m, n, k;
} Sizes;

/* The number of doubles that the function of the same name needs in `work`. */
size_t factor_qr_work_size(Sizes sizes, const Lapack *lapack);
size_t factor_svd_work_size(Sizes sizes, const Lapack *lapack);
size_t factor_eigh_work_size(int64_t n, const Lapack *lapack);

/* A = Q R.  a [m, n] becomes Q [m, k] in its first columns; r [k, n] is written. */
void factor_qr(double *a, double *r, Sizes sizes, double *work, const Lapack *lapack);
/* A = U diag(s) V', s descending.  Overwrites a [m, n]; writes u [m, k], s [k], vt [k, n].  False
 * when it did not converge. */
bool factor_svd(double *a, double *u, double *s, double *vt, Sizes sizes, double *work,
                const Lapack *lapack);
/* A = V diag(w) V' from the lower triangle of a [n, n]; w ascending; a becomes V, a vector a
 * column.  False when it did not converge. */
bool factor_eigh(double *a, double *w, int64_t n, double *work, const Lapack *lapack);

#endif
