/* step.c — tracing and running one training step; see step.h.
 *
 * The order of tracing is that of the language page: the pattern's names are bound to INPUT nodes,
 * the loss and the metrics are evaluated with `training` true (each draws from place 0 on, so the
 * same call in both is the same node and the same mask), gradient() adds the backward pass,
 * clipping and the declared optimizer add theirs, and the buffers that methods assigned are stored
 * with the rest.  Before anything is stored, the loss, the gradients, and every new value of a
 * param, a state or a buffer must be finite; the plan checks this (runtime/plan/sure.c).  An update
 * of several plans saves what each replaces (undo.c), so it too is atomic.  That costs one copy of
 * what all but the last of them store; an update of one plan needs no copy.
 */
#include "lang/learn/step.h"
#include "lang/learn/ahead.h"
#include "lang/learn/branch.h"
#include "lang/learn/gather.h"

#include "lang/eval/assign.h"
#include "lang/learn/custom.h"
#include "lang/learn/fault.h"
#include "lang/learn/leaves.h"
#include "lang/learn/optimizer_step.h"
#include "lang/learn/states.h"
#include "lang/learn/whole.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/dump.h"
#include "lang/tensors/operation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

extern const Op OP_ADD, OP_CLAMP, OP_DIV, OP_HYPOT, OP_INPUT, OP_MAXIMUM, OP_MUL, OP_SQUARE;

bool ast_assigns(const Ast *ast) {
  if (!ast) return false;
  if (ast->kind == AST_ASSIGN || ast->kind == AST_OPASSIGN) return true;
  if (ast_assigns(ast->a) || ast_assigns(ast->b) || ast_assigns(ast->c)) return true;
  for (uint32_t i = 0; i < ast->count; i++)
    if (ast_assigns(ast->items[i])) return true;
  return false;
}

/* ---- tracing ---- */

static void bind_minibatch(Tracing *tracing) {
  const StepContext *context = tracing->context;
  Trace *trace = tracing->trace;
  Vm *vm = tracing->vm;
  tracing->step->columns = arena_alloc(&trace->graph.arena,
                                       (size_t)(context->column_count + 1) * sizeof(int));
  if (!context->pattern) return;
  trace->graph.span = context->pattern->span;
  Value row = value_tuple(vm, context->column_count);
  for (int i = 0; i < context->column_count; i++) {
    NodeId node = trace_tensor_input(trace, &context->columns[i], &tracing->step->columns[i]);
    row.tuple->items[i] = trace_result(trace, node);
    tracing->recorded.columns[tracing->recorded.column_count++] = node;
  }
  if (context->column_count == 1) {
    Value only = value_retain(row.tuple->items[0]);
    value_release(vm, row);
    row = only;
  }
  eval_bind(vm, tracing->context->frame, context->pattern, row);
  value_release(vm, row);
}

static void bind_key(Tracing *tracing) {
  tracing->step->key = -1;
  if (!tracing->context->keyed) return;
  Tensor key;
  Diag diag;
  diag_clear(&diag);
  Shape shape = shape_of(1, (int64_t[]){4});
  if (!tensor_new(&key, DTYPE_I32, &shape, &diag)) raise_diag(tracing->vm, &diag);
  draw_key(tensor_data(&key), tracing->context->key_seed, tracing->context->key_number);
  tracing->trace->key = trace_tensor_input(tracing->trace, &key, &tracing->step->key);
  tracing->trace->drew = false;
  tensor_release(&key);
}

/* A clause's value as a node; draws start from the same place in each. */
static NodeId clause_node(Tracing *tracing, const Ast *expression) {
  tracing->trace->place = (int64_t)tracing->step->objective->number << 32;
  Value value = eval(tracing->vm, tracing->context->frame, expression);
  NodeId node = trace_operand(tracing->trace, value, expression->span);
  value_release(tracing->vm, value);
  return node;
}

