/* foreign.h — words of other languages and tools, and what to write here. */
#ifndef GD_LANG_FOREIGN_H
#define GD_LANG_FOREIGN_H

#include "runtime/compute.h"

/* What to write instead of a name that exists only in another language (`True`, `null`, `np`); NULL
 * for any other name. */
const char *foreign_name(const char *name);
/* The same for names that are so only where they are called (`c(1, 2)`). */
const char *foreign_call(const char *name);
/* The same for a word at which a syntax error occurs (`def`, `elif`), and for the head of a block
 * without its name (`parameters {`). */
const char *foreign_word(const char *text, size_t length);
const char *foreign_block(const char *text, size_t length);

#endif
