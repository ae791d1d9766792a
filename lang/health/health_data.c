/* health_data.c — see health_data.h.
 *
 * Columns that enter a product unchanged should have one scale; a constant column is a second bias.
 * Whether inputs say anything about targets is tested by the nearest neighbour of each row, in
 * columns scaled to deviation 1: its class or target should agree more often than by chance.  If
 * instead the target of the row before or after agrees, rows were shifted.  Rows are sampled
 * evenly: the reading is bounded by a share of the run's work (health.c), the search for neighbours
 * by PAIRS_MOST.
 */
#include "lang/health/health_data.h"

#include "lang/health/health_held.h"
#include "lang/health/health_sample.h"
#include "lang/health/health_tell.h"
#include "lang/health/health_trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES_MOST = 64 };
/* of differences between neighbours; and of one, in the unit of plan_work */
static const double PAIRS_MOST = 2e6, PAIRS_DOCTOR = 4e7, PAIR_WORK = 150;

/* ---- columns ---- */

static bool is_constant(const Tensor *x, int64_t column) {
  int64_t rows = x->shape.dim[0], width = x->shape.dim[1];
  double first = tensor_get(x, column);
  for (int64_t i = 1; i < rows; i++)
    if (tensor_get(x, i * width + column) != first) return false;
  return true;
}

static const char SCALE[] =
    "let (train, test) = standardize(train, test), or Standardize(d) as the first layer";

/* Of images and sequences: all their numbers together. */
static void judge_scale(TrainRun *run, const Tensor *x) {
  int64_t width = shape_count(&x->shape) / (x->shape.dim[0] > 0 ? x->shape.dim[0] : 1);
  Tensor table = *x;
  table.shape = shape_of(2, (int64_t[]){x->shape.dim[0], width});
  if (x->shape.dim[0] < 8 || width < 1) return;
  Moments *moments = sample_moments(&table, sample_budget(run));
  double mean = 0, square = 0;
  for (int64_t k = 0; k < width; k++) {
    mean += moments[k].mean / (double)width;
    square += (moments[k].deviation * moments[k].deviation + moments[k].mean * moments[k].mean) /
              (double)width;
  }
  mem_free(moments);
  double deviation = sqrt(fmax(square - mean * mean, 0));
  if (deviation < 30 && fabs(mean) < 30) return;
  health_tell(run, VERDICT(BASIS_MEASURED, run->source.span, SCALE, FINDING_UNSCALED),
              "the inputs are not scaled: their mean is %.4g and their deviation %.4g", mean,
              deviation);
}

static void judge_columns(TrainRun *run, const HealthLook *look) {
  const Tensor *x = &run->columns[0];
  if (look->raw[0] && x->shape.rank > 2 && dtype_floats(x->dtype)) judge_scale(run, x);
  if (!look->raw[0] || !sample_table(x) || x->shape.dim[0] < 8) return;
  int64_t wide = -1, narrow = -1, far = -1;
  double most = 0, least = (double)INFINITY, farthest = 0;
  Moments *moments = sample_moments(x, sample_budget(run));
  for (int64_t k = 0; k < x->shape.dim[1]; k++) {
    Moments own = moments[k];
    bool cause = run->watch->cause_told;
    if (own.deviation == 0) {
      bool bias = own.mean == 0 && x->shape.dim[1] > 16;
      if (!bias && is_constant(x, k))
        health_tell(
            run, VERDICT(BASIS_MEASURED, run->source.span, "leave it out", FINDING_CONSTANT),
            "column %lld of the inputs is constant, %.4g in every row: it acts as a second bias",
            (long long)k, own.mean);
      run->watch->cause_told = cause; /* of nothing else */
      continue;
    }
    if (own.deviation > most) most = own.deviation, wide = k;
    if (own.deviation < least) least = own.deviation, narrow = k;
    if (fabs(own.mean) > farthest) farthest = fabs(own.mean), far = k;
  }
  mem_free(moments);
  if (wide < 0) return;
  const Verdict unscaled = {BASIS_MEASURED, run->source.span, SCALE, FINDING_UNSCALED, NULL, 0};
  if (most > 30 || (most > 100 * least && most > 5))
    health_tell(
        run, &unscaled,
        "the inputs are not scaled: column %lld has a deviation of %.4g, column %lld one of "
        "%.4g",
        (long long)wide, most, (long long)narrow, least);
  else if (farthest > 30)
    health_tell(run, &unscaled, "the inputs are not scaled: the mean of column %lld is %.4g",
                (long long)far, farthest);
}

/* ---- columns that should not be there ---- */

/* rows that tell at once what most columns are not */
enum { FEW = 50 };

