/* arena.c — memory that is freed all at once.
 *
 * A tree, a graph, a trace: thousands of small records with one lifetime.  An arena takes
 * them from chunks that double from 4 KiB to 1 MiB, so that a small program costs one
 * chunk and a large one few.  A record bigger than the next chunk gets a chunk of its own
 * size.  Memory is cleared as it is handed out by arena_alloc, not when a chunk is made, because
 * arena_reset keeps one chunk and its old contents for the next round.
 *
 * Addresses never move; there is no way to free one record.
 */
#include "runtime/base/base.h"

#include <string.h>

#ifdef GD_HARSH
enum { CHUNK_FIRST = 32, CHUNK_MOST = 128, CHUNK_KEPT = 4096 };
#else
enum { CHUNK_FIRST = 4096, CHUNK_MOST = 1 << 20, CHUNK_KEPT = 4 << 20 };
#endif

struct ArenaChunk {
  ArenaChunk *older; /* the one filled before */
  size_t capacity;   /* bytes behind this head */
  _Alignas(16) unsigned char bytes[];
};

static void add_chunk(Arena *arena, size_t needed) {
  size_t capacity = arena->chunk ? arena->chunk->capacity * 2 : CHUNK_FIRST;
  if (capacity > CHUNK_MOST) capacity = CHUNK_MOST;
  if (capacity < needed) capacity = needed;
  ArenaChunk *chunk = mem_alloc(sizeof *chunk + capacity);
  chunk->older = arena->chunk;
  chunk->capacity = capacity;
  arena->chunk = chunk;
  arena->used = 0;
}

void *arena_take(Arena *arena, size_t bytes) {
  size_t whole = (bytes + 15) & ~(size_t)15;
  /* too large: mem_alloc reports it */
  if (UNLIKELY(whole < bytes || whole > SIZE_MAX / 2)) whole = SIZE_MAX / 2;
  if (UNLIKELY(!arena->chunk || whole > arena->chunk->capacity - arena->used))
    add_chunk(arena, whole);
  void *memory = arena->chunk->bytes + arena->used;
  arena->used += whole;
  arena->total += whole;
  return memory;
}

void *arena_alloc(Arena *arena, size_t bytes) { return memset(arena_take(arena, bytes), 0, bytes); }

char *arena_text(Arena *arena, const char *text, size_t length) {
  char *copy = arena_alloc(arena, length + 1);
  if (length) memcpy(copy, text, length);
  return copy;
}

static void free_chunks(ArenaChunk *chunk) {
  while (chunk) {
    ArenaChunk *older = chunk->older;
    mem_free(chunk);
    chunk = older;
  }
}

void arena_reset(Arena *arena) {
  ArenaChunk *kept = arena->chunk;
  if (kept && kept->capacity <= CHUNK_KEPT) {
    free_chunks(kept->older);
    kept->older = NULL;
  } else {
    free_chunks(kept);
    kept = NULL;
  }
  *arena = (Arena){.chunk = kept};
}

void arena_free(Arena *arena) {
  free_chunks(arena->chunk);
  *arena = (Arena){0};
}
