/* pack.c — mutations of files that say something of themselves.
 *
 * A changed byte of a packed or summed file leads to the one message that its sum is wrong, a
 * million times.  So a part is taken out, unpacked, mutated, and put back under lengths and sums
 * that are right again; now and then the bytes are mutated as they stand, so that wrong ones are
 * met too.
 */
#include "tests/tools/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { UNPACKED_MOST = 1 << 16 };

static uint64_t get(const uint8_t *at, size_t size) {
  uint64_t value = 0;
  for (size_t i = size; i-- > 0;) value = value << 8 | at[i];
  return value;
}

static void put(uint8_t *at, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; i++) at[i] = (uint8_t)(value >> 8 * i);
}

static void add(Text *text, uint64_t value, size_t size) {
  uint8_t bytes[8];
  put(bytes, value, size);
  text_add(text, (const char *)bytes, size);
}

/* Mutates the `length` bytes at `at`; what stands behind them moves.  Gives their new length. */
static size_t mutate_part(uint8_t *data, size_t size, size_t most, size_t at, size_t length) {
  size_t behind = size - at - length, room = most - at - behind;
  if (room == 0) return length;
  uint8_t *rest = mem_alloc(behind);
  memcpy(rest, data + at + length, behind);
  length = LLVMFuzzerMutate(data + at, length, room);
  memcpy(data + at + length, rest, behind);
  mem_free(rest);
  return length;
}

/* A text takes the place of the input, if it is not longer than that may be. */
static size_t take_text(Text *text, uint8_t *data, size_t size, size_t most) {
  bool fits = text->length <= most;
  if (fits) memcpy(data, text->data, size = text->length);
  text_free(text);
  return fits ? size : LLVMFuzzerMutate(data, size, most);
}

/* ---- deflate ---- */

/* Returns new memory with what `data` unpacks to, or NULL; `bits` as zlib has them: -15 a bare
 * stream, 31 gzip. */
static uint8_t *unpack(const uint8_t *data, size_t size, int bits, size_t *length) {
  z_stream stream = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)size};
  if (inflateInit2(&stream, bits) != Z_OK) return NULL;
  uint8_t *out = mem_alloc(UNPACKED_MOST);
  stream.next_out = out;
  stream.avail_out = UNPACKED_MOST;
  int code = inflate(&stream, Z_FINISH);
  *length = UNPACKED_MOST - stream.avail_out;
  inflateEnd(&stream);
  if (code == Z_STREAM_END) return out;
  mem_free(out);
  return NULL;
}

static void pack(const uint8_t *data, size_t size, int bits, Text *text) {
  z_stream stream = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)size};
  if (deflateInit2(&stream, 6, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) return;
  size_t room = deflateBound(&stream, size);
  uint8_t *out = mem_alloc(room);
  stream.next_out = out;
  stream.avail_out = (uInt)room;
  deflate(&stream, Z_FINISH);
  text_add(text, (const char *)out, room - stream.avail_out);
  deflateEnd(&stream);
  mem_free(out);
}

void gzip_write(const uint8_t *data, size_t size, Text *text) { pack(data, size, 31, text); }

size_t mutate_gzip(uint8_t *data, size_t size, size_t most, unsigned seed) {
  size_t length = 0;
  uint8_t *plain = size > 2 && data[0] == 0x1f && data[1] == 0x8b && seed % 4
                       ? unpack(data, size, 31, &length)
                       : NULL;
  if (!plain) return LLVMFuzzerMutate(data, size, most);
  Text text = {0};
  length = LLVMFuzzerMutate(plain, length, UNPACKED_MOST);
  gzip_write(plain, length, &text);
  mem_free(plain);
  return take_text(&text, data, size, most);
}

/* ---- zip ---- */

void zip_free(Zip *zip) {
  for (int i = 0; i < zip->count; i++) mem_free(zip->entries[i].data);
  zip->count = 0;
}

/* Reads entries one behind the other; false where there is something else than entries and the
 * directory. */
static bool zip_read(const uint8_t *data, size_t size, Zip *zip) {
  *zip = (Zip){0};
  for (size_t at = 0; size - at >= 30 && get(data + at, 4) == 0x04034b50;) {
    size_t packed = (size_t)get(data + at + 18, 4), name = (size_t)get(data + at + 26, 2),
           extra = (size_t)get(data + at + 28, 2);
    ZipEntry *entry = &zip->entries[zip->count];
    if (zip->count == ZIP_ENTRIES || name > sizeof entry->name || size - at - 30 < name + extra ||
        size - at - 30 - name - extra < packed)
      return zip_free(zip), false;
    const uint8_t *from = data + at + 30 + name + extra;
    *entry = (ZipEntry){.name_length = name, .size = packed, .packed = get(data + at + 8, 2) == 8};
    memcpy(entry->name, data + at + 30, name);
    entry->data = entry->packed ? unpack(from, packed, -15, &entry->size)
                                : memcpy(mem_alloc(UNPACKED_MOST), from, packed);
    if (!entry->data) return zip_free(zip), false;
    zip->count++;
    at += 30 + name + extra + packed;
  }
  return zip->count > 0;
}

static void add_fields(Text *text, const ZipEntry *entry, size_t packed) {
  add(text, 20, 2);
  add(text, 0, 2);
  add(text, entry->packed ? 8 : 0, 2);
  add(text, 0, 4);
  add(text, crc32(0, entry->data, (uInt)entry->size), 4);
  add(text, packed, 4);
  add(text, entry->size, 4);
  add(text, entry->name_length, 2);
  add(text, 0, 2);
}

