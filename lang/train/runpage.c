/* runpage.c — see runpage.h.
 *
 * The page is runpage.html with the facts of the run inserted as JSON.  It draws them with its own
 * script and loads nothing else, so it works from a file, without a network.  Long series are
 * reduced to the minimum and maximum of each stretch, so that no peak is lost and the page stays
 * below a megabyte.
 *
 * The cost of a line of the script is the total time of the instructions that come from it.
 * Instructions are timed only in a run that has a report.
 */
#include "lang/train/runpage.h"
#include "lang/health/health.h"
#include "lang/run/feed.h"
#include "lang/run/history.h"
#include "lang/run/kept.h"
#include "lang/train/clause.h"
#include "lang/train/entries.h"
#include "lang/train/facts.h"
#include "lang/train/predictions.h"

#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/text/report.h"
#include "lang/text/source.h"
#include "lang/text/version.h"
#include "runtime/files.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { POINTS_MOST = 1500, LINES_MOST = 2000, PARAMS_MOST = 200, LINE_WIDTH = 240 };

/* ---- the clause ---- */

void runpage_read(TrainRun *run) {
  Vm *vm = run->vm;
  const Ast *clause = clause_value(run->ast, "report");
  if (!clause) return;
  Value value = eval(vm, run->frame, clause);
  if (value.kind == KIND_UNKNOWN || value.kind == KIND_NONE) return;
  const StringObject *path = value.kind == KIND_STRING ? value.string : NULL;
  if (!path || path->length < 6 || strcmp(path->data + path->length - 5, ".html"))
    raise_help(vm, clause->span, "report: \"run.html\"",
               "`report:` must be the path of an .html file");
  run->report = mem_text(path->data, path->length);
  value_release(vm, value);
  clause_want_own(run, clause->span, "report", run->report);
  Diag diag = {0};
  if (vm->checking) {
    check_wrote(vm, run->report);
    return;
  }
  if (file_path_check(run->report, strlen(run->report), &diag) &&
      file_check_writable(&vm->files, run->report, &diag))
    return;
  if (!diag.span.file) diag.span = clause->span;
  raise_diag(vm, &diag);
}

/* ---- series ---- */

static void add_point(Text *x, Text *y, int64_t place, double value) {
  if (x->length) text_char(x, ','), text_char(y, ',');
  text_format(x, "%lld", (long long)place);
  if (isfinite(value)) text_digits(y, value, 6);
  else text_string(y, "null");
}

/* Places count from 1. */
static void add_points(const Series *series, Text *x, Text *y) {
  int64_t stretch = series->count > POINTS_MOST ? 2 * series->count / POINTS_MOST + 1 : 1;
  for (int64_t from = 0; from < series->count; from += stretch) {
    int64_t low = from, high = from;
    for (int64_t i = from; i < from + stretch && i < series->count; i++) {
      if (series->at[i] < series->at[low]) low = i;
      if (series->at[i] > series->at[high]) high = i;
    }
    int64_t first = low < high ? low : high, second = low < high ? high : low;
    add_point(x, y, first + 1, series->at[first]);
    if (second != first) add_point(x, y, second + 1, series->at[second]);
  }
}

static void add_curve(Text *text, const char *kind, const char *name, const Series *series) {
  if (series->count == 0) return;
  Text x = {0}, y = {0};
  add_points(series, &x, &y);
  if (text->data[text->length - 1] == '}') text_char(text, ',');
  text_format(text, "{\"kind\":\"%s\",\"name\":", kind);
  json_quoted(text, name, strlen(name));
  text_format(text, ",\"x\":[%s],\"y\":[", x.data);
  text_add(text, y.data, y.length);
  text_string(text, "]}");
  text_free(&x);
  text_free(&y);
}

