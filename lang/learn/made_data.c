/* made_data.c — data sets that are made up: moons, spirals, rings, blobs, line_data, digits. */
#include "lang/learn/made_data.h"
#include "lang/learn/data.h"
#include "runtime/files.h"

#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/eval/native.h"
#include "lang/machine/call_site.h"
#include "lang/machine/heap.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/index.h"
#include "lang/tensors/operation.h"

/* ---- made up ---- */

enum { CHECK_ROWS = 12 }; /* `gd check`: rows generated to get the types */

static int64_t rows_wanted(Vm *vm, const CallSite *site, Value value) {
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  int64_t rows = value_as_index(vm, site_at(site, 0), value);
  if (rows < 1) raise_at(vm, site_at(site, 0), "at least one row, not %lld", (long long)rows);
  return rows;
}

static MadeKey key_now(Vm *vm) { return (MadeKey){vm->seed, vm->draws++}; }

static double number_at(Vm *vm, const CallSite *site, const Value *args, int index, double absent) {
  return data_given(args[index]) ? value_as_number(vm, site_at(site, index), args[index]) : absent;
}

static int64_t whole_at(Vm *vm, const CallSite *site, const Value *args, int index,
                        int64_t absent) {
  return data_given(args[index]) ? value_as_index(vm, site_at(site, index), args[index]) : absent;
}

/* The two tensors as a data set; in `gd check` of `rows` rows without elements. */
static Value made_data(Vm *vm, const CallSite *site, bool fine, Tensor x, Tensor y, int64_t rows,
                       Diag *diag) {
  if (!fine) data_fail(vm, site, diag);
  if (vm->checking) {
    tensor_release(&(Tensor){.buffer = x.buffer});
    tensor_release(&(Tensor){.buffer = y.buffer});
    x.buffer = y.buffer = NULL;
    x.shape.dim[0] = y.shape.dim[0] = rows;
  }
  Value columns[2] = {data_tensor(vm, x), data_tensor(vm, y)};
  return dataset_new(vm, site, columns, 2);
}

Value native_moons(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t rows = rows_wanted(vm, site, args[0]);
  Tensor x, y;
  Diag diag = {0};
  bool fine = made_moons(key_now(vm), vm->checking ? CHECK_ROWS : rows,
                         number_at(vm, site, args, 1, 0.1), vm->real, &x, &y, &diag);
  return made_data(vm, site, fine, x, y, rows, &diag);
}

Value native_spirals(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t rows = rows_wanted(vm, site, args[0]);
  Tensor x, y;
  Diag diag = {0};
  bool fine = made_spirals(key_now(vm), vm->checking ? CHECK_ROWS : rows,
                           whole_at(vm, site, args, 1, 2), number_at(vm, site, args, 2, 0.1),
                           vm->real, &x, &y, &diag);
  return made_data(vm, site, fine, x, y, rows, &diag);
}

Value native_rings(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t rows = rows_wanted(vm, site, args[0]);
  Tensor x, y;
  Diag diag = {0};
  bool fine = made_rings(key_now(vm), vm->checking ? CHECK_ROWS : rows,
                         whole_at(vm, site, args, 1, 2), number_at(vm, site, args, 2, 0.1),
                         vm->real, &x, &y, &diag);
  return made_data(vm, site, fine, x, y, rows, &diag);
}

Value native_blobs(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t rows = rows_wanted(vm, site, args[0]);
  Tensor x, y;
  Diag diag = {0};
  bool fine = made_blobs(key_now(vm), vm->checking ? CHECK_ROWS : rows,
                         whole_at(vm, site, args, 1, 3), whole_at(vm, site, args, 2, 2),
                         number_at(vm, site, args, 3, 1), vm->real, &x, &y, &diag);
  return made_data(vm, site, fine, x, y, rows, &diag);
}

Value native_line_data(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t rows = rows_wanted(vm, site, args[0]);
  Tensor x, y;
  Diag diag = {0};
  bool fine = made_line(key_now(vm), vm->checking ? CHECK_ROWS : rows,
                        number_at(vm, site, args, 1, 2), number_at(vm, site, args, 2, 3),
                        number_at(vm, site, args, 3, 0.1), vm->real, &x, &y, &diag);
  return made_data(vm, site, fine, x, y, rows, &diag);
}

Value native_digits(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  int64_t rows = rows_wanted(vm, site, args[0]);
  Tensor x, y;
  Diag diag = {0};
  bool fine = made_digits(key_now(vm), vm->checking ? CHECK_ROWS : rows, vm->real, &x, &y, &diag);
  return made_data(vm, site, fine, x, y, rows, &diag);
}
