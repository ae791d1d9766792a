/* tree.h — programs as trees: what the generator grows, prints, shrinks and judges.
 *
 * A program is a function F of two arguments, the helpers and models that it calls, and the point
 * at which it is looked at.  An expression is a Node: a form (text with holes for its kids), the
 * shape of its value and bounds of its elements.  What a form means is not known here and need not
 * be: growing fills the holes with kids of the right shapes, shrinking puts one node of a shape in
 * the place of another, and gd itself says what the text is worth.
 *
 * Forms: `$0` … `$3` is a kid, in brackets where it needs them; `%S` the sizes of the node's own
 * shape; `\a` marks that the next hole is printed with the arguments of the point (the base of
 * `hold`); a newline ends a statement, and `{` and `}` indent.
 *
 * Everything lives in one arena, let go back to a mark (tree_mark, tree_release).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
  RANK_MOST = 4,
  KIDS_MOST = 4,
  BINDS_MOST = 3,
  FUNCTIONS_MOST = 12,
  PARAMS_MOST = 3,
  NAME_MOST = 8,
  VARIABLES_MOST = 3
};

typedef struct Shape {
  int rank;
  int dim[RANK_MOST];
} Shape;

/* A variable of a row's domain: where the row may be tried. */
typedef struct Variable {
  char name[NAME_MOST];
  Shape shape;
  double low, high; /* of its elements */
  /* the expression in the domain, a point of its own; NULL where it is drawn from low to high */
  const char *at;
  int at_length;
} Variable;

/* A row of ops.def that has a gradient. */
typedef struct Row {
  const char *id; /* "TANH" */
  const char *signature;
  const char *check; /* an expression in the variables */
  const char *domain;
  bool map;         /* elementwise */
  char reduces[16]; /* the name of a reduction along an axis, else "" */
  Variable variables[VARIABLES_MOST];
  int variable_count;
} Row;

typedef enum Leaf { INNER, CONSTANT, NAME } Leaf;

typedef struct Bind {
  char name[NAME_MOST];
  unsigned kids; /* bit i: kid i sees it */
} Bind;

typedef struct Node Node;
struct Node {
  Leaf leaf;
  const char *form;       /* INNER */
  const char *production; /* the rule of the generator that made it */
  const Row *row;         /* the row of the table that it stands for, or NULL */
  Shape shape;
  double low, high;     /* what its elements lie between, as far as is known */
  bool loose;           /* needs brackets beside an operator */
  uint64_t salt;        /* CONSTANT: what its elements follow from */
  char name[NAME_MOST]; /* NAME */
  Bind binds[BINDS_MOST];
  int bind_count;
  bool lets; /* kid 0 is the value of the one name bound, kid 1 the result */
  /* the helper called, -1 for none; kids are its arguments, from the first */
  int callee;
  Node *kids[KIDS_MOST];
  int kid_count;
};

typedef struct Param {
  char name[NAME_MOST];
  Shape shape;
  double low, high;
  bool number; /* a plain number, a counter */
  /* the default of an argument, the first value of a model's parameter; else NULL */
  Node *value;
} Param;

typedef enum Kind { HELPER, RECURSIVE, MODEL } Kind;

typedef struct Function {
  Kind kind;
  char name[NAME_MOST];
  Param params[PARAMS_MOST]; /* of a model: forward's argument, then its parameters */
  int param_count;
  Node *body;
} Function;

typedef struct Program {
  uint64_t seed;
  long number;
  Node *point[2]; /* constants: where x and y are looked at */
  bool one;       /* y is not there */
  Node *body;
  Function functions[FUNCTIONS_MOST];
  int function_count;
} Program;

/* ---- table.c ---- */
extern Row table_rows[];
/* the number of rows; ends the program at a domain that is not understood */
int table_read(void);
const Row *table_row(const char *id);

/* ---- tree.c ---- */
void *tree_take(size_t bytes); /* zeroed */
size_t tree_mark(void);
void tree_release(size_t mark);
const char *tree_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
int64_t shape_size(Shape shape);
bool shape_equal(Shape a, Shape b);
Node *node_copy(const Node *node);
Node *node_constant(Shape shape, double low, double high, uint64_t salt);
Node *node_name(const char *name, Shape shape, double low, double high);
int node_weight(const Node *node); /* what shrinking makes smaller */
Program *program_copy(const Program *program);
int program_weight(const Program *program);
bool program_closed(const Program *program); /* is every name bound where it stands? */
void program_reach(const Program *program, bool reached[FUNCTIONS_MOST]);
/* Calls visit with each node of what is printed; the place is writable. */
void program_walk(Program *program, void (*visit)(Node **place, void *context), void *context);
/* the declarations and the call of `examine` */
void program_print(const Program *program, FILE *file);
int program_lines(const Program *program); /* of its declarations */

/* ---- grow.c ---- */
Program *grow_program(uint64_t seed, long number);
int grow_rule_count(void);
const char *grow_rule(int i);
