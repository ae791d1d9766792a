/* csv_test.c — tables: what they give, and each mistake with its place. */
#include "runtime/io/csv.h"
#include "tests/runtime/io/folder.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

TestSuite(csv, .init = folder_make, .fini = folder_remove);

static const Files ANYWHERE = {0};
static const CsvOptions PLAIN = {.dtype = DTYPE_F32};
static const CsvName KIND = {.name = "kind"}, Y = {.name = "y"}, B = {.name = "b"};
#define TARGET(name) .targets = {&(name), 1}

static bool read_text(const char *text, size_t length, const CsvOptions *options, Csv *csv,
                      Diag *diag) {
  *diag = (Diag){0};
  folder_put("t.csv", text, length);
  return csv_read(&ANYWHERE, "t.csv", options, csv, diag);
}

static Csv read_good(const char *text, const CsvOptions *options) {
  Csv csv;
  Diag diag;
  cr_assert(read_text(text, strlen(text), options, &csv, &diag), "%s: %s", diag.where,
            diag.message);
  return csv;
}

static void check_tensor(const Tensor *tensor, const char *expected) {
  Text text = {0};
  tensor_text(tensor, &text);
  cr_assert_str_eq(text.data, expected);
  text_free(&text);
}

/* The file is refused with 65, at this line and column, and the message holds `words`. */
static void check_bad_bytes(const char *text, size_t length, const CsvOptions *options,
                            const char *place, const char *words) {
  Csv csv;
  Diag diag;
  char where[64];
  snprintf(where, sizeof where, "t.csv: %s", place);
  cr_assert_not(read_text(text, length, options, &csv, &diag), "%.60s", text);
  cr_assert_eq(diag.status, STATUS_MALFORMED);
  cr_assert_str_eq(diag.where, where, "%s: %s", diag.where, diag.message);
  cr_assert_not_null(strstr(diag.message, words), "%s", diag.message);
  cr_assert_eq(mem_used_bytes(), 0u);
}

static void check_bad(const char *text, const char *place, const char *words) {
  check_bad_bytes(text, strlen(text), &PLAIN, place, words);
}

