/* file.c — reading files: what may be opened, reading it whole, and unpacking gzip.
 *
 * Opening takes two steps when there is a root: first a handle that can do nothing (O_PATH), whose
 * true name the kernel shows in /proc/self/fd; only if that lies in the root is the very same file
 * opened for reading, through the handle.  A link swapped between check and use changes nothing.
 * Without a root one open suffices.  O_NONBLOCK keeps the open of a pipe from hanging before fstat
 * shows what it is.
 *
 * gzip is unpacked by zlib as a stream, so a file that announces 100 bytes and holds
 * gigabytes costs no more than the limit.  zlib checks each member's CRC and length; what
 * follows a member must be another member, not padding and not anything else.
 */
#include "runtime/io/file.h"
#include "runtime/base/stop.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#ifdef GD_HARSH
enum { READ_STEP = 3 }; /* bytes asked for where the size is not known */
#else
enum { READ_STEP = 1 << 16 };
#endif
enum { PIECE = 8 << 20 }; /* most bytes moved between two checks for an interrupt */

/* ---- messages ---- */

/* The path as it is shown: control bytes escaped, the middle of a long one left out. */
static void shown_path(const char *path, char into[200]) {
  Text text = {0};
  size_t length = strlen(path);
  if (length <= 160) {
    text_escaped(&text, path, length);
  } else {
    text_escaped(&text, path, 60);
    text_string(&text, "…");
    text_escaped(&text, path + length - 90, 90);
  }
  snprintf(into, 200, "%s", text.data ? text.data : "");
  text_free(&text);
}

static PRINTF_LIKE(4, 0) bool fail_at(Diag *diag, int status, const char *where, const char *format,
                                      va_list values) {
  char message[720];
  text_print_list(message, sizeof message, format, values);
  return diag_data(diag, status, where, "%s", message);
}

bool file_fail_byte(Diag *diag, const char *path, int64_t byte, const char *format, ...) {
  char shown[200], where[300];
  shown_path(path, shown);
  snprintf(where, sizeof where, "%s: byte %lld", shown, (long long)byte);
  va_list values;
  va_start(values, format);
  fail_at(diag, STATUS_MALFORMED, where, format, values);
  va_end(values);
  return false;
}

bool file_fail_line(Diag *diag, const char *path, int64_t line, int64_t column, const char *format,
                    ...) {
  char shown[200], where[300];
  shown_path(path, shown);
  snprintf(where, sizeof where, "%s: line %lld column %lld", shown, (long long)line,
           (long long)column);
  va_list values;
  va_start(values, format);
  fail_at(diag, STATUS_MALFORMED, where, format, values);
  va_end(values);
  return false;
}

bool file_fail(Diag *diag, int status, const char *path, const char *format, ...) {
  char shown[200];
  shown_path(path, shown);
  va_list values;
  va_start(values, format);
  fail_at(diag, status, shown, format, values);
  va_end(values);
  return false;
}

/* A zip archive by the names of its first entries. */
static const char *guess_zip(const uint8_t *data, size_t length) {
  enum { LOOK = 4096, HEAD = 30 };
  static const struct {
    const char *ending; /* of a name */
    const char *what;
  } known[] = {
      {".npy", "an NPZ archive of arrays"},
      {"/data.pkl", "a PyTorch file (.pt)"},
      {"[Content_Types].xml", "an Excel workbook (.xlsx)"},
      {"xl/workbook.xml", "an Excel workbook (.xlsx)"},
  };
  for (size_t at = 0; at + HEAD < length && at < LOOK; at++) {
    if (memcmp(data + at, "PK\x03\x04", 4) != 0) continue;
    const char *name = (const char *)data + at + HEAD;
    size_t size = (size_t)data[at + 26] | (size_t)data[at + 27] << 8;
    for (int i = 0; i < COUNT_OF(known) && size <= length - at - HEAD; i++) {
      size_t ending = strlen(known[i].ending);
      if (size >= ending && !memcmp(name + size - ending, known[i].ending, ending))
        return known[i].what;
    }
  }
  return "a zip archive";
}

