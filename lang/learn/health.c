/* health.c — see health.h: when a training is looked at, what its looks and losses say, and trials.
 *
 * Looks (health_look.c): one before the first update and one after the last.  Data (health_data.c):
 * before.  Losses are in the history already.  So between the first and the last update a training
 * that asks for health does nothing more than one that does not, but for a count of clipped steps.
 *
 * Trials.  A rate that is suspected is not blamed before another one did better: a copy of the
 * optimizer with the rate times a tenth, ten or a hundred makes some steps over the run's own first
 * minibatches, from its first values, and the means of the last losses are compared with those of
 * the run at the same steps.  Values, position and optimizers are put back.
 *
 * What it may cost.  All of it is counted in the unit of plan_work, never by a clock: with
 * `health: true` it may be SHARE of the run's own work, so a short run has few trials or none, and
 * of large data a sample is read.  `gd doctor` makes as many steps as the run, at most TRIAL_MOST
 * each.  Only a run that blew up has its trials in any case: they are a few steps.
 */
#include "lang/learn/health.h"

#include "lang/learn/health_blind.h"
#include "lang/learn/health_data.h"
#include "lang/learn/health_look.h"
#include "lang/learn/health_stuck.h"

#include "lang/learn/hyper.h"
#include "lang/machine/closure.h"
#include "lang/text/report.h"
#include "lang/text/source.h"

#include "runtime/opcodes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* In units of plan_work: of a step beside its operations, of recording a node, of reading an
 * element of the data; fitted on a net of 80 numbers, digits, a CNN and an LSTM. */
static const double STEP_WORK = 4e5, NODE_WORK = 2.5e5, ELEMENT_WORK = 300;
/* Parts of the run's work: all together; reading data at the start. */
static const double SHARE = 0.03, READ_SHARE = 0.012;
static const double ELEMENTS_LEAST = 3e4, ELEMENTS_DOCTOR = 4e6;
static const double DECAY_USUAL = 0.02;  /* not beyond it */
static const double STEPS_UNKNOWN = 100; /* of a run without `epochs:` or `steps:` */
enum {
  TRIAL_LEAST = 5,
  TRIAL_GOOD = 12,
  TRIAL_MOST = 200,
  TRIAL_BLOWN = 20, /* after a run that blew up */
  TRIAL_HOLDS = 10, /* times as many show that a rate holds */
  LOWER_MOST = 4    /* decimal powers of the rate below the usual ones */
};

/* ---- telling ---- */

static const char *const BASES[] = {"proved", "measured", "likely"};

static void clinic_add(TrainRun *run, const Verdict *verdict, const Diag *diag) {
  Clinic *clinic = run->vm->clinic;
  if (clinic->count == clinic->capacity) {
    clinic->capacity = clinic->capacity ? 2 * clinic->capacity : 8;
    clinic->findings = mem_grow(clinic->findings, (size_t)clinic->capacity * sizeof(Finding));
  }
  Finding *finding = &clinic->findings[clinic->count++];
  const Ast *held = clause_find(run->ast, "validate");
  *finding = (Finding){.kind = verdict->kind,
                       .diag = *diag,
                       .training = run->training,
                       .train = run->ast->span,
                       .data = run->rows ? run->source.span : (Span){0},
                       .validate = held ? held->a->span : (Span){0},
                       .number = verdict->number};
  if (verdict->word) snprintf(finding->word, sizeof finding->word, "%s", verdict->word);
}

void clinic_free(Clinic *clinic) {
  for (int i = 0; i < clinic->course_count; i++) mem_free(clinic->courses[i].losses);
  mem_free(clinic->courses);
  mem_free(clinic->findings);
}

void health_tell(TrainRun *run, const Verdict *verdict, const char *format, ...) {
  Vm *vm = run->vm;
  Diag diag = {0};
  char text[600];
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  Span span = verdict->span.file ? verdict->span : run->ast->span;
  diag_fail(&diag, STATUS_FAILED, span, "health, %s: %s", BASES[verdict->basis], text);
  if (*verdict->remedy) diag_help(&diag, "%s", verdict->remedy);
  diag.warning = true;
  run->watch->told++;
  run->watch->cause_told = true;
  vm->findings++;
  SourcePlace place = source_place(vm->sources, span);
  Text line = {0};
  text_format(&line, "line %u: %s: %s%s%s", place.line, BASES[verdict->basis], text,
              *verdict->remedy ? "; " : "", verdict->remedy);
  if (run->watch->verdicts.length) text_char(&run->watch->verdicts, ',');
  json_quoted(&run->watch->verdicts, line.data, line.length);
  text_free(&line);
  if (vm->clinic) clinic_add(run, verdict, &diag);
  else if (vm->on_diag) vm->on_diag(vm->on_diag_context, &diag);
}

