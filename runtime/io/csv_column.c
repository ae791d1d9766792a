/* csv_column.c — the columns of a CSV file and the walk over all cells.
 *
 * The survey walks all cells: every row has as many cells as the header.  For each column it counts
 * numbers, other texts and missing cells, and notes where the first of each stand.  The kind of a
 * column, and every mistake, is decided from those counts and places (csv_decide.c), so the survey
 * allocates per column, not per cell (but for whole numbers and times that f32 may round).
 */
#include "runtime/io/csv_column.h"
#include "runtime/base/stop.h"
#include "runtime/io/csv_decide.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const double WHOLE_IN_F32 = 16777216; /* up to 2^24 f32 has every whole number */
static const double WHOLE_IN_F64 = 0x1p53;
static const double SURELY_HELD = 1e38; /* up to here every dtype of x has a value */

#ifdef GD_HARSH
enum { CHUNK_ROWS = 3 };
#else
enum { CHUNK_ROWS = 4096 };
#endif

static CsvPlace place_at(const CsvTable *table, size_t at) { return (CsvPlace){table->part, at}; }

/* ---- the form and the marks ---- */

static const char *const USUAL_MARKS[] = {"NA",   "N/A",  "NaN", "nan", "NULL",
                                          "null", "None", "?",   "-"};

static void add_mark(CsvTable *table, const char *mark) {
  size_t length = strlen(mark);
  if (!length) return;
  CsvCell cell = {.text = mark, .length = length};
  double *value = &table->mark_values[table->mark_count];
  if (!number_parse(mark, length, value) && !csv_cell_number(&table->form, &cell, value))
    *value = NAN;
  for (const char *begin = "+-.,0123456789"; *begin && !isnan(*value); begin++)
    table->marks_first[(unsigned char)*begin] = true;
  table->number_marks = table->number_marks || !isnan(*value);
  table->marks[table->mark_count++] = arena_text(&table->csv->arena, mark, length);
  table->marks_first[(unsigned char)mark[0]] = true;
  table->mark_lengths |= (uint64_t)1 << (length < 63 ? length : 63);
}

static void list_marks(CsvTable *table) {
  const CsvOptions *options = table->options;
  bool like = options->like && !options->mark_count && !options->no_marks;
  int64_t most = COUNT_OF(USUAL_MARKS) + options->mark_count +
                 (options->like ? options->like->mark_count : 0);
  table->marks = arena_alloc(&table->csv->arena, (size_t)(most + 1) * sizeof *table->marks);
  table->mark_values = arena_alloc(&table->csv->arena,
                                   (size_t)(most + 1) * sizeof *table->mark_values);
  table->marks_first = arena_alloc(&table->csv->arena, 256 * sizeof *table->marks_first);
  for (int64_t i = 0; like && i < options->like->mark_count; i++)
    add_mark(table, options->like->marks[i]);
  for (int i = 0; !like && !options->no_marks && i < COUNT_OF(USUAL_MARKS); i++)
    add_mark(table, USUAL_MARKS[i]);
  for (int64_t i = 0; i < options->mark_count; i++) add_mark(table, options->marks[i]);
}

/* A mark that is a number, written in another way: -999.0 for -999.  Digits behind a leading zero
 * are a code, and mean only themselves. */
static bool has_mark_value(const CsvTable *table, const CsvCell *cell) {
  double number;
  bool code = cell->length > 1 && cell->text[0] == '0' && cell->text[1] >= '0' &&
              cell->text[1] <= '9';
  if (code || !csv_cell_number(&table->form, cell, &number)) return false;
  for (int64_t i = 0; i < table->mark_count; i++)
    if (table->mark_values[i] == number) return true;
  return false;
}

bool csv_column_mark(const CsvTable *table, const CsvCell *cell) {
  bool length_fits = table->mark_lengths >> (cell->length < 63 ? cell->length : 63) & 1;
  for (int64_t i = 0; i < table->mark_count && length_fits; i++)
    if (strncmp(table->marks[i], cell->text, cell->length) == 0 && !table->marks[i][cell->length])
      return true;
  return table->number_marks && has_mark_value(table, cell);
}

/* ---- the header ---- */

static int compare_names(const void *a, const void *b) {
  return strcmp((*(const CsvColumn *const *)a)->name, (*(const CsvColumn *const *)b)->name);
}

static void sort_names(CsvTable *table) {
  size_t count = (size_t)table->column_count;
  table->by_name = arena_alloc(&table->csv->arena, (count + 1) * sizeof *table->by_name);
  for (size_t i = 0; i < count; i++) table->by_name[i] = &table->columns[i];
  qsort(table->by_name, count, sizeof *table->by_name, compare_names);
}

