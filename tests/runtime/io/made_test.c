/* made_test.c — made-up data: the same from the same key, and of the form it promises. */
#include "runtime/io/made.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static const MadeKey KEY = {42, 3};

static void let_go(Tensor *x, Tensor *y) {
  tensor_release(x);
  tensor_release(y);
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(made, labels_are_even_and_shuffled) {
  Tensor labels;
  int count[7] = {0}, runs = 0;
  cr_assert(made_labels(KEY, 1000, 7, &labels, NULL));
  const int32_t *label = tensor_data(&labels);
  for (int i = 0; i < 1000; i++) {
    count[label[i]]++;
    runs += i > 0 && label[i] == label[i - 1];
  }
  for (int i = 0; i < 7; i++) cr_assert(count[i] == 142 || count[i] == 143);
  cr_assert(runs > 90 && runs < 200, "%d neighbours are equal; 143 by chance", runs);
  tensor_release(&labels);
}

Test(made, moons_lie_on_their_arcs) {
  Tensor x, y;
  cr_assert(made_moons(KEY, 300, 0, DTYPE_F64, &x, &y, NULL));
  for (int64_t i = 0; i < 300; i++) {
    double a = tensor_get(&x, 2 * i), b = tensor_get(&x, 2 * i + 1);
    bool lower = tensor_get(&y, i) == 1;
    cr_assert_float_eq(lower ? hypot(a - 1, b - 0.5) : hypot(a, b), 1, 1e-12);
    cr_assert(lower ? b <= 0.5 : b >= 0);
  }
  let_go(&x, &y);
}

Test(made, noise_has_its_deviation) {
  Tensor x, y;
  double squares = 0;
  cr_assert(made_blobs(KEY, 5000, 1, 2, 0.5, DTYPE_F64, &x, &y, NULL));
  double mean = 0;
  for (int64_t i = 0; i < 5000; i++) mean += tensor_get(&x, 2 * i) / 5000;
  for (int64_t i = 0; i < 5000; i++) squares += pow(tensor_get(&x, 2 * i) - mean, 2);
  cr_assert_float_eq(sqrt(squares / 5000), 0.5, 0.02);
  let_go(&x, &y);
}

Test(made, spirals_and_blobs_have_their_classes) {
  Tensor x, y;
  cr_assert(made_spirals(KEY, 90, 3, 0, DTYPE_F32, &x, &y, NULL));
  for (int64_t i = 0; i < 90; i++) {
    double a = tensor_get(&x, 2 * i), b = tensor_get(&x, 2 * i + 1), radius = hypot(a, b);
    double angle = atan2(b, a) - 9.42477796076938 * radius - 2.0943951023931953 * tensor_get(&y, i);
    cr_assert_float_eq(cos(angle), 1, 1e-4);
  }
  let_go(&x, &y);
  cr_assert(made_blobs(KEY, 400, 4, 5, 0.001, DTYPE_F64, &x, &y, NULL));
  cr_assert_eq(x.shape.dim[1], 5);
  double first[4][5];
  bool seen[4] = {false};
  for (int64_t i = 0; i < 400; i++) {
    int label = (int)tensor_get(&y, i);
    for (int j = 0; j < 5; j++) {
      double at = tensor_get(&x, i * 5 + j);
      if (!seen[label]) first[label][j] = at;
      cr_assert_float_eq(at, first[label][j], 0.01);
    }
    seen[label] = true;
  }
  let_go(&x, &y);
}

Test(made, a_line_is_a_line) {
  Tensor x, y;
  cr_assert(made_line(KEY, 100, 3, -2, 0, DTYPE_F64, &x, &y, NULL));
  for (int64_t i = 0; i < 100; i++) {
    double at = tensor_get(&x, i);
    cr_assert(at >= -1 && at < 1);
    cr_assert_float_eq(tensor_get(&y, i), 3 * at - 2, 1e-12);
  }
  let_go(&x, &y);
}

Test(made, the_key_decides) {
  Tensor a, b, c, ya, yb, yc;
  cr_assert(made_digits(KEY, 50, DTYPE_F32, &a, &ya, NULL));
  cr_assert(made_digits(KEY, 50, DTYPE_F32, &b, &yb, NULL));
  cr_assert(made_digits((MadeKey){42, 4}, 50, DTYPE_F32, &c, &yc, NULL));
  cr_assert_eq(memcmp(tensor_data(&a), tensor_data(&b), tensor_bytes(&a)), 0);
  cr_assert_eq(memcmp(tensor_data(&ya), tensor_data(&yb), tensor_bytes(&ya)), 0);
  cr_assert_neq(memcmp(tensor_data(&a), tensor_data(&c), tensor_bytes(&a)), 0);
  tensor_release(&b);
  tensor_release(&yb);
  tensor_release(&c);
  tensor_release(&yc);
  cr_assert(made_digits(KEY, 50, DTYPE_F64, &b, &yb, NULL));
  for (int64_t i = 0; i < 50 * 784; i++) cr_assert_eq(tensor_get(&a, i), tensor_get(&b, i));
  tensor_release(&b);
  tensor_release(&yb);
  let_go(&a, &ya);
}

/* Ink is in 0..1, lies inside the page, and there is enough of it; the means of two classes differ.
 */
Test(made, digits_look_like_digits) {
  enum { N = 500 };
  Tensor x, y;
  double means[10][784] = {{0}};
  cr_assert(made_digits(KEY, N, DTYPE_F32, &x, &y, NULL));
  cr_assert(x.shape.rank == 3 && x.shape.dim[1] == 28 && x.shape.dim[2] == 28);
  const float *ink = tensor_data(&x);
  for (int64_t i = 0; i < N; i++) {
    double sum = 0, border = 0;
    for (int64_t j = 0; j < 784; j++) {
      float value = ink[i * 784 + j];
      cr_assert(value >= 0 && value <= 1);
      sum += (double)value;
      if (j < 28 || j >= 756 || j % 28 == 0 || j % 28 == 27) border += (double)value;
      means[(int)tensor_get(&y, i)][j] += (double)value * 10 / N;
    }
    cr_assert(sum > 12 && sum < 300, "image %d has ink %d", (int)i, (int)sum);
    cr_assert(border < 0.3 * sum);
  }
  for (int a = 0; a < 10; a++)
    for (int b = 0; b < a; b++) {
      double apart = 0;
      for (int j = 0; j < 784; j++) apart += pow(means[a][j] - means[b][j], 2);
      cr_assert_gt(apart, 2, "%d and %d", a, b);
    }
  let_go(&x, &y);
}

Test(made, settings_out_of_range) {
  Tensor x, y;
  Diag diag;
  cr_assert_not(made_moons(KEY, -1, 0, DTYPE_F32, &x, &y, &diag));
  cr_assert_eq(diag.status, STATUS_FAILED);
  cr_assert_not(made_moons(KEY, 1, -0.5, DTYPE_F32, &x, &y, &diag));
  cr_assert_not_null(strstr(diag.message, "-0.5"), "%s", diag.message);
  cr_assert_not(made_moons(KEY, 1, NAN, DTYPE_F32, &x, &y, &diag));
  cr_assert_not(made_spirals(KEY, 1, 0, 0, DTYPE_F32, &x, &y, &diag));
  cr_assert_not(made_blobs(KEY, 1, 1, 0, 1, DTYPE_F32, &x, &y, &diag));
  cr_assert_not(made_line(KEY, 1, INFINITY, 0, 0, DTYPE_F32, &x, &y, &diag));
  cr_assert_not(made_digits(KEY, INT64_C(1) << 60, DTYPE_F32, &x, &y, &diag));
  cr_assert(made_digits(KEY, 0, DTYPE_F32, &x, &y, &diag));
  let_go(&x, &y);
}
