/* csv_decide.c — the kind of a column, and what is wrong in it; see csv_decide.h.
 *
 * Both follow from what the survey counted and from the first places of each kind of cell.  A
 * mistake is a sentence about a cell, with its fix, or about the whole column where the whole
 * column is wrong; a cell that it quotes is read once more.  csv_fault.c reports them together.
 */
#include "runtime/io/csv_decide.h"

#include <stdio.h>
#include <string.h>

/* ---- sentences ---- */

/* A column's cell and the sentences about it. */
static void show_cell(const CsvTable *table, CsvPlace place, char into[200]) {
  CsvText text = table->parts[place.part]; /* read once more, to show it */
  CsvCell cell;
  text.at = place.at;
  if (csv_text_next(&text, &cell)) csv_text_show(cell.text, cell.length, into);
  else into[0] = 0;
}

/* As it stands between the quotes of a string of the language. */
static void add_quoted(Text *text, const char *name) {
  for (int i = 0; name[i]; i++) {
    if (strchr("\"\\", name[i])) text_char(text, '\\');
    if (strchr("{}", name[i])) text_char(text, name[i]);
    text_char(text, name[i]);
  }
}

void csv_mend(const char *help, const char *name, bool plain, char into[CSV_MEND]) {
  Text text = {0};
  bool dict = false;
  for (; *help; help++) {
    if (!plain && strncmp(help, "(@: ", 4) == 0) {
      text_string(&text, "dict((\"");
      add_quoted(&text, name);
      text_string(&text, "\", ");
      help += 3;
      dict = true;
    } else if (*help == '@') {
      add_quoted(&text, name);
    } else {
      text_char(&text, *help);
      if (dict && *help == ')') text_char(&text, ')');
      dict = dict && *help != ')';
    }
  }
  text_print(into, CSV_MEND, "%s", text.data ? text.data : "");
  text_free(&text);
}

static void write_mend(const CsvTable *table, const CsvColumn *column, const char *help,
                       char into[CSV_MEND]) {
  char name[200];
  bool (*is_word)(const char *text) = table->options->is_word;
  csv_column_name(column, name);
  csv_mend(help, name, is_word && is_word(name), into);
}

/* Cells of one kind as mistakes; `@` in the help is the column's name. */
static void fault_cells(CsvTable *table, const CsvColumn *column, const CsvSpots *spots,
                        const char *why, const char *help) {
  char name[200], shown[200], text[400], brief[100], mend[CSV_MEND];
  if (!spots) return;
  csv_column_name(column, name);
  int64_t many = spots->count < CSV_FAULTS_TOLD ? spots->count : CSV_FAULTS_TOLD;
  if (help) write_mend(table, column, help, mend);
  for (int64_t i = 0; i < many; i++) {
    show_cell(table, spots->first[i], shown);
    text_print(text, sizeof text,
               *shown ? "\"%.80s\" in column \"%.80s\": %s"
                      : "%.0san empty cell in column \"%.80s\": %s",
               shown, name, why);
    text_print(brief, sizeof brief, *shown ? "\"%.40s\" in %.40s" : "%.0san empty cell in %.40s",
               shown, name);
    csv_fault_add(&table->faults, spots->first[i], text, brief, help ? mend : NULL);
  }
  csv_fault_more(&table->faults, spots->count - many);
}

/* What makes a plain number of a quantity with letters behind it: K, M and B multiply, and are not
 * merely removed. */
static const char *letters_help(const CsvTable *table, const CsvSpots *spots) {
  int64_t many = spots && spots->count > CSV_FAULTS_TOLD ? CSV_FAULTS_TOLD
                 : spots                                 ? spots->count
                                                         : 0;
  for (int64_t i = 0; i < many; i++) {
    CsvText text = table->parts[spots->first[i].part];
    CsvCell cell;
    text.at = spots->first[i].at;
    if (csv_text_next(&text, &cell) && csv_cell_multiplied(&table->form, &cell))
      return "write numbers out: 1500000 for 1.5M, 2000 for 2K";
  }
  return "remove letters behind a number, or \"keep\" the column and convert its d.classes";
}

/* ---- decisions ---- */

/* The whole column is wrong: reported at its first cell of the kind. */
static void fault_column(CsvTable *table, const CsvColumn *column, CsvPlace at, const char *what,
                         const char *help) {
  char name[200], text[400], brief[100], mend[CSV_MEND];
  csv_column_name(column, name);
  text_print(text, sizeof text, "column \"%.80s\" %s", name, what);
  text_print(brief, sizeof brief, "column \"%.60s\"", name);
  if (help) write_mend(table, column, help, mend);
  csv_fault_add(&table->faults, at, text, brief, help ? mend : NULL);
}

