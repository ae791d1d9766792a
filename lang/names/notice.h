/* notice.h — marks on the tree for the evaluator, made once the names in it are resolved. */
#ifndef GD_LANG_NOTICE_H
#define GD_LANG_NOTICE_H

#include "lang/names/resolve.h"

/* ASSIGN: a list, dict or string that has no other owner can change in place (ASSIGN_PUSHES,
 * ASSIGN_REMOVES, ASSIGN_CUTS, ASSIGN_GROWS). */
void notice_growth(Ast *assign);
/* CALL, INDEX: numbers that are converted or index something keep their value (EXACT). */
void notice_arguments(Resolver *resolver, Ast *call);
void notice_index(Resolver *resolver, Ast *index);

#endif
