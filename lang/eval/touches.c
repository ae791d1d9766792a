/* touches.c — what each statement of a top level may read and change.
 *
 * The question is that of `gd test`, which leaves out trainings: what would a test, or a later
 * statement, find otherwise?  The answer may name too much, never too little.  Params, models,
 * optimizers and closures are shared (LANGUAGE.md section 2), so a name by itself says nothing:
 *
 *   definers  of a global: the statements that declare it or assign to it, wherever that stands in
 *             them, also in functions that they can call; so is, for every global that it can come
 *             to, one that may store something in an object
 *   reads     of a statement: the globals that it mentions, those that the definers of these
 *             mention, and so on.  Two names of one object always meet there: the one that was made
 *             later has a definer that mentions the other, or the function that gave it
 *   may       what calling a function in it may do.  A mention counts as a call, since a function
 *             can be called wherever its name or a value that holds it has gone
 *   writes    the globals assigned to by the statement or by functions within its reach; and if it
 *             may train or change objects, all within its reach
 *
 * Names of the library are walked as text of the script is; of functions in C a table says what
 * they do.  Of an imported module the functions are walked, and its variables count as one.
 *
 * Data cannot be changed, only a name for it.  What is data is asked of the values themselves, by
 * the time the first training is reached: numbers, strings, tensors, data sets, and tuples, lists
 * and dicts of them.
 */
#include "lang/eval/touches.h"

#include "lang/machine/call_site.h"
#include "lang/machine/kind.h"
#include "lang/machine/module_value.h"
#include "lang/machine/vm.h"
#include "lang/names/scope.h"
#include "lang/names/standard.h"

#include <string.h>

static const uint32_t DOES_KNOWN = UINT32_C(1) << 31;
enum { DOES_ANYTHING = DOES_DRAW | DOES_READ_FILES | DOES_WRITE_FILES | DOES_CHANGE | DOES_TRAIN };
enum { WORK_MOST = 1 << 22, SETS_OF_STATEMENT = 5 };

/* ---- functions in C ---- */

typedef struct Effect {
  const char *name;
  uint32_t does;
} Effect;

static const Effect EFFECTS[] = {
    {"append", DOES_WRITE_FILES},
    {"assign", DOES_CHANGE},
    {"blobs", DOES_DRAW},
    {"csv", DOES_READ_FILES},
    {"digits", DOES_DRAW},
    {"exists", DOES_READ_FILES},
    {"exit", DOES_ALL},
    {"freeze", DOES_CHANGE},
    {"idx", DOES_READ_FILES},
    {"image", DOES_READ_FILES},
    {"images", DOES_READ_FILES},
    {"json", DOES_READ_FILES},
    {"jsonl", DOES_READ_FILES},
    {"layer_of", DOES_DRAW}, /* with drawn: true */
    {"line_data", DOES_DRAW},
    {"lines", DOES_READ_FILES},
    {"load", DOES_READ_FILES | DOES_CHANGE},
    {"moons", DOES_DRAW},
    {"npy", DOES_READ_FILES},
    {"npz", DOES_READ_FILES},
    {"read", DOES_READ_FILES},
    {"read_line", DOES_READ_FILES | DOES_WRITE_FILES}, /* what it reads is read */
    {"rings", DOES_DRAW},
    {"safetensors", DOES_READ_FILES},
    {"save", DOES_WRITE_FILES},
    {"seed", DOES_DRAW},
    {"shuffle", DOES_DRAW},
    {"spirals", DOES_DRAW},
    {"sqlite", DOES_READ_FILES},
    {"text", DOES_READ_FILES},
    {"unfreeze", DOES_CHANGE},
    {"write", DOES_WRITE_FILES},
};

/* Clauses of a training that name a file; `checkpoint:` may be read too. */
static const char *const FILE_CLAUSES[] = {"checkpoint", "log", "plot", "report", "save"};

static uint32_t effect_of(const char *name) {
  for (int i = 0; i < COUNT_OF(EFFECTS); i++)
    if (strcmp(EFFECTS[i].name, name) == 0) return EFFECTS[i].does;
  return 0;
}

