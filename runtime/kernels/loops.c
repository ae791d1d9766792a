/* loops.c — the loops of the elementwise machine: every MAP row of ops.def for every dtype, and the
 * conversions.
 *
 * All is expansion of the table, once for each type that elements are computed in.  This file is
 * compiled several times, for the processor's baseline, AVX2 and AVX-512 (Makefile), with MAP_LEVEL
 * naming the instruction set; dispatch.c chooses one.  The loops are plain C that the compiler
 * turns into vector instructions; as none reorders arithmetic and a multiply-add is fused only
 * where the source says so, all levels give the same bits.
 *
 * A loop may write over an input at the same address, which is what IVDEP tells the compiler:
 * elements do not depend on each other.  Whole numbers are computed in 64 bits, and `bad` is set
 * when one does not fit.
 */
#include "runtime/kernels/loops.h"
#include "runtime/kernels/approx.h"
#include "runtime/opcodes.h"

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#ifndef MAP_LEVEL
#define MAP_LEVEL base
#endif

#if defined(__clang__)
#define IVDEP /* clang has a pragma too, but warns of each loop it does not vectorise; it checks \
                 for overlap itself */
#else
#define IVDEP _Pragma("GCC ivdep")
#endif

static inline int32_t narrow(int64_t value, int *bad) {
  int32_t result = (int32_t)value;
  *bad |= result != value ? TROUBLE_OVERFLOW : 0;
  return result;
}

