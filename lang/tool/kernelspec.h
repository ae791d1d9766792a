/* kernelspec.h — `gd kernel --install`. */
#ifndef GD_LANG_KERNELSPEC_H
#define GD_LANG_KERNELSPEC_H

#include "lang/lang.h"

/* Writes kernels/gd/kernel.json where Jupyter looks for this user's; returns the exit status. */
int kernelspec_install(Session *session);

#endif
