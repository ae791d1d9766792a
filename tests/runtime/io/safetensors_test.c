/* safetensors_test.c — named tensors: what is read, refused, and written. */
#include "runtime/io/safetensors.h"
#include "tests/runtime/io/folder.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

TestSuite(safetensors, .init = folder_make, .fini = folder_remove);

static const Files ANYWHERE = {0};
static const float six[6] = {0, 1, 2, 3, 4, 5};

/* Writes a file of this header, with a length that may lie, and `bytes` bytes of elements. */
static void put_file(const char *header, size_t length, uint64_t told, const void *data,
                     size_t bytes) {
  Text text = {0};
  for (int i = 0; i < 8; i++) text_char(&text, (char)(told >> 8 * i & 255));
  text_add(&text, header, length);
  text_add(&text, data, bytes);
  folder_put("t", text.data, text.length);
  text_free(&text);
}

static void check_refused(const char *what, const char *words) {
  NamedList list;
  PairList metadata;
  Diag diag = {0};
  clock_t start = clock();
  cr_assert_not(safetensors_read(&ANYWHERE, "t", &list, &metadata, &diag), "%s", what);
  cr_assert_eq(diag.status, STATUS_MALFORMED, "%s: %d %s", what, diag.status, diag.message);
  cr_assert_not_null(strstr(diag.where, "t: byte "), "%s", diag.where);
  cr_assert_not_null(strstr(diag.message, words), "%s: %s", what, diag.message);
  cr_assert_lt((double)(clock() - start) / CLOCKS_PER_SEC, 60);
  cr_assert_eq(mem_used_bytes(), 0u);
}

static void check_header(const char *header, const char *words) {
  put_file(header, strlen(header), strlen(header), six, sizeof six);
  check_refused(header, words);
}

#define W "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}"
static const char good[] = W "}";

