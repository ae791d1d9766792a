/* format.c — Python's format language for numbers and strings, the same under every locale.
 *
 *   [[fill]align][sign][0][width][,][.digits][e f g d x %]
 *
 * The C library rounds to digits (correctly for any number of digits).  Only digits and the sign of
 * its output are used, because the decimal mark depends on the locale.  Without a type and digits a
 * number is formatted as by `print`.  `d` and `x` need a whole number.  Padding counts code points.
 *
 * Source: the Python Library Reference, "Format Specification Mini-Language"; `#`, `_`, `b`, `o`,
 * `c`, `n` are left out.
 */
#include "lang/values/format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH_MOST = 10000, DIGITS_MOST = 1000, ELEMENT_DIGITS = 6 /* as tensor_element_text */ };

static bool is_align(char c) { return c == '<' || c == '>' || c == '^' || c == '='; }

/* Reads digits at *at; false when the number exceeds `most`. */
static bool read_count(const char **at, const char *end, int most, int *count) {
  for (*count = 0; *at < end && **at >= '0' && **at <= '9'; (*at)++) {
    *count = *count * 10 + (**at - '0');
    if (*count > most) return false;
  }
  return true;
}

bool format_parse(const char *text, size_t length, Format *format) {
  *format = (Format){.fill = " ", .sign = '-', .digits = -1};
  const char *at = text, *end = text + length;
  bool fill_given = false;
  uint32_t code;
  size_t first = text_decode(at, length, &code);
  if (first && first < length && first < sizeof format->fill && is_align(at[first])) {
    memcpy(format->fill, at, first);
    format->fill[first] = 0;
    format->align = at[first];
    fill_given = true;
    at += first + 1;
  } else if (at < end && is_align(*at)) {
    format->align = *at++;
  }
  if (at < end && (*at == '+' || *at == '-' || *at == ' ')) format->sign = *at++;
  if (at < end && *at == '0' && !fill_given) {
    format->fill[0] = '0';
    if (!format->align) format->align = '=';
    at++;
  }
  if (!read_count(&at, end, WIDTH_MOST, &format->width)) return false;
  if (at < end && *at == ',') {
    format->grouped = true;
    at++;
  }
  if (at < end && *at == '.') {
    const char *digits = ++at;
    if (!read_count(&at, end, DIGITS_MOST, &format->digits) || at == digits) return false;
  }
  if (at < end && strchr("efgdx%", *at)) format->type = *at++;
  return at == end;
}

/* ---- padding ---- */

static int points_of(const char *text, size_t length) {
  int points = 0;
  for (size_t i = 0; i < length; i++) points += ((unsigned char)text[i] & 0xC0) != 0x80;
  return points;
}

static void add_fill(Text *text, const Format *format, int count) {
  for (int i = 0; i < count; i++) text_string(text, format->fill);
}

/* Adds `sign` and `body` padded to the width; `align` is the default alignment. */
static void add_padded(const Format *format, char align, const char *sign, const char *body,
                       size_t length, Text *text) {
  int missing = format->width - (int)strlen(sign) - points_of(body, length);
  if (format->align) align = format->align;
  int before = missing <= 0 || align == '<' ? 0 : align == '^' ? missing / 2 : missing;
  if (align != '=') add_fill(text, format, before);
  text_string(text, sign);
  if (align == '=') add_fill(text, format, before);
  text_add(text, body, length);
  if (align == '<' || align == '^') add_fill(text, format, missing - before);
}

/* ---- digits ---- */

/* The output of printf's e, f or g for a finite number, with a point for the locale's mark. */
static void add_printed(Text *text, char type, int digits, double number) {
  char format[8] = {'%', '.', '*', type, 0}, buffer[512];
  int length = snprintf(buffer, sizeof buffer, format, digits, number);
  char *printed = length < (int)sizeof buffer ? buffer : mem_alloc((size_t)length + 1);
  if (printed != buffer) snprintf(printed, (size_t)length + 1, format, digits, number);
  bool mark = false;
  for (const char *at = printed; *at; at++) {
    bool known = (*at >= '0' && *at <= '9') || *at == 'e' || *at == '+' || *at == '-';
    if (known) text_char(text, *at);
    /* the locale's mark may have several bytes */
    else if (!mark) text_char(text, '.'), mark = true;
  }
  if (printed != buffer) mem_free(printed);
}

/* Of a whole number: from 2^64 on its last digits are zeros. */
static void add_hexadecimal(Text *text, double number) {
  int zeros = 0;
  for (; number >= 18446744073709551616.0; number /= 16) zeros++;
  text_format(text, "%llx", (unsigned long long)number);
  while (zeros-- > 0) text_char(text, '0');
}

