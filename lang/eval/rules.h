/* rules.h — the restrictions that an optimizer's declaration puts on its hyperparameters. */
#ifndef GD_LANG_RULES_H
#define GD_LANG_RULES_H

#include "lang/machine/object.h"

/* A statement of an optimizer's body that restricts hyperparameters, or a `let` that such a
 * statement needs (rules.c). */
typedef struct Rule {
  const Ast *statement;
  uint64_t reads; /* the parameters it depends on: rule_bit of each */
  bool asks;      /* false: a `let` */
} Rule;
uint64_t rule_bit(int parameter);
void rules_find(ClosureObject *optimizer); /* once for each declaration; into its module's arena */

#endif
