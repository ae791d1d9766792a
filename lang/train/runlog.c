/* runlog.c — see runlog.h.
 *
 * The first line of a run has what is needed to repeat it: gd's version, the script and its digest,
 * the seed and the number of earlier draws, the data's digest, every setting.  Then there is one
 * object for each epoch or step, and one for the end.  Numbers are written so that they read back
 * exactly; values that are not finite are null.
 *
 * Lines are buffered for a fraction of a second at most, so that steps of microseconds do not each
 * wait for a write.  They are written before each checkpoint, so a run that resumes from one finds
 * every line up to it.  It drops the lines after it, and a last line that was cut off, and appends.
 */
#include "lang/train/runlog.h"
#include "lang/run/feed.h"
#include "lang/run/history.h"
#include "lang/train/clause.h"
#include "lang/train/facts.h"

#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/machine/known.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/scalar.h"
#include "lang/text/report.h"
#include "lang/text/source.h"
#include "lang/text/version.h"
#include "runtime/files.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double HOLD_SECONDS = 0.2;

typedef struct RunLog {
  char *path; /* owned */
  Span span;
  bool steps;    /* a line a step too */
  int64_t every; /* so many epochs (steps, where there are no epochs) between two lines */
  Text pending;  /* lines that are not in the file yet; owned */
  double flushed_at;
  bool open; /* the file is begun */
} RunLog;

/* ---- the clause ---- */

static Value named(const TupleObject *tuple, const char *name) {
  for (int i = 0; i < tuple->count; i++)
    if (tuple->names && tuple->names[i] && !strcmp(tuple->names[i], name)) return tuple->items[i];
  return (Value){0};
}

static void read_every(TrainRun *run, RunLog *log, Value every) {
  if (every.kind == KIND_UNSET || value_unknown(run->vm, every)) return;
  if (every.kind == KIND_STRING) {
    log->steps = !strcmp(every.string->data, "step");
    if (log->steps || !strcmp(every.string->data, "epoch")) return;
  } else {
    log->every = value_as_index(run->vm, log->span, every);
    if (log->every >= 1) return;
  }
  raise_help(run->vm, log->span, "log: (path: \"run.jsonl\", every: 10)",
             "`every` of `log:` must be \"step\", \"epoch\" or a number of epochs from 1 on");
}

static void want_path(TrainRun *run, const RunLog *log, Value value) {
  if (value.kind != KIND_STRING)
    raise_help(run->vm, log->span, "log: \"run.jsonl\"",
               "`log:` must be the path of a .jsonl file");
  const StringObject *path = value.string;
  if (path->length < 7 || strcmp(path->data + path->length - 6, ".jsonl"))
    raise_help(run->vm, log->span, "log: \"run.jsonl\"",
               "a log must be a .jsonl file, since its contents are replaced");
}

void runlog_read(TrainRun *run) {
  Vm *vm = run->vm;
  const Ast *clause = clause_value(run->ast, "log");
  if (!clause) return;
  Value value = eval(vm, run->frame, clause);
  if (value.kind == KIND_UNKNOWN || value.kind == KIND_NONE) return;
  if (value.kind == KIND_TUPLE && named(value.tuple, "path").kind == KIND_UNKNOWN) {
    value_release(vm, value); /* `gd check`: a path made of what only a run knows */
    return;
  }
  RunLog *log = run->log = mem_zero(sizeof *log);
  log->span = clause->span;
  log->every = 1;
  bool tuple = value.kind == KIND_TUPLE;
  Value path = tuple ? named(value.tuple, "path") : value;
  want_path(run, log, path);
  if (tuple) read_every(run, log, named(value.tuple, "every"));
  log->path = mem_text(path.string->data, path.string->length);
  value_release(vm, value);
  clause_want_own(run, clause->span, "log", log->path);
  Diag diag = {0};
  if (vm->checking) {
    check_wrote(vm, log->path);
    return;
  }
  if (file_path_check(log->path, strlen(log->path), &diag) &&
      file_check_writable(&vm->files, log->path, &diag))
    return;
  if (!diag.span.file) diag.span = log->span;
  raise_diag(vm, &diag);
}

/* ---- lines ---- */

