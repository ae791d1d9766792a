/* layout.h — the one layout of a text (`gd fmt`), told in lang/syntax/README.md. */
#ifndef GD_LANG_LAYOUT_H
#define GD_LANG_LAYOUT_H

#include "lang/text/source.h"

/* Adds the text of a source, laid out, to `out`.  The source must have been parsed without an
 * error. False, with the byte of the source in *at, if the result would not have the same tokens
 * and comments: a promise of layout.c that is checked each time. */
bool layout_text(const Source *source, Text *out, uint32_t *at);

#endif
