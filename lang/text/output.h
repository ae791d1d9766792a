/* output.h — what the script prints, on its way to standard output. */
#ifndef GD_LANG_OUTPUT_H
#define GD_LANG_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

bool output_add(const char *text, size_t length); /* false with errno: it cannot be written */
void output_settle(void);                          /* flushes: call it before anything slow, and before output that goes elsewhere */

#endif
