/* completion.h — what shells need to complete gd's words: `gd doc --completion bash`. */
#ifndef GD_LANG_COMPLETION_H
#define GD_LANG_COMPLETION_H

#include "lang/lang.h"

int completion_write(Session *session, const char *shell, Text *out);

#endif
