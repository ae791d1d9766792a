/* reach.c — see reach.h.
 *
 * The trees of the loss, of the metrics and of the optimizer are searched for names, and the values
 * found there for functions, whose trees are searched too: so the set has every variable that a
 * recording could read, on any branch, and usually some more.  What a function captures are cells,
 * which are added whole.  The library's own functions read no variables of the script but those
 * that they were given, in cells.
 *
 * A name is looked up where it stands.  In the training's own function that is its frame, in others
 * only global names are left: their own variables are made anew by each call.
 *
 * The same search finds the params and buffers that a loss could reach.  A param is named by its
 * path below the variable where it is found; one in a variable that a function captured, by the
 * function.
 */
#include "lang/run/reach.h"

#include "lang/eval/call.h"
#include "lang/machine/closure.h"
#include "lang/machine/frame.h"
#include "lang/machine/module_value.h"
#include "lang/machine/read_set.h"
#include "lang/models/param.h"
#include "lang/names/scope.h"
#include "lang/text/source.h"

/* More places than this are forgotten: nested trainings add their own again and again. */
enum { PLACES_MOST = 1 << 18 };

typedef struct Reach {
  Vm *vm;
  const Ast *owner;   /* the training: its clauses' own variables are left out */
  const Frame *frame; /* of the training's function */
  ReachedParam visit; /* NULL: variables are looked for; else params are, which go to this */
  void *context;
  const char *name; /* the innermost with a name of what is searched */
} Reach;

/* Whose names are searched: the training's own function's if `frame` is not NULL. */
typedef struct Scene {
  const Frame *frame;
  const ModuleObject *module;
} Scene;

static void search(Reach *reach, const Scene *scene, const Ast *ast);

/* ---- values ---- */

/* A value whose parts are to be searched; no recursion, since a list may be millions deep. */
static void meet(Reach *reach, Value value) {
  ReadSet *set = reach->vm->read_set;
  if (reach->visit && value.kind == KIND_PARAM)
    reach->visit(reach->context, value.param, reach->name);
  if (!read_set_may_read(reach->vm, value) || !pointer_set_add(&set->searched, value.object))
    return;
  if (set->waiting_count == set->waiting_capacity) {
    set->waiting_capacity = set->waiting_capacity ? 2 * set->waiting_capacity : 32;
    set->waiting = mem_grow(set->waiting, (size_t)set->waiting_capacity * sizeof *set->waiting);
  }
  set->waiting[set->waiting_count++] = (Waiting){value, reach->name};
}

/* The params below a value, in their order. */
static void visit_params(Reach *reach, Value value, const char *name) {
  if (value.kind == KIND_PARAM || !parts_may(reach->vm, value)) return; /* meet visits a param */
  Parts *parts = parts_of(reach->vm, value, name);
  for (int i = 0; i < parts->count; i++)
    reach->visit(reach->context, parts->items[i].param, parts->items[i].path);
  parts_free(reach->vm, parts);
}

/* A variable, of this name if it is known. */
static void found(Reach *reach, const Value *place, const char *name) {
  const char *before = reach->name;
  if (name) reach->name = name;
  if (reach->visit) visit_params(reach, *place, reach->name);
  else read_set_add(reach->vm->read_set, place);
  meet(reach, *place);
  reach->name = before;
}

/* All that is written of a function, in its own scene. */
static void search_text(Reach *reach, const Scene *scene, const AstFunction *function) {
  for (int i = 0; i < function->param_count; i++) {
    search(reach, scene, function->params[i].shape);
    search(reach, scene, function->params[i].fallback);
  }
  search(reach, scene, function->result);
  search(reach, scene, function->body);
}

static void search_closure(Reach *reach, const ClosureObject *closure) {
  const AstFunction *function = closure->function;
  for (int i = 0; i < closure->cell_count; i++)
    found(reach, &closure->cells[i]->value, function->name);
  if (!function->body || source_is_library(reach->vm->sources, function->body->span.file)) return;
  search_text(reach, &(Scene){.module = closure->module}, function);
}

static void meet_part(Vm *vm, Value value) { meet(vm->reach, value); }

static void search_parts(Reach *reach, Value value) {
  if (value.kind == KIND_CELL) found(reach, &value.cell->value, NULL);
  else if (value.kind == KIND_CLOSURE) search_closure(reach, value.closure);
  else if (value.kind == KIND_MODULE)
    for (int i = 0; i < value.module->global_count; i++)
      found(reach, &value.module->globals[i], NULL);
  else object_each_part(reach->vm, value.object, meet_part);
}

/* ---- trees ---- */

