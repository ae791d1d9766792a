/* module_value.h — the layout of a file as a value: its names, and what they hold. */
#ifndef GD_LANG_MODULE_VALUE_H
#define GD_LANG_MODULE_VALUE_H

#include "lang/machine/object.h"

struct ModuleObject {
  Object head;
  const char *name; /* "blocks" */
  Ast *body;
  struct Scope *scope; /* names of its top level; owned by scope.c */
  Value *globals;      /* held; by slot; owned array */
  int global_count, global_capacity;
};

#endif
