/* rebuild.h — nets as text, and made anew from it: load("net.safetensors"). */
#ifndef GD_LANG_REBUILD_H
#define GD_LANG_REBUILD_H

#include "lang/learn/model.h"

/* under this key of the metadata of a net's file; REBUILD_NOT has why it cannot be made anew */
#define REBUILD_KEY "gd.net"
#define REBUILD_NOT "gd.net.not"

/* Adds how the model was made: false, and the reason instead, where it cannot be told. */
bool rebuild_write(Vm *vm, Value model, Text *text);
/* Returns a new model, its values not loaded yet; raises at the call.  `ends` gets the name of the
 * function that the net ends in, or "". */
Value rebuild_read(Vm *vm, const CallSite *site, const char *text, const char *path, char ends[40]);

#endif
