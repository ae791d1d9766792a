/* text_value.c — strings as values: joining, indexing by code points, interpolation.
 *
 * A string counts its code points on first use.  If that is its number of bytes, it is ASCII and an
 * index is an offset.  Otherwise it records the offset of each 64th code point, as far as needed,
 * and an index is found from the offset recorded before it: a loop over all indices is linear in
 * the string's length, in any order.
 *
 * Appending to a string with one owner doubles its capacity, so `s += …` in a loop is linear in its
 * length (assign.c: also `s = s + …` and `s = "{s}…"`).  The recorded offsets stay valid.
 */
#include "lang/values/text_value.h"
#include "lang/values/format.h"

#include "lang/machine/heap.h"
#include "lang/machine/known.h"
#include "lang/machine/string.h"
#include "lang/machine/value.h"
#include "lang/tensors/trace_value.h"
#include "lang/text/report.h"
#include "lang/values/plain.h"
#include "lang/values/show.h"

#include <string.h>

enum { TEXT_LIGHT = 1 << 20 }; /* a shorter text is not checked against the budget */

static uint64_t work; /* bytes copied to join strings and scanned for code points */

uint64_t string_work(void) { return work; }

static Value string_room(Vm *vm, size_t length) {
  vm_count(vm, heap_bytes(length + 1));
  StringObject *string = object_new(vm, KIND_STRING, sizeof *string);
  string->data = mem_alloc(length + 1);
  string->capacity = length + 1;
  string->length = length;
  string->data[length] = 0;
  string->points = -1;
  return value_of(KIND_STRING, string);
}

/* Stops early on a signal or when the time is up. */
static void copy_bytes(const Vm *vm, char *to, const char *from, size_t length) {
  for (size_t at = 0; at < length && !vm_stops(vm); at += POLL_BYTES)
    memcpy(to + at, from + at, length - at < POLL_BYTES ? length - at : POLL_BYTES);
}

Value string_join(Vm *vm, const StringObject *a, const StringObject *b) {
  check_bounded(vm, a->length + b->length, CHECKED_TEXT);
  Value joined = string_room(vm, a->length + b->length);
  work += a->length + b->length;
  copy_bytes(vm, joined.string->data, a->data, a->length);
  copy_bytes(vm, joined.string->data + a->length, b->data, b->length);
  vm_poll_signals(vm);
  return joined;
}

static bool begins(char byte) { return ((unsigned char)byte & 0xC0) != 0x80; }

static int64_t count_points(const Vm *vm, const char *text, size_t length) {
  int64_t points = 0;
  for (size_t i = 0; i < length;) {
    size_t end = length - i < POLL_BYTES ? length : i + POLL_BYTES;
    if (vm_stops(vm)) return -1; /* unknown: the caller raises */
    for (; i < end; i++) points += begins(text[i]);
  }
  work += length;
  return points;
}

void string_append(Vm *vm, StringObject *string, const StringObject *more) {
  size_t length = string->length + more->length;
  check_bounded(vm, length, CHECKED_TEXT);
  if (length + 1 > string->capacity) {
    size_t capacity = 2 * length + 16;
    vm_count(vm, heap_bytes(capacity) - heap_bytes(string->capacity));
    string->data = mem_grow(string->data, capacity);
    string->capacity = capacity;
    work += string->length;
  }
  work += more->length;
  copy_bytes(vm, string->data + string->length, more->data, more->length);
  int64_t points = string->points < 0 || vm_stops(vm) ? -1
                   : more->points >= 0                ? more->points
                                                      : count_points(vm, more->data, more->length);
  if (vm_stops(vm)) { /* as before */
    string->data[string->length] = 0;
    vm_stop(vm);
  }
  string->length = length;
  string->data[length] = 0;
  if (points >= 0) string->points += points;
}

Value string_take(Vm *vm, Text *text) {
  size_t length = text->length, room = length + 1;
  work += length;
  if (vm_stops(vm) || vm_full(vm, (int64_t)room + 128)) { /* about to raise: free the text first */
    text_free(text);
    vm_count(vm, (int64_t)room + 128);
  }
  StringObject *string = object_new(vm, KIND_STRING, sizeof *string);
  string->data = mem_grow(text->data, room);
  string->data[length] = 0;
  string->length = length;
  string->capacity = room;
  string->points = -1;
  *text = (Text){0};
  vm_count(vm, heap_bytes(room));
  return value_of(KIND_STRING, string);
}

