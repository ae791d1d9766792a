/* display.c — a value as the prompt and notebooks show it: in rows and blocks.
 *
 * print shows a value in one line, which can be read back.  The prompt shows it for people:
 *
 *   a matrix    a row a line, columns under each other
 *   a large one its type and range first, then corners of it, `…` for what is left out
 *   a history   a line for each series, with its curve, then what can be asked of it
 *   a model     a line for each part, params with their shapes
 *   others      as print does, cut where they are long
 *
 * A tensor is copied (by reference) out of its value before it is read, held so that a raise frees
 * it: reading ten million elements waits for Ctrl-C.
 */
#include "lang/tool/display.h"

#include "lang/eval/call.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/models/param.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/show.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- tensors ---- */

enum {
  ELEMENTS_WHOLE = 100, /* a tensor of more is large */
  EDGE = 4,             /* of a large one: elements shown at both ends of an axis */
  DIGITS_FEW = 4,       /* of its elements */
  DIGITS_WHOLE = 6      /* of those that are whole, as `print` has them */
};

static void few_digits(Text *text, double number) {
  text_digits(text, number, number == floor(number) ? DIGITS_WHOLE : DIGITS_FEW);
}

typedef struct Rows {
  Held held;
  Tensor tensor; /* owned */
  int64_t strides[RANK_MOST];
  bool large;
  int width; /* of the widest element shown, in bytes */
  Text *text;
} Rows;

static void rows_free(Held *held) {
  Rows *rows = (Rows *)(void *)held;
  tensor_release(&rows->tensor);
  mem_free(rows);
}

static void element(const Rows *rows, int64_t index, Text *text) {
  const Tensor *tensor = &rows->tensor;
  if (rows->large && dtype_floats(tensor->dtype)) few_digits(text, tensor_get(tensor, index));
  else tensor_element_text(tensor, index, text);
}

static void pad(Text *text, int count) {
  for (int i = 0; i < count; i++) text_char(text, ' ');
}

/* Of the axes before the last two, only the first and the last matrix are shown. */
static int64_t edge_of(const Rows *rows, int axis) {
  return axis < rows->tensor.shape.rank - 2 ? 1 : EDGE;
}

static bool gap_at(const Rows *rows, int axis, int64_t index) {
  int64_t edge = edge_of(rows, axis);
  return rows->large && rows->tensor.shape.dim[axis] > 2 * edge && index == edge;
}

/* Sets the width. */
static void measure(Rows *rows, int axis, int64_t first) {
  const Shape *shape = &rows->tensor.shape;
  if (axis == shape->rank) {
    Text text = {0};
    element(rows, first, &text);
    if ((int)text.length > rows->width) rows->width = (int)text.length;
    text_free(&text);
    return;
  }
  for (int64_t i = 0; i < shape->dim[axis]; i++) {
    if (gap_at(rows, axis, i)) i = shape->dim[axis] - edge_of(rows, axis);
    measure(rows, axis + 1, first + i * rows->strides[axis]);
  }
}

static void write_element(const Rows *rows, int64_t index) {
  Text text = {0};
  element(rows, index, &text);
  if (rows->tensor.shape.rank > 1) pad(rows->text, rows->width - (int)text.length);
  text_add(rows->text, text.data, text.length);
  text_free(&text);
}

static void write_rows(const Rows *rows, int axis, int64_t first) {
  const Shape *shape = &rows->tensor.shape;
  if (axis == shape->rank) {
    write_element(rows, first);
    return;
  }
  bool last = axis == shape->rank - 1;
  text_char(rows->text, '[');
  for (int64_t i = 0; i < shape->dim[axis]; i++) {
    if (i) text_string(rows->text, last ? ", " : ",\n");
    if (i && !last) pad(rows->text, axis + 1);
    if (gap_at(rows, axis, i)) {
      text_string(rows->text, last ? "…, " : "…,\n");
      if (!last) pad(rows->text, axis + 1);
      i = shape->dim[axis] - edge_of(rows, axis);
    }
    write_rows(rows, axis + 1, first + i * rows->strides[axis]);
  }
  text_char(rows->text, ']');
}

