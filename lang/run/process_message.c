/* process_message.c — see process_message.h. */
#include "lang/run/process_message.h"
#include "lang/optimizers/draws.h"
#include "lang/run/steps.h"

#include "lang/machine/vm.h"
#include "runtime/peers/peers.h"

#include <string.h>

/* ---- sending ---- */

void process_message_begin(MessageBuffers *messages, uint64_t data) {
  messages->records.length = 0;
  messages->message = (ProcessMessage){.data = data};
}

void process_message_free(MessageBuffers *messages) {
  text_free(&messages->records);
  text_free(&messages->received);
}

static void add_tensors(Text *text, const Tensor *tensors, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const Tensor *tensor = &tensors[i];
    text_add(text, (const char *)&tensor->dtype, sizeof tensor->dtype);
    text_add(text, (const char *)&tensor->shape, sizeof tensor->shape);
    text_add(text, tensor_data(tensor), tensor_bytes(tensor));
  }
}

static uint64_t tensor_hash(const Tensor *tensor, uint64_t seed) {
  return hash_memory(tensor_data(tensor), tensor_bytes(tensor), seed);
}

uint64_t process_message_hash(ParamObject *const *params, int count, uint64_t seed) {
  for (int i = 0; i < count; i++) seed = tensor_hash(&params[i]->value, seed);
  return seed ? seed : 1;
}

/* What differs from part to part, or is written: rows, draws, buffers. */
static bool is_own(const Step *step, int column_count, int binding) {
  bool own = binding == step->key || binding == step->weight || binding == step->total;
  for (int i = 0; i < column_count; i++) own |= binding == step->columns[i];
  for (int i = 0; i < step->store_count; i++) own |= binding == step->stores[i].binding;
  return own;
}

/* Other inputs of a step: of params the values as they are, or constants of the recording. */
static uint64_t inputs_hash(const TrainRun *run, const Step *step, bool params) {
  uint64_t hash = 1;
  for (int i = 0; i < step->loss_bindings; i++) {
    const Binding *binding = &step->trace->bindings[i];
    if ((binding->kind == BINDING_PARAM) != params || is_own(step, run->column_count, i)) continue;
    hash = tensor_hash(params ? &binding->param->value : &binding->tensor, hash);
  }
  return hash;
}

/* Notes the hash of the loss, and its constants, for minibatches of this size.  Of a loss that
 * branches on its rows or draws each part has its own, and reads its own params. */
static void note_plan(const TrainRun *run, ProcessMessage *message, Step *step) {
  if (step->decided || (step->role != STEP_FIRST && step->role != STEP_WHOLE)) return;
  if (!message->values) message->values = inputs_hash(run, step, true);
  for (int i = 0; i < MESSAGE_SIZES; i++) {
    if (message->rows[i] && message->rows[i] != step->rows) continue;
    if (message->rows[i]) return;
    message->rows[i] = step->rows;
    if (!step->constants_hash) step->constants_hash = inputs_hash(run, step, false);
    message->plans[i] = hash_mix(step->loss_hash, step->constants_hash);
    return;
  }
}

void process_message_record(TrainRun *run, MessageBuffers *messages, Step *step,
                            const Tensor *results, double loss, int64_t rows, bool taken,
                            bool update) {
  Record record = {rows, loss, taken ? step->taken_count : 0, update ? step->update_count : 0};
  text_add(&messages->records, (const char *)&record, sizeof record);
  add_tensors(&messages->records, results + step->taken_at, record.taken);
  add_tensors(&messages->records, results + step->update_at, record.update);
  messages->message.draws |= step->draws;
  note_plan(run, &messages->message, step);
}

/* ---- receiving ---- */

static NORETURN void raise_other(const MessageExchange *exchange, int rank, const char *what) {
  raise_help(exchange->run->vm, exchange->span,
             "every process must compute the same: it must not use the clock, or files or "
             "arguments that differ",
             "process %d of %d has %s than process 0 at step %lld", rank, peers_count(), what,
             (long long)exchange->run->total_steps + 1);
}

static NORETURN void raise_reached(const MessageExchange *exchange, int rank, bool targets) {
  raise_help(exchange->run->vm, exchange->span,
             targets ? "name the targets: train net on …"
                     : "a branch on the data that assigns a buffer must assign it on both sides",
             "with several processes each part must %s, and process %d of %d %s others than "
             "process 0",
             targets ? "reach all that it trains" : "assign the same buffers", rank, peers_count(),
             targets ? "reached" : "assigned");
}

static bool differ(uint64_t one, uint64_t other) { return one && other && one != other; }

