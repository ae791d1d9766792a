/* health_blind.c — see health_blind.h.
 *
 * A copy of the training runs on the same data with the targets of the rows shuffled, where only
 * memorising can lower the loss.  If the training itself did no better in as many steps, it learned
 * nothing from the inputs either, whatever its model, loss and data are.  This is the permutation
 * test of Zhang, Bengio, Hardt, Recht and Vinyals, "Understanding Deep Learning Requires Rethinking
 * Generalization" (2017), used as a verdict.
 */
#include "lang/health/health_blind.h"

#include "lang/health/health_sample.h"
#include "lang/health/health_tell.h"
#include "lang/health/health_trial.h"

#include <math.h>
#include <string.h>

enum { STEPS_LEAST = 20, STEPS_MOST = 3000 };

/* The rows of a column in another order. */
static bool shuffled(const Tensor *column, Tensor *into) {
  int64_t rows = column->shape.dim[0];
  Diag diag = {0};
  if (!tensor_new(into, column->dtype, &column->shape, &diag)) return false;
  size_t size = tensor_bytes(column) / (size_t)rows;
  int64_t *order = mem_alloc((size_t)rows * sizeof *order);
  RngStream stream = rng_stream(11, 0, 0);
  rng_permutation(&stream, rows, order);
  for (int64_t i = 0; i < rows; i++)
    memcpy((char *)tensor_data(into) + (size_t)i * size,
           (const char *)tensor_data(column) + (size_t)order[i] * size, size);
  mem_free(order);
  return true;
}

/* A rate that is far too small leaves the values as they were, which says nothing of the data. */
static bool has_moved(const Health *health) {
  for (int i = 0; i < health->first.target_count && i < health->last.target_count; i++) {
    double before = health->first.targets[i].size, after = health->last.targets[i].size;
    if (fabs(after - before) > 0.005 * before) return true;
  }
  return false;
}

void health_blind(TrainRun *run, Update update) {
  int64_t steps = run->total_steps;
  int targets = sample_target_column(run);
  if (!run->vm->clinic || !targets || !run->columns[targets].buffer || !health_can_try(run)) return;
  if (!has_moved(run->watch)) return;
  if (run->objective_count > 1 || run->rows < 30 || steps < STEPS_LEAST) return;
  int64_t left = steps + steps / 2 - run->watch->tried; /* the doctor is to take three runs */
  if (steps > left) steps = left;
  if (steps > STEPS_MOST) steps = STEPS_MOST;
  if (2 * steps < run->total_steps && steps < STEPS_MOST) return;
  double spread, own = health_own_loss(run, steps, &spread);
  Tensor before = run->columns[targets], other;
  if (!(own > 0.02 * fabs(run->watch->first.loss)) || !shuffled(&before, &other)) return;
  run->columns[targets] = other;
  double blind = health_trial(run, update, 1, steps, false);
  run->columns[targets] = before;
  tensor_release(&other);
  if (!isfinite(blind)) return;
  double chance = fmax(3 * spread, 0.05 * fabs(run->watch->first.loss - blind));
  if (own < blind - 0.03 * fabs(blind) || own < blind - chance) return;
  health_tell(run,
              VERDICT(BASIS_LIKELY, run->source.span,
                      "keep the rows of inputs and targets together: shuffle(dataset(x, y)); or "
                      "other inputs",
                      FINDING_TARGETS),
              "the inputs tell nothing about the targets, as if these were shuffled: on a copy "
              "with shuffled targets the loss is %.4g after %lld steps, and here %.4g",
              blind, (long long)steps, own);
}
