/* health_data.c — see health_data.h.
 *
 * Columns that go into a product as they are should be of one scale; a constant one is a second
 * bias.  Whether inputs tell anything of targets is asked of the nearest neighbour of each row, in
 * columns brought to deviation 1: its class, or its target, agrees more often than by chance, or
 * that of the row before or after does, where rows were shifted.  Rows are sampled evenly, and the
 * work is bounded by PAIRS_WORK products.
 */
#include "lang/learn/health_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_MOST = 2000, COLUMNS_MOST = 4096, CLASSES_MOST = 64 };
static const double PAIRS_WORK = 2e6, PAIRS_WORK_DOCTOR = 4e7;

static bool is_table(const Tensor *tensor) {
  return tensor->shape.rank == 2 && tensor->shape.dim[1] <= COLUMNS_MOST &&
         dtype_floats(tensor->dtype);
}

typedef struct Moments {
  double mean, deviation;
} Moments;

static Moments moments_of(const Tensor *table, int64_t column) {
  int64_t rows = table->shape.dim[0], width = table->shape.dim[1];
  int64_t by = rows > SAMPLE_MOST ? rows / SAMPLE_MOST : 1, count = 0;
  double sum = 0, squares = 0, origin = rows ? tensor_get(table, column) : 0;
  for (int64_t i = 0; i < rows; i += by, count++) {
    double value = tensor_get(table, i * width + column) - origin;
    sum += value;
    squares += value * value;
  }
  if (!count) return (Moments){0};
  double mean = sum / (double)count;
  return (Moments){origin + mean, sqrt(fmax(squares / (double)count - mean * mean, 0))};
}

/* ---- columns ---- */

static void judge_columns(TrainRun *run, const HealthLook *look) {
  const Tensor *x = &run->columns[0];
  if (!look->raw[0] || !is_table(x) || x->shape.dim[0] < 8) return;
  int64_t wide = -1, narrow = -1, far = -1;
  double most = 0, least = (double)INFINITY, farthest = 0;
  for (int64_t k = 0; k < x->shape.dim[1]; k++) {
    Moments own = moments_of(x, k);
    bool cause = run->watch->cause_told;
    if (own.deviation == 0) {
      bool bias = own.mean == 0 && x->shape.dim[1] > 16;
      if (!bias)
        health_tell(
            run,
            &(Verdict){BASIS_MEASURED, run->source.span, "leave it out", FINDING_CONSTANT, NULL, 0},
            "column %lld of the inputs is constant, %.4g in every row: it is a second bias",
            (long long)k, own.mean);
      run->watch->cause_told = cause; /* of nothing else */
      continue;
    }
    if (own.deviation > most) most = own.deviation, wide = k;
    if (own.deviation < least) least = own.deviation, narrow = k;
    if (fabs(own.mean) > farthest) farthest = fabs(own.mean), far = k;
  }
  if (wide < 0) return;
  const Verdict unscaled = {
      BASIS_MEASURED,
      run->source.span,
      "let (train, test) = standardize(train, test), or Standardize(d) first in the net",
      FINDING_UNSCALED,
      NULL,
      0};
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

/* ---- targets ---- */

static const Tensor *targets_of(const TrainRun *run) {
  return run->column_count >= 2 ? &run->columns[run->column_count - 1] : NULL;
}

static bool one_a_row(const Tensor *y) {
  return y->shape.rank == 1 || (y->shape.rank == 2 && y->shape.dim[1] == 1);
}

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
  const Tensor *y = targets_of(run);
  if (!y || !one_a_row(y) || y->shape.dim[0] < 20) return;
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
                &(Verdict){BASIS_MEASURED, run->source.span, "look at what became of the labels",
                           FINDING_TARGETS, NULL, 0},
                "every target is %d: there is nothing to learn", greatest);
  else if (shares[greatest] > 0.9)
    health_tell(
        run,
        &(Verdict){BASIS_MEASURED, run->source.span,
                   "weights: for the rare class in the loss, and f1 or auc beside accuracy",
                   FINDING_TARGETS, NULL, 0},
        "the classes are out of balance: %.1f %% of the rows are of class %d, so accuracy is "
        "%.3f for who always says that",
        100 * shares[greatest], greatest, shares[greatest]);
}

/* Rows sorted by class, and not shuffled: a minibatch has one class. */
static void judge_order(TrainRun *run) {
  const Tensor *y = targets_of(run);
  if (!y || !one_a_row(y) || y->shape.dim[0] < 20 || run->shuffle) return;
  if (!run->batch || 2 * run->batch > y->shape.dim[0]) return;
  double shares[CLASSES_MOST];
  int classes = count_classes(y, shares), met = 0;
  int64_t rows = y->shape.dim[0], changes = 0;
  for (int i = 0; i < classes; i++) met += shares[i] > 0;
  for (int64_t i = 1; i < rows; i++) changes += tensor_get(y, i) != tensor_get(y, i - 1);
  if (met < 2 || met > 20 || changes >= 2 * met) return;
  const Ast *clause = clause_find(run->ast, "shuffle");
  health_tell(run,
              &(Verdict){BASIS_MEASURED, clause ? clause->op_span : run->ast->span,
                         "without `shuffle: false`: rows are shuffled where there is `batch:`",
                         FINDING_ORDER, NULL, 0},
              "the rows are sorted by class and not shuffled: the class changes %lld times in "
              "%lld rows, so a minibatch of %lld is of one class",
              (long long)changes, (long long)rows, (long long)run->batch);
}

