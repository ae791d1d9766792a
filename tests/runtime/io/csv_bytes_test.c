/* csv_bytes_test.c — tables of any bytes and sizes: packed, cut, flipped, large, in chunks; and
 * numbers at the ends of their dtype. */
#include "tests/runtime/io/csv_reading.h"

#include <time.h>

TestSuite(csv_bytes, .init = folder_make, .fini = folder_remove);

/* A packed table is read as what is in it; places count in the unpacked text. */
Test(csv_bytes, gzip) {
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
Test(csv_bytes, every_byte_everywhere) {
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
Test(csv_bytes, cuts_and_flips) {
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
Test(csv_bytes, large_and_odd, .timeout = 600) {
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
Test(csv_bytes, many_classes, .timeout = 600) {
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

Test(csv_bytes, the_shape_alone) {
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

Test(csv_bytes, beyond_the_dtype) {
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

Test(csv_bytes, whole_numbers_that_become_equal) {
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

Test(csv_bytes, times_that_become_equal) {
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
Test(csv_bytes, each_number_as_it_is_alone) {
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
Test(csv_bytes, chunks_in_any_order) {
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
Test(csv_bytes, a_text_in_quotes_is_looked_at_again) {
  Csv csv = read_good("kind,y\n\"1_0\",1\nb,2\n\"1_0\",3\nb,4\n", &PLAIN);
  cr_assert_eq(csv.schema->name_count, 3);
  csv_free(&csv);
  check_bad("kind,y\nb,1\n\"1_0\",2\nb,3\n1_0,4\nb,5\n", "line 5 column 1", "plain digits");
}

/* Short texts are found by their bytes, more of them than are remembered, long and doubled ones by
 * the table: each keeps its class. */
Test(csv_bytes, texts_of_any_length_keep_their_class) {
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
