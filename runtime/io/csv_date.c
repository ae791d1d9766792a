/* csv_date.c — dates and times as they stand in tables; see csv_cell.h.
 *
 * Read are `2024-01-31` and `2024/01/31`, perhaps with `T` or a blank and `18:00[:30[.5]]`, and
 * behind that `Z` or an offset such as `+01:00` (RFC 3339), which gives the time in UTC; and a time
 * alone.
 * What else is clearly a date, by its marks or by a month's name, is known for one, so that it is
 * neither read in an order that is guessed nor taken for a class.  Days are counted by the
 * proleptic Gregorian calendar (E. G. Richards, "Calendars", in the Explanatory Supplement to the
 * Astronomical Almanac, 2013).
 */
#include "runtime/io/csv_cell.h"

#include <string.h>
#include <strings.h>

enum { MINUTES_OF_DAY = 24 * 60, OFFSET_HOURS_MOST = 14 };

/* A piece of text that is eaten from the front. */
typedef struct Piece {
  const char *at, *end;
} Piece;

static Piece piece_of(const CsvCell *cell) {
  CsvCell bare = cell->quoted ? csv_cell_bare(*cell) : *cell;
  return (Piece){bare.text, bare.text + bare.length};
}

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

static bool is_letter(char byte) { return (byte | 32) >= 'a' && (byte | 32) <= 'z'; }

static bool take_digits(Piece *piece, int count, int *value) {
  *value = 0;
  for (int i = 0; i < count; i++) {
    if (piece->at == piece->end || !is_digit(*piece->at)) return false;
    *value = *value * 10 + (*piece->at++ - '0');
  }
  return true;
}

static bool take_byte(Piece *piece, char byte) {
  if (piece->at == piece->end || *piece->at != byte) return false;
  piece->at++;
  return true;
}

/* ---- what is read ---- */

static int64_t days_of(int64_t year, int64_t month, int64_t day) {
  int64_t shifted = (month + 9) % 12, y = year + 4800 - (month <= 2);
  return day + (153 * shifted + 2) / 5 + 365 * y + y / 4 - y / 100 + y / 400 - 32045 - 2440588;
}

static bool take_time(Piece *piece, double *part) {
  int hour, minute, second = 0;
  double rest = 0, scale = 0.1;
  if (!take_digits(piece, 2, &hour) || !take_byte(piece, ':') || !take_digits(piece, 2, &minute))
    return false;
  bool seconds = take_byte(piece, ':');
  if (seconds && !take_digits(piece, 2, &second)) return false;
  if (seconds && take_byte(piece, '.'))
    for (; piece->at < piece->end && is_digit(*piece->at); scale /= 10)
      rest += scale * (*piece->at++ - '0');
  *part = (hour * 3600 + minute * 60 + second + rest) / 86400.0;
  return hour < 24 && minute < 60 && second < 60;
}

/* `Z`, `+01:00`, `-0530`, or nothing: what is to be taken off, as part of a day. */
static bool take_offset(Piece *piece, double *part) {
  int hour = 0, minute = 0;
  *part = 0;
  if (piece->at == piece->end || take_byte(piece, 'Z')) return true;
  bool east = take_byte(piece, '+');
  if ((!east && !take_byte(piece, '-')) || !take_digits(piece, 2, &hour)) return false;
  if ((take_byte(piece, ':') || piece->at < piece->end) && !take_digits(piece, 2, &minute))
    return false;
  *part = (east ? 1.0 : -1.0) * (hour * 60 + minute) / MINUTES_OF_DAY;
  return hour <= OFFSET_HOURS_MOST && minute < 60;
}

