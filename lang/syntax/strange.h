/* strange.h — characters that only look like those of the language, or are invisible. */
#ifndef GD_LANG_STRANGE_H
#define GD_LANG_STRANGE_H

#include "lang/text/report.h"

typedef struct Strange {
  uint32_t code;    /* code point */
  const char *name; /* its name */
  const char *mend; /* what to write instead, or NULL: it is invisible */
  int kind;         /* the token that was meant; 0: none */
} Strange;

const Strange *strange_find(uint32_t code); /* NULL: no row */

/* Reports the character at `at` (its text), which begins no token; row: its row, or NULL. */
Diag *strange_report(Report *report, Span where, const char *at, uint32_t code, const Strange *row);
/* From a foreign opening quotation mark: the position after the one that closes it. */
const char *strange_past_quote(const char *at);

#endif
