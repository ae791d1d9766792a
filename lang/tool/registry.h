/* registry.h — the function tables of the rooms above the machine (kind.h). */
#ifndef GD_LANG_REGISTRY_H
#define GD_LANG_REGISTRY_H

#include "lang/machine/kind.h"

extern const Registry REGISTRY;

#endif
