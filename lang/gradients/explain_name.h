/* explain_name.h — what the nodes of an explanation are called. */
#ifndef GD_LANG_EXPLAIN_NAME_H
#define GD_LANG_EXPLAIN_NAME_H

#include "lang/gradients/explanation.h"

const char *explain_name_function(const Explain *explain); /* "f" where it has none */
const char *explain_name_argument(const Explain *explain, int index);
/* Of a leaf of what is differentiated by: `w`, `net.first.W`; in the recording's arena. */
const char *explain_name_leaf(Explain *explain, int leaf);
/* The text in the recording's arena; frees the text. */
const char *explain_name_keep(Explain *explain, Text *text);

/* Gives names to all inputs of the recording for which the script has one, and to the formulas the
 * length of those that have axes. */
void explain_name_nodes(Explain *explain, Formulas *formulas);

#endif
