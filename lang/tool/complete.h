/* complete.h — completion of a word at the prompt. */
#ifndef GD_LANG_COMPLETE_H
#define GD_LANG_COMPLETE_H

#include "lang/lang.h"

/* One candidate, borrowed until it returns.  detail: shown beside it in lists, such as "0.001" for
 * an argument's default; or "". */
typedef void CompleteOffer(void *context, const char *candidate, const char *detail);

/* Offers every candidate that begins with `word`; `before` is all the text before it, earlier lines
 * of the statement too.  In a string: names of files.  After a point: fields of the value before
 * it; in the parentheses of a call also its arguments, as `name:`; at the beginning of a line in
 * the braces of train or update its keys, and after a key what its page says it may be; else names
 * and keywords, these too where a word has begun.  One candidate may be offered twice. */
void complete_word(Session *session, const char *before, size_t length, const char *word,
                   CompleteOffer *offer, void *context);

/* The position after the opening quote of a string that is open at the end of a text; -1: none. */
long complete_string(const char *text, size_t length);

/* The value of a path such as `net.blocks.0` that ends at `end`, borrowed; KIND_UNSET when there is
 * none.  *start: where the path begins. */
Value complete_value(Session *session, const char *text, size_t end, uint32_t *start);

#endif
