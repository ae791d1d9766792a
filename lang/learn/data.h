/* data.h — data sets of the script: reading, generating, splitting, scaling.
 *
 * A data set is columns with the same first axis (x, y); its rows are tuples of them.  One read
 * from a file keeps the names of its columns and the classes that codes of text columns stand for.
 */
#ifndef GD_LANG_DATA_H
#define GD_LANG_DATA_H

#include "lang/tensors/trace.h"

typedef struct DatasetObject {
  Object head;
  int count;             /* columns: 2 for (x, y) */
  const char *fields[8]; /* interned: "x", "y" */
  Value columns[8];      /* held: tensors with the same first axis */
  Value names;           /* held: a list of strings, or none */
  Value classes;         /* held: a tuple of lists by column name, or none */
  const char *source;    /* interned: the file it came from, or NULL */
  Value lines;           /* held: the line of each row there, a tensor i32, or none */
  int64_t batch;         /* KIND_BATCHES: rows a batch, else 0 */
} DatasetObject;

/* Returns a new data set of `count` columns named x, y, …; takes the columns. */
Value dataset_new(Vm *vm, const CallSite *site, const Value *columns, int count);

extern const KindRow DATASET_KIND, BATCHES_KIND;

NativeFunction native_csv, native_idx, native_npy, native_npz, native_text, native_dataset,
    native_shuffle, native_standardize, native_batches;
NativeFunction native_moons, native_spirals, native_blobs, native_line_data, native_digits;
/* split(d, 0.8) of a data set or a tensor; split(s, ",") of a string is builtin_text.c's. */
Value data_split(Vm *vm, const CallSite *site, Value *args, int count);

#endif
