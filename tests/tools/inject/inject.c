/* inject.c — every allocation and every call that touches files is made to fail, one at a time.
 *
 *   inject GD LIBRARY SCRIPTS [--sample N] [--seed S] [NAME…]
 *
 * SCRIPTS is the folder of this file: each script there but prepare.gd is run (a `# check` first
 * line: by `gd check`; `# session`: through a pipe; `# terminal`: typed at a pseudo-terminal) in a
 * folder of its own, with failing.c preloaded.  A run without a fault tells how many calls there
 * are; then run after run makes one of them fail, once or from there on: an allocation; a file call
 * with each of ERRNOS; a read or write that does half.  With --sample, N of each are drawn.
 *
 * A run must end within SECONDS, without a signal, and either as if nothing had been or with a
 * status of FAULTS.md for it and one short message at least.  What was printed is the beginning of
 * what is printed without the fault, or in a session, where later lines run, its last line is
 * there.  Then the script is run again in the same folder without a fault: it must give what it
 * gives there, and no temporary file may be left.  Where the run did not end for want of memory, as
 * many blocks stay unfreed as without a fault.
 */
#include "tests/tools/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { SECONDS = 20, PATH = 1024, OUTPUT = 1 << 16, MESSAGES = 20 * 4096, SLACK = 4 };

static const int ERRNOS[] = {ENOSPC, EIO, EINTR, EDQUOT, EROFS};
static const char *gd, *library, *scripts;
static char work[PATH], fresh[PATH], report[PATH];
static long runs, bad;
static uint64_t draws;

/* An archive with two packed members, which gd does not write. */
static const unsigned char NPZ[] = {
    80,  75,  3,   4,   20,  0,   0,   0,   8,   0,   0,   0,   33,  0,   45,  111, 34,  38,  102,
    0,   0,   0,   176, 0,   0,   0,   5,   0,   0,   0,   120, 46,  110, 112, 121, 155, 236, 23,
    234, 27,  16,  201, 200, 80,  198, 80,  173, 158, 146, 90,  156, 92,  164, 110, 165, 160, 110,
    147, 102, 162, 174, 163, 160, 158, 150, 95,  84,  82,  148, 152, 23,  159, 95,  148, 146, 10,
    18,  119, 75,  204, 41,  78,  5,   138, 23,  103, 36,  22,  164, 2,   249, 26,  198, 58,  10,
    38,  154, 58,  10,  181, 10,  100, 3,   46,  6,   48,  104, 176, 7,   18,  14,  64,  4,   196,
    13,  64,  188, 0,   136, 15,  0,   241, 3,   32,  102, 112, 100, 96,  16,  0,   98,  5,   32,
    54,  112, 4,   0,   80,  75,  3,   4,   20,  0,   0,   0,   8,   0,   0,   0,   33,  0,   232,
    16,  120, 132, 75,  0,   0,   0,   136, 0,   0,   0,   5,   0,   0,   0,   121, 46,  110, 112,
    121, 155, 236, 23,  234, 27,  16,  201, 200, 80,  198, 80,  173, 158, 146, 90,  156, 92,  164,
    110, 165, 160, 110, 147, 105, 162, 174, 163, 160, 158, 150, 95,  84,  82,  148, 152, 23,  159,
    95,  148, 146, 10,  18,  119, 75,  204, 41,  78,  5,   138, 23,  103, 36,  22,  164, 2,   249,
    26,  70,  58,  154, 58,  10,  181, 10,  20,  0,   46,  118, 6,   6,   6,   14,  32,  6,   0,
    80,  75,  1,   2,   20,  3,   20,  0,   0,   0,   8,   0,   0,   0,   33,  0,   45,  111, 34,
    38,  102, 0,   0,   0,   176, 0,   0,   0,   5,   0,   0,   0,   0,   0,   0,   0,   0,   0,
    0,   0,   128, 1,   0,   0,   0,   0,   120, 46,  110, 112, 121, 80,  75,  1,   2,   20,  3,
    20,  0,   0,   0,   8,   0,   0,   0,   33,  0,   232, 16,  120, 132, 75,  0,   0,   0,   136,
    0,   0,   0,   5,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   128, 1,   137, 0,
    0,   0,   121, 46,  110, 112, 121, 80,  75,  5,   6,   0,   0,   0,   0,   2,   0,   2,   0,
    102, 0,   0,   0,   247, 0,   0,   0,   0,   0,
};

/* What the history has before, and what the last line of a session at a terminal shows. */
static const char HISTORY[] = "print(1)\n", LAST[] = "the end 42";

typedef struct Fault {
  long alloc, io; /* which call, or 0 */
  int why;
  bool half, sticky;
} Fault;

