/* parse.h — the parser's interface: a text in, a tree or a report out. */
#ifndef GD_LANG_PARSE_H
#define GD_LANG_PARSE_H

#include "lang/syntax/ast.h"
#include "lang/text/report.h"

typedef enum ParseState {
  PARSE_COMPLETE,  /* the lines are whole statements */
  PARSE_MORE,      /* more lines are needed: an open bracket, block or string, or an operator at the end */
  PARSE_WRONG      /* no further line could complete it */
} ParseState;

/* The tree of a source: a BLOCK of its statements, in the source's arena.  NULL when there were
 * errors, which are in the report, or when the user stopped it, which adds none.  The report may
 * have warnings in either case. */
Ast *parse_source(Sources *sources, uint32_t file, Names *names, Report *report);

/* What to write instead of a name that exists only in another language (`True`, `null`, `np`); NULL
 * for any other name. */
const char *foreign_name(const char *name);

/* For the REPL: can the lines typed so far be run? */
ParseState parse_complete(const char *text, size_t length);

/* Calls `take` on the statements of a text one after the other, each with its lines, until it
 * returns false.  Statements are told apart as in a file: a line that begins with `else` belongs to
 * the one before, and those separated by `;` stay together.  `before`: number of lines before the
 * text.  Any bytes will do. */
void parse_statements(const char *text, size_t length, bool (*take)(void *context, const char *statement, size_t length, uint32_t before), void *context);

#endif
