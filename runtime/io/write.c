/* write.c — replacing a file so that no reader ever sees half of one.
 *
 * The order of the steps matters: a temporary file beside the target (the same file system, so a
 * rename is one step), all bytes, fsync of the file, rename, fsync of the folder.  Whatever fails
 * before the rename leaves the old file as it was and removes the temporary one; a failed fsync is
 * never tried again, since the kernel may have dropped the pages and say yes the second time.
 *
 * A target that is a symbolic link is replaced where it points to, so the link stays.  The
 * folder is opened once, checked against the root, and everything goes through its
 * descriptor: renaming folders under our feet changes nothing.
 *
 * The temporary file is NAME.tmp.PID, locked while its writer lives.  Those of runs that died are
 * removed by the next writer of the same target, when the lock is free *and* no process has that
 * number.
 */

#include "runtime/base/stop.h"
#include "runtime/io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef GD_HARSH
enum { PENDING_MOST = 5 }; /* bytes gathered before they are written */
#else
enum { PENDING_MOST = 1 << 18 };
#endif
enum { PIECE = 8 << 20 }; /* most bytes handed over between two checks for an interrupt */
enum { NAME_STEM_MOST = 200, LINKS_MOST = 40 };

static const char TEMPORARY[] = ".tmp.";

/* ---- where a path leads ---- */

/* Follows symbolic links from `path`, so that the target's folder and name are those of the file
 * itself.  False: a loop of links, or a name too long. */
static bool follow_links(const char *path, char resolved[PATH_MAX]) {
  if (snprintf(resolved, PATH_MAX, "%s", path) >= PATH_MAX) return false;
  for (int links = 0; links < LINKS_MOST; links++) {
    char link[PATH_MAX], next[PATH_MAX];
    ssize_t length = readlink(resolved, link, sizeof link - 1);
    if (length < 0) return true; /* not a link, or not there */
    link[length] = 0;
    char *slash = strrchr(resolved, '/');
    int folder = link[0] == '/' || !slash ? 0 : (int)(slash - resolved + 1);
    if (snprintf(next, sizeof next, "%.*s%s", folder, resolved, link) >= (int)sizeof next)
      return false;
    memcpy(resolved, next, sizeof next);
  }
  errno = ELOOP;
  return false;
}

static bool fail_create(const char *path, int error, Diag *diag) {
  int status = error == EMFILE || error == ENFILE || error == ENOMEM ? STATUS_MEMORY
               : error == EIO || error == ENOSPC || error == EDQUOT  ? STATUS_IO
                                                                     : STATUS_CREATE;
  return file_fail(diag, status, path, "cannot be written: %s", strerror(error));
}

