/* buffer.c — the one refcounted type: elements on a cache line.
 *
 * A Buffer and its elements are one allocation: the record on the first 64 bytes, the
 * elements behind it, and 64 readable bytes behind those, so that a vector load may run
 * over the end of an array.  The pad is cleared: what a load finds there is always the same.
 *
 * An eager program makes and drops millions of tensors, and an aligned allocation costs a fifth of
 * an operation on a hundred elements; so released buffers of up to 64 KiB are kept for reuse.
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

/* The free lists, by size in lines of 64 bytes; touched by the main thread only, as Buffers are.
 * When they hold SPARES_BYTES all of it is freed, so sizes that a program no longer uses make room
 * for those that it does.  Under the address sanitizer there are none, so that it sees every use of
 * memory that was freed. */
enum { LINE = 64 };
#if defined(__SANITIZE_ADDRESS__)
enum { SPARE_LINES = 0, SPARES_BYTES = 0 };
#elif defined(GD_HARSH)
enum { SPARE_LINES = 16, SPARES_BYTES = 2048 };
#else
enum { SPARE_LINES = 1024, SPARES_BYTES = 1 << 20 };
#endif

typedef struct Spare {
  struct Spare *next;
} Spare;

static Spare *spares[SPARE_LINES + 1];
static size_t spares_bytes;

static void free_spares(void) {
  for (size_t lines = 0; lines <= SPARE_LINES; lines++) {
    for (Spare *spare = spares[lines], *next; spare; spare = next) {
      next = spare->next;
      mem_free64(spare, lines * LINE);
    }
    spares[lines] = NULL;
  }
  spares_bytes = 0;
}

static void *take_spare(size_t whole) {
  size_t lines = whole / LINE;
  if (lines > SPARE_LINES || !spares[lines]) return NULL;
  Spare *spare = spares[lines];
  spares[lines] = spare->next;
  spares_bytes -= whole;
  return spare;
}

static void give_memory(void *memory, size_t whole) {
  size_t lines = whole / LINE;
  if (lines > SPARE_LINES) {
    mem_free64(memory, whole);
    return;
  }
  if (spares_bytes + whole > SPARES_BYTES) free_spares();
  Spare *spare = memory;
  spare->next = spares[lines];
  spares[lines] = spare;
  spares_bytes += whole;
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
  Buffer *buffer = take_spare(whole_size(bytes));
  if (!buffer) buffer = mem_try64(whole_size(bytes));
  if (buffer) return set_up(buffer, bytes);
  mem_release(whole_size(bytes));
  return refuse(bytes, "the system has no more memory", diag);
}

Buffer *buffer_small(size_t bytes) {
  mem_charge(whole_size(bytes));
  Buffer *buffer = take_spare(whole_size(bytes));
  if (!buffer) buffer = mem_align64(whole_size(bytes));
  return set_up(buffer, bytes);
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
  size_t whole = whole_size(buffer->bytes);
  mem_release(whole);
  give_memory(buffer, whole);
}
