/* invented.h — shapes and elements for arguments that nobody gave. */
#ifndef GD_LANG_INVENTED_H
#define GD_LANG_INVENTED_H

#include "lang/machine/object.h"
#include "runtime/compute.h"

enum { INVENTED_ARGUMENTS = 6, INVENTED_SIZES = 6, INVENTED_SHAPES = 48 }; /* at most */

/* A new f64 tensor of this shape.  Its elements are fractions, or labels: 0 and 1 in turn.
 * `argument` is below INVENTED_ARGUMENTS, or INVENTED_ARGUMENTS for a variable of the script: each
 * has other fractions. */
Value invented_value(Vm *vm, const Shape *shape, int argument, bool labels);
/* Adds a size, if it is a reasonable one and there is room; returns the new count. */
int invented_add_size(int64_t sizes[INVENTED_SIZES], int count, int64_t size);
/* The shapes of no, one and two axes with these sizes, those with the fewest axes first; returns
 * how many. */
int invented_shapes(const int64_t *sizes, int size_count, Shape shapes[INVENTED_SHAPES]);

#endif
