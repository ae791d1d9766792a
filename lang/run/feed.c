/* feed.c — the rows of a training, in the order of the epoch, a minibatch at a time.
 *
 * Without `batch:` a step reads the data set in place.  With it, rows are copied into one minibatch
 * whose storage is the same for all steps (a shorter last one has its own), because the plans of
 * the steps point to it.  The order of an epoch is a permutation keyed by the training and the
 * epoch, so any epoch can be started directly.  For up to ORDER_MOST rows it is an array, and every
 * order is equally likely.  For more rows, rng_order computes row k of it on demand, so that it
 * takes no memory.
 *
 * Rows of a mapped file may have to be read from disk.  While recent steps had to wait for pages,
 * the rows of the next minibatch are prefetched, all at once, before the step of the current one
 * runs.
 */
#include "lang/run/feed.h"

#include "lang/data/data.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/run/run.h"
#include "lang/tensors/probable.h"
#include "lang/tensors/trace_value.h"
#include "runtime/files.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>

#ifdef GD_HARSH
enum { ORDER_MOST = 64 };
#else
enum { ORDER_MOST = 1 << 20 };
#endif
enum { ASK_FOR = 64 /* minibatches after a wait */ };
enum { GROUP_BYTES = 1 << 16 /* of rows for one task */, FETCH_MOST = 4096, FETCH_LINE = 64 };

static NORETURN void raise_data(TrainRun *run, Span span, const char *what, Value value) {
  bool share = value.kind == KIND_NUMBER && span.start != run->ast->b->span.start;
  raise_help(run->vm, span,
             share ? "let (rest, held) = split(shuffle(data), 0.8), then `validate: held`"
                   : "dataset(x, y) makes a data set of tensors",
             "%s must be a data set or a tensor, this is %s", what, kind_name(value));
}

static NORETURN void raise_item(TrainRun *run, Span span, const char *what, Value item) {
  const char *help = item.kind == KIND_DATASET
                         ? "give the data set itself, without a tuple"
                         : "a tuple of tensors with one row for each row of data, or dataset(x, y)";
  raise_help(run->vm, span, help, "%s is a tuple, and it holds %s where a tensor is expected", what,
             kind_name(item));
}

/* The columns of a data set, a tensor, or a tuple of tensors. */
static int columns_of(TrainRun *run, Span span, const char *what, Value value, Tensor *columns,
                      float *probable) {
  Vm *vm = run->vm;
  const Value *items = &value;
  int count = 1;
  if (value.kind == KIND_DATASET || value.kind == KIND_BATCHES) {
    items = value.dataset->columns;
    count = value.dataset->count;
  } else if (value.kind == KIND_TUPLE) {
    items = value.tuple->items;
    count = value.tuple->count;
  } else if (!value_is_tensor(value)) {
    if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
    raise_data(run, span, what, value);
  }
  if (count < 1 || count > 8)
    raise_at(vm, span, "%s has %d columns: 1 to 8 are allowed", what, count);
  for (int i = 0; i < count; i++) {
    if (!value_is_tensor(items[i])) raise_item(run, span, what, items[i]);
    Type type = trace_type(vm, items[i], span);
    if (type.shape.rank == 0)
      raise_at(vm, span, "%s has a column that is a scalar: it has no rows", what);
    columns[i] = vm->checking ? (Tensor){.dtype = type.dtype, .shape = type.shape}
                              : trace_elements(vm, items[i], span);
    probable[i] = probable_bound(vm, items[i]);
    if (columns[i].shape.dim[0] != columns[0].shape.dim[0])
      raise_at(vm, span, "the columns of %s have different numbers of rows: %lld and %lld", what,
               (long long)columns[0].shape.dim[0], (long long)columns[i].shape.dim[0]);
  }
  return count;
}

static RowSource source_of(Span span, const char *what, Value data, const Tensor *columns) {
  RowSource source = {.span = span, .what = what, .columns = columns};
  bool known = data.kind == KIND_DATASET && data.dataset->lines.kind == KIND_TENSOR &&
               data.dataset->lines.tensor->tensor.buffer;
  if (data.kind == KIND_DATASET && data.dataset->names.kind == KIND_LIST)
    source.names = data.dataset->names.list;
  if (known) source.lines = &data.dataset->lines.tensor->tensor;
  if (known) source.file = data.dataset->source;
  return source;
}

