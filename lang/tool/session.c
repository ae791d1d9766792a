/* session.c — runs texts on a large enough C stack.
 *
 * The stack.  A recursion in a script is a recursion in C, bounded by a count of calls (vm.h) and
 * by the stack's real size.  The main thread's stack is bounded by the user's limit (RLIMIT_STACK).
 * If that can be raised and the system grows the stack that far at once, the session runs on it.
 * Otherwise (the limit may be 64 KiB) it runs on a thread whose stack is as large as address space
 * allows; only that thread handles signals, so that a signal interrupts what it waits for.  If no
 * thread can be created (RLIMIT_NPROC), the session runs on the main stack as it is, with the
 * evaluator's own estimate of its size.  The thread is the second choice because creating and
 * joining it takes a quarter of the time of a short script.
 *
 * Errors and warnings are rendered here, once, and passed to the callback at once, so a warning of
 * the first line comes before the output of the second.
 */
#include "lang/lang.h"

#include "lang/eval/call.h"
#include "lang/machine/closure.h"
#include "lang/machine/module_value.h"
#include "lang/machine/tensor_value.h"
#include "lang/syntax/lexer.h"
#include "lang/syntax/parse.h"
#include "lang/tensors/trace.h"
#include "lang/tool/display.h"
#include "lang/tool/page.h"
#include "lang/tool/prompt.h"
#include "lang/tool/registry.h"
#include "lang/tool/script_help.h"
#include "lang/values/show.h"
#include "runtime/files.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* margin: for C code called by the evaluator */
enum { STACK_MOST = 128 << 20, STACK_LEAST = 1 << 20, STACK_MARGIN = 128 << 10 };
enum { STACK_ENOUGH = 64 << 20 }; /* a main stack of this size is used; no thread is created */

/* ---- saying ---- */

static void say_diag(Session *session, const Diag *diag) {
  Text text = {0};
  if (session->vm->options.json) report_json(&text, session->vm->sources, diag);
  else report_render(&text, session->vm->sources, diag, session->vm->options.color == 1);
  session->say(session->context, text.data, text.length);
  text_free(&text);
}

static void hear(void *context, const Diag *diag) { say_diag(context, diag); }

void session_say(Session *session, const Diag *diag) { say_diag(session, diag); }

void session_say_report(Session *session, Report *report) {
  Text text = {0};
  report_show(&text, session->vm->sources, report, session->vm->options.color == 1,
              session->vm->options.json);
  if (text.length) session->say(session->context, text.data, text.length);
  text_free(&text);
  report_clear(report);
}

/* ---- the stack ---- */

typedef struct Start {
  const SessionOptions *options;
  int (*body)(Session *session, void *context);
  void *context;
  int status; /* what body returned */
} Start;

static void run_here(Start *start, char *stack_low) {
  Session session = {.vm = vm_new(&start->options->options, &REGISTRY),
                     .say = start->options->say,
                     .context = start->options->context};
  if (stack_low) session.vm->stack_low = stack_low;
  session.vm->on_diag = hear;
  session.vm->on_diag_context = &session;
  team_start(start->options->options.threads);
  start->status = start->body(&session, start->context);
  vm_free(session.vm);
  file_input_end();
  team_stop();
}

static void *run_on_thread(void *context) {
  pthread_attr_t attributes;
  void *low = NULL;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
  }
  run_here(context, low && size > 2 * STACK_MARGIN ? (char *)low + STACK_MARGIN : NULL);
  return NULL;
}

/* The stack size to try first: a part of the address space. */
static size_t stack_wanted(void) {
  struct rlimit limit;
  size_t wanted = STACK_MOST;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return wanted;
  while (wanted > STACK_LEAST && wanted > limit.rlim_cur / 8) wanted /= 2;
  return wanted;
}

/* The lowest address for the evaluator on the main thread's stack, or NULL where that does not
 * serve.  The stack must have grown that far before the first call: one that cannot grow later (out
 * of address space or memory, or the system never grows it) ends the process without a message.
 * access() makes it grow: to read its argument the kernel extends the stack, or returns EFAULT when
 * it cannot. */
static char *main_stack(void) {
  if (stack_wanted() < STACK_MOST || gettid() != getpid()) return NULL;
  char *low = vm_stack_low();
  if ((char *)__builtin_frame_address(0) - low < STACK_ENOUGH) return NULL;
  return access(low - STACK_MARGIN, F_OK) == 0 || errno != EFAULT ? low : NULL;
}

