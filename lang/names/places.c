/* places.c — --dump=names: the place and slot of every name of a script, by function.
 *
 *     top level
 *       1:5 step → global 1, declared
 *     fn counter, 2:4, a frame of 2, capture 0 from cell 1
 *       2:12 start → local 0, declared
 *
 * A name is listed under the function whose frame it is resolved in: a method's own name under its
 * model, its parameters under the method.  The tree is walked with an explicit worklist, because a
 * sum of 100,000 terms is as deep; then the names are sorted by place.
 */
#include "lang/names/places.h"

#include "lang/names/scope.h"

#include <stdlib.h>

/* A name that was met, or (name NULL) a function. */
typedef struct Met {
  const AstFunction *function; /* NULL: the top level */
  const char *name;
  Span span;
  uint8_t place;
  int32_t slot;
  const char *remark; /* after the slot: "declared" */
  int order;          /* as they were met: sorting keeps it */
} Met;

typedef struct Task {
  const Ast *ast;
  const AstFunction *function;
} Task;

typedef struct Places {
  Met *met; /* owned */
  int count, capacity;
  Task *tasks; /* still to do; owned */
  int task_count, task_capacity;
} Places;

static void push(Places *places, const Ast *ast, const AstFunction *function) {
  if (!ast) return;
  if (places->task_count == places->task_capacity) {
    places->task_capacity = places->task_capacity ? 2 * places->task_capacity : 64;
    places->tasks = mem_grow(places->tasks, (size_t)places->task_capacity * sizeof(Task));
  }
  places->tasks[places->task_count++] = (Task){ast, function};
}

static void meet(Places *places, Met met) {
  if (places->count == places->capacity) {
    places->capacity = places->capacity ? 2 * places->capacity : 64;
    places->met = mem_grow(places->met, (size_t)places->capacity * sizeof(Met));
  }
  met.order = places->count;
  places->met[places->count++] = met;
}

/* A dimension that binds a size: its name is one use of the size, or of a variable that may be
 * meant. */
static void dimension(Places *places, const Ast *ast, const AstFunction *function) {
  if (ast->flags & DIMENSION_BINDS)
    meet(places, (Met){function, ast->a->text, ast->a->span, ast->place, ast->slot, "size", 0});
  if (!(ast->flags & DIMENSION_BINDS) || ast->flags & DIMENSION_MAYBE)
    push(places, ast->a, function);
}

static void function_head(Places *places, const AstFunction *function) {
  meet(places, (Met){.function = function, .span = function->head_span});
  for (int i = 0; i < function->param_count; i++) {
    const AstParam *param = &function->params[i];
    meet(places,
         (Met){function, param->name, param->span, param->place, param->slot, "declared", 0});
    push(places, param->shape, function);
    push(places, param->fallback, function);
  }
  for (int i = 0; i < function->member_count; i++) {
    const Member *member = &function->members[i];
    if (member->kind == MEMBER_T || member->kind == MEMBER_TARGET || member->kind == MEMBER_LOSS)
      meet(places, (Met){function, member->name, member->span, PLACE_CELL, member->slot,
                         "of the optimizer", 0});
  }
  push(places, function->result, function);
  push(places, function->body, function);
}

/* The name that the node itself has. */
static void own_name(Places *places, const Ast *ast, const AstFunction *function) {
  switch ((AstKind)ast->kind) {
    case AST_NAME:
      meet(places, (Met){function, ast->text, ast->span, ast->place, ast->slot, NULL, 0});
      break;
    case AST_PATTERN:
      if (ast->text && !name_is_blank(ast->text))
        meet(places, (Met){function, ast->text, ast->span, ast->place, ast->slot, "declared", 0});
      break;
    case AST_PARAM:
    case AST_BUFFER:
    case AST_STATE:
      meet(places, (Met){function, ast->text, ast->op_span, ast->place, ast->slot, "declared", 0});
      break;
    case AST_FN:
    case AST_LOSS:
    case AST_MODEL:
    case AST_OPTIMIZER:
      meet(places, (Met){function, ast->function->name, ast->function->name_span, ast->place,
                         ast->slot, "declared", 0});
      break;
    default: break;
  }
}

