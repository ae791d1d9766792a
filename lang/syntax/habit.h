/* habit.h — what people write from habit of other tools, and how it is written here. */
#ifndef GD_LANG_HABIT_H
#define GD_LANG_HABIT_H

#include "runtime/compute.h"

/* How `base.word` is written here, with `base` in its place; false where that is not known. */
bool habit_member(const char *word, const char *base, Text *text);
/* Is it the name of a module of other tools (np, torch.nn's nn, F)? */
bool habit_module(const char *word);

#endif