/* ---- what it may cost ---- */

double health_step_work(const TrainRun *run) { return run->watch->first.work + STEP_WORK; }

double health_record_work(const TrainRun *run) { return run->watch->first.nodes * NODE_WORK; }

double health_left(const TrainRun *run) {
  const Health *health = run->watch;
  return run->vm->clinic ? (double)INFINITY : SHARE * health->run_work - health->spent;
}

bool health_spend(TrainRun *run, double work) {
  if (work > health_left(run)) return false;
  run->watch->spent += work;
  return true;
}

/* The minibatches that the clauses allow. */
static double minibatches_of(const TrainRun *run) {
  double updates = train_updates(run);
  return updates > 0 ? updates * (double)run->accumulate : STEPS_UNKNOWN;
}

/* ---- trials ---- */

typedef struct Trial {
  TrainRun *run;
  Update update;
  double factor;
  int64_t steps;
  double loss; /* the mean of the last quarter of its losses; infinite where it blew up */
} Trial;

static void trial_body(Vm *vm, void *context) {
  (void)vm;
  Trial *trial = context;
  TrainRun *run = trial->run;
  double sum = 0;
  int64_t counted = 0;
  for (int64_t i = 0; i < trial->steps; i++) {
    bool made = trial->update(run);
    if (!made && !run->over && run->rows) {
      run->epoch++;
      run->at_row = 0;
      feed_epoch(run);
      made = trial->update(run);
    }
    if (!made) return;
    if (4 * (i + 1) <= 3 * trial->steps) continue;
    sum += run->last.loss;
    counted++;
  }
  trial->loss = sum / (double)counted;
}

/* What a trial moves of the run. */
typedef struct Position {
  int64_t epoch, at_row, total_steps, epoch_rows;
  Sums sums;
  StepOutcome last;
  bool over, measures;
  int metric_count, converged;
  OptimizerObject *optimizers[UPDATES_MOST];
} Position;

static void leave(TrainRun *run, Position *at) {
  *at = (Position){.epoch = run->epoch,
                   .at_row = run->at_row,
                   .total_steps = run->total_steps,
                   .epoch_rows = run->epoch_rows.count,
                   .sums = run->sums,
                   .last = run->last,
                   .over = run->over,
                   .measures = run->measure.on,
                   .metric_count = run->metric_count,
                   .converged = run->converged};
  run->epoch = run->at_row = run->total_steps = 0;
  run->over = run->measure.on = false;
  run->metric_count = 0;
  run->retrace = true;
}

static void come_back(TrainRun *run, const Position *at) {
  run->epoch = at->epoch;
  run->at_row = at->at_row;
  run->total_steps = at->total_steps;
  run->epoch_rows.count = at->epoch_rows;
  run->sums = at->sums;
  run->last = at->last;
  run->over = at->over;
  run->measure.on = at->measures;
  run->metric_count = at->metric_count;
  run->converged = at->converged;
  run->retrace = true;
}

double health_trial(TrainRun *run, Update update, double factor, int64_t steps, bool from_now) {
  Vm *vm = run->vm;
  Position at;
  Kept now = {0};
  health_spend(run, (double)steps * health_step_work(run) + health_record_work(run));
  run->watch->tried += steps;
  Trial trial = {run, update, factor, steps, (double)INFINITY};
  kept_take(run, &now);
  leave(run, &at);
  if (!from_now) kept_give(vm, &run->watch->values);
  for (int i = 0; i < run->objective_count; i++) {
    at.optimizers[i] = run->objectives[i].optimizer;
    run->objectives[i].optimizer = optimizer_copy(vm, at.optimizers[i]).optimizer;
    hyper_scale(run->objectives[i].optimizer, factor);
  }
  feed_epoch(run);
  Diag diag = {0};
  bool fine = vm_protect(vm, trial_body, &trial, &diag);
  vm->run = run;
  undo_back(vm, &run->undo);
  for (int i = 0; i < run->objective_count; i++) {
    value_release(vm, value_of(KIND_OPTIMIZER, run->objectives[i].optimizer));
    run->objectives[i].optimizer = at.optimizers[i];
  }
  kept_give(vm, &now);
  kept_release(vm, &now);
  come_back(run, &at);
  if (!fine && !diag.diverged) return (double)INFINITY;
  return trial.loss;
}

bool health_can_try(const TrainRun *run) {
  if (run->backed_off || vm_asked() || vm_limit(run->vm)) return false;
  for (int i = 0; i < run->objective_count; i++) {
    const OptimizerObject *optimizer = run->objectives[i].optimizer;
    if (!hyper_has_rate(optimizer) || optimizer->whole || run->objectives[i].steps_before)
      return false;
  }
  return true;
}

