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
 * the whole table is updated.  So values and states equal those of the whole update, to the bit.
 *
 * Of the listed rows a copy is held, one row after the other from place 1 on (place 0 is a row of
 * zeros, which rests), and the plan stores the update there like that of any param.  So nothing is
 * gathered from all over the table.  The rows of the param are then put into the table too, since a
 * step reads them by their index.  Those of the states are not: until somebody asks for the states
 * (states_of) or another step of the optimizer runs, the copy is ahead of them.  A copy that is not
 * ahead has a number, which is noted with the table's memory; whoever else writes there clears that
 * (Limits, buffer.h), and the rows are gathered again.
 *
 * A row that the minibatch reads is computed twice, if it is listed: without its gradient, where it
 * is held, and with it, as a result of the plan, which must be finite (watched) and is put in its
 * place when the plan is done.  If the minibatch reads it more than once, each has the sum of all
 * its gradients, and the same new value.  In an update of several plans (Undo) no copy is left
 * ahead.
 *
 * The list is made by scanning the states, once, and again if the optimizer made steps that did not
 * pass through here.  Its capacity grows by half each time, later by an eighth; a step whose list
 * has outgrown its capacity is traced again.
 *
 * Given up: leaving used rows behind and catching up when they are next read.  The steps would be
 * the same, row by row.  It would save only memory traffic, and every reader of a param would have
 * to catch up first.
 */
#include "lang/step/sparse.h"

#include "lang/models/param.h"
#include "lang/optimizers/states.h"
#include "lang/step/step.h"
#include "lang/tensors/trace_param.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum {
  LIST_LEAST = 64,
  LONG_LIST = 1024, /* grows by less: its empty places are computed too */
};

/* A row by itself is moved five times more than in the pass over the whole table. */
enum { ROW_DEAR = 2, LISTED_DEAR = 4 };

/* Programs are held against each other with and without fusion: let one of them be dense. */
#if defined(GD_UNFUSED)
enum { SPARSE = 0 };
#else
enum { SPARSE = 1 };
#endif

/* ---- which rows may not rest ---- */

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
  int32_t *places = tensor_data(&memory->places);
  if (places[row] != 0) return;
  places[row] = (int32_t)++memory->count;
  if (memory->count < tensor_count(&memory->rows))
    ((int32_t *)tensor_data(&memory->rows))[memory->count] = row;
}

static void new_zeros(Vm *vm, Tensor *tensor, Dtype dtype, const Shape *shape) {
  Diag diag = {0};
  tensor_release(tensor);
  if (!tensor_zeros(tensor, dtype, shape, &diag)) raise_diag(vm, &diag);
}

/* A list with room for what is in it: memory->places knows which. */
static void make_list(Vm *vm, SparseMemory *memory, int64_t rows) {
  int64_t room = LIST_LEAST;
  while (room < memory->count) room += room < LONG_LIST ? room / 2 : room / 8;
  new_zeros(vm, &memory->rows, DTYPE_I32, &(Shape){.rank = 1, .dim = {1 + room}});
  for (int k = 0; k < COUNT_OF(memory->held); k++) tensor_release(&memory->held[k].rows);
  int32_t *at = tensor_data(&memory->rows), *place = tensor_data(&memory->places), count = 0;
  for (int64_t row = 0; row < rows; row++) {
    if (!place[row]) continue;
    at[++count] = (int32_t)row;
    place[row] = count;
  }
}

/* All rows of the table or of a state, by parts. */
typedef struct Look {
  const Tensor *tensor;
  int32_t *places; /* of a state: by row, is any of it not zero? */
  int64_t rows, length, part;
  atomic_bool odd;
} Look;

static void look_part(void *context, int64_t task) {
  Look *look = context;
  const int64_t first = task * look->part,
                end = first + look->part < look->rows ? first + look->part : look->rows;
  for (int64_t row = first; row < end; row++) {
    if (look->places && is_zero(look->tensor, row, look->length)) continue;
    if (look->places) look->places[row] = 1;
    if (is_odd(look->tensor, row * look->length, look->length)) look->odd = true;
  }
}

