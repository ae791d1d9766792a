/* npy.c — NumPy's array file, read strictly and written plainly.
 *
 * Six magic bytes, a version, the length of a header, and the header: a Python dictionary of
 * exactly the keys descr, fortran_order and shape (NumPy documentation, "NPY format",
 * versions 1.0, 2.0, 3.0).  It is read by a small parser that knows that dictionary and nothing
 * else of Python; nothing in it is ever evaluated.  Object arrays, which hold
 * pickled programs, are refused by their type code.
 *
 * bf16 is no type of NumPy.  ml_dtypes, which adds it, writes it as two bytes without a meaning,
 * `<V2`, and so it is written here; read, `<V2` and `|V2` are bf16.
 *
 * Fortran order is turned into ours while reading: the elements are converted as they
 * stand, then moved once.
 */
#include "runtime/io/npy.h"
#include "runtime/base/stop.h"
#include "runtime/io/array.h"
#include "runtime/io/mapped.h"
#include "runtime/io/stored.h"

#include <stdio.h>
#include <string.h>

enum { HEADER_MOST = 65536, SHORTEST = 10 };
static const char MAGIC[] = "\x93NUMPY";

/* The header's text and where we are in it; and what it says. */
typedef struct Header {
  const uint8_t *data;
  size_t at, end; /* offsets in the file */
  const char *path;
  Diag *diag;
  bool seen[3]; /* descr, fortran_order, shape */
  Stored stored;
  bool big, fortran;
  Shape shape;
} Header;

static PRINTF_LIKE(2, 3) bool fail(const Header *header, const char *format, ...) {
  char message[400];
  va_list values;
  va_start(values, format);
  text_print_list(message, sizeof message, format, values);
  va_end(values);
  return file_fail_byte(header->diag, header->path, (int64_t)header->at, "%s", message);
}

static void skip_blanks(Header *header) {
  while (header->at < header->end &&
         (header->data[header->at] == ' ' || header->data[header->at] == '\t'))
    header->at++;
}

/* Steps over one byte if it is this one. */
static bool accept(Header *header, char byte) {
  skip_blanks(header);
  if (header->at == header->end || header->data[header->at] != (uint8_t)byte) return false;
  header->at++;
  return true;
}

static bool expect(Header *header, char byte) {
  return accept(header, byte) ||
         fail(header, "the header is malformed: `%c` is missing here", byte);
}

/* Steps over a word if it is this one. */
static bool accept_word(Header *header, const char *word) {
  skip_blanks(header);
  size_t length = strlen(word);
  if (header->end - header->at < length || memcmp(header->data + header->at, word, length) != 0)
    return false;
  header->at += length;
  return true;
}

/* A text in quotes, without escapes, of at most 63 bytes. */
static bool read_text(Header *header, char into[64]) {
  char quote = accept(header, '\'') ? '\'' : accept(header, '"') ? '"' : 0;
  if (!quote) return fail(header, "the header is malformed: a text in quotes is missing here");
  size_t length = 0;
  for (; header->at < header->end && header->data[header->at] != (uint8_t)quote; header->at++) {
    uint8_t byte = header->data[header->at];
    if (byte < 0x20 || byte >= 0x7F || byte == '\\')
      return fail(header, "the header is malformed: byte %02x in a text", byte);
    if (length == 63) return fail(header, "the header is malformed: a text of more than 63 bytes");
    into[length++] = (char)byte;
  }
  into[length] = 0;
  return expect(header, quote);
}

static bool fail_type(const Header *header, const char *descr) {
  char kind = descr[0] && strchr("<>|=!", descr[0]) ? descr[1] : descr[0];
  if (kind == 'O') return fail(header, "object arrays are never read: they hold pickled programs");
  return fail(header, "elements of type `%s` cannot be read", descr);
}

