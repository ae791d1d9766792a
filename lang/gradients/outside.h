/* outside.h — the variables of the script that a function reads, as inputs of a recording. */
#ifndef GD_LANG_OUTSIDE_H
#define GD_LANG_OUTSIDE_H

#include "lang/tensors/trace.h"

enum { OUTSIDE_MOST = 64 };

typedef struct OutsideVariable {
  Value *at;    /* where it is kept */
  Value before; /* owned while it is replaced */
  Value made;   /* invented elements for a tensor of `gd check`; owned; else KIND_UNSET */
  const char *name;
  NodeId node; /* while it is replaced; else 0 */
} OutsideVariable;

typedef struct Outside {
  Vm *vm;
  Span span;    /* of the call that asks */
  bool checked; /* by `gd check`: tensors of the script have shapes, and no elements */
  bool numbers; /* numbers are wanted too, not only tensors */
  OutsideVariable variables[OUTSIDE_MOST];
  int count;
  OutsideVariable trained[OUTSIDE_MOST]; /* params and models: only `at` and `name` */
  int trained_count;
} Outside;

/* Adds what the function reads, and the functions that it names. */
void outside_find(Outside *outside, const ClosureObject *closure);
/* Adds the sizes of the tensors' axes to `sizes` (invented.h); returns the new count. */
int outside_sizes(const Outside *outside, int64_t *sizes, int count);

/* The variables become inputs of the recording, until they are restored.  `labels`: of the elements
 * that are invented. */
void outside_replace(Outside *outside, Trace *trace, bool labels);
void outside_restore(Outside *outside);
/* The same without a recording: tensors that have no elements get those that were invented for
 * them, until they are emptied. */
void outside_fill(Outside *outside, bool labels);
void outside_empty(Outside *outside);

#endif