/* NULL: none has the name. */
static CsvColumn *column_named(const CsvTable *table, const char *name) {
  int64_t low = 0, high = table->column_count;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    int order = strcmp(table->by_name[middle]->name, name);
    if (order == 0) return table->by_name[middle];
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return NULL;
}

static bool check_names(const CsvTable *table) {
  CsvColumn *const *sorted = table->by_name;
  const CsvColumn *twice = NULL;
  for (int64_t i = 1; i < table->column_count && !twice; i++)
    if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
      twice = sorted[i - 1] > sorted[i] ? sorted[i - 1] : sorted[i];
  if (!twice) return true;
  char shown[200];
  return csv_text_fail(&table->parts[0], twice->place.at, "two columns have the name \"%s\"",
                       csv_column_name(twice, shown));
}

/* What commonly is in the place of a name: numbers of rows, a line that is for a spreadsheet. */
static bool fail_unnamed(const CsvTable *table, const CsvText *text, const CsvCell *cell,
                         int64_t column) {
  csv_text_fail(text, cell->start, "column %lld has no name", (long long)column);
  if (column == 2 && strncmp(text->data + text->table_at, "sep=", 4) == 0)
    return diag_help(table->diag, "skip: 1 skips the line that is for a spreadsheet");
  return diag_help(
      table->diag,
      column == 1 ? "pandas writes row numbers without a name, unless to_csv(index=False); write a "
                    "name into the first line, and drop: that name leaves the column out"
                  : "write a name into the first line, or remove the separator at the end of the "
                    "lines; skip: 1 skips a line above");
}

/* The cells of the first row, as columns; `numbers` counts those that are numbers. */
static bool read_first(CsvTable *table, CsvText *text, CsvColumn **columns, int64_t *count,
                       int64_t *numbers) {
  Arena *arena = &table->csv->arena;
  int64_t capacity = 16;
  CsvCell cell = {0};
  double number;
  *columns = mem_zero((size_t)capacity * sizeof **columns);
  do {
    if (*count == CSV_COLUMNS_MOST)
      return csv_text_fail(text, text->at, "more than %d columns", CSV_COLUMNS_MOST);
    if (!csv_text_next(text, &cell)) return false;
    if (*count == capacity)
      *columns = mem_grow(*columns, (size_t)(capacity *= 2) * sizeof **columns);
    CsvColumn *column = &(*columns)[*count];
    *column = (CsvColumn){.place = {0, cell.start}};
    size_t length = 0;
    *numbers += csv_cell_number(&table->form, &cell, &number);
    char place[24];
    snprintf(place, sizeof place, "%lld", (long long)*count);
    column->name = table->form.no_header ? arena_text(arena, place, strlen(place))
                                         : csv_text_copy(arena, &cell, &length);
    if (!table->form.no_header && !length) return fail_unnamed(table, text, &cell, *count + 1);
    ++*count;
  } while (cell.after == CSV_AFTER_CELL);
  return true;
}

/* Numbers in the first line are names where the caller says so, or the training data has them. */
static bool numbers_are_names(const CsvTable *table) {
  const CsvOptions *options = table->options;
  return options->header_given ||
         (options->like && schema_find(options->like, table->columns[0].name));
}

static bool first_part(CsvTable *table) {
  CsvText *text = &table->parts[0];
  CsvColumn *columns = NULL;
  int64_t count = 0, numbers = 0;
  bool good = read_first(table, text, &columns, &count, &numbers);
  table->columns = arena_alloc(&table->csv->arena, (size_t)(count + 1) * sizeof *columns);
  memcpy(table->columns, columns, (size_t)count * sizeof *columns);
  table->column_count = count;
  mem_free(columns);
  if (!good) return false;
  sort_names(table);
  if (table->form.no_header) return true;
  if (numbers == count && !numbers_are_names(table)) {
    csv_text_fail(text, table->columns[0].place.at,
                  "the first line holds numbers, where the names of the columns should be");
    return diag_help(table->diag, "a file without names: header: false");
  }
  return check_names(table);
}

/* The header of another part has the same names in the same order. */
static bool other_part(CsvTable *table, CsvText *text) {
  CsvColumn *columns = NULL;
  int64_t count = 0, numbers = 0;
  size_t start = text->at;
  bool good = read_first(table, text, &columns, &count, &numbers);
  if (good && count != table->column_count)
    good = csv_text_fail(text, start, "%lld columns, where %s has %lld", (long long)count,
                         table->parts[0].path, (long long)table->column_count);
  for (int64_t i = 0; good && i < count && !table->form.no_header; i++) {
    char here[200], there[200];
    if (strcmp(columns[i].name, table->columns[i].name) == 0) continue;
    good = csv_text_fail(text, columns[i].place.at, "column \"%s\", where %s has \"%s\"",
                         csv_column_name(&columns[i], here), table->parts[0].path,
                         csv_column_name(&table->columns[i], there));
    diag_help(table->diag, "files that are read as one must have the same header");
  }
  mem_free(columns);
  return good;
}

