/* factor.c — LU, Cholesky, QR, SVD and symmetric eigenvectors: LAPACK's where it serves, plain C
 * beside it.
 *
 * The plain methods, chosen for being short and accurate; none is blocked, so they suit small
 * matrices and machines without the library:
 *   LU         Doolittle with partial pivoting, a column at a time
 *   cofactors  LU with complete pivoting, whose trailing pivots alone are small in a singular
 *              matrix, and the adjugate of a triangle by a recurrence without a division
 *   Cholesky   left-looking by columns
 *   QR         Householder reflections, then the same reflections applied to the first columns of
 *              the identity
 *   SVD        one-sided Jacobi: columns are rotated in pairs until all are orthogonal (Hestenes
 *              1958; Demmel and Veselić 1992 show that small singular values come out with full
 *              relative accuracy)
 *   eigh       cyclic Jacobi (Golub and Van Loan, Matrix Computations, 4th ed., section 8.5)
 * The last two stop when a whole sweep found nothing to rotate; SWEEPS_MOST bounds them whatever
 * the input.  All check for an interrupt at each row or column.  LAPACK cannot be interrupted: its
 * long calls run on a thread of their own (apart.h), so each call is a Job, a function with its
 * arguments, all of it in the caller's scratch.
 */
#include "runtime/kernels/factor.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/apart.h"

#include <assert.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>

enum { SWEEPS_MOST = 60 }; /* sweeps of Jacobi's methods; some ten are usual */
#if defined(GD_HARSH)
enum { APART_WORK = 1 << 22 };
#else
/* multiplications from which on a call of LAPACK may be left: some milliseconds */
enum { APART_WORK = 1 << 24 };
#endif

/* LAPACK counts in int; a matrix past that would be 34 GB a column. */
static int as_int(int64_t count) {
  assert(count >= 0 && count <= INT_MAX);
  return (int)count;
}
static int64_t at_least_one(int64_t count) { return count > 1 ? count : 1; }
static double dot(const double *x, const double *y, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += x[i] * y[i];
  return sum;
}
/* y += factor x */
static void add_scaled(double *y, double factor, const double *x, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] += factor * x[i];
}
static void negate(double *x, int64_t count, int64_t stride) {
  for (int64_t i = 0; i < count; i++) x[i * stride] = -x[i * stride];
}
static void swap(double *x, double *y, int64_t count, int64_t stride) {
  for (int64_t i = 0; i < count; i++) {
    const double keep = x[i * stride];
    x[i * stride] = y[i * stride];
    y[i * stride] = keep;
  }
}

/* ---- calls of LAPACK ---- */

typedef struct Job {
  const Lapack *lapack;
  double *a, *b, *s, *vt, *work;
  int32_t *pivots;
  int64_t n, columns;
  Sizes sizes;
  Triangle triangle;
} Job;

/* `work` is how many multiplications there are, roughly. */
static int64_t call(int64_t (*run)(void *job), Job *job, double work) {
  return work < APART_WORK ? run(job) : apart_run(run, job, sizeof *job);
}
static double cube(int64_t n) { return (double)n * (double)n * (double)n; }

/* ---- LU ---- */

static int64_t first_zero(const double *a, int64_t n) {
  for (int64_t j = 0; j < n; j++)
    if (a[j * n + j] == 0) return j + 1;
  return 0;
}

static void lu_plain(double *a, int32_t *pivots, int64_t n) {
  for (int64_t j = 0; j < n && !stop_wanted(); j++) {
    double *column = a + j * n;
    int64_t pivot = j;
    for (int64_t i = j + 1; i < n; i++)
      if (fabs(column[i]) > fabs(column[pivot])) pivot = i;
    pivots[j] = (int32_t)(pivot + 1);
    if (pivot != j) swap(a + j, a + pivot, n, n);
    if (column[j] == 0) continue;
    for (int64_t i = j + 1; i < n; i++) column[i] /= column[j];
    for (int64_t c = j + 1; c < n; c++)
      add_scaled(a + c * n + j + 1, -a[c * n + j], column + j + 1, n - j - 1);
  }
}