/* Is an element odd? */
static bool look_at(const Tensor *tensor, int32_t *places) {
  Look look = {.tensor = tensor, .places = places, .rows = tensor->shape.dim[0]};
  look.length = sparse_memory_row_length(tensor);
  look.part = 1 + SPARSE_PART / (look.length * (int64_t)dtype_bytes(tensor->dtype) + 1);
  team_run((look.rows + look.part - 1) / look.part, look_part, &look);
  return look.odd;
}

/* Looks at all there is.  An estimate has no elements to look at, and takes none for odd. */
static void look(Vm *vm, const OptimizerObject *optimizer, TargetMemory *target) {
  const Tensor *table = &target->param->value;
  SparseMemory *memory = target->sparse;
  int64_t rows = table->shape.dim[0];
  int32_t *places = tensor_data(&memory->places);
  memset(places, 0, (size_t)rows * sizeof *places);
  memory->count = 0;
  memory->refused = !vm->checking && look_at(table, NULL);
  for (int k = 0; k < optimizer->memory->state_count; k++) {
    const Tensor *state = &target->states[k];
    if (vm->checking || !state->buffer || !shape_equal(&state->shape, &table->shape)) continue;
    memory->refused |= look_at(state, places);
  }
  for (int64_t row = 0; row < rows; row++) memory->count += places[row] != 0;
  make_list(vm, memory, rows);
  memory->steps = optimizer->steps;
  memory->looked = table->buffer;
}

static bool current(const OptimizerObject *optimizer, const TargetMemory *target) {
  return target->sparse->steps == optimizer->steps &&
         target->sparse->looked == target->param->value.buffer;
}

static SparseMemory *memory_of(Vm *vm, OptimizerObject *optimizer, ParamObject *param) {
  TargetMemory *target = states_at(optimizer, param);
  if (!target->sparse) {
    SparseMemory *memory = mem_zero(sizeof *memory);
    target->sparse = memory;
    optimizer->memory->by_rows = true;
    memory->steps = -1;
    new_zeros(vm, &memory->places, DTYPE_I32,
              &(Shape){.rank = 1, .dim = {param->value.shape.dim[0]}});
  }
  const bool grows = target->sparse->count >= tensor_count(&target->sparse->rows);
  if (current(optimizer, target) && !grows) return target->sparse;
  sparse_memory_write_back(target);
  if (!current(optimizer, target)) look(vm, optimizer, target);
  else make_list(vm, target->sparse, param->value.shape.dim[0]);
  return target->sparse;
}

/* ---- tracing ---- */

static Tensor *storage_of(const SparseTarget *sparse, int k) {
  if (sparse->states[k] < 0) return &sparse->param->value;
  return &states_at(sparse->optimizer, sparse->param)->states[sparse->states[k]];
}

