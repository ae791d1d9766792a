/* health_stuck.c — see health_stuck.h.
 *
 * Recurrent matrices.  A vector that passes n times through a matrix W grows as the n-th power of
 * W's spectral radius (Bengio, Simard and Frasconi, "Learning Long-Term Dependencies with Gradient
 * Descent Is Difficult", 1994).  It is measured by multiplying one vector by W as often as the step
 * does; the first half is ignored, until the direction has settled.
 *
 * If the loss did not fall and the gradient is small, the ends of the Hessian's spectrum (whole.c)
 * say why: an eigenvalue well below 0 is a saddle; all near 0, a plateau; none below 0, a minimum,
 * which no optimizer leaves.  This costs some twenty products, once, on one minibatch.
 */
#include "lang/health/health_stuck.h"

#include "lang/health/health_data.h"
#include "lang/health/health_look.h"
#include "lang/health/health_tell.h"
#include "lang/health/health_trial.h"
#include "lang/run/history.h"

#include <math.h>
#include <string.h>

enum { USES_LEAST = 5, WIDTH_MOST = 1024, BARE_MOST = 16 };

/* ---- recurrent matrices ---- */

/* The factor by which a vector grows, in one use of w [n, n], after several. */
static double growth_of(const Tensor *w, int uses) {
  int64_t n = w->shape.dim[0];
  double *now = mem_zero((size_t)n * 2 * sizeof(double)), *next = now + n, sum = 0;
  int counted = 0;
  for (int64_t i = 0; i < n; i++) now[i] = 1 + 0.5 * sin(12.9898 * (double)i);
  for (int k = 0; k < uses; k++) {
    double before = 0, after = 0;
    for (int64_t i = 0; i < n; i++) before += now[i] * now[i], next[i] = 0;
    for (int64_t i = 0; i < n; i++)
      for (int64_t j = 0; j < n; j++) next[j] += now[i] * tensor_get(w, i * n + j);
    for (int64_t i = 0; i < n; i++) after += next[i] * next[i];
    if (!(before > 0) || !(after > 0) || !isfinite(after)) break;
    for (int64_t i = 0; i < n; i++) now[i] = next[i] / sqrt(after);
    if (2 * k < uses) continue;
    sum += 0.5 * log(after / before);
    counted++;
  }
  mem_free(now);
  return counted ? exp(sum / counted) : 0;
}

void health_recurrent(TrainRun *run, bool ended) {
  const HealthLook *look = &run->watch->first;
  if (!look->recurrent || look->uses < USES_LEAST || run->watch->cause_told) return;
  int target = look->recurrent - 1;
  const ParamObject *param = run->objectives[0].targets[target];
  const HealthTarget *own = &look->targets[target];
  if (param->value.shape.dim[0] > WIDTH_MOST) return;
  bool steep = own->slope > 10 * own->size || !isfinite(own->slope);
  if (!steep && !ended) return;
  double growth = growth_of(&param->value, look->uses), whole = pow(growth, look->uses);
  if (growth < 1.2 || whole < 1e3) return;
  health_tell(run,
              VERDICT(BASIS_MEASURED, param->span.file ? param->span : look->recurrent_span,
                      "clip: (norm: 1.0), and orthogonal(n, n) for its first values",
                      FINDING_EXPLODING),
              "exploding gradients: `%.64s` is used %d times in a row, and the values passed "
              "through it grow by %.3g each time, %.2g in all; its gradient is %.2g of its size",
              run->objectives[0].target_names[target], look->uses, growth, whole,
              own->slope / (own->size + 1e-12));
}

/* ---- where the loss has stayed ---- */

static double slope_of(const HealthLook *look) {
  double sum = 0;
  for (int i = 0; i < look->target_count; i++) sum = hypot(sum, look->targets[i].slope);
  return sum;
}

/* Some twenty products with the Hessian, each of two gradients or so. */
static bool ends_of(TrainRun *run, HessianEnds *ends) {
  double products = 50 * health_step_work(run) + 4 * health_record_work(run);
  return health_spend(run, products) && health_ends(run, ends);
}

static bool has_stayed(const TrainRun *run) {
  const Series *losses = &run->history.step_loss;
  int64_t n = losses->count;
  if (n < 20) return false;
  double first = run->watch->first.loss, late = series_mean(losses, n - n / 4, n),
         before = series_mean(losses, n / 2, n - n / 4),
         blind = health_data_blind(run, &run->watch->first);
  if (!(fabs(late - before) < 0.01 * fmax(fabs(first), fabs(late)))) return false;
  return isnan(blind) ? late > 0.5 * fabs(first) : late > 0.8 * blind;
}

/* Of the largest eigenvalue: what rounding makes of one that is 0. */
static const double NO_SLOPE = 1e-4;

