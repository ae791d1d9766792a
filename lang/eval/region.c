/* region.c — `gd check`: the changes made by a region of the script of which it is unknown whether,
 * or how often, it runs.
 *
 * While a region is open, every assignment (assign.c) and every name that becomes unknown records
 * its slot and the old value, once (an undo log).  So a branch can be run and undone, and the other
 * run from the same state.  Afterwards each slot has what both values have in common
 * (`check_join`), the value of the one branch that continues, or an unknown value.  Assignments in
 * functions called from the region are recorded too.
 *
 * Regions nest: the changes of a closed one belong to the enclosing one.  Slots of frames opened
 * within a region are dead when it closes, and so are slots that a block has released: both are
 * skipped.  The records hold the old values, cells and modules; a longjmp out of a region leaves
 * its records to the enclosing one (check_stand_back).
 */
#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/eval/module.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/module_value.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/dict.h"
#include "lang/values/plain.h"

#include <string.h>

static const Value UNKNOWN = {.kind = KIND_UNKNOWN};

/* The slot of a variable, and its old or new value. */
typedef struct Written {
  Value *at;      /* a slot of the value stack, or the value of a cell; NULL: a global */
  Object *holder; /* held: the cell or module it is in; NULL: a slot of the stack */
  int32_t slot;   /* of a global */
  Value value;    /* held */
} Written;

struct Changes {
  Held held;
  int count;
  Written items[];
};

static Value *place_of(const Written *written) {
  return written->at ? written->at : &((ModuleObject *)written->holder)->globals[written->slot];
}

static bool same_place(const Written *a, const Written *b) {
  return a->at == b->at && a->holder == b->holder && (a->at || a->slot == b->slot);
}

static Written where(Frame *frame, const Ast *name) {
  switch ((Place)name->place) {
    case PLACE_GLOBAL: return (Written){.holder = &frame->module->head, .slot = name->slot};
    case PLACE_CAPTURE:
      return (Written){.at = &frame->closure->cells[name->slot]->value,
                       .holder = &frame->closure->cells[name->slot]->head};
    case PLACE_CELL:
      if (frame->slots[name->slot].kind == KIND_CELL)
        return (Written){.at = &frame->slots[name->slot].cell->value,
                         .holder = frame->slots[name->slot].object};
      break;
    default: break;
  }
  return (Written){.at = &frame->slots[name->slot]};
}

static Written hold(Written written, Value value) {
  if (written.holder) written.holder->refs++;
  written.value = value_retain(value);
  return written;
}

static void release_written(Vm *vm, const Written *written) {
  value_release(vm, written->value);
  if (written->holder) value_release(vm, value_of((Kind)written->holder->kind, written->holder));
}

static void note(Vm *vm, const Written *written) {
  Checker *checker = vm->checker;
  if (checker->region < 0) return;
  for (int i = checker->region; i < checker->written_count; i++)
    if (same_place(&checker->written[i], written)) return;
  if (checker->written_count == checker->written_capacity) {
    checker->written_capacity = checker->written_capacity ? 2 * checker->written_capacity : 32;
    checker->written = mem_grow(checker->written,
                                (size_t)checker->written_capacity * sizeof(Written));
  }
  checker->written[checker->written_count++] = hold(*written, *place_of(written));
}

void check_writes(Vm *vm, Frame *frame, const Ast *name) {
  if (name->place == PLACE_UNRESOLVED || name->place == PLACE_STANDARD) return;
  Written written = where(frame, name);
  note(vm, &written);
}

static void put(Vm *vm, const Written *written, Value value) {
  Value *at = place_of(written), old = *at;
  *at = value_retain(value);
  value_release(vm, old);
}

/* ---- what two ways agree on ---- */

static bool is_typed(Value value) { return value.kind == KIND_TENSOR; }

