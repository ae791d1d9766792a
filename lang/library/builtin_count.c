/* builtin_count.c — functions whose result has a size that depends on values: unique, bincount,
 * nonzero.
 *
 * The number of elements of the result is known only when the values are, so none of them can be
 * part of a training step, whose shapes are known before it runs.  Intermediate memory is an
 * object, so the sweep frees it after an error or a signal in the middle.
 */
#include "lang/library/natives.h"
#include "lang/machine/call_site.h"
#include "lang/machine/raise.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/vm.h"
#include "lang/tensors/bracket.h"
#include "lang/tensors/operation.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Work is done so many elements at a time; between two such stretches a signal is heard. */
enum { STRETCH = 1 << 16 };
static int64_t stretch_end(Vm *vm, int64_t from, int64_t count) {
  vm_poll_signals(vm);
  return count - from < STRETCH ? count : from + STRETCH;
}

/* The elements, in memory. */
static TensorObject *elements_of(Vm *vm, const CallSite *site, Value x, const char *name,
                                 const char *help) {
  Span span = site_at(site, 0);
  if (vm->training)
    raise_help(
        vm, span, help,
        "`%s` works only outside a training step: its number of elements depends on the data",
        name);
  if (x.kind == KIND_NUMBER) return value_tensor(vm, tensor_scalar(vm->real, x.number)).tensor;
  if (x.kind == KIND_LIST) { /* as reductions take one */
    Value made = tensor_of(vm, site, x);
    TensorObject *elements = value_tensor(vm, trace_elements(vm, made, span)).tensor;
    value_release(vm, made);
    return elements;
  }
  if (!value_is_tensor(x)) raise_no_tensor(vm, span, x, "a tensor is expected here", NULL);
  return value_tensor(vm, trace_elements(vm, x, span)).tensor;
}

static Value vector_new(Vm *vm, Dtype dtype, int64_t count) {
  Tensor tensor;
  Diag diag = {0};
  Shape shape = shape_of(1, &count);
  if (!tensor_zeros(&tensor, dtype, &shape, &diag)) raise_diag(vm, &diag);
  return value_tensor(vm, tensor);
}

static int32_t *numbers_of(Value vector) { return tensor_data(&vector.tensor->tensor); }

static void done_with(Vm *vm, TensorObject *x) { value_release(vm, value_of(KIND_TENSOR, x)); }

/* ---- unique ---- */

static Value sorted(Vm *vm, const CallSite *site, Value x) {
  Value shape[2] = {x, value_number(-1)}, order[3] = {x, {0}, {0}};
  order[1] = order[2] = (Value){.kind = KIND_UNSET};
  order[0] = operation_call(vm, site, ops_find("reshape"), shape, 2);
  Value result = operation_call(vm, site, ops_find("sort"), order, 3);
  value_release(vm, order[0]);
  return result;
}

/* Is the element another than the one before?  All NaN are one. */
static bool is_new(const Tensor *x, int64_t i) {
  double a = i ? tensor_get(x, i - 1) : 0, b = tensor_get(x, i);
  return i == 0 || !(a == b || (isnan(a) && isnan(b)));
}

/* The values are taken from the line by their first places, so gradients go through. */
static Value unique_in(Vm *vm, const CallSite *site, Value line, const Tensor *x, bool counts) {
  int64_t n = tensor_count(x), found = 0, at = -1;
  for (int64_t i = 0, end; i < n;)
    for (end = stretch_end(vm, i, n); i < end; i++) found += is_new(x, i);
  Value firsts = vector_new(vm, DTYPE_I32, found), times = vector_new(vm, DTYPE_I32, found);
  for (int64_t i = 0, end; i < n;)
    for (end = stretch_end(vm, i, n); i < end; i++) {
      if (is_new(x, i)) numbers_of(firsts)[++at] = (int32_t)i;
      numbers_of(times)[at]++;
    }
  Value from[3] = {line, firsts, value_number(0)};
  Value values = operation_call(vm, site, ops_find("gather"), from, 3);
  value_release(vm, firsts);
  if (!counts) {
    value_release(vm, times);
    return values;
  }
  Value pair = value_tuple(vm, 2);
  pair.tuple->items[0] = values;
  pair.tuple->items[1] = times;
  return pair;
}

