/* made.c — small classical sets of points, made from the seed.
 *
 * Row i of a set is a function of the key and i alone: it draws from the stream (seed, count, i +
 * 1).  Stream 0 shuffles the labels, so that the rows come in random order with every class as
 * often as the others, give or take one.  Coordinates are computed in doubles and rounded once.
 *
 * The moons are those of scikit-learn's make_moons; the spirals follow K. Lang and M. Witbrock,
 * Learning to tell two spirals apart (1988), with any number of arms.  The digits have a file of
 * their own.
 */
#include "runtime/io/made.h"
#include "runtime/base/stop.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

static bool check_number(const char *what, double value, double least, Diag *diag) {
  if (isfinite(value) && value >= least) return true;
  Text text = {0};
  text_number(&text, value);
  diag_fail(diag, STATUS_FAILED, (Span){0, 0, 0}, "%s is %s: it must be %s", what, text.data,
            least == 0 ? "a number, 0 or more" : "a finite number");
  text_free(&text);
  return false;
}

static bool check_count(const char *what, int64_t count, int64_t least, Diag *diag) {
  if (count >= least) return true;
  return diag_fail(diag, STATUS_FAILED, (Span){0, 0, 0}, "%s is %lld: it must be %lld or more",
                   what, (long long)count, (long long)least);
}

bool made_whole(Tensor *x, Tensor *y, Diag *diag) {
  if (!stop_check(diag)) return true;
  tensor_release(x);
  tensor_release(y);
  return false;
}

bool made_labels(MadeKey key, int64_t n, int64_t classes, Tensor *labels, Diag *diag) {
  if (!tensor_new(labels, DTYPE_I32, &(Shape){1, {n}}, diag)) return false;
  Tensor order; /* a tensor for its counted memory: n comes from the script */
  if (!tensor_new(&order, DTYPE_F64, &(Shape){1, {n}}, diag)) {
    tensor_release(labels);
    return false;
  }
  RngStream stream = rng_stream(key.seed, key.count, 0);
  int64_t *places = tensor_data(&order);
  rng_permutation(&stream, n, places);
  int32_t *label = tensor_data(labels);
  for (int64_t i = 0; i < n && !stop_wanted(); i++) label[i] = (int32_t)(places[i] % classes);
  tensor_release(&order);
  return true;
}

/* Points of `dims` coordinates, row by row. */
typedef struct Points {
  MadeKey key;
  int64_t dims;
  double noise;
  Tensor *x, *y;
} Points;

static bool make_points(Points *points, int64_t n, int64_t classes, Dtype dtype, Diag *diag) {
  if (!check_count("the number of rows", n, 0, diag) ||
      !check_number("the noise", points->noise, 0, diag))
    return false;
  if (!tensor_new(points->x, dtype, &(Shape){2, {n, points->dims}}, diag)) return false;
  if (made_labels(points->key, n, classes, points->y, diag)) return true;
  tensor_release(points->x);
  return false;
}

static Rng start_row(const Points *points, int64_t row) {
  return rng_start(points->key.seed, points->key.count, (uint64_t)row + 1);
}

static int32_t label_of(const Points *points, int64_t row) {
  return ((const int32_t *)tensor_data(points->y))[row];
}

/* Writes a point of the plane with noise on it. */
static void put_point(const Points *points, int64_t row, Rng *rng, double across, double up) {
  double dx = rng_next_normal(rng), dy = rng_next_normal(rng);
  tensor_set(points->x, row * 2, across + points->noise * dx);
  tensor_set(points->x, row * 2 + 1, up + points->noise * dy);
}

bool made_moons(MadeKey key, int64_t n, double noise, Dtype dtype, Tensor *x, Tensor *y,
                Diag *diag) {
  Points points = {key, 2, noise, x, y};
  if (!make_points(&points, n, 2, dtype, diag)) return false;
  for (int64_t i = 0; i < n && !stop_wanted(); i++) {
    Rng rng = start_row(&points, i);
    double angle = PI * rng_next_uniform(&rng);
    if (label_of(&points, i)) put_point(&points, i, &rng, 1 - cos(angle), 0.5 - sin(angle));
    else put_point(&points, i, &rng, cos(angle), sin(angle));
  }
  return made_whole(x, y, diag);
}

