/* module.c — the files of a program: loading each once, resolving it, running its top level.
 *
 * A module is a scope of global names and their values (ModuleObject).  Loading (read, parse,
 * resolve) happens while the importing file is resolved, so that every error that can be found is
 * reported before anything runs.  Its top level runs once, when the `import` is executed.  An
 * import that is being loaded already is a cycle, reported with the chain.
 *
 * Declarations of the library (library_file.h) are modules too, each with the private functions of
 * its file that it uses.  They are loaded when their name is first resolved and run when it is
 * first used.  They may use each other in cycles: a name is in its scope before its body is
 * resolved. GD_STDLIB=dir reads whole files from disk instead, each one module.
 *
 * A session (the REPL) runs many bodies in one module.  A body that fails is undone: its names are
 * removed and the old state restored (before.c; FAULTS.md, H8).  The same holds for a line of a
 * script from a pipe.
 */
#include "lang/eval/module.h"
#include "runtime/files.h"

#include "lang/eval/before.h"
#include "lang/eval/call.h"
#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/eval/touches.h"
#include "lang/eval/untrained.h"
#include "lang/machine/closure.h"
#include "lang/machine/frame.h"
#include "lang/machine/heap.h"
#include "lang/machine/module_value.h"
#include "lang/names/library_file.h"
#include "lang/names/places.h"
#include "lang/syntax/nearest.h"
#include "lang/syntax/parse.h"
#include "lang/tensors/trace.h"
#include "lang/values/show.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_SHOWN = 100 }; /* bytes of a list of names in a message */

static const Value NONE = {.kind = KIND_NONE};

typedef enum LoadState { LOAD_UNDERWAY, LOAD_FAILED, LOAD_DONE, LOAD_RUN } LoadState;

typedef struct Loaded {
  /* resolved, to identify the file; owned; NULL for the script, a session, the library */
  char *path;
  ModuleObject *module; /* held */
  uint32_t file;        /* its source; 0 for a session */
  LoadState state;
} Loaded;

typedef struct Modules {
  Loaded *items; /* owned */
  int count, capacity;
  int *library;            /* by name of the library: its index in items plus 1, or 0; owned */
  uint32_t *library_files; /* by file of the library: its source, or 0; owned */
  int chain[IMPORTS_MOST]; /* modules being loaded, outermost first */
  int chain_count;
  int running;         /* top levels running */
  const Report *wrong; /* of a text that is checked in spite of its errors; or NULL; borrowed */
  Before *before;      /* the state that a session restores, while a line runs; or NULL */
  Checker checker;
  const TestWatch *watch; /* borrowed, or NULL */
  OpenTexts open_texts;
} Modules;

static void modules_open(Vm *vm) {
  vm->modules = mem_zero(sizeof *vm->modules);
  vm->checker = &vm->modules->checker;
  vm->modules->library = mem_zero(((size_t)library_file_entries() + 1) * sizeof(int));
  vm->modules->library_files = mem_zero(((size_t)library_file_count() + 1) * sizeof(uint32_t));
}

static void modules_close(Vm *vm) {
  Modules *modules = vm->modules;
  for (int i = 0; i < modules->count; i++) mem_free(modules->items[i].path);
  mem_free(modules->items);
  mem_free(modules->library);
  mem_free(modules->library_files);
  mem_free(modules);
}

static ModuleObject *module_make(Vm *vm, const char *name, bool session) {
  ModuleObject *module = object_new(vm, KIND_MODULE, sizeof *module);
  module->name = names_intern(vm->names, name, strlen(name));
  module->scope = scope_new(session);
  return module;
}

/* Registers a module; returns its index. */
static int remember(Vm *vm, Loaded loaded) {
  Modules *modules = vm->modules;
  if (modules->count == modules->capacity) {
    modules->capacity = modules->capacity ? 2 * modules->capacity : 16;
    modules->items = mem_grow(modules->items, (size_t)modules->capacity * sizeof(Loaded));
  }
  modules->items[modules->count] = loaded;
  return modules->count++;
}

ModuleObject *module_new(Vm *vm, const char *name, bool session) {
  ModuleObject *module = module_make(vm, name, session);
  remember(vm, (Loaded){.module = module, .state = LOAD_RUN});
  return module;
}

/* A file with an error is read again by its next import: it may be mended by then, or its errors
 * must be reported again. */
