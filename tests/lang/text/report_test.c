/* report_test.c — mistakes collected and shown (LANGUAGE.md section 13; FAULTS.md, B9 to B12). */
#include "tests/lang/parsing.h"

static Sources *sources_with(const char *name, const char *text) {
  Diag diag = {0};
  Sources *sources = sources_new();
  source_load_text(sources, name, text, strlen(text), &diag);
  return sources;
}

static void check_rendered(const Sources *sources, const Diag *diag, const char *expected) {
  Text text = {0};
  report_render(&text, sources, diag, false);
  cr_assert_str_eq(text.data, expected, "gives\n%sexpected\n%s", text.data, expected);
  text_free(&text);
}

static const char PAGE[] =
    "\n\n\n\n\n\n\n\nlet W1 = zeros(768, 128)\n\n\n  fn forward(x) = relu(x @ W1) @ W2\n";

/* The very example of section 13. */
Test(report, the_form_of_the_page) {
  Sources *sources = sources_with("digits.gd", PAGE);
  uint32_t at = (uint32_t)(strstr(PAGE, "x @ W1") - PAGE),
           made = (uint32_t)(strstr(PAGE, "zeros") - PAGE);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, (Span){1, at, at + 6}, "shapes do not fit in `@`");
  diag_label(&diag, "[64, 784] @ [768, 128]: 784 and 768 differ");
  diag_note(&diag, (Span){1, made, made + 5}, "W1 is [768, 128], made here");
  diag_help(&diag, "he_normal(784, 128) would fit");
  check_rendered(
      sources, &diag,
      "error: shapes do not fit in `@`\n  --> digits.gd:12:24\n   |\n12 |   fn forward(x) = relu(x "
      "@ W1) @ W2\n"
      "   |                        ^^^^^^ [64, 784] @ [768, 128]: 784 and 768 differ\n   |\n"
      "note: W1 is [768, 128], made here\n  --> digits.gd:9:10\nhelp: he_normal(784, 128) would "
      "fit\n");
  sources_free(sources);
}

Test(report, places_without_a_script) {
  Diag diag = {0};
  diag_data(&diag, STATUS_MALFORMED, "iris.csv: line 3 column 2", "`abc` is not a number");
  check_rendered(NULL, &diag, "error: `abc` is not a number\n --> iris.csv: line 3 column 2\n");
  diag_fail(&diag, STATUS_USAGE, (Span){0, 0, 0}, "unknown option");
  diag_help(&diag, "gd --help");
  check_rendered(NULL, &diag, "error: unknown option\nhelp: gd --help\n");
}

static void check_carets(const char *line, const char *under, const char *expected) {
  Sources *sources = sources_with("t.gd", line);
  uint32_t at = (uint32_t)(strstr(line, under) - line);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, (Span){1, at, at + (uint32_t)strlen(under)}, "m");
  Text text = {0};
  report_render(&text, sources, &diag, false);
  const char *shown = strstr(text.data, "  |\n") + 4;
  cr_assert_str_eq(shown, expected, "gives\n%sexpected\n%s", shown, expected);
  text_free(&text);
  sources_free(sources);
}

Test(report, carets_stand_under_their_range_whatever_the_line_holds) {
  check_carets("\tx = bad", "bad", "1 |     x = bad\n  |         ^^^\n");
  check_carets("a\tbad\tc", "bad\tc", "1 | a   bad c\n  |     ^^^^^\n");
  check_carets("θ₀ = bad", "bad", "1 | θ₀ = bad\n  |      ^^^\n");
  check_carets("名前 = bad", "bad", "1 | 名前 = bad\n  |        ^^^\n");
  check_carets("e\u0301 = bad", "bad", "1 | e\u0301 = bad\n  |     ^^^\n");
  check_carets("x\x1b = bad", "bad", "1 | x\\x1b = bad\n  |         ^^^\n");
  check_carets("x\xff = bad", "bad", "1 | x\\xff = bad\n  |         ^^^\n");
  check_carets("bad\r\nnext", "bad", "1 | bad\n  | ^^^\n");
}

Test(report, a_range_of_several_lines_shows_its_first) {
  check_carets("let x = f(1,\n  2,\n  3)", "f(1,\n  2,\n  3)",
               "1 | let x = f(1,\n  |         ^^^^\n");
}

Test(report, an_empty_range_has_a_caret) { check_carets("x = ", "", "1 | x = \n  | ^\n"); }

Test(report, long_lines_are_cut_to_a_window) {
  Text line = repeated("x = ", "abcdefgh ", 100000, "bad");
  text_string(&line, " more more more more more more more more more more more more more more more "
                     "more more more more more more");
  Sources *sources = sources_with("t.gd", line.data);
  uint32_t at = (uint32_t)(strstr(line.data, "bad") - line.data);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, (Span){1, at, at + 3}, "m");
  Text text = {0};
  report_render(&text, sources, &diag, false);
  cr_assert_lt(text.length, 600u);
  char *source = strstr(text.data, "\n1 | ") + 1, *carets = strchr(source, '\n') + 1;
  cr_assert(strncmp(source + 4, "…", 3) == 0 && strstr(source, "…\n"), "%s", text.data);
  /* The ellipsis takes one column and three bytes. */
  cr_assert_eq(strstr(source, "bad") - source - 2, strchr(carets, '^') - carets, "%s", text.data);
  text_free(&text);
  text_free(&line);
  sources_free(sources);
}

