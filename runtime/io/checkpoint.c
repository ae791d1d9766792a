/* checkpoint.c — writing the state of a training, and reading it back only when every bit is
 * intact.
 *
 * The file, all numbers little endian:
 *
 *   head   64 bytes: magic "gd-state", u32 version, u32 block size, u64 bytes of table, u64 bytes
 *          of note, u64 bytes of elements, char maker[20], u32 CRC-32C of the 60 before it
 *   body   table, note, elements, cut into blocks of 64 KiB (the last may be shorter), each
 *          followed by the u32 CRC-32C of its bytes
 *   digest two u64: hashes of every byte before them
 *
 *   table  for each tensor: u32 length of its name, u32 dtype, u32 rank, u32 0, u64 sizes[rank],
 *          the name.  Elements follow each other in the table's order, each padded with zeros to a
 *          multiple of 8.
 *
 * The CRCs find damage and say where.  The digest finds what they cannot: whole good blocks of
 * two different checkpoints in one file, as a torn write leaves them.  Neither is cryptography:
 * a checkpoint is no safer against its owner than the script beside it.
 *
 * CRC-32C is the Castagnoli polynomial, reflected 82F63B78, eight bytes a step by tables
 * (M. Kounavis and F. Berry, A systematic approach to building high performance software-based CRC
 * generators, 2005).
 */
#include "runtime/io/checkpoint.h"

#include <stdio.h>
#include <string.h>

enum { HEAD = 64, MAKER = 20, DIGEST = 16, CRC = 4, RECORD = 16 };
static const char MAGIC[8] = {'g', 'd', '-', 's', 't', 'a', 't', 'e'};
static const char MADE_BY[MAKER] = "gd 0.1";

/* ---- CRC-32C ---- */

typedef struct CrcTable {
  uint32_t step[8][256]; /* step[k][b]: the effect of byte b, k bytes before the end */
} CrcTable;

/* Made for each use: 8 KiB, some microseconds, and no global state. */
static void make_table(CrcTable *table) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78u : 0);
    table->step[0][byte] = crc;
  }
  for (int k = 1; k < 8; k++)
    for (int byte = 0; byte < 256; byte++) {
      uint32_t before = table->step[k - 1][byte];
      table->step[k][byte] = before >> 8 ^ table->step[0][before & 255];
    }
}

static uint32_t add_crc(const CrcTable *table, uint32_t crc, const uint8_t *bytes, size_t length) {
  crc = ~crc;
  for (; length >= 8; length -= 8, bytes += 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    word ^= crc;
    crc = 0;
    for (int k = 0; k < 8; k++) crc ^= table->step[7 - k][word >> 8 * k & 255];
  }
  for (; length; length--, bytes++) crc = crc >> 8 ^ table->step[0][(crc ^ *bytes) & 255];
  return ~crc;
}

uint32_t checkpoint_crc(uint32_t crc, const void *bytes, size_t length) {
  CrcTable table;
  make_table(&table);
  return add_crc(&table, crc, bytes, length);
}

/* The digest of the whole file is fed block by block, so that writing needs no second pass. */
static void add_digest(uint64_t digest[2], const uint8_t *bytes, size_t length) {
  digest[0] = hash_bytes(bytes, length, digest[0]);
  digest[1] = hash_mix(digest[1] + 0x9e3779b97f4a7c15u, hash_bytes(bytes, length, ~digest[0]));
}

