/* rows.h — operations on the rows of data sets. */
#ifndef GD_LANG_ROWS_H
#define GD_LANG_ROWS_H

#include "lang/data/data.h"

NativeFunction native_shuffle, native_folds, native_batches;
/* split(d, 0.8) of a data set or a tensor; split(s, ",") of a string is builtin_text.c's. */
Value data_split(Vm *vm, const CallSite *site, Value *args, int count);

#endif
