/* standard.c — the standard names: lookup, slots, signatures and documentation.
 *
 * A name is looked up in the standard functions in C (builtin.def), then in the table of operations
 * (ops.def), then in the library written in gd (library_file.h); the first match wins.  It gets a
 * slot when a script first mentions it, and its value is created on first use (standard_value.c),
 * so a script pays only for what it uses.
 *
 * Three names are special (SPECIALS): `training` reads the Vm each time, `args` is the list of the
 * command line's arguments, `here` differs for each folder of scripts, so it has a slot for each.
 *
 * A lookup is a linear search; it happens once for each name that a script mentions.
 */
#include "lang/names/standard.h"

#include "lang/machine/call_site.h"
#include "lang/machine/kind.h"
#include "lang/machine/module_value.h"
#include "lang/names/library_file.h"
#include "lang/names/scope.h"
#include "lang/text/source.h"

#include <string.h>

typedef struct Special {
  const char *name;
  StandardKind kind;
  const char *sentence; /* documentation */
  const char *example, *prints;
} Special;

static const Special SPECIALS[] = {
    {"training", STANDARD_QUESTION, "true in a training step, false elsewhere", "training",
     "false"},
    {"args", STANDARD_ARGS,
     "the arguments after the script on the command line, as a list of strings", "args", "[]"},
    {"worker", STANDARD_WORKER,
     "the number of this process, from 0; 0 if there is only one: `if worker == 0 { … }`", "worker",
     "0"},
    {"workers", STANDARD_WORKERS, "how many processes run the script: 3 with `gd --workers 3`",
     "workers", "1"},
    {"here", STANDARD_HERE,
     "the folder of the file that uses it, as an absolute path: csv(\"{here}/table.csv\"); with "
     "-e, standard input and at the prompt it is the working directory",
     "starts_with(here, \"/\")", "true"},
};

/* ---- looking up ---- */

static const Native *native_find(const Vm *vm, const char *name) {
  const Native *rows = vm->registry->natives;
  for (int i = 0; i < vm->registry->native_count; i++)
    if (rows[i].name[0] == name[0] && strcmp(rows[i].name, name) == 0) return &rows[i];
  return NULL;
}

static const Special *special_find(const char *name) {
  for (int i = 0; i < COUNT_OF(SPECIALS); i++)
    if (strcmp(SPECIALS[i].name, name) == 0) return &SPECIALS[i];
  return NULL;
}

bool standard_is(const Vm *vm, const char *name) {
  return special_find(name) || native_find(vm, name) || ops_find(name) || library_file_find(name);
}

const char *standard_name(const Vm *vm, int index) {
  if (index < vm->registry->native_count) return vm->registry->natives[index].name;
  index -= vm->registry->native_count;
  int rows = 0;
  while (ops_row(rows)) rows++;
  if (index < rows) return ops_row(index)->name;
  index -= rows;
  if (index < library_file_names()) return library_file_name(index);
  index -= library_file_names();
  return index < COUNT_OF(SPECIALS) ? SPECIALS[index].name : NULL;
}

void standard_offer(const Vm *vm, Nearest *nearest) {
  for (int i = 0; i < vm->registry->native_count; i++)
    nearest_offer(nearest, vm->registry->natives[i].name);
  for (int i = 0; ops_row(i); i++) nearest_offer(nearest, ops_row(i)->name);
  for (int i = 0; i < library_file_names(); i++) nearest_offer(nearest, library_file_name(i));
  for (int i = 0; i < COUNT_OF(SPECIALS); i++) nearest_offer(nearest, SPECIALS[i].name);
}

const char *standard_special(int index) {
  return index >= 0 && index < COUNT_OF(SPECIALS) ? SPECIALS[index].name : NULL;
}

/* ---- slots ---- */

static int entry_add(Vm *vm, Entry entry) {
  Standard *standard = vm->standard;
  if (standard->count == standard->capacity) {
    int capacity = standard->capacity ? 2 * standard->capacity : 32;
    standard->entries = mem_grow(standard->entries, (size_t)capacity * sizeof(Entry));
    vm->standard_values = mem_grow(vm->standard_values, (size_t)capacity * sizeof(Value));
    standard->capacity = capacity;
  }
  standard->entries[standard->count] = entry;
  vm->standard_values[standard->count] = (Value){0};
  return standard->count++;
}

