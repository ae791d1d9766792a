/* table.h — tables as data sets, and what is kept of them. */
#ifndef GD_LANG_TABLE_H
#define GD_LANG_TABLE_H

#include "lang/learn/data.h"

/* The schema that `like:` or `data:` names: of a data set, or in a file that save(net, path, data:
 * d) wrote; new.  Raises where there is none. */
struct Schema *table_schema(Vm *vm, const CallSite *site, int index, Value value);

/* under this key of the metadata of a net's file */
#define TABLE_KEY "gd.data"

NativeFunction native_csv, native_sqlite, native_select;

#endif
