/* fault.c — the error message of a failed step: which value, where it came from, and what to
 * change.
 *
 * A plan says which watched or stored value is not finite, and plan_blame which operation produced
 * it.  A value that was not finite before the step, in a param or in the data, is reported as such
 * and not blamed on the step or its rate; a value of the data is reported with its row, and its
 * line in the file.
 */
#include "lang/step/fault.h"

#include "lang/machine/closure.h"
#include "lang/models/param.h"
#include "lang/optimizers/states.h"
#include "lang/step/seen.h"

#include <math.h>
#include <string.h>

static Binding replaced_rows(const SparseTarget *sparse, int state) {
  if (state < 0) return (Binding){.kind = BINDING_PARAM, .param = sparse->param};
  return (Binding){.tensor = states_of(sparse->optimizer, sparse->param)->states[state]};
}

static Binding replaced_by(const Step *step, const Store *store) {
  int state;
  const SparseTarget *sparse = sparse_stores(step, store->binding, &state);
  return sparse ? replaced_rows(sparse, state) : step->trace->bindings[store->binding];
}

/* What a new value replaces. */
static Binding replaced(const Step *step, int which) {
  if (which >= step->watched_count)
    return replaced_by(step, &step->stores[which - step->watched_count]);
  for (int i = 0; i < step->sparse_count; i++) {
    const SparseTarget *sparse = &step->sparse[i];
    int k = which - sparse->watch_at;
    if (k >= 0 && k < sparse->count + sparse->guard_count)
      return replaced_rows(sparse, k < sparse->count ? sparse->states[k] : -1);
  }
  for (int i = 0, at = step->narrow_at; i < step->store_count; i++) {
    const Binding *binding = &step->trace->bindings[step->stores[i].binding];
    const Tensor *old = binding->kind == BINDING_PARAM ? &binding->param->value : &binding->tensor;
    if (old->dtype == DTYPE_BF16 && at++ == which) return replaced_by(step, &step->stores[i]);
  }
  return (Binding){0};
}

/* "the state `v` of Adam for `net.W`": the target of a store. */
static void describe_store(const Step *step, int which, Text *text) {
  const Objective *objective = step->objective;
  const Binding found = replaced(step, which), *binding = &found;
  for (int i = 0; i < objective->target_count && binding->kind == BINDING_PARAM; i++)
    if (objective->targets[i] == binding->param) {
      text_format(text, "`%.64s`", objective->target_names[i]);
      return;
    }
  for (int i = 0; i < objective->buffer_count && binding->kind == BINDING_PARAM; i++)
    if (objective->buffers[i] == binding->param) {
      text_format(text, "the buffer `%.64s`", objective->buffer_names[i]);
      return;
    }
  for (int i = 0; i < objective->target_count; i++) {
    if (step_gathers(step->role) && objective->accumulators[i].buffer == binding->tensor.buffer)
      text_format(text, "the accumulated gradient of `%.64s`", objective->target_names[i]);
    const TargetMemory *memory = states_of(objective->optimizer, objective->targets[i]);
    for (int s = 0; memory && s < objective->optimizer->memory->state_count; s++) {
      const char *of, *name = states_name(objective->optimizer, s, &of);
      if (memory->states[s].buffer == binding->tensor.buffer)
        text_format(text, "the state `%.64s` of %.64s for `%.64s`", name, of,
                    objective->target_names[i]);
    }
  }
  if (!text->length) text_string(text, "a value");
}

static void describe_watched(const Objective *objective, int which, Text *text) {
  if (which == 0) text_string(text, "the loss");
  else if (which <= objective->target_count)
    text_format(text, "a gradient (of `%.64s`)", objective->target_names[which - 1]);
  else text_string(text, "the norm of the gradients, beside what `clip:` allows,");
}

/* The kernel knows the index in the minibatch; the user needs the row of the data, and the line of
 * the file. */
