/* array_test.c — IDX and NPY: what is read, and every byte that must not be. */
#include "runtime/io/array.h"
#include "tests/runtime/io/folder.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

TestSuite(idx, .init = folder_make, .fini = folder_remove);
TestSuite(npy, .init = folder_make, .fini = folder_remove);

static const Files ANYWHERE = {0};

typedef bool Read(const Files *files, const char *path, Tensor *tensor, Diag *diag);

static void check_good(Read *read, const void *bytes, size_t length, const char *expected) {
  Tensor tensor;
  Diag diag = {0};
  Text text = {0};
  char shape[200];
  folder_put("t", bytes, length);
  cr_assert(read(&ANYWHERE, "t", &tensor, &diag), "%s: %s", diag.where, diag.message);
  text_format(&text, "%s%s ", dtype_name(tensor.dtype), shape_show(&tensor.shape, shape));
  tensor_text(&tensor, &text);
  cr_assert_str_eq(text.data, expected);
  text_free(&text);
  tensor_release(&tensor);
  cr_assert_eq(mem_used_bytes(), 0u);
}

/* Refused with 65 and a byte; nothing stays allocated. */
static void check_bad(Read *read, const void *bytes, size_t length, const char *words) {
  Tensor tensor;
  Diag diag = {0};
  folder_put("t", bytes, length);
  mem_budget(64 << 20); /* what is announced is not what is taken */
  cr_assert_not(read(&ANYWHERE, "t", &tensor, &diag), "%s", words);
  cr_assert_eq(diag.status, STATUS_MALFORMED, "%d %s", diag.status, diag.message);
  cr_assert_not_null(strstr(diag.where, "t: byte "), "%s", diag.where);
  cr_assert_not_null(strstr(diag.message, words), "%s, not %s", diag.message, words);
  cr_assert_null(tensor.buffer);
  cr_assert_eq(mem_used_bytes(), 0u);
}

/* ---- IDX ---- */

static const uint8_t idx_file[] = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 1, 2, 3, 4, 255};

Test(idx, types) {
  check_good(idx_read, idx_file, sizeof idx_file, "u8[2, 3] [[0, 1, 2], [3, 4, 255]]");
  check_good(idx_read, "\0\0\x09\1\0\0\0\2\xFF\1", 10, "i32[2] [-1, 1]");
  check_good(idx_read, "\0\0\x0B\1\0\0\0\2\xFF\xFE\1\0", 12, "i32[2] [-2, 256]");
  check_good(idx_read, "\0\0\x0C\1\0\0\0\1\x80\0\0\0", 12, "i32[1] [-2147483648]");
  check_good(idx_read, "\0\0\x0D\1\0\0\0\1\x3F\xC0\0\0", 12, "f32[1] [1.5]");
  check_good(idx_read, "\0\0\x0E\1\0\0\0\1\xC0\x04\0\0\0\0\0\0", 16, "f64[1] [-2.5]");
  check_good(idx_read, "\0\0\x08\2\0\0\0\0\0\0\0\5", 12, "u8[0, 5] []");
}

Test(idx, what_is_wrong) {
  for (size_t cut = 0; cut < sizeof idx_file; cut++) check_bad(idx_read, idx_file, cut, "");
  uint8_t longer[sizeof idx_file + 1] = {0};
  memcpy(longer, idx_file, sizeof idx_file);
  check_bad(idx_read, longer, sizeof longer, "7 follow");
  check_bad(idx_read, "\0\1\x08\1\0\0\0\0", 8, "not an IDX");
  check_bad(idx_read, "\x89PNG\r\n\x1a\n", 8, "PNG");
  check_bad(idx_read, "\0\0\x0A\1\0\0\0\0", 8, "0a");
  check_bad(idx_read, "\0\0\x08\0", 4, "0 axes");
  check_bad(idx_read, "\0\0\x08\x21", 4, "33 axes");
  check_bad(idx_read, "\0\0\x08\3\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0\0\2", 16, "no file can hold");
  check_bad(idx_read, "\0\0\x08\3\0\1\0\0\0\1\0\0\0\0\0\3", 16, "12884901888");
  check_bad(idx_read, "\0\0\x08\1\6\0\0\0\1\2\3\4\5\6", 14, "100663296");
}

Test(idx, a_shape_that_no_file_can_hold) {
  static const char head[] = "\0\0\x08\3\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0\0\2";
  check_bad(idx_shape, head, sizeof head - 1, "no file can hold");
  static const char npy[] = "\x93NUMPY\1\0\x76\0{'descr': '<f4', 'fortran_order': False, 'shape': "
                            "(4294967296, 4294967296), }                                        \n";
  uint8_t file[128];
  memset(file, ' ', sizeof file);
  memcpy(file, npy, sizeof npy - 2);
  file[127] = '\n';
  check_bad(npy_shape, file, sizeof file, "4294967296");
}

