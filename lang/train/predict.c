/* predict.c — a saved net on the rows of a table: gd predict NET.safetensors NEW.csv.
 *
 * The net is rebuilt from its file and reads each piece of the table in the same way as the data
 * that it was trained on.  The target decides what its outputs mean: for K classes they are scores
 * for a softmax; one output for two classes is a logit; outputs that a softmax or sigmoid made, as
 * `is_probability` has it, are the probabilities, and those of log_sigmoid their logarithms; for a
 * numeric target the output is the prediction.
 */
#include "lang/train/predict.h"
#include "runtime/files.h"
#include "runtime/io/csv.h"
#include "runtime/io/csv_stream.h"

#include "lang/data/shown.h"
#include "lang/data/table.h"
#include "lang/eval/call.h"
#include "lang/machine/call_site.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/models/load.h"
#include "lang/tensors/operation.h"
#include "lang/tensors/probable.h"
#include "lang/tensors/trace_value.h"
#include "lang/text/output.h"
#include "lang/values/dict.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#ifdef GD_HARSH
enum { PIECE_BYTES = 64 };
#else
enum { PIECE_BYTES = 4 << 20 };
#endif
enum { ROWS_AT_ONCE = 4096, CLASSES_MOST = 65536 };

typedef enum Meaning { MEANS_NUMBERS, MEANS_SCORES, MEANS_LOGIT } Meaning;

/* A prediction under way; freed whatever happens. */
typedef struct Predicting {
  Held held;
  Vm *vm;
  const Prediction *order;
  CallSite site;
  Value net;
  Schema *schema;             /* held */
  const SchemaColumn *target; /* NULL: the data had none */
  Meaning meaning;
  int64_t outputs; /* 0: not known yet */
  CsvStream stream;
  Writer writer;
  bool opened; /* the writer */
  Csv csv;
  Bytes piece; /* of the table */
  Arena arena; /* the table's own cells */
  char **cells;
  Text text;
  bool told;
  Diag diag;
} Predicting;

static void predicting_free(Held *held) {
  Predicting *now = (Predicting *)(void *)held;
  csv_free(&now->csv);
  csv_stream_close(&now->stream);
  bytes_free(&now->piece);
  arena_free(&now->arena);
  if (now->opened) writer_abandon(&now->writer);
  schema_release(now->schema);
  text_free(&now->text);
  mem_free(now);
}

static NORETURN void fail(Predicting *now) { raise_diag(now->vm, &now->diag); }

/* ---- writing ---- */

static void flush(Predicting *now) {
  size_t done = 0;
  if (now->opened) {
    if (!writer_add(&now->writer, now->text.data, now->text.length, &now->diag)) fail(now);
  } else if (now->text.length && !output_add(now->text.data, now->text.length, &done)) {
    vm_poll_signals(now->vm);
    diag_fail(&now->diag, STATUS_IO, (Span){0, 0, 0}, "standard output cannot be written: %s",
              strerror(errno));
    now->diag.silent = errno == EPIPE; /* the reader has closed the pipe */
    fail(now);
  }
  now->text.length = 0;
}

/* Is there a column of this name, as a cell, among those that are kept? */
static bool is_kept(const Predicting *now, const char *cell) {
  const char *names = now->cells ? now->cells[0] : "";
  size_t length = strlen(cell);
  for (const char *at = names; (at = strstr(at, cell)); at++)
    if ((at == names || at[-1] == ',') && (at[length] == ',' || !at[length])) return true;
  return false;
}

/* Names a column that is predicted, with a number behind where the table has such a column. */
static void write_name(Predicting *now, const char *name) {
  Text cell = {0}, other = {0};
  shown_cell(&cell, name);
  for (int i = 2; is_kept(now, cell.data); i++) {
    other.length = cell.length = 0;
    text_format(&other, "%s_%d", name, i);
    shown_cell(&cell, other.data);
  }
  text_string(&now->text, cell.data);
  text_free(&other);
  text_free(&cell);
}

static void write_names(Predicting *now) {
  Text *text = &now->text;
  if (now->cells) text_format(text, "%s,", now->cells[0]);
  if (now->meaning == MEANS_NUMBERS) {
    for (int64_t k = 0; k < now->outputs; k++) {
      char name[40] = "prediction";
      if (now->outputs > 1) snprintf(name, sizeof name, "prediction%lld", (long long)k);
      if (k) text_char(text, ',');
      write_name(now, name);
    }
  } else {
    write_name(now, "prediction");
    for (int64_t k = 0; k < now->target->class_count; k++) {
      Text name = {0};
      text_format(&name, "p=%s", now->target->classes[k]);
      text_char(text, ',');
      write_name(now, name.data);
      text_free(&name);
    }
  }
  text_char(text, '\n');
}