static inline int32_t whole_mod(int32_t a, int32_t b, int *bad) {
  if (b == 0) {
    *bad |= TROUBLE_DIVISOR;
    return 0;
  }
  if (b == -1) return 0; /* INT32_MIN % -1 traps */
  int32_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

/* Rounded down. */
static inline int32_t whole_idiv(int32_t a, int32_t b, int *bad) {
  if (b == 0) {
    *bad |= TROUBLE_DIVISOR;
    return 0;
  }
  if (b == -1) return narrow(-(int64_t)a, bad); /* INT32_MIN / -1 traps */
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static inline int32_t whole_pow(int32_t a, int32_t b, int *bad) {
  int64_t result = 1, square = a;
  *bad |= b < 0 ? TROUBLE_EXPONENT : 0;
  for (; b > 0 && result == (int32_t)result; b >>= 1) {
    if (square > INT32_MAX) { /* and is a factor */
      *bad |= TROUBLE_OVERFLOW;
      return 0;
    }
    if (b & 1) result *= square;
    square *= square;
  }
  return narrow(result, bad);
}

#define NARROW(e) narrow(e, &bad)
#define WHOLE_MOD(a, b) whole_mod(a, b, &bad)
#define WHOLE_IDIV(a, b) whole_idiv(a, b, &bad)
#define WHOLE_POW(a, b) whole_pow(a, b, &bad)
#define R(x) ((real)(x))
#define PASTE(a, b) a##b
#define JOIN(a, b) PASTE(a, b)

/* A: what `a` is stored as; T: what b and c are stored as; VA, V: what they are worked on in. */
#define LOOP_1(name, A, T, VA, V, OUT, e)                                                \
  static int name(int64_t n, const void *pa, const void *pb, const void *pc, void *po) { \
    const A *xa = pa;                                                                    \
    OUT *out = po;                                                                       \
    int bad = 0;                                                                         \
    (void)pb, (void)pc;                                                                  \
    IVDEP for (int64_t i = 0; i < n; i++) {                                              \
      const VA a = xa[i];                                                                \
      out[i] = (OUT)(e);                                                                 \
    }                                                                                    \
    return bad;                                                                          \
  }
#define LOOP_2(name, A, T, VA, V, OUT, e)                                                \
  static int name(int64_t n, const void *pa, const void *pb, const void *pc, void *po) { \
    const A *xa = pa;                                                                    \
    const T *xb = pb;                                                                    \
    OUT *out = po;                                                                       \
    int bad = 0;                                                                         \
    (void)pc;                                                                            \
    IVDEP for (int64_t i = 0; i < n; i++) {                                              \
      const VA a = xa[i];                                                                \
      const V b = xb[i];                                                                 \
      out[i] = (OUT)(e);                                                                 \
    }                                                                                    \
    return bad;                                                                          \
  }
#define LOOP_3(name, A, T, VA, V, OUT, e)                                                \
  static int name(int64_t n, const void *pa, const void *pb, const void *pc, void *po) { \
    const A *xa = pa;                                                                    \
    const T *xb = pb, *xc = pc;                                                          \
    OUT *out = po;                                                                       \
    int bad = 0;                                                                         \
    IVDEP for (int64_t i = 0; i < n; i++) {                                              \
      const VA a = xa[i];                                                                \
      const V b = xb[i], c = xc[i];                                                      \
      out[i] = (OUT)(e);                                                                 \
    }                                                                                    \
    return bad;                                                                          \
  }

#define MAP(ID, signature, kinds, arity, class, value, whole, ...) \
  LOOP_OF_##class(ID, arity, value, whole)
#define OP(ID, ...)
#define FORM(ID, ...)
#define LOOP_OF_LOGIC(ID, arity, value, whole)

/* ---- float ---- */
#define real float
#define R_MAX FLT_MAX
#define F(name) name##_f32
#define LOOP_OF_REAL(ID, arity, value, whole) \
  LOOP_##arity(ID##_f32, float, float, float, float, float, value)
#define LOOP_OF_ARITH LOOP_OF_REAL
#define LOOP_OF_KEEP LOOP_OF_REAL
#define LOOP_OF_COMPARE(ID, arity, value, whole) \
  LOOP_##arity(ID##_f32, float, float, float, float, uint8_t, value)
#define LOOP_OF_SELECT(ID, arity, value, whole) \
  LOOP_##arity(ID##_f32, uint8_t, float, int, float, float, value)
#include "runtime/ops.def"
#undef real
#undef R_MAX
#undef F
#undef LOOP_OF_REAL
#undef LOOP_OF_COMPARE
#undef LOOP_OF_SELECT

/* ---- double ---- */
#define real double
#define R_MAX DBL_MAX
#define F(name) name##_f64
#define LOOP_OF_REAL(ID, arity, value, whole) \
  LOOP_##arity(ID##_f64, double, double, double, double, double, value)
#define LOOP_OF_COMPARE(ID, arity, value, whole) \
  LOOP_##arity(ID##_f64, double, double, double, double, uint8_t, value)
#define LOOP_OF_SELECT(ID, arity, value, whole) \
  LOOP_##arity(ID##_f64, uint8_t, double, int, double, double, value)
#include "runtime/ops.def"
#undef LOOP_OF_REAL
#undef LOOP_OF_ARITH
#undef LOOP_OF_KEEP
#undef LOOP_OF_COMPARE
#undef LOOP_OF_SELECT

/* ---- int32_t ---- */
#define LOOP_OF_REAL(ID, arity, value, whole)
#define LOOP_OF_ARITH(ID, arity, value, whole) \
  LOOP_##arity(ID##_i32, int32_t, int32_t, int32_t, int32_t, int32_t, whole)
#define LOOP_OF_KEEP LOOP_OF_ARITH
#define LOOP_OF_COMPARE(ID, arity, value, whole) \
  LOOP_##arity(ID##_i32, int32_t, int32_t, int32_t, int32_t, uint8_t, whole)
#define LOOP_OF_SELECT(ID, arity, value, whole) \
  LOOP_##arity(ID##_i32, uint8_t, int32_t, int, int32_t, int32_t, whole)
#include "runtime/ops.def"
#undef LOOP_OF_ARITH
#undef LOOP_OF_KEEP
#undef LOOP_OF_COMPARE
#undef LOOP_OF_SELECT
#undef LOOP_OF_LOGIC

/* ---- bytes: u8 and bool, worked on as int32_t ---- */
#define LOOP_OF_ARITH(ID, arity, value, whole)
#define LOOP_OF_KEEP(ID, arity, value, whole) \
  LOOP_##arity(ID##_u8, uint8_t, uint8_t, int32_t, int32_t, uint8_t, whole)
#define LOOP_OF_COMPARE LOOP_OF_KEEP
#define LOOP_OF_SELECT LOOP_OF_KEEP
#define LOOP_OF_LOGIC(ID, arity, value, whole) \
  LOOP_##arity(ID##_u8, uint8_t, uint8_t, int32_t, int32_t, uint8_t, value)
#include "runtime/ops.def"

/* ---- conversions ---- */
#define CONVERT(name, FROM, TO, e) LOOP_1(convert_##name, FROM, FROM, FROM, FROM, TO, e)

static inline int32_t whole_of_f32(float a, int *bad) {
  bool fits = a >= -2147483648.0f && a < 2147483648.0f;
  *bad |= fits ? 0 : a != a ? TROUBLE_NAN : TROUBLE_RANGE;
  return (int32_t)(fits ? a : 0.0f);
}
static inline int32_t whole_of_f64(double a, int *bad) {
  bool fits = a > -2147483649.0 && a < 2147483648.0;
  *bad |= fits ? 0 : a != a ? TROUBLE_NAN : TROUBLE_RANGE;
  return (int32_t)(fits ? a : 0.0);
}
static inline uint8_t byte_of_f64(double a, int *bad) {
  bool fits = a > -1.0 && a < 256.0;
  *bad |= fits ? 0 : a != a ? TROUBLE_NAN : TROUBLE_RANGE;
  return (uint8_t)(fits ? a : 0.0);
}
static inline uint8_t byte_of_i32(int32_t a, int *bad) {
  *bad |= a < 0 || a > 255 ? TROUBLE_RANGE : 0;
  return (uint8_t)a;
}

CONVERT(u8_bool, uint8_t, uint8_t, a != 0)
CONVERT(i32_bool, int32_t, uint8_t, a != 0)
CONVERT(f32_bool, float, uint8_t, a != 0)
CONVERT(f64_bool, double, uint8_t, a != 0)
CONVERT(u8_u8, uint8_t, uint8_t, a)
CONVERT(i32_u8, int32_t, uint8_t, byte_of_i32(a, &bad))
CONVERT(f32_u8, float, uint8_t, byte_of_f64((double)a, &bad))
CONVERT(f64_u8, double, uint8_t, byte_of_f64(a, &bad))
CONVERT(u8_i32, uint8_t, int32_t, a)
CONVERT(i32_i32, int32_t, int32_t, a)
CONVERT(f32_i32, float, int32_t, whole_of_f32(a, &bad))
CONVERT(f64_i32, double, int32_t, whole_of_f64(a, &bad))
CONVERT(u8_f32, uint8_t, float, a)
CONVERT(i32_f32, int32_t, float, a)
CONVERT(f32_f32, float, float, a)
CONVERT(f64_f32, double, float, a)
CONVERT(u8_f64, uint8_t, double, a)
CONVERT(i32_f64, int32_t, double, a)
CONVERT(f32_f64, float, double, a)
CONVERT(f64_f64, double, double, a)

/* bf16: read as the f32 whose upper half it is */
#define CONVERT_BF16(name, TO, e)                                                                  \
  static int convert_##name(int64_t n, const void *pa, const void *pb, const void *pc, void *po) { \
    const uint16_t *xa = pa;                                                                       \
    TO *out = po;                                                                                  \
    int bad = 0;                                                                                   \
    (void)pb, (void)pc;                                                                            \
    for (int64_t i = 0; i < n; i++) {                                                              \
      const float a = bf16_value(xa[i]);                                                           \
      out[i] = (TO)(e);                                                                            \
    }                                                                                              \
    return bad;                                                                                    \
  }
CONVERT_BF16(bf16_bool, uint8_t, a != 0)
CONVERT_BF16(bf16_u8, uint8_t, byte_of_f64((double)a, &bad))
CONVERT_BF16(bf16_i32, int32_t, whole_of_f32(a, &bad))
CONVERT_BF16(bf16_f32, float, a)
CONVERT_BF16(bf16_f64, double, a)
CONVERT(bf16_bf16, uint16_t, uint16_t, a)
CONVERT(u8_bf16, uint8_t, uint16_t, bf16_of((float)a))
CONVERT(i32_bf16, int32_t, uint16_t, bf16_near((double)a))
CONVERT(f32_bf16, float, uint16_t, bf16_of(a))
CONVERT(f64_bf16, double, uint16_t, bf16_near(a))

/* ---- pairs: a LOOP_3 whose expression takes two steps ---- */
#define ROOT(x) _Generic((x), float : sqrt_f32, double : sqrt_f64)(x)
#define PAIR(first, e1, second, e2)                                                   \
  static int pair_##second##_##first##_f32(int64_t n, const void *pa, const void *pb, \
                                           const void *pc, void *po) {                \
    PAIR_LOOP(float, e1, e2)                                                          \
  }                                                                                   \
  static int pair_##second##_##first##_f64(int64_t n, const void *pa, const void *pb, \
                                           const void *pc, void *po) {                \
    PAIR_LOOP(double, e1, e2)                                                         \
  }