static bool is_safetensors(const uint8_t *data, size_t length) {
  return length > 10 && !data[5] && !data[6] && !data[7] && !memcmp(data + 8, "{\"", 2);
}

const char *file_guess_format(const uint8_t *data, size_t length) {
  static const struct {
    const char *start;
    size_t length;
    const char *what;
  } known[] = {
      {"\x89PNG", 4, "a PNG image"},
      {"\xFF\xD8\xFF", 3, "a JPEG image"},
      {"GIF8", 4, "a GIF image"},
      {"\x1F\x8B", 2, "gzip data"},
      {"\xD0\xCF\x11\xE0\xA1\xB1", 6, "an old Excel workbook (.xls)"},
      {"PK\x05\x06", 4, "an empty zip archive"},
      {"BZh", 3, "bzip2 data"},
      {"\xFD"
       "7zXZ",
       5, "xz data"},
      {"\x28\xB5\x2F\xFD", 4, "zstd data"},
      {"%PDF", 4, "a PDF document"},
      {"\x93NUMPY", 6, "a NumPy array (.npy)"},
      {"GGUF", 4, "a GGUF model"},
      {"\x89HDF", 4, "an HDF5 file"},
      {"SQLite format 3", 15, "an SQLite database"},
      {"PAR1", 4, "a Parquet file"},
      {"version https://git-lfs", 23, "a Git LFS pointer: the file itself was never fetched"},
      {"\xFF\xFE\0\0", 4, "UTF-32 text"},
      {"\0\0\xFE\xFF", 4, "UTF-32 text"},
      {"\xFF\xFE", 2, "UTF-16 text"},
      {"\xFE\xFF", 2, "UTF-16 text"},
      {"\x80\x02", 2, "a Python pickle"},
      {"\x80\x03", 2, "a Python pickle"},
      {"\x80\x04", 2, "a Python pickle"},
      {"\x80\x05", 2, "a Python pickle"},
      {"<!DOCTYPE", 9, "an HTML page"},
      {"<!doctype", 9, "an HTML page"},
      {"<html", 5, "an HTML page"},
      {"<HTML", 5, "an HTML page"},
      {"<?xml", 5, "an XML document"},
      {"{\"", 2, "JSON text"},
      {"[{", 2, "JSON text"},
      {"@relation ", 10, "an ARFF table"},
      {"@RELATION ", 10, "an ARFF table"},
      {"\x7F"
       "ELF",
       4, "a program"},
  };
  if (length >= 4 && memcmp(data, "PK\x03\x04", 4) == 0) return guess_zip(data, length);
  if (is_safetensors(data, length)) return "a safetensors file";
  for (int i = 0; i < COUNT_OF(known); i++)
    if (length >= known[i].length && memcmp(data, known[i].start, known[i].length) == 0)
      return known[i].what;
  size_t blank = 0;
  while (blank < length &&
         (data[blank] == ' ' || data[blank] == '\n' || data[blank] == '\r' || data[blank] == '\t'))
    blank++;
  if (blank && blank < length && data[blank] == '<')
    return file_guess_format(data + blank, length - blank);
  return NULL;
}

bool file_help_format(Diag *diag, const char *what) {
  static const struct {
    const char *part; /* of what a file looks like */
    const char *help;
  } ways[] = {
      {"UTF-", "iconv -t UTF-8 converts it to UTF-8"},
      {"JSON", "json(path) reads it, jsonl(path) reads one object per line"},
      {"Excel", "save the sheet as CSV there"},
      {"SQLite", "sqlite(path, query) reads the result of a query"},
      {"NPZ", "npz(path) reads it; load(net, npz(path)) fills a net"},
      {"NumPy", "npy(path) reads it"},
      {"safetensors", "safetensors(path) reads it; load(net, path) fills a net"},
      {"PyTorch", "in Python: safetensors.torch.save_file(net.state_dict(), \"net.safetensors\")"},
      {"pickle", "weights of PyTorch: safetensors.torch.save_file(net.state_dict(), "
                 "\"net.safetensors\") in Python"},
  };
  for (int i = 0; what && i < COUNT_OF(ways); i++)
    if (strstr(what, ways[i].part)) return diag_help(diag, "%s", ways[i].help);
  return false;
}