/* f32[784, 128], from -0.2 to 0.2, mean 0.001 */
static void write_range(Vm *vm, const Tensor *tensor, Text *text) {
  char shape[200];
  int64_t count = shape_count(&tensor->shape);
  double least = tensor_get(tensor, 0), most = least, sum = 0;
  int64_t odd = 0;
  for (int64_t i = 0; i < count; i++) {
    vm_poll_signals(vm);
    double x = tensor_get(tensor, i);
    if (x < least) least = x;
    if (x > most) most = x;
    sum += x;
    odd += !(x - x == 0);
  }
  text_format(text, "%s%s, from ", dtype_name(tensor->dtype), shape_show(&tensor->shape, shape));
  few_digits(text, least);
  text_string(text, " to ");
  few_digits(text, most);
  text_string(text, ", mean ");
  few_digits(text, sum / (double)count);
  if (odd) text_format(text, ", %lld not finite", (long long)odd);
  text_char(text, '\n');
}

static void display_tensor(Vm *vm, Value value, Text *text) {
  Rows *rows = mem_zero(sizeof *rows);
  rows->held.free_whole = rows_free;
  vm_hold(vm, &rows->held);
  rows->tensor = trace_elements(vm, value, vm->current_span);
  rows->text = text;
  int64_t count = tensor_count(&rows->tensor);
  rows->large = count > ELEMENTS_WHOLE;
  if (count == 0 || (!rows->large && rows->tensor.shape.rank < 2)) {
    tensor_text(&rows->tensor, text);
  } else {
    shape_strides(&rows->tensor.shape, rows->strides);
    if (rows->large) write_range(vm, &rows->tensor, text);
    measure(rows, 0, 0);
    write_rows(rows, 0, 0);
  }
  vm_drop(vm, &rows->held);
  trace_effect(vm);
}

/* ---- histories ---- */

static const Tensor *series_of(Value value) {
  const Tensor *tensor = value.kind == KIND_TENSOR ? &value.tensor->tensor : NULL;
  bool fine = tensor && tensor->buffer && tensor->shape.rank == 1 && tensor->shape.dim[0] > 0;
  return fine ? tensor : NULL;
}

enum { CURVE_COLUMNS = 24 };

/* The mean of each of so many parts of a series, as bars between its least and its most: by its
 * logarithm where it goes through more than a power of ten. */
static void write_curve(const Tensor *series, Text *text) {
  static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  int64_t count = series->shape.dim[0], columns = count < CURVE_COLUMNS ? count : CURVE_COLUMNS;
  double mean[CURVE_COLUMNS], least = INFINITY, most = -INFINITY;
  for (int64_t c = 0; c < columns; c++) {
    int64_t from = c * count / columns, to = (c + 1) * count / columns;
    mean[c] = 0;
    for (int64_t i = from; i < to; i++) mean[c] += tensor_get(series, i) / (double)(to - from);
    if (!isfinite(mean[c])) continue;
    least = fmin(least, mean[c]);
    most = fmax(most, mean[c]);
  }
  bool by_log = least > 0 && most > 10 * least;
  double from = by_log ? log(least) : least, range = (by_log ? log(most) : most) - from;
  for (int64_t c = 0; c < columns; c++) {
    double height = range > 0 ? ((by_log ? log(mean[c]) : mean[c]) - from) / range : 0;
    if (!isfinite(mean[c])) text_char(text, '?');
    else text_string(text, bars[(int)(height * 7.999)]);
  }
}

static void write_series(const char *name, const Tensor *series, int width, Text *text) {
  int64_t count = series->shape.dim[0], best = 0;
  double first = tensor_get(series, 0), last = tensor_get(series, count - 1);
  for (int64_t i = 1; i < count; i++)
    if (tensor_get(series, i) < tensor_get(series, best)) best = i;
  text_format(text, "\n  %-*s  ", width, name);
  text_digits(text, first, 4);
  if (count == 1) return;
  bool level = first == last && tensor_get(series, best) == first;
  if (level) return;
  text_string(text, " → ");
  text_digits(text, last, 4);
  text_string(text, "  ");
  write_curve(series, text);
  if (best == count - 1 || strstr(name, "loss") == NULL) return;
  text_string(text, "  least ");
  text_digits(text, tensor_get(series, best), 4);
  text_format(text, " at %lld", (long long)best + 1);
}

