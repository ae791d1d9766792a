/* health_judge.c — see health_judge.h. */
#include "lang/health/health_judge.h"

#include "lang/health/health_data.h"
#include "lang/health/health_depth.h"
#include "lang/health/health_rate.h"
#include "lang/health/health_stuck.h"
#include "lang/health/health_tell.h"
#include "lang/health/health_trial.h"
#include "lang/machine/closure.h"
#include "lang/run/history.h"

#include "runtime/opcodes.h"

#include <math.h>
#include <string.h>

static const double DECAY_USUAL = 0.02; /* a weight decay that is not reported */

/* ---- the first minibatch ---- */

Span health_judge_target_span(const TrainRun *run, int target) {
  const ParamObject *param = run->objectives[0].targets[target];
  return param->span.file ? param->span : run->ast->span;
}

bool health_judge_finite(const HealthLook *look) {
  bool finite = isfinite(look->loss);
  for (int i = 0; i < look->target_count; i++) finite &= (bool)isfinite(look->targets[i].slope);
  return finite;
}

static bool all_slopes_zero(const HealthLook *look) {
  for (int i = 0; i < look->target_count; i++)
    if (!(look->targets[i].slope <= 1e-12)) return false;
  return look->target_count > 0;
}

static const char *activation_kind(const HealthActivation *activation) {
  return activation->op == OP_RELU ? "dead" : "saturated";
}

/* At the end only where it may be why the loss is no lower. */
void health_judge_activations(TrainRun *run, const HealthLook *look, const char *when) {
  if (run->watch->cause_told) return;
  bool end = look == &run->watch->last, low = end && look->loss < 0.3 * run->watch->first.loss;
  for (int i = 0; i < look->activation_count; i++) {
    const HealthActivation *activation = &look->activations[i];
    bool dead = activation->op == OP_RELU;
    if (activation->share < (low ? 0.95 : dead ? 0.7 : 0.8)) continue;
    run->watch->cause_told = true;
    health_tell(
        run,
        &(Verdict){BASIS_MEASURED, activation->span,
                   dead ? "leaky_relu, a lower rate, or smaller first values"
                        : "scale the inputs (Standardize), or smaller first values (xavier_normal)",
                   dead ? FINDING_DEAD : FINDING_SATURATED, op_name(activation->op), 0},
        dead ? "%s units: %.0f %% of those of `%s` are 0 for every row %s"
             : "%s units: %.0f %% of the values of `%s` are at a limit %s, where the gradient is "
               "nearly 0",
        activation_kind(activation), 100 * activation->share, op_name(activation->op), when);
    return;
  }
}

static void tell_zero_matrix(TrainRun *run, int target) {
  health_tell(run,
              VERDICT(BASIS_MEASURED, health_judge_target_span(run, target),
                      "he_normal(…) for its first values", FINDING_ZEROS),
              "`%.64s` begins with zeros and its gradient is 0: it does not move",
              run->objectives[0].target_names[target]);
}

/* The first values where no gradient is left.  A matrix of zeros is the reason even where units
 * are 0 behind it: of 0 a relu passes nothing on, whatever the rate. */
static void judge_flat(TrainRun *run) {
  const HealthLook *look = &run->watch->first;
  int zeros = 0, matrices = 0, first = 0;
  for (int i = look->target_count; i-- > 0;) {
    bool zero = look->targets[i].size == 0;
    zeros += zero;
    if (zero && look->targets[i].matrix) matrices++, first = i;
  }
  if (!matrices) health_judge_activations(run, look, "at the first values");
  if (run->watch->cause_told) return;
  if (zeros > 1)
    health_tell(
        run,
        VERDICT(BASIS_MEASURED, health_judge_target_span(run, first),
                "first values that are not zeros: 0.1 * randn(…), he_normal(…)", FINDING_ZEROS),
        "stuck at a saddle: the gradient of every param is 0 at the first values, and %d "
        "of %d params are all zeros, so each is multiplied by another%s",
        zeros, look->target_count, look->activation_count ? ", or gives units that are 0" : "");
  else if (matrices) tell_zero_matrix(run, first);
  else
    health_tell(run,
                VERDICT(BASIS_MEASURED, run->ast->span, "other first values, or another loss",
                        FINDING_FLAT),
                "the gradient of every param is 0 at the first values: nothing will move");
  run->watch->cause_told = true;
}

static void judge_zero(TrainRun *run) {
  const HealthLook *look = &run->watch->first;
  if (all_slopes_zero(look)) judge_flat(run);
  for (int i = 0; i < look->target_count && !run->watch->cause_told; i++)
    if (look->targets[i].slope == 0 && look->targets[i].size == 0 && look->targets[i].matrix)
      tell_zero_matrix(run, i);
}

