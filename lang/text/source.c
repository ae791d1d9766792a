/* source.c — loading texts, finding places, and refusing bytes that cannot be text.
 *
 * Loading refuses what is not a regular file (`-` is the way to read from a pipe), so that a FIFO
 * without a writer or /dev/zero cannot hang gd, and compares the file's size before and after, so
 * that half of an edit is never run.
 *
 * `source_check` is one pass over the bytes before the lexer sees any.  It refuses, at the first
 * such byte: NUL and other control bytes, a carriage return without its newline, broken UTF-8
 * (overlong forms, surrogates, values past U+10FFFF: the table of Unicode 15, section 3.9, D92), a
 * byte order mark that is not first, line separators that editors show as a new line and gd does
 * not, and the bidirectional controls that make a text read otherwise than it runs (N. Boucher, R.
 * Anderson, Trojan Source, 2021).  The lexer may therefore trust its input: no NUL before the end.
 *
 * To forbid another code point: one row of FORBIDDEN.
 */
#include "lang/text/source.h"
#include "runtime/files.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Sources *sources_new(void) { return mem_zero(sizeof(Sources)); }

void source_charge_tree(Source *source) {
  mem_release(source->charged);
  mem_charge(source->charged = source->arena.total);
}

static void source_free(Source *source) {
  mem_free(source->name);
  mem_free(source->text);
  source_free_tree(source);
  mem_free(source);
}

void sources_remove(Sources *sources, uint32_t file) {
  source_free(sources->items[file - 1]);
  sources->items[file - 1] = NULL;
}

void source_free_tree(Source *source) {
  mem_release(source->charged);
  source->charged = 0;
  arena_free(&source->arena);
  source->tree = NULL;
  mem_free(source->lines);
  source->lines = NULL;
  source->line_count = 0;
}

void sources_free(Sources *sources) {
  if (!sources) return;
  for (uint32_t i = 0; i < sources->count; i++)
    if (sources->items[i]) source_free(sources->items[i]);
  mem_free(sources->items);
  mem_free(sources);
}

/* Takes text, whose capacity leaves room for a NUL at `length`. */
static uint32_t add(Sources *sources, const char *name, char *text, size_t length) {
  if (sources->count == sources->capacity) {
    sources->capacity = sources->capacity ? sources->capacity * 2 : 4;
    sources->items = mem_grow(sources->items, sources->capacity * sizeof *sources->items);
  }
  Source *source = mem_zero(sizeof *source);
  source->name = mem_text(name, strlen(name));
  source->text = text;
  source->length = (uint32_t)length;
  text[length] = '\0';
  source->skip = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  sources->items[sources->count++] = source;
  return sources->count;
}

static bool too_long(const char *name, Diag *diag) {
  return diag_data(diag, STATUS_MALFORMED, name, "a source may have at most %d MiB",
                   SOURCE_LIMIT >> 20);
}

uint32_t source_load_text(Sources *sources, const char *name, const char *text, size_t length,
                          Diag *diag) {
  if (length > SOURCE_LIMIT) return too_long(name, diag), 0u;
  return add(sources, name, mem_text(text, length), length);
}

/* Reads all there is; NULL after filling diag. */
static char *read_all(int descriptor, const char *name, size_t expected, size_t *length,
                      Diag *diag) {
  size_t capacity = expected + 2;
  char *text = mem_alloc(capacity);
  *length = 0;
  for (;;) {
    if (*length + 1 >= capacity) text = mem_grow(text, capacity = capacity * 2 + 4096);
    if (descriptor == STDIN_FILENO && !stop_wait(descriptor, POLLIN)) {
      stop_check(diag);
      break;
    }
    ssize_t got = read(descriptor, text + *length, capacity - *length - 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      diag_data(diag, STATUS_IO, name, "reading failed: %s", strerror(errno));
      break;
    }
    if (got == 0) return text;
    *length += (size_t)got;
    if (*length > SOURCE_LIMIT) {
      too_long(name, diag);
      break;
    }
  }
  mem_free(text);
  return NULL;
}

static bool is_regular(const char *path, const struct stat *status, Diag *diag) {
  if (S_ISREG(status->st_mode)) return true;
  if (S_ISDIR(status->st_mode))
    return diag_data(diag, STATUS_MISSING, path, "a folder, not a script");
  diag_data(diag, STATUS_MISSING, path, "not a regular file");
  return diag_help(diag, "`gd -` reads a script from standard input");
}

