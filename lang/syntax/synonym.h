/* synonym.h — other tools' names for what the language has. */
#ifndef GD_LANG_SYNONYM_H
#define GD_LANG_SYNONYM_H

#include "runtime/compute.h"

/* is `word` another tool's name for `ours`? */
bool synonym_is(const char *word, const char *ours);

#endif