static void begin(TrainRun *run, Text *text, const char *event) {
  text_format(text, "{\"event\":\"%s\"", event);
  if (!run->entry) return;
  text_string(text, ",\"entry\":");
  json_quoted(text, run->entry, strlen(run->entry));
  text_format(text, ",\"of_seed\":%d", run->entry_seed + 1);
}

static void number(Text *text, const char *prefix, const char *name, double value) {
  text_format(text, ",\"%s%s\":", prefix, name);
  facts_number(text, value);
}

static void position(const TrainRun *run, Text *text) {
  text_format(text, ",\"epoch\":%lld,\"step\":%lld", (long long)run->history.epochs,
              (long long)run->total_steps);
}

static void add_time(Text *text) {
  time_t now = time(NULL);
  struct tm parts;
  char stamp[40];
  gmtime_r(&now, &parts);
  strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &parts);
  text_format(text, ",\"time\":\"%s\"", stamp);
}

static void add_args(const TrainRun *run, Text *text) {
  const Options *options = &run->vm->options;
  text_string(text, ",\"args\":[");
  for (int i = 0; i < options->arg_count; i++) {
    if (i) text_char(text, ',');
    json_quoted(text, options->args[i], strlen(options->args[i]));
  }
  text_char(text, ']');
}

/* The line that begins a sitting. */
static void add_head(TrainRun *run, Text *text, const char *event) {
  const Source *source = source_at(run->vm->sources, run->ast->span.file);
  begin(run, text, event);
  position(run, text);
  text_string(text, ",\"gd\":\"" GD_VERSION "\",\"script\":");
  json_quoted(text, source ? source->name : "", source ? strlen(source->name) : 0);
  text_format(text, ",\"line\":%u,\"script_digest\":\"%016llx\"",
              source_place(run->vm->sources, run->ast->span).line,
              (unsigned long long)facts_script(run));
  add_args(run, text);
  text_format(text, ",\"seed\":%llu,\"draws\":%llu", (unsigned long long)run->vm->seed,
              (unsigned long long)run->base.key_number);
  if (run->rows)
    text_format(text, ",\"rows\":%lld,\"data_digest\":\"%016llx\"", (long long)run->rows,
                (unsigned long long)feed_digest(run->columns, run->column_count));
  add_time(text);
  text_string(text, ",\"settings\":{");
  facts_settings(run, text);
  text_string(text, "}}\n");
}

void runlog_flush(TrainRun *run) {
  RunLog *log = run->log;
  if (!log || !log->open || !log->pending.length) return;
  Diag diag = {0};
  bool fine = file_append(&run->vm->files, log->path, log->pending.data, log->pending.length,
                          &diag);
  log->pending.length = 0;
  log->flushed_at = clock_seconds();
  if (fine) return;
  if (!diag.span.file) diag.span = log->span;
  raise_diag(run->vm, &diag);
}

static void flush_soon(TrainRun *run) {
  if (clock_seconds() - run->log->flushed_at >= HOLD_SECONDS) runlog_flush(run);
}

/* ---- going on ---- */

/* The number after `"step":` in a line; -1: there is none. */
static int64_t step_of(const char *line, size_t length) {
  const char *at = memmem(line, length, "\"step\":", 7);
  return at ? strtoll(at + 7, NULL, 10) : -1;
}

static bool begins(const char *line, size_t length, const char *with) {
  size_t wanted = strlen(with);
  return length >= wanted && !memcmp(line, with, wanted);
}

/* What a sitting that goes on from here keeps of an older log. */
static void keep_lines(const TrainRun *run, const Bytes *old, Text *kept) {
  const char *at = (const char *)old->data, *end = at + old->length, *newline;
  for (; at < end && (newline = memchr(at, '\n', (size_t)(end - at))) != NULL; at = newline + 1) {
    size_t length = (size_t)(newline - at);
    bool over = begins(at, length, "{\"event\":\"end\"") ||
                begins(at, length, "{\"event\":\"error\"");
    if (over || step_of(at, length) > run->total_steps) continue;
    text_add(kept, at, length + 1);
  }
}

