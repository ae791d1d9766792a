/* lexer_test.c — tokens, newlines that count, words that are words only sometimes, and the
 * malformed (FAULTS.md, group A). */
#include "tests/lang/parsing.h"

#include <stdlib.h>

/* The kinds of all tokens, parted by blanks; NL is written `;`. */
static void kinds_of(const char *source, Text *kinds) {
  Diag diag = {0};
  Report report = {0};
  Sources *sources = sources_new();
  uint32_t file = source_load_text(sources, "t.gd", source, strlen(source), &diag);
  Lexer lexer;
  lexer_start(&lexer, source_at(sources, file), file, &report);
  text_string(kinds, "");
  for (Token token = lexer_next(&lexer); token.kind != TOKEN_END; token = lexer_next(&lexer)) {
    if (kinds->length) text_char(kinds, ' ');
    text_string(kinds, token.kind == TOKEN_NL ? ";" : token_name(token.kind));
  }
  report_clear(&report);
  sources_free(sources);
}

static void check_kinds(const char *source, const char *expected) {
  Text kinds = {0};
  kinds_of(source, &kinds);
  cr_assert_str_eq(kinds.data, expected, "%s\ngives    %s\nexpected %s", source, kinds.data,
                   expected);
  text_free(&kinds);
}

Test(lexer, every_kind_has_a_row) {
  int without = 0;
  for (int kind = 0; kind < TOKEN_COUNT; kind++) {
    without += strcmp(token_name(kind), "?") == 0;
    cr_assert_eq(token_spelling(kind)[0] == 0, strcmp(token_name(kind), "?") == 0, "%s",
                 token_name(kind));
  }
  cr_assert_eq(without, PRECEDENCE_COUNT);
  cr_assert_str_eq(token_name(TOKEN_COUNT), "?");
  cr_assert_str_eq(token_name(TOKEN_PIPE), "PIPE");
  cr_assert(token_flags(TOKEN_LET) & WORD);
}

/* A word of token.def has its rule in lexer.re, and what `?word` shows. */
Test(lexer, every_word_is_known) {
  for (int kind = 0; kind < TOKEN_COUNT; kind++) {
    if (!(token_flags(kind) & (WORD | SOFT))) continue;
    char text[64], expected[64];
    const char *form = "", *sentence = "", *word = token_spelling(kind);
    snprintf(text, sizeof text, kind == TOKEN_TEST ? "%s \"t\"" : "%s x", word);
    snprintf(expected, sizeof expected, kind == TOKEN_TEST ? "%s STRING" : "%s NAME",
             token_name(kind));
    check_kinds(text, expected);
    cr_assert(token_describe(word, &form, &sentence) && *form && *sentence, "%s", word);
  }
}

Test(lexer, operators_are_as_long_as_can_be) {
  check_kinds(
      "a |> b -> c .. d ... e == f != g <= h >= i",
      "NAME PIPE NAME ARROW NAME DOTDOT NAME ELLIPSIS NAME EQ NAME NE NAME LE NAME GE NAME");
  check_kinds("a += 1; b -= 1; c *= 1; d /= 1; e ^= 1",
              "NAME OPEQ NUMBER ; NAME OPEQ NUMBER ; NAME OPEQ NUMBER ; NAME OPEQ NUMBER ; NAME "
              "OPEQ NUMBER");
  check_kinds("a<b>c=d+e-f*g/h%i@j^k", "NAME LT NAME GT NAME ASSIGN NAME PLUS NAME MINUS NAME STAR "
                                       "NAME SLASH NAME PERCENT NAME AT NAME POW NAME");
  check_kinds("x'' @ y'", "NAME TICK TICK AT NAME TICK");
}

