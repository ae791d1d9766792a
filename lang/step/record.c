/* record.c — see record.h.
 *
 * After the loss and its gradient (forward.c, backward.c), clipping and the declared optimizer add
 * their nodes, and the buffers and params that the loss assigned are stored with the rest.  Before
 * anything is stored, the loss, the gradients, and every new value of a param, a state or a buffer
 * must be finite; the plan checks this (runtime/plan/sure.c) of what watch.c names.
 */
#include "lang/step/record.h"

#include "lang/eval/check.h"

#include "lang/optimizers/ahead.h"
#include "lang/optimizers/optimizer_step.h"
#include "lang/optimizers/role.h"
#include "lang/optimizers/states.h"
#include "lang/step/backward.h"
#include "lang/step/forward.h"
#include "lang/step/watch.h"
#include "lang/tensors/dump.h"
#include "lang/tensors/trace_param.h"

#include <string.h>

/* ---- the update ---- */

static int64_t steps_an_epoch(const StepContext *context) {
  if (!context->source || !context->column_count) return 1;
  int64_t batch = context->columns[0].shape.dim[0], all = context->source->columns[0].shape.dim[0];
  return batch > 0 ? (all + batch - 1) / batch : 1;
}

/* Gradients that are zero but for some rows. */
static void update_by_rows(Tracing *tracing, int target, Store *stores, int *count) {
  Step *step = tracing->step;
  const Objective *objective = step->objective;
  SparseTarget sparse = {.param = objective->targets[target],
                         .optimizer = objective->optimizer,
                         .nodes = tracing->all.nodes[target],
                         .steps_an_epoch = steps_an_epoch(tracing->context)};
  NodeId *watched = &tracing->watched[1 + target];
  if (step->role != STEP_WHOLE ||
      !sparse_trace(tracing->vm, tracing->trace, &sparse, *watched, watched, stores, count))
    return;
  if (!step->sparse)
    step->sparse = arena_alloc(&tracing->trace->graph.arena,
                               (size_t)objective->target_count * sizeof sparse);
  step->sparse[step->sparse_count++] = sparse;
}

static void begin_optimizer(Tracing *tracing) {
  Objective *objective = tracing->step->objective;
  hyper_inputs(tracing->vm, tracing->trace, objective->optimizer, &tracing->step->inputs);
  tracing->all = (OptimizerStep){.trace = tracing->trace,
                                 .optimizer = objective->optimizer,
                                 .inputs = &tracing->step->inputs,
                                 .targets = objective->targets,
                                 .gradients = tracing->gradients,
                                 .count = objective->target_count,
                                 .loss = tracing->loss,
                                 .forward = tracing->loss,
                                 .of_one = tracing->step->role == STEP_WHOLE};
  if (tracing->step->role == STEP_APPLY) tracing->all.roles = objective->roles;
}

/* For the update, which is made without the loss. */
static void keep_roles(Tracing *tracing) {
  Objective *objective = tracing->step->objective;
  const OptimizerStep seen = {.trace = tracing->trace,
                              .targets = objective->targets,
                              .count = objective->target_count,
                              .forward = tracing->loss};
  const size_t count = (size_t)objective->target_count;
  objective->roles = mem_grow(objective->roles, count + 1);
  memcpy(objective->roles, role_study(&seen), count);
}

static void end_optimizer(Tracing *tracing) {
  Step *step = tracing->step;
  optimizer_step_end(tracing->vm, &tracing->all);
  hyper_inputs_release(tracing->vm, step->objective->optimizer, &step->inputs);
}

/* The params as the loss sees them where the optimizer looks ahead. */
static void stage_ahead(Tracing *tracing, NodeId *at) {
  const Objective *objective = tracing->step->objective;
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&tracing->trace->graph, &diag};
  for (int i = 0; i < objective->target_count; i++) {
    ParamObject *param = objective->targets[i];
    at[i] = make_named(&maker, at[i]);
    NodeId inside = at[i] && param->domain.kind ? domain_inside(&maker, at[i], param->domain)
                                                : at[i];
    if (!inside) gather_fail(tracing, &diag, objective->span);
    trace_stage(tracing->trace, param, inside);
  }
}

/* What is compared among processes: the loss at p.  A point ahead of it is of the optimizer's
 * states, which the first recording of a process gives their values, and later ones read. */
static void note_loss(Tracing *tracing) {
  tracing->step->loss_hash = graph_node(&tracing->trace->graph, tracing->loss)->hash;
  tracing->step->loss_bindings = tracing->trace->binding_count;
}

