/* trail.h — what a message tells of the way there: the layer, the calls. */
#ifndef GD_LANG_TRAIL_H
#define GD_LANG_TRAIL_H

#include "lang/machine/kind.h"

/* Points a mistake that is about to be raised into the script, and adds the layer and the calls that led to it; once for each Diag. */
extern const VmPart TRAIL_PART;

#endif
