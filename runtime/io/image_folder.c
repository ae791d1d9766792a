/* image_folder.c — the pictures of a folder, in an order that does not depend on the system.
 *
 * A folder of folders has a class for each of those, named as it is and numbered in sorted order; a
 * folder of pictures has none.  Names that begin with a point are skipped, as are other files
 * beside pictures; the caller reports how many.  Folders within a class are looked through as well.
 */
#include "runtime/base/stop.h"
#include "runtime/io/image.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MOST = 16, PICTURES_MOST = 1 << 24 };

typedef struct Names {
  char **items; /* owned, the list; the texts are in the folder's arena */
  int64_t count, capacity;
} Names;

static void add_name(Names *names, char *text) {
  if (names->count == names->capacity) {
    names->capacity = names->capacity ? 2 * names->capacity : 64;
    names->items = mem_grow(names->items, (size_t)names->capacity * sizeof *names->items);
  }
  names->items[names->count++] = text;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(Names *names) {
  if (names->count) qsort(names->items, (size_t)names->count, sizeof *names->items, compare_names);
}

static bool is_picture(const char *name) {
  static const char *const ends[] = {"png", "jpg", "jpeg", "pnm", "pbm", "pgm", "ppm"};
  const char *point = strrchr(name, '.');
  for (int i = 0; point && i < COUNT_OF(ends); i++)
    if (!strcasecmp(point + 1, ends[i])) return true;
  return false;
}

typedef struct Looking {
  const Files *files;
  ImageFolder *folder;
  Diag *diag;
} Looking;

static char *joined(Looking *looking, const char *path, const char *name) {
  size_t length = strlen(path), size = length + strlen(name) + 2;
  char *text = arena_alloc(&looking->folder->arena, size);
  snprintf(text, size, "%s%s%s", path, length && path[length - 1] == '/' ? "" : "/", name);
  return text;
}

static bool fail_folder(Looking *looking, const char *path) {
  if (errno == ENOENT)
    return file_fail(looking->diag, STATUS_MISSING, path, "there is no such folder");
  if (errno == ENOTDIR) {
    file_fail(looking->diag, STATUS_MISSING, path, "this is a file, not a folder of pictures");
    return diag_help(looking->diag, "image(path) reads one picture");
  }
  return file_fail(looking->diag,
                   errno == EMFILE || errno == ENFILE ? STATUS_MEMORY : STATUS_MISSING, path,
                   "the folder cannot be read: %s", strerror(errno));
}

/* What one folder holds: paths of its folders and of its pictures. */
static bool list(Looking *looking, const char *path, Names *folders, Names *pictures) {
  int file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return fail_folder(looking, path);
  if (!file_allowed(looking->files, file, path, looking->diag)) return close(file), false;
  DIR *opened = fdopendir(file);
  if (!opened) return fail_folder(looking, path), close(file), false;
  for (struct dirent *entry; (entry = readdir(opened)) != NULL && !stop_wanted();) {
    const char *name = entry->d_name;
    struct stat status;
    if (name[0] == '.' || fstatat(file, name, &status, 0) != 0) continue;
    if (S_ISDIR(status.st_mode)) add_name(folders, joined(looking, path, name));
    else if (is_picture(name)) add_name(pictures, joined(looking, path, name));
    else looking->folder->passed++;
  }
  closedir(opened);
  sort(folders);
  sort(pictures);
  return !stop_check(looking->diag);
}

/* The pictures of a class: of its folder and those within. */
static bool gather(Looking *looking, const char *path, int depth, Names *pictures) {
  Names folders = {0};
  if (depth > DEPTH_MOST)
    return file_fail(looking->diag, STATUS_MALFORMED, path, "folders within folders, %d deep",
                     DEPTH_MOST);
  bool good = list(looking, path, &folders, pictures);
  for (int64_t i = 0; i < folders.count && good; i++)
    good = gather(looking, folders.items[i], depth + 1, pictures);
  if (good && pictures->count > PICTURES_MOST)
    good = file_fail(looking->diag, STATUS_MALFORMED, path, "more than %d pictures", PICTURES_MOST);
  mem_free(folders.items);
  return good;
}

static void name_classes(ImageFolder *folder, const Names *folders) {
  folder->class_count = folders->count;
  folder->names = arena_alloc(&folder->arena, (size_t)(folders->count + 1) * sizeof(char *));
  for (int64_t k = 0; k < folders->count; k++) {
    const char *slash = strrchr(folders->items[k], '/');
    folder->names[k] = arena_text(&folder->arena, slash + 1, strlen(slash + 1));
  }
}

static bool gather_classes(Looking *looking, const Names *folders, Names *pictures, int64_t *ends) {
  for (int64_t k = 0; k < folders->count; k++) {
    int64_t before = pictures->count;
    if (!gather(looking, folders->items[k], 1, pictures)) return false;
    ends[k] = pictures->count;
    if (ends[k] == before)
      return file_fail(looking->diag, STATUS_MALFORMED, folders->items[k],
                       "the folder of this class has no pictures");
  }
  return true;
}

static void number_pictures(ImageFolder *folder, const int64_t *ends) {
  folder->class = arena_alloc(&folder->arena, (size_t)(folder->count + 1) * sizeof(int32_t));
  int32_t k = 0;
  for (int64_t i = 0; i < folder->count; i++) {
    while (i >= ends[k]) k++;
    folder->class[i] = k;
  }
}

static bool find_all(Looking *looking, const char *path, Names *folders, Names *pictures) {
  ImageFolder *folder = looking->folder;
  if (!list(looking, path, folders, pictures)) return false;
  if (folders->count && pictures->count) {
    file_fail(looking->diag, STATUS_MALFORMED, path,
              "it has pictures (%.60s) beside folders (%.60s): classes are folders",
              strrchr(pictures->items[0], '/') + 1, strrchr(folders->items[0], '/') + 1);
    return diag_help(looking->diag, "put each picture into the folder of its class");
  }
  int64_t *ends = arena_alloc(&folder->arena, (size_t)(folders->count + 1) * sizeof *ends);
  if (!gather_classes(looking, folders, pictures, ends)) return false;
  if (!pictures->count)
    return file_fail(looking->diag, STATUS_MALFORMED, path,
                     "the folder has no pictures (.png .jpg .jpeg .pnm .pbm .pgm .ppm)");
  folder->count = pictures->count;
  folder->paths = arena_alloc(&folder->arena, (size_t)pictures->count * sizeof(char *));
  memcpy(folder->paths, pictures->items, (size_t)pictures->count * sizeof(char *));
  if (!folders->count) return true;
  name_classes(folder, folders);
  number_pictures(folder, ends);
  return true;
}

bool image_folder(const Files *files, const char *path, ImageFolder *folder, Diag *diag) {
  *folder = (ImageFolder){0};
  Looking looking = {files, folder, diag};
  Names folders = {0}, pictures = {0};
  bool good = find_all(&looking, path, &folders, &pictures);
  mem_free(folders.items);
  mem_free(pictures.items);
  if (!good) image_folder_free(folder);
  return good;
}

void image_folder_free(ImageFolder *folder) {
  arena_free(&folder->arena);
  *folder = (ImageFolder){0};
}
