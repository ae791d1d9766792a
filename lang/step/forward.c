/* forward.c — see forward.h.
 *
 * The pattern's names are bound to INPUT nodes, then the loss and the metrics are evaluated: each
 * draws from place 0 on, so the same call in both is the same node and the same mask.
 */
#include "lang/step/forward.h"

#include "lang/eval/assign.h"
#include "lang/gradients/custom.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/draw.h"
#include "lang/tensors/trace_param.h"
#include "lang/tensors/trace_value.h"

extern const Op OP_SQUARE;

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
    trace_binding(trace, node)->probable = context->probable[i];
    row.tuple->items[i] = trace_result(trace, node);
    tracing->recorded.columns[tracing->recorded.column_count++] = node;
  }
  if (context->column_count == 1) {
    Value only = value_retain(row.tuple->items[0]);
    value_release(vm, row);
    row = only;
    trace->minibatch = context->pattern->text ? tracing->recorded.columns[0] : 0;
    trace->minibatch_name = context->pattern->text;
  }
  eval_bind(vm, tracing->context->frame, context->pattern, row);
  value_release(vm, row);
}

void forward_key(Tracing *tracing) {
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
  raise_help(tracing->vm, expression->span, "mean(…) or sum(…) reduces it to one number",
             "%s must be one number, this has shape %s", what, shape_show(&type->shape, text));
}

NodeId forward_loss(Tracing *tracing) {
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
    int staged = trace_savepoint(tracing->trace);
    tracing->metrics[i] = scalar_node(tracing, context->metrics[i].expression, "a metric");
    trace_rollback(tracing->trace, staged);
  }
}

/* `row[0]` of a minibatch that is no tuple is its first row: nothing else of it would be read. */
static void tell_row_taken(const Tracing *tracing) {
  const Trace *trace = tracing->trace;
  Vm *vm = tracing->vm;
  if (!trace->row_taken.file || !vm_warns(vm)) return;
  const Shape *shape = &graph_node(&trace->graph, trace->minibatch)->type.shape;
  int readers = 0;
  for (NodeId id = trace->minibatch + 1; id < trace->graph.count; id++) {
    const Node *node = graph_node(&trace->graph, id);
    for (int i = 0; i < node->input_count; i++) readers += node->inputs[i] == trace->minibatch;
  }
  if (readers != 1 || shape->dim[0] < 2 || !trace_mark_reported(vm, trace->row_taken)) return;
  Diag diag = {0};
  char text[200];
  diag_fail(&diag, STATUS_FAILED, trace->row_taken, "this reads one row of each minibatch");
  diag_label(&diag, "the data has one part, so `%.60s` is the minibatch %s itself",
             trace->minibatch_name, shape_show(shape, text));
  diag_help(&diag, "the part is `%.60s`, without an index", trace->minibatch_name);
  vm_warn(vm, &diag);
}

void forward_trace(Tracing *tracing) {
  Vm *vm = tracing->vm;
  tracing->trace->graph.custom = custom_backward;
  tracing->trace->graph.custom_context = vm;
  forward_key(tracing);
  bind_minibatch(tracing);
  uint64_t effects = vm->effects;
  const Objective *objective = tracing->step->objective;
  if (objective->loss || objective->residuals || objective->gradient)
    tracing->loss = forward_loss(tracing);
  uint32_t reads = tracing->trace->graph.read_count;
  trace_metrics(tracing);
  tracing->trace->graph.read_count = reads; /* no gradient passes through a metric */
  tell_row_taken(tracing);
  if (vm->effects != effects || clauses_assign(tracing)) trace_effect(vm);
}
