/* library_file_test.c — each name of the library stands on the lines that its index gives it. */
#include "lang/names/library_file.h"
#include "tests/lang/running.h"

#include <stdio.h>

/* A session of its own for each, so that nothing else of its file is there. */
Test(library_file, each_name_alone) {
  cr_assert(library_file_names() > 100);
  for (int i = 0; i < library_file_names(); i++) {
    char text[200];
    snprintf(text, sizeof text, "let of = %s\nprint(1)", library_file_name(i));
    prints(text, "1\n");
  }
}

static int lines_of(const char *name) {
  int entry = library_file_entry(name);
  cr_assert_geq(entry, 0, "%s", name);
  return LIBRARY_ENTRIES[entry].range_count;
}

/* A private function comes with those that it uses itself, and only with who uses it. */
Test(library_file, private_ones_come_along) {
  cr_assert_eq(lines_of("GD"), 1);
  cr_assert_eq(lines_of("AdamW"), 2); /* _decay */
  cr_assert_gt(lines_of("cross_entropy"), 3);
  cr_assert_eq(library_file_entry("_decay"), -1);
  cr_assert_eq(library_file_entry("no_such_name"), -1);
}

/* A private function of another file is loaded as a public name is, and is not among those. */
Test(library_file, shared_ones_stand_alone) {
  cr_assert_geq(library_file_shared("_armijo"), library_file_names());
  cr_assert_eq(library_file_entry("_armijo"), -1);
  cr_assert_eq(library_file_shared("_wolfe"), -1); /* its file alone uses it */
  cr_assert_eq(library_file_shared("GD"), -1);
  cr_assert_eq(lines_of("Newton"), 4); /* _curved, _below_saddle, _first_step; not _armijo */
  for (int i = 0; i < library_file_names(); i++) cr_assert_neq(library_file_name(i)[0], '_');
}

/* An editor opens a copy of a file of the library, which uses names of others. */
Test(library_file, copies_are_known_by_path) {
  cr_assert(library_file_named("stdlib/newton.gd"));
  cr_assert(library_file_named("cache/gd/0.1.0/stdlib/newton.gd"));
  cr_assert_not(library_file_named("newton.gd"));
  cr_assert_not(library_file_named("mystdlib/newton.gd"));
  cr_assert_not(library_file_named(""));
}

Test(library_file, ranges_are_whole_lines) {
  for (int i = 0; i < library_file_entries(); i++) {
    const LibraryEntry *entry = &LIBRARY_ENTRIES[i];
    const LibraryFile *file = library_file_at(entry->file);
    uint32_t last = 0;
    for (int k = 0; k < entry->range_count; k++) {
      const TextRange range = entry->ranges[k];
      cr_assert(range.from >= last && range.to > range.from && range.to <= file->length);
      cr_assert(range.from == 0 || file->text[range.from - 1] == '\n');
      cr_assert_eq(file->text[range.to - 1], '\n');
      last = range.to;
    }
  }
}
