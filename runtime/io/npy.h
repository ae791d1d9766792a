/* npy.h — shared by npy.c and npz.c: an NPY file that is in memory. */
#ifndef GD_RUNTIME_IO_NPY_H
#define GD_RUNTIME_IO_NPY_H

#include "runtime/io/file.h"
#include "runtime/tensor/tensor.h"

/* `path` is for messages.  `elements` false: the type alone, and only the head need be there. */
bool npy_decode(const uint8_t *data, size_t length, const char *path, bool elements, Tensor *tensor,
                Diag *diag);

/* Do elements stand in a file of `total` bytes, of which `data` is the beginning, as they do in
 * memory, and exactly fill it?  Then their type and where they start. */
enum { NPY_HEAD_MOST = (1 << 16) + 16 };
bool npy_straight(const uint8_t *data, size_t length, uint64_t total, Tensor *type, size_t *start);

/* Adds what stands before the elements of such a tensor. */
void npy_head(Dtype dtype, const Shape *shape, Text *head);

#endif