Test(lexer, points_and_digits) {
  check_kinds("1..5", "NUMBER DOTDOT NUMBER");
  check_kinds("1.5..2.5", "NUMBER DOTDOT NUMBER");
  check_kinds("t.0.1", "NAME FRACTION FRACTION");
  check_kinds("(t).0", "LP NAME RP FRACTION");
  check_kinds("t.x.0.y", "NAME DOT NAME FRACTION DOT NAME");
  check_kinds("[.5, .25e-3]", "LB FRACTION COMMA FRACTION RB");
  check_kinds(".5..1", "FRACTION DOTDOT NUMBER");
  check_kinds("f(xs...)", "NAME LP NAME ELLIPSIS RP");
  check_kinds("x[1:2, ::3]", "NAME LB NUMBER COLON NUMBER COMMA COLON COLON NUMBER RB");
}

Test(lexer, newlines_that_count) {
  check_kinds("a\nb", "NAME ; NAME");
  check_kinds("\n\n a \n\n\n b \n\n", "NAME ; NAME ;");
  check_kinds("f(a,\n b\n)\nc", "NAME LP NAME COMMA NAME RP ; NAME");
  check_kinds("[1,\n2\n]", "LB NUMBER COMMA NUMBER RB");
  check_kinds("f(fn() {\n a\n b\n})", "NAME LP FN LP RP LBRACE NAME ; NAME ; RBRACE RP");
  check_kinds("a +\n b", "NAME PLUS NAME");
  check_kinds("a =\n b", "NAME ASSIGN NAME");
  check_kinds("fn f() ->\n[N] = 1", "FN NAME LP RP ARROW LB NAME RB ASSIGN NUMBER");
  check_kinds("loss:\n x", "NAME COLON NAME");
  check_kinds("a and\nb or\nnot\nc", "NAME AND NAME OR NOT NAME");
  check_kinds("return\nx", "RETURN ; NAME");
  check_kinds("a;b;;c", "NAME ; NAME ; ; NAME");
  check_kinds("x'\ny", "NAME TICK ; NAME");
}

Test(lexer, lines_that_go_on) {
  check_kinds("x\n  |> f\n  |> g", "NAME PIPE NAME PIPE NAME");
  check_kinds("x\n  |>f", "NAME PIPE NAME");
  check_kinds("x\n # a comment\n\n  .shape", "NAME DOT NAME");
  check_kinds("if a { b }\nelse { c }", "IF NAME LBRACE NAME RBRACE ELSE LBRACE NAME RBRACE");
  check_kinds("a\n- b", "NAME MINUS NAME");
  check_kinds("a\n-b", "NAME ; MINUS NAME");
  check_kinds("a\n+ b\n* c\n== d\nand e\nin f",
              "NAME PLUS NAME STAR NAME EQ NAME AND NAME IN NAME");
  check_kinds("a\n@\nb", "NAME AT NAME");
  check_kinds("a\n.5", "NAME ; FRACTION");
  check_kinds("a\n[1]", "NAME ; LB NUMBER RB");
  check_kinds("a\n(1)", "NAME ; LP NUMBER RP");
  check_kinds("a\nnot b", "NAME ; NOT NAME");
}