static NodeId scalar_node(Tracing *tracing, const Ast *expression, const char *what) {
  NodeId node = clause_node(tracing, expression);
  const Type *type = &graph_node(&tracing->trace->graph, node)->type;
  if (type->shape.rank == 0) return node;
  char text[200];
  raise_help(tracing->vm, expression->span, "mean(…) or sum(…) makes one number of it",
             "%s must be one number, this has shape %s", what, shape_show(&type->shape, text));
}

static NodeId loss_node(Tracing *tracing) {
  const Objective *objective = tracing->step->objective;
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&tracing->trace->graph, &diag};
  if (objective->gradient) return make_cast(&maker, make_number(&maker, 0), tracing->vm->real);
  if (objective->loss) {
    NodeId node = scalar_node(tracing, objective->loss, "the loss");
    const Type *type = make_type(&maker, node);
    if (type->weak || !dtype_floats(type->dtype)) node = make_cast(&maker, node, tracing->vm->real);
    return make_wide(&maker, node);
  }
  NodeId residuals = clause_node(tracing, objective->residuals);
  NodeId node = make_sum(&maker, make1(&maker, OP_SQUARE, make_wide(&maker, residuals)), ~0u,
                         false);
  if (!node) gather_fail(tracing, &diag, objective->residuals->span);
  return node;
}

static void check_reached(Tracing *tracing, int target, NodeId gradient) {
  const Trace *trace = tracing->trace;
  if (gradient || (trace->decided && !trace->copied)) return;
  const Objective *objective = tracing->step->objective;
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, objective->span,
            "the loss does not reach `%.64s`, which is to be trained",
            objective->target_names[target]);
  diag_help(&diag, trace->copied ? "copy(w) is a constant to gradients; w itself, or w * 1, is not"
                                 : "freeze it, leave it out of the targets, or use it in the loss");
  if (objective->targets[target]->span.file)
    diag_note(&diag, objective->targets[target]->span, "it was made here");
  raise_diag(tracing->vm, &diag);
}

/* One leaf of a gradient of the script's own, by the storage that is trained. */
static NodeId given_slope(Tracing *tracing, ParamObject *param, Value value) {
  const Span span = tracing->step->objective->gradient->span;
  Trace *trace = tracing->trace;
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId raw = trace_raw(trace, param), inside = trace_param(trace, param);
  const Type type = *make_type(&maker, inside);
  NodeId slope = make_cast(&maker, trace_operand(trace, value, span), type.dtype);
  if (slope && make_type(&maker, slope)->shape.rank == 0)
    slope = make_expand(&maker, slope, &type.shape);
  if (slope && raw != inside && !gradient(&trace->graph, inside, slope, &raw, 1, &slope, &diag))
    slope = 0;
  if (!slope) gather_fail(tracing, &diag, span);
  return slope;
}

/* `gradient:` of an update, a tree of the form of its targets. */
static void given_gradients(Tracing *tracing) {
  Vm *vm = tracing->vm;
  Objective *objective = tracing->step->objective;
  const Ast *clause = objective->gradient;
  int count = objective->target_count;
  tracing->trace->place = (int64_t)objective->number << 32;
  Value value = eval(vm, tracing->context->frame, clause);
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  Leaves *targets, *slopes;
  leaves_match(vm, clause->span, objective->tree, value, &targets, &slopes);
  tracing->gradients = arena_alloc(&tracing->trace->graph.arena, (size_t)count * sizeof(NodeId));
  for (int i = 0; i < targets->count; i++) {
    int place = lookup_place(&objective->target_places, objective->targets, sizeof(ParamObject *),
                             count, targets->items[i].param);
    if (place >= 0)
      tracing->gradients[place] = given_slope(tracing, targets->items[i].param,
                                              slopes->items[i].value);
  }
  leaves_free(vm, slopes);
  leaves_free(vm, targets);
  value_release(vm, value);
}

