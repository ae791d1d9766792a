/* settings.c — the note in a checkpoint about the script that wrote it, and the report on a script
 * that has changed.
 *
 * The note is a text of lines: a name, a blank, and a value.  The first lines identify the
 * training: the targets with their dtypes and shapes, the metrics' names, the optimizers with their
 * hyperparameters' names.  If one differs, the checkpoint is refused, with the differing lines.
 * Then come settings, which may change from one run to the next: losses and conditions as text,
 * numbers by value, a schedule by its values at some steps, the validation data by a digest, and a
 * net or function that a loss names by one of its declaration and parts.  A changed setting is
 * reported with the old and the new value.
 *
 * If the text of `keep:` or `stop:` changes, the stored state of `keep:` and `stalled` is about
 * another quantity and is reset.
 *
 * Settings are noted before the first step, so changes that blocks make to an optimizer during the
 * run do not count as changes of the script.
 */
#include "lang/train/settings.h"
#include "lang/optimizers/states.h"
#include "lang/run/feed.h"
#include "lang/train/block_state.h"
#include "lang/train/in_words.h"
#include "lang/train/saved.h"

#include "lang/eval/eval.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/models/model.h"
#include "lang/text/source.h"
#include "lang/values/show.h"

#include <stdio.h>
#include <string.h>

enum {
  TEXT_MOST = 400 /* bytes of a setting */,
  DIFFERENCES_MOST = 4 /* in one message */,
  DEPTH_MOST = 16
};

/* ---- lines ---- */

/* The source text, each run of blanks and newlines as one blank; at most so many bytes. */
static void add_source(const TrainRun *run, const Ast *ast, size_t most, Text *text) {
  const Source *source = ast ? source_at(run->vm->sources, ast->span.file) : NULL;
  if (!source) {
    text_string(text, "none");
    return;
  }
  bool blank = false;
  size_t start = text->length;
  for (uint32_t i = ast->span.start;
       i < ast->span.end && i < source->length && text->length - start < most; i++) {
    char byte = source->text[i];
    bool space = byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
    if (space && !blank) text_char(text, ' ');
    if (!space) text_char(text, byte);
    blank = space;
  }
}

static uint64_t digest_of(const TrainRun *run, Value value, uint64_t digest, int depth);

/* The text of a function or model of the script; of the library's the name is enough. */
static uint64_t digest_text(const TrainRun *run, const AstFunction *function, uint64_t digest) {
  const Sources *sources = run->vm->sources;
  uint32_t file = function->body ? function->body->span.file : 0;
  const Source *source = file && !source_is_library(sources, file) ? source_at(sources, file)
                                                                   : NULL;
  if (!source) return hash_bytes(function->name, strlen(function->name), digest);
  Span span = span_join(function->head_span, function->body->span);
  return hash_bytes(source->text + span.start, span.end - span.start, digest);
}

/* A model: how it was declared, what it was called with, and the models in it. */
static uint64_t digest_model(const TrainRun *run, const ModelObject *model, uint64_t digest,
                             int depth) {
  const AstFunction *function = model->made_by->function;
  digest = digest_text(run, function, digest);
  for (int i = 0; i < model->count; i++) {
    if (!model->cells[i]) continue;
    Value value = model->cells[i]->value;
    if (function->members[i].kind == MEMBER_ARGUMENT || value.kind == KIND_MODEL)
      digest = digest_of(run, value, digest, depth + 1);
  }
  return digest;
}

/* `relu`, `grad(f)` */
static uint64_t digest_native(const TrainRun *run, const NativeObject *native, uint64_t digest,
                              int depth) {
  const char *name = native->row ? native->row->name : native->native->name;
  digest = hash_bytes(name, strlen(name), digest);
  for (int i = 0; i < COUNT_OF(native->extra); i++)
    digest = digest_of(run, native->extra[i], digest, depth + 1);
  return digest;
}