static void reset_failed(Modules *modules) {
  for (int i = 0; i < modules->count; i++) {
    if (modules->items[i].state != LOAD_FAILED || !modules->items[i].path) continue;
    mem_free(modules->items[i].path);
    modules->items[i].path = NULL;
  }
}

static Loaded *loaded_of(Vm *vm, const ModuleObject *module) {
  for (int i = 0; i < vm->modules->count; i++)
    if (vm->modules->items[i].module == module) return &vm->modules->items[i];
  return NULL;
}

/* ---- running a top level ---- */

static void globals_grow(ModuleObject *module) {
  int count = module->scope->global_count;
  if (count > module->global_capacity) {
    int capacity = count + count / 2 + 8;
    module->globals = mem_grow(module->globals, (size_t)capacity * sizeof(Value));
    module->global_capacity = capacity;
  }
  for (int i = module->global_count; i < count; i++) module->globals[i] = (Value){0};
  module->global_count = count > module->global_count ? count : module->global_count;
}

/* What a run passes over: in `gd test` what untrained.c says, once the first training is reached;
 * in an editor's check the statements with errors. */
typedef struct Skipped {
  Held held;
  bool asked;
  uint8_t *statements; /* by statement: is it skipped?  Or NULL: none is; owned */
} Skipped;

/* A stretch of a top level: its statements from `from` to before `to`. */
typedef struct Stretch {
  Frame *frame;
  const Ast *body;
  uint32_t from, to;
  Skipped *skipped; /* or NULL: all statements run */
  /* value of the last statement if that is an expression, else KIND_UNSET; owned by the caller */
  Value last;
} Stretch;

static bool skips(Vm *vm, const Stretch *stretch, uint32_t i) {
  Skipped *skipped = stretch->skipped;
  if (!skipped) return false;
  if (!skipped->asked && touches_trains(stretch->body->items[i])) {
    int trainings;
    skipped->asked = true;
    skipped->statements = untrained_statements(vm, stretch->frame->module, stretch->body, i,
                                               &trainings);
    vm->tests_untrained += trainings;
  }
  return skipped->statements && skipped->statements[i];
}

static void execute_stretch(Vm *vm, void *context) {
  Stretch *stretch = context;
  Modules *modules = vm->modules;
  Value value = {0};
  /* a flow is gd check's: the script ends here, by exit or error */
  for (uint32_t i = stretch->from; i < stretch->to && !is_flow(value); i++) {
    const Ast *statement = stretch->body->items[i];
    if (skips(vm, stretch, i)) continue;
    value_release(vm, value);
    if (modules->running == 1 && vm->object_count > vm->sweep_at && !vm->trace) vm_sweep(vm);
    if (modules->running == 1) check_begin(vm);
    vm_poll_signals(vm);
    if (vm->checking) check_statement(vm, stretch->frame, statement, &value);
    else value = run(vm, stretch->frame, statement);
    if (ast_role(statement) == ROLE_STATEMENT && !is_flow(value)) value = (Value){0};
  }
  stretch->last = value;
}

/* ---- a text with errors, checked for an editor's hints ---- */

static bool has_error(const Report *wrong, const Ast *statement) {
  for (int i = 0; i < wrong->count; i++) {
    const Diag *diag = &wrong->items[i];
    if (!diag->warning && diag->span.file == statement->span.file &&
        diag->span.start >= statement->span.start && diag->span.end <= statement->span.end)
      return true;
  }
  return false;
}

/* What a statement with an error would declare or assign is unknown, and it is not run. */
static uint8_t *wrong_statements(Vm *vm, Frame *frame, const Ast *body, const Report *wrong) {
  uint8_t *skipped = mem_zero(body->count + 1);
  for (uint32_t i = 0; i < body->count; i++) {
    const Ast *statement = body->items[i];
    if (!has_error(wrong, statement)) continue;
    skipped[i] = 1;
    if (statement->function || statement->kind == AST_IMPORT)
      frame_set(vm, frame, statement->place, statement->slot, (Value){.kind = KIND_UNKNOWN});
    else check_set_unknown(vm, frame, statement);
  }
  return skipped;
}

/* Makes the frame of a top level on the value stack, and the functions it declares. */
static void top_open(Vm *vm, Frame *frame, ModuleObject *module, const Ast *body) {
  uint32_t size = (uint32_t)module->scope->frame_size;
  *frame = (Frame){.slots = stack_take(vm, size), .module = module, .outer = vm->frame};
  globals_grow(module);
  vm->frame = frame;
  vm->modules->running++;
  block_hoist(vm, frame, body);
}