Value native_unique(Vm *vm, const CallSite *site, Value *args, int count) {
  bool counts = count > 1 && args[1].kind != KIND_UNSET &&
                value_truth(vm, site_at(site, 1), args[1]);
  done_with(vm, elements_of(vm, site, args[0], "unique", "one_hot(y, k) has one column per class"));
  Value line = sorted(vm, site, args[0]);
  Value x = value_tensor(vm, trace_elements(vm, line, site->span));
  Value result = unique_in(vm, site, line, &x.tensor->tensor, counts);
  value_release(vm, line);
  value_release(vm, x);
  return result;
}

/* ---- bincount ---- */

/* One more than the largest element, or `least`; refuses what cannot be counted. */
static int64_t bins_of(Vm *vm, const CallSite *site, const Tensor *x, int64_t least) {
  int64_t n = tensor_count(x);
  for (int64_t i = 0, end; i < n;)
    for (end = stretch_end(vm, i, n); i < end; i++) {
      double value = tensor_get(x, i);
      if (!(value >= 0 && value < INT32_MAX && value == floor(value)))
        raise_at(vm, site_at(site, 0),
                 "`bincount` counts whole numbers from 0 on, element %lld is %g", (long long)i,
                 isnan(value) ? (double)NAN : value);
      if (value + 1 > (double)least) least = (int64_t)value + 1;
    }
  return least;
}

Value native_bincount(Vm *vm, const CallSite *site, Value *args, int count) {
  int64_t least = count > 1 && args[1].kind != KIND_UNSET
                      ? value_as_index(vm, site_at(site, 1), args[1])
                      : 0;
  if (least < 0)
    raise_at(vm, site_at(site, 1), "`least:` must be at least 0, not %lld", (long long)least);
  TensorObject *x = elements_of(vm, site, args[0], "bincount",
                                "sum(one_hot(y, k), axis: 0) counts there");
  stack_push(vm, value_of(KIND_TENSOR, x));
  Value counts = vector_new(vm, DTYPE_I32, bins_of(vm, site, &x->tensor, least));
  int64_t n = tensor_count(&x->tensor);
  int32_t *bins = numbers_of(counts);
  for (int64_t i = 0, end; i < n;)
    for (end = stretch_end(vm, i, n); i < end; i++) bins[(int64_t)tensor_get(&x->tensor, i)]++;
  done_with(vm, x);
  return counts;
}

/* ---- nonzero ---- */

/* Subnormal floats are 0, as they are to the kernels (FAULTS.md, D5). */
static bool is_zero(const Tensor *x, int64_t i) {
  return fabs(tensor_get(x, i)) < (x->dtype == DTYPE_F64 ? DBL_MIN : FLT_MIN);
}

static int64_t count_nonzero(Vm *vm, const Tensor *x) {
  int64_t n = tensor_count(x), found = 0;
  for (int64_t i = 0, end; i < n;)
    for (end = stretch_end(vm, i, n); i < end; i++) found += !is_zero(x, i);
  return found;
}

/* A tuple with a vector for each axis. */
static Value places_in(Vm *vm, const Tensor *x) {
  int64_t n = tensor_count(x), found = count_nonzero(vm, x), strides[RANK_MOST], at = 0;
  int rank = x->shape.rank;
  Value places = value_tuple(vm, rank);
  shape_strides(&x->shape, strides);
  for (int axis = 0; axis < rank; axis++)
    places.tuple->items[axis] = vector_new(vm, DTYPE_I32, found);
  for (int64_t i = 0, end; i < n;)
    for (end = stretch_end(vm, i, n); i < end; i++) {
      if (is_zero(x, i)) continue;
      for (int axis = 0; axis < rank; axis++)
        numbers_of(places.tuple->items[axis])[at] =
            (int32_t)(i / strides[axis] % x->shape.dim[axis]);
      at++;
    }
  return places;
}

/* Of the elements that are not 0 the index along each axis. */
Value native_nonzero(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  TensorObject *x = elements_of(vm, site, args[0], "nonzero",
                                "where(x != 0, a, b) keeps the shape");
  if (x->tensor.shape.rank == 0)
    raise_at(vm, site_at(site, 0),
             "`nonzero` gives positions along axes, and a number has no axes");
  Value places = places_in(vm, &x->tensor);
  bool line = x->tensor.shape.rank == 1;
  done_with(vm, x);
  if (!line) return places;
  Value only = value_retain(places.tuple->items[0]);
  value_release(vm, places);
  return only;
}
