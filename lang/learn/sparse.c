/* sparse.c — updates that touch only the rows of a table that a step reads; see sparse.h.
 *
 * The step is traced as usual, with a gradient that is a SCATTER into the whole table.  rest.c then
 * decides whether a row with zero gradient rests, that is, stays unchanged in the update:
 *
 *   always      descent without momentum, Adagrad, SparseAdam: the update is made for the rows that
 *               the minibatch reads
 *   while its   momentum, Adam and its kin: a row that was used once moves ever after.  The rows
 *   states are  used so far are listed here (`SparseMemory`), and the update is made for them, with
 *   zero        a gradient of zero, and for those of the minibatch
 *
 * If neither can be proved (weight decay, Adamax), or if the rows are a large part of the table,
 * the whole table is updated.  So after each step values and states equal those of the whole
 * update, to the bit, and no other code needs to know.
 *
 * Of the listed rows a copy is held, one row after the other: the update reads it and makes the
 * next one, and the table gets what is new.  So nothing is gathered from all over the table.  The
 * copy has a number, which is noted with the table's memory; whoever else writes there clears that
 * (Limits, buffer.h), and the rows are gathered again.
 *
 * A row may be listed more than once.  Each time it gets the sum of all its gradients, and the same
 * new value, computed from the old one; a listed row that the minibatch reads is stored twice, the
 * second time with its final value.  The plan computes new rows as results, which must be finite
 * (watched); they are copied when it is done, so the step stays atomic.
 *
 * The list is made by scanning the states, once, and again if the optimizer made steps that did not
 * pass through here.  Its capacity grows by half each time, later by an eighth; a step whose list
 * has outgrown its capacity is traced again.
 *
 * Given up: leaving used rows behind and catching up when they are next read.  The steps would be
 * the same, row by row.  It would save only memory traffic, and every reader of a param would have
 * to catch up first.
 */
#include "lang/learn/sparse.h"

#include "lang/learn/param.h"
#include "lang/learn/states.h"
#include "lang/learn/step.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum {
  LIST_LEAST = 64,
  AHEAD = 8,        /* rows fetched into the cache before they are written */
  LONG_LIST = 1024, /* grows by less: its empty places are computed too */
  PART = 1 << 16,   /* bytes of rows that one task looks at, or puts where they belong */
};

/* A row by itself is moved five times more than in the pass over the whole table. */
enum { ROW_DEAR = 2, LISTED_DEAR = 4 };

/* Programs are held against each other with and without fusion: let one of them be dense. */
#if defined(GD_UNFUSED)
enum { SPARSE = 0 };
#else
enum { SPARSE = 1 };
#endif

void sparse_forget(SparseMemory *memory) {
  if (!memory) return;
  tensor_release(&memory->rows);
  for (int k = 0; k < COUNT_OF(memory->held); k++) tensor_release(&memory->held[k].rows);
  mem_free(memory->listed);
  mem_free(memory);
}

/* ---- which rows may not rest ---- */

static int64_t row_length(const Tensor *tensor) {
  int64_t rows = tensor->shape.dim[0];
  return rows ? tensor_count(tensor) / rows : 0;
}

/* Of 16 floats: is one of them infinite, NaN or -0?  Without a branch, so that it is vectors. */
static bool are_odd(const float *at) {
  uint32_t bits[16], odd = 0;
  memcpy(bits, at, sizeof bits);
  for (int i = 0; i < 16; i++)
    odd |= ((bits[i] & 0x7f800000u) == 0x7f800000u) | (bits[i] == 0x80000000u);
  return odd;
}

/* -0 + 0 is 0, and 0 times what is not finite is NaN: the proof is for neither. */
static bool is_odd(const Tensor *tensor, int64_t from, int64_t count) {
  bool odd = false;
  int64_t i = 0;
  if (tensor->dtype == DTYPE_F32)
    for (; i + 16 <= count && !odd; i += 16)
      odd = are_odd((const float *)tensor_data(tensor) + from + i);
  for (; i < count && !odd; i++) {
    double value = tensor_get(tensor, from + i);
    odd = !isfinite(value) || (value == 0 && signbit(value));
  }
  return odd;
}

static bool is_zero(const Tensor *tensor, int64_t row, int64_t length) {
  size_t bytes = (size_t)length * dtype_bytes(tensor->dtype);
  const char *at = (const char *)tensor_data(tensor) + (size_t)row * bytes;
  return bytes == 0 || (at[0] == 0 && memcmp(at, at + 1, bytes - 1) == 0);
}

