/* clause.c — the clauses of `train` and `update`, from the tree to a TrainRun.
 *
 * The resolver has checked the keys; here the values are checked: kinds, ranges, and that nothing
 * required is missing.  Clauses that are evaluated once are evaluated here, in their order; the
 * others are kept as trees.
 */
#include "lang/train/clause.h"

#include "lang/data/data.h"
#include "lang/optimizers/hyper.h"
#include "lang/run/feed.h"

#include "lang/eval/eval.h"
#include "lang/eval/native.h"
#include "lang/eval/standard_value.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/known.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/names/standard.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace.h"

#include "runtime/files.h"
#include "runtime/peers/peers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

const Ast *clause_value(const Ast *ast, const char *key) {
  const Ast *clause = ast_clause(ast, key);
  return clause ? clause->a : NULL;
}

/* ---- values of clauses ---- */

static double number_of(TrainRun *run, const char *key, double absent) {
  const Ast *ast = clause_value(run->ast, key);
  if (!ast) return absent;
  Value *value = stack_push(run->vm, eval(run->vm, run->frame, ast));
  bool unknown = value_unknown(run->vm, *value);
  double number = unknown ? (double)NAN : value_as_number(run->vm, ast->span, *value);
  stack_drop(run->vm, value);
  return number;
}

int64_t clause_count(TrainRun *run, const char *key, int64_t absent, int64_t least) {
  const Ast *ast = clause_value(run->ast, key);
  if (!ast) return absent;
  double number = number_of(run, key, 0);
  /* unknown: shapes do not depend on it */
  if (run->vm->checking && isnan(number)) return absent > least ? absent : least;
  if (number == floor(number) && number >= (double)least && number <= 9007199254740992.0)
    return (int64_t)number;
  Text text = {0};
  text_number(&text, number);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, ast->span,
            "`%s:` must be a whole number from %lld to 2^53, this is %s", key, (long long)least,
            text.data);
  text_free(&text);
  raise_diag(run->vm, &diag);
}

bool clause_bool(TrainRun *run, const char *key, bool absent) {
  const Ast *ast = clause_value(run->ast, key);
  if (!ast) return absent;
  Value *value = stack_push(run->vm, eval(run->vm, run->frame, ast));
  bool truth = value_unknown(run->vm, *value) ? absent : value_truth(run->vm, ast->span, *value);
  stack_drop(run->vm, value);
  return truth;
}

static Value named_item(Vm *vm, const Ast *ast, Value tuple, const char *name) {
  for (int i = 0; i < tuple.tuple->count; i++)
    if (tuple.tuple->names && tuple.tuple->names[i] && !strcmp(tuple.tuple->names[i], name))
      return tuple.tuple->items[i];
  (void)vm;
  (void)ast;
  return (Value){0};
}

/* Which one is not known: the shapes of a step do not depend on it, though its cost does. */
static Value some_optimizer(Vm *vm, Span span) {
  if (vm->options.cost) raise_unknown(vm);
  return standard_library_call(vm, &(CallSite){.span = span, .callee = span}, "GD", NULL, 0);
}

static OptimizerObject *optimizer_of(Vm *vm, Frame *frame, const Ast *owner, Span span) {
  const Ast *ast = clause_value(owner, "optimizer");
  if (!ast)
    raise_help(vm, span, "optimizer: Adam(lr: 1e-3), for instance", "`optimizer:` is missing");
  Value value = eval(vm, frame, ast), *kept = stack_push(vm, value);
  if (value.kind == KIND_UNKNOWN) value = some_optimizer(vm, ast->span);
  if (value.kind == KIND_CLOSURE && value.closure->function->kind == FUNCTION_OPTIMIZER)
    raise_help(vm, ast->span, "call it: add ()",
               "`optimizer:` needs an optimizer, this is only the declaration of one");
  if (value.kind != KIND_OPTIMIZER)
    raise_kind(vm, ast->span, value, "`optimizer:` needs an optimizer",
               "`optimizer: Adam(lr: 1e-3)`, for instance");
  vm->top = kept;
  return value.optimizer;
}