static Value field_of(const TupleObject *tuple, const char *name) {
  for (int i = 0; tuple->names && i < tuple->count; i++)
    if (tuple->names[i] && strcmp(tuple->names[i], name) == 0) return tuple->items[i];
  return (Value){0};
}

static void write_number_of(const TupleObject *history, const char *name, Text *text) {
  Value value = field_of(history, name);
  if (value.kind != KIND_NUMBER) return;
  text_rounded(text, value.number, strcmp(name, "seconds") == 0 ? 2 : 15);
  text_format(text, " %.*s", (int)strlen(name) - (value.number == 1), name);
}

/* `names: loss, …` wrapped at the page's width. */
static void write_names(const TupleObject *tuple, int width, Text *text) {
  text_format(text, "\n  %-*s  ", width, "fields");
  int at = width + 4;
  for (int i = 0; i < tuple->count; i++) {
    int length = (int)strlen(tuple->names[i]) + 1;
    if (i && at + length > 90) {
      text_format(text, "\n  %-*s", width + 2, "");
      at = width + 4;
    } else if (i) {
      text_char(text, ' ');
    }
    text_string(text, tuple->names[i]);
    at += length;
  }
}

static void display_history(const TupleObject *history, Text *text) {
  int width = 6;
  for (int i = 0; i < history->count; i++)
    if (series_of(history->items[i]) && (int)strlen(history->names[i]) > width)
      width = (int)strlen(history->names[i]);
  Value stopped = field_of(history, "stopped"), why = field_of(history, "why");
  text_string(text, "history: ");
  write_number_of(history, "epochs", text);
  text_string(text, ", ");
  write_number_of(history, "steps", text);
  text_string(text, ", ");
  write_number_of(history, "seconds", text);
  text_format(text, ", stopped by %s", stopped.string->data);
  if (why.kind == KIND_STRING && why.string->length) text_format(text, " (%s)", why.string->data);
  const Tensor *loss = series_of(field_of(history, "loss")),
               *by_step = series_of(field_of(history, "step_loss"));
  if (loss && by_step && loss->shape.dim[0] == by_step->shape.dim[0]) by_step = NULL;
  for (int i = 0; i < history->count; i++)
    if (series_of(history->items[i]) && (by_step || strcmp(history->names[i], "step_loss") != 0))
      write_series(history->names[i], series_of(history->items[i]), width, text);
  write_names(history, width, text);
}

/* Is it what `train` gives?  A race's has its own form. */
static bool is_history(Value value) {
  return value.kind == KIND_TUPLE && value.tuple->show && value.tuple->names &&
         field_of(value.tuple, "stopped").kind == KIND_STRING &&
         field_of(value.tuple, "step_loss").kind != KIND_UNSET;
}

/* ---- models ---- */

enum { PARTS_SHOWN = 40, DEPTH_SHOWN = 20, LINE_MOST = 90 };

typedef struct Parted {
  Vm *vm;
  Text *text;
  const char *path; /* of the parts in hand, from the part whose line was written last */
  int depth, *lines;
} Parted;

/* `Dense(inputs: 2, outputs: 4)`: what it was made with, except for parts, which have lines. */
static void write_made(Vm *vm, ModelObject *model, Text *text) {
  const AstFunction *function = model->made_by->function;
  Showing showing = {.vm = vm, .text = text};
  size_t before = text->length;
  bool some = false;
  text_string(text, function->name);
  for (int i = 0; i < model->count; i++) {
    if (function->members[i].kind != MEMBER_ARGUMENT || !model->cells[i]) continue;
    Value value = model->cells[i]->value;
    if (parts_may(vm, value) || value.kind == KIND_PARAM || value.kind > KIND_STRING) continue;
    if (!some) text_char(text, '(');
    show_argument(&showing, function->members[i].name, value, &some);
  }
  if (some) text_char(text, ')');
  if (text->length - before <= LINE_MOST) return;
  text->length = before + LINE_MOST;
  while ((text->data[text->length] & 0xC0) == 0x80) text->length--;
  text_string(text, "…");
}

static bool write_part(void *context, const char *name, int64_t number, Value value);

