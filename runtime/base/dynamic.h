/* dynamic.h — optional libraries, loaded when first needed; gd runs without them. */
#ifndef GD_RUNTIME_BASE_DYNAMIC_H
#define GD_RUNTIME_BASE_DYNAMIC_H

#include "runtime/base/base.h"

/* The first of these files that can be loaded; NULL when none can. */
void *dynamic_open(const char *const *files, int count);
/* Puts the address of the function `prefix` `name` where `into`, a pointer to a function, lies;
 * false when the library has no such function, or was not opened. */
bool dynamic_find(void *handle, const char *prefix, const char *name, void *into);

#endif
