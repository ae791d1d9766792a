/* resolve_train.c — the clauses of `train` and `update`: their keys, and which names are visible in
 * each.
 *
 *   loss residuals metrics update    the names of `on PATTERN in …`
 *   stop keep each_step each_epoch   the watched names: loss step epoch grad_norm lr seconds, the
 *                                    metrics, val_…
 *   all others                       only what is visible around the statement
 *
 * The first two groups get a block of names around the expression.  Of the watched names only those
 * that some clause uses are passed on to learn (Ast.watched), which computes only those and knows
 * which conditions need a validation.
 *
 * In a `race` the names of `settings:` are visible in all clauses but those that describe the race
 * (DESCRIBES).  They are written in the script, so the resolver knows them; their places are the
 * `watched` of the clause's own node, which race.c fills for each entry.
 *
 * To add a key: a row of clauses.def; the file of learn that it is of implements it.
 */
#include "lang/machine/vm.h"
#include "lang/names/resolve.h"
#include "lang/names/warn.h"
#include "lang/syntax/token.h"

#include <string.h>

enum {
  FOR_TRAIN = 1,
  FOR_UPDATE = 2,
  SEES_PATTERN = 4,
  SEES_WATCHED = 8,
  IS_BLOCK = 16,
  FOR_RACE = 32,  /* in a race alone; what is FOR_TRAIN may stand there too … */
  ALONE = 64,     /* … but for these */
  DESCRIBES = 128 /* the race itself: does not see its settings */
};

static const struct Key {
  const char *name;
  int flags;
} KEYS[] = {
#define CLAUSE(key, flags) {#key, flags},
#define COUNT(key, flags, field, absent, least) CLAUSE(key, flags)
#define FLAG(key, flags, field) CLAUSE(key, flags)
#define TREE(key, flags, field) CLAUSE(key, flags)
#include "lang/names/clauses.def"
#undef TREE
#undef FLAG
#undef COUNT
#undef CLAUSE
};

const char *train_key(int index) {
  return index >= 0 && index < COUNT_OF(KEYS) ? KEYS[index].name : NULL;
}

static bool may_stand(const struct Key *key, int where) {
  if (where != FOR_RACE) return key->flags & where;
  return key->flags & FOR_RACE || (key->flags & FOR_TRAIN && !(key->flags & ALONE));
}

bool train_key_stands(int index, int statement) {
  return may_stand(&KEYS[index], statement == TOKEN_RACE     ? FOR_RACE
                                 : statement == TOKEN_UPDATE ? FOR_UPDATE
                                                             : FOR_TRAIN);
}

static const struct Key *key_find(const char *name, int where) {
  for (int i = 0; i < COUNT_OF(KEYS); i++)
    if (may_stand(&KEYS[i], where) && strcmp(KEYS[i].name, name) == 0) return &KEYS[i];
  return NULL;
}

/* A clause that a training alone has. */
static bool help_race(const char *name, Diag *diag) {
  if (!strcmp(name, "restarts"))
    diag_help(diag,
              "`seeds: 3` runs each entry from three seeds, and keeps the best of the winner");
  else if (!strcmp(name, "checkpoint") || !strcmp(name, "resume"))
    diag_help(diag, "a race cannot be resumed; a `train` with the winner's settings can");
  else return false;
  return true;
}

static void say_unknown_key(Resolver *resolver, const Ast *clause, int where) {
  static const char *const statements[] = {
      [FOR_TRAIN] = "train", [FOR_UPDATE] = "update", [FOR_RACE] = "race"};
  char buffer[NAME_SIZE];
  Diag *diag = report_error(resolver->report, clause->op_span, "`%s` has no clause `%s:`",
                            statements[where], shown_name(clause->text, buffer));
  Nearest nearest = nearest_to(clause->text);
  for (int i = 0; i < COUNT_OF(KEYS); i++)
    if (may_stand(&KEYS[i], where)) nearest_offer(&nearest, KEYS[i].name);
  for (int i = 0; i < COUNT_OF(KEYS); i++)
    if (where == FOR_TRAIN && KEYS[i].flags & FOR_RACE && !strcmp(KEYS[i].name, clause->text)) {
      diag_help(diag,
                "`race` has it: it runs the same training once for each optimizer or setting");
      return;
    }
  if (where == FOR_RACE && help_race(clause->text, diag)) return;
  static const char *const of_optimizer[] = {"lr",   "learning_rate", "rate",     "momentum",
                                             "beta", "weight_decay",  "schedule", "scheduler"};
  for (int i = 0; i < COUNT_OF(of_optimizer) && !nearest.best; i++)
    if (strcmp(clause->text, of_optimizer[i]) == 0)
      diag_help(diag, "settings of the steps belong to the optimizer: `optimizer: SGD(lr: 0.1)`");
  if (!nearest_tell(&nearest, ":", diag)) diag_label(diag, "not a clause");
}

