/* npz.c — a zip of NPY files, as numpy.savez and savez_compressed write it.
 *
 * A zip archive describes itself twice, at the end (the directory) and before each entry (the
 * local header), and readers that believe one or the other can be made to see different
 * contents.  So this one believes neither: it demands that the archive be exactly a row of
 * entries without gap or overlap, then their directory in the same terms, then the end record and nothing
 * more.  What NumPy writes is so; polyglots, bombs of overlapping entries, and doctored
 * headers are not (D. Fifield, A better zip bomb, 2019).  (APPNOTE.TXT 6.3.10, PKWARE.)
 *
 * Methods are 0 (stored) and 8 (deflated).  An entry is unpacked within what remains of the
 * limit for the whole archive, and its size and CRC-32 must come out as told.  Names are
 * labels and never used as paths, but what would be dangerous as one is refused all the same.
 */
#include "runtime/io/array.h"
#include "runtime/io/npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { END_SIZE = 22, DIRECTORY_SIZE = 46, LOCAL_SIZE = 30, NAME_MOST = 4096, ZIP64_TAG = 1, RATIO_MOST = 1032 /* of deflate */ };
enum { FLAG_ENCRYPTED = 1, FLAG_DESCRIPTOR = 8, FLAG_UTF8 = 0x800 };
static const uint32_t END_MARK = 0x06054b50, DIRECTORY_MARK = 0x02014b50, LOCAL_MARK = 0x04034b50;
static const uint32_t END64_MARK = 0x06064b50, LOCATOR_MARK = 0x07064b50, DESCRIPTOR_MARK = 0x08074b50;

typedef struct Entry {
  const uint8_t *name;       /* in the archive */
  size_t name_length;
  size_t place;              /* of its record in the directory */
  uint16_t flags, method;
  uint32_t crc;
  uint64_t packed, unpacked; /* bytes */
  uint64_t local;            /* offset of the local header */
  size_t data;               /* offset of the packed bytes */
} Entry;

typedef struct Archive {
  const uint8_t *data;
  size_t length;
  const char *path;
  Diag *diag;
  Entry *entries;            /* owned, in the order of the directory */
  int64_t count;
  size_t directory, end;     /* where the directory starts and ends */
  int64_t left;              /* bytes that may still be unpacked */
} Archive;

static PRINTF_LIKE(3, 4) bool fail(const Archive *archive, size_t at, const char *format, ...) {
  char message[400];
  va_list values;
  va_start(values, format);
  vsnprintf(message, sizeof message, format, values);
  va_end(values);
  return file_fail_byte(archive->diag, archive->path, (int64_t)at, "%s", message);
}

static uint16_t two(const uint8_t *at) { return (uint16_t)(at[0] | at[1] << 8); }
static uint32_t four(const uint8_t *at) { return two(at) | (uint32_t)two(at + 2) << 16; }
static uint64_t eight(const uint8_t *at) { return four(at) | (uint64_t)four(at + 4) << 32; }

/* ---- the end record ---- */

/* The records of zip64, between the directory and the end record, where NumPy needs them (4 GiB or 65,535 entries). */
static bool read_end64(Archive *archive, size_t end, uint64_t *count, uint64_t *size, uint64_t *start) {
  const uint8_t *data = archive->data;
  if (end < 76 || four(data + end - 20) != LOCATOR_MARK) return true;
  size_t record = end - 76; /* 56 bytes of record, 20 of locator: no more is ever written */
  if (eight(data + end - 12) != record || four(data + end - 16) != 0 || four(data + end - 4) != 1 || four(data + record) != END64_MARK || eight(data + record + 4) != 44)
    return fail(archive, record, "the zip64 end record is damaged");
  if (four(data + record + 16) || four(data + record + 20)) return fail(archive, record, "archives of several parts cannot be read");
  uint64_t counts[2] = {eight(data + record + 24), eight(data + record + 32)};
  if (counts[0] != counts[1]) return fail(archive, record, "the zip64 end record is damaged");
  if ((*count != 0xFFFF && *count != counts[1]) || (*size != 0xFFFFFFFF && *size != eight(data + record + 40)) || (*start != 0xFFFFFFFF && *start != eight(data + record + 48)))
    return fail(archive, end, "the two end records disagree");
  *count = counts[1];
  *size = eight(data + record + 40);
  *start = eight(data + record + 48);
  archive->end = record;
  return true;
}