/* ---- opening ---- */

bool file_path_check(const char *path, size_t length, Diag *diag) {
  Span none = {0, 0, 0};
  if (length == 0) return diag_fail(diag, STATUS_MALFORMED, none, "the path is empty");
  if (memchr(path, 0, length))
    return diag_fail(diag, STATUS_MALFORMED, none, "the path has a NUL byte inside");
  if (length > FILE_PATH_MOST)
    return diag_fail(diag, STATUS_MALFORMED, none, "the path is %zu bytes long; the most is %d",
                     length, FILE_PATH_MOST);
  return true;
}

/* What the kernel calls the file behind a descriptor.  False where /proc is not there to ask. */
static bool true_name(int file, char name[PATH_MAX]) {
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, name, PATH_MAX - 1);
  if (length <= 0) return false;
  name[length] = 0;
  return true;
}

static bool lies_in(const char *root, const char *name) {
  size_t length = strlen(root);
  if (length == 1) return name[0] == '/'; /* the root is / */
  return strncmp(name, root, length) == 0 && (name[length] == 0 || name[length] == '/');
}

static bool refuse_outside(const Files *files, const char *path, Diag *diag) {
  file_fail(diag, STATUS_POLICY, path, "this is outside the root folder");
  char shown[200];
  shown_path(files->root, shown);
  return diag_help(diag, "the root is %s (--root)", shown);
}

bool file_allowed(const Files *files, int file, const char *path, Diag *diag) {
  if (!files || !files->root) return true;
  char name[PATH_MAX], root[PATH_MAX];
  if (realpath(files->root, root) && true_name(file, name) && lies_in(root, name)) return true;
  return refuse_outside(files, path, diag);
}

/* Whether a name that leads nowhere would at least lie in the root: its nearest folder that exists
 * is asked. */
static bool missing_allowed(const Files *files, const char *path, Diag *diag) {
  if (!files || !files->root) return true;
  char folder[PATH_MAX], name[PATH_MAX], root[PATH_MAX];
  snprintf(folder, sizeof folder, "%s", path);
  for (;;) {
    char *slash = strrchr(folder, '/');
    if (!slash) snprintf(folder, sizeof folder, ".");
    else if (slash == folder) folder[1] = 0;
    else *slash = 0;
    if (realpath(folder, name) || !slash || slash == folder) break;
  }
  if (realpath(folder, name) && realpath(files->root, root) && lies_in(root, name)) return true;
  return refuse_outside(files, path, diag);
}

/* Opens for reading; -1 with errno set, or with the Diag filled and errno 0. */
static int open_checked(const Files *files, const char *path, Diag *diag) {
  int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  if (!files || !files->root) return open(path, flags);
  int handle = open(path, O_PATH | O_CLOEXEC);
  if (handle < 0) {
    int error = errno;
    errno = missing_allowed(files, path, diag) ? error : 0;
    return -1;
  }
  int file = -1;
  if (file_allowed(files, handle, path, diag)) {
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    struct stat status; /* a device may do something when it is opened: ask first */
    errno = ENXIO;
    if (fstat(handle, &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)))
      file = open(link, flags);
  } else {
    errno = 0;
  }
  int error = errno;
  close(handle);
  errno = error;
  return file;
}

static const char *kind_name(mode_t mode) {
  return S_ISDIR(mode)    ? "a folder"
         : S_ISFIFO(mode) ? "a pipe"
         : S_ISSOCK(mode) ? "a socket"
                          : "a device";
}

static bool fail_open(const char *path, int error, Diag *diag) {
  if (error == 0) return false; /* reported already */
  if (error == EMFILE || error == ENFILE || error == ENOMEM)
    return file_fail(diag, STATUS_MEMORY, path, "cannot be opened: %s", strerror(error));
  if (error == ENOENT) return file_fail(diag, STATUS_MISSING, path, "there is no such file");
  if (error == ENXIO)
    return file_fail(diag, STATUS_MISSING, path,
                     "only regular files are read, and `-` for standard input");
  return file_fail(diag, STATUS_MISSING, path, "cannot be opened: %s", strerror(error));
}

