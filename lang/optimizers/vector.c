/* vector.c — a step of all targets as one vector, on elements: see vector.h.
 *
 * The body of the declaration runs once for the vector, as it runs for a target in a traced step
 * (declaration.c), and `step(p, g, f)` is then called with values.  Afterwards the values of
 * `state` statements are taken out of their cells.  Hyperparameters are checked and scheduled as
 * usual.
 */
#include "lang/optimizers/vector.h"

#include "lang/eval/call.h"
#include "lang/eval/standard_value.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/optimizers/states.h"

Vector *vector_running(const Vm *vm) { return vm->state_query ? vm->state_query->vector : NULL; }

static TargetMemory *vector_memory(Vm *vm, OptimizerObject *optimizer, const Vector *vector) {
  TargetMemory *memory = states_of(optimizer, vector->first);
  int64_t elements = vector->type.shape.dim[0];
  if (!memory) {
    memory = states_new(optimizer, vector->first);
    memory->elements = elements;
  }
  if (memory->elements != elements)
    raise_help(vm, optimizer->span, "make another optimizer for them",
               "this %.64s has stepped a vector of %lld elements, and now gets one of %lld",
               optimizer->made_by->function->name, (long long)memory->elements,
               (long long)elements);
  return memory;
}

static void run_body(Vm *vm, StateQuery *query, const Vector *vector, Value p) {
  OptimizerObject *optimizer = query->optimizer;
  CallSite site = {.span = optimizer->span, .callee = optimizer->span};
  Value *values = hyper_arguments(vm, optimizer);
  query->memory = vector_memory(vm, optimizer, vector);
  vm->state_query = query;
  query->declaring = true;
  call_body(vm, &site, optimizer->made_by, values, value_number((double)(optimizer->steps + 1)), p,
            vector->cells);
  query->declaring = false;
  stack_drop(vm, values);
  query->kept = cells_keep(vm, optimizer->made_by->function, vector->cells);
}

void vector_declare(Vm *vm, OptimizerObject *optimizer, const Vector *vector, Value p) {
  StateQuery query = {.optimizer = optimizer, .target = p, .vector = (Vector *)(uintptr_t)vector};
  StateQuery *outer = vm->state_query;
  run_body(vm, &query, vector, p);
  vm->state_query = outer;
  stack_drop(vm, query.kept);
}

Value vector_step(Vm *vm, OptimizerObject *optimizer, Vector *vector, const Value *pgf) {
  StateQuery query = {.optimizer = optimizer, .target = pgf[0], .vector = vector};
  StateQuery *outer = vm->state_query;
  CallSite site = {.span = optimizer->span, .callee = optimizer->span};
  const AstFunction *function = optimizer->made_by->function;
  Value finals[3];
  run_body(vm, &query, vector, pgf[0]);
  Value result = call_step(vm, &site, declaration_step(vm, optimizer, vector->cells), pgf, 3,
                           finals);
  vm->state_query = outer;
  for (int i = 0, k = 0; i < function->member_count; i++)
    if (function->members[i].kind == MEMBER_STATE)
      vector->states[k++] = value_retain(vector->cells[i]->value);
  value_release(vm, result);
  value_release(vm, finals[1]);
  value_release(vm, finals[2]);
  stack_drop(vm, query.kept);
  return finals[0];
}

Value vector_call(Vm *vm, OptimizerObject *optimizer, Vector *vector, const char *name,
                  const Value *args, int count) {
  StateQuery query = {.optimizer = optimizer, .vector = vector};
  StateQuery *outer = vm->state_query;
  CallSite site = {.span = optimizer->span, .callee = optimizer->span};
  vm->state_query = &query;
  Value result = standard_library_call(vm, &site, name, args, count);
  vm->state_query = outer;
  return result;
}
