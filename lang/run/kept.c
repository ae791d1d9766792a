/* kept.c — what `keep:`, `average:`, `restarts:` and a checkpoint hold of a run: the values of its
 * targets and buffers.
 *
 * They are known after the first trace, and a later step may assign further buffers, so each user
 * collects them anew.
 */
#include "lang/run/kept.h"

#include "lang/run/run.h"

#include <string.h>

static void kept_add(TrainRun *run, ParamObject *param, const char *name) {
  for (int i = 0; i < run->kept_count; i++)
    if (run->kept[i] == param) return;
  size_t count = (size_t)run->kept_count + 1;
  run->kept = mem_grow(run->kept, count * sizeof(ParamObject *));
  run->kept_names = mem_grow(run->kept_names, count * sizeof(char *));
  value_retain(value_of(KIND_PARAM, param));
  run->kept[count - 1] = param;
  run->kept_names[count - 1] = mem_text(name, strlen(name));
  run->kept_count++;
  if (!run->best_values) return;
  /* a buffer that only a later step assigns */
  run->best_values = mem_grow(run->best_values, (count + 1) * sizeof(Tensor));
  Diag diag = {0};
  if (tensor_copy(&run->best_values[count - 1], &param->value, &diag)) return;
  diag.span = run->ast->span;
  raise_diag(run->vm, &diag);
}

void kept_collect(TrainRun *run) {
  for (int o = 0; o < run->objective_count; o++) {
    const Objective *objective = &run->objectives[o];
    for (int i = 0; i < objective->target_count; i++)
      kept_add(run, objective->targets[i], objective->target_names[i]);
    for (int i = 0; i < objective->buffer_count; i++)
      kept_add(run, objective->buffers[i], objective->buffer_names[i]);
  }
}

/* ---- their values at one time ---- */

void kept_add_value(Vm *vm, Kept *kept, ParamObject *param) {
  size_t count = (size_t)kept->count + 1;
  kept->params = mem_grow(kept->params, count * sizeof(ParamObject *));
  kept->values = mem_grow(kept->values, count * sizeof(Tensor));
  Diag diag = {0};
  if (!tensor_copy(&kept->values[count - 1], &param->value, &diag)) raise_diag(vm, &diag);
  kept->params[count - 1] = param;
  value_retain(value_of(KIND_PARAM, param));
  kept->count++;
}

void kept_take_new(TrainRun *run, Kept *kept) {
  kept_collect(run);
  int before = kept->count;
  for (int i = 0; i < run->kept_count; i++) {
    bool there = false;
    for (int k = 0; k < before && !there; k++) there = kept->params[k] == run->kept[i];
    if (!there) kept_add_value(run->vm, kept, run->kept[i]);
  }
}

void kept_take(TrainRun *run, Kept *kept) {
  kept_release(run->vm, kept);
  kept_take_new(run, kept);
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
