/* standard_value.c — the values of standard names, created on first use. */
#include "lang/eval/standard_value.h"

#include "lang/eval/call.h"
#include "lang/eval/check.h"
#include "lang/eval/module.h"
#include "lang/machine/call_site.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/module_value.h"
#include "lang/machine/string.h"
#include "lang/names/library_file.h"
#include "lang/names/scope.h"
#include "lang/names/standard.h"

#include "runtime/peers/peers.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

Value value_native(Vm *vm, const Native *native) {
  NativeObject *object = object_new(vm, KIND_NATIVE, sizeof *object);
  object->native = native;
  return value_of(KIND_NATIVE, object);
}

static Value row_value(Vm *vm, const OpRow *row) {
  NativeObject *object = object_new(vm, KIND_NATIVE, sizeof *object);
  object->row = row;
  return value_of(KIND_NATIVE, object);
}

static Value args_value(Vm *vm) {
  if (check_leaves_open(vm)) return (Value){.kind = KIND_UNKNOWN};
  Value list = value_list(vm, vm->options.arg_count);
  for (int i = 0; i < vm->options.arg_count; i++)
    list_push(vm, list.list, value_string(vm, vm->options.args[i], strlen(vm->options.args[i])));
  return list;
}

/* A folder without an absolute path (removed, or too deep) is named as it was given. */
static Value here_value(Vm *vm, const char *folder) {
  char whole[PATH_MAX];
  const char *given = *folder ? folder : ".";
  const char *path = realpath(given, whole) ? whole : given;
  return value_string(vm, path, strlen(path));
}

static Value library_value(Vm *vm, const Entry *entry) {
  ModuleObject *module = entry->module;
  const Variable *variable = scope_global(module->scope, entry->name);
  module_ensure_run(vm, module);
  return variable->slot < module->global_count ? value_retain(module->globals[variable->slot])
                                               : (Value){0};
}

Value *standard_value(Vm *vm, int slot) {
  if (vm->standard_values[slot].kind != KIND_UNSET) return &vm->standard_values[slot];
  const Entry entry = vm->standard->entries[slot];
  Value value = {0};
  switch (entry.kind) {
    case STANDARD_QUESTION: value = value_bool(vm->training && !vm->inferring); break;
    case STANDARD_ARGS: value = args_value(vm); break;
    case STANDARD_WORKER: value = value_number(peers_rank()); break;
    case STANDARD_WORKERS: value = value_number(peers_count()); break;
    case STANDARD_HERE: value = here_value(vm, entry.folder); break;
    case STANDARD_NATIVE: value = value_native(vm, entry.native); break;
    case STANDARD_ROW: value = row_value(vm, entry.row); break;
    case STANDARD_LIBRARY: value = library_value(vm, &entry); break;
  }
  /* running the library may have added slots: the array is read again */
  vm->standard_values[slot] = value;
  return &vm->standard_values[slot];
}

static NORETURN void raise_library(Vm *vm, const CallSite *site, Report *report, const char *name) {
  Diag diag = {0};
  if (report->count) diag = report->items[0];
  else diag_fail(&diag, STATUS_BUG, site->span, "the library has no `%s`", name);
  report_clear(report);
  raise_diag(vm, &diag);
}

Value standard_library_call(Vm *vm, const CallSite *site, const char *name, const Value *args,
                            int count) {
  Report report = {0};
  int entry = library_file_entry(name);
  ModuleObject *module = entry < 0 ? NULL : vm->registry->loader->library(vm, entry, &report);
  const char *interned = names_intern(vm->names, name, strlen(name));
  if (!module || report.errors || !scope_global(module->scope, interned))
    raise_library(vm, site, &report, name);
  report_clear(&report);
  module_ensure_run(vm, module);
  return vm_call(vm, site, module->globals[scope_global(module->scope, interned)->slot], args,
                 count);
}