static void clip_of(Vm *vm, Frame *frame, const Ast *owner, Objective *objective) {
  const Ast *ast = clause_value(owner, "clip");
  if (!ast) return;
  Value value = eval(vm, frame, ast), *kept = stack_push(vm, value);
  Value norm = {0}, most = {0};
  if (value.kind == KIND_TUPLE) {
    norm = named_item(vm, ast, value, "norm");
    most = named_item(vm, ast, value, "value");
  }
  if (value_unknown(vm, value) || value_unknown(vm, norm) || value_unknown(vm, most)) {
    stack_drop(vm, kept);
    return;
  }
  bool one = (norm.kind != KIND_UNSET) + (most.kind != KIND_UNSET) == 1 && value.tuple->count == 1;
  if (!one)
    raise_help(vm, ast->span, "clip: (norm: 1.0), over all targets together, or clip: (value: 0.5)",
               "`clip:` needs a tuple with a norm or a value");
  double limit = value_as_number(vm, ast->span, norm.kind ? norm : most);
  if (!(limit > 0)) raise_at(vm, ast->span, "`clip:` must be greater than 0");
  *(norm.kind ? &objective->clip_norm : &objective->clip_value) = limit;
  stack_drop(vm, kept);
}

static void target_name(const Ast *ast, Text *text) {
  if (ast->kind == AST_NAME) text_string(text, ast->text);
  else if (ast->kind == AST_FIELD) {
    target_name(ast->a, text);
    if (ast->text) text_format(text, ".%s", ast->text);
    else text_format(text, ".%d", (int)ast->number);
  } else if (ast->kind == AST_INDEX) target_name(ast->a, text);
  else text_string(text, "target");
}

static void targets_of(Vm *vm, Frame *frame, const Ast *owner, Objective *objective) {
  objective->targets_given = owner->count > 0;
  bool several = objective->gradient && owner->count > 1;
  if (several) objective->tree = value_tuple(vm, (int)owner->count);
  for (uint32_t i = 0; i < owner->count; i++) {
    const Ast *ast = owner->items[i];
    Value value = eval(vm, frame, ast), *kept = stack_push(vm, value);
    if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
    Text name = {0};
    target_name(ast, &name);
    int before = objective->target_count;
    objective_targets(vm, objective, value, name.data);
    text_free(&name);
    bool trainable = value.kind == KIND_PARAM || parts_may(vm, value);
    if (!trainable)
      raise_kind(vm, ast->span, value, "only a model or a param can be trained",
                 value.kind == KIND_TENSOR
                     ? "let w = param(…) makes one; list(w, v) and dict(w: w, v: v) keep params "
                       "what they are, a bracket makes one tensor of their values"
                     : "let w = param(…) makes one");
    if (objective->target_count == before && value.kind == KIND_PARAM && value.param->frozen)
      raise_help(vm, ast->span, "unfreeze(…) it first", "this param is frozen");
    if (several) objective->tree.tuple->items[i] = value_retain(value);
    else if (objective->gradient) objective->tree = value_retain(value);
    stack_drop(vm, kept);
  }
}

/* Each entry of a race has an optimizer of its own, without steps made. */
static OptimizerObject *optimizer_for(Vm *vm, Frame *frame, const Ast *owner, Span span,
                                      const RaceGiven *given) {
  if (given && given->optimizer) return optimizer_copy(vm, given->optimizer).optimizer;
  OptimizerObject *found = optimizer_of(vm, frame, owner, span);
  if (!given) return found;
  OptimizerObject *copy = optimizer_copy(vm, found).optimizer;
  value_release(vm, value_of(KIND_OPTIMIZER, found));
  return copy;
}

/* `loss: cross_entropy`, `metrics: "accuracy"`: the name alone of a function. */
static void want_call(Vm *vm, const Ast *ast, const char *key) {
  bool name = ast->kind == AST_STRING || (ast->kind == AST_NAME && ast->place == PLACE_STANDARD);
  if (!name || !standard_is(vm, ast->text)) return;
  char help[120];
  text_print(help, sizeof help, "%s: %.64s(net(x), y)", key, ast->text);
  raise_help(vm, ast->span, help, "`%s:` is a number of the minibatch, not a function", key);
}