/* Of each of so many trials; 0: there is no room for them. */
static int64_t trial_steps(const TrainRun *run, int trials) {
  double made = (double)run->total_steps;
  if (!run->vm->clinic)
    made = fmin(made,
                (health_left(run) / trials - health_record_work(run)) / health_step_work(run));
  else made /= trials;
  return made < TRIAL_LEAST ? 0 : made > TRIAL_MOST ? TRIAL_MOST : (int64_t)made;
}

/* So many of the trials, the first ones, have room: few good ones before many short ones. */
static int trials_with_room(const TrainRun *run, int trials) {
  while (trials > 2 && trial_steps(run, trials) < TRIAL_GOOD) trials--;
  return trials > 1 && !trial_steps(run, trials) ? 1 : trials;
}

/* Over the steps that a trial makes: the mean of the last quarter, and its standard error. */
double health_own_loss(const TrainRun *run, int64_t steps, double *spread) {
  double sum = 0, squares = 0;
  int64_t counted = 0;
  const Series *losses = &run->history.step_loss;
  for (int64_t i = 0; i < steps && i < losses->count; i++) {
    if (4 * (i + 1) <= 3 * steps) continue;
    sum += losses->at[i];
    squares += losses->at[i] * losses->at[i];
    counted++;
  }
  if (!counted) return (double)NAN;
  double mean = sum / (double)counted;
  if (spread) *spread = sqrt(fmax(squares / (double)counted - mean * mean, 0) / (double)counted);
  return mean;
}

/* ---- the rate ---- */

static double mean_of(const Series *series, int64_t from, int64_t to) {
  double sum = 0;
  for (int64_t i = from; i < to; i++) sum += series->at[i];
  return to > from ? sum / (double)(to - from) : (double)NAN;
}

static Span rate_span(const TrainRun *run) { return run->watch->rate_span; }

/* A run that ended with a loss or value that is not finite. */
static bool blew_up(const TrainRun *run) {
  return !run->history.stopped || !strcmp(run->history.stopped, "diverged");
}

static const double NEARLY = 1.2; /* times the lowest loss is as good */

/* A search for a rate: what was tried, and the best of it. */
typedef struct RateSearch {
  double own, best; /* losses: of the run itself; the lowest */
  double found;     /* the factor that is advised; 0: none yet */
  double least;     /* the smallest factor that was tried */
  int64_t steps;    /* of each trial */
} RateSearch;

static void try_rate(TrainRun *run, Update update, double factor, RateSearch *search) {
  double loss = health_trial(run, update, factor, search->steps, false), own = search->own;
  if (factor < search->least) search->least = factor;
  /* a lower one that is nearly as good is safer later on */
  bool safer = search->found > factor && factor < 1 && loss < NEARLY * search->best &&
               isfinite(own) && loss < 0.5 * own;
  if (loss < search->best || safer) search->found = factor;
  search->best = fmin(search->best, loss);
}

/* Lower and lower, while that is better still. */
static void try_lower(TrainRun *run, Update update, RateSearch *search) {
  for (int i = 0; i < LOWER_MOST && search->found == search->least; i++) {
    double work = (double)search->steps * health_step_work(run) + health_record_work(run);
    if (work > health_left(run)) return;
    try_rate(run, update, 0.1 * search->least, search);
  }
}

/* Few steps tell what no longer blows up, more of them what holds. */
static void try_longer(TrainRun *run, Update update, RateSearch *search) {
  double lower = 0.1 * search->found,
         most = fmin(train_updates(run) / 4, TRIAL_HOLDS * TRIAL_BLOWN);
  if (!(most > (double)search->steps)) return;
  double best = health_trial(run, update, search->found, (int64_t)most, false),
         safer = health_trial(run, update, lower, (int64_t)most, false);
  if (safer < NEARLY * best) search->found = lower;
  search->best = fmin(best, safer);
  search->steps = (int64_t)most;
}

