/* places.h — prints the resolver's result for the names of a script. */
#ifndef GD_LANG_PLACES_H
#define GD_LANG_PLACES_H

#include "lang/syntax/ast.h"
#include "lang/text/source.h"

/* --dump=names: a line for each function of a resolved body, and below it one for each of its
 * names. */
void places_dump(const Sources *sources, const Ast *body, Text *text);

#endif
