/* race.c — see race.h.
 *
 * An entry is an optimizer, or a value for each name of `settings:`.  It is run once for each of
 * `seeds:`.  All runs of a seed begin with the same values and at the same position in the sequence
 * of draws, so they use the same minibatches in the same order.  The first seed is the script's own
 * and begins with the current values.  Each other seed has its own key, and its targets are built
 * again as in `restarts:`.  With `make:` each run makes its own targets, with the same draws.  Each
 * run has a copy of its optimizer, so the script's optimizers do not change.
 *
 * Before a run, everything that earlier runs trained gets back its values from before the race.
 * These are saved when a run has recorded its first step, since only then its targets are known;
 * those that a later step reaches, when the run pauses or ends, with the values that they had.
 * What the blocks change besides (a variable, a target network: block_state.c) and what `make:`
 * assigns are found by their names, so they are saved before the first run.
 *
 * A run that diverges ends (`on_divergence: "stop"`, unless the script says otherwise), and its
 * entry is ranked after all that did not.  The winner is the entry with the lowest last loss,
 * averaged over its seeds.  The values of its best seed remain, and what its blocks and `make:`
 * left.
 *
 * With `halving:` all runs stay open.  They pause at an eighth, a quarter and a half of their
 * epochs, and the worse half of the entries is dropped each time.  The values of a paused run are
 * saved, and restored when it continues.  So nothing is computed twice (Jamieson and Talwalkar,
 * "Non-stochastic Best Arm Identification and Hyperparameter Optimization", 2016).
 *
 * entries.c reads the entries; standings.c makes the table.
 */
#include "lang/train/race.h"
#include "lang/run/history.h"
#include "lang/run/kept.h"
#include "lang/run/shards.h"
#include "lang/run/steps.h"
#include "lang/train/clause.h"
#include "lang/train/ending.h"
#include "lang/train/entries.h"
#include "lang/train/plotted.h"
#include "lang/train/progress.h"
#include "lang/train/restarts.h"
#include "lang/train/runlog.h"
#include "lang/train/runpage.h"
#include "lang/train/standings.h"

#include "lang/eval/eval.h"
#include "lang/machine/frame.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/values/dict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Before the first draw of a run, so that each has the same ones. */
static void read_data(Race *race) {
  const Ast *const parts[2] = {race->ast->b, clause_value(race->ast, "validate")};
  for (int i = 0; i < 2; i++)
    if (parts[i] && !entries_use(race, parts[i]))
      race->given.data[i] = eval(race->vm, race->frame, parts[i]);
}

/* ---- one run ---- */

static void set_settings(Race *race, const Entry *entry) {
  for (int i = 0; i < race->setting_count; i++) {
    const Watched *name = &race->settings->watched[i];
    frame_set(race->vm, race->frame, name->place, name->slot, value_retain(entry->settings[i]));
  }
}

/* Makes this run the current one: settings, draws. */
static void enter(Race *race, int entry, int seed) {
  race->entry = entry;
  race->seed = seed;
  set_settings(race, &race->entries[entry]);
  race->vm->seed = seed ? hash_mix(race->base_seed, (uint64_t)seed) : race->base_seed;
  const RaceRun *run = &race->entries[entry].runs[seed];
  race->vm->draws = run->run ? run->draws : race->base_draws;
}

static void leave(Race *race, RaceRun *run) {
  Vm *vm = race->vm;
  run->draws = vm->draws;
  if (vm->draws > race->last_draws) race->last_draws = vm->draws;
  vm->run = &race->reader->base;
}

static void make(Race *race, int seed) {
  Vm *vm = race->vm;
  const Ast *block = clause_value(race->ast, "make");
  if (!block) {
    if (seed) restarts_reinitialize(vm, race->frame, race->ast);
    return;
  }
  value_release(vm, eval(vm, race->frame, block));
}

static void set_label(Race *race, RaceRun *run) {
  Text text = {0};
  text_format(&text, "%.60s (%d/%d)", race->entries[race->entry].name, race->entry + 1,
              race->entry_count);
  if (race->seeds > 1) text_format(&text, " seed %d/%lld", race->seed + 1, (long long)race->seeds);
  run->label = mem_text(text.data, text.length);
  text_free(&text);
  run->run->label = run->label;
}

