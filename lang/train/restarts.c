/* restarts.c — see restarts.h.
 *
 * A model is built again by calling its declaration with its original arguments, of which models
 * are built again first.  Its values are then copied into the old model, so every name of it sees
 * them.  A param outside any model is made by its expression, `param(randn(2))`, which is found in
 * the tree of its file, or of its line of a session, by the place that the param remembers.  Draws
 * continue from their current position, so each run has its own.  Runs are compared by their last
 * loss: `val_loss` if there is one; with `keep:`, the best value that it found.
 *
 * What is not trained is not made again: a frozen param keeps its value, and so do the buffers of a
 * model whose params are all frozen (the statistics that belong to its weights).  What the blocks
 * changed is put back before each run (block_state.c), the optimizers begin anew, and after the
 * last run both are what the best run left.
 */
#include "lang/train/restarts.h"

#include "lang/eval/call.h"
#include "lang/eval/eval.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/frame.h"
#include "lang/machine/list.h"
#include "lang/machine/module_value.h"
#include "lang/machine/tuple.h"
#include "lang/models/model.h"
#include "lang/run/history.h"
#include "lang/run/kept.h"
#include "lang/syntax/ast.h"
#include "lang/text/source.h"

#include <math.h>
#include <string.h>

/* ---- the expression of a param ---- */

static bool spans_equal(Span a, Span b) {
  return a.file == b.file && a.start == b.start && a.end == b.end;
}

/* The call at this place, below a tree. */
static const Ast *call_at(const Ast *ast, Span span) {
  if (!ast || ast->span.file != span.file) return NULL;
  if (ast->kind == AST_CALL && spans_equal(ast->span, span)) return ast;
  const Ast *parts[] = {ast->a, ast->b, ast->c, ast->function ? ast->function->body : NULL}, *found;
  for (int i = 0; i < COUNT_OF(parts); i++)
    if ((found = call_at(parts[i], span))) return found;
  for (uint32_t i = 0; i < ast_below(ast); i++)
    if ((found = call_at(ast->items[i], span))) return found;
  return NULL;
}

/* Does it read variables of a function or block? */
static bool reads_locals(const Ast *ast) {
  if (!ast) return false;
  if (ast->kind == AST_NAME &&
      (ast->place == PLACE_LOCAL || ast->place == PLACE_CELL || ast->place == PLACE_CAPTURE))
    return true;
  if (reads_locals(ast->a) || reads_locals(ast->b) || reads_locals(ast->c)) return true;
  for (uint32_t i = 0; i < ast_below(ast); i++)
    if (reads_locals(ast->items[i])) return true;
  return false;
}

/* Is the place in the function that runs in the frame? */
static bool runs_in(const Frame *frame, Span span) {
  const Ast *body = frame->closure ? frame->closure->function->body : frame->module->body;
  return body && body->span.file == span.file && body->span.start <= span.start &&
         body->span.end >= span.end;
}

/* The call that made the param, where its names mean the same: in the module that runs. */
static const Ast *call_of(const Vm *vm, const Frame *frame, const ParamObject *param) {
  const Ast *call = call_at(frame->module->body, param->span);
  if (call || !frame->module->scope->session) return call;
  const Source *line = source_at(vm->sources, param->span.file);
  return line ? call_at(line->tree, param->span) : NULL;
}

static Value param_again(Vm *vm, Frame *frame, const ParamObject *param) {
  const Ast *call = call_of(vm, frame, param);
  bool known = call && call->count == 1 &&
               !(reads_locals(call->items[0]) && !runs_in(frame, param->span));
  if (!known) {
    Diag diag = {0};
    diag_fail(&diag, STATUS_FAILED, vm->current_span,
              "this param cannot be made again: its expression is not visible from here");
    diag_help(&diag, "train it in the function that makes it, or put it into a model");
    if (param->span.file) diag_note(&diag, param->span, "it was made here");
    raise_diag(vm, &diag);
  }
  const Ast *argument = call->items[0];
  return eval(vm, frame, argument->kind == AST_ARGUMENT ? argument->a : argument);
}

/* ---- models ---- */

static Value again(Vm *vm, Frame *frame, Value value);

static Value list_again(Vm *vm, Frame *frame, const ListObject *list) {
  Value made = value_list(vm, list->count);
  for (int64_t i = 0; i < list->count; i++)
    list_push(vm, made.list, again(vm, frame, list->items[i]));
  return made;
}

/* A model with first values of its own; of anything else, the value. */
static Value model_again(Vm *vm, Frame *frame, ModelObject *model) {
  const AstFunction *function = model->made_by->function;
  Value args = value_list(vm, function->param_count);
  for (int i = 0; i < function->param_count; i++) {
    Value value = {0};
    for (int k = 0; k < function->member_count; k++)
      if (function->members[k].kind == MEMBER_ARGUMENT && model->cells[k] &&
          function->members[k].name == function->params[i].name)
        value = model->cells[k]->value;
    if (function->params[i].rest && value.kind == KIND_LIST) {
      for (int64_t k = 0; k < value.list->count; k++)
        list_push(vm, args.list, again(vm, frame, value.list->items[k]));
    } else if (value.kind != KIND_UNSET) {
      list_push(vm, args.list, again(vm, frame, value));
    }
  }
  CallSite site = {.span = model->made, .callee = model->made};
  Value made = vm_call(vm, &site, value_of(KIND_CLOSURE, model->made_by), args.list->items,
                       (int)args.list->count);
  value_release(vm, args);
  return made;
}

