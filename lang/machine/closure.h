/* closure.h — the layouts of a function and of the cells that it shares. */
#ifndef GD_LANG_CLOSURE_H
#define GD_LANG_CLOSURE_H

#include "lang/machine/object.h"

struct CellObject {
  Object head;
  Value value;
};

struct ClosureObject {
  Object head;
  AstFunction *function;
  ModuleObject *module; /* held */
  int cell_count;
  CellObject *cells[]; /* held; by capture */
};

#endif