static uint32_t clause_effect(const Ast *clause) {
  for (int i = 0; clause->text && i < COUNT_OF(FILE_CLAUSES); i++)
    if (strcmp(FILE_CLAUSES[i], clause->text) == 0) return DOES_READ_FILES | DOES_WRITE_FILES;
  return 0;
}

/* ---- a walk over a tree, on a stack of its own ---- */

typedef struct Step {
  const Ast *ast;
  bool inside; /* of a function */
  bool called; /* the callee of a call */
} Step;

typedef struct Walk {
  Step *stack; /* owned */
  size_t count, capacity;
} Walk;

static void later(Walk *walk, const Ast *ast, bool inside, bool called) {
  if (!ast) return;
  if (walk->count == walk->capacity) {
    walk->capacity = walk->capacity ? 2 * walk->capacity : 64;
    walk->stack = mem_grow(walk->stack, walk->capacity * sizeof *walk->stack);
  }
  walk->stack[walk->count++] = (Step){ast, inside, called};
}

static void later_function(Walk *walk, const AstFunction *function) {
  later(walk, function->body, true, false);
  later(walk, function->result, true, false);
  for (int i = 0; i < function->param_count; i++) {
    later(walk, function->params[i].fallback, true, false);
    later(walk, function->params[i].shape, true, false);
  }
}

/* The next node; its parts come after it.  False at the end, when the walk holds no memory. */
static bool next(Walk *walk, Step *step) {
  if (!walk->count) {
    mem_free(walk->stack);
    return false;
  }
  *step = walk->stack[--walk->count];
  const Ast *ast = step->ast;
  later(walk, ast->a, step->inside, ast->kind == AST_CALL);
  later(walk, ast->b, step->inside, false);
  later(walk, ast->c, step->inside, false);
  later(walk, ast->pattern, step->inside, false);
  /* of a long sum they are the nodes of its left side, which come by `a` */
  for (uint32_t i = 0; i < ast_below(ast); i++) later(walk, ast->items[i], step->inside, false);
  for (uint32_t i = 0; i < ast->clause_count; i++)
    later(walk, ast->clauses[i], step->inside, false);
  if (ast->function) later_function(walk, ast->function);
  return true;
}

static bool is_training(const Ast *ast) {
  return ast->kind == AST_TRAIN || ast->kind == AST_RACE || ast->kind == AST_UPDATE;
}

static bool declares(const Ast *ast) {
  return ast->kind == AST_FN || ast->kind == AST_LOSS || ast->kind == AST_MODEL ||
         ast->kind == AST_OPTIMIZER;
}

bool touches_trains(const Ast *statement) {
  Walk walk = {0};
  bool found = false;
  if (declares(statement) || statement->kind == AST_TEST) return false;
  later(&walk, statement, false, false);
  for (Step step; next(&walk, &step);) found = found || (!step.inside && is_training(step.ast));
  return found;
}

/* ---- sets ---- */

static bool has(Slots set, int32_t slot) { return set.words[slot / 64] >> slot % 64 & 1; }
static void put(Slots set, int32_t slot) { set.words[slot / 64] |= UINT64_C(1) << slot % 64; }

bool slots_meet(const Touches *touches, Slots a, Slots b) {
  for (int i = 0; i < touches->words; i++)
    if (a.words[i] & b.words[i]) return true;
  return false;
}

void slots_join(const Touches *touches, Slots into, Slots from) {
  for (int i = 0; i < touches->words; i++) into.words[i] |= from.words[i];
}

/* ---- what stands in a statement ---- */

typedef struct Facts {
  Slots mentions; /* globals in it, also in its functions */
  Slots assigns;  /* globals that it declares or assigns to … */
  Slots inner;    /* … those in functions */
  uint32_t does;  /* flags: outside of functions … */
  uint32_t may;   /* … and what calling a function in it may do */
} Facts;

typedef struct Finder {
  Vm *vm;
  const ModuleObject *module;
  const Ast *body;
  Touches *touches;
  Facts *facts;       /* by statement; owned, as what follows */
  Slots *refers;      /* by slot: what its definers mention */
  uint32_t *may;      /* by slot: what they may do */
  Slots *inner;       /* by slot: what functions in them assign to */
  Slots fixed;        /* data, and declared functions: never changed */
  Slots data;         /* those that are data, which lead to nothing */
  uint8_t *seen;      /* by slot of PLACE_STANDARD: the walk has come to it */
  uint32_t *standard; /* … what a mention may do, with DOES_KNOWN; else 0 */
} Finder;

