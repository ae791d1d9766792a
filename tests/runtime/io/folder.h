/* folder.h — a folder of its own for each test of files: made at the start, removed with all in it
 * at the end. */
#ifndef GD_TESTS_RUNTIME_IO_FOLDER_H
#define GD_TESTS_RUNTIME_IO_FOLDER_H

#include "runtime/io/file.h"

void folder_make(void);   /* and goes into it: paths in tests are plain names.  For .init */
void folder_remove(void); /* for .fini */
void folder_clear(const char *path); /* removes a folder with all in it */
/* writes without the code under test */
void folder_put(const char *name, const void *bytes, size_t length);
/* bytes of a file; SIZE_MAX: it is not there */
size_t folder_get(const char *name, uint8_t *into, size_t most);
/* packs bytes as a gzip member behind the `length` at `into`, which has `room`; the new length */
size_t folder_pack(const void *text, size_t size, uint8_t *into, size_t length, size_t room);
int folder_count(void); /* files in the folder */

#endif
