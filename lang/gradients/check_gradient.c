/* check_gradient.c — check_gradient(f, x): the gradient beside central differences, in f64.
 *
 * x is a tensor, a number or a tree.  Its leaves are converted to f64 and perturbed element by
 * element.  Each time the tree is assembled anew (a model as a new model), so nothing of the script
 * changes.  In it a param with a domain holds the value that the script sees, without the domain.
 * Frozen params are perturbed too.  Each evaluation of f draws the same random numbers.
 *
 * The step is the cube root of the rounding error, which balances truncation and rounding errors
 * (Nocedal and Wright, Numerical Optimization, 2nd ed., section 8.1).
 */
#include "lang/gradients/check_gradient.h"
#include "lang/eval/call.h"
#include "lang/eval/native.h"
#include "lang/gradients/differentiate.h"
#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tree.h"
#include "lang/models/leaves.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"

#include <math.h>

typedef struct Check {
  Vm *vm;
  const CallSite *site;
  Value f;
  const Value *rest; /* further arguments of f, as they are */
  int rest_count;
  uint64_t seed, draws; /* where each evaluation begins to draw */
  Leaves *leaves;       /* of the argument */
  Value moving;         /* a list: by leaf, a tensor in f64 of its own */
  Value slopes;         /* the gradient's leaves in a list, by leaf */
} Check;

/* A copy in f64, so that what f keeps of its argument is not moved. */
static Value in_f64(Vm *vm, const CallSite *site, Value value) {
  Tensor given = trace_elements(vm, value, site->span), x;
  Diag diag = {0};
  bool fine = tensor_new(&x, DTYPE_F64, &given.shape, &diag);
  for (int64_t i = 0, n = tensor_count(&given); i < n && fine; i++)
    tensor_set(&x, i, tensor_get(&given, i));
  tensor_release(&given);
  if (!fine) raise_diag(vm, &diag);
  return value_tensor(vm, x);
}

/* The argument with the current values. */
static Value argument(const Check *check) {
  Vm *vm = check->vm;
  Value copies = value_list(vm, check->leaves->count);
  for (int i = 0; i < check->leaves->count; i++)
    list_push(vm, copies.list, in_f64(vm, check->site, check->moving.list->items[i]));
  Value made = leaves_put_freely(vm, check->leaves, copies.list->items);
  value_release(vm, copies);
  return made;
}

/* f, or its gradient, at the current values. */
static Value call_now(const Check *check, Value f) {
  Vm *vm = check->vm;
  Value args[1 + CHECK_GRADIENT_REST] = {argument(check)}, *kept = stack_push(vm, args[0]);
  for (int i = 0; i < check->rest_count; i++) args[1 + i] = check->rest[i];
  vm->seed = check->seed;
  vm->draws = check->draws;
  Value result = vm_call(vm, check->site, f, args, 1 + check->rest_count);
  stack_drop(vm, kept);
  return result;
}

static double value_now(const Check *check) {
  Vm *vm = check->vm;
  Value *result = stack_push(vm, call_now(check, check->f));
  double y = value_as_number(vm, check->site->span, *result);
  stack_drop(vm, result);
  return y;
}

static NORETURN void raise_parted(const Check *check, int leaf, const Shape *shape, int64_t index,
                                  double analytic, double numeric) {
  Text text = {0};
  text_string(&text, "the gradient and central differences disagree");
  if (value_is_tree(check->leaves->tree) || shape->rank) text_string(&text, " at ");
  leaves_path(check->vm, check->leaves, leaf, &text);
  if (shape->rank) {
    int64_t strides[RANK_MOST];
    shape_strides(shape, strides);
    text_char(&text, '[');
    for (int i = 0; i < shape->rank; i++)
      text_format(&text, "%s%lld", i ? ", " : "", (long long)(index / strides[i] % shape->dim[i]));
    text_string(&text, "]");
  }
  text_string(&text, ": ");
  text_digits(&text, analytic, 9);
  text_string(&text, " and ");
  text_digits(&text, numeric, 9);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, check->site->span, "%s", text.data);
  text_free(&text);
  raise_diag(check->vm, &diag);
}