void zip_write(const Zip *zip, Text *text) {
  Text directory = {0};
  for (int i = 0; i < zip->count; i++) {
    const ZipEntry *entry = &zip->entries[i];
    size_t place = text->length;
    Text packed = {0};
    if (entry->packed) pack(entry->data, entry->size, -15, &packed);
    else text_add(&packed, (const char *)entry->data, entry->size);
    add(text, 0x04034b50, 4);
    add_fields(text, entry, packed.length);
    text_add(text, entry->name, entry->name_length);
    text_add(text, packed.data, packed.length);
    add(&directory, 0x02014b50, 4);
    add(&directory, 20, 2);
    add_fields(&directory, entry, packed.length);
    for (int k = 0; k < 10; k++) text_char(&directory, 0);
    add(&directory, place, 4);
    text_add(&directory, entry->name, entry->name_length);
    text_free(&packed);
  }
  size_t start = text->length;
  text_add(text, directory.data, directory.length);
  add(text, 0x06054b50, 4);
  add(text, 0, 4);
  add(text, (uint64_t)zip->count, 2);
  add(text, (uint64_t)zip->count, 2);
  add(text, directory.length, 4);
  add(text, start, 4);
  add(text, 0, 2);
  text_free(&directory);
}

/* The two bytes of an NPY header's length made right. */
static void mend_npy(uint8_t *data, size_t size) {
  if (size < 12 || memcmp(data, "\x93NUMPY", 6) != 0) return;
  const uint8_t *end = memchr(data + 10, '\n', size - 10);
  if (end && data[6] == 1) put(data + 8, (uint64_t)(end + 1 - data) - 10, 2);
  if (end && data[6] > 1 && end - data >= 12) put(data + 8, (uint64_t)(end + 1 - data) - 12, 4);
}

size_t mutate_npy(uint8_t *data, size_t size, size_t most, unsigned seed) {
  size = LLVMFuzzerMutate(data, size, most);
  if (seed % 4) mend_npy(data, size);
  return size;
}

size_t mutate_npz(uint8_t *data, size_t size, size_t most, unsigned seed) {
  Zip zip;
  if (seed % 4 == 0 || !zip_read(data, size, &zip)) return LLVMFuzzerMutate(data, size, most);
  ZipEntry *entry = &zip.entries[seed / 4 % (unsigned)zip.count];
  switch (seed / 32 % 8) {
    case 0:
      entry->name_length = LLVMFuzzerMutate((uint8_t *)entry->name, entry->name_length,
                                            sizeof entry->name);
      break;
    case 1: entry->packed = !entry->packed; break;
    default:
      entry->size = LLVMFuzzerMutate(entry->data, entry->size, UNPACKED_MOST);
      if (seed / 256 % 4) mend_npy(entry->data, entry->size);
  }
  Text text = {0};
  zip_write(&zip, &text);
  zip_free(&zip);
  return take_text(&text, data, size, most);
}

/* ---- safetensors: eight bytes of length, a header, elements ---- */

size_t mutate_safetensors(uint8_t *data, size_t size, size_t most, unsigned seed) {
  uint64_t header = size >= 8 ? get(data, 8) : 0;
  if (seed % 4 == 0 || size < 8 || header > size - 8) return LLVMFuzzerMutate(data, size, most);
  size_t at = seed / 4 % 4 ? 8 : 8 + (size_t)header, before = at == 8 ? (size_t)header : size - at;
  size_t after = mutate_part(data, size, most, at, before);
  if (at == 8) put(data, after, 8);
  return size - before + after;
}

/* ---- checkpoints: a head with three sizes and its sum, the body, a sum for it, a digest ---- */

static void digest_add(uint64_t digest[2], const uint8_t *bytes, size_t length) {
  digest[0] = hash_bytes(bytes, length, digest[0]);
  digest[1] = hash_mix(digest[1] + 0x9e3779b97f4a7c15u, hash_bytes(bytes, length, ~digest[0]));
}

enum { HEAD = 64, TAIL = 4 + 16 };

size_t mutate_checkpoint(uint8_t *data, size_t size, size_t most, unsigned seed) {
  uint64_t sizes[3] = {0};
  for (int i = 0; i < 3 && size > HEAD + TAIL; i++) sizes[i] = get(data + 16 + 8 * i, 8);
  bool whole = size > HEAD + TAIL && size - HEAD - TAIL <= CHECKPOINT_BLOCK && sizes[0] <= size &&
               sizes[1] <= size && sizes[2] <= size &&
               sizes[0] + sizes[1] + sizes[2] == size - HEAD - TAIL;
  if (seed % 16 == 0 || !whole) return LLVMFuzzerMutate(data, size, most);
  int part = (int)(seed / 16 % 3);
  size_t at = HEAD;
  for (int i = 0; i < part; i++) at += (size_t)sizes[i];
  size_t length = mutate_part(data, size, most, at, (size_t)sizes[part]);
  size = size - (size_t)sizes[part] + length;
  put(data + 16 + 8 * part, length, 8);
  put(data + 60, checkpoint_crc(0, data, 60), 4);
  put(data + size - TAIL, checkpoint_crc(0, data + HEAD, size - HEAD - TAIL), 4);
  uint64_t digest[2] = {0, 0};
  digest_add(digest, data, HEAD);
  digest_add(digest, data + HEAD, size - HEAD - 16);
  put(data + size - 16, digest[0], 8);
  put(data + size - 8, digest[1], 8);
  return size;
}
