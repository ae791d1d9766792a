/* store.h — models and values as files. */
#ifndef GD_LANG_STORE_H
#define GD_LANG_STORE_H

#include "lang/models/param.h"
#include "runtime/files.h"

/* key of the metadata of a model's file: the default float, if it is not f32 */
#define STORE_PRECISION "gd.precision"

NativeFunction native_save;

/* A path that is argument 1 of a call; raises for anything else. */
const char *store_path(Vm *vm, const CallSite *site, Value value);
/* the name of a part in a file */
const char *store_name(const Part *part);

#endif
