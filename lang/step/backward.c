/* backward.c — see backward.h. */
#include "lang/step/backward.h"

#include "lang/eval/eval.h"
#include "lang/models/leaves.h"
#include "lang/optimizers/ahead.h"
#include "lang/step/watch.h"
#include "lang/tensors/trace_param.h"
#include "lang/tensors/trace_value.h"
#include "runtime/peers/peers.h"

extern const Op OP_CLAMP, OP_DIV, OP_HYPOT, OP_MAXIMUM;

/* Where the loss reads a value that depends on the target, as a constant; or NULL. */
static const NumberRead *reading_of(const Graph *graph, NodeId stored) {
  for (uint32_t i = 0; i < graph->read_count; i++)
    if (graph->reads[i].lost && batching_depends(graph, graph->reads[i].node, &stored, 1))
      return &graph->reads[i];
  return NULL;
}

/* May the loss take another way in another step? */
static bool turns(const Tracing *tracing) {
  const Objective *objective = tracing->step->objective;
  const Trace *trace = tracing->trace;
  return (trace->decided && !trace->copied) ||
         (objective->varies && objective->varies(tracing->vm, tracing->context->frame, objective));
}

/* May another step reach a target that this one does not?  One that an earlier recording looked for
 * was allowed to come later, or has come: a loss that may take another way in each step.  train.c
 * looks at the end whether any did. */
static bool may_come(const Tracing *tracing, int target, const NumberRead *read) {
  if (target < tracing->step->objective->looked_for) return true;
  return !read && turns(tracing);
}

static void check_reached(Tracing *tracing, int target, NodeId stored, NodeId gradient) {
  const Trace *trace = tracing->trace;
  const NumberRead *read = gradient ? NULL : reading_of(&trace->graph, stored);
  const Objective *objective = tracing->step->objective;
  if (gradient && objective->reached) objective->reached[target] = true;
  if (gradient || may_come(tracing, target, read)) return;
  bool depends = batching_depends(&trace->graph, tracing->loss, &stored, 1);
  Diag diag = {0};
  objective_unreached(
      objective, target,
      trace->copied ? "copy(w) is constant for gradients; w itself, or w * 1, is not"
      : depends     ? "no gradient passes stop_gradient, or what is compared, rounded or "
                      "counted: a loss of classes is cross_entropy or "
                      "binary_cross_entropy(scores, labels)"
                    : "freeze it, leave it out of the targets, or use it in the loss",
      &diag);
  if (read) diag_note(&diag, read->span, "its value is read here, as a constant to the gradient");
  raise_diag(tracing->vm, &diag);
}

/* One leaf of a gradient of the script's own, by the storage that is trained. */
static NodeId given_slope(Tracing *tracing, ParamObject *param, Value value) {
  const Span span = tracing->step->objective->gradient->span;
  Trace *trace = tracing->trace;
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId raw = trace_stored(trace, param), inside = trace_param(trace, param);
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

/* The targets where none are named: what the loss reaches joins them.  A process does not see what
 * the parts of others reach, so with several the first part must reach all. */
static void find_targets(Tracing *tracing) {
  Objective *objective = tracing->step->objective;
  const int before = objective->target_count;
  objective_reached(objective, tracing->trace, tracing->loss);
  if (before == 0 || before == objective->target_count || peers_count() == 1) return;
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, objective->span,
            "with several processes the loss must reach all that it trains in each part, and here "
            "it reached one param more");
  diag_help(&diag, "name the targets: train net on …");
  if (objective->targets[before]->span.file)
    diag_note(&diag, objective->targets[before]->span, "it was made here");
  raise_diag(tracing->vm, &diag);
}

void backward_trace(Tracing *tracing) {
  Objective *objective = tracing->step->objective;
  Trace *trace = tracing->trace;
  if (objective->closed) objective->closed = turns(tracing);
  if (objective->gradient) {
    given_gradients(tracing);
    return;
  }
  if (!objective->targets_given) find_targets(tracing);
  if (objective->target_count == 0)
    raise_at(tracing->vm, objective->span, "there is nothing to train: no unfrozen param%s",
             objective->targets_given ? " in the targets" : " is reached by the loss");
  int count = objective->target_count;
  if (objective->targets_given && !objective->reached)
    objective->reached = mem_zero((size_t)count * sizeof(bool));
  NodeId *wrt = arena_alloc(&trace->graph.arena, (size_t)count * sizeof(NodeId));
  tracing->gradients = arena_alloc(&trace->graph.arena, (size_t)count * sizeof(NodeId));
  for (int i = 0; i < count; i++) wrt[i] = trace_stored(trace, objective->targets[i]);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId from = tracing->loss;
  if (tracing->step->role == STEP_FIRST && !ahead_arguments(tracing->vm, objective->optimizer))
    from = tracing->sum_loss = gather_weighted_loss(tracing, &maker);
  if (!from || !gradient(&trace->graph, from, 0, wrt, count, tracing->gradients, &diag))
    gather_fail(tracing, &diag, objective->span);
  for (int i = 0; i < count; i++) {
    check_reached(tracing, i, wrt[i], tracing->gradients[i]);
    Type type = *make_type(&maker, wrt[i]);
    type.dtype = dtype_wide(type.dtype);
    if (!tracing->gradients[i]) tracing->gradients[i] = make_zeros(&maker, &type);
  }
  objective->looked_for = count;
  trace_tell_lost(trace);
}

/* The norm of all gradients together.  In f64 and scaled: squares of large gradients overflow,
 * those of tiny ones underflow. */
NodeId backward_norm(const Tracing *tracing, Maker *maker) {
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
    if (divisor && divisor != before) watch_node(tracing, divisor);
    before = divisor;
    tracing->gradients[i] = make2(maker, OP_DIV, tracing->gradients[i], divisor);
  }
}

void backward_clip(Tracing *tracing) {
  Objective *objective = tracing->step->objective;
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&tracing->trace->graph, &diag};
  if (objective->clip_norm > 0 || objective->wants_norm)
    tracing->norm = backward_norm(tracing, &maker);
  if (objective->clip_norm > 0) clip_length(tracing, &maker);
  for (int i = 0; i < objective->target_count && objective->clip_value > 0; i++)
    tracing->gradients[i] = make3(&maker, OP_CLAMP, tracing->gradients[i],
                                  make_number(&maker, -objective->clip_value),
                                  make_number(&maker, objective->clip_value));
  for (int i = 0; i < objective->target_count; i++)
    if (!tracing->gradients[i]) gather_fail(tracing, &diag, objective->span);
}