/* Tries other rates; tells the one that did clearly better. */
static bool try_rates(TrainRun *run, Update update, const double *factors, int count, double part) {
  if (!blew_up(run)) count = trials_with_room(run, count);
  int64_t steps = blew_up(run) ? TRIAL_BLOWN : trial_steps(run, count);
  if (!steps || !health_can_try(run)) return false;
  double own = health_own_loss(run, steps, NULL);
  if (isnan(own) || blew_up(run)) own = (double)INFINITY;
  RateSearch search = {.own = own, .best = own, .least = 1, .steps = steps};
  for (int i = 0; i < count; i++) {
    bool lower_helps = search.found > 0 && search.found < 1 && search.best < 0.5 * own;
    if (factors[i] < 1 || !lower_helps) try_rate(run, update, factors[i], &search);
  }
  if (search.found > 0 && search.found < 1) try_lower(run, update, &search);
  if (search.found > 0 && search.found < 1 && blew_up(run)) try_longer(run, update, &search);
  double best = search.best, found = search.found;
  steps = search.steps;
  double floor = fmin(run->watch->first.loss, own);
  bool better = found > 0 && best < own - (1 - part) * fabs(isfinite(own) ? own : floor);
  if (!isfinite(own)) better = isfinite(best) && best < run->watch->first.loss * 1.001;
  if (!better) return false;
  double rate = run->rate > 0 ? run->rate : (double)NAN;
  char remedy[240];
  snprintf(remedy, sizeof remedy,
           "lr: %.3g; tried on a copy: after %lld steps from the same values the loss is %.4g "
           "instead of %.4g",
           rate * found, (long long)steps, best, own);
  run->watch->rate_told = true;
  health_tell(run,
              &(Verdict){BASIS_MEASURED, rate_span(run), remedy, FINDING_RATE, "lr", rate * found},
              found < 1 ? "the rate is too large: with lr %.3g the loss goes from %.4g to %.4g"
                        : "the rate is too small: with lr %.3g the loss goes from %.4g to %.4g",
              rate, run->watch->first.loss, own);
  return true;
}

static void judge_rate(TrainRun *run, Update update) {
  const Series *losses = &run->history.step_loss;
  int64_t n = losses->count;
  if (n < 8) return;
  double first = run->watch->first.loss, last = mean_of(losses, n - n / 4, n),
         early = mean_of(losses, 0, n / 4), middle = mean_of(losses, n / 2, n - n / 4);
  int turns = 0;
  for (int64_t i = n / 2 + 2; i < n; i++)
    turns += (losses->at[i] - losses->at[i - 1]) * (losses->at[i - 1] - losses->at[i - 2]) < 0;
  bool whole = !run->batch || run->batch >= run->rows;
  bool swings = whole && 2 * turns > n / 2 - 2 && last > 0.3 * first;
  double blind = health_data_blind(run, &run->watch->first),
         from = blind > 0 ? fmin(blind, first) : fabs(first);
  bool rose = early > 2 * fabs(first) && last > 0.3 * from;
  bool high = last > 0.9 * fabs(first) || last > 0.95 * early || swings || rose;
  bool slow = last > 0.5 * from && last < middle && middle < early;
  /* the likely ones first: there may be room for few */
  static const double higher[] = {100, 10, 1000, 10000}, both[] = {0.1, 0.01, 10, 100, 1000, 10000},
                      still[] = {1000, 100, 10000, 1e6, 10, 0.1, 0.01};
  bool stays = fabs(last - early) < 0.05 * fabs(early);
  if (run->objective_count > 1 && !stays) return; /* in a game a loss need not fall */
  if (high && stays)                              /* over the same minibatches */
    try_rates(run, update, still, COUNT_OF(still), run->vm->clinic ? 0.9 : 0.93);
  else if (high) try_rates(run, update, both, COUNT_OF(both), 0.7);
  else if (slow) try_rates(run, update, higher, COUNT_OF(higher), 0.6);
}

/* The loss falls no more since minibatches differ: with a tenth of the rate it does from there. */
static void judge_noise(TrainRun *run, Update update) {
  const Series *losses = &run->history.step_loss;
  int64_t n = losses->count, steps = trial_steps(run, 2);
  if (run->objective_count > 1) return;
  if (!run->batch || run->batch >= run->rows || n < 60 || steps < 20 || !health_can_try(run))
    return;
  double late = mean_of(losses, n - n / 4, n), before = mean_of(losses, n / 2, n - n / 4);
  if (!(late > 0) || fabs(late - before) > 0.1 * late || late < 0.02 * run->watch->first.loss)
    return;
  double spread = 0;
  for (int64_t i = n - n / 4; i < n; i++) spread += pow(losses->at[i] - late, 2);
  spread = sqrt(spread / (double)(n / 4));
  if (spread < 0.3 * late) return;
  double same = health_trial(run, update, 1, steps, true),
         lower = health_trial(run, update, 0.1, steps, true);
  if (!(lower < 0.5 * fmin(same, late))) return;
  char remedy[240];
  snprintf(remedy, sizeof remedy,
           "a rate that falls, lr: cosine(%.3g, %lld), or a larger batch; tried on a copy: with a "
           "tenth of the rate from there on the loss is %.4g after %lld steps instead of %.4g",
           run->rate, (long long)n, lower, (long long)steps, same);
  run->watch->rate_told = true;
  health_tell(run,
              &(Verdict){.basis = BASIS_MEASURED,
                         .span = rate_span(run),
                         .remedy = remedy,
                         .kind = FINDING_NOISE,
                         .number = run->rate * 0.1},
              "noise dominates: the loss stays at %.4g and differs by %.2g from minibatch to "
              "minibatch: steps of this rate jump about the minimum",
              late, spread);
}