typedef struct Outcome {
  int status; /* -1: ended by a signal, or too late */
  long allocs, ios, fired, live;
  long typed; /* failed reads of keys */
  char printed[OUTPUT], told[OUTPUT];
} Outcome;

typedef struct Script {
  const char *name;
  char path[PATH];
  bool check, session, terminal;
} Script;

static void die(const char *what) {
  perror(what);
  exit(2);
}

static void put(char room[PATH], const char *folder, const char *name) {
  if (snprintf(room, PATH, "%s/%s", folder, name) >= PATH) die("a path is too long");
}

static size_t slurp(const char *path, char *to, size_t room) {
  int file = open(path, O_RDONLY);
  ssize_t length = file < 0 ? 0 : read(file, to, room - 1);
  if (file >= 0) close(file);
  if (length < 0) length = 0;
  to[length] = '\0';
  return (size_t)length;
}

static void copy_file(const char *from, const char *to) {
  static char bytes[1 << 20];
  size_t length = slurp(from, bytes, sizeof bytes);
  int file = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0 || write(file, bytes, length) != (ssize_t)length) die(to);
  close(file);
}

/* For each file of a folder. */
static void each(const char *folder, void (*visit)(const char *path, const char *name)) {
  DIR *list = opendir(folder);
  if (!list) die(folder);
  for (struct dirent *entry; (entry = readdir(list));) {
    char path[PATH];
    put(path, folder, entry->d_name);
    if (entry->d_name[0] != '.') visit(path, entry->d_name);
  }
  closedir(list);
}

static void remove_one(const char *path, const char *name) {
  (void)name;
  unlink(path);
}

static void renew_one(const char *path, const char *name) {
  char to[PATH];
  put(to, work, name);
  copy_file(path, to);
}

static void write_history(const char *path) {
  char folder[PATH];
  put(folder, work, "gd");
  mkdir(folder, 0700);
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || write(file, HISTORY, sizeof HISTORY - 1) < 0) die(path);
  close(file);
}

/* The folder as the scripts are to find it. */
static void renew(void) {
  char history[PATH];
  each(work, remove_one);
  put(history, work, "gd/history");
  write_history(history);
  each(fresh, renew_one);
}

static void set(const char *name, long value) {
  char text[24];
  snprintf(text, sizeof text, "%ld", value);
  setenv(name, text, 1);
}

static void child(const Script *script, const Fault *fault, const char *epochs) {
  char out[PATH], told[PATH];
  put(out, fresh, "../out");
  put(told, fresh, "../told");
  if (chdir(work)) _exit(99);
  if (!script->terminal && (!freopen(script->session ? script->path : "/dev/null", "r", stdin) ||
                            !freopen(out, "w", stdout) || !freopen(told, "w", stderr)))
    _exit(99);
  setenv("XDG_STATE_HOME", work, 1);
  if (fault) {
    setenv("LD_PRELOAD", library, 1);
    setenv("FAILING_REPORT", report, 1);
    set("FAILING_ALLOC", fault->alloc);
    set("FAILING_IO", fault->io);
    set("FAILING_ERRNO", fault->why);
    set("FAILING_SHORT", fault->half);
    set("FAILING_STICKY", fault->sticky);
    set("FAILING_TERMINAL", script->terminal);
  }
  alarm(SECONDS); /* gd has no use for it but for --max-time */
  if (script->session || script->terminal) execl(gd, gd, "--threads", "1", (char *)NULL);
  else if (script->check) execl(gd, gd, "check", script->path, (char *)NULL);
  else execl(gd, gd, "--threads", "1", script->path, epochs, (char *)NULL);
  _exit(99);
}

/* Types the text of the script, which is short enough to wait in the terminal, and Ctrl-D. */
static void type(const Script *script, int terminal) {
  char text[2000];
  size_t length = slurp(script->path, text, sizeof text - 3);
  const char *from = strchr(text, '\n') + 1; /* its first line says what it is */
  memcpy(text + length, "\4\4\4", 3);
  length += 3 - (size_t)(from - text);
  if (write(terminal, from, length) != (ssize_t)length) die("the terminal");
}

/* The terminal passes on what is typed as it is: nothing shows twice, no key is a signal. */
static pid_t start_typed(const Script *script, const Fault *fault, int *terminal) {
  struct termios plain = {.c_cflag = CS8 | CREAD, .c_cc[VMIN] = 1};
  pid_t pid = forkpty(terminal, NULL, &plain, NULL);
  if (pid == 0) {
    setenv("TERM", "xterm", 1);
    child(script, fault, "");
  }
  if (pid > 0) type(script, *terminal);
  return pid;
}

