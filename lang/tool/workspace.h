/* workspace.h — the files in which a name may be declared: the open documents, files below the
 * workspace's folder, and the library. */
#ifndef GD_LANG_WORKSPACE_H
#define GD_LANG_WORKSPACE_H

#include "lang/tool/document.h"

typedef struct Workspace {
  const Vm *vm;        /* its library, and its files; borrowed */
  Document *documents; /* owned: the open ones */
  char *root;          /* owned: a folder, or NULL */
} Workspace;

/* the link to an open document, or the end of the list */
Document **workspace_place(Workspace *workspace, const char *uri);
void workspace_root(Workspace *workspace, const char *uri);
void workspace_free(Workspace *workspace);

/* The document at a path: the open one, or one made from the file, which workspace_return frees.
 * NULL when it cannot be read. */
Document *workspace_take(Workspace *workspace, const char *path);
void workspace_return(Workspace *workspace, Document *document);
/* OpenTexts of a Workspace (module.h). */
const char *workspace_text(const void *workspace, const char *path, size_t *length);
/* Calls `each` for the open documents, then for at most a few hundred files below the root that
 * contain `word`. */
void workspace_each(Workspace *workspace, const char *word,
                    void (*each)(void *context, Document *document), void *context);

/* The document that an import names; as workspace_take. */
Document *workspace_import(Workspace *workspace, const Document *from, const Symbol *import);
/* Does the import name the file at `path`? */
bool workspace_imports(const Document *from, const Symbol *import, const char *path);
/* The library's text that declares a standard name, as a file that an editor can open: the one of
 * GD_STDLIB, or one in the cache.  As workspace_take. */
Document *workspace_library(Workspace *workspace, const char *name);

#endif
