/* shards.c — an update worked out in parts whose gradients meet in one fixed tree.
 *
 * Row i of a minibatch of n rows is in part floor(i · shards / n).  A part is worked out as if it
 * were alone: its own draws, its own batch statistics, its own assignments to buffers, through all
 * minibatches of `accumulate:`.  What it leaves is a leaf: the gradients and the loss, each times
 * the part's rows, and the buffers.  Leaves are added in one balanced binary tree, the lower part
 * on the left, so that the sum depends on the number of parts and on nothing else: neither on the
 * threads nor on which process worked out which part.  An empty part counts nothing.
 *
 * The update itself is a step of its own (STEP_APPLY), made from the sums over the rows of all
 * parts.  A buffer of floats becomes the mean of what the parts made of it, by rows and in f64 (so
 * that parts which agree leave an f32 exactly as it is); any other becomes what the first part
 * made of it.
 *
 * Of several processes (runtime/peers) each works out a run of parts, and what its part of the tree
 * is; then they tell each other how it went, and only if all is well everywhere the rest of the
 * tree is added, each sum in the process of its first part.  The whole sum, which process 0 has,
 * goes to all, and each makes the same update from it: so it happens everywhere or nowhere.  What a
 * process tells (a Word) has a digest of what it is about: one whose script went another way is
 * found at once.  Losses and values for metrics are told by minibatch and part, and taken in that
 * order.
 *
 * A node of the tree is a block of bytes: the sums in the dtypes of the accumulators, then the
 * buffers.  Only as many live at a time as the tree is deep.
 */
#include "lang/learn/shards.h"

#include "lang/learn/param.h"
#include "lang/machine/vm.h"
#include "runtime/peers/peers.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { SLOTS_MOST = 72, GROUP_ELEMENTS = 1 << 14 };

typedef enum FieldKind { FIELD_F32, FIELD_F64, FIELD_KEPT } FieldKind;

/* A run of a node's bytes. */
typedef struct Field {
  FieldKind kind;
  size_t at;          /* first byte */
  int64_t count;      /* elements; of FIELD_KEPT bytes */
  ParamObject *param; /* a buffer, held by the objective; NULL: an accumulator */
} Field;

typedef struct Subtotal {
  char *bytes; /* of the slot */
  int slot;
  double rows; /* 0: empty */
} Subtotal;

/* A node that this process worked out alone. */
typedef struct Root {
  int64_t low;
  Subtotal sum;
} Root;

enum { ROOTS_MOST = 128, SIZES = 2 };

typedef enum WordState { WORD_FINE, WORD_INTERRUPTED, WORD_FAILED } WordState;

/* What a process tells the others of its parts; then the Diag of one that failed, or the records.
 */
typedef struct Word {
  int32_t state, asks, late, draws;
  uint64_t digest, data;
  int64_t rows[SIZES];   /* sizes of parts met in this update … */
  uint64_t plans[SIZES]; /* … and what is worked out for one; 0: not known */
} Word;

/* Of one part of one minibatch; then `taken` and `update` tensors. */
typedef struct Record {
  int64_t rows;
  double loss;
  int64_t taken, update;
} Record;

struct Sharding {
  Undo undo;     /* of the buffers that the part in hand assigned */
  Field *fields; /* of the objective in hand; owned */
  int field_count, accumulated;
  ParamObject **assigned;  /* by the part in hand; borrowed; owned array */
  bool laid;               /* the fields are known */
  size_t bytes;            /* of a node */
  char *slots[SLOTS_MOST]; /* owned */
  size_t room;             /* bytes of each */
  bool taken[SLOTS_MOST];
  Root roots[ROOTS_MOST];
  int root_count;
  Text records, heard; /* with peers: of the own parts, of all; owned */
  Word word;           /* of the objective in hand */
  uint64_t data;       /* digest of the data and of the values before the first step */
};

