/* sparse_memory.c — see sparse_memory.h. */
#include "lang/optimizers/sparse_memory.h"

#include "lang/optimizers/states.h"

#include <string.h>

enum { AHEAD = 8 }; /* rows fetched into the cache before they are written */

void sparse_memory_free(SparseMemory *memory) {
  if (!memory) return;
  tensor_release(&memory->rows);
  tensor_release(&memory->places);
  for (int k = 0; k < COUNT_OF(memory->held); k++) tensor_release(&memory->held[k].rows);
  mem_free(memory);
}

int64_t sparse_memory_count(const SparseMemory *memory) {
  const int64_t room = tensor_count(&memory->rows) - 1;
  return memory->count < room ? memory->count : room;
}

int64_t sparse_memory_row_length(const Tensor *tensor) {
  int64_t rows = tensor->shape.dim[0];
  return rows ? tensor_count(tensor) / rows : 0;
}

/* New rows on their way to where they belong. */
typedef struct Put {
  const int32_t *at;
  const char *from;
  char *to;
  size_t bytes; /* of a row */
  int64_t count, part;
} Put;

static void put_part(void *context, int64_t task) {
  const Put *put = context;
  const int64_t first = task * put->part,
                end = first + put->part < put->count ? first + put->part : put->count;
  const char *from = put->from + (size_t)first * put->bytes;
  for (int64_t i = first; i < end; i++, from += put->bytes) {
    if (i + AHEAD < put->count) {
      const char *next = put->to + (size_t)put->at[i + AHEAD] * put->bytes;
      for (size_t at = 0; at < put->bytes && at < 512; at += 64) __builtin_prefetch(next + at, 1);
    }
    memcpy(put->to + (size_t)put->at[i] * put->bytes, from, put->bytes);
  }
}

size_t sparse_memory_row_bytes(const Tensor *tensor) {
  return (size_t)sparse_memory_row_length(tensor) * dtype_bytes(tensor->dtype);
}

void sparse_memory_put_held(const SparseMemory *memory, const SparseHeld *held, Tensor *storage) {
  const size_t bytes = sparse_memory_row_bytes(storage);
  Put put = {(const int32_t *)tensor_data(&memory->rows) + 1,
             (const char *)tensor_data(&held->rows) + bytes,
             tensor_data(storage),
             bytes,
             sparse_memory_count(memory),
             1 + SPARSE_PART / (int64_t)(bytes + 1)};
  if (put.count > 0) team_run((put.count + put.part - 1) / put.part, put_part, &put);
  storage->buffer->limits = (Limits){0};
}

void sparse_memory_put(Tensor *storage, const Tensor *ids, const Tensor *rows) {
  Put put = {tensor_data(ids),     tensor_data(rows),
             tensor_data(storage), sparse_memory_row_bytes(storage),
             tensor_count(ids),    tensor_count(ids)};
  put_part(&put, 0);
  storage->buffer->limits = (Limits){0};
}

void sparse_memory_note(SparseHeld *held, Tensor *storage) {
  storage->buffer->limits = (Limits){.by = held, .lease = ++held->number};
}

void sparse_memory_write_back(TargetMemory *target) {
  SparseMemory *memory = target->sparse;
  for (int k = 0; memory && k < COUNT_OF(memory->held); k++) {
    SparseHeld *held = &memory->held[k];
    if (!held->ahead) continue;
    sparse_memory_put_held(memory, held, &target->states[held->state]);
    sparse_memory_note(held, &target->states[held->state]);
    held->ahead = false;
  }
}

void sparse_memory_hold(const SparseMemory *memory, SparseHeld *held, Tensor *storage) {
  const Limits *limits = &storage->buffer->limits;
  if (held->ahead || (limits->by == held && limits->lease == held->number && !limits->known))
    return;
  const int32_t *row = tensor_data(&memory->rows);
  const size_t bytes = sparse_memory_row_bytes(storage);
  char *to = tensor_data(&held->rows);
  const char *from = tensor_data(storage);
  const int64_t count = sparse_memory_count(memory);
  for (int64_t i = 1; i <= count; i++)
    memcpy(to + (size_t)i * bytes, from + (size_t)row[i] * bytes, bytes);
  memset(to, 0, bytes);
  memset(to + (size_t)(1 + count) * bytes, 0,
         tensor_bytes(&held->rows) - (size_t)(1 + count) * bytes);
  held->rows.buffer->limits = (Limits){0};
  sparse_memory_note(held, storage);
}
