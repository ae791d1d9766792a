/* natives.c — the table of all standard functions in C. */
#include "lang/library/natives.h"

const Native NATIVES[] = {
#define NATIVE(name, signature, function, sentence, example, prints) \
  {name, signature, function, false, sentence, example, prints},
#define NATIVE_END(name, signature, function, sentence, example, prints) \
  {name, signature, function, true, sentence, example, prints},
#include "lang/library/builtin.def"
};
_Static_assert(COUNT_OF(NATIVES) == NATIVE_COUNT, "natives.h counts the rows of builtin.def");
