/* packing.h — lists in brackets, whose plain numbers are packed while they are read. */
#ifndef GD_LANG_SYNTAX_PACKING_H
#define GD_LANG_SYNTAX_PACKING_H

#include "lang/syntax/node.h"

AstList *bracket_start(Parser *b, Ast *item);
AstList *bracket_add(Parser *b, AstList *list, Ast *item);
/* the NUMBERS node of a list that is still packed */
Ast *bracket_close(Parser *b, Token open, AstList *list, Token close);

#endif
