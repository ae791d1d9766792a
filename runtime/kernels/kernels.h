/* kernels.h — the state in which kernels run: the floating-point mode. */
#ifndef GD_RUNTIME_KERNELS_KERNELS_H
#define GD_RUNTIME_KERNELS_KERNELS_H

#include "runtime/base/base.h"

unsigned kernels_enter(void); /* sets flush-to-zero, gives the mode of before */
void kernels_leave(unsigned mode);

#endif
