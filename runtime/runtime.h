/* runtime.h — the face of runtime/ for lang/: everything a script's evaluator may call. */
#ifndef GD_RUNTIME_RUNTIME_H
#define GD_RUNTIME_RUNTIME_H

#include "runtime/graph/graph.h"
#include "runtime/kernels/kernel.h"
#include "runtime/plan/plan.h"

#endif