/* The gradient where the optimizer says (ahead.c): the loss is evaluated again there.  Where that
 * place does not need the gradient at p, it is the only evaluation: that of before is not computed,
 * and its assignments to buffers are forgotten. */
static void look_ahead(Tracing *tracing) {
  Step *step = tracing->step;
  const Objective *objective = step->objective;
  Trace *trace = tracing->trace;
  int arguments = ahead_arguments(tracing->vm, objective->optimizer);
  step->ahead = arguments > 0;
  if (!step->ahead) return;
  note_loss(tracing);
  if (!objective->loss && !objective->residuals)
    raise_at(tracing->vm, objective->gradient->span,
             "this optimizer takes the gradient at another point than p: it needs a loss");
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  int count = objective->target_count;
  NodeId *at = arena_alloc(&trace->graph.arena, (size_t)count * sizeof(NodeId));
  begin_optimizer(tracing);
  NodeId norm = arguments == 3 ? backward_norm(tracing, &maker) : 0;
  optimizer_step_ahead(tracing->vm, &tracing->all, norm, at);
  if (arguments == 1) trace_rollback(trace, 0);
  int staged = trace_savepoint(trace);
  stage_ahead(tracing, at);
  NodeId loss = forward_loss(tracing);
  if (!gradient(&trace->graph, loss, 0, at, count, tracing->gradients, &diag))
    gather_fail(tracing, &diag, objective->span);
  for (int i = 0; i < count; i++) {
    Type type = *make_type(&maker, at[i]);
    type.dtype = dtype_wide(type.dtype);
    if (!tracing->gradients[i]) tracing->gradients[i] = make_zeros(&maker, &type);
    if (arguments == 1) trace_unstage(trace, objective->targets[i]);
  }
  if (arguments == 1) tracing->loss = loss;
  else trace_rollback(trace, staged);
}

static void update(Tracing *tracing) {
  Step *step = tracing->step;
  Objective *objective = step->objective;
  if (!step->ahead) begin_optimizer(tracing);
  OptimizerStep *all = &tracing->all;
  all->gradients = tracing->gradients;
  all->loss = tracing->step_loss;
  tracing->store_count += optimizer_step_begin(tracing->vm, all,
                                               tracing->stores + tracing->store_count);
  for (int i = 0; i < objective->target_count; i++) {
    Store *stores = tracing->stores + tracing->store_count;
    int count = optimizer_step_trace(tracing->vm, all, i, stores);
    update_by_rows(tracing, i, stores, &count);
    tracing->store_count += count;
  }
  watch_rows(tracing);
  end_optimizer(tracing);
}

/* ---- the plan ---- */

static void store_assigned(Tracing *tracing) {
  Trace *trace = tracing->trace;
  for (int i = 0; i < trace->staged_count; i++) {
    ParamObject *param = trace->staged[i].param;
    if (objective_trains(tracing->step->objective, param))
      raise_at(tracing->vm, graph_node(&trace->graph, trace->staged[i].node)->span,
               "this loss assigns `%.64s`, which the step trains",
               param->name ? param->name : "a param");
    NodeId raw = trace_stored(trace, param);
    tracing->stores[tracing->store_count++] = (Store){graph_node(&trace->graph, raw)->attrs[0],
                                                      trace->staged[i].node};
    objective_buffer(tracing->step->objective, param, param->name ? param->name : "buffer");
  }
}

/* The loss, the step's own metrics if they are used, the norm, and the values collected for the
 * metrics of the epoch. */
static NodeId *wanted(Tracing *tracing) {
  Step *step = tracing->step;
  const StepContext *context = tracing->context;
  NodeId *taken = NULL, *update = NULL;
  step->update_count = context->update
                           ? measure_find(tracing->vm, context->update, context, tracing->trace,
                                          &tracing->recorded, step->rows, &update)
                           : 0;
  step->taken_count = context->measure
                          ? measure_find(tracing->vm, context->measure, context, tracing->trace,
                                         &tracing->recorded, step->rows, &taken)
                          : 0;
  step->metric_count = context->measure && !context->wants_metrics ? 0 : context->metric_count;
  NodeId *results = arena_alloc(&tracing->trace->graph.arena,
                                (size_t)(2 + step->metric_count + step->taken_count +
                                         step->update_count + step->objective->target_count + 1 +
                                         step->sparse_count * SPARSE_RESULTS) *
                                    sizeof(NodeId));
  int count = 0;
  results[count++] = tracing->loss;
  for (int i = 0; i < step->metric_count; i++) results[count++] = tracing->metrics[i];
  if (tracing->norm) results[count++] = tracing->norm;
  step->taken_at = count;
  for (int i = 0; i < step->taken_count; i++) results[count++] = taken[i];
  step->update_at = count;
  for (int i = 0; i < step->update_count; i++) results[count++] = update[i];
  step->sums_at = count;
  step->sum_count = tracing->sums ? step->objective->target_count + 1 : 0;
  for (int i = 0; i < step->sum_count; i++) results[count++] = tracing->sums[i];
  for (int i = 0; i < step->sparse_count; i++) {
    SparseTarget *sparse = &step->sparse[i];
    sparse->result_at = count;
    results[count++] = sparse->ids;
    for (int k = 0; k < sparse->count; k++) results[count++] = sparse->news[k];
  }
  step->result_count = count;
  return results;
}

