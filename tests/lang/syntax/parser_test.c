/* parser_test.c — trees, messages, recovery, nesting, and texts that are noise (FAULTS.md, group
 * B). */
#include "lang/syntax/node.h"
#include "tests/lang/parsing.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>

static void check_tree(const char *source, const char *expected) {
  Parsed parsed = parsed_of(source);
  cr_assert(parsed.ast, "%s\n%s", source, mistakes_text(&parsed));
  const char *tree = tree_text(&parsed);
  cr_assert_eq(strncmp(tree, "BLOCK\n", 6), 0);
  cr_assert_str_eq(tree + 6, expected, "%s\ngives\n%sexpected\n%s", source, tree + 6, expected);
  parsed_free(&parsed);
}

Test(parser, operators_bind_as_the_page_says) {
  check_tree(
      "1 + 2 * 3",
      "  BINARY +\n    a: NUMBER 1\n    b: BINARY *\n      a: NUMBER 2\n      b: NUMBER 3\n");
  check_tree(
      "2 ^ 3 ^ 2",
      "  BINARY ^\n    a: NUMBER 2\n    b: BINARY ^\n      a: NUMBER 3\n      b: NUMBER 2\n");
  check_tree("-2 ^ 2", "  UNARY -\n    a: BINARY ^\n      a: NUMBER 2\n      b: NUMBER 2\n");
  check_tree(
      "2 ^ -x'",
      "  BINARY ^\n    a: NUMBER 2\n    b: UNARY -\n      a: TRANSPOSE\n        a: NAME x\n");
  check_tree("-a * b", "  BINARY *\n    a: UNARY -\n      a: NAME a\n    b: NAME b\n");
  check_tree("not a == b and c or d",
             "  OR\n    a: AND\n      a: UNARY not\n        a: BINARY ==\n          a: NAME a\n    "
             "      b: NAME b\n      b: NAME c\n    b: NAME d\n");
  check_tree("x in 1..n + 1 by 2",
             "  IN\n    a: NAME x\n    b: RANGE\n      a: NUMBER 1\n      b: BINARY +\n        a: "
             "NAME n\n        b: NUMBER 1\n      c: NUMBER 2\n");
  check_tree("a @ b % c / d", "  BINARY /\n    a: BINARY %\n      a: BINARY @\n        a: NAME a\n "
                              "       b: NAME b\n      b: NAME c\n    b: NAME d\n");
  check_tree("a or b |> f |> g(1)",
             "  PIPE\n    a: PIPE\n      a: OR\n        a: NAME a\n        b: NAME b\n      b: "
             "NAME f\n    b: CALL\n      ARGUMENT\n        a: NUMBER 1\n      a: NAME g\n");
  check_tree("fn(x) = x |> f",
             "  FUNCTION (x)\n    body: PIPE\n      a: NAME x\n      b: NAME f\n");
}

Test(parser, values_and_what_follows_them) {
  check_tree("t.0.1.x[1, :, 2:5, ::2, none](a, b: 1, c...)",
             "  CALL\n    ARGUMENT\n      a: NAME a\n    ARGUMENT b\n      a: NUMBER 1\n    "
             "ARGUMENT ...\n      a: NAME c\n    a: INDEX\n      SUBSCRIPT\n        a: NUMBER 1\n"
             "      SUBSCRIPT :\n      SUBSCRIPT :\n        a: NUMBER 2\n        b: NUMBER 5\n     "
             " SUBSCRIPT :\n        c: NUMBER 2\n      SUBSCRIPT\n        a: NONE\n"
             "      a: FIELD x\n        a: FIELD 1\n          a: FIELD 0\n            a: NAME t\n");
  check_tree("(1)", "  NUMBER 1\n");
  check_tree("()", "  TUPLE\n");
  check_tree("(1,)", "  TUPLE\n    NUMBER 1\n");
  check_tree("(x: 1, 2)", "  TUPLE x _\n    NUMBER 1\n    NUMBER 2\n");
  check_tree("[[1, 2], [],]", "  BRACKET\n    NUMBERS [2]: 1 2\n    BRACKET\n");
  check_tree("[[1, -2], [3, 4.5]]", "  NUMBERS [2, 2]: 1 -2 3 4.5\n");
  check_tree(
      "[x for (x, _) in d if y]",
      "  COMPREHENSION\n    pattern: PATTERN\n      PATTERN x\n      PATTERN _\n    a: NAME d\n"
      "    b: GATHER\n      a: NAME x\n      b: NAME y\n");
  check_tree("\"a{x:.2f}b{y}\"",
             "  INTERPOLATION\n    STRING \"a\"\n    FORMAT \".2f\"\n      a: NAME x\n    STRING "
             "\"b\"\n    FORMAT \"\"\n      a: NAME y\n    STRING \"\"\n");
  check_tree("x[a:b:c]", "  INDEX\n    SUBSCRIPT :\n      a: NAME a\n      b: NAME b\n      c: "
                         "NAME c\n    a: NAME x\n");
}

