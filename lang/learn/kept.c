/* kept.c — what `keep:`, `average:`, `restarts:` and a checkpoint hold of a run: the values of its
 * targets and buffers.
 *
 * They are known after the first trace, and more come where a later step assigns another buffer, so
 * they are collected anew by each who needs them.
 */
#include "lang/learn/train.h"

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
