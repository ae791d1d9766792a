/* trail.h — adds layer and calls to the message of an error. */
#ifndef GD_LANG_TRAIL_H
#define GD_LANG_TRAIL_H

#include "lang/machine/kind.h"

/* Points an error that is about to be raised into the script, and adds its layer and calls; once
 * for each Diag. */
extern const VmPart TRAIL_PART;

#endif
