/* progress.c — the progress of a training, on standard error.
 *
 * On a terminal one line, redrawn at most ten times a second: epoch, bar, the loss of the epoch so
 * far, the metrics of the last complete epoch, samples a second, time left.  Elsewhere (a file, a
 * pipe) one line for an epoch, at most some fifty in a run: the epoch's number alone decides, so
 * two runs of a script print the same except for the times.
 */
#include "lang/learn/train.h"

#include "lang/text/output.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINES_MOST = 50, BAR = 20 };
static const double REPAINT_SECONDS = 0.1;

typedef struct Progress {
  bool terminal;
  bool painted; /* the terminal's line is incomplete */
  double painted_at;
  int64_t first_step; /* steps made before this sitting */
  int64_t every;      /* elsewhere: epochs between two lines; 0: the total is unknown */
  double next;        /* then: the epoch of the next line */
  double seen_rows;
} Progress;

void progress_start(TrainRun *run) {
  if (run->quiet) return;
  run->progress = mem_zero(sizeof *run->progress);
  run->progress->terminal = isatty(STDERR_FILENO) && !run->vm->options.json;
  run->progress->first_step = run->total_steps;
  run->progress->next = (double)run->history.epochs + 1;
  int64_t epochs = run->epochs_most;
  if (!run->rows && run->steps_most && (!epochs || run->steps_most < epochs))
    epochs = run->steps_most;
  if (run->rows && run->steps_most && !epochs)
    epochs = run->steps_most / ((run->rows + (run->batch ? run->batch : run->rows) - 1) /
                                (run->batch ? run->batch : run->rows)) +
             1;
  run->progress->every = epochs ? (epochs + LINES_MOST - 1) / LINES_MOST : 0;
}

static void add_number(Text *text, const char *name, double number) {
  text_format(text, "  %s ", name);
  text_digits(text, number, 4);
}

static void add_time(Text *text, double seconds) {
  if (!(seconds >= 0) || seconds > 359999) return;
  int whole = (int)(seconds + 0.5);
  if (whole >= 3600)
    text_format(text, "  %d:%02d:%02d left", whole / 3600, whole / 60 % 60, whole % 60);
  else text_format(text, "  %d:%02d left", whole / 60, whole % 60);
}

/* The fraction of the run that is done, 0 … 1; NaN when only a condition ends it. */
static double done_part(const TrainRun *run) {
  double part = 0;
  if (run->steps_most) part = (double)run->total_steps / (double)run->steps_most;
  if (run->epochs_most) {
    double epochs = (double)run->history.epochs +
                    (run->rows ? (double)run->at_row / (double)run->rows : 0);
    if (run->rows && run->at_row >= run->rows) epochs = (double)run->history.epochs;
    part = fmax(part, epochs / (double)run->epochs_most);
  }
  return run->steps_most || run->epochs_most ? fmin(part, 1) : (double)NAN;
}

/* The last value, NaN if there is none. */
static double last_of(const Series *series) {
  return series->count ? series->at[series->count - 1] : (double)NAN;
}

/* During an epoch the metrics shown are those of the last one: those of one minibatch vary, and
 * would be taken for the epoch's. */
static void add_last_metrics(const TrainRun *run, Text *text) {
  bool steps = !run->measure.on; /* a step is an epoch, the one shown */
  if (!run->metric_count || (!steps && run->history.epochs == 0)) return;
  if (!steps) text_format(text, "  (epoch %lld:", (long long)run->history.epochs);
  for (int i = 0; i < run->metric_count; i++)
    add_number(text, run->metrics[i].name,
               steps ? run->last.metrics[i] : last_of(&run->history.metrics[i]));
  if (!steps) text_char(text, ')');
}