static void write_classes(Predicting *now, const Tensor *y, int64_t row) {
  int64_t classes = now->target->class_count, best = 0;
  double *p = arena_take(&now->arena, (size_t)classes * sizeof *p);
  if (now->meaning == MEANS_LOGIT) {
    p[1] = tensor_get(y, row);
    p[0] = 1 - p[1];
  } else {
    for (int64_t k = 0; k < classes; k++) p[k] = tensor_get(y, row * classes + k);
  }
  for (int64_t k = 1; k < classes; k++)
    if (p[k] > p[best]) best = k;
  shown_cell(&now->text, now->target->classes[best]);
  for (int64_t k = 0; k < classes; k++) {
    text_char(&now->text, ',');
    shown_number(&now->text, y->dtype == DTYPE_F32 ? (double)(float)p[k] : p[k], y->dtype);
  }
}

static void write_rows(Predicting *now, const Tensor *y, int64_t first, int64_t rows) {
  for (int64_t row = 0; row < rows; row++) {
    if (now->cells) text_format(&now->text, "%s,", now->cells[1 + first + row]);
    if (now->meaning != MEANS_NUMBERS) write_classes(now, y, row);
    for (int64_t k = 0; k < now->outputs && now->meaning == MEANS_NUMBERS; k++) {
      if (k) text_char(&now->text, ',');
      shown_number(&now->text, tensor_get(y, row * now->outputs + k), y->dtype);
    }
    text_char(&now->text, '\n');
  }
}

/* ---- what the outputs mean ---- */

static void find_meaning(Predicting *now, const Tensor *y, int64_t rows) {
  char shape[200];
  int64_t outputs = y->shape.rank && y->shape.dim[0] == rows ? tensor_count(y) / rows : 0;
  int64_t classes = now->target && now->target->text ? now->target->class_count : 0;
  bool fine = outputs > 0 && outputs <= CLASSES_MOST;
  now->outputs = outputs;
  now->meaning = !classes                       ? MEANS_NUMBERS
                 : outputs == 1 && classes == 2 ? MEANS_LOGIT
                                                : MEANS_SCORES;
  if (now->meaning == MEANS_SCORES &&
      (outputs != classes || y->shape.dim[y->shape.rank - 1] != classes))
    fine = false;
  if (fine) return;
  diag_fail(&now->diag, STATUS_FAILED, (Span){0, 0, 0},
            "the net gives %s for %lld rows, which does not match the %lld classes of \"%.64s\"",
            shape_show(&y->shape, shape), (long long)rows, (long long)classes,
            now->target ? now->target->name : "a target");
  fail(now);
}

/* Several outputs for one target that is numbers may be scores of classes that nobody declared. */
static void tell_numbers(const Predicting *now) {
  char what[200], help[CSV_MEND];
  const char *name = now->target ? now->target->name : "";
  if (!now->target || now->target->text || now->outputs < 2) return;
  text_print(what, sizeof what, "%lld outputs for a target, \"%.60s\", that is numbers",
             (long long)now->outputs, name);
  csv_mend("if they are scores of classes, train with csv(path, kinds: (@: \"class\"), …): "
           "predictions are classes then",
           name, dict_key_is_name(name), help);
  data_notice(now->vm, &now->site, now->order->net, what, help);
}

/* Probabilities of scores, as the language's own functions have them: a script that calls them gets
 * the same bits. */
static Value probabilities(Predicting *now, Value scores) {
  if (now->meaning == MEANS_NUMBERS || probable_value(now->vm, scores)) return value_retain(scores);
  if (probable_logarithm(now->vm, scores))
    return operation_call(now->vm, &now->site, ops_find("exp"), &scores, 1);
  const char *name = now->meaning == MEANS_LOGIT ? "sigmoid" : "softmax";
  Value args[2] = {scores, value_number(-1)}; /* the axis of a softmax */
  return operation_call(now->vm, &now->site, ops_find(name), args,
                        now->meaning == MEANS_LOGIT ? 1 : 2);
}

static void predict_block(Predicting *now, Value x, int64_t first, int64_t rows) {
  Vm *vm = now->vm;
  Value given = vm_call(vm, &now->site, now->net, &x, 1);
  Tensor y = trace_elements(vm, given, now->site.span);
  Value held = value_tensor(vm, y);
  bool begins = !now->outputs;
  if (begins) {
    find_meaning(now, &y, rows);
    tell_numbers(now);
    write_names(now);
  }
  Value told = probabilities(now, given);
  Tensor shown = trace_elements(vm, told, now->site.span);
  Value shown_held = value_tensor(vm, shown);
  write_rows(now, &shown, first, rows);
  flush(now);
  value_release(vm, shown_held);
  value_release(vm, told);
  value_release(vm, held);
  value_release(vm, given);
}

