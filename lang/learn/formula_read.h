/* formula_read.h — nodes of a graph read as formulas. */
#ifndef GD_LANG_FORMULA_READ_H
#define GD_LANG_FORMULA_READ_H

#include "lang/learn/formula.h"

/* The formula of a node; not valid if it has too many parts (formula_whole). */
const Formula *formula_read(Formulas *formulas, NodeId node);
/* The parts of the gradient of a node that is read by elements and slices.  Returns how many (0: it
 * has no parts), with the gradient of each, and the index after the name, `[0]`. */
enum { FORMULA_PARTS = 64 };
int formula_read_parts(Formulas *formulas, NodeId gradient, NodeId parts[FORMULA_PARTS],
                       char places[FORMULA_PARTS][64]);
/* Converts the formula back to nodes, to compare its value with the node's; 0: not possible. */
NodeId formula_read_back(Formulas *formulas, const Formula *formula);

#endif
