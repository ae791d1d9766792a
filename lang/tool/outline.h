/* outline.h — the names of a text: where each is declared, and where it is used. */
#ifndef GD_LANG_OUTLINE_H
#define GD_LANG_OUTLINE_H

#include "lang/syntax/ast.h"
#include "lang/text/source.h"

typedef enum SymbolKind {
  SYMBOL_VARIABLE,
  SYMBOL_PARAMETER,
  SYMBOL_FUNCTION,
  SYMBOL_LOSS,
  SYMBOL_MODEL,
  SYMBOL_OPTIMIZER,
  SYMBOL_PARAM,
  SYMBOL_BUFFER,
  SYMBOL_STATE,
  SYMBOL_IMPORT, /* `span` is the whole statement, `path` what it names */
  SYMBOL_TEST
} SymbolKind;

/* A declared name. */
typedef struct Symbol {
  const char *name; /* interned by the outline; of a test its title */
  SymbolKind kind;
  Span span;                   /* of the name */
  Span whole;                  /* of the declaration */
  uint32_t visible, invisible; /* the range of bytes in which it is visible */
  bool top;                    /* it is declared at the top level of the text */
  int container;               /* the symbol of the declaration around it, or -1 */
  int first, last;             /* the symbols in it, in order: linked by `next`; -1: none */
  int next;
  const AstFunction *function; /* of a function, loss, model, optimizer; else NULL */
  const char *path;            /* of an import; else NULL */
} Symbol;

/* A name where it is declared or used. */
typedef struct Mention {
  const char *name;
  Span span;
  int symbol;     /* index; -1: not declared in this text */
  int module;     /* of `f` in `blocks.f`: the symbol of the import; else -1 */
  const char *of; /* `k` in `blocks.f(k: 1)` and `Dense(k: 1)`: "f", "Dense"; else NULL */
  bool field;     /* it is the field of a value */
  bool argument;  /* it is the name of an argument in a call */
  bool quoted; /* it is the string of `wrt: "w"`, without its quotes: an argument of f in grad(f) */
  const AstFunction *literal; /* of a quoted one in grad(fn(w) = …): that function; else NULL */
  bool written;               /* it is declared or assigned there */
} Mention;

typedef struct Outline {
  Sources *sources; /* owned: the text and its tree */
  const Ast *tree;  /* in the sources */
  Names *names;     /* owned */
  Symbol *symbols;  /* owned */
  int symbol_count, symbol_capacity;
  int first, last;   /* those in no other, linked by `next` */
  Mention *mentions; /* owned; by place */
  int mention_count, mention_capacity;
} Outline;

/* Returns a new one; NULL when the text has a syntax error. */
Outline *outline_make(const char *name, const char *text, size_t length);
void outline_free(Outline *outline); /* takes; NULL is fine */
/* The mention that covers or ends at a byte, or NULL. */
const Mention *outline_at(const Outline *outline, uint32_t at);
/* A name of the text's top level, by its letters, or -1. */
int outline_top(const Outline *outline, const char *name);
/* The parameter of a function, or -1. */
int outline_parameter(const Outline *outline, int function, const char *name);

#endif