/* Everything that earlier runs trained, and what their blocks changed, is as before the race. */
static void begin_again(Race *race) {
  kept_give(race->vm, &race->start);
  block_kept_give(race->vm, &race->before);
}

/* Gives back what the run had left. */
static void give_left(Race *race, const RaceRun *run) {
  begin_again(race);
  block_kept_give(race->vm, &run->left);
  kept_give(race->vm, &run->values);
}

static void take_left(RaceRun *run) {
  kept_take(run->run, &run->values);
  block_kept_take(run->run, &run->left);
}

static void release_left(Vm *vm, RaceRun *run) {
  kept_release(vm, &run->values);
  block_kept_release(vm, &run->left);
}

static void open_run(Race *race, RaceRun *run) {
  Vm *vm = race->vm;
  begin_again(race);
  make(race, race->seed);
  run->run = train_new(vm, race->frame, race->ast);
  const Entry *entry = &race->entries[race->entry];
  race->given.optimizer = entry->optimizer.kind == KIND_OPTIMIZER ? entry->optimizer.optimizer
                                                                  : NULL;
  run->run->given = &race->given;
  run->run->entry = entry->name;
  run->run->entry_seed = race->seed;
  run->run->log_goes_on = race->opened++ > 0;
  run->run->page = &run->page;
  set_label(race, run);
  train_open(run->run);
  if (vm->checking) return;
  for (int i = 0; i < run->run->objective_count; i++) run->run->objectives[i].remembers = true;
  steps_prepare(run->run);
  kept_take_before(run->run, &race->start);
  kept_forget_before(run->run); /* one copy of what no step has changed yet is enough */
}

static void measure(Race *race, RaceRun *run) {
  const TrainRun *of = run->run;
  run->score = train_score(of);
  run->epochs = of->history.epochs;
  run->steps = of->history.steps;
  run->seconds = of->seconds_before;
  race->validates = of->validate_count > 0;
  race->metric_count = of->metric_count;
  for (int i = 0; i < of->metric_count; i++) {
    race->metrics[i] = of->metrics[i].name;
    run->metrics[i] = series_last(race->validates ? &of->history.val_metrics[i]
                                                  : &of->history.metrics[i]);
  }
}

static void tell_diverged(const Race *race, const RaceRun *run) {
  Vm *vm = race->vm;
  if (run->run->quiet || !vm_warns(vm)) return;
  for (int s = 0; s < race->seed; s++) /* once for an entry */
    if (race->entries[race->entry].runs[s].diverged) return;
  Diag diag = {0};
  char seed[40] = "";
  if (race->seeds > 1) snprintf(seed, sizeof seed, " with seed %d", race->seed + 1);
  diag_fail(&diag, STATUS_FAILED, race->span, "`%.60s`%s diverged after %lld step%s: %.160s",
            race->entries[race->entry].name, seed, (long long)run->steps,
            run->steps == 1 ? "" : "s", run->run->history.why);
  vm_warn(vm, &diag);
}

static void free_run(Race *race, RaceRun *run) {
  if (run->run) train_free(run->run);
  run->run = NULL;
  race->vm->run =
      &race->reader->base; /* a signal waits for the end of the race, or for the next run */
}

/* The run is over. */
static void close_run(Race *race, RaceRun *run) {
  kept_take_before(run->run, &race->start);
  train_close(run->run);
  measure(race, run);
  if (run->run->report && !race->report)
    race->report = mem_text(run->run->report, strlen(run->run->report));
  run->history = history_value(run->run);
  run->diverged = !strcmp(run->run->history.stopped, "diverged");
  race->cut |= run->run->cut_short && !run->diverged;
  race->quiet = run->run->quiet;
  if (run->diverged) tell_diverged(race, run);
  else take_left(run);
  leave(race, run);
  free_run(race, run);
}