/* Exchanges rows and columns so that the greatest element that is left leads.  `rows` and `columns`
 * say which of the old ones stand where; the sign of the permutations is given. */
static double lead(double *a, int32_t *rows, int32_t *columns, int64_t n, int64_t j) {
  int64_t row = j, column = j;
  for (int64_t c = j; c < n; c++)
    for (int64_t r = j; r < n; r++)
      if (fabs(a[c * n + r]) > fabs(a[column * n + row])) row = r, column = c;
  int32_t old_row = rows[j], old_column = columns[j];
  rows[j] = rows[row], rows[row] = old_row;
  columns[j] = columns[column], columns[column] = old_column;
  if (row != j) swap(a + j, a + row, n, n);
  if (column != j) swap(a + j * n, a + column * n, n, 1);
  return (row != j) == (column != j) ? 1 : -1;
}

/* v becomes adj(U) of the upper triangle U of a: with the leading part U', the column u above the
 * next pivot d, it grows from V' to [d V', -V' u; 0, det U']. */
static void adjugate_of_triangle(const double *a, double *v, int64_t n) {
  double det = 1;
  memset(v, 0, (size_t)(n * n) * sizeof *v);
  for (int64_t k = 0; k < n && !stop_wanted(); k++) {
    const double *u = a + k * n, d = u[k];
    double *column = v + k * n;
    for (int64_t j = 0; j < k; j++) add_scaled(column, -u[j], v + j * n, j + 1);
    for (int64_t j = 0; j < k; j++)
      for (int64_t i = 0; i <= j; i++) v[j * n + i] *= d;
    column[k] = det;
    det *= d;
  }
}

/* P A Q = L U gives adj(A) = s Q adj(U) L^-1 P, with s the sign of the permutations. */
void factor_cofactor(double *a, double *c, int32_t *order, int64_t n) {
  int32_t *rows = order, *columns = order + n;
  double sign = 1;
  for (int64_t j = 0; j < n; j++) rows[j] = columns[j] = (int32_t)j;
  for (int64_t j = 0; j < n && !stop_wanted(); j++) {
    double *column = a + j * n;
    sign *= lead(a, rows, columns, n, j);
    if (column[j] == 0) break; /* and so is all that is left */
    for (int64_t i = j + 1; i < n; i++) column[i] /= column[j];
    for (int64_t k = j + 1; k < n; k++)
      add_scaled(a + k * n + j + 1, -a[k * n + j], column + j + 1, n - j - 1);
  }
  double *v = c; /* first adj(U), then adj(U) L^-1: columns from the last */
  adjugate_of_triangle(a, v, n);
  for (int64_t j = n; j-- > 0 && !stop_wanted();)
    for (int64_t i = j + 1; i < n; i++) add_scaled(v + j * n, -a[j * n + i], v + i * n, n);
  if (stop_wanted()) return;
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < n; j++) a[columns[i] * n + rows[j]] = sign * v[j * n + i];
  memcpy(c, a, (size_t)(n * n) * sizeof *c);
}

static int64_t lu_library(void *context) {
  const Job *job = context;
  const int size = as_int(job->n), lead = as_int(at_least_one(job->n));
  int info = 0;
  job->lapack->dgetrf(&size, &size, job->a, &lead, job->pivots, &info);
  return first_zero(job->a, job->n);
}

int64_t factor_lu(double *a, int32_t *pivots, int64_t n, const Lapack *lapack) {
  if (lapack != NULL)
    return call(lu_library, &(Job){.lapack = lapack, .a = a, .pivots = pivots, .n = n},
                cube(n) / 3);
  lu_plain(a, pivots, n);
  return first_zero(a, n);
}

static void forward(const double *a, double *x, int64_t n, bool unit) {
  for (int64_t j = 0; j < n; j++) {
    if (!unit) x[j] /= a[j * n + j];
    add_scaled(x + j + 1, -x[j], a + j * n + j + 1, n - j - 1);
  }
}
static void backward(const double *a, double *x, int64_t n) {
  for (int64_t j = n - 1; j >= 0; j--) {
    x[j] /= a[j * n + j];
    add_scaled(x, -x[j], a + j * n, j);
  }
}