static void add_curves(const TrainRun *run, Text *text) {
  const History *history = &run->history;
  char name[120];
  text_string(text, ",\"curves\":[");
  add_curve(text, "loss", "loss", &history->loss);
  if (run->validate_count) add_curve(text, "loss", "val_loss", &history->val_loss);
  for (int i = 0; i < run->metric_count; i++) {
    add_curve(text, "metric", run->metrics[i].name, &history->metrics[i]);
    text_print(name, sizeof name, "val_%.100s", run->metrics[i].name);
    if (run->validate_count) add_curve(text, "metric", name, &history->val_metrics[i]);
  }
  if (run->rows && history->steps > history->epochs)
    add_curve(text, "step", "loss", &history->step_loss);
  bool moves = false;
  for (int64_t i = 1; i < history->lr.count; i++) moves |= history->lr.at[i] != history->lr.at[0];
  if (moves) add_curve(text, "rate", "lr", &history->lr);
  text_char(text, ']');
}

/* ---- the outcome ---- */

static void add_number(Text *text, const char *name, double number) {
  if (text->data[text->length - 1] != '{') text_char(text, ',');
  json_quoted(text, name, strlen(name));
  text_char(text, ':');
  facts_number(text, number);
}

static void add_outcome(const TrainRun *run, Text *text) {
  const History *history = &run->history;
  char name[120];
  text_string(text, ",\"why\":");
  const char *why = history->why[0] ? history->why : history->stopped ? history->stopped : "";
  json_quoted(text, why, strlen(why));
  text_string(text, ",\"last\":{");
  add_number(text, "loss", series_last(&history->loss));
  if (run->validate_count) add_number(text, "val_loss", series_last(&history->val_loss));
  text_string(text, ",\"metrics\":{");
  for (int i = 0; i < run->metric_count; i++) {
    add_number(text, run->metrics[i].name, series_last(&history->metrics[i]));
    text_print(name, sizeof name, "val_%.100s", run->metrics[i].name);
    if (run->validate_count) add_number(text, name, series_last(&history->val_metrics[i]));
  }
  text_string(text, "}}");
  add_number(text, "epochs", (double)history->epochs);
  add_number(text, "steps", (double)history->steps);
  add_number(text, "seconds", history->seconds);
}

/* ---- params ---- */

static double mean_square(const Tensor *tensor) {
  double sum = 0;
  int64_t count = tensor_count(tensor);
  for (int64_t i = 0; i < count; i++) sum += tensor_get(tensor, i) * tensor_get(tensor, i);
  return count ? sum / (double)count : 0;
}

static void add_param(Text *text, const TrainRun *run, int index) {
  const ParamObject *param = run->kept[index];
  char shape[200];
  text_string(text, index ? ",{\"name\":" : "{\"name\":");
  json_quoted(text, run->kept_names[index], strlen(run->kept_names[index]));
  text_format(text, ",\"shape\":\"%s\",\"dtype\":\"%s%s\",\"count\":%lld,\"rms\":",
              shape_show(&param->value.shape, shape), dtype_name(param->value.dtype),
              param->buffer ? ", buffer" : "", (long long)tensor_count(&param->value));
  facts_number(text, sqrt(mean_square(&param->value)));
  text_char(text, '}');
}

static void add_params(TrainRun *run, Text *text) {
  int64_t trained = 0;
  kept_collect(run);
  text_string(text, ",\"params\":[");
  for (int i = 0; i < run->kept_count; i++) {
    if (!run->kept[i]->buffer) trained += tensor_count(&run->kept[i]->value);
    if (i < PARAMS_MOST) add_param(text, run, i);
  }
  text_format(text, "],\"trained\":%lld", (long long)trained);
}

/* ---- the script ---- */

typedef struct LineTimes {
  const Vm *vm;
  uint32_t file;
  double *lines; /* by line from 1; owned */
  uint32_t count;
  double elsewhere;
} LineTimes;

static void add_time(void *context, Span span, double seconds) {
  LineTimes *times = context;
  uint32_t line = span.file == times->file ? source_place(times->vm->sources, span).line : 0;
  if (line > 0 && line <= times->count) times->lines[line] += seconds;
  else times->elsewhere += seconds;
}

