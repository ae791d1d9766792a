/* number.c — numbers to text and back, the same under every locale.
 *
 * Writing.  The shortest digits that read back the same are found with the C library's
 * correctly rounded `%e`, of which only the digits are used: the locale's decimal mark is
 * stepped over, never read.  Fifteen digits are tried first: a double that some text of
 * at most 15 digits denotes gives those digits back (DBL_DIG), so trailing zeros dropped,
 * they are the shortest.  Else 16, else 17, which always suffice.  Two places need more:
 * subnormal numbers carry fewer digits, so there every length is tried from 1; and at a
 * power of two the gap below is half the gap above, so the nearest text of 16 digits may
 * fail while the next one up reads back right (2^-44 is 5.684341886080802e-14).
 *
 * Reading.  One pass over the bytes checks the form and gathers the digits.  Up to 19 digits whose
 * value is at most 2^53, with a power of ten of at most 22, are one exact multiplication or
 * division (W. D. Clinger, How to read floating point numbers accurately, 1990).  Anything else
 * goes to strtod in the C locale, as "digits e power", with at most 800 digits: 767 decide any
 * double, and the rest is represented by one sticky 1.  So a text of a million digits costs one
 * scan.
 */
#include "runtime/base/base.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MOST = 17, DIGITS_KEPT = 800 };

/* A number as 0.d1d2d3… times a power of ten. */
typedef struct Decimal {
  char digits[40]; /* without trailing zeros, NUL at the end; "0" for zero */
  int count;       /* of digits */
  int point;       /* where the point stands: value = 0.digits * 10^point */
} Decimal;

static void drop_zeros(Decimal *decimal) {
  while (decimal->count > 1 && decimal->digits[decimal->count - 1] == '0') decimal->count--;
  decimal->digits[decimal->count] = 0;
}

/* The nearest decimal of `count` digits to a finite, positive number. */
static Decimal round_digits(double number, int count) {
  char text[64];
  snprintf(text, sizeof text, "%.*e", count - 1, number);
  Decimal decimal = {{0}, 0, 0};
  const char *at = text;
  for (; *at && *at != 'e'; at++)
    if (*at >= '0' && *at <= '9' && decimal.count < count) decimal.digits[decimal.count++] = *at;
  decimal.point = (int)strtol(at + 1, NULL, 10) + 1;
  drop_zeros(&decimal);
  return decimal;
}

static bool reads_back(const Decimal *decimal, double number) {
  char text[64];
  int length = snprintf(text, sizeof text, "%se%d", decimal->digits,
                        decimal->point - decimal->count);
  double back = 0;
  return number_parse(text, (size_t)length, &back) && back == number;
}

/* The next decimal up with as many digits. */
static Decimal next_up(const Decimal *decimal, int count) {
  Decimal next = *decimal;
  while (next.count < count) next.digits[next.count++] = '0';
  int i = count - 1;
  for (; i >= 0 && next.digits[i] == '9'; i--) next.digits[i] = '0';
  if (i >= 0) {
    next.digits[i]++;
  } else {
    next.digits[0] = '1'; /* 9.99 -> 10.0 */
    next.point++;
  }
  drop_zeros(&next);
  return next;
}

static Decimal shortest(double number) {
  for (int count = number < 2.2250738585072014e-308 ? 1 : 15; count < DIGITS_MOST; count++) {
    Decimal decimal = round_digits(number, count);
    if (reads_back(&decimal, number)) return decimal;
    if (count < 16) continue;
    decimal = next_up(&decimal, count);
    if (reads_back(&decimal, number)) return decimal;
  }
  return round_digits(number, DIGITS_MOST);
}

static void add_zeros(Text *text, int count) {
  for (int i = 0; i < count; i++) text_char(text, '0');
}

static void write_exponent(Text *text, const Decimal *decimal) {
  text_char(text, decimal->digits[0]);
  if (decimal->count > 1) {
    text_char(text, '.');
    text_string(text, decimal->digits + 1);
  }
  text_format(text, "e%d", decimal->point - 1);
}

