/* waiting.c — what the language page has and this version does not: one table of names, clauses,
 * statements and commands. */
#include "lang/names/waiting.h"

#include <string.h>

static const Waiting ROWS[] = {
#define WAITING(KIND, NAME, SENTENCE) {WAITING_##KIND, NAME, SENTENCE},
#include "lang/names/waiting.def"
#undef WAITING
};

const Waiting *waiting_at(int index) {
  return index >= 0 && index < COUNT_OF(ROWS) ? &ROWS[index] : NULL;
}

const char *waiting_sentence(WaitingKind kind, const char *name) {
  for (int i = 0; i < COUNT_OF(ROWS); i++)
    if (ROWS[i].kind == kind && strcmp(ROWS[i].name, name) == 0) return ROWS[i].sentence;
  return NULL;
}
