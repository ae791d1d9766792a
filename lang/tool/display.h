/* display.h — a value as the prompt and notebooks show it. */
#ifndef GD_LANG_DISPLAY_H
#define GD_LANG_DISPLAY_H

#include "lang/machine/vm.h"

/* Adds the value without a newline at its end: matrices as rows, large ones with the middle left
 * out; histories and models as a block of lines; all else as print shows it.  Computes traced
 * tensors, and may raise. */
void display_value(Vm *vm, Value value, Text *text);

/* `32 trained values`, of a model with others `, 4 not`: what a model holds */
void display_counts(Vm *vm, Value value, Text *text);

#endif
