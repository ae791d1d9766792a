/* cost.c — the bytes, operations and seconds of a training, before it runs.
 *
 * `gd check --cost` plans each step as a run would (record.c), without elements, and does not run
 * it. The plan knows the memory of its intermediate values exactly.  Added to that is what lives
 * between steps: params, the optimizer's states and buffers (all that the step stores), the data,
 * the minibatch that rows are copied to, the order of a shuffle, accumulators, the copy that
 * `keep:` makes, and the plan of the validation.  Not counted: the process itself (some 3 MB), and
 * other values of the script.  Seconds are estimates (runtime/plan/cost.c).
 *
 * With `--ranks n` the cost of a training with `shards:` on n processes is estimated by a model.
 * Each process computes ceil(shards / n) of the parts and waits for the slowest.  The sum goes up a
 * tree of processes and down again: ceil(log2 n) messages of its size each way, one after the
 * other, on a network of 10 Gbit/s and 50 us a message.  Process 0 receives a status from each.
 * The model has no overlap and does not account for processes that share processors or networks.
 */
#include "lang/learn/cost.h"

#include "lang/text/output.h"
#include "lang/text/source.h"

#include <math.h>
#include <stdio.h>

/* The network of the model. */
static const double NETWORK_BYTES = 1.25e9, MESSAGE_SECONDS = 50e-6; /* a second; of one */

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

static double targets_bytes(const Objective *objective) {
  double bytes = 0;
  for (int i = 0; i < objective->target_count; i++)
    bytes += (double)tensor_bytes(&objective->targets[i]->value);
  return bytes;
}

/* What a training holds, by kind. */
typedef struct Memory {
  double params, states, steps, data, copies;
  bool
      partial; /* an optimizer's settings are known only in a run: its states and work are not in */
} Memory;

/* What a step stores besides its targets: states and buffers. */
static void add_states(Memory *memory, const Step *step, double params) {
  double states = (double)step->stored - params;
  if (states < 0) memory->partial = true;
  else memory->states += states;
}

static void add_memory(Text *text, const Memory *memory) {
  const struct {
    const char *what;
    double bytes;
  } parts[] = {{"params", memory->params},
               {"states and buffers", memory->states},
               {"values of a step", memory->steps},
               {"data", memory->data},
               {"copies", memory->copies}};
  double all = 0;
  for (int i = 0; i < COUNT_OF(parts); i++) all += parts[i].bytes;
  text_string(text, "  memory    ");
  add_bytes(text, all);
  int count = 0;
  for (int i = 0; i < COUNT_OF(parts); i++) {
    if (parts[i].bytes == 0) continue;
    text_string(text, count++ ? ", " : ": ");
    text_format(text, "%s ", parts[i].what);
    add_bytes(text, parts[i].bytes);
  }
  if (memory->partial)
    text_string(text, "; without the optimizer, whose settings are known only in a run");
  text_char(text, '\n');
}

static void add_work(Text *text, const char *what, const PlanCost *cost, int threads) {
  text_format(text, "  %-10s", what);
  add_count(text, cost->operations);
  text_string(text, " operations, ");
  add_bytes(text, cost->bytes);
  text_string(text, " read and written, about ");
  add_seconds(text, cost->seconds);
  text_format(text, " on %d thread%s\n", threads, threads == 1 ? "" : "s");
}

static void add_title(Vm *vm, Text *text, const char *what, Span span) {
  SourcePlace at = source_place(vm->sources, span);
  text_format(text, "%s at %s:%u", what, at.name, at.line);
}

static void print(Text *text) {
  output_settle();
  fwrite(text->data, 1, text->length, stdout);
  text_free(text);
}

static void add_cost(PlanCost *sum, const PlanCost *more) {
  sum->operations += more->operations;
  sum->bytes += more->bytes;
  sum->seconds += more->seconds;
  sum->memory += more->memory;
}

void cost_update(Vm *vm, const Objective *objective, const Step *step) {
  if (!trace_mark_reported(vm, objective->span)) return;
  Text text = {0};
  Memory memory = {.params = targets_bytes(objective), .steps = (double)step->cost.memory};
  add_states(&memory, step, memory.params);
  add_title(vm, &text, "update", objective->span);
  text_char(&text, '\n');
  add_memory(&text, &memory);
  add_work(&text, "a step", &step->cost, team_size());
  print(&text);
}

static double column_bytes(const Tensor *columns, int count) {
  double bytes = 0;
  for (int i = 0; i < count; i++) bytes += (double)tensor_bytes(&columns[i]);
  return bytes;
}

