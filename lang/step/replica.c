/* replica.c — see replica.h. */
#include "lang/step/replica.h"

#include "lang/tensors/draw.h"

#include <string.h>

bool replica_may_be(const Step *step) {
  return step->trace && step->spec && !step->decided && step->trace->guard_count == 0 &&
         step->sparse_count == 0;
}

/* ---- making one ---- */

static bool is_sum(const Step *step, int result) {
  return result >= step->sums_at && result < step->sums_at + step->sum_count;
}

static const Tensor *buffer_of(const Step *step, int store) {
  return &step->trace->bindings[step->stores[store].binding].param->value;
}

static void free_run(const Step *step, ReplicaRun *run) {
  for (int i = 0; i < step->result_count; i++)
    if (!is_sum(step, i)) tensor_release(&run->results[i]);
  mem_free(run->results);
}

/* The plan of the first replica is the step's. */
static void free_replica(Vm *vm, const Step *step, Replica *replica) {
  if (replica->plan && replica->plan != step->plan)
    plan_release(vm->tracer->plans, replica->plan_key, replica->plan);
  for (int k = 0; replica->stored && k < step->store_count; k++)
    tensor_release(&replica->stored[k]);
  for (int i = 0; i < replica->run_count; i++) free_run(step, &replica->runs[i]);
  mem_free(replica->runs);
  mem_free(replica->stored);
  mem_free(replica->stored_limits);
  mem_free(replica->pointers);
  mem_free(replica->limits);
}

/* False: there is no memory. */
static bool fill(Vm *vm, const Step *step, bool first, Replica *replica) {
  Diag diag = {0};
  const size_t bindings = (size_t)step->trace->binding_count + 1,
               stores = (size_t)step->store_count + 1;
  replica->plan = first ? step->plan
                        : plan_borrow(vm->tracer->plans, step->spec, &replica->plan_key, &diag);
  if (!replica->plan) return false;
  replica->pointers = mem_alloc(bindings * sizeof(void *));
  replica->limits = mem_alloc(bindings * sizeof(Limits *));
  replica->stored = mem_zero(stores * sizeof(Tensor));
  replica->stored_limits = mem_zero(stores * sizeof(Limits));
  for (int k = 0; k < step->store_count; k++) {
    const Tensor *like = buffer_of(step, k);
    if (!tensor_new(&replica->stored[k], like->dtype, &like->shape, &diag)) return false;
  }
  return true;
}

/* Tensors of the step's own types; false: there is no memory. */
static bool fill_run(const Step *step, ReplicaRun *run) {
  Diag diag = {0};
  run->results = mem_zero((size_t)(step->result_count + 1) * sizeof(Tensor));
  for (int i = 0; i < step->result_count; i++) {
    const Tensor *like = &step->results[i];
    if (!is_sum(step, i) && !tensor_new(&run->results[i], like->dtype, &like->shape, &diag))
      return false;
  }
  return true;
}

bool replica_make(Vm *vm, Step *step, int index, int run) {
  while (step->replica_count <= index) {
    Replica made = {.plan = NULL};
    if (!fill(vm, step, step->replica_count == 0, &made)) {
      free_replica(vm, step, &made);
      return false;
    }
    step->replicas = mem_grow(step->replicas,
                              (size_t)(step->replica_count + 1) * sizeof *step->replicas);
    step->replicas[step->replica_count++] = made;
  }
  Replica *replica = &step->replicas[index];
  while (replica->run_count <= run) {
    ReplicaRun made = {.how = RUN_INTERRUPTED};
    if (!fill_run(step, &made)) {
      free_run(step, &made);
      return false;
    }
    replica->runs = mem_grow(replica->runs,
                             (size_t)(replica->run_count + 1) * sizeof *replica->runs);
    replica->runs[replica->run_count++] = made;
  }
  return true;
}

void replica_free_all(Vm *vm, Step *step) {
  for (int i = 0; i < step->replica_count; i++) free_replica(vm, step, &step->replicas[i]);
  mem_free(step->replicas);
  step->replicas = NULL;
  step->replica_count = 0;
}

/* ---- running it ---- */

void replica_bind_all(Vm *vm, Step *step, const StepContext *context) {
  const size_t bindings = (size_t)step->trace->binding_count;
  step_bind(vm, step, context);
  for (int r = 0; r < step->replica_count; r++) {
    Replica *replica = &step->replicas[r];
    memcpy(replica->pointers, step->pointers, bindings * sizeof *replica->pointers);
    memcpy(replica->limits, step->limits, bindings * sizeof(Limits *));
    if (step->key >= 0) replica->pointers[step->key] = replica->key;
    for (int k = 0; k < step->store_count; k++) {
      replica->pointers[step->stores[k].binding] = tensor_data(&replica->stored[k]);
      replica->limits[step->stores[k].binding] = &replica->stored_limits[k];
    }
    for (int i = 0; i < replica->run_count; i++) replica->runs[i].how = RUN_INTERRUPTED;
  }
}

void replica_run(const Step *step, Replica *replica, ReplicaRun *run, const ReplicaInputs *inputs) {
  for (int i = 0; i < inputs->column_count; i++)
    replica->pointers[step->columns[i]] = tensor_data(&inputs->columns[i]);
  draw_key(replica->key, inputs->key_seed, inputs->key_number);
  for (int k = 0; k < step->store_count; k++) {
    memcpy(tensor_data(&replica->stored[k]), tensor_data(buffer_of(step, k)),
           tensor_bytes(&replica->stored[k]));
    replica->stored_limits[k] = (Limits){0};
  }
  Diag diag;
  diag_clear(&diag);
  int which = 0;
  run->how = plan_run_known(replica->plan, replica->pointers, replica->limits, run->results, &which,
                            &diag);
}
