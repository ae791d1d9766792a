/* lexer.h — bytes to tokens, one at a time.
 *
 * A Token (token.h) is a kind and a range of bytes; the constructors compute its meaning (the
 * value of a number, the text of a string) from those bytes.  Besides its position the lexer
 * keeps only the open brackets, which decide whether a newline counts, and one token of lookahead.
 * The rules are in lexer.re.
 */
#ifndef GD_LANG_LEXER_H
#define GD_LANG_LEXER_H

#include "lang/syntax/token.h"
#include "lang/text/report.h"

#ifdef GD_HARSH
enum { NESTING_LIMIT = 40 };
#else
enum { NESTING_LIMIT = 200 }; /* levels of brackets, blocks and operators inside each other */
#endif
enum {
  TOKEN_LIMIT = 65536,           /* bytes of one token */
  OPEN_LIMIT = 4 * NESTING_LIMIT /* brackets the lexer remembers; the parser refuses earlier */
};

/* An open bracket. */
typedef struct Open {
  uint8_t kind;     /* TOKEN_LP, TOKEN_LB, TOKEN_LBRACE, or TOKEN_HEAD: an interpolation */
  bool long_string; /* the interpolation is in a string of three quotes */
  uint32_t at;      /* position of the bracket, or of the string's opening quote */
  uint32_t brace;   /* of an interpolation: position of its `{` */
} Open;

typedef struct Lexer {
  const char *text;        /* the source's, borrowed; ends with a NUL */
  uint32_t length;         /* bytes of text, or up to the end of the range that is read */
  const TextRange *ranges; /* those to be read after it, ascending; borrowed */
  int range_count;
  uint32_t file;   /* number of the source */
  uint32_t at;     /* the next byte */
  bool fresh;      /* only blanks and comments on this line so far */
  bool overflowed; /* more than OPEN_LIMIT brackets: from here on every token is END */
  bool open_text;  /* the text ended inside a string of three quotes */
  /* end of the last error reported: a syntax error before it would only repeat it */
  uint32_t reported;
  Open unclosed;      /* the bracket that a `}` found open inside its block; kind 0: none */
  Token last;         /* the last token returned */
  Token ahead;        /* the lookahead; kind TOKEN_NL: none */
  int depth;          /* open brackets */
  int interpolations; /* TOKEN_HEADs among them */
  Open open[OPEN_LIMIT];
  Report *report; /* borrowed: where errors go */
} Lexer;

void lexer_start(Lexer *lexer, const Source *source, uint32_t file, Report *report);
/* Reads only these lines, as if there were nothing between them; at least one range. */
void lexer_ranges(Lexer *lexer, const TextRange *ranges, int count);
Token lexer_next(Lexer *lexer); /* at the end TOKEN_END, again and again */
/* After an error: drops every bracket above the first `depth`, so that newlines count there again;
 * the next token is `again`. */
void lexer_unwind(Lexer *lexer, int depth, Token again);

void lexer_dump(Sources *sources, uint32_t file, Text *text); /* --dump=tokens: one a line */

#endif
