/* shelf.h — the standard library as it stands in the binary: texts, and which name is in which.
 *
 * The library is written in gd (stdlib/NAME.gd).  stdlib/index.awk turns those files into build/gen/stdlib.c: the
 * text of each, and a sorted index of the names they declare at top level.  So a name that a script
 * uses is looked up without reading any library text, and only the file that holds it is ever parsed: a script
 * that uses nothing of the library pays nothing for it.
 *
 * With GD_STDLIB=dir the module loader reads `dir/NAME.gd` instead of `text` (module.c); the index stays that of the
 * binary, so names added there need a rebuild, while changed bodies do not.
 */
#ifndef GD_LANG_SHELF_H
#define GD_LANG_SHELF_H

#include <stddef.h>

typedef struct ShelfFile {
  const char *path;  /* as errors show it: "stdlib/optimizers.gd" */
  const char *text;  /* the source, with a final NUL; in the binary, never freed */
  size_t length;     /* bytes of text */
} ShelfFile;

typedef struct ShelfEntry {
  const char *name;  /* declared at the top level of its file */
  int file;          /* index in SHELF_FILES */
} ShelfEntry;

/* The file that declares `name`; borrows; NULL when the library has no such name. */
const ShelfFile *shelf_find(const char *name);
int shelf_count(void);               /* names there are */
const char *shelf_name(int index);   /* in sorted order (bytes); NULL past the end */
int shelf_file_count(void);
const ShelfFile *shelf_file(int index); /* in order of path; NULL past the end */

/* Written by stdlib/index.awk. */
extern const ShelfFile SHELF_FILES[];
extern const int SHELF_FILE_COUNT;
extern const ShelfEntry SHELF_ENTRIES[];   /* sorted by name */
extern const int SHELF_ENTRY_COUNT;

#endif