/* given: by the race that this is an entry of, or NULL. */
void clause_objective(Vm *vm, Frame *frame, const Ast *owner, Objective *objective,
                      const RaceGiven *given) {
  objective->span = (Span){owner->span.file, owner->span.start,
                           owner->op_span.file ? owner->op_span.end : owner->span.start + 5};
  objective->loss = clause_value(owner, "loss");
  objective->residuals = clause_value(owner, "residuals");
  objective->gradient = clause_value(owner, "gradient");
  if (objective->loss && objective->residuals)
    raise_at(vm, ast_clause(owner, "residuals")->op_span,
             "`loss:` and `residuals:` cannot both be minimised");
  if (objective->gradient && (objective->loss || objective->residuals))
    raise_at(vm, ast_clause(owner, "gradient")->op_span,
             "`gradient:` and a loss cannot both be given");
  if (objective->gradient && !owner->count)
    raise_help(vm, objective->span, "update net { gradient: g … }",
               "with `gradient:` the targets must be named: the tree has their form");
  if (!objective->loss && !objective->residuals && !objective->gradient)
    raise_help(vm, objective->span, "loss: mse(net(x), y), for instance",
               "`loss:` is missing: what should be minimised?");
  if (objective->loss) want_call(vm, objective->loss, "loss");
  targets_of(vm, frame, owner, objective);
  objective->optimizer = optimizer_for(vm, frame, owner, objective->span, given);
  clip_of(vm, frame, owner, objective);
  if (objective->gradient && objective->optimizer->whole)
    raise_help(vm, objective->gradient->span, "use loss: … instead",
               "%.64s evaluates the loss: a gradient alone is not enough",
               objective->optimizer->made_by->function->name);
  const Ast *clip = ast_clause(owner, "clip");
  if (clip && objective->optimizer->whole)
    raise_help(vm, clip->op_span, "leave `clip:` out",
               "%.64s searches along lines for lower losses: the gradient must not be clipped",
               objective->optimizer->made_by->function->name);
}

/* ---- metrics ---- */

static void metric_add(TrainRun *run, const char *name, const Ast *expression) {
  static const char *const taken[] = {
      "loss",  "step_loss", "lr",         "steps",  "epochs", "seconds", "stopped",     "step",
      "epoch", "grad_norm", "covariance", "errors", "rank",   "why",     "evaluations", "path"};
  want_call(run->vm, expression, "metrics");
  if (!name) {
    const Ast *called = expression->kind == AST_CALL ? expression->a : expression;
    name = called->kind == AST_NAME || called->kind == AST_FIELD ? called->text : NULL;
  }
  if (!name)
    raise_help(run->vm, expression->span, "metrics: (name: …)", "this metric needs a name");
  for (int i = 0; i < COUNT_OF(taken); i++)
    if (!strcmp(name, taken[i]))
      raise_at(run->vm, expression->span,
               "a metric cannot be called `%s`: the history has that name already", name);
  for (int i = 0; i < run->metric_count; i++)
    if (run->metrics[i].name == name)
      raise_help(run->vm, expression->span, "metrics: (name: …)", "two metrics are called `%s`",
                 name);
  if (run->metric_count == METRICS_MOST)
    raise_at(run->vm, expression->span, "at most %d metrics", METRICS_MOST);
  run->metrics[run->metric_count++] = (Metric){name, expression};
}

static void metrics_of(TrainRun *run) {
  const Ast *ast = clause_value(run->ast, "metrics");
  if (!ast) return;
  if (ast->kind != AST_TUPLE) {
    metric_add(run, NULL, ast);
    return;
  }
  for (uint32_t i = 0; i < ast->count; i++)
    metric_add(run, ast->names ? ast->names[i] : NULL, ast->items[i]);
}

/* ---- checkpoint ---- */

