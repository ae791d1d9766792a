/* activation.c — an activation, or a tensor by `|>`, that is given to a layer of the library.
 *
 * Other tools take it as an argument: Dense(16, activation="relu").  In gd it is a separate part of
 * a chain, and the library's layers have options that are numbers and bools: `Dense(2, 16, relu)`
 * would pass relu as `bias`, and fail later in the layer's body, where it cannot be understood.  So
 * the call is refused, with the notation of gd as its help.
 *
 * A parameter wants a number or a bool when its default is one.  A layer of the script may do with
 * its arguments what it likes.  (An argument named `activation` is no parameter: signature.c.)
 */
#include "lang/eval/activation.h"

#include "lang/eval/arguments.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/names/scope.h"
#include "lang/names/standard.h"

#include <stdio.h>
#include <string.h>

/* A function, or the name of a standard one: "relu". */
static bool is_function(Vm *vm, Value value) {
  if (value.kind == KIND_STRING) return standard_is(vm, value.string->data);
  return value.kind == KIND_CLOSURE || value.kind == KIND_NATIVE;
}

/* `x |> Dense(2, 8)` is Dense(x, 2, 8); in other languages it would be the layer applied
 * to x. */
static void refuse_piped(Vm *vm, const AstFunction *function, const Given *given,
                         const Value *values) {
  bool piped = given->positional > 1 && given->spans && given->callee.file &&
               given->spans[0].end <= given->callee.start;
  if (!piped || values[0].kind != KIND_TENSOR) return;
  raise_help(vm, given->callee,
             "`x |> f(a)` is `f(x, a)`: the layer of x is `x |> (f(a))`, or `f(a)(x)`",
             "`|>` gives the tensor to %.64s itself, as its first argument", function->name);
}

void activation_refuse(Vm *vm, const AstFunction *function, const Given *given,
                       const Value *values) {
  if (!source_is_library(vm->sources, function->head_span.file)) return;
  refuse_piped(vm, function, given, values);
  for (int i = 0; i < given->positional + given->named; i++) {
    if (!is_function(vm, values[i])) continue;
    const int *target = arguments_match(vm, (Formals){.function = function}, given);
    const AstParam *param = &function->params[target[i]];
    /* of a padding a text is a kind, and "full" a function as well */
    if (values[i].kind == KIND_STRING && !strcmp(param->name, "padding")) continue;
    const AstKind kind = param->fallback ? (AstKind)param->fallback->kind : AST_NONE;
    if (kind != AST_NUMBER && kind != AST_TRUE && kind != AST_FALSE) continue;
    char wanted[200];
    text_print(wanted, sizeof wanted, "`%.64s` of %.64s is %s", param->name, function->name,
               kind == AST_NUMBER ? "a number" : "true or false");
    raise_kind(vm, arguments_span(given, target, target[i]), values[i], wanted, ACTIVATION_APART);
  }
}
