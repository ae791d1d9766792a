/* golden.c — runs golden scripts and compares what they print with what they say they print.
 *
 *   golden GD [-j JOBS] [-t SECONDS] [-v] PATH...      PATH: a script or a folder (searched
 *       through)
 *
 * In a script (tests/README.md has the same words):
 *   # expect: TEXT          one line of standard output, in order
 *   # expect ~ REGEX        one line that the extended regular expression matches in full (\d is a
 *                           digit)
 *   # expect error: TEXT    TEXT is in standard error, the error names this line, and the status is
 *                           not 0
 *   # expect error ~ REGEX  likewise, for some line of standard error
 *   # expect stderr: TEXT   TEXT is in standard error, whatever the status
 *   # expect no stderr: TEXT   TEXT is not in standard error
 *   # status: N             the exit status (otherwise 0, or any other with `expect error`)
 *   # args: A B             arguments of the script; {tmp} is a new empty folder, removed
 *                           afterwards
 *   # options: A B          options of gd, before the script's name
 *   # check                 `gd check SCRIPT` instead of running it; `# command: WORD` for another
 *                           word
 *   # stdin: TEXT           one line of its standard input (otherwise there is none)
 *   # env: NAME=VALUE       set in its environment
 *   # silent                nothing on standard output, not even before an error
 *   # output: any           standard output is not looked at
 *   # timeout: N            seconds it may take (otherwise -t, 300)
 *   # skip: WHY             not run, and counted apart; for what a later issue brings
 * A script runs in its own folder, so that it finds its neighbours, with no terminal and no colour.
 *
 * Scripts that say nothing of what is expected fail: a test must be able to.  JOBS of them run at
 * once (as many as there are processors); the report is in the order of the names, and its last
 * line is `N passed, N failed`.  A status above 128 is a crash and always a failure, unless asked
 * for.
 */
#include "tests/tools/scratch.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXPECTS_MOST = 400, WORDS_MOST = 64, JOBS_MOST = 64 };

typedef enum ExpectKind {
  EXPECT_TEXT,
  EXPECT_REGEX,
  EXPECT_ERROR,
  EXPECT_ERROR_REGEX,
  EXPECT_STDERR,
  EXPECT_NO_STDERR
} ExpectKind;

typedef struct Expect {
  ExpectKind kind;
  int line;   /* of the script */
  char *text; /* owned */
} Expect;

typedef struct Script {
  char *path; /* as found; owned */
  Expect expects[EXPECTS_MOST];
  int expect_count;
  char *args[WORDS_MOST]; /* owned words */
  int arg_count;
  char *options[WORDS_MOST];
  int option_count;
  char *env[WORDS_MOST];
  int env_count;
  char *command;   /* "check", or NULL to run it */
  char *input;     /* lines of standard input; owned; NULL for none */
  char *skip;      /* why it is not run */
  bool silent;     /* nothing may be printed */
  bool any_output; /* what is printed is not looked at */
  int status;      /* wanted, or -1 */
  int timeout;     /* seconds */
  /* while it runs */
  pid_t pid;                 /* 0: not started */
  double deadline;           /* by `now` */
  char folder[SCRATCH_PATH]; /* for {tmp} and the output files */
  bool done;
  char *why; /* the failure in words; NULL: passed */
} Script;

static const char *gd;            /* absolute path of the binary */
static int default_timeout = 300; /* ends what hangs: a busy machine is not wrong */
static bool verbose;

static void *must(void *memory) {
  if (!memory) {
    fputs("golden: out of memory\n", stderr);
    exit(71);
  }
  return memory;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static char *say(const char *format, ...) {
  char buffer[1200];
  va_list args;
  va_start(args, format);
  vsnprintf(buffer, sizeof buffer, format, args);
  va_end(args);
  return must(strdup(buffer));
}

/* ---- reading a script ---- */

static char *read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  size_t length = 0, capacity = 1 << 14;
  char *text = must(malloc(capacity));
  for (size_t got; (got = fread(text + length, 1, capacity - length - 1, file)) > 0;) {
    length += got;
    if (capacity - length < 2) text = must(realloc(text, capacity *= 2));
  }
  fclose(file);
  text[length] = 0;
  /* a NUL in a script of FAULTS.md A6 ends no line */
  for (size_t i = 0; i < length; i++)
    if (!text[i]) text[i] = '?';
  return text;
}

