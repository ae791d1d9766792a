/* in_words.c — see in_words.h.
 *
 * A number is written as itself.  Of a schedule a few values are compared, so that one that was
 * rewritten with the same values is unchanged; an optimizer given to another one has its own in it.
 * Of what is trained (the parts of groups) only the kind is: its values are no setting.
 */
#include "lang/train/in_words.h"

#include "lang/machine/closure.h"
#include "lang/machine/tuple.h"
#include "lang/optimizers/draws.h"
#include "lang/optimizers/hyper.h"
#include "lang/values/show.h"

typedef struct Sample {
  const OptimizerObject *optimizer;
  int index;
  int64_t step;
  double number; /* output */
} Sample;

static void sample_body(Vm *vm, void *context) {
  Sample *sample = context;
  sample->number = hyper_number(vm, sample->optimizer, sample->index, sample->step);
}

/* A schedule may fail when evaluated beyond its end: that is part of its description. */
static void describe_schedule(Vm *vm, const OptimizerObject *optimizer, int index, Text *text) {
  static const int64_t at[] = {0, 1, 10, 100, 1000, 10000};
  text_string(text, "a schedule of");
  for (int i = 0; i < COUNT_OF(at); i++) {
    Sample sample = {.optimizer = optimizer, .index = index, .step = at[i]};
    Diag diag;
    diag_clear(&diag);
    uint64_t draws = vm->draws;
    bool drawn = vm->run->drawn, fine = vm_protect(vm, sample_body, &sample, &diag);
    draws_end(vm, vm->run);
    vm->draws = draws;
    vm->run->drawn = drawn;
    if (!fine && diag_ended(&diag)) raise_diag(vm, &diag);
    text_string(text, i ? ", " : " ");
    if (fine) text_number(text, sample.number);
    else text_string(text, "an error");
    text_format(text, " at step %lld", (long long)at[i] + 1);
  }
}

static void value_in_words(Vm *vm, Value value, Span span, Text *text) {
  if (value.kind == KIND_OPTIMIZER) {
    OptimizerObject *inner = value.optimizer;
    text_format(text, "%s(", inner->made_by->function->name);
    for (int i = 0; i < inner->count; i++) {
      text_format(text, "%s%s: ", i ? ", " : "", inner->made_by->function->params[i].name);
      hyperparameter_in_words(vm, inner, i, text);
    }
    text_char(text, ')');
  } else if (value.kind == KIND_TUPLE) {
    text_char(text, '(');
    for (int i = 0; i < value.tuple->count; i++) {
      if (i) text_string(text, ", ");
      value_in_words(vm, value.tuple->items[i], span, text);
    }
    text_char(text, ')');
  } else if (value.kind == KIND_PARAM || value.kind == KIND_MODEL) {
    text_string(text, value.kind == KIND_PARAM ? "a param" : "a model");
  } else {
    value_show_safe(vm, value, true, text, span);
  }
}

void hyperparameter_in_words(Vm *vm, OptimizerObject *optimizer, int index, Text *text) {
  Value argument = optimizer->arguments[index];
  if (hyper_schedules(optimizer->made_by->function, index, argument))
    describe_schedule(vm, optimizer, index, text);
  else value_in_words(vm, argument, optimizer->span, text);
}
