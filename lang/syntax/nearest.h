/* nearest.h — "did you mean": offer every candidate, then read `best` (NULL when none is near). */
#ifndef GD_LANG_NEAREST_H
#define GD_LANG_NEAREST_H

#include "lang/text/report.h"

typedef enum NearestHow {                   /* the first kinds are preferred */
                          NEAREST_LOOK,     /* it looks the same: µ (U+00B5) and μ (U+03BC) */
                          NEAREST_CASE,     /* only case or `_` differ: Y and y */
                          NEAREST_SYNONYM,  /* another tool's word: clip and clamp */
                          NEAREST_SPELLING, /* a misspelling, small for its length */
                          NEAREST_NONE
} NearestHow;

typedef struct Nearest {
  const char *name; /* what was written; borrowed */
  const char *best; /* borrowed; NULL while nothing is near; of equals the first offered */
  NearestHow how;
  int letters;      /* an edit for so many of them may be wrong: 4, and 3 among few candidates */
  bool has_synonym; /* `name` is another tool's word: only then is that table searched for each */
  int distance; /* of best: edits, for NEAREST_SPELLING; else does the first letter's case differ */
} Nearest;

Nearest nearest_to(const char *name);
/* Among the few names of one file, where a wrong suggestion is less likely. */
Nearest nearest_among_few(const char *name);
void nearest_offer(Nearest *nearest, const char *candidate);
/* Adds the suggestion to the label ("did you mean `best:`?"; `mark` is ":" or ""), and to the help
 * the difference if that is hard to see.  False when nothing is near. */
bool nearest_tell(const Nearest *nearest, const char *mark, Diag *diag);
/* What to write, where `best` is gd's word but would be wrong in the place of the name; or NULL. */
const char *nearest_advice(const Nearest *nearest);

#endif