/* Opens the folder that `path` leads to and gives the name in it (new). */
static bool open_folder(const Files *files, const char *path, int *folder, char **name,
                        Diag *diag) {
  char resolved[PATH_MAX];
  if (!file_path_check(path, strlen(path), diag)) return false;
  if (!follow_links(path, resolved))
    return file_fail(diag, STATUS_CREATE, path,
                     "cannot be written: too many symbolic links, or too long a name");
  char *slash = strrchr(resolved, '/');
  const char *last = slash ? slash + 1 : resolved;
  if (!*last || strcmp(last, ".") == 0 || strcmp(last, "..") == 0)
    return file_fail(diag, STATUS_CREATE, path, "cannot be written: this names a folder");
  *name = mem_text(last, strlen(last));
  if (slash) slash[slash == resolved ? 1 : 0] = 0;
  *folder = open(slash ? resolved : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int error = errno;
  if (*folder >= 0 && file_allowed(files, *folder, path, diag)) return true;
  if (*folder < 0) fail_create(path, error, diag);
  else close(*folder);
  mem_free(*name);
  *name = NULL;
  *folder = -1;
  return false;
}

/* ---- the temporary file ---- */

/* Removes NAME.tmp.PID, NAME.tmp.PID.link and their like of processes that are no more. */
static void remove_stale(int folder, const char *stem, size_t stem_length) {
  int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *list = copy < 0 ? NULL : fdopendir(copy);
  if (!list) {
    if (copy >= 0) close(copy);
    return;
  }
  for (struct dirent *entry = readdir(list); entry; entry = readdir(list)) {
    if (strncmp(entry->d_name, stem, stem_length) != 0) continue;
    char *end = NULL;
    long process = strtol(entry->d_name + stem_length, &end, 10);
    if (process <= 0 || (*end && *end != '.') || process == (long)getpid() ||
        kill((pid_t)process, 0) == 0 || errno != ESRCH)
      continue;
    int file = openat(folder, entry->d_name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0) continue;
    if (flock(file, LOCK_EX | LOCK_NB) == 0) unlinkat(folder, entry->d_name, 0);
    close(file);
  }
  closedir(list);
}

/* What stands there now must be a regular file or nothing; its rights go over to the new one. */
static bool check_target(const Writer *writer, mode_t *mode, Diag *diag) {
  struct stat old;
  *mode = 0;
  if (fstatat(writer->folder, writer->name, &old, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT || fail_create(writer->path, errno, diag);
  if (S_ISDIR(old.st_mode))
    return file_fail(diag, STATUS_CREATE, writer->path,
                     "cannot be written: a folder of that name is there");
  if (!S_ISREG(old.st_mode))
    return file_fail(diag, STATUS_CREATE, writer->path,
                     "cannot be written: what is there is not a regular file");
  if (faccessat(writer->folder, writer->name, W_OK, AT_EACCESS) != 0)
    return fail_create(writer->path, errno, diag);
  *mode = old.st_mode & 07777;
  return true;
}

static bool open_temporary(Writer *writer, Diag *diag) {
  mode_t mode = 0;
  if (!check_target(writer, &mode, diag)) return false;
  char stem[NAME_STEM_MOST + 16], name[NAME_STEM_MOST + 64];
  int length = snprintf(stem, sizeof stem, "%.*s%s", NAME_STEM_MOST, writer->name, TEMPORARY);
  remove_stale(writer->folder, stem, (size_t)length);
  for (int attempt = 0; attempt < 100 && writer->file < 0; attempt++) {
    if (attempt) snprintf(name, sizeof name, "%s%ld.%d", stem, (long)getpid(), attempt);
    else snprintf(name, sizeof name, "%s%ld", stem, (long)getpid());
    writer->file = openat(writer->folder, name,
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (writer->file < 0 && errno != EEXIST) return fail_create(writer->path, errno, diag);
  }
  if (writer->file < 0) return fail_create(writer->path, EEXIST, diag);
  writer->temporary = mem_text(name, strlen(name));
  flock(writer->file, LOCK_EX | LOCK_NB); /* best effort: it only tells a cleaner that we live */
  if (mode) fchmod(writer->file, mode);
  return true;
}

/* ---- the writer ---- */

bool writer_open(Writer *writer, const Files *files, const char *path, Diag *diag) {
  *writer = (Writer){.folder = -1, .file = -1};
  if (!open_folder(files, path, &writer->folder, &writer->name, diag)) return false;
  writer->path = mem_text(path, strlen(path));
  writer->silent = files && files->silent;
  if (writer->silent || open_temporary(writer, diag)) {
    writer->pending = mem_alloc(PENDING_MOST);
    return true;
  }
  writer_abandon(writer);
  return false;
}

static void close_all(Writer *writer) {
  if (writer->file >= 0) close(writer->file);
  if (writer->folder >= 0) close(writer->folder);
  mem_free(writer->path);
  mem_free(writer->name);
  mem_free(writer->temporary);
  mem_free(writer->pending);
  *writer = (Writer){.folder = -1, .file = -1};
}

void writer_abandon(Writer *writer) {
  if (writer->temporary && writer->folder >= 0) unlinkat(writer->folder, writer->temporary, 0);
  close_all(writer);
}

static bool fail_write(const Writer *writer, int error, Diag *diag) {
  return file_fail(diag, STATUS_IO, writer->path, "writing failed: %s", strerror(error));
}

static bool write_all(const Writer *writer, const uint8_t *data, size_t length, Diag *diag) {
  if (writer->silent) return true;
  while (length) {
    if (stop_check(diag)) return false; /* the temporary file goes; what was there before stays */
    ssize_t written = write(writer->file, data, length < PIECE ? length : PIECE);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail_write(writer, written < 0 ? errno : EIO, diag);
    data += written;
    length -= (size_t)written;
  }
  return true;
}

static bool flush(Writer *writer, Diag *diag) {
  size_t filled = writer->filled;
  writer->filled = 0;
  return write_all(writer, writer->pending, filled, diag);
}

bool writer_add(Writer *writer, const void *data, size_t length, Diag *diag) {
  if (writer->filled + length > PENDING_MOST && !flush(writer, diag)) return false;
  if (length > PENDING_MOST / 2)
    return flush(writer, diag) && write_all(writer, data, length, diag);
  if (length) memcpy(writer->pending + writer->filled, data, length);
  writer->filled += length;
  return true;
}

/* Gives the file that is there a second name, so that the rename does not end it. */
static bool keep_old(const Writer *writer, const char *suffix, Diag *diag) {
  char kept[NAME_MAX + 64], link[NAME_MAX + 80];
  if (snprintf(kept, sizeof kept, "%s%s", writer->name, suffix) > NAME_MAX)
    return fail_create(writer->path, ENAMETOOLONG, diag);
  snprintf(link, sizeof link, "%s.link", writer->temporary);
  unlinkat(writer->folder, link, 0);
  if (linkat(writer->folder, writer->name, writer->folder, link, 0) == 0) {
    int error = renameat(writer->folder, link, writer->folder, kept) == 0 ? 0 : errno;
    /* still there too when `kept` was this very file: rename then does nothing */
    unlinkat(writer->folder, link, 0);
    return error == 0 || fail_create(writer->path, error, diag);
  }
  if (errno == ENOENT) return true; /* there was none */
  /* A file system without hard links: the old file is away for the moment between two renames, but
   * under `kept`. */
  if (renameat(writer->folder, writer->name, writer->folder, kept) == 0) return true;
  return fail_create(writer->path, errno, diag);
}

/* A signal that interrupts is no failure of the disk; any other error is final. */
static int sync_file(int file) {
  int code;
  do code = fsync(file);
  while (code != 0 && errno == EINTR);
  return code;
}

static bool put_in_place(Writer *writer, const char *suffix, Diag *diag) {
  if (!flush(writer, diag)) return false;
  if (writer->silent) return true;
  if (sync_file(writer->file) != 0) return fail_write(writer, errno, diag);
  int file = writer->file;
  writer->file = -1;
  if (close(file) != 0 && errno != EINTR) return fail_write(writer, errno, diag);
  if (suffix && !keep_old(writer, suffix, diag)) return false;
  if (renameat(writer->folder, writer->temporary, writer->folder, writer->name) != 0)
    return fail_write(writer, errno, diag);
  mem_free(writer->temporary); /* renamed already: nothing to remove if the last step fails */
  writer->temporary = NULL;
  if (sync_file(writer->folder) != 0 && errno != EINVAL && errno != EROFS)
    return fail_write(writer, errno, diag);
  return true;
}

bool writer_close_keeping(Writer *writer, const char *suffix, Diag *diag) {
  bool good = put_in_place(writer, suffix, diag);
  writer_abandon(writer);
  return good;
}

bool writer_close(Writer *writer, Diag *diag) { return writer_close_keeping(writer, NULL, diag); }

bool file_write(const Files *files, const char *path, const void *data, size_t length, Diag *diag) {
  Writer writer;
  if (!writer_open(&writer, files, path, diag)) return false;
  if (writer_add(&writer, data, length, diag)) return writer_close(&writer, diag);
  writer_abandon(&writer);
  return false;
}

/* What stands there stays, and so it does when the addition fails half-way. */
static bool append_all(Writer *writer, const void *data, size_t length, Diag *diag) {
  mode_t mode;
  struct stat before;
  if (!check_target(writer, &mode, diag)) return false;
  writer->file = openat(writer->folder, writer->name,
                        O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
  if (writer->file < 0 || fstat(writer->file, &before) != 0)
    return fail_create(writer->path, errno, diag);
  if (write_all(writer, data, length, diag)) return true;
  if (ftruncate(writer->file, before.st_size) != 0) return false; /* reported already */
  return false;
}

bool file_append(const Files *files, const char *path, const void *data, size_t length,
                 Diag *diag) {
  Writer writer = {.folder = -1, .file = -1};
  if (!open_folder(files, path, &writer.folder, &writer.name, diag)) return false;
  writer.path = mem_text(path, strlen(path));
  bool fine = (files && files->silent) || append_all(&writer, data, length, diag);
  close_all(&writer);
  return fine;
}

bool file_check_writable(const Files *files, const char *path, Diag *diag) {
  Writer writer;
  if (!writer_open(&writer, files, path, diag)) return false;
  writer_abandon(&writer);
  return true;
}

/* ---- locks ---- */

/* Reports who holds the lock, from what the holder wrote into it. */
static bool fail_busy(const FileLock *lock, const char *path, Diag *diag) {
  char holder[64];
  ssize_t length = pread(lock->file, holder, sizeof holder - 1, 0);
  holder[length > 0 ? length : 0] = 0;
  char *end = NULL;
  long process = strtol(holder, &end, 10);
  if (process > 0 && end != holder)
    return file_fail(diag, STATUS_BUSY, path, "another run uses it: process %ld", process);
  return file_fail(diag, STATUS_BUSY, path, "another run uses it");
}

/* The file that was locked is still the one of that name: its last holder may have removed it
 * meanwhile. */
static bool still_there(const FileLock *lock) {
  struct stat held, named;
  return fstat(lock->file, &held) == 0 &&
         fstatat(lock->folder, lock->name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

static bool take_lock(FileLock *lock, const char *path, Diag *diag) {
  for (int attempt = 0; attempt < 100; attempt++) {
    lock->file = openat(lock->folder, lock->name,
                        O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    if (lock->file < 0) return fail_create(path, errno, diag);
    if (flock(lock->file, LOCK_EX | LOCK_NB) != 0)
      return errno == EWOULDBLOCK ? fail_busy(lock, path, diag) : fail_create(path, errno, diag);
    if (still_there(lock)) return true;
    close(lock->file);
    lock->file = -1;
  }
  return fail_create(path, EBUSY, diag);
}

bool file_lock(FileLock *lock, const Files *files, const char *path, Diag *diag) {
  *lock = (FileLock){.folder = -1, .file = -1};
  if (files && files->silent) return true; /* held by the process that writes */
  char *name = NULL;
  if (!open_folder(files, path, &lock->folder, &name, diag)) return false;
  size_t room = strlen(name) + sizeof ".lock";
  lock->name = mem_alloc(room);
  snprintf(lock->name, room, "%s.lock", name);
  mem_free(name);
  if (take_lock(lock, path, diag)) {
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    /* held all the same, only namelessly */
    if (ftruncate(lock->file, 0) != 0 || pwrite(lock->file, text, (size_t)length, 0) < 0)
      return true;
    return true;
  }
  if (lock->file >= 0) close(lock->file);
  close(lock->folder);
  mem_free(lock->name);
  *lock = (FileLock){.folder = -1, .file = -1};
  return false;
}

void file_unlock(FileLock *lock) {
  if (lock->file >= 0) {
    /* while it is held, so that nobody can lock a name that is gone */
    unlinkat(lock->folder, lock->name, 0);
    close(lock->file);
  }
  if (lock->folder >= 0) close(lock->folder);
  mem_free(lock->name);
  *lock = (FileLock){.folder = -1, .file = -1};
}
