/* module.h — files that make up a program: the script or session, what it imports, the library's own files. */
#ifndef GD_LANG_MODULE_H
#define GD_LANG_MODULE_H

#include "lang/machine/kind.h"
#include "lang/names/resolve.h"

enum { IMPORTS_MOST = 100 };  /* modules that import each other in a chain */

extern const VmPart MODULES_PART;
extern const KindRow MODULE_KIND;
extern const Loader LOADER;

/* ---- for the command and the REPL ---- */
/* Returns a new module without names, kept until vm_free.  A session's top level may declare a name again. */
ModuleObject *module_new(Vm *vm, const char *name, bool session);
/* Parses source number `file`, resolves it in the module and runs it.  Mistakes go into the report: all that can be known before
 * running, or else the one that ended the run.  Gives the exit status: 0, or that of the first mistake (exit(n) gives n, with an
 * empty report).  `last` may be NULL; else it gets the value of the last statement where that is an expression, KIND_UNSET otherwise;
 * the caller's to release.  In a session a failure leaves the names and values of before.
 * With vm->checking nothing is executed for good: see check.c; mistakes go to vm->hear as well as the status. */
int module_run(Vm *vm, ModuleObject *module, uint32_t file, Report *report, Value *last);
/* The same for a script from a pipe: a line that fails is told to vm->hear, what it assigned is taken back, and the next one runs.
 * False when a mistake can be known before running: then nothing has run, and the report holds it. */
bool module_run_lines(Vm *vm, ModuleObject *module, uint32_t file, Report *report, int *status);

/* ---- for the evaluator ---- */
Value run_import(Vm *vm, Frame *frame, const Ast *ast);
Value run_test(Vm *vm, Frame *frame, const Ast *ast);
void module_ensure_run(Vm *vm, ModuleObject *module);            /* runs its top level once */

#endif