static bool start_thread(pthread_t *thread, Start *start) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  bool started = false;
  for (size_t size = stack_wanted(); !started && size >= STACK_LEAST; size /= 2)
    started = pthread_attr_setstacksize(&attributes, size) == 0 &&
              pthread_create(thread, &attributes, run_on_thread, start) == 0;
  pthread_attr_destroy(&attributes);
  return started;
}

int session_run(const SessionOptions *options, int (*body)(Session *session, void *context),
                void *context) {
  Start start = {.options = options, .body = body, .context = context};
  pthread_t thread;
  char *low = main_stack();
  if (low) {
    run_here(&start, low);
  } else if (start_thread(&thread, &start)) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pthread_join(thread, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  } else {
    run_here(&start, NULL);
  }
  return start.status;
}

/* ---- files ---- */

static void dump(Session *session, uint32_t file) {
  Vm *vm = session->vm;
  Text text = {0};
  if (vm->options.dump & DUMP_TOKENS) lexer_dump(vm->sources, file, &text);
  if (vm->options.dump & DUMP_AST) {
    Report report = {0};
    Ast *ast = parse_source(vm->sources, file, vm->names, &report);
    if (ast) ast_print(ast, &text);
    report_clear(&report); /* running it reports the same */
  }
  if (text.length) fwrite(text.data, 1, text.length, stdout);
  text_free(&text);
}

/* After an interrupted training the script went on; what fails then does not hide that it was
 * interrupted, which callers look for. */
static int end_status(const Vm *vm, int status) {
  bool hidden = status == STATUS_FAILED && vm->exit_status == STATUS_INTERRUPTED;
  return status && !hidden ? status : vm->exit_status;
}

static int run_file(Session *session, uint32_t file) {
  Vm *vm = session->vm;
  dump(session, file);
  Report report = {0};
  int status = module_run(vm, module_new(vm, "main", false), file, &report, NULL);
  session_say_report(session, &report);
  return end_status(vm, status);
}

static uint32_t load(Session *session, const char *path) {
  Diag diag = {0};
  Sources *sources = session->vm->sources;
  uint32_t file = strcmp(path, "-") == 0
                      ? source_load_stdin(sources, &diag)
                      : source_load_file(sources, &session->vm->files, path, &diag);
  if (!file) say_diag(session, &diag);
  session->vm->exit_status = diag.status;
  return file;
}

static bool asks_help(const Options *options) {
  for (int i = 0; i < options->arg_count; i++)
    if (strcmp(options->args[i], "--help") == 0) return true;
  return false;
}

int session_file(Session *session, const char *path) {
  uint32_t file = load(session, path);
  Text help = {0};
  bool told = file && asks_help(&session->vm->options) && script_help(session->vm, file, &help);
  if (told) fwrite(help.data, 1, help.length, stdout);
  text_free(&help);
  if (told) return 0;
  return file ? run_file(session, file) : session->vm->exit_status;
}

int session_text(Session *session, const char *name, const char *text, size_t length) {
  Diag diag = {0};
  uint32_t file = source_load_text(session->vm->sources, name, text, length, &diag);
  if (file) return run_file(session, file);
  say_diag(session, &diag);
  return diag.status;
}

int session_check(Session *session, const char *path) {
  session->vm->checking = true;
  int status = session_file(session, path);
  session->vm->checking = false;
  return status;
}

int session_test(Session *session, const char *path, int64_t *passed, int64_t *failed) {
  Vm *vm = session->vm;
  int64_t run = vm->tests_run, bad = vm->tests_failed;
  vm->testing = true;
  /* each file finds what it would if it were run alone */
  vm->seed = vm->options.seed_given ? vm->options.seed : 0;
  vm->draws = 0;
  vm->real = DTYPE_F32;
  int status = session_file(session, path);
  vm->testing = false;
  /* a file that fails by itself, perhaps before its tests, is one more that failed; a test at which
   * a limit or a signal ended the file has failed already */
  bool ended = status == STATUS_LIMIT || status == STATUS_INTERRUPTED ||
               status == STATUS_TERMINATED;
  *failed += vm->tests_failed - bad + (status && !(ended && vm->tests_failed > bad));
  *passed += vm->tests_run - run - (vm->tests_failed - bad);
  return status ? status : vm->tests_failed > bad ? STATUS_FAILED : 0;
}

/* ---- the REPL ---- */

typedef struct Shown {
  Value value;
  Text *text;
} Shown;

static void show(Vm *vm, void *context) {
  Shown *showing = context;
  display_value(vm, showing->value, showing->text);
}

