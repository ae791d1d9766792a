/* tensor_test.c — shapes that cannot be, buffers and their budget, views, and printing. */
#include "runtime/tensor/tensor.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static const Span NOWHERE = {0, 0, 0};

static bool check(Dtype dtype, int rank, const int64_t *dim, Diag *diag) {
  Shape shape = {.rank = rank};
  for (int i = 0; i < rank && i < RANK_MOST; i++) shape.dim[i] = dim[i];
  return shape_check(&shape, dtype, NOWHERE, diag);
}
#define CHECK(dtype, diag, ...) \
  check(dtype, COUNT_OF(((int64_t[]){__VA_ARGS__})), (int64_t[]){__VA_ARGS__}, diag)

Test(shape, products_that_wrap_are_refused) {
  Diag diag = {0};
  int64_t big = INT64_C(1) << 33;
  cr_assert_not(CHECK(DTYPE_F32, &diag, big, big));
  cr_assert_not_null(strstr(diag.message, "2^66 elements"), "%s", diag.message);
  cr_assert_not(CHECK(DTYPE_F32, &diag, INT64_C(1) << 62, 4));
  cr_assert_not(CHECK(DTYPE_F32, &diag, INT64_C(1) << 32, INT64_C(1) << 32));
  cr_assert_not(CHECK(DTYPE_U8, &diag, 65536, 65536, 65536, 65536));
  cr_assert_not(CHECK(DTYPE_F32, &diag, (INT64_C(1) << 62) + 6));
  cr_assert_not(CHECK(DTYPE_U8, &diag, INT64_MAX));
  cr_assert_eq(diag.status, STATUS_FAILED);
  cr_assert(CHECK(DTYPE_F32, &diag, INT64_C(1) << 40));
}

Test(shape, sizes_and_axes) {
  Diag diag = {0};
  cr_assert_not(CHECK(DTYPE_F32, &diag, 3, -1));
  cr_assert_not_null(strstr(diag.message, "axis 1"), "%s", diag.message);
  cr_assert(CHECK(DTYPE_F32, &diag, 1, 1, 1, 1, 1, 1, 1, 1));
  Shape shape = {.rank = 9};
  cr_assert_not(shape_check(&shape, DTYPE_F32, NOWHERE, &diag));
  cr_assert_not_null(strstr(diag.message, "8"));
}

Test(shape, empty_however_large_the_rest) {
  Shape shape = shape_of(3, (int64_t[]){INT64_MAX, INT64_MAX, 0});
  Diag diag;
  int64_t strides[RANK_MOST];
  cr_assert(shape_check(&shape, DTYPE_F64, NOWHERE, &diag));
  cr_assert_eq(shape_count(&shape), 0);
  shape_strides(&shape, strides);
  Tensor tensor;
  cr_assert(tensor_new(&tensor, DTYPE_F64, &shape, &diag));
  tensor_release(&tensor);
}

Test(shape, text_and_strides) {
  Shape shape = shape_of(3, (int64_t[]){2, 3, 4});
  int64_t strides[RANK_MOST];
  char shown[200];
  shape_strides(&shape, strides);
  cr_assert(strides[0] == 12 && strides[1] == 4 && strides[2] == 1);
  cr_assert_str_eq(shape_show(&shape, shown), "[2, 3, 4]");
  Shape scalar = {.rank = 0};
  cr_assert_str_eq(shape_show(&scalar, shown), "[]");
  cr_assert_eq(shape_count(&scalar), 1);
}

