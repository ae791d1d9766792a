/* builtin_file.c — standard functions for files, standard input and the environment.
 *
 * Paths are relative to the working directory, and --root restricts all of them
 * (runtime/io/file.h).  `gd check` reads and writes nothing: the contents of files are unknown.
 */
#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/library/natives.h"
#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/signals.h"
#include "lang/machine/string.h"
#include "lang/tensors/trace.h"
#include "lang/text/output.h"
#include "lang/values/text_value.h"
#include "runtime/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static NORETURN void raise_file(Vm *vm, Span span, Diag *diag) {
  diag->span = span;
  raise_diag(vm, diag);
}

const char *arg_path(Vm *vm, const CallSite *site, const Value *args, int index) {
  const StringObject *path = arg_string(vm, site, args, index);
  Diag diag = {0};
  if (!file_path_check(path->data, path->length, &diag))
    raise_file(vm, site_at(site, index), &diag);
  return path->data;
}

/* `gd check`: is it unknown what the file will hold? */
static bool is_left_open(Vm *vm, const char *path) {
  return check_leaves_open(vm) || (vm->checking && check_writes_file(vm, path));
}

static Bytes read_bytes(Vm *vm, const CallSite *site, const Value *args) {
  Bytes bytes;
  Diag diag = {0};
  const char *path = arg_path(vm, site, args, 0);
  if (is_left_open(vm, path)) raise_unknown(vm);
  if (!file_read(&vm->files, path, &bytes, &diag)) raise_file(vm, site_at(site, 0), &diag);
  return bytes;
}

/* The first byte that is not UTF-8, or -1: strings are UTF-8. */
static int64_t broken_at(const Vm *vm, const char *data, size_t length) {
  uint32_t code;
  for (size_t at = 0; at < length && !vm_stops(vm);) {
    size_t size = text_decode(data + at, length - at, &code);
    if (!size) return (int64_t)at;
    at += size;
  }
  return -1;
}

static Bytes read_text(Vm *vm, const CallSite *site, const Value *args) {
  Bytes bytes = read_bytes(vm, site, args);
  int64_t broken = broken_at(vm, (const char *)bytes.data, bytes.length);
  if (broken < 0) return bytes;
  bytes_free(&bytes);
  Diag diag = {0};
  file_fail_byte(&diag, args[0].string->data, broken, "not UTF-8");
  raise_file(vm, site_at(site, 0), &diag);
}

Value native_read(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Bytes bytes = read_text(vm, site, args);
  Text text = {.data = (char *)bytes.data, .length = bytes.length, .capacity = bytes.length + 1};
  mem_release(bytes.reserved); /* from here on the string counts these bytes */
  return string_take(vm, &text);
}

Value native_lines(Vm *vm, const CallSite *site, Value *args, int count) {
  Value whole = native_read(vm, site, args, count), list = value_list(vm, 0);
  const char *at = whole.string->data, *end = at + whole.string->length;
  while (at < end) {
    const char *next = memchr(at, '\n', (size_t)(end - at));
    size_t length = (size_t)((next ? next : end) - at);
    if (length && at[length - 1] == '\r') length--;
    list_push(vm, list.list, value_string(vm, at, length));
    at = next ? next + 1 : end;
  }
  value_release(vm, whole);
  return list;
}

typedef bool WriteFile(const Files *files, const char *path, const void *data, size_t length,
                       Diag *diag);

static Value write_text(Vm *vm, const CallSite *site, const Value *args, WriteFile *writer) {
  const char *path = arg_path(vm, site, args, 0);
  const StringObject *text = arg_string(vm, site, args, 1);
  if (vm->checking) {
    check_wrote(vm, path);
    return value_none();
  }
  trace_effect(vm);
  Diag diag = {0};
  if (!writer(&vm->files, path, text->data, text->length, &diag))
    raise_file(vm, site_at(site, 0), &diag);
  return value_none();
}

Value native_write(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return write_text(vm, site, args, file_write);
}

Value native_append(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_LIST || value_is_tensor(args[0]))
    raise_help(vm, site_at(site, 0), "xs = push(xs, item) adds an item; concat(x, y) joins",
               "append(path, text) adds to a file: a path is expected here");
  return write_text(vm, site, args, file_append);
}

Value native_exists(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Diag diag = {0};
  const char *path = arg_path(vm, site, args, 0);
  if (is_left_open(vm, path)) raise_unknown(vm);
  bool there = file_exists(&vm->files, path, &diag);
  if (!there && diag.status) raise_file(vm, site_at(site, 0), &diag);
  return value_bool(there);
}

static Value ask_notebook(Vm *vm, const Notebook *notebook) {
  Text line = {0};
  bool given = notebook->ask(notebook->context, &line);
  if (!given) text_free(&line);
  vm_poll_signals(vm);
  return given ? string_take(vm, &line) : value_none();
}

Value native_read_line(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)site;
  (void)args;
  (void)count;
  if (vm->checking) raise_unknown(vm);
  trace_effect(vm);
  if (vm->files.silent) return value_none(); /* of a copy of the script: nobody answers */
  fflush(stdout);                            /* a question is shown before its answer is read */
  const Notebook *notebook = output_in_notebook();
  if (notebook) return ask_notebook(vm, notebook);
  const char *line;
  size_t length;
  Diag diag = {0};
  if (!file_input_line(&line, &length, &diag)) {
    vm_poll_signals(vm);
    raise_file(vm, site->span, &diag);
  }
  if (!length) return value_none();
  if (line[length - 1] == '\n') length--;
  if (length && line[length - 1] == '\r') length--;
  int64_t broken = broken_at(vm, line, length);
  if (broken < 0) return value_string(vm, line, length);
  file_fail_byte(&diag, "standard input", broken, "this line is not UTF-8");
  raise_file(vm, site->span, &diag);
}

Value native_env(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *value = getenv(arg_string(vm, site, args, 0)->data);
  if (check_leaves_open(vm)) raise_unknown(vm);
  if (!value) return args[1].kind == KIND_UNSET ? value_none() : value_retain(args[1]);
  return value_string(vm, value, strlen(value));
}
