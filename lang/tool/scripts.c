/* scripts.c — walks folders for scripts.  Links to folders are not followed, so a walk ends. */
#include "lang/tool/scripts.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Walk {
  Session *session;
  int (*take)(Session *session, const char *path, void *context);
  void *context;
  int first, found;
} Walk;

enum { DEPTH_MOST = 50 };

static int visible(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static bool is_script(const char *name) {
  size_t length = strlen(name);
  return length > 3 && strcmp(name + length - 3, ".gd") == 0;
}

static void take_file(Walk *walk, const char *path) {
  int status = walk->take(walk->session, path, walk->context);
  walk->found++;
  if (status && !walk->first) walk->first = status;
}

static void walk_folder(Walk *walk, const char *folder, int depth) {
  struct dirent **entries = NULL;
  int count = scandir(folder, &entries, visible, alphasort);
  for (int i = 0; i < count; i++) {
    char path[PATH_MAX];
    struct stat status;
    const char *name = entries[i]->d_name;
    bool here = strcmp(folder, ".") == 0;
    int length = here ? snprintf(path, sizeof path, "%s", name)
                      : snprintf(path, sizeof path, "%s/%s", folder, name);
    bool fits = length > 0 && length < (int)sizeof path;
    if (fits && !vm_signal && lstat(path, &status) == 0) {
      if (S_ISDIR(status.st_mode) && depth < DEPTH_MOST) walk_folder(walk, path, depth + 1);
      else if (!S_ISDIR(status.st_mode) && is_script(name)) take_file(walk, path);
    }
    free(entries[i]);
  }
  free(entries);
}

int scripts_each(Session *session, char **words, int count,
                 int (*take)(Session *session, const char *path, void *context), void *context) {
  Walk walk = {session, take, context, 0, 0};
  for (int i = 0; i < count && !vm_signal; i++) {
    struct stat status;
    int before = walk.found;
    if (stat(words[i], &status) != 0 || !S_ISDIR(status.st_mode)) {
      take_file(&walk, words[i]);
      continue;
    }
    walk_folder(&walk, words[i], 0);
    if (walk.found > before) continue;
    Diag diag = {0};
    diag_fail(&diag, STATUS_MISSING, (Span){0}, "%.300s: this folder has no .gd file", words[i]);
    session_say(session, &diag);
    if (!walk.first) walk.first = diag.status;
  }
  return walk.first;
}
