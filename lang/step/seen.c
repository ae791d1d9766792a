/* seen.c — see seen.h.
 *
 * fault.c finds the line of the script at which a step stopped being finite.  The cause is often
 * elsewhere, and three causes can be found in the values before the step:
 *
 * - the rate, of gradient descent without or with momentum, beside what the curvature allows
 *   (curvature.c, rate_bound.c);
 * - a param that has grown out of all proportion;
 * - a column of the data whose values are large.
 */
#include "lang/step/seen.h"

#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/optimizers/hyper.h"
#include "lang/step/curvature.h"
#include "lang/step/rate_bound.h"

#include <math.h>
#include <string.h>

static const double PARAM_LARGE = 1e4, COLUMN_LARGE = 100;

static void note_rate(Vm *vm, const Step *step, const StepContext *context, Diag *diag) {
  OptimizerObject *optimizer = step->objective->optimizer;
  double bound = optimizer ? rate_bound(vm, optimizer) : 0;
  HessianEnds ends;
  if (!(bound > 0)) return;
  double rate = hyper_rate(vm, optimizer, optimizer->steps);
  if (!isfinite(rate) || !curvature_ends(vm, step, context, &ends)) return;
  double curvature = ends.most + rate_bound_decay(optimizer);
  if (!(curvature > 0) || rate <= bound / curvature) return;
  Text now = {0}, most = {0}, curve = {0};
  text_digits(&now, rate, 3);
  text_digits(&most, bound / curvature, 3);
  text_digits(&curve, curvature, 3);
  diag_note(diag, (Span){0},
            "the rate is %s, and with the curvature there, %s, %.60s is stable below %s", now.data,
            curve.data, optimizer->made_by->function->name, most.data);
  text_free(&curve);
  text_free(&most);
  text_free(&now);
}

/* The element of the largest size, or -1: there is none. */
static int64_t largest(const Tensor *tensor, int64_t from, int64_t step) {
  int64_t place = -1;
  double most = 0;
  for (int64_t i = from, count = tensor_count(tensor); i < count; i += step) {
    double size = fabs(tensor_get(tensor, i));
    if (!(size > most)) continue;
    most = size;
    place = i;
  }
  return place;
}

static void note_grown(const Step *step, Diag *diag) {
  const Objective *objective = step->objective;
  double most = PARAM_LARGE;
  int found = -1;
  for (int i = 0; i < objective->target_count; i++) {
    const Tensor *value = &objective->targets[i]->value;
    int64_t place = value->buffer ? largest(value, 0, 1) : -1;
    if (place < 0 || fabs(tensor_get(value, place)) <= most) continue;
    most = fabs(tensor_get(value, place));
    found = i;
  }
  if (found < 0) return;
  Text text = {0};
  text_digits(&text, most, 3);
  diag_note(diag, (Span){0}, "`%.100s` was the largest param before this step: it had reached %s",
            objective->target_names[found], text.data);
  text_free(&text);
}

/* The largest of the columns of the minibatch. */
typedef struct Column {
  double most;
  int part;       /* of the row: x, y … */
  int64_t number; /* in it */
  bool only;      /* it has one */
} Column;

static void look_at(const Tensor *tensor, int part, Column *found) {
  bool fits = tensor->buffer && dtype_floats(tensor->dtype) && tensor->shape.rank >= 1 &&
              tensor->shape.rank <= 2;
  int64_t width = fits && tensor->shape.rank == 2 ? tensor->shape.dim[1] : 1;
  for (int64_t k = 0; fits && k < width; k++) {
    int64_t place = largest(tensor, k, width);
    double most = place < 0 ? 0 : fabs(tensor_get(tensor, place));
    if (most > found->most) *found = (Column){most, part, k, width == 1};
  }
}

static void note_column(const StepContext *context, Diag *diag) {
  Column found = {COLUMN_LARGE, -1, 0, true};
  for (int i = 0; i < context->column_count; i++) look_at(&context->columns[i], i, &found);
  if (found.part < 0) return;
  const Ast *pattern = context->pattern;
  if (pattern && pattern->count > (uint32_t)found.part) pattern = pattern->items[found.part];
  const ListObject *names = context->source && found.part == 0 ? context->source->names : NULL;
  Text most = {0}, which = {0};
  text_digits(&most, found.most, 3);
  if (names && names->count > found.number && names->items[found.number].kind == KIND_STRING)
    text_format(&which, ", %.60s,", names->items[found.number].string->data);
  bool named = pattern && pattern->text;
  if (found.only)
    diag_note(diag, (Span){0}, "the values of %s%.60s%s reach %s: standardized ones are about 1",
              named ? "`" : "the data", named ? pattern->text : "", named ? "`" : "", most.data);
  else
    diag_note(diag, (Span){0},
              "the largest column of %s%.60s%s is number %lld%s, and its values reach %s: "
              "Standardize(…) as the first layer brings all to about 1",
              named ? "`" : "the data", named ? pattern->text : "", named ? "`" : "",
              (long long)found.number, which.data ? which.data : "", most.data);
  text_free(&which);
  text_free(&most);
}

void seen_note(Vm *vm, const Step *step, const StepContext *context, bool stepped, Diag *diag) {
  if (stepped) note_rate(vm, step, context, diag);
  note_grown(step, diag);
  note_column(context, diag);
}
