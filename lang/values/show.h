/* show.h — values as print shows them; used by the KindRows. */
#ifndef GD_LANG_SHOW_H
#define GD_LANG_SHOW_H

#include "lang/machine/vm.h"

enum { SHOWN_DEPTH = 100, SHOWN_ITEMS = 1000 };

typedef struct Showing {
  Vm *vm;
  Text *text;
  int depth;  /* nesting level of tuples and lists */
  bool still; /* compute nothing: a traced tensor is shown as its type and node */
} Showing;

void show_item(struct Showing *showing, Value value, bool quoted);
/* `name: value`, after a comma unless it is the first */
void show_argument(Showing *showing, const char *name, Value value, bool *some);

void value_show(Vm *vm, Value v, bool quoted,
                Text *text); /* as print shows it; strings quoted inside tuples and lists; computes
                              * traced tensors */
/* the same; frees `text` before it raises */
void value_show_safe(Vm *vm, Value v, bool quoted, Text *text, Span span);

/* its kind; for tensors with dtype and shape: "param f32[3, 2]" */
void value_show_type(Value value, Text *text);

/* For a debugger, `call value_print(vm, value)`: a line on standard error, as print shows it, with
 * kind and reference count; computes nothing. */
void value_print(Vm *vm, Value value);

#endif
