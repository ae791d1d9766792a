/* difference.h — the difference of two texts, line by line, as `diff -u` shows it. */
#ifndef GD_LANG_DIFFERENCE_H
#define GD_LANG_DIFFERENCE_H

#include "runtime/compute.h"

/* Adds the difference, with the names of both texts; nothing if they are equal. */
void difference_show(Text *out, const char *name, const char *old_text, size_t old_length,
                     const char *new_text, size_t new_length);

#endif
