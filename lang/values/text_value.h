/* text_value.h — strings of the language, and values as text. */
#ifndef GD_LANG_TEXT_VALUE_H
#define GD_LANG_TEXT_VALUE_H

#include "lang/machine/object.h"
#include "lang/machine/sub.h"

/* a + b: returns a new one */
Value string_join(Vm *vm, const StringObject *a, const StringObject *b);
/* in place: the caller is its only owner */
void string_append(Vm *vm, StringObject *string, const StringObject *more);
/* number of code points */
int64_t string_points(Vm *vm, StringObject *string);
/* the offset at which a code point begins */
size_t string_offset(Vm *vm, StringObject *string, int64_t point);
/* the first match (an empty one at once); NULL: none */
const char *string_find(Vm *vm, const char *text, size_t length, const StringObject *part);
void text_weigh(Vm *vm, const Text *text); /* call it while building a long text: polls signals, and
                                            * raises 71 when the text exceeds the budget */
/* bytes copied and scanned since the program began: for tests */
uint64_t string_work(void);
Value string_index(Vm *vm, const Sub *sub, StringObject *string); /* s[i], s[a:b] */
/* takes text; returns a new string with its contents */
Value string_take(Vm *vm, Text *text);
Value string_interpolate(Vm *vm, const Ast *ast, const Value *values,
                         uint32_t first); /* an INTERPOLATION from piece `first` on, given the
                                           * values of its FORMATs */

#endif
