/* dict.c — dicts (LANGUAGE.md, section 2).
 *
 * The entries are an array in insertion order.  A hash table of their indexes finds a key in
 * constant time.  An entry that is removed in place (`d = remove(d, k)`) leaves a hole, to which
 * its slot of the table still points.  dict_entries closes the holes before it gives the entries,
 * and so does dict_append on a full array when more than a quarter of it are holes.  Both take time
 * in proportion to the entries, as their callers do.
 *
 * Keys compare as `==` of values of one kind: `1` and `true` are two keys, 0 and -0 one.  A tensor
 * of rank 0 is converted to its number.  For f32 that is the shortest decimal that reads back as
 * it, so that d[xs[0]] with xs = [0.1] finds the same entry as d[0.1].  NaN is equal to nothing and
 * is not a key.
 *
 * The hash of a string is seeded by an address of the process, so that nobody can prepare keys that
 * all collide.  Nothing visible to a script depends on it.
 *
 * In a path of names (parameters, summary, targets of a training) a dict is treated as a named
 * tuple: its string keys are the names.
 */
#include "lang/values/dict.h"

#include "lang/machine/call_site.h"
#include "lang/machine/heap.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/syntax/nearest.h"
#include "lang/syntax/token.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/plain.h"
#include "lang/values/show.h"
#include "lang/values/text_value.h"

#include <math.h>
#include <string.h>

enum { KEYS_TOLD = 6 }; /* keys that the message about a missing one lists */

/* ---- keys ---- */

static uint64_t seed(void) {
  static const char place = 0;
  return (uint64_t)(uintptr_t)&place;
}

static uint64_t hash_text(const char *text, size_t length) {
  return hash_bytes(text, length, seed());
}

static uint64_t hash_of(Value key) {
  if (key.kind == KIND_STRING) return hash_text(key.string->data, key.string->length);
  uint64_t bits;
  memcpy(&bits, &key.number, sizeof bits);
  return hash_mix(bits + key.kind, seed());
}

static bool is_text(Value key, const char *text, size_t length) {
  return key.kind == KIND_STRING && key.string->length == length &&
         memcmp(key.string->data, text, length) == 0;
}

static bool same_key(Value a, Value b) {
  if (a.kind != b.kind) return false;
  if (a.kind == KIND_STRING) return is_text(a, b.string->data, b.string->length);
  return a.kind == KIND_BOOL ? a.truth == b.truth : a.number == b.number;
}

/* A tensor of rank 0 as a key. */
static Value key_of_tensor(Vm *vm, Span span, Value value) {
  Tensor tensor = trace_elements(vm, value, span);
  double number = tensor_get(&tensor, 0);
  Dtype dtype = tensor.dtype;
  tensor_release(&tensor);
  if (dtype == DTYPE_BOOL) return value_bool(number != 0);
  return value_number(dtype == DTYPE_F32 ? number_meant(number) : number);
}

static bool may_be_key(Vm *vm, Span span, Value value) {
  if (value_is_tensor(value)) return trace_type(vm, value, span).shape.rank == 0;
  return value.kind == KIND_STRING || value.kind == KIND_NUMBER || value.kind == KIND_BOOL;
}

Value dict_key(Vm *vm, Span span, Value value) {
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (!may_be_key(vm, span, value))
    raise_kind(vm, span, value, "a key must be a string, a number or a bool",
               "str(value) makes a string of any value");
  if (value_is_tensor(value)) value = key_of_tensor(vm, span, value);
  if (value.kind != KIND_NUMBER) return value_retain(value);
  if (isnan(value.number)) raise_at(vm, span, "NaN is equal to nothing: it cannot be a key");
  return value_number(value.number == 0 ? 0 : value.number);
}

/* ---- the table ---- */

static int64_t entries_bytes(const DictObject *dict) {
  return dict->capacity ? heap_bytes((size_t)dict->capacity * sizeof(DictEntry)) +
                              heap_bytes((size_t)dict->slot_count * sizeof(int64_t))
                        : 0;
}

static int64_t home_of(const DictObject *dict, uint64_t hash) {
  return (int64_t)(hash & (uint64_t)(dict->slot_count - 1));
}