/* NULL: not known. */
static char *path_copy(TrainRun *run, const Ast *ast, Value value) {
  if (value_unknown(run->vm, value)) return NULL;
  if (value.kind != KIND_STRING)
    raise_kind(run->vm, ast->span, value, "a path must be a string", NULL);
  return mem_text(value.string->data, value.string->length);
}

static const char *without_dot(const char *path) {
  while (path[0] == '.' && path[1] == '/')
    for (path += 2; *path == '/';) path++;
  return path;
}

static bool same_file(const char *a, const char *b) {
  struct stat one, other;
  if (strcmp(without_dot(a), without_dot(b)) == 0) return true;
  return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_ino == other.st_ino &&
         one.st_dev == other.st_dev;
}

void clause_want_own(TrainRun *run, Span span, const char *key, const char *path) {
  if (run->checkpoint && same_file(run->checkpoint, path))
    raise_at(run->vm, span, "`%s:` and `checkpoint:` write the same file", key);
}

/* Nothing but a checkpoint is replaced by one.  A file that is resumed from is looked at when it is
 * read. */
static void want_replaceable(TrainRun *run, const Ast *ast) {
  const Files *files = &run->vm->files;
  Diag diag = {0};
  if (run->resume && checkpoint_exists(files, run->checkpoint)) return;
  if (checkpoint_replaceable(files, run->checkpoint, &diag)) return;
  diag.span = ast->span;
  diag_help(&diag, "another path, or remove the file");
  raise_diag(run->vm, &diag);
}

static void checkpoint_of(TrainRun *run) {
  run->checkpoint_every = 1;
  const Ast *ast = clause_value(run->ast, "checkpoint");
  run->resume = clause_bool(run, "resume", false);
  if (!ast) {
    if (run->resume)
      raise_help(run->vm, ast_clause(run->ast, "resume")->op_span, "checkpoint: \"run.ckpt\"",
                 "`resume:` needs `checkpoint:`, the file to continue from");
    return;
  }
  Value value = eval(run->vm, run->frame, ast), *kept = stack_push(run->vm, value);
  if (value.kind != KIND_TUPLE) {
    run->checkpoint = path_copy(run, ast, value);
  } else {
    Value path = named_item(run->vm, ast, value, "path"),
          every = named_item(run->vm, ast, value, "every");
    if (path.kind == KIND_UNSET)
      raise_help(run->vm, ast->span, "checkpoint: (path: \"run.ckpt\", every: 1)",
                 "`checkpoint:` needs a path");
    run->checkpoint = path_copy(run, ast, path);
    if (every.kind != KIND_UNSET && !value_unknown(run->vm, every))
      run->checkpoint_every = value_as_index(run->vm, ast->span, every);
    if (run->checkpoint_every < 1)
      raise_at(run->vm, ast->span, "`every` is a number of epochs, at least 1");
  }
  stack_drop(run->vm, kept);
  if (!run->checkpoint) return;
  const Ast *plot = clause_value(run->ast, "plot");
  if (plot && plot->kind == AST_STRING) clause_want_own(run, plot->span, "plot", plot->text);
  want_replaceable(run, ast);
}

/* ---- what conditions look at ---- */

/* Does the tree use or call a name that starts with `prefix` (whole: equals it)? */
static bool mentions(const Ast *ast, const char *name, bool prefix) {
  if (!ast) return false;
  if (ast->kind == AST_NAME && ast->text &&
      (prefix ? !strncmp(ast->text, name, strlen(name)) : !strcmp(ast->text, name)))
    return true;
  if (mentions(ast->a, name, prefix) || mentions(ast->b, name, prefix) ||
      mentions(ast->c, name, prefix))
    return true;
  for (uint32_t i = 0; i < ast->count; i++)
    if (mentions(ast->items[i], name, prefix)) return true;
  return false;
}

static void updates_of(TrainRun *run) {
  Vm *vm = run->vm;
  for (uint32_t i = 0; i < run->ast->clause_count; i++) {
    const Ast *clause = run->ast->clauses[i];
    if (clause->text || !clause->a) continue;
    if (run->objective_count == UPDATES_MOST)
      raise_at(vm, clause->span, "at most %d updates in one train", UPDATES_MOST);
    Objective *objective = &run->objectives[run->objective_count];
    objective->number = run->objective_count++;
    clause_objective(vm, run->frame, clause->a, objective, run->given);
  }
}