static void list_row(SparseMemory *memory, int32_t row) {
  if (memory->listed[row]) return;
  if (memory->count < tensor_count(&memory->rows))
    ((int32_t *)tensor_data(&memory->rows))[memory->count] = row;
  memory->listed[row] = (int32_t)++memory->count;
}

/* A list with room for what is in it: memory->listed knows which. */
static void make_list(Vm *vm, SparseMemory *memory, int64_t rows) {
  int64_t room = LIST_LEAST;
  while (room < memory->count) room += room < LONG_LIST ? room / 2 : room / 8;
  Diag diag = {0};
  tensor_release(&memory->rows);
  if (!tensor_zeros(&memory->rows, DTYPE_I32, &(Shape){.rank = 1, .dim = {room}}, &diag))
    raise_diag(vm, &diag);
  for (int k = 0; k < COUNT_OF(memory->held); k++) tensor_release(&memory->held[k].rows);
  int32_t *at = tensor_data(&memory->rows), count = 0;
  for (int64_t row = 0; row < rows; row++) {
    if (!memory->listed[row]) continue;
    at[count++] = (int32_t)row;
    memory->listed[row] = count;
  }
}

/* All rows of the table or of a state, by parts. */
typedef struct Look {
  const Tensor *tensor;
  int32_t *listed; /* of a state: by row, is any of it not zero? */
  int64_t rows, length, part;
  atomic_bool odd;
} Look;

static void look_part(void *context, int64_t task) {
  Look *look = context;
  const int64_t first = task * look->part,
                end = first + look->part < look->rows ? first + look->part : look->rows;
  for (int64_t row = first; row < end; row++) {
    if (look->listed && is_zero(look->tensor, row, look->length)) continue;
    if (look->listed) look->listed[row] = 1;
    if (is_odd(look->tensor, row * look->length, look->length)) look->odd = true;
  }
}

/* Is an element odd? */
static bool look_at(const Tensor *tensor, int32_t *listed) {
  Look look = {.tensor = tensor, .listed = listed, .rows = tensor->shape.dim[0]};
  look.length = row_length(tensor);
  look.part = 1 + PART / (look.length * (int64_t)dtype_bytes(tensor->dtype) + 1);
  team_run((look.rows + look.part - 1) / look.part, look_part, &look);
  return look.odd;
}

/* Looks at all there is.  An estimate has no elements to look at, and takes none for odd. */
static void look(Vm *vm, const OptimizerObject *optimizer, TargetMemory *target) {
  const Tensor *table = &target->param->value;
  SparseMemory *memory = target->sparse;
  int64_t rows = table->shape.dim[0];
  memset(memory->listed, 0, (size_t)rows * sizeof *memory->listed);
  memory->count = 0;
  memory->refused = !vm->checking && look_at(table, NULL);
  for (int k = 0; k < optimizer->memory->state_count; k++) {
    const Tensor *state = &target->states[k];
    if (vm->checking || !state->buffer || !shape_equal(&state->shape, &table->shape)) continue;
    memory->refused |= look_at(state, memory->listed);
  }
  for (int64_t row = 0; row < rows; row++) memory->count += memory->listed[row] != 0;
  make_list(vm, memory, rows);
  memory->steps = optimizer->steps;
  memory->looked = table->buffer;
}

static bool current(const OptimizerObject *optimizer, const TargetMemory *target) {
  return target->sparse->steps == optimizer->steps &&
         target->sparse->looked == target->param->value.buffer;
}

static SparseMemory *memory_of(Vm *vm, OptimizerObject *optimizer, ParamObject *param) {
  TargetMemory *target = states_of(optimizer, param);
  if (!target->sparse) {
    target->sparse = mem_zero(sizeof *target->sparse);
    target->sparse->listed =
        mem_zero((size_t)(param->value.shape.dim[0] + 1) * sizeof *target->sparse->listed);
    target->sparse->steps = -1;
  }
  if (!current(optimizer, target)) look(vm, optimizer, target);
  else if (target->sparse->count > tensor_count(&target->sparse->rows))
    make_list(vm, target->sparse, param->value.shape.dim[0]);
  return target->sparse;
}

/* ---- tracing ---- */

static Tensor *storage_of(const SparseTarget *sparse, int k) {
  if (sparse->states[k] < 0) return &sparse->param->value;
  return &states_of(sparse->optimizer, sparse->param)->states[sparse->states[k]];
}

