/* store.h — models and values as files. */
#ifndef GD_LANG_STORE_H
#define GD_LANG_STORE_H

#include "lang/learn/param.h"
#include "runtime/files.h"

/* key of the metadata of a model's file: the default float, if it is not f32 */
#define STORE_PRECISION "gd.precision"

NativeFunction native_save;

/* A path that is argument 1 of a call; raises for anything else. */
const char *store_path(Vm *vm, const CallSite *site, Value value);
/* the name of a part in a file */
const char *store_name(const Part *part);
/* The domain that a param had when gd saved it, as text ("no domain" for none): its tensor in the
 * file is the trained, unconstrained storage.  NULL: the file is not gd's, its tensors are values.
 * Borrows from the metadata. */
const char *store_domain(const PairList *metadata, const char *name);
/* The values that the script saw of such a tensor; a tensor to release.  Raises at the span. */
Tensor store_seen(Vm *vm, Span span, const Tensor *saved, const char *name, const char *domain);

#endif
