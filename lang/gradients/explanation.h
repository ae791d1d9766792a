/* explanation.h — an explanation in progress: what explain.c, explain_search.c, explain_record.c
 * and explain_name.c share.
 *
 * explain.c fills in what is asked, the search the arguments, the recording the rest.
 */
#ifndef GD_LANG_EXPLANATION_H
#define GD_LANG_EXPLANATION_H

#include "lang/gradients/formula.h"
#include "lang/gradients/invented.h"
#include "lang/gradients/outside.h"
#include "lang/gradients/point.h"

typedef struct Explain {
  /* what is asked */
  Vm *vm;
  const CallSite *site;
  Value f;
  const ClosureObject *written;  /* f, or of which it is the gradient; NULL when that is in C */
  const AstFunction *function;   /* its; NULL likewise */
  int which[INVENTED_ARGUMENTS]; /* arguments that f is differentiated by */
  int which_count;
  bool made_up; /* the arguments are */
  int tries_most;
  Outside outside; /* variables of the script that f reads */

  /* the arguments */
  Value args[INVENTED_ARGUMENTS];
  Shape shapes[INVENTED_ARGUMENTS]; /* of the last invented arguments */
  int count;
  int invented; /* of the arguments that are made up; the others have their defaults */
  bool labels;  /* those not differentiated by are 0 and 1 */

  /* the recording */
  Trace *trace;
  Point *point;                    /* while it is recorded */
  Value given[INVENTED_ARGUMENTS]; /* the arguments as inputs of the recording; owned */
  Formulas *formulas;              /* owned */
  Text text;                       /* owned */
  bool recorded;                   /* f could be recorded */
  bool decided;                    /* f looked at a value that is an input of the recording */
  bool flat;                       /* every formula is a number */
  bool wrong;                      /* a formula has another value than the gradient */
} Explain;

/* Is f differentiated by this argument? */
static inline bool explanation_moves(const Explain *explain, int argument) {
  for (int k = 0; k < explain->which_count; k++)
    if (explain->which[k] == argument) return true;
  return false;
}

#endif