static void split_words(const char *text, char **words, int *count) {
  char *copy = must(strdup(text));
  for (char *word = strtok(copy, " "); word && *count < WORDS_MOST; word = strtok(NULL, " "))
    words[(*count)++] = must(strdup(word));
  free(copy);
}

static const char *after(const char *line, const char *mark) {
  const char *found = strstr(line, mark);
  return found ? found + strlen(mark) : NULL;
}

static void expect(Script *script, ExpectKind kind, int line, const char *text) {
  if (script->expect_count == EXPECTS_MOST) {
    fprintf(stderr, "golden: %s: too many expectations\n", script->path);
    exit(2);
  }
  script->expects[script->expect_count++] = (Expect){kind, line, must(strdup(text))};
}

static void add_input(Script *script, const char *text) {
  size_t old = script->input ? strlen(script->input) : 0;
  script->input = must(realloc(script->input, old + strlen(text) + 2));
  sprintf(script->input + old, "%s\n", text);
}

static void read_line(Script *script, int number, char *line) {
  size_t length = strlen(line);
  while (length && (line[length - 1] == ' ' || line[length - 1] == '\r')) line[--length] = 0;
  const char *rest;
  if ((rest = after(line, "# expect: "))) expect(script, EXPECT_TEXT, number, rest);
  else if (after(line, "# expect:") && line[length - 1] == ':')
    expect(script, EXPECT_TEXT, number, "");
  else if ((rest = after(line, "# expect ~ "))) expect(script, EXPECT_REGEX, number, rest);
  else if ((rest = after(line, "# expect error: "))) expect(script, EXPECT_ERROR, number, rest);
  else if ((rest = after(line, "# expect error ~ ")))
    expect(script, EXPECT_ERROR_REGEX, number, rest);
  else if ((rest = after(line, "# expect stderr: "))) expect(script, EXPECT_STDERR, number, rest);
  else if ((rest = after(line, "# expect no stderr: ")))
    expect(script, EXPECT_NO_STDERR, number, rest);
  else if (strncmp(line, "# args: ", 8) == 0)
    split_words(line + 8, script->args, &script->arg_count);
  else if (strncmp(line, "# options: ", 11) == 0)
    split_words(line + 11, script->options, &script->option_count);
  else if (strncmp(line, "# env: ", 7) == 0) split_words(line + 7, script->env, &script->env_count);
  else if (strncmp(line, "# status: ", 10) == 0) script->status = atoi(line + 10);
  else if (strcmp(line, "# silent") == 0) script->silent = true;
  else if (strcmp(line, "# output: any") == 0) script->any_output = true;
  else if (strncmp(line, "# timeout: ", 11) == 0) script->timeout = atoi(line + 11);
  else if (strncmp(line, "# skip: ", 8) == 0) script->skip = must(strdup(line + 8));
  else if (strncmp(line, "# stdin: ", 9) == 0) add_input(script, line + 9);
  else if (strncmp(line, "# command: ", 11) == 0) script->command = must(strdup(line + 11));
  else if (strcmp(line, "# check") == 0) script->command = must(strdup("check"));
}

static void read_script(Script *script) {
  char *text = read_file(script->path);
  if (!text) {
    script->done = true;
    script->why = say("cannot be read: %s", strerror(errno));
    return;
  }
  int number = 1;
  for (char *line = text; line; number++) {
    char *end = strchr(line, '\n');
    if (end) *end = 0;
    read_line(script, number, line);
    line = end ? end + 1 : NULL;
  }
  free(text);
  if (script->skip) script->done = true;
  else if (!script->expect_count && script->status < 0) {
    script->done = true;
    script->why = say("expects nothing, so it cannot fail");
  }
}

/* ---- running it ---- */

static char *with_folder(const Script *script, const char *word) {
  const char *mark = strstr(word, "{tmp}");
  if (!mark) return must(strdup(word));
  return say("%.*s%s/tmp%s", (int)(mark - word), word, script->folder, mark + 5);
}

static void redirect(const char *path, int flags, int to) {
  int fd = open(path, flags, 0600);
  if (fd < 0 || dup2(fd, to) < 0) _exit(126);
  if (fd != to) close(fd);
}

