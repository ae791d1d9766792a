/* block_state.c — see block_state.h.
 *
 * The tree of the clauses is searched, and that of each function of the script that is named in it,
 * through closures, items of lists and tuples, methods of models and names of imported files.  A
 * name is resolved as where it stands: `Around` is the function around it, as it was called or, of
 * one written inside a clause, as it will be made.
 *
 * Variables are found by what assigns them, so a value that is not stored is known before it is
 * lost.  A param is changed by functions (`assign`, `load`, an inner `train`), so all that a block
 * names are candidates, and those whose elements are no longer those of the start have changed:
 * whoever writes to a param that shares its elements first makes a copy (param_own).
 *
 * The search is repeated for each checkpoint, since a block may have assigned another function to
 * a variable.  It takes microseconds.
 */
#include "lang/train/block_state.h"

#include "lang/eval/call.h"
#include "lang/machine/closure.h"
#include "lang/machine/frame.h"
#include "lang/machine/list.h"
#include "lang/machine/module_value.h"
#include "lang/machine/read_set.h"
#include "lang/machine/tuple.h"
#include "lang/text/source.h"
#include "lang/train/clause.h"
#include "lang/train/saved.h"

#include <string.h>

/* The function around a name. */
typedef struct Around {
  const struct Around *outer; /* of a function that is written inside a clause; or NULL */
  const AstFunction *function;
  const ClosureObject *closure; /* NULL: of one that is not made yet, or of a file */
  const ModuleObject *module;
  const Frame *frame; /* of the training's own function, else NULL */
} Around;

/* What is looked for. */
typedef enum Sought {
  SOUGHT_VARIABLES, /* that are assigned */
  SOUGHT_PARAMS,    /* and optimizers that are named, besides those of the training itself */
  SOUGHT_READING,   /* whether one of the variables of `into` is read */
  SOUGHT_WAYS       /* whether something is done or left by a condition */
} Sought;

typedef struct Search {
  Vm *vm;
  const Ast *owner; /* the training, whose own variables are left out; NULL: an `update` */
  TrainRun *run;    /* or NULL */
  BlockState *into;
  Sought sought;
  bool found;           /* for the last two */
  const void **visited; /* closures and models; owned */
  int visited_count;
} Search;

static void visit(Search *search, const Around *around, const Ast *ast);
static void state_free(Vm *vm, BlockState *state);
static void visit_value(Search *search, Value value);

/* ---- names ---- */

static Value *cell_of(Value *slot) { return slot->kind == KIND_CELL ? &slot->cell->value : slot; }

/* A variable of the training's own function; the clauses' own variables are none. */
static Value *in_frame(const Search *search, const Around *around, int32_t slot) {
  const Ast *train = search->owner;
  bool own = train && slot >= train->slot && slot < train->slot + (int32_t)train->length;
  return around->frame && !own ? cell_of(&around->frame->slots[slot]) : NULL;
}

static Value *captured(const Search *search, const Around *around, int32_t slot) {
  if (around->closure) return &around->closure->cells[slot]->value;
  const Capture *capture = &around->function->captures[slot];
  return capture->place == PLACE_CAPTURE ? captured(search, around->outer, capture->slot)
                                         : in_frame(search, around->outer, capture->slot);
}

/* NULL: it is a variable of the clause or function itself, a standard name, or has no value yet. */
static Value *find(const Search *search, const Around *around, const Ast *name) {
  Value *at = NULL;
  if (name->place == PLACE_GLOBAL) at = &around->module->globals[name->slot];
  else if (name->place == PLACE_CAPTURE) at = captured(search, around, name->slot);
  else if (name->place == PLACE_LOCAL || name->place == PLACE_CELL)
    at = in_frame(search, around, name->slot);
  return at && at->kind != KIND_UNSET ? at : NULL;
}

/* ---- what is found ---- */

/* The name, with a number if another variable has it too. */
static char *unique(const char *name, bool (*taken)(const BlockState *state, const char *name),
                    const BlockState *state) {
  Text text = {0};
  text_string(&text, name);
  for (int number = 2; taken(state, text.data); number++) {
    text.length = 0;
    text_format(&text, "%s#%d", name, number);
  }
  return text.data;
}

static bool variable_taken(const BlockState *state, const char *name) {
  for (int i = 0; i < state->variable_count; i++)
    if (!strcmp(state->variables[i].name, name)) return true;
  return false;
}

static bool param_taken(const BlockState *state, const char *name) {
  for (int i = 0; i < state->param_count; i++)
    if (!strcmp(state->params[i].name, name)) return true;
  return false;
}

