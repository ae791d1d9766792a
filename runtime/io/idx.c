/* idx.c — the IDX format of the MNIST files.
 *
 * Two zero bytes, a type, the number of axes, each size as four bytes, most significant
 * first, then the elements in row-major order (http://yann.lecun.com/exdb/mnist/, "The IDX
 * file format").  The file must end where the elements do.
 */
#include "runtime/io/array.h"
#include "runtime/io/mapped.h"
#include "runtime/io/stored.h"

#include <string.h>

/* What the head says. */
typedef struct Head {
  Stored stored;
  Shape shape;
  size_t start; /* of the elements */
} Head;

static bool idx_type(uint8_t byte, Stored *stored) {
  static const struct {
    uint8_t byte;
    Stored stored;
  } types[] = {{0x08, STORED_U8},  {0x09, STORED_I8},  {0x0B, STORED_I16},
               {0x0C, STORED_I32}, {0x0D, STORED_F32}, {0x0E, STORED_F64}};
  for (int i = 0; i < COUNT_OF(types); i++) {
    if (types[i].byte != byte) continue;
    *stored = types[i].stored;
    return true;
  }
  return false;
}

static bool read_head(const Bytes *bytes, const char *path, Head *head, Diag *diag) {
  const uint8_t *data = bytes->data;
  if (bytes->length < 4)
    return file_fail_byte(diag, path, (int64_t)bytes->length,
                          "the file ends within its first four bytes");
  if (data[0] || data[1]) {
    const char *what = file_guess_format(data, bytes->length);
    file_fail_byte(diag, path, 0,
                   "this is not an IDX file: it begins with %02x %02x, not 00 00%s%s", data[0],
                   data[1], what ? ": it looks like " : "", what ? what : "");
    return file_help_format(diag, what);
  }
  if (!idx_type(data[2], &head->stored))
    return file_fail_byte(diag, path, 2, "%02x is not an IDX type (08 09 0b 0c 0d 0e)", data[2]);
  int rank = data[3];
  if (rank < 1 || rank > RANK_MOST)
    return file_fail_byte(diag, path, 3, "%d axes; from 1 to %d can be read", rank, RANK_MOST);
  head->start = 4 + 4 * (size_t)rank;
  if (bytes->length < head->start)
    return file_fail_byte(diag, path, (int64_t)bytes->length,
                          "the file ends within the sizes of its %d axes", rank);
  head->shape = (Shape){.rank = rank};
  for (int i = 0; i < rank; i++) {
    const uint8_t *at = data + 4 + 4 * i;
    head->shape.dim[i] = (int64_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
  }
  return true;
}

static bool fail_size(const char *path, const Head *head, Diag *diag) {
  char shown[200];
  return file_fail_byte(diag, path, 4, "its header says %s, which no file can hold",
                        shape_show(&head->shape, shown));
}

/* The sizes against the bytes there are; they are 32 bits each, so the product is checked as it
 * grows. */
static bool check_length(const Bytes *bytes, const char *path, const Head *head, Diag *diag) {
  int64_t needed = (int64_t)stored_bytes(head->stored),
          there = (int64_t)(bytes->length - head->start);
  bool fits = true, empty = false;
  for (int i = 0; i < head->shape.rank; i++) {
    empty = empty || head->shape.dim[i] == 0;
    fits = fits && size_mul(needed, head->shape.dim[i], &needed);
  }
  if (empty) needed = 0;
  char shown[200];
  shape_show(&head->shape, shown);
  if (!fits && !empty) return fail_size(path, head, diag);
  if (needed == there) return true;
  return file_fail_byte(diag, path, (int64_t)bytes->length,
                        "its header says %s, %lld bytes of elements, but %lld follow", shown,
                        (long long)needed, (long long)there);
}

/* Large elements stay in the file; errors are reported by the code that reads them. */
static bool map(const Files *files, const char *path, Tensor *tensor, Diag *diag) {
  FileParts parts;
  Bytes bytes = {0};
  Head head;
  Diag aside = {0};
  if (!file_open(files, path, &parts, diag)) return false;
  bool good = parts.file >= 0 && mapped_wanted(parts.length) &&
              file_read_part(&parts, 0, 4 + 4 * RANK_MOST, &bytes, &aside) &&
              read_head(&bytes, path, &head, &aside) && head.stored == STORED_U8 &&
              shape_check(&head.shape, DTYPE_U8, (Span){0, 0, 0}, &aside);
  bytes_free(&bytes);
  Tensor type = {.dtype = DTYPE_U8, .shape = good ? head.shape : (Shape){0}};
  if (good && parts.length - head.start == tensor_bytes(&type) &&
      mapped_make(&parts, head.start, &type))
    *tensor = type;
  file_close(&parts);
  return true;
}

bool idx_read(const Files *files, const char *path, Tensor *tensor, Diag *diag) {
  *tensor = (Tensor){0};
  if (!map(files, path, tensor, diag)) return false;
  if (tensor->buffer) return true;
  Bytes bytes;
  Head head;
  if (!file_read_unpacked(files, path, &bytes, diag)) return false;
  bool good = read_head(&bytes, path, &head, diag) && check_length(&bytes, path, &head, diag) &&
              tensor_new(tensor, stored_dtype(head.stored), &head.shape, diag) &&
              stored_convert(head.stored, true, bytes.data + head.start, (int64_t)head.start, path,
                             tensor, diag);
  bytes_free(&bytes);
  if (!good) tensor_release(tensor);
  return good;
}

bool idx_shape(const Files *files, const char *path, Tensor *tensor, Diag *diag) {
  *tensor = (Tensor){0};
  Bytes bytes;
  Head head;
  if (!file_read_head(files, path, 4 + 4 * RANK_MOST, &bytes, diag)) return false;
  Diag why;
  bool good = read_head(&bytes, path, &head, diag) &&
              (shape_check(&head.shape, stored_dtype(head.stored), (Span){0, 0, 0}, &why) ||
               fail_size(path, &head, diag));
  bytes_free(&bytes);
  if (good) *tensor = (Tensor){.dtype = stored_dtype(head.stored), .shape = head.shape};
  return good;
}