static bool read_descr(Header *header) {
  static const struct {
    const char *code;
    Stored stored;
  } types[] = {{"b1", STORED_BOOL}, {"u1", STORED_U8},  {"i1", STORED_I8},  {"u2", STORED_U16},
               {"i2", STORED_I16},  {"u4", STORED_U32}, {"i4", STORED_I32}, {"u8", STORED_U64},
               {"i8", STORED_I64},  {"f2", STORED_F16}, {"f4", STORED_F32}, {"f8", STORED_F64},
               {"V2", STORED_BF16}};
  char descr[64];
  skip_blanks(header);
  if (header->at < header->end && header->data[header->at] == '[')
    return fail(header, "structured arrays cannot be read");
  if (!read_text(header, descr)) return false;
  bool order = descr[0] == '<' || descr[0] == '>' || descr[0] == '|' || descr[0] == '=';
  for (int i = 0; order && i < COUNT_OF(types); i++) {
    if (strcmp(descr + 1, types[i].code) != 0) continue;
    bool single = stored_bytes(types[i].stored) == 1;
    bool bare = types[i].stored == STORED_BF16;     /* NumPy writes it with either sign */
    if (!single && descr[0] == '|' && !bare) break; /* several bytes have an order */
    header->stored = types[i].stored;
    header->big = descr[0] == '>';
    return true;
  }
  return fail_type(header, descr);
}

/* One size: digits only, at most 18 of them. */
static bool read_size(Header *header, int64_t *size) {
  skip_blanks(header);
  size_t start = header->at;
  *size = 0;
  for (; header->at < header->end && header->data[header->at] >= '0' &&
         header->data[header->at] <= '9';
       header->at++) {
    if (header->at - start == 18)
      return fail(header, "the header is malformed: a size of more than 18 digits");
    *size = *size * 10 + (header->data[header->at] - '0');
  }
  if (header->at == start) return fail(header, "the header is malformed: a size is missing here");
  if (header->at - start > 1 && header->data[start] == '0')
    return fail(header, "the header is malformed: a size begins with 0");
  accept(header, 'L'); /* Python 2 wrote long integers so */
  return true;
}

static bool read_shape(Header *header) {
  if (!expect(header, '(')) return false;
  header->shape = (Shape){.rank = 0};
  while (!accept(header, ')')) {
    if (header->shape.rank == RANK_MOST) return fail(header, "more than %d axes", RANK_MOST);
    if (!read_size(header, &header->shape.dim[header->shape.rank++])) return false;
    if (accept(header, ',')) continue;
    if (!expect(header, ')')) return false;
    return header->shape.rank > 1 ||
           fail(header, "the header is malformed: a shape of one size ends in a comma");
  }
  return true;
}

static bool read_order(Header *header) {
  header->fortran = accept_word(header, "True");
  return header->fortran || accept_word(header, "False") ||
         fail(header, "the header is malformed: fortran_order is True or False");
}

static bool read_entry(Header *header) {
  static const char *const keys[] = {"descr", "fortran_order", "shape"};
  char key[64];
  if (!read_text(header, key)) return false;
  for (int i = 0; i < 3; i++) {
    if (strcmp(key, keys[i]) != 0) continue;
    if (header->seen[i]) return fail(header, "the header is malformed: `%s` occurs twice", key);
    header->seen[i] = true;
    if (!expect(header, ':')) return false;
    return i == 0 ? read_descr(header) : i == 1 ? read_order(header) : read_shape(header);
  }
  return fail(header, "the header is malformed: `%s` is not one of its keys", key);
}

static bool read_dictionary(Header *header) {
  if (!expect(header, '{')) return false;
  while (!accept(header, '}')) {
    if (!read_entry(header)) return false;
    if (accept(header, ',')) continue;
    if (!expect(header, '}')) return false;
    break;
  }
  if (!header->seen[0] || !header->seen[1] || !header->seen[2])
    return fail(header, "the header is malformed: descr, fortran_order or shape is missing");
  skip_blanks(header);
  if (header->at < header->end && header->data[header->at] == '\n') header->at++;
  return header->at == header->end ||
         fail(header, "the header is malformed: more follows its dictionary");
}

