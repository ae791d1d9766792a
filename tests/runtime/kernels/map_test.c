/* map_test.c — the elementwise machine: every row on every instruction set, patterns, broadcasts,
 * faults, casts. */
#include "runtime/kernels/loops.h"
#include "runtime/kernels/magnitude.h"
#include "runtime/kernels/map.h"
#include "runtime/kernels/team.h"
#include "runtime/opcodes.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <string.h>

static const struct {
  Op op;
  const char *name;
  int arity;
} ROWS[] = {
#define MAP(ID, signature, kinds, arity, ...) {OP_##ID, #ID, arity},
#define OP(ID, ...)
#define FORM(ID, ...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
};

static uint64_t seed = 9;
static uint64_t draw(uint64_t below) {
  seed = hash_mix(seed + 1, 31);
  return (seed >> 20) % below;
}

/* n elements: ordinary ones, and among them the extraordinary. */
static void fill(Dtype dtype, void *to, int n) {
  static const double odd[] = {0,    -0.0,  1,     -1,   0.5,  HUGE_VAL, -HUGE_VAL, NAN,
                               1e30, -1e30, 1e-30, 88.5, -104, 3,        2};
  for (int i = 0; i < n; i++) {
    double value = draw(5) ? (double)draw(20001) / 2000 - 5 : odd[draw(COUNT_OF(odd))];
    switch (dtype) {
      case DTYPE_BOOL: ((uint8_t *)to)[i] = draw(2) != 0; break;
      case DTYPE_U8: ((uint8_t *)to)[i] = (uint8_t)draw(256); break;
      case DTYPE_I32: ((int32_t *)to)[i] = (int32_t)draw(2001) - 1000; break;
      case DTYPE_BF16: ((uint16_t *)to)[i] = bf16_near(value); break;
      case DTYPE_F32: ((float *)to)[i] = (float)value; break;
      default: ((double *)to)[i] = value;
    }
  }
}

enum { LONG = 1003 };
static double room[3][LONG], out_base[LONG], out_other[LONG];

/* NaN may differ in its payload from one instruction set to another; no other bit may. */
static bool alike(Dtype dtype, const void *a, const void *b, int n, size_t bytes) {
  if (bytes == 4 && dtype == DTYPE_F32) {
    for (int i = 0; i < n; i++) {
      float x = ((const float *)a)[i], y = ((const float *)b)[i];
      if (!(isnan(x) && isnan(y)) && memcmp(&x, &y, 4) != 0) return false;
    }
    return true;
  }
  if (bytes == 8) {
    for (int i = 0; i < n; i++) {
      double x = ((const double *)a)[i], y = ((const double *)b)[i];
      if (!(isnan(x) && isnan(y)) && memcmp(&x, &y, 8) != 0) return false;
    }
    return true;
  }
  return memcmp(a, b, (size_t)n * bytes) == 0;
}

static void compare_level(const MapTable *base, const MapTable *other) {
  for (int r = 0; r < COUNT_OF(ROWS); r++) {
    for (int d = 0; d < DTYPE_COUNT; d++) {
      MapLoop *mine = base->op[ROWS[r].op][d], *theirs = other->op[ROWS[r].op][d];
      cr_assert_eq(mine == NULL, theirs == NULL);
      if (!mine) continue;
      bool compares = ROWS[r].op >= OP_EQ && ROWS[r].op <= OP_GE;
      size_t bytes = compares || ROWS[r].op == OP_ISNAN || ROWS[r].op == OP_ISINF
                         ? 1
                         : dtype_bytes((Dtype)d);
      for (int k = 0; k < 3; k++)
        fill(ROWS[r].op == OP_WHERE && k == 0 ? DTYPE_BOOL : (Dtype)d, room[k], LONG);
      memset(out_base, 7, sizeof out_base), memset(out_other, 7, sizeof out_other);
      int trouble = mine(LONG, room[0], room[1], room[2], out_base),
          other_trouble = theirs(LONG, room[0], room[1], room[2], out_other);
      cr_assert_eq(trouble, other_trouble, "%s", ROWS[r].name);
      cr_assert(alike((Dtype)d, out_base, out_other, LONG, bytes), "%s of %s: %s and %s differ",
                ROWS[r].name, dtype_name((Dtype)d), base->name, other->name);
    }
  }
}

