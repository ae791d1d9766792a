/* scope.h — names to places, and all that can be known before anything runs.
 *
 * Owned by scope.c: see value.h for Member and ast.h for Place.
 */
#ifndef GD_LANG_SCOPE_H
#define GD_LANG_SCOPE_H

#include "lang/value.h"

/* A name that clauses of a `train` see besides their surroundings: loss step epoch grad_norm lr seconds, each metric, val_loss
 * and val_<metric>.  train.c puts the value in its place before it evaluates `stop:`, `keep:`, `each_step:`, `each_epoch:`. */
typedef struct Watched {
  const char *name;    /* interned */
  uint8_t place;       /* PLACE_LOCAL or PLACE_CELL */
  int32_t slot;
} Watched;

/* Where a captured cell comes from when a closure is made: a cell slot of the frame that makes it, or a capture of that frame's own closure. */
typedef struct Capture {
  uint8_t place;       /* PLACE_CELL or PLACE_CAPTURE */
  int32_t slot;
} Capture;

#endif