/* Checks the keys of one pair of braces. */
static void check_keys(Resolver *resolver, const Ast *ast, int where) {
  const Ast *seen[COUNT_OF(KEYS)] = {NULL};
  for (uint32_t i = 0; i < ast->clause_count; i++) {
    const Ast *clause = ast->clauses[i];
    if (!clause->text) continue;
    const struct Key *key = key_find(clause->text, where);
    if (!key) {
      say_unknown_key(resolver, clause, where);
    } else if (seen[key - KEYS]) {
      Diag *diag = report_error(resolver->report, clause->op_span,
                                "the clause `%s:` is given twice", key->name);
      diag_note(diag, seen[key - KEYS]->op_span, "first here");
    } else {
      seen[key - KEYS] = clause;
    }
  }
}

/* Resolves an expression that `return` cannot leave, and `break` and `continue` only where the
 * clause is a block of a training, which is then the loop around them. */
static void resolve_clause(Resolver *resolver, Ast *clause, int where, int flags) {
  Unit *unit = resolver->unit;
  bool inside = unit->clause;
  int loops = unit->loops;
  const char *outer = resolver->clause;
  unit->clause = true;
  unit->loops = flags & IS_BLOCK ? 1 : 0;
  unit->repeats++;
  resolver->clause = flags & SEES_WATCHED || where == FOR_UPDATE ? NULL : clause->text;
  resolve(resolver, clause->a);
  unit->clause = inside;
  unit->loops = loops;
  unit->repeats--;
  resolver->clause = outer;
}

static void resolve_keys(Resolver *resolver, Ast *ast, int where, int sees) {
  for (uint32_t i = 0; i < ast->clause_count; i++) {
    Ast *clause = ast->clauses[i];
    const struct Key *key = clause->text ? key_find(clause->text, where) : NULL;
    if (clause->text && (key ? key->flags & (SEES_PATTERN | SEES_WATCHED | DESCRIBES) : 0) == sees)
      resolve_clause(resolver, clause, where, key ? key->flags : 0);
  }
}

void resolve_update(Resolver *resolver, Ast *ast) {
  const Unit *unit = resolver->unit;
  if (!unit->function && !unit->repeats && !resolver->scope->session) ast->flags |= UPDATE_ONCE;
  check_keys(resolver, ast, FOR_UPDATE);
  for (uint32_t i = 0; i < ast->count; i++) resolve(resolver, ast->items[i]);
  resolve_keys(resolver, ast, FOR_UPDATE, 0);
  resolve_keys(resolver, ast, FOR_UPDATE, SEES_PATTERN);
}

/* ---- watched names ---- */

static const char *const ALWAYS_WATCHED[] = {"loss", "step",    "epoch",   "grad_norm",
                                             "lr",   "seconds", "val_loss"};

static void watch(Resolver *resolver, const char *name, size_t length, Span span) {
  const char *interned = names_intern(resolver->vm->names, name, length);
  /* a metric may have a watched name: the first one declared wins */
  if (variable_in_block(resolver, interned)) return;
  declare(resolver, interned, span, VARIABLE_WATCHED)->declared = true;
}

static void watch_metric(Resolver *resolver, const char *name, Span span) {
  char twin[300];
  watch(resolver, name, strlen(name), span);
  size_t length = strlen(name);
  if (length > sizeof twin - 5) return;
  memcpy(twin, "val_", 4);
  memcpy(twin + 4, name, length);
  watch(resolver, twin, length + 4, span);
}

/* A metric without a name takes that of the function called. */
static const char *metric_name(const Ast *metric) {
  if (metric->kind == AST_CALL) metric = metric->a;
  return metric->kind == AST_NAME || metric->kind == AST_FIELD ? metric->text : NULL;
}

