/* words.c — see words.h. */
#include "lang/learn/words.h"
#include "lang/learn/steps.h"

#include "lang/machine/vm.h"
#include "runtime/peers/peers.h"

#include <string.h>

/* ---- told ---- */

void words_begin(Told *told, uint64_t data) {
  told->records.length = 0;
  told->word = (Word){.data = data};
}

void words_free(Told *told) {
  text_free(&told->records);
  text_free(&told->heard);
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

uint64_t words_values(ParamObject *const *params, int count, uint64_t seed) {
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
  for (int i = 0; i < step->trace->binding_count; i++) {
    const Binding *binding = &step->trace->bindings[i];
    if ((binding->kind == BINDING_PARAM) != params || is_own(step, run->column_count, i)) continue;
    hash = tensor_hash(params ? &binding->param->value : &binding->tensor, hash);
  }
  return hash;
}

/* Notes the hash of the loss, and its constants, for minibatches of this size. */
static void note_plan(const TrainRun *run, Word *word, Step *step) {
  if (step->role != STEP_FIRST && step->role != STEP_WHOLE) return;
  if (!word->values) word->values = inputs_hash(run, step, true);
  for (int i = 0; i < WORD_SIZES; i++) {
    if (word->rows[i] && word->rows[i] != step->rows) continue;
    if (word->rows[i]) return;
    word->rows[i] = step->rows;
    if (!step->constants_hash) step->constants_hash = inputs_hash(run, step, false);
    word->plans[i] = hash_mix(step->loss_hash, step->constants_hash);
    return;
  }
}

void words_add(TrainRun *run, Told *told, Step *step, double loss, int64_t rows, bool taken,
               bool update) {
  Record record = {rows, loss, taken ? step->taken_count : 0, update ? step->update_count : 0};
  text_add(&told->records, (const char *)&record, sizeof record);
  add_tensors(&told->records, step->results + step->taken_at, record.taken);
  add_tensors(&told->records, step->results + step->update_at, record.update);
  told->word.draws |= step->draws;
  note_plan(run, &told->word, step);
}

/* ---- heard ---- */

static NORETURN void raise_other(const Hearing *hearing, int rank, const char *what) {
  raise_help(hearing->run->vm, hearing->span,
             "every process must compute the same: it must not use the clock, or files or "
             "arguments that differ",
             "process %d of %d has %s than process 0 at step %lld", rank, peers_count(), what,
             (long long)hearing->run->total_steps + 1);
}

static void compare(const Hearing *hearing, int rank, const Word *one, const Word *other) {
  if (one->data != other->data) raise_other(hearing, rank, "other data or other first values");
  if (one->digest && other->digest && one->digest != other->digest)
    raise_other(hearing, rank, "other random numbers, rows or shapes");
  if (one->values && other->values && one->values != other->values)
    raise_other(hearing, rank, "other values of params");
  for (int i = 0; i < WORD_SIZES; i++)
    for (int k = 0; k < WORD_SIZES; k++)
      if (one->plans[i] && other->plans[k] && one->rows[i] == other->rows[k] &&
          one->plans[i] != other->plans[k])
        raise_other(hearing, rank, "another loss or other constants in it");
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

static void take_records(Hearing *hearing, const char *at, const char *end) {
  while (at < end) {
    Record record;
    take(&at, &record, sizeof record);
    hearing->loss += record.loss * (double)record.rows;
    hearing->rows += (double)record.rows;
    if (!hearing->taken) continue;
    take_tensors(hearing->run->vm, &at, hearing->taken, record.taken, record.rows);
    take_tensors(hearing->run->vm, &at, hearing->update, record.update, record.rows);
  }
}

/* What a signal or a limit asks of one process is asked of all. */
static void heed(TrainRun *run, const Word *word) {
  if (word->asks > vm_asked()) vm_signal = (vm_signal & SIGNAL_LATE) | word->asks;
  if (word->asks > run->heard_asks) run->heard_asks = word->asks;
  run->heard_late |= word->late != 0;
  if (word->draws) steps_drew(run);
}

/* All that the processes told, in their order; raises what one of them could not do. */
static void hear(Hearing *hearing, const size_t ends[PEERS_MOST]) {
  const char *text = hearing->told->heard.data;
  Word first, word;
  memcpy(&first, text, sizeof first);
  for (int i = 0; i < peers_count(); i++) {
    const char *at = text + (i ? ends[i - 1] : 0);
    take(&at, &word, sizeof word);
    heed(hearing->run, &word);
    if (word.state == WORD_INTERRUPTED) hearing->interrupted = true;
    if (word.state != WORD_FAILED) continue;
    Diag diag;
    take(&at, &diag, sizeof diag);
    if (i > 0 && diag.note_count < DIAG_NOTES)
      diag_note(&diag, hearing->span, "in process %d of %d", i, peers_count());
    raise_diag(hearing->run->vm, &diag);
  }
  for (int i = 0; i < peers_count() && !hearing->interrupted; i++) {
    const char *at = text + (i ? ends[i - 1] : 0);
    take(&at, &word, sizeof word);
    compare(hearing, i, &word, &first);
    take_records(hearing, at, text + ends[i]);
  }
}

bool words_tell(Hearing *hearing, const Diag *failed, Diag *lost) {
  Told *told = hearing->told;
  told->word.state = failed ? WORD_FAILED : hearing->interrupted ? WORD_INTERRUPTED : WORD_FINE;
  told->word.asks = vm_asked();
  told->word.late = (vm_signal & SIGNAL_LATE) != 0;
  Text own = {0};
  text_add(&own, (const char *)&told->word, sizeof told->word);
  if (failed) text_add(&own, (const char *)failed, sizeof *failed);
  else text_add(&own, told->records.data, told->records.length);
  size_t ends[PEERS_MOST];
  bool heard = peers_gather(&own, &told->heard, ends, lost);
  text_free(&own);
  if (heard) hear(hearing, ends);
  return heard;
}
