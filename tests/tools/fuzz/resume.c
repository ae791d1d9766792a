/* resume.c — the fuzz target of checkpoints: a training goes on from the input, by the way that a
 * script's does.
 *
 * The script is tests/tools/forge.gd, or forge_plain.gd where the file speaks of its `mask`; it is
 * read from the top of the tree.  A refused file must have changed neither model nor optimizers;
 * what is taken must end.
 *
 * Elements are free to be anything finite (nobody can tell them from true ones), so how the
 * training ends is not judged but for its status.
 */
#include "tests/tools/fuzz/fuzz.h"

#include "lang/syntax/parse.h"
#include "lang/syntax/statements.h"
#include "tests/tools/scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* steps in the seed; steps when it goes on */
enum { CUT = 10, LIMIT = 12, SCRIPT_MOST = 1 << 14 };

static char folder[SCRATCH_PATH];
static int top = -1; /* the folder that the process began in */

static void remove_folder(void) {
  static const char *const names[] = {"run.ckpt", "run.ckpt.previous", "run.ckpt.lock"};
  for (int i = 0; i < COUNT_OF(names); i++) {
    char path[120];
    snprintf(path, sizeof path, "%s/%s", folder, names[i]);
    unlink(path);
  }
  rmdir(folder);
}

static void begin(void) {
  if (top >= 0) return;
  top = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (top < 0 || !scratch_make(folder, "fuzz")) perror("fuzz"), exit(2);
  atexit(remove_folder);
}

/* A script, with its limit before. */
static char *script(const char *name, int limit) {
  char path[80], *text = mem_zero(SCRIPT_MOST);
  snprintf(path, sizeof path, "tests/tools/%s", name);
  int head = snprintf(text, SCRIPT_MOST, "let limit = %d\n", limit);
  FILE *file = fopen(path, "rb");
  if (!file || fread(text + head, 1, (size_t)(SCRIPT_MOST - head - 1), file) == 0)
    perror(path), exit(2);
  fclose(file);
  return text;
}

/* ---- a run ---- */

typedef struct Run {
  const char *text;
  Session *session;
  int status; /* of the first statement that failed */
} Run;

static void hear(void *context, const char *text, size_t length) {
  (void)context;
  judge_text("a message", text, length);
}

static bool take(void *context, const char *statement, size_t length, uint32_t before) {
  Run *run = context;
  int status = session_statement(run->session, statement, length, before);
  if (!run->status) run->status = status;
  return true;
}

static int body(Session *session, void *context) {
  static const char unchanged[] = "assert(unchanged)";
  Run *run = context;
  run->session = session;
  parse_statements(run->text, strlen(run->text), take, run);
  if (run->status == STATUS_MALFORMED &&
      session_statement(session, unchanged, sizeof unchanged - 1, 0) != 0)
    wrong("refused, and something was changed");
  return run->status;
}

/* Runs a script in the folder. */
static int run_in_folder(const char *text) {
  Run run = {.text = text};
  SessionOptions options = {.say = hear,
                            .options = {.threads = 1,
                                        .max_memory = 64 << 20,
                                        .max_steps = 3000,
                                        .root = ".",
                                        .quiet_progress = true}};
  if (chdir(folder) != 0) perror(folder), exit(2);
  int status = session_run(&options, body, &run);
  if (fchdir(top) != 0) perror("fchdir"), exit(2);
  return status;
}

static char *in_folder(const char *name) {
  static char path[120];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

void run_resume(const uint8_t *data, size_t size) {
  static char *full, *plain;
  begin();
  if (!full) full = script("forge.gd", LIMIT);
  if (!plain) plain = script("forge_plain.gd", LIMIT);
  unlink(in_folder("run.ckpt.previous"));
  seed_file(folder, "run.ckpt", data, size);
  int status = run_in_folder(memmem(data, size, "mask", 4) ? plain : full);
  if (status != 0 && status != STATUS_FAILED && status != STATUS_MALFORMED)
    wrong("a status of %d", status);
}

/* ---- seeds: checkpoints cut in the middle of an epoch ---- */

void seeds_resume(const char *into) {
  static const char *const names[] = {"forge.gd", "forge_plain.gd"};
  begin();
  for (int i = 0; i < COUNT_OF(names); i++) {
    char *text = script(names[i], CUT);
    unlink(in_folder("run.ckpt"));
    if (run_in_folder(text) != 0) wrong("%s does not run", names[i]);
    mem_free(text);
    Bytes bytes;
    Diag diag = {0};
    if (!file_read(NULL, in_folder("run.ckpt"), &bytes, &diag))
      wrong("%s: %s", names[i], diag.message);
    seed_file(into, names[i], bytes.data, bytes.length);
    bytes_free(&bytes);
  }
}
