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
#include "lang/machine/known.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"
#include "lang/text/output.h"
#include "lang/values/dict.h"
#include "lang/values/show.h"
#include "lang/values/text_value.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static NORETURN void raise_output(Vm *vm, const CallSite *site) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_IO, site->span, "standard output cannot be written: %s", strerror(errno));
  diag.silent = errno == EPIPE; /* the reader has closed the pipe */
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

Value native_warn_unless(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Span span = trace_span(vm, site->span);
  if (args[1].kind != KIND_STRING)
    raise_kind(vm, site_at(site, 1), args[1], "the message is a string", NULL);
  if (value_unknown(vm, args[0]) || trace_pending(vm, args[0])) return value_none();
  if (value_truth(vm, site_at(site, 0), args[0])) return value_none();
  if (!vm_warns(vm) || vm->clinic) return value_none();
  if (vm->checking && !check_sure(vm)) return value_none();
  if (!trace_mark_reported(vm, span)) return value_none();
  const StringObject *text = args[1].string;
  Diag diag = {0};
  diag_bytes(&diag, STATUS_FAILED, span, "", text->data, text->length);
  vm_warn(vm, &diag);
  return value_none();
}

Value native_assert(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (value_unknown(vm, args[0])) return value_none();
  if (vm->checking && !check_sure(vm) && !value_truth(vm, site_at(site, 0), args[0]))
    raise_ended(vm); /* in a branch that may not be taken it is not an
                      * error */
  if (value_truth(vm, site_at(site, 0), args[0])) return value_none();
  bool told = args[1].kind != KIND_UNSET && args[1].kind != KIND_NONE;
  Text text = {0};
  if (told) value_show_safe(vm, args[1], false, &text, site->span);
  Diag diag = {0};
  diag_bytes(&diag, STATUS_FAILED, told ? site->span : site_at(site, 0),
             text.length ? "assertion failed: " : "assertion failed", text.data, text.length);
  text_free(&text);
  diag_label(&diag, "this is false");
  raise_diag(vm, &diag);
}

Value native_error(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (vm->checking && !check_library_error(vm, site->span, args[0])) raise_ended(vm);
  Text text = {0};
  value_show_safe(vm, args[0], false, &text, site->span);
  Diag diag = {0};
  diag_bytes(&diag, STATUS_FAILED, site->span, text.length ? "" : "error", text.data, text.length);
  text_free(&text);
  raise_diag(vm, &diag);
}

/* ---- attempt ---- */

typedef struct Attempt {
  const CallSite *site;
  Value function;
  Value value; /* output */
} Attempt;

/* Computes pending values, so that a failure occurs here and not later.  The rows of a `vmap` are
 * computed together, after it. */
static void settle_value(Vm *vm, Span span, Value value) {
  stack_check(vm, span);
  if (value.kind == KIND_TENSOR && !trace_is_row(vm, value.tensor)) {
    Tensor tensor = trace_elements(vm, value, span);
    tensor_release(&tensor);
  }
  for (int i = 0; value.kind == KIND_TUPLE && i < value.tuple->count; i++)
    settle_value(vm, span, value.tuple->items[i]);
  for (int64_t i = 0; value.kind == KIND_LIST && i < value.list->count; i++)
    settle_value(vm, span, value.list->items[i]);
  for (int64_t i = 0; value.kind == KIND_DICT && i < value.dict->count; i++)
    settle_value(vm, span, dict_entries(value.dict)[i].value);
}

static void attempt_body(Vm *vm, void *context) {
  Attempt *attempt = context;
  attempt->value = vm_call(vm, attempt->site, attempt->function, NULL, 0);
  if (!vm->checking) settle_value(vm, attempt->site->span, attempt->value);
}

/* What ends the program, whoever attempts something. */
static bool ends_program(const Vm *vm, const Diag *diag) {
  return vm->exited || diag->silent || diag->status == STATUS_MEMORY ||
         diag->status == STATUS_INTERRUPTED || diag->status == STATUS_TERMINATED ||
         diag->status == STATUS_LIMIT || vm_signal & SIGNAL_LOST;
}

static Value outcome(Vm *vm, bool ok, int count, const char *second) {
  static const char *const names[] = {"ok", NULL, "line"};
  Value tuple = value_tuple(vm, count);
  tuple.tuple->names = mem_zero((size_t)count * sizeof(char *));
  for (int i = 0; i < count; i++) {
    const char *name = i == 1 ? second : names[i];
    tuple.tuple->names[i] = names_intern(vm->names, name, strlen(name));
  }
  tuple.tuple->items[0] = value_bool(ok);
  return tuple;
}

static Value failure(Vm *vm, const Diag *diag) {
  Value tuple = outcome(vm, false, 3, "error");
  Text text = {0};
  if (diag->where[0]) text_format(&text, "%s: ", diag->where);
  text_format(&text, "%s%s%s", diag->message, diag->label[0] ? ": " : "", diag->label);
  tuple.tuple->items[1] = string_take(vm, &text);
  Span met = diag->met.file ? diag->met : diag->span;
  uint32_t line = source_place(vm->sources, met).line;
  if (line) tuple.tuple->items[2] = value_number(line);
  return tuple;
}

/* gd check: what fails inside may be meant to, so it is not reported; which of the two comes out is
 * not known. */