static int64_t lu_solve_library(void *context) {
  const Job *job = context;
  const int size = as_int(job->n), count = as_int(job->columns),
            lead = as_int(at_least_one(job->n));
  int info = 0;
  job->lapack->dgetrs("N", &size, &count, job->a, &lead, job->pivots, job->b, &lead, &info);
  return info;
}

void factor_lu_solve(double *lu, int32_t *pivots, double *b, int64_t n, int64_t columns,
                     const Lapack *lapack) {
  if (lapack != NULL) {
    call(lu_solve_library,
         &(Job){.lapack = lapack, .a = lu, .pivots = pivots, .b = b, .n = n, .columns = columns},
         (double)n * (double)n * (double)columns);
    return;
  }
  for (int64_t c = 0; c < columns && !stop_wanted(); c++) {
    double *x = b + c * n;
    for (int64_t j = 0; j < n; j++)
      if (pivots[j] != j + 1) swap(x + j, x + pivots[j] - 1, 1, 1);
    forward(lu, x, n, true);
    backward(lu, x, n);
  }
}

/* ---- Cholesky ---- */

static int64_t cholesky_plain(double *a, int64_t n) {
  for (int64_t j = 0; j < n && !stop_wanted(); j++) {
    double *column = a + j * n;
    for (int64_t p = 0; p < j; p++) add_scaled(column + j, -a[p * n + j], a + p * n + j, n - j);
    if (!(column[j] > 0)) return j + 1;
    column[j] = sqrt(column[j]);
    for (int64_t i = j + 1; i < n; i++) column[i] /= column[j];
  }
  return 0;
}

static int64_t cholesky_library(void *context) {
  const Job *job = context;
  const int size = as_int(job->n), lead = as_int(at_least_one(job->n));
  int info = 0;
  job->lapack->dpotrf("L", &size, job->a, &lead, &info);
  return info > 0 ? info : 0;
}

int64_t factor_cholesky(double *a, int64_t n, const Lapack *lapack) {
  int64_t bad = lapack == NULL
                    ? cholesky_plain(a, n)
                    : call(cholesky_library, &(Job){.lapack = lapack, .a = a, .n = n}, cube(n) / 6);
  if (stop_wanted()) return bad;
  for (int64_t j = 1; j < n; j++) memset(a + j * n, 0, (size_t)j * sizeof(double));
  return bad;
}

/* ---- triangles ---- */

/* T' x = b: the columns of T are the rows of T', so each entry is a dot product. */
static void solve_transposed(const double *a, bool upper, double *x, int64_t n) {
  for (int64_t step = 0; step < n; step++) {
    const int64_t j = upper ? step : n - 1 - step;
    const double known = upper ? dot(a + j * n, x, j)
                               : dot(a + j * n + j + 1, x + j + 1, n - j - 1);
    x[j] = (x[j] - known) / a[j * n + j];
  }
}

static int64_t triangle_library(void *context) {
  const Job *job = context;
  const int size = as_int(job->n), count = as_int(job->columns),
            lead = as_int(at_least_one(job->n));
  int info = 0;
  job->lapack->dtrtrs(job->triangle.upper ? "U" : "L", job->triangle.transposed ? "T" : "N", "N",
                      &size, &count, job->a, &lead, job->b, &lead, &info);
  return 0;
}

int64_t factor_triangle_solve(double *a, Triangle triangle, double *b, int64_t n, int64_t columns,
                              const Lapack *lapack) {
  const int64_t zero = first_zero(a, n);
  if (zero != 0) return zero;
  if (lapack != NULL)
    return call(
        triangle_library,
        &(Job){.lapack = lapack, .a = a, .b = b, .n = n, .columns = columns, .triangle = triangle},
        (double)n * (double)n * (double)columns / 2);
  for (int64_t c = 0; c < columns && !stop_wanted(); c++) {
    if (triangle.transposed) solve_transposed(a, triangle.upper, b + c * n, n);
    else if (triangle.upper) backward(a, b + c * n, n);
    else forward(a, b + c * n, n, false);
  }
  return 0;
}

/* ---- QR ---- */

