/* resolve.h — the state of one walk over the tree, shared by scope.c (variables and blocks),
 * resolve.c (the walk), resolve_name.c (names), resolve_function.c (functions and models) and
 * resolve_train.c (clauses).
 */
#ifndef GD_LANG_RESOLVE_H
#define GD_LANG_RESOLVE_H

#include "lang/machine/vm.h"
#include "lang/names/scope.h"
#include "lang/names/signature.h"
#include "lang/syntax/nearest.h"

/* A pending write-back of a variable's place and slot, done when they are known. */
typedef struct Patch {
  struct Patch *next;
  uint8_t *place;
  int32_t *slot;
} Patch;

/* A captured variable, listed until the function's array of captures is made. */
typedef struct Captured {
  struct Captured *next;
  Variable *variable;
  int index;
} Captured;

/* The body of a function (or a module's top level) being resolved: one frame. */
typedef struct Unit {
  struct Unit *outer;
  AstFunction *function; /* NULL at the top level */
  int32_t slots;         /* slots used so far */
  int loops;             /* loops around the current statement, inside this unit */
  int repeats;           /* the same with comprehensions, and clauses as loops */
  bool clause;           /* inside a clause of `train`: `return` and `break` cannot leave it */
  Captured *first, *last;
  int captured_count;
} Unit;

/* The names of one block. */
typedef struct Block {
  struct Block *outer;
  Unit *unit;
  Variable *first, *last;
  AstFunction *body_of; /* the MODEL or OPTIMIZER whose body this block is, or NULL */
} Block;

typedef struct SaidName {
  const char *name;
  struct SaidName *next;
} SaidName;

/* A call or part of a variable, or of a value, for held.c. */
typedef struct HeldUse {
  const Ast *node;
  const Variable *variable;    /* or NULL: of `function` */
  const AstFunction *function; /* a function, or the model of which it is one */
  struct HeldUse *next;
} HeldUse;

typedef struct Resolver {
  Vm *vm;
  ModuleObject *module;
  Scope *scope;
  Report *report;
  Unit *unit;
  Block *block;
  const char *clause; /* at hand, of a `train`, that does not see `step` and `epoch`; or NULL */
  SaidName *said;     /* reported as unknown or never declared */
  HeldUse *first_use, *last_use; /* to be checked at the end of the file */
  bool deep;                     /* "nested too deeply" was reported */
  bool size;                     /* in a computed dimension, as the 2*D of [N, 2*D] */
} Resolver;

/* ---- scope.c ---- */
void *resolver_alloc(Resolver *resolver, size_t bytes);
void block_open(Resolver *resolver, Block *block);
/* Gives every variable of the block its slot and removes the names; `slot` and `length` (may be
 * NULL) return the range of slots. */
void block_close(Resolver *resolver, int32_t *slot, uint32_t *length);
/* reports a second declaration in the block */
Variable *declare(Resolver *resolver, const char *name, Span span, VariableKind kind);
void variable_patch(Resolver *resolver, Variable *variable, uint8_t *place, int32_t *slot);
/* in the innermost block, or NULL */
Variable *variable_in_block(const Resolver *resolver, const char *name);
Variable *variable_find(const Resolver *resolver, const char *name,
                        Variable **later); /* the visible one; else NULL and the innermost one
                                            * declared further down */
/* Resolves a NAME to a place. */
void variable_use(Resolver *resolver, Variable *variable, Ast *name);
void unit_open(Resolver *resolver, Unit *unit, AstFunction *function);
void unit_close(Resolver *resolver); /* makes the function's array of captures */
void offer_names(const Resolver *resolver, Nearest *nearest);
const char *shown_name(const char *name, char buffer[NAME_SIZE]); /* a name as messages show it */

/* ---- resolve.c ---- */
/* the parameters of a callee that is a declaration, a standard function or one of an imported file;
 * empty: not known */
Formals declared_formals(const Resolver *resolver, const Ast *callee);
void resolve(Resolver *resolver, Ast *ast);
void resolve_items(Resolver *resolver, Ast **items, uint32_t count);
/* Walks the statements of the innermost block. */
void resolve_statements(Resolver *resolver, Ast *block);
void resolve_pattern(Resolver *resolver, Ast *pattern, VariableKind kind, bool declared);
/* Is there too little of the C stack left to go into `ast`?  Reports it, once. */
bool resolve_too_deep(Resolver *resolver, const Ast *ast);

/* ---- resolve_name.c ---- */
void resolve_name(Resolver *resolver, Ast *name);
void resolve_target(Resolver *resolver, Ast *target); /* of an assignment */
/* reports names like `np.zeros`, of a module of another tool */
bool say_foreign_module(Resolver *resolver, const Ast *field);

/* ---- resolve_function.c ---- */
void resolve_function(Resolver *resolver, AstFunction *function);
void resolve_shape(Resolver *resolver, Ast *shape); /* NULL is fine */
/* Is the word before the brackets a dtype, or, `declared` for a param, a domain?  Reports it. */
void resolve_shape_word(Resolver *resolver, const Ast *shape, bool declared);

/* ---- resolve_train.c ---- */
void resolve_train(Resolver *resolver, Ast *ast); /* TRAIN, RACE */
/* Reports a call of a number of the training, which has the name of a function outside. */
void check_number_called(Resolver *resolver, const Ast *call);
/* `best(…)`, `stalled(…)` of a name of the script: its declaration, for the message of a training
 * whose rule it hides (train/clause.c) */
void note_hidden_rule(const Resolver *resolver, const Ast *call);
void resolve_update(Resolver *resolver, Ast *ast); /* UPDATE as an expression */
const char *train_key(int index);                  /* every clause's key; NULL past the end */
/* is it allowed in a TOKEN_TRAIN, TOKEN_UPDATE or TOKEN_RACE? */
bool train_key_stands(int index, int statement);

#endif
