/* synonym.h — other tools' names for things of the language. */
#ifndef GD_LANG_SYNONYM_H
#define GD_LANG_SYNONYM_H

#include "runtime/compute.h"

/* Is `word` another tool's name for anything? */
bool synonym_known(const char *word);
/* Is `word` another tool's name for `ours`? */
bool synonym_is(const char *word, const char *ours);
/* What to write for it, where `ours` in the word's place would be wrong; else NULL. */
const char *synonym_advice(const char *word, const char *ours);

#endif
