/* bench.h — a graph on the workbench: inputs with numbers, a row called by name, results worked
 * out.
 *
 * For the tests of this folder.  A Bench owns one graph and the tensors bound to its inputs;
 * everything is worked out by the immediate executor, node by node, on the plain kernels.
 */
#ifndef GD_TESTS_RUNTIME_GRAPH_BENCH_H
#define GD_TESTS_RUNTIME_GRAPH_BENCH_H

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "runtime/graph/build.h"
#include "runtime/graph/graph.h"
#include "runtime/graph/ops.h"
#include "runtime/plan/plan.h"

enum { BENCH_INPUTS = 16 };

typedef struct Bench {
  Graph graph;
  Diag diag;
  Maker maker;
  Tensor inputs[BENCH_INPUTS];
  NodeId nodes[BENCH_INPUTS];
  int count;
} Bench;

#define SHAPE(...) \
  shape_of(COUNT_OF(((const int64_t[]){__VA_ARGS__})), (const int64_t[]){__VA_ARGS__})
#define SCALAR ((Shape){0})

static inline Bench *bench_new(Dtype real) {
  Bench *bench = mem_zero(sizeof *bench);
  graph_init(&bench->graph, real);
  bench->maker = (Maker){&bench->graph, &bench->diag};
  return bench;
}

static inline void bench_free(Bench *bench) {
  for (int i = 0; i < bench->count; i++) tensor_release(&bench->inputs[i]);
  graph_free(&bench->graph);
  mem_free(bench);
}

/* An input of that type, zero at first. */
static inline NodeId bench_input(Bench *bench, Dtype dtype, Shape shape) {
  Type type = {.dtype = dtype, .shape = shape};
  cr_assert(bench->count < BENCH_INPUTS &&
            tensor_zeros(&bench->inputs[bench->count], dtype, &shape, &bench->diag));
  NodeId node = graph_input(&bench->graph, &type, bench->count);
  return bench->nodes[bench->count++] = node;
}

/* Numbers from low to high that look random and do not depend on anything but `salt`. */
static inline double bench_noise(uint64_t salt, int64_t index) {
  return (double)(hash_mix(salt + 1, (uint64_t)index + 77) >> 11) / 9007199254740992.0;
}

static inline void bench_fill(Bench *bench, int input, double low, double high) {
  Tensor *tensor = &bench->inputs[input];
  for (int64_t i = 0; i < tensor_count(tensor); i++)
    tensor_set(tensor, i, low + (high - low) * bench_noise((uint64_t)input, i));
}

static inline NodeId bench_values(Bench *bench, Dtype dtype, Shape shape, const double *values) {
  NodeId node = bench_input(bench, dtype, shape);
  for (int64_t i = 0; i < shape_count(&shape); i++)
    tensor_set(&bench->inputs[bench->count - 1], i, values[i]);
  return node;
}
#define VALUES(bench, dtype, shape, ...) \
  bench_values(bench, dtype, shape, (const double[]){__VA_ARGS__})

static inline Arg node_arg(NodeId node) { return (Arg){.kind = ARG_NODE, .node = node}; }
static inline Arg number_arg(double number) { return (Arg){.kind = ARG_NUMBER, .number = number}; }
static inline Arg bool_arg(bool truth) { return (Arg){.kind = ARG_BOOL, .number = truth}; }
static inline Arg text_arg(const char *text) { return (Arg){.kind = ARG_TEXT, .text = text}; }
static inline Arg absent_arg(void) { return (Arg){.kind = ARG_ABSENT}; }
#define NUMBERS_ARG(...)                           \
  ((Arg){.kind = ARG_NUMBERS,                      \
         .numbers = (const double[]){__VA_ARGS__}, \
         .count = COUNT_OF(((const double[]){__VA_ARGS__}))})
#define NODES_ARG(...)                           \
  ((Arg){.kind = ARG_NODES,                      \
         .nodes = (const NodeId[]){__VA_ARGS__}, \
         .count = COUNT_OF(((const NodeId[]){__VA_ARGS__}))})