/* By hand, as most numbers that a script prints are whole, and printf's first use alone takes a
 * fiftieth of a short script's time. */
static void write_whole(Text *text, uint64_t whole) {
  char digits[20];
  size_t at = sizeof digits;
  do digits[--at] = (char)('0' + whole % 10);
  while (whole /= 10);
  text_add(text, digits + at, sizeof digits - at);
}

static void write_plain(Text *text, const Decimal *decimal) {
  int count = decimal->count, point = decimal->point;
  if (point <= 0) {
    text_string(text, "0.");
    add_zeros(text, -point);
    text_string(text, decimal->digits);
  } else if (point >= count) {
    text_string(text, decimal->digits);
    add_zeros(text, point - count);
  } else {
    text_add(text, decimal->digits, (size_t)point);
    text_char(text, '.');
    text_string(text, decimal->digits + point);
  }
}

/* Writes what needs no digits: nan, the sign, inf, 0.  Leaves the magnitude when there is more to
 * write, else 0. */
static double write_special(Text *text, double number) {
  if (isnan(number)) {
    text_string(text, "nan");
    return 0;
  }
  if (signbit(number)) text_char(text, '-');
  number = fabs(number);
  if (isinf(number)) text_string(text, "inf");
  if (number == 0) text_char(text, '0');
  return isinf(number) ? 0 : number;
}

void text_number(Text *text, double number) {
  double size = write_special(text, number);
  if (size == 0) return;
  if (size < 1e15 && size == floor(size)) {
    write_whole(text, (uint64_t)size);
    return;
  }
  Decimal decimal = shortest(size);
  if (decimal.point > 16 || decimal.point < -3) write_exponent(text, &decimal);
  else write_plain(text, &decimal);
}

void text_digits(Text *text, double number, int digits) {
  double size = write_special(text, number);
  if (size == 0) return;
  if (digits < 1) digits = 1;
  if (digits > DIGITS_MOST) digits = DIGITS_MOST;
  Decimal decimal = round_digits(size, digits);
  /* 1234567 to six digits is 1.23457e6: zeros in place of digits that were dropped would pass for
   * known ones. */
  bool dropped = decimal.point > digits && !reads_back(&decimal, size);
  if (decimal.point > 16 || decimal.point < -3 || dropped) write_exponent(text, &decimal);
  else write_plain(text, &decimal);
}

void text_rounded(Text *text, double number, int digits) {
  if (fabs(number) < pow(10, digits) - 0.5) text_digits(text, number, digits);
  else text_digits(text, round(number), DIGITS_MOST);
}

/* What one pass over the text gathers. */
typedef struct Reading {
  /* significant digits, without leading zeros, space for the exponent */
  char digits[DIGITS_KEPT + 32];
  int count;     /* of them */
  bool more;     /* digits other than 0 followed that were not kept */
  int64_t scale; /* value = digits * 10^scale */
} Reading;

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

static void take_digit(Reading *reading, char digit, bool fraction) {
  if (reading->count == 0 && digit == '0') {
    reading->scale -= fraction;
  } else if (reading->count < DIGITS_KEPT) {
    reading->digits[reading->count++] = digit;
    reading->scale -= fraction;
  } else {
    reading->more = reading->more || digit != '0';
    reading->scale += !fraction;
  }
}

/* Reads "e-12" at `at`; returns the end, NULL when it is malformed.  The power stops growing far
 * out of any range. */
static const char *take_power(Reading *reading, const char *at, const char *end) {
  bool minus = ++at < end && *at == '-';
  if (at < end && (*at == '+' || *at == '-')) at++;
  if (at == end || !is_digit(*at)) return NULL;
  int64_t power = 0;
  for (; at < end && is_digit(*at); at++)
    if (power < INT64_C(1000000000000000)) power = power * 10 + (*at - '0');
  reading->scale += minus ? -power : power;
  return at;
}

