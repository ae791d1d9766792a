/* optimizer_step.c — see optimizer_step.h.
 *
 * The body of the declaration runs for each target of each traced step, and `state` statements get
 * their value here.  The first time, their expression is evaluated and stored (a number fills a
 * tensor of the target's shape).  In the trace the stored tensor is always an INPUT.
 *
 * An outer optimizer steps the inner one that it was given: `inner.step(p, g)` inside its `step`
 * runs the inner one's body and step for the same target and returns the new p.  Both have the step
 * count of the outer one.
 */
#include "lang/optimizers/optimizer_step.h"

#include "lang/eval/call.h"
#include "lang/eval/eval.h"
#include "lang/eval/native.h"
#include "lang/eval/rules.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/vm.h"
#include "lang/optimizers/ahead.h"
#include "lang/optimizers/shared.h"
#include "lang/optimizers/states.h"
#include "lang/optimizers/vector.h"
#include "lang/tensors/trace_param.h"
#include "lang/tensors/trace_value.h"

#include <stdio.h>
#include <string.h>

/* ---- `state` ---- */

/* The initial value of a state, in storage of its own. */
static Tensor first_state(Vm *vm, const Ast *ast, Value value, const Type *like) {
  Tensor state;
  Diag diag = {0};
  Type type = trace_type(vm, value, ast->span);
  bool fills = type.weak || value.kind == KIND_BOOL;
  /* of a bf16 param it gathers in f32 */
  Dtype dtype = fills || !dtype_floats(type.dtype) ? dtype_wide(like->dtype) : type.dtype;
  bool decided = vm->trace && vm->trace->decided;
  Tensor from = trace_elements(vm, value, ast->span);
  /* an initial value comes from before the trace and does not restrict it */
  if (vm->trace) vm->trace->decided = decided;
  if (!tensor_new(&state, dtype, fills ? &like->shape : &type.shape, &diag)) {
    tensor_release(&from);
    diag.span = ast->span;
    raise_diag(vm, &diag);
  }
  bool fine = true;
  for (int64_t i = 0, count = tensor_count(&from); i < count && fine; i++) {
    double start = tensor_get(&from, i);
    fine = dtype_holds(dtype, start) || dtype_refuse(&diag, ast->span, dtype, start);
    if (fine) tensor_fill(&state, i, fills ? tensor_count(&state) : 1, start);
  }
  tensor_release(&from);
  if (fine) return state;
  tensor_release(&state);
  raise_diag(vm, &diag);
}

/* In `gd check`: its type alone. */
static Value checked_state(Vm *vm, Frame *frame, const Ast *ast, StateQuery *query, int index,
                           const Type *like) {
  Value value = eval(vm, frame, ast->a);
  Type type = trace_type(vm, value, ast->span);
  bool fills = type.weak || value.kind == KIND_BOOL;
  value_release(vm, value);
  if (fills) type = (Type){.dtype = dtype_wide(like->dtype), .shape = like->shape};
  query->memory->states[index] = (Tensor){.dtype = type.dtype, .shape = type.shape};
  if (query->vector) return trace_placeholder(vm, type.dtype, &type.shape, ast->span);
  query->nodes[index] = trace_abstract(query->trace, &type);
  return trace_result(query->trace, query->nodes[index]);
}

/* For a step of the whole vector: a copy, since the storage is written in place. */
static Value copied_state(Vm *vm, const Tensor *state) {
  Tensor copy;
  Diag diag = {0};
  if (!tensor_copy(&copy, state, &diag)) raise_diag(vm, &diag);
  return value_tensor(vm, copy);
}