Test(safetensors, types) {
  static const struct {
    const char *type;
    const char *bytes;
    size_t size;
    const char *shown;
  } cases[] = {{"F32", "\0\0\xC0\x3F", 4, "f32 1.5"},
               {"F64", "\0\0\0\0\0\0\x04\xC0", 8, "f64 -2.5"},
               {"I32", "\xFE\xFF\xFF\xFF", 4, "i32 -2"},
               {"U8", "\xFF", 1, "u8 255"},
               {"BOOL", "\1", 1, "bool true"},
               {"F16", "\0\x3E", 2, "f32 1.5"},
               {"BF16", "\xC0\x3F", 2, "bf16 1.5"},
               {"I64", "\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8, "i32 -2"},
               {"I16", "\xFE\xFF", 2, "i32 -2"},
               {"I8", "\xFE", 1, "i32 -2"},
               {"U16", "\xFE\xFF", 2, "i32 65534"}};
  for (int i = 0; i < COUNT_OF(cases); i++) {
    char header[200];
    int length = snprintf(header, sizeof header,
                          "{\"w\":{\"dtype\":\"%s\",\"shape\":[],\"data_offsets\":[0,%zu]}}   ",
                          cases[i].type, cases[i].size);
    put_file(header, (size_t)length, (uint64_t)length, cases[i].bytes, cases[i].size);
    NamedList list;
    Diag diag;
    cr_assert(safetensors_read(&ANYWHERE, "t", &list, NULL, &diag), "%s", diag.message);
    Text text = {0};
    text_format(&text, "%s ", dtype_name(list.items[0].tensor.dtype));
    tensor_text(&list.items[0].tensor, &text);
    cr_assert_str_eq(text.data, cases[i].shown);
    text_free(&text);
    named_free(&list);
  }
}

Test(safetensors, lengths_that_lie) {
  uint64_t true_length = strlen(good);
  uint64_t lengths[] = {0,
                        true_length - 1,
                        true_length + 1,
                        100000001,
                        (uint64_t)1 << 31,
                        0xFFFFFFFF,
                        ((uint64_t)1 << 32) + true_length,
                        (uint64_t)1 << 63,
                        UINT64_MAX - 7,
                        UINT64_MAX,
                        __builtin_bswap64(true_length)};
  for (int i = 0; i < COUNT_OF(lengths); i++) {
    put_file(good, strlen(good), lengths[i], six, sizeof six);
    check_refused("length", "");
  }
  uint8_t file[200];
  put_file(good, strlen(good), true_length, six, sizeof six);
  size_t length = folder_get("t", file, sizeof file);
  for (size_t cut = 0; cut < length; cut++) {
    folder_put("t", file, cut);
    check_refused("cut", "");
  }
}

Test(safetensors, not_json) {
  static const char *const headers[] = {
      "\xEF\xBB\xBF" W "}",
      W "}//",
      W ",}",
      "{'w':1}",
      W "} x",
      "[]",
      "{\"w\":NaN}",
      "{\"w\":{\"dtype\":\"F32\",\"shape\":[+2,3],\"data_offsets\":[0,24]}}",
      "{\"w\":{\"dtype\":\"F32\",\"shape\":[02,3],\"data_offsets\":[0,24]}}",
      "{\"\\ud800\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}}",
      "{\"a\nb\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}}",
      "{\"\xFF\":{}}",
      "{\"\xC0\x80\":{}}",
      "{\"\xED\xA0\x80\":{}}",
      "{",
      "{\"w\"",
      "{\"w"};
  for (int i = 0; i < COUNT_OF(headers); i++) check_header(headers[i], "");
  put_file(W "}\0", sizeof good, sizeof good, six, sizeof six);
  check_refused("NUL after the brace", "00 follows");
}

Test(safetensors, depth) {
  for (int depth = 65; depth <= 1000000; depth = depth * 124) {
    Text text = {0};
    text_string(&text, "{\"a\":");
    for (int i = 0; i < depth; i++) text_string(&text, depth == 65 ? "[" : "{\"a\":");
    put_file(text.data, text.length, text.length, six, sizeof six);
    check_refused("depth", "64");
    text_free(&text);
  }
}

Test(safetensors, twice) {
  check_header(W ",\"\\u0077\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[24,24]}}",
               "duplicate");
  check_header(
      "{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}}",
      "duplicate");
  check_header(
      "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"shape\":[2,3],\"data_offsets\":[0,24]}}",
      "duplicate");
  check_header(W ",\"__metadata__\":{},\"__metadata__\":{}}", "duplicate");
  check_header(W ",\"__metadata__\":{\"a\":\"b\",\"a\":\"c\"}}", "duplicate");
}

Test(safetensors, numbers) {
  static const char *const numbers[] = {"-2",
                                        "-0",
                                        "2.0",
                                        "2e0",
                                        "1e400",
                                        "9223372036854775808",
                                        "18446744073709551616",
                                        "18446744073709551618",
                                        "\"2\"",
                                        "null",
                                        "true",
                                        "[2]"};
  for (int i = 0; i < COUNT_OF(numbers); i++) {
    char header[200];
    snprintf(header, sizeof header,
             "{\"w\":{\"dtype\":\"F32\",\"shape\":[%s,3],\"data_offsets\":[0,24]}}", numbers[i]);
    check_header(header, "");
    snprintf(header, sizeof header,
             "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[%s,24]}}", numbers[i]);
    check_header(header, "");
    snprintf(header, sizeof header,
             "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,%s]}}", numbers[i]);
    check_header(header, "");
  }
}

Test(safetensors, bytes_are_tiled) {
#define T(name, n, from, to) \
  "\"" name "\":{\"dtype\":\"F32\",\"shape\":[" n "],\"data_offsets\":[" from "," to "]}"
  check_header("{" T("a", "6", "0", "24") "," T("b", "6", "0", "24") "}", "overlap");
  check_header("{" T("a", "3", "0", "12") "," T("b", "4", "8", "24") "}", "overlap");
  check_header("{" T("a", "5", "4", "24") "}", "belong to no tensor");
  check_header("{" T("a", "5", "0", "20") "}", "belong to no tensor");
  check_header("{" T("a", "2", "0", "8") "," T("b", "2", "16", "24") "}", "belong to no tensor");
  check_header("{" T("a", "6", "24", "0") "}", "outside");
  check_header("{" T("a", "7", "0", "28") "}", "outside");
  check_header("{" T("a", "5", "0", "24") "}", "does not match its");
  check_header("{" T("a", "8589934592,8589934592", "0", "24") "}", "does not match its");
  check_header("{" T("a", "4611686018427387910", "0", "24") "}", "does not match its");
  check_header("{" T("a", "1,1,1,1,1,1,1,2,3", "0", "24") "}", "9 axes");
  check_header("{\"a\":{\"dtype\":\"C64\",\"shape\":[3],\"data_offsets\":[0,24]}}", "C64");
  check_header("{\"a\":{\"dtype\":\"F32\",\"shape\":[6],\"data_offsets\":[0,24],\"x\":1}}",
               "more than");
  check_header("{\"a\":[]}", "not an object");
  check_header(W ",\"__metadata__\":{\"a\":1}}", "texts");
}

Test(safetensors, something_else) {
  static const struct {
    const char *bytes;
    const char *words;
  } files[] = {{"\x80\x04\x95xxxxxxxxxxxx", "pickle"},
               {"GGUFxxxxxxxxxxxxx", "GGUF"},
               {"PK\3\4xxxxxxxxxxxx", "zip"},
               {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFxx", "safetensors"}};
  for (int i = 0; i < COUNT_OF(files); i++) {
    folder_put("t", files[i].bytes, strlen(files[i].bytes));
    check_refused(files[i].words, files[i].words);
  }
  static const uint8_t zeros[100];
  folder_put("t", zeros, sizeof zeros);
  check_refused("zeros", "safetensors");
}

Test(safetensors, many_and_long, .timeout = 600) {
  Text text = {0};
  for (int i = 0; i < 20000; i++)
    text_format(&text, "%c\"t%d\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[%d,%d]}",
                i ? ',' : '{', i, i, i + 1);
  text_char(&text, '}');
  static uint8_t bytes[20000];
  put_file(text.data, text.length, text.length, bytes, sizeof bytes);
  NamedList list;
  Diag diag;
  cr_assert(safetensors_read(&ANYWHERE, "t", &list, NULL, &diag), "%s", diag.message);
  cr_assert_eq(list.count, 20000);
  cr_assert_str_eq(list.items[777].name, "t777");
  named_free(&list);
  text_free(&text);
  text_string(&text, "{\"");
  for (int i = 0; i < 100000; i++) text_string(&text, "0123456789");
  text_string(&text, "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}");
  put_file(text.data, text.length, text.length, bytes, 1);
  cr_assert(safetensors_read(&ANYWHERE, "t", &list, NULL, &diag), "%s", diag.message);
  cr_assert_eq(strlen(list.items[0].name), 1000000u);
  named_free(&list);
  text_free(&text);
}

Test(safetensors, flips_do_no_harm) {
  uint8_t file[200];
  put_file(good, strlen(good), strlen(good), six, sizeof six);
  size_t length = folder_get("t", file, sizeof file);
  for (size_t bit = 0; bit < length * 8; bit++) {
    NamedList list;
    Diag diag = {0};
    file[bit / 8] ^= (uint8_t)(1 << bit % 8);
    folder_put("t", file, length);
    if (safetensors_read(&ANYWHERE, "t", &list, NULL, &diag)) named_free(&list);
    else cr_assert_eq(diag.status, STATUS_MALFORMED);
    file[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(safetensors, round_trip) {
  NamedList list = {0}, back;
  PairList metadata = {0}, told;
  Diag diag;
  for (int type = 0; type < DTYPE_COUNT; type++)
    for (int rank = 0; rank < 3; rank++) {
      Tensor tensor;
      char name[32];
      cr_assert(tensor_new(&tensor, (Dtype)type, &(Shape){rank, {3, 5}}, &diag));
      for (int64_t i = 0; i < tensor_count(&tensor); i++)
        tensor_set(&tensor, i,
                   type == DTYPE_BOOL ? (double)(i & 1) : (double)i + 0.5 * (type >= DTYPE_F32));
      named_add(&list, name, (size_t)snprintf(name, sizeof name, "θ.%d.\"%d\"", type, rank),
                tensor);
    }
  pair_add(&metadata, "format", "gd");
  pair_add(&metadata, "note", "a \"quote\"\n");
  cr_assert(safetensors_write(&ANYWHERE, "t", &list, &metadata, &diag), "%s", diag.message);
  cr_assert(safetensors_read(&ANYWHERE, "t", &back, &told, &diag), "%s", diag.message);
  cr_assert_eq(back.count, list.count);
  for (int64_t i = 0; i < list.count; i++) {
    const Tensor *was = &list.items[i].tensor;
    const Named *is = named_find(&back, list.items[i].name, strlen(list.items[i].name));
    cr_assert(is && is->tensor.dtype == was->dtype && shape_equal(&is->tensor.shape, &was->shape));
    cr_assert_eq(memcmp(tensor_data(&is->tensor), tensor_data(was), tensor_bytes(was)), 0);
  }
  cr_assert_eq(told.count, 2);
  cr_assert_str_eq(pair_find(&told, "note"), "a \"quote\"\n");
  cr_assert_null(pair_find(&told, "nothing"));
  pair_free(&told);
  pair_free(&metadata);
  named_free(&back);
  named_free(&list);
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(safetensors, names_that_cannot_be_written) {
  static const char *const names[] = {"__metadata__", "\xFF", "w"};
  for (int i = 0; i < COUNT_OF(names); i++) {
    NamedList list = {0};
    Diag diag;
    named_add(&list, "w", 1, tensor_scalar(DTYPE_F32, 1));
    named_add(&list, names[i], strlen(names[i]), tensor_scalar(DTYPE_F32, 1));
    cr_assert_not(safetensors_write(&ANYWHERE, "t", &list, NULL, &diag));
    cr_assert_eq(diag.status, STATUS_FAILED);
    cr_assert_eq(folder_count(), 0);
    named_free(&list);
  }
}

Test(safetensors, in_memory_once) {
  enum { COUNT = 1 << 20 };
  NamedList list = {0}, read;
  Tensor tensor;
  Diag diag = {0};
  Shape shape = shape_of(1, (int64_t[]){COUNT});
  cr_assert(tensor_zeros(&tensor, DTYPE_F32, &shape, &diag));
  named_add(&list, "x", 1, tensor);
  cr_assert(safetensors_write(&ANYWHERE, "big.safetensors", &list, NULL, &diag));
  named_free(&list);
  mem_budget(mem_used_bytes() + (size_t)COUNT * 4 + (1 << 18));
  cr_assert(safetensors_read(&ANYWHERE, "big.safetensors", &read, NULL, &diag), "%s", diag.message);
  named_free(&read);
}
