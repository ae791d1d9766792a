/* safetensors.c — reading and writing named tensors with a JSON header.
 *
 * The header is first walked byte by byte (`check_form`) for what the JSON library would not mind
 * but the format does: depth, signs and exponents in numbers, raw bytes before and after.  Then
 * jansson reads it, refusing names that come twice, broken UTF-8 and lone surrogates, and the
 * values are held against the file: each tensor's bytes must be its shape's, and together they must
 * tile the rest of the file exactly, so no byte is shared or unexplained.
 *
 * The header alone is kept in memory; elements are read straight to their tensors.
 *
 * Writing puts wider elements first, so every tensor starts at a multiple of its
 * element's size, and pads the header with blanks to a multiple of 64.
 */
#include "runtime/io/safetensors.h"
#include "runtime/io/stored.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  PREFIX = SAFETENSORS_HEADER,
  ALIGNED = 64,
  JSON_GROWTH = 32,
  LOOK = 4096 /* bytes, to see what a file that is none looks like */
};

/* ---- pairs of text ---- */

void pair_add(PairList *list, const char *key, const char *value) {
  list->items = mem_grow(list->items, (size_t)(list->count + 1) * sizeof *list->items);
  list->items[list->count++] = (Pair){mem_text(key, strlen(key)), mem_text(value, strlen(value))};
}

const char *pair_find(const PairList *list, const char *key) {
  for (int64_t i = 0; i < list->count; i++)
    if (strcmp(list->items[i].key, key) == 0) return list->items[i].value;
  return NULL;
}

void pair_free(PairList *list) {
  for (int64_t i = 0; i < list->count; i++) {
    mem_free(list->items[i].key);
    mem_free(list->items[i].value);
  }
  mem_free(list->items);
  *list = (PairList){0};
}

/* ---- reading ---- */

/* One tensor as described by the header. */
typedef struct Record {
  const char *name; /* in the JSON object */
  const char *type; /* in the JSON object */
  Stored stored;    /* STORED_COUNT: of a type that cannot be read */
  Shape shape;
  int64_t start, end; /* of its bytes, from the end of the header */
} Record;

struct Safetensors {
  const char *path; /* borrowed */
  FileParts parts;  /* the file */
  Bytes bytes;      /* its beginning: the prefix and the header */
  size_t header;    /* bytes of JSON */
  int64_t body;     /* bytes behind it */
  json_t *json;     /* owned */
  Record *records;  /* owned */
  int64_t count;
  Diag *diag; /* of the call under way */
};

static const struct {
  const char *name;
  Stored stored;
} types[] = {
    {"BOOL", STORED_BOOL}, {"U8", STORED_U8},   {"I8", STORED_I8},     {"U16", STORED_U16},
    {"I16", STORED_I16},   {"U32", STORED_U32}, {"I32", STORED_I32},   {"U64", STORED_U64},
    {"I64", STORED_I64},   {"F16", STORED_F16}, {"BF16", STORED_BF16}, {"F32", STORED_F32},
    {"F64", STORED_F64},
};

static bool read_prefix(Safetensors *reader) {
  size_t length = reader->parts.length;
  uint64_t size = 0;
  if (!file_read_part(&reader->parts, 0, length < LOOK ? length : LOOK, &reader->bytes,
                      reader->diag))
    return false;
  const uint8_t *data = reader->bytes.data;
  if (length < PREFIX)
    return file_fail_byte(reader->diag, reader->path, (int64_t)length,
                          "the file ends within its first eight bytes");
  for (int i = PREFIX; i-- > 0;) size = size << 8 | data[i];
  const char *what = file_guess_format(data, reader->bytes.length);
  if (what && !strstr(what, "safetensors")) {
    file_fail_byte(reader->diag, reader->path, 0,
                   "this is not a safetensors file: it looks like %s", what);
    return file_help_format(reader->diag, what);
  }
  if (size > SAFETENSORS_HEADER_MOST)
    return file_fail_byte(reader->diag, reader->path, 0,
                          "a header of %llu bytes; the most is %d (is this a safetensors file?)",
                          (unsigned long long)size, SAFETENSORS_HEADER_MOST);
  if (size > length - PREFIX)
    return file_fail_byte(reader->diag, reader->path, 0,
                          "a header of %llu bytes is announced, but only %zu follow",
                          (unsigned long long)size, length - PREFIX);
  if (size < 2 || data[PREFIX] != '{')
    return file_fail_byte(reader->diag, reader->path, PREFIX,
                          "the header does not begin with `{` (is this a safetensors file?)");
  reader->header = (size_t)size;
  reader->body = (int64_t)(length - PREFIX - (size_t)size);
  bytes_free(&reader->bytes);
  return file_read_part(&reader->parts, 0, PREFIX + (size_t)size, &reader->bytes, reader->diag);
}