void health_stuck(TrainRun *run) {
  const Health *health = run->watch;
  HessianEnds ends;
  if (health->cause_told || health->rate_told || !has_stayed(run)) return;
  double slope = slope_of(&health->last), first = slope_of(&health->first),
         loss = fabs(health->last.loss);
  if (!ends_of(run, &ends)) return;
  double scale = fmax(fabs(ends.least), fabs(ends.most));
  Span span = run->objectives[0].loss ? run->objectives[0].loss->span : run->ast->span;
  bool little = slope * slope < 2e-3 * scale * loss; /* what a step of Newton would win */
  if (slope < 1e-3 * loss && scale < 1e-3 * loss && (little || slope > 0.5 * first)) {
    health_tell(run,
                VERDICT(BASIS_MEASURED, span,
                        "smaller first values, scaled inputs, or another activation", FINDING_FLAT),
                "stuck on a plateau: the gradient is %.2g (%.2g at the start), and the eigenvalues "
                "of the Hessian go from %.2g to %.2g: the loss is flat in every direction",
                slope, first, ends.least, ends.most);
  } else if (ends.least < -0.02 * fabs(ends.most) && slope < 0.1 * loss) {
    health_tell(run,
                VERDICT(BASIS_MEASURED, span,
                        "larger first values, momentum, or Adam: they leave it along the "
                        "directions in which the loss curves down",
                        FINDING_SADDLE),
                "stuck at a saddle: the gradient is %.2g (%.2g at the start), and the eigenvalues "
                "of the Hessian go from %.3g to %.3g: along some direction the loss falls on both "
                "sides",
                slope, first, ends.least, ends.most);
  } else if (slope < 0.02 * scale && slope < 0.05 * first && ends.least > -NO_SLOPE * ends.most) {
    health_tell(
        run,
        VERDICT(BASIS_MEASURED, span,
                "a larger model, other inputs, or other first values: small steps go no "
                "lower from here, whatever the optimizer",
                FINDING_MINIMUM),
        "at a bad minimum: the loss stays at %.4g, the gradient is %.2g (%.2g at the "
        "start), and no eigenvalue of the Hessian is below 0 by more than rounding (%.3g to "
        "%.3g)",
        health->last.loss, slope, first, ends.least, ends.most);
  }
}

/* ---- what is not identified ---- */

/* The numbers of a direction with their names: 0.71 a - 0.71 b[1]. */
static void combination(const TrainRun *run, const double *along, Text *text) {
  const Objective *objective = &run->objectives[0];
  for (int i = 0, at = 0; i < objective->target_count; i++) {
    int64_t count = shape_count(&objective->targets[i]->value.shape);
    for (int64_t k = 0; k < count; k++, at++) {
      if (fabs(along[at]) < 0.05) continue;
      const char *sign = along[at] < 0 ? (text->length ? " - " : "-") : text->length ? " + " : "";
      text_format(text, "%s%.2g %.64s", sign, fabs(along[at]), objective->target_names[i]);
      if (count > 1) text_format(text, "[%lld]", (long long)k);
    }
  }
}

void health_unidentified(TrainRun *run) {
  const Objective *objective = &run->objectives[0];
  const Health *health = run->watch;
  int64_t numbers = 0;
  if (!objective->loss || health->cause_told || health->rate_told) return;
  for (int i = 0; i < objective->target_count; i++) {
    if (strchr(objective->target_names[i], '.')) return;
    numbers += shape_count(&objective->targets[i]->value.shape);
  }
  HessianEnds ends;
  if (numbers < 2 || numbers > BARE_MOST || !ends_of(run, &ends) || !ends.whole) return;
  if (!(ends.most > 0) || fabs(ends.flattest) > 3e-6 * ends.most) return;
  for (int i = 0, at = 0; i < objective->target_count; i++) {
    int64_t count = shape_count(&objective->targets[i]->value.shape);
    for (int64_t k = 0; k < count; k++, at++)
      if (fabs(ends.along[at]) > 0.05 &&
          health->last.targets[i].slope > 1e-2 * health->first.targets[i].slope)
        return; /* it is on its way along this direction, or at a kink */
  }
  Text text = {0};
  combination(run, ends.along, &text);
  bool cause = health->cause_told;
  health_tell(run,
              VERDICT(BASIS_MEASURED, objective->loss->span,
                      "fix one of them, join them into one, or constrain them with 1e-3 * l2(…)",
                      FINDING_UNIDENTIFIED),
              "a combination is not identified: along %.200s the loss stays the same (curvature "
              "%.1g, elsewhere up to %.3g), so their values stay those of the start",
              text.data, ends.flattest, ends.most);
  run->watch->cause_told = cause;
  text_free(&text);
}
