/* places.h — what the resolver made of a script's names, to be looked at. */
#ifndef GD_LANG_PLACES_H
#define GD_LANG_PLACES_H

#include "lang/syntax/ast.h"
#include "lang/text/source.h"

/* --dump=names: of a resolved body, a line for each function and, below it, for each name in it. */
void places_dump(const Sources *sources, const Ast *body, Text *text);

#endif
