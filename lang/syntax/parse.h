/* parse.h — the parser's face: a text in, a tree or a report out. */
#ifndef GD_LANG_PARSE_H
#define GD_LANG_PARSE_H

#include "lang/syntax/ast.h"
#include "lang/text/report.h"

typedef enum ParseState {
  PARSE_COMPLETE,  /* these lines are whole statements */
  PARSE_MORE,      /* more lines are needed: an open bracket, block or string, or an operator at the end */
  PARSE_WRONG      /* no further line would help */
} ParseState;

/* The tree of a source: a BLOCK of its statements, in the source's arena; NULL when there were errors, which the report then
 * holds, or when it was told to stop, which it does not.  Warnings may be there in either case. */
Ast *parse_source(Sources *sources, uint32_t file, Names *names, Report *report);

/* What to write for a name that only another language knows (`True`, `null`, `np`); NULL when it is none of those. */
const char *foreign_name(const char *name);

/* For the REPL: whether the lines typed so far are to be run. */
ParseState parse_complete(const char *text, size_t length);

/* Gives the statements of a text one after the other, each with its lines, as they would be told apart in a file (a line that begins with `else`
 * belongs to the one before; statements parted by `;` stay together), until `take` says no.  `before`: lines before it.  Any bytes will do. */
void parse_statements(const char *text, size_t length, bool (*take)(void *context, const char *statement, size_t length, uint32_t before), void *context);

#endif
