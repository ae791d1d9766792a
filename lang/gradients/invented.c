/* invented.c — shapes and elements for arguments that nobody gave.
 *
 * A function is explained or checked at arguments that gd makes up (explain_search.c); tensors of
 * which `gd check` knows only the shape get made-up elements too (outside.c).  This file has no
 * state and decides nothing: which shapes are tried, and when labels are, is the search's subject.
 *
 * Elements are fractions of multiples of the golden ratio, which fill the unit interval evenly and
 * do not repeat (Knuth, The Art of Computer Programming 3, 6.4), between 0.1 and 0.9: there log,
 * sqrt and division are defined and smooth.  The same call gives the same elements on any machine.
 */
#include "lang/gradients/invented.h"

#include "lang/machine/raise.h"
#include "lang/machine/tensor_value.h"

#include <math.h>

Value invented_value(Vm *vm, const Shape *shape, int argument, bool labels) {
  Tensor tensor;
  Diag diag = {0};
  if (!tensor_new(&tensor, DTYPE_F64, shape, &diag)) raise_diag(vm, &diag);
  for (int64_t i = 0, n = tensor_count(&tensor); i < n; i++) {
    double part = fmod(0.37 + 0.6180339887498949 * (double)(i + 1 + 7 * argument), 1);
    tensor_set(&tensor, i, labels ? (double)(i & 1) : 0.1 + 0.8 * part);
  }
  return value_tensor(vm, tensor);
}

int invented_add_size(int64_t sizes[INVENTED_SIZES], int count, int64_t size) {
  for (int i = 0; i < count; i++)
    if (sizes[i] == size) return count;
  if (count < INVENTED_SIZES && size > 1 && size <= 512) sizes[count++] = size;
  return count;
}

int invented_shapes(const int64_t *sizes, int size_count, Shape shapes[INVENTED_SHAPES]) {
  int count = 0;
  shapes[count++] = (Shape){0};
  for (int i = 0; i < size_count; i++) shapes[count++] = shape_of(1, &sizes[i]);
  for (int i = 0; i < size_count; i++)
    for (int k = 0; k < size_count && count < INVENTED_SHAPES; k++)
      shapes[count++] = shape_of(2, (int64_t[]){sizes[i], sizes[k]});
  return count;
}