static void add_variable(BlockState *state, const char *name, Value *at, bool whole) {
  for (int i = 0; i < state->variable_count; i++) {
    if (state->variables[i].at != at) continue;
    state->variables[i].whole |= whole;
    return;
  }
  char *own = unique(name, variable_taken, state);
  state->variables = mem_grow(state->variables,
                              ((size_t)state->variable_count + 1) * sizeof(BlockVariable));
  state->variables[state->variable_count++] = (BlockVariable){own, at, whole};
}

static bool is_kept(const TrainRun *run, const ParamObject *param) {
  for (int i = 0; i < run->kept_count; i++)
    if (run->kept[i] == param) return true;
  return false;
}

static void add_param(Search *search, const Part *part) {
  BlockState *state = search->into;
  if (is_kept(search->run, part->param)) return;
  for (int i = 0; i < state->param_count; i++)
    if (state->params[i].param == part->param) return;
  char *name = unique(part->path, param_taken, state);
  state->params = mem_grow(state->params, ((size_t)state->param_count + 1) * sizeof(BlockParam));
  value_retain(value_of(KIND_PARAM, part->param));
  state->params[state->param_count++] = (BlockParam){name, part->param,
                                                     tensor_retain(&part->param->value), false};
}

static void add_optimizer(Search *search, OptimizerObject *optimizer) {
  BlockState *state = search->into;
  for (int i = 0; i < search->run->objective_count; i++)
    if (search->run->objectives[i].optimizer == optimizer) return;
  state->optimizers = mem_grow(state->optimizers,
                               ((size_t)state->optimizer_count + 1) * sizeof(BlockOptimizer));
  value_retain(value_of(KIND_OPTIMIZER, optimizer));
  state->optimizers[state->optimizer_count++] = (BlockOptimizer){optimizer, optimizer->steps};
}

static void add_parts(Search *search, const char *name, Value value) {
  if (value.kind == KIND_OPTIMIZER) add_optimizer(search, value.optimizer);
  if (value.kind != KIND_PARAM && value.kind != KIND_MODEL && value.kind != KIND_TUPLE &&
      value.kind != KIND_LIST)
    return;
  Vm *vm = search->vm;
  Parts *parts = parts_of(vm, value, name);
  for (int i = 0; i < parts->count; i++) add_param(search, &parts->items[i]);
  parts_free(vm, parts);
}

/* ---- searching ---- */

static bool visit_first(Search *search, const void *object) {
  for (int i = 0; i < search->visited_count; i++)
    if (search->visited[i] == object) return false;
  search->visited = mem_grow(search->visited, ((size_t)search->visited_count + 1) * sizeof(void *));
  search->visited[search->visited_count++] = object;
  return true;
}

static void visit_closure(Search *search, const ClosureObject *closure) {
  const AstFunction *function = closure->function;
  const Sources *sources = search->vm->sources;
  if (!function->body || source_is_library(sources, function->body->span.file)) return;
  if (!visit_first(search, closure)) return;
  visit(search, &(Around){.function = function, .closure = closure, .module = closure->module},
        function->body);
}

static void visit_model(Search *search, const ModelObject *model) {
  if (!visit_first(search, model)) return;
  for (int i = 0; i < model->count; i++)
    if (model->cells[i]) visit_value(search, model->cells[i]->value);
}

/* The functions that a value has. */
static void visit_value(Search *search, Value value) {
  stack_check(search->vm, search->vm->current_span);
  if (value.kind == KIND_CLOSURE) visit_closure(search, value.closure);
  if (value.kind == KIND_MODEL) visit_model(search, value.model);
  for (int i = 0; value.kind == KIND_TUPLE && i < value.tuple->count; i++)
    visit_value(search, value.tuple->items[i]);
  for (int64_t i = 0; value.kind == KIND_LIST && i < value.list->count; i++)
    visit_value(search, value.list->items[i]);
}

static void visit_name(Search *search, const Ast *name, const Value *at) {
  if (!at) return;
  if (search->sought == SOUGHT_PARAMS) add_parts(search, name->text, *at);
  for (int i = 0; search->sought == SOUGHT_READING && i < search->into->variable_count; i++)
    search->found |= search->into->variables[i].at == at;
  visit_value(search, *at);
}

/* A name of an imported file. */
static void visit_field(Search *search, const Around *around, const Ast *field) {
  const Value *at = field->a->kind == AST_NAME ? find(search, around, field->a) : NULL;
  if (!at || at->kind != KIND_MODULE || !field->text) return;
  const Variable *variable = scope_global(at->module->scope, field->text);
  bool there = variable && variable->slot >= 0 && variable->slot < at->module->global_count;
  if (there) visit_name(search, field, &at->module->globals[variable->slot]);
}

