/* npz.c — a zip of NPY files, as numpy.savez and savez_compressed write it.
 *
 * A zip archive describes itself twice, at the end (the directory) and before each entry (the local
 * header), and readers that trust one or the other can be made to see different contents.  So this
 * one trusts neither: it requires that the archive be exactly a row of entries without gap or
 * overlap, then their directory in the same terms, then the end record and nothing more.  What
 * NumPy writes is so; polyglots, bombs of overlapping entries, and doctored headers are not (D.
 * Fifield, A better zip bomb, 2019).  (APPNOTE.TXT 6.3.10, PKWARE.)
 *
 * The file is not kept in memory: the directory is, and each entry is read, checked and, where its
 * elements stand as they do in memory, put straight into its tensor.
 *
 * Methods are 0 (stored) and 8 (deflated).  An entry is unpacked within what remains of the limit
 * for the whole archive, and its size and CRC-32 must be those stated.  Names are labels and never
 * used as paths, but what would be dangerous as one is refused all the same.
 *
 * What is written is stored, without zip64: less than 4 GiB.
 */
#include "runtime/base/stop.h"
#include "runtime/io/array.h"
#include "runtime/io/npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
  END_SIZE = 22,
  DIRECTORY_SIZE = 46,
  LOCAL_SIZE = 30,
  END64_SIZE = 76,
  NAME_MOST = 4096,
  ZIP64_TAG = 1,
  RATIO_MOST = 1032 /* of deflate */
};
enum { LOOK = 4096 /* bytes, to see what a file that is none looks like */, PIECE = 1 << 16 };
enum { FLAG_ENCRYPTED = 1, FLAG_DESCRIPTOR = 8, FLAG_UTF8 = 0x800 };
static const uint32_t END_MARK = 0x06054b50, DIRECTORY_MARK = 0x02014b50, LOCAL_MARK = 0x04034b50;
static const uint32_t END64_MARK = 0x06064b50, LOCATOR_MARK = 0x07064b50,
                      DESCRIPTOR_MARK = 0x08074b50;

typedef struct Entry {
  const uint8_t *name; /* in the archive */
  size_t name_length;
  size_t place; /* of its record in the directory */
  uint16_t flags, method;
  uint32_t crc;
  uint64_t packed, unpacked; /* bytes */
  uint64_t local;            /* offset of the local header */
  size_t data;               /* offset of the packed bytes */
} Entry;

typedef struct Archive {
  FileParts parts;     /* the file */
  size_t length;       /* of it */
  Bytes window;        /* the end records; then the directory and all behind it */
  size_t window_start; /* where in the file the window begins */
  const char *path;
  Diag *diag;
  Entry *entries; /* owned, in the order of the directory */
  int64_t count;
  size_t directory, end; /* where the directory starts and ends */
  int64_t left;          /* bytes that may still be unpacked */
} Archive;

static PRINTF_LIKE(3, 4) bool fail(const Archive *archive, size_t at, const char *format, ...) {
  char message[400];
  va_list values;
  va_start(values, format);
  text_print_list(message, sizeof message, format, values);
  va_end(values);
  return file_fail_byte(archive->diag, archive->path, (int64_t)at, "%s", message);
}

/* The bytes at an offset of the archive that lies in the window. */
static const uint8_t *see(const Archive *archive, size_t at) {
  return archive->window.data + (at - archive->window_start);
}

static bool open_window(Archive *archive, size_t start) {
  bytes_free(&archive->window);
  archive->window_start = start;
  return file_read_part(&archive->parts, start, archive->length - start, &archive->window,
                        archive->diag);
}

static uint16_t two(const uint8_t *at) { return (uint16_t)(at[0] | at[1] << 8); }
static uint32_t four(const uint8_t *at) { return two(at) | (uint32_t)two(at + 2) << 16; }
static uint64_t eight(const uint8_t *at) { return four(at) | (uint64_t)four(at + 4) << 32; }

/* ---- the end record ---- */

/* The records of zip64, between the directory and the end record, where NumPy needs them (4 GiB or
 * 65,535 entries). */