static bool fail_no_column(const CsvTable *table, const char *wanted) {
  char shown[200], near[200];
  const char *path = table->parts[0].path;
  diag_fail(table->diag, STATUS_FAILED, (Span){0, 0, 0}, "%s has no column \"%s\"",
            csv_text_show(path, strlen(path), near), csv_text_show(wanted, strlen(wanted), shown));
  const CsvColumn *nearest = NULL;
  /* one slip in four letters: what is further off misleads */
  int best = (int)strnlen(wanted, 64) / 4 + 1;
  for (int64_t i = 0; i < table->column_count && best > 0; i++) {
    const char *name = table->columns[i].name;
    CsvCell bare = csv_cell_bare((CsvCell){.text = name, .length = strlen(name)});
    bool alike = strcasecmp(wanted, name) == 0 ||
                 (bare.length == strlen(wanted) && !strncasecmp(wanted, bare.text, bare.length));
    int distance = alike ? 0 : text_distance(wanted, name, best - 1);
    if (distance >= best) continue;
    best = distance;
    nearest = &table->columns[i];
  }
  if (nearest)
    return diag_help(table->diag, "did you mean \"%s\"?", csv_column_name(nearest, shown));
  Text names = {0};
  for (int64_t i = 0; i < table->column_count && names.length < 200; i++)
    text_format(&names, "%s%s", i ? ", " : "", csv_column_name(&table->columns[i], shown));
  const char *first = table->columns[0].name, *mend = "";
  if (*first == '#') mend = "; comment: \"#\" skips lines that begin with it";
  else if (table->column_count == 1 && strpbrk(first, " \t"))
    mend = "; separator: \" \" reads columns separated by blanks, skip: 1 skips a line above";
  diag_help(table->diag, "its columns are %s%s", names.data, mend);
  text_free(&names);
  return false;
}

static CsvColumn *find_column(const CsvTable *table, const CsvName *name) {
  if (name->name) {
    CsvColumn *found = column_named(table, name->name);
    if (!found) fail_no_column(table, name->name);
    return found;
  }
  int64_t place = name->place < 0 ? name->place + table->column_count : name->place;
  if (place >= 0 && place < table->column_count) return &table->columns[place];
  char shown[200];
  const char *path = table->parts[0].path;
  diag_fail(table->diag, STATUS_FAILED, (Span){0, 0, 0}, "column %lld of %s: it has %lld columns",
            (long long)name->place, csv_text_show(path, strlen(path), shown),
            (long long)table->column_count);
  return NULL;
}

/* ---- which column is what ---- */

static bool fail_target(const CsvTable *table, const CsvColumn *column, const char *option) {
  char name[200];
  diag_fail(table->diag, STATUS_FAILED, (Span){0, 0, 0},
            "\"%s\" is the target and cannot be in `%s` as well", csv_column_name(column, name),
            option);
  return diag_help(table->diag, "the target is never a feature: leave it out there");
}

static bool take_targets(CsvTable *table) {
  CsvNames targets = table->options->targets;
  for (int64_t i = 0; i < targets.count; i++) {
    CsvColumn *column = find_column(table, &targets.items[i]);
    char name[200];
    if (!column) return false;
    if (column->target)
      return diag_fail(table->diag, STATUS_FAILED, (Span){0, 0, 0}, "\"%s\" is the target twice",
                       csv_column_name(column, name));
    column->target = true;
    column->place_in_y = i;
    column->feature = false;
  }
  return true;
}

static bool choose_features(CsvTable *table) {
  const CsvOptions *options = table->options;
  for (int64_t i = 0; i < table->column_count; i++)
    table->columns[i].feature = !table->columns[i].target && !options->columns.items;
  for (int64_t i = 0; i < options->columns.count; i++) {
    CsvColumn *column = find_column(table, &options->columns.items[i]);
    if (!column) return false;
    if (column->target) return fail_target(table, column, "columns:");
    column->feature = true;
  }
  for (int64_t i = 0; i < options->drops.count; i++) {
    CsvColumn *column = find_column(table, &options->drops.items[i]);
    if (!column) return false;
    if (column->target) return fail_target(table, column, "drop:");
    column->feature = false;
  }
  for (int64_t i = 0; i < table->column_count; i++)
    if (!table->columns[i].feature && !table->columns[i].target)
      table->columns[i].kind = COLUMN_SKIP;
  return true;
}