#define PAIR_LOOP(REAL, e1, e2)                 \
  const REAL *xa = pa, *xb = pb, *xc = pc;      \
  REAL *out = po;                               \
  IVDEP for (int64_t i = 0; i < n; i++) {       \
    const REAL a = xa[i], b = xb[i], c = xc[i]; \
    (void)b;                                    \
    const REAL v = e1;                          \
    out[i] = e2;                                \
  }                                             \
  return 0;
#define PAIRS_OF(second, e2) MAP_PAIR_FIRSTS(PAIR, second, e2)
MAP_PAIR_SECONDS(PAIRS_OF)

/* ---- twins: a function and its slope, which have their exponential in common ---- */
#define TWIN(name, slope_of)                                                              \
  static int twin_##name##_f32(int64_t n, const void *pa, const void *pb, const void *pc, \
                               void *po) {                                                \
    const float *xa = pa;                                                                 \
    float *out = po, *slope = (float *)(uintptr_t)pc;                                     \
    (void)pb;                                                                             \
    IVDEP for (int64_t i = 0; i < n; i++) {                                               \
      const float a = xa[i];                                                              \
      float e;                                                                            \
      const float y = name##_parts(a, &e);                                                \
      out[i] = y;                                                                         \
      slope[i] = slope_of;                                                                \
    }                                                                                     \
    return 0;                                                                             \
  }
