/* curvature.c — see curvature.h.
 *
 * The method of Lanczos: in the orthonormal basis made of v, Hv, H(Hv) … the Hessian H is
 * tridiagonal, and the extreme eigenvalues of that matrix approach those of H from inside (Golub
 * and Van Loan, "Matrix Computations", 10.1).  A product Hv is the gradient of the slope along v
 * (Pearlmutter, "Fast Exact Multiplication by the Hessian", 1994); it is recorded once and run for
 * each direction.
 *
 * To find both ends, each direction is orthogonalised twice against all before it (ibid., 10.3).
 * For the largest eigenvalue alone the two preceding directions suffice: without the others,
 * eigenvalues that were already found may appear again as copies, but only three vectors are held
 * in memory.
 */
#include "lang/step/curvature.h"

#include "lang/machine/tensor_value.h"
#include "lang/step/whole.h"
#include "lang/tensors/compute.h"
#include "lang/tensors/trace_value.h"
#include "runtime/opcodes.h"

#include <math.h>
#include <string.h>

enum { STEPS_MOST = 24, CURVED_MOST = 1 << 20 /* elements */, SWEEPS_MOST = 40, PASSES = 24 };

/* The largest eigenvalue is known where a product changes it by less. */
static const double SETTLED = 0.01;

typedef struct Curved {
  Whole *whole;
  int wanted;    /* directions */
  double budget; /* of the products' work */
  bool most;     /* the largest eigenvalue alone is wanted */
  int held;      /* directions that are held */
  int steps;     /* directions made */
  double *basis; /* [held, elements], orthonormal, the place of each is its number modulo `held`;
                  * owned */
  double diagonal[STEPS_MOST], beside[STEPS_MOST]; /* of the Hessian between them */
} Curved;

/* The product with the Hessian, recorded. */
typedef struct Product {
  Trace *trace;
  NodeId node;
  Plan *plan;
} Product;

/* The sum over all parts of slope times the vector's part. */
static NodeId slope_along(const Whole *whole, Maker *maker, NodeId vector, const NodeId *slopes) {
  const Objective *objective = whole->step->objective;
  NodeId sum = 0;
  for (int64_t i = 0, at = 0; i < objective->target_count; i++) {
    const Shape *shape = &objective->targets[i]->value.shape;
    int64_t count = shape_count(shape), run[3] = {at, count, 1};
    at += count;
    if (!slopes[i]) continue;
    NodeId part = make_reshape(maker, make_slice(maker, vector, run), shape);
    NodeId along = make_sum(maker, make2(maker, OP_MUL, slopes[i], part), ~0u, false);
    sum = sum ? make2(maker, OP_ADD, sum, along) : along;
  }
  return sum;
}

