/* complete.h — completion of a word at the prompt. */
#ifndef GD_LANG_COMPLETE_H
#define GD_LANG_COMPLETE_H

#include "lang/lang.h"

/* Offers every candidate that begins with `word`; `before` is all the text before it, earlier lines
 * of the statement too.  After a point: fields of the value before it; in the parentheses of a call
 * also its arguments, as `name:`; at the beginning of a line in the braces of train or update its
 * keys; else names and keywords.  Candidates are borrowed until offer returns; one may be offered
 * twice. */
void complete_word(Session *session, const char *before, size_t length, const char *word,
                   void (*offer)(void *context, const char *candidate), void *context);

/* The value of a path such as `net.blocks.0` that ends at `end`, borrowed; KIND_UNSET when there is
 * none.  *start: where the path begins. */
Value complete_value(Session *session, const char *text, size_t end, uint32_t *start);

#endif
