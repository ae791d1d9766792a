/* average.c — a running mean of params and buffers beside the training, `average:`.
 *
 *   ema(0.999)        after each update mean = 0.999 mean + 0.001 value; it begins at the values
 *                     after the first (Polyak and Juditsky 1992; as used since Tarvainen and
 *                     Valpola, "Mean teachers", 2017)
 *   swa(from: 0.75)   after each epoch e > 0.75 epochs the mean of the values after these epochs
 *                     (Izmailov et al., "Averaging Weights Leads to Wider Optima", 2018)
 *
 * The means are f64 whatever the dtype of the params: in f32 a small share of a small difference
 * would be lost.  They are not part of the step's plan, so each update costs one more pass over the
 * params.  Validation and `keep:` use the means (average_show puts them into the params,
 * average_hide takes them out again); blocks and `stop:` do not.  At the end the params keep the
 * means.  A checkpoint holds both the trained values and the means.  Integer buffers are not
 * averaged.
 */
#include "lang/run/average.h"

#include "lang/eval/native.h"
#include "lang/machine/call_site.h"
#include "lang/machine/raise.h"
#include "lang/machine/tuple.h"
#include "lang/run/kept.h"
#include "lang/run/run.h"

#include <math.h>
#include <string.h>

/* ---- the clause ---- */

/* What ema and swa give: a tuple of one number, whose name says which it is. */
static Value setting(Vm *vm, const char *name, double number) {
  Value tuple = value_tuple(vm, 1);
  tuple.tuple->names = mem_zero(sizeof(char *));
  tuple.tuple->names[0] = names_intern(vm->names, name, strlen(name));
  tuple.tuple->items[0] = value_number(number);
  return tuple;
}

Value native_ema(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  double decay = arg_number(vm, site, args, 0, 0.999);
  if (!(decay >= 0 && decay < 1))
    raise_at(vm, site_at(site, 0), "the decay of ema must be from 0 to below 1, not %g",
             isnan(decay) ? (double)NAN : decay);
  return setting(vm, "ema", decay);
}

Value native_swa(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  double from = arg_number(vm, site, args, 0, 0.75);
  if (!(from >= 0 && from < 1))
    raise_at(vm, site_at(site, 0),
             "`from` of swa is a fraction of the epochs, from 0 to below 1, not %g",
             isnan(from) ? (double)NAN : from);
  return setting(vm, "swa", from);
}

void average_read(TrainRun *run, Span span, Value value) {
  Average *average = &run->average;
  const char *name = value.kind == KIND_TUPLE && value.tuple->count == 1 && value.tuple->names
                         ? value.tuple->names[0]
                         : NULL;
  bool ema = name && !strcmp(name, "ema"), swa = name && !strcmp(name, "swa");
  if (!ema && !swa)
    raise_kind(run->vm, span, value, "`average:` must be ema(…) or swa(…)",
               "average: ema(0.999), or average: swa(from: 0.75)");
  if (swa && !run->epochs_most)
    raise_at(run->vm, span, "swa(…) begins after a fraction of the epochs: it needs `epochs:`");
  average->kind = ema ? AVERAGE_EMA : AVERAGE_SWA;
  average->number = value.tuple->items[0].number;
  average->after = average_start(run);
}

int64_t average_start(const TrainRun *run) {
  const Average *average = &run->average;
  return average->kind == AVERAGE_SWA ? (int64_t)floor(average->number * (double)run->epochs_most)
                                      : 0;
}

/* ---- the means ---- */

static bool averaged(const Tensor *value) { return dtype_floats(value->dtype); }

