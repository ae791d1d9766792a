/* explain_search.h — arguments for a function that is explained without any. */
#ifndef GD_LANG_EXPLAIN_SEARCH_H
#define GD_LANG_EXPLAIN_SEARCH_H

#include "lang/gradients/explanation.h"

/* Tries shapes until f can be explained: then explain->text is written, and explain->shapes are
 * those of the `invented` arguments.  False: *diag says why the first ones were refused. */
bool explain_search_shapes(Explain *explain, Diag *diag);
/* Gives the invented arguments, and no others, the values with which that was found, until they are
 * forgotten. */
void explain_search_fill(Explain *explain);
void explain_search_forget(Explain *explain);

#endif