/* The only cell that is no number stands in the first line of a file without a header. */
static bool names_in_first_line(const CsvTable *table, const CsvColumn *column) {
  if (!table->form.no_header || column->odd->count > 1 || column->odd->first[0].part) return false;
  size_t start = table->data_start[0];
  return !memchr(table->parts[0].data + start, '\n', column->odd->first[0].at - start);
}

/* Cells that are no numbers, where most are: each with its reason. */
static void fault_strange(CsvTable *table, const CsvColumn *column, const CsvSpots *spots) {
  int64_t many = spots->count < CSV_FAULTS_TOLD ? spots->count : CSV_FAULTS_TOLD;
  for (int64_t i = 0; i < many; i++) {
    CsvSpots one = {.first = {spots->first[i]}, .count = 1};
    CsvText text = table->parts[one.first[0].part];
    CsvCell cell;
    const char *mend = NULL, *why = NULL;
    text.at = one.first[0].at;
    if (csv_text_next(&text, &cell)) why = csv_cell_doubt(&table->form, &cell, &mend);
    fault_cells(table, column, &one, why ? why : "not a number, where most cells are",
                mend  ? mend
                : why ? NULL
                      : "correct the cell; or marks: makes it a missing one; or kinds: (@: "
                        "\"class\") makes every cell a class, \"skip\" leaves the column out");
  }
  csv_fault_more(&table->faults, spots->count - many);
}

static void fault_dates(CsvTable *table, const CsvColumn *column) {
  bool read = column->dates >= column->other_dates;
  fault_column(table, column, column->odd->first[0],
               read ? "holds dates or times, which are no classes"
                    : "holds dates or times, not classes, in a form that is not read",
               read ? "kinds: (@: \"date\") makes them days since 1970 or fractions of a day, "
                      "\"skip\" leaves the column out, \"class\" makes each a class"
                    : "write them as 2024-01-31 or 18:00 and kinds: (@: \"date\") reads them; "
                      "\"skip\" leaves the column out, \"class\" makes each a class");
}

static void decide_text(CsvTable *table, CsvColumn *column) {
  int64_t cells = column->numbers + column->texts;
  column->text = true;
  if (column->numbers && names_in_first_line(table, column)) {
    fault_cells(table, column, column->odd, "not a number, where all others are",
                "if the first line holds names: header: true");
  } else if (2 * (column->dates + column->other_dates) > cells) {
    fault_dates(table, column);
  } else if (2 * column->numbers > cells && column->strange && !column->measures) {
    fault_strange(table, column, column->strange);
  } else if (2 * (column->measures + column->numbers) > cells) {
    char help[300];
    snprintf(help, sizeof help,
             "kinds: (@: \"number\") reads signs, thousands and percents (%s), \"skip\" leaves it "
             "out, \"class\" makes each a class",
             letters_help(table, column->odd));
    fault_column(table, column, column->odd->first[0],
                 "holds quantities, not classes, and not all of them are plain numbers", help);
  } else if (column->doubts) {
    CsvCell cell;
    CsvText text = table->parts[column->doubts->first[0].part];
    const char *mend = NULL, *why = NULL;
    text.at = column->doubts->first[0].at;
    if (csv_text_next(&text, &cell)) why = csv_cell_doubt(&table->form, &cell, &mend);
    fault_cells(table, column, column->doubts, why ? why : "not meant as a text",
                mend ? mend : "kinds: (@: \"class\") takes all cells as they stand");
  }
}

/* Fewer than a tenth of the cells are no numbers: those are mistakes. */
static void fault_texts(CsvTable *table, const CsvColumn *column) {
  if (names_in_first_line(table, column))
    fault_cells(table, column, column->odd, "not a number, where all others are",
                "if the first line holds names: header: true");
  else fault_strange(table, column, column->odd);
}

static void fault_empty(CsvTable *table, const CsvColumn *column) {
  fault_column(table, column, column->missing->first[0], "has only empty cells",
               "drop: \"@\" leaves it out");
}

static void decide_auto(CsvTable *table, CsvColumn *column) {
  int64_t cells = column->numbers + column->texts;
  if (cells == 0 && !column->missing) return; /* all rows are too short */
  if (cells == 0) {
    fault_empty(table, column);
    return;
  }
  if (column->texts * 10 >= cells && column->texts) {
    decide_text(table, column);
  } else if (column->texts) {
    fault_texts(table, column);
  }
  if (!column->text)
    fault_cells(table, column, column->beyond, "does not fit in f32",
                "f32 goes up to 3.40282e38; precision(f64) before it is read goes further");
}

