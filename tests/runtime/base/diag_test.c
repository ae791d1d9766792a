/* diag_test.c — a Diag holds its text, cut where it is too long. */
#include "runtime/base/diag.h"

#include <criterion/criterion.h>
#include <string.h>

Test(diag, one_mistake_replaces_another) {
  Diag diag;
  memset(&diag, 0x55, sizeof diag);
  cr_assert_not(diag_fail(&diag, STATUS_FAILED, (Span){1, 2, 3}, "%s %d", "axis", 7));
  cr_assert_str_eq(diag.message, "axis 7");
  cr_assert_str_eq(diag.label, "");
  cr_assert_str_eq(diag.help, "");
  cr_assert_str_eq(diag.where, "");
  cr_assert_eq(diag.note_count, 0);
  diag_help(&diag, "so");
  for (int i = 0; i < 5; i++) diag_note(&diag, (Span){1, 4, 5}, "note %d", i);
  cr_assert_eq(diag.note_count, DIAG_NOTES);
  diag_data(&diag, STATUS_MALFORMED, "a.csv: line 1 column 2", "bad %s", "cell");
  cr_assert_str_eq(diag.where, "a.csv: line 1 column 2");
  cr_assert_str_eq(diag.message, "bad cell");
  cr_assert_str_eq(diag.help, "");
  cr_assert_eq(diag.status, STATUS_MALFORMED);
}

Test(diag, long_text_is_cut_at_a_character) {
  Diag diag;
  Text text = {0};
  for (int i = 0; i < DIAG_MESSAGE; i++) text_string(&text, "é");
  for (int shift = 0; shift < 3; shift++) {
    diag_fail(&diag, STATUS_FAILED, (Span){0, 0, 0}, "%.*s%s", shift, "abc", text.data);
    size_t length = strlen(diag.message);
    cr_assert_lt(length, sizeof diag.message);
    cr_assert_str_eq(diag.message + length - 3, "…");
    for (size_t at = 0; at < length;) {
      uint32_t code;
      size_t size = text_decode(diag.message + at, length - at, &code);
      cr_assert_gt(size, 0u);
      at += size;
    }
  }
  text_free(&text);
}

Test(diag, nobody_has_to_listen) {
  cr_assert_not(diag_fail(NULL, 1, (Span){0, 0, 0}, "x"));
  cr_assert_not(diag_data(NULL, 1, "w", "x"));
  cr_assert_not(diag_help(NULL, "x"));
  cr_assert_not(diag_note(NULL, (Span){0, 0, 0}, "x"));
}
