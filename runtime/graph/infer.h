/* infer.h — inside this room: the rules that give a node its type.
 *
 * The column `infer` of ops.def names a function infer_…; each has this one shape.  A rule checks
 * and reports what a script can get wrong (shapes, axes, sizes); what only a builder or a gradient
 * rule could get wrong (arity, a dtype that should have been cast) it asserts.  `*result` starts
 * cleared.
 */
#ifndef GD_RUNTIME_GRAPH_INFER_H
#define GD_RUNTIME_GRAPH_INFER_H

#include "runtime/graph/graph.h"

typedef struct Infer {
  const Graph *graph; /* for the span of a message */
  Op op;
  const Type *const *inputs;
  int input_count;
  const int64_t *attrs;
  int attr_count;
  Diag *diag;
} Infer;

typedef bool InferRule(const Infer *rule, Type *result);

/* The inputs' shapes by the broadcasting of LANGUAGE.md section 3; false after saying why not. */
bool infer_broadcast(const Infer *rule, Shape *shape);

/* "shapes do not fit in `@`", labelled "[2, 3] @ [4, 5]: " and what the format says. */
bool infer_misfit(const Infer *rule, const char *format, ...) PRINTF_LIKE(2, 3);

/* Any other mistake, at the current expression. */
bool infer_fail(const Infer *rule, const char *format, ...) PRINTF_LIKE(2, 3);

static inline const Shape *infer_shape(const Infer *rule, int input) {
  return &rule->inputs[input]->shape;
}

/* Space for the shapes of one message. */
typedef char ShapeText[200];

#endif