/* ---- the whole run ---- */

bool health_judge_at_limits(const HealthLook *look) {
  for (int i = 0; i < look->activation_count; i++)
    if (look->activations[i].share >= 0.8) return true;
  return false;
}

/* The clause of the training, or of the first `update` in it. */
static const Ast *clip_clause(const TrainRun *run) {
  const Ast *clause = ast_clause(run->ast, "clip");
  for (uint32_t i = 0; i < run->ast->clause_count && !clause; i++)
    if (!run->ast->clauses[i]->text && run->ast->clauses[i]->a)
      clause = ast_clause(run->ast->clauses[i]->a, "clip");
  return clause;
}

void health_judge_clipping(TrainRun *run) {
  const Health *health = run->watch;
  const Ast *clause = clip_clause(run);
  if (!clause || health->steps < 20 || (double)health->clipped < 0.95 * (double)health->steps)
    return;
  health_tell(run,
              VERDICT(BASIS_MEASURED, clause->op_span, "a larger bound, or a lower rate without it",
                      FINDING_CLIPPED),
              "the gradient was clipped in %lld of %lld steps: its size has no effect, and the "
              "rate is that of a normalized gradient",
              (long long)health->clipped, (long long)health->steps);
}

void health_judge_validation(TrainRun *run) {
  const Series *val = &run->history.val_loss, *own = &run->history.loss;
  if (val->count < 5 || run->keep || run->watch->held_told) return;
  int64_t best = 0;
  for (int64_t i = 1; i < val->count; i++)
    if (val->at[i] < val->at[best]) best = i;
  double last = series_mean(val, val->count - 2, val->count), least = val->at[best];
  double ours = own->at[own->count - 1], gap = own->at[best] - ours;
  bool by_heart = last - ours > 0.25 * fabs(last), rose = last - least > 0.25 * fabs(least);
  bool grows = by_heart && rose && last - least > 0.02 && gap > 0.02 * fabs(own->at[best]) &&
               best + 5 < val->count;
  if (!grows) return;
  health_tell(
      run,
      VERDICT(
          BASIS_MEASURED, run->ast->span,
          "keep: best(val_loss), stop: stalled(val_loss, 5), more data, Dropout or weight decay",
          FINDING_OVERFIT),
      "overfitting from epoch %lld on: val_loss was %.4g there and is %.4g at the end, while loss "
      "fell from %.4g to %.4g",
      (long long)best + 1, least, last, own->at[best], own->at[own->count - 1]);
}

void health_judge_decay(TrainRun *run) {
  const HealthLook *first = &run->watch->first, *last = &run->watch->last;
  double decay = run->watch->decay, before = 0, after = 0, slope = 0;
  for (int i = 0; i < first->target_count && i < last->target_count; i++) {
    if (!first->targets[i].matrix) continue;
    before = hypot(before, first->targets[i].size);
    after = hypot(after, last->targets[i].size);
    slope = hypot(slope, first->targets[i].slope);
  }
  bool high = last->loss > 0.5 * first->loss;
  bool gone = after < 0.05 * before, shrunk = after < 0.2 * before && high,
       stronger = decay * before > 3 * slope && high;
  bool wins = before > 0 && (gone || shrunk) && decay > DECAY_USUAL;
  bool may = decay > DECAY_USUAL && !wins && !stronger && last->loss > 0.3 * first->loss;
  if (may && run->vm->clinic) {
    health_tell(run,
                VERDICT(BASIS_MEASURED, run->watch->rate_span, "weight_decay: 0.01 or less",
                        FINDING_PENALTY),
                "weight decay dominates: with weight_decay %.3g the loss goes from %.4g to %.4g",
                decay, first->loss, last->loss);
    run->watch->cause_told = false; /* perhaps */
  }
  if (decay <= 0 || (!wins && !stronger)) return;
  health_tell(
      run,
      VERDICT(BASIS_MEASURED, run->watch->rate_span, "weight_decay: 0.01 or less", FINDING_DECAY),
      "weight decay dominates: with weight_decay %.3g its pull at the start is %.3g and the "
      "gradient's %.3g; the matrices went from a norm of %.3g to %.3g, the loss from %.4g to %.4g",
      decay, decay * before, slope, before, after, first->loss, last->loss);
}

