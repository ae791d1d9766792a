/* made_size.h — sizes that `gd check` makes up for the names in a declared shape.
 *
 * A function is checked with placeholders: the N of `x: [N, 2]` becomes a prime that is not in its
 * text, so that it never matches by chance.  The program knows no such number, so a report shows
 * the name in its place.
 */
#ifndef GD_LANG_MADE_SIZE_H
#define GD_LANG_MADE_SIZE_H

#include "lang/machine/vm.h"

enum { MADE_SIZES = 10 };

typedef struct MadeSizes {
  const char *names[MADE_SIZES]; /* borrowed from the tree; ".." for leading axes */
  int64_t sizes[MADE_SIZES];
  int count;
} MadeSizes;

/* The size of a name, the same for each use of it; `span`: of the declaration. */
int64_t made_size(Vm *vm, MadeSizes *made, const char *name, Span span);
/* Is this the size that was made up for the name? */
bool made_size_is(const MadeSizes *made, const char *name, double size);
/* Puts the names in the place of the sizes, in all that the report says. */
void made_size_name(const MadeSizes *made, Diag *diag);

#endif
