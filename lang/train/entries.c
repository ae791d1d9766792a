/* entries.c — see entries.h.
 *
 * `optimizers:` is evaluated once, and each run gets a copy.  `settings:` is a tuple with names.
 * Each name has the values to try: a bracket of expressions, which are evaluated one by one, so
 * that numbers keep their exact value and values may be of any kind; a list, range or tensor; or a
 * single value.  The entries are all combinations, with the first name changing slowest, or a
 * sample of `random:` of them in the same order.  `settings:` may also be a list of such tuples
 * with one value for each name; it is used as it is.
 */
#include "lang/train/entries.h"

#include "lang/train/clause.h"

#include "lang/eval/eval.h"
#include "lang/machine/closure.h"
#include "lang/machine/kind.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/range.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/index.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/dict.h"
#include "lang/values/show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MOST = 10000, VALUE_WIDTH = 24 };

bool entries_use(const Race *race, const Ast *ast) {
  if (!ast) return false;
  for (int i = 0; i < race->setting_count && ast->kind == AST_NAME; i++)
    if (ast->text == race->settings->watched[i].name) return true;
  if (entries_use(race, ast->a) || entries_use(race, ast->b) || entries_use(race, ast->c))
    return true;
  if (ast->function && entries_use(race, ast->function->body)) return true;
  for (uint32_t i = 0; i < ast_below(ast); i++)
    if (entries_use(race, ast->items[i])) return true;
  return false;
}

bool entry_before(const Entry *a, const Entry *b) {
  if (a->dropped_after != b->dropped_after) {
    if (!a->dropped_after || !b->dropped_after) return !a->dropped_after;
    return a->dropped_after > b->dropped_after;
  }
  if (a->diverged != b->diverged) return a->diverged < b->diverged;
  return a->mean < b->mean;
}

static Entry *entry_new(Race *race, const char *name, size_t length) {
  Vm *vm = race->vm;
  if (race->entry_count == ENTRIES_MOST)
    raise_help(vm, race->span, "random: 20, for instance, takes 20 of them",
               "a race has at most %d entries", ENTRIES_MOST);
  race->entries = mem_grow(race->entries, ((size_t)race->entry_count + 1) * sizeof(Entry));
  Entry *entry = &race->entries[race->entry_count];
  *entry = (Entry){.best = -1, .mean = (double)INFINITY, .spread = (double)NAN};
  entry->name = names_intern(vm->names, name, length);
  for (int i = 0, number = 2; i < race->entry_count; i++) {
    if (race->entries[i].name != entry->name) continue;
    char other[200];
    snprintf(other, sizeof other, "%.*s %d", (int)text_whole(name, length, 180), name, number++);
    entry->name = names_intern(vm->names, other, strlen(other));
    i = -1;
  }
  entry->runs = mem_zero((size_t)race->seeds * sizeof(RaceRun));
  for (int64_t s = 0; s < race->seeds; s++) entry->runs[s].score = (double)NAN;
  race->entry_count++;
  return entry;
}

/* ---- optimizers ---- */

static void add_optimizer(Race *race, const Ast *clause, const char *name, Value value) {
  Vm *vm = race->vm;
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (value.kind == KIND_CLOSURE && value.closure->function->kind == FUNCTION_OPTIMIZER)
    raise_help(vm, clause->a->span, "call it: add ()",
               "`optimizers:` needs optimizers, one of these is only the declaration of one");
  if (value.kind != KIND_OPTIMIZER)
    raise_kind(vm, clause->a->span, value, "`optimizers:` needs optimizers",
               "optimizers: (sgd: SGD(lr: 0.1), adam: Adam())");
  if (!name) name = value.optimizer->made_by->function->name;
  if (!strcmp(name, "winner"))
    raise_at(vm, clause->a->span,
             "an entry cannot be called `winner`: the result has that name already");
  entry_new(race, name, strlen(name))->optimizer = value_retain(value);
}

static void read_optimizers(Race *race, const Ast *clause) {
  Vm *vm = race->vm;
  Value value = eval(vm, race->frame, clause->a);
  if (value.kind == KIND_TUPLE) {
    for (int i = 0; i < value.tuple->count; i++)
      add_optimizer(race, clause, value.tuple->names ? value.tuple->names[i] : NULL,
                    value.tuple->items[i]);
  } else if (value.kind == KIND_LIST) {
    for (int64_t i = 0; i < value.list->count; i++)
      add_optimizer(race, clause, NULL, value.list->items[i]);
  } else if (value.kind == KIND_DICT) {
    for (int64_t i = 0; i < value.dict->count; i++) {
      Value key = dict_entries(value.dict)[i].key;
      add_optimizer(race, clause, key.kind == KIND_STRING ? key.string->data : NULL,
                    dict_entries(value.dict)[i].value);
    }
  } else {
    add_optimizer(race, clause, NULL, value);
  }
  value_release(vm, value);
}

