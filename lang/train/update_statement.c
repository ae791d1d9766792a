/* update_statement.c — the statement `update`: one step of an optimizer, outside a `train`.
 *
 * It reads the clauses, records the step, runs it and frees it; only the optimizer keeps a state.
 */
#include "lang/train/update_statement.h"

#include "lang/health/health_loop.h"
#include "lang/optimizers/hyper.h"
#include "lang/optimizers/states.h"
#include "lang/train/block_state.h"
#include "lang/train/clause.h"
#include "lang/train/cost.h"

#include "lang/machine/closure.h"
#include "lang/machine/raise.h"
#include "lang/text/output.h"

/* An optimizer with states created in the statement itself would lose them, unless the statement
 * is run once. */
static void want_kept(Vm *vm, const Ast *owner, const Objective *objective) {
  if (owner->flags & UPDATE_ONCE) return;
  const Ast *ast = clause_value(owner, "optimizer");
  const AstFunction *function = objective->optimizer->made_by->function;
  if (ast->kind != AST_CALL || ast->a->kind != AST_NAME || ast->a->text != function->name ||
      !states_count(objective->optimizer))
    return;
  raise_help(vm, ast->span, "once, before it: let optimizer = …",
             "made here, %s would lose its state after each update: make it before, with `let`",
             function->name);
}

typedef struct UpdateJob {
  Frame *frame;
  const Ast *ast;
  Objective objective;
  Step step;
  double loss;
  bool has_loss; /* false with a gradient of the script's own */
} UpdateJob;

static void update_job(Vm *vm, void *context) {
  UpdateJob *job = context;
  output_settle();
  clause_objective(vm, job->frame, job->ast, &job->objective, NULL);
  want_kept(vm, job->ast, &job->objective);
  if (!(job->ast->flags & UPDATE_ONCE)) job->objective.varies = block_update_varies;
  if (hyper_auto(job->objective.optimizer) >= 0)
    raise_at(vm, job->objective.optimizer->span,
             "`lr: auto` is for `train`, which knows its length: give an `update` a number");
  job->step = (Step){.objective = &job->objective, .role = STEP_WHOLE};
  StepContext surroundings = {.frame = job->frame};
  StepOutcome outcome;
  health_loop_before(vm, job->frame, job->ast, &job->objective);
  step_make(vm, &job->step, &surroundings, job->objective.optimizer->steps + 1, &outcome);
  if (outcome.interrupted) vm_poll(vm);
  else health_loop_after(vm, job->ast, &job->objective, &outcome);
  if (vm->checking && vm->options.cost) cost_update(vm, &job->objective, &job->step);
  job->loss = outcome.loss;
  job->has_loss = !job->objective.gradient;
}

Value update_statement(Vm *vm, Frame *frame, const Ast *ast) {
  UpdateJob job = {.frame = frame, .ast = ast};
  Diag diag;
  diag_clear(&diag);
  bool fine = vm_protect(vm, update_job, &job, &diag);
  step_free(vm, &job.step);
  objective_free(vm, &job.objective);
  if (!fine && diag_unknown(&diag)) cost_none(vm, ast->span);
  if (!fine) health_loop_failed(vm, ast, &diag);
  if (!fine) raise_diag(vm, &diag);
  if (!job.has_loss) return value_none();
  return vm->checking ? (Value){.kind = KIND_UNKNOWN} : value_number(job.loss);
}
