/* formula_read.h — nodes of a graph read as formulas. */
#ifndef GD_LANG_FORMULA_READ_H
#define GD_LANG_FORMULA_READ_H

#include "lang/learn/formula.h"

/* The value of a node; something else where it has too many parts (formula_whole). */
const Formula *formula_read(Formulas *formulas, NodeId node);
/* The parts of the gradient of a node that is read by elements and slices: how many (0: it is one
 * whole), each with its share, and the place after the name, `[0]`. */
enum { FORMULA_PARTS = 64 };
int formula_read_parts(Formulas *formulas, NodeId gradient, NodeId parts[FORMULA_PARTS],
                       char places[FORMULA_PARTS][64]);
/* The formula as nodes again, for comparing its value with the node's; 0: it cannot be. */
NodeId formula_read_back(Formulas *formulas, const Formula *formula);

#endif