static bool read_end(Archive *archive, uint64_t *count) {
  const uint8_t *data = archive->data;
  if (archive->length < END_SIZE || four(data) == 0 || (four(data) != LOCAL_MARK && four(data) != END_MARK)) {
    const char *what = file_likely(data, archive->length);
    return fail(archive, 0, "this is not an NPZ file%s%s", what ? ": it looks like " : "", what ? what : "");
  }
  size_t end = archive->length - END_SIZE; /* NumPy writes no comment, so the record is the last thing */
  const uint8_t *at = data + end;
  if (four(at) != END_MARK || two(at + 20) != 0) return fail(archive, end, "the archive is cut short, or something follows its end record");
  if (two(at + 4) || two(at + 6)) return fail(archive, end, "archives of several parts cannot be read");
  if (two(at + 8) != two(at + 10)) return fail(archive, end, "the end record is damaged");
  *count = two(at + 10);
  uint64_t size = four(at + 12), start = four(at + 16);
  archive->end = end;
  if (!read_end64(archive, end, count, &size, &start)) return false;
  if (start > archive->end || size != archive->end - start) return fail(archive, end, "the directory is not where the end record says");
  archive->directory = (size_t)start;
  if (*count > size / DIRECTORY_SIZE) return fail(archive, end, "%llu entries do not fit in a directory of %llu bytes", (unsigned long long)*count, (unsigned long long)size);
  return true;
}

/* ---- the directory ---- */

/* Takes from the zip64 field what the record marked as too large for it. */
static bool read_zip64(const Archive *archive, Entry *entry, const uint8_t *extra, size_t length, uint64_t *values[], int count) {
  for (size_t at = 0; at < length;) {
    if (length - at < 4 || length - at - 4 < two(extra + at + 2)) return fail(archive, entry->place, "an extra field is damaged");
    size_t size = two(extra + at + 2), used = 0;
    if (two(extra + at) == ZIP64_TAG) {
      for (int i = 0; i < count; i++) {
        if (*values[i] != 0xFFFFFFFF) continue;
        if (size - used < 8) return fail(archive, entry->place, "the zip64 field is cut short");
        *values[i] = eight(extra + at + 4 + used);
        used += 8;
      }
      count = 0;
    }
    at += 4 + size;
  }
  for (int i = 0; i < count; i++)
    if (*values[i] == 0xFFFFFFFF) return fail(archive, entry->place, "the zip64 field is missing");
  return true;
}

static bool check_name(const Archive *archive, const Entry *entry) {
  const char *name = (const char *)entry->name;
  size_t length = entry->name_length;
  if (length == 0 || length > NAME_MOST) return fail(archive, entry->place, "an entry's name has %zu bytes; from 1 to %d can be read", length, NAME_MOST);
  for (size_t at = 0; at < length;) {
    uint32_t code = 0;
    size_t size = text_decode(name + at, length - at, &code);
    if (!size || code < 0x20 || code == 0x7F || code == '\\' || code == ':') return fail(archive, entry->place, "byte %02x in an entry's name", entry->name[at]);
    at += size;
  }
  if (name[0] == '/' || name[length - 1] == '/') return fail(archive, entry->place, "an entry's name is a folder or an absolute path");
  for (size_t start = 0; start <= length;) {
    const char *slash = memchr(name + start, '/', length - start);
    size_t part = slash ? (size_t)(slash - name) - start : length - start;
    if (part == 0 || (part <= 2 && memcmp(name + start, "..", part) == 0)) return fail(archive, entry->place, "an entry's name has an empty part, `.` or `..`");
    start += part + 1;
  }
  return true;
}

