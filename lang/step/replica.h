/* replica.h — a recorded step once more, to run beside others on rows of its own (`shards:`).
 *
 * A replica has a plan of its own, and every input that may differ from the step's: the columns of
 * the minibatch, the key of the draws, and buffers that the step assigns, which it reads and writes
 * in memory of its own.  Params and constants are the step's, and only read.  So any number of
 * replicas run at once, and nothing is stored outside of them and of what they are given.
 *
 * What a run makes lies in results of that run, until the replica runs with them again.
 */
#ifndef GD_LANG_REPLICA_H
#define GD_LANG_REPLICA_H

#include "lang/step/step.h"

/* One run of a replica. */
typedef struct ReplicaRun {
  Tensor *results; /* as in Step; owned, but for the sums, which are borrowed */
  RunOutcome how;
} ReplicaRun;

typedef struct Replica {
  Plan *plan;        /* the first replica's is the step's; the others' are lent by the cache, … */
  uint64_t plan_key; /* … to be returned with this key */
  Tensor *stored;    /* by store: the buffer's value; owned */
  Limits *stored_limits; /* the same; owned */
  void **pointers;       /* arguments of plan_run; owned */
  Limits **limits;       /* the same; owned */
  int32_t key[4];        /* of the draws */
  ReplicaRun *runs;      /* owned */
  int run_count;
} Replica;

/* Can this step, recorded or not, have replicas?  It must be of STEP_FIRST and need no decision
 * before it runs. */
bool replica_may_be(const Step *step);
/* Makes replica number `index` of a recorded step, with room for a run of this number, if there is
 * none yet; false: there is not enough memory. */
bool replica_make(Vm *vm, Step *step, int index, int run);
/* Sets all inputs of the step and of its replicas that are the same for all parts of an update. */
void replica_bind_all(Vm *vm, Step *step, const StepContext *context);
/* What a part has of its own. */
typedef struct ReplicaInputs {
  const Tensor *columns; /* of the minibatch */
  int column_count;      /* 0: the step has no data */
  uint64_t key_seed, key_number;
} ReplicaInputs;

/* Fills this run of it, whose results say where the sums go.  In a task of team_beside. */
void replica_run(const Step *step, Replica *replica, ReplicaRun *run, const ReplicaInputs *inputs);
void replica_free_all(Vm *vm, Step *step);

#endif
