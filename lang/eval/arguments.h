/* arguments.h — the arguments of a call: gathered, matched to parameters, bound. */
#ifndef GD_LANG_ARGUMENTS_H
#define GD_LANG_ARGUMENTS_H

#include "lang/machine/vm.h"
#include "lang/names/signature.h"

/* All arrays that these functions return are on the value stack: they last until vm->top is reset.
 * A call that does not fit its parameters raises. */

typedef struct Arguments {
  Given given;
  Value *values; /* owned; positional ones first, then named ones */
  Value *top;    /* the previous vm->top */
} Arguments;

/* The value of a spread argument, as something whose items can be spread: a tensor or a range gives
 * the tuple of its rows or numbers; other values stay.  Takes the value, returns an owned one. */
Value arguments_spread(Vm *vm, const Ast *argument, Value value);
/* Makes the arguments of the values of the ARGUMENT nodes, one each, which are the last on the
 * value stack; takes them.  To be released. */
void arguments_gather(Vm *vm, const Ast *call, Value *whole, Arguments *arguments);
void arguments_release(Vm *vm, Arguments *arguments);

/* The parameter of each argument, by argument. */
const int *arguments_match(Vm *vm, Formals formals, const Given *given);
/* Where the value of a parameter was written; the place of the call where that is not known. */
Span arguments_span(const Given *given, const int *target, int formal);
/* By parameter the place of what the call gives for it; without a file: its default is taken. */
const Span *arguments_places(Vm *vm, const AstFunction *function, const Given *given);
/* By argument its name, NULL for positional ones. */
const char *const *arguments_names(Vm *vm, const Given *given);

/* For a declaration: puts the values, borrowed, into the slots of the frame's parameters; a rest
 * parameter gets a list.  What was not given stays KIND_UNSET.  Returns the matching. */
const int *arguments_enter(Vm *vm, Frame *frame, const Given *given, const Value *values);
/* For a standard function: the values by parameter, borrowed but for the lists of rest parameters;
 * KIND_UNSET where none was given.  *spans: their places.  To be unbound. */
Value *arguments_bind(Vm *vm, const Signature *signature, const Given *given, const Value *values,
                      const Span **spans);
void arguments_unbind(Vm *vm, const Signature *signature, Value *args);

#endif
