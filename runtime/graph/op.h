/* op.h — the type Op, a row of ops.def, for files that only pass operations on. */
#ifndef GD_RUNTIME_GRAPH_OP_H
#define GD_RUNTIME_GRAPH_OP_H

#include "runtime/base/base.h"

/* a row of ops.def: OP_ADD … */
typedef uint16_t Op;

/* A file that needs the numbers of operations while it is compiled (a switch, a table) includes
 * opcodes.h, and every new row of ops.def builds it again.  One that only makes nodes of a few, or
 * compares with them, declares those, `extern const Op OP_SORT;`, and gets their numbers when it is
 * linked (opcodes.c). */

/* How an elementwise op treats dtypes (ops.def, MAP); CLASS_NONE for any other op. */
typedef enum OpClass {
  CLASS_NONE,
  CLASS_REAL,
  CLASS_ARITH,
  CLASS_KEEP,
  CLASS_COMPARE,
  CLASS_LOGIC,
  CLASS_SELECT
} OpClass;
OpClass op_class(Op op);

/* Attributes of CONV2D and of a pool, in the order of ops.def; their gradients have sizes after
 * these.
 */
enum { CONV_GROUPS = 8, CONV_ATTRS = 9, POOL_ATTRS = 8 };

const char *op_name(Op op); /* for dumps and messages: "@", "sum", "log" */
bool op_converts(Op op);    /* CAST: its attribute is a dtype */
/* that of its row; "" when it has no name in the language */
const char *op_signature(Op op);
/* its result depends only on which operand is greater: comparisons, minimum, maximum, clamp */
bool op_compares(Op op);
bool op_differentiable(Op op);

#endif