static void decide_given(CsvTable *table, CsvColumn *column) {
  const char *help = NULL, *why = "not a number, as the column is";
  char quantity[200];
  if (column->kind == COLUMN_CLASS || column->kind == COLUMN_CODE) column->text = true;
  if (column->text) return;
  if (column->kind == COLUMN_QUANTITY) {
    why = "not a quantity";
    snprintf(quantity, sizeof quantity, "%s%s", letters_help(table, column->odd),
             table->form.decimal == '.' ? "; decimal: \",\" if a comma begins the fraction" : "");
    help = quantity;
  }
  if (column->kind == COLUMN_DATE) {
    why = "not a date";
    help = "a date is 2024-01-31 or 2024/01/31, optionally with T18:00, or 18:00 in all cells; "
           "write others in this order, or kinds: \"skip\"";
  }
  fault_cells(table, column, column->odd, why, help);
  bool learned = column->like && column->like->currency;
  fault_cells(table, column, column->currencies,
              learned ? "another currency than in the training data"
                      : "another currency than before in the column",
              learned ? "convert the amounts to that currency"
                      : "one column has one currency; kinds: \"class\" or \"skip\"");
  fault_cells(table, column, column->beyond, "does not fit in f32",
              "f32 goes up to 3.40282e38; precision(f64) before it is read goes further");
}

/* What helps where classes have no number for a missing cell. */
static const char *classless_help(const CsvTable *table, const CsvColumn *column) {
  if (table->options->features_only)
    return "complete the cell or leave the row out; training data with such a cell there gives it "
           "a class by missing: \"class\"";
  if (!column->like || column->like->missing_class)
    return "missing: \"drop\" leaves such rows out, missing: \"class\" gives them the last number";
  return column->kind == COLUMN_CODE
             ? "missing: \"drop\" leaves such rows out"
             : "missing: \"drop\" leaves such rows out, missing: \"mean\" gives no class";
}

/* What helps where each missing cell is an error. */
static const char *missing_help(const CsvTable *table, const CsvColumn *column) {
  if (table->options->features_only)
    return "complete the cell or leave the row out; a net whose training data was read with "
           "missing: \"mean\", \"median\" or \"class\" fills such cells";
  if (column->target) return "missing: \"drop\" leaves such rows out";
  if (column->text && column->like && !column->like->missing_class)
    return classless_help(table, column);
  if (column->text)
    return "missing: \"drop\" leaves such rows out, missing: \"class\" makes a class of them, "
           "marks: () takes marks for texts";
  return "missing: \"drop\" leaves such rows out; \"mean\", \"median\" and \"class\" fill the "
         "cell";
}

/* Missing cells that the rule does not allow. */
static void check_missing(CsvTable *table, CsvColumn *column) {
  char why[160];
  CsvMissing rule = table->missing;
  if (!column->missing || rule == CSV_MISSING_DROP) return;
  if (rule == CSV_MISSING_ERROR) {
    snprintf(why, sizeof why, "a missing cell (%lld of %lld rows have none there)",
             (long long)column->missing->count, (long long)table->rows);
    fault_cells(table, column, column->missing, why, missing_help(table, column));
  } else if (column->target) {
    fault_cells(table, column, column->missing, "missing, in the target, which is never filled in",
                "missing: \"drop\" leaves such rows out");
  } else if (column->kind == COLUMN_CODE && rule != CSV_MISSING_CLASS) {
    fault_cells(table, column, column->missing, "missing, and class numbers have no mean",
                classless_help(table, column));
  } else if (column->text && rule == CSV_MISSING_CLASS && column->like &&
             !column->like->missing_class) {
    fault_cells(table, column, column->missing,
                "missing, and the training data has no missing cell there",
                classless_help(table, column));
  } else if (column->kind != COLUMN_AUTO && !column->like && !column->numbers && !column->texts &&
             !(column->text && rule == CSV_MISSING_CLASS)) {
    fault_empty(table, column);
  }
}

void csv_decide(CsvTable *table, CsvColumn *column) {
  if (column->kind == COLUMN_KEEP && !column->like)
    column->text = column->texts * 10 >= column->numbers + column->texts && column->texts;
  if (column->kind == COLUMN_AUTO) decide_auto(table, column);
  else decide_given(table, column);
  check_missing(table, column);
  fault_cells(table, column, column->unknown, "a class that the training data does not have",
              "unknown: \"missing\" treats such a cell as missing");
  if (column->kind == COLUMN_AUTO) column->kind = column->text ? COLUMN_CLASS : COLUMN_NUMBERS;
}