Test(lexer, words_that_are_words_only_sometimes) {
  check_kinds("loss smoothed(x) = 1", "LOSS NAME LP NAME RP ASSIGN NUMBER");
  check_kinds("loss += mse(a, b)", "NAME OPEQ NAME LP NAME COMMA NAME RP");
  check_kinds("let (train, test) = split(d)", "LET LP NAME COMMA NAME RP ASSIGN NAME LP NAME RP");
  check_kinds("let model = Net()", "LET NAME ASSIGN NAME LP RP");
  check_kinds("train net on (x, y) in d {", "TRAIN NAME ON LP NAME COMMA NAME RP IN NAME LBRACE");
  check_kinds("train on x in d {", "TRAIN ON NAME IN NAME LBRACE");
  check_kinds("race a, b on x in d {", "RACE NAME COMMA NAME ON NAME IN NAME LBRACE");
  check_kinds("test \"adds\" { }", "TEST STRING LBRACE RBRACE");
  check_kinds("test_set = test", "NAME ASSIGN NAME");
  check_kinds("for state in states { }", "FOR NAME IN NAME LBRACE RBRACE");
  check_kinds("x = loss if", "NAME ASSIGN NAME IF");
  check_kinds("2. + 1_0.", "NUMBER PLUS NUMBER");
  check_kinds("2.:3.*x", "NUMBER COLON NUMBER STAR NAME");
  check_kinds("1..2", "NUMBER DOTDOT NUMBER");
  check_kinds("0..6 by 3", "NUMBER DOTDOT NUMBER BY NUMBER");
  check_kinds("let by = 1\nlet on = by\non",
              "LET NAME ASSIGN NUMBER ; LET NAME ASSIGN NAME ; NAME");
  check_kinds("update\nx", "NAME ; NAME");
  check_kinds("h.loss", "NAME DOT NAME");
  check_kinds("0..state by 2", "NUMBER DOTDOT NAME BY NUMBER");
}

Test(lexer, strings_and_their_pieces) {
  check_kinds("\"\"", "STRING");
  check_kinds("\"a {x} b {y:.4f} c\"", "HEAD NAME MID NAME TAIL");
  check_kinds("\"{{x}}\"", "STRING");
  check_kinds("\"{names[\"a\"]}\"", "HEAD NAME LB STRING RB TAIL");
  check_kinds("\"{f(a: 1)[1:2]:>8}\"",
              "HEAD NAME LP NAME COLON NUMBER RP LB NUMBER COLON NUMBER RB TAIL");
  check_kinds("\"{\"in {x} in\"}\"", "HEAD HEAD NAME TAIL TAIL");
  check_kinds("\"\"\"\na \"b\" ''\n{x}\n\"\"\"", "HEAD NAME TAIL");
  check_kinds("\"{if a { b } else { c }}\"",
              "HEAD IF NAME LBRACE NAME RBRACE ELSE LBRACE NAME RBRACE TAIL");
  check_kinds("\"{x:{y}\"", "HEAD NAME TAIL");
}

Test(lexer, names_of_mathematics) {
  check_kinds("θ₀ + ∇J^x² - _private", "NAME PLUS NAME POW NAME MINUS NAME");
  check_kinds("größe = 名前 + имя", "NAME ASSIGN NAME PLUS NAME");
}

/* A17 to A22 */
Test(lexer, numbers_have_the_nearest_value) {
  static const struct {
    const char *text;
    double value;
  } rows[] = {
      {"1", 1},
      {"1_000_000", 1e6},
      {"0.5", 0.5},
      {".5", 0.5},
      {"1e-3", 1e-3},
      {"1E+3", 1e3},
      {"0xff", 255},
      {"0XFF_FF", 65535},
      {"007", 7},
      {"4.9e-324", 4.9e-324},
      {"2.2250738585072011e-308", 2.2250738585072011e-308},
      {"6.631236846766476e-316", 6.631236846766476e-316},
      {"9007199254740993", 9007199254740992.0},
      {"18446744073709551616", 18446744073709551616.0},
      {"1e308", 1e308},
      {"1e-400", 0},
      {"1_0.2_5e1_0", 10.25e10},
  };
  for (int i = 0; i < COUNT_OF(rows); i++) {
    Parsed parsed = parsed_of(rows[i].text);
    cr_assert(parsed.ast && parsed.ast->count == 1 && parsed.ast->items[0]->kind == AST_NUMBER,
              "%s", rows[i].text);
    cr_assert_eq(parsed.ast->items[0]->number, rows[i].value, "%s", rows[i].text);
    parsed_free(&parsed);
  }
}

Test(lexer, numbers_out_of_range) {
  check_error("x = 1e309", 1, 5, "out of range");
  check_error("x = 1.7976931348623159e308", 1, 5, "out of range");
  check_error("x = 1e99999999999999999999", 1, 5, "out of range");
  Text digits = repeated("x = ", "9", 5000, "");
  check_error(digits.data, 1, 5, "out of range");
  text_free(&digits);
}