/* The update as rest.c wants it: what has the table's shape. */
static bool read_update(Trace *trace, SparseTarget *sparse, RestUpdate *update, const Store *stores,
                        int store_count) {
  const TargetMemory *target = states_of(sparse->optimizer, sparse->param);
  const Tensor *table = &sparse->param->value;
  int states = sparse->optimizer->memory->state_count;
  for (int k = -1; k < states; k++) {
    const Tensor *storage = k < 0 ? table : &target->states[k];
    if (!shape_equal(&storage->shape, &table->shape)) continue;
    if (update->count == 1 + REST_STATES) return false;
    NodeId node = k < 0 ? trace_stored(trace, sparse->param) : sparse->nodes[k];
    if (!node) return false;
    sparse->states[update->count] = k;
    update->olds[update->count++] = node;
  }
  for (int i = 0; i < store_count; i++)
    for (int k = 0; k < update->count; k++)
      if (graph_node(&trace->graph, update->olds[k])->attrs[0] == stores[i].binding)
        update->news[k] = stores[i].node;
  return update->news[0] != 0;
}

/* Removes the stores that are made by rows. */
static void take_stores(const Trace *trace, const RestUpdate *update, Store *stores, int *count) {
  int kept = 0;
  for (int i = 0; i < *count; i++) {
    bool taken = false;
    for (int k = 0; k < update->count; k++)
      taken |= graph_node(&trace->graph, update->olds[k])->attrs[0] == stores[i].binding;
    if (!taken) stores[kept++] = stores[i];
  }
  *count = kept;
}

static bool by_rows(Trace *trace, SparseTarget *sparse, const RestUpdate *update,
                    const RestFound *found, NodeId *gradient, Diag *diag) {
  Maker maker = {&trace->graph, diag};
  RestRows rows = rest_rows(&maker, found);
  NodeId scatters[REST_GUARDS], olds[1 + REST_STATES];
  for (int k = 0; k < found->scatter_count; k++)
    scatters[k] = rows.slots ? rest_share(&maker, found, &rows, k) : 0;
  sparse->ids = rows.ids;
  sparse->row_count = rows.count;
  for (int k = 0; k < update->count; k++) {
    olds[k] = rows.ids ? make_gather(&maker, update->olds[k], rows.ids, 0) : 0;
    if (!olds[k]) return false;
  }
  return rest_again(&maker, update, found, rows.count, olds, scatters, sparse->news, gradient);
}

/* Room for the listed rows of a storage; their values come before the step runs. */
static const Tensor *room_for(Vm *vm, const SparseMemory *memory, SparseHeld *held,
                              const Tensor *storage) {
  Shape shape = storage->shape;
  Diag diag = {0};
  shape.dim[0] = tensor_count(&memory->rows);
  held->number++; /* they are not filled yet */
  /* an earlier copy may have lain at this address */
  if (storage->buffer && storage->buffer->limits.by == held) storage->buffer->limits = (Limits){0};
  tensor_release(&held->rows);
  if (!tensor_zeros(&held->rows, storage->dtype, &shape, &diag)) raise_diag(vm, &diag);
  return &held->rows;
}

/* Those of the list, with a gradient of zero: an INPUT, which nobody takes for a constant. */
static bool by_list(Vm *vm, Trace *trace, SparseTarget *sparse, SparseMemory *memory,
                    const RestUpdate *update, const RestFound *found, Diag *diag) {
  Maker maker = {&trace->graph, diag};
  int64_t count = tensor_count(&memory->rows);
  NodeId ids = trace_tensor_input(trace, &memory->rows, &sparse->binding);
  NodeId nothing = trace_number(trace, 0, &(int){0}), scatters[REST_GUARDS], olds[1 + REST_STATES],
         ignored;
  for (int k = 0; k < found->scatter_count; k++) {
    const Type type = graph_node(&trace->graph, found->scatters[k])->type;
    Shape shape = type.shape;
    shape.dim[0] = count;
    scatters[k] = make_expand(&maker, make_cast(&maker, nothing, type.dtype), &shape);
    if (!scatters[k]) return false;
  }
  for (int k = 0; k < update->count; k++) {
    sparse->held[k] = k;
    olds[k] = sparse->news[k]
                  ? trace_tensor_input(
                        trace, room_for(vm, memory, &memory->held[k], storage_of(sparse, k)),
                        &sparse->held_at[k])
                  : make_gather(&maker, update->olds[k], ids, 0); /* it is kept as it is */
    if (!olds[k]) return false;
  }
  return rest_again(&maker, update, found, count, olds, scatters, sparse->listed, &ignored);
}