/* Either of two tensors of one type: the result depends on both for its gradient. */
static Value join_tensors(Vm *vm, Value a, Value b) {
  static const Type condition = {.dtype = DTYPE_BOOL};
  Type left = trace_type(vm, a, vm->current_span), right = trace_type(vm, b, vm->current_span);
  if (left.dtype != right.dtype || left.weak != right.weak ||
      !shape_equal(&left.shape, &right.shape))
    return UNKNOWN;
  Trace *trace = vm->trace;
  bool stale = false;
  for (int i = 0; i < 2; i++) {
    const TensorObject *tensor = (i ? b : a).tensor;
    stale |= !tensor->tensor.buffer && (!tensor->node || tensor->trace != trace->serial);
  }
  if (stale) return UNKNOWN;
  Diag diag = {0};
  Maker maker = {&trace->graph, &diag};
  NodeId either = make_where(&maker, trace_abstract(trace, &condition),
                             trace_operand(trace, a, vm->current_span),
                             trace_operand(trace, b, vm->current_span));
  return either ? trace_result(trace, either) : UNKNOWN;
}

static Value join_tuples(Vm *vm, const TupleObject *a, const TupleObject *b) {
  bool alike = a->count == b->count && !a->names == !b->names;
  for (int i = 0; alike && a->names && i < a->count; i++) alike = a->names[i] == b->names[i];
  if (!alike) return UNKNOWN;
  Value joined = value_tuple(vm, a->count);
  if (a->names) {
    joined.tuple->names = mem_alloc((size_t)(a->count + 1) * sizeof(char *));
    memcpy((void *)joined.tuple->names, (const void *)a->names, (size_t)a->count * sizeof(char *));
  }
  for (int i = 0; i < a->count; i++)
    joined.tuple->items[i] = check_join(vm, a->items[i], b->items[i]);
  return joined;
}

/* Two dicts of the same keys in the same order. */
static Value join_dicts(Vm *vm, const DictObject *a, const DictObject *b) {
  CallSite site = {.span = vm->current_span};
  if (a->count != b->count) return UNKNOWN;
  for (int64_t i = 0; i < a->count; i++)
    if (!value_equal(vm, &site, dict_entries(a)[i].key, dict_entries(b)[i].key)) return UNKNOWN;
  Value joined = value_dict(vm);
  for (int64_t i = 0; i < a->count; i++)
    dict_set(vm, joined.dict, value_retain(dict_entries(a)[i].key),
             check_join(vm, dict_entries(a)[i].value, dict_entries(b)[i].value));
  return joined;
}

Value check_join(Vm *vm, Value a, Value b) {
  if (a.kind != b.kind) return UNKNOWN;
  if (value_object(a) && a.object == b.object) return value_retain(a);
  switch ((Kind)a.kind) {
    case KIND_UNSET:
    case KIND_NONE: return a;
    case KIND_BOOL: return a.truth == b.truth ? a : UNKNOWN;
    case KIND_NUMBER: return memcmp(&a.number, &b.number, sizeof a.number) == 0 ? a : UNKNOWN;
    case KIND_STRING:
      return a.string->length == b.string->length &&
                     !memcmp(a.string->data, b.string->data, a.string->length)
                 ? value_retain(a)
                 : UNKNOWN;
    case KIND_TUPLE: return join_tuples(vm, a.tuple, b.tuple);
    case KIND_DICT: return join_dicts(vm, a.dict, b.dict);
    default: return is_typed(a) ? join_tensors(vm, a, b) : UNKNOWN;
  }
}

/* ---- regions ---- */

Region region_open(Vm *vm) {
  Checker *checker = vm->checker;
  Region region = {.start = checker->written_count, .outer = checker->region, .top = vm->top};
  checker->region = region.start;
  return region;
}

/* Does the slot still exist, with a variable in it? */
static bool lives(const Written *written, const Region *region) {
  if (!written->holder && written->at >= region->top) return false;
  return place_of(written)->kind != KIND_UNSET;
}

/* Removes the records from `start` on. */
static void notes_cut(Vm *vm, int start) {
  Checker *checker = vm->checker;
  while (checker->written_count > start) {
    Written last = checker->written[--checker->written_count];
    release_written(vm, &last);
  }
}