TWIN(tanh, tanh_slope_of(y, e))
TWIN(sigmoid, sigmoid_slope_of(a, y, e))

/* What gelu and its slope have in common the compiler finds. */
#define GELU_TWIN(type, REAL)                                                            \
  static int twin_gelu_##type(int64_t n, const void *pa, const void *pb, const void *pc, \
                              void *po) {                                                \
    const REAL *xa = pa;                                                                 \
    REAL *out = po, *slope = (REAL *)(uintptr_t)pc;                                      \
    (void)pb;                                                                            \
    IVDEP for (int64_t i = 0; i < n; i++) {                                              \
      const REAL a = xa[i];                                                              \
      out[i] = gelu_##type(a);                                                           \
      slope[i] = gelu_slope_##type(a);                                                   \
    }                                                                                    \
    return 0;                                                                            \
  }
GELU_TWIN(f32, float)
GELU_TWIN(f64, double)

/* ---- how large are they?  Without the sign the bits of floats are in the order of the values,
 * infinity above all numbers and NaN above it ---- */
static int most_f32(int64_t n, const void *pa, const void *pb, const void *pc, void *po) {
  const int32_t *a = pa;
  int32_t most = 0;
  (void)pb, (void)pc, (void)po;
  for (int64_t i = 0; i < n; i++) {
    int32_t bits = a[i] & INT32_MAX;
    most = bits > most ? bits : most;
  }
  return most;
}

static int most_f64(int64_t n, const void *pa, const void *pb, const void *pc, void *po) {
  const int64_t *a = pa;
  int64_t most = 0;
  (void)pb, (void)pc, (void)po;
  for (int64_t i = 0; i < n; i++) {
    int64_t bits = a[i] & INT64_MAX;
    most = bits > most ? bits : most;
  }
  return (int)(most >> 32);
}

/* With the bits of negative ones turned round they are in order with the sign. */
#define LIMITS(name, WHOLE, SIGN_SHIFT, GREATEST, LEAST)                                 \
  static int name(int64_t n, const void *pa, const void *pb, const void *pc, void *po) { \
    const WHOLE *a = pa;                                                                 \
    int64_t *keys = po;                                                                  \
    WHOLE low = GREATEST, high = LEAST;                                                  \
    (void)pb, (void)pc;                                                                  \
    for (int64_t i = 0; i < n; i++) {                                                    \
      WHOLE key = a[i] ^ (a[i] >> SIGN_SHIFT & GREATEST);                                \
      low = key < low ? key : low;                                                       \
      high = key > high ? key : high;                                                    \
    }                                                                                    \
    keys[0] = low < keys[0] ? low : keys[0];                                             \
    keys[1] = high > keys[1] ? high : keys[1];                                           \
    return 0;                                                                            \
  }
