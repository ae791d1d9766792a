/* rate_look.c — see rate_look.h.
 *
 * The largest curvature is estimated from below on the first minibatch (curvature.c).  So a rate
 * that is reported is certainly above the bound there; on other minibatches, and later, it may not
 * be.
 *
 * The estimate may cost at most SHARE of the training, counted in the work of the plans.  A product
 * with the Hessian costs as much as some steps; it is also recorded and planned, which takes as
 * long as many steps of a small net.  What remains decides the number of products, at most
 * PRODUCTS_MOST.  If it is less than PRODUCTS_LEAST, or if the length of the training is not known,
 * nothing is estimated.  Work is counted, not timed, so the same script always gives the same
 * messages.
 */
#include "lang/health/rate_look.h"

#include "lang/machine/closure.h"
#include "lang/run/feed.h"
#include "lang/run/steps.h"
#include "lang/step/curvature.h"
#include "lang/step/rate_bound.h"

static const double SHARE = 0.015;
enum { PRODUCTS_LEAST = 3, PRODUCTS_MOST = 10 };
/* in the unit of plan_work: to record, differentiate and plan, for each node of the step */
enum { RECORDING = 13000 };

static void tell(const TrainRun *run, double rate, double most, double curvature) {
  const OptimizerObject *optimizer = run->objectives[0].optimizer;
  Text now = {0}, bound = {0}, curve = {0}, rows = {0};
  text_digits(&now, rate, 3);
  text_digits(&bound, most, 3);
  text_digits(&curve, curvature, 3);
  if (run->rows && run->batch && run->batch < run->rows)
    text_format(&rows, " on the first %lld rows (others differ)", (long long)run->batch);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, optimizer->span,
            "the rate is %s, and %.60s is stable below %s here: the curvature of the loss is %s or "
            "more%s",
            now.data, optimizer->made_by->function->name, bound.data, curve.data,
            rows.data ? rows.data : "");
  diag_help(&diag, "lr: %.2g or less, or `lr: auto`; `quiet: true` turns this check off", most / 2);
  vm_warn(run->vm, &diag);
  text_free(&rows);
  text_free(&curve);
  text_free(&bound);
  text_free(&now);
}

/* A training of its own, by plain gradients at a fixed rate. */
static bool is_asked(const TrainRun *run) {
  Vm *vm = run->vm;
  const Objective *objective = &run->objectives[0];
  if (run->quiet || !vm_warns(vm) || vm->checking) return false;
  if (run->objective_count != 1 || objective->gradient || !objective->optimizer) return false;
  if (run->accumulate > 1 || run->shards || run->given || run->watch || vm->trace) return false;
  if (objective->clip_norm > 0 || objective->clip_value > 0 || run->total_steps > 0) return false;
  return rate_setting(objective->optimizer, "lr", 0) > 0 &&
         rate_bound(vm, objective->optimizer) > 0 &&
         !trace_was_reported(vm, objective->optimizer->span);
}

void rate_look(TrainRun *run) {
  double updates = is_asked(run) ? feed_updates(run) : 0;
  if (!(updates > 0)) return;
  Vm *vm = run->vm;
  StepContext context;
  Tensor columns[8];
  const Step *step = steps_first(run, columns, &context);
  if (step->decided || !step->plan) return;
  const OptimizerObject *optimizer = run->objectives[0].optimizer;
  double each = plan_work(step->plan),
         budget = SHARE * updates * each - RECORDING * (double)step->trace->graph.count;
  if (!(budget >= PRODUCTS_LEAST * each)) return;
  double rate = rate_setting(optimizer, "lr", 0), bound = rate_bound(vm, optimizer),
         decay = rate_bound_decay(optimizer), enough = bound / rate - decay;
  double curvature = curvature_most(vm, step, &context, PRODUCTS_MOST, budget);
  if (!(curvature > 0) || !(curvature > enough)) return;
  trace_mark_reported(vm, optimizer->span);
  tell(run, rate, bound / (curvature + decay), curvature);
}