static void slots_fill(DictObject *dict) {
  memset(dict->slots, 0, (size_t)dict->slot_count * sizeof(int64_t));
  for (int64_t i = 0; i < dict->used; i++) {
    int64_t at = home_of(dict, dict->places[i].hash);
    while (dict->slots[at]) at = (at + 1) & (dict->slot_count - 1);
    dict->slots[at] = i + 1;
  }
}

void dict_pack(DictObject *dict) {
  int64_t count = 0;
  for (int64_t i = 0; i < dict->used; i++)
    if (dict->places[i].key.kind != KIND_UNSET) dict->places[count++] = dict->places[i];
  dict->used = count;
  slots_fill(dict);
}

static void dict_grow(Vm *vm, DictObject *dict, int64_t capacity) {
  int64_t slots = 8;
  while (slots < 2 * capacity) slots *= 2;
  vm_count(vm, heap_bytes((size_t)capacity * sizeof(DictEntry)) +
                   heap_bytes((size_t)slots * sizeof(int64_t)) - entries_bytes(dict));
  dict->places = mem_grow(dict->places, (size_t)capacity * sizeof(DictEntry));
  dict->slots = mem_grow(dict->slots, (size_t)slots * sizeof(int64_t));
  dict->capacity = capacity;
  dict->slot_count = slots;
  slots_fill(dict);
}

Value value_dict(Vm *vm) {
  return value_of(KIND_DICT, object_new(vm, KIND_DICT, sizeof(DictObject)));
}

static DictEntry *entry_of(const DictObject *dict, Value key) {
  if (!dict->count) return NULL;
  uint64_t hash = hash_of(key);
  for (int64_t at = home_of(dict, hash); dict->slots[at]; at = (at + 1) & (dict->slot_count - 1)) {
    DictEntry *entry = &dict->places[dict->slots[at] - 1];
    if (entry->hash == hash && same_key(entry->key, key)) return entry;
  }
  return NULL;
}

Value *dict_find(const DictObject *dict, Value key) {
  DictEntry *entry = entry_of(dict, key);
  return entry ? &entry->value : NULL;
}

Value *dict_find_text(const DictObject *dict, const char *text, size_t length) {
  if (!dict->count) return NULL;
  uint64_t hash = hash_text(text, length);
  for (int64_t at = home_of(dict, hash); dict->slots[at]; at = (at + 1) & (dict->slot_count - 1)) {
    DictEntry *entry = &dict->places[dict->slots[at] - 1];
    if (entry->hash == hash && is_text(entry->key, text, length)) return &entry->value;
  }
  return NULL;
}

/* A key that is not there yet; takes both. */
static void dict_append(Vm *vm, DictObject *dict, Value key, Value value) {
  vm_poll_signals(vm);
  if (dict->used == dict->capacity && dict->used - dict->count > dict->capacity / 4)
    dict_pack(dict);
  if (dict->used == dict->capacity)
    dict_grow(vm, dict, dict->capacity < 4 ? 4 : dict->capacity + dict->capacity / 2);
  uint64_t hash = hash_of(key);
  int64_t at = home_of(dict, hash);
  while (dict->slots[at]) at = (at + 1) & (dict->slot_count - 1);
  dict->places[dict->used++] = (DictEntry){key, value, hash};
  dict->slots[at] = dict->used;
  dict->count++;
}

void dict_set(Vm *vm, DictObject *dict, Value key, Value value) {
  Value *at = dict_find(dict, key);
  if (!at) {
    dict_append(vm, dict, key, value);
    return;
  }
  Value old = *at;
  *at = value;
  value_release(vm, key);
  value_release(vm, old);
}

void dict_set_text(Vm *vm, DictObject *dict, const char *text, size_t length, Value value) {
  Value *at = dict_find_text(dict, text, length);
  if (!at) {
    dict_append(vm, dict, value_string(vm, text, length), value);
    return;
  }
  Value old = *at;
  *at = value;
  value_release(vm, old);
}

Value dict_copy(Vm *vm, const DictObject *dict) {
  Value copy = value_dict(vm);
  if (dict->count) dict_grow(vm, copy.dict, dict->count + dict->count / 2);
  for (int64_t i = 0; i < dict->count; i++)
    dict_append(vm, copy.dict, value_retain(dict_entries(dict)[i].key),
                value_retain(dict_entries(dict)[i].value));
  copy.dict->target = dict->target;
  return copy;
}