/* Magic, version and length; leaves `header` before the dictionary. */
static bool read_start(Header *header, size_t length) {
  const uint8_t *data = header->data;
  if (length < SHORTEST || memcmp(data, MAGIC, 6) != 0) {
    const char *what = file_guess_format(data, length);
    if (length < SHORTEST && memcmp(data, MAGIC, length < 6 ? length : 6) == 0)
      return header->at = length, fail(header, "the file ends within its first bytes");
    fail(header, "this is not an NPY file%s%s", what ? ": it looks like " : "", what ? what : "");
    return file_help_format(header->diag, what);
  }
  header->at = 6;
  if (data[6] < 1 || data[6] > 3 || data[7] != 0)
    return fail(header, "NPY version %d.%d; versions 1.0, 2.0 and 3.0 can be read", data[6],
                data[7]);
  size_t width = data[6] == 1 ? 2 : 4, size = 0;
  if (length < 8 + width)
    return header->at = length, fail(header, "the file ends within its first bytes");
  for (size_t i = width; i-- > 0;) size = size << 8 | data[8 + i];
  header->at = 8;
  if (size > HEADER_MOST)
    return fail(header, "a header of %zu bytes; the most is %d", size, HEADER_MOST);
  if (size > length - 8 - width)
    return fail(header, "the header has %zu bytes, but only %zu follow", size, length - 8 - width);
  header->at = 8 + width;
  header->end = header->at + size;
  return true;
}

static bool check_length(Header *header, size_t length) {
  int64_t bytes = (int64_t)stored_bytes(header->stored), there = (int64_t)(length - header->end);
  char shown[200];
  bool empty = false, fits = true;
  for (int i = 0; i < header->shape.rank; i++) {
    empty = empty || header->shape.dim[i] == 0;
    fits = fits && size_mul(bytes, header->shape.dim[i], &bytes);
  }
  if (empty) bytes = 0;
  shape_show(&header->shape, shown);
  if (!fits && !empty)
    return fail(header,
                "its shape %s is more than any file can hold: %lld bytes of elements follow", shown,
                (long long)there);
  if (bytes == there) return true;
  return fail(header, "its shape %s takes %lld bytes, but %lld follow", shown, (long long)bytes,
              (long long)there);
}

/* Moves elements from Fortran order (the first axis fastest) to ours, one by one in our order. */
static bool turn_order(Tensor *tensor, Diag *diag) {
  Tensor turned;
  if (!tensor_new(&turned, tensor->dtype, &tensor->shape, diag)) return false;
  const Shape *shape = &tensor->shape;
  size_t size = dtype_bytes(tensor->dtype);
  int64_t index[RANK_MOST] = {0}, stride[RANK_MOST], count = tensor_count(tensor), from = 0;
  for (int i = 0; i < shape->rank; i++) stride[i] = i ? stride[i - 1] * shape->dim[i - 1] : 1;
  for (int64_t to = 0; to < count && !stop_wanted(); to++) {
    memcpy((char *)tensor_data(&turned) + (size_t)to * size,
           (char *)tensor_data(tensor) + (size_t)from * size, size);
    for (int axis = shape->rank - 1; axis >= 0; axis--) { /* the next index, last axis fastest */
      from += stride[axis];
      if (++index[axis] < shape->dim[axis]) break;
      from -= stride[axis] * shape->dim[axis];
      index[axis] = 0;
    }
  }
  tensor_release(tensor);
  *tensor = turned;
  return !stop_check(diag);
}

bool npy_decode(const uint8_t *data, size_t length, const char *path, bool elements, Tensor *tensor,
                Diag *diag) {
  *tensor = (Tensor){0};
  Header header = {.data = data, .path = path, .diag = diag};
  if (!read_start(&header, length) || !read_dictionary(&header)) return false;
  *tensor = (Tensor){.dtype = stored_dtype(header.stored), .shape = header.shape};
  Diag why;
  if (!elements)
    return shape_check(&header.shape, tensor->dtype, (Span){0, 0, 0}, &why) ||
           fail(&header, "%s", why.message);
  if (!check_length(&header, length) || !tensor_new(tensor, tensor->dtype, &header.shape, diag))
    return false;
  bool good = stored_convert(header.stored, header.big, data + header.end, (int64_t)header.end,
                             path, tensor, diag) &&
              (!header.fortran || header.shape.rank < 2 || turn_order(tensor, diag));
  if (!good) tensor_release(tensor);
  return good;
}