static NORETURN void attempt_check(Vm *vm, Attempt *attempt) {
  Diag diag = {0};
  Standing standing = check_stand(vm);
  vm->checker->silent++;
  bool fine = vm_protect(vm, attempt_body, attempt, &diag);
  vm->checker->silent--;
  if (fine) value_release(vm, attempt->value);
  else check_stand_back(vm, &standing);
  raise_unknown(vm);
}

Value native_attempt(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Attempt attempt = {.site = site, .function = args[0]};
  Diag diag = {0};
  if (vm->checking) attempt_check(vm, &attempt);
  bool fine = vm_protect(vm, attempt_body, &attempt, &diag);
  if (!fine && ends_program(vm, &diag)) raise_diag(vm, &diag);
  trace_effect(vm);
  if (!fine) return failure(vm, &diag);
  Value tuple = outcome(vm, true, 2, "value");
  tuple.tuple->items[1] = attempt.value;
  return tuple;
}

Value native_exit(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (vm->checking && value_unknown(vm, args[0])) raise_ended(vm);
  Diag diag = {
      .status = (int)arg_integer(vm, site, args, 0, 0, 0, 255), .span = site->span, .silent = true};
  if (vm->checking) raise_ended(vm);
  vm->exited = true;
  raise_diag(vm, &diag);
}

/* ---- options of the script ---- */

/* The first argument from `from` on that is `--name` or `--name=value` (a `-` may stand for a `_`):
 * its index, and what stands after `=`, or NULL; -1 when there is none. */
static int option_find(const Vm *vm, const char *name, int from, const char **value) {
  for (int i = from; i < vm->options.arg_count; i++) {
    const char *word = vm->options.args[i], *at = name;
    if (word[0] != '-' || word[1] != '-') continue;
    for (word += 2; *at && (*word == *at || (*word == '-' && *at == '_')); at++) word++;
    if (*at || (*word && *word != '=')) continue;
    *value = *word ? word + 1 : NULL;
    return i;
  }
  return -1;
}

static NORETURN void raise_option(Vm *vm, const CallSite *site, const char *name, const char *wants,
                                  const char *value) {
  char shown[NAME_SIZE];
  Diag diag = {0};
  if (value)
    diag_fail(&diag, STATUS_USAGE, site->span, "--%.64s needs %s, not `%s`", name, wants,
              name_shown(value, strlen(value), shown));
  else diag_fail(&diag, STATUS_USAGE, site->span, "--%.64s needs %s after it", name, wants);
  diag_label(&diag, "it is read here");
  raise_diag(vm, &diag);
}

static NORETURN void raise_option_twice(Vm *vm, const CallSite *site, const char *name) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_USAGE, site->span, "--%.64s is given twice", name);
  diag_label(&diag, "it is read here");
  diag_help(&diag, "give it once");
  raise_diag(vm, &diag);
}

/* Is the word a bool, and which? */
static bool read_bool(const char *word, bool *truth) {
  static const char *const pairs[][2] = {
      {"false", "true"}, {"no", "yes"}, {"off", "on"}, {"0", "1"}};
  for (int i = 0; i < COUNT_OF(pairs); i++)
    for (int k = 0; k < 2; k++)
      if (!strcmp(word, pairs[i][k])) {
        *truth = k == 1;
        return true;
      }
  return false;
}

/* A bool's option alone is true; the others have a value, after `=` or as the next word. */
static Value option_value(Vm *vm, const CallSite *site, const char *name, const char *value,
                          Value fallback) {
  if (fallback.kind == KIND_BOOL) {
    bool truth = true;
    if (value && !read_bool(value, &truth)) raise_option(vm, site, name, "true or false", value);
    return value_bool(truth);
  }
  bool number = fallback.kind == KIND_NUMBER || value_is_tensor(fallback);
  if (!value) raise_option(vm, site, name, number ? "a number" : "a value", NULL);
  if (!number) return value_string(vm, value, strlen(value));
  double read;
  if (!number_parse(value, strlen(value), &read)) raise_option(vm, site, name, "a number", value);
  return value_number(read);
}

Value native_option(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *name = arg_string(vm, site, args, 0)->data, *value = NULL;
  Value fallback = args[1].kind == KIND_UNSET ? value_none() : args[1];
  bool known = fallback.kind == KIND_NUMBER || fallback.kind == KIND_BOOL ||
               fallback.kind == KIND_STRING || fallback.kind == KIND_NONE ||
               value_is_tensor(fallback);
  if (!known)
    raise_kind(vm, site_at(site, 1), fallback,
               "the default of an option must be a number, a bool or a string", NULL);
  if (check_leaves_open(vm)) raise_unknown(vm);
  int at = option_find(vm, name, 0, &value);
  if (at < 0) return value_retain(fallback);
  const char *other;
  if (option_find(vm, name, at + 1, &other) >= 0) raise_option_twice(vm, site, name);
  const char *next = at + 1 < vm->options.arg_count ? vm->options.args[at + 1] : NULL;
  bool bare = fallback.kind == KIND_BOOL; /* the next word is its value only where it is one */
  bool truth;
  if (next && (bare ? !read_bool(next, &truth) : !strncmp(next, "--", 2))) next = NULL;
  return option_value(vm, site, name, value ? value : next, fallback);
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
    if (dtype == DTYPE_BF16)
      raise_help(vm, site_at(site, 0), "param W = bf16(he_normal(n, m))",
                 "the default float is f32 or f64: bf16 is only for storage");
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