/* In the child: never returns. */
static void run_child(const Script *script) {
  char in[96], out[96], err[96];
  snprintf(in, sizeof in, "%s/in", script->folder);
  snprintf(out, sizeof out, "%s/out", script->folder);
  snprintf(err, sizeof err, "%s/err", script->folder);
  redirect(script->input ? in : "/dev/null", O_RDONLY, 0);
  redirect(out, O_WRONLY | O_CREAT | O_TRUNC, 1);
  redirect(err, O_WRONLY | O_CREAT | O_TRUNC, 2);
  setpgid(0, 0);
  setenv("NO_COLOR", "1", 1);
  setenv("HOME", script->folder, 1);
  for (int i = 0; i < script->env_count; i++) putenv(script->env[i]);

  char *folder = must(strdup(script->path));
  char *slash = strrchr(folder, '/');
  const char *name = slash ? slash + 1 : script->path;
  if (slash) {
    *slash = 0;
    if (chdir(folder)) _exit(126);
  }

  char *argv[2 * WORDS_MOST + 8];
  int count = 0;
  argv[count++] = must(strdup(gd));
  if (script->command) argv[count++] = script->command;
  for (int i = 0; i < script->option_count; i++)
    argv[count++] = with_folder(script, script->options[i]);
  argv[count++] = must(strdup(name));
  for (int i = 0; i < script->arg_count; i++) argv[count++] = with_folder(script, script->args[i]);
  argv[count] = NULL;
  execv(gd, argv);
  _exit(127);
}

static void start(Script *script) {
  if (!scratch_make(script->folder, "golden")) {
    perror("golden");
    exit(73);
  }
  char path[96];
  snprintf(path, sizeof path, "%s/tmp", script->folder);
  mkdir(path, 0700);
  if (script->input) {
    snprintf(path, sizeof path, "%s/in", script->folder);
    FILE *file = fopen(path, "w");
    if (!file || fputs(script->input, file) < 0 || fclose(file)) {
      perror("golden: in");
      exit(73);
    }
  }
  fflush(NULL);
  script->pid = fork();
  if (script->pid < 0) {
    perror("golden: fork");
    exit(71);
  }
  if (script->pid == 0) run_child(script);
  setpgid(script->pid, script->pid);
  script->deadline = now() + script->timeout;
}

static void remove_tree(const char *path) {
  DIR *dir = opendir(path);
  if (dir) {
    for (struct dirent *entry; (entry = readdir(dir));) {
      if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
      char *inner = say("%s/%s", path, entry->d_name);
      if (unlink(inner)) remove_tree(inner);
      free(inner);
    }
    closedir(dir);
  }
  rmdir(path);
}

/* ---- judging it ---- */

/* The expression must match all of the text; \d stands for a digit, as in many other dialects. */
static bool matches(const char *pattern, const char *text, bool in_full) {
  char *full = must(malloc(5 * strlen(pattern) + 8)), *to = full;
  if (in_full) to = stpcpy(to, "^(");
  for (const char *from = pattern; *from; from++) {
    if (from[0] == '\\' && from[1] == 'd') {
      to = stpcpy(to, "[0-9]");
      from++;
    } else *to++ = *from;
  }
  strcpy(to, in_full ? ")$" : "");
  regex_t regex;
  bool found = false;
  if (regcomp(&regex, full, REG_EXTENDED | REG_NOSUB) == 0) {
    found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
  } else fprintf(stderr, "golden: not a regular expression: %s\n", pattern);
  free(full);
  return found;
}

/* Is there `:LINE:COLUMN` in the text? */
static bool names_line(const char *text, int line) {
  char mark[32];
  int length = snprintf(mark, sizeof mark, ":%d:", line);
  for (const char *at = text; (at = strstr(at, mark)); at++) {
    if (at[length] >= '0' && at[length] <= '9') return true;
  }
  return false;
}

