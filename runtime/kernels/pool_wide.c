/* pool_wide.c — the greatest of windows of 2 x 2 in f32, sixteen at a time, by AVX-512.
 *
 * The compiler's loops of pool.inc take rows of five windows as long as rows of fourteen, which are
 * what small nets have.  Here a mask cuts the last lanes off a row, so that a row of up to sixteen
 * windows is one round; the choice among four is in masks as well.  With a b above c d:
 *
 *   right       b is greater than a          (NaN is the greatest of all, the first of them stays)
 *   low_right   d is greater than c
 *   low         of those two, the lower is greater than the upper
 *
 * What is chosen is what pool.inc chooses, bit for bit.
 */
#include "runtime/kernels/pool_wide.h"
#include "runtime/base/isa.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define WIDE __attribute__((target("arch=x86-64-v4")))

/* Elements of dx that are asked for before they are written: what its rows store crosses lines of
 * the cache, and such a store waits for both. */
enum { AHEAD = 512 };

bool pool_wide(void) { return isa_level() == ISA_AVX512; }

/* The lanes of a round's two vectors of a row, and of its windows. */
typedef struct Lanes {
  __mmask16 first, second, windows;
} Lanes;

typedef struct Chosen {
  __mmask16 right, low_right, low;
  __m512 greatest;
} Chosen;

static Lanes lanes_of(int64_t count) {
  const uint32_t windows = (1u << count) - 1;
  const uint64_t places = (UINT64_C(1) << (2 * count)) - 1;
  return (Lanes){(__mmask16)places, (__mmask16)(places >> 16), (__mmask16)windows};
}

WIDE static inline __mmask16 second_greater(__m512 a, __m512 b) {
  return _mm512_mask_cmp_ps_mask(_mm512_cmp_ps_mask(a, a, _CMP_ORD_Q), b, a, _CMP_NLE_UQ);
}

/* The greater of each pair in a row. */
WIDE static inline __m512 greater_of_pairs(const float *x, Lanes lanes, __mmask16 *right) {
  const __m512i evens = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
                                          30),
                odds = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  const __m512 first = _mm512_maskz_loadu_ps(lanes.first, x),
               second = _mm512_maskz_loadu_ps(lanes.second, x + 16),
               a = _mm512_permutex2var_ps(first, evens, second),
               b = _mm512_permutex2var_ps(first, odds, second);
  *right = second_greater(a, b);
  return _mm512_mask_mov_ps(a, *right, b);
}

WIDE static inline Chosen choose(const float *x, int64_t width, Lanes lanes) {
  Chosen chosen;
  const __m512 above = greater_of_pairs(x, lanes, &chosen.right),
               below = greater_of_pairs(x + width, lanes, &chosen.low_right);
  chosen.low = second_greater(above, below);
  chosen.greatest = _mm512_mask_mov_ps(above, chosen.low, below);
  return chosen;
}

/* Each g where a mask says so, left or right of its pair, 0 elsewhere. */
WIDE static inline void spread(__m512 g, __mmask16 left, __mmask16 right, Lanes lanes, float *dx) {
  const __m512i low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
                high = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                         31);
  const __m512 a = _mm512_maskz_mov_ps(left, g), b = _mm512_maskz_mov_ps(right, g);
  _mm512_mask_storeu_ps(dx, lanes.first, _mm512_permutex2var_ps(a, low, b));
  _mm512_mask_storeu_ps(dx + 16, lanes.second, _mm512_permutex2var_ps(a, high, b));
}

WIDE static inline void max_round(const float *x, int64_t width, Lanes lanes, float *y) {
  _mm512_mask_storeu_ps(y, lanes.windows, choose(x, width, lanes).greatest);
}

WIDE static inline void max_input_round(const float *dy, const float *x, int64_t width, Lanes lanes,
                                        float *dx) {
  const Chosen c = choose(x, width, lanes);
  const __m512 g = _mm512_add_ps(_mm512_maskz_loadu_ps(lanes.windows, dy), _mm512_setzero_ps());
  spread(g, (__mmask16) ~(c.low | c.right), (__mmask16)(c.right & ~c.low), lanes, dx);
  spread(g, (__mmask16)(c.low & ~c.low_right), c.low & c.low_right, lanes, dx + width);
}

WIDE void pool_wide_max(const float *x, int64_t width, int64_t rows, int64_t count, float *y) {
  const Lanes whole = lanes_of(16), rest = lanes_of(count % 16);
  for (int64_t row = 0; row < rows; row++, x += 2 * width, y += count) {
    int64_t o = 0;
    for (; o + 16 <= count; o += 16) max_round(x + 2 * o, width, whole, y + o);
    if (o < count) max_round(x + 2 * o, width, rest, y + o);
  }
}

WIDE void pool_wide_max_input(const float *dy, const float *x, int64_t width, int64_t rows,
                              int64_t count, float *dx) {
  const Lanes whole = lanes_of(16), rest = lanes_of(count % 16);
  for (int64_t row = 0; row < rows; row++, dy += count, x += 2 * width, dx += 2 * width) {
    int64_t o = 0;
    for (int64_t i = 0; i < 2 * width && count > 8; i += 16) /* (a row of 8 is one store) */
      __builtin_prefetch(dx + AHEAD + i, 1);
    for (; o + 16 <= count; o += 16) max_input_round(dy + o, x + 2 * o, width, whole, dx + 2 * o);
    if (o < count) max_input_round(dy + o, x + 2 * o, width, rest, dx + 2 * o);
  }
}
#else
bool pool_wide(void) { return false; }
void pool_wide_max(const float *x, int64_t width, int64_t rows, int64_t count, float *y) {
  (void)x, (void)width, (void)rows, (void)count, (void)y;
}
void pool_wide_max_input(const float *dy, const float *x, int64_t width, int64_t rows,
                         int64_t count, float *dx) {
  (void)dy, (void)x, (void)width, (void)rows, (void)count, (void)dx;
}
#endif
