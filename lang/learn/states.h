/* states.h — the states of an optimizer, by the tensor that they belong to. */
#ifndef GD_LANG_STATES_H
#define GD_LANG_STATES_H

#include "lang/learn/optimizer.h"

typedef struct TargetMemory {
  ParamObject *param;          /* held */
  Tensor *states;              /* by STATE statement in order; owned */
  struct SparseMemory *sparse; /* of updates by rows (sparse.h), or NULL; owned */
  int64_t elements; /* of the whole vector of the states, whose first tensor `param` is; else 0 */
} TargetMemory;

/* STATE statements of the declaration; with those of the optimizers that it was given */
int states_own(const OptimizerObject *optimizer);
int states_count(const OptimizerObject *optimizer);
/* the name of one of these states, and of the optimizer that declares it */
const char *states_name(const OptimizerObject *optimizer, int index, const char **of);
/* borrows; NULL before its first step */
TargetMemory *states_of(OptimizerObject *optimizer, ParamObject *param);
TargetMemory *states_new(OptimizerObject *optimizer, ParamObject *param);
/* Releases the last targets, down to `count`: those that a failed reading or a trial added. */
void states_release(Vm *vm, OptimizerObject *optimizer, int count);
void states_free(Vm *vm, OptimizerMemory *memory);

#endif