static void backward(Tracing *tracing) {
  Objective *objective = tracing->step->objective;
  Trace *trace = tracing->trace;
  if (objective->gradient) {
    given_gradients(tracing);
    return;
  }
  if (!objective->targets_given) objective_reached(objective, trace, tracing->loss);
  if (objective->target_count == 0)
    raise_at(tracing->vm, objective->span, "there is nothing to train: no unfrozen param%s",
             objective->targets_given ? " in the targets" : " is reached by the loss");
  int count = objective->target_count;
  NodeId *wrt = arena_alloc(&trace->graph.arena, (size_t)count * sizeof(NodeId));
  tracing->gradients = arena_alloc(&trace->graph.arena, (size_t)count * sizeof(NodeId));
  for (int i = 0; i < count; i++) wrt[i] = trace_raw(trace, objective->targets[i]);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId from = tracing->loss;
  if (tracing->step->role == STEP_FIRST && !ahead_arguments(tracing->vm, objective->optimizer))
    from = tracing->sum_loss = gather_weighted_loss(tracing, &maker);
  if (!from || !gradient(&trace->graph, from, 0, wrt, count, tracing->gradients, &diag))
    gather_fail(tracing, &diag, objective->span);
  for (int i = 0; i < count; i++) {
    check_reached(tracing, i, tracing->gradients[i]);
    Type type = *make_type(&maker, wrt[i]);
    type.dtype = dtype_wide(type.dtype);
    if (!tracing->gradients[i]) tracing->gradients[i] = make_zeros(&maker, &type);
  }
}

static void watch(Tracing *tracing, NodeId node) {
  Diag diag;
  diag_clear(&diag);
  node = make_wide(&(Maker){&tracing->trace->graph, &diag}, node);
  const Node *input = graph_node(&tracing->trace->graph, node);
  tracing->steady[tracing->watched_count] = input->op == OP_INPUT &&
                                            tracing->trace->bindings[input->attrs[0]].constant;
  tracing->watched[tracing->watched_count++] = node;
}

/* The norm of all gradients together.  In f64 and scaled: squares of large gradients overflow,
 * those of tiny ones underflow. */
static NodeId length_of_all(const Tracing *tracing, Maker *maker) {
  NodeId length = 0;
  for (int i = 0; i < tracing->step->objective->target_count; i++) {
    NodeId own = make_cast(maker, make_norm(maker, tracing->gradients[i]), DTYPE_F64);
    length = length ? make2(maker, OP_HYPOT, length, own) : own;
  }
  return length;
}

/* g / max(1, norm / most).  The divisor is watched: a norm beyond the range of the gradients' dtype
 * would make them 0. */
static void clip_length(Tracing *tracing, Maker *maker) {
  Objective *objective = tracing->step->objective;
  NodeId excess =
      make2(maker, OP_MAXIMUM,
            make2(maker, OP_DIV, tracing->norm, make_number(maker, objective->clip_norm)),
            make_number(maker, 1));
  NodeId before = 0;
  for (int i = 0; i < objective->target_count && excess; i++) {
    NodeId divisor = make_cast(maker, excess, make_type(maker, tracing->gradients[i])->dtype);
    if (divisor && divisor != before) watch(tracing, divisor);
    before = divisor;
    tracing->gradients[i] = make2(maker, OP_DIV, tracing->gradients[i], divisor);
  }
}

static void clip(Tracing *tracing) {
  Objective *objective = tracing->step->objective;
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&tracing->trace->graph, &diag};
  if (objective->clip_norm > 0 || objective->wants_norm)
    tracing->norm = length_of_all(tracing, &maker);
  if (objective->clip_norm > 0) clip_length(tracing, &maker);
  for (int i = 0; i < objective->target_count && objective->clip_value > 0; i++)
    tracing->gradients[i] = make3(&maker, OP_CLAMP, tracing->gradients[i],
                                  make_number(&maker, -objective->clip_value),
                                  make_number(&maker, objective->clip_value));
  for (int i = 0; i < objective->target_count; i++)
    if (!tracing->gradients[i]) gather_fail(tracing, &diag, objective->span);
}

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

static void room_for_watched(Tracing *tracing, int more) {
  Arena *arena = &tracing->trace->graph.arena;
  int before = tracing->watched_count;
  NodeId *watched = arena_alloc(arena, (size_t)(before + more) * sizeof *watched);
  bool *steady = arena_alloc(arena, (size_t)(before + more) * sizeof *steady);
  memcpy(watched, tracing->watched, (size_t)before * sizeof *watched);
  memcpy(steady, tracing->steady, (size_t)before * sizeof *steady);
  tracing->watched = watched;
  tracing->steady = steady;
}

