/* ast_test.c — interned names and printed trees. */
#include "lang/syntax/ast.h"
#include "tests/lang/parsing.h"

Test(ast, a_name_is_one_pointer_and_keeps_its_place) {
  Names *names = names_new();
  const char *loss = names_intern(names, "loss and more", 4);
  cr_assert_str_eq(loss, "loss");
  cr_assert_eq(names_intern(names, "loss", 4), loss);
  cr_assert_neq(names_intern(names, "los", 3), loss);
  cr_assert_eq(names_count(names), 2);
  cr_assert_eq(names_at(names, 0), loss);
  cr_assert_null(names_at(names, 2));
  names_free(names);
}

/* B14: many names, in order of appearance, quickly; the seed differs from table to table, the order
 * does not. */
Test(ast, fifty_thousand_names) {
  double before = seconds();
  Names *names = names_new();
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 50000; i++) {
      char name[16];
      int length = snprintf(name, sizeof name, "n%d", i);
      const char *interned = names_intern(names, name, (size_t)length);
      cr_assert_eq(names_at(names, i), interned);
    }
  }
  cr_assert_eq(names_count(names), 50000);
  names_free(names);
  /* it takes milliseconds; names that all collide would take minutes */
  cr_assert_lt(seconds() - before, 20.0);
}

Test(ast, every_kind_has_a_name) {
  for (int kind = 0; kind < AST_COUNT; kind++) cr_assert_neq(ast_kind_name(kind)[0], '?');
  cr_assert_str_eq(ast_kind_name(AST_BINARY), "BINARY");
  cr_assert_str_eq(ast_kind_name(AST_COUNT), "?");
  cr_assert_str_eq(binary_name(BINARY_MATMUL), "@");
  cr_assert_str_eq(binary_name(BINARY_GE), ">=");
}

/* A tree 100,000 levels deep is printed without recursion, and not a megabyte of blanks a line. */
Test(ast, a_deep_tree_prints_in_linear_space) {
  Text sum = repeated("1", " + 1", 100000, "");
  Parsed parsed = parsed_from(sum.data, sum.length);
  cr_assert_not_null(parsed.ast);
  const char *tree = tree_text(&parsed);
  cr_assert(strstr(tree, "[50000] a: BINARY +"));
  cr_assert_lt(parsed.text.length, 40u * 1000 * 1000);
  parsed_free(&parsed);
  text_free(&sum);
}
