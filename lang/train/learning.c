/* learning.c — the functions that the evaluator calls in this room, in one table. */
#include "lang/train/learning.h"

#include "lang/models/arithmetic.h"
#include "lang/models/param.h"
#include "lang/optimizers/optimizer.h"
#include "lang/optimizers/optimizer_step.h"
#include "lang/step/whole.h"
#include "lang/train/race.h"
#include "lang/train/train.h"
#include "lang/train/update_statement.h"

static Value run_train(Vm *vm, Frame *frame, const Ast *ast) {
  return ast->kind == AST_RACE ? race_run(vm, frame, ast) : train_run(vm, frame, ast);
}

const Learning LEARNING = {.train = run_train,
                           .update = update_statement,
                           .declare = param_declare,
                           .state = optimizer_step_state,
                           .buffer_assign = buffer_assign,
                           .param_read = param_read,
                           .optimizer = optimizer_new,
                           .tree_binary = tree_binary,
                           .tree_minus = tree_minus,
                           .tree_call = tree_call,
                           .own_slope = whole_slope};