static bool check_method(const Archive *archive, const Entry *entry, uint32_t attributes) {
  static const struct { int method; const char *name; } known[] = {{1, "shrunk"}, {6, "imploded"}, {9, "deflate64"}, {12, "bzip2"}, {14, "LZMA"}, {93, "Zstandard"}, {95, "xz"}, {98, "PPMd"}, {99, "AES"}};
  if (entry->flags & FLAG_ENCRYPTED) return fail(archive, entry->place, "the entry is encrypted");
  if (entry->flags & ~(FLAG_DESCRIPTOR | FLAG_UTF8 | 6)) return fail(archive, entry->place, "the entry has unknown flags, %04x", entry->flags);
  if ((attributes >> 16 & 0170000) == 0120000) return fail(archive, entry->place, "the entry is a symbolic link");
  if (entry->method == 0 || entry->method == 8) return true;
  const char *name = "unknown";
  for (int i = 0; i < COUNT_OF(known); i++)
    if (known[i].method == entry->method) name = known[i].name;
  return fail(archive, entry->place, "the entry is packed by method %d (%s); 0 (stored) and 8 (deflated) can be read", entry->method, name);
}

static bool read_entry(const Archive *archive, size_t *at, Entry *entry) {
  const uint8_t *record = archive->data + *at;
  size_t left = archive->end - *at;
  if (left < DIRECTORY_SIZE || four(record) != DIRECTORY_MARK) return fail(archive, *at, "the directory is damaged");
  size_t name = two(record + 28), extra = two(record + 30), comment = two(record + 32);
  if (left - DIRECTORY_SIZE < name + extra + comment) return fail(archive, *at, "the directory is cut short");
  *entry = (Entry){.name = record + DIRECTORY_SIZE, .name_length = name, .place = *at, .flags = two(record + 8), .method = two(record + 10), .crc = four(record + 16),
                   .packed = four(record + 20), .unpacked = four(record + 24), .local = four(record + 42)};
  uint64_t *values[] = {&entry->unpacked, &entry->packed, &entry->local};
  if (two(record + 34) != 0) return fail(archive, *at, "archives of several parts cannot be read");
  *at += DIRECTORY_SIZE + name + extra + comment;
  return read_zip64(archive, entry, entry->name + name, extra, values, 3) && check_method(archive, entry, four(record + 38)) && check_name(archive, entry);
}

/* ---- the entries themselves ---- */

static int by_place(const void *a, const void *b) {
  uint64_t x = (*(const Entry *const *)a)->local, y = (*(const Entry *const *)b)->local;
  return x < y ? -1 : x > y;
}

static int by_name(const void *a, const void *b) {
  const Entry *x = *(const Entry *const *)a, *y = *(const Entry *const *)b;
  size_t common = x->name_length < y->name_length ? x->name_length : y->name_length;
  int order = memcmp(x->name, y->name, common);
  return order ? order : (x->name_length > y->name_length) - (x->name_length < y->name_length);
}

/* The sizes and CRC that follow the data when they were not known before it; gives where they end, 0 when they are wrong. */
static size_t read_descriptor(const Archive *archive, const Entry *entry, size_t at, size_t end, bool wide) {
  if (at + 4 <= end && four(archive->data + at) == DESCRIPTOR_MARK) at += 4;
  size_t size = wide ? 20 : 12;
  if (at > end || end - at < size) return 0;
  const uint8_t *record = archive->data + at;
  uint64_t packed = wide ? eight(record + 4) : four(record + 4), unpacked = wide ? eight(record + 12) : four(record + 8);
  return four(record) == entry->crc && packed == entry->packed && unpacked == entry->unpacked ? at + size : 0;
}