Test(map, every_instruction_set_gives_the_same_bits) {
  cr_assert(dispatch_choose("base"));
  const MapTable *base = dispatch_table();
  if (dispatch_choose("avx2")) compare_level(base, dispatch_table());
  if (dispatch_choose("avx512")) compare_level(base, dispatch_table());
  cr_assert(!dispatch_choose("abacus"));
}

static bool bits_are(float x, uint32_t bits) { return memcmp(&x, &bits, sizeof x) == 0; }

/* second(first(a, b), c), or behind second(c, first(a, b)), by the pair's loop and by the two loops
 * of the table. */
static int compare_pair(Op first, Op second, bool behind, Dtype dtype) {
  static double between[LONG];
  MapLoop *pair = dispatch_pair(first, second, behind, dtype);
  if (!pair) return 0;
  const void *a = room[0], *b = first == OP_SQUARE || first == OP_SQRT ? room[0] : room[1],
             *c = room[2], *left = behind ? c : between, *right = behind ? between : c;
  pair(LONG, a, b, c, out_other);
  dispatch_table()->op[first][dtype](LONG, a, b, NULL, between);
  dispatch_table()->op[second][dtype](LONG, left, right, NULL, out_base);
  cr_assert(alike(dtype, out_base, out_other, LONG, dtype_bytes(dtype)), "%s then %s on %s",
            op_name(first), op_name(second), dispatch_table()->name);
  return 1;
}

/* The copy past the caches: wherever it begins, however long, all arrives, and a NaN or an infinity
 * anywhere is told. */
Test(map, a_stream_copies_and_sees_every_place) {
  MapLoop *stream = dispatch_stream(DTYPE_F32);
  if (!stream) cr_skip_test("this processor's loops have none");
  static float from[200] __attribute__((aligned(64))), to[220] __attribute__((aligned(64)));
  for (int skip = 0; skip < 17; skip++)
    for (int n = 0; n < 100; n++) {
      for (int i = 0; i < 200; i++) from[i] = (float)i;
      memset(to, 0x7f, sizeof to);
      int most = stream(n, from + 3, NULL, NULL, to + skip);
      cr_assert(magnitude_value(most, DTYPE_F32) == (n ? (double)from[n + 2] : 0), "%d from %d", n,
                skip);
      cr_assert(memcmp(to + skip, from + 3, (size_t)n * sizeof(float)) == 0, "%d from %d", n, skip);
      for (int i = 0; i < 220; i++)
        cr_assert((i >= skip && i < skip + n) || bits_are(to[i], 0x7f7f7f7f),
                  "%d written, of %d from %d", i, n, skip);
      for (int bad = 0; bad < n; bad++) {
        from[3 + bad] = bad % 2 ? (float)NAN : -HUGE_VALF;
        cr_assert(!magnitude_finite(stream(n, from + 3, NULL, NULL, to + skip), DTYPE_F32),
                  "%d of %d from %d", bad, n, skip);
        from[3 + bad] = 1;
      }
    }
}

Test(map, a_pair_gives_the_bits_of_two_loops) {
  static const char *const levels[] = {"base", "avx2", "avx512"};
  int compared = 0;
  for (int level = 0; level < COUNT_OF(levels); level++)
    for (int dtype = DTYPE_F32; dispatch_choose(levels[level]) && dtype <= DTYPE_F64; dtype++) {
      for (int k = 0; k < 3; k++) fill((Dtype)dtype, room[k], LONG);
      for (int first = 0; first < OP_COUNT; first++)
        for (int second = 0; second < OP_COUNT; second++)
          for (int behind = 0; behind < 2; behind++)
            compared += compare_pair((Op)first, (Op)second, behind, (Dtype)dtype);
    }
  cr_assert_geq(
      compared, 2 * 7 * 5 * 2,
      "add, sub, mul, div, chain, square and sqrt before five others, each either way round");
}

