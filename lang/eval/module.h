/* module.h — the files of a program: the script or session, its imports, the library's files. */
#ifndef GD_LANG_MODULE_H
#define GD_LANG_MODULE_H

#include "lang/machine/kind.h"
#include "lang/names/resolve.h"

enum { IMPORTS_MOST = 100 }; /* length of a chain of imports */

extern const VmPart MODULES_PART;
extern const KindRow MODULE_KIND;
extern const Loader LOADER;

/* ---- for the command and the REPL ---- */
/* Returns a new module without names, kept until vm_free.  A session's top level may declare a name
 * again. */
ModuleObject *module_new(Vm *vm, const char *name, bool session);
/* Parses source number `file`, resolves it in the module and runs it.  Errors go into the report:
 * all that are found before running, or else the one that ended the run.  Returns the exit status:
 * 0, or that of the first error (exit(n) gives n, with an empty report).  `last` may be NULL; else
 * it gets the value of the last statement if that is an expression, KIND_UNSET otherwise; the
 * caller releases it.  In a session a failure restores the old names and values.  With vm->checking
 * nothing is executed for good: see check.c; errors also go to vm->on_diag. */
int module_run(Vm *vm, ModuleObject *module, uint32_t file, Report *report, Value *last);
/* The same line by line, for a script from a pipe or before the prompt: a failing line is reported
 * to vm->on_diag, its assignments are undone, and the next one runs, unless `stops`.  False when an
 * error is found before running: then nothing has run, and the report has it. */
bool module_run_lines(Vm *vm, ModuleObject *module, uint32_t file, bool stops, Report *report,
                      int *status);

/* For `gd test`: which tests to run, and a callback for their results. */
typedef struct TestWatch {
  bool (*wanted)(void *context, const char *name, size_t length);
  /* diag: NULL when it passed */
  void (*done)(void *context, const char *name, size_t length, double seconds, const Diag *diag);
  void *context;
} TestWatch;
void module_watch_tests(Vm *vm, const TestWatch *watch); /* borrows */

/* The text that an editor has of the file at a path, which an import then reads in place of the
 * file; NULL: none.  Borrowed until the next call. */
typedef struct OpenTexts {
  const char *(*find)(const void *context, const char *path, size_t *length);
  const void *context;
} OpenTexts;
void module_open_texts(Vm *vm, OpenTexts texts);
OpenTexts module_opened_texts(const Vm *vm); /* those given, or {NULL} */

/* ---- for the evaluator ---- */
Value run_import(Vm *vm, Frame *frame, const Ast *ast);
Value run_test(Vm *vm, Frame *frame, const Ast *ast);
void module_ensure_run(Vm *vm, ModuleObject *module); /* runs its top level once */

#endif