size_t factor_qr_work_size(Sizes sizes, const Lapack *lapack) {
  if (lapack == NULL) return (size_t)(sizes.k + sizes.m * sizes.k);
  const int m = as_int(sizes.m), n = as_int(sizes.n), k = as_int(sizes.k),
            lead = as_int(at_least_one(sizes.m)), ask = -1;
  double first = 0, second = 0;
  int info = 0;
  lapack->dgeqrf(&m, &n, NULL, &lead, NULL, &first, &ask, &info);
  lapack->dorgqr(&m, &k, &k, NULL, &lead, NULL, &second, &ask, &info);
  return (size_t)sizes.k + (size_t)(first > second ? first : second) + 1;
}

/* Makes x[0..count) a multiple of the first unit vector by I - tau v v', v[0] = 1: the rest of v
 * replaces x's, x[0] the result; returns tau. */
static double reflect(double *x, int64_t count) {
  double largest = 0;
  for (int64_t i = 1; i < count; i++) largest = fmax(largest, fabs(x[i]));
  if (largest == 0) return 0;
  largest = fmax(largest, fabs(x[0])); /* scaled, so that no square overflows */
  double squares = 0;
  for (int64_t i = 0; i < count; i++) squares += (x[i] / largest) * (x[i] / largest);
  const double norm = copysign(largest * sqrt(squares), x[0]), head = x[0] + norm;
  for (int64_t i = 1; i < count; i++) x[i] /= head;
  x[0] = -norm;
  return head / norm;
}

/* y becomes (I - tau v v') y with v[0] = 1 understood. */
static void apply_reflection(double *y, const double *v, double tau, int64_t count) {
  const double amount = tau * (y[0] + dot(v + 1, y + 1, count - 1));
  y[0] -= amount;
  add_scaled(y + 1, -amount, v + 1, count - 1);
}

static void qr_plain(double *a, double *r, Sizes sizes, double *work) {
  const int64_t m = sizes.m, n = sizes.n, k = sizes.k;
  double *tau = work, *q = work + k;
  for (int64_t j = 0; j < k && !stop_wanted(); j++) {
    tau[j] = reflect(a + j * m + j, m - j);
    for (int64_t c = j + 1; c < n; c++)
      apply_reflection(a + c * m + j, a + j * m + j, tau[j], m - j);
  }
  for (int64_t c = 0; c < n; c++)
    for (int64_t i = 0; i < k; i++) r[c * k + i] = i <= c ? a[c * m + i] : 0;
  memset(q, 0, (size_t)(m * k) * sizeof(double));
  for (int64_t c = 0; c < k && !stop_wanted(); c++) {
    q[c * m + c] = 1;
    for (int64_t j = k - 1; j >= 0; j--)
      apply_reflection(q + c * m + j, a + j * m + j, tau[j], m - j);
  }
  memcpy(a, q, (size_t)(m * k) * sizeof(double));
}

static int64_t qr_library(void *context) {
  const Job *job = context;
  const Sizes sizes = job->sizes;
  double *a = job->a, *r = job->b, *work = job->work;
  const int m = as_int(sizes.m), n = as_int(sizes.n), k = as_int(sizes.k),
            lead = as_int(at_least_one(sizes.m));
  const size_t room = factor_qr_work_size(sizes, job->lapack) - (size_t)sizes.k;
  const int size = room > INT_MAX ? INT_MAX : (int)room;
  int info = 0;
  job->lapack->dgeqrf(&m, &n, a, &lead, work, work + sizes.k, &size, &info);
  for (int64_t c = 0; c < sizes.n; c++)
    for (int64_t i = 0; i < sizes.k; i++) r[c * sizes.k + i] = i <= c ? a[c * sizes.m + i] : 0;
  job->lapack->dorgqr(&m, &k, &k, a, &lead, work, work + sizes.k, &size, &info);
  return info;
}

static double volume(Sizes sizes) { return (double)sizes.m * (double)sizes.n * (double)sizes.k; }