static bool give_kinds(CsvTable *table) {
  for (int64_t i = 0; i < table->options->kind_count; i++) {
    const CsvKindOf *of = &table->options->kinds[i];
    CsvColumn *column = find_column(table, &of->column);
    bool aside = of->kind == COLUMN_KEEP || of->kind == COLUMN_SKIP;
    if (!column) return false;
    if (aside && column->target) return fail_target(table, column, "kinds:");
    if (!aside && !column->target && !column->feature) continue; /* left out, whatever it is */
    column->kind = of->kind;
    column->given = true;
    if (aside) column->feature = false;
  }
  return true;
}

/* ---- like another ---- */

static bool fail_missing_column(const CsvTable *table, const SchemaColumn *want) {
  char shown[200];
  fail_no_column(table, want->name);
  snprintf(table->diag->message, sizeof table->diag->message,
           "column \"%s\" is missing: the training data has it",
           csv_text_show(want->name, strlen(want->name), shown));
  table->diag->status = STATUS_MALFORMED;
  const char *path = table->parts[0].path;
  text_print(table->diag->where, sizeof table->diag->where, "%s: line 1 column 1",
             csv_text_show(path, strlen(path), shown));
  if (table->column_count == 1 && table->form.separator)
    diag_help(table->diag,
              "if another character than `%c` separates the cells, name it by separator:",
              table->form.separator);
  return false;
}

static bool follow_like(CsvTable *table) {
  const Schema *like = table->options->like;
  for (int64_t i = 0; i < table->column_count; i++) table->columns[i].kind = COLUMN_SKIP;
  for (int64_t i = 0; i < like->count; i++) {
    const SchemaColumn *want = &like->columns[i];
    CsvColumn *column = column_named(table, want->name);
    if (column) column->like_place = i + 1;
    bool needed = want->slot >= 0 && !want->target;
    if (table->options->features_only && !needed) continue;
    if (!column && needed) return fail_missing_column(table, want);
    if (!column) continue;
    column->kind = want->kind;
    if (want->kind == COLUMN_KEEP) continue; /* nothing depends on how it was there */
    column->like = want;
    column->target = want->target;
    column->feature = needed;
    column->text = want->text;
    column->currency = want->currency;
    int64_t classes = want->class_count - want->missing_class;
    for (int64_t k = 0; k < classes && want->text; k++) {
      CsvCell cell = {.text = want->classes[k], .length = strlen(want->classes[k])};
      csv_distinct_code(&column->distinct, &table->csv->arena, &cell, true);
    }
  }
  int64_t targets = 0;
  for (int64_t i = 0; i < table->column_count; i++) targets += table->columns[i].target;
  for (int64_t i = 0; i < table->column_count && targets < like->target_count; i++) {
    if (!table->columns[i].target) continue; /* some of the targets are there: none is taken */
    table->columns[i].target = false;
    table->columns[i].kind = COLUMN_SKIP;
  }
  return true;
}

static void take_form(CsvTable *table) {
  const CsvOptions *options = table->options;
  const CsvForm *given = &options->form;
  CsvForm form = options->like ? options->like->form : *given;
  if (options->like) {
    if (given->separator) form.separator = given->separator;
    if (given->decimal) form.decimal = given->decimal;
    if (options->thousands_given) memcpy(form.thousands, given->thousands, sizeof form.thousands);
    if (options->comment_given) memcpy(form.comment, given->comment, sizeof form.comment);
    if (options->skip_given) form.skip = given->skip;
    if (options->encoding_given) form.encoding = given->encoding;
    if (options->header_given) form.no_header = given->no_header;
  }
  if (!form.decimal) form.decimal = '.';
  table->form = form;
  table->missing = options->like && !options->missing_given ? options->like->missing
                                                            : options->missing;
}

void csv_column_form(CsvTable *table) {
  take_form(table);
  list_marks(table);
}

bool csv_column_header(CsvTable *table) {
  table->data_start = arena_alloc(&table->csv->arena,
                                  (size_t)(table->part_count + 1) * sizeof *table->data_start);
  for (int i = 0; i < table->part_count; i++) {
    CsvText *text = &table->parts[i];
    csv_text_row(text);
    if (!table->form.separator) {
      table->form.separator = csv_text_separator(text, table->form.decimal);
      if (!table->form.separator) return false;
    }
    csv_text_part(text, table->form.separator);
    text->at = text->table_at;
    csv_text_row(text);
    size_t start = text->at;
    if (!(i ? other_part(table, text) : first_part(table))) return false;
    table->data_start[i] = table->form.no_header ? start : text->at;
  }
  if (table->options->like) return follow_like(table);
  return take_targets(table) && choose_features(table) && give_kinds(table);
}

/* ---- the survey ---- */