/* B10, B11, B12 */
Test(report, names_are_cut_and_text_is_never_a_format_or_an_escape) {
  char buffer[NAME_SIZE];
  Text name = repeated("", "n", 60000, "");
  cr_assert_eq(strlen(name_shown(name.data, name.length, buffer)), NAME_SHOWN + 3u);
  cr_assert_str_eq(buffer + NAME_SHOWN, "...");
  text_free(&name);
  cr_assert_str_eq(name_shown("a\x1b[31m", 6, buffer), "a\\x1b[31m");
  cr_assert_str_eq(name_shown("%n%s", 4, buffer), "%n%s");
  Text greek = repeated("", "θ", 40, "");
  name_shown(greek.data, greek.length, buffer);
  cr_assert_str_eq(buffer + 64, "...");
  text_free(&greek);
  Text call = repeated("f(1 ", "n", 60000, ")");
  check_error_in(call.data, call.length, 1, 5, "nnnn...`");
  text_free(&call);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, (Span){0, 0, 0}, "%s", "\x1b]0;title\x07%n%s");
  check_rendered(NULL, &diag, "error: \\x1b]0;title\\x07%n%s\n");
}

Test(report, never_more_than_four_kilobytes) {
  Text wide = repeated("x = ", "\xc2\x85", 2000, ""); /* shown as eight columns each */
  Sources *sources = sources_with("t.gd", wide.data);
  Diag diag = {0};
  Text long_text = repeated("", "\x1b", 700, "");
  diag_fail(&diag, STATUS_FAILED, (Span){1, 4, 4000}, "%s", long_text.data);
  diag_label(&diag, "%s", long_text.data);
  diag_help(&diag, "%s", long_text.data);
  for (int i = 0; i < DIAG_NOTES; i++) diag_note(&diag, (Span){1, 4, 5}, "%s", long_text.data);
  Text text = {0};
  report_render(&text, sources, &diag, true);
  cr_assert_leq(text.length, (size_t)REPORT_BYTES);
  cr_assert_eq(text.data[text.length - 1], '\n');
  text_free(&text);
  text_free(&long_text);
  text_free(&wide);
  sources_free(sources);
}

Test(report, colours_only_when_asked) {
  Sources *sources = sources_with("t.gd", "bad");
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, (Span){1, 0, 3}, "m");
  Text text = {0};
  report_render(&text, sources, &diag, true);
  cr_assert(strstr(text.data, "\x1b[1;31merror:\x1b[0m"));
  text_free(&text);
  report_render(&text, sources, &diag, false);
  cr_assert_null(strchr(text.data, '\x1b'));
  text_free(&text);
  sources_free(sources);
}

Test(report, one_line_of_json) {
  Sources *sources = sources_with("a\"b.gd", "x = bad\n");
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, (Span){1, 4, 7}, "quote \" and \x01");
  diag_note(&diag, (Span){1, 0, 1}, "here");
  Text text = {0};
  report_json(&text, sources, &diag);
  cr_assert_str_eq(
      text.data,
      "{\"event\":\"error\",\"status\":1,\"message\":\"quote \\\" and "
      "\\u0001\",\"file\":\"a\\\"b.gd\",\"line\":1,\"column\":5,\"end_line\":1,\"end_column\":8,"
      "\"notes\":[{\"message\":\"here\",\"file\":\"a\\\"b.gd\",\"line\":1,\"column\":1}]}\n");
  text_free(&text);
  sources_free(sources);
}

Test(report, sorted_once_each_and_at_most_twenty) {
  Report report = {0};
  for (uint32_t i = 30; i-- > 0;)
    report_warning(&report, (Span){1, 100 + i, 101 + i}, "warning %u", i);
  cr_assert_eq(report.count, REPORT_LIMIT);
  cr_assert_eq(report_status(&report), 0);
  for (uint32_t i = 10; i-- > 0;) {
    report_error(&report, (Span){1, 10 * i, 10 * i + 1}, "error %u", i);
    report_error(&report, (Span){1, 10 * i, 10 * i + 2}, "again");
  }
  cr_assert_eq(report.errors, 10, "%d", report.errors);
  cr_assert_eq(report.count, REPORT_LIMIT, "errors take the places of warnings");
  cr_assert_eq(report_status(&report), STATUS_MALFORMED);
  Sources *sources = sources_with("t.gd", "");
  Text text = {0};
  report_show(&text, sources, &report, false, false);
  for (int i = 1; i < report.count; i++)
    cr_assert_leq(report.items[i - 1].span.start, report.items[i].span.start);
  cr_assert_null(strstr(text.data, "again"));
  for (uint32_t i = 0; i < 100; i++) report_error(&report, (Span){1, 1000 + i, 1001 + i}, "many");
  cr_assert(report_full(&report));
  cr_assert_eq(report.count, REPORT_LIMIT);
  report_clear(&report);
  text_free(&text);
  sources_free(sources);
}

/* However much there is to say and however long the path. */
Test(report, a_line_of_json_is_short_too) {
  char name[4000] = "", message[700];
  memset(name, 'd', sizeof name - 1);
  memset(message, 1, sizeof message - 1); /* six bytes each when quoted */
  message[sizeof message - 1] = '\0';
  Sources *sources = sources_new();
  Diag load = {0};
  uint32_t file = source_load_text(sources, name, "x = y\n", 6, &load);
  Diag diag = {0};
  diag_fail(&diag, STATUS_MALFORMED, (Span){file, 0, 1}, "%s", message);
  for (int i = 0; i < DIAG_NOTES; i++) diag_note(&diag, (Span){file, 4, 5}, "%s", message);
  Text text = {0};
  report_json(&text, sources, &diag);
  cr_assert_leq(text.length, 4096u);
  cr_assert(strncmp(text.data, "{\"event\":\"error\"", 16) == 0 &&
                strcmp(text.data + text.length - 2, "}\n") == 0,
            "%s", text.data);
  text_free(&text);
  sources_free(sources);
}