static bool read_old(TrainRun *run, Text *kept) {
  RunLog *log = run->log;
  Diag diag = {0};
  Bytes old = {0};
  if (!file_exists(&run->vm->files, log->path, &diag)) return false;
  if (!file_read(&run->vm->files, log->path, &old, &diag)) {
    if (!diag.span.file) diag.span = log->span;
    raise_diag(run->vm, &diag);
  }
  bool is_log = old.length == 0 ||
                begins((const char *)old.data, old.length, "{\"event\":\"start\"");
  if (is_log) keep_lines(run, &old, kept);
  bytes_free(&old);
  if (!is_log)
    raise_help(run->vm, log->span, "another path, or remove the file",
               "this file is not a log of a training: nothing is appended to it");
  return true;
}

static void write_whole(TrainRun *run, Text *text) {
  RunLog *log = run->log;
  Diag diag = {0};
  bool fine = file_write(&run->vm->files, log->path, text->data ? text->data : "", text->length,
                         &diag);
  text_free(text);
  if (fine) return;
  if (!diag.span.file) diag.span = log->span;
  raise_diag(run->vm, &diag);
}

void runlog_open(TrainRun *run) {
  RunLog *log = run->log;
  if (!log) return;
  Text text = {0};
  bool resumed = run->total_steps > 0;
  bool goes_on = resumed && read_old(run, &text);
  log->open = true;
  if (!goes_on && run->log_goes_on) { /* another run of the statement has begun the file */
    add_head(run, &log->pending, "start");
    runlog_flush(run);
    return;
  }
  add_head(run, &text, goes_on ? "resume" : "start");
  write_whole(run, &text);
  log->flushed_at = clock_seconds();
}

/* ---- what happens ---- */

void runlog_step(TrainRun *run) {
  RunLog *log = run->log;
  if (!log || !log->steps) return;
  Text *text = &log->pending;
  begin(run, text, "step");
  text_format(text, ",\"epoch\":%lld,\"step\":%lld", (long long)run->history.epochs + 1,
              (long long)run->total_steps);
  number(text, "", "loss", run->last.loss);
  number(text, "", "lr", run->rate);
  for (int i = 0; i < run->ast->watched_count; i++)
    if (!strcmp(run->ast->watched[i].name, "grad_norm"))
      number(text, "", "grad_norm", run->last.grad_norm);
  text_string(text, "}\n");
  flush_soon(run);
}

void runlog_epoch(TrainRun *run) {
  RunLog *log = run->log;
  const History *history = &run->history;
  if (!log || (history->epochs % log->every && history->epochs != run->epochs_most)) return;
  Text *text = &log->pending;
  begin(run, text, "epoch");
  position(run, text);
  number(text, "", "loss", series_last(&history->loss));
  for (int i = 0; i < run->metric_count; i++)
    number(text, "", run->metrics[i].name, series_last(&history->metrics[i]));
  if (run->validate_count) number(text, "", "val_loss", series_last(&history->val_loss));
  for (int i = 0; i < run->metric_count && run->validate_count; i++)
    number(text, "val_", run->metrics[i].name, series_last(&history->val_metrics[i]));
  number(text, "", "lr", run->rate);
  number(text, "", "seconds", history_seconds(run));
  text_string(text, "}\n");
  flush_soon(run);
}

void runlog_close(TrainRun *run, const char *error) {
  RunLog *log = run->log;
  if (!log || !log->open) return;
  Text *text = &log->pending;
  begin(run, text, error ? "error" : "end");
  position(run, text);
  text_format(text, ",\"stopped\":\"%s\",\"why\":",
              error                  ? "error"
              : run->history.stopped ? run->history.stopped
                                     : "");
  const char *why = error ? error : run->history.why;
  json_quoted(text, why, strlen(why));
  number(text, "", "seconds", error ? history_seconds(run) : run->history.seconds);
  text_string(text, "}\n");
  if (!error) {
    runlog_flush(run);
    return;
  }
  Diag diag = {0}; /* not reported: the error that ended the run is */
  (void)file_append(&run->vm->files, log->path, text->data, text->length, &diag);
}

void runlog_free(TrainRun *run) {
  if (!run->log) return;
  mem_free(run->log->path);
  text_free(&run->log->pending);
  mem_free(run->log);
  run->log = NULL;
}
