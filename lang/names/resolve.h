/* resolve.h — shared by scope.c (names and blocks), resolve.c (the walk over the tree) and resolve_train.c (clauses) alone. */
#ifndef GD_LANG_RESOLVE_H
#define GD_LANG_RESOLVE_H

#include "lang/syntax/nearest.h"
#include "lang/names/scope.h"
#include "lang/names/waiting.h"

/* Somebody to be told where a variable lives, once that is decided. */
typedef struct Patch {
  struct Patch *next;
  uint8_t *place;
  int32_t *slot;
} Patch;

/* A variable that a function captures, until the function's array of captures is made. */
typedef struct Captured {
  struct Captured *next;
  Variable *variable;
  int index;
} Captured;

/* The body of a function (or a module's top level) under resolution: one frame. */
typedef struct Unit {
  struct Unit *outer;
  AstFunction *function;      /* NULL at the top level */
  int32_t slots;              /* given out so far */
  int loops;                  /* loops around the statement at hand, inside this unit */
  bool clause;                /* inside a clause of `train`: neither return nor break leaves it */
  Captured *first, *last;
  int captured_count;
} Unit;

/* The names of one block. */
typedef struct Block {
  struct Block *outer;
  Unit *unit;
  Variable *first, *last;
  AstFunction *body_of;       /* MODEL or OPTIMIZER whose body's block this is, else NULL */
} Block;

typedef struct Resolver {
  Vm *vm;
  ModuleObject *module;
  Scope *scope;
  Report *report;
  Unit *unit;
  Block *block;
  bool deep;                  /* "nested too deeply" was said */
} Resolver;

/* ---- scope.c ---- */
void *resolver_alloc(Resolver *resolver, size_t bytes);
void block_open(Resolver *resolver, Block *block);
/* Gives every variable of the block its slot and forgets the names; `slot` and `length` (may be NULL) tell which slots. */
void block_close(Resolver *resolver, int32_t *slot, uint32_t *length);
Variable *declare(Resolver *resolver, const char *name, Span span, VariableKind kind); /* reports a second one in the block */
void variable_patch(Resolver *resolver, Variable *variable, uint8_t *place, int32_t *slot);
Variable *variable_in_block(const Resolver *resolver, const char *name);  /* of the innermost block, or NULL */
Variable *variable_find(const Resolver *resolver, const char *name, Variable **later); /* declared so far; else NULL and the innermost declared below */
/* Turns a NAME into a place. */
void variable_use(Resolver *resolver, Variable *variable, Ast *name);
void unit_open(Resolver *resolver, Unit *unit, AstFunction *function);
void unit_close(Resolver *resolver);   /* makes the function's array of captures */
void offer_names(const Resolver *resolver, Nearest *nearest);
const char *shown_name(const char *name, char room[NAME_ROOM]); /* a name as a message shows it */

/* ---- resolve.c ---- */
void resolve(Resolver *resolver, Ast *ast);
bool say_waiting(Resolver *resolver, Span span, WaitingKind kind, const char *name, const char *mark); /* reports `name` and the mark after it, where waiting.def has it */
void resolve_pattern(Resolver *resolver, Ast *pattern, VariableKind kind, bool declared);

/* ---- resolve_train.c ---- */
void resolve_train(Resolver *resolver, Ast *ast);   /* TRAIN; RACE, which it refuses */
void resolve_update(Resolver *resolver, Ast *ast);  /* UPDATE as an expression */
const char *train_key(int index);                   /* every key there is; NULL past the end */

#endif
