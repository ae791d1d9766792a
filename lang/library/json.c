/* json.c — values from JSON (through jansson) and to JSON (written here).
 *
 * Objects are dicts, in the order of the file; arrays are lists, not tensors, so that
 * whole numbers keep all their digits (tensor(list) makes one); null is none.  Writing turns
 * tensors into nested arrays.  JSON has no NaN and no infinity: an error, unless `nan: "null"`
 * or the value is the history of a training, where an epoch that was not validated, or was cut by
 * an interrupt, has NaN; `log:` and `gd run --json` write null for it too.
 */
#include "lang/eval/eval.h"
#include "lang/eval/native.h"
#include "lang/library/natives.h"
#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/dict.h"
#include "lang/values/text_value.h"
#include "runtime/files.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* ---- reading ---- */

static Value value_of_json(Vm *vm, json_t *json);

static Value value_of_object(Vm *vm, json_t *json) {
  Value dict = value_dict(vm);
  const char *key;
  json_t *item;
  json_object_foreach(json, key, item)
      dict_set_text(vm, dict.dict, key, strlen(key), value_of_json(vm, item));
  return dict;
}

static Value value_of_json(Vm *vm, json_t *json) {
  switch (json_typeof(json)) {
    case JSON_OBJECT: return value_of_object(vm, json);
    case JSON_ARRAY: {
      Value list = value_list(vm, (int64_t)json_array_size(json));
      for (size_t i = 0; i < json_array_size(json); i++)
        list_push(vm, list.list, value_of_json(vm, json_array_get(json, i)));
      return list;
    }
    case JSON_STRING: return value_string(vm, json_string_value(json), json_string_length(json));
    case JSON_INTEGER: /* not with JSON_DECODE_INT_AS_REAL */
    case JSON_REAL: return value_number(json_number_value(json));
    case JSON_TRUE: return value_bool(true);
    case JSON_FALSE: return value_bool(false);
    case JSON_NULL: break;
  }
  return value_none();
}

typedef struct Turning {
  json_t *json;
  Value value;
} Turning;

static void turn(Vm *vm, void *context) {
  Turning *turning = context;
  turning->value = value_of_json(vm, turning->json);
}

/* A text passed to jansson in pieces, so that parsing can be interrupted. */
typedef struct Pieces {
  const char *at;
  size_t left;
  size_t before; /* tree_bytes when it began */
  bool full;     /* the tree has outgrown the budget */
} Pieces;

/* that jansson holds; the process's, as its allocator is, and several threads' */
static _Atomic size_t tree_bytes;

void *json_alloc(size_t bytes) {
  void *memory = mem_alloc(bytes);
  tree_bytes += mem_size(memory);
  return memory;
}

void json_free(void *memory) {
  tree_bytes -= mem_size(memory);
  mem_free(memory);
}

static size_t next_piece(void *room, size_t most, void *context) {
  Pieces *pieces = context;
  size_t size = pieces->left < most ? pieces->left : most;
  size_t used = mem_used_bytes() + (tree_bytes > pieces->before ? tree_bytes - pieces->before : 0);
  pieces->full = used > mem_budget_bytes();
  if (stop_wanted() || pieces->full) return (size_t)-1;
  memcpy(room, pieces->at, size);
  pieces->at += size;
  pieces->left -= size;
  return size;
}

/* What is written in other notations than JSON, by how the word that jansson stopped at begins. */
static const struct {
  const char *begins, *help;
} OTHER_NOTATIONS[] = {
    {"NaN", "JSON has no NaN, though Python's json writes it: null stands for it"},
    {"nan", "JSON has no NaN: null stands for it"},
    {"Infinity", "JSON has no infinity, though Python's json writes it: null stands for it"},
    {"-", "a digit follows the sign: JSON has no infinity, null stands for it"},
    {"True", "JSON writes true"},
    {"False", "JSON writes false"},
    {"None", "JSON writes null for nothing"},
    {"'", "strings of JSON have double quotes"},
    {"/", "JSON has no comments"},
    {"#", "JSON has no comments"},
    {"]", "no comma stands before the closing bracket"},
    {"}", "no comma stands before the closing brace"},
    {"{", "`jsonl` reads a file with a value on each line"},
};

/* The word in `… near 'word'` of jansson's message; NULL where there is none. */
static const char *near_word(const json_error_t *error, size_t *length) {
  const char *found = strstr(error->text, " near '"), *end = strrchr(error->text, '\'');
  if (!found || end < (found += strlen(" near '"))) return NULL;
  *length = (size_t)(end - found);
  return found;
}