Value optimizer_step_state(Vm *vm, Frame *frame, const Ast *ast) {
  StateQuery *query = vm->state_query;
  if (!query || !query->declaring)
    raise_at(vm, ast->span, "a state belongs in the body of an optimizer");
  int index = query->first + query->next++;
  if (ast->b && query->vector)
    raise_at(vm, ast->span, "a step of the whole vector has one set of states: leave out `shared`");
  if (ast->b) return shared_state(vm, frame, ast, query, index);
  if (!query->vector && query->nodes[index]) { /* `total` saw it before */
    query->trace->graph.span = trace_span(vm, ast->span);
    return trace_result(query->trace, query->nodes[index]);
  }
  Tensor *state = &query->memory->states[index];
  const Tensor *param = &query->memory->param->value;
  Type like = query->vector ? query->vector->type
                            : (Type){.dtype = param->dtype, .shape = param->shape};
  if (vm->checking) return checked_state(vm, frame, ast, query, index, &like);
  if (!state->buffer) {
    Value value = eval(vm, frame, ast->a);
    *state = first_state(vm, ast, value, &like);
    value_release(vm, value);
  }
  if (query->vector) return copied_state(vm, state);
  query->nodes[index] = trace_tensor_input(query->trace, state, NULL);
  query->trace->graph.span = trace_span(vm, ast->span);
  return trace_result(query->trace, query->nodes[index]);
}

static void store_states(Vm *vm, StateQuery *query, CellObject **cells) {
  const AstFunction *function = query->optimizer->made_by->function;
  for (int i = 0, index = query->first; i < function->member_count; i++) {
    if (function->members[i].kind != MEMBER_STATE) continue;
    NodeId old = query->nodes[index];
    if (!old) {
      shared_kept(vm, query, index++, &function->members[i], cells[i]->value);
      continue;
    }
    Tensor *storage = &query->memory->states[index++];
    const char *name = function->members[i].name;
    NodeId node = declaration_new_value(vm, query->trace, cells[i]->value, storage,
                                        (Assigned){name, query->optimizer, {0}});
    if (node != old) declaration_store(query, old, node);
  }
}

/* ---- one target ---- */

/* Are new values stored?  `gd check` stores nothing, but for an estimate of what a run would. */
static bool stores(const Vm *vm, Value value) {
  return !vm->checking || (vm->options.cost && value.kind != KIND_UNKNOWN);
}

/* Runs the body, then `step` with p and g; stores the states.  Returns the new p. */
static Value step_once(Vm *vm, StateQuery *query, Value gradient) {
  const OptimizerObject *optimizer = query->optimizer;
  CallSite site = {.span = optimizer->span, .callee = optimizer->span};
  Value pair[2] = {query->target, gradient}, finals[2];
  CellObject **cells = declaration_run(vm, query);
  ClosureObject *step = declaration_step(vm, optimizer, cells);
  Value result = call_step(vm, &site, step, pair, 2, finals);
  if (stores(vm, finals[0])) store_states(vm, query, cells);
  declaration_release(vm, query);
  value_release(vm, result);
  value_release(vm, finals[1]);
  return finals[0];
}

int optimizer_step_trace(Vm *vm, const OptimizerStep *step, int target, Store *stores_of) {
  int made = 0;
  ParamObject *param = step->targets[target];
  OptimizerObject *optimizer = step->optimizer;
  StateQuery query = {.trace = step->trace,
                      .optimizer = optimizer,
                      .inputs = step->inputs,
                      .memory = states_of(optimizer, param),
                      .nodes = step->nodes[target],
                      .target = step->values[target],
                      .all = step,
                      .stores = stores_of,
                      .stored = &made};
  Value now = step_once(vm, &query, step->slopes[target]);
  if (now.kind != KIND_UNKNOWN) {
    const char *name = declaration_of(optimizer->made_by->function, "step")->params[0].name;
    NodeId node = declaration_new_value(vm, step->trace, now, &param->value,
                                        (Assigned){name, optimizer, {0}});
    if (stores(vm, now)) declaration_store(&query, trace_stored(step->trace, param), node);
  }
  value_release(vm, now);
  return made;
}

/* ---- all targets ---- */

