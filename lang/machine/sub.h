/* sub.h — the evaluated parts of an index: x[i], x[a:b, none]. */
#ifndef GD_LANG_SUB_H
#define GD_LANG_SUB_H

#include "lang/machine/object.h"

typedef enum SubKind { SUB_VALUE, SUB_SLICE, SUB_NEW_AXIS } SubKind;
typedef struct Sub {
  SubKind kind;
  Span span;
  Value value;             /* SUB_VALUE: a number, range, tensor or list */
  Value start, stop, step; /* SUB_SLICE: KIND_UNSET if omitted */
} Sub;

#endif
