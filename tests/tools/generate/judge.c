/* judge.c — runs generated programs and tells what is wrong with them.
 *
 * Several programs make one script, which is run five times: with its checks, in f64; and printing
 * all bits, on one thread and on two, fused and by a gd that fuses nothing.  `narrow` prints the
 * bits in f32.  `gd check` is asked of the script that prints bits; of the one with the checks,
 * whose difference quotients take it ten times as long, for the first program alone.  A script
 * fails as a whole where gd crashes, hangs, or says an error; the caller then judges its programs
 * one by one.
 *
 * The kind of a fault is the check's name, or what gd says without its numbers: shrinking must end
 * at the same fault, not at another one, and so the operation that an error names is a part of its
 * kind.
 */
#include "tests/tools/generate/judge.h"

#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OUTPUT_MOST = 1 << 22, SECONDS_MOST = 300, KILLED = 1000, HUNG = 2000 };

const char *const judge_checks[] = {
    "value", "first",      "forward", "jacobian", "second",  "symmetric", "mixed",    "step",
    "model", "model step", "sloping", "curved",   "threads", "unfused",   "gd check", NULL};
const int judge_least[] = {99, 297, 99, 40, 99, 99, 99, 99, 5, 5, 60, 40, 99, 99, 99};

typedef struct Output {
  int status;      /* KILLED + the signal, HUNG when it took too long */
  char *out, *err; /* owned */
} Output;

static void path_of(const Judge *judge, const char *name, char path[96]) {
  snprintf(path, 96, "%s/%s", judge->folder, name);
}

static char *read_back(const Judge *judge, const char *name) {
  char path[96];
  path_of(judge, name, path);
  FILE *file = fopen(path, "rb");
  char *text = calloc(1, OUTPUT_MOST);
  if (!text) exit(71);
  size_t length = file ? fread(text, 1, OUTPUT_MOST - 1, file) : 0;
  if (file) fclose(file);
  text = realloc(text, length + 1);
  return text;
}

static void redirect(const Judge *judge, const char *name, int to) {
  char path[96];
  path_of(judge, name, path);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0 || dup2(fd, to) < 0) _exit(126);
}

