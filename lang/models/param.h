/* param.h — trained tensors: creation, domains, and operations on the params of whole models.
 *
 * A ParamObject owns the storage that training writes in place (ParamObject.value, unconstrained);
 * the script sees that storage mapped into its domain.  A model's `buffer` is a ParamObject too,
 * kept and saved but not trained.
 */
#ifndef GD_LANG_PARAM_H
#define GD_LANG_PARAM_H

#include "lang/machine/kind.h"
#include "lang/tensors/trace.h"

/* Returns a new param with the value's elements (copied; whole numbers become the default float).
 * `value` is borrowed. */
Value param_new(Vm *vm, Span span, Value value, Domain domain, bool buffer);
/* copies the value into it; shapes must agree */
void param_assign(Vm *vm, Span span, ParamObject *param, Value value);
/* makes it the only owner of its buffer */
void param_own(Vm *vm, ParamObject *param);
/* restores its elements from an earlier copy */
void param_restore(Vm *vm, ParamObject *param, const Tensor *value);

/* Every param below a value (a model, a param, tuples and lists of them), once each, in order of
 * declaration, with its path ("first.W").  This walk defines what a part is. */
typedef struct Part {
  ParamObject *param; /* borrowed */
  char *path;         /* owned; NULL when paths were not asked for */
} Part;
typedef struct Parts {
  Held held;   /* a raise frees them */
  Part *items; /* owned */
  int count, capacity;
  Lookup found; /* of the params */
} Parts;
/* path: of the value itself; NULL: no paths.  The caller frees them. */
Parts *parts_of(Vm *vm, Value value, const char *path);
int parts_place(Parts *parts, const ParamObject *param); /* its index, or -1 */
void parts_free(Vm *vm, Parts *parts);

/* a PARAM or BUFFER statement of a model; takes value; returns the param */
Value param_declare(Vm *vm, Frame *frame, const Ast *ast, Value value);
/* `mean_ = …` in a method; takes value */
void buffer_assign(Vm *vm, const Ast *ast, ParamObject *param, Value value);
/* a param as it is read: itself; of a buffer the value it has now, unless `ast` is NAME_WHOLE */
Value param_read(Vm *vm, const Ast *ast, ParamObject *param);
extern const KindRow PARAM_KIND;

#endif
