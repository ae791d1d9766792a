/* ending.c — see ending.h.
 *
 * Signals: the first SIGINT ends the run after the current step with `stopped == "interrupted"`;
 * SIGTERM writes the checkpoint and ends the program with 143.
 */
#include "lang/train/ending.h"

#include "lang/optimizers/draws.h"
#include "lang/run/history.h"
#include "lang/train/block_state.h"

#include "lang/eval/eval.h"
#include "lang/machine/frame.h"
#include "lang/machine/signals.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace.h"
#include "lang/text/source.h"
#include "runtime/peers/peers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what blocks and conditions see ---- */

static double metric_now(const TrainRun *run, const char *name, bool epoch) {
  bool val = !strncmp(name, "val_", 4);
  for (int i = 0; i < run->metric_count; i++) {
    if (!strcmp(name, run->metrics[i].name))
      return epoch ? run->epoch_metrics[i] : run->last.metrics[i];
    if (val && !strcmp(name + 4, run->metrics[i].name)) return run->val_metrics[i];
  }
  return (double)NAN;
}

static double watched_now(const TrainRun *run, const char *name, bool epoch) {
  if (!strcmp(name, "loss")) return epoch ? history_epoch_loss(run) : run->last.loss;
  if (!strcmp(name, "val_loss")) return run->val_loss;
  if (!strcmp(name, "step")) return (double)run->total_steps;
  if (!strcmp(name, "epoch")) return (double)run->history.epochs + (epoch ? 0 : 1);
  if (!strcmp(name, "grad_norm")) return run->last.grad_norm;
  if (!strcmp(name, "lr")) return run->rate;
  if (!strcmp(name, "seconds")) return history_seconds(run);
  return metric_now(run, name, epoch);
}

/* ---- what `stop:` saw ---- */

/* Of a run that `stop:` has ended: after a resume the numbers of then are there no more. */
static const char *const SAW[] = {"loss",      "val_loss", "step",   "epoch",
                                  "grad_norm", "lr",       "seconds"};

int64_t ending_saw_count(const TrainRun *run) { return COUNT_OF(SAW) + 2 * run->metric_count; }

static void note_saw(TrainRun *run, bool epoch) {
  run->stop_saw.count = 0;
  for (int i = 0; i < COUNT_OF(SAW); i++)
    series_push(&run->stop_saw, watched_now(run, SAW[i], epoch));
  for (int i = 0; i < run->metric_count; i++)
    series_push(&run->stop_saw, epoch ? run->epoch_metrics[i] : run->last.metrics[i]);
  for (int i = 0; i < run->metric_count; i++) series_push(&run->stop_saw, run->val_metrics[i]);
}

static double saw(const TrainRun *run, const char *name) {
  const double *metrics = run->stop_saw.at + COUNT_OF(SAW);
  for (int i = 0; i < COUNT_OF(SAW); i++)
    if (!strcmp(name, SAW[i])) return run->stop_saw.at[i];
  for (int i = 0; i < run->metric_count; i++) {
    if (!strcmp(name, run->metrics[i].name)) return metrics[i];
    if (!strncmp(name, "val_", 4) && !strcmp(name + 4, run->metrics[i].name))
      return metrics[run->metric_count + i];
  }
  return (double)NAN;
}

/* A result of f32 as the number that f32 rounds to it, if one of few decimals does: so
 * `accuracy >= 0.9` holds for 9 of 10, as it does for the tensor. */
static double as_decimal(double number) {
  static const double scales[] = {1e3, 1e6, 1e8};
  float single = (float)number;
  if ((double)single != number) return number;
  for (int i = 0; i < COUNT_OF(scales); i++) {
    double decimal = rint(number * scales[i]) / scales[i];
    if ((float)decimal == single) return decimal;
  }
  return number;
}

static void set_variable(TrainRun *run, const Watched *watched, double number) {
  frame_set(run->vm, run->frame, watched->place, watched->slot, value_number(as_decimal(number)));
}

void ending_set_variables(TrainRun *run, bool epoch) {
  for (int i = 0; i < run->ast->watched_count; i++)
    set_variable(run, &run->ast->watched[i], watched_now(run, run->ast->watched[i].name, epoch));
}

static bool condition(TrainRun *run) {
  draws_begin(run->vm, &run->base, DRAWER_STOP, (uint64_t)run->total_steps);
  Value value = eval(run->vm, run->frame, run->stop);
  bool truth = value_truth(run->vm, run->stop->span, value);
  value_release(run->vm, value);
  draws_end(run->vm, &run->base);
  return truth;
}

/* `why`: the rule with its numbers; NULL: it is there already. */
void ending_set(TrainRun *run, const char *stopped, const char *why) {
  run->over = true;
  if (run->history.stopped) return;
  run->history.stopped = stopped;
  if (why) text_print(run->history.why, sizeof run->history.why, "%.600s", why);
}

void ending_at(TrainRun *run, const char *stopped, int64_t made) {
  char why[80];
  snprintf(why, sizeof why, "%s: %lld made", stopped, (long long)made);
  ending_set(run, stopped, why);
}

/* The condition as it is written, and what it saw.  It goes before `steps:`, reached in the same
 * step. */
static void end_at_stop(TrainRun *run) {
  if (run->history.stopped && !run->cut_short && !strcmp(run->history.stopped, "steps"))
    run->history.stopped = NULL;
  const Source *source = source_at(run->vm->sources, run->stop->span.file);
  Text why = {0};
  text_string(&why, "stop: ");
  Span span = run->stop->span;
  if (source && span.end <= source->length)
    text_escaped(&why, source->text + span.start,
                 span.end - span.start < 160 ? span.end - span.start : 160);
  for (int i = 0; i < run->ast->watched_count; i++) {
    const char *name = run->ast->watched[i].name;
    size_t length = strlen(name);
    const char *found = source
                            ? memmem(source->text + span.start, span.end - span.start, name, length)
                            : NULL;
    if (!found) continue;
    text_format(&why, ", %s is ", name);
    text_digits(&why, saw(run, name), 6);
  }
  ending_set(run, "stop", why.data);
  text_free(&why);
}