double health_data_blind(const TrainRun *run, const HealthLook *look) {
  const Tensor *y = targets_of(run);
  if (!y || !one_a_row(y) || y->shape.dim[0] < 20) return (double)NAN;
  double shares[CLASSES_MOST], loss = 0;
  int classes = count_classes(y, shares);
  if (look->classes || (classes == 2 && look->loss > 0.4 && look->loss < 1.5)) {
    for (int i = 0; i < classes; i++)
      if (shares[i] > 0) loss -= shares[i] * log(shares[i]);
    return classes ? loss : (double)NAN;
  }
  Tensor column = *y;
  column.shape = shape_of(2, (int64_t[]){y->shape.dim[0], 1});
  double deviation = moments_of(&column, 0).deviation;
  return deviation * deviation;
}

/* ---- do inputs tell of targets? ---- */

typedef struct Rows {
  const Tensor *x, *y;
  int64_t count, by, width, rows; /* of the sample, its stride; columns; of all */
  double *scale;                  /* by column; owned */
} Rows;

static double distance(const Rows *rows, int64_t a, int64_t b, double least) {
  double sum = 0;
  for (int64_t k = 0; k < rows->width && sum < least; k++) {
    double apart =
        (tensor_get(rows->x, a * rows->width + k) - tensor_get(rows->x, b * rows->width + k)) *
        rows->scale[k];
    sum += apart * apart;
  }
  return sum;
}