/* What appears until the end. */
static void watch(int terminal, char *to, size_t room) {
  size_t length = 0;
  char more[4096];
  for (ssize_t got; (got = read(terminal, more, sizeof more)) > 0 || (got < 0 && errno == EINTR);)
    for (ssize_t i = 0; i < got; i++)
      if (length + 1 < room) to[length++] = more[i];
  to[length] = '\0';
  close(terminal);
}

static void run(const Script *script, const Fault *fault, const char *epochs, Outcome *outcome) {
  int status, terminal = -1;
  unlink(report);
  pid_t pid = script->terminal ? start_typed(script, fault, &terminal) : fork();
  if (pid < 0) die("fork");
  if (pid == 0) child(script, fault, epochs);
  *outcome = (Outcome){0};
  char path[PATH], line[200];
  if (terminal >= 0) watch(terminal, outcome->printed, sizeof outcome->printed);
  if (waitpid(pid, &status, 0) < 0) die("waitpid");
  outcome->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  put(path, fresh, "../out");
  if (terminal < 0) slurp(path, outcome->printed, sizeof outcome->printed);
  put(path, fresh, "../told");
  if (terminal < 0) slurp(path, outcome->told, sizeof outcome->told);
  slurp(report, line, sizeof line);
  sscanf(line, "%ld %ld %ld %ld %ld", &outcome->allocs, &outcome->ios, &outcome->fired,
         &outcome->live, &outcome->typed);
  runs++;
}

/* ---- judging ---- */

static long temporary;

static void count_temporary(const char *path, const char *name) {
  (void)path;
  temporary += strstr(name, ".tmp.") != NULL;
}

static bool allowed(int status, const Fault *fault) {
  if (fault->alloc) return status == 71;
  /* reading: missing, descriptors; writing: cannot be made, failed */
  return status == 66 || status == 71 || status == 73 || status == 74;
}

static bool begins(const char *text, const char *beginning) {
  return strncmp(text, beginning, strlen(beginning)) == 0;
}

static const char *last_line(const char *text) {
  const char *line = text;
  for (const char *at = text; *at; at++)
    if (at > text && at[-1] == '\n') line = at;
  return line;
}

/* The history begins with what was there. */
static bool history_kept(void) {
  char path[PATH], kept[4096];
  put(path, work, "gd/history");
  slurp(path, kept, sizeof kept);
  return begins(kept, HISTORY);
}

/* What is wrong with a session at a terminal, or NULL.  A failing read of keys is its end. */
static const char *judge_typed(const Fault *fault, const Outcome *whole, const Outcome *got) {
  if (got->status < 0) return "ended by a signal, or not at all";
  if (!history_kept()) return "the history was lost";
  if (got->status == 71 && !got->typed)
    return strstr(got->printed, "memory") ? NULL : "it was not said why";
  if (got->status != 0 && !allowed(got->status, fault)) return "another status";
  if (!strstr(got->printed, LAST) && !got->typed) return "the lines after did not run";
  if (got->live > whole->live + SLACK + 20) return "memory was not given back";
  return NULL;
}

/* What is wrong with a run, or NULL. */
static const char *judge(const Script *script, const Fault *fault, const Outcome *whole,
                         const Outcome *got) {
  if (script->terminal) return judge_typed(fault, whole, got);
  if (got->status < 0) return "ended by a signal, or not at all";
  bool same = got->status == whole->status && !strcmp(got->printed, whole->printed);
  if (!same && !allowed(got->status, fault))
    return "neither as without the fault nor a status for it";
  if (!same && !got->told[0]) return "nothing was said";
  if (strlen(got->told) > MESSAGES) return "too much was said";
  bool goes_on = script->session && got->status != 71;
  if (!goes_on && !begins(whole->printed, got->printed))
    return "printed what is not printed without the fault";
  if (goes_on && !strstr(got->printed, last_line(whole->printed)))
    return "the lines after did not run";
  if (got->status != 71 && got->live > whole->live + SLACK) return "memory was not given back";
  return NULL;
}

static void tell(const Script *script, const Fault *fault, const Outcome *got, const char *why) {
  bad++;
  printf("FAIL %s, %s %ld, errno %d%s%s: %s (status %d, %ld blocks left)\n%.300s", script->name,
         fault->alloc ? "allocation" : "file call", fault->alloc + fault->io, fault->why,
         fault->half ? ", half" : "", fault->sticky ? ", sticky" : "", why, got->status, got->live,
         got->told);
  fflush(stdout);
}

