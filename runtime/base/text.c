/* text.c — a growing string.
 *
 * Text grows by half its size, so that n bytes added one by one cost O(n).  What is added
 * last is always followed by a NUL, which is not counted, so `data` can be handed to C.
 * The length of what a script builds is the caller's to reserve (`mem_reserve`).
 *
 * `text_escaped` is for showing bytes that come from outside: it never lets a control
 * byte, a broken UTF-8 sequence or a character that reorders its line reach a terminal.
 * UTF-8 is judged by the table of well-formed sequences of the Unicode standard (table 3-7).
 */
#include "runtime/base/base.h"

#include <stdio.h>
#include <string.h>

static void make_room(Text *text, size_t more) {
  size_t needed = text->length + more + 1;
  if (LIKELY(needed <= text->capacity)) return;
  size_t capacity = text->capacity + text->capacity / 2 + 32;
  if (capacity < needed) capacity = needed;
  text->data = mem_grow(text->data, capacity);
  text->capacity = capacity;
}

void text_add(Text *text, const char *bytes, size_t length) {
  make_room(text, length);
  if (length) memcpy(text->data + text->length, bytes, length);
  text->length += length;
  text->data[text->length] = 0;
}

void text_string(Text *text, const char *string) { text_add(text, string, strlen(string)); }

void text_char(Text *text, char byte) { text_add(text, &byte, 1); }

void text_code_point(Text *text, uint32_t code) {
  unsigned char bytes[4];
  size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  static const unsigned char first[5] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (size_t i = length; i-- > 1; code >>= 6) bytes[i] = (unsigned char)(0x80 | (code & 0x3F));
  bytes[0] = (unsigned char)(first[length] | code);
  text_add(text, (const char *)bytes, length);
}

void text_format(Text *text, const char *format, ...) {
  va_list values, again;
  va_start(values, format);
  va_copy(again, values);
  size_t length = text_print_list(NULL, 0, format, values);
  if (length) {
    make_room(text, length);
    text->length += text_print_list(text->data + text->length, length + 1, format, again);
  }
  va_end(again);
  va_end(values);
}

/* Length of the well-formed UTF-8 sequence at `bytes`, and its code point; 0 when there is none. */
size_t text_decode(const char *bytes, size_t length, uint32_t *code) {
  const unsigned char *at = (const unsigned char *)bytes;
  if (!length) return 0;
  *code = at[0];
  if (at[0] < 0x80) return 1;
  if (at[0] < 0xC2 || at[0] > 0xF4) return 0;
  size_t size = at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
  if (length < size) return 0;
  unsigned char low = at[0] == 0xE0 ? 0xA0 : at[0] == 0xF0 ? 0x90 : 0x80; /* no overlong forms */
  /* no surrogates, nothing past 10FFFF */
  unsigned char high = at[0] == 0xED ? 0x9F : at[0] == 0xF4 ? 0x8F : 0xBF;
  if (at[1] < low || at[1] > high) return 0;
  *code = at[0] & (0x7Fu >> size);
  for (size_t i = 1; i < size; i++) {
    if (i > 1 && (at[i] & 0xC0) != 0x80) return 0;
    *code = *code << 6 | (at[i] & 0x3Fu);
  }
  return size;
}

/* Characters that move the cursor or reorder the line they stand in. */
static bool unsafe(uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0x200E || code == 0x200F || code == 0x061C ||
         code == 0x2028 || code == 0x2029;
}

void text_escaped(Text *text, const char *bytes, size_t length) {
  while (length) {
    uint32_t code = 0;
    size_t size = text_decode(bytes, length, &code);
    if (size && !unsafe(code)) {
      text_add(text, bytes, size);
    } else if (size && code >= 0xA0) {
      text_format(text, "\\u{%x}", (unsigned)code);
    } else {
      size = size ? size : 1;
      for (size_t i = 0; i < size; i++) text_format(text, "\\x%02x", (unsigned char)bytes[i]);
    }
    bytes += size;
    length -= size;
  }
}

void text_free(Text *text) {
  mem_free(text->data);
  *text = (Text){0};
}
