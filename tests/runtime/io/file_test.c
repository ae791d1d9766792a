/* file_test.c — what is read, what is refused, gzip, the root, and replacing files. */
#include "tests/runtime/io/folder.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(file, .init = folder_make, .fini = folder_remove);

static const Files ANYWHERE = {0};

static int read_status(const Files *files, const char *path) {
  Bytes bytes;
  Diag diag = {0};
  if (!file_read(files, path, &bytes, &diag)) return diag.status;
  bytes_free(&bytes);
  return 0;
}

Test(file, reads_the_whole) {
  Bytes bytes;
  Diag diag;
  static char text[200001];
  memset(text, 'x', sizeof text);
  for (size_t length = 0; length <= sizeof text; length = length * 3 + 1) {
    folder_put("a", text, length);
    cr_assert(file_read(&ANYWHERE, "a", &bytes, &diag));
    cr_assert_eq(bytes.length, length);
    cr_assert_eq(bytes.data[length], 0);
    cr_assert_eq(memcmp(bytes.data, text, length), 0);
    bytes_free(&bytes);
    cr_assert(file_read_head(&ANYWHERE, "a", 10, &bytes, &diag));
    cr_assert_eq(bytes.length, length < 10 ? length : 10);
    bytes_free(&bytes);
  }
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(file, in_parts) {
  FileParts parts;
  Bytes bytes;
  Diag diag = {0};
  char into[4];
  folder_put("a", "head1234", 8);
  cr_assert(file_open(&ANYWHERE, "a", &parts, &diag));
  cr_assert_eq(parts.length, 8u);
  cr_assert(file_read_into(&parts, 4, into, 4, &diag));
  cr_assert_eq(memcmp(into, "1234", 4), 0);
  cr_assert(file_read_part(&parts, 1, 3, &bytes, &diag));
  cr_assert_str_eq((const char *)bytes.data, "ead");
  bytes_free(&bytes);
  folder_put("a", "head", 4); /* cut short while it is open */
  cr_assert_not(file_read_into(&parts, 4, into, 4, &diag));
  cr_assert_eq(diag.status, STATUS_IO);
  file_close(&parts);
  diag = (Diag){0};
  cr_assert_not(file_open(&ANYWHERE, "missing", &parts, &diag));
  cr_assert_eq(diag.status, STATUS_MISSING);
  file_close(&parts);
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(file, only_regular_files, .timeout = 600) {
  mkdir("folder", 0777);
  mkfifo("pipe", 0666);
  cr_assert_eq(symlink("loop", "loop"), 0);
  cr_assert_eq(symlink("nowhere", "dangling"), 0);
  int socket_file = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
  bind(socket_file, (struct sockaddr *)&address, sizeof address);
  static const char *const paths[] = {"folder",         "pipe",    "socket",    "loop",
                                      "dangling",       "missing", "/dev/zero", "/dev/null",
                                      "/proc/self/mem", "folder/", ".",         "~/x",
                                      "$HOME/x",        "|id",     "*"};
  for (int i = 0; i < COUNT_OF(paths); i++) {
    cr_assert_eq(read_status(&ANYWHERE, paths[i]), STATUS_MISSING, "%s", paths[i]);
    cr_assert_not(file_exists(&ANYWHERE, paths[i], NULL) && strncmp(paths[i], "/proc", 5) != 0,
                  "%s", paths[i]);
  }
}

Test(file, paths_that_are_none) {
  Diag diag;
  char path[FILE_PATH_MOST + 2];
  memset(path, 'a', sizeof path);
  cr_assert_not(file_path_check("", 0, &diag));
  cr_assert_not(file_path_check("a\0b", 3, &diag));
  cr_assert_not(file_path_check(path, FILE_PATH_MOST + 1, &diag));
  cr_assert(file_path_check(path, FILE_PATH_MOST, &diag));
  path[FILE_PATH_MOST + 1] = 0;
  cr_assert_eq(read_status(&ANYWHERE, path), STATUS_MALFORMED);
  cr_assert_eq(read_status(&ANYWHERE, ""), STATUS_MALFORMED);
}

Test(file, the_message_shows_the_path_safely) {
  Bytes bytes;
  Diag diag;
  cr_assert_not(file_read(&ANYWHERE, "a\x1b]0;%n\xff", &bytes, &diag));
  cr_assert_str_eq(diag.where, "a\\x1b]0;%n\\xff");
}

Test(file, the_budget_holds) {
  static char text[100000];
  folder_put("a", text, sizeof text);
  mem_budget(50000);
  cr_assert_eq(read_status(&ANYWHERE, "a"), STATUS_MEMORY);
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(file, the_root_cannot_be_left) {
  char here[PATH_MAX];
  cr_assert_not_null(getcwd(here, sizeof here));
  mkdir("in", 0777);
  folder_put("secret", "s", 1);
  folder_put("in/a", "a", 1);
  cr_assert_eq(symlink("../secret", "in/link"), 0);
  cr_assert_eq(symlink("in/a", "way_in"), 0);
  cr_assert_eq(symlink("/", "in/top"), 0);
  Files files = {.root = "in"};
  char absolute[PATH_MAX + 8];
  snprintf(absolute, sizeof absolute, "%s/in/a", here);
  cr_assert_eq(read_status(&files, "in/a"), 0);
  cr_assert_eq(read_status(&files, absolute), 0);
  cr_assert_eq(read_status(&files, "way_in"), 0);
  cr_assert_eq(read_status(&files, "in/missing"), STATUS_MISSING);
  static const char *const outside[] = {"secret",      "in/../secret",      "in/link",
                                        "/etc/passwd", "in/top/etc/passwd", "missing",
                                        "/nowhere/x",  "in/top/nowhere",    "/dev/zero"};
  Diag diag;
  for (int i = 0; i < COUNT_OF(outside); i++) {
    cr_assert_eq(read_status(&files, outside[i]), STATUS_POLICY, "%s", outside[i]);
    cr_assert_not(file_exists(&files, outside[i], &diag));
    cr_assert_eq(diag.status, STATUS_POLICY);
  }
  char beside[PATH_MAX + 8], around[PATH_MAX + 16];
  snprintf(beside, sizeof beside, "%s/new", here);
  snprintf(around, sizeof around, "in/top%s/new", here);
  const char *const targets[] = {"new", "in/link", "in/../new", beside, around};
  for (int i = 0; i < COUNT_OF(targets); i++) {
    cr_assert_not(file_write(&files, targets[i], "x", 1, &diag), "%s", targets[i]);
    cr_assert_eq(diag.status, STATUS_POLICY, "%s", targets[i]);
  }
  cr_assert(file_write(&files, "in/new", "x", 1, &diag));
  uint8_t byte[4];
  cr_assert(folder_get("secret", byte, 4) == 1 && byte[0] == 's');
}

/* ---- gzip ---- */

static int unpack_status(const uint8_t *bytes, size_t length, const char *expected) {
  Bytes out;
  Diag diag = {0};
  folder_put("z", bytes, length);
  if (!file_read_unpacked(&ANYWHERE, "z", &out, &diag)) {
    cr_assert_not_null(strstr(diag.where, "z: byte "), "%s: %s", diag.where, diag.message);
    return diag.status;
  }
  bool same = out.length == strlen(expected) && memcmp(out.data, expected, out.length) == 0;
  bytes_free(&out);
  return same ? 0 : -1;
}

/* The local header of a zip entry of this name. */
static size_t put_entry(uint8_t *at, const char *name) {
  memset(at, 'x', 30);
  memcpy(at, "PK\x03\x04", 4);
  at[26] = (uint8_t)strlen(name), at[27] = 0;
  memcpy(at + 30, name, strlen(name));
  return 30 + strlen(name);
}

/* By its first entries that tell, however often the file is cut. */
Test(file, what_a_zip_holds) {
  static const struct {
    const char *first, *second, *words, *help;
  } zips[] = {{"W.npy", "b.npy", "NPZ", "npz(path)"},
              {"net/data.pkl", "net/data/0", "PyTorch", "safetensors.torch.save_file"},
              {"net/.format_version", "net/data.pkl", "PyTorch", "safetensors.torch.save_file"},
              {"[Content_Types].xml", "xl/workbook.xml", "Excel", "CSV"},
              {"_rels/.rels", "xl/workbook.xml", "Excel", "CSV"},
              {"a.txt", "b.txt", "a zip archive", ""}};
  for (int i = 0; i < COUNT_OF(zips); i++) {
    uint8_t bytes[200];
    size_t length = put_entry(bytes, zips[i].first);
    length += put_entry(bytes + length, zips[i].second);
    const char *what = file_guess_format(bytes, length);
    Diag diag = {0};
    file_help_format(&diag, what);
    cr_assert(strstr(what, zips[i].words), "%s", what);
    cr_assert(strstr(diag.help, zips[i].help), "%s", diag.help);
    for (size_t cut = 4; cut < length; cut++) cr_assert(file_guess_format(bytes, cut));
  }
}

Test(file, gzip_members) {
  uint8_t packed[500];
  size_t one = folder_pack("hello ", 6, packed, 0, sizeof packed),
         two = folder_pack("", 0, packed, one, sizeof packed),
         three = folder_pack("world", 5, packed, two, sizeof packed);
  cr_assert_eq(unpack_status(packed, one, "hello "), 0);
  cr_assert_eq(unpack_status(packed, three, "hello world"), 0);
  cr_assert_eq(unpack_status((const uint8_t *)"plain", 5, "plain"), 0);
  packed[three] = 0;
  cr_assert_eq(unpack_status(packed, three + 1, ""), STATUS_MALFORMED);
  for (size_t cut = 2; cut < three; cut++)
    if (cut != one && cut != two)
      cr_assert_eq(unpack_status(packed, cut, ""), STATUS_MALFORMED, "cut at %zu", cut);
  uint8_t inside[500];
  cr_assert_eq(unpack_status(inside, folder_pack(packed, three, inside, 0, sizeof inside), ""),
               STATUS_MALFORMED);
}

/* A flipped bit is refused, or, in the six bytes of time and system that mean nothing to us,
 * changes nothing. */
Test(file, gzip_flips) {
  uint8_t packed[200];
  size_t length = folder_pack("some text, some text", 20, packed, 0, sizeof packed);
  for (size_t bit = 16; bit < length * 8; bit++) {
    packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    int status = unpack_status(packed, length, "some text, some text");
    cr_assert(status == STATUS_MALFORMED || status == 0, "bit %zu of byte %zu gave %d", bit % 8,
              bit / 8, status);
    packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
}

Test(file, gzip_bombs_meet_the_limit) {
  static uint8_t zeros[1 << 20], packed[20000];
  size_t length = folder_pack(zeros, sizeof zeros, packed, 0, sizeof packed);
  folder_put("z", packed, length);
  Bytes out;
  Diag diag;
  Files files = {.unpacked = (1 << 20) - 1};
  cr_assert_not(file_read_unpacked(&files, "z", &out, &diag));
  cr_assert_eq(diag.status, STATUS_MALFORMED);
  cr_assert_not_null(strstr(diag.message, "1048575"), "%s", diag.message);
  cr_assert_not_null(strstr(diag.where, "z: byte "), "%s", diag.where);
  files.unpacked = 1 << 20;
  cr_assert(file_read_unpacked(&files, "z", &out, &diag));
  cr_assert_eq(out.length, sizeof zeros);
  bytes_free(&out);
  cr_assert(file_read_head(&files, "z", 16, &out, &diag));
  cr_assert_eq(out.length, 16u);
  bytes_free(&out);
  cr_assert_eq(mem_used_bytes(), 0u);
}

/* ---- writing ---- */

static void check_holds(const char *path, const char *expected) {
  uint8_t bytes[64] = {0};
  size_t length = folder_get(path, bytes, sizeof bytes);
  cr_assert_eq(length, strlen(expected), "%s", path);
  cr_assert_eq(memcmp(bytes, expected, length), 0);
}

Test(file, replaces_and_leaves_nothing_else) {
  Diag diag;
  cr_assert(file_write(&ANYWHERE, "a", "one", 3, &diag));
  check_holds("a", "one");
  chmod("a", 0640);
  cr_assert(file_write(&ANYWHERE, "a", "other", 5, &diag));
  check_holds("a", "other");
  struct stat status;
  stat("a", &status);
  cr_assert_eq(status.st_mode & 0777, 0640u);
  cr_assert(file_check_writable(&ANYWHERE, "b", &diag));
  cr_assert_eq(folder_count(), 1);
}

Test(file, a_link_is_replaced_where_it_points) {
  Diag diag;
  mkdir("real", 0777);
  folder_put("real/a", "old", 3);
  cr_assert_eq(symlink("real/a", "link"), 0);
  cr_assert(file_write(&ANYWHERE, "link", "new", 3, &diag));
  check_holds("real/a", "new");
  struct stat status;
  lstat("link", &status);
  cr_assert(S_ISLNK(status.st_mode));
  cr_assert_eq(symlink("real/b", "link2"), 0);
  cr_assert(file_write(&ANYWHERE, "link2", "b", 1, &diag));
  check_holds("real/b", "b");
}

Test(file, what_cannot_be_written, .timeout = 600) {
  Diag diag;
  mkdir("folder", 0777);
  mkfifo("pipe", 0666);
  cr_assert_eq(symlink("loop", "loop"), 0);
  static const char *const paths[] = {"folder",  "folder/", "pipe", "missing/a", "/dev/full",
                                      "/proc/a", "loop",    ".",    "..",        "/"};
  for (int i = 0; i < COUNT_OF(paths); i++) {
    cr_assert_not(file_write(&ANYWHERE, paths[i], "x", 1, &diag), "%s", paths[i]);
    cr_assert_eq(diag.status, STATUS_CREATE, "%s: %d", paths[i], diag.status);
    cr_assert_not(file_check_writable(&ANYWHERE, paths[i], &diag));
  }
}

/* The limit on a file's size stands in for a full disk: the old file stays and nothing is left
 * over. */
Test(file, a_failed_write_loses_nothing) {
  static char text[1 << 20];
  Diag diag;
  folder_put("a", "old", 3);
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, 4096});
  cr_assert_not(file_write(&ANYWHERE, "a", text, sizeof text, &diag));
  cr_assert_eq(diag.status, STATUS_IO);
  check_holds("a", "old");
  cr_assert_eq(folder_count(), 1);
  cr_assert(file_write(&ANYWHERE, "a", "new", 3, &diag));
  check_holds("a", "new");
}

Test(file, leftovers_of_the_dead_are_removed) {
  pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, NULL, 0);
  char dead[64], living[64];
  snprintf(dead, sizeof dead, "a.tmp.%ld", (long)child);
  snprintf(living, sizeof living, "a.tmp.%ld", (long)getppid());
  folder_put(dead, "x", 1);
  folder_put(living, "x", 1);
  folder_put("a.tmp.x", "x", 1);
  Diag diag;
  cr_assert(file_write(&ANYWHERE, "a", "new", 3, &diag));
  uint8_t bytes[4];
  cr_assert_eq(folder_get(dead, bytes, 4), SIZE_MAX);
  cr_assert_eq(folder_get(living, bytes, 4), 1u);
  cr_assert_eq(folder_get("a.tmp.x", bytes, 4), 1u);
}

Test(file, a_name_as_long_as_can_be) {
  char name[NAME_MAX + 1];
  Diag diag;
  memset(name, 'n', NAME_MAX);
  name[NAME_MAX] = 0;
  cr_assert(file_write(&ANYWHERE, name, "x", 1, &diag), "%s", diag.message);
  check_holds(name, "x");
}

Test(file, a_lock_is_held_by_one) {
  FileLock first, second;
  Diag diag;
  cr_assert(file_lock(&first, &ANYWHERE, "run.ckpt", &diag));
  cr_assert_not(file_lock(&second, &ANYWHERE, "run.ckpt", &diag));
  cr_assert_eq(diag.status, STATUS_BUSY);
  char holder[32];
  snprintf(holder, sizeof holder, "%ld", (long)getpid());
  cr_assert_not_null(strstr(diag.message, holder), "%s", diag.message);
  file_unlock(&second);
  file_unlock(&first);
  cr_assert_eq(folder_count(), 0);
  cr_assert(file_lock(&second, &ANYWHERE, "run.ckpt", &diag));
  file_unlock(&second);
}

/* A killed holder leaves its lock file; the lock itself is gone with it. */
Test(file, a_dead_holder_holds_nothing) {
  pid_t child = fork();
  if (child == 0) {
    FileLock lock;
    _exit(file_lock(&lock, &ANYWHERE, "run.ckpt", NULL) ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  cr_assert_eq(status, 0);
  cr_assert_eq(folder_count(), 1);
  FileLock lock;
  Diag diag;
  cr_assert(file_lock(&lock, &ANYWHERE, "run.ckpt", &diag));
  file_unlock(&lock);
}
