/* objective.c — see objective.h.
 *
 * A param is a target once, however often it occurs among the parts.  Its position is looked up by
 * hash, so the time is linear in the number of parts.
 */
#include "lang/step/objective.h"
#include "lang/models/param.h"

#include <stdio.h>
#include <string.h>

void objective_free(Vm *vm, Objective *objective) {
  for (int i = 0; i < objective->target_count; i++) {
    value_release(vm, value_of(KIND_PARAM, objective->targets[i]));
    mem_free(objective->target_names[i]);
    if (objective->accumulators) tensor_release(&objective->accumulators[i]);
  }
  if (objective->accumulators) tensor_release(&objective->accumulators[objective->target_count]);
  for (int i = 0; i < objective->frozen_count; i++)
    value_release(vm, value_of(KIND_PARAM, objective->frozen[i]));
  mem_free(objective->frozen);
  lookup_free(&objective->frozen_places);
  for (int i = 0; i < objective->buffer_count; i++) {
    value_release(vm, value_of(KIND_PARAM, objective->buffers[i]));
    mem_free(objective->buffer_names[i]);
  }
  mem_free(objective->buffers);
  mem_free(objective->buffer_names);
  lookup_free(&objective->target_places);
  lookup_free(&objective->buffer_places);
  mem_free(objective->targets);
  mem_free(objective->target_names);
  mem_free(objective->accumulators);
  for (int i = 0; i < objective->joined_count; i++) tensor_release(&objective->joined[i].value);
  mem_free(objective->joined);
  mem_free(objective->reached);
  mem_free(objective->roles);
  if (objective->optimizer) value_release(vm, value_of(KIND_OPTIMIZER, objective->optimizer));
  value_release(vm, objective->tree);
  *objective = (Objective){0};
}

/* Arrays of targets and buffers double at powers of two, so only the count is stored. */
static bool is_full(int count) { return (count & (count - 1)) == 0; }

static void remember(Objective *objective, ParamObject *param) {
  if (!objective->remembers) return;
  size_t count = (size_t)objective->joined_count + 1;
  objective->joined = mem_grow(objective->joined, count * sizeof(Joined));
  objective->joined[objective->joined_count++] = (Joined){param, tensor_retain(&param->value)};
}

/* A param joins in the middle of an update: its sum begins at nothing, and that of the losses stays
 * the last. */
static void add_sum(Objective *objective) {
  const int count = objective->target_count;
  if (!objective->accumulators) return;
  objective->accumulators = mem_grow(objective->accumulators, ((size_t)count + 2) * sizeof(Tensor));
  objective->accumulators[count + 1] = objective->accumulators[count];
  objective->accumulators[count] = (Tensor){0};
}

/* Takes the name. */
static void add_target(Objective *objective, ParamObject *param, char *name) {
  int count = objective->target_count;
  if (lookup_place(&objective->target_places, objective->targets, sizeof(ParamObject *), count,
                   param) >= 0) {
    mem_free(name);
    return;
  }
  if (is_full(count)) {
    size_t capacity = count ? 2 * (size_t)count : 1;
    objective->targets = mem_grow(objective->targets, capacity * sizeof(ParamObject *));
    objective->target_names = mem_grow(objective->target_names, capacity * sizeof(char *));
  }
  add_sum(objective);
  remember(objective, param);
  value_retain(value_of(KIND_PARAM, param));
  objective->targets[count] = param;
  objective->target_names[count] = name;
  objective->target_count++;
}

static void add_frozen(Objective *objective, ParamObject *param) {
  int count = objective->frozen_count;
  if (lookup_place(&objective->frozen_places, objective->frozen, sizeof(ParamObject *), count,
                   param) >= 0)
    return;
  if (is_full(count))
    objective->frozen = mem_grow(objective->frozen,
                                 (count ? 2 * (size_t)count : 1) * sizeof(ParamObject *));
  value_retain(value_of(KIND_PARAM, param));
  objective->frozen[objective->frozen_count++] = param;
}