bool csv_column_number(const CsvTable *table, const CsvColumn *column, const CsvCell *cell,
                       double *number) {
  uint32_t currency;
  if (column->kind == COLUMN_QUANTITY)
    return csv_cell_quantity(&table->form, cell, number, &currency);
  if (column->kind == COLUMN_DATE)
    return csv_cell_date(cell, number) || csv_cell_clock(cell, number);
  return csv_cell_number(&table->form, cell, number);
}

/* Two of a column may become one in f32, which would be told: whole numbers, and times of days. */
static bool may_be_rounded(const CsvColumn *column, const CsvCell *cell, double number) {
  if (column->kind == COLUMN_DATE) return csv_cell_timed(cell);
  return fabs(number) >= WHOLE_IN_F32 && number == floor(number);
}

static void count_number(const CsvTable *table, CsvColumn *column, const CsvCell *cell,
                         double number) {
  column->numbers++;
  if (UNLIKELY(fabs(number) >= WHOLE_IN_F64) && csv_cell_cut(cell, number))
    csv_spot(&table->csv->arena, &column->cut, place_at(table, cell->start));
  if (column->kind == COLUMN_KEEP) {
    if (number == floor(number) && fabs(number) <= INT32_MAX) return;
    column->fractions++;
    column->fraction_row = table->rows;
    return;
  }
  if (UNLIKELY(fabs(number) > SURELY_HELD) && !dtype_holds(table->options->dtype, number))
    csv_spot(&table->csv->arena, &column->beyond, place_at(table, cell->start));
  if (table->options->dtype != DTYPE_F32 || !may_be_rounded(column, cell, number)) return;
  if (column->large_count == column->large_capacity) {
    column->large_capacity = column->large_capacity ? 2 * column->large_capacity : 64;
    column->large = mem_grow(column->large, (size_t)column->large_capacity * sizeof *column->large);
  }
  column->large[column->large_count++] = number;
}

/* Rows that were skipped are missing. */
static void put_code(CsvColumn *column, int64_t row, int32_t code) {
  if (row >= column->code_capacity) {
    int64_t capacity = column->code_capacity ? 2 * column->code_capacity : 256;
    while (capacity <= row) capacity *= 2;
    column->codes = mem_grow(column->codes, (size_t)capacity * sizeof *column->codes);
    mem_charge((size_t)(capacity - column->code_capacity) * sizeof *column->codes);
    for (int64_t i = column->code_capacity; i < capacity; i++) column->codes[i] = -1;
    column->code_capacity = capacity;
  }
  column->codes[row] = code;
}

static int32_t code_of(const CsvTable *table, CsvColumn *column, const CsvCell *cell) {
  int32_t code = csv_distinct_code(&column->distinct, &table->csv->arena, cell, !column->like);
  if (LIKELY(code >= 0)) return code;
  if (table->options->unknown_missing) return -1;
  csv_spot(&table->csv->arena, &column->unknown, place_at(table, cell->start));
  column->unknown_row = table->rows;
  return -1;
}

/* What a text looks like; LOOK_DOUBT besides one of the others. */
enum { LOOK_DATE = 1, LOOK_MEASURE = 2, LOOK_OTHER_DATE = 3, LOOK_STRANGE = 4, LOOK_DOUBT = 8 };

static uint8_t look_at(const CsvTable *table, const CsvCell *cell) {
  double number;
  const char *mend;
  uint8_t doubt = csv_cell_doubt(&table->form, cell, &mend) ? LOOK_DOUBT : 0;
  if (csv_cell_date(cell, &number) || csv_cell_clock(cell, &number)) return LOOK_DATE | doubt;
  if (csv_cell_measure(&table->form, cell)) return LOOK_MEASURE | doubt;
  return (csv_cell_other_date(cell) ? LOOK_OTHER_DATE : LOOK_STRANGE) | doubt;
}

/* The same, of a text that came before from what was found then; quotes take doubts away, so texts
 * in quotes are looked at each time. */
static uint8_t look_of(const CsvTable *table, CsvColumn *column, const CsvCell *cell) {
  int32_t code = column->coded && !cell->quoted ? column->codes[table->rows] : -1;
  if (code < 0) return look_at(table, cell);
  if (code >= column->look_capacity) {
    int64_t before = column->look_capacity, after = before ? 2 * before : 64;
    if (after <= code) after = code + 1;
    column->looks = mem_grow(column->looks, (size_t)after);
    memset(column->looks + before, 0, (size_t)(after - before));
    column->look_capacity = after;
  }
  if (!column->looks[code]) column->looks[code] = look_at(table, cell);
  return column->looks[code];
}

