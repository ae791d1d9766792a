/* vmap.h — turns a function of one row into a function of many (LANGUAGE.md section 10). */
#ifndef GD_LANG_LEARN_VMAP_H
#define GD_LANG_LEARN_VMAP_H

#include "lang/machine/kind.h"

Value native_vmap(Vm *vm, const CallSite *site, Value *args, int count);

#endif