static void put(uint8_t *at, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; i++) at[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t get(const uint8_t *at, size_t size) {
  uint64_t value = 0;
  for (size_t i = size; i-- > 0;) value = value << 8 | at[i];
  return value;
}

/* ---- writing ---- */

/* The body on its way out, cut into blocks. */
typedef struct Sink {
  Writer writer;
  CrcTable table;
  uint64_t digest[2];
  uint8_t block[CHECKPOINT_BLOCK + CRC];
  size_t filled;
  Diag *diag;
} Sink;

static bool end_block(Sink *sink) {
  if (!sink->filled) return true;
  put(sink->block + sink->filled, add_crc(&sink->table, 0, sink->block, sink->filled), CRC);
  size_t length = sink->filled + CRC;
  add_digest(sink->digest, sink->block, length);
  sink->filled = 0;
  return writer_add(&sink->writer, sink->block, length, sink->diag);
}

static bool sink_add(Sink *sink, const void *bytes, size_t length) {
  const uint8_t *from = bytes;
  while (length) {
    size_t room = CHECKPOINT_BLOCK - sink->filled, part = length < room ? length : room;
    memcpy(sink->block + sink->filled, from, part);
    sink->filled += part;
    from += part;
    length -= part;
    if (sink->filled == CHECKPOINT_BLOCK && !end_block(sink)) return false;
  }
  return true;
}

static void add_number(Text *text, uint64_t value, size_t size) {
  uint8_t bytes[8];
  put(bytes, value, size);
  text_add(text, (const char *)bytes, size);
}

static size_t padded(size_t bytes) { return (bytes + 7) & ~(size_t)7; }

static void make_list(const NamedList *list, Text *table, uint64_t *elements) {
  for (int64_t i = 0; i < list->count; i++) {
    const Named *item = &list->items[i];
    size_t length = strlen(item->name);
    add_number(table, length, 4);
    add_number(table, (uint64_t)item->tensor.dtype, 4);
    add_number(table, (uint64_t)item->tensor.shape.rank, 4);
    add_number(table, 0, 4);
    for (int axis = 0; axis < item->tensor.shape.rank; axis++)
      add_number(table, (uint64_t)item->tensor.shape.dim[axis], 8);
    text_add(table, item->name, length);
    *elements += padded(tensor_bytes(&item->tensor));
  }
}

static void make_head(uint8_t head[HEAD], uint64_t table, uint64_t note, uint64_t elements) {
  memset(head, 0, HEAD);
  memcpy(head, MAGIC, sizeof MAGIC);
  put(head + 8, CHECKPOINT_VERSION, 4);
  put(head + 12, CHECKPOINT_BLOCK, 4);
  put(head + 16, table, 8);
  put(head + 24, note, 8);
  put(head + 32, elements, 8);
  memcpy(head + 40, MADE_BY, MAKER);
  put(head + 60, checkpoint_crc(0, head, 60), CRC);
}

static bool write_all(Sink *sink, const Checkpoint *checkpoint, const Text *table,
                      uint64_t elements) {
  static const uint8_t zeros[8];
  uint8_t head[HEAD], digest[DIGEST];
  make_head(head, table->length, checkpoint->note.length, elements);
  add_digest(sink->digest, head, HEAD);
  if (!writer_add(&sink->writer, head, HEAD, sink->diag) ||
      !sink_add(sink, table->data, table->length) ||
      !sink_add(sink, checkpoint->note.data, checkpoint->note.length))
    return false;
  for (int64_t i = 0; i < checkpoint->tensors.count; i++) {
    const Tensor *tensor = &checkpoint->tensors.items[i].tensor;
    size_t bytes = tensor_bytes(tensor);
    if (!sink_add(sink, tensor_data(tensor), bytes) ||
        !sink_add(sink, zeros, padded(bytes) - bytes))
      return false;
  }
  if (!end_block(sink)) return false;
  put(digest, sink->digest[0], 8);
  put(digest + 8, sink->digest[1], 8);
  return writer_add(&sink->writer, digest, DIGEST, sink->diag);
}

bool checkpoint_write(const Files *files, const char *path, const Checkpoint *checkpoint,
                      Diag *diag) {
  /* a block and the tables: too much for the stack of a thread */
  Sink *sink = mem_zero(sizeof *sink);
  Text table = {0};
  uint64_t elements = 0;
  sink->diag = diag;
  make_table(&sink->table);
  make_list(&checkpoint->tensors, &table, &elements);
  bool good = writer_open(&sink->writer, files, path, diag);
  if (good) {
    good = write_all(sink, checkpoint, &table, elements);
    if (good) good = writer_close_keeping(&sink->writer, CHECKPOINT_PREVIOUS, diag);
    else writer_abandon(&sink->writer);
  }
  text_free(&table);
  mem_free(sink);
  return good;
}

/* ---- reading ---- */

/* A file in memory, and the body taken from it, without the CRCs. */
typedef struct Source {
  const char *path;
  Bytes bytes;
  uint64_t table, note, elements; /* bytes of each part */
  uint8_t *body;                  /* the same memory: blocks moved together */
  uint64_t length;                /* of the body */
  Diag *diag;
} Source;

static bool read_head(Source *source) {
  const uint8_t *head = source->bytes.data;
  if (source->bytes.length < HEAD)
    return file_fail_byte(source->diag, source->path, (int64_t)source->bytes.length,
                          "the checkpoint is cut short: it ends within its header");
  if (memcmp(head, MAGIC, sizeof MAGIC) != 0) {
    const char *what = file_guess_format(head, source->bytes.length);
    return file_fail_byte(source->diag, source->path, 0, "this is not a checkpoint%s%s",
                          what ? ": it looks like " : "", what ? what : "");
  }
  if (get(head + 60, CRC) != checkpoint_crc(0, head, 60))
    return file_fail_byte(source->diag, source->path, 0, "the checkpoint's header is damaged");
  if (get(head + 8, 4) != CHECKPOINT_VERSION)
    return file_fail_byte(source->diag, source->path, 8,
                          "version %llu of the format, written by %.20s; this gd reads version %d",
                          (unsigned long long)get(head + 8, 4), (const char *)head + 40,
                          CHECKPOINT_VERSION);
  if (get(head + 12, 4) != CHECKPOINT_BLOCK)
    return file_fail_byte(source->diag, source->path, 12, "blocks of another size than %d bytes",
                          CHECKPOINT_BLOCK);
  source->table = get(head + 16, 8);
  source->note = get(head + 24, 8);
  source->elements = get(head + 32, 8);
  return true;
}

/* The three parts and their CRCs must come to the length of the file. */
static bool check_length(Source *source) {
  uint64_t there = source->bytes.length - HEAD, most = (uint64_t)1 << 60;
  if (source->table > most || source->note > most || source->elements > most)
    return file_fail_byte(source->diag, source->path, 16, "the checkpoint's sizes are damaged");
  source->length = source->table + source->note + source->elements;
  uint64_t blocks = (source->length + CHECKPOINT_BLOCK - 1) / CHECKPOINT_BLOCK;
  if (source->length + blocks * CRC + DIGEST == there) return true;
  return file_fail_byte(
      source->diag, source->path, (int64_t)source->bytes.length, "the checkpoint is %s",
      source->length + blocks * CRC + DIGEST > there ? "cut short" : "longer than it says");
}

/* Checks all blocks and the digest, and moves the blocks together over the CRCs between them. */
static bool check_blocks(Source *source) {
  CrcTable table;
  make_table(&table);
  uint64_t digest[2] = {0, 0};
  uint8_t *at = source->bytes.data + HEAD, *to = at;
  source->body = to;
  add_digest(digest, source->bytes.data, HEAD);
  for (uint64_t left = source->length; left;) {
    size_t part = left < CHECKPOINT_BLOCK ? (size_t)left : CHECKPOINT_BLOCK;
    if (get(at + part, CRC) != add_crc(&table, 0, at, part))
      return file_fail_byte(source->diag, source->path, at - source->bytes.data,
                            "the checkpoint is damaged: the checksum of this block is wrong");
    add_digest(digest, at, part + CRC);
    memmove(to, at, part);
    to += part;
    at += part + CRC;
    left -= part;
  }
  if (get(at, 8) == digest[0] && get(at + 8, 8) == digest[1]) return true;
  return file_fail_byte(source->diag, source->path, at - source->bytes.data,
                        "the checkpoint is damaged: its blocks do not match");
}

static bool fail_table(const Source *source) {
  return file_fail_byte(source->diag, source->path, HEAD, "the checkpoint's table is malformed");
}

/* `key`, as a message may show it. */
static void show_name(const char *bytes, uint64_t length, char into[100]) {
  Text text = {0};
  size_t most = text_whole(bytes, (size_t)length, 80);
  text_escaped(&text, bytes, most);
  text_print(into, 100, "%s%s", text.data ? text.data : "", most < length ? "…" : "");
  text_free(&text);
}

static bool fail_tensor(const Source *source, const char *name, uint64_t length, const char *what) {
  char shown[100];
  show_name(name, length, shown);
  return file_fail_byte(source->diag, source->path, HEAD, "`%s` in the checkpoint's table %s",
                        shown, what);
}

/* The bytes of its elements, or false where they cannot be among those that are left: nothing was
 * allocated then. */
static bool measure_elements(const Shape *shape, Dtype dtype, uint64_t left, uint64_t *bytes) {
  uint64_t count = 1;
  for (int i = 0; i < shape->rank; i++)
    if (shape->dim[i] == 0) count = 0;
  for (int i = 0; i < shape->rank; i++) {
    if (shape->dim[i] < 0) return false;
    if (count && (uint64_t)shape->dim[i] > left / count) return false;
    count *= (uint64_t)shape->dim[i];
  }
  *bytes = count * dtype_bytes(dtype);
  return count <= left / dtype_bytes(dtype) && padded(*bytes) <= left;
}

static bool is_name(const char *name, uint64_t length, const NamedList *list) {
  return !memchr(name, 0, (size_t)length) && !named_find(list, name, (size_t)length);
}

/* A bool of another byte than 0 or 1 is nothing that C may read. */
static bool are_bools(const uint8_t *bytes, uint64_t count) {
  for (uint64_t i = 0; i < count; i++)
    if (bytes[i] > 1) return false;
  return true;
}

/* Reads one tensor of the table at `*at`, with its elements at `*element` of the body. */
static bool read_tensor(const Source *source, uint64_t *at, uint64_t *element, NamedList *list) {
  const uint8_t *record = source->body + *at;
  uint64_t left = source->table - *at;
  if (left < RECORD) return fail_table(source);
  uint64_t length = get(record, 4), dtype = get(record + 4, 4), rank = get(record + 8, 4);
  if (rank > RANK_MOST || get(record + 12, 4) != 0 || left - RECORD < 8 * rank + length)
    return fail_table(source);
  const char *name = (const char *)record + RECORD + 8 * rank;
  if (!is_name(name, length, list))
    return fail_tensor(source, name, length, "occurs twice, or is not a name");
  if (dtype >= DTYPE_COUNT) return fail_tensor(source, name, length, "has an unknown dtype");
  Shape shape = {.rank = (int32_t)rank};
  for (uint64_t i = 0; i < rank; i++) shape.dim[i] = (int64_t)get(record + RECORD + 8 * i, 8);
  Tensor tensor;
  uint64_t bytes;
  if (!measure_elements(&shape, (Dtype)dtype, source->length - *element, &bytes))
    return fail_tensor(source, name, length, "has a shape with more elements than the file holds");
  if (dtype == DTYPE_BOOL && !are_bools(source->body + *element, bytes))
    return fail_tensor(source, name, length, "holds bools that are neither 0 nor 1");
  if (!tensor_new(&tensor, (Dtype)dtype, &shape, source->diag)) return false;
  named_add(list, name, (size_t)length, tensor);
  if (bytes) memcpy(tensor_data(&tensor), source->body + *element, bytes);
  *element += padded(bytes);
  *at += RECORD + 8 * rank + length;
  return true;
}

static bool read_parts(const Source *source, Checkpoint *checkpoint) {
  uint64_t at = 0, element = source->table + source->note;
  text_add(&checkpoint->note, (const char *)source->body + source->table, (size_t)source->note);
  while (at < source->table)
    if (!read_tensor(source, &at, &element, &checkpoint->tensors)) return false;
  return element == source->length || fail_table(source);
}

static bool read_one(const Files *files, const char *path, Checkpoint *checkpoint, Diag *diag) {
  *checkpoint = (Checkpoint){0};
  Source source = {.path = path, .diag = diag};
  if (!file_read(files, path, &source.bytes, diag)) return false;
  bool good = read_head(&source) && check_length(&source) && check_blocks(&source) &&
              read_parts(&source, checkpoint);
  bytes_free(&source.bytes);
  if (!good) checkpoint_free(checkpoint);
  return good;
}

static char *previous_path(const char *path) {
  Text text = {0};
  text_format(&text, "%s%s", path, CHECKPOINT_PREVIOUS);
  return text.data;
}

bool checkpoint_read(const Files *files, const char *path, Checkpoint *checkpoint, Diag *warning,
                     Diag *diag) {
  Diag first = {0}, second = {0};
  if (warning) warning->status = 0;
  if (read_one(files, path, checkpoint, &first)) return true;
  char *previous = previous_path(path);
  bool good = first.status == STATUS_MALFORMED && read_one(files, previous, checkpoint, &second);
  mem_free(previous);
  if (!good) {
    if (diag) *diag = first;
    return false;
  }
  if (warning) {
    *warning = first;
    warning->warning = true;
    diag_help(warning, "the previous checkpoint, %.200s%s, is used instead", path,
              CHECKPOINT_PREVIOUS);
  }
  return true;
}

bool checkpoint_exists(const Files *files, const char *path) {
  return file_exists(files, path, NULL);
}

typedef enum Found { FOUND_NOTHING, FOUND_CHECKPOINT, FOUND_DAMAGED, FOUND_OTHER } Found;

/* What cannot be read is left to those who write. */
static Found look(const Files *files, const char *path) {
  Bytes bytes = {0};
  Diag diag = {0};
  if (!file_exists(files, path, &diag)) return FOUND_NOTHING;
  if (!file_read_head(files, path, sizeof MAGIC, &bytes, &diag)) return FOUND_NOTHING;
  size_t same = 0;
  for (size_t i = 0; i < bytes.length; i++) same += bytes.data[i] == MAGIC[i];
  Found found = bytes.length == 0          ? FOUND_NOTHING
                : same == sizeof MAGIC     ? FOUND_CHECKPOINT
                : 2 * same >= bytes.length ? FOUND_DAMAGED
                                           : FOUND_OTHER;
  bytes_free(&bytes);
  return found;
}

bool checkpoint_replaceable(const Files *files, const char *path, Diag *diag) {
  char *previous = previous_path(path);
  const Found here = look(files, path), before = look(files, previous);
  const bool fine = here == FOUND_CHECKPOINT ||
                    (here != FOUND_OTHER && before == FOUND_CHECKPOINT) ||
                    (here == FOUND_NOTHING && before == FOUND_NOTHING);
  if (!fine)
    file_fail(diag, STATUS_CREATE, here == FOUND_OTHER ? path : previous,
              "the checkpoint would overwrite this file, which is not one");
  mem_free(previous);
  return fine;
}

void checkpoint_free(Checkpoint *checkpoint) {
  text_free(&checkpoint->note);
  named_free(&checkpoint->tensors);
}
