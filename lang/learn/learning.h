/* learning.h — the room that learns, as the evaluator sees it. */
#ifndef GD_LANG_LEARNING_H
#define GD_LANG_LEARNING_H

#include "lang/machine/kind.h"

extern const Learning LEARNING;

#endif
