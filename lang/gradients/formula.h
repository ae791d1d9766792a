/* formula.h — nodes of a graph as formulas for people: `x' @ (sigmoid(x @ w) - y) /
 * len(x)`.
 *
 * A formula is a sum of products of powers of parts; a part is a name, or an operation applied to
 * formulas.  Equal formulas are one object, so that terms that cancel are found by comparing
 * pointers. formula_read.c converts nodes to formulas and back; formula_print.c prints them.
 */
#ifndef GD_LANG_FORMULA_H
#define GD_LANG_FORMULA_H

#include "runtime/compute.h"

typedef struct Formula Formula;

typedef enum Form {
  FORM_SUM, /* a sum of terms */
  FORM_NAME,
  FORM_CALL,    /* an operation: op, args */
  FORM_MATMUL,  /* a @ b, each optionally transposed */
  FORM_OUTER,   /* a[:, none] @ b[none, :] */
  FORM_TOTAL,   /* sum over axes, which are removed */
  FORM_ONE_HOT, /* one_hot(a, k) */
  FORM_PLACE    /* a[place] */
} Form;

typedef struct Factor {
  const Formula *base;
  double power;
} Factor;

typedef struct Term {
  double times;
  int count;
  const Factor *factors; /* ascending by serial of the base */
} Term;

struct Formula {
  Form form;
  uint32_t serial;
  Shape shape;
  NodeId node; /* from which it was first read; 0: it was constructed */
  int term_count;
  const Term *terms; /* SUM */
  const char *name;  /* NAME; PLACE: the text in the brackets */
  Op op;             /* CALL */
  int arg_count;
  const Formula *args[3];
  bool turned[2];  /* MATMUL: transposed */
  uint32_t axes;   /* TOTAL: a mask */
  int64_t number;  /* MATMUL, TOTAL: number of products or elements added; ONE_HOT: classes */
  int uses;        /* by other formulas, for formulas_share */
  const char *own; /* its own name, set by that */
};

enum { ALL_MOST = 4000, ROWS_MOST = 32, SHARED_MOST = 16, TERMS_MOST = 24, FACTORS_MOST = 12 };

typedef struct Formulas {
  Graph *graph; /* borrowed */
  Arena arena;
  Formula *all[ALL_MOST];
  int count;
  const Formula **of; /* by node; NULL: not read yet; owned */
  uint32_t of_count;
  const char **names; /* by node; owned */
  /* by node: a tensor for which the script has no word, of another kind than its name; NULL: it is
   * none; borrowed elements, owned array */
  const Tensor **constants;
  struct {
    const char *name;
    int64_t rows;
  } rows[ROWS_MOST];
  int row_count;
  const Formula *shared[SHARED_MOST];
  int shared_count;
  bool full;
} Formulas;

typedef struct Terms { /* being collected */
  Term at[TERMS_MOST];
  int count;
  bool full;
} Terms;

/* for one graph; the caller frees it */
Formulas *formulas_new(Graph *graph);
void formulas_free(Formulas *formulas);
/* borrows the text, which lives as long as the formulas */
void formulas_name(Formulas *formulas, NodeId node, const char *name);
/* A tensor for which the script has no word; borrows it.  It reads as its elements where they are
 * few, else by a name made for it; formula_print_constant tells of what. */
void formulas_constant(Formulas *formulas, NodeId node, const Tensor *tensor);
/* A tensor of the script with `rows` rows: `len(name)` will stand for that number. */
void formulas_rows(Formulas *formulas, const char *name, int64_t rows);
/* have all formulas so far stayed within the limits? */
bool formula_whole(const Formulas *formulas);

/* Are all elements one number? */
bool formula_same_elements(const Tensor *tensor, double *value);
/* the unique formula equal to a draft */
const Formula *formula_intern(Formulas *formulas, const Formula *draft);
/* adds a term, merging it with a like term */
void formula_add(Terms *terms, Term term);
/* a formula to a power as a term; a sum of one term is that term */
Term formula_term(Formulas *formulas, const Formula *formula, double times, double power);
/* adds the terms of a formula, multiplied by `times` */
void formula_terms(Formulas *formulas, const Formula *formula, double times, Terms *terms);
/* the sum as it is; in its shorter form */
const Formula *formula_sum(Formulas *formulas, const Terms *terms, const Shape *shape);
const Formula *formula_tidy(Formulas *formulas, Terms *terms, const Shape *shape);
const Formula *formula_number(Formulas *formulas, double value, const Shape *shape);
bool formula_is_number(const Formula *formula, double *value);
const Formula *formula_product(Formulas *formulas, const Formula *a, double power_a,
                               const Formula *b, double power_b, const Shape *shape);
/* the formula without its constant factor, which goes to *times; a number times the formula */
const Formula *formula_draw(Formulas *formulas, const Formula *formula, double *times);
const Formula *formula_scaled(Formulas *formulas, const Formula *formula, double times);
/* its length for a reader: names, operations and numbers */
int formula_length(const Formula *formula);

#endif