static void objectives_of(TrainRun *run) {
  updates_of(run);
  if (run->objective_count == 0) {
    run->objective_count = 1;
    clause_objective(run->vm, run->frame, run->ast, &run->objectives[0], run->given);
    return;
  }
  static const char *const shared[] = {"loss", "residuals", "optimizer", "clip"};
  for (int i = 0; i < COUNT_OF(shared); i++) {
    const Ast *clause = ast_clause(run->ast, shared[i]);
    if (clause)
      raise_at(run->vm, clause->op_span, "with `update` inside, `%s:` belongs in each of them",
               shared[i]);
  }
  if (run->ast->count)
    raise_at(run->vm, run->ast->items[0]->span,
             "with `update` inside, the targets come after each `update`");
}

/* In a race the data is evaluated once for all entries, if possible. */
static Value data_value(TrainRun *run, int which, const Ast *ast) {
  bool given = run->given && run->given->data[which].kind != KIND_UNSET;
  return given ? value_retain(run->given->data[which]) : eval(run->vm, run->frame, ast);
}

static void data_of(TrainRun *run) {
  Vm *vm = run->vm;
  const Ast *validate = clause_value(run->ast, "validate");
  if (!run->ast->b) {
    static const char *const need[] = {"batch",    "shuffle",    "drop_last",
                                       "validate", "accumulate", "shards"};
    for (int i = 0; i < COUNT_OF(need); i++) {
      const Ast *clause = ast_clause(run->ast, need[i]);
      if (clause)
        raise_help(vm, clause->op_span, "train … on (x, y) in data { … }", "`%s:` needs data",
                   need[i]);
    }
    return;
  }
  run->pattern = run->ast->pattern;
  Value data = data_value(run, 0, run->ast->b);
  Value other = validate ? data_value(run, 1, validate) : value_none();
  feed_open(run, data, other, validate);
  if (data.kind == KIND_BATCHES && !run->batch) run->batch = data.dataset->batch;
  value_release(vm, data);
  value_release(vm, other);
}

/* ---- what should be lowest ---- */

/* Metrics of the library for which higher is better. */
static bool better_when_higher(const TrainRun *run, const char *name) {
  static const char *const higher[] = {"accuracy", "precision",         "recall", "f1",
                                       "auc",      "average_precision", "r2",     "top_k"};
  if (!strncmp(name, "val_", 4)) name += 4;
  for (int i = 0; i < run->metric_count; i++) {
    const Ast *called = run->metrics[i].expression->kind == AST_CALL ? run->metrics[i].expression->a
                                                                     : NULL;
    if (strcmp(run->metrics[i].name, name) || !called || called->kind != AST_NAME ||
        called->place != PLACE_STANDARD)
      continue;
    for (int k = 0; k < COUNT_OF(higher); k++)
      if (!strcmp(called->text, higher[k])) return true;
  }
  return false;
}

/* 1 if an expression increases with such a metric, -1 if it decreases, 0 if neither is known. */
static int rising(const TrainRun *run, const Ast *ast) {
  if (ast->kind == AST_NAME) return better_when_higher(run, ast->text);
  if (ast->kind == AST_UNARY && ast->op == UNARY_MINUS) return -rising(run, ast->a);
  if (ast->kind != AST_BINARY) return 0;
  int a = rising(run, ast->a), b = rising(run, ast->b);
  /* which side is not a number */
  bool left = ast->b->kind == AST_NUMBER, right = ast->a->kind == AST_NUMBER;
  switch ((BinaryOp)ast->op) {
    case BINARY_ADD: return left ? a : right ? b : 0;
    case BINARY_SUB: return left ? a : right ? -b : 0;
    case BINARY_MUL: return left && ast->b->number > 0 ? a : right && ast->a->number > 0 ? b : 0;
    case BINARY_DIV: return left && ast->b->number > 0 ? a : 0;
    default: return 0;
  }
}