/* ---- what the looks show ---- */

static Span target_span(const TrainRun *run, int target) {
  const ParamObject *param = run->objectives[0].targets[target];
  return param->span.file ? param->span : run->ast->span;
}

static bool is_matrix(const TrainRun *run, int target) {
  return run->objectives[0].targets[target]->value.shape.rank >= 2;
}

static double share_of(const HealthTarget *target) {
  return target->slope / (target->size + 1e-12);
}

/* Gradients that fade or grow from the last matrix to the first. */
static void judge_depth(TrainRun *run) {
  const HealthLook *look = &run->watch->first;
  int first = -1, last = -1, matrices = 0;
  for (int i = 0; i < look->target_count; i++) {
    if (!is_matrix(run, i)) continue;
    if (first < 0) first = i;
    last = i;
    matrices++;
  }
  if (matrices < 4) return;
  double down = share_of(&look->targets[first]), up = share_of(&look->targets[last]);
  const char *name = run->objectives[0].target_names[first];
  if (up > 0 && down < 1e-4 * up) {
    run->watch->cause_told = true;
    health_tell(
        run,
        VERDICT(
            BASIS_MEASURED, target_span(run, first),
            "relu in the place of sigmoid or tanh, with he_normal; LayerNorm or Residual between",
            FINDING_VANISHING),
        "vanishing gradients: that of `%.64s` is %.2g of its size, that of `%.64s` %.2g: "
        "%d matrices lie between",
        name, down, run->objectives[0].target_names[last], up, matrices - 2);
  }
  if (down > 1e4 * up && down > 100)
    health_tell(run,
                VERDICT(BASIS_MEASURED, target_span(run, first),
                        "clip: (norm: 1.0), smaller first values, or LayerNorm between",
                        FINDING_EXPLODING),
                "exploding gradients: that of `%.64s` is %.2g of its size, that of `%.64s` %.2g",
                name, down, run->objectives[0].target_names[last], up);
}

static bool all_slopes_zero(const HealthLook *look) {
  for (int i = 0; i < look->target_count; i++)
    if (look->targets[i].slope > 1e-12) return false;
  return look->target_count > 0;
}

static void judge_activations(TrainRun *run, const HealthLook *look, const char *when);

static void judge_zero(TrainRun *run) {
  const HealthLook *look = &run->watch->first;
  if (all_slopes_zero(look)) judge_activations(run, look, "at the first values");
  if (run->watch->cause_told) return;
  if (!all_slopes_zero(look)) {
    for (int i = 0; i < look->target_count; i++) {
      bool both = look->targets[i].slope == 0 && look->targets[i].size == 0 && is_matrix(run, i);
      if (!both) continue;
      health_tell(run,
                  VERDICT(BASIS_MEASURED, target_span(run, i), "he_normal(…) for its first values",
                          FINDING_ZEROS),
                  "`%.64s` begins with zeros and its gradient is 0: it does not move",
                  run->objectives[0].target_names[i]);
      run->watch->cause_told = true;
      return;
    }
    return;
  }
  run->watch->cause_told = true;
  int zeros = 0;
  for (int i = 0; i < look->target_count; i++) zeros += look->targets[i].size == 0;
  if (zeros > 1)
    health_tell(
        run,
        VERDICT(BASIS_MEASURED, target_span(run, 0),
                "first values that are not zeros: 0.1 * randn(…), he_normal(…)", FINDING_ZEROS),
        "stuck at a saddle: the gradient of every param is 0 at the first values, and %d of "
        "%d params are all zeros, so each is multiplied by another",
        zeros, look->target_count);
  else
    health_tell(run,
                VERDICT(BASIS_MEASURED, run->ast->span, "other first values, or another loss",
                        FINDING_FLAT),
                "the gradient of every param is 0 at the first values: nothing will move");
}

static const char *activation_kind(const HealthActivation *activation) {
  return activation->op == OP_RELU ? "dead" : "saturated";
}

static bool at_limits(const HealthLook *look) {
  for (int i = 0; i < look->activation_count; i++)
    if (look->activations[i].share >= 0.8) return true;
  return false;
}

/* At the end only where it may be why the loss is no lower. */
static void judge_activations(TrainRun *run, const HealthLook *look, const char *when) {
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
             : "%s units: %.0f %% of the values of `%s` are at a limit %s, where the gradient "
               "is next to 0",
        activation_kind(activation), 100 * activation->share, op_name(activation->op), when);
    return;
  }
}

/* ---- the whole run ---- */