bool npy_straight(const uint8_t *data, size_t length, uint64_t total, Tensor *type, size_t *start) {
  Diag aside = {0};
  Header header = {.data = data, .path = "", .diag = &aside};
  bool known = read_start(&header, length) && read_dictionary(&header) &&
               stored_same(header.stored, header.big);
  if (!known || (header.fortran && header.shape.rank > 1) ||
      !shape_check(&header.shape, stored_dtype(header.stored), (Span){0, 0, 0}, &aside))
    return false;
  *type = (Tensor){.dtype = stored_dtype(header.stored), .shape = header.shape};
  *start = header.end;
  return total >= header.end && total - header.end == tensor_bytes(type);
}

/* Elements that stand in the file as they do in memory are read to their place at once: a large
 * file would be in memory twice. *done is false where this is not so, or where anything is wrong:
 * npy_decode then reports it. */
static bool read_straight(const FileParts *parts, Tensor *tensor, bool *done, Diag *diag) {
  Bytes head;
  Tensor type;
  size_t start, length = parts->length < NPY_HEAD_MOST ? parts->length : NPY_HEAD_MOST;
  if (!file_read_part(parts, 0, length, &head, diag)) return false;
  *done = npy_straight(head.data, head.length, parts->length, &type, &start);
  bytes_free(&head);
  if (!*done) return true;
  if (mapped_make(parts, start, &type)) return *tensor = type, true;
  if (!tensor_new(tensor, type.dtype, &type.shape, diag)) return false;
  bool good = file_read_into(parts, start, tensor_data(tensor), tensor_bytes(tensor), diag);
  if (!good) tensor_release(tensor);
  return good;
}

bool npy_read(const Files *files, const char *path, Tensor *tensor, Diag *diag) {
  *tensor = (Tensor){0};
  FileParts parts;
  Bytes bytes = {0};
  bool done = false;
  if (!file_open(files, path, &parts, diag)) return false;
  bool good = read_straight(&parts, tensor, &done, diag);
  if (good && !done)
    good = file_read_part(&parts, 0, parts.length, &bytes, diag) &&
           npy_decode(bytes.data, bytes.length, path, true, tensor, diag);
  bytes_free(&bytes);
  file_close(&parts);
  return good;
}

bool npy_shape(const Files *files, const char *path, Tensor *tensor, Diag *diag) {
  *tensor = (Tensor){0};
  Bytes bytes;
  if (!file_read_head(files, path, HEADER_MOST + 16, &bytes, diag)) return false;
  bool good = npy_decode(bytes.data, bytes.length, path, false, tensor, diag);
  bytes_free(&bytes);
  return good;
}

void npy_head(Dtype dtype, const Shape *shape, Text *head) {
  static const char *const codes[DTYPE_COUNT] = {
      [DTYPE_BOOL] = "|b1", [DTYPE_U8] = "|u1",  [DTYPE_I32] = "<i4",
      [DTYPE_BF16] = "<V2", [DTYPE_F32] = "<f4", [DTYPE_F64] = "<f8"};
  text_add(head, "\x93NUMPY\x01\x00\0\0", SHORTEST);
  text_format(head, "{'descr': '%s', 'fortran_order': False, 'shape': (", codes[dtype]);
  for (int i = 0; i < shape->rank; i++)
    text_format(head, "%s%lld", i ? ", " : "", (long long)shape->dim[i]);
  text_string(head, shape->rank == 1 ? ",), }" : "), }");
  while ((head->length + 1) % 64) text_char(head, ' '); /* elements begin on a line of 64 */
  text_char(head, '\n');
  size_t size = head->length - SHORTEST;
  head->data[8] = (char)(size & 255);
  head->data[9] = (char)(size >> 8);
}

bool npy_write(const Files *files, const char *path, const Tensor *tensor, Diag *diag) {
  Text head = {0};
  Writer writer;
  npy_head(tensor->dtype, &tensor->shape, &head);
  bool good = writer_open(&writer, files, path, diag);
  if (good) {
    good = writer_add(&writer, head.data, head.length, diag) &&
           writer_add(&writer, tensor_data(tensor), tensor_bytes(tensor), diag);
    if (good) good = writer_close(&writer, diag);
    else writer_abandon(&writer);
  }
  text_free(&head);
  return good;
}