/* Whole numbers among the first rows, no two of them equal, in a range of two for each of all. */
static bool may_number(const Tensor *x, int64_t column) {
  int64_t width = x->shape.dim[1];
  for (int64_t i = 0; i < FEW; i++) {
    double own = tensor_get(x, i * width + column);
    if (own != floor(own)) return false;
    for (int64_t k = 0; k < i; k++) {
      double apart = fabs(tensor_get(x, k * width + column) - own);
      if (!(apart > 0 && apart < 2 * (double)x->shape.dim[0])) return false;
    }
  }
  return true;
}

/* The same in all rows.  No measurement is like that, but the numbers of rows are, also of a part
 * of them and in another order. */
static bool numbers_rows(const Tensor *x, int64_t column) {
  int64_t rows = x->shape.dim[0], width = x->shape.dim[1];
  if (!may_number(x, column)) return false;
  double least = (double)INFINITY;
  for (int64_t i = 0; i < rows; i++) least = fmin(least, tensor_get(x, i * width + column));
  uint8_t *met = mem_zero((size_t)rows * 2);
  bool numbers = true;
  for (int64_t i = 0; i < rows && numbers; i++) {
    double place = tensor_get(x, i * width + column) - least;
    numbers = place == floor(place) && place < 2 * (double)rows && !met[(int64_t)place];
    if (numbers) met[(int64_t)place] = 1;
  }
  mem_free(met);
  return numbers;
}

/* Is the target of each row the same multiple of the column, plus a constant? */
static bool gives_target(const Tensor *x, int64_t column, const Tensor *y, double *factor) {
  int64_t rows = x->shape.dim[0], width = x->shape.dim[1], other = 0;
  double x0 = tensor_get(x, column), y0 = tensor_get(y, 0), most = 0;
  for (int64_t i = 1; i < FEW; i++) {
    double away = fabs(tensor_get(x, i * width + column) - x0);
    if (away > most) most = away, other = i;
  }
  double spread = fabs(tensor_get(y, other) - y0);
  if (!(most > 0) || !(spread > 0)) return false;
  *factor = (tensor_get(y, other) - y0) / (tensor_get(x, other * width + column) - x0);
  for (int64_t i = 0; i < rows; i++) {
    double told = y0 + *factor * (tensor_get(x, i * width + column) - x0);
    if (!(fabs(tensor_get(y, i) - told) <= 1e-4 * spread)) return false;
  }
  return true;
}

/* Of tables of several columns: a line, or a curve over 0, 1, 2, …, is learned from one. */
static void judge_leaks(TrainRun *run) {
  const Tensor *x = &run->columns[0], *y = sample_targets(run);
  if (!sample_table(x) || x->shape.dim[1] < 2 || x->shape.dim[0] < FEW) return;
  if ((double)(FEW * x->shape.dim[1]) > sample_budget(run)) return;
  bool cause = run->watch->cause_told, one = y && y != x && sample_one_a_row(y);
  for (int64_t k = 0; k < x->shape.dim[1]; k++) {
    double factor = 0;
    if (one && gives_target(x, k, y, &factor))
      health_tell(run,
                  VERDICT(BASIS_LIKELY, run->source.span,
                          "leave it out, unless it is known when the net is used", FINDING_TARGETS),
                  "column %lld of the inputs gives the target away: in every row this is %.4g "
                  "times the column, plus a constant",
                  (long long)k, factor);
    else if (numbers_rows(x, k))
      health_tell(run,
                  VERDICT(BASIS_LIKELY, run->source.span,
                          "leave it out, unless it is a time that matters", FINDING_TARGETS),
                  "column %lld of the inputs numbers the rows: whole numbers, each of them once",
                  (long long)k);
  }
  run->watch->cause_told = cause; /* of nothing else */
}

/* ---- targets ---- */

/* How often each class is; how many there are, or 0: they are no classes. */
static int count_classes(const Tensor *y, double shares[CLASSES_MOST]) {
  int classes = 0;
  int64_t rows = y->shape.dim[0];
  memset(shares, 0, CLASSES_MOST * sizeof *shares);
  for (int64_t i = 0; i < rows; i++) {
    double value = tensor_get(y, i);
    if (value != floor(value) || value < 0 || value >= CLASSES_MOST) return 0;
    shares[(int)value] += 1 / (double)rows;
    if ((int)value + 1 > classes) classes = (int)value + 1;
  }
  return classes;
}

