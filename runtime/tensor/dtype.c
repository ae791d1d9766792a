/* dtype.c — the names of the element types.
 *
 * A new type is one entry in the enum of tensor.h, one size beside it, and one name here;
 * the order of the enum is the order of promotion.
 */
#include "runtime/tensor/tensor.h"

#include <string.h>

static const char *const names[DTYPE_COUNT] = {"bool", "u8", "i32", "f32", "f64"};

const char *dtype_name(Dtype dtype) { return (unsigned)dtype < DTYPE_COUNT ? names[dtype] : "?"; }

bool dtype_parse(const char *name, Dtype *dtype) {
  for (int i = 0; i < DTYPE_COUNT; i++) {
    if (strcmp(name, names[i]) != 0) continue;
    *dtype = (Dtype)i;
    return true;
  }
  return false;
}
