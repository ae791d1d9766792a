/* layout_test.c — the one layout: what it looks like, that it is a fixed point, that it never
 * changes the tree, and that it does not depend on the blanks there were. */
#include "lang/syntax/layout.h"
#include "tests/lang/parsing.h"

#include <glob.h>

TestSuite(layout);

/* The layout of a text without errors. */
static Text laid_out(const char *text, size_t length) {
  Parsed parsed = parsed_from(text, length);
  cr_assert(parsed.ast, "%.200s\n%.600s", text, mistakes_text(&parsed));
  Text out = {0};
  uint32_t at = 0;
  cr_assert(layout_text(source_at(parsed.sources, 1), &out, &at), "at byte %u of\n%.2000s", at,
            text);
  parsed_free(&parsed);
  return out;
}

static void check_layout(const char *text, const char *wanted) {
  Text out = laid_out(text, strlen(text));
  cr_assert_str_eq(out.data, wanted);
  Text again = laid_out(out.data, out.length);
  cr_assert_str_eq(again.data, wanted);
  text_free(&out);
  text_free(&again);
}

Test(layout, blanks) {
  check_layout("let  x=1+2*- 3\n", "let x = 1 + 2 * -3\n");
  check_layout("x ^ 2 ;y[ : ,none]; t.0\n", "x^2; y[:, none]; t.0\n");
  check_layout("a.parts.0.W;t.0 .x\n", "a.parts.0.W; t.0 .x\n");
}

Test(layout, operators) {
  check_layout("a|>f( b ,c:1 )|>g", "a |> f(b, c: 1) |> g\n");
  check_layout("x[1 : 2,: :2]", "x[1:2, ::2]\n");
}

Test(layout, ranges_and_points) {
  check_layout("for i in 0 .. 9 by 2{print( i )}", "for i in 0..9 by 2 { print(i) }\n");
  check_layout("2. ..3\n1.. .5\n", "2. .. 3\n1 .. .5\n");
  check_layout("let a = 3\n  ^ 4\n  .. 5\n", "let a = 3\n  ^ 4\n  .. 5\n");
}

/* Each comment once: 200,000 in a row took minutes when each looked for the token after it. */
Test(layout, many_comments, .timeout = 60) {
  Text text = {0}, wanted = {0};
  for (int i = 0; i < 200000; i++) text_string(&text, "#a\n"), text_string(&wanted, "#a\n");
  text_string(&text, "let x=1\n");
  text_string(&wanted, "let x = 1\n");
  check_layout(text.data, wanted.data);
  text_free(&text);
  text_free(&wanted);
}

Test(layout, declarations) {
  check_layout("model Net (n=2){\nparam W:[n,2]=zeros(n,2)\nfn forward(x:[..,n])->[..,2]=x@W}\n",
               "model Net(n = 2) {\n  param W: [n, 2] = zeros(n, 2)\n"
               "  fn forward(x: [.., n]) -> [.., 2] = x @ W\n}\n");
  check_layout("fn f(x,rest ...){return(x)}", "fn f(x, rest...) { return (x) }\n");
}

Test(layout, blocks) {
  check_layout("if a {b\n}\nelse{ c }", "if a {\n  b\n} else { c }\n");
  check_layout("if a {b}\n  else { c }", "if a { b }\nelse { c }\n");
  check_layout("while a {\n}\n", "while a { }\n");
  check_layout("fn f() {\n\n\n  a\n\n\n\n  b\n\n}\n", "fn f() {\n  a\n\n  b\n}\n");
}

Test(layout, continued) {
  check_layout("let x=a\n+ b\n|> f\nlet y=f(\n1,\n2)\n",
               "let x = a\n  + b\n  |> f\nlet y = f(\n  1,\n  2)\n");
  check_layout("attempt(fn(){\na\n})\n", "attempt(fn() {\n  a\n})\n");
  check_layout("let x=if a{b}\nelse{c}\n", "let x = if a { b }\n  else { c }\n");
}

Test(layout, comments) {
  check_layout("#!/usr/bin/gd\n\n\n#a  \nlet x=1#b\nlet long=2 # c\n\nf()   #d\n",
               "#!/usr/bin/gd\n\n#a\nlet x = 1      #b\nlet long = 2   # c\n\nf()   #d\n");
  check_layout("fn f(){ # why\na # this\n# last\n}\n",
               "fn f() {   # why\n  a   # this\n  # last\n}\n");
  check_layout("f(1, # one\n# two\n2)", "f(1,   # one\n  # two\n  2)\n");
}

