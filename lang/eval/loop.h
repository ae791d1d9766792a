/* loop.h — `while`, `for` and comprehensions. */
#ifndef GD_LANG_LOOP_H
#define GD_LANG_LOOP_H

#include "lang/eval/eval.h"

Runner run_while, run_for, run_comprehension, run_gather;
/* The condition of `if` and `while`: 1, 0, or -1 with *other a flow or an unknown value. */
int run_condition_slow(Vm *vm, Frame *frame, const Ast *ast, Value *other);
static inline int run_condition(Vm *vm, Frame *frame, const Ast *ast, Value *other) {
  bool truth;
  return LIKELY(quick_comparison(frame, ast, &truth)) ? truth
                                                      : run_condition_slow(vm, frame, ast, other);
}
/* The ends and step of a RANGE; false when a part is a flow or unknown, which is then *instead. */
bool range_parts(Vm *vm, Frame *frame, const Ast *ast, RangeObject *range, Value *instead);

#endif