static void note_row(const Step *step, const StepContext *context, Diag *diag) {
  const RowSource *source = context->source;
  int64_t row;
  if (!source || diag->note_count == DIAG_NOTES ||
      !plan_fault_row(step->plan, step->columns, context->column_count, &row))
    return;
  row += source->first;
  row = feed_row(source, row);
  if (source->lines)
    diag_note(
        diag, source->span, "it came from row %lld of %s (the first is row 0), line %lld of %.120s",
        (long long)row, source->what, (long long)tensor_get(source->lines, row), source->file);
  else
    diag_note(diag, source->span, "it came from row %lld of %s (the first is row 0)",
              (long long)row, source->what);
}

/* The index of the first element that is NaN (or, if `infinite`, not finite), or -1. */
static int64_t ruined_at(const Tensor *tensor, bool infinite) {
  int64_t count = tensor->buffer && dtype_floats(tensor->dtype) ? tensor_count(tensor) : 0;
  for (int64_t i = 0; i < count; i++) {
    double value = tensor_get(tensor, i);
    if (isnan(value) || (infinite && isinf(value))) return i;
  }
  return -1;
}

static void show_ruin(Text *text, const Tensor *tensor, int64_t index) {
  double value = tensor_get(tensor, index);
  int64_t strides[RANK_MOST];
  text_string(text, isnan(value) ? "NaN" : value > 0 ? "inf" : "-inf");
  shape_strides(&tensor->shape, strides);
  for (int axis = 0; axis < tensor->shape.rank; axis++) {
    text_format(text, "%s%lld%s", axis ? ", " : " at [", (long long)(index / strides[axis]),
                axis + 1 == tensor->shape.rank ? "]" : "");
    index %= strides[axis];
  }
}

static bool is_target(const Objective *objective, const ParamObject *param, const char **name) {
  for (int i = 0; i < objective->target_count; i++)
    if (objective->targets[i] == param) return *name = objective->target_names[i], true;
  *name = param->name ? param->name : "a param";
  for (int i = 0; i < objective->buffer_count; i++)
    if (objective->buffers[i] == param) *name = objective->buffer_names[i];
  return false;
}

/* A param or buffer that was not finite before the step, or a value of the data: then neither the
 * step nor its rate is to blame. */
static bool tell_ruined(const Step *step, const StepContext *context, int64_t step_number,
                        Diag *diag) {
  Text ruin = {0};
  const char *name;
  for (int i = 0; i < step->trace->binding_count && !ruin.length; i++) {
    const Binding *binding = &step->trace->bindings[i];
    if (binding->kind != BINDING_PARAM) continue;
    int64_t at = ruined_at(&binding->param->value,
                           is_target(step->objective, binding->param, &name));
    if (at < 0) continue;
    show_ruin(&ruin, &binding->param->value, at);
    diag_fail(diag, STATUS_FAILED, diag->span,
              "`%.100s` is already %s before step %lld: no step can start from it", name, ruin.data,
              (long long)step_number);
    diag_label(diag, "it is used here");
    diag_note(diag, binding->param->span, "`%.100s` was made here", name);
    diag_help(diag, "give it finite values first, by `assign` or from a file");
  }
  for (int i = 0; i < context->column_count && !ruin.length; i++) {
    int64_t at = ruined_at(&context->columns[i], true);
    if (at < 0) continue;
    show_ruin(&ruin, &context->columns[i], at);
    const Ast *pattern = context->pattern && context->pattern->count ? context->pattern->items[i]
                                                                     : context->pattern;
    name = pattern ? pattern->text : NULL;
    diag_fail(diag, STATUS_FAILED, diag->span,
              "the data have %s of %s%.60s%s at step %lld, and so the loss or a gradient is NaN or "
              "infinite",
              ruin.data, name ? "`" : "a minibatch", name ? name : "", name ? "`" : "",
              (long long)step_number);
    diag_label(diag, "they are used here");
    diag_help(diag, "`isnan` and `isinf` find such values; drop or fill them before the training");
  }
  text_free(&ruin);
  return diag->message[0] != 0;
}

/* Where a value became not finite; a constant of `gradient:` has no place of its own. */
static Span place_of(const Step *step, const Diag *blame) {
  if (blame->span.file) return blame->span;
  const Ast *gradient = step->objective->gradient;
  return gradient ? gradient->span : step->objective->span;
}

