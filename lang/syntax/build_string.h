/* build_string.h — constructors of strings and interpolations. */
#ifndef GD_LANG_BUILD_STRING_H
#define GD_LANG_BUILD_STRING_H

#include "lang/syntax/node.h"

Ast *build_string(Parser *b, Token token);
Ast *build_interpolation(Parser *b, Token head, AstList *pieces, Token tail);
AstList *pieces_start(Parser *b, Ast *expr);
AstList *pieces_add(Parser *b, AstList *pieces, Token mid, Ast *expr);

#endif