/* The clause of the training, or of the first `update` in it. */
static const Ast *clip_clause(const TrainRun *run) {
  const Ast *clause = clause_find(run->ast, "clip");
  for (uint32_t i = 0; i < run->ast->clause_count && !clause; i++)
    if (!run->ast->clauses[i]->text && run->ast->clauses[i]->a)
      clause = clause_find(run->ast->clauses[i]->a, "clip");
  return clause;
}

static void judge_clipping(TrainRun *run) {
  const Health *health = run->watch;
  const Ast *clause = clip_clause(run);
  if (!clause || health->steps < 20 || (double)health->clipped < 0.95 * (double)health->steps)
    return;
  health_tell(run,
              VERDICT(BASIS_MEASURED, clause->op_span, "a larger bound, or a lower rate without it",
                      FINDING_CLIPPED),
              "the gradient was clipped in %lld of %lld steps: its size counts nothing, and the "
              "rate is that of a normalized gradient",
              (long long)health->clipped, (long long)health->steps);
}

static void judge_validation(TrainRun *run) {
  const Series *val = &run->history.val_loss, *own = &run->history.loss;
  if (val->count < 5 || run->keep || run->watch->held_told) return;
  int64_t best = 0;
  for (int64_t i = 1; i < val->count; i++)
    if (val->at[i] < val->at[best]) best = i;
  double last = mean_of(val, val->count - 2, val->count), least = val->at[best];
  double gap = own->at[best] - own->at[own->count - 1];
  double ours = own->at[own->count - 1]; /* learned by heart: it is far below what is held out */
  bool grows = ours < 0.75 * last && last > 1.25 * least && last - least > 0.02 &&
               gap > 0.02 * own->at[best] && best + 5 < val->count;
  if (!grows) return;
  health_tell(
      run,
      VERDICT(
          BASIS_MEASURED, run->ast->span,
          "keep: best(val_loss), stop: stalled(val_loss, 5), more data, Dropout or weight decay",
          FINDING_OVERFIT),
      "overfitting from epoch %lld on: val_loss was %.4g there and is %.4g at the end, while "
      "loss went on from %.4g to %.4g",
      (long long)best + 1, least, last, own->at[best], own->at[own->count - 1]);
}

static double number_named(const TrainRun *run, const char *name) {
  const OptimizerObject *optimizer = run->objectives[0].optimizer;
  const AstFunction *function = optimizer->made_by->function;
  for (int i = 0; i < optimizer->count && i < function->param_count; i++)
    if (!strcmp(function->params[i].name, name) && optimizer->arguments[i].kind == KIND_NUMBER)
      return optimizer->arguments[i].number;
  return 0;
}

static void judge_decay(TrainRun *run) {
  const HealthLook *first = &run->watch->first, *last = &run->watch->last;
  double decay = run->watch->decay, before = 0, after = 0, slope = 0;
  for (int i = 0; i < first->target_count && i < last->target_count; i++) {
    if (!is_matrix(run, i)) continue;
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
    health_tell(
        run, VERDICT(BASIS_MEASURED, rate_span(run), "weight_decay: 0.01 or less", FINDING_PENALTY),
        "weight decay wins: with weight_decay %.3g the loss goes from %.4g to %.4g", decay,
        first->loss, last->loss);
    run->watch->cause_told = false; /* perhaps */
  }
  if (decay <= 0 || (!wins && !stronger)) return;
  health_tell(
      run, VERDICT(BASIS_MEASURED, rate_span(run), "weight_decay: 0.01 or less", FINDING_DECAY),
      "weight decay wins: with weight_decay %.3g it pulls with %.3g at the start and the gradient "
      "with %.3g; the matrices went from a norm of %.3g to %.3g, the loss from %.4g to %.4g",
      decay, decay * before, slope, before, after, first->loss, last->loss);
}

/* Nothing else explains why the loss stays where knowing nothing of the inputs leaves it. */
static void judge_learning(TrainRun *run) {
  double blind = health_data_blind(run, &run->watch->first);
  const Series *loss = &run->history.loss;
  if (isnan(blind) || !loss->count || run->watch->rate_told || run->watch->cause_told) return;
  if (mean_of(loss, loss->count - 1, loss->count) < 0.8 * blind) return;
  health_data_fits(run);
}

/* Targets in hundreds, which a net's output is far from. */
static void judge_targets_far(TrainRun *run) {
  const Health *health = run->watch;
  double blind = health_data_blind(run, &health->first),
         late = health_own_loss(run, run->history.step_loss.count, NULL);
  if (health->cause_told || health->rate_told || health->first.classes || !(blind > 1e4)) return;
  if (!(late > 0.5 * blind)) return;
  health_tell(run,
              VERDICT(BASIS_MEASURED, run->source.span,
                      "let y = (y - mean(y)) / std(y), and back after `predict`", FINDING_TOO_FAR),
              "the targets are not scaled: their deviation is %.4g, and a net's outputs begin near "
              "0; the loss stays at %.4g",
              sqrt(blind), late);
}

