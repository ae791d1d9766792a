/* csv_convert_test.c — a table as an NPY file: what csv_read would give, in pieces. */
#include "runtime/io/array.h"
#include "runtime/io/csv_convert.h"
#include "tests/runtime/io/folder.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(csv_convert, .init = folder_make, .fini = folder_remove);

static const Files ANYWHERE = {0};

static CsvOptions options_with(const CsvName *target, CsvMissing missing) {
  return (CsvOptions){.dtype = DTYPE_F32,
                      .targets = {target, target != NULL},
                      .missing = missing,
                      .missing_given = true};
}

static void check(const CsvOptions *options, const char *expected) {
  CsvConverted made;
  Tensor tensor;
  Diag diag = {0};
  Text text = {0};
  cr_assert(csv_convert(&ANYWHERE, "t.csv", "t.npy", options, &made, &diag), "%s", diag.message);
  csv_converted_free(&made);
  cr_assert(npy_read(&ANYWHERE, "t.npy", &tensor, &diag), "%s", diag.message);
  tensor_text(&tensor, &text);
  cr_assert_str_eq(text.data, expected);
  text_free(&text);
  tensor_release(&tensor);
  cr_assert_eq(mem_used_bytes(), 0u);
}

static void put(const char *text) { folder_put("t.csv", text, strlen(text)); }

Test(csv_convert, features_then_the_target) {
  const CsvName kind = {.name = "kind"};
  CsvOptions plain = options_with(NULL, CSV_MISSING_ERROR),
             with = options_with(&kind, CSV_MISSING_ERROR);
  put("a,kind,b\n1,elm,2\n\n3,ash,4\n");
  check(&plain, "[[1, 0, 1, 2], [3, 1, 0, 4]]");
  check(&with, "[[1, 2, 1], [3, 4, 0]]");
  put("a;kind\n1.5;\"x\n\"\n");
  check(&with, "[[1.5, 0]]");
}

Test(csv_convert, missing_cells) {
  CsvOptions plain = options_with(NULL, CSV_MISSING_ERROR),
             dropping = options_with(NULL, CSV_MISSING_DROP);
  CsvConverted made;
  Diag diag = {0};
  put("a,b\n1,2\n?,3\n4,5\n");
  check(&dropping, "[[1, 2], [4, 5]]");
  folder_put("t.npy", "old", 3);
  cr_assert_not(csv_convert(&ANYWHERE, "t.csv", "t.npy", &plain, &made, &diag));
  cr_assert_eq(diag.status, STATUS_MALFORMED);
  uint8_t kept[8];
  cr_assert_eq(folder_get("t.npy", kept, 8), 3u); /* the file of before */
}

Test(csv_convert, more_than_a_piece) {
  Text text = {0};
  Tensor tensor;
  Diag diag = {0};
  CsvConverted made;
  CsvOptions plain = options_with(NULL, CSV_MISSING_ERROR);
  enum { ROWS = 350000 }; /* 4.9 MB */
  text_string(&text, "n,sex\n");
  for (int i = 0; i < ROWS; i++) text_format(&text, "%d,%s\n", i, i % 3 ? "female" : "male");
  folder_put("t.csv", text.data, text.length);
  text_free(&text);
  cr_assert(csv_convert(&ANYWHERE, "t.csv", "t.npy", &plain, &made, &diag), "%s", diag.message);
  cr_assert_eq(made.rows, ROWS);
  csv_converted_free(&made);
  cr_assert(npy_read(&ANYWHERE, "t.npy", &tensor, &diag));
  cr_assert_eq(tensor.shape.dim[0], ROWS);
  for (int64_t i = 0; i < ROWS; i += 101) {
    cr_assert_eq(tensor_get(&tensor, 3 * i), (double)i);
    cr_assert_eq(tensor_get(&tensor, 3 * i + 2), i % 3 == 0);
  }
  tensor_release(&tensor);
}