static uint32_t foreign_effect(Finder *finder, const Ast *body, bool *state);

/* The same, of one that a walk over another comes to. */
static uint32_t standard_inner_effect(Finder *finder, int32_t slot) {
  const Entry *entry = &finder->vm->standard->entries[slot];
  bool state = false;
  if (finder->seen[slot]) return 0;
  finder->seen[slot] = 1;
  if (entry->kind == STANDARD_NATIVE) return effect_of(entry->name);
  if (entry->kind == STANDARD_ROW) return entry->row->draws ? DOES_DRAW : 0;
  return entry->kind == STANDARD_LIBRARY ? foreign_effect(finder, entry->module->body, &state) : 0;
}

/* What calling a standard name may do. */
static uint32_t standard_effect(Finder *finder, int32_t slot) {
  uint32_t *known = &finder->standard[slot];
  if (*known & DOES_KNOWN) return *known & ~DOES_KNOWN;
  memset(finder->seen, 0, (size_t)finder->vm->standard->count);
  const uint32_t does = standard_inner_effect(finder, slot);
  *known = does | DOES_KNOWN;
  return does;
}

/* The name at the root of what is assigned to; *deep: a field of it is. */
static const Ast *root_of(const Ast *target, bool *deep) {
  for (; target->kind == AST_INDEX || target->kind == AST_FIELD; target = target->a)
    *deep = *deep || target->kind == AST_FIELD;
  return target;
}

/* Is an assignment to this target more than a new value for a local variable of what runs, or for
 * a global of the module looked at? */
static bool stores(const Ast *target, bool foreign) {
  bool deep = false;
  const Ast *root = root_of(target, &deep);
  return deep || root->kind != AST_NAME || root->place == PLACE_CAPTURE ||
         (foreign && root->place == PLACE_GLOBAL);
}

static uint32_t assign_effect(const Ast *ast, bool foreign) {
  if (ast->kind != AST_ASSIGN && ast->kind != AST_OPASSIGN) return 0;
  bool some = ast->a->kind != AST_TUPLE && stores(ast->a, foreign);
  for (uint32_t i = 0; ast->a->kind == AST_TUPLE && i < ast->a->count; i++)
    some = some || stores(ast->a->items[i], foreign);
  return some ? DOES_CHANGE : 0;
}

static bool names_standard(const Finder *finder, const Ast *ast, const char *name) {
  return ast->kind == AST_NAME && ast->place == PLACE_STANDARD &&
         strcmp(finder->vm->standard->entries[ast->slot].name, name) == 0;
}

/* A call that has an argument `save:` writes a file: of a picture, of a report. */
static uint32_t call_effect(const Finder *finder, const Ast *call) {
  uint32_t does = names_standard(finder, call->a, "precision") && call->count == 1 ? DOES_ALL : 0;
  for (uint32_t i = 0; i < call->count; i++)
    if (call->items[i]->text && strcmp(call->items[i]->text, "save") == 0) does |= DOES_WRITE_FILES;
  return does;
}

/* A training draws if it shuffles (its data may say how large a minibatch is), makes models again
 * or looks for ills, or if something in it draws. */
static uint32_t training_effect(const Ast *ast) {
  bool draws = ast->kind == AST_RACE || ast->pattern || ast_clause(ast, "batch") ||
               ast_clause(ast, "restarts") || ast_clause(ast, "resume") ||
               ast_clause(ast, "health");
  return DOES_TRAIN | (draws ? DOES_DRAW : 0u);
}

/* What a node itself does, without its parts and without names. */
static uint32_t node_effect(const Finder *finder, const Ast *ast, bool foreign) {
  if (is_training(ast)) return training_effect(ast);
  if (ast->kind == AST_CLAUSE) return clause_effect(ast);
  if (ast->kind == AST_CALL) return call_effect(finder, ast);
  return assign_effect(ast, foreign);
}

