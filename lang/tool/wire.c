/* wire.c — header lines, a blank line, and a JSON body of the given length (the base protocol of
 * LSP 3.17).
 *
 * No input ends the server or makes it read forever at the wrong place (FAULTS.md, H9).  A line may
 * end with a newline alone.  A length that is missing, not a number, given twice with different
 * values or out of range is reported, and reading continues at the next `Content-Length:`, wherever
 * on its line it is.  A body longer than BODY_MOST is skipped and reported.
 */
#include "lang/tool/wire.h"
#include "lang/library/natives.h"
#include "runtime/files.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { BODY_MOST = 64 << 20, SKIPPED_MOST = 1 << 30, LINE_MOST = 64 << 10, PIECE = 64 << 10 };

static const char LENGTH_WORD[] = "content-length:";
enum { LENGTH_NONE = -1, LENGTH_WRONG = -2 };

/* Reads some more; false at the end. */
static bool fill(Wire *wire) {
  if (wire->at) {
    memmove(wire->bytes, wire->bytes + wire->at, wire->end - wire->at);
    wire->end -= wire->at;
    wire->at = 0;
  }
  if (wire->capacity - wire->end < PIECE + 1) {
    wire->capacity += wire->capacity / 2 + 2 * PIECE;
    wire->bytes = mem_grow(wire->bytes, wire->capacity);
  }
  for (;;) {
    if (!jobs_wait(wire->jobs, STDIN_FILENO)) return false;
    ssize_t got = read(STDIN_FILENO, wire->bytes + wire->end, PIECE);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    wire->end += (size_t)got;
    return true;
  }
}

bool wire_waiting(const Wire *wire) {
  struct pollfd input = {STDIN_FILENO, POLLIN, 0};
  return wire->at < wire->end || poll(&input, 1, 0) > 0;
}

/* The next line without its end, with a NUL behind it; NULL at the end of the input. */
static char *next_line(Wire *wire) {
  for (;;) {
    size_t left = wire->end - wire->at;
    char *start = left ? wire->bytes + wire->at : NULL,
         *stop = left ? memchr(start, '\n', left) : NULL;
    if (stop) {
      wire->at += (size_t)(stop - start) + 1;
      if (stop > start && stop[-1] == '\r') stop--;
      *stop = 0;
      return start;
    }
    if (left > LINE_MOST) wire->at = wire->end - sizeof LENGTH_WORD; /* no header is that long */
    if (!fill(wire)) return NULL;
  }
}

/* Where in a line the last `Content-Length:` stands. */
static const char *length_in(const char *line) {
  const char *found = NULL;
  for (; *line; line++)
    if (strncasecmp(line, LENGTH_WORD, sizeof LENGTH_WORD - 1) == 0) found = line;
  return found ? found + sizeof LENGTH_WORD - 1 : NULL;
}

static long length_of(const char *text) {
  char *end;
  text += strspn(text, " \t");
  if (*text < '0' || *text > '9') return LENGTH_WRONG;
  errno = 0;
  long length = strtol(text, &end, 10);
  return errno || end[strspn(end, " \t")] || length > SKIPPED_MOST ? LENGTH_WRONG : length;
}

/* Reads the lines before a body. */
static bool read_header(Wire *wire, long *length, const char **wrong) {
  *length = LENGTH_NONE;
  bool some = false;
  for (const char *line; (line = next_line(wire)) != NULL; some = some || *line) {
    const char *text = length_in(line);
    if (text) {
      long told = length_of(text);
      if (told == LENGTH_WRONG) *wrong = "Content-Length is not a length";
      else if (*length >= 0 && *length != told) *wrong = "Content-Length is given twice";
      *length = told;
    } else if (!*line && (*length != LENGTH_NONE || some)) {
      if (*length == LENGTH_NONE) *wrong = "Content-Length is missing";
      return true;
    }
  }
  return false;
}

static bool skip(Wire *wire, size_t length) {
  while (wire->end - wire->at < length) {
    length -= wire->end - wire->at;
    wire->at = wire->end;
    if (!fill(wire)) return false;
  }
  wire->at += length;
  return true;
}

bool wire_read(Wire *wire, const char **body, size_t *length, const char **wrong) {
  long told;
  *wrong = NULL;
  *body = "";
  *length = 0;
  if (!read_header(wire, &told, wrong)) return false;
  if (told < 0) return true;
  if (told > BODY_MOST) *wrong = "a message of more than 64 MiB is not read";
  if (*wrong) return skip(wire, (size_t)told);
  while (wire->end - wire->at < (size_t)told)
    if (!fill(wire)) return false;
  *body = wire->bytes + wire->at;
  *length = (size_t)told;
  wire->at += *length;
  return true;
}

void wire_return(Wire *wire, const char *from) { wire->at = (size_t)(from - wire->bytes); }

void wire_write_text(const char *text, size_t length) {
  printf("Content-Length: %zu\r\n\r\n", length);
  fwrite(text, 1, length, stdout);
  fflush(stdout);
}

void wire_write(json_t *message) {
  char *text = json_dumps(message, JSON_COMPACT);
  json_decref(message);
  if (text) wire_write_text(text, strlen(text));
  json_free(text);
}

void wire_free(Wire *wire) { mem_free(wire->bytes); }