/* Depth, and what may stand outside strings: the header's numbers are digits and nothing else. */
static bool check_form(const Safetensors *reader) {
  const uint8_t *text = reader->bytes.data + PREFIX;
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < reader->header; i++) {
    uint8_t byte = text[i];
    int64_t at = (int64_t)(PREFIX + i);
    if (quoted) {
      if (byte == '\\') i++;
      quoted = byte != '"';
      continue;
    }
    quoted = byte == '"';
    if ((byte == '{' || byte == '[') && ++depth > SAFETENSORS_DEPTH_MOST)
      return file_fail_byte(reader->diag, reader->path, at, "the header is nested deeper than %d",
                            SAFETENSORS_DEPTH_MOST);
    if (byte == '}' || byte == ']') depth--;
    if (byte == '-' || byte == '+' || byte == '.')
      return file_fail_byte(reader->diag, reader->path, at,
                            "a size or offset is a whole number, 0 or more");
    if (depth == 0 && i > 0 && byte != '}' && byte != ' ')
      return file_fail_byte(reader->diag, reader->path, at,
                            "byte %02x follows the header's closing brace", byte);
  }
  return true;
}

static bool parse_header(Safetensors *reader) {
  json_error_t error;
  /* jansson's tree is not counted; so much it may take while it reads */
  size_t room = reader->header * JSON_GROWTH;
  if (!mem_reserve(room))
    return file_fail(reader->diag, STATUS_MEMORY, reader->path,
                     "a header of %zu bytes is too large for the memory budget", reader->header);
  reader->json = json_loadb((const char *)reader->bytes.data + PREFIX, reader->header,
                            JSON_REJECT_DUPLICATES, &error);
  mem_release(room);
  if (reader->json && json_is_object(reader->json)) return true;
  char shown[300];
  Text text = {0};
  text_escaped(&text, error.text, strlen(error.text));
  snprintf(shown, sizeof shown, "%s", text.data ? text.data : "");
  text_free(&text);
  return file_fail_byte(reader->diag, reader->path, PREFIX + (int64_t)error.position,
                        "the header is not valid JSON: %s", shown);
}

/* Names come from the file: they are shown escaped and short. */
static const char *show_name(const char *name, char into[120]) {
  Text text = {0};
  size_t length = strlen(name), most = text_whole(name, length, 64);
  text_escaped(&text, name, most);
  text_print(into, 120, "%s%s", text.data ? text.data : "", most < length ? "…" : "");
  text_free(&text);
  return into;
}

static PRINTF_LIKE(3, 4) bool fail_record(const Safetensors *reader, const char *name,
                                          const char *format, ...) {
  char message[400], shown[120];
  va_list values;
  va_start(values, format);
  text_print_list(message, sizeof message, format, values);
  va_end(values);
  return file_fail_byte(reader->diag, reader->path, PREFIX, "tensor \"%s\": %s",
                        show_name(name, shown), message);
}

static bool read_type(const Safetensors *reader, Record *record, const json_t *value) {
  const char *name = json_string_value(value);
  if (!name) return fail_record(reader, record->name, "dtype is missing");
  record->type = name;
  record->stored = STORED_COUNT;
  for (int i = 0; i < COUNT_OF(types); i++) {
    if (strcmp(types[i].name, name) != 0) continue;
    record->stored = types[i].stored;
    break;
  }
  return true;
}

