/* statements.h — splits a text into statements. */
#ifndef GD_LANG_STATEMENTS_H
#define GD_LANG_STATEMENTS_H

#include "runtime/compute.h"

/* Calls `take` on the statements of a text one after the other, each with its lines, until it
 * returns false.  Statements are separated as in a file: a line that begins with `else` belongs to
 * the one before, and those separated by `;` stay together.  `before`: number of lines before the
 * text.  The text may have any bytes. */
void parse_statements(const char *text, size_t length,
                      bool (*take)(void *context, const char *statement, size_t length,
                                   uint32_t before),
                      void *context);

#endif