/* ---- settings ---- */

/* A number that a tensor holds is a number. */
static Value plain(Vm *vm, Span span, Value value) {
  if (value.kind != KIND_TENSOR || (vm->checking && !value.tensor->tensor.buffer)) return value;
  Type type = trace_type(vm, value, span);
  if (type.shape.rank || type.dtype == DTYPE_BOOL) return value;
  Value number = value_number(value_as_number(vm, span, value));
  value_release(vm, value);
  return number;
}

static Value item_of(Vm *vm, Span span, Value value, int64_t index) {
  if (value.kind == KIND_LIST) return plain(vm, span, value_retain(value.list->items[index]));
  if (value.kind == KIND_RANGE) return value_number(range_at(value.range, (double)index));
  return plain(vm, span, value_row(vm, span, value, index));
}

/* The values of one name, in a new list. */
static Value values_of(Race *race, const Ast *ast) {
  Vm *vm = race->vm;
  Value list = value_list(vm, 4);
  if (ast->kind == AST_NUMBERS && ast->numbers->rank == 1) {
    for (uint32_t i = 0; i < ast->numbers->count; i++)
      list_push(vm, list.list, value_number(ast->numbers->items[i].value));
  } else if (ast->kind == AST_BRACKET) {
    for (uint32_t i = 0; i < ast->count; i++)
      list_push(vm, list.list,
                plain(vm, ast->items[i]->span, eval(vm, race->frame, ast->items[i])));
  } else {
    Value value = eval(vm, race->frame, ast);
    double count = -1; /* a single value */
    if (value.kind == KIND_LIST) count = (double)value.list->count;
    else if (value.kind == KIND_RANGE) count = range_count(value.range);
    else if (value.kind == KIND_TENSOR && trace_type(vm, value, ast->span).shape.rank > 0)
      count = (double)value_rows(vm, ast->span, value);
    if (count > ENTRIES_MOST)
      raise_at(vm, ast->span, "at most %d values of a setting", ENTRIES_MOST);
    if (count < 0) list_push(vm, list.list, plain(vm, ast->span, value_retain(value)));
    for (int64_t i = 0; i < (int64_t)count; i++)
      list_push(vm, list.list, item_of(vm, ast->span, value, i));
    value_release(vm, value);
  }
  if (list.list->count == 0) raise_at(vm, ast->span, "this setting has no value to try");
  return list;
}

/* `lr: 0.1, width: 32` */
static void add_setting_text(Vm *vm, Text *text, const char *name, Value value, Span span) {
  Text shown = {0};
  value_show_safe(vm, value, true, &shown, span);
  size_t length = shown.length;
  if (length > VALUE_WIDTH) length = text_whole(shown.data, length, VALUE_WIDTH - 3);
  text_format(text, "%s%s: %.*s%s", text->length ? ", " : "", name, (int)length,
              shown.data ? shown.data : "", length < shown.length ? "…" : "");
  text_free(&shown);
}

/* An entry of these values, which it takes. */
static void add_settings(Race *race, Value *values) {
  Text name = {0};
  for (int i = 0; i < race->setting_count; i++)
    add_setting_text(race->vm, &name, race->settings->watched[i].name, values[i],
                     race->settings->a->span);
  Entry *entry = entry_new(race, name.data, name.length);
  entry->settings = values;
  text_free(&name);
}

/* Which combinations: `count` different numbers below `total`, rising. */
static int rising(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return x < y ? -1 : x > y;
}

static void choose(Race *race, int64_t total, int64_t count, int64_t *chosen) {
  Rng rng = rng_start(race->vm->seed, race->vm->draws++, UINT64_C(1) << 61);
  for (int64_t i = 0; i < count; i++) { /* Floyd's sample: no number is drawn in vain */
    int64_t highest = total - count + i;
    int64_t number = (int64_t)rng_next_below(&rng, (uint64_t)highest + 1);
    for (int64_t k = 0; k < i; k++)
      if (chosen[k] == number) number = highest, k = i;
    chosen[i] = number;
  }
  qsort(chosen, (size_t)count, sizeof *chosen, rising);
}

