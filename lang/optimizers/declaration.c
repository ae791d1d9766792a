/* declaration.c — see declaration.h. */
#include "lang/optimizers/declaration.h"

#include "lang/eval/call.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/vm.h"
#include "lang/optimizers/states.h"
#include "lang/tensors/trace_value.h"

#include <string.h>

extern const Op OP_SUB;

const AstFunction *declaration_of(const AstFunction *declaration, const char *name) {
  for (uint32_t i = 0; i < declaration->body->count; i++) {
    const Ast *item = declaration->body->items[i];
    if (item->kind == AST_FN && !strcmp(item->function->name, name)) return item->function;
  }
  return NULL;
}

/* The number of the tensor's step: states that began later are corrected from there on. */
static Value own_number(Vm *vm, const StateQuery *query) {
  const int64_t before = query->memory->before;
  if (before == 0 || query->once || query->vector) return value_retain(query->inputs->t_value);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&query->trace->graph, &diag};
  NodeId number = make2(&maker, OP_SUB,
                        trace_operand(query->trace, query->inputs->t_value, (Span){0}),
                        graph_number(&query->trace->graph, (double)before));
  if (!number) raise_diag(vm, &diag);
  return trace_result(query->trace, number);
}

Value *cells_keep(Vm *vm, const AstFunction *function, CellObject *const *cells) {
  Value *kept = vm->top;
  for (int i = 0; i < function->member_count; i++) stack_push(vm, value_of(KIND_CELL, cells[i]));
  return kept;
}

CellObject **declaration_run(Vm *vm, StateQuery *query) {
  const OptimizerObject *optimizer = query->optimizer;
  const AstFunction *function = optimizer->made_by->function;
  CallSite site = {.span = optimizer->span, .callee = optimizer->span};
  CellObject **cells = arena_alloc(&query->trace->graph.arena,
                                   (size_t)(function->member_count + 1) * sizeof(CellObject *));
  query->outer = vm->state_query;
  vm->state_query = query;
  query->declaring = true;
  query->next = 0;
  Value *number = stack_push(vm, own_number(vm, query));
  call_body(vm, &site, optimizer->made_by, query->inputs->values, *number, query->target, cells);
  stack_drop(vm, number);
  query->kept = cells_keep(vm, function, cells);
  query->declaring = false;
  for (int i = 0; i < function->member_count; i++)
    if (function->members[i].kind == MEMBER_LOSS)
      cells[i]->value = value_retain(query->all->loss_value);
  return cells;
}

void declaration_release(Vm *vm, const StateQuery *query) {
  vm->state_query = query->outer;
  stack_drop(vm, query->kept);
}

ClosureObject *declaration_function(const StateQuery *query, CellObject **cells, const char *name) {
  const AstFunction *function = query->optimizer->made_by->function;
  for (int i = 0; i < function->member_count; i++)
    if (function->members[i].kind == MEMBER_FN && !strcmp(function->members[i].name, name))
      return cells[i]->value.closure;
  return NULL;
}

ClosureObject *declaration_step(Vm *vm, const OptimizerObject *optimizer, CellObject **cells) {
  const AstFunction *function = optimizer->made_by->function;
  for (int i = 0; i < function->member_count; i++) {
    const Member *member = &function->members[i];
    if (member->kind != MEMBER_FN || strcmp(member->name, "step")) continue;
    ClosureObject *step = cells[i]->value.closure;
    if (step->function->param_count == 3 && !vm->state_query->vector)
      raise_at(vm, optimizer->span,
               "%.64s steps all tensors as one vector: it cannot be passed to another optimizer",
               function->name);
    if (step->function->param_count != (vm->state_query->vector ? 3 : 2)) {
      Diag diag = {0};
      diag_fail(
          &diag, STATUS_MALFORMED, step->function->head_span,
          "the step of an optimizer has two parameters, the tensor and its gradient: step(p, g)");
      raise_diag(vm, &diag);
    }
    return step;
  }
  Diag diag = {0};
  diag_fail(&diag, STATUS_MALFORMED, function->head_span, "the optimizer %s has no fn step(p, g)",
            function->name);
  raise_diag(vm, &diag);
}

/* ---- what a body gives ---- */

/* The last assignment to the name among statements, or `found`. */
static const Ast *last_assignment(const Ast *ast, const char *name, const Ast *found) {
  if (!ast) return found;
  switch ((AstKind)ast->kind) {
    case AST_ASSIGN:
    case AST_OPASSIGN:
      return ast->a->kind == AST_NAME && strcmp(ast->a->text, name) == 0 ? ast : found;
    case AST_IF:
    case AST_FOR:
    case AST_WHILE: return last_assignment(ast->c, name, last_assignment(ast->b, name, found));
    case AST_BLOCK:
      for (uint32_t i = 0; i < ast->count; i++) found = last_assignment(ast->items[i], name, found);
      return found;
    default: return found;
  }
}

Span declaration_assigned(const OptimizerObject *optimizer, const char *name) {
  const AstFunction *whole = optimizer->made_by->function, *step = declaration_of(whole, "step");
  const Ast *assignment = step ? last_assignment(step->body, name, NULL) : NULL;
  return assignment ? assignment->span : whole->head_span;
}

static Span span_of(Assigned assigned) {
  return assigned.optimizer ? declaration_assigned(assigned.optimizer, assigned.name)
                            : assigned.span;
}

NodeId declaration_new_value(Vm *vm, Trace *trace, Value value, const Tensor *storage,
                             Assigned assigned) {
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  Span span = value_is_tensor(value) ? vm->current_span : span_of(assigned);
  NodeId node = make_cast(&maker, trace_operand(trace, value, span), storage->dtype);
  if (node && make_type(&maker, node)->shape.rank == 0 && storage->shape.rank)
    node = make_expand(&maker, node, &storage->shape);
  if (node && !shape_equal(&make_type(&maker, node)->shape, &storage->shape)) {
    char have[200], want[200];
    diag_fail(&diag, STATUS_FAILED, span_of(assigned),
              "a step must keep shapes: %s was %s and became %s", assigned.name,
              shape_show(&storage->shape, want), shape_show(&make_type(&maker, node)->shape, have));
    raise_diag(vm, &diag);
  }
  if (!node) raise_diag(vm, &diag);
  return node;
}

void declaration_store(StateQuery *query, NodeId old, NodeId node) {
  int64_t binding = graph_node(&query->trace->graph, old)->attrs[0];
  query->stores[(*query->stored)++] = (Store){binding, node};
}

int declaration_inner_states(const StateQuery *query, int index) {
  int first = query->first + states_own(query->optimizer);
  for (int i = 0; i < index; i++)
    if (query->optimizer->arguments[i].kind == KIND_OPTIMIZER)
      first += states_count(query->optimizer->arguments[i].optimizer);
  return first;
}

int declaration_inner(const StateQuery *query, const OptimizerObject *inner) {
  for (int i = 0; query && !query->declaring && i < query->optimizer->count; i++) {
    Value argument = query->optimizer->arguments[i];
    if (argument.kind == KIND_OPTIMIZER && argument.optimizer == inner) return i;
  }
  return -1;
}