/* What a net computes, as far as its parts tell: not the values that are trained. */
static uint64_t digest_of(const TrainRun *run, Value value, uint64_t digest, int depth) {
  if (depth > DEPTH_MOST) return digest;
  switch ((Kind)value.kind) {
    case KIND_NUMBER: return hash_bytes((const char *)&value.number, sizeof value.number, digest);
    case KIND_BOOL: return hash_mix(digest, value.truth ? 1 : 2);
    case KIND_STRING: return hash_bytes(value.string->data, value.string->length, digest);
    case KIND_CLOSURE: return digest_text(run, value.closure->function, digest);
    case KIND_NATIVE: return digest_native(run, value.native, digest, depth);
    case KIND_MODEL: return digest_model(run, value.model, digest, depth);
    case KIND_LIST:
      for (int64_t i = 0; i < value.list->count; i++)
        digest = digest_of(run, value.list->items[i], digest, depth + 1);
      return digest;
    case KIND_TUPLE:
      for (int i = 0; i < value.tuple->count; i++)
        digest = digest_of(run, value.tuple->items[i], digest, depth + 1);
      return digest;
    default: return digest;
  }
}

/* Numbers, functions and models of the script named in it: `lambda = 0.1`, `smoothed of digest
 * 1a2b3c4d`.  A variable that the clauses assign is part of the training, not of the script. */
static void add_name(TrainRun *run, const Ast *name, Text *text) {
  const Value *value = name->place == PLACE_STANDARD ? NULL
                                                     : variable_peek(run->vm, run->frame, name);
  for (int i = 0; i < run->ast->watched_count;
       i++) /* `loss`, `epoch`: values of this training, whatever an earlier one left there */
    if (!strcmp(run->ast->watched[i].name, name->text)) value = NULL;
  if (!value || block_state_assigns(run, value)) return;
  if (value->kind == KIND_NUMBER || value->kind == KIND_BOOL || value->kind == KIND_STRING) {
    text_format(text, ", %s = ", name->text);
    value_show_safe(run->vm, *value, true, text, name->span);
  } else if (value->kind == KIND_CLOSURE || value->kind == KIND_MODEL) {
    text_format(text, ", %s of digest %08x", name->text, (unsigned)digest_of(run, *value, 1, 0));
  }
}

static void add_names(TrainRun *run, const Ast *ast, Text *text) {
  if (!ast) return;
  if (ast->kind == AST_NAME) add_name(run, ast, text);
  add_names(run, ast->a, text);
  add_names(run, ast->b, text);
  add_names(run, ast->c, text);
  for (uint32_t i = 0; i < ast_below(ast); i++) add_names(run, ast->items[i], text);
}

uint64_t settings_block(TrainRun *run, const Ast *block) {
  if (!block) return 0;
  Text text = {0};
  add_source(run, block, SIZE_MAX, &text);
  add_names(run, block, &text);
  uint64_t digest = hash_bytes(text.data, text.length, 1);
  text_free(&text);
  return digest;
}

static void source_line_of(TrainRun *run, const char *name, int number, const Ast *ast) {
  if (number < 0) text_format(&run->settings, "%s ", name);
  else text_format(&run->settings, "%s.%d ", name, number);
  add_source(run, ast, TEXT_MOST, &run->settings);
  add_names(run, ast, &run->settings);
  text_char(&run->settings, '\n');
}

static void number_line(TrainRun *run, const char *name, double number) {
  text_format(&run->settings, "%s ", name);
  text_number(&run->settings, number);
  text_char(&run->settings, '\n');
}

static void clip_line(TrainRun *run, int number, const Objective *objective) {
  double limit = objective->clip_norm > 0 ? objective->clip_norm : objective->clip_value;
  text_format(&run->settings, "clip.%d %s", number,
              limit > 0 ? objective->clip_norm > 0 ? "norm " : "value " : "none");
  if (limit > 0) text_number(&run->settings, limit);
  text_char(&run->settings, '\n');
}