/* The left side of an assignment. */
static void visit_assigned(Search *search, const Around *around, const Ast *target) {
  for (uint32_t i = 0; target->kind == AST_TUPLE && i < target->count; i++)
    visit_assigned(search, around, target->items[i]);
  const Ast *root = target;
  while (root->kind == AST_INDEX || root->kind == AST_FIELD) root = root->a;
  Value *at = root->kind == AST_NAME && !(root->flags & NAME_BUFFER) ? find(search, around, root)
                                                                     : NULL;
  if (at && search->sought == SOUGHT_VARIABLES)
    add_variable(search->into, root->text, at, root == target);
}

static void visit_items(Search *search, const Around *around, Ast *const *items, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) visit(search, around, items[i]);
}

static void visit_function(Search *search, const Around *around, const AstFunction *function) {
  visit(search, &(Around){.outer = around, .function = function, .module = around->module},
        function->body);
}

/* Does it do, by what it finds, one thing or another?  `experts[k](x)` does. */
static bool is_way(const Ast *ast) {
  switch (ast->kind) {
    case AST_IF:
    case AST_FOR:
    case AST_WHILE:
    case AST_AND:
    case AST_OR:
    case AST_COMPREHENSION: return true;
    case AST_CALL: return ast->a->kind == AST_INDEX;
    default: return false;
  }
}

static void visit(Search *search, const Around *around, const Ast *ast) {
  if (!ast) return;
  stack_check(search->vm, search->vm->current_span);
  if (ast->kind == AST_NAME) visit_name(search, ast, find(search, around, ast));
  if (ast->kind == AST_FIELD) visit_field(search, around, ast);
  if (ast->kind == AST_ASSIGN || ast->kind == AST_OPASSIGN) visit_assigned(search, around, ast->a);
  if (search->sought == SOUGHT_WAYS) search->found |= is_way(ast);
  if (ast->function) visit_function(search, around, ast->function);
  if (ast->kind == AST_BINARY && (ast->flags & BINARY_SPINE)) {
    visit(search, around, ast->items[0]->a);
    for (uint32_t i = 0; i < ast->count; i++) visit(search, around, ast->items[i]->b);
    return;
  }
  const Ast *const parts[] = {ast->a, ast->b, ast->c};
  for (int i = 0; i < COUNT_OF(parts); i++) visit(search, around, parts[i]);
  visit_items(search, around, ast->items, ast->count);
  visit_items(search, around, ast->clauses, ast->clause_count);
}

static Around around_of(const Frame *frame) {
  return (Around){.frame = frame, .closure = frame->closure, .module = frame->module};
}

/* Params are changed by blocks alone; a loss or a condition may call a function that counts. */
static void search(TrainRun *run, BlockState *into, bool params) {
  Search search = {.vm = run->vm,
                   .owner = run->ast,
                   .run = run,
                   .into = into,
                   .sought = params ? SOUGHT_PARAMS : SOUGHT_VARIABLES};
  const Around around = around_of(run->frame);
  visit(&search, &around, clause_value(run->ast, "each_step"));
  visit(&search, &around, clause_value(run->ast, "each_epoch"));
  for (uint32_t i = 0; !params && i < run->ast->clause_count; i++)
    visit(&search, &around, run->ast->clauses[i]);
  mem_free(search.visited);
}

static bool is_found(Search *search, const Frame *frame, const Objective *objective) {
  const Around around = around_of(frame);
  visit(search, &around, objective->residuals ? objective->residuals : objective->loss);
  mem_free(search->visited);
  return search->found;
}

bool block_loss_varies(Vm *vm, const Frame *frame, const Objective *objective) {
  TrainRun *run = run_current(vm);
  BlockState *state = mem_zero(sizeof *state);
  search(run, state, false);
  Search reading = {.vm = vm, .owner = run->ast, .into = state, .sought = SOUGHT_READING};
  bool varies = state->variable_count && is_found(&reading, frame, objective);
  state_free(vm, state);
  return varies;
}

bool block_update_varies(Vm *vm, const Frame *frame, const Objective *objective) {
  Search ways = {.vm = vm, .sought = SOUGHT_WAYS};
  return is_found(&ways, frame, objective);
}

/* ---- the life of a run ---- */

static void forget_variables(BlockState *state) {
  for (int i = 0; i < state->variable_count; i++) mem_free(state->variables[i].name);
  state->variable_count = 0;
}

void block_state_open(TrainRun *run) {
  run->block_state = mem_zero(sizeof *run->block_state);
  search(run, run->block_state, false);
}

void block_state_start(TrainRun *run) {
  if (!run->block_state || run->block_state->started) return;
  run->block_state->started = true;
  kept_collect(run);
  search(run, run->block_state, true);
}

void block_state_find(TrainRun *run) {
  forget_variables(run->block_state);
  search(run, run->block_state, false);
}