static void want_minus(TrainRun *run, const Ast *ast) {
  if (!ast) return;
  const Ast *callee = ast->kind == AST_CALL ? ast->a : NULL,
            *value = callee && ast->count ? ast->items[0]->a : NULL;
  bool lowest = callee && callee->kind == AST_NAME && callee->place == PLACE_STANDARD &&
                (!strcmp(callee->text, "best") || !strcmp(callee->text, "stalled"));
  if (lowest && rising(run, value) > 0) {
    char help[160], name[80] = "(…)";
    if (value->kind == AST_NAME) text_print(name, sizeof name, "%.64s", value->text);
    text_print(help, sizeof help, strcmp(callee->text, "best") ? "%s(-%s, …)" : "%s(-%s)",
               callee->text, name);
    raise_help(run->vm, value->span, help,
               "`%s` takes the lowest value, but higher is better here: put a minus before it",
               callee->text);
  }
  want_minus(run, ast->a);
  want_minus(run, ast->b);
  want_minus(run, ast->c);
  for (uint32_t i = 0; i < ast->count; i++) want_minus(run, ast->items[i]);
}

/* `best(…)` and `stalled(…)` where a variable of that name, no function, hides them. */
static void want_rule(TrainRun *run, const char *key, const Ast *ast) {
  if (!ast) return;
  const Ast *callee = ast->kind == AST_CALL && ast->a->kind == AST_NAME ? ast->a : NULL;
  const Value *found = callee && callee->op_span.file ? variable_peek(run->vm, run->frame, callee)
                                                      : NULL;
  if (found && found->kind != KIND_UNKNOWN && !native_callable(*found)) {
    Diag diag = {0};
    diag_fail(&diag, STATUS_FAILED, callee->span,
              "the `%s` of `%s:` is hidden by a variable of that name, which is no function",
              callee->text, key);
    diag_note(&diag, callee->op_span, "declared here");
    diag_help(&diag, "give the variable another name");
    raise_diag(run->vm, &diag);
  }
  const Ast *const parts[] = {ast->a, ast->b, ast->c};
  for (int i = 0; i < COUNT_OF(parts); i++) want_rule(run, key, parts[i]);
  for (uint32_t i = 0; i < ast->count; i++) want_rule(run, key, ast->items[i]);
}

/* What can be known of `keep:` and `stop:` before there are numbers. */
static void rules_of(TrainRun *run) {
  const Ast *keep = run->keep, *stop = run->stop;
  bool best = keep && keep->kind == AST_CALL && keep->a->kind == AST_NAME &&
              !strcmp(keep->a->text, "best");
  if (keep && (!best || (keep->count && keep->items[0]->a->kind == AST_STRING)))
    raise_help(run->vm, keep->span, "keep: best(val_loss)",
               "`keep:` needs best(…) of the value to minimise");
  if (stop && stop->kind == AST_NUMBER)
    raise_help(run->vm, stop->span, "stop: loss < 0.1", "`stop:` is a condition, not a number");
  want_rule(run, "keep", keep);
  want_rule(run, "stop", stop);
  want_minus(run, keep);
  want_minus(run, stop);
}

/* An epoch of one minibatch has the metrics of its step; otherwise they are combined over its
 * minibatches. */
static void measures_of(TrainRun *run) {
  int64_t left_out = run->drop_last && run->batch ? run->rows % run->batch : 0;
  bool batches = run->metric_count && run->batch && run->pattern,
       parts = run->metric_count && run->shards > 1;
  run->measure = (Measure){.on = parts || (batches && run->rows - left_out > run->batch),
                           .training = true,
                           .rows = run->rows - left_out};
  run->val_measure = (Measure){.on = batches && run->validate_rows > run->batch,
                               .rows = run->validate_rows};
  for (int i = 0; i < run->metric_count; i++)
    run->wants_metrics |= mentions(run->stop, run->metrics[i].name, false) ||
                          mentions(run->each_step, run->metrics[i].name, false);
}

