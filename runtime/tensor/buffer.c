/* buffer.c — the one refcounted type: elements on a cache line.
 *
 * A Buffer and its elements are one allocation: the record on the first 64 bytes, the
 * elements behind it, and 64 readable bytes behind those, so that a vector load may run
 * over the end of an array.  The pad is cleared: what a load finds there is always the same.
 *
 * An eager program makes and drops millions of small tensors, and an aligned allocation costs more
 * than the rest of a scalar operation; so released buffers of a few elements are kept in a short
 * free list for reuse.
 *
 * The elements of a mapped file are where the system mapped them; the record has a function that
 * releases them, and none of it is counted here.
 *
 * Everything else is counted against the budget, what surrounds the elements too, so that a million
 * scalars count for what they take.
 */
#include "runtime/tensor/buffer.h"

#include <assert.h>
#include <string.h>

enum { HEAD = 64, PAD = 64 };
_Static_assert(sizeof(Buffer) <= HEAD && HEAD + PAD <= BUFFER_EXTRA,
               "the record fits before the elements");

static size_t whole_size(size_t bytes) { return HEAD + ((bytes + 63) & ~(size_t)63) + PAD; }

/* The free list of small buffers, all of whole_size(SPARE_BYTES); touched by the main thread only,
 * as Buffers are.  Under the address sanitizer there is none, so that it sees every use of memory
 * that was freed. */
#if defined(__SANITIZE_ADDRESS__)
enum { SPARE_BYTES = 64, SPARE_MOST = 0 };
#else
enum { SPARE_BYTES = 64, SPARE_MOST = 64 };
#endif
static void *spare[SPARE_MOST + 1];
static int spare_count;

static void *take_small(void) {
  return spare_count > 0 ? spare[--spare_count] : mem_align64(whole_size(SPARE_BYTES));
}

static void give_memory(Buffer *buffer) {
  if (buffer->bytes <= SPARE_BYTES && spare_count < SPARE_MOST) spare[spare_count++] = buffer;
  else mem_free64(buffer, whole_size(buffer->bytes));
}

static Buffer *set_up(Buffer *buffer, size_t bytes) {
  buffer->refs = 1;
  buffer->bytes = bytes;
  buffer->limits = (Limits){0};
  buffer->give = NULL;
  buffer->data = (char *)buffer + HEAD;
  memset((char *)buffer->data + bytes, 0, whole_size(bytes) - HEAD - bytes);
  return buffer;
}

/* Adds a size as a person reads it: "512 bytes", "4 TiB", "5.72 GiB". */
static void add_size(Text *text, size_t bytes) {
  static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double size = (double)bytes;
  int unit = 0;
  for (; size >= 1024 && unit < COUNT_OF(units) - 1; unit++) size /= 1024;
  text_digits(text, size, 4);
  text_format(text, " %s", units[unit]);
}

static Buffer *refuse(size_t bytes, const char *why, Diag *diag) {
  Text text = {0};
  text_format(&text, "%s: ", why);
  add_size(&text, bytes);
  text_string(&text, " are needed, ");
  add_size(&text, mem_used_bytes());
  text_string(&text, " are in use, the budget is ");
  add_size(&text, mem_budget_bytes());
  diag_fail(diag, STATUS_MEMORY, (Span){0, 0, 0}, "%s", text.data);
  diag_help(diag, "--max-memory raises the budget");
  text_free(&text);
  return NULL;
}

Buffer *buffer_new(size_t bytes, Diag *diag) {
  if (bytes > SIZE_MAX / 2 || !mem_reserve(whole_size(bytes)))
    return refuse(bytes, "not enough memory", diag);
  Buffer *buffer = bytes <= SPARE_BYTES ? take_small() : mem_try64(whole_size(bytes));
  if (buffer) return set_up(buffer, bytes);
  mem_release(whole_size(bytes));
  return refuse(bytes, "the system has no more memory", diag);
}

Buffer *buffer_small(size_t bytes) {
  mem_charge(whole_size(bytes));
  return set_up(bytes <= SPARE_BYTES ? take_small() : mem_align64(whole_size(bytes)), bytes);
}

void buffer_retain(Buffer *buffer) {
  assert(buffer->refs > 0);
  buffer->refs++;
}

void buffer_release(Buffer *buffer) {
  if (!buffer) return;
  assert(buffer->refs > 0);
  if (--buffer->refs) return;
  if (UNLIKELY(buffer->give != NULL)) {
    buffer->give(buffer);
    return;
  }
  mem_release(whole_size(buffer->bytes));
  give_memory(buffer);
}