static void attempt(const Script *script, Fault fault, const Outcome *whole) {
  static Outcome got, again;
  renew();
  run(script, &fault, "4", &got);
  if (!got.fired) return;
  const char *why = judge(script, &fault, whole, &got);
  if (!why) {
    run(script, NULL, "4", &again);
    temporary = 0;
    each(work, count_temporary);
    if (script->terminal ? again.status != 0 || !strstr(again.printed, LAST)
                         : again.status != whole->status || strcmp(again.printed, whole->printed))
      why = "afterwards the script gives something else";
    else if (temporary) why = "a temporary file is left";
  }
  if (why) tell(script, &fault, &got, why);
}

/* ---- which ---- */

static uint64_t draw(void) {
  draws += 0x9e3779b97f4a7c15u;
  uint64_t x = draws;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/* Each of `count` calls, or so many of them. */
static void attempts(const Script *script, Fault fault, long count, long sample,
                     const Outcome *whole) {
  long many = sample && sample < count ? sample : count;
  for (long i = 0; i < many; i++) {
    long at = many == count ? i + 1 : 1 + (long)(draw() % (uint64_t)count);
    if (fault.why || fault.half) fault.io = at;
    else fault.alloc = at;
    attempt(script, fault, whole);
  }
}

static void all_of(const Script *script, long sample) {
  static Outcome whole;
  renew();
  run(script, &(Fault){0}, "4", &whole);
  if (whole.status < 0 || whole.status == 99 || !whole.allocs ||
      (script->terminal && !strstr(whole.printed, LAST))) {
    tell(script, &(Fault){0}, &whole, "fails without any fault");
    return;
  }
  for (int sticky = 0; sticky < 2; sticky++) {
    attempts(script, (Fault){.sticky = sticky}, whole.allocs, sample, &whole);
    attempts(script, (Fault){.half = true, .sticky = sticky}, whole.ios, sample, &whole);
    for (size_t i = 0; i < sizeof ERRNOS / sizeof *ERRNOS; i++)
      /* interrupted for ever: never ends, rightly */
      if (!sticky || ERRNOS[i] != EINTR)
        attempts(script, (Fault){.why = ERRNOS[i], .sticky = sticky}, whole.ios, sample, &whole);
  }
}

static void open_script(Script *script, const char *file) {
  char head[64];
  *script = (Script){.name = file};
  put(script->path, scripts, file);
  slurp(script->path, head, sizeof head);
  script->check = begins(head, "# check");
  script->session = begins(head, "# session");
  script->terminal = begins(head, "# terminal");
}

/* The files that the scripts find. */
static void prepare(void) {
  static Outcome outcome;
  Script script;
  open_script(&script, "prepare.gd");
  run(&script, NULL, "", &outcome);
  if (outcome.status) printf("%s", outcome.told), exit(2);
  open_script(&script, "train.gd");
  run(&script, NULL, "2", &outcome);
  if (outcome.status) printf("%s", outcome.told), exit(2);
  char path[PATH];
  put(path, work, "a.npz");
  int file = open(path, O_WRONLY | O_CREAT, 0644);
  if (file < 0 || write(file, NPZ, sizeof NPZ) != (ssize_t)sizeof NPZ) die(path);
  close(file);
  if (rename(work, fresh) || mkdir(work, 0755)) die(fresh);
}

static const char *const NAMES[] = {"start", "text", "wrong", "check", "step",    "save",    "load",
                                    "csv",   "npz",  "blame", "train", "session", "terminal"};

int main(int count, char **words) {
  if (count < 4)
    return fprintf(stderr, "inject GD LIBRARY SCRIPTS [--sample N] [--seed S] [NAME...]\n"), 2;
  gd = realpath(words[1], NULL), library = realpath(words[2], NULL),
  scripts = realpath(words[3], NULL);
  char root[SCRATCH_PATH];
  if (!gd || !library || !scripts || !scratch_make(root, "inject")) die("inject");
  put(work, root, "work");
  put(fresh, root, "fresh");
  put(report, root, "report");
  if (mkdir(work, 0755) || mkdir(fresh, 0755)) die(root);
  long sample = 0;
  int first = 4;
  for (; first + 1 < count && begins(words[first], "--"); first += 2) {
    if (!strcmp(words[first], "--sample")) sample = atol(words[first + 1]);
    else draws = (uint64_t)atol(words[first + 1]);
  }
  prepare();
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
    bool wanted = first >= count;
    for (int k = first; k < count; k++) wanted |= !strcmp(words[k], NAMES[i]);
    char file[64];
    snprintf(file, sizeof file, "%s.gd", NAMES[i]);
    Script script;
    open_script(&script, file);
    if (wanted) all_of(&script, sample);
  }
  printf("inject: %ld runs, %ld bad\n", runs, bad);
  char sweep[SCRATCH_PATH + 8];
  snprintf(sweep, sizeof sweep, "rm -rf %s", root);
  if (!bad && system(sweep) != 0) die(root);
  return bad ? 1 : 0;
}
