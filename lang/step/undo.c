/* undo.c — the undo log of an update: see undo.h.
 *
 * The copies' storage is reused by the next update: a training's updates replace the same things
 * each time.
 */
#include "lang/step/undo.h"

#include "lang/models/param.h"
#include "lang/optimizers/states.h"
#include "lang/step/step.h"

#include <math.h>
#include <string.h>

struct UndoEntry {
  ParamObject *param; /* held; or NULL, … */
  Tensor state;       /* … and a state's storage, held */
  Tensor saved;       /* its old elements; owned, and reused */
  Tensor rows;        /* i32: of these rows only; without elements: of all; owned, and reused */
  Limits limits;      /* and what was known of them */
};

static void let_entry_go(Vm *vm, struct UndoEntry *entry) {
  if (entry->param) value_release(vm, value_of(KIND_PARAM, entry->param));
  else tensor_release(&entry->state);
  entry->param = NULL;
}

void undo_begin(Vm *vm, Undo *undo) {
  while (undo->count > 0) let_entry_go(vm, &undo->entries[--undo->count]);
  undo->stepped_count = 0;
  undo->number++;
}

void undo_free(Vm *vm, Undo *undo) {
  undo_begin(vm, undo);
  for (int i = 0; i < undo->capacity; i++) {
    tensor_release(&undo->entries[i].saved);
    tensor_release(&undo->entries[i].rows);
  }
  mem_free(undo->entries);
  *undo = (Undo){0};
}

static struct UndoEntry *next_entry(Undo *undo) {
  if (undo->count == undo->capacity) {
    int more = undo->capacity ? 2 * undo->capacity : 8;
    undo->entries = mem_grow(undo->entries, (size_t)more * sizeof *undo->entries);
    memset(undo->entries + undo->capacity, 0,
           (size_t)(more - undo->capacity) * sizeof *undo->entries);
    undo->capacity = more;
  }
  return &undo->entries[undo->count];
}

/* Room of a type, in what is there if that fits. */
static void make_room(Vm *vm, Tensor *room, Dtype dtype, const Shape *shape) {
  if (room->buffer && (room->dtype != dtype || !shape_equal(&room->shape, shape)))
    tensor_release(room);
  Diag diag = {0};
  if (!room->buffer && !tensor_new(room, dtype, shape, &diag)) raise_diag(vm, &diag);
}

/* What the entry belongs to; it counts from here on. */
static void settle_entry(Undo *undo, ParamObject *param, const Tensor *now) {
  struct UndoEntry *entry = &undo->entries[undo->count++];
  entry->limits = now->buffer->limits;
  entry->param = param;
  if (param) value_retain(value_of(KIND_PARAM, param));
  else entry->state = tensor_retain(now);
}

static void note_entry(Vm *vm, Undo *undo, const Binding *binding) {
  struct UndoEntry *entry = next_entry(undo);
  ParamObject *param = binding->kind == BINDING_PARAM ? binding->param : NULL;
  const Tensor *now = param ? &param->value : &binding->tensor;
  make_room(vm, &entry->saved, now->dtype, &now->shape);
  tensor_release(&entry->rows);
  memcpy(tensor_data(&entry->saved), tensor_data(now), tensor_bytes(now));
  settle_entry(undo, param, now);
}

/* Elements between rows and the storage that they are of. */
static void move_rows(const Tensor *rows, const Tensor *storage, const Tensor *saved, bool back) {
  const int32_t *at = tensor_data(rows);
  int64_t count = tensor_count(rows);
  size_t bytes = count ? tensor_bytes(saved) / (size_t)count : 0;
  for (int64_t i = 0; i < count; i++) {
    char *row = (char *)tensor_data(storage) + (size_t)at[i] * bytes,
         *kept = (char *)tensor_data(saved) + (size_t)i * bytes;
    memcpy(back ? row : kept, back ? kept : row, bytes);
  }
}

void undo_rows(Vm *vm, Undo *undo, ParamObject *param, const Tensor *storage, const Tensor *rows) {
  struct UndoEntry *entry = next_entry(undo);
  Shape some = storage->shape;
  some.dim[0] = tensor_count(rows);
  make_room(vm, &entry->saved, storage->dtype, &some);
  make_room(vm, &entry->rows, DTYPE_I32, &rows->shape);
  memcpy(tensor_data(&entry->rows), tensor_data(rows), tensor_bytes(rows));
  move_rows(&entry->rows, storage, &entry->saved, false);
  settle_entry(undo, param, storage);
}

/* Call it before the step stores.  Accumulated gradients are not saved: they are cleared. */
void undo_note(Vm *vm, Undo *undo, Step *step) {
  if (step->logged == undo->number) return;
  step->logged = undo->number;
  for (int k = 0; k < step->store_count; k++) {
    const Binding *binding = &step->trace->bindings[step->stores[k].binding];
    if (binding->kind == BINDING_PARAM || !step_gathers(step->role)) note_entry(vm, undo, binding);
  }
}

void undo_param(Vm *vm, Undo *undo, ParamObject *param) {
  note_entry(vm, undo, &(Binding){.kind = BINDING_PARAM, .param = param});
}

ParamObject *undo_param_at(const Undo *undo, int index) { return undo->entries[index].param; }

void undo_note_objective(Vm *vm, Undo *undo, const Objective *objective) {
  OptimizerObject *optimizer = objective->optimizer;
  const TargetMemory *memory = states_of(optimizer, objective->targets[0]);
  for (int i = 0; i < objective->target_count; i++)
    note_entry(vm, undo, &(Binding){.kind = BINDING_PARAM, .param = objective->targets[i]});
  for (int k = 0; k < optimizer->memory->state_count; k++)
    note_entry(vm, undo, &(Binding){.kind = BINDING_TENSOR, .tensor = memory->states[k]});
  undo->stepped[undo->stepped_count++] = optimizer;
}

/* The size of the largest element; NaN counts as none. */
static double greatest(const Tensor *tensor) {
  const int64_t count = tensor_count(tensor);
  double most = 0;
  if (tensor->dtype == DTYPE_F32) {
    const float *at = tensor_data(tensor);
    float found = 0;
    for (int64_t i = 0; i < count; i++) found = fabsf(at[i]) > found ? fabsf(at[i]) : found;
    return found;
  }
  for (int64_t i = 0; i < count; i++) most = fmax(most, fabs(tensor_get(tensor, i)));
  return most;
}

bool undo_grew(const Undo *undo, double factor) {
  for (int i = 0; i < undo->count; i++) {
    const struct UndoEntry *entry = &undo->entries[i];
    if (entry->param && !entry->param->buffer &&
        greatest(&entry->param->value) > factor * greatest(&entry->saved))
      return true;
  }
  return false;
}

void undo_back(Vm *vm, Undo *undo) {
  /* in reverse: what was replaced twice gets its first value back */
  for (int i = undo->count - 1; i >= 0; i--) {
    struct UndoEntry *entry = &undo->entries[i];
    if (entry->param) param_own(vm, entry->param);
    Tensor *to = entry->param ? &entry->param->value : &entry->state;
    if (entry->rows.buffer) move_rows(&entry->rows, to, &entry->saved, true);
    else memcpy(tensor_data(to), tensor_data(&entry->saved), tensor_bytes(to));
    to->buffer->limits = entry->limits;
  }
  for (int i = 0; i < undo->stepped_count; i++) undo->stepped[i]->steps--;
  undo_begin(vm, undo);
}
