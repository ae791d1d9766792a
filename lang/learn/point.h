/* point.h — a function recorded at a point, for the derivatives there (differentiate.c).
 *
 * The point is an argument, or several as a tuple.  A tensor or number is one node; of a tree each
 * leaf is (leaves.h), or, for derivatives that are products and matrices, one vector of all of them
 * is the node and the leaves are its parts.
 */
#ifndef GD_LANG_POINT_H
#define GD_LANG_POINT_H

#include "lang/learn/leaves.h"
#include "lang/machine/call_site.h"

typedef struct Point {
  Vm *vm;
  const CallSite *site;
  Trace *trace;
  bool own;       /* the recording was opened here and must be closed */
  bool again;     /* the gradients taken now will be differentiated */
  Value at;       /* the argument as given, or the tuple of several; owned */
  bool number;    /* it was a number */
  Leaves *leaves; /* of a tree or a param; NULL for a tensor or a number */
  NodeId *nodes;  /* by leaf: what is differentiated by; in the trace's arena */
  NodeId
      *before;  /* by leaf: of a param staged as a part of the vector, its staged node of before */
  NodeId x;     /* the node of a tensor, or of the vector of all leaves */
  Value result; /* f's; owned */
  Leaves *results; /* of a result that is a tree; y is then the vector of its leaves */
  NodeId y;        /* its node */
  /* what the derivatives asked for are derivatives of, and in what (point_derives) */
  NodeId from;
  const NodeId *wrt;
  int wrt_count;
} Point;

/* What is called, and by which of its arguments is differentiated. */
typedef struct PointCall {
  Value f;
  const Value *args;
  const char *const *names; /* by argument, NULL for positional ones; may be NULL */
  int count;
  const int *which;
  int which_count;
  bool several;    /* `wrt:` was a tuple: so is the point, also of one */
  bool as_vector;  /* the leaves of a tree are parts of one vector */
  bool any_result; /* f may give a tree */
} PointCall;

enum { POINT_ARGUMENTS = 64 };

Point point_record(Vm *vm, const CallSite *site, const PointCall *call);
/* The same for a function made of another (grad(f), jacobian(f)): f and what `wrt:` said are the
 * two values that the callee holds. */
Point point_record_self(Vm *vm, const CallSite *site, Value *args, int count, bool as_vector);
void point_end(Point *point);
NORETURN void point_fail(Point *point, Diag *diag);
Maker point_maker(Point *point, Diag *diag);
/* raises unless f gave one number */
void point_want_scalar(Point *point);
/* a node of its own with the value of another */
NodeId point_identity(Point *point, NodeId node, Diag *diag);
/* Values of nodes: traced tensors inside an outer recording, elements otherwise.  `into` gets owned
 * values. */
void point_values(Point *point, const NodeId *nodes, int count, Value *into);
/* numbers in, numbers out; takes value */
Value point_as_given(const Point *point, Value value);
/* Gradients of y in every node of the point (one, or one a leaf), in an array of the arena. */
NodeId *point_gradients(Point *point, NodeId y, NodeId seed, int *count);
/* of y in one node; zeros where it does not reach it */
NodeId point_slope(Point *point, NodeId y, NodeId seed, NodeId wrt);
/* the first derivative is made, and will be differentiated */
void point_slope_made(Point *point);
/* The values to come are derivatives of this in the point's node x; `u`, if not 0, has its type,
 * and they are the gradient of the sum of their product. */
void point_derives(Point *point, NodeId from, NodeId u);
/* The values, one a node, in the form of the argument; takes them. */
Value point_shaped(Point *point, Value *values, int count);
/* A node of the type of the point's (or of y's) as a value in the form of the argument (of f's
 * result). */
Value point_value(Point *point, NodeId node, bool of_result);
/* v as a node of the type of the point's node x, or u of y's: a tree of the form, or the vector. */
NodeId point_direction(Point *point, Value value, bool of_result);

#endif