bool made_spirals(MadeKey key, int64_t n, int64_t classes, double noise, Dtype dtype, Tensor *x,
                  Tensor *y, Diag *diag) {
  Points points = {key, 2, noise, x, y};
  if (!check_count("the number of classes", classes, 1, diag) ||
      !make_points(&points, n, classes, dtype, diag))
    return false;
  for (int64_t i = 0; i < n && !stop_wanted(); i++) {
    Rng rng = start_row(&points, i);
    /* as many points on each piece of the arm's length, nearly */
    double radius = 0.05 + 0.95 * sqrt(rng_next_uniform(&rng));
    double angle = 2 * PI * label_of(&points, i) / (double)classes + 3 * PI * radius;
    put_point(&points, i, &rng, radius * cos(angle), radius * sin(angle));
  }
  return made_whole(x, y, diag);
}

bool made_rings(MadeKey key, int64_t n, int64_t classes, double noise, Dtype dtype, Tensor *x,
                Tensor *y, Diag *diag) {
  Points points = {key, 2, noise, x, y};
  if (!check_count("the number of classes", classes, 1, diag) ||
      !make_points(&points, n, classes, dtype, diag))
    return false;
  for (int64_t i = 0; i < n && !stop_wanted(); i++) {
    Rng rng = start_row(&points, i);
    double angle = 2 * PI * rng_next_uniform(&rng), radius = label_of(&points, i) + 1;
    put_point(&points, i, &rng, radius * cos(angle), radius * sin(angle));
  }
  return made_whole(x, y, diag);
}

bool made_blobs(MadeKey key, int64_t n, int64_t centers, int64_t dims, double spread, Dtype dtype,
                Tensor *x, Tensor *y, Diag *diag) {
  Points points = {key, dims, spread, x, y};
  if (!check_count("the number of centers", centers, 1, diag) ||
      !check_count("the number of dimensions", dims, 1, diag))
    return false;
  if (!make_points(&points, n, centers, dtype, diag)) return false;
  RngStream stream = rng_stream(key.seed, key.count, UINT64_MAX);
  for (int64_t i = 0; i < n && !stop_wanted(); i++) {
    Rng rng = start_row(&points, i);
    int64_t center = label_of(&points, i);
    for (int64_t j = 0; j < dims; j++) {
      double place;
      rng_uniform_f64(&stream, center * dims + j, 1, &place);
      tensor_set(x, i * dims + j, 20 * place - 10 + spread * rng_next_normal(&rng));
    }
  }
  return made_whole(x, y, diag);
}

bool made_line(MadeKey key, int64_t n, double slope, double intercept, double noise, Dtype dtype,
               Tensor *x, Tensor *y, Diag *diag) {
  if (!check_count("the number of rows", n, 0, diag) || !check_number("the noise", noise, 0, diag))
    return false;
  if (!check_number("the slope", slope, -INFINITY, diag) ||
      !check_number("the intercept", intercept, -INFINITY, diag))
    return false;
  if (!tensor_new(x, dtype, &(Shape){2, {n, 1}}, diag)) return false;
  if (!tensor_new(y, dtype, &(Shape){1, {n}}, diag)) {
    tensor_release(x);
    return false;
  }
  for (int64_t i = 0; i < n && !stop_wanted(); i++) {
    Rng rng = rng_start(key.seed, key.count, (uint64_t)i + 1);
    tensor_set(x, i, 2 * rng_next_uniform(&rng) - 1);
    tensor_set(y, i, slope * tensor_get(x, i) + intercept + noise * rng_next_normal(&rng));
  }
  return made_whole(x, y, diag);
}
