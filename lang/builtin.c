/* builtin.c — the standard names: finding them, making their values.
 *
 * Three shelves stand behind one another: host functions (builtin.def), rows of the table (ops.def), the library written in gd
 * (shelf.h).  A name is found in the first that has it.  Its slot is given the first time a script mentions it; its value, the
 * first time the script gets there; so a script pays for what it uses, and starting costs nothing.
 *
 * Three names are neither (SPECIALS): `training` is asked of the Vm each time, `args` is a list made of the command line, `here`
 * is another string in each folder that scripts come from, so it has a slot for each.
 *
 * Looking a name up compares strings down the rows; it happens once for each name that a script mentions.
 */
#include "lang/builtin.h"

#include "lang/module.h"
#include "lang/natives.h"
#include "lang/shelf.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const Native NATIVES[] = {
#define NATIVE(name, signature, function, sentence, example, prints) {name, signature, function, sentence, example, prints},
#include "lang/builtin.def"
#undef NATIVE
};

typedef enum StandardKind { STANDARD_QUESTION, STANDARD_ARGS, STANDARD_HERE, STANDARD_NATIVE, STANDARD_ROW, STANDARD_SHELF } StandardKind;

typedef struct Special {
  const char *name;
  StandardKind kind;
  const char *sentence;    /* documentation */
} Special;

static const Special SPECIALS[] = {
  {"training", STANDARD_QUESTION, "true in a training step, false elsewhere"},
  {"args", STANDARD_ARGS, "what stands behind the script on the command line, as a list of strings"},
  {"here", STANDARD_HERE, "the folder of the file in which it stands, as an absolute path: csv(\"{here}/table.csv\"); of a line, of standard input and at the prompt the working directory"},
};

typedef struct Entry {
  const char *name;        /* interned */
  StandardKind kind;
  const char *folder;      /* STANDARD_HERE: as the source's name has it, "" or up to a slash; interned.  Else NULL */
  const Native *native;
  const Row *row;
  ModuleObject *module;    /* STANDARD_SHELF */
} Entry;

typedef struct Parsed {
  const char *text;        /* the signature's text: its address is the key */
  Signature *signature;    /* owned */
} Parsed;

typedef struct Standard {
  Entry *entries;          /* owned; by slot */
  int count, capacity;     /* vm->standard_values has the same capacity */
  Parsed *parsed;          /* owned */
  int parsed_count, parsed_capacity;
} Standard;

/* ---- the shelves ---- */

const Native *native_row(const char *name) {
  for (int i = 0; i < COUNT_OF(NATIVES); i++)
    if (NATIVES[i].name[0] == name[0] && strcmp(NATIVES[i].name, name) == 0) return &NATIVES[i];
  return NULL;
}

static const Special *special_find(const char *name) {
  for (int i = 0; i < COUNT_OF(SPECIALS); i++)
    if (strcmp(SPECIALS[i].name, name) == 0) return &SPECIALS[i];
  return NULL;
}

bool standard_is(const char *name) { return special_find(name) || native_row(name) || ops_find(name) || shelf_find(name); }

const char *standard_name(int index) {
  if (index < COUNT_OF(NATIVES)) return NATIVES[index].name;
  index -= COUNT_OF(NATIVES);
  int rows = 0;
  while (ops_row(rows)) rows++;
  if (index < rows) return ops_row(index)->name;
  index -= rows;
  if (index < shelf_count()) return shelf_name(index);
  index -= shelf_count();
  return index < COUNT_OF(SPECIALS) ? SPECIALS[index].name : NULL;
}

