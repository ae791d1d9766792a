/* bf16_test.c — every name of the table takes bf16, and computes with it as with f32.
 *
 * The variables of each row's own test (its `domain`) are made bf16; what its `check` gives must be
 * what it gives of the same values as f32, rounded to bf16 once.
 */
#include "runtime/graph/ops.h"
#include "tests/lang/running.h"

/* `let a = X; let b = Y` with each value inside a conversion. */
static void convert_domain(Text *text, const char *domain, const char *open, const char *close) {
  for (const char *at = domain; *at;) {
    const char *equals = strstr(at, " = ");
    cr_assert(equals, "%s", domain);
    size_t depth = 0;
    const char *end = equals;
    for (; *end && (depth || *end != ';'); end++)
      depth += (size_t)((*end == '(' || *end == '[') - (*end == ')' || *end == ']'));
    text_format(text, "%.*s = %s%.*s%s\n", (int)(equals - at), at, open, (int)(end - equals - 3),
                equals + 3, close);
    for (at = end; *at == ';' || *at == ' ';) at++;
  }
}

static void check_row(const OpRow *row) {
  Text text = {0};
  text_string(&text, "seed(1)\nlet narrow = {\n");
  convert_domain(&text, row->domain, "bf16(", ")");
  text_format(&text, "%s\n}\nseed(1)\nlet wide = {\n", row->check);
  convert_domain(&text, row->domain, "f32(bf16(", "))");
  text_format(&text, "%s\n}\nprint(all(narrow == bf16(wide)))\n", row->check);
  Ran ran = run_text(text.data);
  cr_expect(ran.status == 0 && !strcmp(ran.printed, "true\n"), "%s\n%s%.600s", text.data,
            ran.printed, ran.told.data ? ran.told.data : "");
  ran_free(&ran);
  text_free(&text);
}

Test(bf16, every_row) {
  int checked = 0;
  const OpRow *row;
  for (int i = 0; (row = ops_row(i)); i++) {
    Dtype dtype;
    if (!row->check[0] || !row->domain[0] || row->draws || dtype_parse(row->name, &dtype)) continue;
    check_row(row);
    checked++;
  }
  cr_expect_gt(checked, 100);
}

/* Rounding once from a double, where rounding to f32 first would make a tie. */
Test(bf16, rounds_once) {
  double tie = 1 + 0x1p-8;
  cr_expect_eq(bf16_value(bf16_near(tie)), 1.0f);
  cr_expect_eq(bf16_value(bf16_near(tie + 0x1p-40)), 1 + 0x1p-7f);
  cr_expect_eq(bf16_value(bf16_near(-tie - 0x1p-40)), -1 - 0x1p-7f);
  cr_expect_eq(bf16_value(bf16_near(1 + 3 * 0x1p-8)), 1 + 0x1p-6f);
  cr_expect_eq(bf16_value(bf16_near(1 + 3 * 0x1p-8 - 0x1p-40)), 1 + 0x1p-7f);
  for (uint32_t half = 0; half < 0x10000; half++) {
    float value = bf16_value((uint16_t)half);
    if (value == value) cr_assert_eq(bf16_of(value), half);
    else cr_assert(bf16_value(bf16_of(value)) != value);
  }
}