/* Of a module other than the one looked at: what its functions may do, and whether its top level
 * has more than functions. */
static uint32_t foreign_effect(Finder *finder, const Ast *body, bool *state) {
  uint32_t does = 0;
  Walk walk = {0};
  for (uint32_t i = 0; body && i < body->count; i++) {
    *state = *state || !(declares(body->items[i]) || body->items[i]->kind == AST_TEST);
    if (body->items[i]->kind != AST_TEST) later(&walk, body->items[i], true, false);
  }
  for (Step step; next(&walk, &step);) {
    const Ast *ast = step.ast;
    does |= node_effect(finder, ast, true);
    if (ast->kind == AST_NAME && ast->place == PLACE_STANDARD)
      does |= standard_inner_effect(finder, ast->slot);
    if (ast->kind == AST_IMPORT) does |= DOES_ANYTHING;
  }
  return does;
}

static void note_assigned(const Ast *part, bool inside, Facts *facts) {
  bool deep = false;
  const Ast *root = root_of(part, &deep);
  for (uint32_t i = 0; root->kind == AST_TUPLE && i < root->count; i++)
    note_assigned(root->items[i], inside, facts);
  bool named = root->kind == AST_NAME || (root->kind == AST_PATTERN && root->text);
  if (named && root->place == PLACE_GLOBAL) put(inside ? facts->inner : facts->assigns, root->slot);
}

/* A name of the library counts as if it were called later too: what it gives may hold functions. */
static void note_standard(Finder *finder, const Step *step, Facts *facts) {
  uint32_t effect = standard_effect(finder, step->ast->slot);
  const Entry *entry = &finder->vm->standard->entries[step->ast->slot];
  bool kept = step->inside || !step->called || entry->kind == STANDARD_LIBRARY;
  if (!step->inside) facts->does |= effect;
  if (kept) facts->may |= effect;
}

static void note(Finder *finder, const Step *step, Facts *facts) {
  const Ast *ast = step->ast;
  *(step->inside ? &facts->may : &facts->does) |= node_effect(finder, ast, false);
  if (ast->kind == AST_NAME && ast->place == PLACE_GLOBAL) put(facts->mentions, ast->slot);
  if (ast->kind == AST_NAME && ast->place == PLACE_STANDARD) note_standard(finder, step, facts);
  if (ast->kind == AST_PATTERN) note_assigned(ast, step->inside, facts);
  if (ast->kind == AST_ASSIGN || ast->kind == AST_OPASSIGN)
    note_assigned(ast->a, step->inside, facts);
}

static const Variable *declared_by(const Finder *finder, const Ast *statement) {
  if (!declares(statement) || !statement->function) return NULL;
  return scope_global(finder->module->scope, statement->function->name);
}

/* An import gives its name a module: what that may do, and whether it has variables, which all
 * imports may share. */
static void note_import(Finder *finder, const Ast *statement, Facts *facts) {
  if (statement->place != PLACE_GLOBAL) return;
  put(facts->assigns, statement->slot);
  for (const Variable *v = finder->module->scope->first; v; v = v->next) {
    if (v->kind != VARIABLE_IMPORT || v->slot != statement->slot || !v->module) continue;
    bool state = false;
    facts->may |= foreign_effect(finder, v->module->body, &state);
    if (!state && !(facts->may & DOES_CHANGE)) put(finder->fixed, v->slot);
  }
}

static void note_statement(Finder *finder, const Ast *statement, Facts *facts) {
  Walk walk = {0};
  later(&walk, statement, false, false);
  for (Step step; next(&walk, &step);) note(finder, &step, facts);
  const Variable *variable = declared_by(finder, statement);
  if (variable) put(facts->assigns, variable->slot), put(finder->fixed, variable->slot);
  if (statement->kind == AST_IMPORT) note_import(finder, statement, facts);
}

/* Imports with variables refer to each other. */
static void join_imports(Finder *finder) {
  Slots all = {mem_zero((size_t)finder->touches->words * sizeof(uint64_t))};
  for (uint32_t i = 0; i < finder->body->count; i++) {
    const Ast *ast = finder->body->items[i];
    if (ast->kind == AST_IMPORT && ast->place == PLACE_GLOBAL && !has(finder->fixed, ast->slot))
      put(all, ast->slot);
  }
  for (uint32_t i = 0; i < finder->body->count; i++)
    if (finder->body->items[i]->kind == AST_IMPORT)
      slots_join(finder->touches, finder->facts[i].mentions, all);
  mem_free(all.words);
}

