/* explain.h — messages for syntax errors. */
#ifndef GD_LANG_EXPLAIN_H
#define GD_LANG_EXPLAIN_H

#include "lang/syntax/node.h"

/* What is known at a syntax error; explain.c makes a message of it. */
enum { CONTEXT_WORDS = 24 };
typedef struct SyntaxContext {
  Token token;          /* the token that does not fit */
  const bool *expected; /* by token kind: would it fit */
  const uint8_t *words; /* kinds of the tokens on the parser's stack, newest first */
  int word_count;
} SyntaxContext;
void explain_syntax(Parser *b, const SyntaxContext *context);
void explain_nesting(Parser *b, Token token);

#endif