static void standard_open(Vm *vm) {
  vm->standard = mem_zero(sizeof *vm->standard);
  vm->word_forward = names_intern(vm->names, "forward", 7);
  entry_add(vm, (Entry){.name = names_intern(vm->names, "training", 8), .kind = STANDARD_QUESTION});
}

static void standard_close(Vm *vm) {
  Standard *standard = vm->standard;
  for (int i = 0; i < standard->parsed_count; i++) mem_free(standard->parsed[i].signature);
  mem_free(standard->parsed);
  mem_free(standard->entries);
  mem_free(vm->standard_values);
  mem_free(standard);
}

static void standard_mark(Vm *vm) {
  for (int i = 0; i < vm->standard->count; i++) vm_mark(vm, vm->standard_values[i]);
}

/* The folder in the name of a source, with its slash; one for all lines of a session. */
static const char *folder_of(Vm *vm, uint32_t file) {
  const Source *source = source_at(vm->sources, file);
  const char *slash = source ? strrchr(source->name, '/') : NULL;
  return names_intern(vm->names, slash ? source->name : "",
                      slash ? (size_t)(slash - source->name) + 1 : 0);
}

/* May source `file` use the names that files of the library share? */
static bool shares(const Vm *vm, uint32_t file) {
  const Source *source = source_at(vm->sources, file);
  return source && (source->library || library_file_named(source->name));
}

int standard_find(Vm *vm, const char *name, uint32_t file, Report *report) {
  Standard *standard = vm->standard;
  const bool shared = name[0] == '_';
  if (shared && !shares(vm, file)) return STANDARD_NONE;
  const Special *special = special_find(name);
  const char *folder = special && special->kind == STANDARD_HERE ? folder_of(vm, file) : NULL;
  for (int i = 0; i < standard->count; i++)
    if (standard->entries[i].name == name && standard->entries[i].folder == folder) return i;
  Entry entry = {
      .name = name, .kind = STANDARD_NATIVE, .folder = folder, .native = native_find(vm, name)};
  if (special) {
    entry.kind = special->kind;
  } else if (!entry.native && (entry.row = ops_find(name)) != NULL) {
    entry.kind = STANDARD_ROW;
  } else if (!entry.native) {
    int shelf = shared ? library_file_shared(name) : library_file_entry(name);
    if (shelf < 0) return STANDARD_NONE;
    entry.kind = STANDARD_LIBRARY;
    entry.module = vm->registry->loader->library(vm, shelf, report);
    if (!entry.module || !scope_global(entry.module->scope, name)) return STANDARD_BROKEN;
  }
  return entry_add(vm, entry);
}

/* ---- signatures ---- */

const Signature *standard_signature(Vm *vm, const char *text) {
  Standard *standard = vm->standard;
  for (int i = 0; i < standard->parsed_count; i++)
    if (standard->parsed[i].text == text) return standard->parsed[i].signature;
  if (standard->parsed_count == standard->parsed_capacity) {
    standard->parsed_capacity = standard->parsed_capacity ? 2 * standard->parsed_capacity : 32;
    standard->parsed = mem_grow(standard->parsed,
                                (size_t)standard->parsed_capacity * sizeof(Parsed));
  }
  Signature *signature = signature_parse(vm->names, text);
  standard->parsed[standard->parsed_count++] = (Parsed){text, signature};
  return signature;
}

void standard_formals(Vm *vm, int slot, Formals *formals) {
  const Entry *entry = &vm->standard->entries[slot];
  *formals = (Formals){0};
  if (entry->native && !signature_open(entry->native->signature))
    formals->signature = standard_signature(vm, entry->native->signature);
  if (entry->row) formals->signature = standard_signature(vm, entry->row->signature);
  if (entry->module) formals->function = scope_global(entry->module->scope, entry->name)->function;
}

/* ---- documentation ---- */

bool standard_doc(const Vm *vm, const char *name, const char **signature, const char **sentence,
                  const char **example, const char **prints) {
  const Special *special = special_find(name);
  if (special) {
    *signature = special->name;
    *sentence = special->sentence;
    *example = special->example;
    *prints = special->prints;
    return true;
  }
  const Native *native = native_find(vm, name);
  const OpRow *row = native ? NULL : ops_find(name);
  if (!native && !row) return false;
  *signature = native ? native->signature : row->signature;
  *sentence = native ? native->sentence : row->sentence;
  *example = native ? native->example : row->example;
  *prints = native ? native->prints : row->prints;
  return true;
}

const VmPart STANDARD_PART = {
    .open = standard_open, .mark = standard_mark, .close = standard_close};