/* Several names for the elements of one tensor would be its rows, whenever there are as many. */
static void want_columns(TrainRun *run, Value data) {
  if (run->column_count > 1 || run->pattern->text) return;
  bool set = data.kind == KIND_DATASET || data.kind == KIND_BATCHES;
  raise_help(run->vm, run->pattern->span,
             set ? "csv(path, target: \"name\") makes a column of the table the target y"
                 : "dataset(x, y) makes a data set of two tensors",
             "the pattern has %u name%s, the data is one tensor", run->pattern->count,
             run->pattern->count == 1 ? "" : "s");
}

void feed_open(TrainRun *run, Value data, Value validate, const Ast *validates) {
  run->data_value = value_retain(data);
  run->column_count = columns_of(run, run->ast->b->span, "the data", data, run->columns,
                                 run->probable);
  want_columns(run, data);
  run->rows = run->columns[0].shape.dim[0];
  if (run->rows == 0) raise_at(run->vm, run->ast->b->span, "the data has no rows");
  run->source = source_of(run->ast->b->span, "the data", data, run->columns);
  if (!validates) return;
  run->validate_value = value_retain(validate);
  run->validate_count = columns_of(run, validates->span, "the validation data", validate,
                                   run->validate, run->validate_probable);
  run->validate_rows = run->validate[0].shape.dim[0];
  if (run->validate_count != run->column_count)
    raise_at(run->vm, validates->span,
             "the validation data must have the columns of the data: %d, not %d", run->column_count,
             run->validate_count);
  if (run->validate_rows == 0)
    raise_at(run->vm, validates->span, "the validation data has no rows");
  run->val_source = source_of(validates->span, "the validation data", validate, run->validate);
}

bool feed_shuffles(const TrainRun *run) { return run->rows && run->batch && run->shuffle; }

static void check_columns(const TrainRun *run, const Tensor *columns, int count) {
  for (int i = 0; i < count; i++) {
    if (!mapped_is(&columns[i])) continue;
    Diag diag = {0};
    if (mapped_unchanged(&columns[i], &diag)) continue;
    diag.span = run->source.span;
    raise_diag(run->vm, &diag);
  }
}

void feed_check(TrainRun *run) {
  check_columns(run, run->columns, run->column_count);
  check_columns(run, run->validate, run->validate_count);
}

void feed_epoch(TrainRun *run) {
  if (!feed_shuffles(run)) return;
  RngStream stream = rng_stream(run->base.key_seed, (uint64_t)run->epoch, (uint64_t)1 << 62);
  run->is_keyed = run->rows > ORDER_MOST;
  int64_t kept = run->is_keyed && run->batch < run->rows ? run->batch : run->rows;
  if (!run->order) run->order = mem_alloc((size_t)kept * sizeof(int64_t));
  run->ordered = -1;
  if (run->is_keyed) run->keyed = rng_order(&stream, run->rows);
  else rng_permutation(&stream, run->rows, run->order);
  vm_poll_signals(run->vm);
}

/* The numbers of so many rows from a place of the order on; NULL: as they are stored. */
static const int64_t *rows_from(TrainRun *run, int64_t from, int64_t rows) {
  if (!run->order || !run->is_keyed) return run->order ? run->order + from : NULL;
  if (run->ordered != from || run->ordered_rows < rows)
    rng_order_some(&run->keyed, from, rows, run->order);
  run->ordered = from;
  run->ordered_rows = rows;
  return run->order;
}

/* Of a column that lies in a file, these rows. */
static void ask_rows(const Tensor *column, const int64_t *order, int64_t rows) {
  size_t bytes = tensor_bytes(column) / (size_t)column->shape.dim[0];
  for (int64_t i = 0; i < rows; i++) mapped_prefetch(column, (size_t)order[i] * bytes, bytes);
}

