/* rebuild.h — nets as text, and nets rebuilt from that text: load("net.safetensors"). */
#ifndef GD_LANG_REBUILD_H
#define GD_LANG_REBUILD_H

#include "lang/models/model.h"

/* keys of the metadata of a net's file: its text, or the reason why it cannot be rebuilt */
#define REBUILD_KEY "gd.net"
#define REBUILD_NOT "gd.net.not"

/* Adds the call that made the model; false, with the reason instead, if it cannot be written.
 * `own` is set to a name in it that only a script which declares it can look up, or to NULL. */
bool rebuild_write(Vm *vm, Value model, Text *text, const char **own);
/* Returns a new model, its values not loaded yet; raises at the call. */
Value rebuild_read(Vm *vm, const CallSite *site, const char *text, const char *path);

#endif