Test(parser, statements) {
  check_tree("let (a, (b, c)) = pair",
             "  LET\n    pattern: PATTERN\n      PATTERN a\n      PATTERN\n        PATTERN b\n     "
             "   PATTERN c\n    a: NAME pair\n");
  check_tree("x[0] = 1; t.y += 2; z ^= 3",
             "  ASSIGN\n    a: INDEX\n      SUBSCRIPT\n        a: NUMBER 0\n      a: NAME x\n    "
             "b: NUMBER 1\n  OPASSIGN +\n    a: FIELD y\n      a: NAME t\n    b: NUMBER 2\n  "
             "OPASSIGN ^\n    a: NAME z\n    b: NUMBER 3\n");
  check_tree("fn f(x: [.., D], k = 1, r...) -> i32[N, 2*D] = x",
             "  FN f (x, k, r...)\n    x: SHAPE []\n      DIMENSION ..\n      DIMENSION\n        "
             "a: NAME D\n    k: NUMBER 1\n    result: SHAPE i32 []\n      DIMENSION\n        a: "
             "NAME N\n      DIMENSION\n        a: BINARY *\n          a: NUMBER 2\n          b: "
             "NAME D\n    body: NAME x\n");
  check_tree("if a { 1 } else if b { 2 } else { }",
             "  IF\n    a: NAME a\n    b: BLOCK\n      NUMBER 1\n    c: IF\n      a: NAME b\n      "
             "b: BLOCK\n        NUMBER 2\n      c: BLOCK\n");
  check_tree("for (x, y) in d { continue }\nwhile true { break; return 3 }",
             "  FOR\n    pattern: PATTERN\n      PATTERN x\n      PATTERN y\n    a: NAME d\n    b: "
             "BLOCK\n      CONTINUE\n  WHILE\n    a: TRUE\n    b: BLOCK\n      BREAK\n      "
             "RETURN\n        a: NUMBER 3\n");
  check_tree("import \"a/b.gd\"; test \"adds\" { assert(true) }",
             "  IMPORT \"a/b.gd\"\n  TEST \"adds\"\n    b: BLOCK\n      CALL\n        ARGUMENT\n   "
             "       a: TRUE\n        a: NAME assert\n");
}