static void ask_ahead(TrainRun *run, int64_t rows) {
  bool mapped = false;
  for (int i = 0; i < run->column_count; i++) mapped |= mapped_is(&run->columns[i]);
  if (!mapped || !run->order) return;
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0) return;
  if (usage.ru_majflt != run->page_faults && run->total_steps > 0) run->prefetching = ASK_FOR;
  run->page_faults = usage.ru_majflt;
  if (run->prefetching <= 0) return;
  run->prefetching--;
  int64_t left = run->rows - run->at_row;
  const int64_t *order = rows_from(run, run->at_row, rows < left ? rows : left);
  for (int i = 0; i < run->column_count; i++)
    if (mapped_is(&run->columns[i])) ask_rows(&run->columns[i], order, rows < left ? rows : left);
}

/* A file that was cut is told where the data are given. */
static void poll_files(TrainRun *run) {
  if (LIKELY(!(vm_signal & SIGNAL_LOST))) return;
  run->vm->current_span = run->source.span;
  vm_poll_files(run->vm);
}

/* The storage for so many rows. */
static Tensor *columns_for(TrainRun *run, Minibatch *minibatch, const Tensor *columns, int count,
                           int64_t rows) {
  for (int i = 0; i < count && minibatch->rows != rows; i++) {
    Shape shape = columns[i].shape;
    shape.dim[0] = rows;
    tensor_release(&minibatch->columns[i]);
    Diag diag = {0};
    if (run->vm->checking)
      minibatch->columns[i] = (Tensor){.dtype = columns[i].dtype, .shape = shape};
    else if (!tensor_new(&minibatch->columns[i], columns[i].dtype, &shape, &diag))
      raise_diag(run->vm, &diag);
  }
  minibatch->rows = rows;
  return minibatch->columns;
}

/* Rows to copy one after the other; `order` points to the first of them. */
typedef struct Rows {
  const char *from;
  char *to;
  const int64_t *order;
  int64_t count, group; /* total; in one task of the team */
  size_t bytes;         /* of a row */
} Rows;

/* The next row is prefetched while one is copied: the hardware cannot predict its address. */
static void copy_group(void *context, int64_t task) {
  const Rows *rows = context;
  int64_t first = task * rows->group,
          end = first + rows->group < rows->count ? first + rows->group : rows->count;
  for (int64_t i = first; i < end; i++) {
    const char *next = rows->from + (size_t)rows->order[i + 1 < end ? i + 1 : i] * rows->bytes;
    for (size_t at = 0; at < rows->bytes && at < FETCH_MOST; at += FETCH_LINE)
      __builtin_prefetch(next + at);
    memcpy(rows->to + (size_t)i * rows->bytes, rows->from + (size_t)rows->order[i] * rows->bytes,
           rows->bytes);
  }
}

/* `count` rows: those of these numbers, or (NULL) from `first` on. */
static void copy_rows(const Tensor *from, Tensor *to, const int64_t *order, int64_t first,
                      int64_t count) {
  size_t bytes = tensor_bytes(from) / (size_t)from->shape.dim[0];
  if (!order) {
    memcpy(tensor_data(to), (const char *)tensor_data(from) + (size_t)first * bytes,
           (size_t)count * bytes);
    return;
  }
  Rows rows = {tensor_data(from),
               tensor_data(to),
               order,
               count,
               (int64_t)(GROUP_BYTES / (bytes + 1)) + 1,
               bytes};
  stop_shield(1); /* a minibatch is always copied whole */
  team_run((count + rows.group - 1) / rows.group, copy_group, &rows);
  stop_shield(-1);
}

bool feed_has_rows(const TrainRun *run) {
  int64_t left = run->rows - run->at_row;
  return run->drop_last && run->batch ? left >= run->batch : left > 0;
}

int64_t feed_next(TrainRun *run, Tensor columns[8]) {
  int64_t left = run->rows - run->at_row;
  if (left <= 0) return 0;
  int64_t rows = run->batch && run->batch < left ? run->batch : left;
  if (run->drop_last && run->batch && rows < run->batch) return 0;
  bool whole = rows == run->rows && !run->order;
  Tensor *batch = whole ? run->columns
                        : columns_for(run, &run->minibatch[rows != run->batch], run->columns,
                                      run->column_count, rows);
  const int64_t *order = whole || run->vm->checking ? NULL : rows_from(run, run->at_row, rows);
  for (int i = 0; i < run->column_count; i++) {
    if (!whole && !run->vm->checking)
      copy_rows(&run->columns[i], &batch[i], order, run->at_row, rows);
    columns[i] = batch[i];
  }
  run->source.order = whole || run->is_keyed ? NULL : run->order;
  run->source.keyed = run->is_keyed ? &run->keyed : NULL;
  run->source.first = run->at_row;
  run->source.end = run->at_row += rows;
  poll_files(run);
  ask_ahead(run, rows);
  return rows;
}