static Output run(const Judge *judge, const char *gd, const char *first, const char *second,
                  const char *script) {
  char path[96];
  path_of(judge, script, path);
  pid_t pid = fork();
  if (pid == 0) {
    redirect(judge, "out", 1);
    redirect(judge, "err", 2);
    setenv("NO_COLOR", "1", 1);
    alarm(SECONDS_MOST); /* the tool may be killed itself */
    if (second) execl(gd, gd, first, second, path, (char *)NULL);
    else execl(gd, gd, first, path, (char *)NULL);
    _exit(127);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  Output output = {.out = read_back(judge, "out"), .err = read_back(judge, "err")};
  output.status = WIFSIGNALED(status)
                      ? (WTERMSIG(status) == SIGALRM ? HUNG : KILLED + WTERMSIG(status))
                      : WEXITSTATUS(status);
  return output;
}

static void drop(Output *output) {
  free(output->out);
  free(output->err);
}

static void write_script(const Judge *judge, const char *name, Program *const *programs, int count,
                         bool checking, bool narrow) {
  char path[96];
  path_of(judge, name, path);
  FILE *file = fopen(path, "wb");
  if (!file) {
    perror(path);
    exit(74);
  }
  fprintf(file, "let checking = %s\nprecision(%s)\n%s", checking ? "true" : "false",
          narrow ? "f32" : "f64", judge->checks);
  for (int i = 0; i < count; i++) program_print(programs[i], file);
  if (checking) fputs("tell_counts()\n", file);
  fclose(file);
}

/* The program whose lines come last before `at`, or the next one where its last line was `done`. */
static long number_at(const char *out, const char *at) {
  long number = -1;
  for (const char *line = out; line < at;) {
    long k;
    if (sscanf(line, "done %ld", &k) == 1 || sscanf(line, "bits %ld", &k) == 1) number = k;
    const char *end = strchr(line, '\n');
    if (!end) break;
    line = end + 1;
  }
  return number;
}

/* What gd said first, without its numbers (those of names too: `v3` is `v#`). */
static void general(const char *said, char kind[FAULT_MOST]) {
  size_t length = strlen(kind);
  for (const char *at = said; *at && *at != '\n' && length < FAULT_MOST - 2; at++) {
    if (isdigit((unsigned char)*at)) {
      if (length && kind[length - 1] != '#') kind[length++] = '#';
      continue;
    }
    if (*at == '.' && length && kind[length - 1] == '#') continue;
    kind[length++] = *at;
  }
  kind[length] = 0;
}

/* A run that did not end well. */
static bool broken(const Output *output, const char *which, Fault *fault) {
  const char *sanitizer = strstr(output->err, "Sanitizer");
  if (!sanitizer) sanitizer = strstr(output->err, "runtime error:");
  if (output->status == 0 && !sanitizer) return false;
  if (output->status == HUNG) snprintf(fault->kind, FAULT_MOST, "%s: takes too long", which);
  else if (sanitizer) {
    snprintf(fault->kind, FAULT_MOST, "%s: ", which);
    general(sanitizer, fault->kind);
  } else if (output->status >= KILLED)
    snprintf(fault->kind, FAULT_MOST, "%s: ended by signal %d", which, output->status - KILLED);
  else {
    snprintf(fault->kind, FAULT_MOST, "%s: status %d: ", which, output->status);
    general(output->err, fault->kind);
  }
  snprintf(fault->detail, DETAIL_MOST, "%.390s", output->err);
  fault->number = number_at(output->out, output->out + strlen(output->out));
  return true;
}

/* The first line `BAD k WHAT got wanted error`. */
static bool disagrees(const char *out, Fault *fault, const char *only) {
  for (const char *at = strstr(out, "BAD "); at; at = strstr(at + 4, "BAD ")) {
    char text[DETAIL_MOST], what[40];
    long k;
    double got, wanted, error;
    snprintf(text, sizeof text, "%.*s", (int)strcspn(at, "\n"), at);
    if (sscanf(text, "BAD %ld %39[a-z ] %lf %lf %lf", &k, what, &got, &wanted, &error) != 5)
      continue;
    size_t length = strlen(what);
    while (length && what[length - 1] == ' ') what[--length] = 0;
    if (only && strcmp(only, what) != 0) continue;
    snprintf(fault->kind, FAULT_MOST, "%s", what);
    snprintf(fault->detail, DETAIL_MOST, "%s: %.17g, but %.17g is right to about %.1e", what, got,
             wanted, error);
    fault->number = k;
    return true;
  }
  return false;
}

static int occurrences(const char *out, const char *word) {
  int count = 0;
  for (const char *at = strstr(out, word); at; at = strstr(at + strlen(word), word)) count++;
  return count;
}

static void tally_add(Tally *tally, const char *check, long count) {
  for (int i = 0; judge_checks[i]; i++)
    if (strcmp(judge_checks[i], check) == 0) tally->compared[i] += count;
}

static void count_compared(const char *out, Tally *tally) {
  tally->near += occurrences(out, "near ");
  tally->rough += occurrences(out, "rough ");
  for (const char *at = strstr(out, "compared "); at; at = strstr(at + 1, "compared ")) {
    char check[40];
    long count;
    if (sscanf(at, "compared %ld %39[a-z ]", &count, check) == 2) tally_add(tally, check, count);
  }
}

static bool check_run(const Judge *judge, Program *const *programs, int count, Tally *tally,
                      const char *only, Fault *fault) {
  write_script(judge, "check.gd", programs, count, true, false);
  Output output = run(judge, judge->gd, "--threads", "1", "check.gd");
  bool wrong = disagrees(output.out, fault, only) ||
               (!only &&
                broken(&output, "run", fault)); /* what is said first led to what is said last */
  if (tally) count_compared(output.out, tally);
  drop(&output);
  return wrong;
}

static bool refuses(const Judge *judge, Program *const *programs, int count, bool checking,
                    Fault *fault) {
  write_script(judge, "check.gd", programs, count, checking, false);
  Output output = run(judge, judge->gd, "check", NULL, "check.gd");
  bool wrong = broken(&output, "gd check", fault);
  if (wrong) fault->number = -1;
  drop(&output);
  return wrong;
}

static bool refused(const Judge *judge, Program *const *programs, int count, Fault *fault) {
  return refuses(judge, programs, count, false, fault) || refuses(judge, programs, 1, true, fault);
}

/* Where two runs that must print the same do not. */
static bool differ(const Output *one, const Output *two, const char *which, Fault *fault) {
  if (strcmp(one->out, two->out) == 0) return false;
  size_t at = 0, line = 0;
  for (; one->out[at] && one->out[at] == two->out[at]; at++)
    if (one->out[at] == '\n') line = at + 1;
  snprintf(fault->kind, FAULT_MOST, "%s", which);
  snprintf(fault->detail, DETAIL_MOST, "%s: the bits differ, %.170s against %.170s", which,
           one->out + line, two->out + line);
  for (char *byte = fault->detail; *byte; byte++)
    if (*byte == '\n') *byte = '|';
  if (sscanf(one->out + line, "bits %ld", &fault->number) != 1) fault->number = -1;
  return true;
}

/* One run against another; NULL `only`, or the name of this comparison. */
static bool pair(const Judge *judge, const char *gd, const char *other, const char *threads,
                 const char *which, Fault *fault) {
  Output one = run(judge, gd, "--threads", "1", "bits.gd"),
         two = run(judge, other, "--threads", threads, "bits.gd");
  char words[40];
  snprintf(words, sizeof words, "%s run", which);
  bool wrong = broken(&one, "bits run", fault) || broken(&two, words, fault) ||
               differ(&one, &two, which, fault);
  drop(&one);
  drop(&two);
  return wrong;
}

static bool begins(const char *text, const char *with) {
  return strncmp(text, with, strlen(with)) == 0;
}

/* `only`: the kind of fault that is looked for; NULL for all. */
static bool bits_differ(const Judge *judge, Program *const *programs, int count, bool narrow,
                        const char *only, Fault *fault) {
  write_script(judge, "bits.gd", programs, count, false, narrow);
  const char *threaded = judge->harsh ? judge->harsh : judge->gd;
  bool all = !only || begins(only, "bits run");
  if ((all || begins(only, "threads")) && pair(judge, threaded, threaded, "2", "threads", fault))
    return true;
  if (judge->unfused && (all || begins(only, "unfused")) &&
      pair(judge, judge->gd, judge->unfused, "1", "unfused", fault))
    return true;
  return false;
}

Fault judge_programs(const Judge *judge, Program *const *programs, int count, bool narrow,
                     Tally *tally) {
  Fault fault = {.number = -1};
  tally->programs += count;
  if (refused(judge, programs, count, &fault)) return fault;
  if (check_run(judge, programs, count, tally, NULL, &fault)) return fault;
  if (bits_differ(judge, programs, count, narrow, NULL, &fault)) return fault;
  tally_add(tally, "gd check", count);
  tally_add(tally, "threads", count);
  if (judge->unfused) tally_add(tally, "unfused", count);
  return (Fault){.number = -1};
}

bool judge_again(const Judge *judge, Program *program, const Fault *fault, bool narrow,
                 Fault *found) {
  *found = (Fault){.number = -1};
  Program *const one[] = {program};
  bool wrong;
  if (begins(fault->kind, "gd check")) wrong = refused(judge, one, 1, found);
  else if (begins(fault->kind, "bits") || begins(fault->kind, "threads") ||
           begins(fault->kind, "unfused"))
    wrong = bits_differ(judge, one, 1, narrow, fault->kind, found);
  else
    wrong = check_run(judge, one, 1, NULL, begins(fault->kind, "run") ? NULL : fault->kind, found);
  return wrong && strcmp(found->kind, fault->kind) == 0;
}
