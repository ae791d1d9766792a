/* rows.c — data sets by their rows: split, folds, shuffle, batches. */
#include "lang/data/rows.h"
#include "lang/data/data.h"
#include "runtime/files.h"

#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/eval/native.h"
#include "lang/machine/call_site.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/index.h"
#include "lang/tensors/probable.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- some of the rows ---- */

static Value rows_between(Vm *vm, Span span, Value column, int64_t first, int64_t rows) {
  if (trace_pending(vm, column) || column.kind == KIND_PARAM || vm->checking) {
    Ast place = {.kind = AST_INDEX, .span = span};
    Sub sub = {.kind = SUB_SLICE,
               .span = span,
               .start = value_number((double)first),
               .stop = value_number((double)(first + rows))};
    return operation_index(vm, &place, column, &sub, 1);
  }
  const Tensor *tensor = &column.tensor->tensor;
  Shape shape = tensor->shape;
  int64_t row = shape.dim[0] ? tensor_count(tensor) / shape.dim[0] : 0;
  shape.dim[0] = rows;
  Value part = value_tensor(vm, tensor_view(tensor, &shape, first * row));
  part.tensor->probable = column.tensor->probable;
  return part;
}

typedef struct Between {
  Span span;
  int64_t first, rows;
} Between;

static Value column_between(Vm *vm, void *context, Value column) {
  const Between *between = context;
  return rows_between(vm, between->span, column, between->first, between->rows);
}

/* Rows by their numbers, as another tensor or data set. */
typedef struct Chosen {
  const CallSite *site;
  const int64_t *order;
  int64_t rows;
} Chosen;

static Value gather_rows(Vm *vm, void *context, Value column) {
  const Chosen *chosen = context;
  trace_read_constant(vm, column, chosen->site->span);
  Tensor from = trace_elements(vm, column, chosen->site->span), to;
  Shape shape = from.shape;
  Diag diag = {0};
  size_t bytes = shape.dim[0] ? tensor_bytes(&from) / (size_t)shape.dim[0] : 0;
  shape.dim[0] = chosen->rows;
  if (!tensor_new(&to, from.dtype, &shape, &diag)) {
    tensor_release(&from);
    data_fail(vm, chosen->site, &diag);
  }
  const char *source = tensor_data(&from);
  char *target = tensor_data(&to);
  for (int64_t i = 0; i < chosen->rows && !vm_stops(vm); i++)
    memcpy(target + (size_t)i * bytes, source + (size_t)chosen->order[i] * bytes, bytes);
  tensor_release(&from);
  Value rows = data_filled(vm, to);
  rows.tensor->probable = probable_bound(vm, column);
  return rows;
}

/* These rows of a data set or a tensor. */
static Value rows_chosen(Vm *vm, const CallSite *site, Value data, const int64_t *order,
                         int64_t rows) {
  Chosen chosen = {site, order, rows};
  return data.kind == KIND_DATASET ? dataset_turned(vm, data.dataset, gather_rows, &chosen)
                                   : gather_rows(vm, &chosen, data);
}

/* ---- split ---- */

/* The whole rows in a fraction.  0.29 * 100 is 28.999999999999996 and (1 - 0.9) * 10 is less than
 * 1, so a product that differs from a whole number by no more than the fraction's rounding error is
 * that number. */
static int64_t rows_in(double fraction, bool single, int64_t rows) {
  double exact = (single ? number_meant(fraction) : fraction) * (double)rows,
         nearest = round(exact);
  double slack = (single ? 0x1p-23 : 0x1p-50) * (double)rows;
  return (int64_t)(fabs(exact - nearest) <= (slack < 0.25 ? slack : 0.25) ? nearest : floor(exact));
}

static NORETURN void refuse_cut(Vm *vm, const CallSite *site, double at, int64_t rows) {
  Text text = {0};
  text_number(&text, at);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, site_at(site, 1),
            "a split is a fraction of the rows from 0 to 1, this is %s", text.data);
  if (at > 1 && at == floor(at))
    diag_help(&diag, "rows: %s takes that many of the %lld", text.data, (long long)rows);
  text_free(&text);
  raise_diag(vm, &diag);
}

