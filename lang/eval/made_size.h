/* made_size.h — sizes that `gd check` makes up for the names in a declared shape.
 *
 * A function is checked with placeholders: the N of `x: [N, 2]` becomes a number that is not in its
 * text, so that it never matches by chance.  The program knows no such number, so a report shows
 * the name in its place.
 *
 * A function may need an even size, one of at most 16 or one of at least 500.  So one in which
 * something is found is called again with sizes of other kinds (primes come first), and only what
 * is found with each is reported.
 */
#ifndef GD_LANG_MADE_SIZE_H
#define GD_LANG_MADE_SIZE_H

#include "lang/machine/vm.h"

enum { MADE_SIZES = 10, MADE_KINDS = 8 };

typedef struct MadeSizes {
  const char *names[MADE_SIZES]; /* borrowed from the tree; ".." for leading axes */
  int64_t sizes[MADE_SIZES];
  int count;
  int kind; /* of sizes: primes, small ones, … */
} MadeSizes;

/* The size of a name, the same for each use of it; `span`: of the declaration. */
int64_t made_size(Vm *vm, MadeSizes *made, const char *name, Span span);
/* Is this the size that was made up for the name? */
bool made_size_is(const MadeSizes *made, const char *name, double size);

/* What is found in the calls of a function, one with each kind of sizes. */
enum { HEARD_MOST = 12 };
typedef struct Heard {
  Diag diags[HEARD_MOST]; /* each place once, with names in the place of sizes */
  int count;
  struct {
    Span places[HEARD_MOST];
    int count;
  } calls[MADE_KINDS];
  int kind; /* of the last call */
} Heard;

void heard_add(Heard *heard, const MadeSizes *made, const Diag *diag);
/* Is it found in each call, unless something else was found on the way there? */
bool heard_stands(const Heard *heard, Span place);
bool heard_some(const Heard *heard); /* does any of it stand? */

#endif