Test(parser, models_and_training) {
  check_tree("model M { param W: [2] = 1; param p: unit = 0.5; buffer b = 0; let k = 2 }",
             "  MODEL M ()\n    body: BLOCK\n      PARAM W\n        a: NUMBER 1\n        b: SHAPE "
             "[]\n          DIMENSION\n            a: NUMBER 2\n      PARAM p\n        a: NUMBER "
             "0.5\n        b: SHAPE unit\n      BUFFER b\n        a: NUMBER 0\n      LET\n        "
             "pattern: PATTERN k\n        a: NUMBER 2\n");
  check_tree("optimizer O(lr = 1) { state v = p }\nloss l(x) = x",
             "  OPTIMIZER O (lr)\n    lr: NUMBER 1\n    body: BLOCK\n      STATE v\n        a: "
             "NAME p\n  LOSS l (x)\n    body: NAME x\n");
  check_tree(
      "let h = train net.head, w on (x, y) in d {\n loss: l(net(x), y)\n\n each_step: { "
      "print(loss) }\n}",
      "  LET\n    pattern: PATTERN h\n    a: TRAIN\n      FIELD head\n        a: NAME net\n      "
      "NAME w\n      pattern: PATTERN\n        PATTERN x\n        PATTERN y\n      b: NAME d\n     "
      " clause: CLAUSE loss\n        a: CALL\n          ARGUMENT\n            a: CALL\n            "
      "  ARGUMENT\n                a: NAME x\n              a: NAME net\n          ARGUMENT\n      "
      "      a: NAME y\n          a: NAME l\n      clause: CLAUSE each_step\n        a: BLOCK\n    "
      "      CALL\n            ARGUMENT\n              a: NAME loss\n            a: NAME print\n");
  check_tree("train on x in d { update D { loss: a }; epochs: 2 }",
             "  TRAIN\n    pattern: PATTERN x\n    b: NAME d\n    clause: CLAUSE\n      a: "
             "UPDATE\n        NAME D\n        clause: CLAUSE loss\n          a: NAME a\n    "
             "clause: CLAUSE epochs\n      a: NUMBER 2\n");
  check_tree("train model on state in test { loss: 1 }\nupdate loss { loss: loss }",
             "  TRAIN\n    NAME model\n    pattern: PATTERN state\n    b: NAME test\n    clause: "
             "CLAUSE loss\n      a: NUMBER 1\n  UPDATE\n    NAME loss\n    clause: CLAUSE loss\n   "
             "   a: NAME loss\n");
  check_tree("race net on x in d { seeds: 3 }",
             "  RACE\n    NAME net\n    pattern: PATTERN x\n    b: NAME d\n    clause: CLAUSE "
             "seeds\n      a: NUMBER 3\n");
}

Test(parser, lines_above_a_declaration_document_it) {
  Parsed parsed = parsed_of(
      "## not this\n\n## Adds.\n##   Slowly.\n##\nfn add(a, b) = a + b\n# no\nfn sub(a) "
      "= a\nmodel M {\n  ## inner\n  fn f(x) = x\n}\nlet y = 1; fn g(x) = x\n");
  cr_assert(parsed.ast);
  cr_assert_str_eq(parsed.ast->items[0]->function->doc, "Adds.\n  Slowly.\n");
  cr_assert_str_eq(parsed.ast->items[1]->function->doc, "");
  cr_assert_str_eq(parsed.ast->items[2]->function->body->items[0]->function->doc, "inner");
  cr_assert_str_eq(parsed.ast->items[4]->function->doc, "");
  parsed_free(&parsed);
}

static void check_span(Parsed *parsed, Span span, const char *expected) {
  const Source *source = source_at(parsed->sources, 1);
  cr_assert(span.file == 1 && span.end - span.start == strlen(expected) &&
                memcmp(source->text + span.start, expected, strlen(expected)) == 0,
            "`%.*s`, not `%s`", (int)(span.end - span.start), source->text + span.start, expected);
}

Test(parser, spans_are_what_carets_should_show) {
  Parsed parsed = parsed_of("let q = (a + b) * f(x)[1].y'\nfn g(x: [N]) -> [N] { x }");
  Ast *product = parsed.ast->items[0]->a;
  check_span(&parsed, product->span, "(a + b) * f(x)[1].y'");
  check_span(&parsed, product->op_span, "*");
  check_span(&parsed, product->a->span, "(a + b)");
  check_span(&parsed, product->b->a->span, "f(x)[1].y");
  check_span(&parsed, product->b->a->op_span, "y");
  check_span(&parsed, parsed.ast->items[0]->op_span, "q");
  AstFunction *g = parsed.ast->items[1]->function;
  check_span(&parsed, g->head_span, "fn g(x: [N]) -> [N]");
  check_span(&parsed, g->name_span, "g");
  check_span(&parsed, g->params[0].span, "x");
  parsed_free(&parsed);
}

