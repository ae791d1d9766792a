/* folder.c — see folder.h.  Each Criterion test is a process of its own, so the one path kept here
 * is that test's. */
#include "tests/runtime/io/folder.h"

#include "tests/tools/scratch.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static char made[SCRATCH_PATH];

void folder_make(void) {
  cr_assert(scratch_make(made, "test"));
  cr_assert_eq(chdir(made), 0);
}

/* Whether it removes or only counts what is in the working directory. */
static int walk(bool removing) {
  int count = 0;
  DIR *list = opendir(".");
  for (struct dirent *entry = readdir(list); entry; entry = readdir(list)) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    count++;
    if (!removing || unlink(entry->d_name) == 0 || chdir(entry->d_name) != 0) continue;
    walk(true);
    if (chdir("..") != 0 || rmdir(entry->d_name) != 0) break;
  }
  closedir(list);
  return count;
}

int folder_count(void) { return walk(false); }

void folder_clear(const char *path) {
  if (chdir(path) != 0) return;
  walk(true);
  if (chdir("/") == 0) rmdir(path);
}

void folder_remove(void) { folder_clear(made); }

void folder_put(const char *name, const void *bytes, size_t length) {
  FILE *file = fopen(name, "wb");
  cr_assert_not_null(file);
  cr_assert_eq(fwrite(bytes, 1, length, file), length);
  fclose(file);
}

size_t folder_get(const char *name, uint8_t *into, size_t most) {
  FILE *file = fopen(name, "rb");
  if (!file) return SIZE_MAX;
  size_t length = fread(into, 1, most, file);
  fclose(file);
  return length;
}

size_t folder_pack(const void *text, size_t size, uint8_t *into, size_t length, size_t room) {
  z_stream stream = {.next_in = (uint8_t *)(uintptr_t)text,
                     .avail_in = (unsigned)size,
                     .next_out = into + length,
                     .avail_out = (unsigned)(room - length)};
  deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
  cr_assert_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
  deflateEnd(&stream);
  return room - stream.avail_out;
}