Test(buffer, the_budget_is_asked_before_the_system) {
  Diag diag = {0};
  Tensor tensor;
  mem_budget(1 << 20);
  Shape shape = shape_of(1, (int64_t[]){INT64_C(1099511627776)});
  cr_assert_not(tensor_new(&tensor, DTYPE_F32, &shape, &diag));
  cr_assert_eq(diag.status, STATUS_MEMORY);
  cr_assert_not_null(strstr(diag.message, "4 TiB"), "%s", diag.message);
  cr_assert_not_null(strstr(diag.message, "budget is 1 MiB"), "%s", diag.message);
  cr_assert_eq(mem_used_bytes(), 0u);
  cr_assert_null(tensor.buffer);
  shape = shape_of(1, (int64_t[]){100000});
  Tensor second;
  cr_assert(tensor_new(&tensor, DTYPE_F64, &shape, &diag));
  cr_assert_not(tensor_new(&second, DTYPE_F64, &shape, &diag));
  tensor_release(&tensor);
  cr_assert(tensor_new(&second, DTYPE_F64, &shape, &diag));
  tensor_release(&second);
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(buffer, lines_and_pads) {
  Diag diag;
  for (int64_t n = 0; n < 200; n++) {
    Tensor tensor;
    cr_assert(tensor_new(&tensor, DTYPE_U8, &(Shape){1, {n}}, &diag));
    unsigned char *data = tensor_data(&tensor);
    cr_assert_eq((uintptr_t)data % 64, 0u);
    for (int i = 0; i < 64; i++) cr_assert_eq(data[n + i], 0);
    tensor_release(&tensor);
  }
}

/* Released buffers are kept for the next of their size, and freed when they are many; what is in
 * use counts against the budget, what waits does not. */
Test(buffer, small_ones_are_reused) {
  Diag diag = {0};
  size_t before = mem_used_bytes();
  for (size_t bytes = 1; bytes < 100000; bytes += 777) {
    Buffer *one = buffer_new(bytes, &diag);
    memset(one->data, 7, bytes);
    one->limits.known = true;
    buffer_release(one);
    Buffer *other = buffer_new(bytes, &diag);
    cr_assert_not(other->limits.known);
    cr_assert_eq(((const char *)other->data)[bytes], 0, "the pad is cleared again");
    cr_assert_eq((uintptr_t)other->data % 64, 0);
    buffer_release(other);
  }
  enum { MANY = 300 };
  static Buffer *many[MANY];
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < MANY; i++) many[i] = buffer_new((size_t)(1000 + 64 * i), &diag);
    for (int i = 0; i < MANY; i++)
      for (int k = 0; k < i; k++) cr_assert_neq(many[i], many[k]);
    for (int i = 0; i < MANY; i++) buffer_release(many[i]);
  }
  cr_assert_eq(mem_used_bytes(), before);
}