static void watch_metrics(Resolver *resolver, const Ast *metrics) {
  bool several = metrics->kind == AST_TUPLE;
  for (uint32_t i = 0; i < (several ? metrics->count : 1); i++) {
    const Ast *metric = several ? metrics->items[i] : metrics;
    const char *name = several && metrics->names && metrics->names[i] ? metrics->names[i]
                                                                      : metric_name(metric);
    if (name) {
      watch_metric(resolver, name, metric->span);
    } else {
      Diag *diag = report_error(resolver->report, metric->span, "this metric needs a name");
      diag_help(diag, "metrics: (name: …)");
    }
  }
}

static void watch_all(Resolver *resolver, const Ast *ast) {
  for (int i = 0; i < COUNT_OF(ALWAYS_WATCHED); i++)
    watch(resolver, ALWAYS_WATCHED[i], strlen(ALWAYS_WATCHED[i]), ast->span);
  for (uint32_t i = 0; i < ast->clause_count; i++)
    if (ast->clauses[i]->text && strcmp(ast->clauses[i]->text, "metrics") == 0)
      watch_metrics(resolver, ast->clauses[i]->a);
}

void check_number_called(Resolver *resolver, const Ast *call) {
  Variable *later,
      *variable = call->a->kind == AST_NAME ? variable_find(resolver, call->a->text, &later) : NULL;
  if (!variable || variable->kind != VARIABLE_WATCHED) return;
  char buffer[NAME_SIZE];
  const char *name = shown_name(variable->name, buffer);
  bool always = false;
  for (int i = 0; i < COUNT_OF(ALWAYS_WATCHED); i++)
    always = always || !strcmp(variable->name, ALWAYS_WATCHED[i]);
  Diag *diag = report_error(resolver->report, call->a->span,
                            "`%s` is %s here, a number: it cannot be called", name,
                            always ? "that of the training" : "this training's metric");
  if (always) {
    diag_help(diag, "give the function another name");
    return;
  }
  diag_note(diag, variable->span, "the metric");
  diag_help(diag, "metrics: (%s_now: …) leaves the name `%s` to the function", name, name);
}

void note_hidden_rule(const Resolver *resolver, const Ast *call) {
  Ast *callee = call->a;
  if (callee->kind != AST_NAME || (strcmp(callee->text, "best") && strcmp(callee->text, "stalled")))
    return;
  Variable *later, *variable = variable_find(resolver, callee->text, &later);
  if (variable) callee->op_span = variable->span;
}

static const Ast *use_of(const Ast *ast, const char *name) {
  if (!ast || (ast->kind == AST_NAME && ast->text == name)) return ast;
  const Ast *const parts[] = {ast->a, ast->b, ast->c};
  const Ast *found = NULL;
  for (int i = 0; !found && i < COUNT_OF(parts); i++) found = use_of(parts[i], name);
  for (uint32_t i = 0; !found && i < ast_below(ast); i++) found = use_of(ast->items[i], name);
  return found;
}

/* Without `validate:` a `val_…` never has a value, and what waits for it waits for ever. */
static void want_validate(Resolver *resolver, const Ast *ast, const char *name) {
  const Ast *use = NULL;
  if (strncmp(name, "val_", 4) != 0) return;
  for (uint32_t i = 0; i < ast->clause_count; i++) {
    const char *key = ast->clauses[i]->text;
    if (key && !strcmp(key, "validate")) return;
    if (!use && key && strcmp(key, "metrics") != 0) use = use_of(ast->clauses[i]->a, name);
  }
  if (!use) return; /* a metric of that name */
  Diag *diag = report_error(resolver->report, use->span,
                            "`%.64s` is computed on held-out rows, and there is no `validate:`",
                            name);
  diag_help(diag,
            "validate: held_out, after let (rest, held_out) = split(shuffle(data), 0.8); or "
            "`%.60s`, on the training rows",
            name + 4);
}

/* Lists the watched names that are used; their places follow when the block closes. */
static void list_watched(Resolver *resolver, Ast *ast) {
  int count = 0;
  for (Variable *at = resolver->block->first; at; at = at->next) count += at->used;
  ast->watched = resolver_alloc(resolver, (size_t)count * sizeof(Watched) + 1);
  for (Variable *at = resolver->block->first; at; at = at->next) {
    if (!at->used) continue;
    want_validate(resolver, ast, at->name);
    Watched *watched = &ast->watched[ast->watched_count++];
    watched->name = at->name;
    variable_patch(resolver, at, &watched->place, &watched->slot);
  }
}

/* ---- the settings of a race ---- */