static void add_code(TrainRun *run, Text *text) {
  const Vm *vm = run->vm;
  Source *source = source_at(vm->sources, run->ast->span.file);
  LineTimes times = {.vm = vm, .file = run->ast->span.file};
  uint32_t start, end;
  if (source) source_line(source, 1, &start, &end);
  times.count = source ? source->line_count : 0;
  times.lines = mem_zero(((size_t)times.count + 1) * sizeof(double));
  for (int i = 0; i < run->objective_count; i++)
    for (int k = 0; k < run->step_count[i]; k++)
      for (const Step *step = &run->steps[i][k]; step; step = step->others)
        if (step->plan) {
          plan_time_each(step->plan, add_time, &times);
          plan_timing(step->plan, false);
        }
  text_string(text, ",\"first\":1,\"code\":[");
  for (uint32_t line = 1; line <= times.count && line <= LINES_MOST; line++) {
    if (!source_line(source, line, &start, &end)) break;
    uint32_t length = end - start < LINE_WIDTH ? end - start : LINE_WIDTH;
    while (length > 0 && length < end - start && (source->text[start + length] & 0xc0) == 0x80)
      length--;
    text_string(text, line > 1 ? ",[" : "[");
    json_quoted(text, source->text + start, length);
    text_char(text, ',');
    text_digits(text, times.lines[line], 4);
    text_char(text, ']');
  }
  text_string(text, "],\"elsewhere\":");
  text_digits(text, times.elsewhere, 4);
  mem_free(times.lines);
}

/* ---- again ---- */

