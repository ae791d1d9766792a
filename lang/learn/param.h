/* param.h — trained tensors: making them, their domains, and the operations on whole models of them.
 *
 * A ParamObject owns the storage that training writes in place (ParamObject.value, unconstrained); what the script sees of
 * it is that storage brought into its domain.  A model's `buffer` is a ParamObject too, kept and saved but not trained.
 */
#ifndef GD_LANG_PARAM_H
#define GD_LANG_PARAM_H

#include "lang/machine/kind.h"
#include "lang/tensors/trace.h"

/* Returns a new param of the value's elements (copied; whole numbers become the default float).  `value` is borrowed. */
Value param_new(Vm *vm, Span span, Value value, Domain domain, bool buffer);
void param_assign(Vm *vm, Span span, ParamObject *param, Value value); /* copies the value into it; shapes must agree */
void param_own(Vm *vm, ParamObject *param);                      /* makes sure nobody else shares its buffer */

/* Every param below a value (a model, a param, tuples and lists of them), once each, in order of declaration, with its
 * path ("first.W").  The walk is the one place that knows what a part is. */
typedef struct Part {
  ParamObject *param;   /* borrowed */
  char *path;           /* owned; NULL where no paths were asked for */
} Part;
typedef struct Parts {
  Part *items;          /* owned */
  int count, capacity;
  Lookup found;         /* of the params */
} Parts;
void parts_collect(Vm *vm, Value value, const char *path, Parts *parts); /* path: of the value itself, or NULL: only the params are wanted */
int parts_place(Parts *parts, const ParamObject *param); /* which one it is, or -1 */
void parts_free(Parts *parts);

Value param_declare(Vm *vm, Frame *frame, const Ast *ast, Value value);      /* a PARAM or BUFFER statement of a model; takes value; gives the param */
void buffer_assign(Vm *vm, const Ast *ast, ParamObject *param, Value value); /* `mean_ = …` in a method; takes value */
extern const KindRow PARAM_KIND;

#endif
