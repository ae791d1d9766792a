/* node.h — the state of one parse, and what all constructors of the tree share.
 *
 * A constructor (build_….h) is the action of a rule of parser.y.  It takes tokens and finished
 * nodes and returns a node in the source's arena; NULL stands for a part that is not written.  The
 * keyword's or operator's token says what is made, so one constructor serves many rules.  What the
 * grammar accepts but the language does not (`f(x) = 1`, `(xs...)`) is refused by the constructor.
 *
 * A node's span runs from the first byte of its first part to the last of its last; `op_span` is
 * the part that a message may point at alone: the operator, the name after a point, the declared
 * name.
 */
#ifndef GD_LANG_NODE_H
#define GD_LANG_NODE_H

#include "lang/syntax/ast.h"
#include "lang/syntax/lexer.h"

enum { ARGUMENT_LIMIT = 65535 }; /* arguments of a call, parameters of a function (FAULTS.md, B7) */

/* a name with letters of other scripts than Latin, for the warning about look-alikes */
typedef struct OddName {
  const char *name; /* interned */
  Span span;        /* where it first appeared */
} OddName;

typedef struct Parser {
  Source *source;          /* borrowed */
  uint32_t file;           /* its number */
  Names *names;            /* borrowed */
  Report *report;          /* borrowed */
  const TextRange *ranges; /* the lines that are read; borrowed */
  int range_count;         /* 0: all */
  Lexer lexer;
  Ast *tree;      /* the BLOCK of the whole file, once it is reduced */
  Token previous; /* the token shifted before the current one */
  bool failed;    /* a syntax error was met and recovery is due */
  /* a syntax error was met at the end of the text: more input might mend it */
  bool ended;
  bool unopened;   /* the `{` of a `train` was missing, and its `}` is still to come */
  bool overflowed; /* nested too deeply: the parse ends */
  OddName *odd;    /* in the arena */
  int odd_count;
  AstNumber *numbers; /* of the open brackets that are packed (packing.c); owned */
  size_t number_count, number_capacity;
  /* memory that packing can reuse: nodes, blocks of numbers, lists */
  Ast *spare[2];
  AstNumbers *spare_blocks[NUMBERS_AXES]; /* by axes, less one */
  struct AstList *spare_lists;            /* linked by their Packing */
} Parser;

typedef struct Packing Packing;

typedef struct AstList {
  Ast **items; /* in the arena */
  uint32_t count;
  uint32_t capacity;
  bool comma; /* a comma stands after the last item */
  /* `[item for pattern in over if condition]`: the item is items[0]; else NULL */
  Ast *pattern, *over, *condition;
  Packing *packing; /* while its items are numbers, which are then not in items; else NULL */
} AstList;

/* ---- nodes ---- */
Ast *node_new(Parser *b, AstKind kind, Span span); /* without parts */
/* a node that spans from one token to another */
Ast *node_stretch(Parser *b, AstKind kind, Token first, Token last);
static inline Span node_span(const Parser *b, Token token) {
  return (Span){b->file, token.start, token.end};
}
static inline const char *node_text(const Parser *b, Token token) {
  return b->source->text + token.start;
}
/* the interned name; names with letters other than Latin are recorded for lookalike_check */
const char *node_name(Parser *b, Token token);

/* ---- lists: they grow in the arena; item NULL adds nothing ---- */
AstList *list_start(Parser *b, Ast *item);
AstList *list_add(Parser *b, AstList *list, Ast *item);
AstList *list_comma(AstList *list);
/* condition NULL: every item */
AstList *list_for(Parser *b, Ast *item, Ast *pattern, Ast *over, Ast *condition);
/* the list's items become the node's; NULL is fine */
void node_take(Ast *ast, const AstList *list);

#endif
