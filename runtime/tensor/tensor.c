/* tensor.c — making, sharing, reading and writing out tensors.
 *
 * Elements are reached one at a time only where speed does not matter: a script's single
 * index, printing, a file's conversion.  Kernels take tensor_data and run over it.
 *
 * Printing follows LANGUAGE.md section 2: the literal that would make the tensor, elements
 * to six significant digits (whole dtypes to all of them), and where there are more than
 * a thousand, three at each end of each axis with `…` between, as NumPy does.
 */
#include "runtime/tensor/tensor.h"

#include <assert.h>
#include <string.h>

enum { SHOWN_MOST = 1000, SHOWN_EDGE = 3, SHOWN_DIGITS = 6 };

bool tensor_new(Tensor *tensor, Dtype dtype, const Shape *shape, Diag *diag) {
  *tensor = (Tensor){.dtype = dtype, .shape = {.rank = 0}};
  if (!shape_check(shape, dtype, (Span){0, 0, 0}, diag)) return false;
  tensor->shape = *shape;
  tensor->buffer = buffer_new(tensor_bytes(tensor), diag);
  return tensor->buffer != NULL;
}

bool tensor_zeros(Tensor *tensor, Dtype dtype, const Shape *shape, Diag *diag) {
  if (!tensor_new(tensor, dtype, shape, diag)) return false;
  memset(tensor_data(tensor), 0, tensor_bytes(tensor));
  return true;
}

Tensor tensor_scalar(Dtype dtype, double value) {
  Tensor tensor = {.dtype = dtype, .buffer = buffer_small(dtype_bytes(dtype))};
  tensor_set(&tensor, 0, value);
  return tensor;
}

Tensor tensor_retain(const Tensor *tensor) {
  if (tensor->buffer) buffer_retain(tensor->buffer);
  return *tensor;
}

void tensor_release(Tensor *tensor) {
  buffer_release(tensor->buffer);
  *tensor = (Tensor){0};
}

bool tensor_copy(Tensor *copy, const Tensor *tensor, Diag *diag) {
  Tensor source = *tensor; /* `copy` may be `tensor` */
  if (!tensor_new(copy, source.dtype, &source.shape, diag)) return false;
  memcpy(tensor_data(copy), tensor_data(&source), tensor_bytes(&source));
  return true;
}

double tensor_get(const Tensor *tensor, int64_t index) {
  return dtype_element(tensor->dtype, tensor_data(tensor), index);
}

void tensor_set(Tensor *tensor, int64_t index, double value) {
  void *data = tensor_data(tensor);
  switch (tensor->dtype) {
    case DTYPE_BOOL: ((uint8_t *)data)[index] = value != 0; return;
    case DTYPE_U8:
      assert(value > -1 && value < 256);
      ((uint8_t *)data)[index] = (uint8_t)value;
      return;
    case DTYPE_I32:
      assert(value > -2147483649.0 && value < 2147483648.0);
      ((int32_t *)data)[index] = (int32_t)value;
      return;
    case DTYPE_BF16: ((uint16_t *)data)[index] = bf16_near(value); return;
    case DTYPE_F32: ((float *)data)[index] = (float)value; return;
    case DTYPE_F64: ((double *)data)[index] = value; return;
    case DTYPE_COUNT: break;
  }
  assert(false);
}

void tensor_fill(Tensor *tensor, int64_t first, int64_t count, double value) {
  if (count <= 0) return;
  tensor_set(tensor, first, value);
  size_t one = dtype_bytes(tensor->dtype), all = (size_t)count * one, done = one;
  char *data = (char *)tensor_data(tensor) + (size_t)first * one;
  /* what is there already, copied behind itself; at most 4 KiB, which stay in the first cache */
  while (done < all) {
    size_t more = done < 4096 ? done : 4096;
    if (more > all - done) more = all - done;
    memcpy(data + done, data, more);
    done += more;
  }
}

Tensor tensor_view(const Tensor *tensor, const Shape *shape, int64_t first) {
  Tensor view = tensor_retain(tensor);
  view.shape = *shape;
  view.offset += (size_t)first * dtype_bytes(view.dtype);
  assert(view.offset + tensor_bytes(&view) <= view.buffer->bytes);
  return view;
}

void tensor_element_text(const Tensor *tensor, int64_t index, Text *text) {
  double value = tensor_get(tensor, index);
  if (tensor->dtype == DTYPE_BOOL) text_string(text, value != 0 ? "true" : "false");
  else if (dtype_floats(tensor->dtype)) text_digits(text, value, SHOWN_DIGITS);
  else text_number(text, value);
}

/* A walk over the axes of one tensor being printed. */
typedef struct Printer {
  const Tensor *tensor;
  int64_t strides[RANK_MOST];
  bool elide; /* only the edges of long axes */
  Text *text;
} Printer;

/* Recursion is as deep as there are axes, at most RANK_MOST. */
static void axis_text(const Printer *printer, int axis, int64_t first) {
  const Shape *shape = &printer->tensor->shape;
  if (axis == shape->rank) {
    tensor_element_text(printer->tensor, first, printer->text);
    return;
  }
  int64_t size = shape->dim[axis];
  bool gap = printer->elide && size > 2 * SHOWN_EDGE;
  text_char(printer->text, '[');
  for (int64_t i = 0; i < size; i++) {
    if (i) text_string(printer->text, ", ");
    if (gap && i == SHOWN_EDGE) {
      text_string(printer->text, "…, ");
      i = size - SHOWN_EDGE;
    }
    axis_text(printer, axis + 1, first + i * printer->strides[axis]);
  }
  text_char(printer->text, ']');
}

/* An empty tensor: brackets down to the axis of size 0, each row once if there are many. */
static void empty_text(const Shape *shape, int axis, Text *text) {
  text_char(text, '[');
  int64_t size = shape->dim[axis], shown = size > 2 * SHOWN_EDGE ? SHOWN_EDGE : size;
  for (int64_t i = 0; i < shown; i++) {
    if (i) text_string(text, ", ");
    empty_text(shape, axis + 1, text);
  }
  if (shown < size) text_string(text, ", …");
  text_char(text, ']');
}

void tensor_text(const Tensor *tensor, Text *text) {
  if (!tensor->buffer) {
    text_string(text, dtype_name(tensor->dtype));
    shape_text(&tensor->shape, text);
    return;
  }
  int64_t count = tensor_count(tensor);
  if (count == 0) {
    empty_text(&tensor->shape, 0, text);
    return;
  }
  Printer printer = {.tensor = tensor, .elide = count > SHOWN_MOST, .text = text};
  shape_strides(&tensor->shape, printer.strides);
  axis_text(&printer, 0, 0);
}
