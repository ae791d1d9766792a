/* leaves.h — the numbers and tensors of a tree (LANGUAGE.md, section 6): takes them out in order,
 * assembles trees from changed ones, and compares two trees.
 *
 * A tree is a model, its gradient, or nested tuples, lists and dicts of tensors.  Its leaves, from
 * left to right, are the numbers and tensors of tuples, lists and dicts, and the params of models;
 * a param found twice is a leaf once.  Strings, none, functions and buffers are not leaves and are
 * kept as they are.  tree.h is simpler: there every value that is not a tuple, list or dict is a
 * leaf.
 */
#ifndef GD_LANG_LEAVES_H
#define GD_LANG_LEAVES_H

#include "lang/models/param.h"

typedef struct TreeLeaf {
  ParamObject *param; /* of a PARAM, else NULL */
  Value value;        /* held */
  bool given;         /* its gradient is in the tree already: a tied param has it once */
} TreeLeaf;

enum { LEAVES_FIRST = 8 }; /* so many need no memory of their own */

typedef struct Leaves {
  Held held; /* a raise frees them */
  Vm *vm;
  Value tree;      /* held */
  TreeLeaf *items; /* `first`, or owned */
  int count, capacity;
  Lookup params; /* of the params among them */
  Object *
      *chain; /* the trees around the leaf that was found last, by depth; borrowed; owned array */
  int chain_count, chain_capacity;
  int chain_at; /* `count` when it was found */
  TreeLeaf first[LEAVES_FIRST];
} Leaves;

/* The form of an assembled tree. */
typedef enum LeavesInto {
  INTO_NEW,     /* new models; other parts of a model are shared, buffers are copied */
  INTO_TENSORS, /* models and params stay; only tensors and numbers are replaced */
  INTO_SLOPES   /* models become tuples with names, as in gradients */
} LeavesInto;

/* the caller frees them */
Leaves *leaves_of(Vm *vm, Value tree);
void leaves_free(Vm *vm, Leaves *leaves);
/* appends the path of a leaf: `first.W` */
void leaves_path(Vm *vm, const Leaves *leaves, int index, Text *text);
/* Raises at span, with the path, unless both have the same form: names, number and shapes. */
void leaves_match(Vm *vm, Span span, Value tree, Value other, Leaves **of_tree, Leaves **of_other);
/* The tree with a value (borrowed) for each leaf; a new holder. */
Value leaves_put(Vm *vm, Leaves *leaves, const Value *values, LeavesInto into);
/* Without the domains of params: a new model holds the values themselves. */
Value leaves_put_freely(Vm *vm, Leaves *leaves, const Value *values);
/* ---- as one vector ---- */

/* Their types; `weak` numbers count as rank 0. */
Type leaves_type(Vm *vm, const Leaves *leaves, int index);
int64_t leaves_length(Vm *vm, const Leaves *leaves); /* total number of elements */
/* Concatenates nodes of any shapes in the dtype that holds all; numbers have the default float.
 * 0 after an error. */
NodeId leaves_join(Maker *maker, Dtype real, const NodeId *nodes, int count);
/* The elements of a vector from `from` on, with the shape and dtype of a leaf; 0 after an error. */
NodeId leaves_part(Maker *maker, NodeId vector, int64_t from, const Type *type);

#endif