/* The current run goes on to its end, or to `pause_at` epochs. */
static void go_on(Race *race, RaceRun *run, int64_t pause_at) {
  run->run->pause_at = pause_at;
  train_go_on(run->run);
  if (run->run->over) {
    close_run(race, run);
    return;
  }
  measure(race, run);
  kept_take_before(run->run, &race->start);
  take_left(run);
  leave(race, run);
}

/* ---- entries ---- */

static void sum_up(const Race *race, Entry *entry) {
  double sum = 0, squares = 0;
  int64_t count = 0;
  entry->diverged = 0;
  entry->best = -1;
  for (int s = 0; s < race->seeds; s++) {
    const RaceRun *run = &entry->runs[s];
    entry->diverged += run->diverged;
    if (run->diverged || isnan(run->score)) continue;
    sum += run->score;
    count++;
    if (entry->best < 0 || run->score < entry->runs[entry->best].score) entry->best = s;
  }
  entry->mean = count ? sum / (double)count : (double)INFINITY;
  for (int s = 0; s < race->seeds; s++)
    if (!entry->runs[s].diverged && !isnan(entry->runs[s].score))
      squares += pow(entry->runs[s].score - entry->mean, 2);
  entry->spread = count > 1 ? sqrt(squares / (double)(count - 1)) : (double)NAN;
}

/* What its runs hold beside their histories, but for one seed's. */
static void release_values(Race *race, Entry *entry, int but) {
  for (int s = 0; s < race->seeds; s++)
    if (s != but) release_left(race->vm, &entry->runs[s]);
  kept_drop_lone(race->vm, &race->start);
}

/* All runs of the entry are over: of the best entry so far the values of its best seed are kept. */
static void settle(Race *race, Entry *entry) {
  sum_up(race, entry);
  Entry *best = race->best < 0 ? NULL : &race->entries[race->best];
  if (entry == best) return;
  if (entry->best < 0 || (best && !entry_before(entry, best))) {
    release_values(race, entry, -1);
    return;
  }
  if (best) release_values(race, best, -1);
  release_values(race, entry, entry->best);
  race->best = (int)(entry - race->entries);
}

/* A run that waits is ended where it is. */
static void abandon(Race *race, RaceRun *run, const char *stopped, const char *why) {
  if (!run->run) return;
  History *history = &run->run->history;
  history->stopped = stopped;
  history->seconds = run->seconds;
  text_print(history->why, sizeof history->why, "%s", why);
  runlog_close(run->run, NULL);
  progress_end(run->run);
  run->history = history_value(run->run);
  free_run(race, run);
}

/* Ended from outside: the best of what there is. */
static void cut_off(Race *race) {
  for (int i = 0; i < race->entry_count; i++) {
    Entry *entry = &race->entries[i];
    for (int s = 0; s < race->seeds; s++)
      abandon(race, &entry->runs[s], "interrupted", "interrupted: the race was ended");
    if (race->halving && !entry->dropped_after) settle(race, entry);
  }
}

/* ---- halving ---- */

static int64_t epochs_most(Race *race, const TrainRun *run) {
  int64_t most = run->epochs_most;
  if (!run->rows && run->steps_most && (!most || run->steps_most < most)) most = run->steps_most;
  if (!most)
    raise_help(race->vm, ast_clause(race->ast, "halving")->op_span, "epochs: 40, for instance",
               "`halving:` needs `epochs:`, which it divides");
  return most;
}

/* The worse half of those still in is dropped. */
static void drop_half(Race *race) {
  int in = 0;
  for (int i = 0; i < race->entry_count; i++)
    if (!race->entries[i].dropped_after) sum_up(race, &race->entries[i]), in++;
  for (int left = in; left > (in + 1) / 2; left--) {
    Entry *worst = NULL;
    for (int i = 0; i < race->entry_count; i++) {
      Entry *entry = &race->entries[i];
      if (!entry->dropped_after && (!worst || !entry_before(entry, worst))) worst = entry;
    }
    if (!worst) break;         /* `left` are still in, so there is one */
    worst->dropped_after = -1; /* by this round; marked below */
    for (int s = 0; s < race->seeds; s++) {
      RaceRun *run = &worst->runs[s];
      release_left(race->vm, run);
      char why[120];
      snprintf(why, sizeof why, "halving: %d of %d were better after %lld epoch%s", left - 1, in,
               (long long)run->epochs, run->epochs == 1 ? "" : "s");
      abandon(race, run, "halving", why);
    }
  }
  int64_t epochs = 0;
  for (int i = 0; i < race->entry_count; i++)
    for (int s = 0; s < race->seeds; s++)
      if (race->entries[i].dropped_after < 0 && race->entries[i].runs[s].epochs > epochs)
        epochs = race->entries[i].runs[s].epochs;
  for (int i = 0; i < race->entry_count; i++)
    if (race->entries[i].dropped_after < 0)
      race->entries[i].dropped_after = epochs > 0 ? epochs : 1;
}