/* `blame` is the result of plan_blame.  `which` as returned by plan_run; -1: unknown. */
static NORETURN void tell_not_finite(Vm *vm, const Step *step, const StepContext *context,
                                     int which, bool found, const Diag *blame,
                                     int64_t step_number) {
  Diag diag = {0};
  Text what = {0};
  bool rows = step->sparse_count && which >= step->sparse[0].watch_at,
       stored = which >= 0 && (rows || which >= step->narrow_at),
       given = found && plan_fault_given(step->plan);
  if (stored) {
    text_string(&what, "the update makes ");
    describe_store(step, which, &what);
    text_string(&what, " NaN or infinite");
  } else {
    if (which < 0) text_string(&what, "the loss or a gradient");
    else describe_watched(step->objective, which, &what);
    text_string(&what, " is NaN or infinite");
  }
  diag_fail(&diag, STATUS_FAILED, found ? place_of(step, blame) : step->objective->span,
            "%s at step %lld%s%s", what.data, (long long)step_number, found ? ": " : "",
            found ? blame->message : "");
  text_free(&what);
  if (found && blame->label[0]) diag_label(&diag, "%s", blame->label);
  Diag ruined = {.span = diag.span};
  diag.diverged = true;
  /* what was ruined before is no divergence: no rate mends it */
  bool was = given && tell_ruined(step, context, step_number, &ruined);
  if (was) diag = ruined;
  int notes = diag.note_count;
  if (!was && step_number) seen_note(vm, step, context, stored || step_number > 1, &diag);
  if (found && diag.note_count == notes) note_row(step, context, &diag);
  if (found && blame->span.file)
    diag_note(&diag, step->objective->span,
              "in this training; the values are those from before the step");
  const char *help =
      stored ? "a smaller learning rate, clip:, or a hyperparameter that keeps a divisor away from "
               "0 often helps"
      : given ? "it was there before: neither the step nor its rate caused it"
      : step_number == 1
          ? "no step has been made yet: smaller first values or data, or a guard such as log(x + "
            "1e-8), often help"
          : "a smaller learning rate, clip:, or a guard such as log(x + 1e-8) often helps";
  if (!diag.help[0]) diag_help(&diag, "%s", blame->help[0] ? blame->help : help);
  raise_diag(vm, &diag);
}

void fault_not_finite(Vm *vm, const Step *step, const StepContext *context, int which,
                      int64_t step_number) {
  Diag blame = {0};
  bool found = plan_blame(step->plan, step->pointers, which, &blame);
  tell_not_finite(vm, step, context, which, found, &blame, step_number);
}

void fault_whole(Vm *vm, const Step *step, const StepContext *context, const char *what,
                 int64_t step_number) {
  Diag diag = {0}, ruined = {.span = step->objective->span};
  diag_fail(&diag, STATUS_FAILED, step->objective->span, "%s NaN or infinite at step %lld", what,
            (long long)step_number);
  diag_help(
      &diag,
      "the values are those from before the step; a trial may be NaN, but not what `step` assigns");
  diag.diverged = true;
  if (tell_ruined(step, context, step_number, &ruined)) diag = ruined;
  else seen_note(vm, step, context, step_number > 1, &diag);
  raise_diag(vm, &diag);
}

/* A NaN that a metric refuses is reported by its origin if the loss has it too.  step_number 0: a
 * validation. */
void fault_met(Vm *vm, const Step *step, const StepContext *context, Diag *diag,
               int64_t step_number) {
  Diag blame = {0};
  if (plan_blame(step->plan, step->pointers, 0, &blame))
    tell_not_finite(vm, step, context, -1, true, &blame, step_number);
  if (!diag->span.file) diag->span = step->objective->span;
  note_row(step, context, diag);
  if (diag->note_count < DIAG_NOTES && !step_number)
    diag_note(diag, step->objective->span, "in the validation of this training");
  else if (diag->note_count < DIAG_NOTES)
    diag_note(diag, step->objective->span,
              "at step %lld of this training; the values are those from before the step",
              (long long)step_number);
  raise_diag(vm, diag);
}