/* Cuts what a quoted line of the script itself expects, which would prove itself. */
static void cut_quoted(char *err) {
  char *to = err;
  for (char *line = err; *line;) {
    size_t length = strcspn(line, "\n"), kept = length;
    size_t digits = strspn(line, " 0123456789");
    bool quoted = digits && strncmp(line + digits, "| ", 2) == 0;
    for (size_t i = digits; quoted && i < length && kept == length; i++)
      if (strncmp(line + i, "# expect", 8) == 0 ||
          (line[i] == '#' && length - i < 14 && length > 3 &&
           strncmp(line + length - 3, "…", 3) == 0))
        kept = i;
    bool more = line[length] == '\n';
    memmove(to, line, kept);
    to += kept;
    if (more) *to++ = '\n';
    line += length + more;
  }
  *to = 0;
}

static char *judge_errors(const Script *script, const char *err) {
  for (int i = 0; i < script->expect_count; i++) {
    const Expect *want = &script->expects[i];
    switch (want->kind) {
      case EXPECT_TEXT:
      case EXPECT_REGEX: continue;
      case EXPECT_NO_STDERR:
        if (strstr(err, want->text))
          return say("line %d: '%s' is in standard error: %.400s", want->line, want->text, err);
        continue;
      case EXPECT_STDERR:
      case EXPECT_ERROR:
        if (!strstr(err, want->text))
          return say("line %d: no '%s' in standard error: %.400s", want->line, want->text, err);
        break;
      case EXPECT_ERROR_REGEX:
        if (!matches(want->text, err, false))
          return say("line %d: nothing like '%s' in standard error: %.400s", want->line, want->text,
                     err);
        break;
    }
    if (want->kind != EXPECT_STDERR && !names_line(err, want->line))
      return say("the error does not name line %d: %.400s", want->line, err);
  }
  return NULL;
}

static char *judge_output(const Script *script, char *out, bool failed) {
  int wanted = 0;
  char *line = *out ? out : NULL;
  if (script->any_output) return NULL;
  if (script->silent && line) return say("nothing was to be printed, and then came '%.200s'", line);
  for (int i = 0; i < script->expect_count; i++) {
    const Expect *want = &script->expects[i];
    if (want->kind > EXPECT_REGEX) continue;
    wanted++;
    if (!line)
      return say("line %d: nothing printed where '%s' was expected", want->line, want->text);
    char *end = strchr(line, '\n');
    if (end) *end = 0;
    bool same = want->kind == EXPECT_TEXT ? strcmp(want->text, line) == 0
                                          : matches(want->text, line, true);
    if (!same) return say("line %d: printed '%.300s', expected '%s'", want->line, line, want->text);
    line = end && end[1] ? end + 1 : NULL;
  }
  if (line && !failed) return say("%d lines were expected, and then came '%.200s'", wanted, line);
  return NULL;
}

static char *judge(const Script *script, int wait_status, char *out, char *err) {
  bool errors = false;
  for (int i = 0; i < script->expect_count; i++)
    errors |= script->expects[i].kind == EXPECT_ERROR ||
              script->expects[i].kind == EXPECT_ERROR_REGEX;
  if (WIFSIGNALED(wait_status))
    return say("ended by signal %d: %.400s", WTERMSIG(wait_status), err);
  int status = WEXITSTATUS(wait_status);
  if (strstr(err, "Sanitizer") || strstr(err, "runtime error:"))
    return say("sanitizer: %.900s", err);
  if (script->status >= 0 ? status != script->status : errors ? status == 0 : status != 0) {
    return say("status %d%s: %.400s", status,
               errors && status == 0 ? " where an error was expected" : "", err);
  }
  if (status == 70 && script->status != 70) return say("a bug inside: %.400s", err);
  cut_quoted(err);
  char *why = judge_errors(script, err);
  return why ? why : judge_output(script, out, errors);
}

static void finish(Script *script, int wait_status, bool late) {
  char path[96];
  snprintf(path, sizeof path, "%s/out", script->folder);
  char *out = read_file(path);
  snprintf(path, sizeof path, "%s/err", script->folder);
  char *err = read_file(path);
  if (late) script->why = say("no end within %d s", script->timeout);
  else
    script->why = judge(script, wait_status, out ? out : must(strdup("")),
                        err ? err : must(strdup("")));
  free(out);
  free(err);
  remove_tree(script->folder);
  script->done = true;
  script->pid = 0;
}

