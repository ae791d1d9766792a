/* check.h — `gd check`: running with types in place of numbers (check.c), and what may or may not have happened (region.c). */
#ifndef GD_LANG_CHECK_H
#define GD_LANG_CHECK_H

#include "lang/eval/eval.h"

/* gd check's memory of one run. */
enum { CHECKER_PLACES = 64, CHECKER_PATHS = 64 };
typedef struct Checker {
  Span places[CHECKER_PLACES];  /* told already */
  int told;
  int status;                   /* of the first */
  double begun;                 /* steps when the top-level statement at hand began */
  /* what is uncertain: check.c, region.c */
  struct Written *written;      /* notes of the open regions; owned */
  int written_count, written_capacity;
  int region;                   /* the first note of the innermost region; -1: none is open */
  int unsure;                   /* stretches under way of which it is not known whether they run */
  int library_unsure;           /* of them, those that were when the script called the library */
  bool may_have_left;           /* a return, break or continue may have been taken in the function or loop at hand */
  bool loop_unsure;             /* how often the loop at hand runs is not known */
  Value returned;               /* held: what the function at hand may have returned; KIND_UNSET: nothing */
  const char *wrote[CHECKER_PATHS]; /* interned: files that the script writes */
  int wrote_count;
} Checker;
/* ---- what may have happened (region.c) ---- */
typedef struct Region {
  int start;          /* its first note */
  int outer;          /* the first of the region around it, or -1 */
  Value *top;         /* of the value stack when it was opened: slots above are gone when it closes */
} Region;
typedef enum RegionEnd {
  REGION_RUN,         /* what it changed stays */
  REGION_MAYBE_RUN,   /* … where it is what was there before too, else it is unknown */
  REGION_UNKNOWN      /* what it changed is unknown */
} RegionEnd;
typedef struct Changes { struct Written *items; int count; } Changes; /* what a region left, taken back; owned */
Region region_open(Vm *vm);
void region_close(Vm *vm, const Region *region, RegionEnd end);
void region_take_back(Vm *vm, const Region *region, Changes *changes);        /* closes it */
void changes_join(Vm *vm, const Changes *one, const Changes *other);         /* both may have been made */
void changes_make(Vm *vm, const Changes *changes, bool unknown);             /* they were made (or what they changed is unknown) */
void changes_free(Vm *vm, Changes *changes);
void check_writes(Vm *vm, Frame *frame, const Ast *name);                    /* a variable is about to be assigned */
Value check_join(Vm *vm, Value a, Value b);                                  /* a new holder of what holds for both */
/* What a protected stretch must find again after a leap out of it. */
typedef struct Standing { int region, written, unsure, library_unsure; bool may_have_left, loop_unsure; Value returned; } Standing;
Standing check_stand(Vm *vm);
void check_stand_back(Vm *vm, const Standing *standing);
void checker_free(Vm *vm);

/* ---- running (check.c) ---- */
void check_begin(Vm *vm);                                                    /* a top-level statement begins */
Value check_block(Vm *vm, Frame *frame, const Ast *block);                  /* its statements, each protected */
Value check_call(Vm *vm, Value (*call)(Vm *vm, void *context), void *context); /* protected: what depends on numbers not there gives an unknown value */
Value check_if(Vm *vm, Frame *frame, const Ast *ast, Value condition);      /* both branches of an `if` on an unknown value */
void check_body(Vm *vm, Frame *frame, const Ast *body);                      /* once, whatever comes of it */
void check_forget(Vm *vm, Frame *frame, const Ast *ast);                     /* the names that it would have set become unknown */
bool check_statement(Vm *vm, Frame *frame, const Ast *ast, Value *value);    /* protected; false when it failed, which is told; then *value is unknown */
bool check_enough(Vm *vm);                                                   /* enough rounds were run to know the shapes */
bool check_deep(Vm *vm);                                                     /* calls are nested deeply enough, or enough was run */
void check_model(Vm *vm, Value model);                                       /* its methods whose parameters have shapes, with placeholders */
void check_functions(Vm *vm, ModuleObject *module);                          /* likewise the functions of a module's top level */
Value check_loop(Vm *vm, Frame *frame, const Ast *ast, Runner *rounds);      /* a loop; what it assigns is unknown where its end is not certain */
bool check_loop_unsure(Vm *vm);                                              /* is it no use to go on with the loop? */
void check_loop_gives_up(Vm *vm);                                            /* enough rounds were run, or how many there are is not known */
Value check_function(Vm *vm, Frame *frame, const Ast *body);                 /* a function's body: joins what it may return; raises when it ends the program */
Value check_aside(Vm *vm, Frame *frame, const Ast *body);                    /* a test: checked, and what it changes taken back */
bool check_sure(Vm *vm);                                                     /* is it certain that the line at hand is run? */
bool check_library_error(Vm *vm, Span span, Value message);                  /* is this `error` of the library to be told? */
void check_wrote(Vm *vm, const char *path);                                  /* the script writes this file … */
bool check_writes_file(Vm *vm, const char *path);                            /* … so that what is there now means nothing */
void check_missing(Vm *vm, Diag *diag);                                      /* a file is not there now: a warning */
void check_report(Vm *vm, const Diag *diag);                                 /* tells vm->hear, each place once */

#endif