/* Opens a regular file for reading and returns its size; -1 with the Diag filled. */
static int open_regular(const Files *files, const char *path, int64_t *size, Diag *diag) {
  if (!file_path_check(path, strlen(path), diag)) return -1;
  int file = open_checked(files, path, diag);
  if (file < 0) {
    fail_open(path, errno, diag);
    return -1;
  }
  struct stat status;
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
    *size = status.st_size;
    return file;
  }
  file_fail(diag, STATUS_MISSING, path,
            "this is %s: only regular files are read, and `-` for standard input",
            kind_name(status.st_mode));
  close(file);
  return -1;
}

bool file_exists(const Files *files, const char *path, Diag *diag) {
  if (diag) *diag = (Diag){0};
  if (!file_path_check(path, strlen(path), NULL)) return false;
  int file = open_checked(files, path, diag);
  if (file < 0) return false;
  struct stat status;
  bool regular = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  close(file);
  return regular;
}

/* ---- bytes ---- */

/* Space for `capacity` bytes and the NUL behind them. */
static bool bytes_room(Bytes *bytes, size_t capacity, const char *path, Diag *diag) {
  if (capacity + 1 <= bytes->reserved) return true;
  size_t more = capacity + 1 - bytes->reserved;
  if (!mem_reserve(more))
    return file_fail(diag, STATUS_MEMORY, path,
                     "too large for the memory budget: %zu bytes or more", capacity);
  bytes->data = mem_grow(bytes->data, capacity + 1);
  bytes->reserved = capacity + 1;
  return true;
}

/* Doubles the room, up to `most`. */
static bool bytes_double(Bytes *bytes, size_t most, const char *path, Diag *diag) {
  size_t capacity = bytes->reserved < READ_STEP ? READ_STEP : bytes->reserved * 2;
  return bytes_room(bytes, capacity < most ? capacity : most, path, diag);
}

void bytes_free(Bytes *bytes) {
  mem_free(bytes->data);
  mem_release(bytes->reserved);
  *bytes = (Bytes){0};
}

/* ---- reading ---- */

/* What fails at once cannot be read at all (/proc/self/mem); what fails later broke. */
static bool fail_read(const Bytes *bytes, const char *path, Diag *diag) {
  return file_fail(diag, bytes->length ? STATUS_IO : STATUS_MISSING, path, "cannot be read: %s",
                   strerror(errno));
}

/* A read of standard input may wait for ever, and the handlers of signals let it go on: so it
 * begins when there is something. */
static bool wait_readable(int file, Diag *diag) {
  struct pollfd input = {.fd = file, .events = POLLIN};
  while (poll(&input, 1, 50) <= 0)
    if (stop_check(diag)) return false;
  return true;
}

/* Reads up to `most` bytes; less only at the end of the file.  `size` is what the file said it had,
 * -1 unknown. */
static bool read_bytes(int file, const char *path, int64_t size, size_t most, Bytes *bytes,
                       Diag *diag) {
  size_t expected = size > 0 && (uint64_t)size < most ? (size_t)size : size > 0 ? most : 0;
  if (!bytes_room(bytes, expected, path, diag)) return false;
  while (bytes->length < most) {
    if (stop_check(diag) || (size < 0 && !wait_readable(file, diag))) return false;
    size_t room = bytes->reserved - 1 - bytes->length;
    if (room == 0) {
      uint8_t more; /* at the announced size: look whether that was all before taking more memory */
      ssize_t extra = read(file, &more, 1);
      if (extra == 0) break;
      if (extra < 0 && errno == EINTR) continue;
      if (extra < 0) return fail_read(bytes, path, diag);
      if (!bytes_double(bytes, most, path, diag)) return false;
      bytes->data[bytes->length++] = more;
      continue;
    }
    ssize_t got = read(file, bytes->data + bytes->length, room < PIECE ? room : PIECE);
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_read(bytes, path, diag);
    bytes->length += (size_t)got;
  }
  bytes->data[bytes->length] = 0;
  return true;
}

