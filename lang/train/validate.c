/* validate.c — the losses and metrics of an epoch on the validation set.
 *
 * Each of several processes evaluates a range of the minibatches.  They exchange the results
 * (process_message.c) and combine them in the order of the minibatches, so each has the numbers of
 * a single process.
 */
#include "lang/train/validate.h"

#include "lang/machine/vm.h"
#include "lang/run/feed.h"
#include "lang/run/history.h"
#include "lang/run/process_message.h"
#include "lang/run/shards.h"
#include "lang/run/steps.h"
#include "lang/train/ending.h"
#include "runtime/peers/peers.h"

#include <string.h>

static int64_t minibatches(const TrainRun *run) {
  int64_t rows = run->validate_rows, batch = run->batch && run->batch < rows ? run->batch : rows;
  return batch ? (rows + batch - 1) / batch : 0;
}

/* False: it was cut short. */
static bool alone(TrainRun *run, Sums *sums) {
  Tensor columns[8];
  for (int64_t at = 0, rows; (rows = feed_validate(run, at, columns)) > 0; at += rows) {
    Looked look;
    if (!steps_look(run, columns, rows, &look)) {
      ending_cut_short(run, "interrupted", "interrupted: a signal");
      return false;
    }
    sums_add(sums, look.loss, (double)rows);
    if (run->val_measure.on)
      measure_add(&run->val_measure, look.step->results + look.step->taken_at, rows);
    ending_poll(run);
    if (run->cut_short) return false;
  }
  return true;
}

/* ---- several processes ---- */

typedef struct Sharing {
  TrainRun *run;
  MessageBuffers *messages;
  int64_t first, end; /* minibatches of this process */
  bool interrupted;
} Sharing;

static void look_at(Sharing *sharing, int64_t minibatch, bool tells) {
  TrainRun *run = sharing->run;
  Tensor columns[8];
  Looked look;
  int64_t rows = feed_validate(run, minibatch ? minibatch * run->batch : 0, columns);
  sharing->interrupted = !steps_look(run, columns, rows, &look);
  if (tells && !sharing->interrupted)
    process_message_record(run, sharing->messages, look.step, look.step->results, look.loss, rows,
                           run->val_measure.on, false);
}

static void own_body(Vm *vm, void *context) {
  Sharing *sharing = context;
  (void)vm;
  for (int64_t i = sharing->first; i < sharing->end && !sharing->interrupted; i++)
    look_at(sharing, i, true);
  /* one without any looks too, to know what is collected for the metrics */
  bool metrics = sharing->run->metric_count > 0;
  if (sharing->first == sharing->end && metrics) look_at(sharing, 0, false);
}

static uint64_t digest_of(const TrainRun *run) {
  uint64_t digest = hash_mix((uint64_t)run->total_steps, (uint64_t)run->validate_rows);
  return hash_mix(digest, run->ast->span.start + 1);
}

static bool together(TrainRun *run, MessageBuffers *messages, Sums *sums) {
  int64_t all = minibatches(run), count = peers_count(), rank = peers_rank();
  Sharing sharing = {.run = run,
                     .messages = messages,
                     .first = all * rank / count,
                     .end = all * (rank + 1) / count};
  Diag diag = {0}, lost = {0};
  process_message_begin(messages, 0);
  bool fine = vm_protect(run->vm, own_body, &sharing, &diag);
  run->vm->run = &run->base;
  messages->message.digest = digest_of(run);
  messages->message.draws = 0; /* the draws of a validation do not use the sequence of the seed */
  MessageExchange exchange = {.run = run,
                              .span = run->ast->span,
                              .messages = messages,
                              .taken = &run->val_measure,
                              .interrupted = sharing.interrupted};
  if (!process_message_exchange(&exchange, fine ? NULL : &diag, &lost) || exchange.interrupted) {
    ending_cut_short(run, "interrupted", "interrupted: a signal");
    return false;
  }
  *sums = (Sums){.rows = exchange.rows, .loss = exchange.loss};
  run->val_source.first = 0;
  run->val_source.end = run->validate_rows;
  ending_poll(run);
  return !run->cut_short;
}

bool validate_run(TrainRun *run) {
  if (!run->validate_count) return true;
  Sums sums = {0};
  MessageBuffers *messages = shards_messages(run);
  steps_begin(run); /* a block may have changed what the loss reads */
  measure_clear(&run->val_measure);
  if (messages ? !together(run, messages, &sums) : !alone(run, &sums)) return false;
  run->val_loss = sums.loss / sums.rows;
  if (run->val_measure.on)
    memcpy(run->val_metrics, measure_values(run->vm, &run->val_measure), sizeof run->val_metrics);
  return true;
}
