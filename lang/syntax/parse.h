/* parse.h — the parser's interface: a text in, a tree or a report out. */
#ifndef GD_LANG_PARSE_H
#define GD_LANG_PARSE_H

#include "lang/syntax/ast.h"
#include "lang/text/report.h"

typedef enum ParseState {
  PARSE_COMPLETE, /* the lines are whole statements */
  /* more lines are needed: an open bracket, block or string, or an operator at the end */
  PARSE_MORE,
  PARSE_WRONG,  /* no further line could complete it */
  PARSE_STOPPED /* the user stopped it before that was known (stop.h) */
} ParseState;

/* The tree of a source: a BLOCK of its statements, in the source's arena.  NULL when there were
 * errors, which are in the report, or when the user stopped it, which adds none.  The report may
 * have warnings in either case. */
Ast *parse_source(Sources *sources, uint32_t file, Names *names, Report *report);

/* The same of these lines alone, of a text that is known to be valid UTF-8. */
Ast *parse_ranges(Sources *sources, uint32_t file, const TextRange *ranges, int count, Names *names,
                  Report *report);

/* For the REPL: can the lines typed so far be run? */
ParseState parse_complete(const char *text, size_t length);

#endif
