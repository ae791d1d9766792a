/* shape.c — sizes along axes, and whether so many elements can be at all.
 *
 * A shape that came from a script or a file goes through shape_check once; everything
 * after it multiplies freely.  What it promises: every size is 0 or more, and the bytes of
 * all elements, with the pad that a Buffer adds, fit in int64.  An axis of size 0 makes the whole
 * empty, however large the others are, so it is looked for before anything is multiplied.
 *
 * Whether the machine has that much memory is not asked here but when it is made (buffer.c).
 */
#include "runtime/tensor/shape.h"
#include "runtime/tensor/buffer.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

Shape shape_of(int rank, const int64_t *dim) {
  assert(rank >= 0 && rank <= RANK_MOST);
  Shape shape = {.rank = rank};
  for (int i = 0; i < rank; i++) shape.dim[i] = dim[i];
  return shape;
}

static bool is_empty(const Shape *shape) {
  for (int i = 0; i < shape->rank; i++)
    if (shape->dim[i] == 0) return true;
  return false;
}

int64_t shape_count(const Shape *shape) {
  int64_t count = 1;
  for (int i = 0; i < shape->rank; i++) {
    if (UNLIKELY(__builtin_mul_overflow(count, shape->dim[i], &count))) {
      assert(is_empty(shape)); /* else the shape was never checked */
      return 0;
    }
  }
  return count;
}

/* Adds a size that no integer may hold: "2^66", or a number to three digits. */
static void add_large(Text *text, double size) {
  int power = 0;
  if (frexp(size, &power) == 0.5) text_format(text, "2^%d", power - 1);
  else text_digits(text, size, 3);
}

/* Says how many elements and bytes the shape would need.  Doubles do: the message needs the
 * magnitude. */
static bool too_large(const Shape *shape, Dtype dtype, Span span, Diag *diag) {
  double count = 1;
  for (int i = 0; i < shape->rank; i++) count *= (double)shape->dim[i];
  Text text = {0};
  add_large(&text, count);
  text_string(&text, " elements (");
  add_large(&text, count * (double)dtype_bytes(dtype));
  text_string(&text, " bytes)");
  char shown[200];
  diag_fail(diag, STATUS_FAILED, span,
            "a tensor of shape %s needs %s: more than any machine can address",
            shape_show(shape, shown), text.data);
  text_free(&text);
  return false;
}

/* Nearly every shape is: sizes of 1 or more, and few enough elements that no product needs
 * watching. */
static bool is_plain(const Shape *shape) {
  const int64_t most = (int64_t)1 << 31;
  int64_t count = 1;
  if (shape->rank < 0 || shape->rank > RANK_MOST) return false;
  for (int i = 0; i < shape->rank; i++) {
    if (shape->dim[i] < 1 || shape->dim[i] > most) return false;
    count *= shape->dim[i];
    if (count > most) return false;
  }
  return true;
}

bool shape_check(const Shape *shape, Dtype dtype, Span span, Diag *diag) {
  if (LIKELY(is_plain(shape))) return true;
  if (shape->rank < 0 || shape->rank > RANK_MOST)
    return diag_fail(diag, STATUS_FAILED, span, "a tensor has at most %d axes, not %d", RANK_MOST,
                     (int)shape->rank);
  for (int i = 0; i < shape->rank; i++)
    if (shape->dim[i] < 0)
      return diag_fail(diag, STATUS_FAILED, span, "axis %d has size %lld: a size is 0 or more", i,
                       (long long)shape->dim[i]);
  if (is_empty(shape)) return true;
  int64_t bytes = (int64_t)dtype_bytes(dtype);
  for (int i = 0; i < shape->rank; i++)
    if (!size_mul(bytes, shape->dim[i], &bytes)) return too_large(shape, dtype, span, diag);
  int64_t padded = 0;
  return size_add(bytes, BUFFER_EXTRA, &padded) ? true : too_large(shape, dtype, span, diag);
}

void shape_text(const Shape *shape, Text *text) {
  text_char(text, '[');
  for (int i = 0; i < shape->rank && i < RANK_MOST; i++)
    text_format(text, "%s%lld", i ? ", " : "", (long long)shape->dim[i]);
  text_char(text, ']');
}

char *shape_show(const Shape *shape, char into[200]) {
  Text text = {0};
  shape_text(shape, &text);
  snprintf(into, 200, "%s", text.data); /* eight sizes of twenty bytes always fit */
  text_free(&text);
  return into;
}

void shape_strides(const Shape *shape, int64_t strides[RANK_MOST]) {
  memset(strides, 0, sizeof(int64_t) * RANK_MOST);
  if (is_empty(shape)) return; /* nothing to step over, and the products might not fit */
  int64_t step = 1;
  for (int i = shape->rank - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape->dim[i];
  }
}