static void plan(Tracing *tracing) {
  Step *step = tracing->step;
  Trace *trace = tracing->trace;
  NodeId *results = wanted(tracing);
  int count = step->result_count;
  if (!step->ahead) note_loss(tracing);
  step->result_count = 0; /* there are none yet */
  Diag diag;
  diag_clear(&diag);
  step->own_plan = !step->decided && tracing->context->keyed;
  PlanSpec spec = {.graph = &trace->graph,
                   .results = results,
                   .result_count = count,
                   .watched = tracing->watched,
                   .watched_count = tracing->watched_count,
                   .steady = step->own_plan ? tracing->steady : NULL,
                   .stores = tracing->stores,
                   .store_count = tracing->store_count};
  if (step->role == STEP_FIRST && step->own_plan) {
    PlanSpec *kept = arena_alloc(&trace->graph.arena, sizeof *kept);
    *kept = spec;
    step->spec = kept;
  }
  PlanCache *plans = tracing->vm->tracer->plans;
  step->plan = step->own_plan ? plan_borrow(plans, &spec, &step->plan_key, &diag)
                              : plan_find(plans, &spec, &diag);
  if (!step->plan) gather_fail(tracing, &diag, step->objective->span);
  dump_graph(tracing->vm, DUMP_GRAPH, "graph of the loss and the metrics", &trace->graph, results,
             step->metric_count + 1);
  if (tracing->gradients)
    dump_graph(tracing->vm, DUMP_GRAD, "graph of the gradients", &trace->graph, tracing->gradients,
               step->objective->target_count);
  dump_plan(tracing->vm, step->plan);
  if (tracing->context->times) plan_timing(step->plan, true);
  step->results = mem_zero((size_t)count * sizeof(Tensor));
  step->result_count = count;
  for (int i = 0; i < count; i++) {
    const Type *type = &graph_node(&trace->graph, results[i])->type;
    int sum = i - step->sums_at;
    if (sum >= 0 && sum < step->sum_count)
      step->results[i] = tensor_retain(&step->objective->accumulators[sum]);
    else if (!type->shape.rank) step->results[i] = tensor_scalar(type->dtype, 0);
    else if (!tensor_new(&step->results[i], type->dtype, &type->shape, &diag))
      gather_fail(tracing, &diag, step->objective->span);
  }
  step->pointers = mem_alloc((size_t)(trace->binding_count + 1) * sizeof(void *));
  step->limits = mem_alloc((size_t)(trace->binding_count + 1) * sizeof(Limits *));
  step->stores = tracing->stores;
  step->store_count = tracing->store_count;
  step->watched_count = tracing->watched_count;
}

static int stores_most(const Tracing *tracing) {
  const Objective *objective = tracing->step->objective;
  int each = 2 + (objective->optimizer ? states_count(objective->optimizer) : 0);
  return (objective->target_count + 1) * each + tracing->trace->staged_count + 1;
}

/* `gd check` records everything in the one open trace. */
Trace *record_open(Vm *vm, Span place) {
  return vm->checking && vm->trace ? vm->trace : trace_open(vm, place, NULL);
}

static size_t stored_bytes(const Graph *graph, NodeId node) {
  const Type *type = &graph_node(graph, node)->type;
  return (size_t)shape_count(&type->shape) * dtype_bytes(type->dtype);
}

/* Bytes of the new rows of a table, which are results of the step. */
static size_t rows_bytes(const Graph *graph, const SparseTarget *sparse, const NodeId *results) {
  size_t bytes = 0;
  for (int k = 0; k <= sparse->count; k++)
    bytes += stored_bytes(graph, results[sparse->result_at + k]);
  return bytes;
}

static bool is_stored(const Tracing *tracing, NodeId input) {
  const int64_t binding = graph_node(&tracing->trace->graph, input)->attrs[0];
  for (int i = 0; i < tracing->store_count; i++)
    if (tracing->stores[i].binding == binding) return true;
  return false;
}