static bool read_open(int file, const char *path, int64_t size, size_t most, Bytes *bytes,
                      Diag *diag) {
  *bytes = (Bytes){0};
  bool good = read_bytes(file, path, size, most, bytes, diag);
  if (good && size > 0 && most > (uint64_t)size && bytes->length != (uint64_t)size)
    good = file_fail(diag, STATUS_IO, path,
                     "the file changed while it was read: it had %lld bytes, then %zu",
                     (long long)size, bytes->length);
  if (!good) bytes_free(bytes);
  return good;
}

/* ---- standard input ---- */

/* A pipe gives its bytes once, yet a table is read once for its shape and again for its rows: what
 * came is kept.  Lines that file_input_line gave are gone; what is left when `-` is first read is
 * that file from then on. */
static struct Input {
  Bytes bytes;
  size_t start; /* of what no line took */
  bool is_file; /* `-` was read: no more lines */
} input;

static const char INPUT[] = "standard input";

/* Reads on until `most` bytes are there, or to the end. */
static bool input_fill(size_t most, Diag *diag) {
  size_t wanted = most < SIZE_MAX / 4 - input.start ? input.start + most : SIZE_MAX / 4;
  return input.bytes.length >= wanted ||
         read_bytes(STDIN_FILENO, INPUT, -1, wanted, &input.bytes, diag);
}

static bool input_read(size_t most, Bytes *bytes, Diag *diag) {
  *bytes = (Bytes){0};
  if (!input_fill(most, diag)) return false;
  input.is_file = true;
  size_t length = input.bytes.length - input.start;
  if (length > most) length = most;
  if (!bytes_room(bytes, length, INPUT, diag)) return false;
  memcpy(bytes->data, input.bytes.data + input.start, length);
  bytes->data[length] = 0;
  bytes->length = length;
  return true;
}

/* Room for more: first the place of the lines that were given. */
static bool input_room(Diag *diag) {
  Bytes *bytes = &input.bytes;
  if (input.start > bytes->length / 2) {
    memmove(bytes->data, bytes->data + input.start, bytes->length - input.start);
    bytes->length -= input.start;
    input.start = 0;
  }
  return bytes->length + 1 < bytes->reserved || bytes_double(bytes, SIZE_MAX / 4, INPUT, diag);
}

void file_input_end(void) {
  bytes_free(&input.bytes);
  input = (struct Input){0};
}

bool file_input_line(const char **line, size_t *length, Diag *diag) {
  Bytes *bytes = &input.bytes;
  *length = 0;
  if (input.is_file) return true;
  if (!bytes->data && !input_room(diag)) return false;
  for (size_t seen = 0;;) {
    size_t rest = bytes->length - input.start;
    const uint8_t *start = bytes->data + input.start;
    const uint8_t *end = rest > seen ? memchr(start + seen, '\n', rest - seen) : NULL;
    ssize_t got = 0;
    if (!end) {
      if (!input_room(diag) || !wait_readable(STDIN_FILENO, diag)) return false;
      got = read(STDIN_FILENO, bytes->data + bytes->length, bytes->reserved - 1 - bytes->length);
      if (got < 0 && errno != EINTR)
        return file_fail(diag, STATUS_IO, INPUT, "cannot be read: %s", strerror(errno));
    }
    if (end || got == 0) {
      *line = (const char *)bytes->data + input.start;
      *length = end ? (size_t)(end - start) + 1 : rest;
      input.start += *length;
      return true;
    }
    seen = rest;
    if (got > 0) bytes->length += (size_t)got;
  }
}

/* ---- whole files ---- */

static bool read_whole(const Files *files, const char *path, size_t most, Bytes *bytes,
                       Diag *diag) {
  if (strcmp(path, "-") == 0) return input_read(most, bytes, diag);
  int64_t size = 0;
  int file = open_regular(files, path, &size, diag);
  if (file < 0) return false;
  bool good = read_open(file, path, size, most, bytes, diag);
  close(file);
  return good;
}