static bool read_end64(Archive *archive, size_t end, uint64_t *count, uint64_t *size,
                       uint64_t *start) {
  if (end < END64_SIZE || four(see(archive, end - 20)) != LOCATOR_MARK) return true;
  size_t record = end - END64_SIZE; /* 56 bytes of record, 20 of locator: no more is ever written */
  const uint8_t *data = see(archive, record), *locator = data + 56;
  if (eight(locator + 8) != record || four(locator + 4) != 0 || four(locator + 16) != 1 ||
      four(data) != END64_MARK || eight(data + 4) != 44)
    return fail(archive, record, "the zip64 end record is damaged");
  if (four(data + 16) || four(data + 20))
    return fail(archive, record, "archives of several parts cannot be read");
  uint64_t counts[2] = {eight(data + 24), eight(data + 32)};
  if (counts[0] != counts[1]) return fail(archive, record, "the zip64 end record is damaged");
  if ((*count != 0xFFFF && *count != counts[1]) ||
      (*size != 0xFFFFFFFF && *size != eight(data + 40)) ||
      (*start != 0xFFFFFFFF && *start != eight(data + 48)))
    return fail(archive, end, "the two end records disagree");
  *count = counts[1];
  *size = eight(data + 40);
  *start = eight(data + 48);
  archive->end = record;
  return true;
}

static bool check_beginning(const Archive *archive) {
  Bytes look;
  if (!file_read_part(&archive->parts, 0, archive->length < LOOK ? archive->length : LOOK, &look,
                      archive->diag))
    return false;
  const char *what = file_guess_format(look.data, look.length);
  bool good = archive->length >= END_SIZE &&
              (four(look.data) == LOCAL_MARK || four(look.data) == END_MARK) &&
              !strstr(what, "PyTorch") && !strstr(what, "Excel");
  bytes_free(&look);
  if (good) return true;
  fail(archive, 0, "this is not an NPZ file%s%s", what ? ": it looks like " : "", what ? what : "");
  return file_help_format(archive->diag, what);
}

/* The end record is not the last thing: what is? */
static bool fail_end(Archive *archive) {
  enum { COMMENT_MOST = 65535 };
  size_t most = END_SIZE + COMMENT_MOST, length = archive->length;
  if (!open_window(archive, length > most ? length - most : 0)) return false;
  for (size_t at = length - END_SIZE + 1; at-- > archive->window_start;) {
    const uint8_t *record = see(archive, at);
    size_t behind = length - END_SIZE - at;
    if (four(record) != END_MARK || behind == 0) continue;
    if (two(record + 20) != behind)
      return fail(archive, at + END_SIZE, "%zu bytes follow the end of the archive", behind);
    fail(archive, at + END_SIZE, "the archive has a comment of %zu bytes, which no NPZ file has",
         behind);
    return diag_help(archive->diag, "remove it: `echo | zip -z FILE`, or save the arrays again");
  }
  return fail(archive, length, "the archive is cut short: its end record is missing");
}

static bool read_end(Archive *archive, uint64_t *count) {
  if (!check_beginning(archive)) return false;
  /* NumPy writes no comment, so the record is the last thing */
  size_t end = archive->length - END_SIZE;
  if (!open_window(archive, end > END64_SIZE ? end - END64_SIZE : 0)) return false;
  const uint8_t *at = see(archive, end);
  if (four(at) != END_MARK || two(at + 20) != 0) return fail_end(archive);
  if (two(at + 4) || two(at + 6))
    return fail(archive, end, "archives of several parts cannot be read");
  if (two(at + 8) != two(at + 10)) return fail(archive, end, "the end record is damaged");
  *count = two(at + 10);
  uint64_t size = four(at + 12), start = four(at + 16);
  archive->end = end;
  if (!read_end64(archive, end, count, &size, &start)) return false;
  if (start > archive->end || size != archive->end - start)
    return fail(archive, end, "the directory is not where the end record says");
  archive->directory = (size_t)start;
  if (!open_window(archive, archive->directory)) return false;
  if (*count > size / DIRECTORY_SIZE)
    return fail(archive, end, "%llu entries do not fit in a directory of %llu bytes",
                (unsigned long long)*count, (unsigned long long)size);
  return true;
}

/* ---- the directory ---- */