void factor_qr(double *a, double *r, Sizes sizes, double *work, const Lapack *lapack) {
  if (sizes.k == 0) return;
  if (lapack == NULL) qr_plain(a, r, sizes, work);
  else
    call(qr_library, &(Job){.lapack = lapack, .a = a, .b = r, .work = work, .sizes = sizes},
         volume(sizes));
  if (stop_wanted()) return;
  for (int64_t j = 0; j < sizes.k; j++)
    if (r[j * sizes.k + j] < 0) {
      negate(r + j, sizes.n, sizes.k);
      negate(a + j * sizes.m, sizes.m, 1);
    }
}

/* ---- Jacobi's rotation, for both of the methods below ---- */

typedef struct Rotation {
  double c, s;
} Rotation;

/* The rotation that makes [[p, off], [off, q]] diagonal, the smaller of the two angles. */
static Rotation rotation_of(double p, double off, double q) {
  const double theta = (q - p) / (2 * off);
  const double t = fabs(theta) > 1e150
                       ? 0.5 / theta
                       : copysign(1, theta) / (fabs(theta) + sqrt(theta * theta + 1));
  const double c = 1 / sqrt(t * t + 1);
  return (Rotation){c, t * c};
}

static void rotate(double *x, double *y, int64_t count, int64_t stride, Rotation by) {
  for (int64_t i = 0; i < count; i++) {
    const double a = x[i * stride], b = y[i * stride];
    x[i * stride] = by.c * a - by.s * b;
    y[i * stride] = by.s * a + by.c * b;
  }
}

/* Is the first entry that is at least half as large as the largest negative? */
static bool points_down(const double *x, int64_t count) {
  double largest = 0;
  for (int64_t i = 0; i < count; i++) largest = fmax(largest, fabs(x[i]));
  for (int64_t i = 0; i < count; i++)
    if (fabs(x[i]) >= 0.5 * largest) return x[i] < 0;
  return false;
}

/* ---- SVD ---- */

/* dgesdd also wants 8 k ints, kept behind its doubles. */
static size_t svd_work(Sizes sizes, const Lapack *lapack) {
  const int m = as_int(sizes.m), n = as_int(sizes.n), k = as_int(sizes.k), ask = -1;
  double room = 0;
  int info = 0;
  lapack->dgesdd("S", &m, &n, NULL, &m, NULL, NULL, &m, NULL, &k, &room, &ask, NULL, &info);
  return (size_t)room + 1;
}

size_t factor_svd_work_size(Sizes sizes, const Lapack *lapack) {
  if (sizes.k == 0) return 0;
  if (lapack == NULL) return (size_t)(sizes.m * sizes.n + sizes.k * sizes.k);
  return svd_work(sizes, lapack) + (size_t)(4 * sizes.k);
}

/* One sweep over all pairs of the columns of g [rows, k]; v [k, k] is turned along.  Columns whose
 * squared length is at most `nothing` are rounding errors of a singular value that is 0, and stay.
 * Was anything turned? */
static bool svd_sweep(double *g, double *v, int64_t rows, int64_t k, double nothing) {
  bool turned = false;
  for (int64_t i = 0; i < k && !stop_wanted(); i++)
    for (int64_t j = i + 1; j < k; j++) {
      double *x = g + i * rows, *y = g + j * rows;
      const double p = dot(x, x, rows), q = dot(y, y, rows), off = dot(x, y, rows);
      if (p <= nothing || q <= nothing ||
          fabs(off) <= DBL_EPSILON * (double)rows * sqrt(p) * sqrt(q))
        continue;
      const Rotation by = rotation_of(p, off, q);
      rotate(x, y, rows, 1, by);
      rotate(v + i * k, v + j * k, k, 1, by);
      turned = true;
    }
  return turned;
}

/* Column `j` of u becomes a unit vector at right angles to the columns before it: where a singular
 * value is 0, any will do. */
static void complete(double *u, int64_t rows, int64_t j) {
  double *x = u + j * rows;
  for (int64_t axis = 0; axis < rows; axis++) {
    memset(x, 0, (size_t)rows * sizeof(double));
    x[axis] = 1;
    for (int twice = 0; twice < 2; twice++)
      for (int64_t c = 0; c < j; c++)
        add_scaled(x, -dot(x, u + c * rows, rows), u + c * rows, rows);
    const double norm = sqrt(dot(x, x, rows));
    /* some axis leaves at least 1/rows of its square outside so few columns */
    if (norm * norm * (double)(2 * rows) < 1) continue;
    for (int64_t i = 0; i < rows; i++) x[i] /= norm;
    return;
  }
}