static bool read_sizes(const Safetensors *reader, Record *record, const json_t *value) {
  if (!json_is_array(value)) return fail_record(reader, record->name, "shape is missing");
  size_t rank = json_array_size(value);
  if (rank > RANK_MOST)
    return fail_record(reader, record->name, "%zu axes; the most is %d", rank, RANK_MOST);
  record->shape = (Shape){.rank = (int32_t)rank};
  for (size_t i = 0; i < rank; i++) {
    const json_t *size = json_array_get(value, i);
    if (!json_is_integer(size) || json_integer_value(size) < 0)
      return fail_record(reader, record->name, "axis %zu of its shape is not a size", i);
    record->shape.dim[i] = json_integer_value(size);
  }
  return true;
}

static bool read_offsets(const Safetensors *reader, Record *record, const json_t *value) {
  if (!json_is_array(value) || json_array_size(value) != 2)
    return fail_record(reader, record->name, "data_offsets are missing");
  const json_t *start = json_array_get(value, 0), *end = json_array_get(value, 1);
  if (!json_is_integer(start) || !json_is_integer(end))
    return fail_record(reader, record->name, "data_offsets are two whole numbers");
  record->start = json_integer_value(start);
  record->end = json_integer_value(end);
  if (record->start < 0 || record->start > record->end || record->end > reader->body)
    return fail_record(reader, record->name,
                       "data_offsets %lld to %lld lie outside the %lld bytes of elements",
                       (long long)record->start, (long long)record->end, (long long)reader->body);
  return true;
}

static bool check_size(const Safetensors *reader, const Record *record) {
  if (record->stored == STORED_COUNT) return true;
  int64_t bytes = (int64_t)stored_bytes(record->stored);
  bool fits = true, empty = false;
  for (int i = 0; i < record->shape.rank; i++) {
    empty = empty || record->shape.dim[i] == 0;
    fits = fits && size_mul(bytes, record->shape.dim[i], &bytes);
  }
  if (empty) bytes = 0;
  if ((fits || empty) && bytes == record->end - record->start) return true;
  char shown[200];
  return fail_record(reader, record->name, "its shape %s does not match its %lld bytes",
                     shape_show(&record->shape, shown), (long long)(record->end - record->start));
}

static bool read_record(Safetensors *reader, const char *name, const json_t *value) {
  Record record = {.name = name};
  if (!json_is_object(value)) return fail_record(reader, name, "its entry is not an object");
  if (!read_type(reader, &record, json_object_get(value, "dtype")) ||
      !read_sizes(reader, &record, json_object_get(value, "shape")) ||
      !read_offsets(reader, &record, json_object_get(value, "data_offsets")))
    return false;
  if (json_object_size(value) != 3)
    return fail_record(reader, name, "its entry holds more than dtype, shape and data_offsets");
  reader->records[reader->count++] = record;
  return check_size(reader, &record);
}

static bool read_metadata(const Safetensors *reader, json_t *value, PairList *metadata) {
  if (!json_is_object(value))
    return file_fail_byte(reader->diag, reader->path, PREFIX, "__metadata__ is not an object");
  const char *key;
  json_t *item;
  json_object_foreach(value, key, item) {
    if (!json_is_string(item))
      return file_fail_byte(reader->diag, reader->path, PREFIX,
                            "__metadata__ maps texts to texts only");
    if (metadata) pair_add(metadata, key, json_string_value(item));
  }
  return true;
}

static int by_start(const void *a, const void *b) {
  const Record *x = a, *y = b;
  if (x->start != y->start) return x->start < y->start ? -1 : 1;
  if (x->end != y->end) return x->end < y->end ? -1 : 1; /* empty ones first */
  return strcmp(x->name, y->name);
}

/* Every byte behind the header belongs to exactly one tensor. */
static bool check_tiling(Safetensors *reader) {
  qsort(reader->records, (size_t)reader->count, sizeof *reader->records, by_start);
  int64_t expected = 0;
  for (int64_t i = 0; i < reader->count; i++) {
    const Record *record = &reader->records[i];
    if (record->start < expected)
      return fail_record(reader, record->name, "its bytes overlap those of another");
    if (record->start > expected)
      return fail_record(reader, record->name, "%lld bytes before it belong to no tensor",
                         (long long)(record->start - expected));
    expected = record->end;
  }
  if (expected == reader->body) return true;
  return file_fail_byte(reader->diag, reader->path, (int64_t)(PREFIX + reader->header) + expected,
                        "%lld bytes at the end belong to no tensor",
                        (long long)(reader->body - expected));
}

