/* kernelspec.c — registers gd with Jupyter: a folder kernels/gd with a kernel.json in the user's
 * data folder of Jupyter (JUPYTER_DATA_DIR, else XDG_DATA_HOME/jupyter, else
 * ~/.local/share/jupyter; see
 * https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs).
 *
 * The file names the program that writes it by its absolute path; `--install` of another gd
 * replaces it.  Interrupts are sent as messages, not as signals, so that a late one does not end
 * the kernel.
 */
#include "lang/tool/kernelspec.h"
#include "lang/text/report.h"
#include "runtime/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static bool data_folder(char path[PATH_BYTES]) {
  const char *own = getenv("JUPYTER_DATA_DIR"), *data = getenv("XDG_DATA_HOME"),
             *home = getenv("HOME");
  int length = own && *own     ? snprintf(path, PATH_BYTES, "%s", own)
               : data && *data ? snprintf(path, PATH_BYTES, "%s/jupyter", data)
               : home && *home ? snprintf(path, PATH_BYTES, "%s/.local/share/jupyter", home)
                               : 0;
  return length > 0 && length < PATH_BYTES - 64;
}

static bool make_folders(char *path) {
  for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
    if (slash) *slash = 0;
    bool made = mkdir(path, 0777) == 0 || errno == EEXIST;
    if (slash) *slash = '/';
    if (!slash || !made) return made;
  }
}

static bool write_spec(Session *session, const char *path, Diag *diag) {
  char program[PATH_BYTES];
  ssize_t length = readlink("/proc/self/exe", program, sizeof program);
  if (length <= 0 || length == PATH_BYTES)
    return diag_fail(diag, STATUS_CREATE, (Span){0}, "the path of gd cannot be found: %s",
                     strerror(errno));
  Text text = {0};
  text_string(&text, "{\"argv\": [");
  json_quoted(&text, program, (size_t)length);
  text_string(&text, ", \"kernel\", \"{connection_file}\"],\n"
                     " \"display_name\": \"gd\", \"language\": \"gd\", \"interrupt_mode\": "
                     "\"message\"}\n");
  bool fine = file_write(&session->vm->files, path, text.data, text.length, diag);
  text_free(&text);
  return fine;
}

int kernelspec_install(Session *session) {
  Diag diag = {0};
  char path[PATH_BYTES];
  if (!data_folder(path)) {
    diag_fail(&diag, STATUS_CREATE, (Span){0}, "there is no folder for Jupyter's data");
    diag_help(&diag, "set HOME or JUPYTER_DATA_DIR");
  } else {
    strcat(path, "/kernels/gd");
    if (!make_folders(path))
      diag_fail(&diag, STATUS_CREATE, (Span){0}, "%.300s: %s", path, strerror(errno));
    else write_spec(session, strcat(path, "/kernel.json"), &diag);
  }
  if (diag.status) session_say(session, &diag);
  else printf("%s is written: Jupyter now offers gd\n", path);
  return diag.status;
}
