/* workspace.c — finds the file in which a name is declared.
 *
 * An open file is read from its document, any other from the disk on demand.  The library is in the
 * binary.  So that an editor can show it, its text is written to $XDG_CACHE_HOME/gd/VERSION/ (else
 * ~/.cache/gd/VERSION/), read-only, and replaced if it differs from that of the binary.
 */
#include "lang/tool/workspace.h"

#include "lang/names/library_file.h"
#include "lang/text/version.h"
#include "runtime/files.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MOST = 500, FOLDERS_MOST = 8 };

/* ---- documents ---- */

Document **workspace_place(Workspace *workspace, const char *uri) {
  Document **place = &workspace->documents;
  while (*place && strcmp((*place)->uri, uri) != 0) place = &(*place)->next;
  return place;
}

void workspace_root(Workspace *workspace, const char *uri) {
  Document *folder = document_new(uri, "", 0); /* for its path */
  mem_free(workspace->root);
  workspace->root = mem_text(folder->path, strlen(folder->path));
  document_free(folder);
}

void workspace_free(Workspace *workspace) {
  while (workspace->documents) {
    Document *document = workspace->documents;
    workspace->documents = document->next;
    document_free(document);
  }
  mem_free(workspace->root);
}

static bool same_file(const char *one, const char *other) {
  char first[PATH_MAX], second[PATH_MAX];
  if (strcmp(one, other) == 0) return true;
  return realpath(one, first) && realpath(other, second) && strcmp(first, second) == 0;
}

static Document *open_at(const Workspace *workspace, const char *path) {
  Document *document = workspace->documents;
  while (document && !same_file(document->path, path)) document = document->next;
  return document;
}

/* A path as a URI: what a URI has no place for is written %20. */
static void add_uri(const char *path, Text *uri) {
  text_string(uri, "file://");
  for (; *path; path++) {
    unsigned char c = (unsigned char)*path;
    bool plain = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
                 strchr("/._-~", c) != NULL;
    if (plain) text_char(uri, (char)c);
    else text_format(uri, "%%%02X", c);
  }
}

static Document *read_document(const Workspace *workspace, const char *path) {
  Bytes bytes = {0};
  Diag diag = {0};
  char absolute[PATH_MAX];
  if (!file_read(&workspace->vm->files, path, &bytes, &diag)) return NULL;
  Text uri = {0};
  add_uri(realpath(path, absolute) ? absolute : path, &uri);
  Document *document = document_new(uri.data, (const char *)bytes.data, bytes.length);
  document->closed = true;
  bytes_free(&bytes);
  text_free(&uri);
  return document;
}

Document *workspace_take(Workspace *workspace, const char *path) {
  Document *document = open_at(workspace, path);
  return document ? document : read_document(workspace, path);
}

const char *workspace_text(const void *workspace, const char *path, size_t *length) {
  const Document *document = open_at(workspace, path);
  if (!document) return NULL;
  *length = document->text.length;
  return document->text.data ? document->text.data : "";
}

void workspace_return(Workspace *workspace, Document *document) {
  (void)workspace;
  if (document && document->closed) document_free(document);
}

/* ---- all of them ---- */

typedef struct Search {
  Workspace *workspace;
  const char *word;
  void (*each)(void *context, Document *document);
  void *context;
  int files;
} Search;

static void search_file(Search *search, const char *path) {
  search->files++;
  if (open_at(search->workspace, path)) return;
  Document *document = read_document(search->workspace, path);
  if (document && strstr(document->text.data, search->word))
    search->each(search->context, document);
  workspace_return(search->workspace, document);
}

static void search_folder(Search *search, const char *folder, int depth) {
  DIR *entries = opendir(folder);
  for (struct dirent *entry; entries && (entry = readdir(entries)) != NULL;) {
    if (entry->d_name[0] == '.' || search->files == FILES_MOST) continue;
    Text path = {0};
    struct stat kind;
    size_t length = strlen(entry->d_name);
    text_format(&path, "%s/%s", folder, entry->d_name);
    bool there = lstat(path.data, &kind) == 0;
    if (there && S_ISDIR(kind.st_mode) && depth < FOLDERS_MOST)
      search_folder(search, path.data, depth + 1);
    else if (there && S_ISREG(kind.st_mode) && length > 3 &&
             strcmp(entry->d_name + length - 3, ".gd") == 0)
      search_file(search, path.data);
    text_free(&path);
  }
  if (entries) closedir(entries);
}

void workspace_each(Workspace *workspace, const char *word,
                    void (*each)(void *context, Document *document), void *context) {
  Search search = {workspace, word, each, context, 0};
  for (Document *document = workspace->documents; document; document = document->next)
    if (strstr(document->text.data, word)) each(context, document);
  if (workspace->root) search_folder(&search, workspace->root, 0);
}

/* ---- imports ---- */

static bool import_path(const Document *from, const Symbol *import, char path[PATH_MAX]) {
  const char *slash = import->path[0] == '/' ? NULL : strrchr(from->path, '/');
  int folder = slash ? (int)(slash - from->path) + 1 : 0;
  return snprintf(path, PATH_MAX, "%.*s%s", folder, from->path, import->path) < PATH_MAX;
}

Document *workspace_import(Workspace *workspace, const Document *from, const Symbol *import) {
  char path[PATH_MAX];
  return import_path(from, import, path) ? workspace_take(workspace, path) : NULL;
}

bool workspace_imports(const Document *from, const Symbol *import, const char *path) {
  char named[PATH_MAX];
  return import_path(from, import, named) && same_file(named, path);
}

/* ---- the library ---- */

static bool make_folders(char *path) {
  for (char *at = path + 1; (at = strchr(at, '/')) != NULL; at++) {
    *at = 0;
    bool there = mkdir(path, 0700) == 0 || access(path, X_OK) == 0;
    *at = '/';
    if (!there) return false;
  }
  return true;
}

static bool cache_path(const LibraryFile *file, char path[PATH_MAX]) {
  const char *folder = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  int length = folder && folder[0] == '/'
                   ? snprintf(path, PATH_MAX, "%s/gd/%s/%s", folder, GD_VERSION, file->path)
               : home && home[0] == '/'
                   ? snprintf(path, PATH_MAX, "%s/.cache/gd/%s/%s", home, GD_VERSION, file->path)
                   : PATH_MAX;
  return length < PATH_MAX;
}

static bool has_text(const Workspace *workspace, const char *path, const LibraryFile *file) {
  Bytes bytes = {0};
  Diag diag = {0};
  bool same = file_read(&workspace->vm->files, path, &bytes, &diag) &&
              bytes.length == file->length && memcmp(bytes.data, file->text, file->length) == 0;
  bytes_free(&bytes);
  return same;
}

static bool write_text(const Workspace *workspace, char *path, const LibraryFile *file) {
  Diag diag = {0};
  return make_folders(path) &&
         file_write(&workspace->vm->files, path, file->text, file->length, &diag) &&
         chmod(path, 0444) == 0;
}

Document *workspace_library(Workspace *workspace, const char *name) {
  const LibraryFile *file = library_file_find(name);
  const char *folder = getenv("GD_STDLIB");
  char path[PATH_MAX];
  if (!file) return NULL;
  if (folder && *folder) {
    const char *base = strrchr(file->path, '/');
    if (snprintf(path, PATH_MAX, "%s/%s", folder, base ? base + 1 : file->path) >= PATH_MAX)
      return NULL;
  } else if (!cache_path(file, path) || workspace->vm->options.root ||
             !(has_text(workspace, path, file) || write_text(workspace, path, file))) {
    return NULL;
  }
  return workspace_take(workspace, path);
}
