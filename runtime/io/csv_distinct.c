/* csv_distinct.c — the distinct texts of one column.
 *
 * A hash table of codes beside the texts, and before it the last short texts by their bytes.  The
 * seed differs from run to run, so that no file can be crafted to cause collisions; codes do not
 * depend on it.
 */
#include "runtime/io/csv_distinct.h"

#include <stdlib.h>
#include <string.h>

#ifdef GD_HARSH
enum { SLOTS_FIRST = 2 }; /* of the table of distinct texts */
#else
enum { SLOTS_FIRST = 64 };
#endif

static int64_t find_slot(const CsvDistinct *distinct, const char *text, size_t length) {
  static int here; /* its address is the seed */
  uint64_t hash = hash_bytes(text, length, (uint64_t)(uintptr_t)&here);
  int64_t slot = (int64_t)(hash & (uint64_t)(distinct->slot_count - 1));
  for (; distinct->slots[slot]; slot = (slot + 1) & (distinct->slot_count - 1)) {
    const char *other = distinct->texts[distinct->slots[slot] - 1];
    if (strncmp(other, text, length) == 0 && other[length] == 0) break;
  }
  return slot;
}

static void grow_slots(CsvDistinct *distinct) {
  mem_free(distinct->slots);
  distinct->slot_count = distinct->slot_count ? distinct->slot_count * 2 : SLOTS_FIRST;
  distinct->slots = mem_zero((size_t)distinct->slot_count * sizeof *distinct->slots);
  for (int64_t i = 0; i < distinct->count; i++)
    distinct->slots[find_slot(distinct, distinct->texts[i], strlen(distinct->texts[i]))] =
        (int32_t)(i + 1);
}

/* The bytes of a short text as one number; 0 where it is long, or has quotes inside. */
static uint64_t word_of(const CsvCell *cell) {
  uint64_t word = 0;
  if (cell->length > sizeof word || cell->doubled) return 0;
  for (size_t i = 0; i < cell->length; i++) word = word << 8 | (unsigned char)cell->text[i];
  return word;
}

static int32_t find_or_add(CsvDistinct *distinct, Arena *arena, const CsvCell *cell, bool add) {
  if (distinct->count * 2 >= distinct->slot_count) grow_slots(distinct);
  const char *text = cell->text;
  size_t length = cell->length;
  Arena scratch = {0};
  if (cell->doubled) text = csv_text_copy(&scratch, cell, &length);
  int64_t slot = find_slot(distinct, text, length);
  int32_t code = distinct->slots[slot] - 1;
  if (code < 0 && add) {
    if (distinct->count == distinct->capacity) {
      distinct->capacity = distinct->capacity ? distinct->capacity * 2 : 16;
      distinct->texts = mem_grow(distinct->texts,
                                 (size_t)distinct->capacity * sizeof *distinct->texts);
    }
    distinct->texts[distinct->count] = arena_text(arena, text, length);
    distinct->slots[slot] = (int32_t)++distinct->count;
    code = (int32_t)(distinct->count - 1);
  }
  if (cell->doubled) arena_free(&scratch);
  return code;
}

int32_t csv_distinct_code(CsvDistinct *distinct, Arena *arena, const CsvCell *cell, bool add) {
  uint64_t word = word_of(cell);
  if (!word) return find_or_add(distinct, arena, cell, add);
  if (!distinct->recent) distinct->recent = mem_zero(CSV_RECENT * sizeof *distinct->recent);
  CsvRecent *recent = &distinct->recent[(word * 0x9E3779B97F4A7C15u >> 32) % CSV_RECENT];
  if (recent->word == word) return recent->code;
  int32_t code = find_or_add(distinct, arena, cell, add);
  if (code >= 0) *recent = (CsvRecent){word, code};
  return code;
}

/* A text and its code in order of coming, for sorting. */
typedef struct Entry {
  char *text;
  int32_t code;
} Entry;

static int compare_entries(const void *a, const void *b) {
  return strcmp(((const Entry *)a)->text, ((const Entry *)b)->text);
}

int32_t *csv_distinct_sort(const CsvDistinct *distinct, const bool *used, char **names,
                           int64_t *count) {
  Entry *entries = mem_alloc((size_t)(distinct->count + 1) * sizeof *entries);
  int32_t *moved = mem_alloc((size_t)(distinct->count + 1) * sizeof *moved);
  *count = 0;
  for (int64_t i = 0; i < distinct->count; i++) {
    moved[i] = -1;
    if (used[i]) entries[(*count)++] = (Entry){distinct->texts[i], (int32_t)i};
  }
  qsort(entries, (size_t)*count, sizeof *entries, compare_entries);
  for (int64_t i = 0; i < *count; i++) {
    names[i] = entries[i].text;
    moved[entries[i].code] = (int32_t)i;
  }
  mem_free(entries);
  return moved;
}

void csv_distinct_free(CsvDistinct *distinct) {
  mem_free(distinct->texts);
  mem_free(distinct->slots);
  mem_free(distinct->recent);
  *distinct = (CsvDistinct){0};
}
