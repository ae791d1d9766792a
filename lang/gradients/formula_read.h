/* formula_read.h — nodes of a graph read as formulas. */
#ifndef GD_LANG_FORMULA_READ_H
#define GD_LANG_FORMULA_READ_H

#include "lang/gradients/formula.h"

/* The formula of a node; not valid if it has too many parts (formula_whole). */
const Formula *formula_read(Formulas *formulas, NodeId node);
/* The parts of the gradient of a node that is read by elements and slices.  Returns how many (0: it
 * has no parts).  Elements where parts meet have their sum, those of none 0. */
enum { FORMULA_PARTS = 64 };
typedef struct FormulaPart {
  NodeId node;    /* its gradient */
  char place[64]; /* the index after the name, `[0]` */
} FormulaPart;
int formula_read_parts(Formulas *formulas, NodeId gradient, FormulaPart parts[FORMULA_PARTS],
                       bool *meet, bool *rest);
/* Converts the formula back to nodes, to compare its value with the node's; 0: not possible. */
NodeId formula_read_back(Formulas *formulas, const Formula *formula);

#endif