static void top_close(Vm *vm, Frame *frame) {
  vm->modules->running--;
  vm->frame = frame->outer;
  for (int32_t i = 0; i < frame->module->scope->frame_size; i++) value_release(vm, frame->slots[i]);
  vm->top = frame->slots;
}

static void skipped_free(Held *held) {
  mem_free(((Skipped *)held)->statements);
  mem_free(held);
}

static Skipped *skipped_new(Vm *vm) {
  Skipped *skipped = mem_zero(sizeof *skipped);
  skipped->held.free_whole = skipped_free;
  vm_hold(vm, &skipped->held);
  return skipped;
}

/* Of a script with --until: how many statements begin at or above that line.  What is typed after
 * it is not cut. */
static uint32_t statements_until(Vm *vm, const Ast *body) {
  uint32_t until = vm->options.until, count = 0;
  if (!until || vm->modules->running > 1) return body->count;
  vm->options.until = 0;
  while (count < body->count && source_place(vm->sources, body->items[count]->span).line <= until)
    count++;
  return count;
}

/* Runs the statements; returns the value of the last one if it is an expression, else
 * KIND_UNSET. */
static Value execute(Vm *vm, ModuleObject *module, const Ast *body) {
  Frame frame;
  top_open(vm, &frame, module, body);
  Stretch all = {.frame = &frame, .body = body, .to = statements_until(vm, body)};
  const bool outermost = vm->modules->running == 1;
  const Report *wrong = outermost ? vm->modules->wrong : NULL;
  if (outermost && (wrong || vm->testing)) all.skipped = skipped_new(vm);
  if (wrong) {
    all.skipped->statements = wrong_statements(vm, &frame, body, wrong);
    all.skipped->asked = true;
  }
  execute_stretch(vm, &all);
  if (all.skipped) vm_drop(vm, &all.skipped->held);
  if (vm->checking && !source_is_library(vm->sources, body->span.file)) check_functions(vm, module);
  top_close(vm, &frame);
  return all.last;
}

typedef struct Execution {
  ModuleObject *module;
  const Ast *body;
  Value last;
} Execution;

static void execute_protected(Vm *vm, void *context) {
  Execution *execution = context;
  execution->last = execute(vm, execution->module, execution->body);
  if (is_flow(execution->last)) execution->last = (Value){0};
}

void module_ensure_run(Vm *vm, ModuleObject *module) {
  Loaded *loaded = loaded_of(vm, module);
  if (!loaded || loaded->state != LOAD_DONE) return;
  loaded->state = LOAD_RUN;
  bool checking = vm->checking;
  /* its top level has only functions and numbers */
  if (source_is_library(vm->sources, loaded->file)) vm->checking = false;
  Value value = execute(vm, module, module->body);
  vm->checking = checking;
  if (is_flow(value)) raise_ended(vm);
  value_release(vm, value);
}

/* ---- the script and the session ---- */

static void modules_mark(Vm *vm) {
  for (int i = 0; i < vm->modules->count; i++)
    vm_mark(vm, value_of(KIND_MODULE, vm->modules->items[i].module));
  if (vm->modules->before) before_mark(vm, vm->modules->before);
}

static int execute_all(Vm *vm, Execution *execution, Report *report) {
  Trace *outer = vm->trace;
  vm->modules->running = 0;
  Checker *checker = &vm->modules->checker;
  *checker =
      (Checker){.region = -1, .on_let = checker->on_let, .on_let_context = checker->on_let_context};
  if (vm->checking && !outer) trace_open(vm, (Span){0}, NULL);
  Diag diag = {0};
  Ast *before = execution->module->body;
  execution->module->body =
      (Ast *)(uintptr_t)execution->body; /* of a session: the line that runs */
  bool fine = vm_protect(vm, execute_protected, execution, &diag);
  execution->module->body = before;
  vm->modules->running = 0;
  if (vm->checking) checker_free(vm);
  if (vm->trace && vm->trace != outer) trace_close(vm, vm->trace);
  if (fine) return vm->modules->checker.status;
  if (!diag.silent) report_add(report, &diag);
  return diag.status;
}

static void heed(Vm *vm, void *context) {
  (void)context;
  vm_poll_signals(vm);
}

