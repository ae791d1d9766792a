/* raise.c — the error for a value of the wrong kind: most checks of an argument end here. */
#include "lang/machine/raise.h"
#include "lang/machine/value.h"

void raise_kind(Vm *vm, Span span, Value found, const char *wanted, const char *help) {
  if (help) raise_help(vm, span, help, "%s, this is %s", wanted, kind_name(found));
  raise_at(vm, span, "%s, this is %s", wanted, kind_name(found));
}