Test(layout, semicolons) { check_layout("a;\nb;;c;\n{ d; }", "a\nb; c\n{ d }\n"); }

Test(layout, strings) {
  check_layout("print( \"a  {x+1:.3f}  {if a{\"b\"}else{\"c\"}}\" )",
               "print(\"a  {x + 1:.3f}  {if a { \"b\" } else { \"c\" }}\")\n");
  check_layout("let s=\"\"\"\r\n  a\r\n\"\"\"  \r\n", "let s = \"\"\"\n  a\n\"\"\"\n");
}

Test(layout, nothing) {
  check_layout("", "");
  check_layout("\n\n", "");
  check_layout("\xef\xbb\xbfx", "x\n");
}

/* ---- every script of the repository ---- */

static uint32_t state = 1;

static uint32_t drawn(uint32_t below) {
  state = state * 1664525u + 1013904223u;
  return (state >> 8) % below;
}

/* The text with other blanks where it has some: between two tokens of a line and before its first.
 */
static Text disturbed(const char *text, size_t length) {
  Sources *sources = sources_new();
  Diag diag = {0};
  Report report = {0};
  Lexer *lexer = mem_alloc(sizeof *lexer);
  Text out = {0};
  lexer_start(lexer, source_at(sources, source_load_text(sources, "", text, length, &diag)), 1,
              &report);
  uint32_t at = lexer->at;
  for (Token token = lexer_next(lexer);; token = lexer_next(lexer)) {
    uint32_t stop = token.kind == TOKEN_END ? (uint32_t)length : token.start;
    bool comment = memchr(text + at, '#', stop - at) != NULL;
    for (; at < stop; at++) {
      text_char(&out, text[at]);
      if (!comment && (text[at] == ' ' || text[at] == '\n'))
        for (uint32_t blanks = drawn(4); blanks > 0; blanks--) text_char(&out, " \t"[drawn(2)]);
    }
    if (token.kind == TOKEN_END) break;
    text_add(&out, text + at, token.end - at);
    at = token.end;
  }
  mem_free(lexer);
  report_clear(&report);
  sources_free(sources);
  return out;
}

static void check_script(const char *path, const char *text, size_t length) {
  Parsed before = parsed_from(text, length);
  if (before.ast) {
    Text out = laid_out(text, length), again = laid_out(out.data, out.length);
    cr_assert(strcmp(out.data, again.data) == 0, "%s: not a fixed point", path);
    Parsed after = parsed_from(out.data, out.length);
    cr_assert(after.ast && strcmp(tree_text(&before), tree_text(&after)) == 0, "%s: another tree",
              path);
    Text other = disturbed(text, length), same = laid_out(other.data, other.length);
    cr_assert(strcmp(out.data, same.data) == 0, "%s: depends on its blanks", path);
    parsed_free(&after);
    text_free(&out);
    text_free(&again);
    text_free(&other);
    text_free(&same);
  }
  parsed_free(&before);
}

static int check_scripts(const char *pattern, bool in_form) {
  glob_t found;
  cr_assert_eq(glob(pattern, 0, NULL, &found), 0, "%s: nothing there", pattern);
  int count = 0;
  for (size_t i = 0; i < found.gl_pathc; i++, count++) {
    Sources *sources = sources_new();
    Diag diag = {0};
    uint32_t file = source_load_file(sources, &(Files){0}, found.gl_pathv[i], &diag);
    cr_assert(file, "%s: %s", found.gl_pathv[i], diag.message);
    const Source *source = source_at(sources, file);
    check_script(found.gl_pathv[i], source->text, source->length);
    if (in_form) {
      Text out = laid_out(source->text, source->length);
      cr_assert(strcmp(out.data, source->text) == 0, "%s: `gd fmt` would change it",
                found.gl_pathv[i]);
      text_free(&out);
    }
    sources_free(sources);
  }
  globfree(&found);
  return count;
}

Test(layout, the_library_and_the_examples_are_in_form) {
  cr_assert_gt(check_scripts("stdlib/*.gd", true), 10);
  cr_assert_gt(check_scripts("examples/*.gd", true), 20);
  cr_assert_gt(check_scripts("examples/*/*.gd", true), 5);
}

Test(layout, every_golden_script_keeps_its_tree) {
  cr_assert_gt(check_scripts("tests/scripts/*/*.gd", false), 300);
}
