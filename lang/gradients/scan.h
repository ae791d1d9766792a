/* scan.h — scan(f, state, xs) (LANGUAGE.md section 10). */
#ifndef GD_LANG_SCAN_H
#define GD_LANG_SCAN_H

#include "lang/tensors/trace.h"

Value native_scan(Vm *vm, const CallSite *site, Value *args, int count);

#endif