/* Leaves out what is kept as it is. */
static void keep_stored(SparseTarget *sparse, int count) {
  sparse->count = 0;
  for (int k = 0; k < count; k++) {
    if (!sparse->news[k]) continue;
    int to = sparse->count++;
    sparse->states[to] = sparse->states[k];
    sparse->news[to] = sparse->news[k];
    sparse->listed[to] = sparse->listed[k];
    sparse->held[to] = sparse->held[k];
    sparse->held_at[to] = sparse->held_at[k];
  }
}

/* An estimate is of a step after an epoch, whose rows are taken as drawn evenly. */
static void list_of_an_epoch(Vm *vm, const SparseTarget *sparse, SparseMemory *memory,
                             int64_t rows) {
  double all = (double)sparse->param->value.shape.dim[0];
  double reads = (double)rows * (double)sparse->steps_an_epoch;
  memory->count = all > 1 ? (int64_t)(-all * expm1(reads * log1p(-1 / all))) : 1;
  make_list(vm, memory, 0);
}

bool sparse_trace(Vm *vm, Trace *trace, SparseTarget *sparse, NodeId whole, NodeId *gradient,
                  Store *stores, int *store_count) {
  const Shape shape = sparse->param->value.shape;
  RestUpdate update = {.gradient = whole};
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  if (!SPARSE || (vm->checking && !vm->options.cost) || shape.rank == 0 ||
      shape.dim[0] > INT32_MAX || !read_update(trace, sparse, &update, stores, *store_count))
    return false;
  RestFound found = rest_study(&maker, &update);
  if (found.rest == REST_NEVER) return false;
  int64_t rows = rest_row_count(&maker, &found);
  if (rows == 0 || ROW_DEAR * rows > shape.dim[0] || shape_count(&shape) == 0) return false;
  SparseMemory *memory = memory_of(vm, sparse->optimizer, sparse->param);
  sparse->fresh = found.rest == REST_FRESH;
  if (vm->checking) list_of_an_epoch(vm, sparse, memory, rows);
  if (memory->refused ||
      (sparse->fresh && LISTED_DEAR * (rows + tensor_count(&memory->rows)) > shape.dim[0]))
    return false;
  if (!by_rows(trace, sparse, &update, &found, gradient, &diag) ||
      (sparse->fresh && !by_list(vm, trace, sparse, memory, &update, &found, &diag)))
    raise_diag(vm, &diag);
  sparse->guard_count = found.guard_count;
  memcpy(sparse->guards, found.guards, sizeof found.guards);
  take_stores(trace, &update, stores, store_count);
  keep_stored(sparse, update.count);
  return true;
}

/* ---- running ---- */

bool sparse_holds(Vm *vm, Step *step) {
  for (int i = 0; i < step->sparse_count; i++) {
    const SparseTarget *sparse = &step->sparse[i];
    const SparseMemory *memory = memory_of(vm, sparse->optimizer, sparse->param);
    if (memory->refused) return false;
    if (sparse->fresh &&
        memory->rows.buffer != step->trace->bindings[sparse->binding].tensor.buffer)
      return false;
  }
  return true;
}

/* The held rows are those of the storage; whoever else writes there clears the number. */
static void note_held(SparseHeld *held, Tensor *storage) {
  storage->buffer->limits = (Limits){.by = held, .lease = ++held->number};
}

static void hold_rows(const SparseMemory *memory, SparseHeld *held, Tensor *storage) {
  const Limits *limits = &storage->buffer->limits;
  if (limits->by == held && limits->lease == held->number && !limits->known) return;
  const int32_t *row = tensor_data(&memory->rows);
  const size_t bytes = (size_t)row_length(storage) * dtype_bytes(storage->dtype);
  char *to = tensor_data(&held->rows);
  const char *from = tensor_data(storage);
  const int64_t room = tensor_count(&memory->rows),
                count = memory->count < room ? memory->count : room;
  for (int64_t i = 0; i < count; i++)
    memcpy(to + (size_t)i * bytes, from + (size_t)row[i] * bytes, bytes);
  memset(to + (size_t)count * bytes, 0, (size_t)(room - count) * bytes);
  note_held(held, storage);
}