static double greatest_slope(const Check *check) {
  double greatest = 1;
  for (int k = 0; k < check->leaves->count; k++) {
    const Tensor *slope = &check->slopes.list->items[k].tensor->tensor;
    for (int64_t i = 0; i < tensor_count(slope); i++)
      greatest = fmax(greatest, fabs(tensor_get(slope, i)));
  }
  return greatest;
}

static void compare_leaf(const Check *check, int leaf, double greatest) {
  Tensor *x = &check->moving.list->items[leaf].tensor->tensor;
  const Tensor *slope = &check->slopes.list->items[leaf].tensor->tensor;
  for (int64_t i = 0; i < tensor_count(x); i++) {
    double at = tensor_get(x, i), step = 6.0554544523933395e-06 * fmax(1, fabs(at));
    tensor_set(x, i, at + step);
    double above = value_now(check);
    tensor_set(x, i, at - step);
    double below = value_now(check);
    tensor_set(x, i, at);
    double numeric = (above - below) / (2 * step), analytic = tensor_get(slope, i);
    bool close = fabs(numeric - analytic) <=
                 1e-6 * greatest + 1e-6 * fabs(numeric) + 1e-9 * (fabs(above) + fabs(below));
    if (!close) raise_parted(check, leaf, &x->shape, i, analytic, numeric);
  }
}

/* The gradient at the current values, leaf by leaf. */
static void take_slopes(Check *check) {
  Vm *vm = check->vm;
  Value grad_of[2] = {check->f, value_none()};
  Value *grad = stack_push(vm, native_grad(vm, check->site, grad_of, 2)),
        *slope = stack_push(vm, call_now(check, *grad));
  Leaves *slopes = leaves_of(vm, *slope);
  for (int i = 0; i < slopes->count; i++)
    list_push(vm, check->slopes.list, in_f64(vm, check->site, slopes->items[i].value));
  leaves_free(vm, slopes);
  stack_drop(vm, grad);
}

static void check_body(Vm *vm, void *context) {
  Check *check = context;
  Value *kept = stack_push(vm, value_list(vm, check->leaves->count));
  check->moving = *kept;
  check->slopes = *stack_push(vm, value_list(vm, check->leaves->count));
  for (int i = 0; i < check->leaves->count; i++)
    list_push(vm, check->moving.list, in_f64(vm, check->site, check->leaves->items[i].value));
  take_slopes(check);
  double greatest = greatest_slope(check);
  for (int i = 0; i < check->leaves->count; i++) compare_leaf(check, i, greatest);
  stack_drop(vm, kept);
}

void check_gradient_at(Vm *vm, const CallSite *site, Value f, const Value *args, int count) {
  Check check = {.vm = vm,
                 .site = site,
                 .f = f,
                 .rest = args + 1,
                 .rest_count = count - 1,
                 .seed = vm->seed,
                 .draws = vm->draws,
                 .leaves = leaves_of(vm, args[0])};
  if (check.leaves->count == 0)
    raise_at(vm, site_at(site, 1), "it holds no number or tensor to differentiate by");
  Dtype before = vm->real;
  Diag diag = {0};
  vm->real = DTYPE_F64;
  bool fine = vm_protect(vm, check_body, &check, &diag);
  vm->real = before;
  vm->seed = check.seed;
  vm->draws = check.draws;
  leaves_free(vm, check.leaves);
  if (!fine) raise_diag(vm, &diag);
}

Value native_check_gradient(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (!native_callable(args[0]))
    raise_kind(vm, site->span, args[0], "the first argument must be a function", NULL);
  if (vm->checking) value_release(vm, vm_call(vm, site, args[0], &args[1], 1));
  else check_gradient_at(vm, site, args[0], &args[1], 1);
  return value_bool(true);
}