Test(map, writing_over_an_operand_changes_nothing) {
  const MapTable *table = dispatch_table();
  for (int r = 0; r < COUNT_OF(ROWS); r++) {
    for (int k = 0; k < ROWS[r].arity; k++) {
      MapLoop *loop = table->op[ROWS[r].op][DTYPE_F32];
      if (!loop || ROWS[r].op == OP_WHERE || (ROWS[r].op >= OP_EQ && ROWS[r].op <= OP_GE)) continue;
      for (int j = 0; j < 3; j++) fill(DTYPE_F32, room[j], LONG);
      loop(LONG, room[0], room[1], room[2], out_base);
      loop(LONG, room[0], room[1], room[2], room[k]);
      if (ROWS[r].op == OP_ISNAN || ROWS[r].op == OP_ISINF || ROWS[r].op == OP_ISFINITE)
        cr_assert_eq(memcmp(out_base, room[k], LONG), 0);
      else
        cr_assert(alike(DTYPE_F32, out_base, room[k], LONG, 4), "%s over operand %d", ROWS[r].name,
                  k);
    }
  }
}

/* ---- patterns ---- */

static int64_t source_index(const Shape *from, const Shape *to, int64_t index) {
  int64_t strides[RANK_MOST], at = 0;
  shape_strides(from, strides);
  for (int axis = to->rank - 1; axis >= 0; axis--) {
    int mine = axis - (to->rank - from->rank);
    if (mine >= 0 && from->dim[mine] > 1) at += index % to->dim[axis] * strides[mine];
    index /= to->dim[axis];
  }
  return at;
}

static void draw_shapes(Shape *from, Shape *to) {
  *to = (Shape){.rank = (int)draw(5)};
  for (int axis = 0; axis < to->rank; axis++) to->dim[axis] = draw(4) ? (int64_t)draw(9) + 1 : 1;
  *from = (Shape){.rank = (int)draw((uint64_t)to->rank + 1)};
  for (int axis = 0; axis < from->rank; axis++)
    from->dim[axis] = draw(2) ? to->dim[to->rank - from->rank + axis] : 1;
}

Test(map, patterns_fill_any_piece) {
  static const size_t sizes[] = {1, 4, 8};
  bool seen[5] = {false};
  for (int round = 0; round < 3000; round++) {
    Shape from, to;
    draw_shapes(&from, &to);
    size_t size = sizes[round % 3];
    int64_t total = shape_count(&to), first = (int64_t)draw((uint64_t)total),
            n = 1 + (int64_t)draw((uint64_t)(total - first));
    unsigned char source[8 * 6561], block[8 * 6561];
    for (size_t i = 0; i < (size_t)shape_count(&from) * size; i++)
      source[i] = (unsigned char)draw(256);
    Pattern pattern = pattern_of(&from, &to);
    seen[pattern.kind] = true;
    pattern_fill(&pattern, size, source, first, n, block);
    for (int64_t i = 0; i < n; i++)
      cr_assert_eq(memcmp(block + (size_t)i * size,
                          source + (size_t)source_index(&from, &to, first + i) * size, size),
                   0, "round %d", round);
  }
  for (int kind = 0; kind < 5; kind++) cr_assert(seen[kind], "kind %d was never drawn", kind);
}

/* ---- single operations ---- */

typedef struct One {
  Fault fault;
  View views[3];
  Call call;
} One;

static void call_one(One *one, Op op, int count, Dtype output, const Shape *to, void *result) {
  one->fault = (Fault){0};
  one->call = (Call){.op = op,
                     .input_count = count,
                     .inputs = one->views,
                     .output = {result, output, *to},
                     .fault = &one->fault};
  kernel_of(op)(&one->call);
}