/* ---- data ---- */

static bool may_change(void *context, const char *name, int64_t number, Value value);

static bool is_data(const Vm *vm, Value value) {
  switch (value.kind) {
    case KIND_NONE:
    case KIND_BOOL:
    case KIND_NUMBER:
    case KIND_STRING:
    case KIND_TENSOR:
    case KIND_RANGE: return true;
    case KIND_TUPLE:
    case KIND_LIST:
    case KIND_DICT:
    case KIND_DATASET: return !fields_each(vm, value, may_change, (void *)(uintptr_t)vm);
    default: return false;
  }
}

static bool may_change(void *context, const char *name, int64_t number, Value value) {
  (void)name;
  (void)number;
  return !is_data(context, value);
}

/* Is a global assigned to by a function, or by a statement that has not run? */
static bool assigned_later(const Finder *finder, int32_t slot, uint32_t ran) {
  for (uint32_t i = 0; i < finder->body->count; i++)
    if (has(finder->facts[i].inner, slot) || (i >= ran && has(finder->facts[i].assigns, slot)))
      return true;
  return false;
}

static void find_data(Finder *finder, uint32_t ran) {
  const ModuleObject *module = finder->module;
  for (int32_t slot = 0; slot < module->global_count; slot++) {
    Value value = module->globals[slot];
    if (value.kind == KIND_UNSET || !is_data(finder->vm, value)) continue;
    if (assigned_later(finder, slot, ran)) continue;
    put(finder->data, slot);
    put(finder->fixed, slot);
  }
}

/* ---- through names ---- */

/* All that can be come to from the globals in `reads`, added to them; returns what it may do. */
static uint32_t reach(const Finder *finder, Slots reads, Slots inner, int32_t *queue) {
  int count = 0;
  uint32_t may = 0;
  const int globals = finder->module->scope->global_count, words = finder->touches->words;
  for (int32_t slot = 0; slot < globals; slot++)
    if (has(reads, slot)) queue[count++] = slot;
  while (count) {
    const int32_t slot = queue[--count];
    if (has(finder->data, slot)) continue;
    may |= finder->may[slot];
    slots_join(finder->touches, inner, finder->inner[slot]);
    for (int i = 0; i < words; i++) {
      uint64_t fresh = finder->refers[slot].words[i] & ~reads.words[i];
      reads.words[i] |= fresh;
      for (; fresh; fresh &= fresh - 1) queue[count++] = 64 * i + __builtin_ctzll(fresh);
    }
  }
  return may;
}

/* The statement is a definer of what it assigns to: true if that is news. */
static bool define(Finder *finder, uint32_t statement, Slots assigned) {
  const Facts *facts = &finder->facts[statement];
  bool news = false;
  for (int32_t slot = 0; slot < finder->module->scope->global_count; slot++) {
    if (!has(assigned, slot)) continue;
    Slots refers = finder->refers[slot], inner = finder->inner[slot];
    for (int i = 0; i < finder->touches->words; i++) {
      news = news || (facts->mentions.words[i] & ~refers.words[i]) ||
             (facts->inner.words[i] & ~inner.words[i]);
      refers.words[i] |= facts->mentions.words[i];
      inner.words[i] |= facts->inner.words[i];
    }
    news = news || (facts->may & ~finder->may[slot]);
    finder->may[slot] |= facts->may;
  }
  return news;
}

/* Completes what a statement touches from what is known so far; true if that tells more of the
 * globals. */
static bool complete(Finder *finder, uint32_t statement, int32_t *queue) {
  const Touches *touches = finder->touches;
  const Facts *facts = &finder->facts[statement];
  Touch *touch = &touches->statements[statement];
  slots_join(touches, touch->reads, facts->mentions);
  slots_join(touches, touch->writes, facts->assigns);
  slots_join(touches, touch->writes, facts->inner);
  touch->does |= facts->does | facts->may | reach(finder, touch->reads, touch->writes, queue);
  if (touch->does & DOES_CHANGE) slots_join(touches, touch->writes, touch->reads);
  return define(finder, statement, touch->writes);
}