Test(parser, messages_say_what_was_expected_and_what_to_write) {
  check_error("if x = 3 { }", 1, 6, "`==` compares");
  check_error("while a and x = 3 { }", 1, 15, "`==` compares");
  check_error("f(x = 3)", 1, 5, "`name: value`");
  check_error("let a: int = 3", 1, 6, "has no declared type");
  check_error("let = 3", 1, 5, "expected a name, found `=`");
  check_error("let in = 3", 1, 5, "reserved word");
  check_error("fn (x) {", 1, 9, "the `{` opened here is not closed");
  check_error("def f(x): return x", 1, 5, "`fn name(…)");
  check_error("class Net: ", 1, 7, "`model Name(…)");
  check_error("if a { } elif b { }", 1, 10, "`else if`");
  check_error("let f = lambda x: x", 1, 16, "`fn(x) = …`");
  check_error("var x = 3", 1, 5, "`let`");
  check_error("print \"x\"", 1, 7, "a call has parentheses");
  check_error("if a: b", 1, 5, "braces");
  check_error("for i in 1..3:", 1, 14, "braces");
  check_error("import numpy as np", 1, 8, "in quotes");
  check_error("loss: x", 1, 5, "braces of train");
  check_error("x++", 1, 3, "`x += 1`");
  check_error("a < b < c", 1, 7, "do not chain");
  check_error("a == b == c", 1, 8, "do not chain");
  check_error("1..2..3", 1, 5, "do not chain");
  check_error("x not in y", 1, 3, "`not (x in y)`");
  check_error("f(1 if c else 2)", 1, 5, "`if c { a } else { b }`");
  check_error("[x for x in a for y in b]", 1, 15, "one `for`");
  check_error("for (i in 1..2) { }", 1, 8, "has no parentheses");
  check_error("x[..., 0]", 1, 3, "`x[:, :, 0]`");
  check_error("x[.., 0]", 1, 3, "`x[:, :, 0]`");
  check_error("else { }", 1, 1, "follows the `}`");
  check_error("f(x) = 3", 1, 1, "`fn name(…) = …`");
  check_error("(a, b) += c", 1, 1, "cannot be assigned");
  check_error("(a, 1) = c", 1, 5, "cannot be assigned");
  check_error("() = c", 1, 1, "cannot be assigned");
  check_error("1 = x", 1, 1, "cannot be assigned");
  check_error("a + b += 1", 1, 1, "cannot be assigned");
  check_error("\"{}\"", 1, 3, "{{");
  check_error("(xs...)", 1, 4, "not in a tuple");
  check_error("(a: 1, a: 2)", 1, 11, "two items");
  check_error("fn f(a..., b) = 1", 1, 6, "last parameter");
  check_error("train w { loss = x }", 1, 16, "`key: value`");
  check_error("fn f(x)\n{ x }", 1, 8, "same line");
  check_error("x .5", 1, 3, "directly after a value");
  check_error("a, b = 1, 2", 1, 2, "`let (a, b)");
  check_error("x = y = 3", 1, 7, "one at a time");
  check_error("[i in xs for i]", 1, 15, "expected `in`");
  check_error("print(f\"{x}\")", 1, 8, "no prefix");
  check_error("a = b ? c : d", 1, 7, "if c { a } else { b }");
  check_error("let f(x) = 3", 1, 6, "`fn name(…) = …`");
  check_error("let x", 1, 6, "has a value");
  check_error("let x = if a b else c", 1, 14, "braces");
}

Test(parser, brackets_tell_where_they_were_opened) {
  check_error("x = (1 + [2, 3)", 1, 15, "`)` does not close `[`");
  check_error("{ f(1 }", 1, 7, "`}` does not close `(`");
  check_error("x = 1)", 1, 6, "closes nothing");
  check_error("foo(1,\nlet z = 3", 2, 1, "the `(` opened here is not closed");
  check_error("model M {\n let x = 1\n", 3, 1, "the `{` opened here is not closed");
}

