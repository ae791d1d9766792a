/* safetensors.h — named tensors in the format of Hugging Face's safetensors.
 *
 * Eight bytes of length, a JSON header, then the elements
 * (https://github.com/huggingface/safetensors, "Format").  Read are F32 F64 I32 U8 BOOL, and by
 * conversion F16 BF16 (to f32), I8 I16 U16 and, where every value fits i32, U32 I64 U64.  Written
 * are the five types gd has.
 *
 * The header is held to the format's own rules: no two tensors of one name, the elements
 * cover the rest of the file without overlap or hole, `__metadata__` maps text to text.
 */
#ifndef GD_RUNTIME_IO_SAFETENSORS_H
#define GD_RUNTIME_IO_SAFETENSORS_H

#include "runtime/io/file.h"
#include "runtime/io/named.h"

enum { SAFETENSORS_HEADER_MOST = 100000000, SAFETENSORS_DEPTH_MOST = 64 };
enum { SAFETENSORS_HEADER = 8 }; /* the byte at which the header with the metadata begins */

typedef struct Pair {
  char *key, *value; /* owned */
} Pair;

typedef struct PairList {
  Pair *items; /* owned */
  int64_t count;
} PairList;

void pair_add(PairList *list, const char *key, const char *value);
const char *pair_find(const PairList *list, const char *key); /* borrows; NULL if it is not there */
void pair_free(PairList *list);

/* A file whose header has been read and checked; each tensor is read when it is asked for, so that
 * one that cannot be read hurts only those who want it. */
typedef struct Safetensors Safetensors;
/* `path` must stay; `metadata` may be NULL.  Returns NULL when it failed. */
Safetensors *safetensors_open(const Files *files, const char *path, PairList *metadata, Diag *diag);
void safetensors_close(Safetensors *file); /* may be NULL */
int64_t safetensors_count(const Safetensors *file);
/* Tensors are numbered in the order of their elements in the file. */
const char *safetensors_name(const Safetensors *file, int64_t i); /* borrowed until it is closed */
const Shape *safetensors_shape(const Safetensors *file, int64_t i);
bool safetensors_take(Safetensors *file, int64_t i, Tensor *tensor, Diag *diag);

/* All of a file.  Returns new lists, tensors in the order of their elements in the file; one of the
 * two may be NULL, without `list` no element is read. */
bool safetensors_read(const Files *files, const char *path, NamedList *list, PairList *metadata,
                      Diag *diag);
/* Names must be unlike each other, valid UTF-8, and not `__metadata__`.  `metadata` may be NULL. */
bool safetensors_write(const Files *files, const char *path, const NamedList *list,
                       const PairList *metadata, Diag *diag);

#endif