static int show_value(Session *session, Value value, Text *shown) {
  Diag diag = {0};
  bool fine = vm_protect(session->vm, show, &(Shown){value, shown}, &diag);
  if (fine) text_char(shown, '\n');
  else say_diag(session, &diag);
  value_release(session->vm, value);
  return fine ? 0 : diag.status;
}

static int run_statement(Session *session, const char *name, const char *text, size_t length,
                         uint32_t before, Value *last, uint32_t *number) {
  trace_forget_reports(session->vm);
  Vm *vm = session->vm;
  if (!session->module) session->module = module_new(vm, "session", true);
  Diag diag = {0};
  uint32_t file = source_load_text(vm->sources, name, text, length, &diag);
  if (!file) return say_diag(session, &diag), diag.status;
  source_at(vm->sources, file)->first_line = before;
  source_at(vm->sources, file)->line = true;
  if (number) *number = file;
  dump(session, file);
  Report report = {0};
  int status = module_run(vm, session->module, file, &report, last);
  session_say_report(session, &report);
  return status;
}

int session_value(Session *session, const char *text, size_t length, Value *value) {
  return run_statement(session, "argument", text, length, 0, value, NULL);
}

void session_declare(Session *session, const char *text, size_t length, uint32_t *file) {
  run_statement(session, "prompt", text, length, 0, NULL, file);
}

int session_line(Session *session, const char *text, size_t length, Text *shown) {
  char name[32];
  snprintf(name, sizeof name, "input %d", ++session->lines);
  return session_cell(session, name, text, length, 0, shown);
}

int session_cell(Session *session, const char *name, const char *text, size_t length,
                 uint32_t before, Text *shown) {
  Value last = {0};
  int status;
  if (prompt_word(session, text, length, shown, &status)) return status;
  status = run_statement(session, name, text, length, before, &last, NULL);
  bool shows = status == 0 && last.kind > KIND_NONE;
  if (shows) status = show_value(session, value_retain(last), shown);
  if (shows && status == 0) prompt_answer(session, last);
  else value_release(session->vm, last);
  lines_free_unneeded(session->vm, &session->needed, session->module);
  return status;
}

/* ---- a pipe ---- */

#ifdef GD_HARSH
enum { LONG_TEXT = 1 };
#else
enum { LONG_TEXT = 64 << 10 }; /* bytes */
#endif

/* A long text whose declarations are not used above their lines means the same when run statement
 * by statement, and then its whole tree is never in memory. */
static bool long_and_plain(const Source *source) {
  static const char *const words[] = {"fn", "loss", "model", "optimizer"};
  for (int i = 0; i < COUNT_OF(words); i++)
    if (strstr(source->text, words[i])) return false;
  return source->length >= LONG_TEXT;
}

int session_piped(Session *session, char **text, size_t *length) {
  Vm *vm = session->vm;
  uint32_t file = load(session, "-");
  *text = NULL;
  if (!file) return vm->exit_status;
  Report report = {0};
  int status = 0;
  const Source *source = source_at(vm->sources, file);
  dump(session, file);
  bool piecewise = !vm->options.dump && long_and_plain(source);
  if (!piecewise &&
      module_run_lines(vm, module_new(vm, "main", false), file, false, &report, &status)) {
    session_say_report(session, &report);
    return end_status(vm, status);
  }
  report_clear(&report); /* running it reports the same */
  *text = mem_text(source->text, *length = source->length);
  sources_remove(vm->sources, file);
  return 0;
}

int session_statement(Session *session, const char *text, size_t length, uint32_t before) {
  Value last = {0};
  int status = run_statement(session, "<stdin>", text, length, before, &last, NULL);
  value_release(session->vm, last);
  lines_free_unneeded(session->vm, &session->needed, session->module);
  return status;
}

/* ---- documentation ---- */

/* The line of the session, or of the file, on which it is declared. */
static void add_place(Session *session, Span span, Text *text) {
  const Source *source = source_at(session->vm->sources, span.file);
  if (!source || span.file == session->answer_file) return;
  SourcePlace place = source_place(session->vm->sources, span);
  size_t start = span.start, end = start;
  while (start > 0 && source->text[start - 1] != '\n') start--;
  while (end < source->length && source->text[end] != '\n') end++;
  text_format(text, "made at %s, line %u: %.*s\n", source->name, place.line, (int)(end - start),
              source->text + start);
}