/* What is no more than a number, a bool or a tree. */
static void plain_ones(TrainRun *run) {
#define CLAUSE(key, flags)
#define COUNT(key, flags, field, absent, least) run->field = clause_count(run, #key, absent, least);
#define FLAG(key, flags, field) run->field = clause_bool(run, #key, false);
#define TREE(key, flags, field) run->field = clause_value(run->ast, #key);
#include "lang/names/clauses.def"
#undef TREE
#undef FLAG
#undef COUNT
#undef CLAUSE
}

/* `each_epoch: f`: the function would be looked at after each epoch, and dropped. */
static void want_block(TrainRun *run, const char *key, const char *sees) {
  const Ast *ast = clause_value(run->ast, key);
  if (!ast || (ast->kind != AST_NAME && ast->kind != AST_FUNCTION)) return;
  for (int i = 0; i < run->ast->watched_count; i++)
    if (ast->text == run->ast->watched[i].name) return; /* a number that is not known yet */
  Value value = eval(run->vm, run->frame, ast), *kept = stack_push(run->vm, value);
  char wanted[60], help[160];
  text_print(wanted, sizeof wanted, "`%s:` needs a block", key);
  text_print(help, sizeof help, "%s: { %.60s(%s, loss) }", key, ast->text ? ast->text : "f", sees);
  if (value.kind == KIND_CLOSURE || value.kind == KIND_NATIVE)
    raise_kind(run->vm, ast->span, value, wanted, help);
  stack_drop(run->vm, kept);
}

static void average_of(TrainRun *run) {
  const Ast *ast = clause_value(run->ast, "average");
  if (!ast) return;
  Value *value = stack_push(run->vm, eval(run->vm, run->frame, ast));
  if (value->kind != KIND_UNKNOWN) average_read(run, ast->span, *value);
  stack_drop(run->vm, value);
}

static void want_rates(const TrainRun *run, const Ast *clause) {
  for (int i = 0; i < run->objective_count; i++) {
    const OptimizerObject *optimizer = run->objectives[i].optimizer;
    if (!hyper_has_rate(optimizer))
      raise_help(run->vm, clause->a->span, "on_divergence: \"stop\" needs no rate",
                 "\"back_off\" halves `lr`, and %.64s has none",
                 optimizer->made_by->function->name);
  }
}

/* One part is the whole, which is all that an optimizer of the whole vector can see. */
static void join_one_part(TrainRun *run) {
  bool whole = false;
  for (int i = 0; i < run->objective_count; i++) whole |= run->objectives[i].optimizer->whole;
  if (whole && run->shards == 1 && peers_count() == 1) run->shards = 0;
}

static void want_no_accumulate(const TrainRun *run) {
  bool some = run->accumulate > 1;
  const Ast *clause = ast_clause(run->ast, some ? "accumulate" : "shards");
  for (int i = 0; i < run->objective_count && clause && (some || run->shards); i++)
    if (run->objectives[i].optimizer->whole)
      raise_help(run->vm, clause->op_span,
                 some ? "a larger `batch:`, or all rows without one" : "without `shards:`",
                 "%.64s evaluates the loss itself, and would see only one of the %s",
                 run->objectives[i].optimizer->made_by->function->name,
                 some ? "minibatches" : "parts");
}

/* A part of each whole minibatch for every one of `shards:`. */
static void want_rows(const TrainRun *run) {
  int64_t rows = run->batch && run->batch < run->rows ? run->batch : run->rows;
  if (run->shards && run->shards < peers_count())
    raise_help(run->vm, ast_clause(run->ast, "shards")->op_span,
               "each process needs at least one part", "%d processes cannot share %lld parts",
               peers_count(), (long long)run->shards);
  if (run->shards <= rows || (run->vm->checking && rows == 0)) return;
  char help[80];
  snprintf(help, sizeof help, "shards: %lld at most", (long long)rows);
  raise_help(run->vm, ast_clause(run->ast, "shards")->op_span, help,
             "`shards: %lld` is more than the rows of a minibatch: %lld", (long long)run->shards,
             (long long)rows);
}