void text_weigh(Vm *vm, const Text *text) {
  vm_poll_signals(vm);
  if (UNLIKELY(text->capacity > TEXT_LIGHT) && vm_full(vm, (int64_t)text->capacity))
    vm_count(vm, (int64_t)text->capacity);
}

const char *string_find(Vm *vm, const char *text, size_t length, const StringObject *part) {
  if (part->length == 0) return text;
  size_t window = part->length > POLL_BYTES / 2 ? 2 * part->length : POLL_BYTES;
  for (size_t at = 0; length - at >= part->length; at += window - part->length + 1) {
    vm_poll_signals(vm);
    size_t left = length - at;
    const char *found = memmem(text + at, left < window ? left : window, part->data, part->length);
    if (found || left <= window) return found;
  }
  return NULL;
}

/* ---- code points ---- */

enum { MARK_EVERY = 64 };

int64_t string_points(Vm *vm, StringObject *string) {
  if (string->points < 0) {
    string->points = count_points(vm, string->data, string->length);
    vm_poll_signals(vm);
  }
  return string->points;
}

/* The offset of the code point `points` after the one at `at`. */
static size_t walk(const StringObject *string, size_t at, int64_t points) {
  size_t start = at;
  for (; at < string->length; at++)
    if (begins(string->data[at]) && points-- == 0) break;
  work += at - start;
  return at;
}

static void add_mark(Vm *vm, StringObject *string) {
  if (string->mark_count == string->mark_capacity) {
    int64_t capacity = string->mark_capacity ? 2 * string->mark_capacity : 16;
    vm_count(vm,
             heap_bytes((size_t)capacity * sizeof(size_t)) -
                 (string->mark_capacity ? heap_bytes((size_t)string->mark_capacity * sizeof(size_t))
                                        : 0));
    string->marks = mem_grow(string->marks, (size_t)capacity * sizeof(size_t));
    string->mark_capacity = capacity;
  }
  vm_poll_signals(vm);
  int64_t last = string->mark_count - 1;
  string->marks[string->mark_count++] = last < 0 ? 0
                                                 : walk(string, string->marks[last], MARK_EVERY);
}

size_t string_offset(Vm *vm, StringObject *string, int64_t point) {
  if (string_points(vm, string) == (int64_t)string->length) return (size_t)point;
  int64_t mark = point / MARK_EVERY;
  if (mark == 0) return walk(string, 0, point);
  while (string->mark_count <= mark) add_mark(vm, string);
  return walk(string, string->marks[mark], point % MARK_EVERY);
}

Value string_index(Vm *vm, const Sub *sub, StringObject *string) {
  int64_t points = string_points(vm, string);
  if (sub->kind == SUB_VALUE) {
    int64_t at = plain_place(vm, sub, points, "a string");
    size_t start = string_offset(vm, string, at);
    uint32_t code;
    size_t size = text_decode(string->data + start, string->length - start, &code);
    return value_string(vm, string->data + start, size ? size : 1);
  }
  PlainSlice slice = plain_slice(vm, sub, points);
  if (slice.step == 1) {
    size_t start = string_offset(vm, string, slice.start),
           end = string_offset(vm, string, slice.start + slice.count);
    return value_string(vm, string->data + start, end - start);
  }
  Text text = {0};
  /* records the offsets needed, so nothing below raises */
  if (slice.count > 0) string_offset(vm, string, slice.step > 0 ? points : slice.start);
  for (int64_t i = 0; i < slice.count && !vm_stops(vm); i++) {
    size_t start = string_offset(vm, string, slice.start + i * slice.step);
    uint32_t code;
    size_t size = text_decode(string->data + start, string->length - start, &code);
    text_add(&text, string->data + start, size ? size : 1);
  }
  return string_take(vm, &text);
}

/* ---- interpolation ---- */

static NORETURN void raise_format(Vm *vm, const Ast *piece, Value value, bool whole) {
  Diag diag = {0};
  char buffer[NAME_SIZE];
  const char *shown = name_shown(piece->text, piece->length, buffer);
  if (whole)
    diag_fail(&diag, STATUS_FAILED, piece->span, "the format `%s` needs whole numbers", shown);
  else if (value.kind == KIND_UNSET)
    diag_fail(&diag, STATUS_FAILED, piece->span, "`%s` is not a format", shown);
  else
    diag_fail(&diag, STATUS_FAILED, piece->span, "the format `%s` needs a number, this is %s",
              shown, kind_name(value));
  diag_help(&diag,
            "[[fill]align][sign][0][width][,][.digits][e f g d x %%], as in {loss:.4f} or {n:>8}");
  raise_diag(vm, &diag);
}

