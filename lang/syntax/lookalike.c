/* lookalike.c — names that look like others (FAULTS.md, A11).
 *
 * A Cyrillic `а` and a Latin `a` make different names that no reader can tell apart.  Letters of
 * other scripts that look like a Latin letter are replaced by it.  If the result is all Latin, and
 * either the name had Latin letters itself or the result is a name of the program too, a warning
 * names both letters.  Greek small letters are used in mathematics and are left alone (`ν`, `α`),
 * except those that look exactly like a Latin letter (Unicode's UTS 39, section 4).
 */
#include "lang/syntax/lookalike.h"

#include <string.h>

typedef struct Twin {
  uint32_t code; /* the letter */
  char latin;    /* what it looks like */
} Twin;

static const Twin TWINS[] = {
    /* Cyrillic */
    {0x430, 'a'},
    {0x435, 'e'},
    {0x43e, 'o'},
    {0x440, 'p'},
    {0x441, 'c'},
    {0x443, 'y'},
    {0x445, 'x'},
    {0x455, 's'},
    {0x456, 'i'},
    {0x458, 'j'},
    {0x501, 'd'},
    {0x51b, 'q'},
    {0x51d, 'w'},
    {0x4bb, 'h'},
    {0x410, 'A'},
    {0x412, 'B'},
    {0x415, 'E'},
    {0x41a, 'K'},
    {0x41c, 'M'},
    {0x41d, 'H'},
    {0x41e, 'O'},
    {0x420, 'P'},
    {0x421, 'C'},
    {0x422, 'T'},
    {0x423, 'Y'},
    {0x425, 'X'},
    {0x405, 'S'},
    {0x406, 'I'},
    {0x408, 'J'},
    {0x50c, 'G'},
    /* Greek */
    {0x3bf, 'o'},
    {0x391, 'A'},
    {0x392, 'B'},
    {0x395, 'E'},
    {0x396, 'Z'},
    {0x397, 'H'},
    {0x399, 'I'},
    {0x39a, 'K'},
    {0x39c, 'M'},
    {0x39d, 'N'},
    {0x39f, 'O'},
    {0x3a1, 'P'},
    {0x3a4, 'T'},
    {0x3a5, 'Y'},
    {0x3a7, 'X'},
};

static char latin_of(uint32_t code) {
  for (int i = 0; i < COUNT_OF(TWINS); i++)
    if (TWINS[i].code == code) return TWINS[i].latin;
  return 0;
}

typedef struct Disguise {
  Text plain;    /* the name with every look-alike replaced */
  uint32_t twin; /* the first letter that was replaced; 0: none */
  bool latin;    /* the name has Latin letters too */
  bool foreign;  /* the name has letters that look like no Latin one */
} Disguise;

static Disguise undress(const char *name) {
  Disguise disguise = {0};
  size_t length = strlen(name);
  for (size_t i = 0; i < length;) {
    uint32_t code;
    size_t size = text_decode(name + i, length - i, &code);
    char latin = latin_of(code);
    if (latin && !disguise.twin) disguise.twin = code;
    if (latin) text_char(&disguise.plain, latin);
    else text_add(&disguise.plain, name + i, size);
    disguise.latin = disguise.latin || (code < 0x80 && (code | 32) >= 'a' && (code | 32) <= 'z');
    disguise.foreign = disguise.foreign || (code >= 0x370 && code < 0x530 && !latin);
    i += size ? size : 1;
  }
  return disguise;
}

static bool is_name(const Names *names, const char *name) {
  for (int i = 0; i < names_count(names); i++)
    if (strcmp(names_at(names, i), name) == 0) return true;
  return false;
}

/* ---- two names that look the same ---- */

typedef struct Compatible {
  uint32_t code;    /* a letter equivalent to another */
  uint32_t letter;  /* the other one */
  const char *name; /* what the first is called */
} Compatible;

/* Letters that Unicode has twice, and variants of Greek ones (Unicode 15, compatibility
 * decompositions). */
