/* explain_record.h — one attempt at an explanation. */
#ifndef GD_LANG_EXPLAIN_RECORD_H
#define GD_LANG_EXPLAIN_RECORD_H

#include "lang/gradients/explanation.h"

/* Records f at the arguments and writes the formulas of its gradient to explain->text.  False:
 * *diag says why not; `recorded`, `decided` and `wrong` say how far it got. */
bool explain_record(Explain *explain, Diag *diag);

#endif
