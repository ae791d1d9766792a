/* csv_cell.h — inside this room: what one cell of a table says.
 *
 * A number is what the language writes, with the decimal comma and the thousands that the form
 * states.  A quantity is what people write: `$1,234.50`, `(5)` for -5, `12 %` for 0.12.  A date is
 * year, month, day, perhaps with a time, and a clock a time alone; no other order is guessed at,
 * but known for a date (csv_date.c).
 */
#ifndef GD_RUNTIME_IO_CSV_CELL_H
#define GD_RUNTIME_IO_CSV_CELL_H

#include "runtime/io/csv_text.h"

/* The form's numbers are those of the language: the fast way. */
static inline bool csv_form_plain(const CsvForm *form) {
  return form->decimal == '.' && !*form->thousands;
}

/* The cell without the blanks that quotes kept around it: a text has them, a number or date not. */
static inline CsvCell csv_cell_bare(CsvCell cell) {
  while (cell.length && (cell.text[0] == ' ' || cell.text[0] == '\t')) cell.text++, cell.length--;
  while (cell.length && (cell.text[cell.length - 1] == ' ' || cell.text[cell.length - 1] == '\t'))
    cell.length--;
  return cell;
}

bool csv_cell_number(const CsvForm *form, const CsvCell *cell, double *number);
/* Is it a whole number written in digits alone of which a double has only the first? */
bool csv_cell_cut(const CsvCell *cell, double number);
/* `currency` gets the code point of the sign, or 0. */
bool csv_cell_quantity(const CsvForm *form, const CsvCell *cell, double *number,
                       uint32_t *currency);
/* a quantity, perhaps with letters behind it: 12kg */
bool csv_cell_measure(const CsvForm *form, const CsvCell *cell);
/* a quantity with a letter behind it that multiplies: $1.5M, 2k */
bool csv_cell_multiplied(const CsvForm *form, const CsvCell *cell);
bool csv_cell_date(const CsvCell *cell, double *days); /* since 1970-01-01, in UTC */
/* of a date that csv_cell_date reads: has it a time, and that a zone? */
bool csv_cell_timed(const CsvCell *cell);
bool csv_cell_zoned(const CsvCell *cell);
bool csv_cell_clock(const CsvCell *cell, double *part); /* 18:00[:30]: part of a day */
/* A date or a time in a form that is not read: 31.01.2024, 1/31/24, 31 Jan 2024, 2024-01, 6:30 pm
 */
bool csv_cell_other_date(const CsvCell *cell);
/* Why a text is probably a mistake; NULL where there is no doubt.  `mend` may be set to a fix. */
const char *csv_cell_doubt(const CsvForm *form, const CsvCell *cell, const char **mend);

#endif