LIMITS(limits_f32, int32_t, 31, INT32_MAX, INT32_MIN)
LIMITS(limits_f64, int64_t, 63, INT64_MAX, INT64_MIN)

/* ---- the same, and copied past the caches: `out` is not brought in to be written over.  What is
 * no whole line goes the usual way.  Such stores are seen late by other threads; the locked
 * instruction by which a thread ends its block (team.c) has them seen before ---- */
#if defined(__AVX512F__)
static int stream_f32(int64_t n, const void *pa, const void *pb, const void *pc, void *po) {
  const float *a = pa;
  float *out = po;
  int64_t head = (int64_t)((64 - (uintptr_t)out % 64) % 64 / sizeof *out), i = head < n ? head : n;
  int most = most_f32(i, a, NULL, NULL, NULL);
  __m512i greatest = _mm512_set1_epi32(most);
  const __m512i unsign = _mm512_set1_epi32(INT32_MAX);
  (void)pb, (void)pc;
  memcpy(out, a, (size_t)i * sizeof *a);
  for (; n - i >= 16; i += 16) {
    const __m512i bits = _mm512_loadu_si512(a + i);
    _mm512_stream_si512((void *)(out + i), bits);
    greatest = _mm512_max_epi32(greatest, _mm512_and_si512(bits, unsign));
  }
  memcpy(out + i, a + i, (size_t)(n - i) * sizeof *a);
  int rest = most_f32(n - i, a + i, NULL, NULL, NULL);
  most = _mm512_reduce_max_epi32(greatest);
  return rest > most ? rest : most;
}
#define STREAM_F32 stream_f32
#else
#define STREAM_F32 NULL
#endif

