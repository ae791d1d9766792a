/* string.h — the layout of a string. */
#ifndef GD_LANG_STRING_H
#define GD_LANG_STRING_H

#include "lang/machine/object.h"

struct StringObject {
  Object head;
  size_t length; /* bytes */
  char *data;    /* UTF-8, with a final NUL; owned */
  /* bytes at `data`, with the NUL: a string with one owner grows in place */
  size_t capacity;
  int64_t points; /* code points; -1: not counted yet */
  /* of a string that is not ASCII: the offset of each 64th code point, as far as known; owned */
  size_t *marks;
  int64_t mark_count, mark_capacity;
};

Value value_string(Vm *vm, const char *text, size_t length); /* returns a new one */

#endif