bool file_read(const Files *files, const char *path, Bytes *bytes, Diag *diag) {
  return read_whole(files, path, SIZE_MAX / 4, bytes, diag);
}

/* ---- in parts ---- */

bool file_open(const Files *files, const char *path, FileParts *parts, Diag *diag) {
  *parts = (FileParts){.file = -1, .path = path};
  int64_t size = 0;
  if (strcmp(path, "-") != 0) {
    parts->file = open_regular(files, path, &size, diag);
    if (parts->file < 0) return false;
    parts->length = (size_t)size;
    if (size > 0) return true;
    close(parts->file);
    parts->file = -1;
  }
  if (!file_read(files, path, &parts->whole, diag)) return false;
  parts->length = parts->whole.length;
  return true;
}

bool file_read_into(const FileParts *parts, size_t offset, void *into, size_t length, Diag *diag) {
  assert(offset <= parts->length && length <= parts->length - offset);
  if (parts->file < 0) {
    if (length) memcpy(into, parts->whole.data + offset, length);
    return true;
  }
  for (size_t done = 0; done < length;) {
    size_t rest = length - done;
    if (stop_check(diag)) return false;
    ssize_t got = pread(parts->file, (char *)into + done, rest < PIECE ? rest : PIECE,
                        (off_t)(offset + done));
    if (got > 0) done += (size_t)got;
    else if (got == 0)
      return file_fail(diag, STATUS_IO, parts->path,
                       "the file changed while it was read: it had %zu bytes, then %zu",
                       parts->length, offset + done);
    else if (errno != EINTR)
      return file_fail(diag, STATUS_IO, parts->path, "cannot be read: %s", strerror(errno));
  }
  return true;
}

bool file_read_part(const FileParts *parts, size_t offset, size_t length, Bytes *bytes,
                    Diag *diag) {
  *bytes = (Bytes){0};
  bool good = bytes_room(bytes, length, parts->path, diag) &&
              file_read_into(parts, offset, bytes->data, length, diag);
  if (!good) {
    bytes_free(bytes);
    return false;
  }
  bytes->length = length;
  bytes->data[length] = 0;
  return true;
}

void file_close(FileParts *parts) {
  if (parts->file >= 0) close(parts->file);
  bytes_free(&parts->whole);
  parts->file = -1;
}

/* ---- gzip ---- */

static bool is_gzip(const uint8_t *data, size_t length) {
  return length >= 2 && data[0] == 0x1F && data[1] == 0x8B;
}

/* One unpacking in hand. */
typedef struct Unpack {
  z_stream stream;
  const Bytes *packed;
  Bytes *out;
  size_t limit;  /* most bytes to give */
  size_t wanted; /* stop when so many are there: a look at the head needs no more */
  const char *path;
} Unpack;

static bool fail_gzip(Unpack *unpack, int code, Diag *diag) {
  int64_t place = (int64_t)(unpack->packed->length - unpack->stream.avail_in);
  if (code == Z_MEM_ERROR)
    return file_fail(diag, STATUS_MEMORY, unpack->path, "not enough memory to unpack it");
  if (code == Z_BUF_ERROR)
    return file_fail_byte(diag, unpack->path, place, "the gzip data is cut short");
  return file_fail_byte(diag, unpack->path, place, "the gzip data is damaged: %s",
                        unpack->stream.msg ? unpack->stream.msg : "it needs a preset dictionary");
}

/* Unpacks one member; its bytes go behind those that are there.  Done early when `wanted` bytes are
 * there. */