Test(lexer, long_numbers_are_exact_and_quick) {
  double before = seconds();
  Text zeros = repeated("0.", "0", 65000, "1e65001");
  Parsed parsed = parsed_from(zeros.data, zeros.length);
  cr_assert(parsed.ast);
  cr_assert_eq(parsed.ast->items[0]->number, 1.0);
  parsed_free(&parsed);
  Text threes = repeated("0.", "3", 65000, "");
  parsed = parsed_from(threes.data, threes.length);
  cr_assert(parsed.ast);
  cr_assert_eq(parsed.ast->items[0]->number, 1.0 / 3);
  parsed_free(&parsed);
  cr_assert_lt(seconds() - before, 20.0); /* it takes milliseconds */
  text_free(&zeros);
  text_free(&threes);
}

/* A20: one error, at the first wrong byte */
Test(lexer, malformed_numbers) {
  static const struct {
    const char *text;
    unsigned column;
  } rows[] = {
      {"1e", 3},   {"1e+", 4}, {"1.2.3", 4}, {"0x", 3},   {"0b2", 2},  {"1__0", 3}, {"1a", 2},
      {"0xfg", 4}, {"1.x", 3}, {"1_", 3},    {"1.5e", 5}, {".5.1", 3}, {"1e5x", 4}, {"t.0x", 4},
  };
  for (int i = 0; i < COUNT_OF(rows); i++) {
    Parsed parsed = parsed_of(rows[i].text);
    cr_assert_eq(parsed.report.errors, 1, "%s: %s", rows[i].text, mistakes_text(&parsed));
    cr_assert_leq(parsed.report.items[0].span.end, strlen(rows[i].text), "%s", rows[i].text);
    parsed_free(&parsed);
    check_error(rows[i].text, 1, rows[i].column, "malformed number");
  }
}

Test(lexer, the_wrong_place_of_a_number_is_a_whole_character) {
  static const struct {
    const char *text;
    unsigned start, end;
  } rows[] = {{"2_\u03b8", 2, 4}, {"2_\u2207 ", 2, 5}, {"4_", 2, 2}, {"x = 1_\n", 6, 7}};
  for (int i = 0; i < COUNT_OF(rows); i++) {
    Parsed parsed = parsed_of(rows[i].text);
    cr_assert_eq(parsed.report.items[0].span.start, rows[i].start, "%s", rows[i].text);
    cr_assert_eq(parsed.report.items[0].span.end, rows[i].end, "%s", rows[i].text);
    parsed_free(&parsed);
  }
}

/* A12 */
Test(lexer, strings_not_closed_are_told_at_the_opening_quote) {
  check_error("x = \"abc", 1, 5, "string not closed");
  check_error("x = \"abc\ny = 1", 1, 5, "string not closed");
  check_error("x = \"abc\\", 1, 5, "string not closed");
  check_error("x = \"abc\\\ny = 1", 1, 5, "string not closed");
  check_error("x = \"a {b} c\ny = 1", 1, 5, "string not closed");
  Text lines = repeated("x = \"\"\"\n", "let y = 1\n", 5000, "");
  check_error(lines.data, 1, 5, "string not closed");
  text_free(&lines);
  Parsed parsed = parsed_of("x = \"abc\ny = \"def\nz = 1");
  cr_assert_eq(parsed.report.errors, 2, "%s", mistakes_text(&parsed));
  parsed_free(&parsed);
}

