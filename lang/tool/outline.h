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
  SYMBOL_IMPORT,
  SYMBOL_TEST
} SymbolKind;

/* A declared name. */
typedef struct Symbol {
  const char *name; /* interned by the outline; of a test its title */
  SymbolKind kind;
  Span span;                   /* of the name */
  Span whole;                  /* of the declaration */
  uint32_t visible, invisible; /* the bytes between which it is known */
  int container;               /* the symbol of the declaration around it, or -1 */
  const AstFunction *function; /* of a function, loss, model, optimizer; else NULL */
} Symbol;

/* A name where it is declared or used. */
typedef struct Mention {
  const char *name;
  Span span;
  int symbol;   /* -1: no name of this text */
  bool written; /* it is declared or assigned there */
} Mention;

typedef struct Outline {
  Sources *sources; /* owned: the text and its tree */
  Names *names;     /* owned */
  Symbol *symbols;  /* owned */
  int symbol_count, symbol_capacity;
  Mention *mentions; /* owned; by place */
  int mention_count, mention_capacity;
} Outline;

/* Returns a new one; NULL when the text has a syntax error. */
Outline *outline_make(const char *name, const char *text, size_t length);
void outline_free(Outline *outline); /* takes; NULL is fine */
/* The mention that covers or ends at a byte, or NULL. */
const Mention *outline_at(const Outline *outline, uint32_t at);

#endif
