/* named.h — a list of named tensors: what NPZ, safetensors and checkpoints hold.
 *
 * Order is kept.  Names are any text without NUL; a list does not mind two of one name
 * (the readers do).
 */
#ifndef GD_RUNTIME_IO_NAMED_H
#define GD_RUNTIME_IO_NAMED_H

#include "runtime/base/lookup.h"
#include "runtime/tensor/tensor.h"

typedef struct Named {
  char *name;    /* owned */
  Tensor tensor; /* held */
} Named;

typedef struct NamedList {
  Named *items; /* owned */
  int64_t count;
  int64_t capacity;
  Lookup places; /* by name */
} NamedList;

/* takes the tensor's hold */
void named_add(NamedList *list, const char *name, size_t length, Tensor tensor);
/* borrows; the first of that name, or NULL */
const Named *named_find(const NamedList *list, const char *name, size_t length);
void named_free(NamedList *list);

#endif