static void help_notation(const json_error_t *error, const char *word, size_t length, Diag *diag) {
  bool more = json_error_code(error) == json_error_end_of_input_expected;
  bool item = strncmp(error->text, "unexpected token", 16) == 0;
  bool key = strncmp(error->text, "string or '}'", 13) == 0;
  if (strncmp(error->text, "control character", 17) == 0)
    diag_help(diag, "in a string it is written with a backslash: \\t, \\n, \\u0001");
  for (int i = 0; word && i < COUNT_OF(OTHER_NOTATIONS); i++) {
    const char *begins = OTHER_NOTATIONS[i].begins;
    bool fits = *begins == '{'   ? more
                : *begins == ']' ? item
                : *begins == '}' ? key
                                 : *begins != '-' || length == 1;
    if (!fits || strncmp(word, begins, strlen(begins)) != 0) continue;
    diag_help(diag, "%s", OTHER_NOTATIONS[i].help);
    return;
  }
}

/* jansson's message, but for the one that names a flag of its own, at the beginning of the word
 * that it stopped at. */
static void fail_parsing(const json_error_t *error, const char *path, int line, Diag *diag) {
  bool null = json_error_code(error) == json_error_null_byte_in_key;
  size_t length = 0;
  const char *word = near_word(error, &length);
  int column = error->column, back = 0;
  for (size_t i = 0; i < length; i++) back += (word[i] & 0xC0) != 0x80;
  if (back > 1 && column >= back) column -= back - 1;
  file_fail_line(diag, path, line - 1 + error->line, column > 0 ? column : 1, "%s",
                 null ? "\\u0000 is not allowed in a key" : error->text);
  help_notation(error, word, length, diag);
}

/* The value of a JSON text that stands in a file from this line on. */
static Value value_of_text(Vm *vm, const CallSite *site, const char *path, const char *at,
                           size_t length, int line) {
  json_error_t error;
  Pieces pieces = {at, length, tree_bytes, false};
  Turning turning = {.json = json_load_callback(next_piece, &pieces,
                                                JSON_DECODE_ANY | JSON_REJECT_DUPLICATES |
                                                    JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL,
                                                &error)};
  Diag diag = {0};
  if (!turning.json) vm_poll_signals(vm);
  if (!turning.json && pieces.full)
    diag_data(&diag, STATUS_MEMORY, path,
              "out of memory: its values are more than the %lld bytes allowed",
              (long long)mem_budget_bytes());
  else if (!turning.json) fail_parsing(&error, path, line, &diag);
  if (!turning.json) {
    diag.span = site_at(site, 0);
    raise_diag(vm, &diag);
  }
  size_t tree = tree_bytes > pieces.before ? tree_bytes - pieces.before : 0;
  mem_charge(tree); /* beside the values that are made of it */
  /* the tree belongs to jansson and is freed before an error is raised */
  bool fine = vm_protect(vm, turn, &turning, &diag);
  mem_release(tree);
  json_decref(turning.json);
  if (!fine) raise_diag(vm, &diag);
  return turning.value;
}

