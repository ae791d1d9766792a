/* grow.h — the room of the growing rules (grow.c, grow_table.c, grow_move.c, grow_flow.c).
 *
 * A rule is asked for an expression of a shape, and gives one or NULL where it does not apply.  It
 * makes a node of a form (make), and fills it with kids (kid): grow gives an expression of a shape
 * with whatever bounds it has; want one whose elements lie between two numbers, which is how
 * operations are kept inside their domains and values within what a difference quotient can bear.
 */
#pragma once

#include "tests/tools/generate/tree.h"

enum { SCOPE_MOST = 48 };

typedef struct Known {
  char name[NAME_MOST];
  Shape shape;
  double low, high;
  bool number; /* a counter: a plain number of whole value */
} Known;

typedef struct Gen {
  Program *program;
  uint64_t key, drawn; /* the counter-based generator */
  Known scope[SCOPE_MOST];
  int known;   /* names in scope */
  int dims[3]; /* sizes of axes of this program */
  int64_t size_most;
  int depth;  /* how much deeper it may grow */
  int budget; /* how many nodes may come yet */
  int names;  /* given so far */
  int inner;  /* gradients inside the function, so far */
  int loops;  /* how deep in loops and functions */
  /* names may be parameters, whose elements are not assigned one by one */
  bool in_model;
} Gen;

typedef Node *Rule(Gen *gen, Shape shape);

typedef struct Production {
  const char *name;
  int weight;
  Rule *rule;
} Production;

/* row i of those that are not elementwise, as it stands; i goes round */
Node *grow_row(Gen *gen, Shape shape, int i);

extern const Production productions_table[], productions_move[], productions_flow[];
extern const int productions_table_count, productions_move_count, productions_flow_count;

/* ---- chance ---- */
uint64_t grow_bits(Gen *gen);
int grow_below(Gen *gen, int n);               /* 0 … n - 1 */
int grow_between(Gen *gen, int low, int high); /* both included */
bool grow_chance(Gen *gen, int percent);
double grow_real(Gen *gen, double low, double high); /* to two decimals */

/* ---- nodes ---- */
Node *make(Shape shape, double low, double high, const char *form, ...)
    __attribute__((format(printf, 4, 5)));
Node *loose(Node *node);
Node *with(Node *node, Node *kid); /* the node, with one more kid */
Node *bound(Node *node, const char *name, unsigned kids);
Node *grow(Gen *gen, Shape shape);
Node *want(Gen *gen, Shape shape, double low, double high);
Node *fit(Gen *gen, Node *node, double low, double high);
Node *constant(Gen *gen, Shape shape, double low, double high);
Node *leaf(Gen *gen, Shape shape);

/* ---- names ---- */
const char *fresh(Gen *gen, const char *stem);
void know(Gen *gen, const char *name, Shape shape, double low, double high);
void know_number(Gen *gen, const char *name, int low, int high);

/* ---- shapes ---- */
Shape shape_of(int rank, int a, int b, int c);
Shape random_shape(Gen *gen, int least_rank);
Shape shape_insert(Shape shape, int axis, int dim); /* one more axis */
Shape shape_remove(Shape shape, int axis);
Shape shape_set(Shape shape, int axis, int dim);
int random_dim(Gen *gen);
/* neither too many elements nor too many axes */
bool fits(const Gen *gen, Shape shape);
