/* kept.c — what `keep:`, `average:`, `restarts:` and a checkpoint hold of a run: the values of its
 * targets and buffers.
 *
 * They are known after the first trace, and a later step may reach further params and assign
 * further buffers, so each user collects them anew.  What joins later had, until then, the value
 * that the objective remembers of it: that is its value at the best epoch, in the means of the
 * epochs before, and before a race.
 */
#include "lang/run/kept.h"

#include "lang/run/run.h"

#include <string.h>

const Tensor *kept_before(const TrainRun *run, int index) {
  const Tensor *first = &run->kept_first[index];
  return first->buffer ? first : &run->kept[index]->value;
}

/* The value that it had when it joined, if the objective has just noted it; taken. */
static Tensor value_joined(Objective *objective, const ParamObject *param) {
  for (int i = 0; i < objective->joined_count; i++) {
    Joined *joined = &objective->joined[i];
    if (joined->param != param) continue;
    Tensor value = joined->value;
    *joined = objective->joined[--objective->joined_count];
    return value;
  }
  return (Tensor){0};
}

static void kept_add(TrainRun *run, Objective *objective, ParamObject *param, const char *name) {
  for (int i = 0; i < run->kept_count; i++)
    if (run->kept[i] == param) return;
  size_t count = (size_t)run->kept_count + 1;
  run->kept = mem_grow(run->kept, count * sizeof(ParamObject *));
  run->kept_names = mem_grow(run->kept_names, count * sizeof(char *));
  run->kept_first = mem_grow(run->kept_first, count * sizeof(Tensor));
  value_retain(value_of(KIND_PARAM, param));
  run->kept[count - 1] = param;
  run->kept_names[count - 1] = mem_text(name, strlen(name));
  run->kept_first[count - 1] = value_joined(objective, param);
  run->kept_count++;
  if (!run->best_values) return;
  run->best_values = mem_grow(run->best_values, (count + 1) * sizeof(Tensor));
  Diag diag = {0};
  if (tensor_copy(&run->best_values[count - 1], kept_before(run, (int)count - 1), &diag)) return;
  diag.span = run->ast->span;
  raise_diag(run->vm, &diag);
}

void kept_collect(TrainRun *run) {
  for (int o = 0; o < run->objective_count; o++) {
    Objective *objective = &run->objectives[o];
    for (int i = 0; i < objective->target_count; i++)
      kept_add(run, objective, objective->targets[i], objective->target_names[i]);
    for (int i = 0; i < objective->buffer_count; i++)
      kept_add(run, objective, objective->buffers[i], objective->buffer_names[i]);
  }
}

static int place_among(Lookup *lookup, ParamObject *const *list, int count,
                       const ParamObject *param) {
  return lookup_place(lookup, list, sizeof(ParamObject *), count, param);
}

bool kept_again(TrainRun *run, ParamObject *param) {
  for (int o = 0; o < run->objective_count; o++) {
    Objective *objective = &run->objectives[o];
    const bool buffer = param->buffer;
    int place = buffer ? place_among(&objective->buffer_places, objective->buffers,
                                     objective->buffer_count, param)
                       : place_among(&objective->target_places, objective->targets,
                                     objective->target_count, param);
    if (place < 0) continue;
    kept_add(run, objective, param,
             (buffer ? objective->buffer_names : objective->target_names)[place]);
    return true;
  }
  return false;
}

/* ---- their values at one time ---- */

void kept_add_value(Vm *vm, Kept *kept, ParamObject *param, const Tensor *value) {
  size_t count = (size_t)kept->count + 1;
  kept->params = mem_grow(kept->params, count * sizeof(ParamObject *));
  kept->values = mem_grow(kept->values, count * sizeof(Tensor));
  Diag diag = {0};
  if (!tensor_copy(&kept->values[count - 1], value, &diag)) raise_diag(vm, &diag);
  kept->params[count - 1] = param;
  value_retain(value_of(KIND_PARAM, param));
  kept->count++;
}

static void take_new(TrainRun *run, Kept *kept, bool before) {
  kept_collect(run);
  int known = kept->count;
  for (int i = 0; i < run->kept_count; i++) {
    bool there = false;
    for (int k = 0; k < known && !there; k++) there = kept->params[k] == run->kept[i];
    if (!there)
      kept_add_value(run->vm, kept, run->kept[i],
                     before ? kept_before(run, i) : &run->kept[i]->value);
  }
}

void kept_take_before(TrainRun *run, Kept *kept) { take_new(run, kept, true); }

void kept_forget_before(TrainRun *run) {
  for (int i = 0; i < run->kept_count; i++) tensor_release(&run->kept_first[i]);
  for (int i = 0; i < run->kept_count; i++) run->kept_first[i] = (Tensor){0};
}

void kept_take(TrainRun *run, Kept *kept) {
  kept_release(run->vm, kept);
  take_new(run, kept, false);
}

void kept_give(Vm *vm, const Kept *kept) {
  for (int i = 0; i < kept->count; i++) param_restore(vm, kept->params[i], &kept->values[i]);
}

void kept_free(Kept *kept) {
  for (int i = 0; i < kept->count; i++) tensor_release(&kept->values[i]);
  mem_free(kept->params);
  mem_free(kept->values);
  *kept = (Kept){0};
}

void kept_release(Vm *vm, Kept *kept) {
  for (int i = 0; i < kept->count; i++) value_release(vm, value_of(KIND_PARAM, kept->params[i]));
  kept_free(kept);
}

void kept_drop_lone(Vm *vm, Kept *kept) {
  int left = 0;
  for (int i = 0; i < kept->count; i++) {
    ParamObject *param = kept->params[i];
    if (param->head.refs > 1) {
      kept->params[left] = param;
      kept->values[left++] = kept->values[i];
      continue;
    }
    tensor_release(&kept->values[i]);
    value_release(vm, value_of(KIND_PARAM, param));
  }
  kept->count = left;
}
