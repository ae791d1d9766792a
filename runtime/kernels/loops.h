/* loops.h — the tables of loops that loops.c makes, one for each instruction set: for dispatch.c,
 * which chooses one, and single.c. */
#ifndef GD_RUNTIME_KERNELS_LOOPS_H
#define GD_RUNTIME_KERNELS_LOOPS_H

#include "runtime/kernels/dispatch.h"
#include "runtime/opcodes.h"

/* Two operations in one loop: v is what the first gives, c the other operand of the second.
 * Nothing is left out and nothing fused in the rounding, so the bits are those of two loops.  (ROOT
 * is the square root of either type: loops.c.) */
/* clang-format off */
#define MAP_PAIR_FIRSTS(X, ...)                                                                    \
  X(ADD, a + b, __VA_ARGS__) X(SUB, a - b, __VA_ARGS__) X(MUL, a * b, __VA_ARGS__)                 \
  X(DIV, a / b, __VA_ARGS__) X(CHAIN, a == 0 ? a : a * b, __VA_ARGS__) X(SQRT, ROOT(a), __VA_ARGS__)
#define MAP_PAIR_SECONDS(X)                                                                        \
  X(ADD, v + c) X(SUB, v - c) X(MUL, v * c) X(DIV, v / c) X(CHAIN, v == 0 ? v : v * c)             \
  X(FROM, c - v) X(INTO, c / v) X(CHAINED, c == 0 ? c : c * v)
/* clang-format on */
#define MAP_PAIR_NAME(name, ...) PAIR_SECOND_##name,
typedef enum PairSecond { MAP_PAIR_SECONDS(MAP_PAIR_NAME) PAIR_SECOND_COUNT } PairSecond;
#undef MAP_PAIR_NAME
#define MAP_PAIR_NAME(name, ...) PAIR_FIRST_##name,
typedef enum PairFirst { MAP_PAIR_FIRSTS(MAP_PAIR_NAME, ) PAIR_FIRST_COUNT } PairFirst;
#undef MAP_PAIR_NAME

/* One instruction set's loops. */
typedef struct MapTable {
  const char *name;
  /* by the dtype of the inputs (SELECT: of the last two) */
  MapLoop *op[OP_COUNT][DTYPE_COUNT];
  MapLoop *convert[DTYPE_COUNT][DTYPE_COUNT];                      /* from, to; the same: copies */
  MapLoop *pair[PAIR_SECOND_COUNT][PAIR_FIRST_COUNT][DTYPE_COUNT]; /* of a, b and c */
  /* a function, to `out`, and its slope, to `c`, which is written for once; NULL: there is none */
  MapLoop *twin[OP_COUNT][DTYPE_COUNT];
  /* like most, and copies `a` to `out`, past the caches; NULL where the set has no such store */
  MapLoop *stream[DTYPE_COUNT];
  /* of `a` alone: the greatest magnitude (magnitude_value); NULL for whole dtypes */
  MapLoop *most[DTYPE_COUNT];
  /* of `a` alone: widens the two ordered keys at `out` (magnitude_limits); NULL for whole dtypes */
  MapLoop *limits[DTYPE_COUNT];
} MapTable;

extern const MapTable map_table_base;
#if defined(__x86_64__)
extern const MapTable map_table_avx2, map_table_avx512;
#endif

#endif