Test(parser, every_wrong_statement_is_told) {
  const char *text = "let = 1\nlet ok = 2\nx = = 3\nfn f(x) {\n  y = )\n  let z = 1 +\n}\nfoo(1, 2 "
                     "3)\nlet w = [1, 2\nlet v = 1\nwhile { }\n";
  Parsed parsed = parsed_of(text);
  static const unsigned lines[] = {1, 3, 5, 7, 8, 10, 11};
  mistakes_text(&parsed);
  cr_assert_eq(parsed.report.errors, COUNT_OF(lines), "%d\n%s", parsed.report.errors,
               parsed.text.data);
  for (int i = 0; i < COUNT_OF(lines); i++)
    cr_assert_eq(source_place(parsed.sources, parsed.report.items[i].span).line, lines[i],
                 "error %d\n%s", i, parsed.text.data);
  parsed_free(&parsed);
}

/* A `:` at the end of a line, or a bracket left open, does not swallow the mistakes of the lines
 * below. */
Test(parser, recovery_stops_at_the_next_line) {
  Parsed parsed = parsed_of("for i in f(10):\n  x = = 1\nlet y = [1,\nlet z = = 2\ntrain w {\n  "
                            "let x = 1\n  loss: = 3\n}\nmodel = = 4\n");
  static const unsigned lines[] = {1, 2, 4, 6, 7, 9};
  mistakes_text(&parsed);
  cr_assert_geq(parsed.report.errors, COUNT_OF(lines), "%s", parsed.text.data);
  for (int i = 0; i < COUNT_OF(lines); i++) {
    bool found = false;
    for (int j = 0; j < parsed.report.count; j++)
      found = found || source_place(parsed.sources, parsed.report.items[j].span).line == lines[i];
    cr_assert(found, "nothing is said of line %u:\n%s", lines[i], parsed.text.data);
  }
  parsed_free(&parsed);
}

Test(parser, no_more_than_twenty_messages) {
  Text text = repeated("", "let = 1\n", 1000, "");
  Parsed parsed = parsed_from(text.data, text.length);
  cr_assert_eq(parsed.report.errors, REPORT_LIMIT);
  parsed_free(&parsed);
  text_free(&text);
}

/* ---- nesting: B1 to B5 ---- */

static Text nested(const char *open, int depth, const char *middle, const char *close) {
  Text text = repeated("", open, depth, middle);
  for (int i = 0; i < depth; i++) text_string(&text, close);
  return text;
}

static const struct {
  const char *open, *middle, *close;
} NESTS[] = {
    {"(", "1", ")"},
    {"[", "1", "]"},
    {"f(", "1", ")"},
    {"x[", "1", "]"},
    {"{ ", "1", " }"},
    {"if a { ", "1", " }"},
    {"-", "1", ""},
    {"not ", "x", ""},
    {"1 ^ ", "1", ""},
    {"fn(x) = ", "x", ""},
    {"fn() { ", "1", " }"},
    {"fn f() { ", "1", " }"},
    {"model M { ", "let x = 1", " }"},
    {"if a { } else ", "{ }", ""},
    {"while x { ", "1", " }"},
    {"for x in y { ", "1", " }"},
    {"train w { each_step: ", "1", " }"},
    {"\"{", "x", "}\""},
    {"loss l(x) { ", "1", " }"},
    {"f(fn(x) = ", "1", ")"},
    {"let (a, b) = if c { ", "1", " }"},
};

