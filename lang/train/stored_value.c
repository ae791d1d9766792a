/* stored_value.c — see stored_value.h.
 *
 * A value is its kind, a number of the enum below, and then:
 *   number bool          the number
 *   string               its length and bytes
 *   tensor               dtype, rank, dimensions, elements: f64 holds the elements of every dtype
 *   list                 the number of items, and the items
 *   tuple                likewise, and before each item its name as a string, empty if it has none
 *   dict                 likewise, and before each item its key as a value
 *
 * Reading trusts nothing: a length is compared with the numbers that are left.
 */
#include "lang/train/stored_value.h"

#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/dict.h"

#include <math.h>
#include <string.h>

enum {
  STORED_NONE,
  STORED_NUMBER,
  STORED_BOOL,
  STORED_STRING,
  STORED_TENSOR,
  STORED_LIST,
  STORED_TUPLE,
  STORED_DICT,
  STORED_KINDS
};
enum { DEPTH_MOST = 100 };

/* ---- writing ---- */

static void put_text(Series *into, const char *text, size_t length) {
  series_push(into, (double)length);
  for (size_t i = 0; i < length; i++) series_push(into, (double)(unsigned char)text[i]);
}

static void put_tensor(Vm *vm, Value value, Series *into) {
  Tensor tensor = trace_elements(vm, value, vm->current_span);
  series_push(into, (double)tensor.dtype);
  series_push(into, (double)tensor.shape.rank);
  for (int i = 0; i < tensor.shape.rank; i++) series_push(into, (double)tensor.shape.dim[i]);
  for (int64_t i = 0, count = tensor_count(&tensor); i < count; i++)
    series_push(into, tensor_get(&tensor, i));
  tensor_release(&tensor);
}

static bool put(Vm *vm, Value value, Series *into, int depth);

static bool put_tuple(Vm *vm, const TupleObject *tuple, Series *into, int depth) {
  if (tuple->show || tuple->through) return false; /* more than its items */
  series_push(into, (double)tuple->count);
  bool fine = true;
  for (int i = 0; fine && i < tuple->count; i++) {
    const char *name = tuple->names && tuple->names[i] ? tuple->names[i] : "";
    put_text(into, name, strlen(name));
    fine = put(vm, tuple->items[i], into, depth);
  }
  return fine;
}

static bool put_list(Vm *vm, const ListObject *list, Series *into, int depth) {
  series_push(into, (double)list->count);
  bool fine = true;
  for (int64_t i = 0; fine && i < list->count; i++) fine = put(vm, list->items[i], into, depth);
  return fine;
}

static bool put_dict(Vm *vm, const DictObject *dict, Series *into, int depth) {
  series_push(into, (double)dict->count);
  bool fine = true;
  for (int64_t i = 0; fine && i < dict->count; i++)
    fine = put(vm, dict_entries(dict)[i].key, into, depth) &&
           put(vm, dict_entries(dict)[i].value, into, depth);
  return fine;
}

static int stored_kind(Value value) {
  switch ((Kind)value.kind) {
    case KIND_NONE: return STORED_NONE;
    case KIND_NUMBER: return STORED_NUMBER;
    case KIND_BOOL: return STORED_BOOL;
    case KIND_STRING: return STORED_STRING;
    case KIND_TENSOR: return STORED_TENSOR;
    case KIND_LIST: return STORED_LIST;
    case KIND_TUPLE: return STORED_TUPLE;
    case KIND_DICT: return STORED_DICT;
    default: return STORED_KINDS;
  }
}

static bool put(Vm *vm, Value value, Series *into, int depth) {
  int kind = stored_kind(value);
  if (kind == STORED_KINDS || depth == DEPTH_MOST) return false;
  series_push(into, (double)kind);
  switch (kind) {
    case STORED_NUMBER: series_push(into, value.number); break;
    case STORED_BOOL: series_push(into, (double)value.truth); break;
    case STORED_STRING: put_text(into, value.string->data, value.string->length); break;
    case STORED_TENSOR: put_tensor(vm, value, into); break;
    case STORED_LIST: return put_list(vm, value.list, into, depth + 1);
    case STORED_TUPLE: return put_tuple(vm, value.tuple, into, depth + 1);
    case STORED_DICT: return put_dict(vm, value.dict, into, depth + 1);
    default: break;
  }
  return true;
}

bool stored_value_put(Vm *vm, Value value, Series *into) { return put(vm, value, into, 0); }

/* ---- reading ---- */

typedef struct Reader {
  Vm *vm;
  const double *at, *end;
  bool failed; /* all that is read from then on is 0 */
} Reader;

static double any(Reader *reader) {
  if (reader->at == reader->end) reader->failed = true;
  return reader->failed ? 0 : *reader->at++;
}

/* A whole number from `least` to `most`. */
static int64_t whole(Reader *reader, double least, double most) {
  double number = any(reader);
  if (!(number >= least && number <= most) || number != floor(number)) reader->failed = true;
  return reader->failed ? 0 : (int64_t)number;
}