typedef struct Ending {
  TrainRun *run;
  Update update;
} Ending;

/* of its data */
static double run_elements(const TrainRun *run) {
  double sum = 0;
  for (int i = 0; i < run->column_count; i++) sum += (double)shape_count(&run->columns[i].shape);
  return sum;
}

/* The loss begins far above that of who knows nothing of the inputs. */
static void judge_size(TrainRun *run) {
  double blind = health_data_blind(run, &run->watch->first), first = run->watch->first.loss;
  if (!run->watch->first.classes || !(blind > 0) || !(first > 30 * blind)) return;
  health_tell(run,
              VERDICT(BASIS_MEASURED, target_span(run, 0),
                      "smaller first values: he_normal(…), xavier_normal(…)", FINDING_LARGE),
              "the first values are far too large: the loss begins at %.4g, and is %.4g for who "
              "knows nothing of the inputs",
              first, blind);
}

static void judge_first(TrainRun *run) {
  judge_zero(run);
  health_recurrent(run, false);
  judge_activations(run, &run->watch->first, "at the first values");
  if (!run->watch->cause_told) judge_size(run);
  if (!run->watch->cause_told) judge_depth(run);
}

void health_judge_first(TrainRun *run) {
  run->watch->rate_span = run->objectives[0].optimizer->span;
  run->watch->decay = number_named(run, "weight_decay");
  judge_first(run);
}

/* What the losses say of the rate; the loss stays, or falls slowly, or it swings. */
static bool is_rate_suspect(const TrainRun *run) {
  const Series *losses = &run->history.step_loss;
  int64_t n = losses->count;
  if (n < 8) return false;
  double first = run->watch->first.loss, last = mean_of(losses, n - n / 4, n),
         early = mean_of(losses, 0, n / 4), middle = mean_of(losses, n / 2, n - n / 4);
  bool falls = last > 0.5 * first && last < middle && middle < early;
  return last > 0.9 * fabs(first) || last > 0.95 * early || falls;
}

void health_judge_loop(TrainRun *run, bool takes_turns) {
  Health *health = run->watch;
  if (blew_up(run)) {
    health_tell(
        run,
        VERDICT(BASIS_MEASURED, rate_span(run), "a lower rate, clip: (norm: 1.0)", FINDING_BLOWN),
        "the training blew up after %lld steps, from a loss of %.4g", (long long)run->total_steps,
        health->first.loss);
    return;
  }
  judge_decay(run);
  judge_clipping(run);
  if (!health->cause_told) judge_activations(run, &health->last, "at the end");
  if (health->cause_told || takes_turns || !is_rate_suspect(run)) return;
  const Series *losses = &run->history.step_loss;
  health_tell(run, &(Verdict){BASIS_MEASURED, rate_span(run), "", FINDING_SUSPECT, "lr", 0},
              "the rate is too %%s: the loss went from %.4g to %.4g", health->first.loss,
              mean_of(losses, losses->count - losses->count / 4, losses->count));
}

static void start_body(Vm *vm, void *context) {
  (void)vm;
  TrainRun *run = context;
  Health *health = run->watch;
  health_look(run, &health->first, true);
  health->rate_span = run->objectives[0].optimizer->span;
  health->decay = number_named(run, "weight_decay");
  kept_take(run, &health->values);
  health->run_work = minibatches_of(run) * health_step_work(run);
  health->spent = health_record_work(run) + health->first.work;
  double read = READ_SHARE * health->run_work / ELEMENT_WORK;
  health->elements = fmax(read, run->vm->clinic ? ELEMENTS_DOCTOR : ELEMENTS_LEAST);
  health->spent += fmin(read, run_elements(run)) * ELEMENT_WORK;
  health_data(run, &health->first);
  judge_first(run);
}

/* The rate first: one that is too large leaves dead and saturated units behind. */
static void judge_end(TrainRun *run, Update update) {
  Health *health = run->watch;
  health->run_work = (double)(run->total_steps * run->accumulate) * health_step_work(run);
  bool looks = health_spend(run, health_record_work(run) + health->first.work);
  if (looks) health_look(run, &health->last, false);
  else health->last = health->first;
  if (looks) judge_decay(run);
  judge_clipping(run);
  bool cause = health->cause_told;
  if (!cause) judge_validation(run);
  health->cause_told = cause; /* overfitting is the cause of nothing else */
  if (!cause) judge_rate(run, update);
  static const double lower[] = {0.1, 0.01, 0.001};
  if (looks && !health->cause_told && at_limits(&health->last))
    try_rates(run, update, lower, COUNT_OF(lower), 0.9);
  if (looks) judge_activations(run, &health->last, "at the end");
  judge_targets_far(run);
  judge_learning(run);
  if (looks) health_stuck(run);
  if (looks) health_unidentified(run);
  if (!health->cause_told && !health->rate_told) judge_noise(run, update);
  if (!health->cause_told && !health->rate_told) health_blind(run, update);
}