/* Where to cut: after a fraction or a number of rows. */
static int64_t cut_at(Vm *vm, const CallSite *site, const Value *args, int64_t rows) {
  if (data_given(args[1]) == data_given(args[2]))
    raise_help(vm, site->span, "split(d, 0.8) or split(d, rows: 100)",
               "a split needs a fraction or `rows:`, %s",
               data_given(args[1]) ? "not both" : "neither is given");
  if (data_given(args[2])) {
    int64_t first = value_as_index(vm, site_at(site, 2), args[2]);
    if (first < 0 || first > rows)
      raise_at(vm, site_at(site, 2), "`rows:` must be from 0 to the number of rows, %lld, not %lld",
               (long long)rows, (long long)first);
    return first;
  }
  double at = value_as_number(vm, site_at(site, 1), args[1]);
  if (!(at >= 0 && at <= 1)) refuse_cut(vm, site, at, rows);
  bool single = value_is_tensor(args[1]) &&
                trace_type(vm, args[1], site_at(site, 1)).dtype == DTYPE_F32;
  return rows_in(at, single, rows);
}

/* ---- shuffle ---- */

static Value shuffled_list(Vm *vm, const ListObject *list, const int64_t *order) {
  Value result = value_list(vm, list->count);
  for (int64_t i = 0; i < list->count; i++)
    list_push(vm, result.list, value_retain(list->items[order[i]]));
  return result;
}

/* gd check: a column of the same type, in an unknown order. */
static Value column_in_some_order(Vm *vm, void *context, Value column) {
  const CallSite *site = context;
  Type type = trace_type(vm, column, site->span);
  return trace_result(vm->trace, trace_abstract(vm->trace, &type));
}

static Value in_some_order(Vm *vm, const CallSite *site, Value data) {
  void *context = (void *)(uintptr_t)site;
  if (data.kind == KIND_LIST) return (Value){.kind = KIND_UNKNOWN};
  if (data.kind != KIND_DATASET) return column_in_some_order(vm, context, data);
  return dataset_turned(vm, data.dataset, column_in_some_order, context);
}

Value native_shuffle(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Value data = args[0];
  if (data.kind == KIND_UNKNOWN) raise_unknown(vm);
  bool list = data.kind == KIND_LIST;
  if (!list && data.kind != KIND_DATASET && !value_is_tensor(data))
    raise_no_tensor(vm, site_at(site, 0), data, "a data set, a tensor or a list can be shuffled",
                    NULL);
  if (vm->checking) return in_some_order(vm, site, data);
  int64_t rows = list ? data.list->count : value_rows(vm, site_at(site, 0), data);
  Tensor places; /* for its memory to count */
  Diag diag = {0};
  if (!tensor_new(&places, DTYPE_F64, &(Shape){1, {rows}}, &diag)) data_fail(vm, site, &diag);
  Value kept = value_tensor(vm, places);
  int64_t *order = tensor_data(&places);
  RngStream stream = rng_stream(vm->seed, vm->draws++, 0);
  rng_permutation(&stream, rows, order);
  vm_poll_signals(vm);
  Value result = list ? shuffled_list(vm, data.list, order)
                      : rows_chosen(vm, site, data, order, rows);
  value_release(vm, kept);
  return result;
}

Value native_batches(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_UNKNOWN) raise_unknown(vm);
  Value data = args[0];
  if (value_is_tensor(data)) {
    Value column = value_retain(data);
    data = dataset_new(vm, site, &column, 1);
  } else if (data.kind != KIND_DATASET) {
    raise_no_tensor(vm, site_at(site, 0), data, "batches of a data set or a tensor", NULL);
  } else {
    value_retain(data);
  }
  int64_t rows = value_as_index(vm, site_at(site, 1), args[1]);
  if (rows < 1) raise_at(vm, site_at(site, 1), "a batch must have at least 1 row");
  Value made = dataset_copy(vm, KIND_BATCHES, data.dataset);
  made.dataset->batch = rows;
  value_release(vm, data);
  return made;
}