static void add_word(Text *text, const char *word) {
  bool plain = *word != 0;
  for (const char *at = word; *at; at++)
    plain &= strchr("_-./=:,+@%", *at) || (*at >= '0' && *at <= '9') ||
             (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
  if (plain) {
    text_string(text, word);
    return;
  }
  text_char(text, '\'');
  for (const char *at = word; *at; at++)
    if (*at == '\'') text_string(text, "'\\''");
    else text_char(text, *at);
  text_char(text, '\'');
}

static void fact(Text *text, const char *name, const char *value) {
  if (text->data[text->length - 1] == ']') text_char(text, ',');
  text_char(text, '[');
  json_quoted(text, name, strlen(name));
  text_char(text, ',');
  json_quoted(text, value, strlen(value));
  text_char(text, ']');
}

static void add_again(TrainRun *run, Text *text) {
  const Vm *vm = run->vm;
  const Source *source = source_at(vm->sources, run->ast->span.file);
  Text command = {0};
  char value[80];
  text_string(&command, "gd ");
  if (vm->options.seed_given)
    text_format(&command, "--seed %llu ", (unsigned long long)vm->options.seed);
  add_word(&command, source ? source->name : "");
  for (int i = 0; i < vm->options.arg_count; i++) {
    text_char(&command, ' ');
    add_word(&command, vm->options.args[i]);
  }
  text_string(text, ",\"again\":{\"command\":");
  json_quoted(text, command.data, command.length);
  text_free(&command);
  text_string(text, ",\"facts\":[");
  snprintf(value, sizeof value, "%016llx", (unsigned long long)facts_script(run));
  fact(text, "digest of the script", value);
  snprintf(value, sizeof value, "%016llx, %lld rows",
           (unsigned long long)feed_digest(run->columns, run->column_count), (long long)run->rows);
  if (run->rows) fact(text, "digest of the data", value);
  snprintf(value, sizeof value, "%llu, after %llu draws", (unsigned long long)vm->seed,
           (unsigned long long)run->base.key_number);
  fact(text, "seed", value);
  text_string(text, "]}");
}

/* ---- the page ---- */

/* A JSON text may stand in a page only without `<`. */
static void add_safe(Text *page, const Text *data) {
  for (size_t i = 0; i < data->length; i++)
    if (data->data[i] == '<') text_string(page, "\\u003c");
    else text_char(page, data->data[i]);
}

/* Stands in the page of a run of a race until the standings are known. */
static const char STANDINGS[] = "@standings@";

static void add_all(TrainRun *run, Text *text) {
  const Source *source = source_at(run->vm->sources, run->ast->span.file);
  time_t now = time(NULL);
  struct tm parts;
  char stamp[40];
  localtime_r(&now, &parts);
  strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M", &parts);
  text_string(text, "{\"script\":");
  json_quoted(text, source ? source->name : "", source ? strlen(source->name) : 0);
  text_format(text, ",\"line\":%u,\"gd\":\"" GD_VERSION "\",\"time\":\"%s\"",
              source_place(run->vm->sources, run->ast->span).line, stamp);
  add_outcome(run, text);
  add_curves(run, text);
  add_params(run, text);
  text_string(text, ",\"settings\":{");
  facts_settings(run, text);
  text_char(text, '}');
  predictions_add(run, text);
  if (run->page) text_format(text, ",\"race\":\"%s\",\"entry\":", STANDINGS);
  if (run->page) json_quoted(text, run->entry, strlen(run->entry));
  if (run->watch) {
    text_string(text, ",\"health\":[");
    text_add(text, run->watch->verdicts.data, run->watch->verdicts.length);
    text_char(text, ']');
  }
  add_code(run, text);
  add_again(run, text);
  text_char(text, '}');
}

void runpage_write(TrainRun *run) {
  if (!run->report) return;
  Text data = {0}, page = {0};
  Diag diag = {0};
  add_all(run, &data);
  text_string(&page, PAGE_BEFORE);
  add_safe(&page, &data);
  text_string(&page, PAGE_AFTER);
  text_free(&data);
  if (run->page) {
    text_free(run->page);
    *run->page = page;
    return;
  }
  bool fine = file_write(&run->vm->files, run->report, page.data, page.length, &diag);
  text_free(&page);
  if (fine) return;
  if (!diag.span.file) diag.span = clause_value(run->ast, "report")->span;
  raise_diag(run->vm, &diag);
}

/* [["adam", mean, spread, epochs, seconds], …] */
static void add_standings(const Race *race, Text *text) {
  text_char(text, '[');
  for (int i = 0; i < race->entry_count; i++) {
    const Entry *entry = &race->entries[i];
    const RaceRun *run = &entry->runs[entry->best < 0 ? 0 : entry->best];
    if (i) text_char(text, ',');
    text_char(text, '[');
    json_quoted(text, entry->name, strlen(entry->name));
    const double figures[] = {entry->mean, entry->spread};
    for (int k = 0; k < COUNT_OF(figures); k++)
      if (isfinite(figures[k])) text_format(text, ",%.5g", figures[k]);
      else text_string(text, ",null");
    text_format(text, ",%lld,%.3g]", (long long)run->epochs, run->seconds);
  }
  text_char(text, ']');
}

void runpage_write_race(const Race *race, const RaceRun *winner) {
  Text standings = {0}, safe = {0}, page = {0};
  Diag diag = {0};
  const char *place = winner->page.data ? strstr(winner->page.data, STANDINGS) : NULL;
  if (!place) return;
  add_standings(race, &standings);
  add_safe(&safe, &standings);
  size_t before = (size_t)(place - winner->page.data) - 1, after = before + sizeof STANDINGS + 1;
  text_add(&page, winner->page.data, before);
  text_add(&page, safe.data, safe.length);
  text_add(&page, winner->page.data + after, winner->page.length - after);
  text_free(&standings);
  text_free(&safe);
  bool fine = file_write(&race->vm->files, race->report, page.data, page.length, &diag);
  text_free(&page);
  if (fine) return;
  if (!diag.span.file) diag.span = clause_value(race->ast, "report")->span;
  raise_diag(race->vm, &diag);
}
