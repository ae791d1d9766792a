/* build_expression.h — constructors of expressions other than strings. */
#ifndef GD_LANG_BUILD_EXPRESSION_H
#define GD_LANG_BUILD_EXPRESSION_H

#include "lang/syntax/node.h"

typedef struct Run { /* the part between `train` and its `{` */
  AstList *targets;  /* or NULL */
  Ast *pattern;      /* of `on`, or NULL */
  Ast *data;         /* of `in`, or NULL */
} Run;

Ast *build_number(Parser *b, Token token);
Ast *build_name(Parser *b, Token token);
/* break, continue, true, false, none */
Ast *build_word(Parser *b, Token word);

/* every infix operator, `and`, `in`, `|>` too */
Ast *build_binary(Parser *b, Ast *left, Token op, Ast *right);
Ast *build_unary(Parser *b, Token op, Ast *operand);
Ast *build_range(Parser *b, Ast *first, Token dots, Ast *last, Ast *step);

Ast *build_if(Parser *b, Token word, Ast *condition, Ast *then, Ast *otherwise);
Run *run_on(Parser *b, Ast *pattern, Ast *data);
Run *run_targets(Parser *b, Run *run, AstList *targets); /* run NULL: without `on` */
Ast *build_train(Parser *b, Token word, Run *run, AstList *clauses, Token close);

Ast *build_call(Parser *b, Ast *callee, AstList *args, Token close);
Ast *build_index(Parser *b, Ast *of, AstList *subs, Token close);
Ast *build_field(Parser *b, Ast *of, Token name);
Ast *build_item(Parser *b, Ast *of, Token fraction);
Ast *build_transposed(Parser *b, Ast *of, Token tick);

Ast *build_paren(Parser *b, Token open, AstList *args, Token close);
Ast *build_bracket(Parser *b, Token open, AstList *items, Token close);

#endif
