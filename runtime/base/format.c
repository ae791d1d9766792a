/* format.c — printf for messages: a limit on a string shows that it cut, and where.
 *
 * In the formats of messages, `%.64s` limits a name or a text from outside.  printf counts bytes,
 * so it ends inside of a character, and nothing says that something is missing.  Here such a limit
 * ends at a whole character, and what was cut ends in an ellipsis, which the limit does not count.
 * `%.*s` is a part of a longer text whose end the caller knows: it stays as printf has it, and so
 * does every other conversion.  A format without such a limit goes to printf whole.
 *
 * The arguments of a va_list can only be taken in turn, by their types: so a format with a limit is
 * printed one conversion at a time.  Known are the flags, widths and lengths of C11 but `L`; a
 * width beside a limit (`%-20.60s`) is not kept.
 */
#include "runtime/base/base.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* What is still to be filled, and the values that are not yet taken. */
typedef struct Printing {
  char *into;    /* `size` bytes, or NULL */
  size_t size;   /* bytes there, with the final NUL */
  size_t length; /* bytes of the whole so far, also of those that found no room */
  va_list values;
} Printing;

/* One conversion: `%-*.3lld`. */
typedef struct Conversion {
  char text[32];   /* it, with a final NUL */
  int limit;       /* of a string; -1: none */
  int stars;       /* widths and precisions that are arguments */
  char size, kind; /* 0 or one of l, L (ll), z, t, j; d, s, … */
} Conversion;

static const char ELLIPSIS[] = "…";

size_t text_whole(const char *bytes, size_t length, size_t most) {
  if (length <= most) return length;
  while (most > 0 && ((unsigned char)bytes[most] & 0xC0) == 0x80) most--;
  return most;
}

/* Reads the conversion at `format`, and returns what follows it; one too long is left as it is. */
static const char *read_conversion(const char *format, Conversion *out) {
  const char *at = format + 1;
  *out = (Conversion){.limit = -1};
  at += strspn(at, "-+ #0");
  for (; (*at >= '0' && *at <= '9') || *at == '*'; at++) out->stars += *at == '*';
  if (*at == '.') {
    at++;
    if (*at == '*') out->stars++, at++;
    else
      for (out->limit = 0; *at >= '0' && *at <= '9'; at++) out->limit = out->limit * 10 + *at - '0';
  }
  for (; *at && strchr("hlzjt", *at); at++) out->size = out->size == 'l' && *at == 'l' ? 'L' : *at;
  out->kind = *at ? *at++ : 0;
  size_t length = (size_t)(at - format);
  if (length >= sizeof out->text) length = sizeof out->text - 1;
  memcpy(out->text, format, length);
  return at;
}

static bool has_limit(const char *format) {
  Conversion conversion;
  for (const char *at = strchr(format, '%'); at; at = strchr(at, '%')) {
    at = read_conversion(at, &conversion);
    if (conversion.kind == 's' && conversion.limit > 0) return true;
  }
  return false;
}

static void add(Printing *printing, const char *bytes, size_t length) {
  if (printing->length < printing->size) {
    size_t room = printing->size - printing->length, most = length < room ? length : room - 1;
    memcpy(printing->into + printing->length, bytes, most);
    printing->into[printing->length + most] = 0;
  }
  printing->length += length;
}

static void add_limited(Printing *printing, const char *string, size_t limit) {
  size_t length = strnlen(string, limit + 1);
  add(printing, string, text_whole(string, length, limit));
  if (length > limit) add(printing, ELLIPSIS, sizeof ELLIPSIS - 1);
}

#if defined __GNUC__
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#endif

/* snprintf of one value of the type, after none, one or two stars. */
#define PUT(type)                                                                        \
  do {                                                                                   \
    type value = va_arg(printing->values, type);                                         \
    done = one->stars == 0   ? snprintf(into, room, one->text, value)                    \
           : one->stars == 1 ? snprintf(into, room, one->text, star[0], value)           \
                             : snprintf(into, room, one->text, star[0], star[1], value); \
  } while (0)

static void add_value(Printing *printing, const Conversion *one) {
  bool fits = printing->length < printing->size;
  char *into = fits ? printing->into + printing->length : NULL;
  size_t room = fits ? printing->size - printing->length : 0;
  int star[2] = {0, 0}, done;
  for (int i = 0; i < one->stars && i < 2; i++) star[i] = va_arg(printing->values, int);
  if (one->kind == 's') PUT(const char *);
  else if (one->kind == 'p') PUT(void *);
  else if (strchr("aefgAEFG", one->kind)) PUT(double);
  else if (one->size == 'l') PUT(long);
  else if (one->size == 'L') PUT(long long);
  else if (one->size == 'z') PUT(size_t);
  else if (one->size == 't') PUT(ptrdiff_t);
  else if (one->size == 'j') PUT(intmax_t);
  else PUT(int);
  if (done > 0) printing->length += (size_t)done;
}

#undef PUT

static size_t print_parts(Printing *printing, const char *format) {
  while (*format) {
    size_t plain = strcspn(format, "%");
    add(printing, format, plain);
    format += plain;
    if (!*format) break;
    Conversion one;
    format = read_conversion(format, &one);
    if (one.kind == '%') add(printing, "%", 1);
    else if (one.kind == 's' && one.limit > 0 && !one.stars)
      add_limited(printing, va_arg(printing->values, const char *), (size_t)one.limit);
    else if (one.kind) add_value(printing, &one);
  }
  return printing->length;
}

/* Where the whole did not fit, it ends at a whole character, with an ellipsis. */
static void mark_end(char *into, size_t size) {
  if (size <= sizeof ELLIPSIS) {
    if (size) into[0] = 0;
    return;
  }
  memcpy(into + text_whole(into, size, size - sizeof ELLIPSIS), ELLIPSIS, sizeof ELLIPSIS);
}

size_t text_print_list(char *into, size_t size, const char *format, va_list values) {
  size_t length;
  if (has_limit(format)) {
    Printing printing = {.into = into, .size = size};
    if (size) into[0] = 0;
    va_copy(printing.values, values);
    length = print_parts(&printing, format);
    va_end(printing.values);
  } else {
    int done = vsnprintf(into, size, format, values);
    length = done > 0 ? (size_t)done : 0;
  }
  if (size && length >= size) mark_end(into, size);
  return length;
}

size_t text_print(char *into, size_t size, const char *format, ...) {
  va_list values;
  va_start(values, format);
  size_t length = text_print_list(into, size, format, values);
  va_end(values);
  return length;
}
