/* lookalike.h — different names that look the same. */
#ifndef GD_LANG_LOOKALIKE_H
#define GD_LANG_LOOKALIKE_H

#include "lang/syntax/node.h"

/* Do two different names look the same?  Gives their first letters that differ. */
bool lookalike_same(const char *a, const char *b, uint32_t *of_a, uint32_t *of_b);
/* "micro sign", "Greek", …; "" if it has no name and only the code point is shown */
const char *lookalike_called(uint32_t code);
/* Warns of names that look like others but are not (FAULTS.md, A11). */
void lookalike_check(Parser *b);

#endif
