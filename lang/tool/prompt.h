/* prompt.h — the words that only the prompt and notebooks know (prompt.def). */
#ifndef GD_LANG_PROMPT_H
#define GD_LANG_PROMPT_H

#include "lang/tool/complete.h"

/* Is the statement a word of the prompt?  If so, runs it, sets *status to its exit status, and adds
 * its output to `shown`. */
bool prompt_word(Session *session, const char *text, size_t length, Text *shown, int *status);
/* `ans` is this value from now on, unless the script has an `ans` of its own.  Takes value. */
void prompt_answer(Session *session, Value value);

/* offers every word that begins with `word` */
void prompt_complete(const char *word, CompleteOffer *offer, void *context);

#endif