/* Of a text that gave neither a tree nor an error: it was stopped, and the report says so. */
static void report_stop(Vm *vm, uint32_t file, Report *report) {
  Diag diag = {0};
  vm->current_span = (Span){file, 0, 0};
  if (!report->errors && !vm_protect(vm, heed, NULL, &diag)) report_add(report, &diag);
}

/* The tree of a text, or of a declaration of the library; NULL after reporting. */
static Ast *parse_text(Vm *vm, uint32_t file, const LibraryEntry *entry, Report *report) {
  Ast *body = entry ? parse_ranges(vm->sources, file, entry->ranges, entry->range_count, vm->names,
                                   report)
                    : parse_source(vm->sources, file, vm->names, report);
  if (!body) report_stop(vm, file, report);
  return body;
}

static bool resolve_text(Vm *vm, ModuleObject *module, Ast *body, Report *report) {
  bool fine = scope_resolve(vm, module, body, report);
  if (!fine) report_stop(vm, body->span.file, report);
  return fine;
}

/* What a session's later lines find there: `restarts:` makes params again by their expressions. */
static void keep_tree(Vm *vm, const ModuleObject *module, Ast *body) {
  if (module->scope->session) source_at(vm->sources, body->span.file)->tree = body;
}

static bool resolve_body(Vm *vm, ModuleObject *module, Ast *body, Report *report) {
  if (!resolve_text(vm, module, body, report)) return false;
  if (!(vm->options.dump & DUMP_NAMES)) return true;
  Text text = {0};
  places_dump(vm->sources, body, &text);
  fwrite(text.data, 1, text.length, stdout);
  text_free(&text);
  return true;
}

/* The line ends. */
static void restore(Vm *vm, bool back) {
  Before *before = vm->modules->before;
  vm->modules->before = NULL;
  if (before) before_end(vm, before, back);
}

static void hear_nothing(void *context, const Diag *diag) { (void)context, (void)diag; }

/* An editor shows what is known of the statements that do not depend on an error. */
static void check_rest(Vm *vm, Execution *execution, const Report *report) {
  if (!vm->checking || !vm->checker->on_let || stop_wanted()) return;
  Report more = {0};
  void (*on_diag)(void *, const Diag *) = vm->on_diag;
  vm->on_diag = hear_nothing;
  vm->modules->wrong = report;
  execute_all(vm, execution, &more);
  vm->modules->wrong = NULL;
  vm->on_diag = on_diag;
  report_clear(&more);
}

int module_run(Vm *vm, ModuleObject *module, uint32_t file, Report *report, Value *last) {
  if (last) *last = (Value){0};
  Ast *body = parse_text(vm, file, NULL, report);
  if (!body) return report_status(report);
  Execution execution = {module, body, {0}};
  if (module->scope->session) vm->modules->before = before_take(vm, module);
  keep_tree(vm, module, body);
  bool fine = resolve_body(vm, module, body, report);
  int status = fine ? execute_all(vm, &execution, report) : report_status(report);
  if (!fine) check_rest(vm, &execution, report);
  restore(vm, status != 0 && !vm->checking);
  if (last && fine) *last = execution.last;
  else value_release(vm, execution.last);
  /* the longjmp has skipped releases: sweep before the next statement */
  if (status != 0) vm->sweep_at = 0;
  if (!fine) reset_failed(vm->modules);
  return status;
}

/* ---- a script from a pipe ---- */

/* The statement after those that begin on the line on which statement i ends. */
static uint32_t line_end(const Vm *vm, const Ast *body, uint32_t i) {
  const char *text = source_at(vm->sources, body->span.file)->text;
  for (i++; i < body->count; i++) {
    uint32_t from = body->items[i - 1]->span.end, to = body->items[i]->span.start;
    if (to > from && memchr(text + from, '\n', to - from)) break;
  }
  return i;
}

/* Runs a line; when it fails, reports that and undoes its assignments.  Returns its status. */
static int execute_line(Vm *vm, Stretch *line) {
  Diag diag = {0};
  vm->modules->before = before_take(vm, line->frame->module);
  bool fine = vm_protect(vm, execute_stretch, line, &diag);
  vm->modules->running = 1;
  restore(vm, !fine);
  if (fine) {
    value_release(vm, line->last);
    return 0;
  }
  if (!diag.silent) vm->on_diag(vm->on_diag_context, &diag);
  vm->sweep_at = 0;
  return diag.status;
}