/* The objective in hand. */
typedef struct Gathering {
  TrainRun *run;
  struct Sharding *all;
  Objective *objective;
  int number;   /* of the objective */
  int64_t end;  /* first row after the update */
  double total; /* its rows */
  double loss;  /* sum over the rows */
  StepOutcome *outcome;
  bool interrupted;
  bool dry; /* only the layout is asked for */
} Gathering;

/* ---- nodes ---- */

static Subtotal take_slot(struct Sharding *all) {
  for (int i = 0; i < SLOTS_MOST; i++) {
    if (all->taken[i]) continue;
    all->taken[i] = true;
    if (!all->slots[i]) all->slots[i] = mem_alloc(all->room + 1);
    return (Subtotal){.bytes = all->slots[i], .slot = i};
  }
  assert(false); /* a tree is not so deep */
  return (Subtotal){0};
}

static void give_slot(struct Sharding *all, const Subtotal *node) {
  if (node->bytes) all->taken[node->slot] = false;
}

static void free_slots(struct Sharding *all) {
  for (int i = 0; i < SLOTS_MOST; i++) {
    mem_free(all->slots[i]);
    all->slots[i] = NULL;
    all->taken[i] = false;
  }
}

static void add_field(struct Sharding *all, FieldKind kind, int64_t count, ParamObject *param) {
  all->bytes = (all->bytes + 7) & ~(size_t)7;
  all->fields[all->field_count++] = (Field){kind, all->bytes, count, param};
  all->bytes += (size_t)count * (kind == FIELD_F32 ? 4 : kind == FIELD_F64 ? 8 : 1);
}

/* The buffers that the part in hand assigned, each once, in that order; fills `into`, if given. */
static int assigned(const struct Sharding *all, ParamObject **into) {
  int count = 0;
  for (int i = 0; i < all->undo.count; i++) {
    ParamObject *param = undo_param_at(&all->undo, i);
    bool before = false;
    for (int k = 0; k < i && !before; k++) before = undo_param_at(&all->undo, k) == param;
    if (before) continue;
    if (into) into[count] = param;
    count++;
  }
  return count;
}

static void lay_out(Gathering *gathering) {
  struct Sharding *all = gathering->all;
  const Objective *objective = gathering->objective;
  int count = assigned(all, NULL);
  all->assigned = mem_grow(all->assigned, (size_t)(all->undo.count + 1) * sizeof *all->assigned);
  assigned(all, all->assigned);
  all->fields = mem_grow(all->fields,
                         (size_t)(objective->target_count + 1 + count) * sizeof *all->fields);
  all->field_count = 0;
  all->bytes = 0;
  for (int i = 0; i <= objective->target_count; i++) {
    const Tensor *sum = &objective->accumulators[i];
    add_field(all, sum->dtype == DTYPE_F32 ? FIELD_F32 : FIELD_F64, tensor_count(sum), NULL);
  }
  all->accumulated = all->field_count;
  for (int i = 0; i < count; i++) {
    ParamObject *param = all->assigned[i];
    bool mean = dtype_floats(param->value.dtype);
    add_field(all, mean ? FIELD_F64 : FIELD_KEPT,
              mean ? tensor_count(&param->value) : (int64_t)tensor_bytes(&param->value), param);
  }
  if (all->bytes > all->room) {
    free_slots(all);
    all->room = all->bytes;
  }
  all->laid = true;
}

static void check_layout(Gathering *gathering) {
  struct Sharding *all = gathering->all;
  int count = assigned(all, NULL);
  all->assigned = mem_grow(all->assigned, (size_t)(all->undo.count + 1) * sizeof *all->assigned);
  assigned(all, all->assigned);
  bool same = all->field_count - all->accumulated == count;
  for (int i = 0; i < count && same; i++)
    same = all->fields[all->accumulated + i].param == all->assigned[i];
  if (same) return;
  raise_help(gathering->run->vm, gathering->objective->span,
             "a branch on the data that assigns a buffer is to assign it on both sides",
             "the parts of `shards:` assign different buffers, which cannot meet");
}

