/* health_sample.c — see health_sample.h. */
#include "lang/health/health_sample.h"

#include <math.h>

enum { SAMPLE_LEAST = 50 };

bool sample_table(const Tensor *tensor) {
  return tensor->shape.rank == 2 && tensor->shape.dim[1] <= COLUMNS_MOST &&
         dtype_floats(tensor->dtype);
}

void sample_row(const Tensor *table, int64_t row, int64_t width, double *into) {
  if (table->dtype == DTYPE_F32) {
    const float *values = (const float *)tensor_data(table) + row * width;
    for (int64_t k = 0; k < width; k++) into[k] = (double)values[k];
    return;
  }
  for (int64_t k = 0; k < width; k++) into[k] = tensor_get(table, row * width + k);
}

Moments *sample_moments(const Tensor *table, double most) {
  int64_t rows = table->shape.dim[0], width = table->shape.rank > 1 ? table->shape.dim[1] : 1;
  int64_t want = (int64_t)fmin(most / (double)width, SAMPLE_MOST), count = 0;
  if (want < SAMPLE_LEAST) want = SAMPLE_LEAST;
  int64_t by = rows > want ? rows / want : 1;
  Moments *moments = mem_zero((size_t)width * sizeof *moments);
  double *buffer = mem_zero((size_t)width * 4 * sizeof(double)), *now = buffer + width,
         *sum = now + width, *squares = sum + width;
  if (rows) sample_row(table, 0, width, buffer);
  for (int64_t i = 0; i < rows; i += by, count++) {
    sample_row(table, i, width, now);
    for (int64_t k = 0; k < width; k++) {
      double value = now[k] - buffer[k];
      sum[k] += value;
      squares[k] += value * value;
    }
  }
  for (int64_t k = 0; k < width && count; k++) {
    double mean = sum[k] / (double)count;
    moments[k] = (Moments){buffer[k] + mean,
                           sqrt(fmax(squares[k] / (double)count - mean * mean, 0))};
  }
  mem_free(buffer);
  return moments;
}

double sample_budget(TrainRun *run) {
  double share = run->watch->elements / 4;
  run->watch->elements -= share;
  return share;
}

int sample_target_column(const TrainRun *run) {
  int last = run->column_count - 1;
  while (last > 0 && run->watch->first.unread[last]) last--;
  return last > 0 ? last : 0;
}

const Tensor *sample_targets(const TrainRun *run) {
  int column = sample_target_column(run);
  return column ? &run->columns[column] : NULL;
}

bool sample_one_a_row(const Tensor *y) {
  return y->shape.rank == 1 || (y->shape.rank == 2 && y->shape.dim[1] == 1);
}
