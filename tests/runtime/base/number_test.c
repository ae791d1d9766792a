/* number_test.c — numbers to text and back: the shortest text, correctly rounded, whatever the
 * locale says. */
#include "runtime/base/base.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *shown(double number) {
  static char into[64];
  Text text = {0};
  text_number(&text, number);
  snprintf(into, sizeof into, "%s", text.data);
  text_free(&text);
  return into;
}

static char *digits(double number, int count) {
  static char into[64];
  Text text = {0};
  text_digits(&text, number, count);
  snprintf(into, sizeof into, "%s", text.data);
  text_free(&text);
  return into;
}

Test(number, as_the_language_writes_them) {
  static const struct {
    double number;
    const char *text;
  } cases[] = {{3, "3"},
               {0.1, "0.1"},
               {1e-5, "1e-5"},
               {1e21, "1e21"},
               {1e16, "1e16"},
               {1e15, "1000000000000000"},
               {9999999999999998, "9999999999999998"},
               {0.0001, "0.0001"},
               {0.00012, "0.00012"},
               {0.00009, "9e-5"},
               {1.5e-7, "1.5e-7"},
               {-0.0, "-0"},
               {0, "0"},
               {-2.5, "-2.5"},
               {1.0 / 3, "0.3333333333333333"},
               {123456789.125, "123456789.125"},
               {5e-324, "5e-324"},
               {1.7976931348623157e308, "1.7976931348623157e308"},
               {0x1p-44, "5.684341886080802e-14"},
               {NAN, "nan"},
               {INFINITY, "inf"},
               {-INFINITY, "-inf"},
               {2.2250738585072014e-308, "2.2250738585072014e-308"},
               {9007199254740993.0, "9007199254740992"}};
  for (int i = 0; i < COUNT_OF(cases); i++) cr_assert_str_eq(shown(cases[i].number), cases[i].text);
}

Test(number, six_digits) {
  static const struct {
    double number;
    const char *text;
  } cases[] = {{1.5, "1.5"},           {1.0 / 3, "0.333333"}, {10, "10"},    {1e-5, "1e-5"},
               {1234567, "1.23457e6"}, {1e7, "10000000"},     {0.1f, "0.1"}, {999999.5, "1e6"},
               {99999.96, "100000"},   {-0.0, "-0"},          {NAN, "nan"}};
  for (int i = 0; i < COUNT_OF(cases); i++)
    cr_assert_str_eq(digits(cases[i].number, 6), cases[i].text, "%s", cases[i].text);
}