static void end_body(Vm *vm, void *context) {
  (void)vm;
  const Ending *ending = context;
  TrainRun *run = ending->run;
  if (!blew_up(run)) {
    judge_end(run, ending->update);
    return;
  }
  static const double lower[] = {0.1, 0.01, 1e-3, 1e-4, 1e-5};
  health_recurrent(run, true);
  if (run->watch->cause_told || try_rates(run, ending->update, lower, COUNT_OF(lower), 1)) return;
  health_tell(
      run,
      VERDICT(BASIS_MEASURED, rate_span(run), "a lower rate, clip: (norm: 1.0)", FINDING_BLOWN),
      "the training blew up after %lld steps, from a loss of %.4g", (long long)run->total_steps,
      run->watch->first.loss);
}

/* ---- when ---- */

void health_look_apart(TrainRun *run, void (*body)(Vm *vm, void *context), void *context) {
  Vm *vm = run->vm;
  uint64_t draws = vm->draws;
  Diag diag = {0};
  vm_protect(vm, body, context, &diag);
  vm->run = run;
  vm->draws = draws;
}

/* ---- gd doctor ---- */

/* The run as the clinic keeps it; of a mended script the program ends with it. */
void health_keep_course(TrainRun *run) {
  Clinic *clinic = run->vm->clinic;
  if (!clinic || !run->training || (clinic->watched && clinic->watched != run->training)) return;
  int at = clinic->watched ? 0 : run->training - 1;
  if (at >= clinic->course_count) {
    clinic->courses = mem_grow(clinic->courses, (size_t)(at + 1) * sizeof(Course));
    while (clinic->course_count <= at) clinic->courses[clinic->course_count++] = (Course){0};
  }
  Course *course = &clinic->courses[at];
  const Series *losses = &run->history.step_loss;
  mem_free(course->losses);
  *course = (Course){mem_zero((size_t)(losses->count + 1) * sizeof(double)), losses->count,
                     blew_up(run)};
  if (losses->count) memcpy(course->losses, losses->at, (size_t)losses->count * sizeof(double));
  clinic->met = true;
}

void health_end_program(TrainRun *run) {
  Diag diag = {.status = STATUS_LIMIT, .span = run->ast->span};
  run->vm->exited = true;
  raise_diag(run->vm, &diag);
}

/* Nothing of the program after the training that is tried matters. */
static void clinic_end(TrainRun *run) {
  Vm *vm = run->vm;
  if (!vm->clinic || vm->clinic->watched != run->training || !vm->clinic->met) return;
  health_end_program(run);
}

void health_start(TrainRun *run) {
  Clinic *clinic = run->vm->clinic;
  if (!run->health && !clinic) return;
  run->training = ++run->vm->trainings;
  if (clinic && clinic->watched) {
    if (clinic->watched == run->training && (!run->steps_most || run->steps_most > clinic->steps))
      run->steps_most = clinic->steps;
    return;
  }
  if (run->over || run->watch) return;
  run->watch = mem_zero(sizeof *run->watch);
  Objective *objective = &run->objectives[0];
  if (clinic && objective->clip_value > 0) objective->wants_norm = true;
  health_look_apart(run, start_body, run);
  double count = 0; /* a norm beyond root * value: so is the root of the mean square */
  for (int i = 0; i < objective->target_count; i++)
    count += (double)shape_count(&objective->targets[i]->value.shape);
  run->watch->root = sqrt(count);
}

void health_step(TrainRun *run) {
  const Objective *objective = &run->objectives[0];
  run->watch->steps++;
  double bound = objective->clip_norm;
  if (objective->clip_value > 0) bound = objective->clip_value * run->watch->root;
  if (bound > 0) run->watch->clipped += run->last.grad_norm > bound;
}

void health_end(TrainRun *run, Update update) {
  if (run->watch && !vm_asked() && run->history.steps > 0)
    health_look_apart(run, end_body, &(Ending){run, update});
  health_keep_course(run);
  clinic_end(run);
}

void health_failed(TrainRun *run, const Diag *diag, Update update) {
  if (!diag->diverged) return;
  if (run->watch) health_look_apart(run, end_body, &(Ending){run, update});
  health_keep_course(run);
}

void health_free(TrainRun *run) {
  if (!run->watch) return;
  kept_release(run->vm, &run->watch->values);
  text_free(&run->watch->verdicts);
  mem_free(run->watch);
  run->watch = NULL;
}