static void state_free(Vm *vm, BlockState *state) {
  forget_variables(state);
  mem_free(state->variables);
  for (int i = 0; i < state->param_count; i++) {
    mem_free(state->params[i].name);
    tensor_release(&state->params[i].start);
    value_release(vm, value_of(KIND_PARAM, state->params[i].param));
  }
  mem_free(state->params);
  for (int i = 0; i < state->optimizer_count; i++)
    value_release(vm, value_of(KIND_OPTIMIZER, state->optimizers[i].optimizer));
  mem_free(state->optimizers);
  mem_free(state);
}

void block_state_free(TrainRun *run) {
  if (run->block_state) state_free(run->vm, run->block_state);
}

/* ---- of a run among several ---- */

void block_kept_take(TrainRun *run, BlockKept *kept) {
  Vm *vm = run->vm;
  BlockState *state = mem_zero(sizeof *state);
  block_kept_release(vm, kept);
  kept_collect(run);
  search(run, state, false);
  search(run, state, true);
  kept->places = mem_zero(((size_t)state->variable_count + 1) * sizeof(Value *));
  kept->values = mem_zero(((size_t)state->variable_count + 1) * sizeof(Value));
  for (int i = 0; i < state->variable_count; i++) {
    kept->places[kept->count] = state->variables[i].at;
    kept->values[kept->count++] = value_retain(*state->variables[i].at);
  }
  for (int i = 0; i < state->param_count; i++)
    kept_add_value(vm, &kept->params, state->params[i].param, &state->params[i].param->value);
  kept->optimizers = mem_zero(((size_t)state->optimizer_count + 1) * sizeof(OptimizerKept));
  for (int i = 0; i < state->optimizer_count; i++)
    states_take(vm, state->optimizers[i].optimizer, &kept->optimizers[kept->optimizer_count++]);
  state_free(vm, state);
}

void block_kept_give(Vm *vm, const BlockKept *kept) {
  for (int i = 0; i < kept->count; i++) {
    Value before = *kept->places[i];
    *kept->places[i] = value_retain(kept->values[i]);
    value_release(vm, before);
  }
  kept_give(vm, &kept->params);
  for (int i = 0; i < kept->optimizer_count; i++) states_put_back(vm, &kept->optimizers[i]);
  vm->effects++;
  read_set_changed(vm->read_set);
}

void block_kept_free(BlockKept *kept) {
  kept_free(&kept->params);
  for (int i = 0; i < kept->optimizer_count; i++) states_kept_free(&kept->optimizers[i]);
  mem_free(kept->optimizers);
  mem_free(kept->places);
  mem_free(kept->values);
  *kept = (BlockKept){0};
}

void block_kept_release(Vm *vm, BlockKept *kept) {
  for (int i = 0; i < kept->count; i++) value_release(vm, kept->values[i]);
  kept_release(vm, &kept->params);
  for (int i = 0; i < kept->optimizer_count; i++) states_kept_release(vm, &kept->optimizers[i]);
  block_kept_free(kept);
}

bool block_state_assigns(const TrainRun *run, const Value *at) {
  const BlockState *state = run->block_state;
  for (int i = 0; state && i < state->variable_count; i++)
    if (state->variables[i].at == at) return true;
  return false;
}

bool block_state_changed(const TrainRun *run, const BlockParam *param) {
  return !is_kept(run, param->param) &&
         (param->read || param->param->value.buffer != param->start.buffer);
}

/* ---- what is not stored ---- */

static bool tells(TrainRun *run) {
  bool first = !run->block_state->told && vm_warns(run->vm);
  run->block_state->told |= first;
  return first;
}

void block_state_tell(TrainRun *run, const char *name) {
  if (!tells(run)) return;
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, saved_clause(run)->span,
            "the checkpoint is without `%.64s`, which a block assigns", name);
  diag_help(&diag,
            "numbers, strings, tensors, and lists of them are stored; after a resume `%.64s` is "
            "what the script gives",
            name);
  vm_warn(run->vm, &diag);
}

void block_state_tell_optimizers(TrainRun *run) {
  const BlockState *state = run->block_state;
  for (int i = 0; i < state->optimizer_count; i++) {
    const OptimizerObject *optimizer = state->optimizers[i].optimizer;
    bool lost = optimizer->steps != state->optimizers[i].steps && states_count(optimizer);
    if (!lost || !tells(run)) continue;
    Diag diag = {0};
    diag_fail(&diag, STATUS_FAILED, saved_clause(run)->span,
              "the checkpoint is without the states of `%.64s`, which a block steps",
              optimizer->made_by->function->name);
    diag_help(&diag, "an `update` among the clauses of the training is stored with its optimizer");
    vm_warn(run->vm, &diag);
  }
}