/* Takes from the zip64 field what the record marked as too large for it. */
static bool read_zip64(const Archive *archive, Entry *entry, const uint8_t *extra, size_t length,
                       uint64_t *values[], int count) {
  for (size_t at = 0; at < length;) {
    if (length - at < 4 || length - at - 4 < two(extra + at + 2))
      return fail(archive, entry->place, "an extra field is damaged");
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
  if (length == 0 || length > NAME_MOST)
    return fail(archive, entry->place, "an entry's name has %zu bytes; from 1 to %d can be read",
                length, NAME_MOST);
  for (size_t at = 0; at < length;) {
    uint32_t code = 0;
    size_t size = text_decode(name + at, length - at, &code);
    if (!size || code < 0x20 || code == 0x7F || code == '\\' || code == ':')
      return fail(archive, entry->place, "byte %02x in an entry's name", entry->name[at]);
    at += size;
  }
  if (name[0] == '/' || name[length - 1] == '/')
    return fail(archive, entry->place, "an entry's name is a folder or an absolute path");
  for (size_t start = 0; start <= length;) {
    const char *slash = memchr(name + start, '/', length - start);
    size_t part = slash ? (size_t)(slash - name) - start : length - start;
    if (part == 0 || (part <= 2 && memcmp(name + start, "..", part) == 0))
      return fail(archive, entry->place, "an entry's name has an empty part, `.` or `..`");
    start += part + 1;
  }
  return true;
}

static bool check_method(const Archive *archive, const Entry *entry, uint32_t attributes) {
  static const struct {
    int method;
    const char *name;
  } known[] = {{1, "shrunk"},     {6, "imploded"}, {9, "deflate64"}, {12, "bzip2"}, {14, "LZMA"},
               {93, "Zstandard"}, {95, "xz"},      {98, "PPMd"},     {99, "AES"}};
  if (entry->flags & FLAG_ENCRYPTED) return fail(archive, entry->place, "the entry is encrypted");
  if (entry->flags & ~(FLAG_DESCRIPTOR | FLAG_UTF8 | 6))
    return fail(archive, entry->place, "the entry has unknown flags, %04x", entry->flags);
  if ((attributes >> 16 & 0170000) == 0120000)
    return fail(archive, entry->place, "the entry is a symbolic link");
  if (entry->method == 0 || entry->method == 8) return true;
  const char *name = "unknown";
  for (int i = 0; i < COUNT_OF(known); i++)
    if (known[i].method == entry->method) name = known[i].name;
  return fail(archive, entry->place,
              "the entry is packed by method %d (%s); 0 (stored) and 8 (deflated) can be read",
              entry->method, name);
}

static bool read_entry(const Archive *archive, size_t *at, Entry *entry) {
  const uint8_t *record = see(archive, *at);
  size_t left = archive->end - *at;
  if (left < DIRECTORY_SIZE || four(record) != DIRECTORY_MARK)
    return fail(archive, *at, "the directory is damaged");
  size_t name = two(record + 28), extra = two(record + 30), comment = two(record + 32);
  if (left - DIRECTORY_SIZE < name + extra + comment)
    return fail(archive, *at, "the directory is cut short");
  *entry = (Entry){.name = record + DIRECTORY_SIZE,
                   .name_length = name,
                   .place = *at,
                   .flags = two(record + 8),
                   .method = two(record + 10),
                   .crc = four(record + 16),
                   .packed = four(record + 20),
                   .unpacked = four(record + 24),
                   .local = four(record + 42)};
  uint64_t *values[] = {&entry->unpacked, &entry->packed, &entry->local};
  if (two(record + 34) != 0) return fail(archive, *at, "archives of several parts cannot be read");
  *at += DIRECTORY_SIZE + name + extra + comment;
  return read_zip64(archive, entry, entry->name + name, extra, values, 3) &&
         check_method(archive, entry, four(record + 38)) && check_name(archive, entry);
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

/* The sizes and CRC that follow the data when they were not known before it; returns where they
 * end, 0 when they are wrong. */
static size_t read_descriptor(const Archive *archive, const Entry *entry, size_t at, size_t end,
                              bool wide) {
  uint8_t bytes[24] = {0};
  size_t there = end - at < sizeof bytes ? end - at : sizeof bytes, marked = 0,
         size = wide ? 20 : 12;
  if (!file_read_into(&archive->parts, at, bytes, there, archive->diag)) return 0;
  if (there >= 4 && four(bytes) == DESCRIPTOR_MARK) marked = 4;
  if (there < marked + size) return 0;
  const uint8_t *record = bytes + marked;
  uint64_t packed = wide ? eight(record + 4) : four(record + 4),
           unpacked = wide ? eight(record + 12) : four(record + 8);
  return four(record) == entry->crc && packed == entry->packed && unpacked == entry->unpacked
             ? at + marked + size
             : 0;
}

/* Does the local header, with the name and the extra field behind it, say what the directory said?
 */
static bool check_local(const Archive *archive, const Entry *entry, const uint8_t *record,
                        const uint8_t *behind, size_t name, size_t extra) {
  uint64_t packed = four(record + 18), unpacked = four(record + 22);
  uint64_t *values[] = {&unpacked, &packed};
  Entry copy = *entry; /* read_zip64 only tells its place */
  if (!read_zip64(archive, &copy, behind + name, extra, values, 2)) return false;
  bool same = two(record + 6) == entry->flags && two(record + 8) == entry->method &&
              name == entry->name_length && memcmp(behind, entry->name, name) == 0;
  bool sizes = packed == entry->packed && unpacked == entry->unpacked &&
               four(record + 14) == entry->crc;
  bool open = (entry->flags & FLAG_DESCRIPTOR) && four(record + 14) == 0 && packed == 0 &&
              unpacked == 0;
  return (same && (sizes || open)) ||
         fail(archive, (size_t)entry->local, "the entry and the directory disagree");
}

/* Reads the local header, which must say what the directory said, and gives where the entry ends
 * (0: wrong). */
static size_t read_local(const Archive *archive, Entry *entry) {
  size_t at = (size_t)entry->local, end = archive->directory;
  uint8_t record[LOCAL_SIZE];
  Bytes behind;
  if (at > end || end - at < LOCAL_SIZE)
    return fail(archive, entry->place, "no entry is where the directory says"), 0;
  if (!file_read_into(&archive->parts, at, record, LOCAL_SIZE, archive->diag)) return 0;
  if (four(record) != LOCAL_MARK)
    return fail(archive, entry->place, "no entry is where the directory says"), 0;
  size_t name = two(record + 26), extra = two(record + 28);
  if (end - at - LOCAL_SIZE < name + extra) return fail(archive, at, "the entry is cut short"), 0;
  if (!file_read_part(&archive->parts, at + LOCAL_SIZE, name + extra, &behind, archive->diag))
    return 0;
  bool good = check_local(archive, entry, record, behind.data, name, extra);
  bytes_free(&behind);
  if (!good) return 0;
  bool wide = four(record + 18) == 0xFFFFFFFF || four(record + 22) == 0xFFFFFFFF;
  entry->data = at + LOCAL_SIZE + name + extra;
  if (entry->packed > end - entry->data) return fail(archive, at, "the entry is cut short"), 0;
  size_t after = entry->data + (size_t)entry->packed;
  if (!(entry->flags & FLAG_DESCRIPTOR)) return after;
  after = read_descriptor(archive, entry, after, end, wide);
  if (!after && !archive->diag->status) fail(archive, at, "the entry's closing record is damaged");
  return after;
}

static bool check_order(const Archive *archive, const Entry **sorted) {
  size_t expected = 0;
  qsort(sorted, (size_t)archive->count, sizeof *sorted, by_place);
  for (int64_t i = 0; i < archive->count; i++) {
    Entry *entry = &archive->entries[sorted[i] - archive->entries];
    if (entry->local != expected)
      return fail(archive, entry->place, "entries overlap, or something lies between them");
    expected = read_local(archive, entry);
    if (!expected) return false;
  }
  if (expected != archive->directory)
    return fail(archive, expected, "something lies between the last entry and the directory");
  qsort(sorted, (size_t)archive->count, sizeof *sorted, by_name);
  for (int64_t i = 1; i < archive->count; i++)
    if (by_name(&sorted[i - 1], &sorted[i]) == 0)
      return fail(archive, sorted[i]->place, "two entries have one name");
  return true;
}

static bool read_directory(Archive *archive) {
  uint64_t count = 0;
  if (!read_end(archive, &count)) return false;
  archive->entries = mem_zero((size_t)(count + 1) * sizeof *archive->entries);
  size_t at = archive->directory;
  for (; archive->count < (int64_t)count; archive->count++)
    if (!read_entry(archive, &at, &archive->entries[archive->count])) return false;
  if (at != archive->end)
    return fail(archive, at, "the directory holds more than the end record says");
  const Entry **sorted = mem_alloc((size_t)(count + 1) * sizeof *sorted);
  for (int64_t i = 0; i < archive->count; i++) sorted[i] = &archive->entries[i];
  bool good = check_order(archive, sorted);
  mem_free(sorted);
  return good;
}

/* ---- unpacking ---- */

/* An entry on its way out of the file: stored bytes as they are, packed ones through zlib, a piece
 * at a time. */
typedef struct Source {
  const Archive *archive;
  const Entry *entry;
  uint64_t taken; /* packed bytes read from the file */
  uint64_t given; /* unpacked bytes handed out */
  uint32_t crc;   /* of those */
  bool packed;    /* `stream` is open */
  bool ended;     /* the packed data said that it ends */
  z_stream stream;
  uint8_t piece[PIECE]; /* packed bytes that zlib looks at */
} Source;

static bool fail_packed(const Source *source, int code) {
  if (code == Z_MEM_ERROR)
    return file_fail(source->archive->diag, STATUS_MEMORY, source->archive->path,
                     "not enough memory to unpack it");
  const char *why = code == Z_OK ? NULL : source->stream.msg;
  return fail(source->archive, source->entry->data, "the packed data is damaged: %s",
              why ? why : "it does not unpack to the stated size");
}

static bool source_open(Source *source, const Archive *archive, const Entry *entry) {
  *source = (Source){.archive = archive, .entry = entry, .packed = entry->method == 8};
  if (!source->packed)
    return entry->packed == entry->unpacked ||
           fail(archive, entry->place, "a stored entry has two sizes");
  if (inflateInit2(&source->stream, -15) == Z_OK) return true;
  source->packed = false;
  return file_fail(archive->diag, STATUS_MEMORY, archive->path, "not enough memory to unpack it");
}

/* Hands zlib the next piece, if it has none. */
static bool refill(Source *source) {
  uint64_t left = source->entry->packed - source->taken;
  if (source->stream.avail_in || !left) return true;
  size_t size = left < PIECE ? (size_t)left : PIECE;
  if (!file_read_into(&source->archive->parts, source->entry->data + (size_t)source->taken,
                      source->piece, size, source->archive->diag))
    return false;
  source->taken += size;
  source->stream.next_in = source->piece;
  source->stream.avail_in = (unsigned)size;
  return true;
}

static bool inflate_into(Source *source, uint8_t *out, size_t length) {
  source->stream.next_out = out;
  source->stream.avail_out = (unsigned)length;
  while (source->stream.avail_out && !source->ended) {
    if (stop_check(source->archive->diag) || !refill(source)) return false;
    int code = inflate(&source->stream, Z_NO_FLUSH);
    source->ended = code == Z_STREAM_END;
    if (code != Z_OK && !source->ended) return fail_packed(source, code);
  }
  return source->stream.avail_out == 0 || fail_packed(source, Z_OK);
}

/* The next `length` bytes of the entry. */
static bool source_take(Source *source, void *out, size_t length) {
  size_t at = source->entry->data + (size_t)source->given;
  bool good = source->packed
                  ? inflate_into(source, out, length)
                  : file_read_into(&source->archive->parts, at, out, length, source->archive->diag);
  if (!good) return false;
  source->given += length;
  source->crc = (uint32_t)crc32(source->crc, out, (unsigned)length);
  return true;
}

/* Everything was taken: nothing more may come, and the checksum must be the one stated. */
static bool source_end(Source *source) {
  while (source->packed && !source->ended) {
    uint8_t more;
    if (!refill(source)) return false;
    source->stream.next_out = &more;
    source->stream.avail_out = 1;
    int code = inflate(&source->stream, Z_NO_FLUSH);
    source->ended = code == Z_STREAM_END;
    if (source->stream.avail_out == 0 || (code != Z_OK && !source->ended))
      return fail_packed(source, code);
  }
  if (source->packed && (source->stream.avail_in || source->taken != source->entry->packed))
    return fail_packed(source, Z_OK);
  if (source->crc == source->entry->crc) return true;
  return fail(source->archive, source->entry->data,
              "the entry's checksum is %08x, not %08x as stated", source->crc, source->entry->crc);
}

/* The rest of an entry of which `head` was taken, decoded in memory. */
static bool take_whole(Source *source, const uint8_t *head, size_t taken, const char *label,
                       bool elements, Tensor *tensor) {
  const Archive *archive = source->archive;
  size_t length = (size_t)source->entry->unpacked;
  if (!mem_reserve(length + 1))
    return file_fail(archive->diag, STATUS_MEMORY, archive->path,
                     "too large for the memory budget: %zu bytes more", length + 1);
  uint8_t *bytes = mem_alloc(length + 1);
  memcpy(bytes, head, taken);
  bool good = source_take(source, bytes + taken, length - taken) && source_end(source) &&
              npy_decode(bytes, length, label, elements, tensor, archive->diag);
  mem_free(bytes);
  mem_release(length + 1);
  return good;
}

/* Elements that stand in the entry as they do in memory go straight to their tensor; `start` bytes
 * of header stand before them. */
static bool take_straight(Source *source, const uint8_t *head, size_t taken, size_t start,
                          const Tensor *type, Tensor *tensor) {
  if (!tensor_new(tensor, type->dtype, &type->shape, source->archive->diag)) return false;
  size_t had = taken - start;
  memcpy(tensor_data(tensor), head + start, had);
  bool good = source_take(source, (char *)tensor_data(tensor) + had, tensor_bytes(tensor) - had) &&
              source_end(source);
  if (!good) tensor_release(tensor);
  return good;
}

static bool take_tensor(Source *source, const char *label, bool elements, Tensor *tensor) {
  uint8_t *head = mem_alloc(NPY_HEAD_MOST);
  Tensor type;
  size_t start, taken = source->entry->unpacked < NPY_HEAD_MOST ? (size_t)source->entry->unpacked
                                                                : NPY_HEAD_MOST;
  bool good = source_take(source, head, taken);
  if (good && elements && npy_straight(head, taken, source->entry->unpacked, &type, &start))
    good = take_straight(source, head, taken, start, &type, tensor);
  else if (good) good = take_whole(source, head, taken, label, elements, tensor);
  mem_free(head);
  return good;
}

/* One entry to one named tensor. */
static bool add_entry(Archive *archive, const Entry *entry, bool elements, NamedList *list) {
  if (entry->unpacked > (uint64_t)archive->left || entry->packed > UINT32_MAX ||
      entry->unpacked >= UINT32_MAX)
    return fail(archive, entry->place,
                "the archive unpacks to more than the limit allows: %llu bytes here, %lld left",
                (unsigned long long)entry->unpacked, (long long)archive->left);
  if (entry->unpacked / RATIO_MOST > entry->packed)
    return fail(archive, entry->place, "%llu bytes cannot come out of %llu",
                (unsigned long long)entry->unpacked, (unsigned long long)entry->packed);
  archive->left -= (int64_t)entry->unpacked;
  if (entry->name_length < 5 || memcmp(entry->name + entry->name_length - 4, ".npy", 4) != 0)
    return fail(archive, entry->place, "an entry is not called NAME.npy");
  Tensor tensor = {0};
  char label[300];
  text_print(label, sizeof label, "%.90s: %.*s", archive->path,
             (int)text_whole((const char *)entry->name, entry->name_length, 100),
             (const char *)entry->name);
  Source *source = mem_alloc(sizeof *source);
  bool good = source_open(source, archive, entry) && take_tensor(source, label, elements, &tensor);
  if (source->packed) inflateEnd(&source->stream);
  mem_free(source);
  if (good) named_add(list, (const char *)entry->name, entry->name_length - 4, tensor);
  return good;
}

static bool read_archive(const Files *files, const char *path, bool elements, NamedList *list,
                         Diag *diag) {
  *list = (NamedList){0};
  Archive archive = {.path = path,
                     .diag = diag,
                     .left = files && files->unpacked ? files->unpacked : FILE_UNPACKED_MOST};
  if (!file_open(files, path, &archive.parts, diag)) return false;
  archive.length = archive.parts.length;
  bool good = read_directory(&archive);
  for (int64_t i = 0; good && i < archive.count; i++)
    good = add_entry(&archive, &archive.entries[i], elements, list);
  mem_free(archive.entries);
  bytes_free(&archive.window);
  file_close(&archive.parts);
  if (!good) named_free(list);
  return good;
}

bool npz_read(const Files *files, const char *path, NamedList *list, Diag *diag) {
  return read_archive(files, path, true, list, diag);
}

bool npz_shape(const Files *files, const char *path, NamedList *list, Diag *diag) {
  return read_archive(files, path, false, list, diag);
}

/* ---- writing ---- */

/* An entry of a file being written, stored as it is. */
typedef struct Stored {
  uint64_t local; /* offset of its local header */
  uint64_t size;  /* bytes, with the head of the NPY file */
  uint32_t crc;
  size_t name_length; /* with `.npy` */
} Stored;

static void put(Text *text, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) text_char(text, (char)(value >> 8 * i & 255));
}

/* What both headers of an entry say; the time is the first that the format knows. */
static void put_terms(Text *text, const Stored *entry) {
  put(text, 20, 2);
  put(text, FLAG_UTF8, 2);
  put(text, 0, 2 + 2);
  put(text, 0x21, 2);
  put(text, entry->crc, 4);
  put(text, entry->size, 4);
  put(text, entry->size, 4);
  put(text, entry->name_length, 2);
  put(text, 0, 2);
}

static void put_name(Text *text, const Named *item) {
  text_string(text, item->name);
  text_string(text, ".npy");
}

/* Names that the reader would refuse are not written, nor what needs zip64. */
static bool check_items(const char *path, const NamedList *list, Diag *diag) {
  uint64_t total = END_SIZE;
  for (int64_t i = 0; i < list->count; i++) {
    const Named *item = &list->items[i];
    Entry entry = {.name = (const uint8_t *)item->name, .name_length = strlen(item->name)};
    if (!check_name(&(Archive){.path = path, .diag = diag}, &entry)) return false;
    total += tensor_bytes(&item->tensor) + NPY_HEAD_MOST;
  }
  if (total <= UINT32_MAX && list->count < 0xFFFF) return true;
  return file_fail(diag, STATUS_FAILED, path,
                   "more than 4 GiB is not written as NPZ, but as .safetensors");
}

static bool write_entry(Writer *writer, const Named *item, uint64_t *at, Stored *entry,
                        Diag *diag) {
  Text head = {0}, local = {0};
  npy_head(item->tensor.dtype, &item->tensor.shape, &head);
  const void *data = tensor_data(&item->tensor);
  size_t bytes = tensor_bytes(&item->tensor);
  uLong crc = crc32_z(crc32_z(0, NULL, 0), (const Bytef *)head.data, head.length);
  *entry = (Stored){.local = *at,
                    .size = head.length + bytes,
                    .crc = (uint32_t)(bytes ? crc32_z(crc, data, bytes) : crc),
                    .name_length = strlen(item->name) + 4};
  put(&local, LOCAL_MARK, 4);
  put_terms(&local, entry);
  put_name(&local, item);
  bool good = writer_add(writer, local.data, local.length, diag) &&
              writer_add(writer, head.data, head.length, diag) &&
              writer_add(writer, data, bytes, diag);
  *at += local.length + entry->size;
  text_free(&local);
  text_free(&head);
  return good;
}

static bool write_directory(Writer *writer, const NamedList *list, const Stored *entries,
                            uint64_t at, Diag *diag) {
  Text text = {0};
  for (int64_t i = 0; i < list->count; i++) {
    put(&text, DIRECTORY_MARK, 4);
    put(&text, 20, 2);
    put_terms(&text, &entries[i]);
    put(&text, 0, 2 + 2 + 2);
    put(&text, 0, 4);
    put(&text, entries[i].local, 4);
    put_name(&text, &list->items[i]);
  }
  const uint64_t size = text.length;
  put(&text, END_MARK, 4);
  put(&text, 0, 2 + 2);
  put(&text, (uint64_t)list->count, 2);
  put(&text, (uint64_t)list->count, 2);
  put(&text, size, 4);
  put(&text, at, 4);
  put(&text, 0, 2);
  bool good = writer_add(writer, text.data, text.length, diag);
  text_free(&text);
  return good;
}

bool npz_write(const Files *files, const char *path, const NamedList *list, Diag *diag) {
  Writer writer;
  uint64_t at = 0;
  if (!check_items(path, list, diag) || !writer_open(&writer, files, path, diag)) return false;
  Stored *entries = mem_zero(((size_t)list->count + 1) * sizeof *entries);
  bool good = true;
  for (int64_t i = 0; i < list->count && good; i++)
    good = write_entry(&writer, &list->items[i], &at, &entries[i], diag);
  good = good && write_directory(&writer, list, entries, at, diag);
  mem_free(entries);
  if (good) return writer_close(&writer, diag);
  writer_abandon(&writer);
  return false;
}