/* The columns of g [rows, k] are orthogonal: their lengths are the singular values.  Sorts them
 * with v's, and makes them unit vectors. */
static void svd_finish(double *g, double *v, double *s, int64_t rows, int64_t k, double nothing) {
  for (int64_t j = 0; j < k; j++) s[j] = sqrt(dot(g + j * rows, g + j * rows, rows));
  for (int64_t j = 0; j < k; j++) {
    int64_t most = j;
    for (int64_t c = j + 1; c < k; c++)
      if (s[c] > s[most]) most = c;
    if (most != j) {
      swap(s + j, s + most, 1, 1);
      swap(g + j * rows, g + most * rows, rows, 1);
      swap(v + j * k, v + most * k, k, 1);
    }
  }
  for (int64_t j = 0; j < k; j++) {
    if (s[j] * s[j] <= nothing) {
      complete(g, rows, j);
    } else {
      for (int64_t i = 0; i < rows; i++) g[j * rows + i] /= s[j];
    }
  }
}

static void transpose(double *to, const double *from, int64_t rows, int64_t columns) {
  for (int64_t j = 0; j < columns; j++)
    for (int64_t i = 0; i < rows; i++) to[i * columns + j] = from[j * rows + i];
}

/* A tall matrix is worked on as it is, a wide one transposed: there U and V change places. */
static bool svd_plain(double *a, double *u, double *s, double *vt, Sizes sizes, double *work) {
  const int64_t m = sizes.m, n = sizes.n, k = sizes.k, rows = m > n ? m : n;
  double *g = work, *v = work + rows * k, scale = 0;
  for (int64_t i = 0; i < m * n; i++) scale = fmax(scale, fabs(a[i]));
  if (m >= n) memcpy(g, a, (size_t)(m * n) * sizeof(double));
  else transpose(g, a, m, n);
  /* so that no square overflows or vanishes */
  for (int64_t i = 0; i < m * n && scale > 0; i++) g[i] /= scale;
  memset(v, 0, (size_t)(k * k) * sizeof(double));
  for (int64_t j = 0; j < k; j++) v[j * k + j] = 1;
  int sweep = 0;
  const double nothing = dot(g, g, rows * k) * DBL_EPSILON * DBL_EPSILON;
  while (sweep < SWEEPS_MOST && !stop_wanted() && svd_sweep(g, v, rows, k, nothing)) sweep++;
  svd_finish(g, v, s, rows, k, nothing);
  for (int64_t j = 0; j < k; j++) s[j] *= scale;
  memcpy(u, m >= n ? g : v, (size_t)(m * k) * sizeof(double));
  transpose(vt, m >= n ? v : g, n, k);
  return sweep < SWEEPS_MOST;
}

static int64_t svd_library(void *context) {
  const Job *job = context;
  const int m = as_int(job->sizes.m), n = as_int(job->sizes.n), k = as_int(job->sizes.k);
  const size_t room = svd_work(job->sizes, job->lapack);
  const int size = room > INT_MAX ? INT_MAX : (int)room;
  int info = 0;
  job->lapack->dgesdd("S", &m, &n, job->a, &m, job->s, job->b, &m, job->vt, &k, job->work, &size,
                      (int *)(void *)(job->work + room), &info);
  return info;
}

bool factor_svd(double *a, double *u, double *s, double *vt, Sizes sizes, double *work,
                const Lapack *lapack) {
  if (sizes.k == 0) return true;
  Job job = {.lapack = lapack, .a = a, .b = u, .s = s, .vt = vt, .work = work, .sizes = sizes};
  bool good = lapack == NULL ? svd_plain(a, u, s, vt, sizes, work)
                             : call(svd_library, &job, 8 * volume(sizes)) == 0;
  if (stop_wanted()) return good;
  for (int64_t j = 0; j < sizes.k; j++)
    if (points_down(u + j * sizes.m, sizes.m)) {
      negate(u + j * sizes.m, sizes.m, 1);
      negate(vt + j, sizes.n, sizes.k);
    }
  return good;
}

