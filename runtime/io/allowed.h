/* allowed.h — what a program may do with files: the one word of io that the whole of lang/ passes
 * on. */
#ifndef GD_RUNTIME_IO_ALLOWED_H
#define GD_RUNTIME_IO_ALLOWED_H

#include <stdint.h>

typedef struct Files {
  const char *root; /* no file outside this folder; NULL: anywhere.  Borrowed */
  int64_t unpacked; /* the most bytes a compressed file may unpack to; 0: FILE_UNPACKED_MOST */
  bool silent;      /* nothing is written: another process of the program does it */
} Files;

#endif
