/* scope.h — resolves names to places, and checks what can be checked before running.
 *
 * Member and Place are in ast.h.
 */
#ifndef GD_LANG_SCOPE_H
#define GD_LANG_SCOPE_H

#include "lang/machine/object.h"
#include "lang/text/report.h"

/* A name visible in clauses of a `train` besides those around it: loss step epoch grad_norm lr
 * seconds, each metric, val_loss and val_<metric>; only those that some clause uses are listed.
 * ending.c stores the value in its place before it evaluates `stop:`, `keep:`, `each_step:`,
 * `each_epoch:`. */
typedef struct Watched {
  const char *name; /* interned */
  uint8_t place;    /* PLACE_LOCAL or PLACE_CELL */
  int32_t slot;
} Watched;

/* The source of a captured cell when a closure is made: a cell slot of the enclosing frame, or a
 * capture of that frame's own closure. */
typedef struct Capture {
  uint8_t place; /* PLACE_CELL or PLACE_CAPTURE */
  int32_t slot;
} Capture;

/* Ast.flags.  Nodes that open a block of names (BLOCK, FOR, COMPREHENSION, TRAIN, RACE, UPDATE)
 * have its slots in `slot` (the first) and `length` (how many). */
enum {
  CALL_PLAIN = 1,      /* CALL: positional arguments only, none spread */
  ASSIGN_PUSHES = 2,   /* ASSIGN of a call of the standard `push` … */
  ASSIGN_REMOVES = 16, /* … or `remove` */
  ASSIGN_CUTS = 32,    /* ASSIGN: `xs = xs[a:b]` */
  /* ASSIGN: `s = s + …` or `s = "{s}…"`; slot: number of operands or pieces to append */
  ASSIGN_GROWS = 8,
  /* BRACKET, COMPREHENSION, CALL: inside i32(…), f64(…) and their like, or an index: its numbers
     keep their exact value, in f64 */
  EXACT = 4,
  /* BRACKET, COMPREHENSION, NUMBERS: the one argument of concat or stack: tensors stay items … */
  BRACKET_ITEMS = 8,
  BRACKET_SCALARS = 16, /* … and in stack numbers too */
  BLOCK_HOISTS = 1,     /* BLOCK: declares functions, visible from its first line */
  /* BINARY: the left spine is long; items holds its nodes from the bottom up */
  BINARY_SPINE = 1,
  UPDATE_ONCE = 1, /* UPDATE at the top level of a file or in a test, in no loop */
  NAME_BUFFER = 1, /* NAME that is assigned: a model's buffer */
  NAME_STATE = 4,  /* … or an optimizer's state */
  /* NAME or FIELD that assign() writes to: a buffer itself, not its value */
  NAME_WHOLE = 8,
  NAME_FIXED = 2,      /* NAME at the root of `d.x = v`: it cannot be assigned itself */
  DIMENSION_BINDS = 1, /* DIMENSION: a name that binds the size (place, slot) … */
  DIMENSION_MAYBE = 2  /* … unless the variable of that name (the node a) is a number */
};

typedef enum VariableKind {
  VARIABLE_LET,
  VARIABLE_PARAMETER,
  VARIABLE_LOOP,
  VARIABLE_PATTERN,
  VARIABLE_FUNCTION,
  VARIABLE_PARAM,
  VARIABLE_BUFFER,
  VARIABLE_STATE,
  VARIABLE_IMPORT,
  VARIABLE_WATCHED, /* a number of a training */
  VARIABLE_SETTING, /* of a race */
  VARIABLE_DIMENSION,
  VARIABLE_STEP,
  VARIABLE_TARGET,
  VARIABLE_LOSS
} VariableKind;

/* A declared name.  Globals live as long as the module. */
typedef struct Variable {
  const char *name; /* interned; NULL for one that cannot be named */
  Span span;        /* where it is declared */
  VariableKind kind;
  bool declared; /* visible from here on */
  bool captured; /* captured by a closure */
  bool used;
  /* a model's or optimizer's own: constant for its methods, unless a buffer or state */
  bool in_model;
  int32_t slot;            /* in the globals, or fixed in the frame; -1: not known yet */
  const char *alias;       /* of a size: its name in the shape */
  AstFunction *function;   /* what a declaration declares */
  const AstFunction *held; /* of a `let`: the function, or the model of which it is one; or NULL */
  bool assigned;           /* again, after its `let` */
  ModuleObject *module;    /* what an import imports */
  struct Unit *unit;       /* the function body it belongs to; NULL for a global */
  struct Block *block;
  struct Variable *shadowed; /* the variable of this name in the enclosing scope */
  struct Variable *next;     /* of the same block, in order */
  struct Patch *patches;     /* write-backs to do when the slot is known */
} Variable;

/* The names of a module's top level. */
typedef struct Scope {
  Arena arena;            /* variables, captures, members, watched names of the module */
  bool session;           /* a REPL: a second `let` of a name is allowed */
  struct NameSlot *table; /* interned name → innermost Variable; open addressing; owned */
  uint32_t table_mask, table_count;
  Variable *first, *last; /* the globals, in order of declaration */
  int global_count;
  int32_t frame_size; /* slots of the frame of the last resolved body */
} Scope;

Scope *scope_new(bool session);
void scope_free(Scope *scope); /* takes; NULL is fine */
/* by interned name; borrows; NULL if there is none */
Variable *scope_global(const Scope *scope, const char *name);
/* those visible now */
void scope_each_global(const Scope *scope, void (*visit)(void *context, const Variable *variable),
                       void *context);
/* removes every global after `last`: undoes a line that failed */
void scope_truncate(Scope *scope, Variable *last, int global_count);

/* Resolves a parsed body (the top level of a module) and reports the errors that can be found
 * before running.  False when there were any. */
bool scope_resolve(Vm *vm, ModuleObject *module, Ast *body, Report *report);

#endif