static void hyperparameter_lines(TrainRun *run, int number, OptimizerObject *optimizer) {
  const AstFunction *function = optimizer->made_by->function;
  for (int i = 0; i < optimizer->count; i++) {
    text_format(&run->settings, "%s.%d ", function->params[i].name, number);
    hyperparameter_in_words(run->vm, optimizer, i, &run->settings);
    text_char(&run->settings, '\n');
  }
}

static void validation_line(TrainRun *run) {
  uint64_t digest = feed_digest(run->validate, run->validate_count);
  if (run->validate_count)
    text_format(&run->settings, "validate %lld rows, digest %016llx\n",
                (long long)run->validate_rows, (unsigned long long)digest);
  else text_string(&run->settings, "validate none\n");
}

static void average_line(TrainRun *run) {
  const Average *average = &run->average;
  text_format(&run->settings, "average %s",
              average->kind == AVERAGE_EMA   ? "ema "
              : average->kind == AVERAGE_SWA ? "swa from "
                                             : "none");
  if (average->kind) text_number(&run->settings, average->number);
  if (average->kind == AVERAGE_SWA)
    text_format(&run->settings, " of %lld epochs", (long long)run->epochs_most);
  text_char(&run->settings, '\n');
}

void settings_note(TrainRun *run) {
  for (int i = 0; i < run->objective_count; i++) {
    const Objective *objective = &run->objectives[i];
    source_line_of(run, "loss", i,
                   objective->residuals  ? objective->residuals
                   : objective->gradient ? objective->gradient
                                         : objective->loss);
    clip_line(run, i, objective);
    hyperparameter_lines(run, i, objective->optimizer);
  }
  for (int i = 0; i < run->metric_count; i++)
    source_line_of(run, "metrics", i, run->metrics[i].expression);
  number_line(run, "batch", (double)run->batch);
  number_line(run, "accumulate", (double)run->accumulate);
  number_line(run, "shards", (double)run->shards);
  text_format(&run->settings, "shuffle %s\ndrop_last %s\n", run->shuffle ? "true" : "false",
              run->drop_last ? "true" : "false");
  validation_line(run);
  average_line(run);
  source_line_of(run, "keep", -1, run->keep);
  source_line_of(run, "stop", -1, run->stop);
}

void settings_describe(const TrainRun *run, Text *text) {
  for (int i = 0; i < run->kept_count; i++) {
    char shape[200];
    text_format(text, "target.%d %s %s%s\n", i, run->kept_names[i],
                dtype_name(run->kept[i]->value.dtype),
                shape_show(&run->kept[i]->value.shape, shape));
  }
  for (int i = 0; i < run->metric_count; i++)
    text_format(text, "metric.%d %s\n", i, run->metrics[i].name);
  for (int i = 0; i < run->objective_count; i++) {
    const OptimizerObject *optimizer = run->objectives[i].optimizer;
    const AstFunction *function = optimizer->made_by->function;
    text_format(text, "optimizer.%d %s(", i, function->name);
    for (int k = 0; k < optimizer->count; k++)
      text_format(text, "%s%s", k ? ", " : "", function->params[k].name);
    text_format(text, ") with %d states\n", states_count(optimizer));
  }
  text_string(text, "settings\n");
  text_add(text, run->settings.data, run->settings.length);
}

/* ---- comparing ---- */

typedef struct Line {
  const char *at;
  int length, name; /* bytes; of the name */
} Line;

/* The next line, false at the end. */
static bool next_line(const char **at, const char *end, Line *line) {
  if (*at >= end) return false;
  const char *newline = memchr(*at, '\n', (size_t)(end - *at)), *stop = newline ? newline : end;
  const char *blank = memchr(*at, ' ', (size_t)(stop - *at));
  *line = (Line){*at, (int)(stop - *at), (int)((blank ? blank : stop) - *at)};
  *at = stop + 1;
  return true;
}