/* Closes the region and keeps its changes: its records go to the enclosing one. */
static void pass_on(Vm *vm, const Region *region) {
  Checker *checker = vm->checker;
  int kept = region->start;
  checker->region = region->outer;
  for (int i = region->start; i < checker->written_count; i++) {
    Written written = checker->written[i];
    bool known = region->outer < 0 || (!written.holder && written.at >= region->top);
    for (int k = region->outer; !known && k < kept; k++)
      known = same_place(&checker->written[k], &written);
    if (known) release_written(vm, &written);
    else checker->written[kept++] = written;
  }
  checker->written_count = kept;
}

void region_close(Vm *vm, const Region *region, RegionEnd end) {
  Checker *checker = vm->checker;
  for (int i = region->start; end != REGION_RUN && i < checker->written_count; i++) {
    Written written = checker->written[i];
    if (!lives(&written, region)) continue;
    Value joined = end == REGION_MAYBE_RUN ? check_join(vm, written.value, *place_of(&written))
                                           : UNKNOWN;
    put(vm, &written, joined);
    value_release(vm, joined);
  }
  pass_on(vm, region);
}

/* What they hold is released by changes_free; after an error that is left to the sweep. */
static void changes_drop(Held *held) { mem_free(held); }

Changes *region_take_back(Vm *vm, const Region *region) {
  Checker *checker = vm->checker;
  size_t count = (size_t)(checker->written_count - region->start);
  Changes *changes = mem_zero(sizeof *changes + count * sizeof(Written));
  changes->held.free_whole = changes_drop;
  vm_hold(vm, &changes->held);
  for (int i = checker->written_count; i-- > region->start;) {
    const Written *written = &checker->written[i];
    if (!lives(written, region)) continue;
    changes->items[changes->count++] = hold(*written, *place_of(written));
    put(vm, written, written->value);
  }
  checker->region = region->outer;
  notes_cut(vm, region->start);
  return changes;
}

void changes_free(Vm *vm, Changes *changes) {
  for (int i = 0; i < changes->count; i++) release_written(vm, &changes->items[i]);
  vm_drop(vm, &changes->held);
}

static const Written *find(const Changes *changes, const Written *place) {
  for (int i = 0; i < changes->count; i++)
    if (same_place(&changes->items[i], place)) return &changes->items[i];
  return NULL;
}

static void settle(Vm *vm, const Written *place, const Written *one, const Written *other) {
  Value now = *place_of(place),
        joined = check_join(vm, one ? one->value : now, other ? other->value : now);
  note(vm, place);
  put(vm, place, joined);
  value_release(vm, joined);
}

void changes_join(Vm *vm, const Changes *one, const Changes *other) {
  for (int i = 0; i < one->count; i++)
    settle(vm, &one->items[i], &one->items[i], find(other, &one->items[i]));
  for (int i = 0; i < other->count; i++)
    if (!find(one, &other->items[i])) settle(vm, &other->items[i], NULL, &other->items[i]);
}

void changes_make(Vm *vm, const Changes *changes, bool unknown) {
  for (int i = 0; i < changes->count; i++) {
    note(vm, &changes->items[i]);
    put(vm, &changes->items[i], unknown ? UNKNOWN : changes->items[i].value);
  }
}

/* ---- after a leap ---- */

Standing check_stand(Vm *vm) {
  const Checker *checker = vm->checker;
  return (Standing){checker->region,         checker->written_count, checker->unsure,
                    checker->library_unsure, checker->may_have_left, checker->loop_unsure,
                    checker->returned};
}

void check_stand_back(Vm *vm, const Standing *standing) {
  Checker *checker = vm->checker;
  Region region = {.start = standing->written, .outer = standing->region, .top = vm->top};
  if (checker->written_count > standing->written || checker->region != standing->region)
    region_close(vm, &region, REGION_UNKNOWN);
  checker->unsure = standing->unsure;
  checker->library_unsure = standing->library_unsure;
  checker->may_have_left = standing->may_have_left;
  checker->loop_unsure = standing->loop_unsure;
  checker->returned = standing->returned;
}

void checker_free(Vm *vm) {
  Checker *checker = vm->checker;
  notes_cut(vm, 0);
  mem_free(checker->written);
  checker->written = NULL;
  checker->written_capacity = 0;
}
