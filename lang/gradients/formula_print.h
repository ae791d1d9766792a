/* formula_print.h — formulas as text. */
#ifndef GD_LANG_FORMULA_PRINT_H
#define GD_LANG_FORMULA_PRINT_H

#include "lang/gradients/formula.h"

/* Gives long parts that occur often in these formulas names of their own (h1, h2).  The first
 * function returns how many, the second each of them. */
int formula_print_share(Formulas *formulas, const Formula *const *all, int count);
const Formula *formula_print_shared(Formulas *formulas, int index, const char **name);
/* Of a constant that has a name made for it and stands in what was counted by _share: that name and
 * what it is; false where the formula is no such. */
bool formula_print_constant(const Formulas *formulas, const Formula *formula, Text *text);
void formula_print(Formulas *formulas, const Formula *formula, Text *text);

#endif