const int64_t *feed_order(TrainRun *run, int64_t from, int64_t rows) {
  return rows_from(run, from, rows);
}

void feed_room(TrainRun *run, Minibatch *part, int64_t rows) {
  columns_for(run, part, run->columns, run->column_count, rows);
}

void feed_copy(const TrainRun *run, const Minibatch *part, const int64_t *order, int64_t from,
               int64_t skip) {
  for (int i = 0; i < run->column_count; i++) {
    Tensor own = part->columns[i];
    copy_rows(&run->columns[i], &own, order ? order + skip : NULL, from + skip, part->rows);
  }
}

void feed_part(TrainRun *run, int64_t from, int64_t rows, Tensor columns[8]) {
  Minibatch *part = run->parts, *last = part + COUNT_OF(run->parts) - 1;
  while (part < last && part->rows && part->rows != rows) part++;
  feed_room(run, part, rows);
  if (!run->vm->checking) feed_copy(run, part, rows_from(run, from, rows), from, 0);
  for (int i = 0; i < run->column_count; i++) columns[i] = part->columns[i];
  run->source.order = run->is_keyed ? NULL : run->order;
  run->source.keyed = run->is_keyed ? &run->keyed : NULL;
  run->source.first = from;
  run->source.end = from + rows;
  poll_files(run);
}

int64_t feed_validate(TrainRun *run, int64_t from, Tensor columns[8]) {
  int64_t left = run->validate_rows - from;
  if (left <= 0) return 0;
  int64_t rows = run->batch && run->batch < left ? run->batch : left;
  bool whole = rows == run->validate_rows;
  Tensor *batch = whole ? run->validate
                        : columns_for(run, &run->val_minibatch[rows != run->batch], run->validate,
                                      run->validate_count, rows);
  for (int i = 0; i < run->validate_count; i++) {
    if (!whole && !run->vm->checking) copy_rows(&run->validate[i], &batch[i], NULL, from, rows);
    columns[i] = batch[i];
  }
  poll_files(run);
  run->val_source.first = from;
  run->val_source.end = from + rows;
  return rows;
}

uint64_t feed_digest(const Tensor *columns, int count) {
  uint64_t digest = count > 0;
  for (int i = 0; i < count; i++) {
    digest = hash_bytes(columns[i].shape.dim, sizeof columns[i].shape.dim, digest);
    digest = hash_bytes(tensor_data(&columns[i]), tensor_bytes(&columns[i]), digest);
  }
  return digest;
}

void feed_close(TrainRun *run) {
  for (int i = 0; i < 8; i++) {
    tensor_release(&run->columns[i]);
    tensor_release(&run->validate[i]);
    for (int k = 0; k < 2; k++) {
      tensor_release(&run->minibatch[k].columns[i]);
      tensor_release(&run->val_minibatch[k].columns[i]);
    }
    for (int k = 0; k < COUNT_OF(run->parts); k++) tensor_release(&run->parts[k].columns[i]);
  }
  mem_free(run->order);
  run->order = NULL;
  value_release(run->vm, run->data_value);
  value_release(run->vm, run->validate_value);
}

double feed_updates(const TrainRun *run) {
  double each = 1, steps = run->steps_most ? (double)run->steps_most : (double)INFINITY;
  if (run->rows) {
    double batch = run->batch ? (double)run->batch : (double)run->rows;
    each = ceil(ceil((double)run->rows / batch) / (double)run->accumulate);
  }
  double epochs = run->epochs_most ? (double)run->epochs_most * each : (double)INFINITY;
  double most = fmin(steps, epochs);
  return isfinite(most) ? most : 0;
}
