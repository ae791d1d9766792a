/* health_held.c — see health_held.h. */
#include "lang/health/health_held.h"

#include "lang/health/health_sample.h"
#include "lang/health/health_tell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HASHES_MOST = 200000, COMPARED_MOST = 500 };
/* of two distributions: from where it matters; and from where it is no chance (p below 3e-5) */
static const double DIFFERS_LEAST = 0.22, SURE = 2.4;

static Span held_span(const TrainRun *run) {
  const Ast *clause = ast_clause(run->ast, "validate");
  return clause ? clause->a->span : run->ast->span;
}

/* ---- copies ---- */

static uint64_t row_hash(const Tensor *x, int64_t row) {
  uint64_t hash = 1, bits = 0;
  size_t size = tensor_bytes(x) / (size_t)x->shape.dim[0], at = 0;
  const char *bytes = (const char *)tensor_data(x) + (size_t)row * size;
  for (; at + sizeof bits <= size; at += sizeof bits) {
    memcpy(&bits, bytes + at, sizeof bits);
    hash = (hash ^ bits) * 0x9e3779b97f4a7c15ull;
    hash ^= hash >> 29;
  }
  bits = 0;
  memcpy(&bits, bytes + at, size - at);
  return hash_mix(hash, bits);
}

static int compare_hashes(const void *a, const void *b) {
  uint64_t p = *(const uint64_t *)a, q = *(const uint64_t *)b;
  return (p > q) - (p < q);
}

static void judge_copies(TrainRun *run) {
  const Tensor *x = &run->columns[0], *held = &run->validate[0];
  int64_t rows = x->shape.dim[0], width = shape_count(&x->shape) / (rows ? rows : 1);
  if (rows < 10 || width < 2 || width > COLUMNS_MOST || !held->shape.dim[0]) return;
  if (held->dtype != x->dtype || shape_count(&held->shape) / held->shape.dim[0] != width) return;
  /* a row costs its bytes, and its place among the sorted */
  int64_t most = (int64_t)(sample_budget(run) / (0.25 * (double)width + 20));
  if (most > HASHES_MOST) most = HASHES_MOST;
  int64_t by = (rows + most - 1) / most, count = held->shape.dim[0], sampled = rows / by, found = 0;
  if (count > SAMPLE_MOST) count = SAMPLE_MOST;
  if (count > sampled) count = sampled;
  uint64_t *hashes = mem_zero((size_t)sampled * sizeof *hashes);
  for (int64_t i = 0; i < sampled; i++) hashes[i] = row_hash(x, i * by);
  qsort(hashes, (size_t)sampled, sizeof *hashes, compare_hashes);
  for (int64_t i = 0; i < count; i++) {
    uint64_t own = row_hash(held, i);
    found += bsearch(&own, hashes, (size_t)sampled, sizeof own, compare_hashes) != NULL;
  }
  mem_free(hashes);
  double share = (double)found * (double)by / (double)count; /* of a sample so many are met */
  if (share < 0.1 || found < 3) return;
  health_tell(
      run,
      VERDICT(BASIS_MEASURED, held_span(run),
              "split once, before anything is repeated: let (train, test) = split(shuffle(d), 0.8)",
              FINDING_COPIES),
      "%.0f %% of the held-out rows are also in the training data: val_ figures do not show "
      "generalization",
      100 * fmin(share, 1));
}

/* Both sets have mean 0 and deviation 1 in every column, to rounding: each was scaled by itself. */
static bool own_moments(const Tensor *x, double most) {
  int64_t columns = x->shape.dim[1];
  bool scaled = columns > 0;
  Moments *moments = sample_moments(x, most);
  for (int64_t k = 0; k < columns && scaled; k++) {
    Moments own = moments[k];
    scaled = own.deviation == 0 || (fabs(own.mean) < 1e-5 && fabs(own.deviation - 1) < 1e-5);
  }
  mem_free(moments);
  return scaled;
}