static bool same(const Line *a, const Line *b) {
  return a->length == b->length && !memcmp(a->at, b->at, (size_t)a->length);
}
static bool same_name(const Line *a, const Line *b) {
  return a->name == b->name && !memcmp(a->at, b->at, (size_t)a->name);
}
static bool is(const Line *line, const char *name) {
  return line->name == (int)strlen(name) && !memcmp(line->at, name, (size_t)line->name);
}

static bool begins(const Line *line, const char *text) {
  return line->length >= (int)strlen(text) && !memcmp(line->at, text, strlen(text));
}
static bool mentions(const Line *line, const char *text) {
  return memmem(line->at, (size_t)line->length, text, strlen(text)) != NULL;
}

/* `w f32[2]`, escaped and shortened. */
static void show(const Line *line, int from, char into[120]) {
  Text text = {0};
  size_t length = line->length > from ? (size_t)(line->length - from) : 0;
  size_t most = text_whole(line->at + from, length, 110);
  text_escaped(&text, line->at + from, most);
  text_print(into, 120, "%s%s", text.data ? text.data : "", most < length ? "…" : "");
  text_free(&text);
}

/* Targets come first, then metrics, then optimizers. */
static int kind_of(const Line *line) {
  return begins(line, "target.") ? 0 : begins(line, "metric.") ? 1 : 2;
}

/* The lines that identify the training: all must be equal. */
static void compare_training(const TrainRun *run, const char **old, const char *old_end,
                             const char **now, const char *now_end) {
  char told[560] = "";
  size_t used = 0;
  int count = 0;
  for (;;) {
    Line a = {"", 0, 0}, b = {"", 0, 0};
    const char *old_at = *old, *now_at = *now;
    bool more_old = next_line(old, old_end, &a) && !is(&a, "settings"),
         more_now = next_line(now, now_end, &b) && !is(&b, "settings");
    if (!more_old && !more_now) break;
    if (more_old && more_now && kind_of(&a) > kind_of(&b)) more_old = false;
    else if (more_old && more_now && kind_of(&a) < kind_of(&b)) more_now = false;
    if (!more_old) *old = old_at, a = (Line){"", 0, 0};
    if (!more_now) *now = now_at, b = (Line){"", 0, 0};
    if (same(&a, &b) || ++count > DIFFERENCES_MOST) continue;
    char before[120], after[120];
    show(&a, 0, before);
    show(&b, 0, after);
    int wrote = snprintf(told + used, sizeof told - used, "%s`%s` where this has `%s`",
                         count > 1 ? "; " : "", more_old ? before : "nothing",
                         more_now ? after : "nothing");
    used = wrote > 0 && used + (size_t)wrote < sizeof told ? used + (size_t)wrote : sizeof told - 1;
  }
  if (!count) return;
  char more[40] = "";
  if (count > DIFFERENCES_MOST)
    snprintf(more, sizeof more, " (and %d more)", count - DIFFERENCES_MOST);
  saved_fail(run, NULL, "the checkpoint is of another training: it has %s%s", told, more);
}

/* The clause of a setting. */
static Span span_of(const TrainRun *run, const Line *line) {
  char name[40];
  snprintf(name, sizeof name, "%.*s", (int)strcspn(line->at, ". \n"), line->at);
  const Ast *clauses[2] = {NULL, NULL};
  for (uint32_t i = 0; i < run->ast->clause_count; i++) {
    const Ast *clause = run->ast->clauses[i];
    if (clause->text && !strcmp(clause->text, name)) clauses[0] = clause;
    if (clause->text && !strcmp(clause->text, "optimizer")) clauses[1] = clause;
  }
  const Ast *clause = clauses[0] ? clauses[0] : clauses[1];
  return clause ? clause->op_span : saved_clause(run)->span;
}