/* By row of the sample its nearest other. */
static void find_nearest(const Rows *rows, int64_t *nearest) {
  for (int64_t i = 0; i < rows->count; i++) {
    double least = (double)INFINITY;
    for (int64_t k = 0; k < rows->count; k++) {
      if (k == i) continue;
      double apart = distance(rows, i * rows->by, k * rows->by, least);
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

static bool sample(const TrainRun *run, Rows *rows) {
  const Tensor *x = &run->columns[0], *y = targets_of(run);
  if (!y || !is_table(x) || !one_a_row(y) || x->shape.dim[0] < 50) return false;
  double work = run->vm->clinic ? PAIRS_WORK_DOCTOR : PAIRS_WORK;
  int64_t most = (int64_t)sqrt(work / (double)x->shape.dim[1]);
  *rows = (Rows){.x = x, .y = y, .width = x->shape.dim[1], .rows = x->shape.dim[0]};
  rows->by = most < 1 ? rows->rows : (rows->rows + most - 1) / most;
  rows->count = rows->rows / rows->by;
  if (rows->count < 50) return false;
  rows->scale = mem_zero((size_t)rows->width * sizeof(double));
  for (int64_t k = 0; k < rows->width; k++) {
    double deviation = moments_of(x, k).deviation;
    rows->scale[k] = deviation > 0 ? 1 / deviation : 0;
  }
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
  mem_free(rows.scale);
  if (shift && best > own + 5 && best > 5) {
    health_tell(run,
                &(Verdict){BASIS_MEASURED, run->source.span,
                           "give inputs and targets the same rows", FINDING_TARGETS, NULL, 0},
                "the targets are shifted against the inputs: those of rows %lld %s agree with the "
                "nearest neighbour's, %.1f deviations from chance, a row's own %.1f",
                (long long)llabs(shift), shift > 0 ? "below" : "above", best, own);
    return false;
  }
  if (own > 3) return true;
  health_tell(run,
              &(Verdict){BASIS_LIKELY, run->source.span,
                         "keep the rows of inputs and targets together: shuffle(dataset(x, y))",
                         FINDING_TARGETS, NULL, 0},
              "the inputs tell nothing of the targets, as if these were shuffled: a row and its "
              "nearest neighbour agree no more than by chance (%.1f deviations of %lld rows)",
              own, (long long)rows.count);
  return false;
}

/* ---- held-out rows ---- */

static uint64_t row_hash(const Tensor *x, int64_t row, int64_t width) {
  uint64_t hash = 1;
  for (int64_t k = 0; k < width; k++) {
    double value = tensor_get(x, row * width + k);
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    hash = hash_mix(hash, bits);
  }
  return hash;
}

static int compare_hashes(const void *a, const void *b) {
  uint64_t p = *(const uint64_t *)a, q = *(const uint64_t *)b;
  return (p > q) - (p < q);
}

static void judge_copies(TrainRun *run) {
  const Tensor *x = &run->columns[0], *held = &run->validate[0];
  int64_t rows = x->shape.dim[0], width = shape_count(&x->shape) / (rows ? rows : 1);
  if (rows < 10 || width < 2 || width > COLUMNS_MOST || !held->shape.dim[0]) return;
  if (rows > 100000 || shape_count(&held->shape) / held->shape.dim[0] != width) return;
  uint64_t *hashes = mem_zero((size_t)rows * sizeof *hashes);
  for (int64_t i = 0; i < rows; i++) hashes[i] = row_hash(x, i, width);
  qsort(hashes, (size_t)rows, sizeof *hashes, compare_hashes);
  int64_t count = held->shape.dim[0] < SAMPLE_MOST ? held->shape.dim[0] : SAMPLE_MOST, found = 0;
  for (int64_t i = 0; i < count; i++) {
    uint64_t own = row_hash(held, i, width);
    found += bsearch(&own, hashes, (size_t)rows, sizeof own, compare_hashes) != NULL;
  }
  mem_free(hashes);
  if ((double)found < 0.1 * (double)count || found < 3) return;
  const Ast *clause = clause_find(run->ast, "validate");
  health_tell(
      run,
      &(Verdict){
          BASIS_MEASURED, clause ? clause->a->span : run->ast->span,
          "split once, before anything is repeated: let (train, test) = split(shuffle(d), 0.8)",
          FINDING_COPIES, NULL, 0},
      "%.0f %% of the held-out rows are rows of the training data too: val_ figures are of "
      "what was learned by heart",
      100 * (double)found / (double)count);
}

/* Both sets have mean 0 and deviation 1 in every column, to rounding: each was scaled by itself. */
static bool own_moments(const Tensor *x) {
  int64_t columns = x->shape.dim[1];
  bool scaled = columns > 0;
  for (int64_t k = 0; k < columns && scaled; k++) {
    Moments own = moments_of(x, k);
    scaled = own.deviation == 0 || (fabs(own.mean) < 1e-5 && fabs(own.deviation - 1) < 1e-5);
  }
  return scaled;
}

static void judge_own_moments(TrainRun *run) {
  const Tensor *x = &run->columns[0], *held = &run->validate[0];
  if (!is_table(x) || !is_table(held) || x->shape.dim[0] > SAMPLE_MOST) return;
  if (held->shape.dim[0] < 2 || held->shape.dim[0] == x->shape.dim[0]) return;
  if (!own_moments(x) || !own_moments(held)) return;
  const Ast *clause = clause_find(run->ast, "validate");
  health_tell(run,
              &(Verdict){BASIS_LIKELY, clause ? clause->a->span : run->ast->span,
                         "standardize(train, test) scales both by the training data's moments",
                         FINDING_SHIFT, NULL, 0},
              "the validation data was scaled by its own moments: each of its columns has mean 0 "
              "and deviation 1, and so has the training data's");
}

static void judge_shift(TrainRun *run) {
  const Tensor *x = &run->columns[0], *held = &run->validate[0];
  if (!is_table(x) || !is_table(held) || held->shape.dim[0] < 20 || x->shape.dim[0] < 20) return;
  if (held->shape.dim[1] != x->shape.dim[1]) return;
  int64_t worst = -1;
  double most = 0;
  Moments own = {0}, other = {0};
  for (int64_t k = 0; k < x->shape.dim[1]; k++) {
    Moments a = moments_of(x, k), b = moments_of(held, k);
    double size = fmax(a.deviation, 1e-3 * fabs(a.mean));
    if (size < 1e-6 || a.deviation < 0.05 * size) continue;
    double apart = fabs(a.mean - b.mean) / size;
    double wider = fabs(log(fmax(b.deviation, 1e-9) / size)) / log(4);
    apart = fmax(apart, b.deviation > 0 ? wider : 0);
    if (apart > most) most = apart, worst = k, own = a, other = b;
  }
  if (most < 1) return;
  const Ast *clause = clause_find(run->ast, "validate");
  health_tell(
      run,
      &(Verdict){BASIS_MEASURED, clause ? clause->a->span : run->ast->span,
                 "shuffle before split, and scale both by the training data's moments",
                 FINDING_SHIFT, NULL, 0},
      "the validation data has another distribution: column %lld has mean %.4g and deviation "
      "%.4g, in the training data %.4g and %.4g",
      (long long)worst, other.mean, other.deviation, own.mean, own.deviation);
}

void health_data(TrainRun *run, const HealthLook *look) {
  if (!run->rows || !run->column_count || !run->columns[0].buffer) return;
  judge_columns(run, look);
  judge_targets(run);
  judge_order(run);
  if (!run->validate_count || !run->validate[0].buffer) return;
  bool cause = run->watch->cause_told; /* what is held out is the cause of nothing */
  int told = run->watch->told;
  judge_copies(run);
  judge_shift(run);
  judge_own_moments(run);
  run->watch->held_told = run->watch->told > told;
  run->watch->cause_told = cause;
}
