/* shared.c — see shared.h.
 *
 * A step of such an optimizer runs its body three times: for each target up to `total`, whose
 * numbers are added in the order of the targets; once up to `once`, which assigns the shared
 * states; and for each target up to `step`, which reads them.
 *
 * A shared state is one f64, stored among the states of the target that was traced first.  In
 * `total` and `step` it is a number of the tensor's dtype, so that it widens nothing.
 */
#include "lang/optimizers/shared.h"

#include "lang/eval/call.h"
#include "lang/eval/eval.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/optimizers/states.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"

extern const Op OP_ADD;

enum { TOTALS_MOST = 16 };

static const AstFunction *declared(const OptimizerObject *optimizer, const char *name) {
  return declaration_of(optimizer->made_by->function, name);
}

bool shared_has_once(const OptimizerObject *optimizer) {
  if (declared(optimizer, "once")) return true;
  for (int i = 0; i < optimizer->count; i++)
    if (optimizer->arguments[i].kind == KIND_OPTIMIZER &&
        shared_has_once(optimizer->arguments[i].optimizer))
      return true;
  return false;
}

/* ---- the states ---- */

/* Its storage, which the first target that asks gets. */
static Tensor *storage_of(StateQuery *query, int index) {
  OptimizerMemory *memory = query->all->optimizer->memory;
  for (int i = 0; i < memory->count; i++)
    if (memory->targets[i].states[index].buffer) return &memory->targets[i].states[index];
  return &query->memory->states[index];
}

static NodeId first_node(Vm *vm, Frame *frame, const Ast *ast, StateQuery *query, int index) {
  Type type = {.dtype = DTYPE_F64};
  if (vm->checking) {
    value_release(vm, eval(vm, frame, ast->a));
    return trace_abstract(query->trace, &type);
  }
  Tensor *storage = storage_of(query, index);
  if (!storage->buffer) {
    Value value = eval(vm, frame, ast->a);
    *storage = tensor_scalar(DTYPE_F64, value_as_number(vm, ast->a->span, value));
    value_release(vm, value);
  }
  return trace_tensor_input(query->trace, storage, NULL);
}

static Value as_seen(Vm *vm, const StateQuery *query, NodeId node) {
  if (query->once) return trace_result(query->trace, node);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&query->trace->graph, &diag};
  NodeId seen = make_cast(&maker, node, dtype_wide(query->memory->param->value.dtype));
  if (!seen) raise_diag(vm, &diag);
  return trace_result(query->trace, seen);
}

Value shared_state(Vm *vm, Frame *frame, const Ast *ast, StateQuery *query, int index) {
  NodeId *shared = query->all->shared;
  query->trace->graph.span = trace_span(vm, ast->span);
  if (!shared[index]) {
    shared[index] = first_node(vm, frame, ast, query, index);
    query->all->shared_before[index] = shared[index];
  }
  return as_seen(vm, query, shared[index]);
}

void shared_kept(Vm *vm, const StateQuery *query, int index, const Member *member, Value value) {
  Value seen = as_seen(vm, query, query->all->shared[index]);
  bool same = value.kind == KIND_TENSOR && seen.kind == KIND_TENSOR &&
              value.tensor->node == seen.tensor->node;
  value_release(vm, seen);
  if (same || vm->checking) return;
  raise_help(vm, member->span, "fn once(total) { … } runs before the tensors' steps",
             "`%.64s` is shared by all tensors: assign it in `once`, not in `step`", member->name);
}

/* ---- total ---- */

typedef struct Totals {
  const OptimizerStep *all;
  OptimizerObject *optimizer;
  const OptimizerInputs *inputs;
  int first;
  NodeId sums[TOTALS_MOST];
  int count; /* of numbers that `total` gives; -1: one, not in a tuple */
} Totals;

static StateQuery query_of(const Totals *totals, int target) {
  const OptimizerStep *all = totals->all;
  return (StateQuery){.trace = all->trace,
                      .optimizer = totals->optimizer,
                      .inputs = totals->inputs,
                      .memory = states_of(all->optimizer, all->targets[target]),
                      .nodes = all->nodes[target],
                      .first = totals->first,
                      .target = all->values[target],
                      .all = all};
}

static void add_number(Vm *vm, Totals *totals, int index, Value value, Span span) {
  Trace *trace = totals->all->trace;
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId node = make_cast(&maker, trace_operand(trace, value, span), DTYPE_F64);
  if (node && make_type(&maker, node)->shape.rank)
    raise_help(vm, span, "sum(…), dot(…) or norm(…) reduces a tensor to a number",
               "`total` must give a number, or a tuple of numbers, for each tensor");
  if (node && totals->sums[index]) node = make2(&maker, OP_ADD, totals->sums[index], node);
  if (!node) raise_diag(vm, &diag);
  totals->sums[index] = node;
}