/* A number of things of which each takes at least one of the numbers left. */
static int64_t length(Reader *reader) {
  int64_t left = reader->end - reader->at - 1;
  return whole(reader, 0, left < 0 ? 0 : (double)left);
}

/* Appends the bytes, which must be UTF-8. */
static void take_bytes(Reader *reader, Text *text) {
  for (int64_t left = length(reader); left > 0; left--)
    text_char(text, (char)whole(reader, 0, UINT8_MAX));
  uint32_t code;
  for (size_t at = 0, size; at < text->length && !reader->failed; at += size) {
    size = text_decode(text->data + at, text->length - at, &code);
    if (size == 0) reader->failed = true;
  }
}

static Value take_string(Reader *reader) {
  Text text = {0};
  take_bytes(reader, &text);
  Value value = value_string(reader->vm, text.data ? text.data : "", text.length);
  text_free(&text);
  return value;
}

static Shape take_shape(Reader *reader) {
  Shape shape = {.rank = (int)whole(reader, 0, RANK_MOST)};
  int64_t count = 1;
  for (int i = 0; i < shape.rank; i++) {
    int64_t size = shape.dim[i] = whole(reader, 0, INT32_MAX);
    if (size > 0 && count > (reader->end - reader->at) / size) reader->failed = true;
    count = reader->failed ? 0 : count * size;
  }
  if (count > reader->end - reader->at) reader->failed = true;
  return shape;
}

static double take_element(Reader *reader, Dtype dtype) {
  static const double least[DTYPE_COUNT] = {[DTYPE_I32] = INT32_MIN},
                      most[DTYPE_COUNT] = {1, UINT8_MAX, INT32_MAX};
  return dtype_floats(dtype) ? any(reader) : (double)whole(reader, least[dtype], most[dtype]);
}

static Value take_tensor(Reader *reader) {
  Dtype dtype = (Dtype)whole(reader, 0, DTYPE_COUNT - 1);
  Shape shape = take_shape(reader);
  if (reader->failed) return value_none();
  Tensor tensor;
  Diag diag = {0};
  if (!tensor_new(&tensor, dtype, &shape, &diag)) raise_diag(reader->vm, &diag);
  for (int64_t i = 0, count = tensor_count(&tensor); i < count; i++)
    tensor_set(&tensor, i, take_element(reader, dtype));
  return value_tensor(reader->vm, tensor);
}

static Value take(Reader *reader, int depth);

static Value take_list(Reader *reader, int depth) {
  Value list = value_list(reader->vm, 0);
  for (int64_t left = length(reader); left > 0 && !reader->failed; left--)
    list_push(reader->vm, list.list, take(reader, depth));
  return list;
}

static const char *take_name(Reader *reader) {
  Text text = {0};
  take_bytes(reader, &text);
  const char *name = text.length ? names_intern(reader->vm->names, text.data, text.length) : NULL;
  text_free(&text);
  return name;
}

static Value take_tuple(Reader *reader, int depth) {
  int count = (int)length(reader);
  Value tuple = value_tuple(reader->vm, count);
  for (int i = 0; i < count && !reader->failed; i++) {
    const char *name = take_name(reader);
    if (name && !tuple.tuple->names)
      tuple.tuple->names = mem_zero((size_t)count * sizeof(const char *));
    if (name) tuple.tuple->names[i] = name;
    tuple.tuple->items[i] = take(reader, depth);
  }
  return tuple;
}

static bool is_key(Value value) {
  double number = value.number;
  return value.kind == KIND_STRING || value.kind == KIND_BOOL ||
         (value.kind == KIND_NUMBER && !isnan(number) && !(number == 0 && signbit(number)));
}

static Value take_dict(Reader *reader, int depth) {
  Value dict = value_dict(reader->vm);
  for (int64_t left = length(reader); left > 0 && !reader->failed; left--) {
    Value key = take(reader, depth);
    if (!is_key(key)) reader->failed = true;
    if (reader->failed) value_release(reader->vm, key);
    else dict_set(reader->vm, dict.dict, key, take(reader, depth));
  }
  return dict;
}

static Value take(Reader *reader, int depth) {
  if (depth == DEPTH_MOST) reader->failed = true;
  switch (whole(reader, 0, STORED_KINDS - 1)) {
    case STORED_NUMBER: return value_number(any(reader));
    case STORED_BOOL: return value_bool(whole(reader, 0, 1) != 0);
    case STORED_STRING: return take_string(reader);
    case STORED_TENSOR: return take_tensor(reader);
    case STORED_LIST: return take_list(reader, depth + 1);
    case STORED_TUPLE: return take_tuple(reader, depth + 1);
    case STORED_DICT: return take_dict(reader, depth + 1);
    default: return value_none();
  }
}

bool stored_value_take(Vm *vm, const double *numbers, int64_t count, Value *value) {
  Reader reader = {.vm = vm, .at = numbers, .end = numbers + count};
  *value = take(&reader, 0);
  return !reader.failed && reader.at == reader.end;
}
