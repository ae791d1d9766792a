/* packing_test.c — brackets of plain numbers: what is packed, what is not, and what it takes. */
#include "lang/syntax/ast.h"
#include "tests/lang/parsing.h"

/* The value of the `let` that the text consists of. */
static const Ast *value_of_let(const Parsed *parsed) { return parsed->ast->items[0]->a; }

static void check_packed(const char *text, int rank, uint32_t first, uint32_t second,
                         uint32_t count) {
  Parsed parsed = parsed_of(text);
  cr_assert(parsed.ast, "%s: %s", text, mistakes_text(&parsed));
  const Ast *ast = value_of_let(&parsed);
  cr_assert_eq(ast->kind, AST_NUMBERS, "%s", text);
  cr_assert_eq(ast->numbers->rank, rank, "%s", text);
  cr_assert_eq(ast->numbers->dim[0], first, "%s", text);
  cr_assert_eq(ast->numbers->dim[1], second, "%s", text);
  cr_assert_eq(ast->numbers->count, count, "%s", text);
  for (uint32_t i = 0; i < count; i++) {
    double wanted = i % 2 ? -(double)i - 1 : (double)i + 1;
    const AstNumber *number = &ast->numbers->items[i];
    cr_assert_eq(number->value, wanted, "%s: %u", text, i);
    cr_assert_eq(atof(text + number->start), wanted, "%s: %u", text, i);
    cr_assert(number->end > number->start && ast->span.end > number->end, "%s: %u", text, i);
  }
  cr_assert_eq(text[ast->span.start], '[');
  cr_assert_eq(text[ast->span.end - 1], ']');
  parsed_free(&parsed);
}

Test(packing, brackets_of_numbers_alone) {
  check_packed("let x = [1]", 1, 1, 0, 1);
  check_packed("let x = [1, -2, 3,]", 1, 3, 0, 3);
  check_packed("let x = [\n  1, -2, # two\n  3, -4\n]", 1, 4, 0, 4);
  check_packed("let x = [[1, -2], [3, -4], [5, -6]]", 2, 3, 2, 6);
  check_packed("let x = [[1], [-2],]", 2, 2, 1, 2);
  check_packed("let x = [[[1, -2], [3, -4]]]", 3, 1, 2, 4);
}

/* Its items have the kinds, and each the place that its text has. */
static void check_not_packed(const char *text, const char *kinds, const char *const *items) {
  Parsed parsed = parsed_of(text);
  cr_assert(parsed.ast, "%s: %s", text, mistakes_text(&parsed));
  const Ast *ast = value_of_let(&parsed);
  cr_assert_eq(ast->kind, AST_BRACKET, "%s", text);
  Text found = {0};
  for (uint32_t i = 0; i < ast->count; i++) {
    Span span = ast->items[i]->span;
    text_format(&found, "%s%s", i ? " " : "", ast_kind_name(ast->items[i]->kind));
    cr_assert_eq(span.end - span.start, strlen(items[i]), "%s: %u", text, i);
    cr_assert_eq(memcmp(text + span.start, items[i], strlen(items[i])), 0, "%s: %u", text, i);
  }
  cr_assert_str_eq(found.data, kinds, "%s", text);
  text_free(&found);
  parsed_free(&parsed);
}

#define ITEMS(...) \
  (const char *const[]) { __VA_ARGS__ }

Test(packing, others_are_nodes_with_their_places) {
  check_not_packed("let x = [1, -2, y]", "NUMBER UNARY NAME", ITEMS("1", "-2", "y"));
  check_not_packed("let x = [y, 1]", "NAME NUMBER", ITEMS("y", "1"));
  check_not_packed("let x = [(1), - 2, 3]", "NUMBER UNARY NUMBER", ITEMS("(1)", "- 2", "3"));
  check_not_packed("let x = [7, -(-2)]", "NUMBER UNARY", ITEMS("7", "-(-2)"));
  check_not_packed("let x = [[1, -2], [ 3 ], 4]", "NUMBERS NUMBERS NUMBER",
                   ITEMS("[1, -2]", "[ 3 ]", "4"));
  check_not_packed("let x = [[1], [[2]], [3]]", "NUMBERS NUMBERS NUMBERS",
                   ITEMS("[1]", "[[2]]", "[3]"));
  check_not_packed("let x = [1, [2], []]", "NUMBER NUMBERS BRACKET", ITEMS("1", "[2]", "[]"));
  check_not_packed("let x = [[[[[[[[[1]]]]]]]]]", "NUMBERS", ITEMS("[[[[[[[[1]]]]]]]]"));
}

/* A node that is used again has nothing of what it was. */
Test(packing, nodes_after_a_bracket_are_clean) {
  Parsed parsed = parsed_of("let x = [-5, 6]\nlet y = a\nlet z = [7, [8], -9 + b]\n");
  cr_assert(parsed.ast, "%s", mistakes_text(&parsed));
  const Ast *name = parsed.ast->items[1]->a, *bracket = parsed.ast->items[2]->a;
  cr_assert_eq(name->kind, AST_NAME);
  cr_assert(name->number == 0 && !name->a && !name->op && !name->numbers);
  cr_assert_eq(bracket->items[0]->number, 7);
  cr_assert_eq(bracket->items[1]->numbers->items[0].value, 8);
  cr_assert_eq(bracket->items[2]->a->a->number, 9);
  parsed_free(&parsed);
}

/* What is left of a broken bracket does not get into the next. */
Test(packing, after_a_mistake) {
  Parsed parsed = parsed_of("let x = [1, 2, [3, 4, )\nlet y = [5, 6\nlet z = [7 8]\n");
  cr_assert_gt(parsed.report.errors, 0);
  parsed_free(&parsed);
}

/* Bytes of the tree for each number of `item` repeated. */
static double bytes_a_number(const char *before, const char *item, int times, int numbers,
                             const char *after) {
  size_t used = mem_used_bytes();
  Text text = repeated(before, item, times, after);
  Parsed parsed = parsed_of(text.data);
  cr_assert(parsed.ast, "%s", mistakes_text(&parsed));
  double bytes = (double)(mem_used_bytes() - used) / ((double)times * numbers);
  parsed_free(&parsed);
  text_free(&text);
  return bytes;
}

Test(packing, a_number_of_a_table_takes_few_bytes) {
  cr_assert_lt(bytes_a_number("let x = [", "1,", 200000, 1, "]"), 24);
  cr_assert_lt(bytes_a_number("let x = [", "-2.5, ", 200000, 1, "]"), 32);
  cr_assert_lt(bytes_a_number("let x = [", "[1,-2],", 100000, 2, "]"), 32);
  cr_assert_lt(bytes_a_number("let x = [", "[[1,2],[3,4]],\n", 50000, 4, "]"), 32);
}
