/* waiting.h — features of the language page that this version does not have yet: the rows of
 * waiting.def, by kind. */
#ifndef GD_LANG_WAITING_H
#define GD_LANG_WAITING_H

#include "lang/machine/vm.h"

typedef enum WaitingKind {
  WAITING_NAME,
  WAITING_CLAUSE,
  WAITING_UPDATE_CLAUSE,
  WAITING_STATEMENT,
  WAITING_COMMAND
} WaitingKind;
typedef struct Waiting {
  WaitingKind kind;
  const char *name;
  const char *sentence; /* what it will be */
} Waiting;

/* by number from 0; NULL past the last */
const Waiting *waiting_at(int index);
/* NULL if there is no row of that kind and name */
const char *waiting_sentence(WaitingKind kind, const char *name);

#endif
