/* opcodes.h — the operations by name: OP_ADD, OP_MATMUL …, one for each MAP and OP row of ops.def.
 *
 * Apart from the type Op (graph/graph.h), which most files only pass on: a new row builds again
 * those that name an operation, and no others.
 */
#ifndef GD_RUNTIME_OPCODES_H
#define GD_RUNTIME_OPCODES_H

enum {
  OP_NONE,
#define MAP(ID, ...) OP_##ID,
#define OP(ID, ...) OP_##ID,
#define FORM(ID, ...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
  OP_COUNT
};

#endif