/* What a part has left, as a leaf. */
static void pack(const Gathering *gathering, Subtotal *node) {
  const struct Sharding *all = gathering->all;
  for (int i = 0; i < all->field_count; i++) {
    const Field *field = &all->fields[i];
    char *to = node->bytes + field->at;
    const Tensor *from = field->param ? &field->param->value
                                      : &gathering->objective->accumulators[i];
    if (!field->param || field->kind == FIELD_KEPT) {
      memcpy(to, tensor_data(from), tensor_bytes(from));
      continue;
    }
    for (int64_t k = 0; k < field->count; k++)
      ((double *)(void *)to)[k] = tensor_get(from, k) * node->rows;
  }
}

typedef struct Adding {
  const Field *field;
  char *to;
  const char *from;
} Adding;

FOR_EACH_ISA(void, add_f32, (float *restrict to, const float *restrict from, int64_t count),
             (to, from, count)) {
  for (int64_t i = 0; i < count; i++) to[i] += from[i];
}

FOR_EACH_ISA(void, add_f64, (double *restrict to, const double *restrict from, int64_t count),
             (to, from, count)) {
  for (int64_t i = 0; i < count; i++) to[i] += from[i];
}

static void add_group(void *context, int64_t group) {
  const Adding *adding = context;
  const Field *field = adding->field;
  int64_t first = group * GROUP_ELEMENTS, count = field->count - first;
  if (count > GROUP_ELEMENTS) count = GROUP_ELEMENTS;
  void *to = adding->to + field->at;
  const void *from = adding->from + field->at;
  if (field->kind == FIELD_F32) add_f32((float *)to + first, (const float *)from + first, count);
  else add_f64((double *)to + first, (const double *)from + first, count);
}

/* left ← left + right, and right is given back.  What is kept is the left one's. */
static Subtotal join(struct Sharding *all, Subtotal left, Subtotal right) {
  if (left.rows <= 0 || right.rows <= 0) {
    give_slot(all, left.rows > 0 ? &right : &left);
    return left.rows > 0 ? left : right;
  }
  stop_shield(1); /* always added whole */
  for (int i = 0; i < all->field_count; i++) {
    const Field *field = &all->fields[i];
    if (field->kind == FIELD_KEPT) continue;
    Adding adding = {field, left.bytes, right.bytes};
    team_run((field->count + GROUP_ELEMENTS - 1) / GROUP_ELEMENTS, add_group, &adding);
  }
  stop_shield(-1);
  left.rows += right.rows;
  give_slot(all, &right);
  return left;
}

/* The sums go to the accumulators, from where STEP_APPLY takes them. */
static void unpack_sums(const Gathering *gathering, const Subtotal *root) {
  for (int i = 0; i < gathering->all->accumulated; i++) {
    Tensor *to = &gathering->objective->accumulators[i];
    memcpy(tensor_data(to), root->bytes + gathering->all->fields[i].at, tensor_bytes(to));
    to->buffer->limits = (Limits){0};
  }
}

/* The update was made: the buffers follow. */
static void unpack_buffers(const Gathering *gathering, const Subtotal *root) {
  Vm *vm = gathering->run->vm;
  const struct Sharding *all = gathering->all;
  for (int i = all->accumulated; i < all->field_count; i++) {
    const Field *field = &all->fields[i];
    const char *from = root->bytes + field->at;
    undo_param(vm, &gathering->run->undo, field->param);
    param_own(vm, field->param);
    Tensor *to = &field->param->value;
    if (field->kind == FIELD_KEPT) memcpy(tensor_data(to), from, tensor_bytes(to));
    for (int64_t k = 0; k < field->count && field->kind != FIELD_KEPT; k++)
      tensor_set(to, k, ((const double *)(const void *)from)[k] / root->rows);
    to->buffer->limits = (Limits){0};
  }
}

/* ---- leaves ---- */

/* The first row of a part of a minibatch of so many rows: floor(i · shards / rows) is `part` from
 * there on. */
