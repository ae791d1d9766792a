/* path.c — `history.path`: where the targets went.
 *
 * A row for their elements before each step, and one for the end; targets of at most eight elements
 * together, which the script names.  Those of a domain are left out: what trains is not what the
 * script sees.
 */
#include "lang/learn/train.h"

enum { PATH_MOST = 8, STEPS_FIRST = 128 };

/* Is it a target of an earlier update too? */
static bool is_earlier(const TrainRun *run, int objective, const ParamObject *param) {
  for (int o = 0; o < objective; o++)
    for (int i = 0; i < run->objectives[o].target_count; i++)
      if (run->objectives[o].targets[i] == param) return true;
  return false;
}

int path_width(const TrainRun *run) {
  int64_t width = 0;
  for (int o = 0; o < run->objective_count; o++) {
    const Objective *objective = &run->objectives[o];
    if (!objective->targets_given) return 0;
    for (int i = 0; i < objective->target_count && width <= PATH_MOST; i++) {
      const ParamObject *param = objective->targets[i];
      if (param->domain.kind || param->lent) return 0;
      if (!is_earlier(run, o, param)) width += tensor_count(&param->value);
    }
  }
  return width <= PATH_MOST ? (int)width : 0;
}

void path_add(TrainRun *run) {
  if (run->path_width == 0) return;
  for (int o = 0; o < run->objective_count; o++)
    for (int i = 0; i < run->objectives[o].target_count; i++) {
      const ParamObject *param = run->objectives[o].targets[i];
      int64_t count = is_earlier(run, o, param) ? 0 : tensor_count(&param->value);
      for (int64_t k = 0; k < count; k++)
        series_push(&run->history.path, tensor_get(&param->value, k));
    }
}

void path_start(TrainRun *run) {
  Series *path = &run->history.path;
  if (path->count > 0 || run->path_width == 0) return;
  path->capacity = STEPS_FIRST * PATH_MOST; /* as many steps as the other series have room for */
  path->at = mem_alloc((size_t)path->capacity * sizeof(double));
  path_add(run);
}