/* … but what is not closed in an interpolation, at its brace, and once. */
Test(lexer, braces_of_strings_not_closed_are_told_once_at_the_brace) {
  static const struct {
    const char *text;
    unsigned column;
    const char *message;
  } rows[] = {
      {"x = \"a {b:3\ny = 1", 8, "the `{` of a string is not closed"},
      {"x = \"a {b +\n 1}\"", 8, "the `{` of a string is not closed"},
      {"x = \"a {f(\n1)}\"", 8, "the `{` of a string is not closed"},
      {"x = \"a {b} and {c:.2f and more\"\ny = 1", 16, "the `{` of a string is not closed"},
      {"x = \"a {b and more\"\ny = 1\n", 8, "the `{` of a string is not closed"},
      {"x = \"{b:>{n}} and {c}\"\ny = 1", 10, "a format cannot contain `{`"},
      {"x = \"{b:{n}.{k}f}!\"\ny = 1", 9, "a format cannot contain `{`"},
  };
  for (int i = 0; i < COUNT_OF(rows); i++) {
    Parsed parsed = parsed_of(rows[i].text);
    bool goes_on = strstr(rows[i].text, "\n1)}") ||
                   strstr(rows[i].text, "\n 1}"); /* its rest is on the next line */
    if (!goes_on)
      cr_assert_eq(parsed.report.errors, 1, "%s: %s", rows[i].text, mistakes_text(&parsed));
    parsed_free(&parsed);
    check_error(rows[i].text, 1, rows[i].column, rows[i].message);
  }
}

/* One strange character is one mistake: the token that was meant, or a name, stands for it. */
Test(lexer, a_strange_character_is_told_once) {
  static const char *const texts[] = {
      "let 🚀 = 1",
      "fn 🚀(x) = x",
      "print(🚀 + 1)",
      "🚀🚀 = 2",
      "a 🚀 b",
      "model 🎲 {\n  param w = 1\n}",
      "let x = ☃",
      "2 × 3",
      "let b = a – 1",
      "a ≤ b",
      "x = “text” + 1",
      "f(‘a’, 2)",
      "3 ∈ xs",
      "a ∧ b",
      "¬a",
      "let y ← 3",
      "x ≠ y",
      "[1， 2]",
      "2×3",
      "let f = fn(x) -> [N] = x ⊗ 2",
      "x = \"a\" ; x² ÷ 3",
      "cafe\u0301 = 1",
      "x\u0302 + 1",
  };
  for (int i = 0; i < COUNT_OF(texts); i++) {
    Parsed parsed = parsed_of(texts[i]);
    cr_assert_eq(parsed.report.errors, 1, "%s: %s", texts[i], mistakes_text(&parsed));
    parsed_free(&parsed);
  }
  check_error("let n = cafe\u0301", 1, 13, "U+0301, a combining acute accent, is not allowed here");
  Parsed parsed = parsed_of("let n = cafe\u0301");
  cr_assert(strstr(mistakes_text(&parsed), "write `é` (U+00E9)"), "%s", parsed.text.data);
  parsed_free(&parsed);
  parsed = parsed_of("let x\u0302 = 1");
  cr_assert(strstr(mistakes_text(&parsed), "a combining circumflex") &&
                strstr(parsed.text.data, "x_hat"),
            "%s", parsed.text.data);
  parsed_free(&parsed);
}

/* A13 */
Test(lexer, unknown_escapes_are_told_at_the_backslash) {
  static const char *const escapes[] = {
      "\\q", "\\x",   "\\xg0", "\\u{}", "\\u{110000}", "\\u{D800}", "\\u{FFFFFFFFFFFFFFFFF}",
      "\\u", "\\uff", "\\'",   "\\r",   "\\0"};
  for (int i = 0; i < COUNT_OF(escapes); i++) {
    char text[64];
    snprintf(text, sizeof text, "x = \"ab%s\"", escapes[i]);
    check_error(text, 1, 8, "unknown escape");
    snprintf(text, sizeof text, "x = \"\"\"ab%s\"\"\"", escapes[i]);
    check_error(text, 1, 10, "unknown escape");
  }
  check_error("x = \"a } b\"", 1, 8, "}}");
}

