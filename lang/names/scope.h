/* scope.h — names to places, and all that can be known before anything runs.
 *
 * Owned by scope.c: see value.h for Member and ast.h for Place.
 */
#ifndef GD_LANG_SCOPE_H
#define GD_LANG_SCOPE_H

#include "lang/text/report.h"
#include "lang/machine/value.h"

/* A name that clauses of a `train` see besides their surroundings: loss step epoch grad_norm lr seconds, each metric, val_loss
 * and val_<metric>; only those that some clause mentions are listed.  train.c puts the value in its place before it
 * evaluates `stop:`, `keep:`, `each_step:`, `each_epoch:`. */
typedef struct Watched {
  const char *name;    /* interned */
  uint8_t place;       /* PLACE_LOCAL or PLACE_CELL */
  int32_t slot;
} Watched;

/* Where a captured cell comes from when a closure is made: a cell slot of the frame that makes it, or a capture of that frame's own closure. */
typedef struct Capture {
  uint8_t place;       /* PLACE_CELL or PLACE_CAPTURE */
  int32_t slot;
} Capture;

/* Ast.flags.  Nodes that open a block of names (BLOCK, FOR, TRAIN, RACE, UPDATE) have its slots in `slot` (the first) and `length` (how many). */
enum {
  CALL_PLAIN = 1,      /* CALL: arguments by position only, none spread */
  CALL_PUSH = 2,       /* CALL of the standard `push` whose first argument is the variable assigned: ASSIGN has it too */
  ASSIGN_GROWS = 8,    /* ASSIGN: `s = s + …` or `s = "{s}…"`; slot: how many operands or pieces are left of what is appended */
  EXACT = 4,           /* BRACKET, CALL: written inside i32(…), f64(…) and their like, or as an index: its numbers are kept as they are, in f64 */
  BLOCK_HOISTS = 1,    /* BLOCK: declares functions, known from its first line */
  BINARY_SPINE = 1,    /* BINARY: the left spine is long; items holds its nodes from the bottom up */
  NAME_BUFFER = 1,     /* NAME that is assigned: a model's buffer */
  DIMENSION_BINDS = 1, /* DIMENSION: a name, bound to the size met (place, slot) … */
  DIMENSION_MAYBE = 2  /* … unless the variable of that name (the node a) is a number */
};

typedef enum VariableKind {
  VARIABLE_LET, VARIABLE_PARAMETER, VARIABLE_LOOP, VARIABLE_PATTERN, VARIABLE_FUNCTION, VARIABLE_PARAM, VARIABLE_BUFFER,
  VARIABLE_STATE, VARIABLE_IMPORT, VARIABLE_WATCHED, VARIABLE_DIMENSION, VARIABLE_STEP, VARIABLE_TARGET
} VariableKind;

/* A declared name.  Those of a module's top level live as long as the module. */
typedef struct Variable {
  const char *name;            /* interned; NULL for one that cannot be named */
  Span span;                   /* where it is declared */
  VariableKind kind;
  bool declared;               /* its line is passed: it can be seen */
  bool captured;               /* a closure shares it */
  bool used;
  bool in_model;               /* a model's or optimizer's own: constants to its methods, unless a buffer or state */
  int32_t slot;                /* of the globals, or fixed in the frame; -1: not given yet */
  const char *alias;           /* of a size: the name in the shape */
  AstFunction *function;       /* what a declaration declares */
  ModuleObject *module;        /* what an import imports */
  struct Unit *unit;           /* the function body it belongs to; NULL for a global */
  struct Block *block;
  struct Variable *shadowed;   /* the next one out of the same name */
  struct Variable *next;       /* of the same block, in order */
  struct Patch *patches;       /* who wants to know its place */
} Variable;

/* The names of a module's top level. */
typedef struct Scope {
  Arena arena;                 /* variables, captures, members, watched names of the module */
  bool session;                /* a REPL: a second `let` of a name is allowed */
  struct NameSlot *table;      /* interned name → innermost Variable; open addressing; owned */
  uint32_t table_mask, table_count;
  Variable *first, *last;      /* the globals, in order of declaration */
  int global_count;
  int32_t frame_size;          /* slots that the newest body needs */
} Scope;

Scope *scope_new(bool session);
void scope_free(Scope *scope);                              /* takes; NULL is fine */
Variable *scope_global(const Scope *scope, const char *name); /* by interned name; borrows; NULL if there is none */
void scope_each_global(const Scope *scope, void (*visit)(void *context, const Variable *variable), void *context); /* those that can be named now */
void scope_forget(Scope *scope, Variable *last, int global_count); /* forgets every global after `last`: a line that failed */

/* Resolves a parsed body (the top level of a module) and reports what can be known to be wrong.  False when something was. */
bool scope_resolve(Vm *vm, ModuleObject *module, Ast *body, Report *report);

#endif