/* ---- the whole ---- */

static bool seeds(const Finder *finder, const Ast *statement) {
  return statement->kind == AST_CALL && statement->count == 1 &&
         names_standard(finder, statement->a, "seed") && statement->items[0]->a->kind == AST_NUMBER;
}

static void take_memory(Finder *finder) {
  Touches *touches = finder->touches;
  const int globals = finder->module->scope->global_count;
  const size_t statements = finder->body->count, standard = (size_t)finder->vm->standard->count;
  const size_t sets = SETS_OF_STATEMENT * statements + 2 * (size_t)globals + 2;
  const size_t words = (size_t)touches->words;
  touches->statements = mem_zero((statements + 1) * sizeof(Touch));
  touches->count = (uint32_t)statements;
  uint64_t *at = touches->memory = mem_zero(sets * words * sizeof(uint64_t));
  finder->facts = mem_zero((statements + 1) * sizeof(Facts));
  finder->refers = mem_zero((size_t)(globals + 1) * sizeof(Slots));
  finder->inner = mem_zero((size_t)(globals + 1) * sizeof(Slots));
  finder->may = mem_zero((size_t)(globals + 1) * sizeof(uint32_t));
  finder->seen = mem_zero(standard + 1);
  finder->standard = mem_zero((standard + 1) * sizeof(uint32_t));
  for (size_t i = 0; i < statements; i++) {
    Facts *facts = &finder->facts[i];
    Touch *touch = &touches->statements[i];
    Slots *parts[] = {&facts->mentions, &facts->assigns, &facts->inner, &touch->reads,
                      &touch->writes};
    for (int j = 0; j < COUNT_OF(parts); j++, at += words) parts[j]->words = at;
  }
  for (int i = 0; i < globals; i++, at += 2 * words)
    finder->refers[i].words = at, finder->inner[i].words = at + words;
  finder->fixed.words = at;
  finder->data.words = at + words;
}

static void give_memory(Finder *finder) {
  mem_free(finder->facts);
  mem_free(finder->refers);
  mem_free(finder->inner);
  mem_free(finder->may);
  mem_free(finder->seen);
  mem_free(finder->standard);
}

/* What a training stores in objects is numbers, so it is no definer of what it changes.  Data and
 * functions are left out of the sets. */
static void finish(const Finder *finder) {
  for (uint32_t i = 0; i < finder->touches->count; i++) {
    Touch *touch = &finder->touches->statements[i];
    if (touch->does & DOES_TRAIN) slots_join(finder->touches, touch->writes, touch->reads);
    for (int j = 0; j < finder->touches->words; j++) {
      touch->writes.words[j] &= ~finder->fixed.words[j];
      touch->reads.words[j] &= ~finder->fixed.words[j];
    }
  }
}

bool touches_find(Vm *vm, const ModuleObject *module, const Ast *body, uint32_t ran,
                  Touches *touches) {
  const int globals = module->scope->global_count;
  *touches = (Touches){.words = globals / 64 + 1};
  if ((uint64_t)(body->count + 1) * (uint64_t)(globals + 1) > WORK_MOST) return false;
  Finder finder = {.vm = vm, .module = module, .body = body, .touches = touches};
  take_memory(&finder);
  for (uint32_t i = 0; i < body->count; i++) {
    const Ast *statement = body->items[i];
    note_statement(&finder, statement, &finder.facts[i]);
    touches->statements[i].trains = touches_trains(statement);
    touches->statements[i].seeds = seeds(&finder, statement);
  }
  join_imports(&finder);
  find_data(&finder, ran);
  int32_t *queue = mem_alloc((size_t)(globals + 1) * sizeof *queue);
  for (bool news = true; news;) {
    news = false;
    for (uint32_t i = 0; i < body->count; i++) news = complete(&finder, i, queue) || news;
  }
  mem_free(queue);
  finish(&finder);
  give_memory(&finder);
  return true;
}

void touches_free(Touches *touches) {
  mem_free(touches->statements);
  mem_free(touches->memory);
}