void ending_check(TrainRun *run, bool epoch) {
  if (!run->stop) return;
  ending_set_variables(run, epoch);
  if (!condition(run)) return;
  note_saw(run, epoch);
  end_at_stop(run);
}

static void end_at_break(TrainRun *run, bool epoch) {
  run->broke = run->blocks[epoch];
  ending_set(run, "stop", epoch ? "stop: break in each_epoch" : "stop: break in each_step");
}

void ending_by_method(TrainRun *run) {
  if (run->history.stopped) return;
  run->method_why.count = 0;
  for (const char *at = run->history.why; *at; at++)
    series_push(&run->method_why, (unsigned char)*at);
  ending_set(run, "converged", NULL);
}

/* The method had ended the run: it is ended again, for the same reason.  (Not called where a
 * setting has changed: then the method goes on.) */
static void method_again(TrainRun *run) {
  int64_t length = run->method_why.count;
  for (int64_t i = 0; i < length; i++) run->history.why[i] = (char)run->method_why.at[i];
  run->history.why[length] = '\0';
  ending_set(run, "converged", NULL);
}

void ending_again(TrainRun *run) {
  if (run->settings_changed) run->method_why.count = 0;
  else if (run->method_why.count) method_again(run);
  bool epoch = run->broke == run->blocks[1];
  if (run->broke && (epoch || run->broke == run->blocks[0])) end_at_break(run, epoch);
  else run->broke = 0; /* another block than that of then */
  if (!run->stop_saw.count) return;
  for (int i = 0; i < run->ast->watched_count; i++)
    set_variable(run, &run->ast->watched[i], saw(run, run->ast->watched[i].name));
  if (condition(run)) end_at_stop(run);
  else run->stop_saw.count = 0;
}

/* What is trained is decided when a training begins.  A param frozen for a while within the block
 * is no matter. */
static void refuse_frozen(const TrainRun *run) {
  static const char help[] = "end the training with `break` and train again after it";
  for (int i = 0; i < run->objective_count; i++) {
    const char *name = objective_froze(&run->objectives[i]);
    if (name)
      raise_help(run->vm, run->vm->froze, help,
                 "`%.64s` is trained by the running training: `freeze` holds from the next one on",
                 name);
    if (objective_thawed(&run->objectives[i]))
      raise_help(run->vm, run->vm->froze, help,
                 "this was frozen when the running training began: `unfreeze` holds from the next "
                 "one on");
  }
}

/* each_step: and each_epoch:.  A `break` in it ends the run. */
void ending_block(TrainRun *run, const Ast *block, bool epoch) {
  if (!block) return;
  ending_set_variables(run, epoch);
  block_state_start(run);
  const Span before = run->vm->froze; /* of the block around this training */
  run->vm->froze = (Span){0};
  draws_begin(run->vm, &run->base, epoch ? DRAWER_EPOCH_BLOCK : DRAWER_STEP_BLOCK,
              (uint64_t)run->total_steps);
  Value value = RUNNERS[block->kind](run->vm, run->frame, block);
  draws_end(run->vm, &run->base);
  if (is_flow(value) && value.detail == FLOW_BREAK) end_at_break(run, epoch);
  else if (is_flow(value) && value.detail == FLOW_ENDED) raise_ended(run->vm);
  else value_release(run->vm, value);
  if (!run->vm->froze.file) run->vm->froze = before;
  else if (!run->over) refuse_frozen(run);
  if (run->block_cut) ending_poll(run); /* no update may follow half a block */
}

/* ---- signals and limits ---- */

/* Ended by a signal or a limit.  The rest of the epoch is left to a sitting that continues from the
 * checkpoint. */
void ending_cut_short(TrainRun *run, const char *stopped, const char *why) {
  if (run->over) return;
  run->cut_short = true;
  ending_set(run, stopped, why);
}

void ending_poll(TrainRun *run) {
  bool together = peers_count() > 1 && run->shards; /* they end after the same step */
  const char *limit = vm_limit(run->vm);
  if (together && (!limit || !strcmp(limit, "time"))) limit = run->any_late ? "time" : NULL;
  if (together ? run->any_signals : vm_asked())
    ending_cut_short(run, "interrupted", "interrupted: a signal");
  else if (limit)
    ending_cut_short(run, limit, strcmp(limit, "time") ? "steps: --max-steps" : "time: --max-time");
}

/* After a first SIGINT the script continues and the program ends with 130.  SIGTERM and a limit end
 * it now, after the checkpoint; an enclosing train first ends its own step.  What a limit left half
 * done in a block of that train is in none of its checkpoints, so that a resumed run does it whole.
 */
void ending_raise(Vm *vm, Span span, bool cut) {
  if (peers_lost()) {
    Diag lost = *peers_lost();
    lost.span = span;
    raise_diag(vm, &lost);
  }
  if (vm_asked() == SIGNAL_ENDS) {
    Diag diag = {.status = STATUS_TERMINATED, .silent = true};
    raise_diag(vm, &diag);
  }
  if (vm_asked()) vm->exit_status = STATUS_INTERRUPTED;
  signals_reset_interrupt();
  if (!vm_limit(vm)) return;
  if (!vm->run) vm_stop_at_limit(vm, span);
  run_current(vm)->block_cut |= cut;
}
