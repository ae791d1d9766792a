/* summary.h — the parts of a model as a table. */
#ifndef GD_LANG_SUMMARY_H
#define GD_LANG_SUMMARY_H

#include "lang/machine/vm.h"

NativeFunction native_summary;

#endif