Test(parser, two_hundred_levels_are_fine_and_no_more, .timeout = 600) {
  for (int i = 0; i < COUNT_OF(NESTS); i++) {
    int per = strncmp(NESTS[i].open, "f(fn", 4) == 0 || strncmp(NESTS[i].open, "train", 5) == 0 ||
                      NESTS[i].middle[0] == '{'
                  ? 1
                  : 0;
    static const int depths[] = {201, 1000, 10000, 100000};
    Text fine = nested(NESTS[i].open, per ? NESTING_LIMIT / 2 : NESTING_LIMIT - 1, NESTS[i].middle,
                       NESTS[i].close);
    check_fine(fine.data, fine.length);
    text_free(&fine);
    for (int j = 0; j < COUNT_OF(depths); j++) {
      Text text = nested(NESTS[i].open, depths[j] * NESTING_LIMIT / 200 + 1, NESTS[i].middle,
                         NESTS[i].close);
      Parsed parsed = parsed_from(text.data, text.length);
      cr_assert(parsed.report.errors >= 1 && strstr(mistakes_text(&parsed), "levels (limit)"),
                "%s %d\n%.500s", NESTS[i].open, depths[j], parsed.text.data);
      check_sane(&parsed, text.length);
      parsed_free(&parsed);
      text_free(&text);
    }
  }
}

Test(parser, the_level_past_the_limit_is_named) {
  Text text = nested("(", NESTING_LIMIT, "1", ")");
  check_fine(text.data, text.length);
  text_free(&text);
  text = nested("(", NESTING_LIMIT + 1, "1", ")");
  check_error_in(text.data, text.length, 1, NESTING_LIMIT + 1, "levels (limit)");
  text_free(&text);
  text = nested("(", NESTING_LIMIT * 3 / 4, "1", "");
  check_error_in(text.data, text.length, 1, NESTING_LIMIT * 3 / 4 + 2, "the `(` opened here");
  text_free(&text);
  text = repeated("", ")", 100000, "");
  check_error_in(text.data, text.length, 1, 1, "closes nothing");
  text_free(&text);
}

/* ---- length: B6, B7 ---- */

Test(parser, long_is_not_deep, .timeout = 600) {
  static const struct {
    const char *before, *piece, *after;
  } rows[] = {
      {"1", " + 1", ""},       {"[1", ", 1", "]"},    {"", "x\n", ""},     {"", ";", ""},
      {"x", " |> f", ""},      {"a", " and b", ""},   {"x", ".y", ""},     {"x", "'", ""},
      {"x", "[0]", ""},        {"f", "()", ""},       {"\"", "{x}", "\""}, {"(1", ", 1", ")"},
      {"x = -1", " + -1", ""}, {"a^b", " + a^b", ""},
  };
  for (int i = 0; i < COUNT_OF(rows); i++) {
    Text text = repeated(rows[i].before, rows[i].piece, 100000, rows[i].after);
    if (i == 10)
      text.length = 0, text_free(&text),
      text = repeated(rows[i].before, rows[i].piece, 1000, rows[i].after);
    Parsed parsed = parsed_from(text.data, text.length);
    cr_assert(parsed.ast, "%s: %.300s", rows[i].piece, mistakes_text(&parsed));
    tree_text(&parsed);
    parsed_free(&parsed);
    text_free(&text);
  }
}

Test(parser, arguments_and_parameters_have_a_limit) {
  Text text = repeated("f(1", ", 1", ARGUMENT_LIMIT - 1, ")");
  check_fine(text.data, text.length);
  text_free(&text);
  text = repeated("f(1", ", 1", ARGUMENT_LIMIT, ")");
  check_error_in(text.data, text.length, 1, 3 + 3 * ARGUMENT_LIMIT, "arguments (limit)");
  text_free(&text);
  text = repeated("fn f(a", ", a", ARGUMENT_LIMIT, ") = 1");
  check_error_in(text.data, text.length, 1, 6 + 3 * ARGUMENT_LIMIT, "parameters (limit)");
  text_free(&text);
}

/* ---- noise: B8 ---- */

static void check_noise(const char *bytes, size_t length) {
  Parsed parsed = parsed_from(bytes, length);
  check_sane(&parsed, length);
  parsed_free(&parsed);
}

static uint64_t random_next(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return *state >> 33;
}