static void add_percent(Text *text, int digits, double number) {
  if (isfinite(number * 100)) {
    add_printed(text, 'f', digits, number * 100);
  } else { /* it is whole */
    add_printed(text, 'f', 0, number);
    text_string(text, digits ? "00." : "00");
    while (digits-- > 0) text_char(text, '0');
  }
  text_char(text, '%');
}

/* Adds the digits of a non-negative number. */
static bool add_body(const Format *format, double number, Text *text) {
  if (isnan(number) || isinf(number)) {
    text_string(text, isnan(number) ? "nan" : "inf");
    if (format->type == '%') text_char(text, '%');
    return true;
  }
  switch (format->type) {
    case 'd':
    case 'x':
      if (number != floor(number)) return false;
      if (format->type == 'd') add_printed(text, 'f', 0, number);
      else add_hexadecimal(text, number);
      return true;
    case 'e': add_printed(text, 'e', format->digits < 0 ? 6 : format->digits, number); return true;
    case 'f': add_printed(text, 'f', format->digits < 0 ? 6 : format->digits, number); return true;
    case '%': add_percent(text, format->digits < 0 ? 6 : format->digits, number); return true;
    case 'g': add_printed(text, 'g', format->digits < 0 ? 6 : format->digits, number); return true;
    default:
      if (format->digits < 0) text_number(text, number);
      else add_printed(text, 'g', format->digits, number);
      return true;
  }
}

/* A comma before every third digit of the whole part, which gets zeros in front until `width`
 * characters are filled; one more where a comma would be first. */
static void add_grouped(const Text *body, int width, Text *text) {
  size_t whole = 0;
  while (whole < body->length && body->data[whole] >= '0' && body->data[whole] <= '9') whole++;
  size_t shown = whole, rest = body->length - whole;
  while (whole && (int)(shown + (shown - 1) / 3 + rest) < width) shown++;
  for (size_t left = shown; left > 0; left--) {
    if (left < shown && left % 3 == 0) text_char(text, ',');
    text_char(text, left > whole ? '0' : body->data[whole - left]);
  }
  text_add(text, body->data + whole, rest);
}

/* Adds the digits of a number's size with its sign, grouped and padded. */
static void add_signed(const Format *format, double number, const Text *body, Text *text) {
  Text grouped = {0};
  bool minus = signbit(number) && !isnan(number);
  const char *sign = minus ? "-" : format->sign == '+' ? "+" : format->sign == ' ' ? " " : "";
  bool zeros = format->align == '=' && strcmp(format->fill, "0") == 0;
  bool groups = format->grouped && isfinite(number); /* Python's 0000nan has no commas */
  if (groups) add_grouped(body, zeros ? format->width - (int)strlen(sign) : 0, &grouped);
  const Text *shown = groups ? &grouped : body;
  add_padded(format, '>', sign, shown->data, shown->length, text);
  text_free(&grouped);
}

bool format_number(const Format *format, double number, Text *text) {
  Text body = {0};
  bool fine = add_body(format, fabs(number), &body);
  if (fine) add_signed(format, number, &body, text);
  text_free(&body);
  return fine;
}

void format_string(const Format *format, const char *string, size_t length, Text *text) {
  if (format->digits >= 0) { /* a maximum of code points */
    size_t kept = 0;
    for (int points = 0; kept < length; kept++)
      if (((unsigned char)string[kept] & 0xC0) != 0x80 && points++ == format->digits) break;
    length = kept;
  }
  Format padded = *format;
  if (padded.align == '=') padded.align = '<';
  add_padded(&padded, '<', "", string, length, text);
}

/* The digits of a tensor's element of a float dtype, as a tensor is shown; to be grouped, an amount
 * keeps its whole part. */
static void add_element(const Format *format, double size, Text *text) {
  if (format->grouped && size < 1e15) text_rounded(text, size, ELEMENT_DIGITS);
  else text_digits(text, size, ELEMENT_DIGITS);
}

bool format_element(const Format *format, const Tensor *tensor, int64_t index, Text *text) {
  double element = tensor_get(tensor, index);
  if (tensor->dtype == DTYPE_BOOL && !format->type) {
    const char *word = element != 0 ? "true" : "false";
    format_string(format, word, strlen(word), text);
    return true;
  }
  if (format->type || format->digits >= 0 || !dtype_floats(tensor->dtype))
    return format_number(format, element, text);
  Text body = {0};
  add_element(format, fabs(element), &body);
  add_signed(format, element, &body, text);
  text_free(&body);
  return true;
}
