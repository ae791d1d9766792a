/* nearest.c — which of the candidate names was meant.
 *
 * A wrong suggestion costs more than none, so a spelling must be close for its length: one
 * insertion, deletion, replacement or swap for every four letters.  In short names another first
 * letter makes another word (`clip` and `flip`), and for names of three letters only a swap is
 * accepted.  Among the few names of one imported file an edit for every three letters is.  A name
 * that differs only in case, one that looks the same, and gd's name for another tool's word are
 * preferred to any spelling.
 */
#include "lang/syntax/nearest.h"
#include "lang/syntax/lookalike.h"
#include "lang/syntax/synonym.h"

#include <string.h>

enum { LETTERS_EACH = 4, LETTERS_FEW = 3, SHORT = 5 };

Nearest nearest_to(const char *name) {
  return (Nearest){.name = name,
                   .how = NEAREST_NONE,
                   .letters = LETTERS_EACH,
                   .has_synonym = synonym_known(name)};
}

Nearest nearest_among_few(const char *name) {
  Nearest nearest = nearest_to(name);
  nearest.letters = LETTERS_FEW;
  return nearest;
}

/* Lower case, for the letters of Europe, whatever the locale. */
static uint32_t small(uint32_t code) {
  if (code >= 'A' && code <= 'Z') return code + 32;
  if ((code >= 0xc0 && code <= 0xde && code != 0xd7) || (code >= 0x391 && code <= 0x3a9) ||
      (code >= 0x410 && code <= 0x42f))
    return code + 32;
  return code;
}

/* The next letter other than `_`; 0 at the end. */
static uint32_t next_letter(const char **at) {
  while (**at == '_') (*at)++;
  uint32_t code = 0;
  size_t size = text_decode(*at, strlen(*at), &code);
  *at += size ? size : **at != 0;
  return small(code);
}

static bool same_but_case(const char *a, const char *b) {
  for (;;) {
    if (!*a && !*b) return true;
    uint32_t one = next_letter(&a), other = next_letter(&b);
    if (one != other) return false;
    if (!one) return true;
  }
}

static int letters(const char *name) {
  int count = 0;
  for (; *name; name++) count += ((unsigned char)*name & 0xc0) != 0x80;
  return count;
}

static bool same_letters(const char *a, const char *b) {
  for (const char *at = a; *at; at++) {
    int in_a = 0, in_b = 0;
    for (const char *k = a; *k; k++) in_a += *k == *at;
    for (const char *k = b; *k; k++) in_b += *k == *at;
    if (in_a != in_b) return false;
  }
  return strlen(a) == strlen(b);
}

/* The edit distance of two names, or -1 where it is too large for their length. */
static int distance_of(const Nearest *nearest, const char *candidate) {
  const char *name = nearest->name;
  int one = letters(name), other = letters(candidate), longer = one > other ? one : other;
  if (longer < 3) return -1;
  if (longer == 3) return same_letters(name, candidate) ? 1 : -1;
  int most = longer / nearest->letters, distance = text_distance(name, candidate, most);
  bool other_word = longer <= SHORT && one == other && name[0] != candidate[0] &&
                    !same_letters(name, candidate);
  return distance > most || other_word ? -1 : distance;
}

static NearestHow how_near(const Nearest *nearest, const char *candidate, int *distance) {
  const char *name = nearest->name;
  uint32_t a, b;
  if (lookalike_same(name, candidate, &a, &b)) return NEAREST_LOOK;
  *distance = (name[0] >= 'a') != (candidate[0] >= 'a'); /* a layer is not a function */
  if (same_but_case(name, candidate)) return NEAREST_CASE;
  if (nearest->has_synonym && synonym_is(name, candidate)) return NEAREST_SYNONYM;
  *distance = distance_of(nearest, candidate);
  return *distance >= 0 ? NEAREST_SPELLING : NEAREST_NONE;
}

void nearest_offer(Nearest *nearest, const char *candidate) {
  int distance = 0;
  if (!*candidate || strcmp(candidate, nearest->name) == 0) return;
  NearestHow how = how_near(nearest, candidate, &distance);
  if (how > nearest->how || how == NEAREST_NONE ||
      (how == nearest->how && distance >= nearest->distance))
    return;
  nearest->how = how;
  nearest->best = candidate;
  nearest->distance = distance;
}

static void tell_look(const Nearest *nearest, Diag *diag) {
  uint32_t a = 0, b = 0;
  Text one = {0}, other = {0};
  lookalike_same(nearest->name, nearest->best, &a, &b);
  text_code_point(&one, a);
  text_code_point(&other, b);
  const char *name_a = lookalike_called(a), *name_b = lookalike_called(b);
  diag_help(diag, "they look alike: `%s` is U+%04X%s%s, `%s` is U+%04X%s%s", one.data, a,
            *name_a ? " " : "", name_a, other.data, b, *name_b ? " " : "", name_b);
  text_free(&one);
  text_free(&other);
}

const char *nearest_advice(const Nearest *nearest) {
  return nearest->how == NEAREST_SYNONYM ? synonym_advice(nearest->name, nearest->best) : NULL;
}

bool nearest_tell(const Nearest *nearest, const char *mark, Diag *diag) {
  char name[NAME_SIZE], best[NAME_SIZE];
  if (!nearest->best) return false;
  const char *advice = nearest_advice(nearest);
  if (advice) {
    diag_label(diag, "gd writes it in another way");
    diag_help(diag, "%s", advice);
    return true;
  }
  name_shown(nearest->name, strlen(nearest->name), name);
  name_shown(nearest->best, strlen(nearest->best), best);
  diag_label(diag, "did you mean `%s%s`?", best, mark);
  switch (nearest->how) {
    case NEAREST_LOOK: tell_look(nearest, diag); break;
    case NEAREST_CASE:
      diag_help(diag, "case and `_` matter in names: `%s` is not `%s`", name, best);
      break;
    case NEAREST_SYNONYM: diag_help(diag, "in gd, `%s` is called `%s`", name, best); break;
    case NEAREST_SPELLING:
    case NEAREST_NONE: break;
  }
  return true;
}
