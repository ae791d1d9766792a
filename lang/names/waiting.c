/* waiting.c — features of the language page that this version does not have yet: one table of
 * names, clauses, statements and commands.
 */
#include "lang/names/waiting.h"

#include <string.h>

static const Waiting ROWS[] = {
#define WAITING(KIND, NAME, SENTENCE) {WAITING_##KIND, NAME, SENTENCE},
#include "lang/names/waiting.def"
#undef WAITING
    {WAITING_NAME, NULL, NULL}, /* the end: it may be the only one */
};

const Waiting *waiting_at(int index) {
  return index >= 0 && index < COUNT_OF(ROWS) - 1 ? &ROWS[index] : NULL;
}

const char *waiting_sentence(WaitingKind kind, const char *name) {
  for (const Waiting *row = ROWS; row->name; row++)
    if (row->kind == kind && strcmp(row->name, name) == 0) return row->sentence;
  return NULL;
}