/* A variable of the training's function, or NULL. */
static const Value *in_frame(const Reach *reach, int place, int32_t slot) {
  if (place == PLACE_CAPTURE) return &reach->frame->closure->cells[slot]->value;
  if (place != PLACE_LOCAL && place != PLACE_CELL) return NULL;
  const Ast *owner = reach->owner;
  if (slot >= owner->slot && slot < owner->slot + (int32_t)owner->length) return NULL;
  const Value *at = &reach->frame->slots[slot];
  return at->kind == KIND_CELL ? &at->cell->value : at;
}

static void search_name(Reach *reach, const Scene *scene, const Ast *name) {
  const Value *at = name->place == PLACE_GLOBAL ? &scene->module->globals[name->slot]
                    : scene->frame              ? in_frame(reach, name->place, name->slot)
                                                : NULL;
  if (at) found(reach, at, name->text);
}

/* A function that the tree makes: what it captures is found where the tree names it, or here if
 * the tree is a clause. */
static void search_function(Reach *reach, const Scene *scene, const AstFunction *function) {
  for (int i = 0; scene->frame && i < function->capture_count; i++) {
    const Capture *capture = &function->captures[i];
    const Value *at = in_frame(reach, capture->place, capture->slot);
    if (at) found(reach, at, NULL);
  }
  search_text(reach, &(Scene){.module = scene->module}, function);
}

static void search_items(Reach *reach, const Scene *scene, Ast *const *items, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) search(reach, scene, items[i]);
}

static void search(Reach *reach, const Scene *scene, const Ast *ast) {
  for (; ast; ast = ast->a) { /* along a long sum without recursion */
    stack_check(reach->vm, ast->span);
    if (ast->kind == AST_NAME) search_name(reach, scene, ast);
    if (ast->function) search_function(reach, scene, ast->function);
    search(reach, scene, ast->b);
    search(reach, scene, ast->c);
    search_items(reach, scene, ast->items, ast_below(ast));
    search_items(reach, scene, ast->clauses, ast->clause_count);
  }
}

/* ---- a run ---- */

static void search_loss(Reach *reach, const Scene *scene, const Objective *objective) {
  search(reach, scene, objective->loss);
  search(reach, scene, objective->residuals);
  search(reach, scene, objective->gradient);
}

static void search_waiting(Reach *reach) {
  ReadSet *set = reach->vm->read_set;
  while (set->waiting_count > 0) {
    const Waiting *last = &set->waiting[--set->waiting_count];
    reach->name = last->name;
    search_parts(reach, last->value);
  }
}

static void search_run(Reach *reach, const TrainRun *run) {
  const Scene scene = {.frame = run->frame, .module = run->frame->module};
  for (int i = 0; i < run->objective_count; i++) {
    const Objective *objective = &run->objectives[i];
    search_loss(reach, &scene, objective);
    meet(reach, value_of(KIND_OPTIMIZER, objective->optimizer));
  }
  for (int i = 0; i < run->metric_count; i++) search(reach, &scene, run->metrics[i].expression);
  search_waiting(reach);
}

/* Can the script assign anything between two steps?  A schedule may. */
static bool runs_code(const TrainRun *run) {
  if (run->each_step || run->each_epoch || run->stop || run->keep) return true;
  for (int i = 0; i < run->objective_count; i++) {
    const OptimizerObject *optimizer = run->objectives[i].optimizer;
    for (int k = 0; k < optimizer->count; k++)
      if (read_set_may_read(run->vm, optimizer->arguments[k])) return true;
  }
  return false;
}

void reach_find(TrainRun *run) {
  Vm *vm = run->vm;
  if (run->reads_round == vm->read_set->round || !runs_code(run)) return;
  if (vm->read_set->places.count > PLACES_MOST) read_set_clear(vm->read_set);
  pointer_set_clear(&vm->read_set->searched);
  vm->read_set->waiting_count = 0;
  Reach reach = {.vm = vm, .owner = run->ast, .frame = run->frame};
  vm->reach = &reach;
  search_run(&reach, run);
  vm->reach = NULL;
  run->reads_round = vm->read_set->round;
}

void reach_params(TrainRun *run, ReachedParam visit, void *context) {
  Vm *vm = run->vm;
  pointer_set_clear(&vm->read_set->searched);
  vm->read_set->waiting_count = 0;
  Reach reach = {.vm = vm,
                 .owner = run->ast,
                 .frame = run->frame,
                 .visit = visit,
                 .context = context,
                 .name = "param"};
  const Scene scene = {.frame = run->frame, .module = run->frame->module};
  vm->reach = &reach;
  for (int i = 0; i < run->objective_count; i++) search_loss(&reach, &scene, &run->objectives[i]);
  search_waiting(&reach);
  vm->reach = NULL;
}
