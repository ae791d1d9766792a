/* format_test.c — formats: every part of Python's mini-language that the language page lists, and
 * that no locale is heard. */
#include "lang/values/format.h"
#include "tests/lang/running.h"

#include <locale.h>
#include <math.h>

static void gives(const char *format_text, double number, const char *expected) {
  Format format;
  Text text = {0};
  cr_assert(format_parse(format_text, strlen(format_text), &format), "`%s` is a format",
            format_text);
  cr_assert(format_number(&format, number, &text), "`%s` takes the number", format_text);
  cr_assert_str_eq(text.data ? text.data : "", expected, "`%s`", format_text);
  text_free(&text);
}

static void is_no_format(const char *text) {
  Format format;
  cr_assert(!format_parse(text, strlen(text), &format), "`%s`", text);
}

Test(format, digits) {
  gives(".4f", 1.0 / 3, "0.3333");
  gives("f", 1.5, "1.500000");
  gives(".0f", 2.5, "2");
  gives(".0f", 3.5, "4");
  gives(".2e", 12345, "1.23e+04");
  gives("e", 0, "0.000000e+00");
  gives("g", 0.0001, "0.0001");
  gives("g", 1e6, "1e+06");
  gives(".3g", 1234.5, "1.23e+03");
  gives(".1%", 0.256, "25.6%");
  gives("d", 42, "42");
  gives("d", 1e20, "100000000000000000000");
  gives("x", 255, "ff");
  gives("", 0.1, "0.1");
  gives(".3", 3.14159, "3.14");
  gives(".20f", 0.1, "0.10000000000000000555");
}

Test(format, width_fill_and_align) {
  gives("8", 42, "      42");
  gives("<8", 42, "42      ");
  gives("^8", 42, "   42   ");
  gives("*>8.1f", 1.25, "*****1.2");
  gives("08.3f", -3.14159, "-003.142");
  gives("é^6d", 42, "éé42éé");
  gives("0>5d", -1, "000-1");
  gives("=+8d", 5, "+      5");
  gives("2", 12345, "12345");
  gives("<05d", 7, "70000");
  gives("^05d", 7, "00700");
  gives("*<05d", 7, "7****");
}

Test(format, sign_and_groups) {
  gives("+", 3, "+3");
  gives("+", -3, "-3");
  gives(" d", 3, " 3");
  gives(",", 1234567, "1,234,567");
  gives(",.2f", -1234567.891, "-1,234,567.89");
  gives(",d", 999, "999");
  gives(",d", 1000, "1,000");
  gives("08,d", -1, "-000,001");
  gives("0=8,d", -1, "-000,001");
  gives("04,d", 1, "0,001"); /* no comma comes first */
  gives("010,.1f", -1.5, "-000,001.5");
  gives("08,", INFINITY, "00000inf");
  gives("f", -0.0, "-0.000000");
}

Test(format, not_finite) {
  gives(".2f", INFINITY, "inf");
  gives("8.2f", -INFINITY, "    -inf");
  gives("08.2f", NAN, "00000nan");
  gives("d", INFINITY, "inf");
}

Test(format, fractions_are_refused_by_whole_types) {
  Format format;
  Text text = {0};
  cr_assert(format_parse("d", 1, &format));
  cr_assert(!format_number(&format, 1.5, &text));
  cr_assert(format_parse("x", 1, &format));
  cr_assert(!format_number(&format, 1e-30, &text));
  cr_assert_eq(text.length, 0u);
  text_free(&text);
}

Test(format, what_is_no_format) {
  is_no_format("z");
  is_no_format(".f");
  is_no_format("5.");
  is_no_format("99999999999");
  is_no_format(".2ff");
  is_no_format("f.2");
  is_no_format("<<<");
}

Test(format, strings) {
  prints("print(\"[{\"ab\":5}] [{\"ab\":>5}] [{\"äöü\":^7}] [{\"abcdef\":.3}]\")",
         "[ab   ] [   ab] [  äöü  ] [abc]\n");
}

Test(format, each_element_of_a_tensor) {
  prints("print(\"{[1, 2.5]:.2f} {[[1], [2]]:>3} {[]:>3}\")", "[1.00, 2.50] [[  1], [  2]]  []\n");
}

Test(format, mistakes_stand_at_the_piece) {
  fails("let a = 1\nprint(\"{a:q}\")", 1, 2, 9, "is not a format");
  fails("print(\"{1.5:d}\")", 1, 1, 9, "needs whole numbers");
  fails("print(\"{\"a\":.1f}\")", 1, 1, 9, "needs a number");
}

Test(format, locale) {
  if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "C.UTF-8")) return;
  gives(",.2f", 1234.5, "1,234.50");
  gives("e", 1.5, "1.500000e+00");
}