static void read_grid(Race *race, int64_t random) {
  Vm *vm = race->vm;
  const Ast *names = race->settings->a;
  double total = 1;
  Value axes = value_list(vm, names->count);
  for (uint32_t i = 0; i < names->count; i++) {
    list_push(vm, axes.list, values_of(race, names->items[i]));
    total *= (double)axes.list->items[i].list->count;
  }
  if (total > 9e15 || (!random && total > ENTRIES_MOST))
    raise_help(vm, names->span, "random: 20, for instance, takes 20 of them",
               "these are %.0f combinations, at most %d are run", total, ENTRIES_MOST);
  int64_t count = random && (double)random < total ? random : (int64_t)total;
  int64_t *chosen = mem_alloc((size_t)count * sizeof *chosen);
  if (count < (int64_t)total) choose(race, (int64_t)total, count, chosen);
  else
    for (int64_t i = 0; i < count; i++) chosen[i] = i;
  for (int64_t i = 0; i < count; i++) {
    Value *values = mem_alloc((names->count + 1) * sizeof(Value));
    int64_t rest = chosen[i];
    for (uint32_t k = names->count; k-- > 0;) {
      const ListObject *axis = axes.list->items[k].list;
      values[k] = value_retain(axis->items[rest % axis->count]);
      rest /= axis->count;
    }
    add_settings(race, values);
  }
  mem_free(chosen);
  value_release(vm, axes);
}

static void read_listed(Race *race) {
  const Ast *list = race->settings->a;
  for (uint32_t i = 0; i < list->count; i++) {
    const Ast *item = list->items[i];
    Value made = value_list(race->vm, item->count); /* so that a raise leaks nothing */
    for (uint32_t k = 0; k < item->count; k++)
      list_push(race->vm, made.list,
                plain(race->vm, item->items[k]->span, eval(race->vm, race->frame, item->items[k])));
    Value *values = mem_alloc((item->count + 1) * sizeof(Value));
    for (uint32_t k = 0; k < item->count; k++) values[k] = value_retain(made.list->items[k]);
    value_release(race->vm, made);
    add_settings(race, values);
  }
}

/* ---- the clauses ---- */

static void refuse(Race *race, const char *key, const char *why) {
  const Ast *clause = ast_clause(race->ast, key);
  if (clause) raise_at(race->vm, clause->op_span, "`%s:` %s", key, why);
}

static bool has_updates(const Ast *ast) {
  for (uint32_t i = 0; i < ast->clause_count; i++)
    if (!ast->clauses[i]->text) return true;
  return false;
}

static void want_entries(Race *race, const Ast *optimizers, const Ast *settings) {
  Vm *vm = race->vm;
  if (!optimizers && !settings)
    raise_help(vm, race->span,
               "optimizers: (sgd: SGD(lr: 0.1), adam: Adam()), or settings: (lr: [0.1, 0.01])",
               "`optimizers:` or `settings:` is missing: what should be compared?");
  if (optimizers && settings)
    raise_help(vm, settings->op_span,
               "a setting may be an optimizer: settings: (o: [Adam(), Lion()])",
               "`optimizers:` and `settings:` cannot both be given");
  if (optimizers) refuse(race, "optimizer", "cannot be combined with `optimizers:`");
  if (optimizers) refuse(race, "random", "chooses among `settings:`");
  if (optimizers && has_updates(race->ast))
    raise_help(vm, optimizers->op_span, "settings: (o: [Adam(), Lion()]), used in the updates",
               "with `update` inside, `optimizers:` does not say which update it is for");
}

void entries_read(Race *race) {
  Vm *vm = race->vm;
  const Ast *optimizers = ast_clause(race->ast, "optimizers"),
            *settings = ast_clause(race->ast, "settings");
  want_entries(race, optimizers, settings);
  TrainRun *reader = race->reader = train_new(vm, race->frame, race->ast);
  race->seeds = clause_count(reader, "seeds", 1, 1);
  int64_t random = clause_count(reader, "random", 0, 1);
  race->halving = clause_bool(reader, "halving", false);
  if (race->seeds > 1000)
    raise_at(vm, ast_clause(race->ast, "seeds")->a->span, "at most 1000 seeds");
  if (race->seeds > 1 && !race->ast->count && !ast_clause(race->ast, "make"))
    raise_help(vm, ast_clause(race->ast, "seeds")->op_span, "race net on … { … }",
               "`seeds:` rebuilds the targets: they must be named");
  if (optimizers) {
    read_optimizers(race, optimizers);
  } else {
    race->settings = settings;
    race->setting_count = settings->watched_count;
    if (settings->a->kind == AST_BRACKET) read_listed(race);
    else read_grid(race, random);
  }
  if (race->entry_count == 0) raise_at(vm, race->span, "there is nothing to compare");
}
