/* complete.h — what a word begun at the prompt may become. */
#ifndef GD_LANG_COMPLETE_H
#define GD_LANG_COMPLETE_H

#include "lang/lang.h"

/* Offers every candidate that begins with `word`: `before` is all that was typed before it, earlier lines of the statement too.
 * After a point: fields of the value there; in the parentheses of a call also its arguments, as `name:`; at the beginning of
 * a line in the braces of train, update or race its keys; else names and words.  Candidates are borrowed until offer returns; one
 * may come twice. */
void complete_word(Session *session, const char *before, size_t length, const char *word, void (*offer)(void *context, const char *candidate), void *context);

#endif