static uint32_t load_descriptor(Sources *sources, int descriptor, const char *path, Diag *diag) {
  struct stat before, after;
  if (fstat(descriptor, &before) != 0)
    return diag_data(diag, STATUS_IO, path, "reading failed: %s", strerror(errno)), 0u;
  if (!is_regular(path, &before, diag)) return 0;
  if (before.st_size > SOURCE_LIMIT) return too_long(path, diag), 0u;
  size_t length;
  char *text = read_all(descriptor, path, (size_t)before.st_size, &length, diag);
  if (!text) return 0;
  /* Files of /proc give their size as 0: only another size can be compared. */
  bool changed = fstat(descriptor, &after) != 0 || after.st_size != before.st_size ||
                 after.st_mtime != before.st_mtime ||
                 (before.st_size > 0 && length != (size_t)before.st_size);
  if (!changed) return add(sources, path, text, length);
  mem_free(text);
  return diag_data(diag, STATUS_IO, path, "the file changed while it was read"), 0u;
}

uint32_t source_load_file(Sources *sources, const Files *files, const char *path, Diag *diag) {
  if (!*path) return diag_data(diag, STATUS_MISSING, "", "the path is empty"), 0u;
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) {
    int status = errno == EMFILE || errno == ENFILE || errno == ENOMEM ? STATUS_MEMORY
                                                                       : STATUS_MISSING;
    return diag_data(diag, status, path, "cannot be read: %s", strerror(errno)), 0u;
  }
  uint32_t file = file_allowed(files, descriptor, path, diag)
                      ? load_descriptor(sources, descriptor, path, diag)
                      : 0;
  close(descriptor);
  return file;
}

uint32_t source_load_stdin(Sources *sources, Diag *diag) {
  size_t length;
  char *text = read_all(STDIN_FILENO, "<stdin>", 4096, &length, diag);
  return text ? add(sources, "<stdin>", text, length) : 0;
}

/* ---- places ---- */

Source *source_at(const Sources *sources, uint32_t file) {
  return sources && file > 0 && file <= sources->count ? sources->items[file - 1] : NULL;
}

static void make_lines(Source *source) {
  if (source->lines) return;
  uint32_t capacity = 64;
  source->lines = mem_alloc(capacity * sizeof *source->lines);
  source->lines[source->line_count++] = source->skip;
  const char *end = source->text + source->length;
  for (const char *at = source->text; (at = memchr(at, '\n', (size_t)(end - at))) != NULL;) {
    if (source->line_count == capacity)
      source->lines = mem_grow(source->lines, (capacity *= 2) * sizeof *source->lines);
    source->lines[source->line_count++] = (uint32_t)(++at - source->text);
  }
}

/* The line in which a byte lies, from 1. */
static uint32_t line_of(const Source *source, uint32_t at) {
  uint32_t low = 0, high = source->line_count;
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    if (source->lines[middle] <= at) low = middle;
    else high = middle;
  }
  return low + 1;
}

bool source_line(Source *source, uint32_t line, uint32_t *start, uint32_t *end) {
  make_lines(source);
  line = line > source->first_line ? line - source->first_line : 0;
  if (line == 0 || line > source->line_count) return false;
  *start = source->lines[line - 1];
  *end = line == source->line_count ? source->length : source->lines[line] - 1;
  if (*end > *start && source->text[*end - 1] == '\r') (*end)--;
  return true;
}

SourcePlace source_place(const Sources *sources, Span span) {
  Source *source = source_at(sources, span.file);
  if (!source) return (SourcePlace){.name = ""};
  make_lines(source);
  uint32_t at = span.start < source->length ? span.start : source->length;
  if (at < source->skip) at = source->skip;
  SourcePlace place = {source->name, line_of(source, at), 1};
  for (uint32_t i = source->lines[place.line - 1]; i < at; place.column++) {
    uint32_t code;
    size_t size = text_decode(source->text + i, source->length - i, &code);
    i += size ? (uint32_t)size : 1;
  }
  place.line += source->first_line;
  return place;
}

/* ---- bytes that are no text ---- */

typedef struct Forbidden {
  uint32_t first, last; /* code points */
  const char *what;     /* what they are */
  const char *help;     /* what to do */
} Forbidden;