void dict_remove(Vm *vm, DictObject *dict, Value key) {
  DictEntry *entry = entry_of(dict, key);
  const DictEntry removed = *entry;
  entry->key = entry->value = (Value){0};
  dict->count--;
  dict->target = NULL;
  value_release(vm, removed.key);
  value_release(vm, removed.value);
}

Value dict_without(Vm *vm, Value dict, Value key) {
  if (!dict_find(dict.dict, key)) return value_retain(dict);
  Value rest = dict_copy(vm, dict.dict);
  dict_remove(vm, rest.dict, key);
  return rest;
}

/* ---- reading and changing ---- */

static void show_key(Vm *vm, Text *text, Value key) { value_show(vm, key, true, text); }

/* The keys, where they are few. */
static void tell_keys(Vm *vm, const DictObject *dict, Diag *diag) {
  Text text = {0};
  for (int64_t i = 0; i < dict->count && dict->count <= KEYS_TOLD; i++) {
    if (i) text_string(&text, ", ");
    show_key(vm, &text, dict_entries(dict)[i].key);
  }
  if (!dict->count) diag_label(diag, "the dict is empty");
  else if (text.length && text.length < 100) diag_label(diag, "its keys are %s", text.data);
  else diag_label(diag, "it has %lld other keys", (long long)dict->count);
  text_free(&text);
}

static NORETURN void raise_missing(Vm *vm, Span span, const DictObject *dict, Value key) {
  Diag diag = {0};
  Text text = {0};
  show_key(vm, &text, key);
  diag_fail(&diag, STATUS_FAILED, span, "the dict has no key %.80s", text.data);
  text_free(&text);
  Nearest nearest = nearest_to(key.kind == KIND_STRING ? key.string->data : "");
  for (int64_t i = 0; i < dict->count && key.kind == KIND_STRING; i++)
    if (dict_entries(dict)[i].key.kind == KIND_STRING)
      nearest_offer(&nearest, dict_entries(dict)[i].key.string->data);
  if (!nearest_tell(&nearest, "", &diag)) tell_keys(vm, dict, &diag);
  diag_help(&diag,
            "get(d, key, default) gives a default for a missing key; `key in d` tests for it");
  raise_diag(vm, &diag);
}

Value *dict_at(Vm *vm, Span span, DictObject *dict, Value key) {
  Value *at = dict_find(dict, key);
  if (!at) raise_missing(vm, span, dict, key);
  return at;
}

Value dict_sub_key(Vm *vm, const Ast *ast, const Sub *subs, int count) {
  if (count != 1) raise_at(vm, ast->span, "a dict has one index, a key; %d are given", count);
  if (subs->kind != SUB_VALUE)
    raise_at(vm, subs->span, "a dict is indexed by a key: d[\"name\"]; it has no slices");
  return dict_key(vm, subs->span, subs->value);
}

static Value dict_index(Vm *vm, const Ast *ast, Value of, const Sub *subs, int count) {
  Value *key = stack_push(vm, dict_sub_key(vm, ast, subs, count));
  Value value = value_retain(*dict_at(vm, subs->span, of.dict, *key));
  stack_drop(vm, key);
  return value;
}

Value dict_index_set(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count, Value value) {
  Value key = dict_sub_key(vm, ast, subs, count);
  if (base.object->refs > 1) {
    Value own = dict_copy(vm, base.dict);
    value_release(vm, base);
    base = own;
  }
  dict_set(vm, base.dict, key, value_retain(value));
  return base;
}

static Value dict_field(Vm *vm, const Ast *ast, Value of) {
  const Value *at = dict_find_text(of.dict, ast->text, strlen(ast->text));
  if (at) return value_retain(*at);
  raise_missing(vm, ast->op_span.file ? ast->op_span : ast->span, of.dict,
                *stack_push(vm, value_string(vm, ast->text, strlen(ast->text))));
}

bool dict_equal(Vm *vm, const CallSite *site, const DictObject *a, const DictObject *b) {
  stack_check(vm, site->span);
  if (a == b || a->count != b->count) return a == b;
  for (int64_t i = 0; i < a->count; i++) {
    const Value *other = dict_find(b, dict_entries(a)[i].key);
    if (!other || !value_equal(vm, site, dict_entries(a)[i].value, *other)) return false;
  }
  return true;
}

