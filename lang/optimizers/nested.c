/* nested.c — see nested.h.
 *
 * `Mup(Mup(Adam()))` would scale each step twice, which nobody intends.  So a wrapper of the
 * library, an optimizer with one inner optimizer, may not contain another of the same declaration,
 * at any depth.  A wrapper with a function argument (Proximal) may contain itself with another
 * function, and so may an optimizer that the script declares.
 */
#include "lang/optimizers/nested.h"

#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/text/source.h"

/* The only optimizer among the arguments; NULL when there is none, or several. */
static OptimizerObject *only_inner(const Value *args, int count) {
  OptimizerObject *inner = NULL;
  for (int i = 0; i < count; i++) {
    if (args[i].kind != KIND_OPTIMIZER) continue;
    if (inner) return NULL;
    inner = args[i].optimizer;
  }
  return inner;
}

static bool takes_a_function(const AstFunction *function, const Value *args) {
  for (int i = 0; i < function->param_count; i++)
    if (args[i].kind == KIND_CLOSURE && !hyper_schedules(function, i, args[i])) return true;
  return false;
}

static bool is_around(const OptimizerObject *outer, const AstFunction *function) {
  for (; outer; outer = only_inner(outer->arguments, outer->count))
    if (outer->made_by->function == function) return true;
  return false;
}

void nested_check(Vm *vm, const CallSite *site, const AstFunction *function, const Value *args) {
  int count = function->param_count;
  for (int i = 0; i < count; i++)
    if (args[i].kind == KIND_OPTIMIZER && args[i].optimizer->whole)
      raise_at(vm, site->span,
               "%.64s steps all tensors as one vector: it cannot be passed to another optimizer, "
               "or to groups",
               args[i].optimizer->made_by->function->name);
  for (int i = 0; i < count; i++)
    if (args[i].kind == KIND_CLOSURE && args[i].closure->function->kind == FUNCTION_OPTIMIZER)
      raise_help(vm, site->span, "call it: add ()",
                 "`%.64s` needs an optimizer, %.64s is only the declaration of one",
                 function->params[i].name, args[i].closure->function->name);
  if (!source_is_library(vm->sources, function->head_span.file) || takes_a_function(function, args))
    return;
  if (is_around(only_inner(args, count), function))
    raise_at(vm, site->span, "%.64s is given an optimizer that %.64s already wraps: wrap it once",
             function->name, function->name);
}

int nested_hyperparameter(const OptimizerObject **optimizer, const OptimizerInputs **inputs,
                          const char *name) {
  const OptimizerObject *at = *optimizer;
  const OptimizerInputs *of = inputs ? *inputs : NULL;
  while (at) {
    const AstFunction *function = at->made_by->function;
    for (int i = 0; i < function->param_count; i++) {
      if (function->params[i].name != name) continue;
      *optimizer = at;
      if (inputs) *inputs = of;
      return i;
    }
    const OptimizerObject *inner = only_inner(at->arguments, at->count);
    for (int i = 0; of && inner && i < at->count; i++)
      if (at->arguments[i].kind == KIND_OPTIMIZER) {
        of = &of->inner[i];
        break;
      }
    at = inner;
  }
  return -1;
}