/* ---- eigenvalues and eigenvectors of a symmetric matrix ---- */

static void eigh_work(int64_t n, const Lapack *lapack, int *doubles, int *ints) {
  const int size = as_int(n), ask = -1;
  double room = 0;
  int info = 0;
  lapack->dsyevd("V", "L", &size, NULL, &size, NULL, &room, &ask, ints, &ask, &info);
  *doubles = room < INT_MAX ? (int)room : INT_MAX;
}

size_t factor_eigh_work_size(int64_t n, const Lapack *lapack) {
  if (n == 0) return 0;
  if (lapack == NULL) return (size_t)(n * n);
  int doubles = 0, ints = 0;
  eigh_work(n, lapack, &doubles, &ints);
  return (size_t)doubles + (size_t)(ints + 1) / 2;
}

/* Turns rows and columns i and j of a, and columns i and j of v, so that a(i, j) becomes 0. */
static void eigh_rotate(double *a, double *v, int64_t n, int64_t i, int64_t j) {
  const Rotation by = rotation_of(a[i * n + i], a[j * n + i], a[j * n + j]);
  rotate(a + i * n, a + j * n, n, 1, by);
  rotate(a + i, a + j, n, n, by);
  a[j * n + i] = a[i * n + j] = 0;
  rotate(v + i * n, v + j * n, n, 1, by);
}

static bool eigh_sweep(double *a, double *v, int64_t n, double tiny) {
  bool turned = false;
  for (int64_t i = 0; i < n && !stop_wanted(); i++)
    for (int64_t j = i + 1; j < n; j++)
      if (fabs(a[j * n + i]) > tiny) {
        eigh_rotate(a, v, n, i, j);
        turned = true;
      }
  return turned;
}

static bool eigh_plain(double *a, double *w, int64_t n, double *v) {
  double largest = 0;
  for (int64_t j = 0; j < n; j++)
    for (int64_t i = j; i < n; i++) {
      a[i * n + j] = a[j * n + i];
      largest = fmax(largest, fabs(a[j * n + i]));
    }
  memset(v, 0, (size_t)(n * n) * sizeof(double));
  for (int64_t j = 0; j < n; j++) v[j * n + j] = 1;
  int sweep = 0;
  while (sweep < SWEEPS_MOST && !stop_wanted() &&
         eigh_sweep(a, v, n, largest * DBL_EPSILON * DBL_EPSILON))
    sweep++;
  for (int64_t j = 0; j < n; j++) w[j] = a[j * n + j];
  for (int64_t j = 0; j < n; j++) {
    int64_t least = j;
    for (int64_t c = j + 1; c < n; c++)
      if (w[c] < w[least]) least = c;
    if (least != j) {
      swap(w + j, w + least, 1, 1);
      swap(v + j * n, v + least * n, n, 1);
    }
  }
  memcpy(a, v, (size_t)(n * n) * sizeof(double));
  return sweep < SWEEPS_MOST;
}

static int64_t eigh_library(void *context) {
  const Job *job = context;
  const int size = as_int(job->n);
  int doubles = 0, ints = 0, info = 0;
  eigh_work(job->n, job->lapack, &doubles, &ints);
  job->lapack->dsyevd("V", "L", &size, job->a, &size, job->s, job->work, &doubles,
                      (int *)(void *)(job->work + doubles), &ints, &info);
  return info;
}

bool factor_eigh(double *a, double *w, int64_t n, double *work, const Lapack *lapack) {
  if (n == 0) return true;
  Job job = {.lapack = lapack, .a = a, .s = w, .work = work, .n = n};
  bool good = lapack == NULL ? eigh_plain(a, w, n, work)
                             : call(eigh_library, &job, 4 * cube(n)) == 0;
  if (stop_wanted()) return good;
  for (int64_t j = 0; j < n; j++)
    if (points_down(a + j * n, n)) negate(a + j * n, n, 1);
  return good;
}
