/* cost.c — the bytes, operations and seconds of a training, before it runs.
 *
 * `gd check --cost` plans each step as a run would (record.c), without elements, and does not run
 * it.  The plan knows the memory of its intermediate values exactly.  Added to that is what lives
 * between steps: params, the optimizer's states and buffers (all that the step stores), the data,
 * the minibatch that rows are copied to, the order of a shuffle, accumulators, the copy that
 * `keep:` makes, the plans of the validation and of an epoch's last, smaller minibatch; and the
 * process itself, which is what the check itself takes when it has planned its first step: the
 * program, the library, the recording and the plan.  Not counted: other values of the script.
 * Seconds are estimates (runtime/plan/cost.c).
 *
 * An update with `shards:` or `accumulate:` is made of several plans, each of which is planned
 * (train.c): one for a part or minibatch, which runs once for each, and one that ends the update.
 *
 * With `--ranks n` the cost of a training with `shards:` on n processes is estimated by a model.
 * Each process computes ceil(shards / n) of the parts, waits for the slowest, and makes the update.
 * The sum goes up a tree of processes and down again: ceil(log2 n) messages of its size each way,
 * one after the other, on a network of 10 Gbit/s and 50 us a message.  Process 0 receives a status
 * from each.  The model has no overlap and does not account for processes that share processors or
 * networks.
 *
 * An Estimate holds all of it; it is written as text, or with --json as one event.
 */
#include "lang/train/cost.h"

#include "lang/eval/check.h"
#include "lang/text/output.h"
#include "lang/text/report.h"
#include "lang/text/source.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The network of the model. */
static const double NETWORK_BYTES = 1.25e9, MESSAGE_SECONDS = 50e-6; /* a second; of one */

/* What a training holds, by kind. */
enum { PARAMS, STATES, VALUES, DATA, COPIES, PROCESS, KINDS };
static const struct {
  const char *text, *name; /* the name is JSON's */
} KIND[KINDS] = {{"params", "params"},           {"states and buffers", "states"},
                 {"values of a step", "values"}, {"data", "data"},
                 {"copies", "copies"},           {"process", "process"}};

/* `--ranks n`. */
typedef struct Ranks {
  int64_t count;             /* 0: not asked for */
  const char *refused;       /* why a model says nothing; or NULL */
  double seconds, sending;   /* of a step; of them for the exchange */
  double exchanged, speedup; /* bytes; over one process */
  int64_t most;              /* beyond it twice as many save less than a tenth of a step */
} Ranks;

typedef struct Estimate {
  const char *what; /* "train", "update" */
  Span span;
  int64_t rows, batch; /* of the data, 0: none; of a minibatch */
  double memory[KINDS];
  bool partial;  /* without an optimizer's states and work: its settings are known only in a run */
  PlanCost step; /* of an update */
  double parts_seconds; /* of it in what `shards:` shares out */
  int64_t shards;
  int64_t minibatches; /* of an epoch; 0: there are none */
  double epoch_seconds;
  Ranks ranks;
} Estimate;

/* ---- as text ---- */

/* "427 KiB" */
static void add_bytes(Text *text, double bytes) {
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  int unit = 0;
  for (; bytes >= 1023.5 && unit < COUNT_OF(units) - 1; unit++) bytes /= 1024;
  text_rounded(text, bytes, 3);
  text_format(text, " %s", units[unit]);
}

/* "28.4M" */
static void add_count(Text *text, double count) {
  static const char *const units[] = {"", "k", "M", "G", "T", "P"};
  int unit = 0;
  for (; count >= 999.5 && unit < COUNT_OF(units) - 1; unit++) count /= 1000;
  text_digits(text, count, 3);
  text_string(text, units[unit]);
}

static void add_seconds(Text *text, double seconds) {
  static const char *const units[] = {"s", "ms", "us"};
  int unit = 0;
  for (; seconds < 0.9995 && unit < COUNT_OF(units) - 1; unit++) seconds *= 1000;
  bool large = seconds >= 99.5; /* two digits of it would be 1e2 */
  text_digits(text, large ? 10 * round(seconds / 10) : seconds, large ? 4 : 2);
  text_format(text, " %s", units[unit]);
}

static double all_memory(const Estimate *of) {
  double all = 0;
  for (int i = 0; i < KINDS; i++) all += of->memory[i];
  return all;
}