Test(lexer, escapes_have_their_values) {
  Parsed parsed =
      parsed_of("\"a\\n\\t\\\"\\\\\\u{3b1}\\u{1F600}{{}}\"; \"\"\"\n two\r\n\"lines\" \"\"\"");
  cr_assert(parsed.ast, "%s", mistakes_text(&parsed));
  cr_assert_str_eq(parsed.ast->items[0]->text, "a\n\t\"\\α😀{}");
  cr_assert_eq(parsed.ast->items[0]->length, strlen("a\n\t\"\\α😀{}"));
  cr_assert_str_eq(parsed.ast->items[1]->text, " two\n\"lines\" ");
  parsed_free(&parsed);
}

/* A10 */
Test(lexer, characters_that_cannot_be_seen_are_named) {
  static const struct {
    const char *bytes, *name;
  } rows[] = {{"\u200b", "U+200B"}, {"\u00ad", "U+00AD"}, {"\u3164", "U+3164"},
              {"\u00a0", "U+00A0"}, {"\u2060", "U+2060"}, {"\u115f", "U+115F"}};
  for (int i = 0; i < COUNT_OF(rows); i++) {
    char text[64];
    snprintf(text, sizeof text, "na%sme = 1", rows[i].bytes);
    check_error(text, 1, 3, rows[i].name);
    Parsed parsed = parsed_of(text);
    cr_assert_eq(parsed.report.errors, 1, "%s", mistakes_text(&parsed));
    parsed_free(&parsed);
    snprintf(text, sizeof text, "x = \"%s\"", rows[i].bytes);
    check_fine(text, strlen(text));
  }
  check_error("x = 3 × 4", 1, 7, "write `*`");
  check_error("x = a ≤ b", 1, 7, "write `<=`");
}

/* A11 */
Test(lexer, look_alikes_are_warned_of) {
  Parsed parsed = parsed_of("let a = 1\nlet \u0430 = 2\n");
  cr_assert(parsed.ast);
  cr_assert_eq(parsed.report.count, 1);
  cr_assert(strstr(mistakes_text(&parsed), "U+0430 Cyrillic, not the Latin `a`"), "%s",
            parsed.text.data);
  parsed_free(&parsed);
  parsed = parsed_of("let l\u043ess = 1\n");
  cr_assert_eq(parsed.report.count, 1, "Cyrillic inside a Latin name");
  parsed_free(&parsed);
  parsed = parsed_of("let имя = 1\nlet θ = 2\nlet \u0430 = 3\nlet Δx = 1\n");
  cr_assert_eq(parsed.report.count, 0, "names that look like no other: %s", mistakes_text(&parsed));
  parsed_free(&parsed);
}

/* A23 */
Test(lexer, merge_markers_are_named) {
  const char *text = "x = 1\n<<<<<<< HEAD\ny = 2\n=======\ny = 3\n>>>>>>> other\n";
  check_error(text, 2, 1, "merge conflict marker");
  Parsed parsed = parsed_of(text);
  cr_assert_eq(parsed.report.errors, 3);
  parsed_free(&parsed);
}

Test(lexer, words_of_other_languages) {
  check_error("x = !y", 1, 5, "written `not`");
  check_error("x = a && b", 1, 7, "write `and`");
  check_error("x = a || b", 1, 7, "write `or`");
  check_error("x = a ** b", 1, 7, "written `^`");
  check_error("x = 'text'", 1, 5, "double quotes");
  check_error("// text", 1, 1, "begins with `#`");
  check_error("x = a $ b", 1, 7, "`$` is not a word");
}