static void judge_own_moments(TrainRun *run) {
  const Tensor *x = &run->columns[0], *held = &run->validate[0];
  if (!sample_table(x) || !sample_table(held) || x->shape.dim[0] > SAMPLE_MOST) return;
  if (held->shape.dim[0] < 2 || held->shape.dim[0] == x->shape.dim[0]) return;
  double most = sample_budget(run), wanted = (double)(shape_count(&x->shape));
  if (wanted > most || !own_moments(x, wanted) || !own_moments(held, wanted)) return;
  health_tell(run,
              VERDICT(BASIS_LIKELY, held_span(run),
                      "standardize(train, test) scales both by the training data's moments",
                      FINDING_SHIFT),
              "the validation data was scaled by its own moments: each of its columns has mean 0 "
              "and deviation 1, and so has the training data's");
}

/* ---- another distribution ---- */

/* Numbers in order. */
typedef struct Sorted {
  double *at; /* owned */
  int64_t count;
  double mean, deviation;
} Sorted;

static void sort_numbers(Sorted *sorted) {
  double sum = 0, squares = 0, n = (double)sorted->count;
  number_sort(sorted->at, (size_t)sorted->count);
  for (int64_t i = 0; i < sorted->count; i++) sum += sorted->at[i];
  sorted->mean = sum / n;
  for (int64_t i = 0; i < sorted->count; i++) squares += pow(sorted->at[i] - sorted->mean, 2);
  sorted->deviation = sqrt(squares / n);
}

/* Of a column, over evenly spaced rows. */
static Sorted sorted_column(const Tensor *x, int64_t column) {
  int64_t rows = x->shape.dim[0], width = shape_count(&x->shape) / rows,
          by = (rows + COMPARED_MOST - 1) / COMPARED_MOST;
  Sorted sorted = {.count = rows / by};
  sorted.at = mem_zero((size_t)sorted.count * sizeof(double));
  for (int64_t i = 0; i < sorted.count; i++) sorted.at[i] = tensor_get(x, i * by * width + column);
  sort_numbers(&sorted);
  return sorted;
}

/* The means of rows, which `most` elements at most are read for. */
static Sorted sorted_means(const Tensor *x, double most) {
  int64_t rows = x->shape.dim[0], width = shape_count(&x->shape) / rows,
          wanted = (int64_t)(most / (double)width) + 50;
  if (wanted > COMPARED_MOST) wanted = COMPARED_MOST;
  int64_t by = (rows + wanted - 1) / wanted;
  Sorted sorted = {.count = rows / by};
  sorted.at = mem_zero((size_t)sorted.count * sizeof(double));
  double *row = mem_zero((size_t)width * sizeof *row);
  for (int64_t i = 0; i < sorted.count; i++) {
    double sum = 0;
    sample_row(x, i * by, width, row);
    for (int64_t k = 0; k < width; k++) sum += row[k];
    sorted.at[i] = sum / (double)width;
  }
  mem_free(row);
  sort_numbers(&sorted);
  return sorted;
}

/* The greatest difference of two distributions (Kolmogorov and Smirnov); 0 where it may be chance.
 */
static double differ(const Sorted *a, const Sorted *b) {
  int64_t n = a->count, m = b->count, i = 0, k = 0;
  double most = 0;
  while (i < n && k < m) {
    double at = fmin(a->at[i], b->at[k]);
    if (isnan(at)) return 0;
    while (i < n && a->at[i] <= at) i++;
    while (k < m && b->at[k] <= at) k++;
    most = fmax(most, fabs((double)i / (double)n - (double)k / (double)m));
  }
  double chance = SURE * sqrt(1 / (double)n + 1 / (double)m);
  return most >= DIFFERS_LEAST && most >= chance ? most : 0;
}

static double columns_differ(const Tensor *x, const Tensor *held, int64_t column) {
  Sorted ours = sorted_column(x, column), theirs = sorted_column(held, column);
  double by = differ(&ours, &theirs);
  mem_free(ours.at);
  mem_free(theirs.at);
  return by;
}

static const char SCALE_BOTH[] =
    "shuffle before split, and scale both by the training data's moments";

