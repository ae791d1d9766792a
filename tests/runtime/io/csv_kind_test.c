/* csv_kind_test.c — the form of a table, and the kinds of its columns. */
#include "tests/runtime/io/csv_reading.h"

#include <time.h>

TestSuite(csv_kind, .init = folder_make, .fini = folder_remove);

/* ---- the form ---- */

static CsvOptions with_form(CsvForm form) { return (CsvOptions){.dtype = DTYPE_F32, .form = form}; }

Test(csv_kind, separators) {
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

Test(csv_kind, decimal_commas_and_thousands) {
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

Test(csv_kind, comments_skipped_lines_encodings) {
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

Test(csv_kind, quantities) {
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

Test(csv_kind, dates) {
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
Test(csv_kind, times) {
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
Test(csv_kind, dates_that_are_not_read) {
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
Test(csv_kind, blanks_as_separators) {
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

Test(csv_kind, missing_cells_of_given_classes) {
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

Test(csv_kind, classes_codes_and_kept) {
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

Test(csv_kind, texts_that_are_nearly_all_different) {
  Text text = {0};
  text_string(&text, "id,w\n");
  for (int row = 0; row < 20; row++) text_format(&text, "n%c,%d\n", 'a' + row, row);
  check_bad(text.data, "line 1 column 1", "nearly all different");
  text_free(&text);
}