static void count_text(const CsvTable *table, CsvColumn *column, const CsvCell *cell) {
  Arena *arena = &table->csv->arena;
  CsvPlace place = place_at(table, cell->start);
  column->texts++;
  csv_spot(arena, &column->odd, place);
  if (column->kind != COLUMN_AUTO && column->kind != COLUMN_KEEP) return;
  if (column->texts == 1 && !column->numbers && !column->like) { /* begins with a text */
    column->coded = true;
    column->plain = false;
    for (int64_t row = 0; row < table->rows; row++) put_code(column, row, -1); /* missing so far */
    put_code(column, table->rows, code_of(table, column, cell));
  }
  uint8_t look = look_of(table, column, cell);
  switch (look & ~LOOK_DOUBT) {
    case LOOK_DATE: column->dates++; break;
    case LOOK_MEASURE: column->measures++; break;
    case LOOK_OTHER_DATE: column->other_dates++; break;
    default: csv_spot(arena, &column->strange, place);
  }
  if (look & LOOK_DOUBT) csv_spot(arena, &column->doubts, place);
}

static void count_quantity(const CsvTable *table, CsvColumn *column, const CsvCell *cell) {
  double number;
  uint32_t currency;
  if (!csv_cell_quantity(&table->form, cell, &number, &currency)) {
    column->texts++;
    csv_spot(&table->csv->arena, &column->odd, place_at(table, cell->start));
    return;
  }
  count_number(table, column, cell, number);
  bool percent = memchr(cell->text, '%', cell->length);
  if (number != 0)
    csv_spot(&table->csv->arena, percent ? &column->marked : &column->bare,
             place_at(table, cell->start));
  if (currency && !column->currency) column->currency = currency;
  if (currency && currency != column->currency)
    csv_spot(&table->csv->arena, &column->currencies, place_at(table, cell->start));
}

/* Days since 1970, or times of the day: one column has one of them. */
static void count_date(const CsvTable *table, CsvColumn *column, const CsvCell *cell) {
  double number;
  bool day = csv_cell_date(cell, &number), clock = !day && csv_cell_clock(cell, &number);
  bool known = column->like && !isnan(column->like->mean);
  if (known) column->clock = column->like->mean >= 0 && column->like->mean < 1;
  if ((!day && !clock) || ((known || column->numbers) && clock != column->clock)) {
    column->texts++;
    csv_spot(&table->csv->arena, &column->odd, place_at(table, cell->start));
    return;
  }
  column->clock = clock;
  if (day && csv_cell_timed(cell))
    csv_spot(&table->csv->arena, csv_cell_zoned(cell) ? &column->marked : &column->bare,
             place_at(table, cell->start));
  count_number(table, column, cell, number);
}

/* Is the column known to be one of texts? */
static bool of_texts(const CsvColumn *column) {
  return column->kind == COLUMN_CLASS || column->kind == COLUMN_CODE || column->text;
}

/* True when the cell is missing in a column that counts. */
static bool count_cell(const CsvTable *table, CsvColumn *column, const CsvCell *cell) {
  double number;
  if (column->kind == COLUMN_SKIP) return false;
  if (UNLIKELY(csv_column_missing(table, cell))) {
    csv_spot(&table->csv->arena, &column->missing, place_at(table, cell->start));
    if (column->coded || of_texts(column)) put_code(column, table->rows, -1);
    return true;
  }
  if (of_texts(column)) {
    int32_t code = code_of(table, column, cell);
    put_code(column, table->rows, code);
    column->texts++;
    if (code >= 0 || !table->options->unknown_missing) return false;
    csv_spot(&table->csv->arena, &column->missing, place_at(table, cell->start));
    table->csv->unknown_cells++;
    return true;
  }
  if (column->coded) put_code(column, table->rows, code_of(table, column, cell));
  if (column->kind == COLUMN_QUANTITY) count_quantity(table, column, cell);
  else if (column->kind == COLUMN_DATE) count_date(table, column, cell);
  else if (csv_column_number(table, column, cell, &number))
    count_number(table, column, cell, number);
  else count_text(table, column, cell);
  return false;
}

/* A plain cell is a number of its column in any table without a form of its own, unless a mark of
 * missing cells is a number. */
void csv_column_plain(CsvTable *table) {
  bool plain = csv_form_plain(&table->form) && !table->number_marks &&
               strchr(",;\t|", table->form.separator);
  for (int64_t i = 0; i < table->column_count; i++) {
    CsvColumn *column = &table->columns[i];
    bool kind = column->kind == COLUMN_AUTO || column->kind == COLUMN_NUMBERS ||
                column->kind == COLUMN_KEEP;
    column->plain = plain && kind && !column->text && !column->coded;
  }
}