/* Every run that is still in goes on to this part of its epochs (1: to the end). */
static void round_to(Race *race, int part) {
  for (int i = 0; i < race->entry_count && !race->cut; i++) {
    Entry *entry = &race->entries[i];
    if (entry->dropped_after) continue;
    for (int s = 0; s < race->seeds && !race->cut; s++) {
      RaceRun *run = &entry->runs[s];
      if (run->history.kind != KIND_UNSET) continue;
      enter(race, i, s);
      if (run->run) {
        give_left(race, run);
      } else {
        open_run(race, run);
      }
      int64_t most = race->halving ? epochs_most(race, run->run) : 0;
      go_on(race, run, part > 1 ? (most + part - 1) / part : 0);
    }
    if (part == 1) settle(race, entry);
  }
}

static void run_all(Race *race) {
  for (int part = race->halving ? 8 : 1; part > 1 && !race->cut; part /= 2) {
    round_to(race, part);
    if (!race->cut) drop_half(race);
  }
  if (!race->cut) round_to(race, 1);
  if (race->cut) cut_off(race);
}

/* ---- the end ---- */

static NORETURN void all_diverged(Race *race) {
  Diag diag = {.diverged = true};
  begin_again(race);
  diag_fail(&diag, STATUS_FAILED, race->span,
            "every entry of the race diverged: the values are those from before it");
  const Value *first = &race->entries[0].runs[0].history;
  for (int i = 0; first->kind == KIND_TUPLE && i < first->tuple->count; i++)
    if (!strcmp(first->tuple->names[i], "why") && first->tuple->items[i].kind == KIND_STRING)
      diag_note(&diag, race->span, "`%.60s`: %.200s", race->entries[0].name,
                first->tuple->items[i].string->data);
  diag_help(&diag, "smaller rates, or clip: (norm: 1.0)");
  raise_diag(race->vm, &diag);
}

static void leave_winner(Race *race) {
  if (race->best < 0 && !race->cut) all_diverged(race);
  if (race->best < 0) { /* interrupted in the first run */
    begin_again(race);
    return;
  }
  const Entry *entry = &race->entries[race->best];
  const RaceRun *run = &entry->runs[entry->best];
  give_left(race, run);
  if (race->report) runpage_write_race(race, run);
}

static Value winner_value(const Race *race) {
  Vm *vm = race->vm;
  if (vm->checking) return (Value){.kind = KIND_UNKNOWN};
  if (race->best < 0) return value_none();
  const Entry *entry = &race->entries[race->best];
  if (!race->setting_count) return value_string(vm, entry->name, strlen(entry->name));
  Value dict = value_dict(vm);
  for (int i = 0; i < race->setting_count; i++) {
    const char *name = race->settings->watched[i].name;
    dict_set_text(vm, dict.dict, name, strlen(name), value_retain(entry->settings[i]));
  }
  return dict;
}

static Value entry_value(const Race *race, const Entry *entry) {
  Vm *vm = race->vm;
  bool one = !clause_value(race->ast, "seeds"); /* else a list, also of one */
  if (vm->checking && entry->runs[0].history.kind == KIND_UNSET)
    return (Value){.kind = KIND_UNKNOWN};
  if (one) return entry->runs[0].history.kind ? value_retain(entry->runs[0].history) : value_none();
  Value list = value_list(vm, race->seeds);
  for (int s = 0; s < race->seeds; s++)
    if (entry->runs[s].history.kind) list_push(vm, list.list, value_retain(entry->runs[s].history));
  return list;
}

