/* mapped.h — files of elements as tensors that are not read: the system brings pages in when they
 * are used, and may drop them again.
 *
 * A mapped tensor costs no memory of the budget.  It is private: what is written to it is not
 * written to the file.  In return the file must stay as it is.  A file that is truncated while the
 * program runs would end it with SIGBUS.  The handler of that signal (the command has one; a
 * library does not, and then nothing is mapped) calls mapped_zero_fill, which replaces the lost
 * pages by zeroes.  The program then raises the error of mapped_lost before anything computed from
 * them is kept.
 */
#ifndef GD_RUNTIME_IO_MAPPED_H
#define GD_RUNTIME_IO_MAPPED_H

#include "runtime/io/file.h"
#include "runtime/tensor/tensor.h"

/* From now on large files are mapped: SIGBUS is handled.  Once a process. */
void mapped_enable(void);
/* Would elements of so many bytes be mapped? */
bool mapped_wanted(size_t bytes);
/* Makes the tensor, whose dtype and shape are set, of the opened file from byte `start` on.  False
 * without a Diag where it cannot be: it is read then. */
bool mapped_make(const FileParts *parts, size_t start, Tensor *tensor);

/* In a handler of SIGBUS: was it a place of a mapped file?  Then there are zeroes now. */
bool mapped_zero_fill(void *address);
/* Was a mapped file that is still in use cut?  Fills the diag, 74, and says true. */
bool mapped_lost(Diag *diag);
/* Is the file of this tensor as it was when it was mapped?  Else 74.  True of other tensors. */
bool mapped_unchanged(const Tensor *tensor, Diag *diag);

static inline bool mapped_is(const Tensor *tensor) {
  return tensor->buffer && tensor->buffer->give != NULL;
}
/* Asks the system for some bytes of a mapped tensor that are needed soon. */
void mapped_prefetch(const Tensor *tensor, size_t offset, size_t length);

/* A file as bytes, mapped where that is allowed and it is large, else read. */
typedef struct MappedBytes {
  Bytes bytes;   /* with at least one NUL behind */
  Tensor tensor; /* has them where they are mapped; else bytes is owned */
} MappedBytes;

bool mapped_bytes(const Files *files, const char *path, MappedBytes *mapped, Diag *diag);
void mapped_bytes_free(MappedBytes *mapped);

#endif