static int64_t part_begin(int64_t part, int64_t rows, int64_t shards) {
  return (part * rows + shards - 1) / shards;
}

/* Draws belong to the part, its minibatch and the update. */
static uint64_t draw_number(int64_t minibatch, int64_t part) {
  return hash_mix((uint64_t)minibatch + 1, (uint64_t)part + 1);
}

static void add_tensors(Text *text, const Tensor *tensors, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const Tensor *tensor = &tensors[i];
    text_add(text, (const char *)&tensor->dtype, sizeof tensor->dtype);
    text_add(text, (const char *)&tensor->shape, sizeof tensor->shape);
    text_add(text, tensor_data(tensor), tensor_bytes(tensor));
  }
}

/* Which plan works out parts of this size. */
static void note_plan(Word *word, const Step *step) {
  for (int i = 0; i < SIZES; i++) {
    if (word->rows[i] && word->rows[i] != step->rows) continue;
    word->rows[i] = step->rows;
    if (step->role == STEP_FIRST) word->plans[i] = step->loss_hash;
    return;
  }
}

/* What a part has besides gradients: taken now, or told to all. */
static void note_part(Gathering *gathering, const Step *step, int64_t rows) {
  struct Sharding *all = gathering->all;
  const StepOutcome *outcome = gathering->outcome;
  if (peers_count() == 1) {
    if (gathering->number == 0) train_keep(gathering->run, step, rows);
    gathering->loss += outcome->loss * (double)rows;
    return;
  }
  bool metrics = gathering->number == 0;
  Record record = {rows, outcome->loss, metrics ? step->taken_count : 0,
                   metrics ? step->update_count : 0};
  text_add(&all->records, (const char *)&record, sizeof record);
  add_tensors(&all->records, step->results + step->taken_at, record.taken);
  add_tensors(&all->records, step->results + step->update_at, record.update);
  all->word.draws |= step->draws;
  note_plan(&all->word, step);
}

/* One part through all minibatches of the update: its rows. */
static double work_out(Gathering *gathering, int64_t part) {
  TrainRun *run = gathering->run;
  int64_t batch = run->batch ? run->batch : run->rows, at = run->at_row;
  double done = 0;
  undo_begin(run->vm, &gathering->all->undo);
  for (int64_t i = 0; at < gathering->end; i++) {
    int64_t n = batch < gathering->end - at ? batch : gathering->end - at;
    int64_t first = part_begin(part, n, run->shards), end = part_begin(part + 1, n, run->shards);
    Tensor columns[8];
    if (end > first) {
      feed_part(run, at + first, end - first, columns);
      const Step *step = train_step(run, gathering->number, columns,
                                    &(StepAsked){.role = done > 0 ? STEP_GATHER : STEP_FIRST,
                                                 .rows = end - first,
                                                 .part = draw_number(i, part),
                                                 .total = gathering->total,
                                                 .undo = &gathering->all->undo},
                                    gathering->outcome);
      gathering->interrupted = gathering->outcome->interrupted;
      if (gathering->interrupted) return 0;
      if (!gathering->dry) note_part(gathering, step, end - first);
      done += (double)(end - first);
    }
    at += n;
  }
  return done;
}

static Subtotal leaf(Gathering *gathering, int64_t part) {
  struct Sharding *all = gathering->all;
  double rows = work_out(gathering, part);
  if (rows <= 0) return (Subtotal){0};
  if (all->laid) check_layout(gathering);
  else lay_out(gathering);
  Subtotal node = take_slot(all);
  node.rows = rows;
  pack(gathering, &node);
  undo_back(gathering->run->vm, &all->undo);
  return node;
}

/* The sum of parts `low` to `high`, the latter not included. */
static Subtotal sum_of(Gathering *gathering, int64_t low, int64_t high) {
  if (high - low == 1) return leaf(gathering, low);
  int64_t middle = low + (high - low) / 2;
  Subtotal left = sum_of(gathering, low, middle);
  if (gathering->interrupted) return left;
  Subtotal right = sum_of(gathering, middle, high);
  return gathering->interrupted ? left : join(gathering->all, left, right);
}