static void compare(const MessageExchange *exchange, int rank, const ProcessMessage *one,
                    const ProcessMessage *other) {
  if (one->data != other->data) raise_other(exchange, rank, "other data or other first values");
  if (differ(one->reached.targets, other->reached.targets)) raise_reached(exchange, rank, true);
  if (differ(one->reached.buffers, other->reached.buffers)) raise_reached(exchange, rank, false);
  if (differ(one->digest, other->digest))
    raise_other(exchange, rank, "other random numbers, rows or shapes");
  if (differ(one->values, other->values)) raise_other(exchange, rank, "other values of params");
  for (int i = 0; i < MESSAGE_SIZES; i++)
    for (int k = 0; k < MESSAGE_SIZES; k++)
      if (one->plans[i] && other->plans[k] && one->rows[i] == other->rows[k] &&
          one->plans[i] != other->plans[k])
        raise_other(exchange, rank, "another loss or other constants in it");
}

/* Takes bytes from a text that is read. */
static void take(const char **at, void *into, size_t bytes) {
  memcpy(into, *at, bytes);
  *at += bytes;
}

static void take_tensors(Vm *vm, const char **at, Measure *measure, int64_t count, int64_t rows) {
  Tensor *tensors = mem_zero((size_t)(count + 1) * sizeof *tensors);
  for (int64_t i = 0; i < count; i++) {
    Dtype dtype;
    Shape shape;
    Diag diag = {0};
    take(at, &dtype, sizeof dtype);
    take(at, &shape, sizeof shape);
    if (!tensor_new(&tensors[i], dtype, &shape, &diag)) raise_diag(vm, &diag);
    take(at, tensor_data(&tensors[i]), tensor_bytes(&tensors[i]));
  }
  if (measure && measure->on) measure_add(measure, tensors, rows);
  for (int64_t i = 0; i < count; i++) tensor_release(&tensors[i]);
  mem_free(tensors);
}

static void take_records(MessageExchange *exchange, const char *at, const char *end) {
  while (at < end) {
    Record record;
    take(&at, &record, sizeof record);
    exchange->loss += record.loss * (double)record.rows;
    exchange->rows += (double)record.rows;
    if (!exchange->taken) continue;
    take_tensors(exchange->run->vm, &at, exchange->taken, record.taken, record.rows);
    take_tensors(exchange->run->vm, &at, exchange->update, record.update, record.rows);
  }
}

/* What a signal or a limit signals of one process is asked of all. */
static void apply_signals(TrainRun *run, const ProcessMessage *message) {
  if (message->signals > vm_asked()) vm_signal = (vm_signal & SIGNAL_LATE) | message->signals;
  if (message->signals > run->any_signals) run->any_signals = message->signals;
  run->any_late |= message->late != 0;
  if (message->draws) draws_take(run->vm, &run->base);
}

/* Reads the messages of all processes, in their order; raises the error of one that failed. */
static void receive(MessageExchange *exchange, const size_t ends[PEERS_MOST]) {
  const char *text = exchange->messages->received.data;
  ProcessMessage first, message;
  memcpy(&first, text, sizeof first);
  for (int i = 0; i < peers_count(); i++) {
    const char *at = text + (i ? ends[i - 1] : 0);
    take(&at, &message, sizeof message);
    apply_signals(exchange->run, &message);
    if (message.state == PROCESS_INTERRUPTED) exchange->interrupted = true;
    if (message.state != PROCESS_FAILED) continue;
    Diag diag;
    take(&at, &diag, sizeof diag);
    if (i > 0 && diag.note_count < DIAG_NOTES)
      diag_note(&diag, exchange->span, "in process %d of %d", i, peers_count());
    raise_diag(exchange->run->vm, &diag);
  }
  for (int i = 0; i < peers_count() && !exchange->interrupted; i++) {
    const char *at = text + (i ? ends[i - 1] : 0);
    take(&at, &message, sizeof message);
    compare(exchange, i, &message, &first);
    take_records(exchange, at, text + ends[i]);
  }
}

bool process_message_exchange(MessageExchange *exchange, const Diag *failed, Diag *lost) {
  MessageBuffers *messages = exchange->messages;
  messages->message.state = failed                  ? PROCESS_FAILED
                            : exchange->interrupted ? PROCESS_INTERRUPTED
                                                    : PROCESS_FINE;
  messages->message.signals = vm_asked();
  messages->message.late = (vm_signal & SIGNAL_LATE) != 0;
  Text own = {0};
  text_add(&own, (const char *)&messages->message, sizeof messages->message);
  if (failed) text_add(&own, (const char *)failed, sizeof *failed);
  else text_add(&own, messages->records.data, messages->records.length);
  size_t ends[PEERS_MOST];
  bool received = peers_gather(&own, &messages->received, ends, lost);
  text_free(&own);
  if (received) receive(exchange, ends);
  return received;
}
