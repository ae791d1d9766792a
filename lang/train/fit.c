/* fit.c — see fit.h. */
#include "lang/train/fit.h"

#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/run/steps.h"
#include "lang/step/whole.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* `0.5 a - b[1]`: a row of the combinations that residuals do not identify. */
static void show_loose(const TrainRun *run, const Tensor *loose, int64_t row, Text *text) {
  const Objective *objective = &run->objectives[0];
  int64_t at = row * loose->shape.dim[1];
  bool some = false;
  for (int i = 0; i < objective->target_count; i++) {
    const Shape *shape = &objective->targets[i]->value.shape;
    int64_t strides[RANK_MOST];
    shape_strides(shape, strides);
    for (int64_t k = 0; k < shape_count(shape); k++, at++) {
      double part = tensor_get(loose, at);
      if (fabs(part) < 0.01) continue;
      text_string(text, part < 0 ? (some ? " - " : "-") : some ? " + " : "");
      if (fabs(fabs(part) - 1) > 1e-4) {
        text_digits(text, fabs(part), 3);
        text_char(text, ' ');
      }
      text_format(text, "%.64s", objective->target_names[i]);
      for (int axis = 0; axis < shape->rank; axis++)
        text_format(text, "%s%lld%s", axis ? ", " : "[",
                    (long long)(k / strides[axis] % shape->dim[axis]),
                    axis + 1 == shape->rank ? "]" : "");
      some = true;
    }
  }
}

/* The covariance of a fit; `why` gets the combinations that it does not identify. */
void fit_measure(TrainRun *run) {
  Objective *objective = &run->objectives[0];
  if (run->objective_count != 1 || !objective->residuals || !objective->target_count) return;
  Step step = {.objective = objective, .rows = run->rows};
  StepContext context = steps_context(run, run->columns, run->column_count, 0);
  run->fit = whole_uncertainty(run->vm, &step, &context);
  if (run->fit.kind != KIND_TUPLE) return;
  const Tensor *loose = &run->fit.tuple->items[3].tensor->tensor;
  Text text = {0};
  for (int64_t row = 0; row < loose->shape.dim[0]; row++) {
    text_string(&text, row ? ", " : "; the residuals do not identify ");
    show_loose(run, loose, row, &text);
  }
  size_t used = strlen(run->history.why);
  if (text.length)
    text_print(run->history.why + used, sizeof run->history.why - used, "%s", text.data);
  text_free(&text);
}