/* Of the byte order mark that some editors put first. */
static size_t mark_length(const StringObject *text) {
  return strncmp(text->data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

Value native_json(Vm *vm, const CallSite *site, Value *args, int count) {
  Value text = native_read(vm, site, args, count);
  size_t mark = mark_length(text.string);
  Value value = value_of_text(vm, site, args[0].string->data, text.string->data + mark,
                              text.string->length - mark, 1);
  value_release(vm, text);
  return value;
}

Value native_jsonl(Vm *vm, const CallSite *site, Value *args, int count) {
  Value text = native_read(vm, site, args, count), list = value_list(vm, 0);
  const char *at = text.string->data + mark_length(text.string),
             *end = text.string->data + text.string->length;
  for (int line = 1; at < end; line++) {
    const char *found = memchr(at, '\n', (size_t)(end - at)), *stop = found ? found : end;
    size_t length = (size_t)(stop - at);
    if (strspn(at, " \t\r") < length)
      list_push(vm, list.list, value_of_text(vm, site, args[0].string->data, at, length, line));
    at = found ? found + 1 : end;
  }
  value_release(vm, text);
  return list;
}

/* ---- writing ---- */

typedef struct Writing {
  Vm *vm;
  const CallSite *site;
  Text text;
  Value value;
  bool null; /* for a number that is not finite */
} Writing;

static void write_value(Writing *writing, Value value);

/* Writes in pieces that end between code points. */
static void write_string(Writing *writing, const char *bytes, size_t length) {
  text_char(&writing->text, '"');
  while (length) {
    size_t size = length < POLL_BYTES ? length : POLL_BYTES;
    while (size < length && ((unsigned char)bytes[size] & 0xC0) == 0x80) size--;
    text_weigh(writing->vm, &writing->text);
    json_escaped(&writing->text, bytes, size);
    bytes += size;
    length -= size;
  }
  text_char(&writing->text, '"');
}

static void write_number(Writing *writing, double number) {
  if (isfinite(number)) text_number(&writing->text, number);
  else if (writing->null) text_string(&writing->text, "null");
  else
    raise_help(writing->vm, site_at(writing->site, 0),
               "to_json(x, nan: \"null\") writes null for it", "JSON has no number for %s",
               isnan(number) ? "NaN" : "infinity");
}

static void write_items(Writing *writing, const Value *items, int64_t count,
                        const char *const *names) {
  bool object = names != NULL;
  for (int64_t i = 0; names && i < count; i++) object = object && names[i];
  text_char(&writing->text, object ? '{' : '[');
  for (int64_t i = 0; i < count; i++) {
    if (i) text_string(&writing->text, ", ");
    if (object) {
      write_string(writing, names[i], strlen(names[i]));
      text_string(&writing->text, ": ");
    }
    write_value(writing, items[i]);
  }
  text_char(&writing->text, object ? '}' : ']');
}

static void write_tuple(Writing *writing, const TupleObject *tuple) {
  bool outer = writing->null;
  writing->null |= tuple->show != NULL; /* a history */
  write_items(writing, tuple->items, tuple->count, tuple->names);
  writing->null = outer;
}

static void write_dict(Writing *writing, const DictObject *dict) {
  text_char(&writing->text, '{');
  for (int64_t i = 0; i < dict->count; i++) {
    Value key = dict_entries(dict)[i].key;
    if (i) text_string(&writing->text, ", ");
    if (key.kind != KIND_STRING)
      raise_help(writing->vm, site_at(writing->site, 0), "str(key) makes a string of it",
                 "a key of a JSON object must be a string, this one is %s", kind_name(key));
    write_string(writing, key.string->data, key.string->length);
    text_string(&writing->text, ": ");
    write_value(writing, dict_entries(dict)[i].value);
  }
  text_char(&writing->text, '}');
}

static void write_axis(Writing *writing, const Tensor *tensor, int axis, int64_t *at) {
  text_weigh(writing->vm, &writing->text);
  if (axis == tensor->shape.rank) {
    double element = tensor_get(tensor, (*at)++);
    if (tensor->dtype == DTYPE_BOOL) text_string(&writing->text, element != 0 ? "true" : "false");
    else write_number(writing, tensor->dtype == DTYPE_F32 ? number_meant(element) : element);
    return;
  }
  text_char(&writing->text, '[');
  for (int64_t i = 0; i < tensor->shape.dim[axis]; i++) {
    if (i) text_string(&writing->text, ", ");
    write_axis(writing, tensor, axis + 1, at);
  }
  text_char(&writing->text, ']');
}

/* Before any is written: an error must not hold the elements. */
static void want_finite(Writing *writing, Tensor *tensor) {
  double odd = 0;
  for (int64_t i = 0; i < tensor_count(tensor) && isfinite(odd); i++) odd = tensor_get(tensor, i);
  if (isfinite(odd)) return;
  tensor_release(tensor);
  write_number(writing, odd);
}

static void write_tensor(Writing *writing, Value value) {
  Tensor tensor = trace_elements(writing->vm, value, site_at(writing->site, 0));
  int64_t at = 0;
  if (!writing->null) want_finite(writing, &tensor);
  write_axis(writing, &tensor, 0, &at);
  tensor_release(&tensor);
}

static void write_value(Writing *writing, Value value) {
  stack_check(writing->vm, writing->site->span);
  text_weigh(writing->vm, &writing->text);
  switch ((Kind)value.kind) {
    case KIND_NONE: text_string(&writing->text, "null"); break;
    case KIND_BOOL: text_string(&writing->text, value.truth ? "true" : "false"); break;
    case KIND_NUMBER: write_number(writing, value.number); break;
    case KIND_STRING: write_string(writing, value.string->data, value.string->length); break;
    case KIND_LIST: write_items(writing, value.list->items, value.list->count, NULL); break;
    case KIND_TUPLE: write_tuple(writing, value.tuple); break;
    case KIND_DICT: write_dict(writing, value.dict); break;
    case KIND_TENSOR:
    case KIND_PARAM: write_tensor(writing, value); break;
    default:
      raise_at(writing->vm, site_at(writing->site, 0), "%s cannot be written as JSON",
               kind_name(value));
  }
}

static void write_all(Vm *vm, void *context) {
  (void)vm;
  Writing *writing = context;
  write_value(writing, writing->value);
}

/* What stands for NaN and infinity: "null", or "error" as without it. */
static bool null_wanted(Vm *vm, const CallSite *site, const Value *args) {
  if (args[1].kind == KIND_UNSET) return false;
  const char *word = arg_string(vm, site, args, 1)->data;
  if (strcmp(word, "null") && strcmp(word, "error"))
    raise_at(vm, site_at(site, 1), "`nan` is \"error\" or \"null\"");
  return *word == 'n';
}

Value native_to_json(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Writing writing = {.vm = vm, .site = site, .value = args[0], .null = null_wanted(vm, site, args)};
  Diag diag = {0};
  if (!vm_protect(vm, write_all, &writing, &diag)) {
    text_free(&writing.text);
    raise_diag(vm, &diag);
  }
  return string_take(vm, &writing.text);
}