void sparse_begin(Step *step) {
  for (int i = 0; i < step->sparse_count; i++) {
    const SparseTarget *sparse = &step->sparse[i];
    SparseMemory *memory = states_of(sparse->optimizer, sparse->param)->sparse;
    for (int k = 0; k < sparse->count && sparse->fresh; k++) {
      SparseHeld *held = &memory->held[sparse->held[k]];
      Tensor *bound = &step->trace->bindings[sparse->held_at[k]].tensor;
      hold_rows(memory, held, storage_of(sparse, k));
      if (bound->buffer == held->rows.buffer) continue;
      tensor_release(bound);
      *bound = tensor_retain(&held->rows);
    }
  }
}

/* After a step: the new rows are held, of the listed ones and those of the minibatch.  The old ones
 * are where the next step makes its own. */
static void hold_news(const SparseMemory *memory, SparseHeld *held, Tensor *storage, Tensor *listed,
                      const Tensor *ids, const Tensor *news) {
  const Tensor old = held->rows;
  held->rows = *listed, *listed = old;
  const int32_t *id = tensor_data(ids);
  const size_t bytes = (size_t)row_length(storage) * dtype_bytes(storage->dtype);
  char *to = tensor_data(&held->rows);
  const char *from = tensor_data(news);
  for (int64_t i = 0; i < tensor_count(ids); i++) {
    const int64_t at = memory->listed[id[i]] - 1;
    if (at < tensor_count(&memory->rows))
      memcpy(to + (size_t)at * bytes, from + (size_t)i * bytes, bytes);
  }
  note_held(held, storage);
}

/* New rows on their way to where they belong. */
typedef struct Put {
  const int32_t *at;
  const char *from;
  char *to;
  size_t bytes; /* of a row */
  int64_t count, part;
} Put;

static void put_part(void *context, int64_t task) {
  const Put *put = context;
  const int64_t first = task * put->part,
                end = first + put->part < put->count ? first + put->part : put->count;
  const char *from = put->from + (size_t)first * put->bytes;
  for (int64_t i = first; i < end; i++, from += put->bytes) {
    if (i + AHEAD < put->count) {
      const char *next = put->to + (size_t)put->at[i + AHEAD] * put->bytes;
      for (size_t at = 0; at < put->bytes && at < 512; at += 64) __builtin_prefetch(next + at, 1);
    }
    memcpy(put->to + (size_t)put->at[i] * put->bytes, from, put->bytes);
  }
}

/* The first `count` of them, on all threads where no row comes twice. */
static void put_rows(Tensor *storage, const Tensor *ids, int64_t count, bool once,
                     const Tensor *rows) {
  Put put = {tensor_data(ids),
             tensor_data(rows),
             tensor_data(storage),
             (size_t)row_length(storage) * dtype_bytes(storage->dtype),
             count,
             count};
  if (once) put.part = 1 + PART / (int64_t)(put.bytes + 1);
  if (count > 0) team_run((count + put.part - 1) / put.part, put_part, &put);
  storage->buffer->limits = (Limits){0};
}

static void store_target(Vm *vm, Step *step, const SparseTarget *sparse, Undo *undo) {
  Tensor *ids = step->results + sparse->result_at, *news = ids + 1, *listed = news + sparse->count;
  SparseMemory *memory = states_of(sparse->optimizer, sparse->param)->sparse;
  for (int k = 0; k < sparse->count; k++) {
    Tensor *storage = storage_of(sparse, k);
    ParamObject *param = sparse->states[k] < 0 ? sparse->param : NULL;
    if (undo && sparse->fresh) undo_rows(vm, undo, param, storage, &memory->rows);
    if (undo) undo_rows(vm, undo, param, storage, ids);
    if (sparse->fresh) put_rows(storage, &memory->rows, memory->count, true, &listed[k]);
    put_rows(storage, ids, tensor_count(ids), false, &news[k]);
    memory->refused |= !sparse->fresh && is_odd(&news[k], 0, tensor_count(&news[k]));
  }
  const int32_t *id = tensor_data(ids);
  for (int64_t i = 0; i < sparse->row_count && sparse->fresh; i++) list_row(memory, id[i]);
  for (int k = 0; k < sparse->count && sparse->fresh; k++)
    hold_news(memory, &memory->held[sparse->held[k]], storage_of(sparse, k), &listed[k], ids,
              &news[k]);
}

void sparse_store(Vm *vm, Step *step, Undo *undo) {
  for (int i = 0; i < step->sparse_count; i++) {
    const SparseTarget *sparse = &step->sparse[i];
    store_target(vm, step, sparse, undo);
    SparseMemory *memory = states_of(sparse->optimizer, sparse->param)->sparse;
    memory->steps = sparse->optimizer->steps;
    memory->looked = sparse->param->value.buffer;
  }
}
