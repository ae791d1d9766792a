/* builtin_count.c — what depends on the values themselves: unique, bincount, nonzero.
 *
 * How many elements the result has is known only when the values are, so none of them can be part
 * of a training step, whose shapes are known before it runs.
 */
#include "lang/library/natives.h"
#include "lang/machine/call_site.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/tensors/operation.h"
#include "lang/tensors/trace.h"

#include <math.h>
#include <string.h>

/* The elements, in memory; the caller releases them. */
static Tensor elements_of(Vm *vm, const CallSite *site, Value x, const char *name,
                          const char *help) {
  Span span = site_at(site, 0);
  if (vm->training)
    raise_help(vm, span, help,
               "`%s` works only outside a training step: how many elements there are depends on "
               "the data",
               name);
  if (x.kind == KIND_NUMBER) return tensor_scalar(vm->real, x.number);
  if (!value_is_tensor(x))
    raise_at(vm, span, "a tensor is expected here, this is %s", kind_name(x));
  return trace_elements(vm, x, span);
}

static Tensor vector_new(Vm *vm, Dtype dtype, int64_t count) {
  Tensor tensor;
  Diag diag = {0};
  Shape shape = shape_of(1, &count);
  if (!tensor_zeros(&tensor, dtype, &shape, &diag)) raise_diag(vm, &diag);
  return tensor;
}

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

Value native_unique(Vm *vm, const CallSite *site, Value *args, int count) {
  bool counts = count > 1 && args[1].kind != KIND_UNSET &&
                value_truth(vm, site_at(site, 1), args[1]);
  Tensor given = elements_of(vm, site, args[0], "unique", "one_hot(y, k) has a column a class");
  tensor_release(&given);
  Value line = sorted(vm, site, args[0]);
  Tensor x = trace_elements(vm, line, site->span);
  int64_t n = tensor_count(&x), found = 0;
  for (int64_t i = 0; i < n; i++) found += is_new(&x, i);
  Tensor values = vector_new(vm, x.dtype, found), times = vector_new(vm, DTYPE_I32, found);
  for (int64_t i = 0, at = -1; i < n; i++) {
    if (is_new(&x, i)) tensor_set(&values, ++at, tensor_get(&x, i));
    ((int32_t *)tensor_data(&times))[at]++;
  }
  tensor_release(&x);
  value_release(vm, line);
  Value result = value_tensor(vm, values), how_often = value_tensor(vm, times);
  if (!counts) {
    value_release(vm, how_often);
    return result;
  }
  Value pair = value_tuple(vm, 2);
  pair.tuple->items[0] = result;
  pair.tuple->items[1] = how_often;
  return pair;
}

/* ---- bincount ---- */

Value native_bincount(Vm *vm, const CallSite *site, Value *args, int count) {
  int64_t least = count > 1 && args[1].kind != KIND_UNSET
                      ? value_as_index(vm, site_at(site, 1), args[1])
                      : 0;
  if (least < 0)
    raise_at(vm, site_at(site, 1), "`least:` is at least 0, not %lld", (long long)least);
  Tensor x = elements_of(vm, site, args[0], "bincount", "sum(one_hot(y, k), axis: 0) counts there");
  int64_t n = tensor_count(&x), bad = -1;
  for (int64_t i = 0; i < n && bad < 0; i++) {
    double value = tensor_get(&x, i);
    if (!(value >= 0 && value < INT32_MAX && value == floor(value))) bad = i;
    else if (value + 1 > (double)least) least = (int64_t)value + 1;
  }
  if (bad >= 0) {
    double value = tensor_get(&x, bad);
    tensor_release(&x);
    raise_at(vm, site_at(site, 0), "`bincount` counts whole numbers from 0 on, element %lld is %g",
             (long long)bad, value);
  }
  Tensor counts = vector_new(vm, DTYPE_I32, least);
  for (int64_t i = 0; i < n; i++) ((int32_t *)tensor_data(&counts))[(int64_t)tensor_get(&x, i)]++;
  tensor_release(&x);
  return value_tensor(vm, counts);
}

/* ---- nonzero ---- */

/* Of the elements that are not 0 the index along each axis. */
Value native_nonzero(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Tensor x = elements_of(vm, site, args[0], "nonzero", "where(x != 0, a, b) keeps the shape");
  int rank = x.shape.rank;
  if (rank == 0) {
    tensor_release(&x);
    raise_at(vm, site_at(site, 0), "`nonzero` gives places along axes, and a number has none");
  }
  int64_t n = tensor_count(&x), found = 0, strides[RANK_MOST];
  for (int64_t i = 0; i < n; i++) found += tensor_get(&x, i) != 0;
  Tensor places[RANK_MOST];
  shape_strides(&x.shape, strides);
  for (int axis = 0; axis < rank; axis++) places[axis] = vector_new(vm, DTYPE_I32, found);
  for (int64_t i = 0, at = 0; i < n; i++) {
    if (tensor_get(&x, i) == 0) continue;
    for (int axis = 0; axis < rank; axis++)
      ((int32_t *)tensor_data(&places[axis]))[at] =
          (int32_t)(i / strides[axis] % x.shape.dim[axis]);
    at++;
  }
  tensor_release(&x);
  if (rank == 1) return value_tensor(vm, places[0]);
  Value tuple = value_tuple(vm, rank);
  for (int axis = 0; axis < rank; axis++) tuple.tuple->items[axis] = value_tensor(vm, places[axis]);
  return tuple;
}
