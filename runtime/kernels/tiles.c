/* tiles.c — the inner loops of the matrix product: tile.inc, written out for three instruction sets
 * and two types.
 *
 * The functions are compiled for their instructions by attribute, whatever machine the compiler
 * targets, and chosen when they are called: a binary runs everywhere and uses the instructions that
 * are there.  The baseline is written in the compiler's own vectors of 16 bytes, so it serves
 * processors other than x86 as well.  All give the same bits: the baseline also rounds a product
 * and its sum once, which it has to emulate (fused4f); that is slow, but right.
 *
 * A new instruction set is one more block of macros for each type, and a row of TILES.
 */
#include "runtime/kernels/tiles.h"
#include "runtime/base/isa.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Vectors of 16 bytes in the compiler's own terms: what every machine has, x86 or not. */
typedef float Vector4f __attribute__((vector_size(16)));
typedef double Vector2d __attribute__((vector_size(16)));
static inline Vector4f load4f(const float *from, int count) {
  Vector4f vector = {0};
  memcpy(&vector, from, (size_t)count * sizeof(float));
  return vector;
}
static inline Vector2d load2d(const double *from, int count) {
  Vector2d vector = {0};
  memcpy(&vector, from, (size_t)count * sizeof(double));
  return vector;
}

static inline void turn4f(Vector4f v[4]) {
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < i; j++) {
      const float keep = v[i][j];
      v[i][j] = v[j][i];
      v[j][i] = keep;
    }
}
static inline void turn2d(Vector2d v[2]) {
  const double keep = v[1][0];
  v[1][0] = v[0][1];
  v[0][1] = keep;
}

/* a b + c of floats, rounded once.  The product is exact in double, so the sum there is the exact
 * one rounded to 53 bits, and rounding that to a float is right unless it lies half way between two
 * floats (or below the least normal one): then what was cut off decides. */
typedef double Vector4d __attribute__((vector_size(32)));
typedef int64_t Whole4 __attribute__((vector_size(32)));
typedef int32_t Words4 __attribute__((vector_size(16)));
typedef uint32_t Bits4 __attribute__((vector_size(16)));
typedef int32_t Words8 __attribute__((vector_size(32)));

/* The sum is rounded to odd instead, that is cut and its last bit set where something was cut off;
 * a double has more than two bits more than twice a float's, so the float nearest to that is right
 * (S. Boldo, G. Melquiond, "Emulation of a FMA and correctly rounded sums", IEEE Transactions on
 * Computers 57(4), 2008).  The error of a sum is a double (D. Knuth, The Art of Computer
 * Programming 2, 4.2.2).  An infinity or a NaN has none to look at. */
static __attribute__((noinline)) Vector4f fused4f_doubtful(Vector4f a, Vector4f b, Vector4f c) {
  const Vector4d product = __builtin_convertvector(a, Vector4d) *
                           __builtin_convertvector(b, Vector4d),
                 more = __builtin_convertvector(c, Vector4d);
  const Vector4d sum = product + more, part = sum - product,
                 error = (product - (sum - part)) + (more - part);
  const Whole4 bits = (Whole4)sum, inexact = (error > 0) | (error < 0);
  const Whole4 beyond = (error > 0) ^ (bits < 0); /* the exact sum is farther from 0 */
  /* 1 for the next double away from 0, -1 for the one towards it */
  const Whole4 step = (beyond & 2) - 1;
  const Whole4 odd = bits + (step & inexact & ~-(bits & 1));
  return __builtin_convertvector((Vector4d)odd, Vector4f);
}

static inline Vector4f fused4f(Vector4f a, Vector4f b, Vector4f c) {
  /* the bits that a float lacks; half way; 2^-125 as a float (kernels flush what is less than
   * 2^-126) */
  enum { CUT = 0x1fffffff, HALF = 0x10000000, TINY = 0x01000000 };
  const Vector4d sum = __builtin_convertvector(a, Vector4d) * __builtin_convertvector(b, Vector4d) +
                       __builtin_convertvector(c, Vector4d);
  const Vector4f nearest = __builtin_convertvector(sum, Vector4f);
  const Words8 words = (Words8)sum;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  const Words4 low = __builtin_shufflevector(words, words, 0, 2, 4, 6);
#else
  const Words4 low = __builtin_shufflevector(words, words, 1, 3, 5, 7);
#endif
  typedef int64_t Whole2 __attribute__((vector_size(16)));
  const Whole2 doubt = (Whole2)(((low & CUT) == HALF) |
                                (((Words4)((Bits4)nearest - 1) & INT32_MAX) < TINY));
  return LIKELY(!(doubt[0] | doubt[1])) ? nearest : fused4f_doubtful(a, b, c);
}