/* The Hessian at p times v, for whatever the elements of v will be. */
static Product record_product(Whole *whole, Value p, Value v) {
  Vm *vm = whole->vm;
  Span span = whole->expression->span;
  Product product = {.trace = trace_open(vm, span, NULL)};
  Graph *graph = &product.trace->graph;
  int count = whole->step->objective->target_count;
  NodeId *parts = arena_alloc(&graph->arena, (size_t)count * sizeof(NodeId)),
         *slopes = arena_alloc(&graph->arena, (size_t)count * sizeof(NodeId));
  NodeId at = trace_operand(product.trace, p, span), along = trace_operand(product.trace, v, span);
  NodeId loss = whole_record(whole, product.trace, at, parts, true, span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {graph, &diag};
  graph->again = true;
  bool fine = gradient(graph, loss, 0, parts, count, slopes, &diag);
  graph->again = false;
  NodeId slope = fine ? slope_along(whole, &maker, along, slopes) : 0;
  fine = slope && gradient(graph, slope, 0, parts, count, slopes, &diag);
  product.node = fine ? whole_join(whole, &maker, parts, slopes) : 0;
  if (!product.node && !diag.status)
    raise_at(vm, span, "the loss does not depend on what is trained");
  if (!product.node) raise_diag(vm, &diag);
  product.plan = compute_plan(vm, product.trace, span, &product.node, 1);
  return product;
}

/* ---- the method of Lanczos ---- */

static double dot_of(const double *a, const double *b, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += a[i] * b[i];
  return sum;
}

/* Eigenvalues of the symmetric a [n, n] on its diagonal, their vectors in the columns of `v`:
 * Jacobi's rotations (the same, 8.5). */
static void eigen_small(double a[STEPS_MOST][STEPS_MOST], double v[STEPS_MOST][STEPS_MOST], int n) {
  for (int sweep = 0; sweep < SWEEPS_MOST; sweep++)
    for (int p = 0; p < n; p++)
      for (int q = p + 1; q < n; q++) {
        if (a[p][q] == 0) continue;
        double angle = 0.5 * atan2(2 * a[p][q], a[q][q] - a[p][p]), c = cos(angle), s = sin(angle);
        for (int k = 0; k < n; k++) {
          double x = a[k][p], y = a[k][q];
          a[k][p] = c * x - s * y, a[k][q] = s * x + c * y;
          x = v[k][p], y = v[k][q];
          v[k][p] = c * x - s * y, v[k][q] = s * x + c * y;
        }
        for (int k = 0; k < n; k++) {
          double x = a[p][k], y = a[q][k];
          a[p][k] = c * x - s * y, a[q][k] = s * x + c * y;
        }
      }
}

/* Eigenvalues of the Hessian between the directions so far, and their vectors there. */
static void eigen_between(const Curved *curved, double values[STEPS_MOST],
                          double v[STEPS_MOST][STEPS_MOST]) {
  double a[STEPS_MOST][STEPS_MOST] = {{0}};
  int n = curved->steps;
  memset(v, 0, sizeof(double[STEPS_MOST][STEPS_MOST]));
  for (int k = 0; k < n; k++) {
    a[k][k] = curved->diagonal[k];
    v[k][k] = 1;
    if (k + 1 < n) a[k][k + 1] = a[k + 1][k] = curved->beside[k];
  }
  eigen_small(a, v, n);
  for (int k = 0; k < n; k++) values[k] = a[k][k];
}

static double most_between(const Curved *curved) {
  double values[STEPS_MOST], v[STEPS_MOST][STEPS_MOST], most = 0;
  eigen_between(curved, values, v);
  for (int k = 0; k < curved->steps; k++)
    if (isfinite(values[k])) most = fmax(most, values[k]);
  return most;
}

static double *direction(const Curved *curved, int number, int64_t count) {
  return curved->basis + number % curved->held * count;
}

/* next: orthogonal to those that are held, all but one of which are before it. */
static void make_orthogonal(const Curved *curved, int number, double *next, int64_t count) {
  int from = number + 2 > curved->held ? number + 2 - curved->held : 0;
  for (int twice = 0; twice < 2; twice++)
    for (int k = from; k <= number; k++) {
      const double *other = direction(curved, k, count);
      double part = dot_of(next, other, count);
      for (int64_t i = 0; i < count; i++) next[i] -= part * other[i];
    }
}

/* The next row of the tridiagonal matrix; false: it cannot go on. */
static bool extend(Curved *curved, const Product *product, Tensor *along, double *scale) {
  Whole *whole = curved->whole;
  int k = curved->steps;
  int64_t count = tensor_count(along);
  const double *now = direction(curved, k, count);
  double *next = direction(curved, k + 1, count);
  Value made;
  for (int64_t i = 0; i < count; i++) tensor_set(along, i, now[i]);
  compute_run(whole->vm, product->trace, whole->expression->span, product->plan, 1, &made);
  for (int64_t i = 0; i < count; i++) next[i] = tensor_get(&made.tensor->tensor, i);
  value_release(whole->vm, made);
  double size = sqrt(dot_of(next, next, count));
  if (!isfinite(size)) return false;
  curved->diagonal[k] = dot_of(next, now, count);
  make_orthogonal(curved, k, next, count);
  double length = curved->beside[k] = sqrt(dot_of(next, next, count));
  curved->steps = k + 1;
  *scale = fmax(*scale, size);
  if (!(length > 1e-6 * *scale)) return false;
  for (int64_t i = 0; i < count; i++) next[i] /= length;
  return true;
}

/* From a direction without symmetry. */
static void curvature_body(Vm *vm, void *context) {
  Curved *curved = context;
  Whole *whole = curved->whole;
  whole_rows(whole);
  Value p = whole_gather(whole), v = whole_vector(vm, &whole->vector.type);
  int64_t count = tensor_count(&v.tensor->tensor);
  Product product = record_product(whole, p, v);
  double work = plan_work(product.plan) + PASSES * (double)count, spent = 0, scale = 0;
  double *first = curved->basis;
  for (int64_t i = 0; i < count; i++) first[i] = sin(1 + 12.9898 * (double)i);
  double length = sqrt(dot_of(first, first, count));
  for (int64_t i = 0; i < count; i++) first[i] /= length;
  double before = 0, now = 0;
  while (curved->steps < curved->wanted && curved->steps < count) {
    if ((spent += work) > curved->budget || !extend(curved, &product, &v.tensor->tensor, &scale))
      break;
    if (!curved->most) continue;
    before = now;
    now = most_between(curved);
    if (before > 0 && now < (1 + SETTLED) * before) break;
  }
  trace_close(vm, product.trace);
  value_release(vm, v);
  value_release(vm, p);
}

static bool ends_of(const Curved *curved, int64_t count, HessianEnds *ends) {
  double values[STEPS_MOST], v[STEPS_MOST][STEPS_MOST];
  int n = curved->steps, flat = 0;
  eigen_between(curved, values, v);
  ends->least = (double)INFINITY;
  ends->most = -(double)INFINITY;
  for (int k = 0; k < n; k++) {
    if (!isfinite(values[k])) return false;
    ends->least = fmin(ends->least, values[k]);
    ends->most = fmax(ends->most, values[k]);
    if (fabs(values[k]) < fabs(values[flat])) flat = k;
  }
  ends->whole = n == count;
  ends->flattest = n ? values[flat] : 0;
  for (int64_t i = 0; i < count && i < COUNT_OF(ends->along); i++) {
    ends->along[i] = 0;
    for (int k = 0; k < n; k++) ends->along[i] += v[k][flat] * curved->basis[k * count + i];
  }
  return n > 0;
}

/* ---- what is asked ---- */

/* Raises only what ends the program. */
static bool look(Vm *vm, const Step *step, const StepContext *context, Curved *curved,
                 HessianEnds *ends) {
  const Objective *objective = step->objective;
  bool asked = (objective->loss || objective->residuals) && !step->decided && !vm->trace;
  if (!asked || objective->target_count == 0) return false;
  Whole whole = whole_open(vm, (Step *)(uintptr_t)step, context);
  int64_t count = whole.vector.type.shape.dim[0];
  uint64_t draws = vm->draws;
  whole.draws = draws;
  curved->whole = &whole;
  Diag diag = {0};
  bool fine = count > 0 && count <= CURVED_MOST;
  if (fine) {
    curved->basis = mem_zero((size_t)count * (size_t)curved->held * sizeof(double));
    fine = vm_protect(vm, curvature_body, curved, &diag) && (!ends || ends_of(curved, count, ends));
    mem_free(curved->basis);
  }
  vm->draws = draws;
  whole_close(&whole);
  if (!fine && diag_ended(&diag)) raise_diag(vm, &diag);
  return fine;
}

bool curvature_ends(Vm *vm, const Step *step, const StepContext *context, HessianEnds *ends) {
  Curved curved = {.wanted = STEPS_MOST, .held = STEPS_MOST + 1, .budget = (double)INFINITY};
  return look(vm, step, context, &curved, ends);
}

double curvature_most(Vm *vm, const Step *step, const StepContext *context, int products,
                      double budget) {
  Curved curved = {.wanted = products < STEPS_MOST ? products : STEPS_MOST,
                   .held = 3,
                   .budget = budget,
                   .most = true};
  return look(vm, step, context, &curved, NULL) && curved.steps ? most_between(&curved) : 0;
}
