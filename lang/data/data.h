/* data.h — data sets of the script: tensors with the same rows, and descriptions of their columns.
 *
 * A data set is columns with the same first axis (x, y); its rows are tuples of them.  One that was
 * read from a table keeps the table's schema, with which other tables are read in the same way, the
 * names of the columns of x, and the columns kept beside x.  An operation on rows applies to all
 * columns.
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
  Value classes;         /* held: a dict of lists by column name, or none */
  Value kept;            /* held: a tuple of tensors by column name, beside x; or none */
  struct Schema *schema; /* held; NULL: it is not from a table, or its columns changed */
  const char *source;    /* interned: the file it was read from, or NULL */
  Value lines;           /* held: the line of each row in it, a tensor i32, or none */
  int64_t batch;         /* KIND_BATCHES: rows a batch, else 0 */
  bool missing_told;     /* was a warning given that rows have no class in a text column? */
} DatasetObject;

/* Returns a new data set of `count` columns named x, y, …; takes the columns. */
Value dataset_new(Vm *vm, const CallSite *site, const Value *columns, int count);
/* The same data set with `turn` applied to each column and to the rows' line numbers; it borrows a
 * column and returns a new holder. */
typedef Value DatasetTurn(Vm *vm, void *context, Value column);
Value dataset_turned(Vm *vm, const DatasetObject *data, DatasetTurn *turn, void *context);
/* a shallow copy whose columns may be replaced */
Value dataset_copy(Vm *vm, Kind kind, const DatasetObject *data);
/* A column by name: x and y themselves, a column of the table, a kept one; a text column as class
 * numbers.  Raises when there is none. */
Value dataset_column(Vm *vm, Span span, Value dataset, const char *name);

extern const KindRow DATASET_KIND, BATCHES_KIND;

NativeFunction native_dataset;
NativeFunction native_class_names;

/* ---- for the files of this room that make data sets ---- */
/* raises, at the call if the diag has no place */
NORETURN void data_fail(Vm *vm, const CallSite *site, Diag *diag);
/* the same for a file; in `gd check` a missing file need not be a mistake of the script */
NORETURN void data_fail_file(Vm *vm, const CallSite *site, Diag *diag);
static inline bool data_given(Value value) {
  return value.kind != KIND_UNSET && value.kind != KIND_NONE;
}
const char *data_intern(Vm *vm, const char *text);
/* a tensor of the script: with elements, or, in `gd check`, only a type; takes it */
Value data_tensor(Vm *vm, Tensor tensor);
/* a tensor filled in by a loop that stops on a signal: raises if it did; takes it */
Value data_filled(Vm *vm, Tensor tensor);
const char *data_path(Vm *vm, const CallSite *site, Value value); /* of argument 0, checked */
Value data_strings(Vm *vm, char *const *names, int64_t count);    /* a list */
/* For a command without the options of `csv`: a help that names one is for `call` in a script. */
void data_help_in_script(Diag *diag, const char *call);
/* a message on standard error unless --quiet: no mistake, but data was changed */
void data_notice(Vm *vm, const CallSite *site, const char *path, const char *what,
                 const char *help);

#endif
