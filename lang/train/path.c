/* path.c — `history.path`: the values of the targets at each step.
 *
 * It has a row of their elements before each step, and one at the end.  It exists only if the
 * targets are named by the script and have at most eight elements together.  Targets with a domain
 * are left out: their trained values are not those that the script sees.
 */
#include "lang/train/path.h"

#include "lang/run/history.h"
#include "lang/train/train.h"

enum { STEPS_FIRST = 128 };

/* Is it a target of an earlier update too? */
static bool is_earlier(const PathPart *parts, int count, const ParamObject *param) {
  for (int i = 0; i < count; i++)
    if (parts[i].param == param) return true;
  return false;
}

/* The elements of a row; 0: there is none. */
static int width_of(const TrainRun *run, PathPart *parts, int *count) {
  int64_t width = 0;
  for (int o = 0; o < run->objective_count; o++) {
    const Objective *objective = &run->objectives[o];
    if (!objective->targets_given) return 0;
    for (int i = 0; i < objective->target_count; i++) {
      const ParamObject *param = objective->targets[i];
      if (param->domain.kind || param->lent) return 0;
      int64_t elements = tensor_count(&param->value);
      if (elements == 0 || is_earlier(parts, *count, param)) continue;
      width += elements;
      if (width > PATH_MOST) return 0;
      parts[(*count)++] = (PathPart){param, (int)elements};
    }
  }
  return (int)width;
}

void path_open(TrainRun *run) {
  run->path_count = 0;
  run->path_width = width_of(run, run->path_parts, &run->path_count);
}

void path_add(TrainRun *run) {
  if (run->path_width == 0) return;
  for (int i = 0; i < run->path_count; i++) {
    const PathPart *part = &run->path_parts[i];
    for (int k = 0; k < part->elements; k++)
      series_push(&run->history.path, tensor_get(&part->param->value, k));
  }
}

void path_start(TrainRun *run) {
  Series *path = &run->history.path;
  if (path->count > 0 || run->path_width == 0) return;
  path->capacity = STEPS_FIRST * PATH_MOST; /* as many steps as the other series have room for */
  path->at = mem_alloc((size_t)path->capacity * sizeof(double));
  path_add(run);
}
