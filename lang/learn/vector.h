/* vector.h — a step of all targets as one vector: an optimizer declared with step(p, g, f). */
#ifndef GD_LANG_VECTOR_H
#define GD_LANG_VECTOR_H

#include "lang/learn/optimizer.h"

/* Runs the body and step(p, g, f) on elements; returns the new p (KIND_UNKNOWN: not known in `gd
 * check`), and the states in vector->states. */
Value vector_step(Vm *vm, OptimizerObject *optimizer, Vector *vector, const Value *pgf);
/* runs the body alone: the states have their first values */
void vector_declare(Vm *vm, OptimizerObject *optimizer, const Vector *vector, Value p);
/* calls the library's function of that name as a step of the vector would */
Value vector_call(Vm *vm, OptimizerObject *optimizer, Vector *vector, const char *name,
                  const Value *args, int count);
/* of the step that is running, or NULL */
Vector *vector_running(const Vm *vm);

#endif
