/* raise.c — the error for a value of the wrong kind: most checks of an argument end here. */
#include "lang/machine/raise.h"
#include "lang/machine/range.h"
#include "lang/machine/value.h"

void raise_kind(Vm *vm, Span span, Value found, const char *wanted, const char *help) {
  if (help) raise_help(vm, span, help, "%s, this is %s", wanted, kind_name(found));
  raise_at(vm, span, "%s, this is %s", wanted, kind_name(found));
}

void diag_help_range(Diag *diag, Value a, Value b) {
  if (a.kind != KIND_RANGE) a = b;
  if (a.kind != KIND_RANGE) return;
  Text text = {0};
  range_show(a.range, &text);
  diag_help(diag, "tensor(%s) makes a tensor of the range", text.data);
  text_free(&text);
}

void raise_no_tensor(Vm *vm, Span span, Value found, const char *wanted, const char *help) {
  if (found.kind != KIND_RANGE) raise_kind(vm, span, found, wanted, help);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, span, "%s, this is a range", wanted);
  diag_help_range(&diag, found, found);
  raise_diag(vm, &diag);
}