static void reap(Script *scripts, int count) {
  for (int i = 0; i < count; i++) {
    Script *script = &scripts[i];
    if (!script->pid) continue;
    int status;
    if (waitpid(script->pid, &status, WNOHANG) == script->pid) finish(script, status, false);
    else if (now() > script->deadline) {
      kill(-script->pid, SIGKILL);
      waitpid(script->pid, &status, 0);
      finish(script, status, true);
    }
  }
}

static int running(const Script *scripts, int count) {
  int n = 0;
  for (int i = 0; i < count; i++) n += scripts[i].pid != 0;
  return n;
}

/* ---- finding them ---- */

typedef struct Found {
  char **paths;
  int count, capacity;
} Found;

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void find(Found *found, const char *path) {
  struct stat info;
  if (stat(path, &info)) {
    fprintf(stderr, "golden: %s: %s\n", path, strerror(errno));
    exit(66);
  }
  if (!S_ISDIR(info.st_mode)) {
    if (found->count == found->capacity)
      found->paths = must(
          realloc(found->paths,
                  (size_t)(found->capacity = 2 * found->capacity + 64) * sizeof *found->paths));
    found->paths[found->count++] = must(strdup(path));
    return;
  }
  DIR *dir = opendir(path);
  if (!dir) return;
  for (struct dirent *entry; (entry = readdir(dir));) {
    size_t length = strlen(entry->d_name);
    bool script = length > 3 && strcmp(entry->d_name + length - 3, ".gd") == 0;
    char *inner = say("%s/%s", path, entry->d_name);
    /* Folders named `parts` hold what other scripts import; they are not scripts of their own. */
    if (entry->d_name[0] != '.' && strcmp(entry->d_name, "parts") != 0 &&
        (script || (!stat(inner, &info) && S_ISDIR(info.st_mode))))
      find(found, inner);
    free(inner);
  }
  closedir(dir);
}

int main(int argc, char **argv) {
  long jobs = sysconf(_SC_NPROCESSORS_ONLN);
  Found found = {0};
  int option;
  while ((option = getopt(argc, argv, "j:t:v")) != -1) {
    if (option == 'j') jobs = atol(optarg);
    else if (option == 't') default_timeout = atoi(optarg);
    else if (option == 'v') verbose = true;
    else {
      fputs("usage: golden [-j JOBS] [-t SECONDS] [-v] GD PATH...\n", stderr);
      return 2;
    }
  }
  if (argc - optind < 2) {
    fputs("usage: golden [-j JOBS] [-t SECONDS] [-v] GD PATH...\n", stderr);
    return 2;
  }
  char whole[PATH_MAX];
  if (!realpath(argv[optind], whole)) {
    fprintf(stderr, "golden: %s: %s\n", argv[optind], strerror(errno));
    return 66;
  }
  gd = whole;
  if (jobs < 1) jobs = 1;
  if (jobs > JOBS_MOST) jobs = JOBS_MOST;
  for (int i = optind + 1; i < argc; i++) find(&found, argv[i]);
  qsort(found.paths, (size_t)found.count, sizeof *found.paths, by_name);

  Script *scripts = must(calloc((size_t)found.count + 1, sizeof *scripts));
  for (int i = 0; i < found.count; i++) {
    scripts[i].path = found.paths[i];
    scripts[i].status = -1;
    scripts[i].timeout = default_timeout;
    read_script(&scripts[i]);
  }
  for (int next = 0; next < found.count || running(scripts, found.count);) {
    while (next < found.count && (scripts[next].done || running(scripts, found.count) < jobs)) {
      if (!scripts[next].done) start(&scripts[next]);
      next++;
    }
    reap(scripts, found.count);
    nanosleep(&(struct timespec){0, 1000000}, NULL);
  }
  int passed = 0, failed = 0, skipped = 0;
  for (int i = 0; i < found.count; i++) {
    if (scripts[i].skip) {
      skipped++;
      if (verbose) printf("skip %s  %s\n", scripts[i].path, scripts[i].skip);
      continue;
    }
    if (scripts[i].why) {
      failed++;
      printf("FAIL %s  %s\n", scripts[i].path, scripts[i].why);
    } else {
      passed++;
      if (verbose) printf("ok   %s\n", scripts[i].path);
    }
  }
  if (skipped) printf("%d skipped\n", skipped);
  printf("%d passed, %d failed\n", passed, failed);
  return failed ? 1 : 0;
}