static void judge_targets(TrainRun *run) {
  const Tensor *y = sample_targets(run);
  if (!y || !sample_one_a_row(y) || y->shape.dim[0] < 20) return;
  double shares[CLASSES_MOST];
  int classes = count_classes(y, shares), greatest = 0;
  if (!classes || classes > 20) return;
  int met = 0;
  for (int i = 0; i < classes; i++) {
    met += shares[i] > 0;
    if (shares[i] > shares[greatest]) greatest = i;
  }
  if (met == 1)
    health_tell(run,
                VERDICT(BASIS_MEASURED, run->source.span, "check how the labels were made",
                        FINDING_TARGETS),
                "every target is %d: there is nothing to learn", greatest);
  else if (shares[greatest] > 0.9)
    health_tell(run,
                VERDICT(BASIS_MEASURED, run->source.span,
                        "weights: for the rare class in the loss, and f1 or auc beside accuracy",
                        FINDING_TARGETS),
                "the classes are out of balance: %.1f %% of the rows are of class %d, so always "
                "predicting it gives accuracy %.3f",
                100 * shares[greatest], greatest, shares[greatest]);
}

/* Rows sorted by class, and not shuffled: a minibatch has one class. */
static void judge_order(TrainRun *run) {
  const Tensor *y = sample_targets(run);
  if (!y || !sample_one_a_row(y) || y->shape.dim[0] < 20 || run->shuffle) return;
  if (!run->batch || 2 * run->batch > y->shape.dim[0]) return;
  double shares[CLASSES_MOST];
  int classes = count_classes(y, shares), met = 0;
  int64_t rows = y->shape.dim[0], changes = 0;
  for (int i = 0; i < classes; i++) met += shares[i] > 0;
  for (int64_t i = 1; i < rows; i++) changes += tensor_get(y, i) != tensor_get(y, i - 1);
  if (met < 2 || met > 20 || changes >= 2 * met) return;
  const Ast *clause = ast_clause(run->ast, "shuffle");
  health_tell(run,
              VERDICT(BASIS_MEASURED, clause ? clause->op_span : run->ast->span,
                      "without `shuffle: false`: rows are shuffled where there is `batch:`",
                      FINDING_ORDER),
              "the rows are sorted by class and not shuffled: the class changes %lld times in "
              "%lld rows, so a minibatch of %lld is of one class",
              (long long)changes, (long long)rows, (long long)run->batch);
}

double health_data_targets(const TrainRun *run, double *mean) {
  const Tensor *y = sample_targets(run);
  if (!y || !sample_one_a_row(y)) return 0;
  Moments *moments = sample_moments(y, SAMPLE_MOST);
  double deviation = moments[0].deviation;
  *mean = moments[0].mean;
  mem_free(moments);
  return deviation;
}

double health_data_blind(const TrainRun *run, const HealthLook *look) {
  const Tensor *y = sample_targets(run);
  if (!y || !sample_one_a_row(y) || y->shape.dim[0] < 20) return (double)NAN;
  double shares[CLASSES_MOST], loss = 0;
  int classes = count_classes(y, shares);
  if (look->classes || (classes == 2 && look->loss > 0.4 && look->loss < 1.5)) {
    for (int i = 0; i < classes; i++)
      if (shares[i] > 0) loss -= shares[i] * log(shares[i]);
    return classes ? loss : (double)NAN;
  }
  Moments *moments = sample_moments(y, SAMPLE_MOST);
  double deviation = moments[0].deviation;
  mem_free(moments);
  return deviation * deviation;
}

/* ---- do inputs tell of targets? ---- */

typedef struct Rows {
  const Tensor *y;
  int64_t count, by, width, rows; /* of the sample, its stride; columns; of all */
  double *x;                      /* of the sample, of deviation 1 in each column; owned */
} Rows;

static double distance(const double *a, const double *b, int64_t width, double least) {
  double sum = 0;
  for (int64_t k = 0; k < width && sum < least; k++) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return sum;
}

/* By row of the sample its nearest other. */
static void find_nearest(const Rows *rows, int64_t *nearest) {
  for (int64_t i = 0; i < rows->count; i++) {
    double least = (double)INFINITY;
    for (int64_t k = 0; k < rows->count; k++) {
      if (k == i) continue;
      double apart = distance(rows->x + i * rows->width, rows->x + k * rows->width, rows->width,
                              least);
      if (apart < least) least = apart, nearest[i] = k;
    }
  }
}

static double target_at(const Rows *rows, int64_t sampled, int64_t shift) {
  return tensor_get(rows->y, (sampled * rows->by + shift + rows->rows) % rows->rows);
}

