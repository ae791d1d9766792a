/* states.h — the states of an optimizer, for each trained tensor. */
#ifndef GD_LANG_STATES_H
#define GD_LANG_STATES_H

#include "lang/optimizers/optimizer.h"

typedef struct TargetMemory {
  ParamObject *param;          /* held */
  Tensor *states;              /* by STATE statement in order; owned */
  struct SparseMemory *sparse; /* of updates by rows (sparse.h), or NULL; owned */
  int64_t before;              /* steps of the optimizer before its first of this tensor */
  int64_t elements; /* of the whole vector, if these are its states and `param` its first tensor;
                       else 0 */
} TargetMemory;

/* An optimizer at one time: its steps, hyperparameters and states, for `restarts:`, `race` and a
 * failing line of a session.  Not its `scale`, which train_free resets. */
typedef struct OptimizerKept {
  OptimizerObject *optimizer; /* held */
  int64_t steps;
  uint64_t left;
  bool finds;
  Value *arguments;      /* held; owned array */
  TargetMemory *targets; /* with copies of the states; owned; NULL: not copied yet (states_keep) */
  int count;             /* of targets */
} OptimizerKept;

/* number of STATE statements of the declaration; with those of inner optimizers */
int states_own(const OptimizerObject *optimizer);
int states_count(const OptimizerObject *optimizer);
/* the name of a state, and of the optimizer that declares it */
const char *states_name(const OptimizerObject *optimizer, int index, const char **of);
/* borrows; NULL before its first step */
TargetMemory *states_of(OptimizerObject *optimizer, ParamObject *param);
/* the same, with states that are perhaps behind what is held of them (sparse.h) */
TargetMemory *states_at(const OptimizerObject *optimizer, const ParamObject *param);
TargetMemory *states_new(OptimizerObject *optimizer, ParamObject *param);
/* Releases the last targets, down to `count`: those that a failed reading or a trial added. */
void states_release(Vm *vm, OptimizerObject *optimizer, int count);
void states_free(Vm *vm, OptimizerMemory *memory);
/* call it before a step stores: what a failing line of a session restores is copied, once a line */
void states_keep(Vm *vm, OptimizerObject *optimizer);

void states_take(Vm *vm, OptimizerObject *optimizer, OptimizerKept *kept);
void states_put_back(Vm *vm, const OptimizerKept *kept);
void states_kept_free(OptimizerKept *kept); /* its memory alone: the objects are swept */
void states_kept_release(Vm *vm, OptimizerKept *kept);
/* KindRow.keep of an optimizer */
Memento *states_memento(Vm *vm, Object *object);

#endif