/* A14: linear time, whatever the bytes */
Test(lexer, long_runs_of_anything_take_linear_time, .timeout = 600) {
  static const struct {
    const char *piece;
    bool fine;
  } rows[] = {
      {"a", false},     {"7", false},      {"\"", false},   {"\\", false},        {"+", false},
      {" ", true},      {"\t", true},      {"#", true},     {"\xff", false},      {"-", false},
      {"{", false},     {"(", false},      {"\"{", false},  {"'", false},         {"`", false},
      {".", false},     {"1.", false},     {"x'", false},   {";", true},          {"\n", true},
      {"θ", false},     {"\u200b", false}, {"!", false},    {"<<<<<<<\n", false}, {"let ", false},
      {"a b\n", false}, {"}\n", false},    {"# x\n", true}, {"\"\"\"", false},
  };
  for (int i = 0; i < COUNT_OF(rows); i++) {
    double before = seconds();
    Text text = repeated("", rows[i].piece, 2000000 / (int)strlen(rows[i].piece), "");
    Parsed parsed = parsed_from(text.data, text.length);
    cr_assert_eq(parsed.ast != NULL, rows[i].fine, "%.10s", rows[i].piece);
    check_sane(&parsed, text.length);
    parsed_free(&parsed);
    text_free(&text);
    cr_assert_lt(seconds() - before, 60.0, "%.10s takes %g s", rows[i].piece, seconds() - before);
  }
}

Test(lexer, a_dump_of_what_is_no_text_ends) {
  static const char *const bad[] = {"\xf0rint(1)  # more", "x\xd1", "\xc0", "a \x01 b",
                                    "\"\xe2\x80"};
  for (int i = 0; i < COUNT_OF(bad); i++) {
    Diag diag = {0};
    Text text = {0};
    Sources *sources = sources_new();
    lexer_dump(sources, source_load_text(sources, "t.gd", bad[i], strlen(bad[i]), &diag), &text);
    cr_assert_eq(text.length, 0, "%d: %s", i, text.data);
    sources_free(sources);
  }
}

/* A line at the prompt is completed before anything has checked it. */
Test(lexer, bytes_that_are_no_text_are_passed_over_one_by_one) {
  static const char *const bad[] = {"\xf0rint(1)", "x \xd1", "\xc0\xc0\xc0", "1\xff"};
  for (int i = 0; i < COUNT_OF(bad); i++) {
    Source source = {.name = (char *)(uintptr_t) "t.gd",
                     .text = (char *)(uintptr_t)bad[i],
                     .length = (uint32_t)strlen(bad[i])};
    Report report = {0};
    Lexer lexer;
    lexer_start(&lexer, &source, 1, &report);
    int tokens = 0;
    while (lexer_next(&lexer).kind != TOKEN_END && tokens <= 20) tokens++;
    cr_assert_leq(tokens, 20, "%d", i);
    report_clear(&report);
  }
}

Test(lexer, a_token_has_a_limit) {
  Text name = repeated("x = ", "n", TOKEN_LIMIT, "");
  check_fine(name.data, name.length);
  text_char(&name, 'n');
  check_error_in(name.data, name.length, 1, 5, "limit");
  text_free(&name);
  Text string = repeated("x = \"", "s", TOKEN_LIMIT, "\"");
  check_error_in(string.data, string.length, 1, 5, "limit");
  text_free(&string);
}

/* A15: a last token that ends at the edge of any buffer */
Test(lexer, the_last_token_may_end_anywhere) {
  static const size_t sizes[] = {1, 2, 15, 16, 17, 4095, 4096, 4097, 65535, 65536};
  static const char *const tokens[] = {"name", "3", "1.5", "\"text\"", "0xff", "x'", "none"};
  for (int i = 0; i < COUNT_OF(sizes); i++) {
    for (int j = 0; j < COUNT_OF(tokens); j++) {
      if (sizes[i] < strlen(tokens[j])) continue;
      Text text = repeated("", " ", (int)(sizes[i] - strlen(tokens[j])), tokens[j]);
      char *exact = malloc(text.length); /* the loader copies: nothing after the end may matter */
      memcpy(exact, text.data, text.length);
      check_fine(exact, text.length);
      free(exact);
      text_free(&text);
    }
  }
}
