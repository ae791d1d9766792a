/* in_words.h — a hyperparameter in words, for the note of a checkpoint (settings.c). */
#ifndef GD_LANG_IN_WORDS_H
#define GD_LANG_IN_WORDS_H

#include "lang/optimizers/optimizer.h"

/* Appends it; a schedule as its values at some steps. */
void hyperparameter_in_words(Vm *vm, OptimizerObject *optimizer, int index, Text *text);

#endif
