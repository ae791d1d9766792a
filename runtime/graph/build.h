/* build.h — inside this room: what the builders of the surface share.
 *
 * A builder turns one call of the language into nodes.  It is handed the bound arguments
 * in the order of the row's signature; those not given are ARG_ABSENT, and the builder knows
 * the default (the signature only shows it to the reader).  arg.h reads arguments.
 *
 * A file of builders declares its own in one line at its head, and ops.c all of them, by ops.def;
 * so do the rules of inference and of gradients.
 */
#ifndef GD_RUNTIME_GRAPH_BUILD_H
#define GD_RUNTIME_GRAPH_BUILD_H

#include "runtime/graph/arg.h"
#include "runtime/graph/simplify.h"

/* How most builders return their result. */
static inline int build_one(NodeId result, NodeId *results) {
  results[0] = result;
  return result != 0;
}

#endif