/* Reads the local header, which must say what the directory said, and gives where the entry ends (0: wrong). */
static size_t read_local(const Archive *archive, Entry *entry) {
  size_t at = (size_t)entry->local, end = archive->directory;
  if (at > end || end - at < LOCAL_SIZE || four(archive->data + at) != LOCAL_MARK) return fail(archive, entry->place, "no entry stands where the directory says"), 0;
  const uint8_t *record = archive->data + at;
  size_t name = two(record + 26), extra = two(record + 28);
  if (end - at - LOCAL_SIZE < name + extra) return fail(archive, at, "the entry is cut short"), 0;
  bool later = entry->flags & FLAG_DESCRIPTOR, wide = four(record + 18) == 0xFFFFFFFF || four(record + 22) == 0xFFFFFFFF;
  uint64_t packed = four(record + 18), unpacked = four(record + 22);
  uint64_t *values[] = {&unpacked, &packed};
  if (!read_zip64(archive, entry, record + LOCAL_SIZE + name, extra, values, 2)) return 0;
  bool same = two(record + 6) == entry->flags && two(record + 8) == entry->method && name == entry->name_length && memcmp(record + LOCAL_SIZE, entry->name, name) == 0;
  bool sizes = packed == entry->packed && unpacked == entry->unpacked && four(record + 14) == entry->crc;
  bool open = later && four(record + 14) == 0 && packed == 0 && unpacked == 0;
  if (!same || (!sizes && !open)) return fail(archive, at, "the entry and the directory disagree"), 0;
  entry->data = at + LOCAL_SIZE + name + extra;
  if (entry->packed > end - entry->data) return fail(archive, at, "the entry is cut short"), 0;
  size_t after = entry->data + (size_t)entry->packed;
  if (!later) return after;
  after = read_descriptor(archive, entry, after, end, wide);
  if (!after) fail(archive, at, "the entry's closing record is damaged");
  return after;
}

static bool check_order(const Archive *archive, const Entry **sorted) {
  size_t expected = 0;
  qsort(sorted, (size_t)archive->count, sizeof *sorted, by_place);
  for (int64_t i = 0; i < archive->count; i++) {
    Entry *entry = &archive->entries[sorted[i] - archive->entries];
    if (entry->local != expected) return fail(archive, entry->place, "entries overlap, or something stands between them");
    expected = read_local(archive, entry);
    if (!expected) return false;
  }
  if (expected != archive->directory) return fail(archive, expected, "something stands between the last entry and the directory");
  qsort(sorted, (size_t)archive->count, sizeof *sorted, by_name);
  for (int64_t i = 1; i < archive->count; i++)
    if (by_name(&sorted[i - 1], &sorted[i]) == 0) return fail(archive, sorted[i]->place, "two entries have one name");
  return true;
}

static bool read_directory(Archive *archive) {
  uint64_t count = 0;
  if (!read_end(archive, &count)) return false;
  archive->entries = mem_zero((size_t)(count + 1) * sizeof *archive->entries);
  size_t at = archive->directory;
  for (; archive->count < (int64_t)count; archive->count++)
    if (!read_entry(archive, &at, &archive->entries[archive->count])) return false;
  if (at != archive->end) return fail(archive, at, "the directory holds more than the end record says");
  const Entry **sorted = mem_alloc((size_t)(count + 1) * sizeof *sorted);
  for (int64_t i = 0; i < archive->count; i++) sorted[i] = &archive->entries[i];
  bool good = check_order(archive, sorted);
  mem_free(sorted);
  return good;
}

/* ---- unpacking ---- */

