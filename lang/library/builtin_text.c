/* builtin_text.c — standard functions for strings.
 *
 * Strings are searched by bytes, which is right for UTF-8: whole code points match only where code
 * points begin.  Returned positions count code points.  Letter case and blanks are Unicode's
 * (letter_case.h).
 */
#include "lang/library/letter_case.h"
#include "lang/library/natives.h"
#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/values/show.h"
#include "lang/values/text_value.h"

#include <ctype.h>
#include <string.h>

/* The bytes of the blank at a place; 0 where there is none. */
static size_t blank_at(const StringObject *string, size_t at) {
  uint32_t code;
  size_t size = text_decode(string->data + at, string->length - at, &code);
  return size && letter_is_blank(code) ? size : 0;
}

/* Where the code point before a place begins. */
static size_t point_before(const StringObject *string, size_t at) {
  at--;
  while (at && ((unsigned char)string->data[at] & 0xC0) == 0x80) at--;
  return at;
}

/* ---- split and join ---- */

static Value split_blanks(Vm *vm, const StringObject *string) {
  Value list = value_list(vm, 0);
  for (size_t at = 0, blank; at < string->length;) {
    while (at < string->length && (blank = blank_at(string, at))) vm_poll_signals(vm), at += blank;
    size_t start = at;
    while (at < string->length && !blank_at(string, at)) vm_poll_signals(vm), at++;
    if (at > start) list_push(vm, list.list, value_string(vm, string->data + start, at - start));
  }
  return list;
}

/* Is a string written in the call itself? */
static bool is_written(const Vm *vm, Span span) {
  const Source *source = span.file ? source_at(vm->sources, span.file) : NULL;
  return source && span.start < source->length && source->text[span.start] == '"';
}

/* `split(",", s)`: marks, written in the call, that are found in what is to split them. */
static void warn_swapped(Vm *vm, const CallSite *site, const StringObject *string,
                         const StringObject *by) {
  if (!string->length || string->length >= by->length || !is_written(vm, site_at(site, 0)) ||
      !string_find(vm, by->data, by->length, string))
    return;
  for (size_t at = 0; at < string->length; at++)
    if (!ispunct((unsigned char)string->data[at]) && string->data[at] != ' ') return;
  Span span = trace_span(vm, site->span);
  if (!vm_warns(vm) || !trace_mark_reported(vm, span)) return;
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, span, "the string that is split comes before its separator");
  diag_help(&diag, "`split(s, \",\")`");
  vm_warn(vm, &diag);
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
  warn_swapped(vm, site, string, by);
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
  if (args[0].kind == KIND_STRING && args[1].kind != KIND_STRING && args[1].kind != KIND_UNSET)
    raise_kind(vm, site_at(site, 1), args[1], "a string is expected here",
               "the list comes first: `join(items, \", \")`");
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
  size_t start = 0, end = string->length, blank, before;
  while (start < end && (blank = blank_at(string, start))) vm_poll_signals(vm), start += blank;
  while (end > start && blank_at(string, before = point_before(string, end)))
    vm_poll_signals(vm), end = before;
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

/* Marks and points inside a word: a letter before them has them between it and its neighbour. */
static bool is_inside(uint32_t c) {
  return c == '\'' || c == '.' || c == ':' || c == 0xAD || c == 0xB7 || c == 0x2018 ||
         c == 0x2019 || (c >= 0x300 && c <= 0x36F);
}

/* Does a letter stand before (`step` -1) or after (1) the one at `at`, of `size` bytes? */
static bool has_letter(const StringObject *string, size_t at, size_t size, int step) {
  for (;;) {
    if (step < 0 ? !at : at + size >= string->length) return false;
    at = step < 0 ? point_before(string, at) : at + size;
    uint32_t code;
    size = text_decode(string->data + at, string->length - at, &code);
    if (!size) return false;
    if (!is_inside(code)) return letter_has_case(code);
  }
}

/* Σ at the end of a word is ς. */
static bool ends_word(const StringObject *string, size_t at, size_t size) {
  return has_letter(string, at, size, -1) && !has_letter(string, at, size, 1);
}

static Value change_case(Vm *vm, const StringObject *string, bool lower) {
  Text text = {0};
  for (size_t at = 0; at < string->length && !vm_stops(vm);) {
    uint32_t code, letters[LETTERS_MOST];
    size_t size = text_decode(string->data + at, string->length - at, &code);
    int count = !size ? 0 : lower ? letter_lower(code, letters) : letter_upper(code, letters);
    if (lower && code == 0x3A3 && count && ends_word(string, at, size)) letters[0] = 0x3C2;
    for (int i = 0; i < count; i++) text_code_point(&text, letters[i]);
    if (!size) text_char(&text, string->data[at]);
    at += size ? size : 1;
  }
  return string_take(vm, &text);
}

Value native_upper(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return change_case(vm, arg_string(vm, site, args, 0), false);
}

Value native_lower(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return change_case(vm, arg_string(vm, site, args, 0), true);
}