static void add_memory(Text *text, const Estimate *of) {
  text_string(text, "  memory    ");
  add_bytes(text, all_memory(of));
  int count = 0;
  for (int i = 0; i < KINDS; i++) {
    if (of->memory[i] == 0) continue;
    text_string(text, count++ ? ", " : ": ");
    text_format(text, "%s ", KIND[i].text);
    add_bytes(text, of->memory[i]);
  }
  if (of->partial)
    text_string(text, "; without the optimizer, whose settings are known only in a run");
  text_char(text, '\n');
}

static void add_work(Text *text, const PlanCost *cost) {
  const int threads = team_size();
  text_string(text, "  a step    ");
  add_count(text, cost->operations);
  text_string(text, " operations, ");
  add_bytes(text, cost->bytes);
  text_string(text, " read and written, about ");
  add_seconds(text, cost->seconds);
  text_format(text, " on %d thread%s\n", threads, threads == 1 ? "" : "s");
}

static void add_epoch(Text *text, const Estimate *of) {
  if (!of->minibatches) return;
  text_format(text, "  an epoch  %lld minibatch%s, about ", (long long)of->minibatches,
              of->minibatches == 1 ? "" : "es");
  add_seconds(text, of->epoch_seconds);
  text_char(text, '\n');
}

static void add_ranks(Text *text, const Estimate *of) {
  const Ranks *ranks = &of->ranks;
  if (!ranks->count) return;
  text_format(text, "  on %lld processes ", (long long)ranks->count);
  if (ranks->refused) {
    text_format(text, "nothing: %s\n", ranks->refused);
    return;
  }
  text_string(text, "about ");
  add_seconds(text, ranks->seconds);
  text_string(text, " a step, ");
  add_seconds(text, ranks->sending);
  text_string(text, " of them for ");
  add_bytes(text, ranks->exchanged);
  text_string(text, " exchanged: ");
  text_rounded(text, ranks->speedup, 2);
  text_string(text, " times one process\n");
  if (2 * ranks->most <= of->shards)
    text_format(text, "  beyond %lld process%s, twice as many save less than a tenth of a step\n",
                (long long)ranks->most, ranks->most == 1 ? "" : "es");
  else
    text_format(text, "  as many as `shards:` has parts are worth it: %lld\n",
                (long long)of->shards);
}

static void add_text(Vm *vm, Text *text, const Estimate *of) {
  SourcePlace at = source_place(vm->sources, of->span);
  text_format(text, "%s at %s:%u", of->what, at.name, at.line);
  if (of->rows)
    text_format(text, ": %lld of %lld rows a step", (long long)of->batch, (long long)of->rows);
  text_char(text, '\n');
  add_memory(text, of);
  add_work(text, &of->step);
  add_epoch(text, of);
  add_ranks(text, of);
}

/* ---- as an event ---- */

/* A count, which a double may hold with a fraction where it was estimated. */
static void member(Text *text, const char *name, double count) {
  text_format(text, ",\"%s\":%.0f", name, count);
}

static void seconds_member(Text *text, const char *name, double seconds) {
  text_format(text, ",\"%s\":", name);
  text_digits(text, seconds, 3);
}

static void ranks_members(Text *text, const Ranks *ranks) {
  text_format(text, ",\"processes\":{\"count\":%lld", (long long)ranks->count);
  if (ranks->refused) {
    text_string(text, ",\"refused\":");
    json_quoted(text, ranks->refused, strlen(ranks->refused));
  } else {
    seconds_member(text, "seconds", ranks->seconds);
    seconds_member(text, "exchange_seconds", ranks->sending);
    member(text, "exchange_bytes", ranks->exchanged);
    seconds_member(text, "speedup", ranks->speedup);
    text_format(text, ",\"most\":%lld", (long long)ranks->most);
  }
  text_char(text, '}');
}

static void add_event(Vm *vm, Text *text, const Estimate *of) {
  SourcePlace at = source_place(vm->sources, of->span);
  text_format(text, "{\"event\":\"cost\",\"statement\":\"%s\",\"file\":", of->what);
  json_quoted(text, at.name, strlen(at.name));
  text_format(text, ",\"line\":%u,\"column\":%u", at.line, at.column);
  if (of->rows)
    text_format(text, ",\"rows\":%lld,\"batch\":%lld", (long long)of->rows, (long long)of->batch);
  if (of->shards) text_format(text, ",\"shards\":%lld", (long long)of->shards);
  text_format(text, ",\"memory\":{\"bytes\":%.0f", all_memory(of));
  for (int i = 0; i < KINDS; i++) member(text, KIND[i].name, of->memory[i]);
  if (of->partial) text_string(text, ",\"without_optimizer\":true");
  text_format(text, "},\"step\":{\"operations\":%.0f", of->step.operations);
  member(text, "bytes", of->step.bytes);
  seconds_member(text, "seconds", of->step.seconds);
  text_format(text, ",\"threads\":%d}", team_size());
  if (of->minibatches) {
    text_format(text, ",\"epoch\":{\"minibatches\":%lld", (long long)of->minibatches);
    seconds_member(text, "seconds", of->epoch_seconds);
    text_char(text, '}');
  }
  if (of->ranks.count) ranks_members(text, &of->ranks);
  text_string(text, "}\n");
}

