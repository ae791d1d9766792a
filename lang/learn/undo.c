/* undo.c — the undo log of an update of several plans: see undo.h.
 *
 * The copies' storage is reused by the next update: a training's updates replace the same things
 * each time.
 */
#include "lang/learn/undo.h"

#include "lang/learn/param.h"
#include "lang/learn/step.h"

#include <string.h>

struct UndoEntry {
  ParamObject *param; /* held; or NULL, … */
  Tensor state;       /* … and a state's storage, held */
  Tensor saved;       /* its old elements; owned, and reused */
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
  for (int i = 0; i < undo->capacity; i++) tensor_release(&undo->entries[i].saved);
  mem_free(undo->entries);
  *undo = (Undo){0};
}

static void note_entry(Vm *vm, Undo *undo, const Binding *binding) {
  if (undo->count == undo->capacity) {
    int more = undo->capacity ? 2 * undo->capacity : 8;
    undo->entries = mem_grow(undo->entries, (size_t)more * sizeof *undo->entries);
    memset(undo->entries + undo->capacity, 0,
           (size_t)(more - undo->capacity) * sizeof *undo->entries);
    undo->capacity = more;
  }
  struct UndoEntry *entry = &undo->entries[undo->count];
  const Tensor *now = binding->kind == BINDING_PARAM ? &binding->param->value : &binding->tensor;
  if (entry->saved.buffer &&
      (entry->saved.dtype != now->dtype || !shape_equal(&entry->saved.shape, &now->shape)))
    tensor_release(&entry->saved);
  Diag diag = {0};
  if (!entry->saved.buffer && !tensor_new(&entry->saved, now->dtype, &now->shape, &diag))
    raise_diag(vm, &diag);
  memcpy(tensor_data(&entry->saved), tensor_data(now), tensor_bytes(now));
  entry->limits = now->buffer->limits;
  entry->param = NULL;
  if (binding->kind == BINDING_PARAM) {
    entry->param = binding->param;
    value_retain(value_of(KIND_PARAM, entry->param));
  } else {
    entry->state = tensor_retain(now);
  }
  undo->count++;
}

/* Call it before the step stores.  Accumulated gradients are not saved: they are cleared. */
void undo_note(Vm *vm, Undo *undo, Step *step) {
  if (step->logged == undo->number) return;
  step->logged = undo->number;
  for (int k = 0; k < step->store_count; k++) {
    const Binding *binding = &step->trace->bindings[step->stores[k].binding];
    if (binding->kind == BINDING_PARAM || step->role != STEP_GATHER) note_entry(vm, undo, binding);
  }
}

void undo_back(Vm *vm, Undo *undo) {
  /* in reverse: what was replaced twice gets its first value back */
  for (int i = undo->count - 1; i >= 0; i--) {
    struct UndoEntry *entry = &undo->entries[i];
    if (entry->param) param_own(vm, entry->param);
    Tensor *to = entry->param ? &entry->param->value : &entry->state;
    memcpy(tensor_data(to), tensor_data(&entry->saved), tensor_bytes(to));
    to->buffer->limits = entry->limits;
  }
  for (int i = 0; i < undo->stepped_count; i++) undo->stepped[i]->steps--;
  undo_begin(vm, undo);
}