static const Compatible COMPATIBLES[] = {
    {0xb5, 0x3bc, "micro sign"},          {0x2126, 0x3a9, "ohm sign"},
    {0x212a, 'K', "kelvin sign"},         {0x212b, 0xc5, "angstrom sign"},
    {0x3d0, 0x3b2, "Greek beta symbol"},  {0x3d1, 0x3b8, "Greek theta symbol"},
    {0x3d5, 0x3c6, "Greek phi symbol"},   {0x3d6, 0x3c0, "Greek pi symbol"},
    {0x3f0, 0x3ba, "Greek kappa symbol"}, {0x3f1, 0x3c1, "Greek rho symbol"},
    {0x3f4, 0x3b8, "Greek theta symbol"}, {0x3f5, 0x3b5, "Greek epsilon symbol"},
    {0x2206, 0x394, "increment sign"},    {0x1d6c1, 0x2207, "bold nabla"},
    {0x210e, 'h', "Planck constant"},     {0x2113, 'l', "script small l"},
};

static const Compatible *compatible_of(uint32_t code) {
  for (int i = 0; i < COUNT_OF(COMPATIBLES); i++)
    if (COMPATIBLES[i].code == code) return &COMPATIBLES[i];
  return NULL;
}

/* The letter that this one looks like. */
static uint32_t look_of(uint32_t code) {
  const Compatible *compatible = compatible_of(code);
  char latin = latin_of(compatible ? compatible->letter : code);
  if (latin) return (uint32_t)latin;
  if (compatible) return compatible->letter;
  if (code >= 0xff10 && code <= 0xff5a) return code - 0xfee0; /* full width */
  if (code >= 0x2080 && code <= 0x2089) return '0' + (code - 0x2080);
  if (code == 0x2070 || (code >= 0x2074 && code <= 0x2079)) return '0' + (code - 0x2070);
  return code == 0xb9 ? '1' : code == 0xb2 ? '2' : code == 0xb3 ? '3' : code;
}

const char *lookalike_called(uint32_t code) {
  const Compatible *compatible = compatible_of(code);
  if (compatible) return compatible->name;
  if (code >= 0xff10 && code <= 0xff5a) return "full width";
  if (code >= 0x2080 && code <= 0x2089) return "subscript";
  if (look_of(code) >= '0' && look_of(code) <= '9' && code > 0x7f) return "superscript";
  if (code >= 0x370 && code < 0x400) return "Greek";
  if (code >= 0x400 && code < 0x530) return "Cyrillic";
  return code >= 'A' && code < 0x250 ? "Latin" : "";
}

static uint32_t next_code(const char **at) {
  uint32_t code = 0;
  size_t size = text_decode(*at, strlen(*at), &code);
  *at += size ? size : **at != 0;
  return code;
}

bool lookalike_same(const char *a, const char *b, uint32_t *of_a, uint32_t *of_b) {
  bool differ = false;
  while (*a && *b) {
    uint32_t one = next_code(&a), other = next_code(&b);
    if (look_of(one) != look_of(other)) return false;
    if (one == other || differ) continue;
    *of_a = one;
    *of_b = other;
    differ = true;
  }
  return differ && !*a && !*b;
}

void lookalike_check(Parser *b) {
  for (int i = 0; i < b->odd_count && b->report->count < REPORT_LIMIT; i++) {
    Disguise disguise = undress(b->odd[i].name);
    if (disguise.twin && !disguise.foreign &&
        (disguise.latin || is_name(b->names, disguise.plain.data))) {
      char shown[NAME_SIZE];
      Text letter = {0};
      text_code_point(&letter, disguise.twin);
      name_shown(b->odd[i].name, strlen(b->odd[i].name), shown);
      Diag *diag = report_warning(b->report, b->odd[i].span,
                                  "`%s` looks like a Latin name but is not", shown);
      diag_label(diag, "`%s` is U+%04X %s, not the Latin `%c`", letter.data, disguise.twin,
                 disguise.twin >= 0x400 ? "Cyrillic" : "Greek", latin_of(disguise.twin));
      text_free(&letter);
    }
    text_free(&disguise.plain);
  }
}
