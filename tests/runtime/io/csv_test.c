/* csv_test.c — tables: what they give, each mistake with its place, and tables like others. */
#include "tests/runtime/io/csv_reading.h"

TestSuite(csv, .init = folder_make, .fini = folder_remove);

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
