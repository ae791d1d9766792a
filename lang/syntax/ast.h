/* ast.h — the syntax tree, made by the parser and read by everything after it.
 *
 * One struct for every kind of node; ast.def says which fields a kind uses.  Nodes live in the
 * arena of their source (source.h) as long as the program does.  Names are interned in a Names
 * table, so that the same name is the same pointer.  The parser only builds; resolve.c then walks
 * the tree once and resolves every name to a place (the fields `place`, `slot`).  The evaluator
 * runs this same tree: there is no second form.
 */
#ifndef GD_LANG_AST_H
#define GD_LANG_AST_H

#include "runtime/compute.h"

typedef enum AstKind {
#define AST(KIND, role, runner, sentence) AST_##KIND,
#include "lang/syntax/ast.def"
#undef AST
  AST_COUNT
} AstKind;

/* ast.def says what they are */
typedef enum AstRole { ROLE_EXPRESSION, ROLE_STATEMENT, ROLE_PART } AstRole;

typedef enum BinaryOp {
  BINARY_ADD,
  BINARY_SUB,
  BINARY_MUL,
  BINARY_DIV,
  BINARY_MOD,
  BINARY_MATMUL,
  BINARY_POW,
  BINARY_EQ,
  BINARY_NE,
  BINARY_LT,
  BINARY_LE,
  BINARY_GT,
  BINARY_GE
} BinaryOp;
enum { UNARY_MINUS, UNARY_NOT };

/* Where a resolved name lives (filled in by resolve.c). */
typedef enum Place {
  PLACE_UNRESOLVED,
  PLACE_LOCAL,   /* slot of the frame */
  PLACE_CELL,    /* slot of the frame that holds a Cell, because a closure captures it */
  PLACE_CAPTURE, /* slot in the closure's captured cells */
  PLACE_GLOBAL,  /* slot in the module's globals */
  PLACE_STANDARD /* a standard name: slot is its index in standard.c */
} Place;

typedef struct Ast Ast;

typedef struct AstParam {
  const char *name; /* interned */
  Span span;        /* of the name */
  Ast *shape;       /* SHAPE or NULL */
  Ast *fallback;    /* the default's expression or NULL */
  bool rest;        /* `rest...` */
  uint8_t place;    /* PLACE_LOCAL or PLACE_CELL, by resolve.c */
  int32_t slot;     /* in the frame */
} AstParam;

typedef enum FunctionKind {
  FUNCTION_PLAIN,
  FUNCTION_LOSS,
  FUNCTION_MODEL,
  FUNCTION_OPTIMIZER
} FunctionKind;

/* What a model's or optimizer's body declares, in order (AstFunction.members). */
typedef enum MemberKind {
  MEMBER_ARGUMENT,
  MEMBER_PARAM,
  MEMBER_BUFFER,
  MEMBER_LET,
  MEMBER_FN,
  MEMBER_STATE,
  MEMBER_T,
  MEMBER_TARGET,
  MEMBER_LOSS
} MemberKind;
typedef struct Member {
  const char *name; /* interned */
  MemberKind kind;  /* MEMBER_T: the step number `t`; MEMBER_TARGET: the first parameter of
                     * step, for `state slow = p`; MEMBER_LOSS: the step's `loss`; implicit in an
                     * optimizer */
  int32_t slot;     /* of the body's frame; always a cell */
  Span span;
} Member;

typedef struct AstFunction {
  FunctionKind kind;
  const char *name; /* interned; NULL for one without a name */
  Span name_span;
  /* from the keyword to the end of the result's shape: shown as "the declaration" */
  Span head_span;
  AstParam *params;
  int param_count;
  Ast *result;     /* SHAPE or NULL */
  Ast *body;       /* an expression; a BLOCK for `{ }` */
  const char *doc; /* the `##` lines above, without the marks; "" if none */
  /* filled in by resolve.c */
  /* positional arguments need only be copied: no rest, shapes or captured parameters, scalar result
   */
  bool plain;
  int32_t frame_size;       /* slots a call needs */
  struct Capture *captures; /* where each captured cell comes from */
  int capture_count;
  /* MODEL and OPTIMIZER: names declared in the body (and the parameters), in order */
  Member *members;
  int member_count;
  /* OPTIMIZER, once one was made: the statements of its body that restrict its hyperparameters, by
   * rules.c */
  struct Rule *rules;
  int rule_count;
  bool rules_hoist; /* a rule calls a function of the body */
  uint64_t called;  /* parameters that the body calls, by rule_bit: functions, not schedules */
} AstFunction;

/* The numbers of a NUMBERS node, in row-major order. */
enum { NUMBERS_AXES = 8 }; /* at most; RANK_MOST of tensors */
typedef struct AstNumber {
  double value;
  uint32_t start, end; /* its place in the source */
} AstNumber;
typedef struct AstNumbers {
  int rank;
  uint32_t count; /* of numbers: the product of dim */
  uint32_t dim[NUMBERS_AXES];
  AstNumber items[];
} AstNumbers;

struct Ast {
  uint8_t kind;          /* an AstKind */
  uint8_t op;            /* meaning by kind */
  uint8_t place;         /* a Place, for NAME and for declarations that bind one name */
  uint8_t flags;         /* private to resolve.c and the evaluator */
  int32_t slot;          /* where, for `place` */
  uint32_t count;        /* of items */
  uint32_t clause_count; /* of clauses */
  uint32_t length;       /* bytes of text */
  int watched_count;
  Span span; /* the whole construct, as carets show it */
  /* the operator, the name after a point, the declared name, the key of a clause */
  Span op_span;
  const char *text;
  double number;
  Ast *a, *b, *c;
  Ast *pattern;
  Ast **items;
  Ast **clauses;
  const char **names; /* TUPLE: a name or NULL for each item */
  AstFunction *function;
  /* TRAIN, RACE: the names visible in `stop:`, `keep:` and `each_…:`, by resolve.c (scope.h) */
  struct Watched *watched;
  AstNumbers *numbers;
};

/* Interned names; one table a program. */
typedef struct Names Names;
Names *names_new(void);
void names_free(Names *names);
/* borrows: lives as long as the table */
const char *names_intern(Names *names, const char *text, size_t length);
int names_count(const Names *names);
const char *names_at(const Names *names, int index); /* in order of first appearance */

/* `_`, in a pattern or on the left of `=`: takes what is not wanted */
static inline bool name_is_blank(const char *name) {
  return name && name[0] == '_' && name[1] == 0;
}

const char *ast_kind_name(int kind); /* "BINARY" */
AstRole ast_role(const Ast *ast);
/* How many items a walk over all of a tree visits: those of a long sum are the nodes along its `a`.
 */
static inline uint32_t ast_below(const Ast *ast) {
  return ast->kind == AST_BINARY ? 0 : ast->count;
}
bool ast_assigns(const Ast *ast); /* does a tree assign to anything?  NULL: no */
const char *binary_name(int op);  /* "+" */
/* the clause of a train, race or update that has this key, or NULL */
const Ast *ast_clause(const Ast *ast, const char *key);
/* --dump=ast: an indented tree, one node a line */
void ast_print(const Ast *ast, Text *text);

#endif
