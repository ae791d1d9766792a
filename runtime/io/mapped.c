/* mapped.c — tensors of mapped files; see mapped.h.
 *
 * A mapping is a stretch of anonymous zeroes, a page longer than the file, with the file laid over
 * its front: so there are readable zeroes behind the last element, whatever the file's length.
 * Descriptors stay open, so that changes are detected on the file itself, not on its name: one that
 * is replaced under its name (as gd's own writers do) stays as it was for those who mapped it.
 *
 * The handler of SIGBUS may run in any thread at any moment, so the list of mappings is an array of
 * slots that are published and withdrawn by one store each.
 */
#include "runtime/io/mapped.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef GD_HARSH
enum { LEAST_BYTES = 64 };
#else
enum { LEAST_BYTES = 4 << 20 }; /* smaller files are read: a copy cannot change */
#endif
enum { SLOTS = 1024, SHOWN = 200 };

typedef struct Mapping {
  Buffer buffer; /* first */
  char *base;
  size_t whole;       /* bytes from base on */
  int file;           /* descriptor, owned */
  struct stat status; /* when it was mapped */
  char path[SHOWN];   /* for messages; the end of a long one */
  int slot;
} Mapping;

static bool allowed;
static _Atomic(Mapping *) slots[SLOTS];
static _Atomic(Mapping *) lost;

void mapped_enable(void) { allowed = true; }

bool mapped_wanted(size_t bytes) { return allowed && bytes >= LEAST_BYTES; }

static size_t page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

/* A whole file in memory with a page of zeroes behind, or NULL. */
static char *lay(int file, size_t length, size_t *whole) {
  size_t page = page_size();
  *whole = (length + page - 1) / page * page + page;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  char *base = mmap(NULL, *whole, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (base == MAP_FAILED) return NULL;
  void *over = mmap(base, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE,
                    file, 0);
  if (over != MAP_FAILED) return base;
  munmap(base, *whole);
  return NULL;
}

static void give(Buffer *buffer) {
  Mapping *mapping = (Mapping *)(void *)buffer;
  atomic_store(&slots[mapping->slot], NULL);
  Mapping *self = mapping;
  atomic_compare_exchange_strong(&lost, &self, NULL);
  munmap(mapping->base, mapping->whole);
  close(mapping->file);
  mem_free(mapping);
}

static bool take_slot(Mapping *mapping) {
  for (int i = 0; i < SLOTS; i++) {
    if (atomic_load(&slots[i])) continue;
    mapping->slot = i;
    atomic_store(&slots[i], mapping);
    return true;
  }
  return false;
}

bool mapped_make(const FileParts *parts, size_t start, Tensor *tensor) {
  size_t bytes = tensor_bytes(tensor);
  if (parts->file < 0 || !mapped_wanted(bytes) || start % dtype_bytes(tensor->dtype)) return false;
  Mapping *mapping = mem_zero(sizeof *mapping);
  mapping->file = fcntl(parts->file, F_DUPFD_CLOEXEC, 3);
  if (mapping->file >= 0 && fstat(mapping->file, &mapping->status) == 0 &&
      (uint64_t)mapping->status.st_size == parts->length)
    mapping->base = lay(mapping->file, parts->length, &mapping->whole);
  if (!mapping->base || !take_slot(mapping)) {
    if (mapping->base) munmap(mapping->base, mapping->whole);
    if (mapping->file >= 0) close(mapping->file);
    mem_free(mapping);
    return false;
  }
  size_t length = strlen(parts->path), from = length < SHOWN ? 0 : length - SHOWN + 1;
  memcpy(mapping->path, parts->path + from, length - from + 1);
  mapping->buffer =
      (Buffer){.refs = 1, .bytes = bytes, .data = mapping->base + start, .give = give};
  tensor->buffer = &mapping->buffer;
  tensor->offset = 0;
  return true;
}

/* ---- a file that changes ---- */

bool mapped_zero_fill(void *address) {
  char *at = address;
  for (int i = 0; i < SLOTS; i++) {
    Mapping *mapping = atomic_load(&slots[i]);
    if (!mapping || at < mapping->base || at >= mapping->base + mapping->whole) continue;
    size_t page = page_size();
    char *first = mapping->base + (size_t)(at - mapping->base) / page * page;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
    if (mmap(first, page, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) return false;
    atomic_store(&lost, mapping);
    return true;
  }
  return false;
}

static bool fail_changed(const Mapping *mapping, Diag *diag) {
  struct stat now;
  if (fstat(mapping->file, &now) == 0 && now.st_size != mapping->status.st_size)
    file_fail(diag, STATUS_IO, mapping->path,
              "the file changed while it was in use: it had %lld bytes, then %lld",
              (long long)mapping->status.st_size, (long long)now.st_size);
  else file_fail(diag, STATUS_IO, mapping->path, "the file changed while it was in use");
  return diag_help(diag, "large files are not copied into memory: they must stay as they are");
}

bool mapped_lost(Diag *diag) {
  const Mapping *mapping = atomic_load(&lost);
  if (!mapping) return false;
  fail_changed(mapping, diag);
  return true;
}

bool mapped_unchanged(const Tensor *tensor, Diag *diag) {
  if (!mapped_is(tensor) || tensor->buffer->give != give) return true;
  const Mapping *mapping = (const Mapping *)(const void *)tensor->buffer;
  const struct stat *then = &mapping->status;
  struct stat now;
  if (fstat(mapping->file, &now) == 0 && now.st_size == then->st_size &&
      now.st_mtim.tv_sec == then->st_mtim.tv_sec && now.st_mtim.tv_nsec == then->st_mtim.tv_nsec)
    return true;
  return fail_changed(mapping, diag);
}

void mapped_prefetch(const Tensor *tensor, size_t offset, size_t length) {
  uintptr_t page = page_size(), at = (uintptr_t)tensor_data(tensor) + offset,
            first = at & ~(page - 1);
  madvise((char *)tensor_data(tensor) + offset - (at - first), length + (at - first),
          MADV_WILLNEED);
}

/* ---- bytes ---- */

static bool is_packed(const FileParts *parts) {
  uint8_t first[2] = {0};
  Diag aside = {0};
  return !file_read_into(parts, 0, first, 2, &aside) || (first[0] == 0x1F && first[1] == 0x8B);
}

bool mapped_bytes(const Files *files, const char *path, MappedBytes *mapped, Diag *diag) {
  FileParts parts;
  *mapped = (MappedBytes){0};
  if (!file_open(files, path, &parts, diag)) return false;
  int64_t length = (int64_t)parts.length;
  mapped->tensor = (Tensor){.dtype = DTYPE_U8, .shape = shape_of(1, &length)};
  bool made = mapped_wanted(parts.length) && parts.file >= 0 && !is_packed(&parts) &&
              mapped_make(&parts, 0, &mapped->tensor);
  file_close(&parts);
  if (!made) return file_read_unpacked(files, path, &mapped->bytes, diag);
  mapped->bytes = (Bytes){.data = tensor_data(&mapped->tensor), .length = (size_t)length};
  return true;
}

void mapped_bytes_free(MappedBytes *mapped) {
  if (mapped->tensor.buffer) tensor_release(&mapped->tensor);
  else bytes_free(&mapped->bytes);
  *mapped = (MappedBytes){0};
}