/* ---- several processes ---- */

static int owner_of(const Gathering *gathering, int64_t part) {
  return (int)(part * peers_count() / gathering->run->shards);
}

/* The largest nodes that are this process's alone. */
static void local(Gathering *gathering, int64_t low, int64_t high) {
  struct Sharding *all = gathering->all;
  int first = owner_of(gathering, low), last = owner_of(gathering, high - 1), rank = peers_rank();
  if (rank < first || rank > last || gathering->interrupted) return;
  int64_t middle = low + (high - low) / 2;
  if (first < last) {
    local(gathering, low, middle);
    local(gathering, middle, high);
    return;
  }
  assert(all->root_count < ROOTS_MOST);
  all->roots[all->root_count++] = (Root){low, sum_of(gathering, low, high)};
}

/* A process without rows works out the first part, to know what there is to add. */
static void learn_layout(Gathering *gathering) {
  if (gathering->all->laid || gathering->interrupted) return;
  gathering->dry = true;
  Subtotal first = leaf(gathering, 0);
  give_slot(gathering->all, &first);
  gathering->dry = false;
}

static void local_body(Vm *vm, void *context) {
  Gathering *gathering = context;
  (void)vm;
  local(gathering, 0, gathering->run->shards);
  learn_layout(gathering);
}

/* Receives the node of another process into a slot. */
static bool receive(Gathering *gathering, int from, Subtotal *into, Diag *diag) {
  double rows = 0;
  *into = (Subtotal){0};
  if (!peers_receive(from, &rows, sizeof rows, diag)) return false;
  if (rows <= 0) return true;
  *into = take_slot(gathering->all);
  into->rows = rows;
  return peers_receive(from, into->bytes, gathering->all->bytes, diag);
}

static bool send_on(Gathering *gathering, int to, Subtotal *sum, Diag *diag) {
  bool fine = peers_send(to, &sum->rows, sizeof sum->rows, diag) &&
              (sum->rows <= 0 || peers_send(to, sum->bytes, gathering->all->bytes, diag));
  give_slot(gathering->all, sum);
  *sum = (Subtotal){0};
  return fine;
}

/* The node of parts `low` to `high`, in the process of its first part. */
static bool meet(Gathering *gathering, int64_t low, int64_t high, Subtotal *into, Diag *diag) {
  struct Sharding *all = gathering->all;
  int first = owner_of(gathering, low), last = owner_of(gathering, high - 1), rank = peers_rank();
  *into = (Subtotal){0};
  if (rank < first || rank > last) return true;
  if (first == last) {
    for (int i = 0; i < all->root_count; i++)
      if (all->roots[i].low == low) *into = all->roots[i].sum;
    return true;
  }
  int64_t middle = low + (high - low) / 2;
  int other = owner_of(gathering, middle);
  Subtotal right;
  if (!meet(gathering, low, middle, into, diag) || !meet(gathering, middle, high, &right, diag))
    return false;
  if (other != first && rank == other) return send_on(gathering, first, &right, diag);
  if (rank != first) return true;
  if (other != first && !receive(gathering, other, &right, diag)) return false;
  *into = join(all, *into, right);
  return true;
}

static bool spread_root(Gathering *gathering, Subtotal *root, Diag *diag) {
  if (peers_rank() > 0) *root = take_slot(gathering->all);
  return peers_spread(&root->rows, sizeof root->rows, diag) &&
         peers_spread(root->bytes, gathering->all->bytes, diag);
}

