/* strange.h — characters that look like those of the language and are others, or cannot be seen. */
#ifndef GD_LANG_STRANGE_H
#define GD_LANG_STRANGE_H

#include "lang/text/report.h"

typedef struct Strange {
  uint32_t code;    /* code point */
  const char *name; /* what it is called */
  const char *mend; /* what to write instead, or NULL: it is invisible */
  int kind;         /* the token that was meant; 0: none */
} Strange;

const Strange *strange_find(uint32_t code); /* NULL: nothing is known of it */

/* Reports the character at `at` (its text), which begins no token; row: what is known of it. */
Diag *strange_report(Report *report, Span where, const char *at, uint32_t code, const Strange *row);
/* From an opening quotation mark of another kind, past the one that closes it. */
const char *strange_past_quote(const char *at);

#endif