static Ast *clause_of(const Ast *ast, const char *key) {
  for (uint32_t i = 0; i < ast->clause_count; i++)
    if (ast->clauses[i]->text && !strcmp(ast->clauses[i]->text, key)) return ast->clauses[i];
  return NULL;
}

static bool is_named(const Ast *ast) {
  bool named = ast->kind == AST_TUPLE && ast->names && ast->count > 0;
  for (uint32_t i = 0; named && i < ast->count; i++) named = ast->names[i] != NULL;
  return named;
}

/* The tuple with the names of the settings; NULL after saying what is wrong.  In a list of settings
 * all have those of the first. */
static const Ast *named_settings(Resolver *resolver, const Ast *value) {
  const Ast *first = value->kind == AST_BRACKET && value->count > 0 ? value->items[0] : value;
  bool fine = is_named(first);
  for (uint32_t i = 0; fine && first != value && i < value->count; i++) {
    const Ast *item = value->items[i];
    fine = is_named(item) && item->count == first->count &&
           !memcmp(item->names, first->names, first->count * sizeof *first->names);
  }
  if (fine) return first;
  Diag *diag = report_error(resolver->report, value->span,
                            "`settings:` needs names that the other clauses use, with the values "
                            "of each");
  diag_help(diag, "settings: (lr: [0.1, 0.01], width: [32, 64]), or a list of such tuples, each "
                  "with one value a name");
  return NULL;
}

/* Opens a block with the names; its variables are `names`. */
static void open_settings(Resolver *resolver, const Ast *settings, Block *block) {
  block_open(resolver, block);
  const Ast *names = settings ? named_settings(resolver, settings->a) : NULL;
  for (uint32_t i = 0; names && i < names->count; i++)
    declare(resolver, names->names[i], names->items[i]->span, VARIABLE_SETTING)->declared = true;
}

static void close_settings(Resolver *resolver, Ast *settings) {
  int count = 0;
  for (Variable *at = resolver->block->first; at; at = at->next) count++;
  if (settings && count) {
    settings->watched = resolver_alloc(resolver, (size_t)count * sizeof(Watched));
    for (Variable *at = resolver->block->first; at; at = at->next) {
      Watched *watched = &settings->watched[settings->watched_count++];
      watched->name = at->name;
      variable_patch(resolver, at, &watched->place, &watched->slot);
      if (at->used) continue;
      char buffer[NAME_SIZE];
      Diag *diag = report_error(resolver->report, at->span, "no clause uses the setting `%s`",
                                shown_name(at->name, buffer));
      diag_help(diag, "for example, optimizer: SGD(lr: lr) uses the setting `lr`");
    }
  }
  block_close(resolver, NULL, NULL);
}

/* All but the clauses that describe a race. */
static void resolve_training(Resolver *resolver, Ast *ast, int where) {
  for (uint32_t i = 0; i < ast->count; i++) resolve(resolver, ast->items[i]);
  resolve(resolver, ast->b);
  resolve_keys(resolver, ast, where, 0);
  Block names;
  block_open(resolver, &names);
  if (ast->pattern) resolve_pattern(resolver, ast->pattern, VARIABLE_PATTERN, true);
  resolve_keys(resolver, ast, where, SEES_PATTERN);
  for (uint32_t i = 0; i < ast->clause_count; i++)
    if (!ast->clauses[i]->text) resolve_update(resolver, ast->clauses[i]->a);
  block_close(resolver, NULL, NULL);
  block_open(resolver, &names);
  watch_all(resolver, ast);
  resolve_keys(resolver, ast, where, SEES_WATCHED);
  list_watched(resolver, ast);
  block_close(resolver, NULL, NULL);
}

void resolve_train(Resolver *resolver, Ast *ast) {
  warn_unvalidated(resolver, ast);
  int where = ast->kind == AST_RACE ? FOR_RACE : FOR_TRAIN;
  int32_t first = resolver->unit->slots;
  check_keys(resolver, ast, where);
  resolve_keys(resolver, ast, where, DESCRIBES);
  if (where == FOR_RACE) {
    Ast *settings = clause_of(ast, "settings");
    Block names;
    open_settings(resolver, settings, &names);
    resolve_training(resolver, ast, where);
    close_settings(resolver, settings);
  } else {
    resolve_training(resolver, ast, where);
  }
  ast->slot = first;
  ast->length = (uint32_t)(resolver->unit->slots - first);
}