static void print(Vm *vm, const Estimate *of) {
  Text text = {0};
  if (vm->options.json) add_event(vm, &text, of);
  else add_text(vm, &text, of);
  output_settle();
  fwrite(text.data, 1, text.length, stdout);
  text_free(&text);
}

/* ---- the estimate ---- */

static double targets_bytes(const Objective *objective) {
  double bytes = 0;
  for (int i = 0; i < objective->target_count; i++)
    bytes += (double)tensor_bytes(&objective->targets[i]->value);
  return bytes;
}

/* States and buffers: what a step stores besides its targets. */
static void add_states(Estimate *of, double bytes) {
  if (bytes < 0) of->partial = true;
  else of->memory[STATES] += bytes;
}

void cost_update(Vm *vm, const Objective *objective, const Step *step) {
  if (!trace_mark_reported(vm, objective->span)) return;
  Estimate of = {.what = "update", .span = objective->span, .step = step->cost};
  of.memory[PARAMS] = targets_bytes(objective);
  add_states(&of, (double)step->stored - of.memory[PARAMS]);
  of.memory[VALUES] = (double)(step->cost.memory + step->cost.scratch);
  of.memory[PROCESS] = (double)vm->checker->process;
  print(vm, &of);
}

static double column_bytes(const Tensor *columns, int count) {
  double bytes = 0;
  for (int i = 0; i < count; i++) bytes += (double)mem_taken(tensor_bytes(&columns[i]));
  return bytes;
}

int64_t cost_part(const TrainRun *run, int64_t rows) {
  return (rows + run->shards - 1) / run->shards;
}

static int64_t batch_of(const TrainRun *run) {
  return run->batch && run->batch < run->rows ? run->batch : run->rows;
}

/* Of the plan of a minibatch or part: how much is needed again for the last one of an epoch, which
 * has fewer rows and so a plan and storage of its own; unless `steps:` ends the training before. */
static double again(const TrainRun *run) {
  int64_t batch = batch_of(run), whole = batch ? run->rows / batch : 0;
  bool short_of_it = run->steps_most && run->steps_most <= whole / run->accumulate;
  int64_t rest = batch && !run->drop_last && !short_of_it ? run->rows % batch : 0;
  return batch ? (double)rest / (double)batch : 0;
}

/* Replicas of a part's plan, on a thread each, with sums of their own (subtrees.c). */
static double replicas_of(const TrainRun *run) {
  const int64_t threads = team_size();
  if (!run->shards || run->accumulate > 1) return 1;
  return (double)(threads < run->shards ? threads : run->shards);
}

/* The minibatches or parts that rows are copied to, the order, accumulators, the values of
 * `keep:`. */
static double copies_of(const TrainRun *run, double params) {
  double bytes = 0, rows = (double)batch_of(run);
  if (run->shards) rows = (double)cost_part(run, batch_of(run));
  if (rows < (double)run->rows)
    bytes += column_bytes(run->columns, run->column_count) * rows / (double)run->rows *
             (1 + again(run));
  if (run->batch && run->shuffle) bytes += (double)run->rows * sizeof(int64_t);
  if (run->accumulate > 1 || run->shards) bytes += replicas_of(run) * params;
  /* sums of parts: as many as the tree is deep, and one more */
  for (int64_t parts = run->shards; parts > 0; parts /= 2) bytes += params;
  if (run->keep) bytes += params;
  return bytes;
}

/* How often a plan runs in an update. */
static double times_of(const TrainRun *run, StepRole role) {
  switch (role) {
    case STEP_WHOLE: return run->shards || run->accumulate > 1 ? 0 : 1;
    case STEP_FIRST: return (double)run->shards;
    case STEP_GATHER: return (double)(run->accumulate - 1);
    case STEP_APPLY:
    case STEP_LAST:
    case STEP_LOOK: break;
  }
  return 1;
}

static void add_cost(PlanCost *sum, const PlanCost *more, double times) {
  sum->operations += times * more->operations;
  sum->bytes += times * more->bytes;
  sum->seconds += times * more->seconds;
}