typedef struct Lines {
  ModuleObject *module;
  const Ast *body;
  bool stops; /* at the first failing line */
  int status; /* of that */
} Lines;

static void execute_lines(Vm *vm, void *context) {
  Lines *lines = context;
  Frame frame;
  top_open(vm, &frame, lines->module, lines->body);
  Stretch line = {.frame = &frame, .body = lines->body};
  const uint32_t end = statements_until(vm, lines->body);
  for (; line.from < end; line.from = line.to) {
    line.to = line_end(vm, lines->body, line.from);
    if (line.to > end) line.to = end;
    int status = execute_line(vm, &line);
    if (vm->exited || (status && !lines->status)) lines->status = status;
    if (vm->exited || vm_signal || (status && lines->stops)) break;
  }
  top_close(vm, &frame);
}

bool module_run_lines(Vm *vm, ModuleObject *module, uint32_t file, bool stops, Report *report,
                      int *status) {
  Ast *body = parse_text(vm, file, NULL, report);
  if (!body || !resolve_text(vm, module, body, report)) return reset_failed(vm->modules), false;
  keep_tree(vm, module, body);
  Lines lines = {.module = module, .body = body, .stops = stops};
  Diag diag = {0};
  vm->modules->running = 0;
  Ast *before = module->body;
  module->body = body;
  if (!vm_protect(vm, execute_lines, &lines, &diag)) {
    if (!diag.silent) report_add(report, &diag);
    lines.status = diag.status;
  }
  module->body = before;
  vm->modules->running = 0;
  *status = lines.status;
  return true;
}

/* ---- loading ---- */

/* Parses and resolves a loaded source into a module of its own. */
/* entry: of the library, whose lines alone are read; or NULL */
static bool load_body(Vm *vm, int at, const LibraryEntry *entry, Report *report) {
  Modules *modules = vm->modules;
  modules->chain[modules->chain_count++] = at;
  Ast *body = parse_text(vm, modules->items[at].file, entry, report);
  ModuleObject *module = modules->items[at].module;
  module->body = body;
  bool fine = body && resolve_body(vm, module, body, report);
  modules->chain_count--;
  modules->items[at].state = fine ? LOAD_DONE : LOAD_FAILED;
  return fine;
}

/* The folder that replaces the embedded library; NULL for none. */
static const char *library_folder(void) {
  const char *folder = getenv("GD_STDLIB");
  return folder && *folder ? folder : NULL;
}

/* The number of its source; 0 after filling diag. */
static uint32_t library_load(Vm *vm, const LibraryFile *file, Diag *diag) {
  const char *folder = library_folder(), *name = strrchr(file->path, '/');
  if (!folder) return source_load_text(vm->sources, file->path, file->text, file->length, diag);
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/%s", folder, name ? name + 1 : file->path);
  return source_load_file(vm->sources, NULL, path, diag);
}

static uint32_t library_source(Vm *vm, int index, Diag *diag) {
  uint32_t number = vm->modules->library_files[index];
  if (number) return number;
  number = library_load(vm, library_file_at(index), diag);
  if (number) source_at(vm->sources, number)->library = true;
  return vm->modules->library_files[index] = number;
}

/* A declaration of the library is a module, with the private ones of its file that it uses; a file
 * that replaces one is a module whole. */
static ModuleObject *module_library(Vm *vm, int index, Report *report) {
  Modules *modules = vm->modules;
  const LibraryEntry *entry = &LIBRARY_ENTRIES[index];
  const bool whole = library_folder() != NULL;
  if (modules->library[index]) return modules->items[modules->library[index] - 1].module;
  Diag diag = {0};
  uint32_t file = library_source(vm, entry->file, &diag);
  if (!file || modules->chain_count == IMPORTS_MOST) {
    report_add(report, &diag);
    return NULL;
  }
  ModuleObject *module = module_make(vm, library_file_at(entry->file)->path, false);
  int at = remember(vm, (Loaded){.module = module, .file = file, .state = LOAD_UNDERWAY});
  for (int i = 0; i < library_file_entries(); i++)
    if (i == index || (whole && LIBRARY_ENTRIES[i].file == entry->file))
      modules->library[i] = at + 1;
  /* its names are kept for the whole session, so it is read to the end */
  stop_shield(1);
  bool fine = load_body(vm, at, whole ? NULL : entry, report);
  stop_shield(-1);
  /* memory was short: the next use reads it */
  for (int i = 0; i < library_file_entries() && !fine; i++)
    if (modules->library[i] == at + 1) modules->library[i] = 0;
  return module;
}