/* Where the values of two lines are shown from: at the number that differs, if that is far in. */
static int shown_from(const Line *old, const Line *now) {
  int from = now->name + 1, at = from, word = from;
  while (at < old->length && at < now->length && old->at[at] == now->at[at]) {
    if (at > from && now->at[at] == ' ' && strchr(",:", now->at[at - 1])) word = at + 1;
    if (now->at[at] == '(') word = at + 1;
    at++;
  }
  /* with the name before a schedule's values */
  while (word > from && at - word < 30 && now->at[word - 1] != '(') word--;
  return at - from > 60 ? word : from;
}

static void tell(TrainRun *run, const Line *old, const Line *now) {
  Vm *vm = run->vm;
  if (!vm_warns(vm)) return;
  char before[120], after[120];
  int from = shown_from(old, now);
  show(old, from, before);
  show(now, from, after);
  int name = (int)strcspn(now->at, ". \n");
  bool forgets = is(now, "keep") || is(now, "stop") || is(now, "average");
  bool measured = is(now, "validate") || begins(now, "loss.") || begins(now, "metrics.");
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, span_of(run, now),
            "resumed with another `%.*s`: it was %s, it is %s%s", name, now->at, before, after,
            forgets ? "; its stored state is reset"
            : measured && (run->keep_changed || run->stop_changed)
                ? "; what `keep:` or `stop:` stored is reset"
                : "");
  vm_warn(vm, &diag);
}

/* What is measured otherwise than it was. */
typedef struct Remeasured {
  bool validate, loss, metrics;
} Remeasured;

/* Numbers that `keep:` or `stop:` stored cannot be compared with those to come. */
static bool outdated(const TrainRun *run, const Line *rule, const Remeasured *now) {
  if ((now->validate && mentions(rule, "val_")) || (now->loss && mentions(rule, "loss")))
    return true;
  for (int i = 0; now->metrics && i < run->metric_count; i++)
    if (mentions(rule, run->metrics[i].name)) return true;
  return false;
}

/* Settings: the same names in the same order, with any values. */
static void compare_settings(TrainRun *run, const char *old, const char *old_end, const char *now,
                             const char *now_end) {
  Remeasured remeasured = {0};
  for (;;) {
    Line a, b;
    bool more_old = next_line(&old, old_end, &a), more_now = next_line(&now, now_end, &b);
    if (!more_old && !more_now) return;
    if (!more_old || !more_now || !same_name(&a, &b)) {
      char found[120] = "nothing", wanted[120] = "nothing";
      if (more_old) show(&a, 0, found);
      if (more_now) show(&b, 0, wanted);
      saved_fail(run, NULL, "the checkpoint's settings have `%s` where `%s` is expected", found,
                 wanted);
    }
    bool changed = !same(&a, &b); /* `keep` and `stop` stand behind what they depend on */
    remeasured.validate |= changed && is(&b, "validate");
    remeasured.loss |= changed && begins(&b, "loss.");
    remeasured.metrics |= changed && begins(&b, "metrics.");
    run->settings_changed |= changed;
    run->keep_changed |= is(&b, "keep") && (changed || outdated(run, &b, &remeasured));
    run->stop_changed |= is(&b, "stop") && (changed || outdated(run, &b, &remeasured));
    run->average_changed |= changed && is(&b, "average");
  }
}

void settings_compare(TrainRun *run, const Text *before) {
  run->note.length = 0;
  settings_describe(run, &run->note);
  const char *old = before->data ? before->data : "", *now = run->note.data,
             *old_end = old + before->length, *now_end = now + run->note.length;
  compare_training(run, &old, old_end, &now, now_end);
  compare_settings(run, old, old_end, now, now_end);
}

void settings_report_changes(TrainRun *run, const Text *before) {
  const char *old = before->data, *now = run->note.data, *old_end = old + before->length,
             *now_end = now + run->note.length;
  for (Line a, b; next_line(&old, old_end, &a) && next_line(&now, now_end, &b);)
    if (!same(&a, &b)) tell(run, &a, &b);
}