/* The plans of one objective. */
static void add_steps(const TrainRun *run, int number, Estimate *of) {
  double params = targets_bytes(&run->objectives[number]), stored = 0, scratch = 0;
  for (int i = 0; i < run->step_count[number]; i++) {
    const Step *step = &run->steps[number][i];
    const double times = times_of(run, step->role);
    stored = fmax(stored, (double)step->stored);
    scratch = fmax(scratch, (double)step->cost.scratch);
    if (times == 0) continue;
    add_cost(&of->step, &step->cost, times);
    if (step->role == STEP_FIRST) of->parts_seconds += times * step->cost.seconds;
    double plans = step->role == STEP_APPLY ? 1 : 1 + again(run);
    if (step->role == STEP_FIRST) plans *= replicas_of(run);
    of->memory[VALUES] += plans * (double)step->cost.memory;
  }
  of->memory[VALUES] += scratch;
  of->memory[PARAMS] += params;
  if (run->step_count[number] > 0) add_states(of, stored - params);
}

static void add_minibatches(const TrainRun *run, Estimate *of, double validation) {
  if (!run->rows) return;
  of->minibatches = run->drop_last ? run->rows / of->batch
                                   : (run->rows + of->batch - 1) / of->batch;
  of->epoch_seconds = of->step.seconds * (double)of->minibatches / (double)run->accumulate;
  if (!run->validate_count) return;
  int64_t each = run->batch && run->batch < run->validate_rows ? run->batch : run->validate_rows;
  of->epoch_seconds += validation * (double)((run->validate_rows + each - 1) / each);
}

/* Seconds of a step on n processes; of them to send. */
static double shared_step(const Estimate *of, int64_t n, double *sending) {
  int64_t parts = (of->shards + n - 1) / n;
  double levels = ceil(log2((double)n));
  *sending = 2 * levels * (of->memory[PARAMS] / NETWORK_BYTES + MESSAGE_SECONDS) +
             (double)(n - 1) * MESSAGE_SECONDS;
  return of->step.seconds - of->parts_seconds * (1 - (double)parts / (double)of->shards) + *sending;
}

/* From how many processes on twice as many save less than a tenth. */
static int64_t scales_to(const Estimate *of) {
  int64_t n = 1;
  double sending, now = shared_step(of, n, &sending);
  for (; 2 * n <= of->shards; n *= 2) {
    double next = shared_step(of, 2 * n, &sending);
    if (next > 0.9 * now) break;
    now = next;
  }
  return n;
}

/* `room`: for a reason that has a number. */
static void estimate_ranks(const TrainRun *run, Estimate *of, Text *room) {
  Ranks *ranks = &of->ranks;
  int64_t n = run->vm->options.workers;
  if (n < 2) return;
  ranks->count = n;
  if (!run->shards) {
    ranks->refused = "it has no `shards:`";
    return;
  }
  if (n > run->shards) {
    text_format(room, "they cannot share %lld parts", (long long)run->shards);
    ranks->refused = room->data;
    return;
  }
  ranks->seconds = shared_step(of, n, &ranks->sending);
  ranks->exchanged = 2 * (double)(n - 1) * of->memory[PARAMS];
  ranks->speedup = of->step.seconds / ranks->seconds;
  ranks->most = scales_to(of);
}

void cost_training(const TrainRun *run) {
  if (!trace_mark_reported(run->vm, run->ast->span)) return;
  Estimate of = {.what = "train",
                 .span = run->ast->span,
                 .rows = run->rows,
                 .batch = batch_of(run),
                 .shards = run->shards};
  PlanCost validation = {0};
  for (int i = 0; i < run->objective_count; i++) {
    add_steps(run, i, &of);
    if (run->val_step_count[i] == 0) continue;
    add_cost(&validation, &run->val_steps[i][0].cost, 1);
    of.memory[VALUES] += (double)run->val_steps[i][0].cost.memory;
  }
  of.memory[DATA] = column_bytes(run->columns, run->column_count) +
                    column_bytes(run->validate, run->validate_count);
  of.memory[COPIES] = copies_of(run, of.memory[PARAMS]);
  of.memory[PROCESS] = (double)run->vm->checker->process;
  add_minibatches(run, &of, validation.seconds);
  Text room = {0};
  estimate_ranks(run, &of, &room);
  print(run->vm, &of);
  text_free(&room);
}

void cost_none(Vm *vm, Span span) {
  if (!vm->options.cost || !trace_mark_reported(vm, span)) return;
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, span,
            "this training is not estimated: it depends on values that only a run computes");
  diag.warning = true;
  check_report(vm, &diag);
}
