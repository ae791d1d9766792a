/* trial.h — one kernel called by hand: inputs filled, output asked for, faults kept.  For the tests
 * of kernels. */
#ifndef GD_TESTS_RUNTIME_KERNELS_TRIAL_H
#define GD_TESTS_RUNTIME_KERNELS_TRIAL_H

#include "runtime/base/isa.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/team.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { TRIAL_INPUTS = 5, TRIAL_ATTRS = 32 };

typedef struct Trial {
  Op op;
  int inputs, attr_count;
  View input[TRIAL_INPUTS];
  View output;
  int64_t attrs[TRIAL_ATTRS];
  Fault fault;
} Trial;

#define SHAPE(...)                            \
  trial_shape((const int64_t[]){__VA_ARGS__}, \
              (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)))
#define SCALAR ((Shape){0})

static inline Shape trial_shape(const int64_t *dims, int rank) {
  Shape shape = {.rank = rank};
  for (int i = 0; i < rank; i++) shape.dim[i] = dims[i];
  return shape;
}

static inline int64_t trial_count(const Shape *shape) {
  int64_t count = 1;
  for (int i = 0; i < shape->rank; i++) count *= shape->dim[i];
  return count;
}

static inline double trial_get(const View *view, int64_t i) {
  switch (view->dtype) {
    case DTYPE_BOOL:
    case DTYPE_U8: return ((uint8_t *)view->data)[i];
    case DTYPE_I32: return ((int32_t *)view->data)[i];
    case DTYPE_BF16: return (double)bf16_value(((uint16_t *)view->data)[i]);
    case DTYPE_F32: return (double)((float *)view->data)[i];
    default: return ((double *)view->data)[i];
  }
}

static inline void trial_set(View *view, int64_t i, double value) {
  switch (view->dtype) {
    case DTYPE_BOOL: ((uint8_t *)view->data)[i] = value != 0; break;
    case DTYPE_U8: ((uint8_t *)view->data)[i] = (uint8_t)value; break;
    case DTYPE_I32: ((int32_t *)view->data)[i] = (int32_t)value; break;
    case DTYPE_BF16: ((uint16_t *)view->data)[i] = bf16_near(value); break;
    case DTYPE_F32: ((float *)view->data)[i] = (float)value; break;
    default: ((double *)view->data)[i] = value; break;
  }
}

static inline View trial_view(Dtype dtype, Shape shape) {
  size_t bytes = (size_t)trial_count(&shape) * dtype_bytes(dtype);
  View view = {mem_align64(bytes + 64), dtype, shape};
  memset(view.data, 0xA5, bytes + 64);
  return view;
}

/* Adds an input and gives it to be filled. */
static inline View *trial_input(Trial *trial, Dtype dtype, Shape shape) {
  trial->input[trial->inputs] = trial_view(dtype, shape);
  return &trial->input[trial->inputs++];
}

/* Small whole numbers, some negative and some equal, that every dtype holds; distinct seeds give
 * distinct runs. */
static inline void trial_fill(View *view, uint64_t seed) {
  int64_t count = trial_count(&view->shape);
  for (int64_t i = 0; i < count; i++) {
    double value = (double)(hash_mix(seed + 1, (uint64_t)i + 1) % 41);
    trial_set(view, i,
              view->dtype == DTYPE_BOOL ? value > 20
              : view->dtype == DTYPE_U8 ? value
                                        : value - 20);
  }
}

static inline void trial_attrs(Trial *trial, const int64_t *attrs, int count) {
  for (int i = 0; i < count; i++) trial->attrs[i] = attrs[i];
  trial->attr_count = count;
}
#define ATTRS(trial, ...)                            \
  trial_attrs(trial, (const int64_t[]){__VA_ARGS__}, \
              (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)))

/* Runs it; the bytes behind the output must stay as they were. */
static inline void trial_run(Trial *trial, Op op, Dtype dtype, Shape shape) {
  trial->op = op;
  mem_free(trial->output.data);
  trial->output = trial_view(dtype, shape);
  trial->fault = (Fault){0};
  Call call = {op,           trial->inputs,     trial->input, trial->output,
               trial->attrs, trial->attr_count, &trial->fault};
  Kernel *kernel = kernel_of(op);
  cr_assert(kernel != NULL, "op %d has a kernel", (int)op);
  unsigned mode = kernels_enter();
  kernel(&call);
  kernels_leave(mode);
  const unsigned char *behind = (const unsigned char *)trial->output.data +
                                (size_t)trial_count(&shape) * dtype_bytes(dtype);
  for (int i = 0; i < 64; i++) cr_assert_eq(behind[i], 0xA5, "written behind the output");
}

static inline void trial_free(Trial *trial) {
  for (int i = 0; i < trial->inputs; i++) mem_free(trial->input[i].data);
  mem_free(trial->output.data);
  *trial = (Trial){0};
}

/* Runs it on 1, 2 and 4 threads, and with each instruction set that this processor has, and expects
 * the same bytes. */
static inline void trial_same_on_threads(Trial *trial, Op op, Dtype dtype, Shape shape) {
  size_t bytes = (size_t)trial_count(&shape) * dtype_bytes(dtype);
  void *first = mem_alloc(bytes);
  for (int threads = 1; threads <= 4; threads *= 2) {
    team_start(threads);
    trial_run(trial, op, dtype, shape);
    if (threads == 1) memcpy(first, trial->output.data, bytes);
    else cr_assert(memcmp(first, trial->output.data, bytes) == 0, "%d threads", threads);
  }
  for (int isa = ISA_PLAIN; isa < (int)isa_best(); isa++) {
    isa_choose((Isa)isa);
    trial_run(trial, op, dtype, shape);
    cr_assert(memcmp(first, trial->output.data, bytes) == 0, "instruction set %d", isa);
  }
  isa_choose(ISA_UNKNOWN);
  mem_free(first);
}

/* Row-major places: the index of element i along each axis, and back. */
static inline void trial_index(const Shape *shape, int64_t i, int64_t index[RANK_MOST]) {
  for (int axis = shape->rank - 1; axis >= 0; axis--) {
    index[axis] = i % shape->dim[axis];
    i /= shape->dim[axis];
  }
}

static inline int64_t trial_place(const Shape *shape, const int64_t *index) {
  int64_t place = 0;
  for (int axis = 0; axis < shape->rank; axis++) place = place * shape->dim[axis] + index[axis];
  return place;
}

#endif