/* The C library's is the processor's instruction where there is one. */
static inline Vector2d fused2d(Vector2d a, Vector2d b, Vector2d c) {
  return (Vector2d){fma(a[0], b[0], c[0]), fma(a[1], b[1], c[1])};
}

static inline float lanes4f(Vector4f v) { return (v[0] + v[2]) + (v[1] + v[3]); }
static inline double lanes2d(Vector2d v) { return v[0] + v[1]; }
static inline unsigned nonzero4f(Vector4f v) {
  return (unsigned)(v[0] != 0) | (unsigned)(v[1] != 0) << 1 | (unsigned)(v[2] != 0) << 2 |
         (unsigned)(v[3] != 0) << 3;
}
static inline unsigned nonzero2d(Vector2d v) {
  return (unsigned)(v[0] != 0) | (unsigned)(v[1] != 0) << 1;
}

#define REAL float
#define BITS uint32_t
#define WIDTH 4
#define ROWS 4
#define TARGET
#define NAME(x) x##_f32_baseline
#define VECTOR Vector4f
#define ZERO ((Vector4f){0})
#define SET(x) ((Vector4f){x, x, x, x})
#define LOAD(p) load4f(p, 4)
#define STORE(p, v) memcpy(p, (Vector4f[]){v}, 16)
#define PLUS(a, b) ((a) + (b))
#define FMA(a, b, c) fused4f(a, b, c)
#define MASK int
#define MASK_OF(count) (count)
#define LOAD_PART(p, mask) load4f(p, mask)
#define STORE_PART(p, v, mask) memcpy(p, (Vector4f[]){v}, (size_t)(mask) * sizeof(float))
#define TURN(v) turn4f(v)
#define LANES(v) lanes4f(v)
#define NONZERO(v) nonzero4f(v)
#include "runtime/kernels/tile.inc"

#define REAL double
#define BITS uint64_t
#define WIDTH 2
#define ROWS 4
#define TARGET
#define NAME(x) x##_f64_baseline
#define VECTOR Vector2d
#define ZERO ((Vector2d){0})
#define SET(x) ((Vector2d){x, x})
#define LOAD(p) load2d(p, 2)
#define STORE(p, v) memcpy(p, (Vector2d[]){v}, 16)
#define PLUS(a, b) ((a) + (b))
#define FMA(a, b, c) fused2d(a, b, c)
#define MASK int
#define MASK_OF(count) (count)
#define LOAD_PART(p, mask) load2d(p, mask)
#define STORE_PART(p, v, mask) memcpy(p, (Vector2d[]){v}, (size_t)(mask) * sizeof(double))
#define TURN(v) turn2d(v)
#define LANES(v) lanes2d(v)
#define NONZERO(v) nonzero2d(v)
#include "runtime/kernels/tile.inc"

#if defined(__x86_64__)

#define AVX2 __attribute__((target("avx2,fma,popcnt,bmi,bmi2")))
#define AVX512 __attribute__((target("avx512f,avx2,fma,popcnt,bmi,bmi2")))
#define ALWAYS static inline __attribute__((always_inline))

/* Squares are turned in steps: pairs of rows are interleaved, then pairs of pairs, until each
 * vector is a column. */