bool csv_cell_date(const CsvCell *cell, double *days) {
  static const int most[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  Piece piece = piece_of(cell);
  int year, month, day;
  double part = 0, offset = 0;
  if (!take_digits(&piece, 4, &year)) return false;
  char mark = piece.at < piece.end ? *piece.at : 0;
  if ((mark != '-' && mark != '/') || !take_byte(&piece, mark) || !take_digits(&piece, 2, &month) ||
      !take_byte(&piece, mark) || !take_digits(&piece, 2, &day))
    return false;
  if (month < 1 || month > 12 || day < 1 || day > most[month - 1]) return false;
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (month == 2 && day == 29 && !leap) return false;
  bool timed = take_byte(&piece, 'T') || take_byte(&piece, ' ');
  if (timed && (!take_time(&piece, &part) || !take_offset(&piece, &offset))) return false;
  *days = (double)days_of(year, month, day) + (part - offset);
  return piece.at == piece.end;
}

enum { DAY_ALONE = 10 }; /* bytes of a date without a time */

bool csv_cell_timed(const CsvCell *cell) {
  Piece piece = piece_of(cell);
  return piece.end - piece.at > DAY_ALONE;
}

bool csv_cell_zoned(const CsvCell *cell) {
  Piece piece = piece_of(cell);
  for (const char *at = piece.at + DAY_ALONE + 1; at < piece.end; at++)
    if (memchr("Z+-", *at, 3)) return true;
  return false;
}

bool csv_cell_clock(const CsvCell *cell, double *part) {
  Piece piece = piece_of(cell);
  return take_time(&piece, part) && piece.at == piece.end;
}

/* ---- what is known for a date ---- */

/* So many digits at most, at least one; how many. */
static int take_number(Piece *piece, int most, int *value) {
  int count = 0, digit;
  *value = 0;
  for (; count < most && take_digits(piece, 1, &digit); count++) *value = *value * 10 + digit;
  return count;
}

static void take_blanks(Piece *piece) {
  while (take_byte(piece, ' ')) {}
}

/* `6:30 pm`, `18:00`, `1:02:33.5`, or nothing: the rest of the piece. */
static bool rest_is_time(Piece piece, bool needed) {
  int value;
  take_blanks(&piece);
  take_byte(&piece, ',');
  take_blanks(&piece);
  if (piece.at == piece.end) return !needed;
  if (!take_number(&piece, 3, &value)) return false;
  int parts = 0;
  for (; take_byte(&piece, ':'); parts++)
    if (!take_digits(&piece, 2, &value) || value > 59) return false;
  if (parts == 0 || parts > 2) return false;
  if (take_byte(&piece, '.') && !take_number(&piece, 9, &value)) return false;
  take_blanks(&piece);
  if (piece.at == piece.end) return true;
  bool half = piece.end - piece.at == 2 &&
              (strncasecmp(piece.at, "am", 2) == 0 || strncasecmp(piece.at, "pm", 2) == 0);
  return half || *piece.at == 'Z' || *piece.at == '+' || *piece.at == '-';
}

/* Could these three numbers, with so many digits each, be day, month and year in some order? */
static bool plausible(const int value[3], const int digits[3]) {
  bool year_first = digits[0] == 4 && digits[1] <= 2 && digits[2] <= 2;
  bool year_last = digits[0] <= 2 && digits[1] <= 2 && (digits[2] == 4 || digits[2] == 2);
  int a = year_first ? value[1] : value[0], b = year_first ? value[2] : value[1];
  bool day_and_month = a >= 1 && b >= 1 && a <= 31 && b <= 31 && (a <= 12 || b <= 12);
  return (year_first || year_last) && day_and_month;
}

/* 31.01.2024, 1/31/24, 2024-1-5, 2024-01, 01/2024 */
static bool date_of_digits(Piece piece) {
  int value[3] = {0}, digits[3] = {0}, count = 0;
  char mark = 0;
  do {
    digits[count] = take_number(&piece, 4, &value[count]);
    if (!digits[count++]) return false;
    if (piece.at == piece.end || !memchr("./-", *piece.at, 3)) break;
    if (mark && *piece.at != mark) return false;
    mark = *piece.at;
  } while (count < 3 && take_byte(&piece, mark));
  if (count == 3)
    return plausible(value, digits) && (take_byte(&piece, 'T'), rest_is_time(piece, false));
  if (count != 2 || piece.at != piece.end || mark == '.') return false;
  int month = digits[0] == 4 ? 1 : 0;
  return digits[!month] == 4 && digits[month] == 2 && value[month] >= 1 && value[month] <= 12;
}

/* The first three letters of a month or of a day of the week. */
static bool is_calendar(const char *word, size_t length) {
  static const char names[][4] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                  "aug", "sep", "oct", "nov", "dec", "mon", "tue",
                                  "wed", "thu", "fri", "sat", "sun"};
  for (int i = 0; i < COUNT_OF(names) && length >= 3 && length <= 9; i++)
    if (strncasecmp(word, names[i], 3) == 0) return true;
  return false;
}

/* 31 Jan 2024, Jan 31, 2024, Fri 31-Jan-24 18:00 */
static bool date_of_words(Piece piece) {
  int words = 0, numbers = 0, value;
  while (piece.at < piece.end) {
    const char *start = piece.at;
    if (numbers && words && rest_is_time(piece, true)) return true;
    while (piece.at < piece.end && is_letter(*piece.at)) piece.at++;
    if (piece.at > start) {
      if (!is_calendar(start, (size_t)(piece.at - start)) || ++words > 2) return false;
    } else if (!take_number(&piece, 4, &value) || ++numbers > 2) {
      return false;
    }
    while (piece.at < piece.end && memchr(" ,.-/", *piece.at, 5)) piece.at++;
  }
  return words && numbers;
}

bool csv_cell_other_date(const CsvCell *cell) {
  Piece piece = piece_of(cell);
  if (cell->length < 4) return false;
  bool digit = is_digit(*piece.at);
  if (!digit && !is_calendar(piece.at, 3)) return false;
  return (digit && (date_of_digits(piece) || rest_is_time(piece, true))) || date_of_words(piece);
}
