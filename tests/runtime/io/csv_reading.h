/* csv_reading.h — a table read from a text, as the tests of csv.h do it: what it gives, or the
 * place and the words of the mistake. */
#ifndef GD_TESTS_CSV_READING_H
#define GD_TESTS_CSV_READING_H

#include "runtime/io/csv.h"
#include "tests/runtime/io/folder.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const Files ANYWHERE = {0};
static const CsvOptions PLAIN = {.dtype = DTYPE_F32};
static const CsvName KIND = {.name = "kind"}, Y = {.name = "y"}, B = {.name = "b"};
#define TARGET(name) .targets = {&(name), 1}

static inline bool read_text(const char *text, size_t length, const CsvOptions *options, Csv *csv,
                             Diag *diag) {
  *diag = (Diag){0};
  folder_put("t.csv", text, length);
  return csv_read(&ANYWHERE, "t.csv", options, csv, diag);
}

static inline Csv read_good(const char *text, const CsvOptions *options) {
  Csv csv;
  Diag diag;
  cr_assert(read_text(text, strlen(text), options, &csv, &diag), "%s: %s", diag.where,
            diag.message);
  return csv;
}

static inline void check_tensor(const Tensor *tensor, const char *expected) {
  Text text = {0};
  tensor_text(tensor, &text);
  cr_assert_str_eq(text.data, expected);
  text_free(&text);
}

/* The file is refused with 65, at this line and column, and the message holds `words`. */
static inline void check_bad_bytes(const char *text, size_t length, const CsvOptions *options,
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

static inline void check_bad(const char *text, const char *place, const char *words) {
  check_bad_bytes(text, strlen(text), &PLAIN, place, words);
}

#endif
