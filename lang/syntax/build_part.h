/* build_part.h — constructors of parameters, patterns, shapes, clauses, arguments, subscripts. */
#ifndef GD_LANG_BUILD_PART_H
#define GD_LANG_BUILD_PART_H

#include "lang/syntax/node.h"

typedef struct ParamList {
  AstParam *items; /* in the arena */
  int count;
  int capacity;
  uint32_t end; /* one past the closing parenthesis */
} ParamList;

ParamList *params_start(Parser *b, AstParam *param);
ParamList *params_add(Parser *b, ParamList *params, AstParam *param);
/* params NULL: there are none */
ParamList *params_end(Parser *b, ParamList *params, Token close);
AstParam *build_param(Parser *b, Token name, Ast *shape, Ast *fallback);
AstParam *build_rest(Parser *b, Token name);

Ast *build_pattern_name(Parser *b, Token name);
Ast *build_pattern(Parser *b, Token open, AstList *items, Token close);
/* start: a name, or `[`; end: the same name, or `]` */
Ast *build_shape(Parser *b, Token start, AstList *dims, Token end);
void build_no_domain(Parser *b, const Ast *shape); /* reports one with numbers */
Ast *build_domain(Parser *b, Token name, AstList *args, Token close);
Ast *build_dimension(Parser *b, Ast *expr);
Ast *build_any_axes(Parser *b, Token dots);

Ast *build_clause(Parser *b, Token key, Ast *value);
Ast *build_update_clause(Parser *b, Ast *update);

Ast *build_argument(Parser *b, Ast *value);
Ast *build_spread(Parser *b, Ast *value, Token dots);
Ast *build_named(Parser *b, Token name, Ast *value);
Ast *build_subscript(Parser *b, Ast *expr);
Ast *build_slice(Parser *b, Token colon, Ast *start, Ast *stop);
Ast *build_stride(Parser *b, Ast *slice, Token colon, Ast *step); /* gives slice its step */

#endif