bool dict_has(Vm *vm, Span span, const DictObject *dict, Value key) {
  if (key.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (!may_be_key(vm, span, key) || (key.kind == KIND_NUMBER && isnan(key.number))) return false;
  Value sought = dict_key(vm, span, key);
  bool found = dict_find(dict, sought) != NULL;
  value_release(vm, sought);
  return found;
}

/* ---- the kind ---- */

static size_t dict_bytes(const Object *object) {
  (void)object;
  return sizeof(DictObject);
}

static void dict_parts(Vm *vm, Object *object, Visit *visit) {
  const DictObject *dict = (DictObject *)(void *)object;
  for (int64_t i = 0; i < dict->used; i++) {
    visit_values(vm, &dict->places[i].key, 1, visit);
    visit_values(vm, &dict->places[i].value, 1, visit);
  }
}

static void dict_free_own(Vm *vm, Object *object) {
  DictObject *dict = (DictObject *)(void *)object;
  vm->uncounted -= entries_bytes(dict);
  mem_free(dict->places);
  mem_free(dict->slots);
}

bool dict_key_is_name(const char *text) {
  for (size_t i = 0; text[i]; i++) {
    bool letter = (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') ||
                  text[i] == '_';
    if (!letter && (i == 0 || text[i] < '0' || text[i] > '9')) return false;
  }
  return *text && !token_is_word(text, strlen(text));
}

static bool is_name(Value key) {
  return key.kind == KIND_STRING && key.string->length == strlen(key.string->data) &&
         dict_key_is_name(key.string->data);
}

/* As it would be written: all keys before colons where all are names, else all as pairs. */
static void dict_show(Showing *showing, Value value) {
  const DictObject *dict = value.dict;
  bool names = true;
  for (int64_t i = 0; i < dict->count; i++) names = names && is_name(dict_entries(dict)[i].key);
  text_string(showing->text, "dict(");
  if (++showing->depth > SHOWN_DEPTH) text_string(showing->text, "…");
  for (int64_t i = 0; i < dict->count && showing->depth <= SHOWN_DEPTH; i++) {
    const DictEntry *entry = &dict_entries(dict)[i];
    text_weigh(showing->vm, showing->text);
    if (i) text_string(showing->text, ", ");
    if (dict->count > SHOWN_ITEMS && i == SHOWN_ITEMS / 2) {
      text_string(showing->text, "…, ");
      i = dict->count - SHOWN_ITEMS / 2;
      entry = &dict_entries(dict)[i];
    }
    if (!names) text_char(showing->text, '(');
    show_item(showing, entry->key, !names);
    text_string(showing->text, names ? ": " : ", ");
    show_item(showing, entry->value, true);
    if (!names) text_char(showing->text, ')');
  }
  showing->depth--;
  text_char(showing->text, ')');
}

static int64_t dict_count(Vm *vm, Span span, Value of) {
  (void)vm;
  (void)span;
  return of.dict->count;
}

static Value dict_pair(Vm *vm, Span span, Value of, int64_t index) {
  (void)span;
  Value pair = value_tuple(vm, 2);
  pair.tuple->items[0] = value_retain(dict_entries(of.dict)[index].key);
  pair.tuple->items[1] = value_retain(dict_entries(of.dict)[index].value);
  return pair;
}

static bool dict_fields(Value of, VisitField *visit, void *context) {
  for (int64_t i = 0; i < of.dict->count; i++) {
    const DictEntry *entry = &dict_entries(of.dict)[i];
    double number = entry->key.kind == KIND_NUMBER ? entry->key.number : -1;
    bool whole = number >= 0 && number < 1e15 && number == floor(number);
    const char *name = entry->key.kind == KIND_STRING ? entry->key.string->data : NULL;
    if (visit(context, name, whole ? (int64_t)number : i, entry->value)) return true;
  }
  return false;
}

const KindRow DICT_KIND = {.bytes = dict_bytes,
                           .parts = dict_parts,
                           .free_own = dict_free_own,
                           .show = dict_show,
                           .field = dict_field,
                           .index = dict_index,
                           .count = dict_count,
                           .at = dict_pair,
                           .fields = dict_fields,
                           .tree = true};