/* How much the targets of neighbours agree beyond chance, in deviations of chance. */
static double agreement(const Rows *rows, const int64_t *nearest, bool classes, int64_t shift) {
  double n = (double)rows->count, same = 0, chance = 0, counts[CLASSES_MOST] = {0};
  double sum = 0, squares = 0, products = 0;
  for (int64_t i = 0; i < rows->count; i++) {
    double own = target_at(rows, i, shift), other = target_at(rows, nearest[i], shift);
    if (classes) counts[(int)own]++;
    same += own == other;
    sum += own;
    squares += own * own;
    products += own * other;
  }
  if (!classes) {
    double mean = sum / n, variance = squares / n - mean * mean;
    return variance > 0 ? (products / n - mean * mean) / variance * sqrt(n) : 0;
  }
  for (int i = 0; i < CLASSES_MOST; i++) chance += counts[i] / n * (counts[i] / n);
  double deviation = sqrt(fmax(chance * (1 - chance) / n, 1e-12));
  return (same / n - chance) / deviation;
}

static bool sample(TrainRun *run, Rows *rows) {
  const Tensor *x = &run->columns[0], *y = sample_targets(run);
  if (!y || !sample_table(x) || !sample_one_a_row(y) || x->shape.dim[0] < 50) return false;
  double work = run->vm->clinic ? PAIRS_DOCTOR : fmin(PAIRS_MOST, health_left(run) / PAIR_WORK);
  if (!(work > 0)) return false;
  int64_t width = x->shape.dim[1], most = (int64_t)sqrt(work / (double)width);
  *rows = (Rows){.y = y, .width = width, .rows = x->shape.dim[0]};
  rows->by = most < 1 ? rows->rows : (rows->rows + most - 1) / most;
  rows->count = rows->rows / rows->by;
  if (rows->count < 50) return false;
  rows->x = mem_zero((size_t)(rows->count * width) * sizeof(double));
  Moments *moments = sample_moments(x, work / 4);
  for (int64_t i = 0; i < rows->count; i++) {
    double *row = rows->x + i * width;
    sample_row(x, i * rows->by, width, row);
    for (int64_t k = 0; k < width; k++)
      row[k] = moments[k].deviation > 0 ? row[k] / moments[k].deviation : 0;
  }
  mem_free(moments);
  health_spend(run, (double)(rows->count * rows->count * width) * PAIR_WORK);
  return true;
}

bool health_data_fits(TrainRun *run) {
  Rows rows;
  if (!sample(run, &rows)) return true;
  double shares[CLASSES_MOST];
  bool classes = count_classes(rows.y, shares) > 0;
  int64_t *nearest = mem_zero((size_t)rows.count * sizeof *nearest);
  find_nearest(&rows, nearest);
  double own = agreement(&rows, nearest, classes, 0), best = own;
  int64_t shift = 0;
  for (int64_t s = -3; s <= 3; s++) {
    double other = agreement(&rows, nearest, classes, s);
    if (other > best) best = other, shift = s;
  }
  mem_free(nearest);
  mem_free(rows.x);
  if (shift && best > own + 5 && best > 5) {
    health_tell(run,
                VERDICT(BASIS_MEASURED, run->source.span, "give inputs and targets the same rows",
                        FINDING_TARGETS),
                "the targets are shifted against the inputs: those of rows %lld %s agree with the "
                "nearest neighbour's, %.1f deviations from chance, a row's own %.1f",
                (long long)llabs(shift), shift > 0 ? "below" : "above", best, own);
    return false;
  }
  if (own > 3) return true;
  health_tell(run,
              VERDICT(BASIS_LIKELY, run->source.span,
                      "keep the rows of inputs and targets together: shuffle(dataset(x, y))",
                      FINDING_TARGETS),
              "the inputs tell nothing about the targets, as if these were shuffled: a row and its "
              "nearest neighbour agree no more than by chance (%.1f deviations of %lld rows)",
              own, (long long)rows.count);
  return false;
}

void health_data_alone(TrainRun *run, HealthLook *look) {
  const Tensor *x = &look->alone;
  if (!x->buffer || x->shape.rank < 2) return;
  run->columns[0] = *x;
  run->watch->elements = (double)shape_count(&x->shape) * 4;
  look->raw[0] = true;
  judge_columns(run, look);
  run->columns[0] = look->alone = (Tensor){0};
}

void health_data(TrainRun *run, const HealthLook *look) {
  if (!run->rows || !run->column_count || !run->columns[0].buffer) return;
  judge_columns(run, look);
  judge_leaks(run);
  judge_targets(run);
  judge_order(run);
  if (!run->validate_count || !run->validate[0].buffer) return;
  bool cause = run->watch->cause_told; /* what is held out is the cause of nothing */
  int told = run->watch->told;
  health_held(run);
  run->watch->held_told = run->watch->told > told;
  run->watch->cause_told = cause;
}
