/* untrained.c — decides which trainings `gd test` skips.
 *
 * `gd test` runs the top level of a file, since its tests may use the results, but it should not
 * train for hours.  So a training at the top level is skipped if no test needs it.
 *
 * A statement that trains outside of any function is skipped, and with it everything that it
 * changes: the names that it declares or assigns, and its targets (all names in it, if it has
 * none).  Later statements that mention one of these names are skipped too, and what they declare
 * counts as changed.  If a test mentions such a name, itself or through functions of the file that
 * it mentions, everything runs.  So a test sees either the results of the whole file, or none of
 * the skipped ones.
 */
#include "lang/eval/untrained.h"

#include <string.h>

typedef struct Set {  /* interned names */
  const char **names; /* owned */
  int count, capacity;
} Set;

static bool set_has(const Set *set, const char *name) {
  for (int i = 0; i < set->count; i++)
    if (set->names[i] == name) return true;
  return false;
}

static void set_add(Set *set, const char *name) {
  if (!name || set_has(set, name)) return;
  if (set->count == set->capacity) {
    set->capacity = set->capacity ? 2 * set->capacity : 32;
    set->names = mem_grow((void *)set->names, (size_t)set->capacity * sizeof *set->names);
  }
  set->names[set->count++] = name;
}

/* ---- a walk over a tree, on a stack of its own ---- */

typedef struct Walk {
  const Ast **stack; /* owned */
  size_t count, capacity;
  bool functions; /* into their bodies too */
} Walk;

static void later(Walk *walk, const Ast *ast) {
  if (!ast) return;
  if (walk->count == walk->capacity) {
    walk->capacity = walk->capacity ? 2 * walk->capacity : 64;
    walk->stack = mem_grow((void *)walk->stack, walk->capacity * sizeof *walk->stack);
  }
  walk->stack[walk->count++] = ast;
}

/* The next node; its parts come after it.  NULL at the end, when the walk holds no memory. */
static const Ast *next(Walk *walk) {
  if (!walk->count) {
    mem_free((void *)walk->stack);
    return NULL;
  }
  const Ast *ast = walk->stack[--walk->count];
  later(walk, ast->a);
  later(walk, ast->b);
  later(walk, ast->c);
  /* of a long sum they are the nodes of its left side, which come by `a` */
  for (uint32_t i = 0; i < ast->count && ast->kind != AST_BINARY; i++) later(walk, ast->items[i]);
  for (uint32_t i = 0; i < ast->clause_count; i++) later(walk, ast->clauses[i]);
  if (walk->functions && ast->function) {
    later(walk, ast->function->body);
    for (int i = 0; i < ast->function->param_count; i++)
      later(walk, ast->function->params[i].fallback);
  }
  return ast;
}

static bool trains(const Ast *statement) {
  Walk walk = {0};
  bool found = false;
  later(&walk, statement);
  for (const Ast *ast; (ast = next(&walk)) != NULL;)
    found = found || ast->kind == AST_TRAIN || ast->kind == AST_RACE || ast->kind == AST_UPDATE;
  return found;
}

static bool mentions(const Ast *statement, const Set *set) {
  Walk walk = {.functions = true};
  bool found = false;
  later(&walk, statement);
  for (const Ast *ast; (ast = next(&walk)) != NULL;)
    found = found || (ast->kind == AST_NAME && set_has(set, ast->text));
  return found;
}

static void add_names(const Ast *part, Set *set) {
  Walk walk = {0};
  later(&walk, part);
  for (const Ast *ast; (ast = next(&walk)) != NULL;)
    if (ast->kind == AST_NAME || ast->kind == AST_PATTERN) set_add(set, ast->text);
}

/* What a statement changes that is left out. */
static void add_changed(const Ast *statement, Set *changed) {
  Walk walk = {0};
  later(&walk, statement);
  for (const Ast *ast; (ast = next(&walk)) != NULL;) {
    if (ast->kind == AST_LET) add_names(ast->pattern, changed);
    if (ast->kind == AST_ASSIGN || ast->kind == AST_OPASSIGN) add_names(ast->a, changed);
    if (ast->kind != AST_TRAIN && ast->kind != AST_RACE && ast->kind != AST_UPDATE) continue;
    for (uint32_t i = 0; i < ast->count; i++) add_names(ast->items[i], changed);
    for (uint32_t i = 0; !ast->count && i < ast->clause_count; i++)
      add_names(ast->clauses[i], changed);
  }
}

static bool declares(const Ast *statement) {
  return statement->kind == AST_FN || statement->kind == AST_LOSS || statement->kind == AST_MODEL ||
         statement->kind == AST_OPTIMIZER || statement->kind == AST_IMPORT ||
         statement->kind == AST_TEST;
}

/* What tests mention, and the functions of the file that they mention mention. */
static void add_needed(const Ast *body, Set *needed) {
  for (uint32_t i = 0; i < body->count; i++) {
    Walk walk = {.functions = true};
    if (body->items[i]->kind == AST_TEST) later(&walk, body->items[i]);
    for (const Ast *ast; (ast = next(&walk)) != NULL;)
      if (ast->kind == AST_NAME) set_add(needed, ast->text);
  }
  for (int before = -1; before < needed->count;) {
    before = needed->count;
    for (uint32_t i = 0; i < body->count; i++) {
      const Ast *item = body->items[i];
      if (!item->function || !declares(item) || !set_has(needed, item->function->name)) continue;
      Walk walk = {.functions = true};
      later(&walk, item);
      for (const Ast *ast; (ast = next(&walk)) != NULL;)
        if (ast->kind == AST_NAME) set_add(needed, ast->text);
    }
  }
}

uint8_t *untrained_statements(const Ast *body) {
  Set changed = {0}, needed = {0};
  uint8_t *skipped = mem_zero((size_t)body->count + 1);
  bool some = false, wanted = false;
  for (uint32_t i = 0; i < body->count; i++) {
    const Ast *statement = body->items[i];
    if (declares(statement)) continue;
    skipped[i] = trains(statement) || (changed.count && mentions(statement, &changed));
    if (skipped[i]) add_changed(statement, &changed);
    some = some || skipped[i];
  }
  if (some) add_needed(body, &needed);
  for (int i = 0; i < changed.count; i++) wanted = wanted || set_has(&needed, changed.names[i]);
  mem_free((void *)changed.names);
  mem_free((void *)needed.names);
  if (some && !wanted) return skipped;
  mem_free(skipped);
  return NULL;
}
