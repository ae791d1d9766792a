/* running.h — what the tests of the evaluator share: a small program run in this process, what it
 * printed and what it told. */
#ifndef GD_TESTS_LANG_RUNNING_H
#define GD_TESTS_LANG_RUNNING_H

#include "lang/eval/module.h"
#include "lang/text/source.h"
#include "lang/tool/registry.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Ran {
  int status;
  char *printed;         /* what went to standard output */
  Text told;             /* the mistakes, as shown */
  unsigned line, column; /* of the first */
} Ran;

typedef struct Telling {
  Vm *vm;
  Report report;
} Telling;

static inline void telling_hear(void *context, const Diag *diag) {
  report_add(&((Telling *)context)->report, diag);
}

static inline Vm *running_vm(Telling *telling, const Options *options) {
  Vm *vm = vm_new(options, &REGISTRY);
  *telling = (Telling){.vm = vm};
  vm->on_diag = telling_hear;
  vm->on_diag_context = telling;
  return vm;
}

/* Runs one text in a module; keeps standard output apart. */
static inline Ran running_text(Telling *telling, ModuleObject *module, const char *name,
                               const char *text) {
  Vm *vm = telling->vm;
  Ran ran = {0};
  Diag diag = {0};
  size_t length = 0;
  FILE *before = stdout;
  uint32_t file = source_load_text(vm->sources, name, text, strlen(text), &diag);
  stdout = open_memstream(&ran.printed, &length);
  ran.status = module_run(vm, module, file, &telling->report, NULL);
  fclose(stdout);
  stdout = before;
  report_show(&ran.told, vm->sources, &telling->report, false, false);
  if (telling->report.count) {
    SourcePlace place = source_place(vm->sources, telling->report.items[0].span);
    ran.line = place.line;
    ran.column = place.column;
  }
  report_clear(&telling->report);
  return ran;
}

static inline void ran_free(Ran *ran) {
  free(ran->printed);
  text_free(&ran->told);
}

typedef enum RunMode { RUN_PLAIN, RUN_CHECK, RUN_TEST } RunMode;

static inline Ran run_with(const char *text, const Options *options, RunMode mode) {
  Telling telling;
  Vm *vm = running_vm(&telling, options);
  vm->checking = mode == RUN_CHECK;
  vm->testing = mode == RUN_TEST;
  Ran ran = running_text(&telling, module_new(vm, "main", false), "t.gd", text);
  vm_free(vm);
  return ran;
}

static inline Ran run_text(const char *text) {
  return run_with(text, &(Options){.quiet_progress = true}, RUN_PLAIN);
}

/* The program prints exactly this. */
static inline void prints(const char *text, const char *expected) {
  Ran ran = run_text(text);
  cr_assert_eq(ran.status, 0, "%.400s\nended with %d:\n%.1000s", text, ran.status,
               ran.told.data ? ran.told.data : "");
  cr_assert_str_eq(ran.printed, expected, "%.400s", text);
  ran_free(&ran);
}

/* The first mistake is at line:column, leads to this status, and what is told holds the words. */
static inline void fails(const char *text, int status, unsigned line, unsigned column,
                         const char *words) {
  Ran ran = run_text(text);
  const char *told = ran.told.data ? ran.told.data : "";
  cr_assert_eq(ran.status, status, "%.400s\nended with %d:\n%.1000s", text, ran.status, told);
  cr_assert(ran.line == line && ran.column == column,
            "%.400s\nis wrong at %u:%u, not %u:%u\n%.1000s", text, ran.line, ran.column, line,
            column, told);
  cr_assert(strstr(told, words), "%.400s\ndoes not say `%s`:\n%.1500s", text, words, told);
  ran_free(&ran);
}

#endif