/* The update as rest.c wants it: what has the table's shape. */
static bool read_update(Trace *trace, SparseTarget *sparse, RestUpdate *update, const Store *stores,
                        int store_count) {
  const TargetMemory *target = states_at(sparse->optimizer, sparse->param);
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

/* The rows that the minibatch reads.  What is held of states stands for all of them: a row that is
 * not listed has the place 0, where there are zeros. */
static bool by_rows(Trace *trace, SparseTarget *sparse, const SparseMemory *memory,
                    const RestUpdate *update, const RestFound *found, NodeId *gradient,
                    Diag *diag) {
  Maker maker = {&trace->graph, diag};
  RestRows rows = rest_rows(&maker, found);
  NodeId scatters[REST_GUARDS], olds[1 + REST_STATES];
  for (int k = 0; k < found->scatter_count; k++)
    scatters[k] = rows.slots ? rest_share(&maker, found, &rows, k) : 0;
  sparse->ids = rows.ids;
  sparse->row_count = rows.count;
  NodeId places = rows.ids && sparse->fresh
                      ? make_gather(&maker, trace_tensor_input(trace, &memory->places, NULL),
                                    rows.ids, 0)
                      : rows.ids;
  for (int k = 0; k < update->count; k++) {
    const bool held = sparse->held_nodes[k] && sparse->states[k] >= 0;
    olds[k] = !places ? 0
              : held  ? make_gather(&maker, sparse->held_nodes[k], places, 0)
                      : make_gather(&maker, update->olds[k], rows.ids, 0);
    if (!olds[k]) return false;
  }
  return rest_again(&maker, update, found, rows.count, olds, scatters, sparse->news, gradient);
}

/* Room for the listed rows of a storage; their values come before the step runs. */
static const Tensor *room_for(Vm *vm, const SparseMemory *memory, SparseHeld *held,
                              const Tensor *storage) {
  Shape shape = storage->shape;
  shape.dim[0] = tensor_count(&memory->rows);
  assert(!held->ahead);
  held->number++; /* they are not filled yet */
  /* an earlier copy may have lain at this address */
  if (storage->buffer && storage->buffer->limits.by == held) storage->buffer->limits = (Limits){0};
  new_zeros(vm, &held->rows, storage->dtype, &shape);
  return &held->rows;
}

/* What is updated is held as well. */
static void hold(Vm *vm, Trace *trace, SparseTarget *sparse, SparseMemory *memory,
                 const RestUpdate *update) {
  for (int k = 0; k < update->count; k++) {
    if (!update->news[k]) continue;
    memory->held[k].state = sparse->states[k];
    sparse->held[k] = k;
    sparse->held_nodes[k] = trace_tensor_input(
        trace, room_for(vm, memory, &memory->held[k], storage_of(sparse, k)), &sparse->held_at[k]);
  }
}

/* Those of the list, with a gradient of zero: an INPUT, which nobody takes for a constant. */
static bool by_list(Trace *trace, SparseTarget *sparse, const SparseMemory *memory,
                    const RestUpdate *update, const RestFound *found, NodeId *listed, Diag *diag) {
  Maker maker = {&trace->graph, diag};
  const int64_t count = tensor_count(&memory->rows);
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
    olds[k] = sparse->held_nodes[k]
                  ? sparse->held_nodes[k]
                  : make_gather(&maker, update->olds[k], ids, 0); /* it is kept as it is */
    if (!olds[k]) return false;
  }
  return rest_again(&maker, update, found, count, olds, scatters, listed, &ignored);
}

/* The plan stores what is held. */
static void store_held(const SparseTarget *sparse, int count, const NodeId *listed, Store *stores,
                       int *store_count) {
  for (int k = 0; k < count; k++)
    if (sparse->held_nodes[k]) stores[(*store_count)++] = (Store){sparse->held_at[k], listed[k]};
}

