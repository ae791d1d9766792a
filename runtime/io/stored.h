/* stored.h — the element types that array files hold, and turning them into gd's.
 *
 * Widening loses nothing: whole types narrower than i32 become i32, half floats become f32.  Wider
 * whole types become i32 if every value fits; the first that does not is an error.  A bool
 * byte other than 0 and 1 is an error too: C would read it as it likes.
 */
#ifndef GD_RUNTIME_IO_STORED_H
#define GD_RUNTIME_IO_STORED_H

#include "runtime/io/file.h"
#include "runtime/tensor/tensor.h"

typedef enum Stored {
  STORED_BOOL,
  STORED_U8,
  STORED_I8,
  STORED_U16,
  STORED_I16,
  STORED_U32,
  STORED_I32,
  STORED_U64,
  STORED_I64,
  STORED_F16,
  STORED_BF16,
  STORED_F32,
  STORED_F64,
  STORED_COUNT
} Stored;

size_t stored_bytes(Stored stored);
Dtype stored_dtype(Stored stored);                /* what it becomes */
bool stored_same(Stored stored, bool big_endian); /* are its bytes in a file those in memory? */

/* Converts elements into a tensor that was made with stored_dtype: element i is taken from
 * `source`, in either byte order. `place` is the offset of `source` in the file, for messages. */
bool stored_convert(Stored stored, bool big_endian, const uint8_t *source, int64_t place,
                    const char *path, Tensor *tensor, Diag *diag);

#endif