/* What this process is about: the same everywhere. */
static uint64_t digest_of(const Gathering *gathering) {
  const TrainRun *run = gathering->run;
  const struct Sharding *all = gathering->all;
  uint64_t digest = hash_mix((uint64_t)run->total_steps, (uint64_t)gathering->number);
  digest = hash_mix(digest, run->key_seed);
  digest = hash_mix(digest, (uint64_t)gathering->end);
  digest = hash_mix(digest, (uint64_t)run->shards);
  digest = hash_mix(digest, (uint64_t)run->ast->span.start);
  for (int i = 0; i < all->field_count && all->laid; i++)
    digest = hash_mix(digest, (uint64_t)all->fields[i].count * 4 + all->fields[i].kind);
  return all->laid ? digest : 0;
}

static uint64_t values_digest(const TrainRun *run) {
  uint64_t digest = feed_digest(run->columns, run->column_count);
  for (int i = 0; i < run->objective_count; i++)
    for (int k = 0; k < run->objectives[i].target_count; k++)
      digest = hash_mix(digest, feed_digest(&run->objectives[i].targets[k]->value, 1));
  return digest;
}

static NORETURN void raise_other(const Gathering *gathering, int rank, const char *what) {
  raise_help(gathering->run->vm, gathering->objective->span,
             "every process computes the same: no clock, no file or argument of its own",
             "process %d of %d has %s than process 0 at step %lld", rank, peers_count(), what,
             (long long)gathering->run->total_steps + 1);
}

static void compare(const Gathering *gathering, int rank, const Word *one, const Word *other) {
  if (one->data != other->data) raise_other(gathering, rank, "other data or other first values");
  if (one->digest && other->digest && one->digest != other->digest)
    raise_other(gathering, rank, "other random numbers, rows or shapes");
  for (int i = 0; i < SIZES; i++)
    for (int k = 0; k < SIZES; k++)
      if (one->plans[i] && other->plans[k] && one->rows[i] == other->rows[k] &&
          one->plans[i] != other->plans[k])
        raise_other(gathering, rank, "another loss or other constants in it");
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
  if (measure->on) measure_add(measure, tensors, rows);
  for (int64_t i = 0; i < count; i++) tensor_release(&tensors[i]);
  mem_free(tensors);
}

static void take_records(Gathering *gathering, const char *at, const char *end) {
  TrainRun *run = gathering->run;
  while (at < end) {
    Record record;
    take(&at, &record, sizeof record);
    gathering->loss += record.loss * (double)record.rows;
    if (gathering->number > 0) continue;
    take_tensors(run->vm, &at, &run->measure, record.taken, record.rows);
    take_tensors(run->vm, &at, &run->update_measure, record.update, record.rows);
  }
}

/* What a signal or a limit asks of one process is asked of all. */
static void heed(TrainRun *run, const Word *word) {
  if (word->asks > vm_asked()) vm_signal = (vm_signal & SIGNAL_LATE) | word->asks;
  if (word->asks > run->heard_asks) run->heard_asks = word->asks;
  run->heard_late |= word->late != 0;
  if (word->draws) train_drew(run);
}

/* All that the processes told, in their order; raises what one of them could not do. */
static void hear(Gathering *gathering, const size_t ends[PEERS_MOST]) {
  const char *text = gathering->all->heard.data;
  Word first, word;
  memcpy(&first, text, sizeof first);
  for (int i = 0; i < peers_count(); i++) {
    const char *at = text + (i ? ends[i - 1] : 0);
    take(&at, &word, sizeof word);
    heed(gathering->run, &word);
    if (word.state == WORD_INTERRUPTED) gathering->interrupted = true;
    if (word.state != WORD_FAILED) continue;
    Diag diag;
    take(&at, &diag, sizeof diag);
    if (i > 0 && diag.note_count < DIAG_NOTES)
      diag_note(&diag, gathering->objective->span, "in process %d of %d", i, peers_count());
    raise_diag(gathering->run->vm, &diag);
  }
  for (int i = 0; i < peers_count() && !gathering->interrupted; i++) {
    const char *at = text + (i ? ends[i - 1] : 0);
    take(&at, &word, sizeof word);
    compare(gathering, i, &word, &first);
    take_records(gathering, at, text + ends[i]);
  }
}

