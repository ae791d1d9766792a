/* shelf.c — looks up a standard name in the index made by stdlib/index.awk.
 *
 * The generated file has two tables: the library's texts and, sorted by bytes, the names declared
 * in them.  A lookup is a binary search over some two hundred entries; nothing is built at
 * start-up.
 */
#include "lang/names/shelf.h"

#include <string.h>

const ShelfFile *shelf_find(const char *name) {
  int low = 0;
  int high = SHELF_ENTRY_COUNT;
  while (low < high) {
    int middle = low + (high - low) / 2;
    int order = strcmp(name, SHELF_ENTRIES[middle].name);
    if (order == 0) return &SHELF_FILES[SHELF_ENTRIES[middle].file];
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return NULL;
}

int shelf_count(void) { return SHELF_ENTRY_COUNT; }

const char *shelf_name(int index) {
  return index >= 0 && index < SHELF_ENTRY_COUNT ? SHELF_ENTRIES[index].name : NULL;
}

int shelf_file_count(void) { return SHELF_FILE_COUNT; }

const ShelfFile *shelf_file(int index) {
  return index >= 0 && index < SHELF_FILE_COUNT ? &SHELF_FILES[index] : NULL;
}