/* A plan bounds what it stores as f32 and f64; what is stored as bf16 is looked at before. */
static void watch_narrow(Tracing *tracing) {
  const Graph *graph = &tracing->trace->graph;
  int count = 0;
  for (int i = 0; i < tracing->store_count; i++)
    count += graph_node(graph, tracing->stores[i].node)->type.dtype == DTYPE_BF16;
  tracing->step->narrow_at = tracing->watched_count;
  if (count == 0) return;
  room_for_watched(tracing, count);
  for (int i = 0; i < tracing->store_count; i++)
    if (graph_node(graph, tracing->stores[i].node)->type.dtype == DTYPE_BF16)
      watch(tracing, tracing->stores[i].node);
}

/* What must be finite of these: new rows, and what the proof that the others rest depends on. */
static void watch_rows(Tracing *tracing) {
  Step *step = tracing->step;
  if (step->sparse_count == 0) return;
  room_for_watched(tracing, step->sparse_count * (REST_GUARDS + 2 * (1 + REST_STATES)));
  for (int i = 0; i < step->sparse_count; i++) {
    SparseTarget *sparse = &step->sparse[i];
    sparse->watch_at = tracing->watched_count;
    for (int k = 0; k < sparse->count; k++) watch(tracing, sparse->news[k]);
    for (int k = 0; k < sparse->count && sparse->fresh; k++) watch(tracing, sparse->listed[k]);
    for (int k = 0; k < sparse->guard_count; k++) watch(tracing, sparse->guards[k]);
  }
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
                                 .forward = tracing->loss};
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
  if (!objective->loss && !objective->residuals)
    raise_at(tracing->vm, objective->gradient->span,
             "this optimizer takes the gradient elsewhere than at p: it needs a loss");
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  int count = objective->target_count;
  NodeId *at = arena_alloc(&trace->graph.arena, (size_t)count * sizeof(NodeId));
  begin_optimizer(tracing);
  NodeId norm = arguments == 3 ? length_of_all(tracing, &maker) : 0;
  optimizer_step_ahead(tracing->vm, &tracing->all, norm, at);
  if (arguments == 1) trace_again(trace, 0);
  int staged = trace_aside(trace);
  stage_ahead(tracing, at);
  NodeId loss = loss_node(tracing);
  if (!gradient(&trace->graph, loss, 0, at, count, tracing->gradients, &diag))
    gather_fail(tracing, &diag, objective->span);
  for (int i = 0; i < count; i++) {
    Type type = *make_type(&maker, at[i]);
    type.dtype = dtype_wide(type.dtype);
    if (!tracing->gradients[i]) tracing->gradients[i] = make_zeros(&maker, &type);
    if (arguments == 1) trace_unstage(trace, objective->targets[i]);
  }
  if (arguments == 1) tracing->loss = loss;
  else trace_again(trace, staged);
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

static void store_buffers(Tracing *tracing) {
  Trace *trace = tracing->trace;
  for (int i = 0; i < trace->staged_count; i++) {
    ParamObject *param = trace->staged[i].param;
    NodeId raw = trace_raw(trace, param);
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
    for (int k = 0; k < sparse->count && sparse->fresh; k++) results[count++] = sparse->listed[k];
  }
  step->result_count = count;
  return results;
}

