/* fmt.c — `gd fmt`: reads, lays out (layout.c), writes.
 *
 * A file is parsed first; one with an error is reported and not changed.  A changed text is written
 * to a temporary file and renamed, so that a kill leaves the old or the new one.  A folder stands
 * for every .gd file under it whose path has no name that begins with a point; links to folders are
 * not followed.  Standard input goes to standard output.  With --dump=ast the trees are printed and
 * nothing else happens, so that a test can compare them before and after.
 */
#include "lang/tool/fmt.h"

#include "lang/syntax/layout.h"
#include "lang/syntax/parse.h"
#include "lang/text/difference.h"
#include "runtime/files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Formatting {
  Session *session;
  const Fmt *fmt;
  int status; /* the first that is not 0 */
  int depth;  /* of folders */
} Formatting;

enum { FOLDERS_MOST = 100 };

static void note(Formatting *formatting, int status) {
  if (!formatting->status) formatting->status = status;
}

static void tell(Formatting *formatting, const Diag *diag) {
  session_say(formatting->session, diag);
  note(formatting, diag->status);
}

static bool laid_out(Formatting *formatting, uint32_t file, Text *text) {
  Vm *vm = formatting->session->vm;
  Report report = {0};
  const Ast *tree = parse_source(vm->sources, file, vm->names, &report);
  if (tree && vm->options.dump & DUMP_AST) {
    ast_print(tree, text);
    fwrite(text->data, 1, text->length, stdout);
    return false;
  }
  if (!tree) {
    note(formatting, report_status(&report));
    session_say_report(formatting->session, &report);
    return false;
  }
  report_clear(&report);
  uint32_t at = 0;
  if (layout_text(source_at(vm->sources, file), text, &at)) return true;
  Diag diag = {0};
  diag_fail(&diag, STATUS_BUG, (Span){file, at, at + 1},
            "the layout would change this program: the file is left as it is");
  tell(formatting, &diag);
  return false;
}

static void put(Formatting *formatting, const char *path, const Source *source, const Text *text) {
  const Fmt *fmt = formatting->fmt;
  bool input = strcmp(path, "-") == 0, same = text->length == source->length &&
                                              memcmp(text->data, source->text, source->length) == 0;
  if (fmt->diff && !same) {
    Text shown = {0};
    difference_show(&shown, source->name, source->text, source->length, text->data, text->length);
    fwrite(shown.data, 1, shown.length, stdout);
    text_free(&shown);
  }
  if (fmt->check && !same) {
    if (!fmt->diff) printf("%s\n", source->name);
    note(formatting, STATUS_FAILED);
  }
  if (fmt->check || fmt->diff) return;
  Diag diag = {0};
  if (input) fwrite(text->data, 1, text->length, stdout);
  else if (!same) {
    if (file_write(&formatting->session->vm->files, path, text->data, text->length, &diag))
      printf("%s\n", path);
    else tell(formatting, &diag);
  }
}

static void fmt_file(Formatting *formatting, const char *path) {
  Vm *vm = formatting->session->vm;
  Diag diag = {0};
  uint32_t file = strcmp(path, "-") == 0 ? source_load_stdin(vm->sources, &diag)
                                         : source_load_file(vm->sources, &vm->files, path, &diag);
  if (!file) {
    tell(formatting, &diag);
    return;
  }
  Text text = {0};
  if (laid_out(formatting, file, &text)) put(formatting, path, source_at(vm->sources, file), &text);
  text_free(&text);
  sources_remove(vm->sources, file);
}

static int is_shown(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static void fmt_folder(Formatting *formatting, const char *path);

static void fmt_entry(Formatting *formatting, const char *folder, const char *name) {
  Text path = {0};
  struct stat kind;
  size_t length = strlen(name);
  text_format(&path, "%s/%s", folder, name);
  bool there = lstat(path.data, &kind) == 0;
  if (there && S_ISDIR(kind.st_mode)) fmt_folder(formatting, path.data);
  else if (there && length > 3 && strcmp(name + length - 3, ".gd") == 0)
    fmt_file(formatting, path.data);
  text_free(&path);
}

static void fmt_folder(Formatting *formatting, const char *path) {
  struct dirent **entries = NULL;
  int count = formatting->depth < FOLDERS_MOST ? scandir(path, &entries, is_shown, alphasort) : -1;
  if (count < 0) {
    Diag diag = {0};
    diag_data(&diag, STATUS_MISSING, path, "this folder cannot be read");
    tell(formatting, &diag);
    return;
  }
  formatting->depth++;
  for (int i = 0; i < count; i++) {
    if (!vm_signal) fmt_entry(formatting, path, entries[i]->d_name);
    free(entries[i]);
  }
  free(entries);
  formatting->depth--;
}

int fmt_run(Session *session, const Fmt *fmt) {
  Formatting formatting = {.session = session, .fmt = fmt};
  if (!fmt->count) fmt_file(&formatting, "-");
  for (int i = 0; i < fmt->count && !vm_signal; i++) {
    struct stat kind;
    bool folder = stat(fmt->paths[i], &kind) == 0 && S_ISDIR(kind.st_mode);
    if (folder) fmt_folder(&formatting, fmt->paths[i]);
    else fmt_file(&formatting, fmt->paths[i]);
  }
  return vm_signal && !formatting.status ? STATUS_INTERRUPTED : formatting.status;
}