static void describe(const TrainRun *run, Text *text, double loss, bool epoch) {
  int64_t number = run->history.epochs + (epoch ? 0 : 1);
  if (run->epochs_most)
    text_format(text, "epoch %lld/%lld", (long long)number, (long long)run->epochs_most);
  else if (run->rows) text_format(text, "epoch %lld", (long long)number);
  else if (run->steps_most)
    text_format(text, "step %lld/%lld", (long long)run->total_steps, (long long)run->steps_most);
  else text_format(text, "step %lld", (long long)run->total_steps);
  double part = done_part(run);
  if (!epoch && !isnan(part)) {
    text_string(text, " [");
    for (int i = 0; i < BAR; i++) text_string(text, i < part * BAR ? "█" : "·");
    text_string(text, "]");
  }
  add_number(text, "loss", loss);
  for (int i = 0; i < run->metric_count && epoch; i++)
    add_number(text, run->metrics[i].name, last_of(&run->history.metrics[i]));
  if (!epoch) add_last_metrics(run, text);
  if (epoch && run->validate_count) {
    add_number(text, "val_loss", run->val_loss);
    for (int i = 0; i < run->metric_count; i++) {
      char name[120];
      snprintf(name, sizeof name, "val_%s", run->metrics[i].name);
      add_number(text, name, run->val_metrics[i]);
    }
  }
  double seconds = clock_seconds() - run->started;
  int64_t steps = run->total_steps - run->progress->first_step;
  if (seconds > 0.05 && run->rows)
    text_format(text, "  %.0f samples/s",
                (double)steps * (double)(run->batch ? run->batch : run->rows) *
                    (double)run->accumulate / seconds);
  if (!epoch && !isnan(part) && part > 0 && seconds > 0.5)
    add_time(text, seconds / part * (1 - part));
}

/* `epoch`: the last complete one, not the current one. */
static void paint(TrainRun *run, bool epoch) {
  Text text = {0};
  text_string(&text, "\r\x1b[2K");
  double now = run->sums.rows > 0 ? epoch_loss(run) : run->last.loss;
  describe(run, &text, epoch ? last_of(&run->history.loss) : now, epoch);
  output_settle();
  fwrite(text.data, 1, text.length, stderr);
  fflush(stderr);
  text_free(&text);
  run->progress->painted = true;
}

void progress_step(TrainRun *run) {
  Progress *progress = run->progress;
  if (!progress || !progress->terminal || (run->total_steps & 15 && run->rows == 0)) return;
  double now = clock_seconds();
  if (now - progress->painted_at < REPAINT_SECONDS) return;
  progress->painted_at = now;
  paint(run, false);
}

/* Skips infinities and NaN, which JSON cannot represent. */
static void json_number(Text *text, const char *prefix, const char *name, double number) {
  text_format(text, ",\"%s%s\":", prefix, name);
  if (isfinite(number)) text_number(text, number);
  else text_string(text, "null");
}

/* --json: an epoch is one event. */
static void event(const TrainRun *run, Text *text) {
  const History *history = &run->history;
  text_format(text, "{\"event\":\"epoch\",\"epoch\":%lld,\"step\":%lld", (long long)history->epochs,
              (long long)run->total_steps);
  if (run->epochs_most) text_format(text, ",\"epochs\":%lld", (long long)run->epochs_most);
  json_number(text, "", "loss", last_of(&history->loss));
  for (int i = 0; i < run->metric_count; i++)
    json_number(text, "", run->metrics[i].name, last_of(&history->metrics[i]));
  if (run->validate_count) json_number(text, "", "val_loss", last_of(&history->val_loss));
  for (int i = 0; i < run->metric_count && run->validate_count; i++)
    json_number(text, "val_", run->metrics[i].name, last_of(&history->val_metrics[i]));
  json_number(text, "", "seconds", run->seconds_before + clock_seconds() - run->started);
  text_char(text, '}');
}

static void line(TrainRun *run) {
  Text text = {0};
  if (run->progress->painted) text_string(&text, "\r\x1b[2K");
  if (run->vm->options.json) event(run, &text);
  else describe(run, &text, last_of(&run->history.loss), true);
  text_char(&text, '\n');
  output_settle();
  fwrite(text.data, 1, text.length, stderr);
  fflush(stderr);
  text_free(&text);
  run->progress->painted = false;
}

void progress_epoch(TrainRun *run) {
  Progress *progress = run->progress;
  if (!progress || progress->terminal) return;
  int64_t epoch = run->history.epochs;
  bool due = progress->every ? epoch % progress->every == 0 || epoch == 1
                             : (double)epoch >= progress->next;
  if (due) line(run);
  if (!progress->every && due)
    progress->next = fmax(progress->next + 1, ceil(1.25 * (double)epoch));
}

void progress_end(TrainRun *run) {
  Progress *progress = run->progress;
  if (!progress) return;
  if (progress->terminal && run->total_steps > progress->first_step) {
    /* after an error in the middle of an epoch, show that epoch */
    paint(run, run->history.epochs > 0 && (run->history.stopped || run->sums.rows <= 0));
    fputc('\n', stderr);
  }
  mem_free(progress);
  run->progress = NULL;
}
