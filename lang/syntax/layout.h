/* layout.h — the one layout of a text (`gd fmt`); its rules are in lang/syntax/README.md. */
#ifndef GD_LANG_LAYOUT_H
#define GD_LANG_LAYOUT_H

#include "lang/text/source.h"

/* Adds the text of a source, laid out, to `out`.  The source must have been parsed without an
 * error.  False, with the byte of the source in *at, if the result would not have the same tokens
 * and comments; this is checked each time, and never happens unless layout.c has a bug. */
bool layout_text(const Source *source, Text *out, uint32_t *at);

#endif
