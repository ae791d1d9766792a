/* lines_test.c — what a session of many lines holds. */
#include "lang/lang.h"

#include <criterion/criterion.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

static Text heard;

static void hear(void *context, const char *text, size_t length) {
  (void)context;
  text_add(&heard, text, length);
}

static void line(Session *session, int status, const char *text, const char *shows) {
  Text shown = {0};
  heard.length = 0;
  cr_assert_eq(session_line(session, text, strlen(text), &shown), status, "%s: %s", text,
               heard.data);
  if (shows) cr_assert_str_eq(shown.data ? shown.data : "", shows, "%s", text);
  text_free(&shown);
}

/* Every kind of line that leaves nothing: values, names given anew, functions declared anew,
 * mistakes of both kinds. */
static void lines(Session *session, int from, int to) {
  static const char *const forms[] = {
      "%d + 1",    "let again = [%d, 2]", "fn last(x) = x * %d",        "(fn(x) = x + %d)(1)",
      "again[%d]", "unknown_%d",          "let t = tensor([%d, 1]) * 2"};
  for (int i = from; i < to; i++) {
    char text[80];
    snprintf(text, sizeof text, forms[i % 7], i % 7 == 5 ? 1 : i + 2);
    line(session, i % 7 == 4 ? 1 : i % 7 == 5 ? 65 : 0, text, NULL);
  }
}

static size_t held(void) {
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

static int many(Session *session, void *context) {
  (void)context;
  lines(session, 0, 10000);
  size_t before = held();
  lines(session, 10000, 100000);
  size_t after = held();
  cr_assert_lt(after, before + (16 << 20), "%zu bytes before, %zu after", before, after);
  return 0;
}

Test(lines, a_hundred_thousand_leave_little, .timeout = 600) {
#if defined(__SANITIZE_ADDRESS__)
  cr_skip_test("the sanitizer's own malloc does not tell what is held");
#endif
  SessionOptions options = {.options = {.threads = 1}, .say = hear};
  cr_assert_eq(session_run(&options, many, NULL), 0);
}

/* Functions run, are described and tell where a mistake is, however many lines ago they were typed.
 */
static int functions(Session *session, void *context) {
  (void)context;
  line(session, 0, "fn half(x) = x / 2", NULL);
  line(session, 0, "let twice = fn(x) { x * 2 }", NULL);
  line(session, 0, "fn first(xs) = xs[9]", NULL);
  line(session, 0, "model Unit() { param w = 3; fn forward(x) = w * x }", NULL);
  line(session, 0, "let unit = Unit()", NULL);
  lines(session, 0, 2000);
  line(session, 0, "half(3) + twice(4)", "9.5\n");
  line(session, 0, "unit(2)", "6\n");
  line(session, 1, "first([1, 2])", NULL);
  cr_assert(strstr(heard.data, "xs[9]"), "%s", heard.data);
  Text text = {0};
  cr_assert(session_describe(session, "half", &text));
  cr_assert(strstr(text.data, "fn half(x)"), "%s", text.data);
  text_free(&text);
  return 0;
}

Test(lines, what_is_alive_keeps_its_line, .timeout = 600) {
  SessionOptions options = {.options = {.threads = 1}, .say = hear};
  cr_assert_eq(session_run(&options, functions, NULL), 0);
}