/* ---- import ---- */

/* The name declared by `import "lib/blocks.gd"`: "blocks". */
static const char *name_of_path(Vm *vm, const char *path, size_t length) {
  size_t start = length, end = length;
  while (start > 0 && path[start - 1] != '/') start--;
  if (end - start > 3 && memcmp(path + end - 3, ".gd", 3) == 0) end -= 3;
  bool valid = end > start && !(path[start] >= '0' && path[start] <= '9');
  for (size_t i = start; i < end; i++) {
    unsigned char c = (unsigned char)path[i];
    valid = valid && (c >= 0x80 || c == '_' || (c >= '0' && c <= '9') ||
                      ((c | 32) >= 'a' && (c | 32) <= 'z'));
  }
  return valid ? names_intern(vm->names, path + start, end - start) : NULL;
}

static void say_chain(Resolver *resolver, const Ast *import, int from, const char *what) {
  const Modules *modules = resolver->vm->modules;
  Text chain = {0};
  int count = modules->chain_count;
  for (int i = from; i < count; i++) {
    if (i > from + 3 && i < count - 3) { /* of a long chain the ends are enough */
      if (i == from + 4) text_string(&chain, "… → ");
      continue;
    }
    const Source *source = source_at(resolver->vm->sources, modules->items[modules->chain[i]].file);
    text_escaped(&chain, source->name, strlen(source->name) > 80 ? 80 : strlen(source->name));
    text_string(&chain, " → ");
  }
  text_escaped(&chain, import->text, import->length > 80 ? 80 : import->length);
  Diag *diag = report_error(resolver->report, import->span, "%s", what);
  diag_label(diag, "%s", chain.data);
  text_free(&chain);
}

/* The path relative to the importing file. */
static bool path_of(const Resolver *resolver, const Ast *import, char path[PATH_MAX]) {
  const Source *source = source_at(resolver->vm->sources, import->span.file);
  const char *slash = import->text[0] == '/' || !source ? NULL : strrchr(source->name, '/');
  int folder = slash ? (int)(slash - source->name) + 1 : 0;
  return snprintf(path, PATH_MAX, "%.*s%s", folder, source ? source->name : "", import->text) <
         PATH_MAX;
}

static int find_loaded(const Modules *modules, const char *path) {
  for (int i = 0; i < modules->count; i++)
    if (modules->items[i].path && strcmp(modules->items[i].path, path) == 0) return i;
  return -1;
}

static uint32_t read_source(Vm *vm, const char *path, Diag *diag) {
  Bytes bytes;
  size_t length;
  const OpenTexts *texts = &vm->modules->open_texts;
  const char *open = texts->find ? texts->find(texts->context, path, &length) : NULL;
  if (open) return source_load_text(vm->sources, path, open, length, diag);
  if (!file_read(&vm->files, path, &bytes, diag)) return 0;
  uint32_t file = source_load_text(vm->sources, path, (const char *)bytes.data, bytes.length, diag);
  bytes_free(&bytes);
  return file;
}

/* The module of the file that an import names, loaded on first use; NULL after reporting. */
static ModuleObject *load_import(Resolver *resolver, const Ast *import, const char *name) {
  Vm *vm = resolver->vm;
  Modules *modules = vm->modules;
  char path[PATH_MAX], resolved[PATH_MAX];
  Diag diag = {0};
  if (!file_path_check(import->text, import->length, &diag) || !path_of(resolver, import, path)) {
    if (!diag.status)
      diag_fail(&diag, STATUS_MALFORMED, import->span, "the path of this import is too long");
    diag.span = import->span;
    report_add(resolver->report, &diag);
    return NULL;
  }
  if (!realpath(path, resolved)) snprintf(resolved, sizeof resolved, "%s", path);
  int at = find_loaded(modules, resolved);
  if (at >= 0 && modules->items[at].state == LOAD_UNDERWAY) {
    int from = modules->chain_count - 1;
    while (from > 0 && modules->chain[from] != at) from--;
    say_chain(resolver, import, from, "imports form a cycle");
    return NULL;
  }
  if (at >= 0) return modules->items[at].module;
  if (modules->chain_count >= IMPORTS_MOST) {
    say_chain(resolver, import, 0, "more than 100 files import each other in a chain");
    return NULL;
  }
  uint32_t file = read_source(vm, path, &diag);
  if (!file) {
    diag.span = import->span;
    report_add(resolver->report, &diag);
    return NULL;
  }
  at = remember(vm, (Loaded){.path = mem_text(resolved, strlen(resolved)),
                             .module = module_make(vm, name, false),
                             .file = file,
                             .state = LOAD_UNDERWAY});
  load_body(vm, at, NULL, resolver->report);
  return modules->items[at].module;
}