/* No exponent for an amount of time or bytes. */
Test(number, rounded) {
  static const struct {
    double number;
    int digits;
    const char *text;
  } cases[] = {{0.01234, 2, "0.012"}, {9.96, 2, "10"},   {99.4, 2, "99"},
               {99.5, 2, "100"},      {124.3, 2, "124"}, {-124.6, 2, "-125"},
               {1023.4, 3, "1023"},   {0, 2, "0"},       {86400.4, 2, "86400"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Text text = {0};
    text_rounded(&text, cases[i].number, cases[i].digits);
    cr_assert_str_eq(text.data, cases[i].text, "%s", text.data);
    text_free(&text);
  }
}

/* Every bit pattern comes back, and no text with fewer digits would have. */
Test(number, round_trip_of_random_bits) {
  uint64_t state = 1;
  for (int i = 0; i < 20000; i++) {
    state = hash_mix(state, 0x9e3779b97f4a7c15u) + (uint64_t)i;
    double number, back, shorter;
    uint64_t bits = i % 4 ? state : (state & 0x7ff0000000000000u); /* powers of two too */
    memcpy(&number, &bits, sizeof number);
    if (!isfinite(number) || number == 0) continue;
    const char *text = shown(number);
    cr_assert(number_parse(text, strlen(text), &back), "%s", text);
    cr_assert_eq(memcmp(&number, &back, sizeof back), 0, "%s", text);
    size_t count = strspn(text + (*text == '-'), "0123456789.");
    if (count < 4 || fabs(number) < 2.3e-308) continue;
    char rounded[64];
    int kept = (int)(strchr(text, '.') ? count - 1 : count);
    while (kept > 1 && text[(*text == '-') + kept - 1] == '0') kept--;
    snprintf(rounded, sizeof rounded, "%.*e", kept - 2 < 0 ? 0 : kept - 2, number);
    if (strchr(text, 'e'))
      cr_assert(!number_parse(rounded, strlen(rounded), &shorter) || shorter != number,
                "%s is not the shortest: %s", text, rounded);
  }
}

Test(number, read_to_the_nearest) {
  static const struct {
    const char *text;
    double number;
  } cases[] = {{"4.9e-324", 5e-324},
               {"2.2250738585072011e-308", 0x0.fffffffffffffp-1022},
               {"6.631236846766476e-316", 0x0.0000008p-1022},
               {"9007199254740993", 9007199254740992.0},
               {"9007199254740993.0000000001", 9007199254740994.0},
               {"18446744073709551616", 0x1p64},
               {".5", 0.5},
               {"5.", 5},
               {"1E5", 1e5},
               {"+3", 3},
               {"-0", -0.0},
               {"2.4703282292062327208e-324", 0},
               {"2.4703282292062329e-324", 5e-324},
               {"1e-400", 0},
               {"0e999999999999999999999", 0},
               {"1.7976931348623158e308", 1.7976931348623157e308}};
  for (int i = 0; i < COUNT_OF(cases); i++) {
    double number = 1;
    cr_assert(number_parse(cases[i].text, strlen(cases[i].text), &number), "%s", cases[i].text);
    cr_assert_eq(memcmp(&number, &cases[i].number, sizeof number), 0, "%s gave %s", cases[i].text,
                 shown(number));
  }
}

Test(number, refused) {
  static const char *const cases[] = {"",
                                      ".",
                                      "-",
                                      "e5",
                                      "1e",
                                      "1e+",
                                      "1.2.3",
                                      "0x10",
                                      "1_0",
                                      "nan",
                                      "inf",
                                      " 1",
                                      "1 ",
                                      "1e309",
                                      "1.7976931348623159e308",
                                      "1e99999999999999999999",
                                      "1,5",
                                      "--1"};
  for (int i = 0; i < COUNT_OF(cases); i++) {
    double number;
    cr_assert_not(number_parse(cases[i], strlen(cases[i]), &number), "%s", cases[i]);
  }
}

/* A number of a million digits costs one walk over them; 65,000 zeros and e65001 make exactly 1. */
Test(number, long_texts_are_exact_and_linear) {
  enum { LONG = 1000000, ZEROS = 65000 };
  char *text = mem_alloc(LONG + 32);
  double number;
  memset(text, '9', LONG);
  cr_assert_not(number_parse(text, 5000, &number));
  text[0] = '0', text[1] = '.';
  clock_t start = clock();
  cr_assert(number_parse(text, LONG, &number));
  /* it takes milliseconds; a walk for each digit would take minutes */
  cr_assert_lt((double)(clock() - start) / CLOCKS_PER_SEC, 20);
  cr_assert_eq(number, 1);
  memset(text, '0', LONG);
  text[1] = '.';
  int length = ZEROS + 2 + snprintf(text + ZEROS + 2, 16, "1e65001");
  cr_assert(number_parse(text, (size_t)length, &number));
  cr_assert_eq(number, 1);
  mem_free(text);
}

/* A tie that only the last of 900 digits breaks. */
Test(number, sticky_digit) {
  char text[1000];
  double number;
  snprintf(text, sizeof text, "9007199254740993.");
  size_t length = strlen(text);
  memset(text + length, '0', 900);
  cr_assert(number_parse(text, length + 900, &number));
  cr_assert_eq(number, 9007199254740992.0);
  text[length + 899] = '1';
  cr_assert(number_parse(text, length + 900, &number));
  cr_assert_eq(number, 9007199254740994.0);
}

/* With a decimal comma in force, where the system has such a locale, nothing changes. */
Test(number, locale_is_not_asked) {
  static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8",
                                      "ru_RU.UTF-8"};
  bool comma = false;
  for (int i = 0; i < COUNT_OF(names) && !comma; i++)
    comma = setlocale(LC_ALL, names[i]) && strcmp(localeconv()->decimal_point, ",") == 0;
  if (!comma) cr_skip_test("no locale with a decimal comma is installed");
  double number;
  cr_assert_str_eq(shown(0.1), "0.1");
  cr_assert_str_eq(shown(1.25e-300), "1.25e-300");
  cr_assert(number_parse("1.7976931348623157e308", 22, &number));
  cr_assert_eq(number, 1.7976931348623157e308);
  cr_assert_not(number_parse("1,5", 3, &number));
}

Test(number, decimal_that_f32_stands_for) {
  static const double decimals[] = {0.1, -0.29, 1.0 / 3, 1e-7, 2.5, 16777216, 0};
  cr_assert_str_eq(shown(number_meant((double)0.1F)), "0.1");
  cr_assert_str_eq(shown(number_meant((double)(1.0F / 3))), "0.33333334");
  for (int i = 0; i < COUNT_OF(decimals); i++) {
    double single = (double)(float)decimals[i];
    cr_assert_eq((double)(float)number_meant(single), single);
  }
  cr_assert(isnan(number_meant((double)NAN)));
  cr_assert_eq(number_meant((double)INFINITY), (double)INFINITY);
}