/* Calls a row; arguments that are not given are absent.  Gives how many results. */
static inline int bench_call_all(Bench *bench, const char *name, const Arg *given, int count,
                                 NodeId results[RESULTS_MOST]) {
  const OpRow *row = ops_find(name);
  cr_assert(row, "no row named %s", name);
  Arg args[12] = {{0}};
  int wanted = (int)strlen(row->kinds);
  for (int i = 0; i < wanted; i++) args[i] = i < count ? given[i] : absent_arg();
  return row->build(&bench->maker, row->op, args, wanted, results);
}

static inline NodeId bench_call(Bench *bench, const char *name, const Arg *given, int count) {
  NodeId results[RESULTS_MOST] = {0};
  int made = bench_call_all(bench, name, given, count, results);
  return made ? results[0] : 0;
}
#define CALL(bench, name, ...) \
  bench_call(bench, name, (const Arg[]){__VA_ARGS__}, COUNT_OF(((const Arg[]){__VA_ARGS__})))

static inline Tensor bench_binding(void *context, int64_t binding) {
  return tensor_retain(&((Bench *)context)->inputs[binding]);
}

/* The value of a node with the inputs of now: a tensor to release. */
static inline Tensor bench_value(Bench *bench, NodeId node) {
  cr_assert(node, "no node: %s (%s)", bench->diag.message, bench->diag.label);
  Values values = {.graph = &bench->graph, .binding = bench_binding, .context = bench};
  Diag diag = {0};
  const Tensor *tensor = values_get(&values, node, &diag);
  cr_assert(tensor, "%s", diag.message);
  Tensor copy = tensor_retain(tensor);
  values_free(&values);
  return copy;
}

/* The message of the fault that working the node out ends in. */
static inline void bench_fault(Bench *bench, NodeId node, const char *words) {
  cr_assert(node, "no node: %s", bench->diag.message);
  Values values = {.graph = &bench->graph, .binding = bench_binding, .context = bench};
  Diag diag = {0};
  cr_assert_null(values_get(&values, node, &diag));
  cr_assert(strstr(diag.message, words), "the fault is \"%s\"", diag.message);
  values_free(&values);
}

static inline double bench_number(Bench *bench, NodeId node, int64_t index) {
  Tensor tensor = bench_value(bench, node);
  cr_assert(index < tensor_count(&tensor));
  double number = tensor_get(&tensor, index);
  tensor_release(&tensor);
  return number;
}

/* The node's value as the language prints it. */
static inline void bench_prints(Bench *bench, NodeId node, const char *expected) {
  Tensor tensor = bench_value(bench, node);
  Text text = {0};
  tensor_text(&tensor, &text);
  cr_assert_str_eq(text.data, expected);
  text_free(&text);
  tensor_release(&tensor);
}

/* The type as text: "f32[2, 3]", "number". */
static inline void bench_type(Bench *bench, NodeId node, const char *expected) {
  cr_assert(node, "no node: %s (%s)", bench->diag.message, bench->diag.label);
  const Type *type = &graph_node(&bench->graph, node)->type;
  Text text = {0};
  text_string(&text, type->weak ? "number" : dtype_name(type->dtype));
  if (type->shape.rank) shape_text(&type->shape, &text);
  cr_assert_str_eq(text.data, expected);
  text_free(&text);
}

/* The last call failed with these words in message or label; clears the Diag. */
static inline void bench_failed(Bench *bench, NodeId node, const char *message, const char *label) {
  cr_assert_eq(node, 0, "there should be an error: %s", message);
  cr_assert(bench->diag.status, "there is no message");
  cr_assert(strstr(bench->diag.message, message), "the message is \"%s\", not \"%s\"",
            bench->diag.message, message);
  cr_assert(strstr(bench->diag.label, label), "the label is \"%s\", not \"%s\"", bench->diag.label,
            label);
  bench->diag = (Diag){0};
}

#endif