static void predict_piece(Predicting *now) {
  Vm *vm = now->vm;
  Tensor x = now->csv.x;
  int64_t rows = x.shape.dim[0], columns = x.shape.dim[1];
  for (int64_t first = 0; first < rows; first += ROWS_AT_ONCE) {
    int64_t many = rows - first < ROWS_AT_ONCE ? rows - first : ROWS_AT_ONCE;
    Shape shape = shape_of(2, (int64_t[]){many, columns});
    Value block = value_tensor(vm, tensor_view(&x, &shape, first * columns));
    vm_poll_signals(vm);
    predict_block(now, block, first, many);
    value_release(vm, block);
  }
}

/* ---- reading ---- */

static bool is_blank(const Bytes *bytes, size_t from) {
  for (size_t i = from; i < bytes->length; i++)
    if (!strchr(" \t\r\n", bytes->data[i])) return false;
  return true;
}

/* What helps is an option of `csv`, which this command has not. */
static void help_in_script(Predicting *now) {
  char call[120];
  text_print(call, sizeof call, "csv(path, like: \"%.80s\")", now->order->net);
  data_help_in_script(&now->diag, call);
}

static bool read_piece(Predicting *now, size_t moved_at, int64_t moved_by) {
  CsvOptions options = {.like = now->schema,
                        .dtype = now->vm->real,
                        .features_only = true,
                        .is_word = dict_key_is_name,
                        .moved_at = moved_at,
                        .moved_by = moved_by};
  const char *path = now->order->table;
  Bytes copy = {.data = mem_alloc(now->piece.length + 1), .length = now->piece.length};
  memcpy(copy.data, now->piece.data, now->piece.length + 1);
  if (!csv_read_bytes(copy, path, &options, &now->csv, &now->diag)) {
    help_in_script(now);
    return false;
  }
  if (!now->told) data_notice(now->vm, &now->site, path, now->csv.notice, NULL);
  now->told = true;
  arena_reset(&now->arena);
  now->cells = NULL;
  return !now->order->keep ||
         csv_stream_cells(&now->piece, &now->schema->form, moved_by, tensor_data(&now->csv.lines),
                          now->csv.x.shape.dim[0], &now->arena, &now->cells, &now->diag);
}

static void predict_all(Predicting *now) {
  for (int64_t pieces = 0;; pieces++) {
    size_t moved_at = 0;
    int64_t moved_by = 0;
    if (!csv_stream_next(&now->stream, &now->piece, &moved_at, &moved_by, &now->diag)) fail(now);
    bool end = !now->piece.length;
    if (end && pieces) return;
    if (end) /* a table without rows says so */
      now->piece =
          (Bytes){(uint8_t *)mem_text(now->stream.header.data ? now->stream.header.data : "",
                                      now->stream.header.length),
                  now->stream.header.length, 0};
    if (!pieces || !is_blank(&now->piece, moved_at)) {
      if (!read_piece(now, moved_at, moved_by)) fail(now);
      predict_piece(now);
      csv_free(&now->csv);
    }
    bytes_free(&now->piece);
  }
}

static NORETURN void refuse_stack(Predicting *now) {
  diag_fail(&now->diag, STATUS_FAILED, (Span){0, 0, 0},
            "`%.200s` holds %d nets, stacked by stack_models: gd predict takes the file of one",
            now->order->net, (int)now->net.model->stacked);
  diag_help(&now->diag, "in a script: let nets = load(\"%.200s\"), vmap(fn(net) = net(x))(nets)",
            now->order->net);
  fail(now);
}

static void open_all(Predicting *now) {
  Vm *vm = now->vm;
  Value path = value_string(vm, now->order->net, strlen(now->order->net));
  Dtype real;
  now->net = load_net(vm, &now->site, path, &real);
  if (now->net.model->stacked) refuse_stack(now);
  vm->real = real; /* the table is read, and the net computes, as when it was saved */
  now->schema = table_schema(vm, &now->site, 0, path);
  for (int64_t i = 0; i < now->schema->count && now->schema->target_count == 1; i++)
    if (now->schema->columns[i].target) now->target = &now->schema->columns[i];
  if (!csv_stream_open(&now->stream, &vm->files, now->order->table, &now->schema->form, PIECE_BYTES,
                       &now->diag))
    fail(now);
  if (!now->order->out) return;
  if (!writer_open(&now->writer, &vm->files, now->order->out, &now->diag)) fail(now);
  now->opened = true;
}

void predict_run(Vm *vm, const Prediction *prediction) {
  Predicting *now = mem_zero(sizeof *now);
  *now = (Predicting){
      .held.free_whole = predicting_free, .vm = vm, .order = prediction, .stream.parts.file = -1};
  vm_hold(vm, &now->held);
  open_all(now);
  predict_all(now);
  if (now->opened) {
    now->opened = false;
    if (!writer_close(&now->writer, &now->diag)) fail(now);
  }
  vm_drop(vm, &now->held);
}
