/* builtin_text.c — standard functions for strings.
 *
 * Strings are searched by bytes, which is right for UTF-8: whole code points match only where code
 * points begin.  Returned positions count code points.  Letter case covers the alphabets whose
 * pairs have a fixed distance or alternate in Unicode (Latin-1, Latin Extended-A, Greek, Cyrillic);
 * other letters are unchanged.
 */
#include "lang/library/natives.h"
#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/values/show.h"
#include "lang/values/text_value.h"

#include <string.h>

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* ---- split and join ---- */

static Value split_blanks(Vm *vm, const StringObject *string) {
  Value list = value_list(vm, 0);
  for (size_t at = 0; at < string->length;) {
    while (at < string->length && is_blank(string->data[at])) vm_poll_signals(vm), at++;
    size_t start = at;
    while (at < string->length && !is_blank(string->data[at])) vm_poll_signals(vm), at++;
    if (at > start) list_push(vm, list.list, value_string(vm, string->data + start, at - start));
  }
  return list;
}

Value native_split(Vm *vm, const CallSite *site, Value *args, int count) {
  if (args[0].kind != KIND_STRING) return data_split(vm, site, args, count);
  StringObject *string = args[0].string;
  if (args[2].kind != KIND_UNSET)
    raise_at(vm, site_at(site, 2), "a string is split by a separator, not by `rows:`");
  if (args[1].kind == KIND_UNSET) return split_blanks(vm, string);
  const StringObject *by = arg_string(vm, site, args, 1);
  if (by->length == 0)
    raise_help(vm, site_at(site, 1), "for c in s { … } iterates over the characters",
               "the separator must not be empty");
  Value list = value_list(vm, 0);
  const char *at = string->data, *end = string->data + string->length, *next;
  while ((next = string_find(vm, at, (size_t)(end - at), by)) != NULL) {
    list_push(vm, list.list, value_string(vm, at, (size_t)(next - at)));
    at = next + by->length;
  }
  list_push(vm, list.list, value_string(vm, at, (size_t)(end - at)));
  return list;
}

Value native_join(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t items = items_count(vm, site_at(site, 0), args[0]);
  const StringObject *separator = args[1].kind == KIND_UNSET ? NULL : arg_string(vm, site, args, 1);
  Value joined = value_string(vm, "", 0);
  for (int64_t i = 0; i < items; i++) {
    if (i && separator) string_append(vm, joined.string, separator);
    Value item = items_at(vm, site_at(site, 0), args[0], i);
    if (item.kind != KIND_STRING) {
      Text text = {0};
      value_show_safe(vm, item, false, &text, site_at(site, 0));
      value_release(vm, item);
      item = string_take(vm, &text);
    }
    string_append(vm, joined.string, item.string);
    value_release(vm, item);
  }
  return joined;
}

/* ---- trimming, replacing, finding ---- */

Value native_trim(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const StringObject *string = arg_string(vm, site, args, 0);
  size_t start = 0, end = string->length;
  while (start < end && is_blank(string->data[start])) vm_poll_signals(vm), start++;
  while (end > start && is_blank(string->data[end - 1])) vm_poll_signals(vm), end--;
  return value_string(vm, string->data + start, end - start);
}

static void append_bytes(Vm *vm, StringObject *to, const char *bytes, size_t length) {
  StringObject part = {.length = length, .data = (char *)(uintptr_t)bytes, .points = -1};
  string_append(vm, to, &part);
}

Value native_replace(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const StringObject *string = arg_string(vm, site, args, 0), *old = arg_string(vm, site, args, 1),
                     *with = arg_string(vm, site, args, 2);
  if (old->length == 0) raise_at(vm, site_at(site, 1), "an empty string cannot be replaced");
  Value result = value_string(vm, "", 0);
  const char *at = string->data, *end = string->data + string->length, *next;
  while ((next = string_find(vm, at, (size_t)(end - at), old)) != NULL) {
    append_bytes(vm, result.string, at, (size_t)(next - at));
    string_append(vm, result.string, with);
    at = next + old->length;
  }
  append_bytes(vm, result.string, at, (size_t)(end - at));
  return result;
}

Value native_find(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const StringObject *string = arg_string(vm, site, args, 0), *part = arg_string(vm, site, args, 1);
  const char *at = string_find(vm, string->data, string->length, part);
  if (!at) return value_none();
  int64_t points = 0;
  for (const char *byte = string->data; byte < at; byte++) {
    vm_poll_signals(vm);
    points += ((unsigned char)*byte & 0xC0) != 0x80;
  }
  return value_number((double)points);
}

Value native_starts_with(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const StringObject *string = arg_string(vm, site, args, 0), *part = arg_string(vm, site, args, 1);
  return value_bool(part->length <= string->length &&
                    memcmp(string->data, part->data, part->length) == 0);
}

Value native_ends_with(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const StringObject *string = arg_string(vm, site, args, 0), *part = arg_string(vm, site, args, 1);
  return value_bool(
      part->length <= string->length &&
      memcmp(string->data + string->length - part->length, part->data, part->length) == 0);
}

/* ---- letter case ---- */

static uint32_t to_upper(uint32_t c) {
  if (c >= 'a' && c <= 'z') return c - 32;
  if ((c >= 0xE0 && c <= 0xFE && c != 0xF7) || (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) ||
      (c >= 0x430 && c <= 0x44F))
    return c - 32;
  if (c == 0x3C2) return 0x3A3; /* final sigma */
  if (c == 0xFF) return 0x178;
  if (c >= 0x450 && c <= 0x45F) return c - 80;
  if (c == 0x3AC) return 0x386;
  if (c >= 0x3AD && c <= 0x3AF) return c - 37;
  if (c == 0x3CC) return 0x38C;
  if (c == 0x3CD || c == 0x3CE) return c - 63;
  bool even = (c >= 0x100 && c <= 0x137 && c != 0x131) || (c >= 0x14A && c <= 0x177) ||
              (c >= 0x460 && c <= 0x481);
  bool odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
  if (even && c % 2 == 1) return c - 1;
  if (odd && c % 2 == 0) return c - 1;
  return c;
}

static uint32_t to_lower(uint32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) ||
      (c >= 0x410 && c <= 0x42F))
    return c + 32;
  if (c == 0x178) return 0xFF;
  if (c >= 0x400 && c <= 0x40F) return c + 80;
  if (c == 0x386) return 0x3AC;
  if (c >= 0x388 && c <= 0x38A) return c + 37;
  if (c == 0x38C) return 0x3CC;
  if (c == 0x38E || c == 0x38F) return c + 63;
  bool even = (c >= 0x100 && c <= 0x137 && c != 0x130) || (c >= 0x14A && c <= 0x177) ||
              (c >= 0x460 && c <= 0x481);
  bool odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
  if (even && c % 2 == 0) return c + 1;
  if (odd && c % 2 == 1) return c + 1;
  return c;
}

static Value change_case(Vm *vm, const StringObject *string, uint32_t (*change)(uint32_t)) {
  Text text = {0};
  for (size_t at = 0; at < string->length && !vm_stops(vm);) {
    uint32_t code;
    size_t size = text_decode(string->data + at, string->length - at, &code);
    if (size) text_code_point(&text, change(code));
    else text_char(&text, string->data[at]);
    at += size ? size : 1;
  }
  return string_take(vm, &text);
}

Value native_upper(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return change_case(vm, arg_string(vm, site, args, 0), to_upper);
}

Value native_lower(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return change_case(vm, arg_string(vm, site, args, 0), to_lower);
}