static void module_declare(Resolver *resolver, Ast *import) {
  const char *name = name_of_path(resolver->vm, import->text, import->length);
  if (resolver->unit->function || resolver->block->outer) {
    report_error(resolver->report, import->span, "`import` belongs at the top level of a file");
    return;
  }
  if (!name) {
    Diag *diag = report_error(resolver->report, import->span,
                              "the file's name is not a valid name");
    diag_label(diag, "its names would be written as name.…");
    return;
  }
  Variable *variable = declare(resolver, name, import->span, VARIABLE_IMPORT);
  variable->declared = true;
  variable_patch(resolver, variable, &import->place, &import->slot);
  variable->module = load_import(resolver, import, name);
}

Value run_import(Vm *vm, Frame *frame, const Ast *ast) {
  const char *name = name_of_path(vm, ast->text, ast->length);
  const Variable *variable = scope_global(frame->module->scope, name);
  if (!variable || !variable->module) return NONE;
  module_ensure_run(vm, variable->module);
  frame_set(vm, frame, ast->place, ast->slot,
            value_retain(value_of(KIND_MODULE, variable->module)));
  return NONE;
}

static void module_no_member(Report *report, const ModuleObject *module, const Ast *field) {
  char buffer[NAME_SIZE];
  Diag *diag = report_error(report, field->op_span.file ? field->op_span : field->span,
                            "`%.64s` declares no `%s`", module->name,
                            shown_name(field->text, buffer));
  Nearest nearest = nearest_among_few(field->text);
  Text names = {0};
  for (const Variable *at = module->scope->first; at; at = at->next) {
    if (!at->name || at->kind == VARIABLE_IMPORT) continue;
    nearest_offer(&nearest, at->name);
    text_format(&names, "%s%.64s", names.length ? ", " : "", at->name);
  }
  if (!nearest_tell(&nearest, "", diag) && names.length)
    diag_label(diag, "it declares %.*s%s", NAMES_SHOWN, names.data,
               names.length > NAMES_SHOWN ? "…" : "");
  text_free(&names);
}

/* ---- the kind ---- */

static size_t module_bytes(const Object *object) {
  (void)object;
  return sizeof(ModuleObject);
}

static void module_parts(Vm *vm, Object *object, Visit *visit) {
  const ModuleObject *module = (const ModuleObject *)(const void *)object;
  visit_values(vm, module->globals, module->global_count, visit);
}

static void module_free_own(Vm *vm, Object *object) {
  (void)vm;
  ModuleObject *module = (ModuleObject *)(void *)object;
  scope_free(module->scope);
  mem_free(module->globals);
}

typedef struct ModuleMemento {
  Memento memento;
  int count;
  Value globals[]; /* held */
} ModuleMemento;

static void module_give(Vm *vm, Memento *memento, bool back) {
  ModuleObject *module = (ModuleObject *)(void *)memento->object;
  ModuleMemento *kept = (ModuleMemento *)(void *)memento;
  for (int i = 0; i < kept->count; i++) {
    Value gone = back ? module->globals[i] : kept->globals[i];
    if (back) module->globals[i] = kept->globals[i];
    value_release(vm, gone);
  }
  mem_free(kept);
}

static void module_memento_mark(Vm *vm, const Memento *memento) {
  const ModuleMemento *kept = (const ModuleMemento *)(const void *)memento;
  for (int i = 0; i < kept->count; i++) vm_mark(vm, kept->globals[i]);
}

static Memento *module_keep(Vm *vm, Object *object) {
  (void)vm;
  const ModuleObject *module = (const ModuleObject *)(const void *)object;
  int count = module->global_count;
  ModuleMemento *kept = mem_alloc(sizeof *kept + (size_t)count * sizeof(Value));
  kept->memento = (Memento){.give = module_give, .mark = module_memento_mark};
  kept->count = count;
  for (int i = 0; i < count; i++) kept->globals[i] = value_retain(module->globals[i]);
  return &kept->memento;
}

