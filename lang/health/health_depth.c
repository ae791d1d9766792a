/* health_depth.c — see health_depth.h.
 *
 * The norm of a gradient is taken relative to the norm of its param.  From the last matrix to the
 * first it may shrink a hundredfold without harm.  A ratio of FADES is reported before the run.  A
 * ratio of FADES_STAYED is reported only if the loss did not fall, or not below that of an answer
 * without the inputs, since then something keeps the net from learning.
 */
#include "lang/health/health_depth.h"

#include "lang/health/health_data.h"
#include "lang/health/health_judge.h"
#include "lang/health/health_tell.h"
#include "lang/run/history.h"

#include <math.h>

static const double FADES = 1e-4, FADES_STAYED = 0.03, GROWS = 1e4;
enum { MATRICES_LEAST = 4 };

/* The gradients of the first matrix and of the last, by the size of these. */
typedef struct Depth {
  int first, last, matrices;
  double down, up;
} Depth;

static double share_of(const HealthTarget *target) {
  return target->slope / (target->size + 1e-12);
}

static bool depth_of(const TrainRun *run, Depth *depth) {
  const HealthLook *look = &run->watch->first;
  *depth = (Depth){.first = -1};
  for (int i = 0; i < look->target_count; i++) {
    if (!look->targets[i].matrix) continue;
    if (depth->first < 0) depth->first = i;
    depth->last = i;
    depth->matrices++;
  }
  if (depth->matrices < MATRICES_LEAST) return false;
  depth->down = share_of(&look->targets[depth->first]);
  depth->up = share_of(&look->targets[depth->last]);
  return true;
}

static void tell_fading(TrainRun *run, const Depth *depth, Basis basis) {
  char *const *names = run->objectives[0].target_names;
  run->watch->cause_told = true;
  health_tell(
      run,
      VERDICT(basis, health_judge_target_span(run, depth->first),
              "relu instead of sigmoid or tanh, with he_normal; LayerNorm or Residual between",
              FINDING_VANISHING),
      "vanishing gradients: that of `%.64s` is %.2g of its size, that of `%.64s` %.2g: "
      "%d matrices lie between",
      names[depth->first], depth->down, names[depth->last], depth->up, depth->matrices - 2);
}

void health_depth(TrainRun *run) {
  Depth depth;
  if (!depth_of(run, &depth)) return;
  char *const *names = run->objectives[0].target_names;
  if (depth.up > 0 && depth.down < FADES * depth.up) tell_fading(run, &depth, BASIS_MEASURED);
  if (depth.down > GROWS * depth.up && depth.down > 100)
    health_tell(run,
                VERDICT(BASIS_MEASURED, health_judge_target_span(run, depth.first),
                        "clip: (norm: 1.0), smaller first values, or LayerNorm between",
                        FINDING_EXPLODING),
                "exploding gradients: that of `%.64s` is %.2g of its size, that of `%.64s` %.2g",
                names[depth.first], depth.down, names[depth.last], depth.up);
}

void health_faded(TrainRun *run) {
  Depth depth;
  const Series *losses = &run->history.step_loss;
  int64_t n = losses->count;
  if (run->watch->cause_told || run->watch->rate_told || n < 40 || !depth_of(run, &depth)) return;
  double early = 0, late = 0;
  for (int64_t i = 0; i < n / 4; i++) {
    early += losses->at[i];
    late += losses->at[n - 1 - i];
  }
  double blind = (double)(n / 4) * health_data_blind(run, &run->watch->first);
  bool stayed = fabs(late - early) < 0.03 * fabs(early) || (blind > 0 && late > 0.97 * blind);
  if (stayed && depth.up > 0 && depth.down < FADES_STAYED * depth.up)
    tell_fading(run, &depth, BASIS_LIKELY);
}

void health_size(TrainRun *run) {
  const HealthLook *look = &run->watch->first;
  double blind = health_data_blind(run, look), first = look->loss - look->penalty,
         rows = (double)(run->batch ? run->batch : run->rows);
  if (!look->classes || !(blind > 0) || !(first > 30 * blind)) return;
  if (first < 3 * rows * blind && first > 0.5 * rows * blind) return; /* a sum over the rows */
  health_tell(run,
              VERDICT(BASIS_MEASURED, health_judge_target_span(run, 0),
                      "smaller first values: he_normal(…), xavier_normal(…)", FINDING_LARGE),
              "the first values are far too large: the loss begins at %.4g, and is %.4g without "
              "any use of the inputs",
              first, blind);
}

void health_penalty(TrainRun *run) {
  const HealthLook *first = &run->watch->first, *last = &run->watch->last;
  double before = first->loss - first->penalty, after = last->loss - last->penalty;
  double blind = health_data_blind(run, first), from = blind > 0 ? fmin(blind, before) : before;
  /* a loss below 0 has no size that a penalty could be compared with */
  bool dominates = before >= 0 && first->penalty > 3 * before;
  if (run->watch->cause_told || !dominates || !(after > 0.9 * from)) return;
  const Ast *loss = ast_clause(run->ast, "loss");
  health_tell(run,
              VERDICT(BASIS_MEASURED, loss ? loss->a->span : run->ast->span,
                      "a smaller factor before the penalty", FINDING_DECAY),
              "weight decay dominates: of the loss at the start, %.4g, the penalty on the params "
              "is %.4g, and without it the loss goes from %.4g to %.4g",
              first->loss, first->penalty, before, after);
}