static void plan(Tracing *tracing) {
  Step *step = tracing->step;
  Trace *trace = tracing->trace;
  NodeId *results = wanted(tracing);
  int count = step->result_count;
  step->loss_hash = graph_node(&trace->graph, results[0])->hash;
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

/* Does a clause itself assign to a variable?  (Assignments in functions are counted in
 * Vm.effects.) */
static bool clauses_assign(const Tracing *tracing) {
  const Objective *objective = tracing->step->objective;
  bool assigns = ast_assigns(objective->loss) || ast_assigns(objective->residuals) ||
                 ast_assigns(objective->gradient);
  for (int i = 0; i < tracing->context->metric_count; i++)
    assigns |= ast_assigns(tracing->context->metrics[i].expression);
  return assigns;
}

/* The metrics of the epoch, and those of the step if they are used: one that branches on data is
 * evaluated separately for each. */
static void trace_metrics(Tracing *tracing) {
  const StepContext *context = tracing->context;
  bool epoch = context->measure || context->update;
  if (epoch)
    measure_record(tracing->vm, context->frame, context->metrics, context->metric_count,
                   &tracing->recorded);
  if (epoch && !context->wants_metrics) return;
  for (int i = 0; i < context->metric_count; i++) {
    /* a metric sees the buffers as the loss did, and its assignments are discarded */
    int staged = trace_aside(tracing->trace);
    tracing->metrics[i] = scalar_node(tracing, context->metrics[i].expression, "a metric");
    trace_again(tracing->trace, staged);
  }
}

static void trace_forward(Tracing *tracing) {
  Vm *vm = tracing->vm;
  tracing->trace->graph.custom = custom_backward;
  tracing->trace->graph.custom_context = vm;
  bind_key(tracing);
  bind_minibatch(tracing);
  uint64_t effects = vm->effects;
  const Objective *objective = tracing->step->objective;
  if (objective->loss || objective->residuals || objective->gradient)
    tracing->loss = loss_node(tracing);
  trace_metrics(tracing);
  if (vm->effects != effects || clauses_assign(tracing)) trace_effect(vm);
}

/* `gd check` records everything in the one open trace. */
static Trace *recording(Vm *vm, Span place) {
  return vm->checking && vm->trace ? vm->trace : trace_open(vm, place, NULL);
}

static size_t stored_bytes(const Graph *graph, NodeId node) {
  const Type *type = &graph_node(graph, node)->type;
  return (size_t)shape_count(&type->shape) * dtype_bytes(type->dtype);
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
  tracing->step->cost = plan_cost(plan);
  tracing->step->stored = 0;
  for (int i = 0; i < tracing->store_count; i++)
    tracing->step->stored += stored_bytes(&tracing->trace->graph, tracing->stores[i].node);
  for (int i = 0; i < tracing->step->sparse_count; i++) {
    const SparseTarget *sparse = &tracing->step->sparse[i];
    tracing->step->stored += (size_t)sparse->count * tensor_bytes(&sparse->param->value);
  }
  plan_free(plan);
}

static void keep_recording(Tracing *tracing) {
  Vm *vm = tracing->vm;
  if (vm->checking) {
    tracing->trace->key = 0;
    if (vm->options.cost) estimate(tracing);
    return;
  }
  tracing->step->decided = tracing->trace->decided;
  tracing->step->draws = tracing->trace->drew;
  plan(tracing);
  tracing->step->trace = tracing->trace;
  trace_detach(vm, tracing->trace);
}

static void trace_step(Vm *vm, Step *step, const StepContext *context) {
  Tracing tracing = {.vm = vm, .step = step, .context = context};
  if (vm->trace && !vm->checking)
    raise_at(vm, step->objective->span,
             "a training step cannot be part of a function that is being differentiated");
  tracing.trace = recording(vm, step->objective->span);
  bool before = vm->training;
  vm->training = true;
  if (step->role == STEP_APPLY) {
    bind_key(&tracing);
    gather_take(&tracing);
  } else {
    trace_forward(&tracing);
    backward(&tracing);
    look_ahead(&tracing);
  }
  tracing.stores = arena_alloc(&tracing.trace->graph.arena,
                               (size_t)stores_most(&tracing) * sizeof(Store));
  /* the loss; gradients, and their divisors */
  size_t most = 2 * (size_t)step->objective->target_count + 1;
  tracing.watched = arena_alloc(&tracing.trace->graph.arena, most * sizeof(NodeId));
  tracing.steady = arena_alloc(&tracing.trace->graph.arena, most * sizeof(bool));
  watch(&tracing, tracing.loss);
  bool whole = step->objective->optimizer->whole; /* its gradients are worked out apart */
  for (int i = 0; i < step->objective->target_count && !whole; i++)
    watch(&tracing, tracing.gradients[i]);
  gather_sums(&tracing);
  if (!step_gathers(step->role) && !whole) {
    clip(&tracing);
    update(&tracing);
  } else if (step->ahead) {
    end_optimizer(&tracing);
  }
  store_buffers(&tracing);
  watch_narrow(&tracing);
  vm->training = before;
  keep_recording(&tracing);
}

/* ---- running ---- */

void step_free(Vm *vm, Step *step) {
  if (step->others) {
    step_free(vm, step->others);
    mem_free(step->others);
    step->others = NULL;
  }
  if (step->plan) dump_time(vm, step->plan);
  if (step->own_plan && step->plan) plan_release(vm->tracer->plans, step->plan_key, step->plan);
  for (int i = 0; i < step->result_count; i++) tensor_release(&step->results[i]);
  mem_free(step->results);
  mem_free(step->pointers);
  mem_free(step->limits);
  if (step->trace) trace_recycle(vm, step->trace);
  step->trace = NULL;
  step->plan = NULL;
  step->constants_hash = 0;
  step->results = NULL;
  step->pointers = NULL;
  step->limits = NULL;
  step->sparse = NULL;
  step->sparse_count = 0;
  step->logged = 0;
  whole_forget(step);
  step->result_count = 0;
}

static void set_number(Trace *trace, int binding, double number) {
  if (binding >= 0) *(double *)tensor_data(&trace->bindings[binding].tensor) = number;
}

/* Sets all inputs that differ from the last step. */
static void set_inputs(Vm *vm, Step *step, const StepContext *context) {
  Trace *trace = step->trace;
  if (step->key >= 0)
    draw_key(tensor_data(&trace->bindings[step->key].tensor), context->key_seed,
             context->key_number);
  for (int i = 0; i < context->column_count && context->pattern; i++) {
    Tensor *bound = &trace->bindings[step->columns[i]].tensor;
    if (bound->buffer == context->columns[i].buffer && bound->offset == context->columns[i].offset)
      continue;
    tensor_release(bound);
    *bound = tensor_retain(&context->columns[i]);
  }
  set_number(trace, step->weight, (double)step->rows);
  set_number(trace, step->total, context->total_rows);
  const Objective *objective = step->objective;
  bool steps = !step_gathers(step->role) || step->ahead;
  if (objective->optimizer && !objective->optimizer->whole && steps) {
    hyper_set(vm, trace, objective->optimizer, &step->inputs);
    for (int i = 0; i < objective->target_count; i++) param_own(vm, objective->targets[i]);
  }
  for (int i = 0; i < trace->staged_count; i++) param_own(vm, trace->staged[i].param);
  trace_pointers(trace, step->pointers, step->limits);
}

/* ---- making it ---- */

static void read_outcome(const Step *step, StepOutcome *outcome) {
  outcome->loss = tensor_get(&step->results[0], 0);
  for (int i = 0; i < step->metric_count; i++)
    outcome->metrics[i] = tensor_get(&step->results[1 + i], 0);
  if (step->taken_at > 1 + step->metric_count)
    outcome->grad_norm = tensor_get(&step->results[1 + step->metric_count], 0);
}

void step_no_outcome(StepOutcome *outcome) {
  outcome->loss = 0;
  outcome->grad_norm = (double)NAN;
  outcome->interrupted = false;
  outcome->evaluations = 0;
  outcome->converged[0] = 0;
}

static void clear_outcome(const StepContext *context, StepOutcome *outcome) {
  step_no_outcome(outcome);
  for (int i = 0; i < context->metric_count; i++) outcome->metrics[i] = 0;
}

void step_clear_sums(const Objective *objective) {
  for (int i = 0; objective->accumulators && i <= objective->target_count; i++) {
    if (!objective->accumulators[i].buffer) continue;
    memset(tensor_data(&objective->accumulators[i]), 0, tensor_bytes(&objective->accumulators[i]));
    Limits *limits = &objective->accumulators[i].buffer->limits;
    if (!limits->by) *limits = (Limits){.known = true, .exact = true}; /* a lease allows this */
  }
}

void step_prepare(Vm *vm, Step *step, const StepContext *context) {
  if (step->trace && step->trace->guard_count && !vm->checking) branch_choose(vm, step);
  bool old = step->trace && (step->decided || !sparse_holds(vm, step));
  if (old) step_free(vm, step);
  if (step->trace) return;
  trace_step(vm, step, context);
  if (step->objective->optimizer && step->objective->optimizer->whole && !vm->checking)
    whole_declare(vm, step);
}

typedef struct Relay {
  const Step *step;
  const StepContext *context;
} Relay;

static void relay_made(void *context, int result) {
  const Relay *relay = context;
  int number = result - relay->step->sums_at;
  if (number >= 0 && number < relay->step->sum_count)
    relay->context->made(relay->context->made_for, number);
}

void step_run(Vm *vm, Step *step, const StepContext *context, int64_t step_number,
              StepOutcome *outcome) {
  set_inputs(vm, step, context);
  if (context->undo) undo_note(vm, context->undo, step);
  Diag diag;
  diag_clear(&diag);
  int which = 0;
  Relay relay = {step, context};
  plan_tell(step->plan, context->made ? relay_made : NULL, &relay);
  RunOutcome how = plan_run_known(step->plan, step->pointers, step->limits, step->results, &which,
                                  &diag);
  plan_tell(step->plan, NULL, NULL);
  for (int i = 0; i < step->sum_count; i++)
    step->results[step->sums_at + i].buffer->limits = (Limits){0};
  switch (how) {
    case RUN_DONE: break;
    case RUN_FAULT: fault_met(vm, step, context, &diag, step_number);
    case RUN_NOT_FINITE: fault_not_finite(vm, step, context, which, step_number);
    case RUN_INTERRUPTED: outcome->interrupted = true; return;
  }
  read_outcome(step, outcome);
}

void step_make(Vm *vm, Step *step, const StepContext *context, int64_t step_number,
               StepOutcome *outcome) {
  uint64_t draws = vm->draws;
  step_prepare(vm, step, context);
  clear_outcome(context, outcome);
  if (step->objective->optimizer->whole) {
    whole_make(vm, step, context, step_number, draws, outcome);
    return;
  }
  if (vm->checking) return;
  step_run(vm, step, context, step_number, outcome);
  if (outcome->interrupted) return;
  if (step->role == STEP_LAST) step_clear_sums(step->objective);
  if (!step_gathers(step->role)) {
    OptimizerObject *optimizer = step->objective->optimizer;
    optimizer->steps++;
    if (context->undo) context->undo->stepped[context->undo->stepped_count++] = optimizer;
    sparse_store(vm, step, context->undo);
  }
}

void step_look(Vm *vm, Step *step, const StepContext *context, StepOutcome *outcome) {
  if (step->decided && step->trace) step_free(vm, step);
  step->weight = step->total = -1;
  if (!step->trace) {
    Tracing tracing = {.vm = vm, .step = step, .context = context};
    tracing.trace = recording(vm, step->objective->span);
    bool before = vm->training;
    vm->training = false;
    trace_forward(&tracing);
    vm->training = before;
    keep_recording(&tracing);
  }
  clear_outcome(context, outcome);
  if (vm->checking) return;
  set_inputs(vm, step, context);
  Diag diag;
  diag_clear(&diag);
  int which = 0;
  RunOutcome how = plan_run(step->plan, step->pointers, step->results, &which, &diag);
  if (how == RUN_FAULT) fault_met(vm, step, context, &diag, 0);
  outcome->interrupted = how == RUN_INTERRUPTED;
  if (!outcome->interrupted) read_outcome(step, outcome);
}

void step_study(Vm *vm, Step *step, const StepContext *context, StepStudy *study) {
  Tracing tracing = {.vm = vm, .step = step, .context = context};
  tracing.trace = recording(vm, step->objective->span);
  bool before = vm->training;
  vm->training = true;
  trace_forward(&tracing);
  backward(&tracing);
  vm->training = before;
  study->run(study, tracing.trace, step, tracing.loss, tracing.gradients);
  trace_close(vm, tracing.trace);
}