const char *objective_froze(const Objective *objective) {
  for (int i = 0; i < objective->target_count; i++)
    if (objective->targets[i]->frozen) return objective->target_names[i];
  return NULL;
}

double objective_term(const Objective *objective, double loss, int64_t rows, double total) {
  return objective->residuals && rows ? loss * (total / (double)rows) : loss;
}

void objective_unreached(const Objective *objective, int target, const char *help, Diag *diag) {
  char name[80] = "a param";
  if (objective->targets_given || objective->targets[target]->name)
    text_print(name, sizeof name, "`%.64s`", objective->target_names[target]);
  diag_fail(diag, STATUS_FAILED, objective->span,
            "the loss does not reach %s, which is to be trained", name);
  diag_help(diag, "%s", help);
  if (objective->targets[target]->span.file)
    diag_note(diag, objective->targets[target]->span, "it was made here");
}

bool objective_thawed(const Objective *objective) {
  for (int i = 0; i < objective->frozen_count; i++)
    if (!objective->frozen[i]->frozen) return true;
  return false;
}

void objective_buffer(Objective *objective, ParamObject *param, const char *name) {
  int count = objective->buffer_count;
  if (lookup_place(&objective->buffer_places, objective->buffers, sizeof(ParamObject *), count,
                   param) >= 0)
    return;
  if (objective->closed) return;
  if (is_full(count)) {
    size_t capacity = count ? 2 * (size_t)count : 1;
    objective->buffers = mem_grow(objective->buffers, capacity * sizeof(ParamObject *));
    objective->buffer_names = mem_grow(objective->buffer_names, capacity * sizeof(char *));
  }
  value_retain(value_of(KIND_PARAM, param));
  remember(objective, param);
  objective->buffer_names[count] = mem_text(name, strlen(name));
  objective->buffers[objective->buffer_count++] = param;
}

bool objective_trains(Objective *objective, const ParamObject *param) {
  return lookup_place(&objective->target_places, objective->targets, sizeof(ParamObject *),
                      objective->target_count, param) >= 0;
}

void objective_targets(Vm *vm, Objective *objective, Value value, const char *name) {
  Parts *parts = parts_of(vm, value, name);
  for (int i = 0; i < parts->count; i++) {
    ParamObject *param = parts->items[i].param;
    if (param->buffer) objective_buffer(objective, param, parts->items[i].path);
    else if (param->frozen) add_frozen(objective, param);
    else {
      add_target(objective, param, parts->items[i].path);
      parts->items[i].path = NULL;
    }
  }
  parts_free(vm, parts);
}

/* A param that the recording itself has made, anew in each, which no step would train further. */
static NORETURN void refuse_made_inside(const Trace *trace, const ParamObject *param) {
  raise_help(trace->vm, param->span, "let net = Dense(2, 1), say, before the `train`",
             "a param made inside the loss is new in each step: make it before the training");
}

void objective_join(Objective *objective, ParamObject *param) {
  Text name = {0};
  if (param->name) text_string(&name, param->name);
  else text_format(&name, "param%d", objective->target_count);
  add_target(objective, param, name.data);
}

void objective_reached(Objective *objective, Trace *trace, NodeId loss) {
  bool *reached = graph_reached(&trace->graph, loss);
  const ParamObject *made = NULL;
  for (int i = 0; i < trace->binding_count; i++) {
    const Binding *binding = &trace->bindings[i];
    if (binding->kind != BINDING_PARAM || binding->param->buffer) continue;
    if (!binding->node || binding->node > loss || !reached[binding->node]) continue;
    if (binding->param->frozen) {
      add_frozen(objective, binding->param);
      continue;
    }
    /* in `gd check` the whole script is in one recording */
    if (binding->param->born == trace->serial && !trace->vm->checking) {
      if (binding->param->copied) continue; /* a constant */
      made = binding->param;
      break;
    }
    if (!objective->closed) objective_join(objective, binding->param);
  }
  mem_free(reached);
  if (made) refuse_made_inside(trace, made);
}