static void add_total(Vm *vm, Totals *totals, Value value, Span span) {
  bool tuple = value.kind == KIND_TUPLE;
  int count = tuple ? value.tuple->count : -1;
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (count > TOTALS_MOST) raise_at(vm, span, "`total` may give at most %d numbers", TOTALS_MOST);
  totals->count = count;
  for (int i = 0; i < count; i++) add_number(vm, totals, i, value.tuple->items[i], span);
  if (!tuple) add_number(vm, totals, 0, value, span);
}

static void run_total(Vm *vm, Totals *totals, int target) {
  StateQuery query = query_of(totals, target);
  CellObject **cells = declaration_run(vm, &query);
  ClosureObject *total = declaration_function(&query, cells, "total");
  CallSite site = {.span = total->function->head_span, .callee = total->function->head_span};
  Value pair[2] = {query.target, totals->all->slopes[target]};
  Value value = vm_call(vm, &site, value_of(KIND_CLOSURE, total), pair, 2);
  add_total(vm, totals, value, total->function->head_span);
  value_release(vm, value);
  declaration_release(vm, &query);
}

/* ---- once ---- */

/* The sums as `once` gets them. */
static Value sums_of(Vm *vm, const Totals *totals) {
  Trace *trace = totals->all->trace;
  if (totals->count < 0) return trace_result(trace, totals->sums[0]);
  Value tuple = value_tuple(vm, totals->count);
  for (int i = 0; i < totals->count; i++)
    tuple.tuple->items[i] = trace_result(trace, totals->sums[i]);
  return tuple;
}

static void store_shared(Vm *vm, StateQuery *query, CellObject **cells) {
  const AstFunction *function = query->optimizer->made_by->function;
  for (int i = 0, index = query->first; i < function->member_count; i++) {
    if (function->members[i].kind != MEMBER_STATE) continue;
    int at = index++;
    NodeId before = query->all->shared_before[at];
    if (!before) continue;
    Tensor scalar = tensor_scalar(DTYPE_F64, 0);
    NodeId node = declaration_new_value(
        vm, query->trace, cells[i]->value, &scalar,
        (Assigned){.name = function->members[i].name, .span = function->members[i].span});
    tensor_release(&scalar);
    if (node == query->all->shared[at]) continue;
    query->all->shared[at] = node;
    declaration_store(query, before, node);
  }
}

static void run_once(Vm *vm, const Totals *totals, Store *stores, int *stored) {
  StateQuery query = query_of(totals, 0);
  query.once = true;
  query.stores = stores;
  query.stored = stored;
  CellObject **cells = declaration_run(vm, &query);
  ClosureObject *once = declaration_function(&query, cells, "once");
  CallSite site = {.span = once->function->head_span, .callee = once->function->head_span};
  bool given = declared(totals->optimizer, "total") != NULL;
  Value sums = given ? sums_of(vm, totals) : value_none();
  value_release(vm, vm_call(vm, &site, value_of(KIND_CLOSURE, once), &sums, given));
  value_release(vm, sums);
  store_shared(vm, &query, cells);
  declaration_release(vm, &query);
}

static void trace_one(Vm *vm, Totals totals, Store *stores, int *stored) {
  bool total = declared(totals.optimizer, "total") != NULL;
  if (!declared(totals.optimizer, "once")) return;
  for (int i = 0; i < totals.all->count && total; i++) run_total(vm, &totals, i);
  run_once(vm, &totals, stores, stored);
}

static void trace_tree(Vm *vm, const Totals *totals, Store *stores, int *stored) {
  trace_one(vm, *totals, stores, stored);
  StateQuery outer = query_of(totals, 0);
  for (int i = 0; i < totals->optimizer->count; i++) {
    if (totals->optimizer->arguments[i].kind != KIND_OPTIMIZER) continue;
    Totals inner = {.all = totals->all,
                    .optimizer = totals->optimizer->arguments[i].optimizer,
                    .inputs = &totals->inputs->inner[i],
                    .first = declaration_inner_states(&outer, i)};
    trace_tree(vm, &inner, stores, stored);
  }
}

void shared_trace(Vm *vm, const OptimizerStep *step, Store *stores, int *stored) {
  Totals totals = {.all = step, .optimizer = step->optimizer, .inputs = step->inputs};
  trace_tree(vm, &totals, stores, stored);
}