/* Columns whose moments differ are compared. */
static bool judge_inputs(TrainRun *run) {
  const Tensor *x = &run->columns[0], *held = &run->validate[0];
  if (!sample_table(x) || !sample_table(held) || held->shape.dim[1] != x->shape.dim[1])
    return false;
  int64_t worst = -1;
  double most = 0, share = sample_budget(run) / 3;
  Moments *ours = sample_moments(x, share), *theirs = sample_moments(held, share);
  int64_t left = (int64_t)(share / (20 * COMPARED_MOST)) + 2; /* columns to compare */
  for (int64_t k = 0; k < x->shape.dim[1] && left; k++) {
    double size = ours[k].deviation, other = theirs[k].deviation;
    if (size < 1e-6 || size < 5e-5 * fabs(ours[k].mean)) continue;
    bool apart = fabs(ours[k].mean - theirs[k].mean) > 0.5 * size, wide = other > 2 * size,
         narrow = other < 0.5 * size;
    if (!apart && !wide && !narrow) continue;
    double by = columns_differ(x, held, k);
    left--;
    if (by > most) most = by, worst = k;
  }
  if (worst >= 0)
    health_tell(
        run, VERDICT(BASIS_MEASURED, held_span(run), SCALE_BOTH, FINDING_SHIFT),
        "the validation data has another distribution: column %lld has mean %.4g and deviation "
        "%.4g, in the training data %.4g and %.4g; %.0f %% of its values lie elsewhere",
        (long long)worst, theirs[worst].mean, theirs[worst].deviation, ours[worst].mean,
        ours[worst].deviation, 100 * most);
  mem_free(ours);
  mem_free(theirs);
  return worst >= 0;
}

/* Of images and the like: the means of rows. */
static bool judge_means(TrainRun *run) {
  const Tensor *x = &run->columns[0], *held = &run->validate[0];
  if (x->shape.rank < 3 || !dtype_floats(x->dtype) || !dtype_floats(held->dtype)) return false;
  int64_t width = shape_count(&x->shape) / x->shape.dim[0];
  if (!width || shape_count(&held->shape) / held->shape.dim[0] != width) return false;
  double share = sample_budget(run) / 3;
  Sorted ours = sorted_means(x, share), theirs = sorted_means(held, share);
  bool differs = differ(&ours, &theirs) > 0;
  if (differs)
    health_tell(
        run, VERDICT(BASIS_MEASURED, held_span(run), SCALE_BOTH, FINDING_SHIFT),
        "the validation data has another distribution: the means of its rows are about %.4g "
        "(deviation %.4g), in the training data %.4g (%.4g)",
        theirs.mean, theirs.deviation, ours.mean, ours.deviation);
  mem_free(ours.at);
  mem_free(theirs.at);
  return differs;
}

/* All of one class, which by chance they would hardly be. */
static bool all_one(const Sorted *ours, const Sorted *theirs) {
  double share = 0, first = theirs->at[0];
  if (theirs->at[theirs->count - 1] != first) return false;
  for (int64_t i = 0; i < ours->count; i++) share += ours->at[i] == first;
  return pow(share / (double)ours->count, (double)theirs->count) < 1e-4;
}

static void judge_held_targets(TrainRun *run) {
  const Tensor *y = sample_targets(run);
  if (!y || run->validate_count != run->column_count || !sample_one_a_row(y)) return;
  const Tensor *held = &run->validate[sample_target_column(run)];
  if (!sample_one_a_row(held)) return;
  Sorted ours = sorted_column(y, 0), theirs = sorted_column(held, 0);
  if (differ(&ours, &theirs) > 0 || all_one(&ours, &theirs))
    health_tell(
        run,
        VERDICT(BASIS_MEASURED, held_span(run),
                "let (train, test) = split(shuffle(d), 0.8): without shuffling, rows in order of "
                "time or class are split unevenly",
                FINDING_SHIFT),
        "the validation data has another distribution: its targets have mean %.4g and deviation "
        "%.4g, those of the training data %.4g and %.4g",
        theirs.mean, theirs.deviation, ours.mean, ours.deviation);
  mem_free(ours.at);
  mem_free(theirs.at);
}

static void judge_shift(TrainRun *run) {
  if (run->validate[0].shape.dim[0] < 10 || run->columns[0].shape.dim[0] < 20) return;
  bool cause = run->watch->cause_told; /* of targets that are all alike */
  if (!judge_inputs(run) && !judge_means(run) && !cause) judge_held_targets(run);
}

void health_held(TrainRun *run) {
  judge_copies(run);
  judge_shift(run);
  judge_own_moments(run);
}
