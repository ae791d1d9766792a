/* csv_cell.c — numbers and quantities as written in tables, and texts that are probably mistakes;
 * see csv_cell.h.
 *
 * Thousands are taken off only where they part groups of three digits before the decimal sign, so
 * that `1,5` never becomes 15.
 */
#include "runtime/io/csv_cell.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum { NUMBER_MOST = 400 }; /* bytes of a number that is written in another form */

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

static bool is_letter(char byte) { return (byte | 32) >= 'a' && (byte | 32) <= 'z'; }

/* ---- numbers ---- */

/* Length of the sign for thousands at `at`, 0 where there is none. */
static size_t thousands_at(const char *signs, const char *at, const char *end) {
  for (const char *sign = signs; *sign;) {
    uint32_t code;
    size_t length = text_decode(sign, strlen(sign), &code);
    if (!length) return 0;
    if ((size_t)(end - at) >= length && memcmp(at, sign, length) == 0) return length;
    sign += length;
  }
  return 0;
}

/* Copies digits without their thousands, which are one of `signs` (all the same one), to `out`;
 * gives where it stopped, NULL where the groups are not of three. */
static const char *copy_groups(const char *at, const char *end, const char *signs, char **out) {
  const char *used = NULL;
  size_t used_length = 0;
  int group = 0, groups = 0;
  for (;;) {
    for (group = 0; at < end && is_digit(*at); at++, group++) *(*out)++ = *at;
    if (groups && group != 3) return NULL;
    size_t length = group ? thousands_at(signs, at, end) : 0;
    if (!length || (size_t)(end - at) == length || !is_digit(at[length])) return at;
    if (used && (length != used_length || memcmp(used, at, length) != 0)) return NULL;
    if (!groups && group > 3) return NULL;
    used = at;
    used_length = length;
    at += length;
    groups++;
  }
}

static bool parse_other(const char *text, size_t length, char decimal, const char *thousands,
                        double *number) {
  char plain[NUMBER_MOST + 1], *out = plain;
  const char *at = text, *end = text + length;
  if (length > NUMBER_MOST) return false;
  if (at < end && (*at == '+' || *at == '-')) *out++ = *at++;
  at = copy_groups(at, end, thousands, &out);
  if (!at) return false;
  if (at < end && *at == decimal) *out++ = '.', at++;
  else if (at < end && *at == '.') return false;
  while (at < end) *out++ = *at++;
  return number_parse(plain, (size_t)(out - plain), number);
}

bool csv_cell_number(const CsvForm *form, const CsvCell *cell, double *number) {
  CsvCell bare;
  if (cell->quoted) bare = csv_cell_bare(*cell), cell = &bare;
  if (cell->length == 0) return false;
  char first = cell->text[0];
  bool begins = is_digit(first) || first == '-' || first == '+' || first == form->decimal;
  if (!begins) return false;
  return csv_form_plain(form)
             ? number_parse(cell->text, cell->length, number)
             : parse_other(cell->text, cell->length, form->decimal, form->thousands, number);
}

/* Up to 19 digits are compared as integers; of more, a double keeps at most 17. */
bool csv_cell_cut(const CsvCell *cell, double number) {
  const char *at = cell->text, *end = at + cell->length;
  if (at < end && (*at == '-' || *at == '+')) at++;
  while (at < end && *at == '0') at++;
  uint64_t whole = 0;
  const char *last = at; /* behind the last digit that is not 0 */
  for (const char *digit = at; digit < end; digit++) {
    if (!is_digit(*digit)) return false;
    if (digit - at < 19) whole = whole * 10 + (uint64_t)(*digit - '0');
    if (*digit != '0') last = digit + 1;
  }
  return end - at <= 19 ? whole != (uint64_t)fabs(number) : last - at > 17;
}

/* ---- quantities ---- */

/* A piece of text that is eaten from both ends. */
typedef struct Piece {
  const char *at, *end;
} Piece;

static void trim_piece(Piece *piece) {
  static const char *const blanks[] = {" ", "\t", "\xC2\xA0", "\xE2\x80\xAF"};
  for (bool again = true; again;) {
    again = false;
    for (int i = 0; i < COUNT_OF(blanks); i++) {
      size_t length = strlen(blanks[i]);
      if ((size_t)(piece->end - piece->at) < length) continue;
      if (memcmp(piece->at, blanks[i], length) == 0) piece->at += length, again = true;
      else if (memcmp(piece->end - length, blanks[i], length) == 0)
        piece->end -= length, again = true;
    }
  }
}

static bool is_currency(uint32_t code) {
  return code == '$' || code == 0xA3 || code == 0xA4 || code == 0xA5 || code == 0x0E3F ||
         (code >= 0x20A0 && code <= 0x20CF);
}

/* Takes a currency sign off the front or the end. */
static bool take_currency(Piece *piece, uint32_t *currency) {
  uint32_t code = 0;
  size_t length = (size_t)(piece->end - piece->at);
  size_t size = length ? text_decode(piece->at, length, &code) : 0;
  if (size && is_currency(code)) {
    piece->at += size;
    *currency = code;
    return true;
  }
  for (size = 1; size <= 3 && size <= length; size++) {
    if (text_decode(piece->end - size, size, &code) != size || !is_currency(code)) continue;
    piece->end -= size;
    *currency = code;
    return true;
  }
  return false;
}

