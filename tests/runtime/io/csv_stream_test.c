/* csv_stream_test.c — a table in pieces gives the rows of the whole, with their lines. */
#include "runtime/io/csv.h"
#include "runtime/io/csv_stream.h"
#include "tests/runtime/io/folder.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(csv_stream, .init = folder_make, .fini = folder_remove);

static const Files ANYWHERE = {0};

/* Reads the table in pieces of so many bytes, like itself read whole, and compares each row. */
static void check_pieces(const char *text, CsvForm form, size_t size) {
  CsvOptions options = {.dtype = DTYPE_F32, .form = form, .missing = CSV_MISSING_DROP};
  Csv whole, csv;
  Diag diag = {0};
  folder_put("t.csv", text, strlen(text));
  cr_assert(csv_read(&ANYWHERE, "t.csv", &options, &whole, &diag), "%s", diag.message);
  CsvStream stream;
  cr_assert(csv_stream_open(&stream, &ANYWHERE, "t.csv", &whole.schema->form, size, &diag));
  int64_t row = 0, columns = whole.x.shape.dim[1];
  for (;;) {
    Bytes piece;
    CsvOptions like = {.dtype = DTYPE_F32, .like = whole.schema};
    cr_assert(csv_stream_next(&stream, &piece, &like.moved_at, &like.moved_by, &diag));
    if (!piece.length) break;
    if (!csv_read_bytes(piece, "t.csv", &like, &csv, &diag)) continue; /* all rows are dropped */
    for (int64_t i = 0; i < csv.x.shape.dim[0]; i++, row++) {
      cr_assert_eq(tensor_get(&csv.lines, i), tensor_get(&whole.lines, row), "%zu: row %lld", size,
                   (long long)row);
      for (int64_t k = 0; k < columns; k++)
        cr_assert_eq(tensor_get(&csv.x, i * columns + k), tensor_get(&whole.x, row * columns + k));
    }
    csv_free(&csv);
  }
  cr_assert_eq(row, whole.x.shape.dim[0], "%zu", size);
  csv_stream_close(&stream);
  csv_free(&whole);
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(csv_stream, pieces_of_any_size) {
  static const char plain[] = "a,k\n1,u\n2,v\n\n?,u\n4,\"u\"\n5,v\n";
  static const char quoted[] = "\xEF\xBB\xBF\"a\nb\",k\r\n1,\"x\ny\"\r\n2,z\r\n3,\"x\ny\"";
  static const char above[] = "made\n# by hand\na;k\n# more\n1;u\n2;\xE9\n3;u\n";
  for (size_t size = 1; size < 40; size++) {
    check_pieces(plain, (CsvForm){0}, size);
    check_pieces(quoted, (CsvForm){0}, size);
    check_pieces("1,2\n3,4\n5,6", (CsvForm){.no_header = true}, size);
    check_pieces(above, (CsvForm){.comment = "#", .skip = 1, .encoding = CSV_LATIN1}, size);
  }
}

Test(csv_stream, mistakes_have_the_lines_of_the_file) {
  static const char text[] = "a\n1\n2\n3\nx\n5\n";
  Csv whole;
  Diag diag = {0};
  CsvOptions options = {.dtype = DTYPE_F32};
  folder_put("t.csv", "a\n1\n", 4);
  cr_assert(csv_read(&ANYWHERE, "t.csv", &options, &whole, &diag));
  folder_put("t.csv", text, strlen(text));
  CsvStream stream;
  CsvOptions like = {.dtype = DTYPE_F32, .like = whole.schema};
  cr_assert(csv_stream_open(&stream, &ANYWHERE, "t.csv", &whole.schema->form, 2, &diag));
  for (bool good = true; good;) {
    Bytes piece;
    Csv csv;
    cr_assert(csv_stream_next(&stream, &piece, &like.moved_at, &like.moved_by, &diag));
    cr_assert_gt(piece.length, 0u);
    good = csv_read_bytes(piece, "t.csv", &like, &csv, &diag);
    if (good) csv_free(&csv);
  }
  cr_assert_str_eq(diag.where, "t.csv: line 5 column 1");
  csv_stream_close(&stream);
  csv_free(&whole);
}