static void visit(Places *places, Task task) {
  const Ast *ast = task.ast;
  if (ast->kind == AST_DIMENSION) {
    if (ast->op == 0) dimension(places, ast, task.function);
    return;
  }
  own_name(places, ast, task.function);
  if (ast->function) function_head(places, ast->function);
  push(places, ast->a, task.function);
  push(places, ast->b, task.function);
  push(places, ast->c, task.function);
  push(places, ast->pattern, task.function);
  bool spine = ast->kind == AST_BINARY; /* its items are nodes of its own left side */
  for (uint32_t i = 0; i < ast->count && !spine; i++) push(places, ast->items[i], task.function);
  for (uint32_t i = 0; i < ast->clause_count; i++) push(places, ast->clauses[i], task.function);
  for (int i = 0; i < ast->watched_count; i++)
    meet(places, (Met){task.function, ast->watched[i].name, ast->span, ast->watched[i].place,
                       ast->watched[i].slot, "of the training", 0});
}

static uint32_t function_at(const AstFunction *function) {
  return function ? function->head_span.start + 1 : 0;
}

/* By function in the order of the text, the function first; then by place. */
static int compare(const void *left, const void *right) {
  const Met *a = left, *b = right;
  uint32_t from[] = {function_at(a->function), function_at(b->function)};
  if (from[0] != from[1]) return from[0] < from[1] ? -1 : 1;
  if (!a->name != !b->name) return a->name ? 1 : -1;
  if (a->span.start != b->span.start) return a->span.start < b->span.start ? -1 : 1;
  return (a->order > b->order) - (a->order < b->order);
}

static const char *place_name(int place) {
  static const char *const names[] = {
      [PLACE_UNRESOLVED] = "unresolved", [PLACE_LOCAL] = "local",   [PLACE_CELL] = "cell",
      [PLACE_CAPTURE] = "capture",       [PLACE_GLOBAL] = "global", [PLACE_STANDARD] = "standard"};
  return names[place];
}

static void show_function(const Sources *sources, const Met *met, Text *text) {
  static const char *const words[] = {[FUNCTION_PLAIN] = "fn",
                                      [FUNCTION_LOSS] = "loss",
                                      [FUNCTION_MODEL] = "model",
                                      [FUNCTION_OPTIMIZER] = "optimizer"};
  const AstFunction *function = met->function;
  SourcePlace at = source_place(sources, met->span);
  text_format(text, "%s%s%s, %u:%u, a frame of %d", words[function->kind],
              function->name ? " " : "", function->name ? function->name : "", at.line, at.column,
              function->frame_size);
  for (int i = 0; i < function->capture_count; i++)
    text_format(text, ", capture %d from %s %d", i, place_name(function->captures[i].place),
                function->captures[i].slot);
  text_char(text, '\n');
}

static void show_name(const Sources *sources, const Met *met, Text *text) {
  SourcePlace at = source_place(sources, met->span);
  text_format(text, "  %u:%u %s → %s", at.line, at.column, met->name, place_name(met->place));
  if (met->place == PLACE_STANDARD) text_format(text, " `%s`", met->name);
  else text_format(text, " %d", met->slot);
  text_format(text, "%s%s\n", met->remark ? ", " : "", met->remark ? met->remark : "");
}

void places_dump(const Sources *sources, const Ast *body, Text *text) {
  Places places = {0};
  push(&places, body, NULL);
  while (places.task_count) visit(&places, places.tasks[--places.task_count]);
  if (places.count) qsort(places.met, (size_t)places.count, sizeof(Met), compare);
  text_string(text, "top level\n");
  for (int i = 0; i < places.count; i++)
    (places.met[i].name ? show_name : show_function)(sources, &places.met[i], text);
  mem_free(places.met);
  mem_free(places.tasks);
}