/* A sign; also the one of typeset tables, U+2212. */
static bool take_sign(Piece *piece, bool *minus) {
  if (piece->end - piece->at >= 3 && memcmp(piece->at, "\xE2\x88\x92", 3) == 0) {
    piece->at += 3;
    return *minus = true;
  }
  if (piece->at == piece->end || (*piece->at != '-' && *piece->at != '+')) return false;
  *minus = *piece->at++ == '-';
  return true;
}

static bool parse_quantity(const CsvForm *form, Piece piece, double *number, uint32_t *currency) {
  bool minus = false, signed_already = false, percent = false;
  *currency = 0;
  trim_piece(&piece);
  if (piece.end - piece.at > 2 && *piece.at == '(' && piece.end[-1] == ')') {
    piece.at++, piece.end--;
    minus = signed_already = true;
    trim_piece(&piece);
  }
  if (!signed_already) signed_already = take_sign(&piece, &minus);
  trim_piece(&piece);
  if (take_currency(&piece, currency)) trim_piece(&piece);
  if (!signed_already) take_sign(&piece, &minus);
  if (piece.end > piece.at && piece.end[-1] == '%') percent = true, piece.end--;
  trim_piece(&piece);
  if (piece.at == piece.end || *piece.at == '-' || *piece.at == '+') return false;
  const char *thousands = *form->thousands       ? form->thousands
                          : form->decimal == ',' ? ". '\xC2\xA0\xE2\x80\xAF"
                                                 : ", '\xC2\xA0\xE2\x80\xAF";
  double size;
  if (!parse_other(piece.at, (size_t)(piece.end - piece.at), form->decimal, thousands, &size))
    return false;
  if (percent) size /= 100;
  *number = minus ? -size : size;
  return true;
}

bool csv_cell_quantity(const CsvForm *form, const CsvCell *cell, double *number,
                       uint32_t *currency) {
  return parse_quantity(form, (Piece){cell->text, cell->text + cell->length}, number, currency);
}

/* Units are letters of any alphabet, with signs like °, ² or / among them. */
static bool is_unit(char byte) {
  return is_letter(byte) || (unsigned char)byte >= 0x80 || byte == '/';
}

bool csv_cell_measure(const CsvForm *form, const CsvCell *cell) {
  Piece piece = {cell->text, cell->text + cell->length};
  double number;
  uint32_t currency;
  if (cell->length == 0 || is_letter(piece.at[0])) return false;
  if (parse_quantity(form, piece, &number, &currency)) return true;
  while (piece.end > piece.at && is_unit(piece.end[-1])) piece.end--;
  return piece.end < cell->text + cell->length && piece.end > piece.at &&
         parse_quantity(form, piece, &number, &currency);
}

bool csv_cell_multiplied(const CsvForm *form, const CsvCell *cell) {
  static const char *const words[] = {"K", "M", "B", "k", "m", "bn"};
  double number;
  uint32_t currency;
  for (int i = 0; i < COUNT_OF(words); i++) {
    size_t length = strlen(words[i]);
    if (cell->length <= length || memcmp(cell->text + cell->length - length, words[i], length) != 0)
      continue;
    Piece piece = {cell->text, cell->text + cell->length - length};
    if (parse_quantity(form, piece, &number, &currency)) return true;
  }
  return false;
}

/* ---- doubts ---- */

/* Digits with the signs, points, commas and blanks that people put among them. */
static bool nearly_number(const CsvCell *cell) {
  size_t digits = 0, others = 0;
  for (size_t i = 0; i < cell->length; i++) {
    char byte = cell->text[i];
    if (is_digit(byte)) digits++;
    else if (!memchr("+-.,_ '%eE", byte, 10)) return false;
    else if (byte != '.' && byte != ',' && byte != '_' && byte != ' ' && byte != '\'') others++;
  }
  return digits && others <= 3 && (is_digit(cell->text[0]) || memchr("+-.,", cell->text[0], 4)) &&
         !memchr(cell->text + 1, '-', cell->length - 1);
}

static int64_t count_bytes(const CsvCell *cell, char byte) {
  int64_t count = 0;
  for (size_t i = 0; i < cell->length; i++) count += cell->text[i] == byte;
  return count;
}

/* Digits of other scripts that look like numbers: Arabic-Indic, Persian, Devanagari, full width. */
static bool foreign_digits(const CsvCell *cell) {
  size_t at = 0, count = 0;
  while (at < cell->length) {
    uint32_t code = 0;
    size_t size = text_decode(cell->text + at, cell->length - at, &code);
    bool digit = (code >= 0x660 && code <= 0x669) || (code >= 0x6F0 && code <= 0x6F9) ||
                 (code >= 0x966 && code <= 0x96F) || (code >= 0xFF10 && code <= 0xFF19);
    if (!size || (!digit && code >= 0x80)) return false;
    count += digit;
    at += size;
  }
  return count > 0;
}

