/* habit.h — habits from other tools, and what to write in gd instead. */
#ifndef GD_LANG_HABIT_H
#define GD_LANG_HABIT_H

#include "runtime/compute.h"

/* Adds what to write in gd for `base.word`; false if that is not known. */
bool habit_member(const char *word, const char *base, Text *text);
/* Is it the name of a module of other tools (np, torch.nn's nn, F)? */
bool habit_module(const char *word);

#endif
