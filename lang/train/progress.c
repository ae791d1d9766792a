/* progress.c — the progress of a training, on standard error.
 *
 * On a terminal it is one line, redrawn at most ten times a second and cut to the window: epoch,
 * bar, the loss of the epoch so far, the metrics and validation of the last complete epoch, samples
 * a second, time left.  Otherwise (a file, a pipe, TERM=dumb) there is a line every few seconds,
 * within long epochs too, and one at the end.  With --json each epoch is an event, at most some
 * fifty in a run.
 *
 * In a notebook it is one output with the line of a terminal, replaced in place.
 *
 * In a race the name of the entry comes before the line, and there is no line at the end of an
 * entry: the table follows.
 */
#include "lang/train/progress.h"

#include "lang/run/history.h"
#include "lang/train/train.h"

#include "lang/text/output.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { EVENTS_MOST = 50, BAR = 20 };
static const double REPAINT_SECONDS = 0.1, LINE_SECONDS = 5;

typedef struct Progress {
  bool terminal;
  bool ends;    /* the last line is made */
  bool painted; /* the terminal's line is incomplete */
  double painted_at;
  int64_t first_step;   /* steps made before this sitting … */
  double first_seconds; /* … its seconds, … */
  double first_part;    /* … and which part of the run they were */
  double said_at;       /* elsewhere: when the last line was written … */
  int64_t said_step;    /* … after how many steps */
  int64_t every;        /* epochs between two events; 0: the total is unknown */
  double next;          /* then: the epoch of the next event */
} Progress;

static double done_part(const TrainRun *run);
static void write_line(Text *text);

/* A resumed run that has reached its limits makes no step; without a word it would look like a
 * training, also where a loop over seeds has one checkpoint for all of them. */
static void say_complete(const TrainRun *run) {
  if (!run->resumed || !run->over || run->vm->options.json) return;
  Text text = {0};
  text_format(&text, "already complete in %.200s: %.200s", run->checkpoint, run->history.why);
  write_line(&text);
}

void progress_start(TrainRun *run) {
  if (run->quiet) return;
  say_complete(run);
  Progress *progress = run->progress = mem_zero(sizeof *run->progress);
  progress->terminal = (output_in_notebook() || output_redraws(STDERR_FILENO)) &&
                       !run->vm->options.json;
  progress->first_step = progress->said_step = run->total_steps;
  progress->first_seconds = run->seconds_before;
  progress->first_part = done_part(run);
  progress->said_at = clock_seconds();
  progress->next = (double)run->history.epochs + 1;
  int64_t epochs = run->epochs_most;
  if (!run->rows && run->steps_most && (!epochs || run->steps_most < epochs))
    epochs = run->steps_most;
  if (run->rows && run->steps_most && !epochs)
    epochs = run->steps_most / ((run->rows + (run->batch ? run->batch : run->rows) - 1) /
                                (run->batch ? run->batch : run->rows)) +
             1;
  progress->every = epochs ? (epochs + EVENTS_MOST - 1) / EVENTS_MOST : 0;
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

static void add_validation(const TrainRun *run, Text *text) {
  if (!run->validate_count || run->history.epochs == 0) return;
  add_number(text, "val_loss", series_last(&run->history.val_loss));
  for (int i = 0; i < run->metric_count; i++) {
    char name[120];
    snprintf(name, sizeof name, "val_%s", run->metrics[i].name);
    add_number(text, name, series_last(&run->history.val_metrics[i]));
  }
}

/* During an epoch the metrics shown are those of the last one: those of one minibatch vary, and
 * would be taken for the epoch's.  So is the validation, which comes once an epoch. */
static void add_last_epoch(const TrainRun *run, Text *text) {
  bool steps = !run->measure.on; /* a step is an epoch, the one shown */
  for (int i = 0; i < run->metric_count && steps; i++)
    add_number(text, run->metrics[i].name, run->last.metrics[i]);
  if (run->history.epochs == 0 || !((run->metric_count && !steps) || run->validate_count)) return;
  text_format(text, "  (epoch %lld:", (long long)run->history.epochs);
  for (int i = 0; i < run->metric_count && !steps; i++)
    add_number(text, run->metrics[i].name, series_last(&run->history.metrics[i]));
  add_validation(run, text);
  text_char(text, ')');
}

static void add_position(const TrainRun *run, Text *text, bool epoch) {
  int64_t number = run->history.epochs + (epoch ? 0 : 1);
  if (run->label) text_format(text, "%s  ", run->label);
  if (run->epochs_most)
    text_format(text, "epoch %lld/%lld", (long long)number, (long long)run->epochs_most);
  else if (run->rows) text_format(text, "epoch %lld", (long long)number);
  else if (run->steps_most)
    text_format(text, "step %lld/%lld", (long long)run->total_steps, (long long)run->steps_most);
  else text_format(text, "step %lld", (long long)run->total_steps);
}

static void add_bar(Text *text, double part) {
  text_string(text, " [");
  for (int i = 0; i < BAR; i++) text_string(text, i < part * BAR ? "█" : "·");
  text_string(text, "]");
}

/* Samples a second, and the time left as it follows from the part done in this sitting; none of a
 * training that has ended, by an interrupt too. */
static void add_speed(const TrainRun *run, Text *text, double part) {
  const Progress *progress = run->progress;
  double seconds = history_seconds(run) - progress->first_seconds;
  int64_t steps = run->total_steps - progress->first_step;
  if (seconds > 0.05 && run->rows)
    text_format(text, "  %.0f samples/s",
                (double)steps * (double)(run->batch ? run->batch : run->rows) *
                    (double)run->accumulate / seconds);
  bool goes_on = !run->history.stopped && !progress->ends;
  if (goes_on && part > progress->first_part && part < 1 && seconds > 0.5)
    add_time(text, seconds / (part - progress->first_part) * (1 - part));
}

/* `epoch`: the last complete one; else the one that runs. */
static void describe(const TrainRun *run, Text *text, double loss, bool epoch) {
  double part = done_part(run);
  add_position(run, text, epoch);
  if (!epoch && !isnan(part) && run->progress->terminal) add_bar(text, part);
  else if (!epoch && !isnan(part)) text_format(text, "  %d %%", (int)(100 * part));
  add_number(text, "loss", loss);
  for (int i = 0; i < run->metric_count && epoch; i++)
    add_number(text, run->metrics[i].name, series_last(&run->history.metrics[i]));
  if (epoch) add_validation(run, text);
  else add_last_epoch(run, text);
  add_speed(run, text, part);
}

/* Cuts the line so that the window shows it in one: what wraps would stay when it is redrawn. */
static void cut_to_window(Text *text, size_t from) {
  struct winsize size = {0};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2) return;
  int letters = 0;
  for (size_t i = from; i < text->length; i++) {
    if ((text->data[i] & 0xc0) == 0x80 || ++letters < size.ws_col) continue;
    text->length = i;
    text->data[i] = 0;
    return;
  }
}