/* ---- classes of rows ---- */

/* Which class each row is of, for a split in proportion. */
typedef struct Groups {
  Value held;     /* the tensor whose elements `of` and `order` are */
  int64_t *of;    /* by row */
  int64_t *order; /* room for as many */
  int64_t rows, count;
  int64_t *sizes; /* by class; owned by `sized` */
  Value sized;
} Groups;

/* Room for so many whole numbers, held by a value, so that it counts and is freed. */
static void *room_for(Vm *vm, const CallSite *site, int64_t count, Value *held) {
  Tensor room;
  Diag diag = {0};
  if (!tensor_new(&room, DTYPE_F64, &(Shape){1, {count}}, &diag)) data_fail(vm, site, &diag);
  *held = value_tensor(vm, room);
  return tensor_data(&held->tensor->tensor);
}

static NORETURN void refuse_by(Vm *vm, const CallSite *site, int index, const char *why) {
  raise_help(vm, site_at(site, index), "by: d.y, or by: \"column\"",
             "`by:` must be the class of each row, %s", why);
}

static double class_at(Vm *vm, const CallSite *site, int index, const Tensor *classes,
                       int64_t row) {
  double value = tensor_get(classes, row);
  if (value == floor(value)) return value;
  refuse_by(vm, site, index, "whole numbers; these have fractions");
}

/* The same numbers in another order: their hashes have one sum. */
static bool reordered(const Tensor *a, const Tensor *b) {
  uint64_t sum = 0;
  bool moved = false;
  for (int64_t i = 0; i < a->shape.dim[0]; i++) {
    double numbers[2] = {tensor_get(a, i), tensor_get(b, i)};
    uint64_t bits[2];
    memcpy(bits, numbers, sizeof bits);
    moved |= numbers[0] != numbers[1];
    sum += hash_mix(bits[0], 0) - hash_mix(bits[1], 0);
  }
  return moved && sum == 0;
}

/* split(shuffle(d), 0.8, by: d.y): the classes are in the order from before the shuffle. */
static void want_same_order(Vm *vm, const CallSite *site, Value data, Tensor *by, int index) {
  if (data.kind != KIND_DATASET || data.dataset->count < 2) return;
  Tensor own = trace_elements(vm, data.dataset->columns[1], site_at(site, index));
  bool other = own.shape.rank == 1 && reordered(&own, by);
  tensor_release(&own);
  if (!other) return;
  tensor_release(by);
  raise_help(
      vm, site_at(site, index),
      "let s = shuffle(d), then by: s.y; or by: \"y\", the name of the column",
      "`by:` has the classes of these rows in another order, for example from before a shuffle");
}

static Tensor by_tensor(Vm *vm, const CallSite *site, Value data, Value by, int index,
                        int64_t rows) {
  if (by.kind != KIND_STRING && !value_is_tensor(by))
    refuse_by(vm, site, index, "a tensor of one for each row or the name of a column");
  if (by.kind == KIND_STRING && data.kind != KIND_DATASET)
    refuse_by(vm, site, index, "and a tensor has no columns with names");
  Value column = by.kind == KIND_STRING
                     ? dataset_column(vm, site_at(site, index), data, by.string->data)
                     : value_retain(by);
  Tensor classes = trace_elements(vm, column, site_at(site, index));
  value_release(vm, column);
  if (classes.shape.rank == 1 && classes.shape.dim[0] == rows) {
    if (by.kind != KIND_STRING) want_same_order(vm, site, data, &classes, index);
    return classes;
  }
  char shape[200];
  shape_show(&classes.shape, shape);
  tensor_release(&classes);
  raise_at(vm, site_at(site, index), "`by:` has a class for each of the %lld rows, this is %s",
           (long long)rows, shape);
}