static bool inflate_entry(const Archive *archive, const Entry *entry, uint8_t *out) {
  z_stream stream = {.next_in = (uint8_t *)(uintptr_t)(archive->data + entry->data), .avail_in = (unsigned)entry->packed};
  if (inflateInit2(&stream, -15) != Z_OK) return file_fail(archive->diag, STATUS_MEMORY, archive->path, "not enough memory to unpack it");
  stream.next_out = out;
  stream.avail_out = (unsigned)entry->unpacked + 1; /* one too many, to see that there is not more */
  int code = inflate(&stream, Z_FINISH);
  bool good = code == Z_STREAM_END && stream.avail_in == 0 && stream.total_out == entry->unpacked;
  if (!good) fail(archive, entry->data, "the packed data is damaged: %s", stream.msg ? stream.msg : "it does not unpack to the size that is told");
  inflateEnd(&stream);
  return good;
}

static bool unpack_entry(const Archive *archive, const Entry *entry, uint8_t *out) {
  if (entry->method == 8) {
    if (!inflate_entry(archive, entry, out)) return false;
  } else {
    if (entry->packed != entry->unpacked) return fail(archive, entry->place, "a stored entry has two sizes");
    memcpy(out, archive->data + entry->data, (size_t)entry->unpacked);
  }
  uint32_t crc = (uint32_t)crc32(0, out, (unsigned)entry->unpacked);
  return crc == entry->crc || fail(archive, entry->data, "the entry's checksum is %08x, not %08x as told", crc, entry->crc);
}

/* One entry to one named tensor. */
static bool add_entry(Archive *archive, const Entry *entry, bool elements, NamedList *list) {
  if (entry->unpacked > (uint64_t)archive->left || entry->packed > UINT32_MAX || entry->unpacked >= UINT32_MAX)
    return fail(archive, entry->place, "the archive unpacks to more than the limit allows: %llu bytes here, %lld left", (unsigned long long)entry->unpacked, (long long)archive->left);
  if (entry->unpacked / RATIO_MOST > entry->packed) return fail(archive, entry->place, "%llu bytes cannot come out of %llu", (unsigned long long)entry->unpacked, (unsigned long long)entry->packed);
  archive->left -= (int64_t)entry->unpacked;
  if (entry->name_length < 5 || memcmp(entry->name + entry->name_length - 4, ".npy", 4) != 0) return fail(archive, entry->place, "an entry is not called NAME.npy");
  size_t room = (size_t)entry->unpacked + 1;
  if (!mem_reserve(room)) return file_fail(archive->diag, STATUS_MEMORY, archive->path, "too large for the memory budget: %zu bytes more", room);
  uint8_t *bytes = mem_alloc(room);
  Tensor tensor = {0};
  char label[300], shown[200];
  snprintf(shown, sizeof shown, "%.*s", (int)(entry->name_length < 100 ? entry->name_length : 100), (const char *)entry->name);
  snprintf(label, sizeof label, "%.90s: %s", archive->path, shown);
  bool good = unpack_entry(archive, entry, bytes) && npy_decode(bytes, (size_t)entry->unpacked, label, elements, &tensor, archive->diag);
  if (good) named_add(list, (const char *)entry->name, entry->name_length - 4, tensor);
  mem_free(bytes);
  mem_release(room);
  return good;
}

static bool read_archive(const Files *files, const char *path, bool elements, NamedList *list, Diag *diag) {
  *list = (NamedList){0};
  Bytes bytes;
  if (!file_read(files, path, &bytes, diag)) return false;
  Archive archive = {.data = bytes.data, .length = bytes.length, .path = path, .diag = diag, .left = files && files->unpacked ? files->unpacked : FILE_UNPACKED_MOST};
  bool good = read_directory(&archive);
  for (int64_t i = 0; good && i < archive.count; i++) good = add_entry(&archive, &archive.entries[i], elements, list);
  mem_free(archive.entries);
  bytes_free(&bytes);
  if (!good) named_free(list);
  return good;
}

bool npz_read(const Files *files, const char *path, NamedList *list, Diag *diag) { return read_archive(files, path, true, list, diag); }

bool npz_shape(const Files *files, const char *path, NamedList *list, Diag *diag) { return read_archive(files, path, false, list, diag); }
