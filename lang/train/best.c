/* best.c — `keep:` of a training: the values of the epoch where a value was lowest, and
 * `stalled(value, n)`, which counts the epochs since.
 *
 * When an epoch is the best so far, the values are copied into tensors that the run owns; they are
 * restored at the end.  NaN is never the best; if every epoch gave NaN, the last values stay, with
 * a warning.
 */
#include "lang/train/best.h"

#include "lang/optimizers/draws.h"
#include "lang/run/history.h"
#include "lang/run/kept.h"

#include "lang/eval/eval.h"
#include "lang/machine/call_site.h"
#include "lang/machine/raise.h"
#include "lang/tensors/scalar.h"

#include <math.h>
#include <string.h>

Value native_stalled(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  TrainRun *run = run_current(vm);
  if (!run) raise_at(vm, site->span, "stalled(value, epochs) is for the `stop:` of a training");
  double value = value_as_number(vm, site->span, args[0]);
  int64_t patience = value_as_index(vm, site->span, args[1]);
  if (patience < 1) raise_at(vm, site->span, "stalled(value, epochs): at least 1 epoch");
  Stalled *stalled = NULL;
  /* text above `stop:` may change between sittings */
  int64_t place = (int64_t)site->span.start - (run->stop ? (int64_t)run->stop->span.start : 0);
  for (int i = 0; i < run->stalled_count; i++)
    if (run->stalled[i].place == place) stalled = &run->stalled[i];
  if (!stalled) {
    if (run->stalled_count == STALLED_MOST)
      raise_at(vm, site->span, "a condition may have at most %d `stalled`", STALLED_MOST);
    stalled = &run->stalled[run->stalled_count++];
    *stalled = (Stalled){.place = place, .best = (double)INFINITY};
  }
  if (run->epoch_over && stalled->epoch != run->history.epochs) {
    stalled->epoch = run->history.epochs;
    stalled->since = value < stalled->best ? 0 : stalled->since + 1;
    if (value < stalled->best) stalled->best = value;
  }
  return value_bool(stalled->since >= patience);
}

Value native_best(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (!vm->run) raise_at(vm, site->span, "best(value) is for the `keep:` of a training");
  return value_number(value_as_number(vm, site->span, args[0]));
}

void best_keep(TrainRun *run) {
  series_push(&run->keep_values, (double)NAN);
  if (!run->keep) return;
  Vm *vm = run->vm;
  draws_begin(run->vm, &run->base, DRAWER_KEEP, (uint64_t)run->total_steps);
  Value value = eval(vm, run->frame, run->keep);
  draws_end(run->vm, &run->base);
  double now = value_as_number(vm, run->keep->span, value);
  value_release(vm, value);
  run->keep_values.at[run->keep_values.count - 1] = now;
  bool first = run->best_values == NULL;
  if (isnan(now) || (!first && !(now < run->best))) return; /* NaN is never best */
  kept_collect(run);
  if (first) run->best_values = mem_zero((size_t)(run->kept_count + 1) * sizeof(Tensor));
  for (int i = 0; i < run->kept_count; i++) {
    const Tensor *from = &run->kept[i]->value;
    Diag diag = {0};
    if (!run->best_values[i].buffer &&
        !tensor_new(&run->best_values[i], from->dtype, &from->shape, &diag))
      raise_diag(vm, &diag);
    memcpy(tensor_data(&run->best_values[i]), tensor_data(from), tensor_bytes(from));
  }
  run->best = now;
  run->best_epoch = run->history.epochs;
}

/* No epoch had a number: the last values stay, with a warning.  (An epoch that was cut short is not
 * compared.) */
static void tell_nothing_best(TrainRun *run) {
  Vm *vm = run->vm;
  if (!run->keep || run->keep_values.count == 0 || !vm_warns(vm)) return;
  Diag diag = {0};
  diag_fail(
      &diag, STATUS_FAILED, run->keep->span,
      "`keep:` found no best value: it was NaN after every epoch, so the last values are kept");
  vm_warn(vm, &diag);
}

void best_restore(TrainRun *run) {
  if (!run->best_values) {
    tell_nothing_best(run);
    return;
  }
  kept_collect(run); /* what joined after the best epoch had its value of before then */
  for (int i = 0; i < run->kept_count; i++)
    param_restore(run->vm, run->kept[i], &run->best_values[i]);
}