/* What helps in a row of more cells than names; `cell` is the first too many. */
static const char *longer_help(const CsvTable *table, const CsvCell *cell) {
  bool one = cell->after != CSV_AFTER_CELL, comma = table->form.separator == ',';
  if (table->column_count == 1)
    return "skip: 1 skips a line before the table; separator: is what separates the cells";
  if (one && !cell->length && !cell->quoted)
    return "remove the separator at the end of the row, or give the first line a name more";
  if (one && !table->rows)
    return comma ? "a cell that holds a comma must be in quotes; if every row has a cell more, the "
                   "first line lacks a name, as from R without row.names = FALSE"
                 : "if every row has a cell more, the first line lacks a name, as from R without "
                   "row.names = FALSE";
  return comma ? "a cell that holds a comma must be in quotes" : NULL;
}

/* `extra` is the first cell too many, or NULL in a row of too few. */
static void fault_row(CsvTable *table, size_t row, int64_t count, const CsvCell *extra) {
  char text[200], brief[100];
  const char *help = extra ? longer_help(table, extra) : NULL;
  const CsvText *part = &table->parts[table->part];
  char first = row < part->length ? part->data[row] : 0;
  const size_t at = extra ? extra->start : row;
  if (extra)
    snprintf(text, sizeof text, "this row has more cells than the %lld columns of the first",
             (long long)table->column_count);
  else
    snprintf(text, sizeof text, "this row has %lld cell%s, the first has %lld", (long long)count,
             count == 1 ? "" : "s", (long long)table->column_count);
  snprintf(brief, sizeof brief, extra ? "more cells than the first row" : "%lld cell%s",
           (long long)count, count == 1 ? "" : "s");
  if (first == '#' || part->data[part->table_at] == '#')
    help = "comment: \"#\" skips lines that begin with it";
  csv_fault_add(&table->faults, place_at(table, at), text, brief, help);
}

/* The current row is left out, for missing cells: nothing depends on what else it holds. */
static void drop_row(CsvTable *table) {
  for (int64_t i = 0; i < table->column_count; i++) {
    CsvColumn *column = &table->columns[i];
    if (column->unknown && column->unknown_row == table->rows && column->unknown->count)
      column->unknown->count--;
    if (column->fractions && column->fraction_row == table->rows) column->fractions--;
  }
  if (table->dropped_count == table->dropped_capacity) {
    table->dropped_capacity = table->dropped_capacity ? 2 * table->dropped_capacity : 64;
    table->dropped = mem_grow(table->dropped,
                              (size_t)table->dropped_capacity * sizeof *table->dropped);
  }
  table->dropped[table->dropped_count++] = table->rows;
}

/* Reads one row; false when the text cannot be read any further. */
static bool survey_row(CsvTable *table, CsvText *text) {
  size_t start = text->at;
  int64_t count = 0;
  bool missing = false;
  CsvCell cell;
  do {
    CsvColumn *column = &table->columns[count];
    double number;
    if (count < table->column_count && column->plain && csv_text_number(text, &cell, &number)) {
      count_number(table, column, &cell, number);
      count++;
      continue;
    }
    if (!csv_text_next(text, &cell)) return false;
    if (UNLIKELY(count == table->column_count)) {
      fault_row(table, start, count, &cell); /* the rest of the row is not looked at */
      if (cell.after == CSV_AFTER_CELL) csv_text_next_line(text);
      return true;
    }
    missing |= count_cell(table, column, &cell);
    count++;
  } while (cell.after == CSV_AFTER_CELL);
  if (UNLIKELY(count < table->column_count)) fault_row(table, start, count, NULL);
  if (UNLIKELY(missing) && table->missing == CSV_MISSING_DROP) drop_row(table);
  table->rows++;
  return true;
}

/* What stopped csv_text_next, which has filled diag, becomes one of the faults. */
static void take_fault(CsvTable *table) {
  Diag *diag = table->diag;
  const CsvText *text = &table->parts[table->part];
  long long line = 1, column = 1;
  const char *found = strrchr(diag->where, ':');
  size_t at = 0;
  if (found) sscanf(found, ": line %lld column %lld", &line, &column);
  line -= text->moved_by; /* line numbers count from the rows, not from the header */
  for (; line > 1 && at < text->length; at++) line -= text->data[at] == '\n';
  for (; column > 1 && at < text->length; column--) do
      at++;
    while (at < text->length && ((unsigned char)text->data[at] & 0xC0) == 0x80);
  csv_fault_add(&table->faults, place_at(table, at), diag->message, diag->message, diag->help);
  diag_clear(diag);
}

static void note_chunk(CsvTable *table, size_t at) {
  if (table->chunk_count == table->chunk_capacity) {
    table->chunk_capacity = table->chunk_capacity ? 2 * table->chunk_capacity : 16;
    table->chunks = mem_grow(table->chunks, (size_t)table->chunk_capacity * sizeof *table->chunks);
  }
  table->chunks[table->chunk_count++] = (CsvChunk){table->part, at, table->rows};
}

