/* compute.h — the face of runtime/ for lang/, first part: graphs, and numbers made of them.
 *
 * The runtime turns graphs into numbers and knows no script.  Its rooms, in the order in which they
 * build on each other:
 *
 *   base      memory, arenas, text, numbers as text, the Diag, random bits
 *   tensor    dtypes, shapes, Buffers, Tensors
 *   graph     nodes of the table ops.def, their types, the builders behind the names of the
 *             language, gradients
 *   kernels   what a node computes, over plain memory; the team of threads
 *   plan      a graph made ready to run again and again; the immediate executor (Values)
 *   io        data files and checkpoints: files.h, for the few who read and write them
 *
 * One expression: lang/ binds a call's arguments (Arg) to an OpRow found by name (ops_find), the
 * row's builder emits nodes into a Graph through a Maker, gradient() emits more, and either Values
 * works a node out at once or plan_make makes the whole graph a Plan that plan_run runs.  Whatever
 * does not fit becomes a Diag with a place in the script; nothing in the runtime prints, exits or
 * longjmps.
 *
 * lang/ includes this file, files.h, and two of io/ for tables, and no other of the runtime's.
 */
#ifndef GD_RUNTIME_COMPUTE_H
#define GD_RUNTIME_COMPUTE_H

#include "runtime/base/clock.h"
#include "runtime/base/isa.h"
#include "runtime/base/lookup.h"
#include "runtime/base/rng.h"
#include "runtime/base/stop.h"
#include "runtime/graph/batching.h"
#include "runtime/graph/gradient.h"
#include "runtime/graph/graph.h"
#include "runtime/graph/ops.h"
#include "runtime/graph/print.h"
#include "runtime/graph/put.h"
#include "runtime/graph/recall.h"
#include "runtime/graph/rest.h"
#include "runtime/graph/rows.h"
#include "runtime/graph/simplify.h"
#include "runtime/graph/slopes.h"
#include "runtime/graph/verify.h"
#include "runtime/io/allowed.h"
#include "runtime/kernels/apart.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/library.h"
#include "runtime/kernels/single.h"
#include "runtime/kernels/team.h"
#include "runtime/plan/eager.h"
#include "runtime/plan/limit.h"
#include "runtime/plan/plan.h"

#endif
