/* rng_test.c — the generator against the answers its authors published, and against what chance
 * would do. */
#include "runtime/base/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

/* The three vectors for philox4x32-10 that Salmon et al. distribute with their library
 * (kat_vectors). */
Test(rng, philox_known_answers) {
  static const struct {
    uint32_t counter[4], key[2], words[4];
  } known[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (int i = 0; i < COUNT_OF(known); i++) {
    uint32_t words[4];
    rng_block(known[i].key, known[i].counter, words);
    cr_assert_eq(memcmp(words, known[i].words, sizeof words), 0, "vector %d", i);
  }
}

Test(rng, words_are_blocks_in_order) {
  RngStream stream = rng_stream(7, 8, 9);
  uint32_t words[200], one[4];
  rng_words(&stream, 0, 200, words);
  for (uint32_t block = 0; block < 50; block++) {
    rng_block(stream.key, (uint32_t[4]){block, 0, stream.high[0], stream.high[1]}, one);
    cr_assert_eq(memcmp(words + 4 * block, one, sizeof one), 0, "block %u", block);
  }
}

/* Any run of elements, asked for alone, is the run of the whole; one far out, past 2^32 blocks,
 * too. */
Test(rng, any_element_alone) {
  enum { N = 333 };
  RngStream stream = rng_stream(1, 2, 3);
  float uniform[N], normal[N], f;
  double uniform64[N], normal64[N], d;
  int32_t integer[N], k;
  rng_uniform_f32(&stream, 0, N, uniform);
  rng_normal_f32(&stream, 0, N, normal);
  rng_uniform_f64(&stream, 0, N, uniform64);
  rng_normal_f64(&stream, 0, N, normal64);
  rng_integers(&stream, 0, N, -5, 1000, integer);
  for (int i = 0; i < N; i++) {
    rng_uniform_f32(&stream, i, 1, &f);
    cr_assert_eq(f, uniform[i]);
    rng_normal_f32(&stream, i, 1, &f);
    cr_assert_eq(f, normal[i]);
    rng_uniform_f64(&stream, i, 1, &d);
    cr_assert_eq(d, uniform64[i]);
    rng_normal_f64(&stream, i, 1, &d);
    cr_assert_eq(d, normal64[i]);
    rng_integers(&stream, i, 1, -5, 1000, &k);
    cr_assert_eq(k, integer[i]);
  }
  float part[100];
  rng_normal_f32(&stream, 61, 100, part);
  cr_assert_eq(memcmp(part, normal + 61, sizeof part), 0);
  uint32_t far, block[4];
  rng_words(&stream, (int64_t)4 << 33 | 2, 1, &far);
  rng_block(stream.key, (uint32_t[4]){0, 2, stream.high[0], stream.high[1]}, block);
  cr_assert_eq(far, block[2]);
}

Test(rng, streams_differ_in_every_part_of_their_name) {
  RngStream base = rng_stream(1, 1, 1), others[] = {rng_stream(2, 1, 1),
                                                    rng_stream(1, 2, 1),
                                                    rng_stream(1, 1, 2),
                                                    rng_stream(1 | 1ull << 32, 1, 1),
                                                    rng_stream(1, 1 | 1ull << 32, 1),
                                                    rng_stream(1, 1, 1 | 1ull << 32)};
  for (int i = 0; i < COUNT_OF(others); i++)
    cr_assert(memcmp(&base, &others[i], sizeof base) != 0, "%d", i);
  RngStream same = rng_stream_of((int32_t[4]){-1, 2, 3, -4}, 5);
  RngStream plain = rng_stream(0x2FFFFFFFFu, 0xFFFFFFFC00000003u, 5);
  cr_assert_eq(memcmp(&same, &plain, sizeof same), 0);
}

/* Chi-square over 256 cells, 255 degrees of freedom: outside 170..360 about once in 100,000 seeds.
 */
Test(rng, uniforms_are_even) {
  enum { N = 256 * 400 };
  static float x[N];
  static double y[N];
  int cells[256] = {0}, cells64[256] = {0};
  RngStream stream = rng_stream(42, 0, 0);
  rng_uniform_f32(&stream, 0, N, x);
  rng_uniform_f64(&stream, 0, N, y);
  for (int i = 0; i < N; i++) {
    cr_assert(x[i] >= 0 && x[i] < 1 && y[i] >= 0 && y[i] < 1);
    cells[(int)(x[i] * 256)]++, cells64[(int)(y[i] * 256)]++;
  }
  double chi = 0, chi64 = 0;
  for (int i = 0; i < 256; i++)
    chi += pow(cells[i] - 400, 2) / 400, chi64 += pow(cells64[i] - 400, 2) / 400;
  cr_assert(chi > 170 && chi < 360, "%g", chi);
  cr_assert(chi64 > 170 && chi64 < 360, "%g", chi64);
}

/* Moments of 200,000 draws within five standard errors; both members of a pair, and uncorrelated.
 */
static void check_moments(const double *x, int n) {
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0, pair = 0, inside = 0;
  for (int i = 0; i < n; i++) {
    cr_assert(isfinite(x[i]));
    m1 += x[i], m2 += x[i] * x[i], m3 += pow(x[i], 3), m4 += pow(x[i], 4);
    inside += fabs(x[i]) < 1;
    if (i % 2) pair += x[i] * x[i - 1];
  }
  double root = sqrt(n);
  cr_assert_lt(fabs(m1 / n), 5 / root);
  cr_assert_lt(fabs(m2 / n - 1), 5 * sqrt(2) / root);
  cr_assert_lt(fabs(m3 / n), 5 * sqrt(15) / root);
  cr_assert_lt(fabs(m4 / n - 3), 5 * sqrt(96) / root);
  cr_assert_lt(fabs(inside / n - 0.6826894921), 5 * 0.4655 / root);
  cr_assert_lt(fabs(pair / (n / 2)), 5 / sqrt(n / 2));
}

Test(rng, normals_have_their_moments) {
  enum { N = 200000 };
  static float x[N];
  static double y[N];
  RngStream stream = rng_stream(3, 0, 0);
  rng_normal_f32(&stream, 0, N, x);
  rng_normal_f64(&stream, 0, N, y);
  check_moments(y, N);
  for (int i = 0; i < N; i++) y[i] = (double)x[i];
  check_moments(y, N);
}

/* The normals as the formula of Box and Muller gives them with the C library's functions. */
Test(rng, normals_are_box_and_muller) {
  enum { N = 2000 };
  uint32_t w[2 * N];
  float x[N];
  double y[N], turn = 2 * acos(-1);
  RngStream stream = rng_stream(11, 0, 0);
  rng_words(&stream, 0, 2 * N, w);
  rng_normal_f32(&stream, 0, N, x);
  rng_normal_f64(&stream, 0, N, y);
  for (int i = 0; i < N; i += 2) {
    double r = sqrt(-2 * log(((w[i] >> 1) + 0.5) / 0x1p31));
    double a = (w[i + 1] / 0x1p32 - 0.125) * turn; /* a quarter counts from its middle */
    cr_assert_float_eq(x[i], r * cos(a), 1e-6);
    cr_assert_float_eq(x[i + 1], r * sin(a), 1e-6);
    const uint32_t *v = w + 2 * i;
    r = sqrt(-2 * log(((v[0] >> 5) * 0x1p26 + (v[1] >> 6) + 1) * 0x1p-53));
    a = (v[2] / 0x1p32 + v[3] / 0x1p64 - 0.125) * turn;
    cr_assert_float_eq(y[i], r * cos(a), 1e-13);
    cr_assert_float_eq(y[i + 1], r * sin(a), 1e-13);
  }
}

Test(rng, integers_stay_within_and_reach_both_ends) {
  enum { N = 5000 };
  int32_t x[N];
  RngStream stream = rng_stream(5, 0, 0);
  int seen[7] = {0};
  rng_integers(&stream, 0, N, -3, 4, x);
  for (int i = 0; i < N; i++) {
    cr_assert(x[i] >= -3 && x[i] < 4);
    seen[x[i] + 3]++;
  }
  for (int i = 0; i < 7; i++) cr_assert(abs(seen[i] - N / 7) < 140, "%d", seen[i]);
  rng_integers(&stream, 0, N, INT32_MIN, (int64_t)INT32_MAX + 1, x);
  int negative = 0;
  for (int i = 0; i < N; i++) negative += x[i] < 0;
  cr_assert(abs(negative - N / 2) < 200);
  rng_integers(&stream, 0, 10, 9, 10, x);
  for (int i = 0; i < 10; i++) cr_assert_eq(x[i], 9);
}

Test(rng, permutations_are_permutations) {
  for (int64_t n = 0; n < 200; n += n < 20 ? 1 : 37) {
    int64_t order[200];
    bool seen[200] = {false};
    RngStream stream = rng_stream(1, (uint64_t)n, 0);
    rng_permutation(&stream, n, order);
    for (int64_t i = 0; i < n; i++) {
      cr_assert(order[i] >= 0 && order[i] < n && !seen[order[i]]);
      seen[order[i]] = true;
    }
  }
}

/* All 24 orders of four things: 23 degrees of freedom, above 62 about once in 100,000 seeds. */
Test(rng, permutations_are_equally_likely) {
  int counts[256] = {0};
  for (uint64_t k = 0; k < 24 * 200; k++) {
    int64_t order[4];
    RngStream stream = rng_stream(9, k, 0);
    rng_permutation(&stream, 4, order);
    counts[order[0] | order[1] << 2 | order[2] << 4 | order[3] << 6]++;
  }
  double chi = 0;
  int kinds = 0;
  for (int i = 0; i < 256; i++) {
    if (counts[i]) kinds++, chi += pow(counts[i] - 200, 2) / 200;
  }
  cr_assert_eq(kinds, 24);
  cr_assert_lt(chi, 62);
}

Test(rng, one_after_the_other) {
  Rng rng = rng_start(7, 8, 9);
  RngStream stream = rng_stream(7, 8, 9);
  uint32_t words[20];
  rng_words(&stream, 0, 20, words);
  for (int i = 0; i < 20; i++) cr_assert_eq(rng_next(&rng), words[i]);
  double sum = 0, square = 0;
  for (int i = 0; i < 20000; i++) {
    double u = rng_next_uniform(&rng), x = rng_next_normal(&rng);
    cr_assert(u >= 0 && u < 1);
    sum += x, square += x * x;
    cr_assert_lt(rng_next_below(&rng, 3), 3);
  }
  cr_assert_lt(fabs(sum / 20000), 0.04);
  cr_assert_lt(fabs(square / 20000 - 1), 0.05);
  cr_assert_eq(rng_next_below(&rng, 1), 0);
}

/* Each number comes once, whatever the count of them is. */
Test(rng, a_computed_order_has_each_number_once) {
  static const int64_t counts[] = {1, 2, 3, 5, 64, 1000, 1024, 1025, 70001};
  for (int c = 0; c < COUNT_OF(counts); c++) {
    int64_t n = counts[c];
    RngStream stream = rng_stream(7, (uint64_t)c, 1);
    RngOrder order = rng_order(&stream, n);
    bool *seen = mem_zero((size_t)n);
    for (int64_t i = 0; i < n; i++) {
      int64_t number = rng_order_at(&order, i);
      cr_assert(number >= 0 && number < n && !seen[number], "%lld of %lld", (long long)number,
                (long long)n);
      seen[number] = true;
    }
    mem_free(seen);
  }
}

/* Places and numbers, neighbours and two keys have nothing to do with each other: sums over 20,000
 * lie within four deviations. */
Test(rng, a_computed_order_is_mixed) {
  enum { SOME = 20000 };
  const int64_t N = 3000000000;
  RngStream first = rng_stream(1, 2, 3), second = rng_stream(1, 3, 3);
  RngOrder a = rng_order(&first, N), b = rng_order(&second, N);
  double mean = 0, steps = 0, both = 0;
  int rising = 0;
  for (int64_t i = 0; i < SOME; i++) {
    double x = (double)rng_order_at(&a, i) / (double)N - 0.5,
           next = (double)rng_order_at(&a, i + 1) / (double)N - 0.5,
           other = (double)rng_order_at(&b, i) / (double)N - 0.5;
    mean += x / SOME;
    steps += x * next / SOME;
    both += x * other / SOME;
    rising += next > x;
  }
  cr_assert_float_eq(mean, 0, 4 * 0.2887 / 141);
  cr_assert_float_eq(steps, 0, 4 * 0.0834 / 141);
  cr_assert_float_eq(both, 0, 4 * 0.0834 / 141);
  cr_assert(abs(rising - SOME / 2) < 4 * 71 / 1.7, "%d", rising);
}