Test(parser, token_soup, .timeout = 600) {
  static const char *const words[] = {
      "let ",       "fn ",    "in ",    "if ",     "else ", "for ",  "while ", "return ", "break ",
      "import ",    "and ",   "or ",    "not ",    "true ", "none ", "model ", "param ",  "loss ",
      "optimizer ", "state ", "train ", "update ", "race ", "test ", "on ",    "by ",     "x ",
      "y ",         "1",      "2.5",    ".5",      "\"s\"", "\"a{",  "}b\"",   "(",       ")",
      "[",          "]",      "{",      "}",       ",",     ":",     ";",      "\n",      "\n",
      "=",          "+=",     "->",     "|>",      "..",    "...",   ".",      "+",       "-",
      "*",          "/",      "%",      "@",       "^",     "'",     "==",     "<",       "# c\n",
      "\"\"\"",     "\"",
  };
  uint64_t state = 42;
  for (int round = 0; round < 3000; round++) {
    Text text = {0};
    int count = (int)(random_next(&state) % 60);
    for (int i = 0; i < count; i++)
      text_string(&text, words[random_next(&state) % COUNT_OF(words)]);
    text_string(&text, "");
    check_noise(text.data, text.length);
    text_free(&text);
  }
}

static const char SAMPLE[] =
    "import \"lib/a.gd\"\n## doc\nmodel Net(hidden = 16) {\n  let first = Dense(2, hidden)\n  "
    "param W: [2, 3] = ones(2, 3)\n  fn forward(x: [N, 2]) -> [N, 2] = x |> first\n    |> tanh\n}\n"
    "optimizer O(lr = 0.01) {\n  state v = 0\n  fn step(p, g) { v = 0.9 * v + g; p = p - lr * v "
    "}\n}\nlet (a, b) = (1, \"x {a:.3f} {{y}}\")\n"
    "let h = train net, w on (x, y) in d {\n  loss: mse(net(x), y) + 1e-4 * l2(net)\n  stop: loss "
    "< 0.02\n  each_epoch: { print(\"{h.loss[-1]:>8}\") }\n}\n"
    "for i in 0..9 by 3 { if i == 2 { continue } else if not x { break } else { s += i^2 } }\ntest "
    "\"t\" { assert(x'[:, none] @ y[1:, ::2] == f(rest..., k: 3)) }\n";

static void damage(const char *text, size_t length, size_t most) {
  char *copy = malloc(length + 1);
  memcpy(copy, text, length + 1);
  size_t step = length / most + 1;
  for (size_t i = 0; i <= length; i += step) check_noise(text, i); /* prefixes */
  for (size_t i = 0; i < length; i += step) {                      /* flipped bits, lost bytes */
    char kept = copy[i];
    for (int bit = 0; bit < 8; bit++) {
      copy[i] = (char)(kept ^ 1 << bit);
      check_noise(copy, length);
    }
    copy[i] = kept;
  }
  for (size_t i = 0; i < length; i += step) { /* a byte lost, and one put twice */
    memmove(copy + i, text + i + 1, length - i);
    check_noise(copy, length - 1);
    memcpy(copy, text, length + 1);
  }
  free(copy);
}

Test(parser, a_damaged_text_is_told_of_and_nothing_worse, .timeout = 600) {
  check_fine(SAMPLE, sizeof SAMPLE - 1);
  damage(SAMPLE, sizeof SAMPLE - 1, 1200);
}

Test(parser, lines_lost_doubled_and_moved, .timeout = 600) {
  const char *lines[64], *ends[64];
  int count = 0;
  for (const char *at = SAMPLE; *at; at = ends[count++]) {
    lines[count] = at;
    ends[count] = strchr(at, '\n') + 1;
  }
  for (int i = 0; i < count; i++) {
    for (int way = 0; way < 3; way++) {
      Text text = {0};
      for (int j = 0; j < count; j++) {
        int from = way == 2 && (j == i || j == i + 1) ? (j == i ? (i + 1) % count : i) : j;
        if (way != 0 || j != i) text_add(&text, lines[from], (size_t)(ends[from] - lines[from]));
        if (way == 1 && j == i) text_add(&text, lines[j], (size_t)(ends[j] - lines[j]));
      }
      check_noise(text.data, text.length);
      text_free(&text);
    }
  }
}

