/* text_test.c — growing strings, showing foreign bytes, and the distance of names. */
#include "runtime/base/base.h"

#include <criterion/criterion.h>
#include <string.h>

Test(text, grows_and_keeps_a_nul) {
  Text text = {0};
  for (int i = 0; i < 1000; i++) {
    text_format(&text, "%d,", i);
    cr_assert_eq(text.data[text.length], 0);
  }
  cr_assert_eq(text.length, 10u * 2 + 90 * 3 + 900 * 4);
  cr_assert_str_eq(text.data + text.length - 4, "999,");
  text_free(&text);
  cr_assert_null(text.data);
}

Test(text, an_empty_string_is_a_string) {
  Text text = {0};
  text_string(&text, "");
  cr_assert_str_eq(text.data, "");
  text_free(&text);
}

static void check_escaped(const char *bytes, size_t length, const char *expected) {
  Text text = {0};
  text_string(&text, "");
  text_escaped(&text, bytes, length);
  cr_assert_str_eq(text.data, expected);
  text_free(&text);
}

Test(text, control_bytes_and_broken_utf8_are_shown) {
  check_escaped("a\x1b]0;x", 6, "a\\x1b]0;x");
  check_escaped("a\0b", 3, "a\\x00b");
  check_escaped("θ é", strlen("θ é"), "θ é");
  check_escaped("\x80", 1, "\\x80");
  check_escaped("\xC0\xAF", 2, "\\xc0\\xaf");
  check_escaped("\xED\xA0\x80", 3, "\\xed\\xa0\\x80");
  check_escaped("\xF4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80");
  check_escaped("\xE2\x82", 2, "\\xe2\\x82");
  check_escaped("\xE2\x80\xAE", 3, "\\u{202e}");
  check_escaped("\xC2\x9B", 2, "\\xc2\\x9b");
  check_escaped("%n%s", 4, "%n%s");
}

Test(text, code_points_come_back) {
  static const uint32_t codes[] = {0,      0x7F,   0x80,   0x7FF,   0x800,
                                   0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
  for (int i = 0; i < COUNT_OF(codes); i++) {
    Text text = {0};
    uint32_t code = 1;
    text_code_point(&text, codes[i]);
    cr_assert_eq(text_decode(text.data, text.length, &code), text.length);
    cr_assert_eq(code, codes[i]);
    for (size_t cut = 0; cut < text.length; cut++)
      cr_assert_eq(text_decode(text.data, cut, &code), 0u);
    text_free(&text);
  }
}

Test(text, distance_counts_edits) {
  static const struct {
    const char *a, *b;
    int distance;
  } cases[] = {{"", "", 0},
               {"loss", "loss", 0},
               {"loss", "lsos", 1},
               {"loss", "los", 1},
               {"loss", "losss", 1},
               {"loss", "less", 1},
               {"optimiser", "optimizer", 1},
               {"ca", "abc", 3},
               {"kitten", "sitting", 3},
               {"abcd", "badc", 2}};
  for (int i = 0; i < COUNT_OF(cases); i++) {
    cr_assert_eq(text_distance(cases[i].a, cases[i].b, 5), cases[i].distance, "%s %s", cases[i].a,
                 cases[i].b);
    cr_assert_eq(text_distance(cases[i].b, cases[i].a, 5), cases[i].distance, "%s %s", cases[i].b,
                 cases[i].a);
  }
  cr_assert_eq(text_distance("kitten", "sitting", 2), 3);
  cr_assert_eq(text_distance("abcdef", "", 2), 3);
}