static bool read_records(Safetensors *reader, PairList *metadata) {
  reader->records = mem_zero((json_object_size(reader->json) + 1) * sizeof *reader->records);
  const char *name;
  json_t *value;
  json_object_foreach(reader->json, name, value) {
    bool good = strcmp(name, "__metadata__") == 0 ? read_metadata(reader, value, metadata)
                                                  : read_record(reader, name, value);
    if (!good) return false;
  }
  return check_tiling(reader);
}

/* Elements that stand in the file as they do in memory go straight to their tensor. */
static bool read_elements(const Safetensors *reader, const Record *record, Tensor *tensor) {
  size_t place = PREFIX + reader->header + (size_t)record->start,
         length = (size_t)(record->end - record->start);
  if (stored_same(record->stored, false))
    return file_read_into(&reader->parts, place, tensor_data(tensor), length, reader->diag);
  Bytes bytes;
  if (!file_read_part(&reader->parts, place, length, &bytes, reader->diag)) return false;
  bool good = stored_convert(record->stored, false, bytes.data, (int64_t)place, reader->path,
                             tensor, reader->diag);
  bytes_free(&bytes);
  return good;
}

Safetensors *safetensors_open(const Files *files, const char *path, PairList *metadata,
                              Diag *diag) {
  if (metadata) *metadata = (PairList){0};
  FileParts parts;
  if (!file_open(files, path, &parts, diag)) return NULL;
  Safetensors *reader = mem_zero(sizeof *reader);
  *reader = (Safetensors){.path = path, .parts = parts, .diag = diag};
  if (read_prefix(reader) && check_form(reader) && parse_header(reader) &&
      read_records(reader, metadata))
    return reader;
  safetensors_close(reader);
  if (metadata) pair_free(metadata);
  return NULL;
}

void safetensors_close(Safetensors *file) {
  if (!file) return;
  json_decref(file->json);
  mem_free(file->records);
  bytes_free(&file->bytes);
  file_close(&file->parts);
  mem_free(file);
}

int64_t safetensors_count(const Safetensors *file) { return file->count; }
const char *safetensors_name(const Safetensors *file, int64_t i) { return file->records[i].name; }
const Shape *safetensors_shape(const Safetensors *file, int64_t i) {
  return &file->records[i].shape;
}

bool safetensors_take(Safetensors *file, int64_t i, Tensor *tensor, Diag *diag) {
  const Record *record = &file->records[i];
  file->diag = diag;
  char shown[120];
  if (record->stored == STORED_COUNT)
    return fail_record(file, record->name, "dtype %s cannot be read",
                       show_name(record->type, shown));
  if (!tensor_new(tensor, stored_dtype(record->stored), &record->shape, diag)) return false;
  if (read_elements(file, record, tensor)) return true;
  tensor_release(tensor);
  return false;
}

bool safetensors_read(const Files *files, const char *path, NamedList *list, PairList *metadata,
                      Diag *diag) {
  if (list) *list = (NamedList){0};
  Safetensors *file = safetensors_open(files, path, metadata, diag);
  bool good = file != NULL;
  for (int64_t i = 0; good && list && i < file->count; i++) {
    Tensor tensor;
    good = safetensors_take(file, i, &tensor, diag);
    if (good) named_add(list, file->records[i].name, strlen(file->records[i].name), tensor);
  }
  safetensors_close(file);
  if (good) return true;
  if (list) named_free(list);
  if (metadata) pair_free(metadata);
  return false;
}

/* ---- writing ---- */

static const char *type_name(Dtype dtype) {
  static const char *const names[DTYPE_COUNT] = {"BOOL", "U8", "I32", "BF16", "F32", "F64"};
  return names[dtype];
}

