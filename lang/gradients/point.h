/* point.h — a function recorded at a point, for the derivatives there (differentiate.c).
 *
 * The point is an argument, or a tuple of several.  A tensor or number is one node.  For a tree
 * each leaf (leaves.h) is a node; or, for derivatives that are products and matrices, one vector of
 * all leaves is the node, and the leaves are parts of it.
 */
#ifndef GD_LANG_POINT_H
#define GD_LANG_POINT_H

#include "lang/machine/call_site.h"
#include "lang/models/leaves.h"

typedef struct Point {
  Vm *vm;
  const CallSite *site;
  Trace *trace;
  bool own;        /* the recording was opened here and must be closed */
  bool again;      /* the gradients taken now will be differentiated */
  bool strict;     /* they are of derivatives (Graph.strict) */
  Value *kept;     /* on the value stack, which owns them: `at`, `result` */
  Value at;        /* the argument as given, or the tuple of several */
  bool number;     /* it was a number */
  Leaves *leaves;  /* of a tree or a param; NULL for a tensor or a number */
  NodeId *nodes;   /* by leaf: the node to differentiate with respect to; in the trace's arena */
  NodeId *before;  /* by leaf, or NULL: for a param that is staged, its previous staged node */
  NodeId x;        /* the node of a tensor, or of the vector of all leaves */
  Value result;    /* f's */
  Leaves *results; /* of a result that is a tree; y is then the vector of its leaves */
  NodeId y;        /* its node */
  const NodeId *result_nodes; /* by leaf of it */
  /* the current derivatives: of which node, with respect to which (point_derives) */
  NodeId from;
  const NodeId *wrt;
  int wrt_count;
} Point;

/* The call, and the arguments with respect to which it is differentiated. */
typedef struct PointCall {
  Value f;
  const Value *args;
  const char *const *names; /* by argument, NULL for positional ones; may be NULL */
  int count;
  const int *which;
  int which_count;
  bool several;    /* `wrt:` was a tuple: so is the point, even of one */
  bool as_vector;  /* the leaves of a tree are parts of one vector */
  bool any_result; /* f may give a tree */
} PointCall;

enum { POINT_ARGUMENTS = 64 };

Point point_record(Vm *vm, const CallSite *site, const PointCall *call);
/* The same for a function made from another (grad(f), jacobian(f)): the callee holds f and the
 * value of `wrt:`. */
Point point_record_self(Vm *vm, const CallSite *site, Value *args, int count, bool as_vector);
void point_end(Point *point);
NORETURN void point_fail(Point *point, Diag *diag);
Maker point_maker(Point *point, Diag *diag);
/* raises unless f returned one number */
void point_want_scalar(Point *point);
/* a new node with the value of another */
NodeId point_identity(Point *point, NodeId node, Diag *diag);
/* Values of nodes: traced tensors inside an outer recording, elements otherwise.  `into` gets owned
 * values. */
void point_values(Point *point, const NodeId *nodes, int count, Value *into);
/* numbers in, numbers out; takes value */
Value point_as_given(const Point *point, Value value);
/* Gradients of y in every node of the point (one, or one a leaf), in an array of the arena. */
NodeId *point_gradients(Point *point, NodeId y, NodeId seed, int *count);
/* of y in one node; zeros if y does not depend on it */
NodeId point_slope(Point *point, NodeId y, NodeId seed, NodeId wrt);
/* call it when the first derivative is made and will be differentiated */
void point_slope_made(Point *point);
/* The next values are derivatives of `from` in the point's node x.  If `u` is not 0, it has the
 * type of `from`, and they are the gradient of sum(from * u). */
void point_derives(Point *point, NodeId from, NodeId u);
/* The values, one for each node, in the form of the argument; takes them. */
Value point_shaped(Point *point, Value *values, int count);
/* A node of the type of the point's (or of y's) as a value in the form of the argument (of f's
 * result). */
Value point_value(Point *point, NodeId node, bool of_result);
/* v as a node of the type of the point's node x, or u of y's: a tree of the form, or the vector. */
NodeId point_direction(Point *point, Value value, bool of_result);

#endif