void standard_offer(Nearest *nearest) {
  for (int i = 0; i < COUNT_OF(NATIVES); i++) nearest_offer(nearest, NATIVES[i].name);
  for (int i = 0; ops_row(i); i++) nearest_offer(nearest, ops_row(i)->name);
  for (int i = 0; i < shelf_count(); i++) nearest_offer(nearest, shelf_name(i));
  for (int i = 0; i < COUNT_OF(SPECIALS); i++) nearest_offer(nearest, SPECIALS[i].name);
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

void standard_init(Vm *vm) {
  vm->standard = mem_zero(sizeof *vm->standard);
  vm->word_forward = names_intern(vm->names, "forward", 7);
  entry_add(vm, (Entry){.name = names_intern(vm->names, "training", 8), .kind = STANDARD_QUESTION});
}

void standard_free(Vm *vm) {
  Standard *standard = vm->standard;
  for (int i = 0; i < standard->parsed_count; i++) mem_free(standard->parsed[i].signature);
  mem_free(standard->parsed);
  mem_free(standard->entries);
  mem_free(vm->standard_values);
  mem_free(standard);
}

void standard_mark(Vm *vm) {
  for (int i = 0; i < vm->standard->count; i++) vm_mark(vm, vm->standard_values[i]);
}

/* The folder in the name of a source, with its slash; the same for all lines of a session. */
static const char *folder_of(Vm *vm, uint32_t file) {
  const Source *source = source_at(vm->sources, file);
  const char *slash = source ? strrchr(source->name, '/') : NULL;
  return names_intern(vm->names, slash ? source->name : "", slash ? (size_t)(slash - source->name) + 1 : 0);
}

int standard_find(Vm *vm, const char *name, uint32_t file, Report *report) {
  Standard *standard = vm->standard;
  const Special *special = special_find(name);
  const char *folder = special && special->kind == STANDARD_HERE ? folder_of(vm, file) : NULL;
  for (int i = 0; i < standard->count; i++)
    if (standard->entries[i].name == name && standard->entries[i].folder == folder) return i;
  Entry entry = {.name = name, .kind = STANDARD_NATIVE, .folder = folder, .native = native_row(name)};
  if (special) {
    entry.kind = special->kind;
  } else if (!entry.native && (entry.row = ops_find(name)) != NULL) {
    entry.kind = STANDARD_ROW;
  } else if (!entry.native) {
    const ShelfFile *shelf = shelf_find(name);
    if (!shelf) return -1;
    entry.kind = STANDARD_SHELF;
    entry.module = module_shelf(vm, (int)(shelf - shelf_file(0)), report);
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
    standard->parsed = mem_grow(standard->parsed, (size_t)standard->parsed_capacity * sizeof(Parsed));
  }
  Signature *signature = signature_parse(vm->names, text);
  standard->parsed[standard->parsed_count++] = (Parsed){text, signature};
  return signature;
}

void standard_formals(Vm *vm, int slot, Formals *formals) {
  const Entry *entry = &vm->standard->entries[slot];
  *formals = (Formals){0};
  if (entry->native && entry->native->signature) formals->signature = standard_signature(vm, entry->native->signature);
  if (entry->row) formals->signature = standard_signature(vm, entry->row->signature);
  if (entry->module) formals->function = scope_global(entry->module->scope, entry->name)->function;
}

/* ---- values ---- */

Value value_native(Vm *vm, const Native *native) {
  NativeObject *object = object_new(vm, KIND_NATIVE, sizeof *object);
  object->native = native;
  return value_of(KIND_NATIVE, object);
}

static Value row_value(Vm *vm, const Row *row) {
  NativeObject *object = object_new(vm, KIND_NATIVE, sizeof *object);
  object->row = row;
  return value_of(KIND_NATIVE, object);
}

static Value args_value(Vm *vm) {
  if (vm->checking) return (Value){.kind = KIND_UNKNOWN};
  Value list = value_list(vm, vm->options.arg_count);
  for (int i = 0; i < vm->options.arg_count; i++) list_push(vm, list.list, value_string(vm, vm->options.args[i], strlen(vm->options.args[i])));
  return list;
}

/* What no longer has an absolute path (the folder is gone, or too deep) is named as it was given. */
static Value here_value(Vm *vm, const char *folder) {
  char whole[PATH_MAX];
  const char *given = *folder ? folder : ".";
  const char *path = realpath(given, whole) ? whole : given;
  return value_string(vm, path, strlen(path));
}

static Value shelf_value(Vm *vm, const Entry *entry) {
  ModuleObject *module = entry->module;
  const Variable *variable = scope_global(module->scope, entry->name);
  module_ensure_run(vm, module);
  return variable->slot < module->global_count ? value_retain(module->globals[variable->slot]) : (Value){0};
}

Value *standard_value(Vm *vm, int slot) {
  if (vm->standard_values[slot].kind != KIND_UNSET) return &vm->standard_values[slot];
  const Entry entry = vm->standard->entries[slot];
  Value value = {0};
  switch (entry.kind) {
    case STANDARD_QUESTION: value = value_bool(vm->training); break;
    case STANDARD_ARGS: value = args_value(vm); break;
    case STANDARD_HERE: value = here_value(vm, entry.folder); break;
    case STANDARD_NATIVE: value = value_native(vm, entry.native); break;
    case STANDARD_ROW: value = row_value(vm, entry.row); break;
    case STANDARD_SHELF: value = shelf_value(vm, &entry); break;
  }
  vm->standard_values[slot] = value; /* running the library may have given more slots: the array is read anew */
  return &vm->standard_values[slot];
}

static NORETURN void raise_library(Vm *vm, const Site *site, const Report *report, const char *name) {
  Diag diag = {0};
  if (report->count) diag = report->items[0];
  else diag_fail(&diag, STATUS_BUG, site->span, "the library has no `%s`", name);
  raise_diag(vm, &diag);
}

Value standard_library_call(Vm *vm, const Site *site, const char *name, const Value *args, int count) {
  Report report = {0};
  const ShelfFile *file = shelf_find(name);
  ModuleObject *module = file ? module_shelf(vm, (int)(file - shelf_file(0)), &report) : NULL;
  const char *interned = names_intern(vm->names, name, strlen(name));
  if (!module || report.errors || !scope_global(module->scope, interned)) raise_library(vm, site, &report, name);
  report_clear(&report);
  module_ensure_run(vm, module);
  return vm_call(vm, site, module->globals[scope_global(module->scope, interned)->slot], args, count);
}

/* ---- documentation ---- */

bool standard_doc(Vm *vm, const char *name, const char **signature, const char **sentence, const char **example, const char **prints) {
  (void)vm;
  const Special *special = special_find(name);
  if (special) {
    *signature = special->name;
    *sentence = special->sentence;
    *example = *prints = NULL;
    return true;
  }
  const Native *native = native_row(name);
  const Row *row = native ? NULL : ops_find(name);
  if (!native && !row) return false;
  *signature = native ? native->signature : row->signature;
  *sentence = native ? native->sentence : row->sentence;
  *example = native ? native->example : row->example;
  *prints = native ? native->prints : row->prints;
  return true;
}

/* ---- arguments of natives ---- */

Span site_at(const Site *site, int index) { return site->args && site->args[index].file ? site->args[index] : site->span; }

const StringObject *arg_string(Vm *vm, const Site *site, const Value *args, int index) {
  if (args[index].kind != KIND_STRING) raise_at(vm, site_at(site, index), "a string is wanted here, this is %s", kind_name(args[index]));
  return args[index].string;
}

double arg_number(Vm *vm, const Site *site, const Value *args, int index, double absent) {
  return args[index].kind == KIND_UNSET ? absent : value_as_number(vm, site_at(site, index), args[index]);
}

bool arg_bool(Vm *vm, const Site *site, const Value *args, int index, bool absent) {
  return args[index].kind == KIND_UNSET ? absent : value_truth(vm, site_at(site, index), args[index]);
}

int64_t arg_integer(Vm *vm, const Site *site, const Value *args, int index, int64_t absent, int64_t least, int64_t most) {
  if (args[index].kind == KIND_UNSET) return absent;
  int64_t whole = value_as_index(vm, site_at(site, index), args[index]);
  if (whole < least || whole > most) raise_at(vm, site_at(site, index), "%lld is not between %lld and %lld", (long long)whole, (long long)least, (long long)most);
  return whole;
}
