/* gather.c — sums, weighted by rows, over the minibatches and parts of an update.
 *
 * GATHER and LAST (`accumulate:`) add rows · g to the previous sums.  FIRST (`shards:`) sets them.
 * The sums of squares of `residuals:` are not means over rows: there all weights are 1, and so is
 * the total (step_bind).
 */
#include "lang/step/gather.h"

#include "lang/machine/vm.h"
#include "runtime/opcodes.h"

NORETURN void gather_fail(const Tracing *tracing, Diag *diag, Span span) {
  if (!diag->span.file) diag->span = span;
  raise_diag(tracing->vm, diag);
}

/* The loss times its rows, whose gradients are what STEP_FIRST leaves: so none is multiplied
 * afterwards (but where an optimizer asks for the gradient itself, to look ahead). */
NodeId gather_weighted_loss(Tracing *tracing, Maker *maker) {
  tracing->weight = trace_number(tracing->trace, (double)tracing->step->rows,
                                 &tracing->step->weight);
  return make2(maker, OP_MUL, tracing->loss, tracing->weight);
}

/* The sum of gradient (or, last, of losses) i, made at its first use. */
static Tensor *accumulator(Tracing *tracing, int i, const Type *type) {
  Tensor *sum = &tracing->step->objective->accumulators[i];
  Diag diag;
  diag_clear(&diag);
  if (!sum->buffer && !tensor_zeros(sum, type->dtype, &type->shape, &diag))
    gather_fail(tracing, &diag, tracing->step->objective->span);
  return sum;
}

static void note_inputs(Tracing *tracing) {
  size_t count = (size_t)tracing->step->objective->target_count + 1;
  tracing->step->sum_inputs = arena_alloc(&tracing->trace->graph.arena, count * sizeof(int));
}

/* accumulate: g ← the sum so far + rows · g; for the last of an update, divided by the total
 * rows.  The first one's are results, not stores: each is there as soon as it is made, while the
 * backward pass goes on, and if the step fails nobody reads them. */
void gather_sums(Tracing *tracing) {
  Step *step = tracing->step;
  Objective *objective = step->objective;
  if (step->role == STEP_APPLY) return;
  step->total = -1;
  if (!tracing->weight) step->weight = -1;
  tracing->step_loss = tracing->loss;
  if (step->role == STEP_WHOLE) return;
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&tracing->trace->graph, &diag};
  NodeId weight = tracing->weight ? tracing->weight
                                  : trace_number(tracing->trace, (double)step->rows, &step->weight);
  NodeId total = trace_number(tracing->trace, tracing->context->total_rows, &step->total);
  if (!objective->accumulators)
    objective->accumulators = mem_zero((size_t)(objective->target_count + 1) * sizeof(Tensor));
  bool gathers = step_gathers(step->role), first = step->role == STEP_FIRST;
  if (first)
    tracing->sums = arena_alloc(&tracing->trace->graph.arena,
                                (size_t)(objective->target_count + 1) * sizeof(NodeId));
  else note_inputs(tracing);
  for (int i = 0; i <= objective->target_count; i++) { /* the last: the loss */
    bool last = i == objective->target_count;
    NodeId *mine = last ? &tracing->step_loss : &tracing->gradients[i];
    const Type type = *make_type(&maker, *mine);
    Tensor *sum = accumulator(tracing, i, &type);
    NodeId so_far = first ? 0 : trace_tensor_input(tracing->trace, sum, &step->sum_inputs[i]);
    bool weighted = tracing->sum_loss != 0;
    NodeId more = !weighted ? make2(&maker, OP_MUL, *mine, weight)
                  : last    ? tracing->sum_loss
                            : *mine;
    if (first) tracing->sums[i] = more;
    else more = make2(&maker, OP_ADD, so_far, more);
    if (gathers && !first)
      tracing->stores[tracing->store_count++] = (Store){step->sum_inputs[i], more};
    *mine = gathers ? more : make2(&maker, OP_DIV, more, total);
    if (!more) gather_fail(tracing, &diag, objective->span);
  }
}

void gather_take(Tracing *tracing) {
  Step *step = tracing->step;
  Trace *trace = tracing->trace;
  Objective *objective = step->objective;
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  int count = objective->target_count;
  tracing->gradients = arena_alloc(&trace->graph.arena, (size_t)count * sizeof(NodeId));
  step->weight = -1;
  NodeId total = trace_number(trace, tracing->context->total_rows, &step->total);
  note_inputs(tracing);
  for (int i = 0; i <= count; i++) {
    NodeId sum = trace_tensor_input(trace, &objective->accumulators[i], &step->sum_inputs[i]);
    NodeId mean = make2(&maker, OP_DIV, sum, total);
    if (!mean) gather_fail(tracing, &diag, objective->span);
    *(i < count ? &tracing->gradients[i] : &tracing->loss) = mean;
  }
  tracing->step_loss = tracing->loss;
}
