/* learning.h — this room's table for the evaluator. */
#ifndef GD_LANG_LEARNING_H
#define GD_LANG_LEARNING_H

#include "lang/machine/kind.h"

extern const Learning LEARNING;

#endif
