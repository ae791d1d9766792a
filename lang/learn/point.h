/* point.h — a function recorded at a point, to be differentiated: what grad, jacobian and the
 * products of derivatives share.
 */
#ifndef GD_LANG_POINT_H
#define GD_LANG_POINT_H

#include "lang/learn/param.h"
#include "lang/tensors/trace.h"

typedef struct Point {
  Vm *vm;
  const CallSite *site;
  Trace *trace;
  bool own;     /* the recording was opened here and must be closed */
  bool again;   /* the gradients taken now will be differentiated */
  Value at;     /* the argument as given; borrowed */
  bool number;  /* it was a number */
  Parts *parts; /* params of a model or a param; NULL for a tensor */
  NodeId x;     /* the node of a tensor argument */
  Value result; /* f's; owned */
  NodeId y;     /* its node */
} Point;

/* Records f(args) with argument `which` as the variable; ended by point_end. */
Point point_record(Vm *vm, const CallSite *site, Value f, const Value *args,
                   const char *const *names, int count, int which);
/* The same for a function made of another (grad(f), jacobian(f)): f and the argument's name or
 * number are the two values that the callee holds. */
Point point_record_self(Vm *vm, const CallSite *site, Value *args, int count);
void point_end(Point *point);

NORETURN void point_fail(Point *point, Diag *diag);     /* at the call, unless diag has a place */
void point_want_scalar(Point *point);                   /* f gave one number */
void point_want_tensor(Point *point, const char *what); /* the argument is no model or param */

Maker point_maker(Point *point, Diag *diag);
/* a node of its own with the value of `node` */
NodeId point_identity(Point *point, NodeId node, Diag *diag);

/* Gradients of y in every node of the argument (one for a tensor, one per param for a model), in an
 * arena array.  `seed`: what the pass begins with, or 0: one. */
NodeId *point_gradients(Point *point, NodeId y, NodeId seed, int *count);
NodeId point_slope(Point *point, NodeId y, NodeId seed, NodeId wrt); /* in one node */
/* The first derivative is made, and will be differentiated. */
void point_slope_made(Point *point);

/* Values of nodes: traced tensors inside an outer recording, elements otherwise.  `into` gets owned
 * values. */
void point_values(Point *point, const NodeId *nodes, int count, Value *into);
Value point_value(Point *point, NodeId node);    /* of one node, as_given */
Value point_as_given(Point *point, Value value); /* numbers in, numbers out */

#endif