/* Nothing else explains why the loss stays where knowing nothing of the inputs leaves it. */
void health_judge_learning(TrainRun *run) {
  double blind = health_data_blind(run, &run->watch->first);
  const Series *loss = &run->history.loss;
  if (isnan(blind) || !loss->count || run->watch->rate_told || run->watch->cause_told) return;
  if (series_mean(loss, loss->count - 1, loss->count) < 0.8 * blind) return;
  health_data_fits(run);
}

/* Targets in hundreds, which a net's output is far from: the loss stays above half of that of their
 * mean, or far above it where all of them are far from 0. */
void health_judge_targets_far(TrainRun *run) {
  const Health *health = run->watch;
  double mean = 0, blind = health_data_blind(run, &health->first),
         deviation = health_data_targets(run, &mean),
         late = health_own_loss(run, run->history.step_loss.count, NULL);
  if (health->cause_told || health->rate_told || health->first.classes || isnan(blind)) return;
  bool wide = deviation > 100 && late > 0.5 * blind,
       far = fabs(mean) > 100 && late > fmax(2 * blind, 100);
  if (!wide && !far) return;
  health_tell(run,
              VERDICT(BASIS_MEASURED, run->source.span, "Unstandardize(d) as the net's last layer",
                      FINDING_TOO_FAR),
              "the targets are not scaled: their mean is %.4g and their deviation %.4g, and a "
              "net's outputs begin near 0; the loss stays at %.4g",
              mean, deviation, late);
}

/* Are all columns (or rows) of a matrix the same, but for rounding? */
static bool all_equal(const Tensor *w, bool columns) {
  int64_t n = w->shape.dim[0], m = w->shape.dim[1];
  if ((columns ? m : n) < 2) return false;
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < m; j++) {
      double own = tensor_get(w, i * m + j), first = tensor_get(w, columns ? i * m : j);
      if (!(fabs(own - first) <= 1e-5 * fabs(first))) return false;
    }
  return true;
}

/* Units that begin alike and have the same gradient learn as one.  Whether they do is seen in what
 * they have become: only symmetry keeps numbers that were trained equal. */
void health_judge_alike(TrainRun *run) {
  const Health *health = run->watch;
  for (int i = 0; i < health->first.target_count && !health->cause_told; i++) {
    const HealthTarget *own = &health->first.targets[i];
    const Tensor *w = &run->objectives[0].targets[i]->value;
    if (!own->matrix || w->shape.rank != 2 || !(own->size > 0) || !(own->slope > 0)) continue;
    bool columns = all_equal(w, true);
    if (!columns && !all_equal(w, false)) continue;
    health_tell(run,
                VERDICT(BASIS_MEASURED, health_judge_target_span(run, i),
                        "first values that differ: he_normal(…), 0.1 * randn(…)", FINDING_ALIKE),
                "all %lld %s of `%.64s` began alike and are equal after %lld steps: they have the "
                "same gradients, and learn as one",
                (long long)w->shape.dim[columns], columns ? "columns" : "rows",
                run->objectives[0].target_names[i], (long long)run->total_steps);
  }
}

/* ---- together ---- */

static double number_named(const TrainRun *run, const char *name) {
  const OptimizerObject *optimizer = run->objectives[0].optimizer;
  const AstFunction *function = optimizer->made_by->function;
  for (int i = 0; i < optimizer->count && i < function->param_count; i++)
    if (!strcmp(function->params[i].name, name) && optimizer->arguments[i].kind == KIND_NUMBER)
      return optimizer->arguments[i].number;
  return 0;
}

void health_judge_first(TrainRun *run) {
  run->watch->rate_span = run->objectives[0].optimizer->span;
  run->watch->decay = number_named(run, "weight_decay");
  if (!health_judge_finite(&run->watch->first)) return; /* the error of the step says where */
  judge_zero(run);
  health_recurrent(run, false);
  health_judge_activations(run, &run->watch->first, "at the first values");
  if (!run->watch->cause_told) health_size(run);
  if (!run->watch->cause_told) health_depth(run);
}

void health_judge_loop(TrainRun *run, bool takes_turns) {
  Health *health = run->watch;
  if (health_blew_up(run)) {
    health_rate_blown(run);
    return;
  }
  health_judge_decay(run);
  health_judge_clipping(run);
  if (!health->cause_told) health_judge_activations(run, &health->last, "at the end");
  if (health->cause_told || takes_turns || !health_rate_suspect(run)) return;
  const Series *losses = &run->history.step_loss;
  health_tell(run, &(Verdict){BASIS_MEASURED, run->watch->rate_span, "", FINDING_SUSPECT, "lr", 0},
              "the rate is too %%s: the loss went from %.4g to %.4g", health->first.loss,
              series_mean(losses, losses->count - losses->count / 4, losses->count));
}
