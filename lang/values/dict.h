/* dict.h — dicts: values by key, in insertion order.
 *
 * A dict is a value like a list: one with several holders is copied before it is changed.  A key is
 * a string, a number or a bool; `dict_key` converts a value of the script to one.
 */
#ifndef GD_LANG_DICT_H
#define GD_LANG_DICT_H

#include "lang/machine/kind.h"

typedef struct DictEntry {
  Value key;     /* held: KIND_STRING, KIND_NUMBER (not NaN, no -0) or KIND_BOOL */
  Value value;   /* held */
  uint64_t hash; /* of the key */
} DictEntry;

typedef struct DictObject {
  Object head;
  int64_t count;          /* of entries */
  int64_t used, capacity; /* of places: `used - count` of the used ones are holes */
  DictEntry *places;      /* in insertion order; a hole has no key (KIND_UNSET); owned array */
  /* open addressing, linear probing: 1 + the index of a place, or 0; a power of two of slots, at
   * most half of them taken; owned */
  int64_t *slots;
  int64_t slot_count;
  /* of the classes of a data set: the key of its target's, "" if the target has none; NULL in other
   * dicts; interned */
  const char *target;
} DictObject;

extern const KindRow DICT_KIND;

/* returns a new one, empty */
Value value_dict(Vm *vm);
/* returns a new one with the same entries */
Value dict_copy(Vm *vm, const DictObject *dict);
/* Can a key stand before a colon, or after a point? */
bool dict_key_is_name(const char *text);
/* Converts a value to a key, a new holder; raises at span when it cannot be one. */
Value dict_key(Vm *vm, Span span, Value value);
/* the value of a key, borrowed; NULL when there is none */
Value *dict_find(const DictObject *dict, Value key);
/* the same for a string, without making a key */
Value *dict_find_text(const DictObject *dict, const char *text, size_t length);
/* Takes key and value.  The caller is the dict's only holder. */
void dict_set(Vm *vm, DictObject *dict, Value key, Value value);
/* the same with the name as a key; takes value */
void dict_set_text(Vm *vm, DictObject *dict, const char *text, size_t length, Value value);
/* Closes the holes that removed entries left. */
void dict_pack(DictObject *dict);
/* all entries, in insertion order, until the next change; borrowed */
static inline DictEntry *dict_entries(const DictObject *dict) {
  if (UNLIKELY(dict->used > dict->count)) dict_pack((DictObject *)(uintptr_t)dict);
  return dict->places;
}
/* Removes a key that is there; the caller is the dict's only holder. */
void dict_remove(Vm *vm, DictObject *dict, Value key);
/* a dict without the key; a new holder; the same dict if it has no such key */
Value dict_without(Vm *vm, Value dict, Value key);
/* the entry's value, to be changed in place; raises for a missing key, with the nearest one */
Value *dict_at(Vm *vm, Span span, DictObject *dict, Value key);
/* dict[key] = value: takes base, returns the new one */
Value dict_index_set(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count, Value value);
/* the only subscript of dict[key], as a key; a new holder */
Value dict_sub_key(Vm *vm, const Ast *ast, const Sub *subs, int count);
/* `==`, whatever the order */
bool dict_equal(Vm *vm, const CallSite *site, const DictObject *a, const DictObject *b);
/* is there such a key? false for what cannot be one */
bool dict_has(Vm *vm, Span span, const DictObject *dict, Value key);

#endif
