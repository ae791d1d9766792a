/* rules.h — what an optimizer's declaration says of its hyperparameters. */
#ifndef GD_LANG_RULES_H
#define GD_LANG_RULES_H

#include "lang/machine/value.h"

/* A statement of an optimizer's body that says what hyperparameters may be, or a `let` that such a one needs (rules.c). */
typedef struct Rule {
  const Ast *statement;
  uint64_t reads;          /* the parameters it depends on: rule_bit of each */
  bool asks;               /* false: the `let` */
} Rule;
uint64_t rule_bit(int parameter);
void rules_find(ClosureObject *optimizer); /* of a declaration, once; into its module's arena */

#endif
