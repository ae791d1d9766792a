/* array.h — array files: IDX, NPY, NPZ.
 *
 * Each reader gives tensors of the dtypes gd has.  Types it lacks are widened where that
 * loses nothing: i8, i16 and u16 become i32; u32, i64 and u64 become i32 where every value fits
 * (else an error that names the first that does not); f16 becomes f32.  Any byte
 * order and, in NPY, Fortran order are read.
 *
 * A file must be exactly as long as it says.  Sizes are checked before anything is allocated.
 * The `_shape` readers look at the head alone and give a tensor without elements; where the dtype
 * depends on values they give the one it would have.
 */
#ifndef GD_RUNTIME_IO_ARRAY_H
#define GD_RUNTIME_IO_ARRAY_H

#include "runtime/io/file.h"
#include "runtime/io/named.h"

/* IDX, the format of the MNIST files (Y. LeCun); gzip is recognized by its first bytes. */
bool idx_read(const Files *files, const char *path, Tensor *tensor, Diag *diag);
bool idx_shape(const Files *files, const char *path, Tensor *tensor, Diag *diag);

/* NPY 1.0 to 3.0 (NumPy enhancement proposal 1).  Object arrays are never read. */
bool npy_read(const Files *files, const char *path, Tensor *tensor, Diag *diag);
bool npy_shape(const Files *files, const char *path, Tensor *tensor, Diag *diag);
bool npy_write(const Files *files, const char *path, const Tensor *tensor, Diag *diag);

/* NPZ: a zip of NPY files; names come without `.npy`, in the order of the archive's directory. */
bool npz_read(const Files *files, const char *path, NamedList *list, Diag *diag);
bool npz_shape(const Files *files, const char *path, NamedList *list, Diag *diag);
/* Names must be unlike each other; the items of the list are stored, not packed. */
bool npz_write(const Files *files, const char *path, const NamedList *list, Diag *diag);

#endif
