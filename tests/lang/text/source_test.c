/* source_test.c — loading texts, places, and bytes that are no text (FAULTS.md, group A). */
#include "tests/lang/parsing.h"
#include "tests/tools/scratch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

Test(source, places_count_code_points_from_one) {
  Diag diag = {0};
  Sources *sources = sources_new();
  uint32_t file = source_load_text(sources, "a.gd",
                                   "\xef\xbb\xbf"
                                   "xy\nθ = é\r\n\nlast",
                                   20, &diag);
  SourcePlace place = source_place(sources, (Span){file, 3, 4});
  cr_assert(place.line == 1 && place.column == 1, "a byte order mark is not counted");
  place = source_place(sources, (Span){file, 4, 5});
  cr_assert(place.line == 1 && place.column == 2);
  place = source_place(sources, (Span){file, 11, 13});
  cr_assert(place.line == 2 && place.column == 5, "%u:%u", place.line, place.column);
  place = source_place(sources, (Span){file, 20, 20});
  cr_assert(place.line == 4 && place.column == 5, "%u:%u", place.line, place.column);
  uint32_t start, end;
  cr_assert(source_line(source_at(sources, file), 2, &start, &end));
  cr_assert(start == 6 && end == 13, "the carriage return is no part of the line");
  cr_assert_not(source_line(source_at(sources, file), 5, &start, &end));
  cr_assert_eq(source_place(sources, (Span){0, 0, 0}).line, 0u);
  cr_assert_null(source_at(sources, 7));
  sources_free(sources);
}

Test(source, what_is_no_regular_file_is_missing) {
  Diag diag = {0};
  Sources *sources = sources_new();
  cr_assert_eq(source_load_file(sources, NULL, "/nonexistent/file.gd", &diag), 0u);
  cr_assert_eq(diag.status, STATUS_MISSING);
  cr_assert_eq(source_load_file(sources, NULL, "/", &diag), 0u);
  cr_assert_eq(diag.status, STATUS_MISSING);
  cr_assert(strstr(diag.message, "folder"));
  char path[SCRATCH_PATH];
  cr_assert(scratch_make(path, "source"));
  char fifo[64];
  snprintf(fifo, sizeof fifo, "%s/fifo", path);
  cr_assert_eq(mkfifo(fifo, 0600), 0);
  cr_assert_eq(source_load_file(sources, NULL, fifo, &diag), 0u,
               "a FIFO without a writer does not hang");
  cr_assert_eq(diag.status, STATUS_MISSING);
  unlink(fifo);
  rmdir(path);
  sources_free(sources);
}

Test(source, a_file_is_read_whole) {
  char folder[SCRATCH_PATH], path[64];
  cr_assert(scratch_make(folder, "source"));
  snprintf(path, sizeof path, "%s/text", folder);
  int descriptor = open(path, O_CREAT | O_WRONLY, 0600);
  Text text = repeated("", "let x = 1 # padding\n", 40000, "x");
  cr_assert_eq(write(descriptor, text.data, text.length), (ssize_t)text.length);
  close(descriptor);
  Diag diag = {0};
  Sources *sources = sources_new();
  uint32_t file = source_load_file(sources, NULL, path, &diag);
  cr_assert_eq(file, 1u);
  cr_assert_eq(source_at(sources, file)->length, text.length);
  cr_assert_str_eq(source_at(sources, file)->text, text.data);
  unlink(path);
  rmdir(folder);
  sources_free(sources);
  text_free(&text);
}

/* A1: nothing to run is no error. */
Test(source, empty_texts_are_fine) {
  check_fine("", 0);
  check_fine("\n", 1);
  check_fine(" ", 1);
  check_fine("\xef\xbb\xbf", 3);
  check_fine("\xef\xbb\xbf"
             "x = 1\n",
             9);
  check_fine("#!/usr/bin/env gd\nx = 1\n", 24);
}

/* A5, A6, A25: every control byte in every kind of place. */
Test(source, control_bytes_are_refused_where_they_stand) {
  static const char *const places[] = {
      "@", "x = @1", "na@me = 1", "x = \"te@xt\"", "# com@ment\nx = 1", "x = 1@"};
  for (int place = 0; place < COUNT_OF(places); place++) {
    for (int byte = 0; byte < 0x80; byte++) {
      if ((byte >= 0x20 && byte != 0x7f) || byte == '\n' || byte == '\t') continue;
      char text[64];
      size_t length = strlen(places[place]),
             at = (size_t)(strchr(places[place], '@') - places[place]);
      memcpy(text, places[place], length + 1);
      text[at] = (char)byte;
      const char *expected = byte == '\r' ? "bare carriage return"
                             : byte == 0  ? "NUL byte"
                                          : "control byte";
      check_error_in(text, length, 1, (unsigned)at + 1, expected);
    }
  }
  check_fine("x = 1\r\ny = 2\r\n", 14);
  check_error("x = 1\r\r\ny = 2", 1, 6, "bare carriage return");
}

/* A8 */
Test(source, broken_utf8_is_refused_at_its_first_byte) {
  static const char *const bad[] = {
      "\x80",         "\xc0\xaf",         "\xc0\x80",         "\xe0\x80\xaf",
      "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xfe",
      "\xff",         "\xe2\x82",         "\xf0\x9f\x98",     "\xce"};
  static const char *const places[] = {"x = 1 # ", "x = \"", "x"};
  for (int i = 0; i < COUNT_OF(bad); i++) {
    for (int place = 0; place < COUNT_OF(places); place++) {
      char text[64];
      snprintf(text, sizeof text, "%s%s\"", places[place], bad[i]);
      check_error(text, 1, (unsigned)strlen(places[place]) + 1, "invalid UTF-8");
      text[strlen(text) - 1] = '\0'; /* cut at the end of the file */
      check_error(text, 1, (unsigned)strlen(places[place]) + 1, "invalid UTF-8");
    }
  }
}

/* A3, A4, A9, A25 */
Test(source, characters_that_deceive_are_refused) {
  check_error("x = 1 \xef\xbb\xbf", 1, 7, "byte order mark");
  check_error_in("\xff\xfex\0", 4, 1, 1, "looks like UTF-16");
  check_error_in("\xfe\xff\0x", 4, 1, 1, "looks like UTF-16");
  check_error_in("x\0=\0", 4, 1, 1, "looks like UTF-16");
  static const char *const bidi[] = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066",
                                     "\u2067", "\u2068", "\u2069", "\u200e", "\u200f", "\u061c"};
  for (int i = 0; i < COUNT_OF(bidi); i++) {
    char text[64];
    snprintf(text, sizeof text, "# %s", bidi[i]);
    check_error(text, 1, 3, "bidirectional");
    snprintf(text, sizeof text, "x = \"%s\"", bidi[i]);
    check_error(text, 1, 6, "bidirectional");
  }
  check_error("x = 1 # \u2028", 1, 9, "line separator");
  check_error("x = 1 # \xc2\x85", 1, 9, "control character");
  check_fine("x = \"\\u{202e}\"", 14);
}