/* Numbers 0 to count - 1 in the order of their keys, the lower number first of equal ones: a merge
 * sort that can be interrupted. */
static int64_t *in_order(Vm *vm, const CallSite *site, const double *keys, int64_t count,
                         Value *held) {
  int64_t *from = room_for(vm, site, 2 * count, held), *to = from + count;
  for (int64_t i = 0; i < count; i++) from[i] = i;
  for (int64_t width = 1; width < count; width *= 2) {
    for (int64_t first = 0; first < count; first += 2 * width) {
      int64_t middle = first + width < count ? first + width : count,
              end = middle + width < count ? middle + width : count, a = first, b = middle;
      for (int64_t i = first; i < end && !vm_stops(vm); i++)
        to[i] = b == end || (a < middle && keys[from[a]] <= keys[from[b]]) ? from[a++] : from[b++];
    }
    vm_poll_signals(vm);
    int64_t *done = to;
    to = from;
    from = done;
  }
  return from;
}

/* The different values met, numbered as they are met: places[…] is a value's number plus 1. */
typedef struct Met {
  double *values;
  int64_t *places;
  int64_t count, room; /* the room is a power of two, at most half of it taken */
  Value values_held, places_held;
} Met;

static int64_t *place_of(const Met *met, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint64_t at = hash_mix(bits, 0);
  for (;; at++) {
    int64_t *place = &met->places[at & (uint64_t)(met->room - 1)];
    if (*place == 0 || met->values[*place - 1] == value) return place;
  }
}

static void met_grow(Vm *vm, const CallSite *site, Met *met) {
  Met more = {.count = met->count, .room = met->room ? 2 * met->room : 64};
  more.values = room_for(vm, site, more.room / 2, &more.values_held);
  more.places = room_for(vm, site, more.room, &more.places_held);
  memset(more.places, 0, (size_t)more.room * sizeof *more.places);
  for (int64_t i = 0; i < met->count; i++) {
    more.values[i] = met->values[i];
    *place_of(&more, more.values[i]) = i + 1;
  }
  value_release(vm, met->values_held);
  value_release(vm, met->places_held);
  *met = more;
}

static int64_t met_number(Vm *vm, const CallSite *site, Met *met, double value) {
  if (2 * met->count >= met->room) met_grow(vm, site, met);
  int64_t *place = place_of(met, value);
  if (*place == 0) {
    met->values[met->count] = value;
    *place = ++met->count;
  }
  return *place - 1;
}

/* Numbers the classes by their values. */
static Groups groups_of(Vm *vm, const CallSite *site, Value data, Value by, int index,
                        int64_t rows) {
  Groups groups = {.rows = rows};
  Met met = {.values_held = value_none(), .places_held = value_none()};
  Tensor classes = by_tensor(vm, site, data, by, index, rows);
  Value classes_held = value_tensor(vm, classes), order_held, rank_held;
  groups.of = room_for(vm, site, 2 * rows, &groups.held);
  groups.order = groups.of + rows;
  for (int64_t row = 0; row < rows; row++) {
    vm_poll_signals(vm);
    double value = class_at(vm, site, index, &classes, row) + 0.0; /* -0 is 0 */
    groups.of[row] = met_number(vm, site, &met, value);
  }
  const int64_t *order = in_order(vm, site, met.values, met.count, &order_held);
  int64_t *rank = room_for(vm, site, met.count, &rank_held);
  for (int64_t i = 0; i < met.count; i++) rank[order[i]] = i;
  groups.count = met.count;
  groups.sizes = room_for(vm, site, groups.count, &groups.sized);
  for (int64_t i = 0; i < groups.count; i++) groups.sizes[i] = 0;
  for (int64_t row = 0; row < rows; row++) {
    groups.of[row] = rank[groups.of[row]];
    groups.sizes[groups.of[row]]++;
  }
  value_release(vm, classes_held);
  value_release(vm, met.values_held);
  value_release(vm, met.places_held);
  value_release(vm, order_held);
  value_release(vm, rank_held);
  return groups;
}

