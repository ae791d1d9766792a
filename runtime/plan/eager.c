/* eager.c — see eager.h.
 *
 * Most operations of a script on small tensors need nothing that a graph finds out: there is
 * nothing to promote, to broadcast but single numbers, to simplify or to find again.  Making nodes
 * for them, and a table of values, took four times as long as the arithmetic on a hundred elements.
 *
 * What simplify.c replaces by something else is left to it: powers, `portion`, x * 1, x - 0.
 */
#include "runtime/plan/eager.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/map.h"

extern const Op OP_DIV, OP_MUL, OP_POW, OP_PORTION, OP_SUB;

bool eager_maps(Op op) {
  const OpClass class = op_class(op);
  return (class == CLASS_REAL || class == CLASS_ARITH || class == CLASS_KEEP ||
          class == CLASS_COMPARE) &&
         op != OP_POW && op != OP_PORTION;
}

/* The operand that has the dtype and the shape of the result; NULL where they do not agree. */
static const Tensor *leading(const EagerOperand *operands, int count) {
  const Tensor *lead = NULL;
  for (int i = 0; i < count; i++) {
    const Tensor *tensor = operands[i].tensor;
    if (!tensor) continue;
    if (!lead) {
      lead = tensor;
    } else if (tensor->dtype != lead->dtype) {
      return NULL;
    } else if (lead->shape.rank == 0) {
      lead = tensor;
    } else if (tensor->shape.rank && !shape_equal(&tensor->shape, &lead->shape)) {
      return NULL;
    }
  }
  return lead && dtype_computes(lead->dtype) ? lead : NULL;
}

/* Does simplify.c know a shorter way for an operation with that number?  (x * 1 is x, also if it is
 * subnormal, which a kernel flushes to 0.) */
static bool simplified(Op op, double number) {
  return ((op == OP_MUL || op == OP_DIV) && (number == 1 || number == -1)) ||
         (op == OP_SUB && number == 0);
}

typedef union Number {
  float f32;
  double f64;
} Number;

static bool set_view(Op op, View *view, Number *number, const EagerOperand *operand, Dtype dtype) {
  view->dtype = dtype;
  if (operand->tensor) {
    view->data = tensor_data(operand->tensor);
    shape_fill(&view->shape, &operand->tensor->shape);
    return true;
  }
  if (!dtype_holds(dtype, operand->number) || simplified(op, operand->number)) return false;
  view->data = number;
  view->shape.rank = 0;
  if (dtype == DTYPE_F32) number->f32 = (float)operand->number;
  else number->f64 = operand->number;
  return true;
}

bool eager_map(Op op, const EagerOperand *operands, int count, Tensor *result) {
  if (!eager_maps(op)) return false;
  const Tensor *lead = leading(operands, count);
  if (!lead) return false;
  View views[EAGER_OPERANDS];
  Number numbers[EAGER_OPERANDS];
  Fault fault;
  fault.status = 0;
  Call call = {.op = op, .input_count = count, .inputs = views, .fault = &fault};
  call.output.dtype = op_class(op) == CLASS_COMPARE ? DTYPE_BOOL : lead->dtype;
  shape_fill(&call.output.shape, &lead->shape);
  Diag diag;
  diag_clear(&diag);
  if (!tensor_new(result, call.output.dtype, &lead->shape, &diag)) return false;
  call.output.data = tensor_data(result);
  unsigned mode = kernels_enter(); /* in which subnormal numbers become 0, too */
  bool good = true;
  for (int i = 0; good && i < count; i++)
    good = set_view(op, &views[i], &numbers[i], &operands[i], lead->dtype);
  if (good) kernel_map(&call);
  kernels_leave(mode);
  if (LIKELY(good && !fault.status && !stop_asked)) return true;
  tensor_release(result);
  return false;
}
