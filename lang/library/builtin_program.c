/* builtin_program.c — standard functions for the running program: output, errors, time, random
 * numbers, precision.
 *
 * `gd check` writes nothing.  Printing while a step is recorded makes the recording valid for this
 * step only (trace_effect), so a `print` in a loss prints in every step.
 */
#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/eval/standard_value.h"
#include "lang/library/natives.h"
#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/value.h"
#include "lang/tensors/operation.h"
#include "lang/tensors/trace.h"
#include "lang/text/output.h"
#include "lang/values/show.h"
#include "lang/values/text_value.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static NORETURN void raise_output(Vm *vm, const CallSite *site) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_IO, site->span, "standard output cannot be written: %s", strerror(errno));
  /* the reader has closed the pipe: end without a message */
  if (errno == EPIPE) diag.message[0] = 0;
  raise_diag(vm, &diag);
}

Value native_print(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (vm->checking) return value_none();
  trace_effect(vm);
  Text text = {0};
  const ListObject *values = args[0].list;
  for (int64_t i = 0; i < values->count; i++) {
    if (i) text_char(&text, ' ');
    value_show_safe(vm, values->items[i], false, &text, site->span);
  }
  text_char(&text, '\n');
  errno = 0;
  size_t done = 0;
  bool fine;
  /* a train waits for the end of its step */
  while (!(fine = output_add(text.data, text.length, &done)) && !ferror(stdout) && !vm_stops(vm))
    continue;
  text_free(&text);
  if (!fine) vm_poll_signals(vm);
  if (!fine) raise_output(vm, site);
  return value_none();
}

Value native_assert(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (value_unknown(vm, args[0])) return value_none();
  if (vm->checking && !check_sure(vm) && !value_truth(vm, site_at(site, 0), args[0]))
    raise_ended(vm); /* in a branch that may not be taken it is not an
                      * error */
  if (value_truth(vm, site_at(site, 0), args[0])) return value_none();
  Diag diag = {0};
  if (args[1].kind == KIND_STRING)
    diag_fail(&diag, STATUS_FAILED, site->span, "assertion failed: %.*s",
              (int)(args[1].string->length > 500 ? 500 : args[1].string->length),
              args[1].string->data);
  else diag_fail(&diag, STATUS_FAILED, site->span, "assertion failed");
  diag_label(&diag, "this is false");
  diag.span = args[1].kind == KIND_STRING ? site->span : site_at(site, 0);
  raise_diag(vm, &diag);
}

Value native_error(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (vm->checking && !check_library_error(vm, site->span, args[0])) raise_ended(vm);
  Text text = {0};
  value_show_safe(vm, args[0], false, &text, site->span);
  Value kept = string_take(vm, &text);
  raise_at(vm, site->span, "%.*s", (int)(kept.string->length > 700 ? 700 : kept.string->length),
           kept.string->length ? kept.string->data : "error");
}

Value native_exit(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (vm->checking && value_unknown(vm, args[0])) raise_ended(vm);
  Diag diag = {.status = (int)arg_integer(vm, site, args, 0, 0, 0, 255), .span = site->span};
  if (vm->checking) raise_ended(vm);
  vm->exited = true;
  raise_diag(vm, &diag); /* no message: the program ends, without an error */
}

static double seconds(clockid_t which) {
  struct timespec now;
  clock_gettime(which, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

Value native_time(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  double begun = seconds(CLOCK_MONOTONIC);
  value_release(vm, vm_call(vm, site, args[0], NULL, 0));
  if (vm->checking) raise_unknown(vm);
  return value_number(seconds(CLOCK_MONOTONIC) - begun);
}

Value native_clock(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)site;
  (void)args;
  (void)count;
  if (vm->checking) raise_unknown(vm);
  return value_number(seconds(CLOCK_REALTIME));
}

Value native_seed(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t seed = arg_integer(vm, site, args, 0, 0, 0, INT64_C(9007199254740992));
  trace_effect(vm);
  vm->seed = (uint64_t)seed;
  vm->draws = 0;
  return value_none();
}

Value native_precision(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const OpRow *row = args[0].kind == KIND_NATIVE ? args[0].native->row : NULL;
  Dtype dtype;
  if (row && args[1].kind == KIND_UNSET && dtype_parse(row->name, &dtype)) {
    if (!dtype_floats(dtype))
      raise_at(vm, site_at(site, 0), "the default float is f32 or f64, not %s", row->name);
    vm->real = dtype;
    return value_none();
  }
  if (args[1].kind == KIND_UNSET)
    raise_help(vm, site->span,
               "precision(f64) sets the default float; precision(scores, labels) is the metric",
               "`precision` needs f32, f64 or the two arguments of the metric");
  return standard_library_call(vm, site, "precision", args, 2);
}
