/* arrays.c — files of arrays and of text as tensors: idx, npy, npz, safetensors, text. */
#include "lang/data/arrays.h"
#include "lang/data/data.h"
#include "lang/data/file_domain.h"
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
#include "lang/tensors/trace.h"
#include "lang/values/dict.h"
#include "lang/values/show.h"
#include "lang/values/text_value.h"

#include <string.h>

typedef bool ArrayReader(const Files *files, const char *path, Tensor *tensor, Diag *diag);

static Value read_array(Vm *vm, const CallSite *site, Value *args, ArrayReader *whole,
                        ArrayReader *shape) {
  const char *path = data_path(vm, site, args[0]);
  Tensor tensor;
  Diag diag = {0};
  if (!(vm->checking ? shape : whole)(&vm->files, path, &tensor, &diag))
    data_fail_file(vm, site, &diag);
  Value value = data_tensor(vm, tensor);
  value.tensor->made = site->span;
  return value;
}

Value native_idx(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return read_array(vm, site, args, idx_read, idx_shape);
}

Value native_npy(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  return read_array(vm, site, args, npy_read, npy_shape);
}

Value native_npz(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *path = data_path(vm, site, args[0]);
  NamedList list = {0};
  Diag diag = {0};
  if (!(vm->checking ? npz_shape : npz_read)(&vm->files, path, &list, &diag))
    data_fail_file(vm, site, &diag);
  Value tuple = value_tuple(vm, (int)list.count);
  tuple.tuple->names = mem_zero((size_t)(list.count + 1) * sizeof(char *));
  for (int64_t i = 0; i < list.count; i++) {
    tuple.tuple->names[i] = data_intern(vm, list.items[i].name);
    tuple.tuple->items[i] = data_tensor(vm, tensor_retain(&list.items[i].tensor));
  }
  named_free(&list);
  return tuple;
}

typedef struct HeldFile {
  Held held;
  NamedList list;    /* owned */
  PairList metadata; /* owned */
} HeldFile;

static void file_free(Held *held) {
  HeldFile *file = (HeldFile *)(void *)held;
  named_free(&file->list);
  pair_free(&file->metadata);
  mem_free(file);
}

/* The values of a tensor, as the script saw them where gd saved it. */
static Value file_values(Vm *vm, Span span, const HeldFile *file, const Named *item) {
  const char *domain = file_domain_of(&file->metadata, item->name);
  return data_tensor(vm, domain ? file_domain_seen(vm, span, &item->tensor, item->name, domain)
                                : tensor_retain(&item->tensor));
}

Value native_safetensors(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *path = data_path(vm, site, args[0]);
  if (vm->checking) raise_unknown(vm);
  HeldFile *file = mem_zero(sizeof *file);
  file->held.free_whole = file_free;
  vm_hold(vm, &file->held);
  Diag diag = {0};
  if (!safetensors_read(&vm->files, path, &file->list, &file->metadata, &diag))
    data_fail_file(vm, site, &diag);
  Value dict = value_dict(vm);
  for (int64_t i = 0; i < file->list.count; i++) {
    const Named *item = &file->list.items[i];
    dict_set_text(vm, dict.dict, item->name, strlen(item->name),
                  file_values(vm, site->span, file, item));
  }
  vm_drop(vm, &file->held);
  return dict;
}

/* ---- text: characters as codes ---- */

/* The code point at `at`, whose bytes are counted into *bytes; 0xfffd for invalid UTF-8. */
static uint32_t code_point(const uint8_t *at, size_t left, size_t *bytes) {
  size_t want = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
  *bytes = 1;
  if (want == 1) return at[0];
  if (at[0] < 0xc2 || at[0] > 0xf4 || want > left) return 0xfffd;
  uint32_t code = at[0] & (0x7fu >> want);
  for (size_t i = 1; i < want; i++) {
    if ((at[i] & 0xc0) != 0x80) return 0xfffd;
    code = code << 6 | (at[i] & 0x3fu);
  }
  *bytes = want;
  return code;
}

enum { CODES = 0x110000 };

static int64_t count_codes(const Vm *vm, const Bytes *bytes) {
  int64_t count = 0;
  for (size_t at = 0, step; at < bytes->length && !vm_stops(vm); at += step, count++)
    code_point(bytes->data + at, bytes->length - at, &step);
  return count;
}

/* Writes each code point's index among the sorted ones that occur, and into `place`, by code point,
 * that index + 1; returns how many occur. */
static int32_t number_codes(const Vm *vm, const Bytes *bytes, int32_t *out, int32_t *place) {
  int64_t count = 0;
  for (size_t at = 0, step; at < bytes->length && !vm_stops(vm); at += step) {
    uint32_t code = code_point(bytes->data + at, bytes->length - at, &step);
    out[count++] = (int32_t)code;
    place[code] = 1;
  }
  int32_t kinds = 0;
  for (int32_t code = 0; code < CODES; code++)
    if (place[code]) place[code] = ++kinds;
  for (int64_t i = 0; i < count && !vm_stops(vm); i++) out[i] = place[out[i]] - 1;
  return kinds;
}

static Value code_names(Vm *vm, const int32_t *place, int32_t kinds) {
  Value names = value_list(vm, kinds);
  for (uint32_t code = 0; code < CODES; code++) {
    if (!place[code]) continue;
    Text text = {0};
    text_code_point(&text, code);
    list_push(vm, names.list, string_take(vm, &text));
  }
  return names;
}

Value native_text(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *path = data_path(vm, site, args[0]);
  if (vm->checking) raise_unknown(vm);
  Bytes bytes;
  Diag diag = {0};
  Tensor x, place;
  if (!file_read_unpacked(&vm->files, path, &bytes, &diag)) data_fail(vm, site, &diag);
  bool fine = tensor_new(&x, DTYPE_I32, &(Shape){1, {count_codes(vm, &bytes)}}, &diag);
  if (fine && !tensor_zeros(&place, DTYPE_I32, &(Shape){1, {CODES}}, &diag)) {
    fine = false;
    tensor_release(&x);
  }
  int32_t kinds = fine ? number_codes(vm, &bytes, tensor_data(&x), tensor_data(&place)) : 0;
  bytes_free(&bytes);
  if (!fine) data_fail(vm, site, &diag);
  Value table = value_tensor(vm, place), column = data_filled(vm, x);
  Value data = dataset_new(vm, site, &column, 1);
  data.dataset->names = code_names(vm, tensor_data(&place), kinds);
  data.dataset->source = data_intern(vm, path);
  value_release(vm, table);
  return data;
}