/* Leaves out what is kept as it is. */
static void keep_stored(SparseTarget *sparse, int count) {
  sparse->count = 0;
  for (int k = 0; k < count; k++) {
    if (!sparse->news[k]) continue;
    int to = sparse->count++;
    sparse->states[to] = sparse->states[k];
    sparse->news[to] = sparse->news[k];
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
  NodeId listed[1 + REST_STATES];
  if (sparse->fresh) hold(vm, trace, sparse, memory, &update);
  if (!by_rows(trace, sparse, memory, &update, &found, gradient, &diag) ||
      (sparse->fresh && !by_list(trace, sparse, memory, &update, &found, listed, &diag)))
    raise_diag(vm, &diag);
  sparse->guard_count = found.guard_count;
  memcpy(sparse->guards, found.guards, sizeof found.guards);
  take_stores(trace, &update, stores, store_count);
  store_held(sparse, update.count, listed, stores, store_count);
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

static const SparseTarget *target_in(const Step *step, const TargetMemory *target) {
  for (int i = 0; i < step->sparse_count; i++)
    if (step->sparse[i].param == target->param && step->sparse[i].fresh) return &step->sparse[i];
  return NULL;
}

void sparse_begin(Step *step, bool undone) {
  const OptimizerObject *optimizer = step->objective->optimizer;
  for (int i = 0; optimizer && optimizer->memory->by_rows && i < optimizer->memory->count; i++) {
    TargetMemory *target = &optimizer->memory->targets[i];
    if (undone || !target_in(step, target)) sparse_memory_write_back(target);
  }
  for (int i = 0; i < step->sparse_count; i++) {
    const SparseTarget *sparse = &step->sparse[i];
    SparseMemory *memory = states_at(sparse->optimizer, sparse->param)->sparse;
    for (int k = 0; k < sparse->count && sparse->fresh; k++) {
      SparseHeld *held = &memory->held[sparse->held[k]];
      Tensor *bound = &step->trace->bindings[sparse->held_at[k]].tensor;
      sparse_memory_hold(memory, held, storage_of(sparse, k));
      if (bound->buffer == held->rows.buffer) continue;
      tensor_release(bound);
      *bound = tensor_retain(&held->rows);
    }
  }
}

/* The rows that the minibatch has read are held too, or put where there is no room for them. */
static void hold_news(const SparseMemory *memory, SparseHeld *held, Tensor *storage,
                      const Tensor *ids, const Tensor *news) {
  const int32_t *id = tensor_data(ids), *places = tensor_data(&memory->places);
  const size_t bytes = sparse_memory_row_bytes(storage);
  char *to = tensor_data(&held->rows), *apart = tensor_data(storage);
  const char *from = tensor_data(news);
  memset(to, 0, bytes); /* a state that is kept as it is may have moved it */
  for (int64_t i = 0; i < tensor_count(ids); i++, from += bytes) {
    const int64_t place = places[id[i]];
    if (place <= sparse_memory_count(memory)) memcpy(to + (size_t)place * bytes, from, bytes);
    else memcpy(apart + (size_t)id[i] * bytes, from, bytes);
  }
  plan_wrote(&held->rows.buffer->limits, news);
}

static void store_fresh(Vm *vm, const SparseTarget *sparse, TargetMemory *target, const Tensor *ids,
                        Undo *undo) {
  SparseMemory *memory = target->sparse;
  const int32_t *id = tensor_data(ids);
  for (int64_t i = 0; i < sparse->row_count; i++) list_row(memory, id[i]);
  for (int k = 0; k < sparse->count; k++) {
    Tensor *storage = storage_of(sparse, k);
    ParamObject *param = sparse->states[k] < 0 ? sparse->param : NULL;
    SparseHeld *held = &memory->held[sparse->held[k]];
    if (undo) undo_rows(vm, undo, param, storage, &memory->rows);
    if (undo) undo_rows(vm, undo, param, storage, ids);
    hold_news(memory, held, storage, ids, &ids[1 + k]);
    held->ahead = !param;
    if (!param) continue;
    sparse_memory_put_held(memory, held, storage);
    sparse_memory_note(held, storage);
  }
  if (undo) sparse_memory_write_back(target);
}

static void store_resting(Vm *vm, const SparseTarget *sparse, SparseMemory *memory, Tensor *ids,
                          Undo *undo) {
  for (int k = 0; k < sparse->count; k++) {
    Tensor *storage = storage_of(sparse, k);
    const Tensor *news = &ids[1 + k];
    if (undo) undo_rows(vm, undo, sparse->states[k] < 0 ? sparse->param : NULL, storage, ids);
    sparse_memory_put(storage, ids, news);
    memory->refused |= is_odd(news, 0, tensor_count(news));
  }
}

void sparse_store(Vm *vm, Step *step, Undo *undo) {
  for (int i = 0; i < step->sparse_count; i++) {
    const SparseTarget *sparse = &step->sparse[i];
    TargetMemory *target = states_at(sparse->optimizer, sparse->param);
    Tensor *ids = step->results + sparse->result_at;
    if (sparse->fresh) store_fresh(vm, sparse, target, ids, undo);
    else store_resting(vm, sparse, target->sparse, ids, undo);
    target->sparse->steps = sparse->optimizer->steps;
    target->sparse->looked = sparse->param->value.buffer;
  }
}

const SparseTarget *sparse_stores(const Step *step, int64_t binding, int *state) {
  for (int i = 0; i < step->sparse_count; i++)
    for (int k = 0; k < step->sparse[i].count && step->sparse[i].fresh; k++)
      if (step->sparse[i].held_at[k] == binding) {
        *state = step->sparse[i].states[k];
        return &step->sparse[i];
      }
  return NULL;
}
