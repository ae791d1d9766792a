/* registry.h — what every room above the machine gives to vm_new (kind.h). */
#ifndef GD_LANG_REGISTRY_H
#define GD_LANG_REGISTRY_H

#include "lang/machine/kind.h"

extern const Registry REGISTRY;

#endif
