/* builtin_dict.c — standard functions for dicts: dict, get, remove, keys, values.
 *
 * `dict(base, lr: 0.1)` begins with the entries of `base`: a dict, a tuple with names, or a list of
 * pairs; a pair `(key, value)` is one entry.  A later entry replaces an earlier one with the same
 * key, but a name written twice in one call is an error.
 *
 * `keys`, `values` and `get` accept tuples with names too.
 */
#include "lang/library/natives.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/values/dict.h"

#include <string.h>

static bool has_names(Value value) { return value.kind == KIND_TUPLE && value.tuple->names; }

static void add_pair(Vm *vm, Span span, DictObject *dict, Value pair) {
  if (pair.kind != KIND_TUPLE || pair.tuple->count != 2 || pair.tuple->names)
    raise_help(vm, span, "dict(lr: 0.1), dict((\"a b\", 1), (2, \"c\"))",
               "a pair (key, value) is expected here, this is %s",
               pair.kind == KIND_TUPLE ? "another tuple" : kind_name(pair));
  Value key = dict_key(vm, span, pair.tuple->items[0]);
  dict_set(vm, dict, key, value_retain(pair.tuple->items[1]));
}

static void add_names(Vm *vm, Span span, DictObject *dict, const TupleObject *tuple) {
  for (int i = 0; i < tuple->count; i++) {
    if (!tuple->names[i]) raise_at(vm, span, "item %d of the tuple has no name", i);
    dict_set_text(vm, dict, tuple->names[i], strlen(tuple->names[i]),
                  value_retain(tuple->items[i]));
  }
}

static void add_all(Vm *vm, Span span, DictObject *dict, Value from) {
  if (has_names(from)) {
    add_names(vm, span, dict, from.tuple);
  } else if (from.kind == KIND_DICT) {
    for (int64_t i = 0; i < from.dict->count; i++)
      dict_set(vm, dict, value_retain(dict_entries(from.dict)[i].key),
               value_retain(dict_entries(from.dict)[i].value));
  } else if (from.kind == KIND_LIST) {
    for (int64_t i = 0; i < from.list->count; i++) add_pair(vm, span, dict, from.list->items[i]);
  } else {
    add_pair(vm, span, dict, from);
  }
}

Value native_dict(Vm *vm, const CallSite *site, Value *args, int count) {
  Value dict = *stack_push(vm, value_dict(vm));
  int positional = 0;
  for (; positional < count && !site->names[positional]; positional++)
    add_all(vm, site_at(site, positional), dict.dict, args[positional]);
  Value *named = stack_push(vm, value_dict(vm));
  for (int i = positional; i < count; i++) {
    const char *name = site->names[i];
    if (dict_find_text(named->dict, name, strlen(name)))
      raise_at(vm, site_at(site, i), "the key `%.64s` is given twice", name);
    dict_set_text(vm, named->dict, name, strlen(name), value_none());
    dict_set_text(vm, dict.dict, name, strlen(name), value_retain(args[i]));
  }
  stack_drop(vm, named);
  return dict;
}

static Value *item_named(Value tuple, Value key) {
  for (int i = 0; key.kind == KIND_STRING && i < tuple.tuple->count; i++)
    if (tuple.tuple->names[i] && strcmp(tuple.tuple->names[i], key.string->data) == 0)
      return &tuple.tuple->items[i];
  return NULL;
}

static NORETURN void raise_no_dict(Vm *vm, const CallSite *site, Value value) {
  raise_kind(vm, site_at(site, 0), value, "a dict or a tuple with names is expected here",
             "dict(lr: 0.1) makes a dict");
}

Value native_get(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind != KIND_DICT && !has_names(args[0])) raise_no_dict(vm, site, args[0]);
  Value key = dict_key(vm, site_at(site, 1), args[1]);
  const Value *found = args[0].kind == KIND_DICT ? dict_find(args[0].dict, key)
                                                 : item_named(args[0], key);
  value_release(vm, key);
  return found                        ? value_retain(*found)
         : args[2].kind == KIND_UNSET ? value_none()
                                      : value_retain(args[2]);
}

Value native_remove(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind != KIND_DICT)
    raise_kind(vm, site_at(site, 0), args[0], "a dict is expected here", NULL);
  Value key = dict_key(vm, site_at(site, 1), args[1]), rest = dict_without(vm, args[0], key);
  value_release(vm, key);
  return rest;
}

static void push_name(Vm *vm, Value list, const char *name) {
  list_push(vm, list.list, value_string(vm, name, strlen(name)));
}

static void push_names(Vm *vm, const CallSite *site, Value list, const TupleObject *tuple) {
  for (int i = 0; tuple->names && i < tuple->count; i++) {
    if (tuple->names[i]) push_name(vm, list, tuple->names[i]);
    else raise_at(vm, site_at(site, 0), "item %d of the tuple has no name", i);
  }
}

Value native_keys(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_UNKNOWN) raise_unknown(vm);
  Value list = value_list(vm, 0);
  if (args[0].kind == KIND_MODEL) {
    const AstFunction *function = args[0].model->made_by->function;
    for (int i = 0; i < function->member_count; i++) push_name(vm, list, function->members[i].name);
  } else if (args[0].kind == KIND_DICT) {
    for (int64_t i = 0; i < args[0].dict->count; i++)
      list_push(vm, list.list, value_retain(dict_entries(args[0].dict)[i].key));
  } else if (args[0].kind == KIND_TUPLE) {
    push_names(vm, site, list, args[0].tuple);
  } else {
    raise_no_dict(vm, site, args[0]);
  }
  return list;
}

Value native_values(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Value list = value_list(vm, 0);
  if (args[0].kind != KIND_DICT && args[0].kind != KIND_TUPLE) raise_no_dict(vm, site, args[0]);
  for (int64_t i = 0; args[0].kind == KIND_DICT && i < args[0].dict->count; i++)
    list_push(vm, list.list, value_retain(dict_entries(args[0].dict)[i].value));
  for (int i = 0; args[0].kind == KIND_TUPLE && i < args[0].tuple->count; i++)
    list_push(vm, list.list, value_retain(args[0].tuple->items[i]));
  return list;
}