/* Allocates a mean for every kept param; that of one that joined late is of its value before. */
void average_grow(TrainRun *run) {
  Average *average = &run->average;
  kept_collect(run);
  size_t bytes = (size_t)(run->kept_count + 1) * sizeof(Tensor);
  if (average->size == run->kept_count && average->values) return;
  average->values = mem_grow(average->values, bytes);
  average->aside = mem_grow(average->aside, bytes);
  for (; average->size < run->kept_count; average->size++) {
    const Tensor *value = kept_before(run, average->size);
    Tensor mean = {0};
    Diag diag = {0};
    if (averaged(value) && !tensor_new(&mean, DTYPE_F64, &value->shape, &diag))
      raise_diag(run->vm, &diag);
    for (int64_t i = 0, n = averaged(value) ? tensor_count(value) : 0; i < n; i++)
      tensor_set(&mean, i, tensor_get(value, i));
    average->values[average->size] = mean;
    average->aside[average->size] = (Tensor){0};
  }
}

/* mean += share (value - mean) */
static void draw_near(const Tensor *value, Tensor *mean, double share) {
  double *to = tensor_data(mean);
  int64_t count = tensor_count(mean);
  if (value->dtype == DTYPE_F64) {
    const double *from = tensor_data(value);
    for (int64_t i = 0; i < count; i++) to[i] += share * (from[i] - to[i]);
  } else if (value->dtype == DTYPE_BF16) {
    for (int64_t i = 0; i < count; i++) to[i] += share * (tensor_get(value, i) - to[i]);
  } else {
    const float *from = tensor_data(value);
    for (int64_t i = 0; i < count; i++) to[i] += share * ((double)from[i] - to[i]);
  }
}

static void add_values(TrainRun *run, double share) {
  Average *average = &run->average;
  average_grow(run);
  average->count++;
  for (int i = 0; i < average->size; i++)
    if (average->values[i].buffer)
      draw_near(&run->kept[i]->value, &average->values[i], average->count == 1 ? 1 : share);
}

void average_step(TrainRun *run) {
  if (run->average.kind == AVERAGE_EMA) add_values(run, 1 - run->average.number);
}

void average_epoch(TrainRun *run) {
  const Average *average = &run->average;
  int64_t epochs = run->epoch + 1 - average->after; /* that the mean should be of */
  if (average->kind == AVERAGE_SWA && average->count < epochs)
    add_values(run, 1 / (double)(average->count + 1));
}

/* ---- in the places of the params ---- */

void average_show(TrainRun *run) {
  Average *average = &run->average;
  if (average->count == 0 || average->shown) return;
  average_grow(run);
  for (int i = 0; i < average->size; i++) {
    Tensor *value = &run->kept[i]->value, shown;
    Diag diag = {0};
    if (!average->values[i].buffer) continue;
    if (!tensor_new(&shown, value->dtype, &value->shape, &diag)) {
      average->shown = true; /* so that those before it go back */
      raise_diag(run->vm, &diag);
    }
    for (int64_t k = 0, n = tensor_count(value); k < n; k++)
      tensor_set(&shown, k, tensor_get(&average->values[i], k));
    average->aside[i] = *value;
    *value = shown;
  }
  average->shown = true;
}

void average_hide(TrainRun *run) {
  Average *average = &run->average;
  for (int i = 0; i < average->size && average->shown; i++) {
    if (!average->aside[i].buffer) continue;
    tensor_release(&run->kept[i]->value);
    run->kept[i]->value = average->aside[i];
    average->aside[i] = (Tensor){0};
  }
  average->shown = false;
}

void average_leave(TrainRun *run) {
  Average *average = &run->average;
  average_show(run);
  for (int i = 0; i < average->size; i++) tensor_release(&average->aside[i]);
  for (int i = 0; i < average->size; i++) average->aside[i] = (Tensor){0};
  average->shown = false;
}

static void clear(Average *average) {
  for (int i = 0; i < average->size; i++) tensor_release(&average->values[i]);
  average->size = 0;
  average->count = 0;
}

void average_restart(TrainRun *run) {
  Average *average = &run->average;
  int64_t start = average_start(run),
          now = average->kind == AVERAGE_SWA ? run->epoch : run->total_steps;
  clear(average);
  average->after = average->kind && now > start ? now : start;
}

void average_free(TrainRun *run) {
  average_hide(run);
  clear(&run->average);
  mem_free(run->average.values);
  mem_free(run->average.aside);
}
