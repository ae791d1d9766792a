/* build_statement.h — constructors of statements and declarations. */
#ifndef GD_LANG_BUILD_STATEMENT_H
#define GD_LANG_BUILD_STATEMENT_H

#include "lang/syntax/build_part.h"

Ast *build_file(Parser *b, AstList *items);
Ast *build_block(Parser *b, Token open, AstList *items, Token close);

Ast *build_let(Parser *b, Token word, Ast *pattern, Ast *value);
/* param, buffer, state */
Ast *build_member(Parser *b, Token word, Token name, Ast *shape, Ast *value);
Ast *build_assign(Parser *b, Ast *target, Token op, Ast *value); /* `=` and `+=` */

AstFunction *build_head(Parser *b, Token word, Token name, ParamList *params, Ast *result);
AstFunction *build_nameless(Parser *b, Token word, ParamList *params, Ast *result);
Ast *build_declaration(Parser *b, AstFunction *head, Ast *body);
Ast *build_function(Parser *b, AstFunction *head, Ast *body); /* an expression */

Ast *build_for(Parser *b, Token word, Ast *pattern, Ast *over, Ast *body);
Ast *build_while(Parser *b, Token word, Ast *condition, Ast *body);
Ast *build_return(Parser *b, Token word, Ast *value);
Ast *build_import(Parser *b, Token word, Token path);
Ast *build_test(Parser *b, Token word, Token title, Ast *body);

#endif