static Value again(Vm *vm, Frame *frame, Value value) {
  stack_check(vm, vm->current_span);
  switch ((Kind)value.kind) {
    case KIND_MODEL: return model_again(vm, frame, value.model);
    case KIND_LIST: return list_again(vm, frame, value.list);
    case KIND_PARAM: return param_again(vm, frame, value.param);
    default: return value_retain(value);
  }
}

/* Is it of a model whose params are all frozen?  `path`: that of a buffer, `net.norm.mean_`. */
static bool in_frozen(const Parts *parts, const char *path) {
  for (const char *dot = strchr(path, '.'); dot; dot = strchr(dot + 1, '.')) {
    bool any = false, all = true;
    for (int i = 0; i < parts->count && all; i++) {
      const ParamObject *param = parts->items[i].param;
      if (param->buffer || strncmp(parts->items[i].path, path, (size_t)(dot + 1 - path)) != 0)
        continue;
      any = true;
      all = param->frozen;
    }
    if (any && all) return true;
  }
  return false;
}

/* The new model gets what the old one keeps: what is frozen, and its statistics. */
static void keep_frozen(Vm *vm, Value old, Value made) {
  Parts *from = parts_of(vm, old, "model"), *to = parts_of(vm, made, NULL);
  for (int i = 0; i < from->count && from->count == to->count; i++) {
    ParamObject *param = from->items[i].param, *into = to->items[i].param;
    bool stays = param->buffer ? in_frozen(from, from->items[i].path) : param->frozen;
    if (stays && shape_equal(&param->value.shape, &into->value.shape))
      param_restore(vm, into, &param->value);
  }
  parts_free(vm, to);
  parts_free(vm, from);
}

static void renew(Vm *vm, Frame *frame, Value value) {
  if (value.kind == KIND_TUPLE) {
    for (int i = 0; i < value.tuple->count; i++) renew(vm, frame, value.tuple->items[i]);
  } else if (value.kind == KIND_LIST) {
    for (int64_t i = 0; i < value.list->count; i++) renew(vm, frame, value.list->items[i]);
  } else if (value.kind == KIND_MODEL || (value.kind == KIND_PARAM && !value.param->frozen)) {
    CallSite site = {.span = vm->current_span, .callee = vm->current_span};
    Value pair[2] = {value, again(vm, frame, value)};
    if (value.kind == KIND_MODEL) keep_frozen(vm, value, pair[1]);
    value_release(vm, native_assign(vm, &site, pair, 2));
    value_release(vm, pair[1]);
  }
}

void restarts_reinitialize(Vm *vm, Frame *frame, const Ast *ast) {
  vm->current_span = ast->span;
  for (uint32_t i = 0; i < ast->count; i++) {
    Value target = eval(vm, frame, ast->items[i]);
    vm->current_span = ast->span;
    renew(vm, frame, target);
    value_release(vm, target);
  }
}

/* ---- the best ---- */

static void free_whole(Held *held) {
  Restarts *restarts = (Restarts *)(void *)held;
  kept_free(&restarts->best);
  block_kept_free(&restarts->before);
  block_kept_free(&restarts->left);
  states_kept_free(&restarts->optimizer);
  mem_free(restarts);
}

Restarts *restarts_new(Vm *vm) {
  Restarts *restarts = mem_zero(sizeof *restarts);
  restarts->held.free_whole = free_whole;
  restarts->score = (double)INFINITY;
  vm_hold(vm, &restarts->held);
  return restarts;
}

static double score_of(const TrainRun *run) {
  const Series *losses = run->validate_count ? &run->history.val_loss : &run->history.loss;
  if (run->best_values) return run->best;
  return losses->count ? losses->at[losses->count - 1] : (double)NAN;
}

void restarts_take(Restarts *restarts, TrainRun *run, Value history) {
  Vm *vm = run->vm;
  double score = score_of(run);
  bool diverged = run->history.stopped && !strcmp(run->history.stopped, "diverged");
  restarts->made++;
  restarts->diverged += diverged;
  if (diverged || isnan(score)) score = (double)INFINITY;
  bool first = restarts->history.kind == KIND_UNSET;
  if (!first && !(score < restarts->score)) return;
  kept_take(run, &restarts->best);
  block_kept_take(run, &restarts->left);
  states_kept_release(vm, &restarts->optimizer);
  states_take(vm, run->objectives[0].optimizer, &restarts->optimizer);
  restarts->score = score;
  if (!first) value_release(vm, restarts->history);
  restarts->history = value_retain(history);
}

void restarts_rewind(Restarts *restarts, TrainRun *run) {
  block_kept_give(run->vm, &restarts->before);
  for (int i = 0; i < run->objective_count; i++) {
    OptimizerObject *optimizer = run->objectives[i].optimizer;
    if (!optimizer) continue;
    states_release(run->vm, optimizer, 0);
    optimizer_go_on(optimizer, 0);
  }
}

Value restarts_end(Vm *vm, Restarts *restarts) {
  if (restarts->history.kind == KIND_UNSET) {
    Diag diag = restarts->diag;
    block_kept_release(vm, &restarts->before);
    vm_drop(vm, &restarts->held);
    raise_diag(vm, &diag);
  }
  kept_give(vm, &restarts->best);
  kept_release(vm, &restarts->best);
  block_kept_give(vm, &restarts->left);
  states_put_back(vm, &restarts->optimizer);
  block_kept_release(vm, &restarts->before);
  block_kept_release(vm, &restarts->left);
  states_kept_release(vm, &restarts->optimizer);
  Value history = restarts->history;
  vm_drop(vm, &restarts->held);
  return history;
}
