/* rules.h — the restrictions that an optimizer's declaration puts on its hyperparameters. */
#ifndef GD_LANG_RULES_H
#define GD_LANG_RULES_H

#include "lang/machine/vm.h"

/* A statement of an optimizer's body that restricts hyperparameters, or a `let` that such a
 * statement needs (rules.c). */
typedef struct Rule {
  const Ast *statement;
  uint64_t reads; /* the parameters it depends on: rule_bit of each */
  bool asks;      /* false: a `let` */
} Rule;
uint64_t rule_bit(int parameter);
void rules_find(ClosureObject *optimizer); /* once for each declaration; into its module's arena */

/* Runs the rules of an optimizer that depend on a parameter in `asked` (bits; ~0: all) and on none
 * in `hidden`, whose values are unknown.  A rule that does not hold raises; errors inside the
 * library are moved to `at`. */
void rules_ask(Vm *vm, const Span *at, ClosureObject *made_by, const Value *params, uint64_t asked,
               uint64_t hidden);

#endif
