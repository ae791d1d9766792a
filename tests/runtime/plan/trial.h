/* trial.h — for the tests of plans: graphs drawn at random, tensors to run them on, bits compared.
 *
 * A Trial has a graph over a few bound tensors, and the nodes drawn.  What a plan gives for it is
 * held against the immediate executor, which runs every node alone: the same kernels, nothing
 * fused, nothing in place.
 */
#ifndef GD_TESTS_PLAN_TRIAL_H
#define GD_TESTS_PLAN_TRIAL_H

#include "runtime/graph/simplify.h"
#include "runtime/kernels/team.h"
#include "runtime/plan/internal.h"

#include <criterion/criterion.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { TRIAL_BOUND = 8, TRIAL_NODES = 200 };

typedef struct Trial {
  Graph graph;
  Diag diag;
  uint64_t seed;
  Tensor bound[TRIAL_BOUND];
  int bound_count;
  NodeId nodes[TRIAL_NODES];
  int count;
} Trial;

static inline void trial_start(Trial *trial, uint64_t seed) {
  *trial = (Trial){.seed = seed};
  graph_init(&trial->graph, DTYPE_F32);
}

static inline uint64_t trial_draw(Trial *trial, uint64_t below) {
  trial->seed = hash_mix(trial->seed + 1, 977);
  return (trial->seed >> 20) % below;
}

static inline Shape trial_shape(int rank, int64_t a, int64_t b, int64_t c) {
  int64_t dim[] = {a, b, c};
  return shape_of(rank, dim);
}

static inline NodeId trial_bind(Trial *trial, Dtype dtype, Shape shape) {
  Tensor *tensor = &trial->bound[trial->bound_count];
  cr_assert(tensor_new(tensor, dtype, &shape, &trial->diag));
  for (int64_t i = 0; i < tensor_count(tensor); i++) {
    double value = (double)trial_draw(trial, 4001) / 1000 - 2;
    tensor_set(tensor, i,
               dtype == DTYPE_BOOL   ? value > 0
               : dtype_floats(dtype) ? value
                                     : (double)(int)value);
  }
  Type type = {.dtype = dtype, .shape = shape};
  return trial->nodes[trial->count++] = graph_input(&trial->graph, &type, trial->bound_count++);
}

/* Emits; a node that does not fit is forgotten. */
static inline NodeId trial_emit(Trial *trial, Op op, const NodeId *inputs, int count,
                                const int64_t *attrs, int attr_count) {
  NodeId id = graph_emit(&trial->graph, op, inputs, count, attrs, attr_count, &trial->diag);
  trial->diag.status = 0;
  if (id && trial->count < TRIAL_NODES) trial->nodes[trial->count++] = id;
  return id;
}

static inline NodeId trial_keep(Trial *trial, NodeId id) {
  trial->diag.status = 0;
  if (id && trial->count < TRIAL_NODES) trial->nodes[trial->count++] = id;
  return id;
}

/* Elementwise nodes, their arguments promoted. */
static inline NodeId trial_1(Trial *trial, Op op, NodeId a) {
  return trial_keep(trial, make1(&(Maker){&trial->graph, &trial->diag}, op, a));
}
static inline NodeId trial_2(Trial *trial, Op op, NodeId a, NodeId b) {
  return trial_keep(trial, make2(&(Maker){&trial->graph, &trial->diag}, op, a, b));
}
static inline NodeId trial_3(Trial *trial, Op op, NodeId a, NodeId b, NodeId c) {
  return trial_keep(trial, make3(&(Maker){&trial->graph, &trial->diag}, op, a, b, c));
}

static inline Tensor trial_binding(void *context, int64_t binding) {
  return tensor_retain(&((Trial *)context)->bound[binding]);
}

static inline Values trial_values(Trial *trial) {
  return (Values){.graph = &trial->graph, .binding = trial_binding, .context = trial};
}

static inline void trial_pointers(Trial *trial, void *pointers[TRIAL_BOUND]) {
  for (int i = 0; i < trial->bound_count; i++) pointers[i] = tensor_data(&trial->bound[i]);
}

/* The same type and bits; of a NaN, which of two operands it came from may depend on where in a
 * vector it stood. */
static inline bool same_bits(const Tensor *a, const Tensor *b) {
  if (a->dtype != b->dtype || !shape_equal(&a->shape, &b->shape)) return false;
  size_t size = dtype_bytes(a->dtype);
  for (int64_t i = 0; i < tensor_count(a); i++) {
    double x = tensor_get(a, i), y = tensor_get(b, i);
    if (!(x != x && y != y) && memcmp((char *)tensor_data(a) + (size_t)i * size,
                                      (char *)tensor_data(b) + (size_t)i * size, size) != 0)
      return false;
  }
  return true;
}

static inline void trial_take_scratch(void *unused, int64_t index) {
  (void)unused, (void)index;
  team_scratch(1 << 20);
}

static inline void trial_warm_thread(void *arrived, int64_t block) {
  trial_take_scratch(NULL, block);
  team_alone(trial_take_scratch, NULL, block);
  atomic_fetch_add((atomic_int *)arrived, 1);
  while (atomic_load((atomic_int *)arrived) < team_size()) {}
}

/* Every thread of the team takes a block and waits for the others, so each has scratch of this
 * size, as a task and as a team of one: which thread does which block of a plan is chance, and one
 * that idled through the first runs would let its scratch grow in a later one. */
static inline void trial_warm(void) {
  atomic_int arrived = 0;
  team_run(team_size(), trial_warm_thread, &arrived);
}

/* Plans the nodes on 1 to 4 threads, lets `look` (or NULL) see each plan, and holds what it gives,
 * twice over poisoned memory, against the immediate executor. */
static inline void trial_compare(Trial *trial, const NodeId *nodes, int count, const char *what,
                                 void (*look)(const Plan *plan, void *context), void *context) {
  PlanSpec spec = {.graph = &trial->graph, .results = nodes, .result_count = count};
  Values values = trial_values(trial);
  void *pointers[TRIAL_BOUND];
  Tensor results[TRIAL_NODES] = {{0}};
  trial_pointers(trial, pointers);
  for (int threads = 1; threads <= 4; threads++) {
    team_start(threads);
    Plan *plan = plan_make(&spec, &trial->diag);
    cr_assert(plan, "%s", trial->diag.message);
    if (look) look(plan, context);
    plan_timing(plan, threads == 3); /* then one step after the other */
    for (int again = 0; again < 2; again++) {
      plan_poison(plan);
      cr_assert_eq(plan_run(plan, pointers, results, NULL, &trial->diag), RUN_DONE);
    }
    plan_free(plan);
    for (int i = 0; i < count; i++) {
      cr_assert(same_bits(&results[i], values_get(&values, nodes[i], &trial->diag)),
                "%s, %d threads, result %d", what, threads, i);
      tensor_release(&results[i]);
      results[i] = (Tensor){0};
    }
  }
  values_free(&values);
  team_stop();
}

static inline void trial_end(Trial *trial) {
  for (int i = 0; i < trial->bound_count; i++) tensor_release(&trial->bound[i]);
  graph_free(&trial->graph);
}

#endif
