/* table.h — tables as data sets, and their schemas. */
#ifndef GD_LANG_TABLE_H
#define GD_LANG_TABLE_H

#include "lang/data/data.h"

/* The schema given by `like:` or `data:`: that of a data set, or one in a file written by save(net,
 * path, data: d); a new one.  Raises if there is none. */
struct Schema *table_schema(Vm *vm, const CallSite *site, int index, Value value);

/* the key of the schema in the metadata of a net's file */
#define TABLE_KEY "gd.data"

NativeFunction native_csv, native_sqlite, native_select;

#endif