static const Forbidden FORBIDDEN[] = {
    {0x80, 0x9f, "a control character", "remove it, or write it as an escape in a string"},
    {0x61c, 0x61c, "a bidirectional control",
     "it makes the text look different from what runs; in a string write it as an escape"},
    {0x200e, 0x200f, "a bidirectional control",
     "it makes the text look different from what runs; in a string write it as an escape"},
    {0x2028, 0x2029, "a line separator",
     "end lines with a newline; in a string write it as an escape"},
    {0x202a, 0x202e, "a bidirectional control",
     "it makes the text look different from what runs; in a string write it as an escape"},
    {0x2066, 0x2069, "a bidirectional control",
     "it makes the text look different from what runs; in a string write it as an escape"},
    {0xfeff, 0xfeff, "a byte order mark that is not at the start", "remove it"},
};

static bool refuse_byte(const Source *source, Span span, Diag *diag) {
  unsigned char byte = (unsigned char)source->text[span.start];
  if (byte == '\r') {
    diag_fail(diag, STATUS_MALFORMED, span, "bare carriage return");
    return diag_help(diag, "end lines with a newline, or a carriage return and a newline");
  }
  if (byte == 0) return diag_fail(diag, STATUS_MALFORMED, span, "NUL byte in the source");
  if (byte < 0x80) {
    diag_fail(diag, STATUS_MALFORMED, span, "control byte \\x%02x in the source", byte);
    return diag_help(diag, "remove it; in a string write it as `\\u{%x}`", byte);
  }
  diag_fail(diag, STATUS_MALFORMED, span, "invalid UTF-8: byte \\x%02x", byte);
  return diag_help(diag, "save the file as UTF-8");
}

static bool check_code(uint32_t code, Span span, Diag *diag) {
  for (int i = 0; i < COUNT_OF(FORBIDDEN); i++) {
    const Forbidden *row = &FORBIDDEN[i];
    if (code < row->first || code > row->last) continue;
    diag_fail(diag, STATUS_MALFORMED, span, "U+%04X in the source: %s", code, row->what);
    return diag_help(diag, "%s", row->help);
  }
  return true;
}

static bool looks_like_utf16(const Source *source) {
  const unsigned char *text = (const unsigned char *)source->text;
  if (source->length < 2) return false;
  if ((text[0] == 0xff && text[1] == 0xfe) || (text[0] == 0xfe && text[1] == 0xff)) return true;
  return source->length >= 4 && ((text[0] == 0 && text[1] && text[2] == 0 && text[3]) ||
                                 (text[0] && text[1] == 0 && text[2] && text[3] == 0));
}

bool source_check(const Source *source, uint32_t file, Diag *diag) {
  if (looks_like_utf16(source)) {
    diag_fail(diag, STATUS_MALFORMED, (Span){file, 0, 1}, "looks like UTF-16");
    return diag_help(diag, "save the file as UTF-8");
  }
  const char *text = source->text;
  for (uint32_t i = source->skip; i < source->length;) {
    unsigned char byte = (unsigned char)text[i];
    if (byte >= 0x20 && byte < 0x7f) {
      i++;
    } else if (byte == '\n' || byte == '\t' || (byte == '\r' && text[i + 1] == '\n')) {
      i++;
    } else {
      uint32_t code;
      uint32_t size = (uint32_t)text_decode(text + i, source->length - i, &code);
      if (size <= 1) return refuse_byte(source, (Span){file, i, i + 1}, diag);
      if (!check_code(code, (Span){file, i, i + size}, diag)) return false;
      i += size;
    }
  }
  return true;
}

/* ---- documentation ---- */

/* The start of the line that contains `at`. */
static const char *line_before(const char *text, const char *at) {
  while (at > text && at[-1] != '\n') at--;
  return at;
}

void source_doc(const Source *source, uint32_t at, Text *doc) {
  const char *text = source->text + source->skip, *line = line_before(text, source->text + at);
  const char *first = line;
  while (first > text) {
    const char *above = line_before(text, first - 1);
    if (strncmp(above + strspn(above, " \t"), "##", 2) != 0) break;
    first = above;
  }
  while (first < line) {
    const char *end = strchr(first, '\n');
    first = strchr(first, '#') + 2;
    if (first < end && *first == ' ') first++;
    const char *stop = end > first && end[-1] == '\r' ? end - 1 : end;
    text_add(doc, first, (size_t)(stop - first));
    if (end + 1 < line) text_char(doc, '\n');
    first = end + 1;
  }
}