/* Adds `"name":{"dtype":…}`; false when the library cannot (a name that is not UTF-8). */
static bool add_record(json_t *header, const Named *item, int64_t start) {
  json_t *sizes = json_array();
  for (int i = 0; i < item->tensor.shape.rank; i++)
    json_array_append_new(sizes, json_integer(item->tensor.shape.dim[i]));
  json_t *record = json_pack("{s:s, s:o, s:[I, I]}", "dtype", type_name(item->tensor.dtype),
                             "shape", sizes, "data_offsets", (json_int_t)start,
                             (json_int_t)(start + (int64_t)tensor_bytes(&item->tensor)));
  return record && json_object_set_new(header, item->name, record) == 0;
}

static bool add_metadata(json_t *header, const PairList *metadata) {
  if (!metadata || !metadata->count) return true;
  json_t *object = json_object();
  bool good = object != NULL;
  for (int64_t i = 0; good && i < metadata->count; i++)
    good = json_object_set_new(object, metadata->items[i].key,
                               json_string(metadata->items[i].value)) == 0;
  if (good) return json_object_set_new(header, "__metadata__", object) == 0;
  json_decref(object);
  return false;
}

/* The places of the tensors in the list, widest elements first, else as they come. */
static int64_t *order_items(const NamedList *list) {
  int64_t *order = mem_alloc((size_t)(list->count + 1) * sizeof *order), filled = 0;
  for (size_t width = 8; width; width /= 2)
    for (int64_t i = 0; i < list->count; i++)
      if (dtype_bytes(list->items[i].tensor.dtype) == width) order[filled++] = i;
  return order;
}

static bool fail_name(const char *path, const char *name, const char *why, Diag *diag) {
  char shown[120];
  return file_fail(diag, STATUS_FAILED, path, "a tensor cannot be saved under the name \"%s\": %s",
                   show_name(name, shown), why);
}

/* Makes the header's text (new, NULL when it failed). */
static char *make_header(const char *path, const NamedList *list, const PairList *metadata,
                         const int64_t *order, Diag *diag) {
  json_t *header = json_object();
  bool good = header && (add_metadata(header, metadata) ||
                         file_fail(diag, STATUS_FAILED, path, "the metadata is not UTF-8 text"));
  int64_t start = 0;
  for (int64_t i = 0; good && i < list->count; i++) {
    const Named *item = &list->items[order[i]];
    if (strcmp(item->name, "__metadata__") == 0)
      good = fail_name(path, item->name, "the format reserves it", diag);
    else if (json_object_get(header, item->name))
      good = fail_name(path, item->name, "another tensor has it", diag);
    else if (!add_record(header, item, start))
      good = fail_name(path, item->name, "it is not UTF-8 text", diag);
    start += (int64_t)tensor_bytes(&item->tensor);
  }
  char *text = good ? json_dumps(header, JSON_COMPACT) : NULL;
  if (good && !text) file_fail(diag, STATUS_MEMORY, path, "not enough memory for its header");
  json_decref(header);
  return text;
}

static bool write_file(Writer *writer, const char *header, const NamedList *list,
                       const int64_t *order, Diag *diag) {
  size_t length = strlen(header),
         padded = (PREFIX + length + ALIGNED - 1) / ALIGNED * ALIGNED - PREFIX;
  uint8_t prefix[PREFIX], blanks[ALIGNED];
  for (int i = 0; i < PREFIX; i++) prefix[i] = (uint8_t)((uint64_t)padded >> 8 * i);
  memset(blanks, ' ', sizeof blanks);
  bool good = writer_add(writer, prefix, PREFIX, diag) &&
              writer_add(writer, header, length, diag) &&
              writer_add(writer, blanks, padded - length, diag);
  for (int64_t i = 0; good && i < list->count; i++) {
    const Tensor *tensor = &list->items[order[i]].tensor;
    good = writer_add(writer, tensor_data(tensor), tensor_bytes(tensor), diag);
  }
  return good;
}

bool safetensors_write(const Files *files, const char *path, const NamedList *list,
                       const PairList *metadata, Diag *diag) {
  int64_t *order = order_items(list);
  char *header = make_header(path, list, metadata, order, diag);
  Writer writer;
  bool good = header && writer_open(&writer, files, path, diag);
  if (good) {
    good = write_file(&writer, header, list, order, diag);
    if (good) good = writer_close(&writer, diag);
    else writer_abandon(&writer);
  }
  free(header); /* jansson's malloc is the C library's */
  mem_free(order);
  return good;
}
