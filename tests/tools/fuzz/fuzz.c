/* fuzz.c — the fuzz targets: one program, whose first argument names the target.
 *
 *   fuzz --list                      the targets
 *   fuzz --seeds FOLDER              writes FOLDER/TARGET/… of those that have seeds of their own
 *   fuzz TARGET [FLAGS] FOLDER…      libFuzzer's own command line: fuzzes from the inputs in the
 *                                    folders, and adds to the first
 *   fuzz TARGET FILE…                runs inputs, a find again for instance
 *
 * libFuzzer (https://llvm.org/docs/LibFuzzer.html) grows inputs by what they reach in the code, in
 * one process; so each run must give back all that it took.  The leak sanitizer looks after the
 * memory, `judge_budget` after what was counted against the budget.
 *
 * Not crashing is the least that is asked.  Every message must be fit to be shown, a reader may
 * refuse with 65 alone and never for want of memory, the reader of shapes must agree with the
 * reader of elements, a refused resume must have changed nothing.  A broken one is a find like a
 * crash.
 *
 * A script cannot reach a file: the root is a folder of the kernel's in which none can be made;
 * standard input is at its end, standard output is nowhere.
 *
 * To add a target: a row of TARGETS, its function in texts.c or files.c, its seeds in seeds.c, a
 * mutator in pack.c where the file has sums or lengths.
 */
#include "tests/tools/fuzz/fuzz.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const Target TARGETS[] = {
    {"parse", 4096, run_parse, NULL, NULL},
    {"check", 2048, run_check, NULL, NULL},
    {"script", 2048, run_script, NULL, NULL},
    {"lines", 2048, run_lines, NULL, NULL},
    {"csv", 4096, run_csv, mutate_gzip, seeds_csv},
    {"json", 4096, run_json, NULL, seeds_json},
    {"idx", 4096, run_idx, mutate_gzip, seeds_idx},
    {"npy", 4096, run_npy, mutate_npy, seeds_npy},
    {"npz", 4096, run_npz, mutate_npz, seeds_npz},
    {"safetensors", 4096, run_safetensors, mutate_safetensors, seeds_safetensors},
    {"checkpoint", 16384, run_resume, mutate_checkpoint, seeds_resume},
};

static const Target *target; /* the one of this process */

/* ---- verdicts ---- */

void wrong(const char *format, ...) {
  va_list values;
  va_start(values, format);
  fprintf(stderr, "\nfuzz %s: ", target->name);
  vfprintf(stderr, format, values);
  fprintf(stderr, "\n");
  va_end(values);
  abort();
}

void judge_text(const char *what, const char *text, size_t length) {
  for (size_t i = 0; i < length;) {
    uint32_t code;
    size_t size = text_decode(text + i, length - i, &code);
    if (size == 0) wrong("%s: broken UTF-8 at byte %zu: %.*s", what, i, (int)length, text);
    if ((code < 0x20 && code != '\n' && code != '\t') || code == 0x7f)
      wrong("%s: the control byte %02x: %.*s", what, (unsigned)code, (int)length, text);
    i += size;
  }
}

void judge_diag(const Sources *sources, const Diag *diag) {
  Text text = {0};
  if (!diag->status && !diag->warning) wrong("a message without a status: %s", diag->message);
  if (diag->status == STATUS_BUG) wrong("a bug: %s", diag->message);
  if (!diag->message[0]) wrong("a status of %d without words", diag->status);
  report_render(&text, sources, diag, false);
  if (text.length > REPORT_BYTES) wrong("a message of %zu bytes", text.length);
  judge_text("a message", text.data, text.length);
  text_free(&text);
  report_json(&text, sources, diag);
  json_t *json = json_loadb(text.data, text.length, 0, NULL);
  if (!json) wrong("a message that is no JSON: %s", text.data);
  json_decref(json);
  text_free(&text);
}

/* ---- seeds ---- */

void seed_file(const char *folder, const char *name, const void *data, size_t size) {
  char path[4200];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "wb");
  if (!file || (size && fwrite(data, 1, size, file) != size) || fclose(file) != 0) {
    perror(path);
    exit(2);
  }
}

static NORETURN void write_seeds(const char *folder) {
  for (int i = 0; i < COUNT_OF(TARGETS); i++) {
    if (!TARGETS[i].seeds) continue;
    char path[4200];
    target = &TARGETS[i];
    snprintf(path, sizeof path, "%s/%s", folder, target->name);
    if (mkdir(path, 0777) != 0 && errno != EEXIST) perror(path), exit(2);
    target->seeds(path);
  }
  exit(0);
}

static NORETURN void list(void) {
  for (int i = 0; i < COUNT_OF(TARGETS); i++) puts(TARGETS[i].name);
  exit(0);
}

static NORETURN void usage(void) {
  fprintf(stderr, "fuzz --list | --seeds FOLDER | TARGET [FLAGS] FOLDER or FILE\n");
  exit(2);
}

/* ---- libFuzzer's side ---- */

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
const char *__asan_default_options(void);

/* Freed memory waits 16 MB long: enough to see it used again, and little beside the limit on the
 * process. */
const char *__asan_default_options(void) {
  return "quarantine_size_mb=16:detect_stack_use_after_return=0:allocator_may_return_null=1";
}

static void choose(const char *name) {
  for (int i = 0; i < COUNT_OF(TARGETS); i++)
    if (strcmp(name, TARGETS[i].name) == 0) target = &TARGETS[i];
  if (!target) usage();
}

int LLVMFuzzerInitialize(int *count, char ***words) {
  json_set_alloc_funcs(mem_alloc, mem_free);
  char **argv = *words;
  if (*count == 2 && strcmp(argv[1], "--list") == 0) list();
  if (*count == 3 && strcmp(argv[1], "--seeds") == 0) write_seeds(argv[2]);
  if (*count < 2) usage();
  choose(argv[1]);
  static char most[40];
  snprintf(most, sizeof most, "-max_len=%zu", target->most);
  argv[1] = most;
  if (!freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout)) usage();
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  size_t used = mem_used_bytes();
  target->run(data, size);
  if (mem_used_bytes() != used)
    wrong("%lld bytes stay counted against the budget", (long long)(mem_used_bytes() - used));
  return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
  return target->mutate ? target->mutate(data, size, most, seed)
                        : LLVMFuzzerMutate(data, size, most);
}