static void module_show(struct Showing *showing, Value value) {
  text_format(showing->text, "module %s", value.module->name);
}

static Value module_field(Vm *vm, const Ast *ast, Value of) {
  const ModuleObject *module = of.module;
  const Variable *variable = scope_global(module->scope, ast->text);
  Span span = ast->op_span.file ? ast->op_span : ast->span;
  if (!variable) raise_at(vm, span, "`%.64s` declares no `%.64s`", module->name, ast->text);
  if (variable->slot >= module->global_count || module->globals[variable->slot].kind == KIND_UNSET)
    raise_at(vm, span, "`%.64s` of `%.64s` is used before it has a value", ast->text, module->name);
  return value_retain(module->globals[variable->slot]);
}

static bool module_fields(Value of, VisitField *visit, void *context) {
  const ModuleObject *module = of.module;
  for (const Variable *name = module->scope->first; name; name = name->next) {
    bool there = name->slot >= 0 && name->slot < module->global_count;
    Value value = there ? module->globals[name->slot] : (Value){0};
    if (name->name &&
        visit(context, name->name, -1, value.kind == KIND_CELL ? value.cell->value : value))
      return true;
  }
  return false;
}

const KindRow MODULE_KIND = {.bytes = module_bytes,
                             .parts = module_parts,
                             .free_own = module_free_own,
                             .show = module_show,
                             .field = module_field,
                             .fields = module_fields,
                             .keep = module_keep};
const VmPart MODULES_PART = {.open = modules_open, .mark = modules_mark, .close = modules_close};
const Loader LOADER = {
    .import = module_declare, .no_member = module_no_member, .library = module_library};

/* ---- test blocks ---- */

typedef struct Testing {
  Frame *frame;
  const Ast *body;
} Testing;

static void test_one(Vm *vm, void *context) {
  const Testing *testing = context;
  value_release(vm, run(vm, testing->frame, testing->body));
}

/* Its draws depend on the seed and its name alone, not on what ran before it. */
static bool test_drawing(Vm *vm, Frame *frame, const Ast *ast, Diag *diag) {
  const uint64_t seed = vm->seed, draws = vm->draws;
  vm->seed = hash_bytes(ast->text, ast->length, seed);
  vm->draws = 0;
  bool passed = vm_protect(vm, test_one, &(Testing){frame, ast->b}, diag);
  vm->seed = seed;
  vm->draws = draws;
  return passed;
}

/* exit() in a test would end the tests behind it in silence. */
static void refuse_exit(Vm *vm, Diag *diag) {
  if (!vm->exited) return;
  int status = diag->status;
  vm->exited = false;
  diag_fail(diag, STATUS_FAILED, diag->span, "a test cannot end the program: exit(%d)", status);
}

void module_open_texts(Vm *vm, OpenTexts texts) { vm->modules->open_texts = texts; }

OpenTexts module_opened_texts(const Vm *vm) { return vm->modules->open_texts; }

void module_watch_tests(Vm *vm, const TestWatch *watch) { vm->modules->watch = watch; }

Value run_test(Vm *vm, Frame *frame, const Ast *ast) {
  if (vm->checking) return check_aside(vm, frame, ast->b);
  const Loaded *loaded = vm->testing ? loaded_of(vm, frame->module) : NULL;
  /* those of imports are run where their file is the one tested */
  if (!loaded || loaded->path || source_is_library(vm->sources, ast->span.file)) return NONE;
  const TestWatch *watch = vm->modules->watch;
  if (watch && !watch->wanted(watch->context, ast->text, ast->length)) return NONE;
  Diag diag = {0};
  double started = clock_seconds();
  vm->tests_run++;
  bool passed = test_drawing(vm, frame, ast, &diag);
  if (!passed) refuse_exit(vm, &diag);
  double seconds = clock_seconds() - started;
  if (watch && (passed || !diag.silent))
    watch->done(watch->context, ast->text, ast->length, seconds, passed ? NULL : &diag);
  if (passed) return NONE;
  vm->tests_failed++;
  if (diag.status == STATUS_INTERRUPTED || diag.status == STATUS_TERMINATED ||
      diag.status == STATUS_LIMIT || diag.silent)
    raise_diag(vm, &diag);
  diag_note(&diag, ast->op_span.file ? ast->op_span : ast->span, "in the test \"%.100s\"",
            ast->text);
  if (vm->on_diag) vm->on_diag(vm->on_diag_context, &diag);
  return NONE;
}