/* ---- trigonometry: in vectors if no element of a block is far ---- */
#define TURNS_OF(ID, type, REAL, value, most)                                              \
  LOOP_1(near_##ID##_##type, REAL, REAL, REAL, REAL, REAL, value)                          \
  static int some_##ID##_##type(int64_t n, const void *pa, const void *pb, const void *pc, \
                                void *po) {                                                \
    bool near = most_##type(n, pa, NULL, NULL, NULL) < most;                               \
    return (near ? near_##ID##_##type : ID##_##type)(n, pa, pb, pc, po);                   \
  }
TURNS_OF(SIN, f32, float, turns_f32(a, 0), TURNS_MOST_F32)
TURNS_OF(SIN, f64, double, turns_f64(a, 0), TURNS_MOST_F64)
TURNS_OF(COS, f32, float, turns_f32(a, 1), TURNS_MOST_F32)
TURNS_OF(COS, f64, double, turns_f64(a, 1), TURNS_MOST_F64)
TURNS_OF(TAN, f64, double, turns_tangent_f64(a), TURNS_MOST_F64)
TURNS_OF(TAN, f32, float, turns_tangent_f32(a), TURNS_MOST_F32)

/* ---- remainders: in vectors if no quotient of a block is large ---- */
static bool all_near(int64_t n, const float *a, const float *b) {
  int32_t near = 1;
  for (int64_t i = 0; i < n; i++) near &= mod_near_f32(a[i], b[i]);
  return near;
}
#define REMAINDER(ID, value)                                                            \
  LOOP_2(near_##ID##_f32, float, float, float, float, float, value)                     \
  static int some_##ID##_f32(int64_t n, const void *pa, const void *pb, const void *pc, \
                             void *po) {                                                \
    return (all_near(n, pa, pb) ? near_##ID##_f32 : ID##_f32)(n, pa, pb, pc, po);       \
  }
REMAINDER(MOD, mod_beside_f32(a, b))
REMAINDER(IDIV, idiv_beside_f32(a, b))

/* ---- the table; some rows have loops that choose ---- */
#define SECOND(a, b, ...) b
#define CHOSEN(...) SECOND(__VA_ARGS__)
#define CHOICE_OF_SIN(type) ~, some_SIN_##type
#define CHOICE_OF_COS(type) ~, some_COS_##type
#define CHOICE_OF_TAN(type) ~, some_TAN_##type
#define CHOICE_OF_MOD(type) CHOICE_OF_MOD_##type
#define CHOICE_OF_MOD_f32 ~, some_MOD_f32
#define CHOICE_OF_IDIV(type) CHOICE_OF_IDIV_##type
#define CHOICE_OF_IDIV_f32 ~, some_IDIV_f32
#define LOOP(ID, type) CHOSEN(CHOICE_OF_##ID(type), ID##_##type, ~)
#undef MAP
#define MAP(ID, signature, kinds, arity, class, ...) [OP_##ID] = ROW_##class(ID),
#define ROW_REAL(ID) \
  { [DTYPE_F32] = LOOP(ID, f32), [DTYPE_F64] = LOOP(ID, f64) }
#define ROW_ARITH(ID) \
  { [DTYPE_I32] = ID##_i32, [DTYPE_F32] = LOOP(ID, f32), [DTYPE_F64] = LOOP(ID, f64) }
#define ROW_KEEP(ID)                                                                              \
  {                                                                                               \
    [DTYPE_BOOL] = ID##_u8, [DTYPE_U8] = ID##_u8, [DTYPE_I32] = ID##_i32, [DTYPE_F32] = ID##_f32, \
    [DTYPE_F64] = ID##_f64                                                                        \
  }
#define ROW_COMPARE ROW_KEEP
#define ROW_SELECT ROW_KEEP
#define ROW_LOGIC(ID) \
  { [DTYPE_BOOL] = ID##_u8 }
#define LEVEL_TEXT(level) #level
#define LEVEL_NAME(level) LEVEL_TEXT(level)

const MapTable JOIN(map_table_, MAP_LEVEL) = {
    .name = LEVEL_NAME(MAP_LEVEL),
    .op =
        {
#include "runtime/ops.def"
        },
    .convert =
        {
            [DTYPE_BOOL] = {convert_u8_u8, convert_u8_u8, convert_u8_i32, convert_u8_bf16,
                            convert_u8_f32, convert_u8_f64},
            [DTYPE_U8] = {convert_u8_bool, convert_u8_u8, convert_u8_i32, convert_u8_bf16,
                          convert_u8_f32, convert_u8_f64},
            [DTYPE_I32] = {convert_i32_bool, convert_i32_u8, convert_i32_i32, convert_i32_bf16,
                           convert_i32_f32, convert_i32_f64},
            [DTYPE_BF16] = {convert_bf16_bool, convert_bf16_u8, convert_bf16_i32, convert_bf16_bf16,
                            convert_bf16_f32, convert_bf16_f64},
            [DTYPE_F32] = {convert_f32_bool, convert_f32_u8, convert_f32_i32, convert_f32_bf16,
                           convert_f32_f32, convert_f32_f64},
            [DTYPE_F64] = {convert_f64_bool, convert_f64_u8, convert_f64_i32, convert_f64_bf16,
                           convert_f64_f32, convert_f64_f64},
        },
#define PAIR_ROW(first, e1, second) \
  [PAIR_FIRST_##first] = {          \
      [DTYPE_F32] = pair_##second##_##first##_f32, [DTYPE_F64] = pair_##second##_##first##_f64},
#define PAIR_ROWS(second, e2) [PAIR_SECOND_##second] = {MAP_PAIR_FIRSTS(PAIR_ROW, second)},
    .pair = {MAP_PAIR_SECONDS(PAIR_ROWS)},
    .twin = {[OP_TANH] = {[DTYPE_F32] = twin_tanh_f32},
             [OP_SIGMOID] = {[DTYPE_F32] = twin_sigmoid_f32},
             [OP_GELU] = {[DTYPE_F32] = twin_gelu_f32, [DTYPE_F64] = twin_gelu_f64}},
    .stream = {[DTYPE_F32] = STREAM_F32},
    .most = {[DTYPE_F32] = most_f32, [DTYPE_F64] = most_f64},
    .limits = {[DTYPE_F32] = limits_f32, [DTYPE_F64] = limits_f64},
};