ALWAYS AVX2 void turn8f(__m256 v[8]) {
  __m256 t[8];
#pragma GCC unroll 4
  for (int i = 0; i < 8; i += 2)
    t[i] = _mm256_unpacklo_ps(v[i], v[i + 1]), t[i + 1] = _mm256_unpackhi_ps(v[i], v[i + 1]);
#pragma GCC unroll 2
  for (int i = 0; i < 8; i += 4) {
    v[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44),
    v[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
    v[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44),
          v[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++)
    t[i] = _mm256_permute2f128_ps(v[i], v[i + 4], 0x20),
    t[i + 4] = _mm256_permute2f128_ps(v[i], v[i + 4], 0x31);
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) v[i] = t[i];
}
ALWAYS AVX2 void turn4d(__m256d v[4]) {
  const __m256d a = _mm256_unpacklo_pd(v[0], v[1]), b = _mm256_unpackhi_pd(v[0], v[1]);
  const __m256d c = _mm256_unpacklo_pd(v[2], v[3]), d = _mm256_unpackhi_pd(v[2], v[3]);
  v[0] = _mm256_permute2f128_pd(a, c, 0x20), v[1] = _mm256_permute2f128_pd(b, d, 0x20);
  v[2] = _mm256_permute2f128_pd(a, c, 0x31), v[3] = _mm256_permute2f128_pd(b, d, 0x31);
}
ALWAYS AVX512 void turn16f(__m512 v[16]) {
  __m512 t[16];
#pragma GCC unroll 8
  for (int i = 0; i < 16; i += 2)
    t[i] = _mm512_unpacklo_ps(v[i], v[i + 1]), t[i + 1] = _mm512_unpackhi_ps(v[i], v[i + 1]);
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {
    v[i] = _mm512_shuffle_ps(t[i], t[i + 2], 0x44),
    v[i + 1] = _mm512_shuffle_ps(t[i], t[i + 2], 0xee);
    v[i + 2] = _mm512_shuffle_ps(t[i + 1], t[i + 3], 0x44),
          v[i + 3] = _mm512_shuffle_ps(t[i + 1], t[i + 3], 0xee);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    t[i] = _mm512_shuffle_f32x4(v[i], v[i + 4], 0x88),
    t[i + 4] = _mm512_shuffle_f32x4(v[i], v[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_f32x4(v[i + 8], v[i + 12], 0x88),
          t[i + 12] = _mm512_shuffle_f32x4(v[i + 8], v[i + 12], 0xdd);
  }
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++)
    v[i] = _mm512_shuffle_f32x4(t[i], t[i + 8], 0x88),
    v[i + 8] = _mm512_shuffle_f32x4(t[i], t[i + 8], 0xdd);
}
ALWAYS AVX512 void turn8d(__m512d v[8]) {
  __m512d t[8];
#pragma GCC unroll 4
  for (int i = 0; i < 8; i += 2)
    t[i] = _mm512_unpacklo_pd(v[i], v[i + 1]), t[i + 1] = _mm512_unpackhi_pd(v[i], v[i + 1]);
#pragma GCC unroll 2
  for (int i = 0; i < 2; i++) {
    v[i] = _mm512_shuffle_f64x2(t[i], t[i + 2], 0x88),
    v[i + 2] = _mm512_shuffle_f64x2(t[i], t[i + 2], 0xdd);
    v[i + 4] = _mm512_shuffle_f64x2(t[i + 4], t[i + 6], 0x88),
          v[i + 6] = _mm512_shuffle_f64x2(t[i + 4], t[i + 6], 0xdd);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++)
    t[i] = _mm512_shuffle_f64x2(v[i], v[i + 4], 0x88),
    t[i + 4] = _mm512_shuffle_f64x2(v[i], v[i + 4], 0xdd);
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) v[i] = t[i];
}

/* Halves are added to halves, so the order is the same whatever the compiler. */
ALWAYS AVX2 float lanes8f(__m256 v) {
  __m128 sum = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
  return _mm_cvtss_f32(_mm_add_ss(sum, _mm_shuffle_ps(sum, sum, 1)));
}
ALWAYS AVX2 double lanes4d(__m256d v) {
  const __m128d sum = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1));
  return _mm_cvtsd_f64(_mm_add_sd(sum, _mm_unpackhi_pd(sum, sum)));
}
ALWAYS AVX512 float lanes16f(__m512 v) {
  const __m256 high = _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(v), 1));
  return lanes8f(_mm256_add_ps(_mm512_castps512_ps256(v), high));
}
ALWAYS AVX512 double lanes8d(__m512d v) {
  return lanes4d(_mm256_add_pd(_mm512_castpd512_pd256(v), _mm512_extractf64x4_pd(v, 1)));
}

#define REAL float
#define BITS uint32_t
#define WIDTH 8
#define ROWS 6
#define TARGET AVX2
#define NAME(x) x##_f32_avx2
#define VECTOR __m256
#define ZERO _mm256_setzero_ps()
#define SET(x) _mm256_set1_ps(x)
#define LOAD(p) _mm256_loadu_ps(p)
#define STORE(p, v) _mm256_storeu_ps(p, v)
#define PLUS(a, b) _mm256_add_ps(a, b)
#define FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define MASK __m256i
#define MASK_OF(count) \
  _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))
#define LOAD_PART(p, mask) _mm256_maskload_ps(p, mask)
#define STORE_PART(p, v, mask) _mm256_maskstore_ps(p, mask, v)
#define TURN(v) turn8f(v)
#define LANES(v) lanes8f(v)
#define NONZERO(v) _mm256_movemask_ps(_mm256_cmp_ps(v, _mm256_setzero_ps(), _CMP_NEQ_UQ))
#include "runtime/kernels/tile.inc"

