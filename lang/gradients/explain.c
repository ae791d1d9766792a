/* explain.c — see explain.h.
 *
 *     explain(grad(f))            at arguments that gd makes up
 *     explain(grad(f), w, b)      at these; a model needs its own
 *
 * This file reads the call and decides what is tried.  One attempt (explain_record.c) records f and
 * reads its gradient as formulas; attempts differ in what is named.  With everything by name the
 * formulas are the script's own (1 - y, one_hot(y)): its tensors and numbers are inputs of the
 * recording (outside.c).  But f may need a number itself, as an axis; so what is named becomes less
 * from attempt to attempt.  Arguments that are not given are searched for (explain_search.c), in
 * each attempt.
 *
 * Explaining changes nothing: draws, the default float and the variables are as before.
 */
#include "lang/gradients/explain.h"

#include "lang/eval/native.h"
#include "lang/gradients/check_gradient.h"
#include "lang/gradients/differentiate.h"
#include "lang/gradients/explain_name.h"
#include "lang/gradients/explain_record.h"
#include "lang/gradients/explain_search.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace.h"
#include "lang/text/output.h"

#include <stdlib.h>
#include <string.h>

enum { TRIES_MOST = 5000, TRIES_FEW = 100 }; /* shapes of arguments; of an editor's question */

/* ---- what is asked ---- */

/* The arguments of a gradient are those of its function. */
static const ClosureObject *written(Value f) {
  while (native_is_gradient(f)) f = f.native->extra[0];
  return f.kind == KIND_CLOSURE ? f.closure : NULL;
}

static Explain begin(Vm *vm, const CallSite *site, Value f, int tries_most) {
  const ClosureObject *closure = written(f);
  return (Explain){.vm = vm,
                   .site = site,
                   .f = f,
                   .written = closure,
                   .function = closure ? closure->function : NULL,
                   .tries_most = tries_most,
                   .outside = {.vm = vm, .span = site->span}};
}

static int argument_by(const Explain *explain, Value wrt) {
  if (wrt.kind == KIND_UNSET || wrt.kind == KIND_NONE) return 0;
  if (wrt.kind != KIND_STRING) return (int)value_as_index(explain->vm, explain->site->span, wrt);
  for (int i = 0; explain->function && i < explain->function->param_count; i++)
    if (!strcmp(explain->function->params[i].name, wrt.string->data)) return i;
  raise_at(explain->vm, explain->site->span, "the function has no argument `%.64s`",
           wrt.string->data);
}

static void read_wrt(Explain *explain, Value wrt) {
  bool tuple = wrt.kind == KIND_TUPLE;
  int64_t count = tuple ? wrt.tuple->count : 1;
  for (int i = 0; i < count && i < INVENTED_ARGUMENTS; i++) {
    int argument = argument_by(explain, tuple ? wrt.tuple->items[i] : wrt);
    if (argument < 0 || argument >= explain->count)
      raise_at(explain->vm, explain->site->span,
               "the argument to differentiate by, number %d, was not given", argument);
    explain->which[explain->which_count++] = argument;
  }
}

/* Counts the arguments to make up.  `invented`: those without a default, or one for a function in
 * C.  `count`: these and the numbers by default right behind them, which keep their values but
 * appear by name. */
static void count_arguments(Explain *explain) {
  const AstFunction *function = explain->function;
  int count = 0, most = function ? function->param_count : 0;
  while (count < most && !function->params[count].fallback && !function->params[count].rest)
    count++;
  if (!count) count = !function || most > 0;
  explain->invented = explain->count = count;
  if (!function || source_is_library(explain->vm->sources, function->head_span.file)) return;
  for (; count < most && count < INVENTED_ARGUMENTS; count++)
    if (!function->params[count].fallback || function->params[count].fallback->kind != AST_NUMBER)
      break;
  explain->count = count;
}

/* Numbers of the script and of defaults by name, else those of the script, else as numbers, else
 * nothing by name but arguments. */
static bool record_somehow(Explain *explain, Diag *diag) {
  const int all = explain->count, invented = explain->made_up ? explain->invented : all;
  for (int attempt = all == invented; attempt < 4 && !explain->wrong; attempt++) {
    explain->outside.count = 0;
    explain->count = attempt == 0 ? all : invented;
    explain->outside.numbers = attempt < 2;
    if (attempt < 3 && explain->written) outside_find(&explain->outside, explain->written);
    bool fine = explain->made_up ? explain_search_shapes(explain, diag)
                                 : explain_record(explain, diag);
    explain_search_forget(explain);
    /* what decides by a default, as an axis, wants the number itself */
    if (fine && (attempt > 0 || !explain->decided)) return true;
  }
  explain->count = all;
  return false;
}

static NORETURN void raise_no_shapes(const Explain *explain, const Diag *diag) {
  raise_help(explain->vm, explain->site->span,
             "give arguments: explain(grad(f), w), for a model its own",
             "no shapes of the arguments were found for which the function gives one number; with "
             "numbers it says: %.300s",
             diag->message);
}