/* The minibatch that rows are copied to, the order, accumulators, the values of `keep:`. */
static double copies_of(const TrainRun *run, const Memory *memory) {
  double bytes = 0;
  if (run->batch && run->batch < run->rows)
    bytes += column_bytes(run->columns, run->column_count) * (double)run->batch / (double)run->rows;
  if (run->batch && run->shuffle) bytes += (double)run->rows * sizeof(int64_t);
  if (run->accumulate > 1 || run->shards) bytes += memory->params;
  /* sums of parts: as many as the tree is deep, and one more */
  for (int64_t parts = run->shards; parts > 0; parts /= 2) bytes += memory->params;
  if (run->keep) bytes += memory->params;
  return bytes;
}

static void add_rows(const TrainRun *run, Text *text) {
  if (!run->rows) return;
  int64_t batch = run->batch && run->batch < run->rows ? run->batch : run->rows;
  text_format(text, ": %lld of %lld rows a step", (long long)batch, (long long)run->rows);
}

static void add_epoch(const TrainRun *run, Text *text, double step_seconds,
                      const PlanCost *validation) {
  if (!run->rows) return;
  int64_t batch = run->batch && run->batch < run->rows ? run->batch : run->rows;
  int64_t minibatches = run->drop_last ? run->rows / batch : (run->rows + batch - 1) / batch;
  double seconds = step_seconds * (double)minibatches;
  if (run->validate_count) {
    int64_t each = run->batch && run->batch < run->validate_rows ? run->batch : run->validate_rows;
    seconds += validation->seconds * (double)((run->validate_rows + each - 1) / each);
  }
  text_format(text, "  an epoch  %lld minibatch%s, about ", (long long)minibatches,
              minibatches == 1 ? "" : "es");
  add_seconds(text, seconds);
  text_char(text, '\n');
}

/* Seconds of a step that takes `alone` on one process, on n; of them to send. */
static double shared_step(const TrainRun *run, double alone, double bytes, int64_t n,
                          double *sending) {
  int64_t parts = (run->shards + n - 1) / n;
  double levels = ceil(log2((double)n));
  *sending = 2 * levels * (bytes / NETWORK_BYTES + MESSAGE_SECONDS) +
             (double)(n - 1) * MESSAGE_SECONDS;
  return alone * (double)parts / (double)run->shards + *sending;
}

/* From how many processes on twice as many save less than a tenth. */
static int64_t scales_to(const TrainRun *run, double alone, double bytes) {
  int64_t n = 1;
  double sending, now = shared_step(run, alone, bytes, n, &sending);
  for (; 2 * n <= run->shards; n *= 2) {
    double next = shared_step(run, alone, bytes, 2 * n, &sending);
    if (next > 0.9 * now) break;
    now = next;
  }
  return n;
}

/* `--ranks n`. */
static void add_ranks(const TrainRun *run, Text *text, double alone, double bytes) {
  int64_t n = run->vm->options.workers;
  if (n < 2) return;
  text_format(text, "  on %lld processes ", (long long)n);
  if (!run->shards || n > run->shards) {
    if (!run->shards) text_string(text, "nothing: it has no `shards:`\n");
    else text_format(text, "nothing: they cannot share %lld parts\n", (long long)run->shards);
    return;
  }
  double sending, step = shared_step(run, alone, bytes, n, &sending);
  text_string(text, "about ");
  add_seconds(text, step);
  text_string(text, " a step, ");
  add_seconds(text, sending);
  text_string(text, " of them for ");
  add_bytes(text, 2 * (double)(n - 1) * bytes);
  text_string(text, " exchanged: ");
  text_rounded(text, alone / step, 2);
  text_string(text, " times one process\n");
  int64_t most = scales_to(run, alone, bytes);
  if (2 * most <= run->shards)
    text_format(text, "  beyond %lld process%s, twice as many save less than a tenth of a step\n",
                (long long)most, most == 1 ? "" : "es");
  else
    text_format(text, "  as many as `shards:` has parts are worth it: %lld\n",
                (long long)run->shards);
}

void cost_training(const TrainRun *run) {
  if (!trace_mark_reported(run->vm, run->ast->span)) return;
  PlanCost step = {0}, validation = {0};
  Memory memory = {0};
  for (int i = 0; i < run->objective_count; i++) {
    double params = targets_bytes(&run->objectives[i]);
    memory.params += params;
    if (run->step_count[i] > 0) {
      add_cost(&step, &run->steps[i][0].cost);
      add_states(&memory, &run->steps[i][0], params);
    }
    if (run->val_step_count[i] > 0) add_cost(&validation, &run->val_steps[i][0].cost);
  }
  memory.steps = (double)(step.memory + validation.memory);
  memory.data = column_bytes(run->columns, run->column_count) +
                column_bytes(run->validate, run->validate_count);
  memory.copies = copies_of(run, &memory);
  Text text = {0};
  add_title(run->vm, &text, "train", run->ast->span);
  add_rows(run, &text);
  text_char(&text, '\n');
  add_memory(&text, &memory);
  add_work(&text, "a step", &step, team_size());
  add_epoch(run, &text, step.seconds, &validation);
  add_ranks(run, &text, step.seconds, memory.params);
  print(&text);
}