/* Powers of ten that are doubles. */
static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* The value where it is one exact operation on two exact doubles; false where it is not. */
static bool read_exact(const Reading *reading, double *number) {
  if (reading->count > 19 || reading->more || reading->scale > 22 || reading->scale < -22)
    return false;
  uint64_t whole = 0;
  for (int i = 0; i < reading->count; i++)
    whole = whole * 10 + (uint64_t)(reading->digits[i] - '0');
  if (whole > (uint64_t)1 << 53) return false;
  *number = reading->scale < 0 ? (double)whole / POWERS[-reading->scale]
                               : (double)whole * POWERS[reading->scale];
  return true;
}

static bool read_library(Reading *reading, double *number) {
  if (reading->scale + reading->count > 400) return false;
  if (reading->scale + reading->count < -400) {
    *number = 0;
    return true;
  }
  if (reading->more) {
    reading->digits[reading->count++] = '1'; /* sticky: just above what was kept */
    reading->scale--;
  }
  locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  snprintf(reading->digits + reading->count, 24, "e%lld", (long long)reading->scale);
  *number = plain ? strtod_l(reading->digits, NULL, plain) : strtod(reading->digits, NULL);
  if (plain) freelocale(plain);
  return isfinite(*number);
}

enum { SHORT_MOST = 15 /* digits that make less than 2^53 */ };

/* Digits and a point perhaps, which is most of what tables hold: without gathering the digits, the
 * same exact operation. */
static bool read_short(const char *at, const char *end, double *number) {
  if (end - at > SHORT_MOST + 1) return false;
  uint64_t whole = 0;
  const char *start = at;
  for (; at < end && is_digit(*at); at++) whole = whole * 10 + (uint64_t)(*at - '0');
  ptrdiff_t digits = at - start, fraction = 0;
  if (at < end && *at == '.') {
    start = ++at;
    for (; at < end && is_digit(*at); at++) whole = whole * 10 + (uint64_t)(*at - '0');
    fraction = at - start;
    digits += fraction;
  }
  if (at != end || digits < 1 || digits > SHORT_MOST) return false;
  *number = fraction ? (double)whole / POWERS[fraction] : (double)whole;
  return true;
}

bool number_parse(const char *text, size_t length, double *number) {
  bool negative = length && *text == '-';
  if (read_short(text + negative, text + length, number)) {
    if (negative) *number = -*number;
    return true;
  }
  Reading reading;
  reading.count = 0;
  reading.more = false;
  reading.scale = 0;
  const char *at = text, *end = text + length;
  bool minus = at < end && *at == '-', some = false;
  if (at < end && (*at == '+' || *at == '-')) at++;
  for (; at < end && is_digit(*at); at++, some = true) take_digit(&reading, *at, false);
  if (at < end && *at == '.')
    for (at++; at < end && is_digit(*at); at++, some = true) take_digit(&reading, *at, true);
  if (some && at < end && (*at == 'e' || *at == 'E')) at = take_power(&reading, at, end);
  if (!some || at != end) return false;
  double size = 0;
  if (reading.count && !read_exact(&reading, &size) && !read_library(&reading, &size)) return false;
  *number = minus ? -size : size;
  return true;
}

static int ascending(const void *a, const void *b) {
  double one = *(const double *)a, other = *(const double *)b;
  return (one > other) - (one < other);
}

void number_sort(double *numbers, size_t count) {
  if (count) qsort(numbers, count, sizeof *numbers, ascending);
}

/* Six digits come first: any decimal of up to six survives f32 (FLT_DIG), but below its normal
 * range, and trailing zeros are dropped.  Whole numbers that are in the range of counts keep all of
 * theirs. */
double number_meant(double single) {
  Text text = {0};
  double read = single;
  bool whole = single == floor(single) && fabs(single) < 1e15;
  int digits = fabs(single) < 0x1p-126 ? 1 : 6;
  for (; !whole && isfinite(single) && digits <= 9; digits++) {
    text.length = 0;
    text_digits(&text, single, digits);
    if (number_parse(text.data, text.length, &read) && (double)(float)read == single) break;
    read = single;
  }
  text_free(&text);
  return read;
}
