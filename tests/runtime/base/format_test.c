/* format_test.c — limits in the formats of messages: whole characters, and a mark at the cut. */
#include "runtime/base/base.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(format, a_limit_cuts_at_a_character_and_says_so) {
  char text[80];
  cr_assert_eq(text_print(text, sizeof text, "`%.4s` %d", "abcdé", 7), strlen("`abcd…` 7"));
  cr_assert_str_eq(text, "`abcd…` 7");
  text_print(text, sizeof text, "%.5s|%.6s|%.7s", "abcdé", "abcdé", "abcdé");
  cr_assert_str_eq(text, "abcd…|abcdé|abcdé");
  text_print(text, sizeof text, "%.0s%.*s", "gone", 2, "abc");
  cr_assert_str_eq(text, "ab"); /* no limits: nothing, and a part */
}

Test(format, the_other_conversions_stay_those_of_printf) {
  char text[160], other[160];
  const long long large = 1234567890123;
  const size_t size = 99;
  text_print(text, sizeof text, "%.3s %d%% %5lld|%-4u|%04x %zu %.2f %g %c %*d %s", "abc", -3, large,
             7u, 255u, size, 1.25, 0.5, 'z', 4, 12, "end");
  snprintf(other, sizeof other, "%s %d%% %5lld|%-4u|%04x %zu %.2f %g %c %*d %s", "abc", -3, large,
           7u, 255u, size, 1.25, 0.5, 'z', 4, 12, "end");
  cr_assert_str_eq(text, other);
}

Test(format, a_whole_that_does_not_fit_is_cut_at_a_character) {
  char text[8];
  for (size_t size = 0; size <= sizeof text; size++) {
    memset(text, 'x', sizeof text);
    cr_assert_eq(text_print(text, size, "%s", "ééééé"), 10u);
    const char *expected = size > 7 ? "éé…" : size > 5 ? "é…" : size > 4 ? "…" : "";
    if (size) cr_assert_str_eq(text, expected);
    cr_assert_eq(text_print(text, size, "%.8s", "ééééé"), 11u);
    if (size) cr_assert_str_eq(text, expected);
  }
}

Test(format, a_growing_text_has_the_same_limits) {
  Text text = {0};
  text_format(&text, "%.3s, %.9s", "ééé", "short");
  cr_assert_str_eq(text.data, "é…, short");
  cr_assert_eq(text.length, strlen("é…, short"));
  text_free(&text);
}