static void divergence_of(TrainRun *run) {
  static const char *const words[] = {
      [DIVERGENCE_ERROR] = "error", [DIVERGENCE_STOP] = "stop", [DIVERGENCE_BACK_OFF] = "back_off"};
  const Ast *clause = ast_clause(run->ast, "on_divergence");
  if (run->given) run->on_divergence = DIVERGENCE_STOP; /* the others go on */
  if (!clause) return;
  Value value = eval(run->vm, run->frame, clause->a), *kept = stack_push(run->vm, value);
  int found = value_unknown(run->vm, value) ? (int)run->on_divergence : -1;
  for (int i = 0; value.kind == KIND_STRING && i < COUNT_OF(words); i++)
    if (!strcmp(value.string->data, words[i])) found = i;
  if (found < 0)
    raise_help(run->vm, clause->a->span, "on_divergence: \"stop\"",
               "`on_divergence:` is \"error\", \"stop\" or \"back_off\"");
  run->on_divergence = (Divergence)found;
  stack_drop(run->vm, kept);
  if (found == DIVERGENCE_BACK_OFF) want_rates(run, clause);
}

void clause_read_all(TrainRun *run) {
  Vm *vm = run->vm;
  const Ast *ast = run->ast;
  objectives_of(run);
  metrics_of(run);
  plain_ones(run);
  want_block(run, "each_step", "step");
  want_block(run, "each_epoch", "epoch");
  bool limited = ast_clause(ast, "epochs") || ast_clause(ast, "steps") || run->stop;
  if (!limited)
    raise_help(vm, run->objectives[0].span, "epochs: 10, steps: 1000, or stop: loss < 0.01",
               "this training has no end: one of `epochs:`, `steps:`, `stop:` is needed");
  if (ast_clause(ast, "steps") && run->steps_most == 0) run->history.stopped = "steps";
  if (ast_clause(ast, "epochs") && run->epochs_most == 0) run->history.stopped = "epochs";
  if (run->history.stopped)
    snprintf(run->history.why, sizeof run->history.why, "%s: 0 made", run->history.stopped);
  run->over = run->history.stopped != NULL;
  data_of(run);
  run->shuffle = clause_bool(run, "shuffle", run->batch > 0);
  if (run->drop_last && run->batch > run->rows)
    raise_at(vm, ast_clause(ast, "drop_last")->op_span,
             "there is no whole minibatch to train on: the data has %lld rows, a minibatch %lld",
             (long long)run->rows, (long long)run->batch);
  run->quiet = run->quiet || vm->options.quiet_progress;
  average_of(run);
  checkpoint_of(run);
  if (run->restarts > 1 && ast_clause(ast, "report"))
    raise_at(vm, ast_clause(ast, "restarts")->op_span,
             "`restarts:` and `report:` cannot be combined: a report covers one training");
  if (run->restarts > 1 && run->checkpoint)
    raise_at(vm, ast_clause(ast, "restarts")->op_span,
             "`restarts:` and `checkpoint:` cannot be combined: a checkpoint covers one training");
  if (run->restarts > 1 && (!ast->count || run->objective_count > 1))
    raise_help(vm, ast_clause(ast, "restarts")->op_span, "train net on … { … }",
               "`restarts:` rebuilds the targets: they must be named, in a train with one loss");
  divergence_of(run);
  join_one_part(run);
  want_no_accumulate(run);
  want_rows(run);
  run->waits_for_epoch = mentions(run->stop, "val_", true) || mentions(run->stop, "stalled", false);
  for (int i = 0; i < ast->watched_count; i++)
    if (!strcmp(ast->watched[i].name, "grad_norm"))
      for (int k = 0; k < run->objective_count; k++) run->objectives[k].wants_norm = true;
  for (int i = 0; i < run->objective_count; i++) {
    const Objective *objective = &run->objectives[i];
    run->val_objectives[i] = (Objective){.span = objective->span,
                                         .loss = objective->loss,
                                         .residuals = objective->residuals,
                                         .gradient = objective->gradient,
                                         .number = objective->number};
  }
  measures_of(run);
  rules_of(run);
}
