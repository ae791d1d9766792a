/* slip.h — what to write instead, at a syntax error. */
#ifndef GD_LANG_SLIP_H
#define GD_LANG_SLIP_H

#include "lang/syntax/explain.h"

/* NULL: nothing is known of it */
const char *slip_help(const Parser *b, const SyntaxContext *context);

/* is a line of a train block expected: a clause, `update`, or the end? */
bool slip_clause(const bool *expected);
/* does the token kind open a bracket, or an expression in a string? */
bool slip_opener(int kind);
/* what stands behind the word with which the line of the token begins; NULL: another word */
const char *slip_line(const Parser *b, Token token, const char *word);

#endif