/* A name of the session that holds a value: its type, shape, value, and where it was made. */
static bool describe_variable(Session *session, const Variable *variable, Text *text) {
  const ModuleObject *module = session->module;
  if (variable->slot < 0 || variable->slot >= module->global_count) return false;
  Value value = module->globals[variable->slot];
  if (value.kind == KIND_CELL) value = value.cell->value;
  if (value.kind == KIND_UNSET) return false;
  text_format(text, "%s: ", variable->name);
  value_show_type(value, text);
  text_char(text, '\n');
  const Source *source = source_at(session->vm->sources, variable->span.file);
  size_t before = text->length;
  if (source) source_doc(source, variable->span.start, text);
  if (text->length > before) text_char(text, '\n');
  if (value.kind != KIND_NONE) show_value(session, value_retain(value), text);
  add_place(session, variable->span, text);
  return true;
}

/* All pages of a name. */
static bool describe_standard(Session *session, const char *name, Text *text) {
  Manual manual;
  manual_open(&manual, session->vm);
  bool found = false;
  for (int i = -1; (i = manual_find(&manual, name, i + 1)) >= 0;) {
    if (manual.pages[i].kind == MANUAL_CHAPTER) continue;
    if (found) text_char(text, '\n');
    page_write(&manual, &manual.pages[i], text);
    found = true;
  }
  manual_close(&manual);
  return found;
}

static const Variable *global_of(const Session *session, const ModuleObject *module,
                                 const char *name, size_t length) {
  return module ? scope_global(module->scope, names_intern(session->vm->names, name, length))
                : NULL;
}

static bool describe_function(Session *session, const AstFunction *function, Text *text) {
  page_write_declaration(source_at(session->vm->sources, function->head_span.file), function, text);
  add_place(session, function->head_span, text);
  return true;
}

/* `Net.encode`, `net.encode`: a method of a model's declaration, or of a model. */
static bool describe_method(Session *session, const Variable *of, const char *name, Text *text) {
  const ModuleObject *module = session->module;
  const AstFunction *model = of->function;
  if (!model && of->slot >= 0 && of->slot < module->global_count) {
    Value value = module->globals[of->slot];
    if (value.kind == KIND_CELL) value = value.cell->value;
    if (value.kind == KIND_MODEL) model = value.model->made_by->function;
  }
  const Ast *body = model && model->kind == FUNCTION_MODEL ? model->body : NULL;
  for (uint32_t i = 0; body && i < body->count; i++)
    if (body->items[i]->kind == AST_FN && !strcmp(body->items[i]->function->name, name))
      return describe_function(session, body->items[i]->function, text);
  return false;
}

/* `blocks.f`, `net.encode`: a function behind a point. */
static bool describe_member(Session *session, const char *name, Text *text) {
  const char *point = strchr(name, '.');
  const Variable *of = point ? global_of(session, session->module, name, (size_t)(point - name))
                             : NULL;
  if (!of) return false;
  if (of->kind != VARIABLE_IMPORT) return describe_method(session, of, point + 1, text);
  const Variable *member = global_of(session, of->module, point + 1, strlen(point + 1));
  return member && member->function && describe_function(session, member->function, text);
}

bool session_describe(Session *session, const char *name, Text *text) {
  const Variable *variable = global_of(session, session->module, name, strlen(name));
  if (variable && variable->function) return describe_function(session, variable->function, text);
  if (describe_member(session, name, text)) return true;
  if (variable && describe_variable(session, variable, text)) return true;
  return describe_standard(session, name, text);
}

void session_explain(Session *session, const char *name, Text *text) {
  if (session_describe(session, name, text)) return;
  char shown[NAME_SIZE];
  Text help = {0};
  Manual manual;
  Nearest nearest = nearest_to(name);
  const Variable *own = session->module ? session->module->scope->first : NULL;
  for (; own; own = own->next)
    if (own->name) nearest_offer(&nearest, own->name);
  manual_open(&manual, session->vm);
  text_format(text, "there is no page for `%s`", name_shown(name, strlen(name), shown));
  if (manual_suggest(&manual, &nearest, &help)) text_format(text, ": %s\n", help.data);
  else text_string(text, "; `gd doc -s TEXT` looks for words in every page\n");
  manual_close(&manual);
  text_free(&help);
}

int session_prelude(Session *session, const char *path, const char *line) {
  Vm *vm = session->vm;
  Diag diag = {0};
  if (!session->module) session->module = module_new(vm, "session", true);
  uint32_t file = path ? load(session, path)
                       : source_load_text(vm->sources, "-e", line, strlen(line), &diag);
  if (!file) {
    if (!path) say_diag(session, &diag);
    return path ? vm->exit_status : diag.status;
  }
  Report report = {0};
  int status;
  if (!module_run_lines(vm, session->module, file, true, &report, &status))
    status = report_status(&report);
  session_say_report(session, &report);
  return status;
}