Test(idx, the_shape_alone) {
  Tensor tensor;
  Diag diag;
  char shown[200];
  folder_put("t", idx_file, 12); /* the elements are not looked at */
  cr_assert(idx_shape(&ANYWHERE, "t", &tensor, &diag));
  cr_assert_str_eq(shape_show(&tensor.shape, shown), "[2, 3]");
  cr_assert_null(tensor.buffer);
}

/* ---- NPY ---- */

/* A file of version 1 with this header, as NumPy pads it, and these elements. */
static size_t make_npy(uint8_t into[8192], const char *header, const void *data, size_t bytes) {
  size_t length = strlen(header), padded = (10 + length + 1 + 63) / 64 * 64;
  memset(into, ' ', padded);
  memcpy(into, "\x93NUMPY\1\0", 8);
  into[8] = (uint8_t)((padded - 10) & 255), into[9] = (uint8_t)((padded - 10) >> 8);
  memcpy(into + 10, header, length);
  into[padded - 1] = '\n';
  if (bytes) memcpy(into + padded, data, bytes);
  return padded + bytes;
}

static const float six[6] = {0, 1, 2, 3, 4, 5.5f};

static void check_header(const char *header, const char *words) {
  uint8_t file[8192];
  check_bad(npy_read, file, make_npy(file, header, six, sizeof six), words);
}

static void check_reads(const char *header, const void *data, size_t bytes, const char *expected) {
  uint8_t file[8192];
  check_good(npy_read, file, make_npy(file, header, data, bytes), expected);
}

Test(npy, types_and_orders) {
  check_reads("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", six, 24,
              "f32[2, 3] [[0, 1, 2], [3, 4, 5.5]]");
  check_reads("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", six, 24,
              "f32[2, 3] [[0, 2, 4], [1, 3, 5.5]]");
  check_reads("{'shape':(3,2),\"fortran_order\":True,'descr':\"<f4\"}", six, 24,
              "f32[3, 2] [[0, 3], [1, 4], [2, 5.5]]");
  check_reads("{'descr': '>f8', 'fortran_order': False, 'shape': (), }", "\x3F\xF8\0\0\0\0\0\0", 8,
              "f64[] 1.5");
  check_reads("{'descr': '<f2', 'fortran_order': False, 'shape': (4,), }", "\0\x3E\0\x80\1\0\0\xFC",
              8, "f32[4] [1.5, -0, 5.96046e-8, -inf]");
  check_reads("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", "\1\0", 2,
              "bool[2] [true, false]");
  check_reads("{'descr': '|i1', 'fortran_order': False, 'shape': (2,), }", "\xFF\1", 2,
              "i32[2] [-1, 1]");
  check_reads("{'descr': '<u2', 'fortran_order': False, 'shape': (1,), }", "\xFF\xFF", 2,
              "i32[1] [65535]");
  check_reads("{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }",
              "\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8, "i32[1] [-2]");
  check_reads("{'descr': '<u4', 'fortran_order': False, 'shape': (1,), }", "\xFF\xFF\xFF\x7F", 4,
              "i32[1] [2147483647]");
  check_reads("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9223372036854775), }", NULL, 0,
              "f32[0, 9223372036854775] []");
  check_reads("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2, 3), }", six, 24,
              "f32[1, 2, 3] [[[0, 2, 4], [1, 3, 5.5]]]");
}

Test(npy, versions) {
  uint8_t file[8192];
  size_t length = make_npy(file, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", six,
                           sizeof six);
  memmove(file + 12, file + 10, length - 10); /* two more bytes of header length */
  for (uint8_t version = 2; version <= 3; version++) {
    file[6] = version;
    file[10] = file[11] = 0;
    check_good(npy_read, file, length + 2, "f32[2, 3] [[0, 1, 2], [3, 4, 5.5]]");
  }
  file[11] = 0xFF; /* a header of 4 GiB */
  check_bad(npy_read, file, length + 2, "most is");
  static const uint8_t versions[][2] = {{0, 0}, {1, 1}, {4, 0}, {255, 255}};
  for (int i = 0; i < COUNT_OF(versions); i++) {
    memcpy(file + 6, versions[i], 2);
    check_bad(npy_read, file, length + 2, "version");
  }
}

Test(npy, every_cut_is_refused) {
  uint8_t file[8192];
  size_t length = make_npy(file, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", six,
                           sizeof six);
  for (size_t cut = 0; cut < length; cut++) check_bad(npy_read, file, cut, "");
  check_bad(npy_read, file, length + 1, "25 follow");
  static const uint16_t sizes[] = {0, 117, 119, 142, 143, 0x7FFF, 0xFFFF};
  for (int i = 0; i < COUNT_OF(sizes); i++) {
    file[8] = (uint8_t)(sizes[i] & 255), file[9] = (uint8_t)(sizes[i] >> 8);
    check_bad(npy_read, file, length, "");
  }
}

Test(npy, shapes_that_are_none) {
  static const char *const shapes[] = {"(8589934592, 8589934592)",
                                       "(4294967296, 4294967296, 6)",
                                       "(4611686018427387910,)",
                                       "(-2, 3)",
                                       "(-1,)",
                                       "(6)",
                                       "[2, 3]",
                                       "(2.0,)",
                                       "(0x2,)",
                                       "(02, 3)",
                                       "(1, 1, 1, 1, 1, 1, 1, 2, 3)",
                                       "(1099511627776,)",
                                       "((((",
                                       "(2, 3",
                                       "(,)",
                                       "6",
                                       "",
                                       "(111111111111111111111111111,)",
                                       "(True, 6)"};
  for (int i = 0; i < COUNT_OF(shapes); i++) {
    char header[256];
    snprintf(header, sizeof header, "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }",
             shapes[i]);
    check_header(header, "");
  }
}

Test(npy, types_that_are_not_read) {
  static const char *const types[] = {"<f16",   "<c8", "|V4", "<V4", "|S4", "<U1",
                                      "<M8[s]", "!f4", "|f4", "f4",  "",    "<"};
  for (int i = 0; i < COUNT_OF(types); i++) {
    char header[256];
    snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (2, 3), }",
             types[i]);
    check_header(header, types[i]);
  }
  check_header("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }",
               "object arrays are never read");
  check_header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 3), }",
               "structured");
}

