/* library_file.c — looks up a standard name in the index made by stdlib/index.awk.
 *
 * The generated file has two tables: the library's texts and, sorted by bytes, the names declared
 * in them.  A lookup is a binary search over some two hundred entries; nothing is built at
 * start-up.
 */
#include "lang/names/library_file.h"

#include <string.h>

/* Searches LIBRARY_ENTRIES from `low` to before `high`. */
static int entry_of(const char *name, int low, int high) {
  while (low < high) {
    int middle = low + (high - low) / 2;
    int order = strcmp(name, LIBRARY_ENTRIES[middle].name);
    if (order == 0) return middle;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return -1;
}

int library_file_entry(const char *name) { return entry_of(name, 0, LIBRARY_ENTRY_COUNT); }

int library_file_shared(const char *name) {
  return entry_of(name, LIBRARY_ENTRY_COUNT, library_file_entries());
}

const LibraryFile *library_file_find(const char *name) {
  int entry = library_file_entry(name);
  return entry < 0 ? NULL : &LIBRARY_FILES[LIBRARY_ENTRIES[entry].file];
}

int library_file_names(void) { return LIBRARY_ENTRY_COUNT; }

int library_file_entries(void) { return LIBRARY_ENTRY_COUNT + LIBRARY_SHARED_COUNT; }

const char *library_file_name(int index) {
  return index >= 0 && index < LIBRARY_ENTRY_COUNT ? LIBRARY_ENTRIES[index].name : NULL;
}

int library_file_count(void) { return LIBRARY_FILE_COUNT; }

bool library_file_named(const char *path) {
  const size_t length = strlen(path);
  for (int i = 0; i < LIBRARY_FILE_COUNT; i++) {
    const size_t own = strlen(LIBRARY_FILES[i].path);
    if (own > length || strcmp(path + length - own, LIBRARY_FILES[i].path) != 0) continue;
    if (own == length || path[length - own - 1] == '/') return true;
  }
  return false;
}

const LibraryFile *library_file_at(int index) {
  return index >= 0 && index < LIBRARY_FILE_COUNT ? &LIBRARY_FILES[index] : NULL;
}
