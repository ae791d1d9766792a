/* made_data.c — synthetic data sets: moons, spirals, rings, blobs, line_data, digits. */
#include "lang/data/made_data.h"
#include "lang/data/data.h"
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
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace.h"

/* ---- synthetic data ---- */

enum { CHECK_ROWS = 12 }; /* `gd check`: rows generated to get the types */

static int64_t rows_wanted(Vm *vm, const CallSite *site, Value value) {
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  int64_t rows = value_as_index(vm, site_at(site, 0), value);
  if (rows < 1)
    raise_at(vm, site_at(site, 0), "the number of rows must be at least 1, not %lld",
             (long long)rows);
  return rows;
}

static double number_at(Vm *vm, const CallSite *site, const Value *args, int index, double absent) {
  return data_given(args[index]) ? value_as_number(vm, site_at(site, index), args[index]) : absent;
}

static int64_t whole_at(Vm *vm, const CallSite *site, const Value *args, int index,
                        int64_t absent) {
  return data_given(args[index]) ? value_as_index(vm, site_at(site, index), args[index]) : absent;
}

typedef struct Making {
  MadeKey key;
  int64_t rows, made; /* asked for; made, fewer in `gd check` */
  Tensor x, y;
  Diag diag;
} Making;

static Making begin(Vm *vm, const CallSite *site, const Value *args) {
  int64_t rows = rows_wanted(vm, site, args[0]);
  return (Making){
      .key = {vm->seed, vm->draws++}, .rows = rows, .made = vm->checking ? CHECK_ROWS : rows};
}

/* The two tensors as a data set; in `gd check` without elements. */
static Value made_data(Vm *vm, const CallSite *site, Making *of, bool fine) {
  if (!fine) data_fail(vm, site, &of->diag);
  if (vm->checking) {
    tensor_release(&(Tensor){.buffer = of->x.buffer});
    tensor_release(&(Tensor){.buffer = of->y.buffer});
    of->x.buffer = of->y.buffer = NULL;
    of->x.shape.dim[0] = of->y.shape.dim[0] = of->rows;
  }
  Value columns[2] = {data_tensor(vm, of->x), data_tensor(vm, of->y)};
  return dataset_new(vm, site, columns, 2);
}

Value native_moons(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Making of = begin(vm, site, args);
  bool fine = made_moons(of.key, of.made, number_at(vm, site, args, 1, 0.1), vm->real, &of.x, &of.y,
                         &of.diag);
  return made_data(vm, site, &of, fine);
}

Value native_spirals(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Making of = begin(vm, site, args);
  bool fine = made_spirals(of.key, of.made, whole_at(vm, site, args, 1, 2),
                           number_at(vm, site, args, 2, 0.1), vm->real, &of.x, &of.y, &of.diag);
  return made_data(vm, site, &of, fine);
}

Value native_rings(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Making of = begin(vm, site, args);
  bool fine = made_rings(of.key, of.made, whole_at(vm, site, args, 1, 2),
                         number_at(vm, site, args, 2, 0.1), vm->real, &of.x, &of.y, &of.diag);
  return made_data(vm, site, &of, fine);
}

Value native_blobs(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Making of = begin(vm, site, args);
  bool fine = made_blobs(of.key, of.made, whole_at(vm, site, args, 1, 3),
                         whole_at(vm, site, args, 2, 2), number_at(vm, site, args, 3, 1), vm->real,
                         &of.x, &of.y, &of.diag);
  return made_data(vm, site, &of, fine);
}

Value native_line_data(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Making of = begin(vm, site, args);
  bool fine = made_line(of.key, of.made, number_at(vm, site, args, 1, 2),
                        number_at(vm, site, args, 2, 3), number_at(vm, site, args, 3, 0.1),
                        vm->real, &of.x, &of.y, &of.diag);
  return made_data(vm, site, &of, fine);
}

Value native_digits(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Making of = begin(vm, site, args);
  bool fine = made_digits(of.key, of.made, vm->real, &of.x, &of.y, &of.diag);
  return made_data(vm, site, &of, fine);
}
