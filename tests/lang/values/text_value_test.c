/* text_value_test.c — what a loop over a string costs. */
#include "lang/values/text_value.h"
#include "tests/lang/running.h"

TestSuite(text_value);

/* Bytes copied and looked at by a program over `n`. */
static uint64_t work_of(const char *format, int n) {
  char program[600];
  snprintf(program, sizeof program, format, n, n, n);
  uint64_t before = string_work();
  Ran ran = run_text(program);
  cr_assert_eq(ran.status, 0, "%s\n%s", program, ran.told.data ? ran.told.data : "");
  ran_free(&ran);
  return string_work() - before;
}

static void linear(const char *format) {
  uint64_t small = work_of(format, 500), large = work_of(format, 5000);
  cr_assert_lt(
      large, 20 * small,
      /* a doubling more or less; squares would be 100 */ "%s: %llu, ten times as long %llu",
      format, (unsigned long long)small, (unsigned long long)large);
}

Test(text_value, lengthening_is_linear) {
  linear("let s = \"\"\nfor i in 1..%d { s = s + \"ab\" }");
  linear("let s = \"\"\nfor i in 1..%d { s = s + \"{i %% 7}\" + \",\" }");
  linear("let s = \"\"\nfor i in 1..%d { s = \"{s}{i %% 7},\" }");
  linear("let s = \"\"\nfor i in 1..%d { s += \"é\"; assert(len(s) == i and s[-1] == \"é\") }");
  linear("fn join_up(n) { let s = \"\"; for i in 1..n { s = s + \"ü\" }; s "
         "}\nassert(len(join_up(%d)) > 2)");
}

#define LONG "let s = \"\"\nfor i in 1..%d { s += \"aé\" }\nlet n = len(s)\nlet c = \"\"\n"

Test(text_value, indexing_is_linear) {
  linear(LONG "for i in 0..n - 1 { c = s[i] }");
  linear(LONG "for i in 1..n { c = s[-i] }");
  linear(LONG "for i in 0..n - 1 { c = s[(i * 7919) %% n] }");
  linear(LONG "for i in 0..n - 3 { c = s[i:i + 2] }");
}