Test(map, broadcasts_of_every_kind_and_size) {
  for (int threads = 1; threads <= 2; threads++) {
    team_start(threads);
    for (int round = 0; round < 60; round++) {
      Shape to = {.rank = 2, .dim = {1 + (int64_t)draw(300), 1 + (int64_t)draw(600)}}, from = to;
      int kind = round % 5;
      if (kind == 1) from = (Shape){.rank = 1, .dim = {to.dim[1]}};
      if (kind == 2) from.dim[1] = 1;
      if (kind == 3) from = (Shape){.rank = 0};
      if (kind == 4) from.dim[0] = 1;
      int64_t total = shape_count(&to);
      float *a = mem_alloc((size_t)total * 4), *b = mem_alloc((size_t)total * 4),
            *c = mem_alloc((size_t)total * 4);
      fill(DTYPE_F32, a, (int)total);
      fill(DTYPE_F32, b, (int)shape_count(&from));
      One one = {.views = {{a, DTYPE_F32, to}, {b, DTYPE_F32, from}}};
      call_one(&one, OP_SUB, 2, DTYPE_F32, &to, c);
      for (int64_t i = 0; i < total; i++) {
        float expected = a[i] - b[source_index(&from, &to, i)];
        cr_assert(expected == c[i] || (isnan(expected) && isnan(c[i])), "round %d element %lld",
                  round, (long long)i);
      }
      mem_free(a), mem_free(b), mem_free(c);
    }
  }
  team_stop();
}

static void check_fault(Op op, int32_t a, int32_t b, const char *message) {
  enum { N = 3000 };
  static int32_t x[N], y[N], z[N];
  Shape shape = {.rank = 1, .dim = {N}};
  for (int i = 0; i < N; i++) x[i] = i, y[i] = 1;
  x[N - 7] = a, y[N - 7] = b;
  One one = {.views = {{x, DTYPE_I32, shape}, {y, DTYPE_I32, shape}}};
  call_one(&one, op, op == OP_NEG || op == OP_ABS || op == OP_SQUARE ? 1 : 2, DTYPE_I32, &shape, z);
  cr_assert_str_eq(one.fault.message, message);
  Shape scalar = {.rank = 0};
  one.views[0] = (View){&a, DTYPE_I32, scalar}, one.views[1] = (View){&b, DTYPE_I32, scalar};
  call_one(&one, op, one.call.input_count, DTYPE_I32, &scalar, z);
  cr_assert_str_eq(one.fault.message, message);
}

Test(map, whole_numbers_that_do_not_fit) {
  check_fault(OP_ADD, INT32_MAX, 1, "2147483647 + 1 does not fit in i32");
  check_fault(OP_SUB, INT32_MIN, 1, "-2147483648 - 1 does not fit in i32");
  check_fault(OP_MUL, 65536, -65536, "65536 * -65536 does not fit in i32");
  check_fault(OP_MOD, 5, 0, "5 % 0: the divisor is 0");
  check_fault(OP_NEG, INT32_MIN, 0, "- of -2147483648 does not fit in i32");
  check_fault(OP_ABS, INT32_MIN, 0, "abs of -2147483648 does not fit in i32");
  check_fault(OP_SQUARE, 50000, 0, "square of 50000 does not fit in i32");
}

Test(map, whole_remainders_take_the_sign_of_the_divisor) {
  int32_t a[] = {7, -7, 7, -7, INT32_MIN, 6}, b[] = {3, 3, -3, -3, -1, 3}, c[6];
  const int32_t expected[] = {1, 2, -2, -1, 0, 0};
  Shape shape = {.rank = 1, .dim = {6}};
  One one = {.views = {{a, DTYPE_I32, shape}, {b, DTYPE_I32, shape}}};
  call_one(&one, OP_MOD, 2, DTYPE_I32, &shape, c);
  cr_assert_eq(one.fault.status, 0);
  cr_assert_eq(memcmp(c, expected, sizeof c), 0);
}

static const char *cast_fault(double value, Dtype to) {
  static One one;
  static double result;
  Shape scalar = {.rank = 0};
  one = (One){.views = {{&value, DTYPE_F64, scalar}}};
  call_one(&one, OP_CAST, 1, to, &scalar, &result);
  return one.fault.status ? one.fault.message : "";
}

