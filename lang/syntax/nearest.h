/* nearest.h — "did you mean": offer every name that would do, then read `best` (NULL when none is near). */
#ifndef GD_LANG_NEAREST_H
#define GD_LANG_NEAREST_H

#include "lang/text/report.h"

typedef enum NearestHow {     /* in this order the one is preferred to the other */
  NEAREST_LOOK,               /* it looks the same: µ (U+00B5) and μ (U+03BC) */
  NEAREST_CASE,               /* only upper and lower case or `_` differ: Y and y */
  NEAREST_SYNONYM,            /* what others call it: clip and clamp */
  NEAREST_SPELLING,           /* a slip of the pen, for its length a small one */
  NEAREST_NONE
} NearestHow;

typedef struct Nearest {
  const char *name;     /* what was written; borrowed */
  const char *best;     /* borrowed; NULL while nothing is near.  Among equals the first offered */
  NearestHow how;
  int distance;         /* of best, when spelling decides */
} Nearest;

Nearest nearest_to(const char *name);
void nearest_offer(Nearest *nearest, const char *candidate);
/* Says so in the label ("did you mean `best:`?", `mark` being ":" or ""), and in the help what the difference is where that is not plain.  False: nothing
 * is near, and nothing is said. */
bool nearest_tell(const Nearest *nearest, const char *mark, Diag *diag);

bool synonym_is(const char *word, const char *ours);   /* synonym.c: does the field call `ours` so? */
/* lookalike.c: do the two look the same without being it?  Then their first letters that differ. */
bool lookalike_same(const char *a, const char *b, uint32_t *of_a, uint32_t *of_b);
const char *lookalike_called(uint32_t code);           /* "micro sign", "Greek", …; "" where the code point alone must do */

#endif