static bool unpack_member(Unpack *unpack, Diag *diag) {
  Bytes *out = unpack->out;
  int code = Z_OK;
  while (code != Z_STREAM_END && out->length < unpack->wanted) {
    if (stop_check(diag)) return false;
    if (out->length == unpack->limit) {
      uint8_t more; /* exactly at the limit: is there another byte? */
      unpack->stream.next_out = &more;
      unpack->stream.avail_out = 1;
      code = inflate(&unpack->stream, Z_NO_FLUSH);
      if (code == Z_OK && unpack->stream.avail_out == 1) continue;
      if (code == Z_STREAM_END && unpack->stream.avail_out == 1) break;
      if (code != Z_OK && code != Z_STREAM_END) return fail_gzip(unpack, code, diag);
      file_fail_byte(diag, unpack->path, unpack->stream.next_in - unpack->packed->data,
                     "it unpacks to more than the limit of %zu bytes", unpack->limit);
      diag_help(diag, "--max-memory raises the limit");
      return false;
    }
    if (out->length + 1 >= out->reserved && !bytes_double(out, unpack->limit, unpack->path, diag))
      return false;
    size_t room = out->reserved - 1 - out->length;
    unsigned step = room < PIECE ? (unsigned)room : PIECE;
    unpack->stream.next_out = out->data + out->length;
    unpack->stream.avail_out = step;
    code = inflate(&unpack->stream, Z_NO_FLUSH);
    out->length += step - unpack->stream.avail_out;
    if (code != Z_OK && code != Z_STREAM_END) return fail_gzip(unpack, code, diag);
  }
  return true;
}

static bool unpack_members(Unpack *unpack, Diag *diag) {
  const Bytes *packed = unpack->packed;
  size_t at = 0;
  while (at < packed->length && unpack->out->length < unpack->wanted) {
    if (!is_gzip(packed->data + at, packed->length - at))
      return file_fail_byte(diag, unpack->path, (int64_t)at,
                            "bytes that are not gzip follow the compressed data");
    if (packed->length - at > UINT_MAX)
      return file_fail_byte(diag, unpack->path, (int64_t)at, "a gzip file of more than 4 GiB");
    if (inflateReset(&unpack->stream) != Z_OK) return fail_gzip(unpack, Z_MEM_ERROR, diag);
    unpack->stream.next_in = packed->data + at;
    unpack->stream.avail_in = (unsigned)(packed->length - at);
    if (!unpack_member(unpack, diag)) return false;
    at = packed->length - unpack->stream.avail_in;
  }
  return true;
}

/* Takes `packed` and gives what it unpacks to. */
static bool unpack_gzip(const Files *files, const char *path, size_t wanted, Bytes *bytes,
                        Diag *diag) {
  Bytes packed = *bytes;
  *bytes = (Bytes){0};
  int64_t limit = files && files->unpacked ? files->unpacked : FILE_UNPACKED_MOST;
  Unpack unpack = {
      .packed = &packed, .out = bytes, .limit = (size_t)limit, .wanted = wanted, .path = path};
  bool good = inflateInit2(&unpack.stream, 15 + 16) == Z_OK ||
              file_fail(diag, STATUS_MEMORY, path, "not enough memory to unpack it");
  if (good) {
    good = bytes_room(bytes, 0, path, diag) && unpack_members(&unpack, diag);
    inflateEnd(&unpack.stream);
  }
  bytes_free(&packed);
  if (good && is_gzip(bytes->data, bytes->length))
    good = file_fail_byte(diag, path, 0, "gzip inside gzip: unpack it once");
  if (good) bytes->data[bytes->length] = 0;
  else bytes_free(bytes);
  return good;
}

bool file_read_unpacked(const Files *files, const char *path, Bytes *bytes, Diag *diag) {
  if (!file_read(files, path, bytes, diag)) return false;
  return is_gzip(bytes->data, bytes->length) ? unpack_gzip(files, path, SIZE_MAX, bytes, diag)
                                             : true;
}

bool file_read_head(const Files *files, const char *path, size_t most, Bytes *bytes, Diag *diag) {
  if (!read_whole(files, path, most, bytes, diag)) return false;
  if (!is_gzip(bytes->data, bytes->length)) return true;
  /* how many packed bytes make `most` is not known: take all, unpack only the start */
  bytes_free(bytes);
  if (!file_read(files, path, bytes, diag) || !unpack_gzip(files, path, most, bytes, diag))
    return false;
  if (bytes->length > most) bytes->length = most;
  return true;
}