Test(map, casts_drop_the_fraction_and_must_fit) {
  cr_assert_str_eq(cast_fault((double)NAN, DTYPE_I32), "NaN has no value in i32");
  cr_assert_str_eq(cast_fault(1e300, DTYPE_I32), "1e300 does not fit in i32");
  cr_assert_str_eq(cast_fault(2147483647.5, DTYPE_I32), "");
  cr_assert_str_eq(cast_fault(2147483648.0, DTYPE_I32), "2147483648 does not fit in i32");
  cr_assert_str_eq(cast_fault(-2147483648.5, DTYPE_I32), "");
  cr_assert_str_eq(cast_fault(-0.5, DTYPE_I32), "");
  cr_assert_str_eq(cast_fault(-0.5, DTYPE_U8), "");
  cr_assert_str_eq(cast_fault(256, DTYPE_U8), "256 does not fit in u8");
  cr_assert_str_eq(cast_fault((double)NAN, DTYPE_BOOL), "");
  float from[] = {1.9f, -1.9f, 0, -0.5f};
  int32_t to[4];
  const int32_t expected[] = {1, -1, 0, 0};
  Shape shape = {.rank = 1, .dim = {4}};
  One one = {.views = {{from, DTYPE_F32, shape}}};
  call_one(&one, OP_CAST, 1, DTYPE_I32, &shape, to);
  cr_assert_eq(memcmp(to, expected, sizeof to), 0);
}

Test(map, finite_sees_every_place) {
  static float x[100];
  static double y[100];
  for (int n = 0; n <= 100; n++)
    for (int i = 0; i < n; i++) {
      x[i] = i % 2 ? HUGE_VALF : (float)NAN, y[i] = i % 2 ? -HUGE_VAL : (double)NAN;
      cr_assert(!magnitude_all_finite(x, DTYPE_F32, n) && !magnitude_all_finite(y, DTYPE_F64, n));
      x[i] = FLT_MAX, y[i] = -DBL_MAX;
      cr_assert(magnitude_all_finite(x, DTYPE_F32, n) && magnitude_all_finite(y, DTYPE_F64, n));
    }
  cr_assert(magnitude_all_finite("\xff\xff\xff\xff", DTYPE_I32, 1));
  enum { MANY = 100000 };
  static float many[MANY];
  for (int i = 0; i < MANY; i += 9973) {
    many[i] = HUGE_VALF;
    cr_assert(!magnitude_all_finite(many, DTYPE_F32, MANY), "%d", i);
    many[i] = 0;
  }
  cr_assert(magnitude_all_finite(many, DTYPE_F32, MANY));
}

/* The greatest magnitude, never less than it (of an f64 at most the lower half of its bits more);
 * the least and the greatest to the bit. */
Test(map, magnitudes_and_limits) {
  enum { MANY = 100003 };
  static float x[MANY];
  static double y[MANY];
  const int64_t counts[] = {1, 2, 15, 16, 17, 1000, MANY};
  for (int c = 0; c < COUNT_OF(counts); c++) {
    int64_t n = counts[c];
    double low = HUGE_VAL, high = -HUGE_VAL, most = 0, a, b;
    for (int64_t i = 0; i < n; i++) {
      y[i] = x[i] = (float)sin((double)(i * i)) * (i % 7 ? 1.0f : 1e-30f) - (n > 1 ? 0.0f : 2.0f);
      low = fmin(low, y[i]), high = fmax(high, y[i]), most = fmax(most, fabs(y[i]));
    }
    cr_assert_eq(magnitude_value(magnitude_of(x, DTYPE_F32, n), DTYPE_F32), most);
    double full = magnitude_value(magnitude_of(y, DTYPE_F64, n), DTYPE_F64);
    cr_assert(full >= most && full <= most * (1 + 1e-6));
    cr_assert(magnitude_limits(x, DTYPE_F32, n, &a, &b) && a == low && b == high);
    cr_assert(magnitude_limits(y, DTYPE_F64, n, &a, &b) && a == low && b == high);
    x[n / 2] = (float)NAN, y[n - 1] = -HUGE_VAL;
    cr_assert(!magnitude_limits(x, DTYPE_F32, n, &a, &b) &&
              !magnitude_limits(y, DTYPE_F64, n, &a, &b));
    x[n / 2] = -(float)NAN, y[n - 1] = 1;
    cr_assert(!magnitude_limits(x, DTYPE_F32, n, &a, &b) &&
              magnitude_limits(y, DTYPE_F64, n, &a, &b));
  }
}
