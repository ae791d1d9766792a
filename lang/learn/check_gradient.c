/* check_gradient.c — check_gradient(f, x): the gradient against central differences, in f64. */
#include "lang/learn/check_gradient.h"
#include "lang/eval/call.h"
#include "lang/eval/native.h"
#include "lang/learn/differentiate.h"
#include "lang/machine/call_site.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/value.h"
#include "lang/tensors/compute.h"
#include "lang/tensors/operation.h"

#include <math.h>

static double value_at(Vm *vm, const CallSite *site, Value f, const Tensor *x) {
  Tensor copy;
  Diag diag = {0};
  if (!tensor_copy(&copy, x, &diag)) raise_diag(vm, &diag);
  Value arg = value_tensor(vm, copy);
  Value result = vm_call(vm, site, f, &arg, 1);
  double y = value_as_number(vm, site->span, result);
  value_release(vm, result);
  value_release(vm, arg);
  return y;
}

static NORETURN void raise_parted(Vm *vm, const CallSite *site, const Shape *shape, int64_t index,
                                  double analytic, double numeric) {
  Text text = {0};
  text_string(&text, "the gradient and central differences disagree");
  if (shape->rank) {
    int64_t strides[RANK_MOST];
    shape_strides(shape, strides);
    text_string(&text, " at [");
    for (int i = 0; i < shape->rank; i++)
      text_format(&text, "%s%lld", i ? ", " : "", (long long)(index / strides[i] % shape->dim[i]));
    text_string(&text, "]");
  }
  text_string(&text, ": ");
  text_digits(&text, analytic, 9);
  text_string(&text, " and ");
  text_digits(&text, numeric, 9);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, site->span, "%s", text.data);
  text_free(&text);
  raise_diag(vm, &diag);
}

/* The step is the cube root of the rounding error, which balances truncation and rounding errors
 * (Nocedal and Wright, Numerical Optimization, 2nd ed., section 8.1). */
static void compare(Vm *vm, const CallSite *site, Value f, Tensor *x, const Tensor *slope) {
  int64_t count = tensor_count(x);
  double greatest = 1;
  for (int64_t i = 0; i < count; i++) greatest = fmax(greatest, fabs(tensor_get(slope, i)));
  for (int64_t i = 0; i < count; i++) {
    double at = tensor_get(x, i), step = 6.0554544523933395e-06 * fmax(1, fabs(at));
    tensor_set(x, i, at + step);
    double above = value_at(vm, site, f, x);
    tensor_set(x, i, at - step);
    double below = value_at(vm, site, f, x);
    tensor_set(x, i, at);
    double numeric = (above - below) / (2 * step), analytic = tensor_get(slope, i);
    bool close = fabs(numeric - analytic) <=
                 1e-6 * greatest + 1e-6 * fabs(numeric) + 1e-9 * (fabs(above) + fabs(below));
    if (!close) raise_parted(vm, site, &x->shape, i, analytic, numeric);
  }
}

/* Tensors here are held by values of the script: after a raise the sweep frees them. */
static Value check_at(Vm *vm, const CallSite *site, Value f, Value at) {
  Tensor given = trace_elements(vm, at, site->span), x;
  Diag diag = {0};
  bool fine = tensor_new(&x, DTYPE_F64, &given.shape, &diag);
  for (int64_t i = 0, n = tensor_count(&given); i < n && fine; i++)
    tensor_set(&x, i, tensor_get(&given, i));
  tensor_release(&given);
  if (!fine) raise_diag(vm, &diag);
  Value moving = value_tensor(vm, x);
  Tensor copy;
  if (!tensor_copy(&copy, &moving.tensor->tensor, &diag)) raise_diag(vm, &diag);
  Value point = value_tensor(vm, copy);
  Value grad = native_grad(vm, site, (Value[]){f, value_none()}, 2);
  Value slope = vm_call(vm, site, grad, &point, 1);
  if (slope.kind != KIND_TENSOR) {
    Value wrapped = value_tensor(vm, trace_elements(vm, slope, site->span));
    value_release(vm, slope);
    slope = wrapped;
  }
  compare(vm, site, f, &moving.tensor->tensor, &slope.tensor->tensor);
  value_release(vm, slope);
  value_release(vm, grad);
  value_release(vm, point);
  value_release(vm, moving);
  return value_bool(true);
}

typedef struct CheckJob {
  const CallSite *site;
  Value f, at;
} CheckJob;

static void check_job(Vm *vm, void *context) {
  CheckJob *job = context;
  check_at(vm, job->site, job->f, job->at);
}

Value native_check_gradient(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (!native_callable(args[0]))
    raise_at(vm, site->span, "a function is wanted first, this is %s", kind_name(args[0]));
  if (vm->checking) return value_bool(true);
  Dtype before = vm->real;
  uint64_t seed = vm->seed, draws = vm->draws;
  CheckJob job = {site, args[0], args[1]};
  Diag diag = {0};
  vm->real = DTYPE_F64;
  bool fine = vm_protect(vm, check_job, &job, &diag);
  vm->real = before;
  vm->seed = seed;
  vm->draws = draws;
  if (!fine) raise_diag(vm, &diag);
  return value_bool(true);
}