static void write_parts(const Parted *parted, Value of, const char *path, int depth) {
  Parted below = *parted;
  below.path = path;
  below.depth = depth;
  if (depth < DEPTH_SHOWN) parts_each(parted->vm, of, write_part, &below);
}

static void begin_part(const Parted *parted, const char *path) {
  text_char(parted->text, '\n');
  pad(parted->text, 2 * parted->depth);
  text_format(parted->text, "%s  ", path);
}

static bool write_part(void *context, const char *name, int64_t number, Value value) {
  const Parted *parted = context;
  Text *text = parted->text;
  char path[200], shape[200], digits[24];
  snprintf(digits, sizeof digits, "%lld", (long long)number);
  text_print(path, sizeof path, "%.120s%s%.60s", parted->path, *parted->path ? "." : "",
             name ? name : digits);
  bool item = *parted->path != '\0'; /* of a list: a chain's functions are worth a line too */
  bool listed = value.kind == KIND_MODEL || value.kind == KIND_PARAM ||
                (item && (value.kind == KIND_CLOSURE || value.kind == KIND_NATIVE));
  if ((value.kind == KIND_LIST || value.kind == KIND_TUPLE) && *parted->lines < PARTS_SHOWN)
    write_parts(parted, value, path, parted->depth);
  if (!listed || (*parted->lines)++ >= PARTS_SHOWN) return false;
  begin_part(parted, path);
  if (value.kind == KIND_MODEL) {
    write_made(parted->vm, value.model, text);
    write_parts(parted, value, "", parted->depth + 1);
  } else if (value.kind == KIND_PARAM) {
    text_format(text, "%s%s%s", dtype_name(value.param->value.dtype),
                shape_show(&value.param->value.shape, shape),
                value.param->buffer   ? " buffer"
                : value.param->frozen ? " frozen"
                                      : "");
  } else {
    value_show(parted->vm, value, true, text);
  }
  return false;
}

void display_counts(Vm *vm, Value value, Text *text) {
  Parts *parts = parts_of(vm, value, NULL);
  int64_t trained = 0, others = 0;
  for (int i = 0; i < parts->count; i++) {
    const ParamObject *param = parts->items[i].param;
    *(param->buffer || param->frozen ? &others : &trained) += tensor_count(&param->value);
  }
  parts_free(vm, parts);
  text_format(text, "%lld trained value%s", (long long)trained, trained == 1 ? "" : "s");
  if (others) text_format(text, ", %lld not trained", (long long)others);
}

static void display_model(Vm *vm, Value value, Text *text) {
  int lines = 0;
  Parted parted = {vm, text, "", 1, &lines};
  write_made(vm, value.model, text);
  text_string(text, ": ");
  display_counts(vm, value, text);
  write_parts(&parted, value, "", 1);
  if (lines > PARTS_SHOWN)
    text_format(text, "\n  … and %d more; `summary(x)` lists them all", lines - PARTS_SHOWN);
}

/* ---- what may be long ---- */

enum { SHOWN_WHOLE = 4000, SHOWN_OF_LONG = 1200 }; /* bytes */

/* Cuts what was written from `before` on, where it would fill the screen more than once. */
static void shorten(Text *text, size_t before) {
  if (text->length - before <= SHOWN_WHOLE) return;
  size_t end = before + SHOWN_OF_LONG, left = 0;
  while ((text->data[end] & 0xC0) == 0x80) end--;
  for (size_t i = end; i < text->length; i++) left += (text->data[i] & 0xC0) != 0x80;
  text->length = end;
  text_format(text, "…\n… %zu characters more: print(ans) shows all", left);
}

static void display_other(Vm *vm, Value value, Text *text) {
  size_t before = text->length;
  value_show(vm, value, true, text);
  bool laid_out = value.kind == KIND_TUPLE && value.tuple->show;
  if (!laid_out) shorten(text, before);
}

void display_value(Vm *vm, Value value, Text *text) {
  if (value_is_tensor(value)) display_tensor(vm, value, text);
  else if (is_history(value)) display_history(value.tuple, text);
  else if (value.kind == KIND_MODEL) display_model(vm, value, text);
  else display_other(vm, value, text);
}
