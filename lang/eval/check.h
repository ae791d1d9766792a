/* check.h — `gd check`: running with types in place of numbers. */
#ifndef GD_LANG_CHECK_H
#define GD_LANG_CHECK_H

#include "lang/eval/eval.h"
#include "lang/eval/made_size.h"
#include "lang/eval/region.h"

/* The state of one `gd check`. */
enum { CHECKER_PLACES = 64, CHECKER_PATHS = 64 };
typedef struct Checker {
  Span places[CHECKER_PLACES];          /* reported already */
  const char *messages[CHECKER_PLACES]; /* there; interned */
  int reported;
  int status;   /* of the first error */
  int silent;   /* open calls of `attempt`: what is found in them is not reported */
  double begun; /* steps at the beginning of the current top-level statement */
  /* what is uncertain: check.c, region.c */
  struct Written *written; /* notes of the open regions; owned */
  int written_count, written_capacity;
  int region;         /* the first note of the innermost region; -1: none is open */
  int unsure;         /* open regions of which it is unknown whether they run */
  int library_unsure; /* how many of them were open when the script called the library */
  /* the current function or loop may have been left by a return, break or continue */
  bool may_have_left;
  bool loop_unsure; /* the number of rounds of the current loop is unknown */
  /* held: the value that the current function may have returned; KIND_UNSET: none */
  Value returned;
  /* callback after every LET that was checked without an error, or NULL: an editor's hints */
  void (*on_let)(void *context, Vm *vm, Frame *frame, const Ast *let);
  void *on_let_context;
  const char *wrote[CHECKER_PATHS]; /* interned: files that the script writes */
  int wrote_count;
  MadeSizes made; /* of the function that is checked with placeholders */
  Heard *heard;   /* where its reports go; NULL: to vm->on_diag */
  size_t process; /* --cost: bytes of the process when the first plan was made */
} Checker;

/* call it at the beginning of a top-level statement */
void check_begin(Vm *vm);
/* its statements, each protected */
Value check_block(Vm *vm, Frame *frame, const Ast *block);
Value check_call(Vm *vm, Value (*call)(Vm *vm, void *context),
                 void *context); /* protected: a call that depends on unknown numbers returns an
                                  * unknown value */
/* both branches of an `if` on an unknown value */
Value check_if(Vm *vm, Frame *frame, const Ast *ast, Value condition);
/* once, whatever the result */
void check_body(Vm *vm, Frame *frame, const Ast *body);
/* sets the names that it would have set to unknown */
void check_set_unknown(Vm *vm, Frame *frame, const Ast *ast);
bool check_statement(Vm *vm, Frame *frame, const Ast *ast,
                     Value *value); /* protected; false when it failed, which is reported; then
                                     * *value is unknown */
/* were enough rounds run to know the shapes? */
bool check_enough(Vm *vm);
/* are calls nested deeply enough, or was enough run? */
bool check_deep(Vm *vm);
/* its methods whose parameters have shapes, with placeholders */
void check_model(Vm *vm, Value model);
/* the same for the functions of a module's top level */
void check_functions(Vm *vm, ModuleObject *module);
/* a loop; what it assigns is unknown if its end is uncertain */
Value check_loop(Vm *vm, Frame *frame, const Ast *ast, Runner *rounds);
/* is it useless to continue the loop? */
bool check_loop_unsure(Vm *vm);
/* enough rounds were run, or their number is unknown */
void check_loop_gives_up(Vm *vm);
Value check_function(Vm *vm, Frame *frame,
                     const Ast *body); /* a function's body: joins the values it may return; raises
                                        * when it ends the program */
/* a test: checked, and its changes undone */
Value check_aside(Vm *vm, Frame *frame, const Ast *body);
/* is the current line certain to run? */
bool check_sure(Vm *vm);
/* should this `error` of the library be reported? */
bool check_library_error(Vm *vm, Span span, Value message);
/* Is what the world holds (files, options, the environment) left open?  A check is of any run, an
 * estimate (--cost) of one that would begin now. */
bool check_leaves_open(const Vm *vm);
/* the script writes this file … */
void check_wrote(Vm *vm, const char *path);
/* … so its present contents are irrelevant */
bool check_writes_file(Vm *vm, const char *path);
/* reports a missing file: a warning */
void check_missing(Vm *vm, Diag *diag);
/* passes to vm->on_diag, each place once */
void check_report(Vm *vm, const Diag *diag);

#endif
