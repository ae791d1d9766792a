/* file.h — whole files: read all of one, or replace one so that no reader sees half of it.
 *
 * What may be read is a regular file, or `-`, standard input, which is kept: reading it again gives
 * the same bytes.  A folder, a pipe, a device
 * is refused with status 66 before a byte is read, so that nothing hangs.  What is written
 * goes to a temporary name beside the target, is synced, and renamed over it: an error or a
 * kill at any moment leaves the old file or the new one.
 *
 * `Files` says what a program may touch: with a root, no path leads out of it (status 77),
 * whatever links stand on the way; the check is made on the opened file, not on its name.
 *
 * Mistakes in a file's contents are reported with the place in it: `file_fail_byte`,
 * `file_fail_line`.  Both show the path with control bytes escaped, cut where it is long.
 */
#ifndef GD_RUNTIME_IO_FILE_H
#define GD_RUNTIME_IO_FILE_H

#include "runtime/base/stop.h"
#include "runtime/io/allowed.h"

enum { FILE_UNPACKED_MOST = 256 << 20, FILE_PATH_MOST = 4095 };

typedef struct Bytes {
  uint8_t *data; /* owned, with a NUL behind that is not counted */
  size_t length;
  size_t reserved; /* bytes counted against the budget */
} Bytes;

/* Is this string a path at all: not empty, no NUL inside, not too long?  (65) */
bool file_path_check(const char *path, size_t length, Diag *diag);

/* Returns new bytes: the whole file.  66 missing or not a regular file, 71 budget, 74 failed while
 * reading, 77 root. */
bool file_read(const Files *files, const char *path, Bytes *bytes, Diag *diag);
/* The same, and unpacked if it is gzip (recognized by its first bytes): every member, checked,
 * within the limit. */
bool file_read_unpacked(const Files *files, const char *path, Bytes *bytes, Diag *diag);
/* Returns new bytes: the first `most` bytes of the (unpacked) file, or all of a shorter one. */
bool file_read_head(const Files *files, const char *path, size_t most, Bytes *bytes, Diag *diag);
void bytes_free(Bytes *bytes);
/* The next line of standard input with its line end, borrowed until the next call; of length 0 at
 * the end, and after `-` was read, which takes all that lines left. */
bool file_input_line(const char **line, size_t *length, Diag *diag);
/* Forgets what was kept of it, at the end of a session; what comes is read on. */
void file_input_end(void);
/* Reading and writing end early when a stop is wanted (stop.h): 130. */

/* A file opened to be read in parts, each straight to where it belongs: so elements get to their
 * tensor without being in memory twice.  Standard input, and what does not tell its size, is read
 * whole when it is opened. */
typedef struct FileParts {
  int file;         /* descriptor; -1: `whole` holds all */
  const char *path; /* borrowed, for messages */
  size_t length;    /* of the file when it was opened */
  Bytes whole;
} FileParts;
/* as file_read */
bool file_open(const Files *files, const char *path, FileParts *parts, Diag *diag);
/* within the length; 74: it changed or cannot be read */
bool file_read_into(const FileParts *parts, size_t offset, void *into, size_t length, Diag *diag);
/* returns new bytes */
bool file_read_part(const FileParts *parts, size_t offset, size_t length, Bytes *bytes, Diag *diag);
void file_close(FileParts *parts); /* fine on one that was not opened */

/* Does the opened file lie inside the root?  Else 77. */
bool file_allowed(const Files *files, int descriptor, const char *path, Diag *diag);

/* Is there a regular file that may be read?  false with a filled Diag only where the root forbids
 * it; with status 0 it is just not there. */
bool file_exists(const Files *files, const char *path, Diag *diag);

/* Replaces the file in one step.  73 cannot be created, 74 writing failed (the old file is
 * untouched), 77 root. */
bool file_write(const Files *files, const char *path, const void *data, size_t length, Diag *diag);
/* Adds at the end of a file, which is made where there is none.  The same statuses. */
bool file_append(const Files *files, const char *path, const void *data, size_t length, Diag *diag);
/* Could it be written?  Makes the temporary file and removes it: asked before hours of training,
 * not after. */
bool file_check_writable(const Files *files, const char *path, Diag *diag);

/* Writing in pieces: open, add…, then close (which puts it in place) or abandon. */
typedef struct Writer {
  int folder;       /* descriptor of the target's resolved folder */
  int file;         /* descriptor of the temporary file; -1: not open */
  char *path;       /* as the caller wrote it, for messages; owned */
  char *name;       /* in the folder; owned */
  char *temporary;  /* in the folder; owned */
  uint8_t *pending; /* bytes not handed to the system yet; owned */
  size_t filled;    /* of them */
  bool silent;      /* nothing is written (Files) */
} Writer;

bool writer_open(Writer *writer, const Files *files, const char *path, Diag *diag);
bool writer_add(Writer *writer, const void *data, size_t length, Diag *diag);
/* always ends the writer */
bool writer_close(Writer *writer, Diag *diag);
/* and the old file lives on as NAME + suffix */
bool writer_close_keeping(Writer *writer, const char *suffix, Diag *diag);
/* removes the temporary file; fine on a closed one */
void writer_abandon(Writer *writer);

/* A lock file PATH.lock, held until released or the process ends (F13).  75 names the holder. */
typedef struct FileLock {
  int folder, file; /* descriptors; -1: not held */
  char *name;       /* owned */
} FileLock;

bool file_lock(FileLock *lock, const Files *files, const char *path, Diag *diag);
/* fine on one that is not held (zeroed: call only after file_lock) */
void file_unlock(FileLock *lock);

/* Fill a Diag of status 65 with a place in a data file and give false. */
bool file_fail_byte(Diag *diag, const char *path, int64_t byte, const char *format, ...)
    PRINTF_LIKE(4, 5);
bool file_fail_line(Diag *diag, const char *path, int64_t line, int64_t column, const char *format,
                    ...) PRINTF_LIKE(5, 6);
/* Fills one with another status, the path as the place. */
bool file_fail(Diag *diag, int status, const char *path, const char *format, ...) PRINTF_LIKE(4, 5);

/* What a file that is not what it should be looks like, by its first bytes: "a PNG image", or NULL.
 */
const char *file_guess_format(const uint8_t *data, size_t length);
/* Adds how such a file is read, if there is a way; gives false.  `what` may be NULL. */
bool file_help_format(Diag *diag, const char *what);

#endif