Test(csv, numbers_and_classes) {
  CsvOptions options = {.dtype = DTYPE_F64, TARGET(KIND)};
  Csv csv = read_good("a,kind,b\r\n1,rose, 2.5 \r\n-3e2,\"an \"\"oak\"\"\",.5\r\n4,rose,\"7\"\r\n",
                      &options);
  check_tensor(&csv.x, "[[1, 2.5], [-300, 0.5], [4, 7]]");
  cr_assert_eq(csv.x.dtype, DTYPE_F64);
  check_tensor(&csv.y, "[1, 0, 1]");
  cr_assert_eq(csv.y.dtype, DTYPE_I32);
  cr_assert_eq(csv.schema->name_count, 2);
  cr_assert_str_eq(csv.schema->names[1], "b");
  const SchemaColumn *kind = schema_find(csv.schema, "kind");
  cr_assert(kind->target);
  cr_assert_eq(kind->class_count, 2);
  cr_assert_str_eq(kind->classes[0], "an \"oak\"");
  csv_free(&csv);
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(csv, each_row_knows_its_line) {
  CsvOptions options = {.dtype = DTYPE_F32, .missing = CSV_MISSING_DROP};
  Csv csv = read_good("\"a\nname\",b\n1,u\n,v\n3,\"w\nw\"\n5,u\n", &options);
  check_tensor(&csv.lines, "[3, 5, 7]");
  csv_free(&csv);
  options.form.no_header = true;
  csv = read_good("1,2\r\n3,4", &options);
  check_tensor(&csv.lines, "[1, 2]");
  csv_free(&csv);
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(csv, text_features_numeric_target_and_no_target) {
  CsvOptions options = {.dtype = DTYPE_F32, TARGET(Y)};
  Csv csv = read_good("\xEF\xBB\xBFs,y\nb,1\na,2\nb,3", &options);
  check_tensor(&csv.x, "[[0, 1], [1, 0], [0, 1]]");
  check_tensor(&csv.y, "[1, 2, 3]");
  cr_assert_str_eq(csv.schema->names[1], "s=b");
  cr_assert_eq(csv.y.dtype, DTYPE_F32);
  csv_free(&csv);
  csv = read_good("s,y\nb,1\n\n\n", &PLAIN);
  check_tensor(&csv.x, "[[1, 1]]");
  cr_assert_null(csv.y.buffer);
  cr_assert_not(csv.has_target);
  csv_free(&csv);
}

Test(csv, columns_by_place) {
  CsvName place = {.place = -1};
  CsvOptions options = {.dtype = DTYPE_F32, .form.no_header = true, TARGET(place)};
  Csv csv = read_good("1,2,7\n3,4,8\n", &options);
  check_tensor(&csv.x, "[[1, 2], [3, 4]]");
  check_tensor(&csv.y, "[7, 8]");
  cr_assert_str_eq(csv.schema->names[1], "1");
  cr_assert_str_eq(csv.schema->columns[2].name, "2");
  cr_assert(csv.schema->columns[2].target);
  csv_free(&csv);
  Diag diag;
  place.place = 3;
  cr_assert_not(read_text("1,2,7\n", 6, &options, &csv, &diag));
  cr_assert_eq(diag.status, STATUS_FAILED);
}

Test(csv, missing_cells) {
  static const char text[] = "a,s,b\n1,x,2\n,y,4\n3,\"\",6\n5,x,7\n";
  CsvOptions options = {.dtype = DTYPE_F32};
  Csv csv;
  Diag diag;
  cr_assert_not(read_text(text, strlen(text), &options, &csv, &diag));
  cr_assert_str_eq(diag.where, "t.csv: line 3 column 1");
  cr_assert_not_null(strstr(diag.message, "\"a\""));
  cr_assert_not_null(strstr(diag.help, "missing: \"drop\""));
  options.missing = CSV_MISSING_DROP;
  csv = read_good(text, &options);
  check_tensor(&csv.x, "[[1, 1, 2], [5, 1, 7]]"); /* y stood in a dropped row only: no class */
  cr_assert_eq(csv.rows_dropped, 2);
  cr_assert_eq(csv.schema->columns[1].class_count, 1);
  cr_assert_str_eq(csv.notice, "2 of 4 rows dropped, with missing cells");
  csv_free(&csv);
  options.missing = CSV_MISSING_MEAN;
  csv = read_good(text, &options); /* no class has the missing cell */
  check_tensor(&csv.x, "[[1, 1, 0, 2], [3, 0, 1, 4], [3, 0, 0, 6], [5, 1, 0, 7]]");
  csv_free(&csv);
  options.missing = CSV_MISSING_CLASS;
  csv = read_good(text, &options);
  check_tensor(&csv.x,
               "[[1, 0, 1, 0, 0, 2], [3, 1, 0, 1, 0, 4], [3, 0, 0, 0, 1, 6], [5, 0, 1, 0, 0, 7]]");
  cr_assert_str_eq(csv.schema->names[1], "a=missing");
  cr_assert_str_eq(csv.schema->names[4], "s=missing");
  csv_free(&csv);
  options.missing = CSV_MISSING_MEDIAN;
  csv = read_good("a,b\n1,1\n,2\n9,3\n2,4\n4,5\n", &options);
  check_tensor(&csv.x, "[[1, 1], [3, 2], [9, 3], [2, 4], [4, 5]]");
  csv_free(&csv);
  options.missing = CSV_MISSING_MEAN;
  csv = read_good("a,b\n1,2\n,4\n5,\n", &options);
  check_tensor(&csv.x, "[[1, 2], [3, 4], [5, 3]]");
  csv_free(&csv);
  options.targets = (CsvNames){&B, 1};
  check_bad_bytes("a,b\n1,2\n,4\n5,\n", 14, &options, "line 4 column 3", "target");
  options.missing = CSV_MISSING_DROP;
  check_bad_bytes("a,b\n1,\n,4\n", 10, &options, "line 2 column 1", "none is left");
}

Test(csv, a_target_that_is_not_there) {
  CsvName wrong = {.name = "speces"};
  CsvOptions options = {.dtype = DTYPE_F32, TARGET(wrong)};
  Csv csv;
  Diag diag;
  cr_assert_not(read_text("a,species\n1,x\n", 14, &options, &csv, &diag));
  cr_assert_eq(diag.status, STATUS_FAILED);
  cr_assert_not_null(strstr(diag.help, "\"species\""), "%s", diag.help);
}

Test(csv, form) {
  check_bad("", "line 1 column 1", "empty");
  check_bad("\n\n", "line 1 column 1", "empty");
  check_bad("a,b\n", "line 2 column 1", "no row of data");
  check_bad("a,b\n1,2,3\n", "line 2 column 5", "more cells");
  check_bad("a,b\n1\n", "line 2 column 1", "1 cell, the first has 2");
  check_bad("a,,b\n1,2,3\n", "line 1 column 3", "no name");
  check_bad("a,b,a\n1,2,3\n", "line 1 column 5", "two columns");
  check_bad("1,2\n3,4\n", "line 1 column 1", "numbers");
  check_bad("a,b\n1,\"2\n3,4\n", "line 2 column 3", "never closed");
  check_bad("a,b\n1,\"2\"x\n", "line 2 column 3", "follows");
  check_bad("a,b\n1,2\"\n", "line 2 column 4", "quote");
  check_bad("a,b\n1,2\rx,4\n", "line 2 column 4", "carriage return");
  check_bad("a,b\n,1\n,2\n", "line 2 column 1", "has only empty cells");
  Csv csv = read_good("\na,b\n\n1,2\n  \n3,4\n\n", &PLAIN); /* blank lines are no rows */
  check_tensor(&csv.x, "[[1, 2], [3, 4]]");
  check_tensor(&csv.lines, "[4, 6]");
  csv_free(&csv);
}

static const char *const CELLS[] = {
    "1e999", "0x10", "1_000", "\"1,000\"", "NA", "null",  "TRUE", "#DIV/0!", "=1+1",  "١٢",
    "１",    "nan",  "inf",   "?",         "-",  "1.5.2", "50%",  "12kg",    "1 000", "\"3,5\""};

/* A cell among numbers enough that the column is one of numbers. */
static void check_among_numbers(const char *cell) {
  Text text = {0};
  text_string(&text, "k,v\n");
  for (int row = 1; row <= 15; row++) {
    text_format(&text, "%d,", row);
    text_string(&text, row == 2 ? cell : "7");
    text_char(&text, '\n');
  }
  check_bad(text.data, "line 3 column 3", "\"v\"");
  text_free(&text);
}

/* G38: none of these is silently a number or a class. */
Test(csv, cells_that_are_no_numbers) {
  for (int i = 0; i < COUNT_OF(CELLS); i++) check_among_numbers(CELLS[i]);
  static const char *const whole[] = {"1e999", "0x10",    "1_000", "\"1,000\"", "NA", "12kg",
                                      "null",  "#DIV/0!", "=1+1",  "١٢",        "50%"};
  for (int i = 0; i < COUNT_OF(whole); i++) { /* nor as a column of its own */
    char text[200];
    snprintf(text, sizeof text, "v,k\n%s,2\n%s,3\n", whole[i], whole[i]);
    check_bad(text, "line 2 column 1", "\"v\"");
  }
  CsvOptions texts = {.dtype = DTYPE_F32, .no_marks = true};
  Csv csv = read_good("v,w\n\"NA\",TRUE\nx,FALSE\n1.2.3,no\n", &texts); /* meant as texts */
  check_tensor(&csv.x, "[[0, 1, 0, 0, 1, 0], [0, 0, 1, 1, 0, 0], [1, 0, 0, 0, 0, 1]]");
  csv_free(&csv);
}

Test(csv, numbers_or_text) {
  CsvOptions options = {.dtype = DTYPE_F32, .form.no_header = true};
  Csv csv;
  Diag diag;
  check_bad("v\n1\n2\nabc\n3\n", "line 4 column 1", "\"abc\" in column \"v\": not a number");
  check_bad("v\n1\n$2\nabc\n3\n", "line 3 column 1", "quantities");
  csv = read_good("v\nabc\n1\ndef\nghi\n", &PLAIN); /* as written */
  check_tensor(&csv.x, "[[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]");
  csv_free(&csv);
  csv = read_good("v\n1\nu\nu\nw\n", &PLAIN); /* the number came first */
  check_tensor(&csv.x, "[[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]]");
  csv_free(&csv);
  cr_assert_not(read_text("a,b\n1,2\n3,4\n5,6\n", 16, &options, &csv, &diag));
  cr_assert_not_null(strstr(diag.help, "header: true"), "%s", diag.help);
}

Test(csv, all_mistakes_of_a_file) {
  Text text = {0};
  text_string(&text, "a,b\n");
  for (int row = 1; row <= 400; row++)
    text_string(&text, row % 20 == 5 ? "x,1\n"
                       : row == 9    ? "1\n"
                       : row == 30   ? "1,2,3\n"
                                     : "4,5\n");
  Csv csv;
  Diag diag;
  cr_assert_not(read_text(text.data, text.length, &PLAIN, &csv, &diag));
  cr_assert_str_eq(diag.where, "t.csv: line 6 column 1");
  cr_assert_not_null(strstr(diag.message, "\"x\" in column \"a\": not a number"), "%s",
                     diag.message);
  cr_assert_not_null(strstr(diag.notes[0].text, "line 10 column 1: 1 cell;"), "%s",
                     diag.notes[0].text);
  cr_assert_not_null(strstr(diag.notes[0].text, "line 31 column 5: more cells"), "%s",
                     diag.notes[0].text);
  cr_assert_not_null(strstr(diag.notes[diag.note_count - 1].text, "and 2 more"), "%s",
                     diag.notes[diag.note_count - 1].text);
  text_free(&text);
}

/* ---- the form ---- */

static CsvOptions with_form(CsvForm form) { return (CsvOptions){.dtype = DTYPE_F32, .form = form}; }

Test(csv, separators) {
  static const char *const tables[] = {"a;b\n1;2\n", "a\tb\n1\t2\n", "a|b\n1|2\n",
                                       "\"a,c\";b\n1;2\n", "\n\na;b\n1;2\n"};
  for (int i = 0; i < COUNT_OF(tables); i++) {
    Csv csv = read_good(tables[i], &PLAIN);
    check_tensor(&csv.x, "[[1, 2]]");
    cr_assert_not_null(strstr(csv.notice, "separated by"), "%d", i);
    csv_free(&csv);
  }
  CsvOptions tab = with_form((CsvForm){.separator = '\t'});
  tab.missing = CSV_MISSING_MEAN;
  Csv csv = read_good("a\tb\n\t2\n3\t\n", &tab); /* a tab is no blank then */
  check_tensor(&csv.x, "[[3, 2], [3, 2]]");
  csv_free(&csv);
}

Test(csv, decimal_commas_and_thousands) {
  CsvOptions comma = with_form((CsvForm){.decimal = ',', .thousands = "."});
  Csv csv = read_good("a;b\n1,5;-1.234,25\n2;1.000.000\n", &comma);
  check_tensor(&csv.x, "[[1.5, -1234.25], [2, 1000000]]");
  csv_free(&csv);
  check_bad_bytes("a;b\n1.5;2\n", 10, &comma, "line 2 column 1", "\"a\"");
  CsvOptions blanks = with_form((CsvForm){.thousands = "\xC2\xA0"});
  csv = read_good("a\n1\xC2\xA0"
                  "234.5\n",
                  &blanks);
  check_tensor(&csv.x, "[[1234.5]]");
  csv_free(&csv);
}

Test(csv, comments_skipped_lines_encodings) {
  CsvOptions options = with_form((CsvForm){.comment = "#", .skip = 2});
  Csv csv = read_good("made by hand\n\n# one\na,b\n1,2\n#two\n3,4\n", &options);
  check_tensor(&csv.x, "[[1, 2], [3, 4]]");
  check_tensor(&csv.lines, "[5, 7]");
  csv_free(&csv);
  options = with_form((CsvForm){.encoding = CSV_LATIN1});
  csv = read_good("caf\xE9\n1\n", &options);
  cr_assert_str_eq(csv.schema->names[0], "café");
  csv_free(&csv);
  options = with_form((CsvForm){.encoding = CSV_WINDOWS1252});
  csv = read_good("\x80\n1\n", &options);
  cr_assert_str_eq(csv.schema->names[0], "€");
  csv_free(&csv);
  options = with_form((CsvForm){.skip = 9});
  check_bad_bytes("a\n1\n", 4, &options, "line 3 column 1", "`skip:` is 9");
}

/* ---- kinds ---- */

static Csv read_kind(const char *text, ColumnKind kind) {
  CsvKindOf of = {.column = {.name = "v"}, .kind = kind};
  CsvOptions options = {.dtype = DTYPE_F64, .kinds = &of, .kind_count = 1};
  return read_good(text, &options);
}

static void refuse_kind(const char *text, ColumnKind kind, const char *place, const char *words) {
  CsvKindOf of = {.column = {.name = "v"}, .kind = kind};
  CsvOptions options = {.dtype = DTYPE_F64, .kinds = &of, .kind_count = 1};
  check_bad_bytes(text, strlen(text), &options, place, words);
}

Test(csv, quantities) {
  Csv csv = read_kind("v\n\"$1,234.50\"\n(5)\n12 %\n-€3\n7\n", COLUMN_SKIP);
  cr_assert_eq(csv.x.shape.dim[1], 0);
  csv_free(&csv);
  csv = read_kind("v\n\"$1,234.50\"\n(5)\n12 %\n-$3\n1 000\n$-2\n4$\n", COLUMN_QUANTITY);
  check_tensor(&csv.x, "[[1234.5], [-5], [0.12], [-3], [1000], [-2], [4]]");
  csv_free(&csv);
  refuse_kind("v\n$5\n€6\n", COLUMN_QUANTITY, "line 3 column 1", "another currency");
  refuse_kind("v\n5\n12kg\n", COLUMN_QUANTITY, "line 3 column 1", "not a quantity");
  refuse_kind("v\n\"1,5\"\n", COLUMN_QUANTITY, "line 2 column 1", "not a quantity");
  check_bad("v,w\n$5,1\n$6,2\n$7,1\n", "line 2 column 1", "quantities");
  check_bad("v,w\n5 °C,1\n6 °C,2\n7.5 °C,1\n", "line 2 column 1", "quantities");
  check_bad("v,w\n5 km/h,1\n6 km/h,2\n12 m²,1\n", "line 2 column 1", "quantities");
}

Test(csv, dates) {
  Csv csv =
      read_kind("v\n1970-01-01\n1970/01/02 06:00\n2000-03-01\n1969-12-31T12:00:00\n2024-02-29\n",
                COLUMN_DATE);
  check_tensor(&csv.x, "[[0], [1.25], [11017], [-0.5], [19782]]");
  csv_free(&csv);
  refuse_kind("v\n2024-01-31\n31.01.2024\n", COLUMN_DATE, "line 3 column 1", "not a date");
  refuse_kind("v\n2023-02-29\n", COLUMN_DATE, "line 2 column 1", "not a date");
  check_bad("v\n2024-01-31\n2024-02-01\n", "line 2 column 1", "dates");
}

/* A time that has an offset is in UTC; times of the day and days are never in one column. */
Test(csv, times) {
  Csv csv = read_kind("v\n1970-01-01T00:00:00Z\n1970-01-02 06:00+06:00\n1970-01-01T18:00-0600\n"
                      "1970-01-01 06:00:00.000\n1970-01-02T01:00:43.2+01\n",
                      COLUMN_DATE);
  check_tensor(&csv.x, "[[0], [1], [1], [0.25], [1.0005]]");
  csv_free(&csv);
  csv = read_kind("v\n12:00\n06:00:00\n18:00\n", COLUMN_DATE);
  check_tensor(&csv.x, "[[0.5], [0.25], [0.75]]");
  csv_free(&csv);
  refuse_kind("v\n12:00\n2024-01-31\n", COLUMN_DATE, "line 3 column 1", "not a date");
  refuse_kind("v\n2024-01-31\n12:00\n", COLUMN_DATE, "line 3 column 1", "not a date");
  refuse_kind("v\n24:00\n", COLUMN_DATE, "line 2 column 1", "not a date");
  refuse_kind("v\n2024-01-31T12:00+15:00\n", COLUMN_DATE, "line 2 column 1", "not a date");
  refuse_kind("v\n2024-01-31Z\n", COLUMN_DATE, "line 2 column 1", "not a date");
}

/* Dates in other forms are no classes, what merely has digits and marks is. */
Test(csv, dates_that_are_not_read) {
  static const char *const dates[] = {"31.01.2024", "1/31/24",          "2024-1-5",
                                      "2024.01.31", "31 Jan 2024",      "\"Jan 31, 2024\"",
                                      "31-jan-24",  "January 2024",     "Fri 31 Jan 2024 6:30",
                                      "2024-01",    "01/2024",          "6:30 pm",
                                      "126:30",     "1:02:33.5",        "31.01.2024 18:00",
                                      "9:05",       "1/5/2024 9:05 AM", "Wed 3 Sep"};
  static const char *const others[] = {
      "1.2.3", "192.168.10.200", "40.50.2024",     "Q1-2024",  "jan",        "2019-20",
      "16:9",  "A1:30",          "March of 3 men", "3 may be", "12-34-5678", "1:2:3"};
  char text[300];
  for (int i = 0; i < COUNT_OF(dates); i++) {
    snprintf(text, sizeof text, "v,k\n%s,2\n%s,3\nx,4\n", dates[i], dates[i]);
    check_bad(text, "line 2 column 1", "dates or times");
  }
  for (int i = 0; i < COUNT_OF(others); i++) {
    snprintf(text, sizeof text, "v\n%s\n%s\nx\n", others[i], others[i]);
    Csv csv = read_good(text, &PLAIN);
    cr_expect_eq(csv.x.shape.dim[1], 2, "%s", others[i]);
    csv_free(&csv);
  }
}

/* Any blanks part the columns; the lines may begin and end with some. */
Test(csv, blanks_as_separators) {
  CsvOptions options = with_form((CsvForm){.separator = ' '});
  Csv csv = read_good("  a \t b  c \r\n 1   2 \"u v\"  \r\n\r\n3\t4\t\"w\"\n 5 6 w", &options);
  cr_assert_eq(csv.schema->name_count, 4);
  cr_assert_str_eq(csv.schema->names[2], "c=u v");
  check_tensor(&csv.x, "[[1, 2, 1, 0], [3, 4, 0, 1], [5, 6, 0, 1]]");
  csv_free(&csv);
  check_bad_bytes("a b\n1 2\n3 \n", 11, &options, "line 3 column 1", "1 cell");
  check_bad_bytes("a b\n1 2\n3 4 5\n", 14, &options, "line 3 column 5", "more cells");
  check_bad_bytes("a b\n\"1\"2 3\n", 11, &options, "line 2 column 1", "text follows");
  check_bad("a\n1 2\n3 4\n", "line 2 column 1", "several numbers");
}

Test(csv, missing_cells_of_given_classes) {
  CsvKindOf of = {.column = {.name = "v"}, .kind = COLUMN_CODE};
  CsvOptions options = {
      .dtype = DTYPE_F32, .kinds = &of, .kind_count = 1, .missing = CSV_MISSING_CLASS};
  Csv csv = read_good("v\n?\nb\n?\na\n", &options);
  check_tensor(&csv.x, "[[2], [1], [2], [0]]");
  csv_free(&csv);
  options.missing = CSV_MISSING_DROP;
  csv = read_good("v\n?\nb\n?\na\n", &options);
  check_tensor(&csv.x, "[[1], [0]]");
  csv_free(&csv);
  options.missing = CSV_MISSING_MEAN;
  check_bad_bytes("v\n?\nb\n", 6, &options, "line 2 column 1", "no mean");
}

Test(csv, classes_codes_and_kept) {
  Csv csv = read_kind("v\n3\n1\n3\n", COLUMN_CLASS);
  check_tensor(&csv.x, "[[0, 1], [1, 0], [0, 1]]");
  csv_free(&csv);
  csv = read_kind("v\nu\nt\nu\n", COLUMN_CODE);
  check_tensor(&csv.x, "[[1], [0], [1]]");
  csv_free(&csv);
  csv = read_kind("v,w\n7,1\n8,2\n", COLUMN_KEEP);
  check_tensor(&csv.x, "[[1], [2]]");
  check_tensor(&csv.kept[0].values, "[7, 8]");
  cr_assert_eq(csv.kept[0].values.dtype, DTYPE_I32);
  csv_free(&csv);
}

Test(csv, texts_that_are_nearly_all_different) {
  Text text = {0};
  text_string(&text, "id,w\n");
  for (int row = 0; row < 20; row++) text_format(&text, "n%c,%d\n", 'a' + row, row);
  check_bad(text.data, "line 1 column 1", "nearly all different");
  text_free(&text);
}

/* ---- like another ---- */

Test(csv, like_another) {
  CsvOptions options = {.dtype = DTYPE_F32, .missing = CSV_MISSING_MEAN, TARGET(Y)};
  Csv first = read_good("c,w,y\na,1,no\nb,,yes\na,5,no\n", &options), second;
  Text text = {0};
  Diag diag = {0};
  schema_write(first.schema, &text);
  Schema *saved = schema_read(text.data, "net", &diag);
  cr_assert_not_null(saved, "%s", diag.message);
  text_free(&text);
  csv_free(&first);
  CsvOptions like = {.dtype = DTYPE_F32, .like = saved};
  second = read_good("extra,y,w,c\n9,yes,NA,b\n9,no,7,a\n", &like);
  check_tensor(&second.x, "[[0, 1, 3], [1, 0, 7]]");
  check_tensor(&second.y, "[1, 0]");
  cr_assert_not_null(strstr(second.notice, "extra columns are ignored: extra"), "%s",
                     second.notice);
  csv_free(&second);
  second = read_good("w,c\n2,b\n", &like);
  cr_assert_not(second.has_target);
  csv_free(&second);
  check_bad_bytes("w,y\n1,no\n", 9, &like, "line 1 column 1", "\"c\"");
  check_bad_bytes("c,w\na,1\nz,2\n", 12, &like, "line 3 column 1",
                  "a class that the training data does not have");
  check_bad_bytes("c,w\na,1\nb,q\n", 12, &like, "line 3 column 3", "not a number");
  second = read_good("c,w\nb,1\n?,2\na,3\n", &like); /* a missing cell among texts that are known */
  check_tensor(&second.x, "[[0, 1, 1], [0, 0, 2], [1, 0, 3]]");
  csv_free(&second);
  like.unknown_missing = true;
  second = read_good("c,w\nz,2\n", &like);
  check_tensor(&second.x, "[[0, 0, 2]]");
  csv_free(&second);
  schema_release(saved);
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(csv, several_files_as_one) {
  folder_put("p1.csv", "a,k\n1,u\n", 8);
  folder_put("p2.csv", "a,k\n2,t\n3,u\n", 12);
  folder_put("q1.csv", "a,j\n2,t\n", 8);
  folder_put("q2.csv", "a,k\n2,t\n", 8);
  CsvName kind = {.name = "k"};
  CsvOptions options = {.dtype = DTYPE_F32, TARGET(kind)};
  Csv csv;
  Diag diag = {0};
  cr_assert(csv_read(&ANYWHERE, "p*.csv", &options, &csv, &diag), "%s", diag.message);
  check_tensor(&csv.x, "[[1], [2], [3]]");
  check_tensor(&csv.y, "[1, 0, 1]");
  csv_free(&csv);
  cr_assert_not(csv_read(&ANYWHERE, "q*.csv", &PLAIN, &csv, &diag));
  cr_assert_str_eq(diag.where, "q2.csv: line 1 column 3");
  cr_assert_not(csv_read(&ANYWHERE, "r*.csv", &PLAIN, &csv, &diag));
  cr_assert_eq(diag.status, STATUS_MISSING);
}

/* G39: what the file looks like instead. */
Test(csv, likely_causes) {
  check_bad("a;b,c\n1;2,3\n", "line 1 column 1", "both `,` and `;`");
  check_bad_bytes("\xFF\xFE"
                  "a\0,\0",
                  6, &PLAIN, "line 1 column 1", "UTF-16");
  check_bad_bytes("a\0,\0b\0\n\0", 8, &PLAIN, "line 1 column 2", "UTF-16");
  check_bad_bytes("\xFF\xFE\0\0a\0\0\0", 8, &PLAIN, "line 1 column 1", "UTF-32");
  check_bad("a,b\ncaf\xE9,1\n", "line 2 column 4", "Latin-1");
  check_bad("a,b\n\x93q\x94,1\n", "line 2 column 1", "1252");
  check_bad("<!DOCTYPE html><html>", "line 1 column 1", "HTML");
  check_bad("  \n<html>", "line 1 column 1", "HTML");
  check_bad("@relation iris\n@data\n", "line 1 column 1", "ARFF");
  check_bad("{\"a\": 1}\n{\"a\": 2}\n", "line 1 column 1", "JSON");
  check_bad("version https://git-lfs.github.com/spec/v1\noid x\n", "line 1 column 1", "LFS");
  check_bad_bytes("\x89PNG\r\n\x1a\n", 8, &PLAIN, "line 1 column 1", "PNG");
}

/* A packed table is read as what is in it; places count in the unpacked text. */
Test(csv, gzip) {
  static const char text[] = "size,kind\n1.5,elm\n-2,oak\n", bad[] = "a,b\n1,2\n3\n";
  static char zeros[1 << 16];
  uint8_t packed[400];
  CsvOptions options = {.dtype = DTYPE_F32, TARGET(KIND)};
  Csv csv;
  Diag diag;
  size_t length = folder_pack(text, sizeof text - 1, packed, 0, sizeof packed);
  cr_assert(read_text((const char *)packed, length, &options, &csv, &diag), "%s", diag.message);
  check_tensor(&csv.x, "[[1.5], [-2]]");
  check_tensor(&csv.y, "[0, 1]");
  csv_free(&csv);
  cr_assert(csv_shape(&ANYWHERE, "t.csv", &options, &csv, &diag));
  cr_assert_eq(csv.x.shape.dim[0], 2);
  csv_free(&csv);
  char end[32];
  snprintf(end, sizeof end, "byte %zu", length - 3);
  check_bad_bytes((const char *)packed, length - 3, &PLAIN, end, "cut short");
  length = folder_pack(bad, sizeof bad - 1, packed, 0, sizeof packed);
  check_bad_bytes((const char *)packed, length, &PLAIN, "line 3 column 1", "cell");
  length = folder_pack(zeros, sizeof zeros, packed, 0, sizeof packed);
  folder_put("t.csv", packed, length);
  cr_assert_not(csv_read(&(Files){.unpacked = 65535}, "t.csv", &PLAIN, &csv, &diag));
  cr_assert_eq(diag.status, STATUS_MALFORMED);
  cr_assert_not_null(strstr(diag.message, "limit of 65535 bytes"), "%s", diag.message);
  cr_assert_eq(mem_used_bytes(), 0u);
}

/* G35: every byte in a name, a number and quotes is read, or refused with a place; never a crash,
 * never status 0 with a wrong shape. */
Test(csv, every_byte_everywhere) {
  static const char *const forms[] = {"a%b,c\n1,2\n", "a,b\n1%2,3\n", "a,b\n\"x%y\",3\n"};
  for (int form = 0; form < COUNT_OF(forms); form++)
    for (int byte = 0; byte < 256; byte++) {
      char text[64];
      size_t length = strlen(forms[form]);
      memcpy(text, forms[form], length);
      *(char *)memchr(text, '%', length) = (char)byte;
      Csv csv;
      Diag diag;
      if (!read_text(text, length, &PLAIN, &csv, &diag)) {
        cr_assert_eq(diag.status, STATUS_MALFORMED);
        cr_assert_not_null(strstr(diag.where, "line "), "form %d byte %02x: %s", form,
                           (unsigned)byte, diag.message);
        continue;
      }
      cr_assert(byte >= 0x20 || byte == '\t' || (byte == '\n' && form == 2), "form %d byte %02x",
                form, (unsigned)byte);
      cr_assert_eq(csv.x.shape.dim[0], 1);
      cr_assert_eq(csv.x.shape.dim[1], 2);
      csv_free(&csv);
    }
}

/* G41: a cut or a flip may leave valid CSV; it never leaves a crash or a leak. */
Test(csv, cuts_and_flips) {
  char text[] = "a,b,\"c d\"\n1.5,x,3\n-2e3,\"y \"\"z\",4\n";
  size_t length = strlen(text);
  Csv csv;
  Diag diag;
  for (size_t cut = 0; cut <= length; cut++)
    if (read_text(text, cut, &PLAIN, &csv, &diag)) csv_free(&csv);
    else cr_assert_eq(diag.status, STATUS_MALFORMED);
  for (size_t bit = 0; bit < length * 8; bit++) {
    text[bit / 8] ^= (char)(1 << bit % 8);
    if (read_text(text, length, &PLAIN, &csv, &diag)) csv_free(&csv);
    else cr_assert_eq(diag.status, STATUS_MALFORMED);
    text[bit / 8] ^= (char)(1 << bit % 8);
  }
  cr_assert_eq(mem_used_bytes(), 0u);
}

/* G40: ten million of one byte cost linear time and end in a stated limit. */
Test(csv, large_and_odd, .timeout = 600) {
  enum { LARGE = 10000000 };
  static const char bytes[] = "x,\"\n1 ";
  char *text = mem_alloc(LARGE);
  CsvOptions options = {.dtype = DTYPE_F32, .form.no_header = true};
  for (const char *byte = bytes; *byte; byte++) {
    memset(text, *byte, LARGE);
    Csv csv;
    Diag diag;
    clock_t start = clock();
    cr_assert_not(read_text(text, LARGE, &options, &csv, &diag));
    cr_assert_eq(diag.status, STATUS_MALFORMED, "%s", diag.message);
    cr_assert_lt((double)(clock() - start) / CLOCKS_PER_SEC, 60);
  }
  memset(text, '\n', LARGE); /* blank lines are passed over */
  text[0] = text[LARGE - 1] = '1';
  Csv csv;
  Diag diag;
  cr_assert(read_text(text, LARGE, &options, &csv, &diag), "%s", diag.message);
  cr_assert_eq(csv.x.shape.dim[0], 2);
  csv_free(&csv);
  mem_free(text);
}

/* G47's little sister: many distinct texts stay linear. */
Test(csv, many_classes, .timeout = 600) {
  Text text = {0};
  text_string(&text, "name,v\n");
  for (int i = 0; i < 100000; i++) text_format(&text, "n%06d,%d\n", (i * 7919) % 100000, i);
  CsvKindOf of = {.column = {.name = "name"}, .kind = COLUMN_CODE};
  CsvOptions options = {.dtype = DTYPE_F32, .kinds = &of, .kind_count = 1};
  Csv csv = read_good(text.data, &options);
  cr_assert_eq(csv.schema->columns[0].class_count, 100000);
  cr_assert_eq(tensor_get(&csv.x, 2), 7919);
  csv_free(&csv);
  text_free(&text);
}

Test(csv, the_shape_alone) {
  folder_put("t.csv", "a,kind,b\n1,x,\n2,y,3\n", 20);
  CsvOptions options = {.dtype = DTYPE_F64, TARGET(KIND), .missing = CSV_MISSING_DROP};
  Csv csv;
  Diag diag;
  char shown[200];
  cr_assert(csv_shape(&ANYWHERE, "t.csv", &options, &csv, &diag));
  cr_assert_str_eq(shape_show(&csv.x.shape, shown), "[1, 2]");
  cr_assert_str_eq(shape_show(&csv.y.shape, shown), "[1]");
  cr_assert_eq(csv.y.dtype, DTYPE_I32);
  cr_assert_null(csv.x.buffer);
  csv_free(&csv);
}

Test(csv, beyond_the_dtype) {
  check_bad("a,b\n1,2\n3, 1e39\n", "line 3 column 4",
            "\"1e39\" in column \"b\": does not fit in f32");
  check_bad("a,b\n-4e38,2\n", "line 2 column 1", "-4e38");
  CsvOptions wide = {.dtype = DTYPE_F64};
  Csv csv = read_good("a\n1e39\n", &wide);
  check_tensor(&csv.x, "[[1e39]]");
  csv_free(&csv);
  csv = read_good("a\n3.4028235e38\n1e-60\n", &PLAIN);
  check_tensor(&csv.x, "[[3.40282e38], [0]]");
  csv_free(&csv);
}

Test(csv, whole_numbers_that_become_equal) {
  Csv csv = read_good("id,v\n16777216,1\n7,2\n16777217,3\n16777216,4\n", &PLAIN);
  cr_assert(csv.rounded);
  cr_assert_str_eq(csv.notice,
                   "column \"id\": 1 whole number cannot be distinguished from others in f32, "
                   "the first 16777216 and 16777217");
  csv_free(&csv);
  csv = read_good("id\n123456789\n123456789\n200000000\n0.5\n",
                  &PLAIN); /* rounded, but not together */
  cr_assert_not(csv.rounded);
  csv_free(&csv);
  CsvOptions wide = {.dtype = DTYPE_F64};
  csv = read_good("id\n16777216\n16777217\n", &wide);
  cr_assert_not(csv.rounded);
  csv_free(&csv);
}

Test(csv, times_that_become_equal) {
  CsvKindOf of = {.column = {.name = "v"}, .kind = COLUMN_DATE};
  CsvOptions narrow = {.kinds = &of, .kind_count = 1, .dtype = DTYPE_F32};
  Csv csv = read_good("v\n2024-01-31\n2024-01-31 18:00\n2024-01-31 18:00:01\n", &narrow);
  cr_assert(csv.rounded);
  cr_assert_str_eq(csv.notice, "column \"v\": 1 time cannot be distinguished from others in f32, "
                               "the first 19753.75 and 19753.750011574073");
  csv_free(&csv);
  csv = read_good("v\n2024-01-31 06:00\n2024-01-31 18:00\n", &narrow);
  cr_assert_not(csv.rounded);
  csv_free(&csv);
}

/* Cells that the quick way reads, those it leaves to the other, and numbers at its edges: the same
 * bits as number_parse gives each alone. */
Test(csv, each_number_as_it_is_alone) {
  static const char *const cells[] = {"0",
                                      "-0",
                                      "-0.0",
                                      "7",
                                      "007",
                                      "5.",
                                      ".5",
                                      "-.5",
                                      "+1.5",
                                      "1e3",
                                      "-2.5E-3",
                                      "12345678",
                                      "123456789",
                                      "1234567.8",
                                      "0.12345678",
                                      "0.123456789",
                                      "0.00000000000001",
                                      "99999999.9999999",
                                      "99999999.99999999",
                                      "0.1234567890123456",
                                      "0.12345678901234567",
                                      "123456789012345678901234",
                                      " 1.25",
                                      "1.25 ",
                                      "\"2.5\""};
  Text text = {0};
  text_string(&text, "a,b\n");
  for (int i = 0; i < COUNT_OF(cells); i++)
    text_format(&text, "%s,1%s", cells[i], i % 2 ? "\n" : "\r\n");
  text_format(&text, "%060d,1\n", 3); /* room, as the quick way wants it behind a cell */
  CsvOptions options = {.dtype = DTYPE_F64};
  Csv csv = read_good(text.data, &options);
  const double *x = tensor_data(&csv.x);
  for (int i = 0; i < COUNT_OF(cells); i++) {
    const char *cell = cells[i] + strspn(cells[i], " \"");
    double number;
    cr_assert(number_parse(cell, strcspn(cell, " \""), &number), "%s", cell);
    cr_assert(memcmp(&x[2 * i], &number, sizeof number) == 0, "%s: %.17g", cell, x[2 * i]);
  }
  csv_free(&csv);
  text_free(&text);
}

static void backwards(int64_t blocks, void (*task)(void *context, int64_t block), void *context) {
  for (int64_t i = blocks; i-- > 0;) task(context, i);
}

enum { ROWS_OF_CHUNKS = 10000 };

/* Some rows dropped, cells over two lines, a column of classes, a comment among the rows. */
static void write_chunks(Text *text) {
  text_string(text, "a,kind,b\n");
  for (int i = 0; i < ROWS_OF_CHUNKS; i++) {
    if (i % 7 == 3) text_string(text, "\n# between\n");
    text_format(text, "%d.%03d,%s,", i, i % 1000, i % 5 ? "oak" : "\"two\nlines\"");
    text_format(text, i % 11 ? "%d\n" : "\n", i % 100);
  }
}

/* Chunks of rows that are read in another order give the same numbers, lines and means. */
Test(csv, chunks_in_any_order) {
  Text text = {0};
  write_chunks(&text);
  for (int drops = 0; drops < 2; drops++) {
    CsvOptions options = {.dtype = DTYPE_F32,
                          .missing = drops ? CSV_MISSING_DROP : CSV_MISSING_MEAN,
                          .form = {.comment = "#"}};
    Csv one = read_good(text.data, &options);
    options.team = backwards;
    Csv other = read_good(text.data, &options);
    int64_t rows = one.x.shape.dim[0], row = 0;
    cr_assert_eq(rows, drops ? ROWS_OF_CHUNKS - (ROWS_OF_CHUNKS + 10) / 11 : ROWS_OF_CHUNKS);
    cr_assert(memcmp(tensor_data(&one.x), tensor_data(&other.x), (size_t)rows * 16) == 0);
    cr_assert(memcmp(tensor_data(&one.lines), tensor_data(&other.lines), (size_t)rows * 4) == 0);
    const float *x = tensor_data(&one.x);
    const int32_t *lines = tensor_data(&one.lines);
    int32_t line = 2;
    for (int i = 0; i < ROWS_OF_CHUNKS; i++) {
      line += i % 7 == 3 ? 2 : 0;
      if (!drops || i % 11) {
        cr_assert_eq(x[row * 4], (float)(i + i % 1000 / 1000.0), "row %d", i);
        cr_assert_eq(x[row * 4 + 1 + !(i % 5)], 1.0F, "row %d", i);
        cr_assert_eq(lines[row++], line, "line of row %d", i);
      }
      line += 1 + !(i % 5);
    }
    cr_assert_eq(row, rows);
    csv_free(&one);
    csv_free(&other);
  }
  text_free(&text);
  cr_assert_eq(mem_used_bytes(), 0u);
}

/* What a text looks like is found once; one in quotes is no mistake where the same without is. */
Test(csv, a_text_in_quotes_is_looked_at_again) {
  Csv csv = read_good("kind,y\n\"1_0\",1\nb,2\n\"1_0\",3\nb,4\n", &PLAIN);
  cr_assert_eq(csv.schema->name_count, 3);
  csv_free(&csv);
  check_bad("kind,y\nb,1\n\"1_0\",2\nb,3\n1_0,4\nb,5\n", "line 5 column 1", "plain digits");
}

/* Short texts are found by their bytes, more of them than are remembered, long and doubled ones by
 * the table: each keeps its class. */
Test(csv, texts_of_any_length_keep_their_class) {
  Text text = {0};
  text_string(&text, "kind,y\n");
  for (int i = 0; i < 2000; i++)
    text_format(&text, "%s%d,%d\n", i % 2 ? "k" : "quite long ", i % 200, i);
  for (int i = 0; i < 4; i++) text_format(&text, "\"a%s\",1\n", i % 2 ? "\"\"" : "b");
  Csv csv = read_good(text.data, &PLAIN);
  const SchemaColumn *kind = schema_find(csv.schema, "kind");
  cr_assert_eq(kind->class_count, 202);
  const float *x = tensor_data(&csv.x);
  for (int i = 0; i < 2000; i++) {
    char name[40];
    int ones = 0;
    snprintf(name, sizeof name, "%s%d", i % 2 ? "k" : "quite long ", i % 200);
    for (int k = 0; k < 202; k++) {
      if (x[i * 203 + k] == 0) continue;
      cr_assert_str_eq(kind->classes[k], name);
      ones++;
    }
    cr_assert_eq(ones, 1);
  }
  csv_free(&csv);
  text_free(&text);
  cr_assert_eq(mem_used_bytes(), 0u);
}

static void check_mend(const char *name, bool plain, const char *want) {
  char into[CSV_MEND];
  csv_mend("drop: \"@\"; kinds: (@: \"date\") reads it", name, plain, into);
  cr_assert_str_eq(into, want);
}

/* What a fix proposes can be pasted into a script. */
Test(csv, a_fix_quotes_the_name_of_a_column) {
  check_mend("when", true, "drop: \"when\"; kinds: (when: \"date\") reads it");
  check_mend("in", false, "drop: \"in\"; kinds: dict((\"in\", \"date\")) reads it");
  check_mend("a\"b\\", false,
             "drop: \"a\\\"b\\\\\"; kinds: dict((\"a\\\"b\\\\\", \"date\")) reads it");
  check_mend("{x}", false, "drop: \"{{x}}\"; kinds: dict((\"{{x}}\", \"date\")) reads it");
}
