/* statements_test.c — a text cut into statements: where a file would end them, whatever the bytes
 * are. */
#include "lang/syntax/parse.h"
#include "lang/syntax/statements.h"

#include <criterion/criterion.h>
#include <string.h>

typedef struct Cuts {
  Text shown; /* each statement as `LINES-BEFORE:TEXT|`, newlines as `/` */
  int left;   /* statements to take */
} Cuts;

static bool take(void *context, const char *statement, size_t length, uint32_t before) {
  Cuts *cuts = context;
  text_format(&cuts->shown, "%u:", before);
  for (size_t i = 0; i < length; i++)
    text_char(&cuts->shown, statement[i] == '\n' ? '/' : statement[i]);
  text_char(&cuts->shown, '|');
  return --cuts->left > 0;
}

static void expect_cuts(const char *text, size_t length, int most, const char *wanted) {
  Cuts cuts = {.left = most};
  parse_statements(text, length, take, &cuts);
  cr_assert_str_eq(cuts.shown.data ? cuts.shown.data : "", wanted);
  text_free(&cuts.shown);
}

TestSuite(statements);

Test(statements, end_where_a_file_would_end_them) {
  static const struct {
    const char *text, *wanted;
  } rows[] = {
      {"", ""},
      {"\n\n# nothing\n", ""},
      {"a", "0:a|"},
      {"a\nb\n", "0:a/|1:b/|"},
      {"a; b\nc", "0:a; b/|1:c|"},
      {"if c {\n  a\n}\n\n# still it\nelse {\n  b\n}\nd\n",
       "0:if c {/  a/}//# still it/else {/  b/}/|8:d/|"},
      {"x\n  |> f\n  .g\n  + 1\n- 2\n-y\n", "0:x/  |> f/  .g/  + 1/- 2/|5:-y/|"},
      {"f(1,\n2)\n\n\nlet t = [\n1]\n", "0:f(1,/2)/|2://let t = [/1]/|"},
      {"\"\"\"a\nb\"\"\"\nc", "0:\"\"\"a/b\"\"\"/|2:c|"},
      {"print(1\nprint(2)\n", "0:print(1/print(2)/|"},
      {"a\n$\nb\n", "0:a/|1:$/|2:b/|"},
      {"$\n# c\n\n?b\n?c d\n  e $\n$ f\n`", "0:$/|1:# c//?b/|4:?c d/|5:  e $/|6:$ f/|7:`|"},
      {"f(\n$\n1)\nb", "0:f(/$/1)/|3:b|"},
      {"## doc\nfn f() = 1\n", "0:## doc/fn f() = 1/|"},
  };
  for (int i = 0; i < COUNT_OF(rows); i++)
    expect_cuts(rows[i].text, strlen(rows[i].text), 100, rows[i].wanted);
  expect_cuts("a\nb\nc\n", 6, 2, "0:a/|1:b/|");
}

Test(statements, a_line_that_is_no_text_stands_alone) {
  static const char bytes[] = "a\n\x1b[(\"\nb\n\xff{\n}\nc";
  expect_cuts(bytes, sizeof bytes - 1, 100, "0:a/|1:\x1b[(\"/|2:b/|3:\xff{/}/|5:c|");
  static const char nul[] = "a\n\0\nb";
  Cuts cuts = {.left = 100};
  parse_statements(nul, sizeof nul - 1, take, &cuts);
  cr_assert_eq(100 - cuts.left, 3);
  text_free(&cuts.shown);
}