#define REAL double
#define BITS uint64_t
#define WIDTH 4
#define ROWS 6
#define TARGET AVX2
#define NAME(x) x##_f64_avx2
#define VECTOR __m256d
#define ZERO _mm256_setzero_pd()
#define SET(x) _mm256_set1_pd(x)
#define LOAD(p) _mm256_loadu_pd(p)
#define STORE(p, v) _mm256_storeu_pd(p, v)
#define PLUS(a, b) _mm256_add_pd(a, b)
#define FMA(a, b, c) _mm256_fmadd_pd(a, b, c)
#define MASK __m256i
#define MASK_OF(count) _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3))
#define LOAD_PART(p, mask) _mm256_maskload_pd(p, mask)
#define STORE_PART(p, v, mask) _mm256_maskstore_pd(p, mask, v)
#define TURN(v) turn4d(v)
#define LANES(v) lanes4d(v)
#define NONZERO(v) _mm256_movemask_pd(_mm256_cmp_pd(v, _mm256_setzero_pd(), _CMP_NEQ_UQ))
#include "runtime/kernels/tile.inc"

#define REAL float
#define BITS uint32_t
#define WIDTH 16
#define ROWS 12
#define TARGET AVX512
#define NAME(x) x##_f32_avx512
#define VECTOR __m512
#define ZERO _mm512_setzero_ps()
#define SET(x) _mm512_set1_ps(x)
#define LOAD(p) _mm512_loadu_ps(p)
#define STORE(p, v) _mm512_storeu_ps(p, v)
#define PLUS(a, b) _mm512_add_ps(a, b)
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define MASK __mmask16
#define MASK_OF(count) ((__mmask16)((1u << (count)) - 1u))
#define LOAD_PART(p, mask) _mm512_maskz_loadu_ps(mask, p)
#define STORE_PART(p, v, mask) _mm512_mask_storeu_ps(p, mask, v)
#define TURN(v) turn16f(v)
#define LANES(v) lanes16f(v)
#define NONZERO(v) _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ)
#include "runtime/kernels/tile.inc"

#define REAL double
#define BITS uint64_t
#define WIDTH 8
#define ROWS 12
#define TARGET AVX512
#define NAME(x) x##_f64_avx512
#define VECTOR __m512d
#define ZERO _mm512_setzero_pd()
#define SET(x) _mm512_set1_pd(x)
#define LOAD(p) _mm512_loadu_pd(p)
#define STORE(p, v) _mm512_storeu_pd(p, v)
#define PLUS(a, b) _mm512_add_pd(a, b)
#define FMA(a, b, c) _mm512_fmadd_pd(a, b, c)
#define MASK __mmask8
#define MASK_OF(count) ((__mmask8)((1u << (count)) - 1u))
#define LOAD_PART(p, mask) _mm512_maskz_loadu_pd(mask, p)
#define STORE_PART(p, v, mask) _mm512_mask_storeu_pd(p, mask, v)
#define TURN(v) turn8d(v)
#define LANES(v) lanes8d(v)
#define NONZERO(v) _mm512_cmp_pd_mask(v, _mm512_setzero_pd(), _CMP_NEQ_UQ)
#include "runtime/kernels/tile.inc"

static const Tiles *const TILES[SET_COUNT][2] = {{&tiles_f32_baseline, &tiles_f64_baseline},
                                                 {&tiles_f32_avx2, &tiles_f64_avx2},
                                                 {&tiles_f32_avx512, &tiles_f64_avx512}};

bool tiles_has_set(InstructionSet set) {
  static const Isa needed[SET_COUNT] = {ISA_PLAIN, ISA_AVX2, ISA_AVX512};
  return isa_best() >= needed[set];
}

#else

static const Tiles *const TILES[SET_COUNT][2] = {{&tiles_f32_baseline, &tiles_f64_baseline},
                                                 {&tiles_f32_baseline, &tiles_f64_baseline},
                                                 {&tiles_f32_baseline, &tiles_f64_baseline}};

bool tiles_has_set(InstructionSet set) { return set == SET_BASELINE; }

#endif

InstructionSet tiles_set(void) {
  static const InstructionSet sets[ISA_COUNT] = {SET_BASELINE, SET_BASELINE, SET_AVX2, SET_AVX512};
  return sets[isa_level()];
}

const Tiles *tiles_for(InstructionSet set, Dtype dtype) { return TILES[set][dtype == DTYPE_F64]; }