/* The arrays of a step, and memory for every target. */
static void fill_step(OptimizerStep *step) {
  Arena *arena = &step->trace->graph.arena;
  size_t count = (size_t)step->count + 1, states = (size_t)step->optimizer->memory->state_count + 1;
  step->values = arena_alloc(arena, count * sizeof(Value));
  step->slopes = arena_alloc(arena, count * sizeof(Value));
  step->nodes = arena_alloc(arena, count * sizeof(NodeId *));
  step->shared = arena_alloc(arena, states * sizeof(NodeId));
  step->shared_before = arena_alloc(arena, states * sizeof(NodeId));
  memset(step->shared, 0, states * sizeof(NodeId));
  memset(step->shared_before, 0, states * sizeof(NodeId));
  step->loss_value = trace_result(step->trace, step->loss);
  for (int i = 0; i < step->count; i++) {
    if (!states_of(step->optimizer, step->targets[i]))
      states_new(step->optimizer, step->targets[i]);
    step->values[i] = trace_result(step->trace, trace_stored(step->trace, step->targets[i]));
    step->slopes[i] = trace_result(step->trace, step->gradients[i]);
    step->nodes[i] = arena_alloc(arena, states * sizeof(NodeId));
    memset(step->nodes[i], 0, states * sizeof(NodeId));
  }
}

/* After `ahead`: the gradient and loss are others. */
static void fill_again(Vm *vm, OptimizerStep *step) {
  for (int i = 0; i < step->count; i++) {
    value_release(vm, step->slopes[i]);
    step->slopes[i] = trace_result(step->trace, step->gradients[i]);
  }
  value_release(vm, step->loss_value);
  step->loss_value = trace_result(step->trace, step->loss);
}

void optimizer_step_ahead(Vm *vm, OptimizerStep *step, NodeId norm, NodeId *into) {
  fill_step(step);
  for (int i = 0; i < step->count; i++) into[i] = ahead_of(vm, step, i, norm);
}

int optimizer_step_begin(Vm *vm, OptimizerStep *step, Store *stores_of) {
  int made = 0;
  if (step->values) fill_again(vm, step);
  else fill_step(step);
  if (shared_has_once(step->optimizer)) shared_trace(vm, step, stores_of, &made);
  return made;
}

void optimizer_step_end(Vm *vm, OptimizerStep *step) {
  for (int i = 0; i < step->count; i++) {
    value_release(vm, step->values[i]);
    value_release(vm, step->slopes[i]);
  }
  value_release(vm, step->loss_value);
}

/* ---- an inner optimizer ---- */

/* inner.step(p, g) inside the step of the optimizer that it was given to. */
static Value call_inner_step(Vm *vm, const CallSite *site, Value *args, int count) {
  OptimizerObject *inner = site->self->extra[0].optimizer;
  StateQuery *outer = vm->state_query;
  int index = declaration_inner(outer, inner);
  if (index < 0)
    raise_at(vm, site->span,
             "an inner optimizer can only be stepped inside the outer one's `step`");
  if (count != 2) raise_at(vm, site->span, "`step` takes two arguments: step(p, g)");
  if (outer->stepped & rule_bit(index))
    raise_at(vm, site->span, "an inner optimizer makes one step for each step of the outer one");
  if (outer->vector)
    raise_at(vm, site->span, "a step of the whole vector cannot step another optimizer");
  outer->stepped |= rule_bit(index);
  StateQuery query = *outer;
  query.optimizer = inner;
  query.inputs = &outer->inputs->inner[index];
  query.first = declaration_inner_states(outer, index);
  query.next = 0;
  query.stepped = 0;
  query.target = args[0];
  return step_once(vm, &query, args[1]);
}

static const Native INNER_STEP = {"step(p, g)", NULL, call_inner_step, false, "", "", ""};

static NORETURN void raise_step_outside(Vm *vm, const Ast *ast) {
  bool named = ast->a && ast->a->kind == AST_NAME;
  char help[240];
  snprintf(help, sizeof help,
           "`update net { loss: …; optimizer: %.40s }` makes a step, with `gradient: g` in the "
           "place of `loss:` one by a gradient of yours",
           named ? ast->a->text : "Adam()");
  raise_help(vm, ast->op_span.file ? ast->op_span : ast->span, help,
             "an optimizer is only stepped by one that it was passed to, inside its `step`");
}

Value optimizer_step_bound(Vm *vm, const Ast *ast, Value optimizer) {
  if (declaration_inner(vm->state_query, optimizer.optimizer) < 0) raise_step_outside(vm, ast);
  return native_bound(vm, &INNER_STEP, optimizer, value_none());
}