static void groups_free(Vm *vm, const Groups *groups) {
  value_release(vm, groups->held);
  value_release(vm, groups->sized);
}

/* ---- split ---- */

/* How much a class is owed once `taken` of its rows are in the first part; a class is emptied, and
 * taken whole, only when no other can give. */
static double owed(const Groups *groups, int64_t i, int64_t first, int64_t taken, bool more) {
  int64_t size = groups->sizes[i];
  double rest = (double)size * (double)first / (double)groups->rows - (double)taken;
  return (more ? rest : -rest) - ((more ? taken == size - 1 : taken == 1) ? 1e6 : 0);
}

/* How many of each class go into the first part: its share rounded down, at least one, and at least
 * one left where there are two; then in rounds one more, or less, of those owed most until there
 * are `first` in all. */
static void share(Vm *vm, const CallSite *site, const Groups *groups, int64_t first,
                  int64_t *taken) {
  int64_t total = 0;
  for (int64_t i = 0; i < groups->count; i++) {
    int64_t size = groups->sizes[i], most = size > 1 ? size - 1 : size;
    taken[i] = (int64_t)((double)size * (double)first / (double)groups->rows);
    if (taken[i] < 1) taken[i] = 1;
    if (taken[i] > most) taken[i] = most;
    total += taken[i];
  }
  Value keys_held, order_held;
  double *keys = room_for(vm, site, groups->count, &keys_held);
  while (total != first) {
    bool more = total < first;
    for (int64_t i = 0; i < groups->count; i++)
      keys[i] = taken[i] == (more ? groups->sizes[i] : 0) ? INFINITY
                                                          : -owed(groups, i, first, taken[i], more);
    const int64_t *order = in_order(vm, site, keys, groups->count, &order_held);
    for (int64_t i = 0; i < groups->count && total != first && keys[order[i]] < INFINITY; i++) {
      taken[order[i]] += more ? 1 : -1;
      total += more ? 1 : -1;
    }
    value_release(vm, order_held);
  }
  value_release(vm, keys_held);
}

/* The rows of the first part, then those of the second, each in order. */
static int64_t order_by_class(Vm *vm, const CallSite *site, Groups *groups, int64_t first) {
  Value held;
  int64_t *taken = room_for(vm, site, groups->count, &held);
  share(vm, site, groups, first, taken);
  int64_t front = 0, total = 0;
  for (int64_t i = 0; i < groups->count; i++) total += taken[i];
  int64_t back = total;
  for (int64_t row = 0; row < groups->rows; row++) {
    bool in_first = taken[groups->of[row]] > 0;
    taken[groups->of[row]] -= in_first;
    groups->order[in_first ? front++ : back++] = row;
  }
  value_release(vm, held);
  return total;
}

static Value rows_in_part(Vm *vm, const CallSite *site, Value data, int64_t first, int64_t rows) {
  Between between = {site->span, first, rows};
  return data.kind == KIND_DATASET ? dataset_turned(vm, data.dataset, column_between, &between)
                                   : column_between(vm, &between, data);
}

Value data_split(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Value data = args[0];
  for (int i = 0; i < 4; i++)
    if (args[i].kind == KIND_UNKNOWN) raise_unknown(vm);
  if (data.kind != KIND_DATASET && !value_is_tensor(data))
    raise_kind(vm, site_at(site, 0), data, "a data set, a tensor or a string can be split", NULL);
  int64_t rows = value_rows(vm, site_at(site, 0), data), first = cut_at(vm, site, args, rows);
  Value pair = value_tuple(vm, 2);
  if (!data_given(args[3]) || vm->checking || first == 0 || first == rows) {
    for (int i = 0; i < 2; i++)
      pair.tuple->items[i] = rows_in_part(vm, site, data, i ? first : 0, i ? rows - first : first);
    return pair;
  }
  Groups groups = groups_of(vm, site, data, args[3], 3, rows);
  first = order_by_class(vm, site, &groups, first);
  pair.tuple->items[0] = rows_chosen(vm, site, data, groups.order, first);
  pair.tuple->items[1] = rows_chosen(vm, site, data, groups.order + first, rows - first);
  groups_free(vm, &groups);
  return pair;
}