/* `epoch`: the last complete one, not the current one.  `last`: the line stays. */
static void paint(TrainRun *run, bool epoch, bool last) {
  Text text = {0};
  text_string(&text, "\r\x1b[2K");
  size_t from = text.length;
  double now = run->sums.rows > 0 ? history_epoch_loss(run) : run->last.loss;
  describe(run, &text, epoch ? series_last(&run->history.loss) : now, epoch);
  const Notebook *notebook = output_in_notebook();
  if (notebook) {
    notebook->progress(notebook->context, text.data + from, text.length - from, last);
  } else {
    cut_to_window(&text, from);
    output_settle();
    fwrite(text.data, 1, text.length, stderr);
    if (last) fputc('\n', stderr);
    fflush(stderr);
  }
  text_free(&text);
  run->progress->painted = true;
}

static void say(TrainRun *run, bool epoch);

void progress_step(TrainRun *run) {
  Progress *progress = run->progress;
  if (!progress || run->vm->options.json || (run->total_steps & 15 && run->rows == 0)) return;
  double now = clock_seconds();
  if (!progress->terminal) {
    if (now - progress->said_at >= LINE_SECONDS) say(run, false);
    return;
  }
  if (now - progress->painted_at < REPAINT_SECONDS) return;
  progress->painted_at = now;
  paint(run, false, false);
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
  json_number(text, "", "loss", series_last(&history->loss));
  for (int i = 0; i < run->metric_count; i++)
    json_number(text, "", run->metrics[i].name, series_last(&history->metrics[i]));
  if (run->validate_count) json_number(text, "", "val_loss", series_last(&history->val_loss));
  for (int i = 0; i < run->metric_count && run->validate_count; i++)
    json_number(text, "val_", run->metrics[i].name, series_last(&history->val_metrics[i]));
  json_number(text, "", "seconds", history_seconds(run));
  text_char(text, '}');
}

static void write_line(Text *text) {
  text_char(text, '\n');
  output_settle();
  fwrite(text->data, 1, text->length, stderr);
  fflush(stderr);
  text_free(text);
}

/* Elsewhere than on a terminal: a line. */
static void say(TrainRun *run, bool epoch) {
  Text text = {0};
  double now = run->sums.rows > 0 ? history_epoch_loss(run) : run->last.loss;
  describe(run, &text, epoch ? series_last(&run->history.loss) : now, epoch);
  write_line(&text);
  run->progress->said_at = clock_seconds();
  run->progress->said_step = run->total_steps;
}

void progress_epoch(TrainRun *run) {
  Progress *progress = run->progress;
  if (!progress || progress->terminal) return;
  if (!run->vm->options.json) {
    if (run->rows && clock_seconds() - progress->said_at >= LINE_SECONDS) say(run, true);
    return;
  }
  int64_t epoch = run->history.epochs;
  bool due = progress->every ? epoch % progress->every == 0 || epoch == 1
                             : (double)epoch >= progress->next;
  if (!due) return;
  Text text = {0};
  event(run, &text);
  write_line(&text);
  if (!progress->every) progress->next = fmax(progress->next + 1, ceil(1.25 * (double)epoch));
}

void progress_clear(TrainRun *run) {
  if (!run->progress || !run->progress->painted || output_in_notebook()) return;
  fputs("\r\x1b[2K", stderr);
  fflush(stderr);
  run->progress->painted = false;
}

void progress_end(TrainRun *run) {
  Progress *progress = run->progress;
  if (!progress) return;
  progress->ends = true;
  bool made = run->total_steps > progress->first_step;
  /* after an error in the middle of an epoch, show that epoch */
  bool epoch = run->history.epochs > 0 && (run->history.stopped || run->sums.rows <= 0);
  if (run->label) {
    if (progress->painted && !output_in_notebook()) fputs("\r\x1b[2K", stderr);
  } else if (progress->terminal && made) {
    paint(run, epoch, true);
  } else if (!run->vm->options.json && run->total_steps > progress->said_step) {
    say(run, epoch);
  }
  mem_free(progress);
  run->progress = NULL;
}