/* A tensor being formatted into a text; both are freed before an error is raised. */
typedef struct Elements {
  Value value;
  Span span;
  const Format *format;
  Text *text;
  Tensor tensor;
  bool fine;
} Elements;

/* Formats the elements from *at on, nested by axes; false when one does not fit the format. */
static bool format_axis(Vm *vm, const Elements *elements, int axis, int64_t *at) {
  const Tensor *tensor = &elements->tensor;
  Text *text = elements->text;
  if (axis == tensor->shape.rank) return format_element(elements->format, tensor, (*at)++, text);
  text_char(text, '[');
  bool fine = true;
  for (int64_t i = 0; fine && i < tensor->shape.dim[axis]; i++) {
    text_weigh(vm, text);
    if (i) text_string(text, ", ");
    fine = format_axis(vm, elements, axis + 1, at);
  }
  text_char(text, ']');
  return fine;
}

static void format_elements(Vm *vm, void *context) {
  Elements *elements = context;
  int64_t at = 0;
  elements->tensor = trace_elements(vm, elements->value, elements->span);
  trace_effect(vm);
  elements->fine = format_axis(vm, elements, 0, &at);
}

static void add_tensor(Vm *vm, const Ast *piece, const Format *format, Value value, Text *text) {
  Elements elements = {.value = value, .span = piece->span, .format = format, .text = text};
  Diag diag = {0};
  bool whole = vm_protect(vm, format_elements, &elements, &diag);
  tensor_release(&elements.tensor);
  if (whole && elements.fine) return;
  text_free(text);
  if (!whole) raise_diag(vm, &diag);
  raise_format(vm, piece, value, true);
}

static void add_formatted(Vm *vm, const Ast *piece, Value value, Text *text) {
  Format format;
  bool number = value.kind == KIND_NUMBER, tensor = value_is_tensor(value);
  if (!format_parse(piece->text, piece->length, &format)) {
    text_free(text);
    raise_format(vm, piece, (Value){0}, false);
  }
  if (number) {
    if (format_number(&format, value.number, text)) return;
    text_free(text);
    raise_format(vm, piece, value, true);
  }
  if (tensor) {
    add_tensor(vm, piece, &format, value, text);
    return;
  }
  if (format.type) {
    text_free(text);
    raise_format(vm, piece, value, false);
  }
  Text shown = {0};
  /* not a tensor: only a collection of tensors may raise, and then leaks a text */
  value_show(vm, value, false, &shown);
  format_string(&format, shown.data ? shown.data : "", shown.length, text);
  text_free(&shown);
}

/* A piece at a time: it may be long, and there may be many. */
static void add_string(Vm *vm, const StringObject *string, Text *text) {
  size_t length = text->length + string->length;
  /* about to raise: the text goes first */
  if (length > TEXT_LIGHT && vm_full(vm, (int64_t)length)) {
    text_free(text);
    vm_count(vm, (int64_t)length);
  }
  for (size_t at = 0; at < string->length && !vm_stops(vm); at += POLL_BYTES)
    text_add(text, string->data + at,
             string->length - at < POLL_BYTES ? string->length - at : POLL_BYTES);
}

Value string_interpolate(Vm *vm, const Ast *ast, const Value *values, uint32_t first) {
  Text text = {0};
  vm->current_span = ast->span;
  for (uint32_t i = first; i < ast->count; i++) {
    const Ast *piece = ast->items[i];
    if (piece->kind != AST_FORMAT) {
      text_add(&text, piece->text, piece->length);
    } else if (values[i].kind == KIND_UNKNOWN || value_unknown(vm, values[i])) {
      text_free(&text);
      return (Value){.kind = KIND_UNKNOWN};
    } else if (piece->length) {
      add_formatted(vm, piece, values[i], &text);
    } else if (values[i].kind == KIND_STRING) {
      add_string(vm, values[i].string, &text);
    } else {
      value_show_safe(vm, values[i], false, &text, piece->span);
    }
  }
  if (vm->checking && text.length > CHECKED_TEXT) {
    text_free(&text);
    raise_unknown(vm);
  }
  return string_take(vm, &text);
}
