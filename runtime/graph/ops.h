/* ops.h — the names of the language that are made of operations, and how each is built. */
#ifndef GD_RUNTIME_GRAPH_OPS_H
#define GD_RUNTIME_GRAPH_OPS_H

#include "runtime/graph/maker.h"

/* One bound argument of a call, as lang/ hands it over. */
typedef enum ArgKind {
  ARG_ABSENT,
  ARG_NONE,
  ARG_BOOL,
  ARG_NUMBER,
  ARG_NODE,
  ARG_TEXT,
  ARG_NUMBERS,
  ARG_NODES,
  ARG_DTYPE
} ArgKind;

typedef struct Arg {
  ArgKind kind;
  Span span;
  double number;         /* ARG_NUMBER, and ARG_BOOL as 0 or 1 */
  NodeId node;           /* ARG_NODE; of an ARG_NUMBER that is recorded too, else 0 */
  const char *text;      /* ARG_TEXT, borrowed */
  const double *numbers; /* ARG_NUMBERS (a tuple or list of numbers), borrowed */
  const NodeId *nodes;   /* ARG_NODES (rest arguments, or a list of tensors), borrowed */
  int count;             /* of numbers, nodes */
  Dtype dtype;           /* ARG_DTYPE */
} Arg;

enum { RESULTS_MOST = 64, CHUNKS_MOST = 65535 };

/* Builds the nodes for a call; returns how many results (1 is the plain case, more become a tuple),
 * or 0 after filling diag.  `results` has room for ops_results(row, args). */
typedef int Builder(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results);

/* A name of the language that is made of operations.  `kinds` has a letter for each parameter of
 * the signature:
 *   x  a tensor or a number (handed over as a node; a number as a weak constant)
 *   o  the same or none
 *   n  a number     m  the same or none     i  an axis, a size, a shape: none, a number, numbers
 *   v  a number or none whose value the builder must know; where it is recorded, its node too, for
 *      gradients
 *   p  padding: text, a number, numbers, or pairs of them one after the other; the rest of the
 *      arguments too
 *   b  a bool     s  text     d  a dtype or none
 *   X  the rest of the arguments, or one list or tuple of them: nodes
 *   I  the rest, or one tuple: numbers (a shape) */
typedef struct OpRow {
  Op op;            /* OP_NONE for a FORM */
  const char *name; /* "sum"; "" for one that has no name in the language */
  const char
      *signature;    /* "sum(x, axis: none, keep: false)"; what follows a `:` can be given by name
                        only, what    follows `=` is a default too but may be given by position */
  const char *kinds; /* "xib" */
  Builder *build;
  /* a random draw: the caller appends an argument of kind ARG_NODE, the key (ops.def, DRAW), and
   * its place as ARG_NUMBER */
  bool draws;
  bool converts; /* its name is that of the dtype to which it converts */
  /* an expression in the names of `domain`, for the gradient test; "" when it has no gradient */
  const char *check;
  const char *domain;   /* gd statements that make the arguments of `check` */
  const char *sentence; /* what it does */
  const char *example;  /* one runnable expression */
  const char *prints;   /* what print(example) prints */
} OpRow;

/* row->build; operands of bf16 are computed as f32, and a result of bf16 alone is rounded to it. */
int ops_build(Maker *maker, const OpRow *row, const Arg *args, int count, NodeId *results);
/* The most results that the call may have: RESULTS_MOST, unless an argument says how many. */
int ops_results(const OpRow *row, const Arg *args);
/* Are its results parts, as many as asked for, a tuple also of one? */
bool ops_gives_parts(const OpRow *row);
const OpRow *ops_find(const char *name); /* borrows; NULL when there is none */
/* every row with a name, in the order of the table; NULL past the end */
const OpRow *ops_row(int index);

#endif