/* A process is lost: the update is taken back, and the run ends (train_heed_outside). */
static void lose(Gathering *gathering) {
  gathering->interrupted = true;
  gathering->outcome->interrupted = true;
}

/* The sum of all parts, in every process. */
static Subtotal sum_with_peers(Gathering *gathering) {
  TrainRun *run = gathering->run;
  struct Sharding *all = gathering->all;
  all->records.length = 0;
  all->word = (Word){.data = all->data};
  Diag diag = {0};
  bool fine = vm_protect(run->vm, local_body, gathering, &diag);
  run->vm->run = run;
  if (!fine) shards_back(run);
  all->word.state = !fine ? WORD_FAILED : gathering->interrupted ? WORD_INTERRUPTED : WORD_FINE;
  all->word.asks = vm_asked();
  all->word.late = (vm_signal & SIGNAL_LATE) != 0;
  all->word.digest = digest_of(gathering);
  Text own = {0};
  text_add(&own, (const char *)&all->word, sizeof all->word);
  if (!fine) text_add(&own, (const char *)&diag, sizeof diag);
  else text_add(&own, all->records.data, all->records.length);
  size_t ends[PEERS_MOST];
  Diag lost = {0};
  bool told = peers_gather(&own, &all->heard, ends, &lost);
  text_free(&own);
  Subtotal root = {0};
  if (told) hear(gathering, ends);
  else lose(gathering);
  if (gathering->interrupted) return root;
  if (!meet(gathering, 0, run->shards, &root, &lost) || !spread_root(gathering, &root, &lost))
    lose(gathering);
  return root;
}

/* ---- the update ---- */

/* The update of one objective; false: interrupted. */
static bool update_one(Gathering *gathering) {
  TrainRun *run = gathering->run;
  struct Sharding *all = gathering->all;
  memset(all->taken, 0, sizeof all->taken);
  all->laid = false;
  all->root_count = 0;
  Subtotal root = peers_count() == 1 ? sum_of(gathering, 0, run->shards)
                                     : sum_with_peers(gathering);
  if (gathering->interrupted) return false;
  unpack_sums(gathering, &root);
  bool last = gathering->number + 1 == run->objective_count;
  train_step(
      run, gathering->number, NULL,
      &(StepAsked){.role = STEP_APPLY, .total = gathering->total, .undo = last ? NULL : &run->undo},
      gathering->outcome);
  if (gathering->outcome->interrupted) return false;
  unpack_buffers(gathering, &root);
  return true;
}

bool shards_update(TrainRun *run, double total, Sums *sums, StepOutcome *outcome) {
  double loss = 0, length = (double)NAN;
  if (total <= 0) return true;
  if (!run->sharding) {
    run->sharding = mem_zero(sizeof *run->sharding);
    if (peers_count() > 1) run->sharding->data = values_digest(run);
  }
  train_begin(run);
  for (int i = 0; i < run->objective_count; i++) {
    Gathering gathering = {.run = run,
                           .all = run->sharding,
                           .objective = &run->objectives[i],
                           .number = i,
                           .end = run->at_row + (int64_t)total,
                           .total = total,
                           .outcome = outcome};
    if (!update_one(&gathering)) return outcome->interrupted = true, false;
    loss += gathering.loss;
    length = i ? hypot(length, outcome->grad_norm) : outcome->grad_norm;
  }
  run->at_row += (int64_t)total;
  run->source.end = run->at_row;
  outcome->grad_norm = length;
  sums->rows += total;
  sums->loss += loss;
  return true;
}

void shards_back(TrainRun *run) {
  if (run->sharding) undo_back(run->vm, &run->sharding->undo);
}

void shards_free(TrainRun *run) {
  if (!run->sharding) return;
  undo_free(run->vm, &run->sharding->undo);
  free_slots(run->sharding);
  mem_free(run->sharding->fields);
  mem_free(run->sharding->assigned);
  text_free(&run->sharding->records);
  text_free(&run->sharding->heard);
  mem_free(run->sharding);
  run->sharding = NULL;
}