/* An infinity, in any of the ways that programs write one. */
static bool is_infinity(const CsvCell *cell) {
  const char *text = cell->text;
  size_t length = cell->length, sign = *text == '-' || *text == '+';
  return (length == sign + 3 && strncasecmp(text + sign, "inf", 3) == 0) ||
         (length == sign + 8 && strncasecmp(text + sign, "infinity", 8) == 0);
}

/* 1.5D+03: Fortran's exponent of a double, with a point or a sign as classes like 2D have not. */
static bool fortran_exponent(const CsvForm *form, const CsvCell *cell) {
  char plain[NUMBER_MOST];
  CsvCell copy = {.text = plain, .length = cell->length};
  double number;
  if (cell->length >= NUMBER_MOST) return false;
  bool marked = false;
  for (size_t i = 0; i < cell->length; i++) {
    char byte = cell->text[i];
    plain[i] = byte == 'D' || byte == 'd' ? 'e' : byte;
    marked = marked || byte == form->decimal || (i && (byte == '+' || byte == '-'));
  }
  return marked && memcmp(plain, cell->text, cell->length) != 0 &&
         csv_cell_number(form, &copy, &number);
}

/* Numbers with blanks between them: a row whose cells were not parted. */
static bool several_numbers(const CsvForm *form, const CsvCell *cell) {
  int64_t count = 0;
  for (size_t at = 0; at < cell->length; count++) {
    CsvCell word = {.text = cell->text + at};
    double number;
    while (at < cell->length && cell->text[at] != ' ' && cell->text[at] != '\t') at++;
    word.length = (size_t)(cell->text + at - word.text);
    if (!csv_cell_number(form, &word, &number)) return false;
    while (at < cell->length && (cell->text[at] == ' ' || cell->text[at] == '\t')) at++;
  }
  return count > 1 && !csv_cell_measure(form, cell);
}

/* Digits with the table's own sign for thousands, which is no number: in other groups than threes.
 */
static bool misgrouped(const CsvForm *form, const CsvCell *cell) {
  const char *at = cell->text, *end = at + cell->length;
  bool some = false;
  while (at < end) {
    size_t sign = thousands_at(form->thousands, at, end);
    some = some || sign;
    if (!sign && !is_digit(*at) && *at != '-' && *at != '+' && *at != form->decimal) return false;
    at += sign ? sign : 1;
  }
  return some;
}

static const char *doubt_number(const CsvForm *form, const CsvCell *cell, const char **mend) {
  bool comma = memchr(cell->text, ',', cell->length) != NULL;
  int64_t points = count_bytes(cell, '.');
  if (misgrouped(form, cell)) return "`thousands:` separates groups of three digits";
  if (points > 1 && !comma) return NULL; /* a version, an address */
  if (strspn(cell->text, "0123456789+-.eE") >= cell->length && form->decimal == '.')
    return "a number that is malformed or out of range";
  if (comma && form->decimal == '.') {
    bool grouped = csv_cell_measure(form, cell);
    *mend = grouped
                ? "thousands: \",\" reads it, or decimal: \",\" if the comma begins the fraction"
                : "decimal: \",\" reads a decimal comma";
    return "numbers have a decimal point, not a comma, and no separator for thousands";
  }
  if (points && form->decimal == ',') {
    *mend = "thousands: \".\" if the points separate thousands, else leave out decimal:";
    return "with decimal: \",\" a number has no point";
  }
  if (csv_cell_measure(form, cell))
    *mend = "kinds: \"number\" for this column reads signs, percents and thousands";
  return "numbers are plain digits, optionally with a point and an exponent";
}

const char *csv_cell_doubt(const CsvForm *form, const CsvCell *cell, const char **mend) {
  *mend = NULL;
  if (cell->quoted && !memchr(cell->text, ',', cell->length)) return NULL;
  char first = cell->text[0], last = cell->text[cell->length - 1];
  if (first == '#' &&
      (last == '!' || last == '?' || (cell->length == 4 && memcmp(cell->text, "#N/A", 4) == 0))) {
    *mend = "correct it in the spreadsheet, or `marks:` makes it a missing cell";
    return "a spreadsheet's error";
  }
  if (first == '=' || (first == '+' && cell->length > 1 && !is_digit(cell->text[1]) &&
                       cell->text[1] != '.' && cell->text[1] != ','))
    return "a spreadsheet's formula, not its value";
  if (cell->length > 2 && first == '0' && (cell->text[1] == 'x' || cell->text[1] == 'X') &&
      strspn(cell->text + 2, "0123456789abcdefABCDEF") >= cell->length - 2)
    return "a hexadecimal number: write it in decimal";
  if (is_infinity(cell)) {
    *mend = "`marks:` makes it a missing cell";
    return "an infinity, from which nothing can be learned";
  }
  if (fortran_exponent(form, cell)) return "a Fortran number: the exponent is written with e";
  if (several_numbers(form, cell)) {
    *mend = "separator: \" \" reads columns separated by blanks";
    return "several numbers in one cell";
  }
  if (nearly_number(cell)) return doubt_number(form, cell, mend);
  return foreign_digits(cell) ? "digits are 0 to 9" : NULL;
}