Test(npy, headers_that_are_none) {
  static const char *const headers[] = {
      "{'descr': '<f4', 'fortran_order': False}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'x': 1}",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
      "{'descr': '<f4', 'fortran_order': eval('False'), 'shape': (2, 3)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} x",
      "{'descr': '<f4' 'fortran_order': False}",
      "",
      "{}",
      "{",
      "{'descr': '<f\xE9', 'fortran_order': False, 'shape': (2, 3)}",
      "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}"};
  for (int i = 0; i < COUNT_OF(headers); i++) check_header(headers[i], "");
  uint8_t file[8192];
  size_t length = make_npy(file, "{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }",
                           "\1\2", 2);
  check_bad(npy_read, file, length, "0 or 1, not 2");
  length = make_npy(file, "{'descr': '<u4', 'fortran_order': False, 'shape': (2,), }",
                    "\1\0\0\0\0\0\0\x80", 8);
  check_bad(npy_read, file, length, "element 1 is 2147483648");
}

Test(npy, flips_do_no_harm) {
  uint8_t file[8192];
  size_t length = make_npy(file, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", six,
                           sizeof six);
  for (size_t bit = 0; bit < length * 8; bit++) {
    Tensor tensor;
    Diag diag = {0};
    file[bit / 8] ^= (uint8_t)(1 << bit % 8);
    folder_put("t", file, length);
    if (npy_read(&ANYWHERE, "t", &tensor, &diag)) tensor_release(&tensor);
    else cr_assert_eq(diag.status, STATUS_MALFORMED);
    file[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  cr_assert_eq(mem_used_bytes(), 0u);
}

/* What is written is read back, bit for bit, and begins its elements on a line of 64. */
Test(npy, round_trip) {
  static const int64_t dims[][3] = {{2, 3, 4}, {1, 0, 5}, {7, 1, 1}};
  for (int type = 0; type < DTYPE_COUNT; type++) {
    for (int rank = 0; rank <= 3; rank++)
      for (int which = 0; which < 3; which++) {
        Tensor tensor, back;
        Diag diag;
        Shape shape = shape_of(rank, dims[which]);
        cr_assert(tensor_new(&tensor, (Dtype)type, &shape, &diag));
        for (int64_t i = 0; i < tensor_count(&tensor); i++)
          tensor_set(&tensor, i,
                     type == DTYPE_BOOL ? (double)(i % 2)
                                        : (double)i * (type < DTYPE_F32 ? 1 : 0.1));
        cr_assert(npy_write(&ANYWHERE, "w.npy", &tensor, &diag));
        cr_assert(npy_read(&ANYWHERE, "w.npy", &back, &diag), "%s", diag.message);
        cr_assert(back.dtype == tensor.dtype && shape_equal(&back.shape, &shape));
        cr_assert_eq(memcmp(tensor_data(&back), tensor_data(&tensor), tensor_bytes(&tensor)), 0);
        uint8_t file[4096];
        cr_assert_eq((folder_get("w.npy", file, sizeof file) - tensor_bytes(&tensor)) % 64, 0u);
        tensor_release(&back);
        tensor_release(&tensor);
      }
  }
  Tensor shape;
  cr_assert(npy_shape(&ANYWHERE, "w.npy", &shape, NULL));
  cr_assert_null(shape.buffer);
}
