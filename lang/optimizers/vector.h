/* vector.h — a step of all targets as one vector: an optimizer declared with step(p, g, f). */
#ifndef GD_LANG_VECTOR_H
#define GD_LANG_VECTOR_H

#include "lang/optimizers/declaration.h"

/* A step of the whole vector (whole.h begins with it). */
typedef struct Vector {
  Type type;
  ParamObject *first; /* the first target: the states are kept with it */
  CellObject **cells; /* by member; owned by the caller */
  Value *states;      /* by STATE statement: its value after the step, held */
} Vector;

/* Runs the body and step(p, g, f) on elements; returns the new p (KIND_UNKNOWN: not known in `gd
 * check`), and the states in vector->states. */
Value vector_step(Vm *vm, OptimizerObject *optimizer, Vector *vector, const Value *pgf);
/* runs only the body, which gives the states their first values */
void vector_declare(Vm *vm, OptimizerObject *optimizer, const Vector *vector, Value p);
/* calls the library's function of that name as a step of the vector would */
Value vector_call(Vm *vm, OptimizerObject *optimizer, Vector *vector, const char *name,
                  const Value *args, int count);
/* the vector of the running step, or NULL */
Vector *vector_running(const Vm *vm);

#endif
