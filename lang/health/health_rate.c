/* health_rate.c — see health_rate.h. */
#include "lang/health/health_rate.h"

#include "lang/health/health_data.h"
#include "lang/health/health_tell.h"
#include "lang/health/health_trial.h"
#include "lang/run/feed.h"
#include "lang/run/history.h"

#include <math.h>
#include <stdio.h>

enum {
  STEPS_BLOWN = 20, /* of a trial after a run that blew up */
  HOLDS = 10,       /* times as many show that a rate holds */
  LOWER_MOST = 4    /* decimal powers of the rate below the usual ones */
};

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
  double lower = 0.1 * search->found, most = fmin(feed_updates(run) / 4, HOLDS * STEPS_BLOWN);
  if (!(most > (double)search->steps)) return;
  double best = health_trial(run, update, search->found, (int64_t)most, false),
         safer = health_trial(run, update, lower, (int64_t)most, false);
  if (safer < NEARLY * best) search->found = lower;
  search->best = fmin(best, safer);
  search->steps = (int64_t)most;
}

/* Tries other rates; tells the one that did clearly better. */
static bool try_rates(TrainRun *run, Update update, const double *factors, int count, double part) {
  if (!health_blew_up(run)) count = health_trials_with_room(run, count);
  int64_t steps = health_blew_up(run) ? STEPS_BLOWN : health_trial_steps(run, count);
  if (!steps || !health_can_try(run)) return false;
  double own = health_own_loss(run, steps, NULL);
  if (isnan(own) || health_blew_up(run)) own = (double)INFINITY;
  RateSearch search = {.own = own, .best = own, .least = 1, .steps = steps};
  for (int i = 0; i < count; i++) {
    bool lower_helps = search.found > 0 && search.found < 1 && search.best < 0.5 * own;
    if (factors[i] < 1 || !lower_helps) try_rate(run, update, factors[i], &search);
  }
  if (search.found > 0 && search.found < 1) try_lower(run, update, &search);
  if (search.found > 0 && search.found < 1 && health_blew_up(run)) try_longer(run, update, &search);
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
  health_tell(
      run,
      &(Verdict){BASIS_MEASURED, run->watch->rate_span, remedy, FINDING_RATE, "lr", rate * found},
      found < 1 ? "the rate is too large: with lr %.3g the loss goes from %.4g to %.4g"
                : "the rate is too small: with lr %.3g the loss goes from %.4g to %.4g",
      rate, run->watch->first.loss, own);
  return true;
}

/* The loss rose in each step: of minibatches, in enough of them for no chance. */
static void judge_rise(TrainRun *run) {
  const Series *losses = &run->history.step_loss;
  int64_t n = losses->count;
  bool whole = !run->batch || run->batch >= run->rows;
  if (n < (whole ? 3 : 6) || run->objective_count > 1 || run->watch->rate_told) return;
  for (int64_t i = 1; i < n; i++)
    if (!(losses->at[i] > losses->at[i - 1])) return;
  double first = losses->at[0], last = losses->at[n - 1];
  if (last - first < fabs(first)) return;
  run->watch->rate_told = true;
  health_tell(run,
              VERDICT(BASIS_MEASURED, run->watch->rate_span, "a lower rate, clip: (norm: 1.0)",
                      FINDING_BLOWN),
              "the loss rose in every step, from %.4g to %.4g in %lld", first, last, (long long)n);
}

static void judge_course(TrainRun *run, Update update) {
  const Series *losses = &run->history.step_loss;
  int64_t n = losses->count;
  if (n < 8) return;
  double first = run->watch->first.loss, last = series_mean(losses, n - n / 4, n),
         early = series_mean(losses, 0, n / 4), middle = series_mean(losses, n / 2, n - n / 4);
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

void health_rate_judge(TrainRun *run, Update update) {
  judge_course(run, update);
  judge_rise(run);
}

/* The loss falls no more since minibatches differ: with a tenth of the rate it does from there. */
void health_rate_noise(TrainRun *run, Update update) {
  const Series *losses = &run->history.step_loss;
  int64_t n = losses->count, steps = health_trial_steps(run, 2);
  if (run->objective_count > 1) return;
  if (!run->batch || run->batch >= run->rows || n < 60 || steps < 20 || !health_can_try(run))
    return;
  double late = series_mean(losses, n - n / 4, n), before = series_mean(losses, n / 2, n - n / 4);
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
           "a falling rate, lr: cosine(%.3g, %lld), or a larger batch; tried on a copy: with a "
           "tenth of the rate from there on the loss is %.4g after %lld steps instead of %.4g",
           run->rate, (long long)n, lower, (long long)steps, same);
  run->watch->rate_told = true;
  health_tell(run,
              &(Verdict){.basis = BASIS_MEASURED,
                         .span = run->watch->rate_span,
                         .remedy = remedy,
                         .kind = FINDING_NOISE,
                         .number = run->rate * 0.1},
              "noise dominates: the loss stays at %.4g and differs by %.2g from minibatch to "
              "minibatch: steps of this rate jump around the minimum",
              late, spread);
}

/* What the losses say of the rate; the loss stays, or falls slowly, or it swings. */
bool health_rate_suspect(const TrainRun *run) {
  const Series *losses = &run->history.step_loss;
  int64_t n = losses->count;
  if (n < 8) return false;
  double first = run->watch->first.loss, last = series_mean(losses, n - n / 4, n),
         early = series_mean(losses, 0, n / 4), middle = series_mean(losses, n / 2, n - n / 4);
  bool falls = last > 0.5 * first && last < middle && middle < early;
  return last > 0.9 * fabs(first) || last > 0.95 * early || falls;
}

void health_rate_lower(TrainRun *run, Update update) {
  static const double lower[] = {0.1, 0.01, 0.001};
  try_rates(run, update, lower, COUNT_OF(lower), 0.9);
}

void health_rate_blown(TrainRun *run) {
  health_tell(run,
              VERDICT(BASIS_MEASURED, run->watch->rate_span, "a lower rate, clip: (norm: 1.0)",
                      FINDING_BLOWN),
              "the training blew up after %lld steps, from a loss of %.4g",
              (long long)run->total_steps, run->watch->first.loss);
}

/* Is it no better almost without moving?  Then a row, or the loss at it, is not finite. */
static bool whatever_rate(TrainRun *run, Update update) {
  if (!health_can_try(run) || run->total_steps >= HOLDS * STEPS_BLOWN) return false;
  return !isfinite(health_trial(run, update, 1e-9, run->total_steps + 1, false));
}

void health_rate_blew_up(TrainRun *run, Update update) {
  static const double lower[] = {0.1, 0.01, 1e-3, 1e-4, 1e-5};
  if (try_rates(run, update, lower, COUNT_OF(lower), 1)) return;
  if (!whatever_rate(run, update)) {
    health_rate_blown(run);
    return;
  }
  health_tell(run,
              VERDICT(BASIS_MEASURED, run->ast->span,
                      "look at the data of this step, and at the logarithms, roots and quotients "
                      "of the loss",
                      FINDING_TARGETS),
              "the loss is not finite after %lld steps, and no rate is the cause: with a billionth "
              "of it, it is not either",
              (long long)run->total_steps);
}