static void explain_body(Vm *vm, void *context) {
  (void)vm;
  Explain *explain = context;
  Diag diag = {0};
  bool fine = record_somehow(explain, &diag);
  if (!fine && explain->made_up) {
    explain->labels = true;
    fine = record_somehow(explain, &diag);
  }
  if (fine) return;
  text_free(&explain->text);
  if (explain->made_up && !explain->wrong) raise_no_shapes(explain, &diag);
  raise_diag(explain->vm, &diag);
}

/* In f64, and nothing is drawn or changed.  Then the text is there, or *diag says why not. */
static bool explain_run(Explain *explain, Diag *diag) {
  Vm *vm = explain->vm;
  Dtype before = vm->real;
  uint64_t seed = vm->seed, draws = vm->draws;
  vm->real = DTYPE_F64;
  *diag = (Diag){0};
  bool fine = vm_protect(vm, explain_body, explain, diag);
  vm->real = before;
  vm->seed = seed;
  vm->draws = draws;
  return fine;
}

/* For a function of which `gd check` knows shapes, at invented arguments. */
static bool explain_checked(Explain *explain, Diag *diag) {
  Vm *vm = explain->vm;
  count_arguments(explain);
  explain->made_up = explain->outside.checked = true;
  explain->which_count = 1;
  *diag = (Diag){0};
  if (explain->count > INVENTED_ARGUMENTS || explain->count == 0) return false;
  bool checking = vm->checking;
  vm->checking = false;
  bool fine = explain_run(explain, diag);
  vm->checking = checking;
  return fine;
}

bool explain_formulas(Vm *vm, Value f, Text *out) {
  const CallSite site = {0};
  Explain explain = begin(vm, &site, f, TRIES_FEW);
  Diag diag;
  bool fine = explain_checked(&explain, &diag);
  /* without the last line, of the comparison */
  const char *last = fine ? memrchr(explain.text.data, '\n', explain.text.length - 1) : NULL;
  if (last) text_add(out, explain.text.data, (size_t)(last - explain.text.data));
  text_free(&explain.text);
  return last != NULL;
}

static void compare_differences(Vm *vm, void *context) {
  Explain *explain = context;
  outside_fill(&explain->outside, explain->labels);
  explain_search_fill(explain);
  check_gradient_at(vm, explain->site, explain->f, explain->args, explain->count);
}

static void tell_agreement(const Explain *explain, Text *out) {
  char shape[200];
  text_format(out, "the gradient of %s by %s agrees with central differences, in f64 at drawn ",
              explain_name_function(explain), explain_name_argument(explain, 0));
  for (int i = 0; i < explain->invented; i++)
    text_format(out, "%s%s: f64%s", i ? ", " : "", explain_name_argument(explain, i),
                shape_show(&explain->shapes[i], shape));
}

bool explain_check(Vm *vm, Value f, Text *out) {
  const CallSite site = {0};
  Explain explain = begin(vm, &site, f, TRIES_FEW);
  Diag diag;
  bool fine = explain_checked(&explain, &diag);
  text_free(&explain.text);
  if (!fine) {
    text_format(out, "no arguments of %s were found for which it gives one number; ",
                explain_name_function(&explain));
    text_format(out, "`check_gradient(f, x)` in a `test` compares at your own");
    return false;
  }
  bool checking = vm->checking;
  vm->checking = false;
  fine = vm_protect(vm, compare_differences, &explain, &diag);
  vm->checking = checking;
  outside_empty(&explain.outside);
  explain_search_forget(&explain);
  if (fine) tell_agreement(&explain, out);
  else text_format(out, "%s: %s", explain_name_function(&explain), diag.message);
  return fine;
}

Value native_explain(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_UNKNOWN) raise_unknown(vm);
  if (!native_is_gradient(args[0]))
    raise_help(vm, site_at(site, 0), "explain(grad(f))", "explain needs a gradient");
  NativeObject *made = args[0].native;
  Explain explain = begin(vm, site, made->extra[0], TRIES_MOST);
  const ListObject *given = args[1].kind == KIND_LIST ? args[1].list : NULL;
  explain.made_up = !given || given->count == 0;
  if (explain.made_up) count_arguments(&explain);
  else explain.count = (int)given->count;
  if (explain.count > INVENTED_ARGUMENTS)
    raise_at(vm, site->span, "explain takes functions of at most %d arguments", INVENTED_ARGUMENTS);
  for (int i = 0; i < explain.count; i++)
    explain.args[i] = explain.made_up ? value_none() : given->items[i];
  read_wrt(&explain, made->extra[1]);
  if (vm->checking || vm->trace) return value_none();
  Diag diag;
  if (!explain_run(&explain, &diag)) raise_diag(vm, &diag);
  size_t done = 0;
  output_add(explain.text.data, explain.text.length, &done);
  text_free(&explain.text);
  return value_none();
}