static bool survey_part(CsvTable *table, int part) {
  CsvText *text = &table->parts[part];
  table->part = part;
  text->at = table->data_start[part];
  for (int64_t row = 0; csv_text_row(text); row++) {
    if (stop_check(table->diag)) return false;
    if (row % CHUNK_ROWS == 0) note_chunk(table, text->at);
    if (survey_row(table, text)) continue;
    take_fault(table);
    return true; /* a quote that was not meant so may hold all that follows */
  }
  return true;
}

int64_t csv_column_rows(const CsvTable *table) { return table->rows - table->dropped_count; }

bool csv_column_whole(const CsvTable *table, const CsvColumn *column) {
  return !column->fractions && (!column->missing || table->missing == CSV_MISSING_DROP);
}

bool csv_column_survey(CsvTable *table) {
  csv_column_plain(table);
  for (int i = 0; i < table->part_count; i++)
    if (!survey_part(table, i)) return false;
  const CsvText *last = &table->parts[table->part_count - 1];
  if (table->rows == 0 && !table->faults.total)
    return csv_text_fail(last, last->length, "there is no row of data");
  for (int64_t i = 0; i < table->column_count; i++)
    if (table->columns[i].kind != COLUMN_SKIP) csv_decide(table, &table->columns[i]);
  if (table->faults.total) {
    csv_fault_tell(&table->faults, table->parts, table->diag);
    return false;
  }
  if (csv_column_rows(table) == 0)
    return csv_text_fail(&table->parts[0], table->data_start[0],
                         "every row has a missing cell: none is left");
  return true;
}

bool csv_column_codes(CsvTable *table) {
  bool some = false;
  for (int64_t i = 0; i < table->column_count; i++) {
    CsvColumn *column = &table->columns[i];
    bool texts = column->text && column->kind != COLUMN_SKIP && !column->codes;
    column->coded = texts;
    some |= texts;
  }
  int64_t row = 0;
  for (int part = 0; part < table->part_count && some; part++) {
    CsvText *text = &table->parts[part];
    text->at = table->data_start[part];
    for (; csv_text_row(text) && !stop_wanted(); row++)
      for (int64_t i = 0; i < table->column_count; i++) {
        CsvColumn *column = &table->columns[i];
        CsvCell cell;
        csv_text_next(text, &cell); /* cannot fail: the survey read it */
        if (!column->coded) continue;
        bool missing = csv_column_missing(table, &cell);
        put_code(column, row, missing ? -1 : code_of(table, column, &cell));
      }
  }
  return !stop_check(table->diag);
}

/* ---- numbers that become one ---- */

/* How many different whole numbers or times of the column another one becomes in f32; the first two
 * that do. */
static int64_t rounded_together(CsvColumn *column, double pair[2]) {
  int64_t together = 0;
  number_sort(column->large, (size_t)column->large_count);
  for (int64_t i = 1; i < column->large_count; i++) {
    double before = column->large[i - 1], now = column->large[i];
    if (before == now || (float)before != (float)now) continue;
    if (!together++) {
      pair[0] = before;
      pair[1] = now;
    }
  }
  return together;
}

void csv_column_rounded(CsvTable *table, Text *text) {
  int64_t others = 0;
  for (int64_t i = 0; i < table->column_count; i++) {
    CsvColumn *column = &table->columns[i];
    double pair[2] = {0};
    char name[200];
    int64_t together = column->text || !column->large_count ? 0 : rounded_together(column, pair);
    if (!together) continue;
    if (table->csv->rounded && ++others) continue;
    table->csv->rounded = true;
    text_format(text,
                "%scolumn \"%s\": %lld %s%s cannot be distinguished from others in f32, the first ",
                text->length ? "; " : "", csv_column_name(column, name), (long long)together,
                column->kind == COLUMN_DATE ? "time" : "whole number", together == 1 ? "" : "s");
    text_number(text, pair[0]);
    text_string(text, " and ");
    text_number(text, pair[1]);
  }
  if (others) text_format(text, "; %lld other columns too", (long long)others);
}

void csv_column_free(CsvTable *table) {
  for (int64_t i = 0; i < table->column_count && table->columns; i++) {
    CsvColumn *column = &table->columns[i];
    mem_free(column->large);
    mem_free(column->looks);
    mem_free(column->codes);
    mem_release((size_t)column->code_capacity * sizeof *column->codes);
    csv_distinct_free(&column->distinct);
  }
  mem_free(table->dropped);
  mem_free(table->chunks);
  csv_fault_free(&table->faults);
}
