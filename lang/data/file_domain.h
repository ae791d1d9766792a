/* file_domain.h — the domains of params in a safetensors file.
 *
 * A param with a domain is saved as it is trained (unconstrained); the file's metadata has its
 * domain as text under "gd.domain.PATH".
 */
#ifndef GD_LANG_FILE_DOMAIN_H
#define GD_LANG_FILE_DOMAIN_H

#include "lang/machine/kind.h"
#include "runtime/files.h"

enum { FILE_DOMAIN_KEY = 1000 };

/* the key of the param of this name */
void file_domain_key(const char *name, char key[FILE_DOMAIN_KEY]);
/* The domain that a param had when gd saved it, as text ("no domain" for none): its tensor in the
 * file is the trained, unconstrained storage.  NULL: the file is not gd's, its tensors are values.
 * Borrows from the metadata. */
const char *file_domain_of(const PairList *metadata, const char *name);
/* The values that the script saw of such a tensor; a tensor to release.  Raises at the span. */
Tensor file_domain_seen(Vm *vm, Span span, const Tensor *saved, const char *name,
                        const char *domain);

#endif