/* The acceptance scripts, when they are beside the checkout. */
Test(parser, damaged_acceptance_scripts, .timeout = 600) {
  static const char folder[] = "../shared/acceptance";
  DIR *list = opendir(folder);
  if (!list) cr_skip_test("no acceptance scripts here");
  for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
    size_t length = strlen(entry->d_name);
    if (length < 3 || strcmp(entry->d_name + length - 3, ".gd") != 0) continue;
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    Diag diag = {0};
    Sources *sources = sources_new();
    uint32_t file = source_load_file(sources, NULL, path, &diag);
    cr_assert_neq(file, 0u);
    const Source *source = source_at(sources, file);
    check_fine(source->text, source->length);
    damage(source->text, source->length, 60);
    sources_free(sources);
  }
  closedir(list);
}

/* B9 */
Test(parser, a_last_line_without_newline) {
  check_error("x = 1\ny = (2", 2, 7, "not closed");
  check_error("x = 1\ny = 2 +", 2, 8, "expected a value, found the end of the file");
}

Test(parser, lines_typed_so_far) {
  static const struct {
    const char *text;
    ParseState state;
  } rows[] = {
      {"", PARSE_COMPLETE},
      {"x = 1\n", PARSE_COMPLETE},
      {"x = (1,\n", PARSE_MORE},
      {"model M {\n", PARSE_MORE},
      {"model M {\n let x = 1\n", PARSE_MORE},
      {"model M {\n let x = 1\n}\n", PARSE_COMPLETE},
      {"x = 1 +\n", PARSE_MORE},
      {"x = \"\"\"\nabc\n", PARSE_MORE},
      {"x = \"abc\n", PARSE_WRONG},
      {"x = )\n", PARSE_WRONG},
      {"f(1 2\n", PARSE_WRONG},
      {"if a {\n}\n", PARSE_COMPLETE},
      {"let x =\n", PARSE_MORE},
      {"train w {\n loss: w^2\n", PARSE_MORE},
      {"x |>\n", PARSE_MORE},
      {"let\n", PARSE_MORE},
      {"f(\"a {x\n", PARSE_WRONG},
      {"# comment\n", PARSE_COMPLETE},
      {"fn f(x)\n", PARSE_WRONG},
  };
  for (int i = 0; i < COUNT_OF(rows); i++)
    cr_assert_eq(parse_complete(rows[i].text, strlen(rows[i].text)), rows[i].state, "%s",
                 rows[i].text);
}

/* A stopped reading says nothing about the lines: not that they are wrong, so that nothing keeps
 * them. */
Test(parser, a_stop_leaves_the_state_of_a_line_unknown) {
  static const char *const lines[] = {"fn f(x) {\n", "let x = 1\n", "x = )\n"};
  for (int i = 0; i < COUNT_OF(lines); i++) {
    stop_asked = 1;
    ParseState state = parse_complete(lines[i], strlen(lines[i]));
    stop_asked = 0;
    cr_assert_eq(state, PARSE_STOPPED, "%s", lines[i]);
  }
}

static double seconds_a_line(int times) {
  Text text = repeated("", SAMPLE, times, "");
  double before = seconds();
  Parsed parsed = parsed_from(text.data, text.length);
  double took = seconds() - before;
  parsed_free(&parsed);
  text_free(&text);
  return took / times;
}

/* Sixteen times the lines cost sixteen times as much, not two hundred: the least of as many turns
 * as a busy machine needs. */
Test(parser, lines_cost_the_same_however_many) {
  double few = 1e9, many = 1e9;
  for (int i = 0; i < 5 || (i < 100 && many >= 6 * few + 1e-5); i++) {
    few = fmin(few, seconds_a_line(50));
    many = fmin(many, seconds_a_line(800));
  }
  cr_assert_lt(many, 6 * few + 1e-5);
}