static bool is_sparse(const Step *step, const ParamObject *param) {
  for (int i = 0; i < step->sparse_count; i++)
    if (step->sparse[i].param == param) return true;
  return false;
}

/* Bytes of states that this optimizer declares and, as it was made, leaves alone: SGD's without
 * momentum. */
static size_t idle_states(const Tracing *tracing) {
  const OptimizerStep *all = &tracing->all;
  size_t bytes = 0;
  for (int i = 0; i < all->count && all->nodes; i++) {
    if (!is_stored(tracing, trace_stored(tracing->trace, all->targets[i]))) continue; /* unknown */
    for (int k = 0; k < all->optimizer->memory->state_count; k++) {
      NodeId state = all->nodes[i][k];
      if (state && !is_stored(tracing, state) && !is_sparse(tracing->step, all->targets[i]))
        bytes += stored_bytes(&tracing->trace->graph, state);
    }
  }
  return bytes;
}

/* `gd check --cost`: plans the step, which will not run. */
static void estimate(Tracing *tracing) {
  NodeId *results = wanted(tracing);
  PlanSpec spec = {.graph = &tracing->trace->graph,
                   .results = results,
                   .result_count = tracing->step->result_count,
                   .watched = tracing->watched,
                   .watched_count = tracing->watched_count,
                   .stores = tracing->stores,
                   .store_count = tracing->store_count};
  Diag diag;
  diag_clear(&diag);
  Plan *plan = plan_make(&spec, &diag);
  tracing->step->result_count = 0;
  if (!plan) gather_fail(tracing, &diag, tracing->step->objective->span);
  /* before plan_cost, which takes memory to measure with */
  Checker *checker = tracing->vm->checker;
  if (!checker->process) checker->process = mem_resident();
  tracing->step->cost = plan_cost(plan);
  tracing->step->stored = idle_states(tracing);
  for (int i = 0; i < tracing->store_count; i++)
    tracing->step->stored += stored_bytes(&tracing->trace->graph, tracing->stores[i].node);
  for (int i = 0; i < tracing->step->sparse_count; i++) {
    const SparseTarget *sparse = &tracing->step->sparse[i];
    tracing->step->stored += (size_t)sparse->count * tensor_bytes(&sparse->param->value);
    tracing->step->cost.memory += rows_bytes(&tracing->trace->graph, sparse, results);
  }
  plan_free(plan);
}

void record_keep(Tracing *tracing) {
  Vm *vm = tracing->vm;
  if (vm->checking) {
    tracing->trace->key = 0;
    if (vm->options.cost) {
      estimate(tracing);
      trace_rollback(tracing->trace, 0); /* the next step's plan does not assign them too */
    }
    return;
  }
  tracing->step->decided = tracing->trace->decided;
  tracing->step->draws = tracing->trace->drew;
  plan(tracing);
  tracing->step->trace = tracing->trace;
  trace_detach(vm, tracing->trace);
}

void record_step(Vm *vm, Step *step, const StepContext *context) {
  Tracing tracing = {.vm = vm, .step = step, .context = context};
  if (vm->trace && !vm->checking)
    raise_at(vm, step->objective->span,
             "a training step cannot be part of a function that is being differentiated");
  tracing.trace = record_open(vm, step->objective->span);
  bool before = vm->training;
  vm->training = true;
  uint64_t effects = vm->effects;
  if (step->role == STEP_APPLY) {
    forward_key(&tracing);
    gather_take(&tracing);
  } else {
    forward_trace(&tracing);
    backward_trace(&tracing);
    if (step->role == STEP_FIRST) keep_roles(&tracing);
    look_ahead(&tracing);
  }
  step->target_count = step->objective->target_count;
  tracing.stores = arena_alloc(&tracing.trace->graph.arena,
                               (size_t)stores_most(&tracing) * sizeof(Store));
  watch_open(&tracing);
  watch_node(&tracing, tracing.loss);
  bool whole = step->objective->optimizer->whole; /* its gradients are computed separately */
  for (int i = 0; i < step->objective->target_count && !whole; i++)
    watch_node(&tracing, tracing.gradients[i]);
  gather_sums(&tracing);
  if (!step_gathers(step->role) && !whole) {
    backward_clip(&tracing);
    update(&tracing);
  } else if (step->ahead) {
    end_optimizer(&tracing);
  }
  if (vm->effects != effects) trace_effect(vm); /* an optimizer's assignments, as those of a loss */
  store_assigned(&tracing);
  watch_narrow(&tracing);
  vm->training = before;
  record_keep(&tracing);
}