Test(tensor, holders_share_and_let_go) {
  Diag diag;
  Tensor a, copy;
  cr_assert(tensor_zeros(&a, DTYPE_F32, &(Shape){2, {4, 3}}, &diag));
  for (int64_t i = 0; i < 12; i++) tensor_set(&a, i, (double)i);
  Tensor row = tensor_view(&a, &(Shape){1, {3}}, 6), b = tensor_retain(&a);
  cr_assert_eq(a.buffer->refs, 3);
  cr_assert_eq(tensor_get(&row, 2), 8);
  tensor_set(&row, 0, 60);
  cr_assert_eq(tensor_get(&b, 6), 60);
  cr_assert(tensor_copy(&copy, &row, &diag));
  tensor_set(&row, 0, 61);
  cr_assert_eq(tensor_get(&copy, 0), 60);
  tensor_release(&a);
  tensor_release(&b);
  cr_assert_null(a.buffer);
  cr_assert_eq(tensor_get(&row, 1), 7);
  tensor_release(&row);
  tensor_release(&copy);
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(tensor, each_dtype_keeps_what_it_can) {
  static const struct {
    Dtype dtype;
    double in, out;
  } cases[] = {{DTYPE_BOOL, 7, 1},
               {DTYPE_U8, 255, 255},
               {DTYPE_I32, -2147483648.0, -2147483648.0},
               {DTYPE_F32, 0.1, (double)0.1f},
               {DTYPE_F64, 0.1, 0.1},
               {DTYPE_I32, 2.9, 2}};
  for (int i = 0; i < COUNT_OF(cases); i++) {
    Tensor tensor = tensor_scalar(cases[i].dtype, cases[i].in);
    cr_assert_eq(tensor_get(&tensor, 0), cases[i].out);
    cr_assert_eq(tensor.shape.rank, 0);
    tensor_release(&tensor);
  }
  Dtype dtype;
  for (int i = 0; i < DTYPE_COUNT; i++)
    cr_assert(dtype_parse(dtype_name((Dtype)i), &dtype) && dtype == (Dtype)i);
  cr_assert_not(dtype_parse("f16", &dtype));
}

static void check_text(const Tensor *tensor, const char *expected) {
  Text text = {0};
  tensor_text(tensor, &text);
  cr_assert_str_eq(text.data, expected);
  text_free(&text);
}

Test(tensor, text_is_the_literal) {
  Diag diag;
  Tensor tensor;
  static const double values[] = {1.5, 1.0 / 3, 10, -0.0, 1e-5, NAN};
  tensor_new(&tensor, DTYPE_F32, &(Shape){2, {2, 3}}, &diag);
  for (int i = 0; i < 6; i++) tensor_set(&tensor, i, values[i]);
  check_text(&tensor, "[[1.5, 0.333333, 10], [-0, 1e-5, nan]]");
  tensor_release(&tensor);
  tensor_zeros(&tensor, DTYPE_BOOL, &(Shape){1, {2}}, &diag);
  tensor_set(&tensor, 1, 1);
  check_text(&tensor, "[false, true]");
  tensor_release(&tensor);
  tensor = tensor_scalar(DTYPE_I32, 123456789);
  check_text(&tensor, "123456789");
  tensor_release(&tensor);
  tensor_zeros(&tensor, DTYPE_F32, &(Shape){2, {2, 0}}, &diag);
  check_text(&tensor, "[[], []]");
  tensor_release(&tensor);
  tensor_zeros(&tensor, DTYPE_F32, &(Shape){2, {0, 5}}, &diag);
  check_text(&tensor, "[]");
  tensor_release(&tensor);
}

/* A run is filled whole, whatever its length and place, and what lies beside it keeps its values.
 */
Test(tensor, fill_a_run) {
  for (int dtype = 0; dtype < DTYPE_COUNT; dtype++) {
    for (int64_t count = 0; count < 3000; count = count * 2 + 1) {
      Diag diag = {0};
      Tensor tensor;
      cr_assert(tensor_zeros(&tensor, (Dtype)dtype, &(Shape){1, {count + 5}}, &diag));
      tensor_fill(&tensor, 3, count, 1);
      for (int64_t i = 0; i < count + 5; i++)
        cr_assert(tensor_get(&tensor, i) == (i >= 3 && i < 3 + count));
      tensor_release(&tensor);
    }
  }
}

Test(tensor, long_ones_show_their_edges) {
  Diag diag;
  Tensor tensor;
  tensor_new(&tensor, DTYPE_I32, &(Shape){1, {1000}}, &diag);
  for (int64_t i = 0; i < 1000; i++) tensor_set(&tensor, i, (double)i);
  Text text = {0};
  tensor_text(&tensor, &text);
  cr_assert_null(strstr(text.data, "…"));
  text_free(&text);
  tensor_release(&tensor);
  tensor_new(&tensor, DTYPE_I32, &(Shape){2, {1001, 2}}, &diag);
  for (int64_t i = 0; i < 2002; i++) tensor_set(&tensor, i, (double)i);
  check_text(&tensor, "[[0, 1], [2, 3], [4, 5], …, [1996, 1997], [1998, 1999], [2000, 2001]]");
  tensor_release(&tensor);
  tensor_zeros(&tensor, DTYPE_F32, &(Shape){2, {INT64_C(1) << 40, 0}}, &diag);
  check_text(&tensor, "[[], [], [], …]");
  tensor_release(&tensor);
}