/* ---- folds ---- */

/* The rows dealt out class by class: which fold each is in. */
static void deal(Groups *groups, int64_t folds) {
  int64_t place = 0;
  for (int64_t i = 0; i < groups->count; i++) { /* sizes become places in the order of classes */
    int64_t size = groups->sizes[i];
    groups->sizes[i] = place;
    place += size;
  }
  for (int64_t row = 0; row < groups->rows; row++)
    groups->of[row] = groups->sizes[groups->of[row]]++ % folds;
}

/* Without classes: stretches of rows. */
static void deal_stretches(Groups *groups, int64_t folds) {
  int64_t size = groups->rows / folds, longer = groups->rows % folds;
  for (int64_t row = 0, fold = 0, left = size + (longer > 0); row < groups->rows; row++) {
    if (left-- == 0) {
      fold++;
      left = size + (fold < longer) - 1;
    }
    groups->of[row] = fold;
  }
}

static Value fold_pair(Vm *vm, const CallSite *site, Value data, Groups *groups, int64_t fold) {
  int64_t rest = 0, held = 0;
  for (int64_t row = 0; row < groups->rows; row++) rest += groups->of[row] != fold;
  for (int64_t row = 0, at = 0; row < groups->rows; row++)
    groups->order[groups->of[row] == fold ? rest + held++ : at++] = row;
  Value pair = value_tuple(vm, 2);
  pair.tuple->items[0] = rows_chosen(vm, site, data, groups->order, rest);
  pair.tuple->items[1] = rows_chosen(vm, site, data, groups->order + rest, held);
  return pair;
}

static Value fold_types(Vm *vm, const CallSite *site, Value data, int64_t rows, int64_t held) {
  Value pair = value_tuple(vm, 2);
  pair.tuple->items[0] = rows_in_part(vm, site, data, 0, rows - held);
  pair.tuple->items[1] = rows_in_part(vm, site, data, 0, held);
  return pair;
}

Value native_folds(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Value data = args[0];
  for (int i = 0; i < 3; i++)
    if (args[i].kind == KIND_UNKNOWN) raise_unknown(vm);
  if (data.kind != KIND_DATASET && !value_is_tensor(data))
    raise_no_tensor(vm, site_at(site, 0), data, "folds of a data set or a tensor", NULL);
  int64_t rows = value_rows(vm, site_at(site, 0), data);
  int64_t folds = value_as_index(vm, site_at(site, 1), args[1]);
  if (folds < 2 || folds > rows)
    raise_at(vm, site_at(site, 1),
             "the number of folds must be from 2 to the number of rows, %lld, not %lld",
             (long long)rows, (long long)folds);
  Value list = value_list(vm, folds);
  if (vm->checking) {
    for (int64_t i = 0; i < folds; i++)
      list_push(vm, list.list, fold_types(vm, site, data, rows, rows / folds + (i < rows % folds)));
    return list;
  }
  Groups groups = {.rows = rows, .held = value_none(), .sized = value_none()};
  if (data_given(args[2])) {
    groups = groups_of(vm, site, data, args[2], 2, rows);
    deal(&groups, folds);
  } else {
    groups.of = room_for(vm, site, 2 * rows, &groups.held);
    groups.order = groups.of + rows;
    deal_stretches(&groups, folds);
  }
  for (int64_t i = 0; i < folds; i++)
    list_push(vm, list.list, fold_pair(vm, site, data, &groups, i));
  groups_free(vm, &groups);
  return list;
}