static Value result(const Race *race) {
  Vm *vm = race->vm;
  int count = race->entry_count + 1;
  Value tuple = value_tuple(vm, count);
  tuple.tuple->names = mem_zero((size_t)count * sizeof(char *));
  tuple.tuple->show = standings_show;
  for (int i = 0; i < race->entry_count; i++) {
    tuple.tuple->names[i] = race->entries[i].name;
    tuple.tuple->items[i] = entry_value(race, &race->entries[i]);
  }
  tuple.tuple->names[count - 1] = names_intern(vm->names, "winner", 6);
  tuple.tuple->items[count - 1] = winner_value(race);
  return tuple;
}

/* ---- the whole ---- */

/* `gd check`: each entry is looked at as a training is. */
static void check_all(Race *race) {
  enum { CHECKED_MOST = 16 };
  for (int i = 0; i < race->entry_count && i < CHECKED_MOST; i++) {
    RaceRun *run = &race->entries[i].runs[0];
    enter(race, i, 0);
    open_run(race, run);
    run->history = history_value(run->run);
    for (int s = 1; s < race->seeds; s++)
      race->entries[i].runs[s].history = value_retain(run->history);
    free_run(race, run);
  }
}

static void race_body(Vm *vm, void *context) {
  Race *race = context;
  entries_read(race);
  if (race->ast->b) read_data(race);
  race->base_draws = race->last_draws = vm->draws;
  if (vm->checking) {
    check_all(race);
    return;
  }
  block_kept_take(race->reader, &race->before);
  run_all(race);
  leave_winner(race);
  standings_print(race);
}

static void free_entry(Race *race, Entry *entry) {
  Vm *vm = race->vm;
  value_release(vm, entry->optimizer);
  for (int i = 0; entry->settings && i < race->setting_count; i++)
    value_release(vm, entry->settings[i]);
  for (int s = 0; s < race->seeds; s++) {
    RaceRun *run = &entry->runs[s];
    free_run(race, run);
    release_left(vm, run);
    mem_free(run->label);
    text_free(&run->page);
    value_release(vm, run->history);
  }
  mem_free(entry->runs);
  mem_free(entry->settings);
}

static void free_race(Race *race) {
  for (int i = 0; i < race->entry_count; i++) free_entry(race, &race->entries[i]);
  mem_free(race->report);
  mem_free(race->entries);
  if (race->reader) train_free(race->reader);
  kept_release(race->vm, &race->start);
  block_kept_release(race->vm, &race->before);
  value_release(race->vm, race->given.data[0]);
  value_release(race->vm, race->given.data[1]);
  mem_free(race);
}

Value race_run(Vm *vm, Frame *frame, const Ast *ast) {
  Value plot = plotted_read(vm, frame, ast);
  Race *race = mem_zero(sizeof *race);
  *race = (Race){.vm = vm, .frame = frame, .ast = ast, .outer = vm->run, .seeds = 1, .best = -1};
  race->base_seed = vm->seed;
  race->last_draws = vm->draws;
  race->span = (Span){ast->span.file, ast->span.start, ast->span.start + 4};
  Diag diag = {0};
  bool fine = vm_protect(vm, race_body, race, &diag);
  vm->seed = race->base_seed;
  vm->draws = race->last_draws;
  RaceRun *now = race->entries && race->entry < race->entry_count && race->entries[race->entry].runs
                     ? &race->entries[race->entry].runs[race->seed]
                     : NULL;
  if (!fine && now && now->run) {
    vm->run = &now->run->base;
    shards_back(now->run);
    undo_back(vm, &now->run->undo);
    runlog_close(now->run, diag.message);
    progress_end(now->run);
  }
  Value value = fine ? result(race) : value_none();
  const bool cut = race->cut;
  Training *outer = race->outer;
  free_race(race);
  vm->run = outer;
  if (!fine) raise_diag(vm, &diag);
  ending_raise(vm, ast->span, cut);
  if (!vm->checking) plotted_draw(vm, ast, plot, value);
  value_release(vm, plot);
  return value;
}
