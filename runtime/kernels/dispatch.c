/* dispatch.c — chooses the loop of an operation: by instruction set, dtype and, for two operations
 * in one loop, the pair.
 *
 * loops.c is compiled once for each instruction set.  The table of the best one that this processor
 * has is chosen on first use; GD_ISA (base/isa.h) and tests may choose a lesser one.
 */
#include "runtime/kernels/dispatch.h"
#include "runtime/base/isa.h"
#include "runtime/kernels/loops.h"
#include "runtime/opcodes.h"

#include <string.h>

/* ---- the instruction set ---- */

static const MapTable *chosen;

static const MapTable *best_table(void) {
#if defined(__x86_64__)
  Isa best = isa_level();
  if (best == ISA_AVX512) return &map_table_avx512;
  if (best == ISA_AVX2) return &map_table_avx2;
#endif
  return &map_table_base;
}

const MapTable *dispatch_table(void) {
  if (UNLIKELY(!chosen)) chosen = best_table();
  return chosen;
}

bool dispatch_choose(const char *name) {
  const MapTable *best = best_table(), *wanted = NULL;
  if (strcmp(name, "base") == 0) wanted = &map_table_base;
#if defined(__x86_64__)
  if (strcmp(name, "avx2") == 0 && best != &map_table_base) wanted = &map_table_avx2;
  if (strcmp(name, "avx512") == 0 && best == &map_table_avx512) wanted = best;
#endif
  (void)best;
  if (wanted) chosen = wanted;
  return wanted != NULL;
}

/* ---- a loop ---- */

MapLoop *dispatch_loop(const MapWork *work) {
  const MapTable *table = dispatch_table();
  if (work->op == OP_CAST || work->op == OP_EXPAND)
    return table->convert[work->inputs[0]][work->output];
  return table->op[work->op][work->op == OP_WHERE || work->op == OP_REQUIRE ? work->inputs[1]
                                                                            : work->inputs[0]];
}

static int pair_first(Op op) {
  switch (op) {
#define FIRST(name, ...) \
  case OP_##name: return PAIR_FIRST_##name;
    MAP_PAIR_FIRSTS(FIRST, )
#undef FIRST
    case OP_SQUARE: return PAIR_FIRST_MUL; /* of the operand given twice */
    default: return -1;
  }
}

static int pair_second(Op op, bool behind) {
  switch (op) {
    case OP_ADD: return PAIR_SECOND_ADD;
    case OP_MUL: return PAIR_SECOND_MUL;
    case OP_SUB: return behind ? PAIR_SECOND_FROM : PAIR_SECOND_SUB;
    case OP_DIV: return behind ? PAIR_SECOND_INTO : PAIR_SECOND_DIV;
    case OP_CHAIN: return behind ? PAIR_SECOND_CHAINED : PAIR_SECOND_CHAIN;
    default: return -1;
  }
}

MapLoop *dispatch_pair(Op first, Op second, bool behind, Dtype dtype) {
  int inner = pair_first(first), outer = pair_second(second, behind);
  return inner < 0 || outer < 0 ? NULL : dispatch_table()->pair[outer][inner][dtype];
}

bool dispatch_has_twin(Op function) {
  return function == OP_TANH || function == OP_SIGMOID || function == OP_GELU;
}

MapLoop *dispatch_twin(Op function, Op slope, Dtype dtype) {
  bool belong = (function == OP_TANH && slope == OP_TANH_SLOPE) ||
                (function == OP_SIGMOID && slope == OP_SIGMOID_SLOPE) ||
                (function == OP_GELU && slope == OP_GELU_SLOPE);
  return belong ? dispatch_table()->twin[function][dtype] : NULL;
}

MapLoop *dispatch_stream(Dtype dtype) { return dispatch_table()->stream[dtype]; }
MapLoop *dispatch_most(Dtype dtype) { return dispatch_table()->most[dtype]; }
MapLoop *dispatch_limits(Dtype dtype) { return dispatch_table()->limits[dtype]; }
