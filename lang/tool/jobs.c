/* jobs.c — see jobs.h.
 *
 * A job is this program again, found by /proc/self/exe, with empty standard input and its output in
 * a pipe.  So a script that fails, runs out of memory or never ends does not harm the server.  It
 * leads a process group, so that its children end with it.  The server never waits for a job: it
 * reads the job's pipe while it waits for the editor.
 */
#include "lang/tool/jobs.h"

#include "lang/tool/wire.h"
#include "lang/train/train.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { LINES_KEPT = 20, LINE_KEPT = 500, PIECE_BYTES = 8192 };
enum { SAID_WRONG = 1, SAID_INFO = 3, SAID_LOG = 4 };

static void tell(const char *method, json_t *params) {
  json_t *whole = json_pack("{s:s,s:s,s:o}", "jsonrpc", "2.0", "method", method, "params", params);
  if (whole) wire_write(whole);
}

/* What a process prints need not be UTF-8; JSON must be. */
static json_t *string_of(const char *text, size_t length) {
  Text fine = {0};
  for (size_t at = 0; at < length;) {
    uint32_t code;
    size_t size = text_decode(text + at, length - at, &code);
    if (size && code) text_add(&fine, text + at, size);
    else text_string(&fine, "\xef\xbf\xbd");
    at += size ? size : 1;
  }
  json_t *string = json_stringn(fine.data ? fine.data : "", fine.length);
  text_free(&fine);
  return string;
}

static void say(const char *method, int type, const Text *text) {
  tell(method, json_pack("{s:i,s:o}", "type", type, "message",
                         string_of(text->data ? text->data : "", text->length)));
}

/* ---- progress ---- */

static void tell_progress(const Jobs *jobs, const Job *job, json_t *value) {
  if (jobs->progress)
    tell("$/progress", json_pack("{s:i,s:o}", "token", job->number, "value", value));
  else json_decref(value);
}

static void progress_begin(const Jobs *jobs, const Job *job) {
  if (!jobs->progress) return;
  json_t *ask = json_pack("{s:s,s:s,s:s,s:{s:i}}", "jsonrpc", "2.0", "id", job->title, "method",
                          "window/workDoneProgress/create", "params", "token", job->number);
  if (ask) wire_write(ask);
  tell_progress(jobs, job,
                json_pack("{s:s,s:s,s:b}", "kind", "begin", "title", job->title, "cancellable", 1));
}

/* ---- what a job prints ---- */

/* Keeps the last lines. */
static void keep_line(Job *job, const char *line, size_t length) {
  int lines = 0;
  for (size_t i = 0; i < job->lines.length; i++) lines += job->lines.data[i] == '\n';
  if (lines >= LINES_KEPT) {
    size_t first = strcspn(job->lines.data, "\n") + 1;
    memmove(job->lines.data, job->lines.data + first, job->lines.length - first + 1);
    job->lines.length -= first;
  }
  text_add(&job->lines, line, length < LINE_KEPT ? length : LINE_KEPT);
  text_string(&job->lines, length < LINE_KEPT ? "\n" : "…\n");
}

/* Takes the whole lines out of what has come. */
static void take_lines(const Jobs *jobs, Job *job) {
  const char *text = job->part.data, *end = memrchr(text, '\n', job->part.length);
  if (!end) return;
  Text whole = {0};
  text_add(&whole, text, (size_t)(end - text));
  say("window/logMessage", SAID_LOG, &whole);
  text_free(&whole);
  const char *last = text;
  for (const char *at = text, *stop; at <= end; at = stop + 1) {
    stop = memchr(at, '\n', (size_t)(end - at) + 1);
    keep_line(job, at, (size_t)(stop - at));
    last = at;
  }
  tell_progress(
      jobs, job,
      json_pack("{s:s,s:o}", "kind", "report", "message", string_of(last, (size_t)(end - last))));
  size_t rest = job->part.length - (size_t)(end + 1 - text);
  memmove(job->part.data, end + 1, rest);
  job->part.length = rest;
}

static void tell_end(const Jobs *jobs, const Job *job, int status) {
  Text text = {0};
  bool exited = WIFEXITED(status);
  int code = exited ? WEXITSTATUS(status) : WTERMSIG(status);
  text_format(&text, "%s: ", job->title);
  if (exited && code == 0) text_string(&text, "done");
  else if (code == 130 || (!exited && code == SIGINT)) text_string(&text, "stopped");
  else text_format(&text, exited ? "exit status %d" : "ended by signal %d", code);
  text_format(&text, " after %.1f s", clock_seconds() - job->began);
  if (job->lines.length) {
    text_char(&text, '\n');
    text_add(&text, job->lines.data, job->lines.length - 1);
  }
  say("window/showMessage", exited && code == 0 ? SAID_INFO : SAID_WRONG, &text);
  text_free(&text);
  tell_progress(jobs, job, json_pack("{s:s}", "kind", "end"));
}

static void forget(Jobs *jobs, Job *job) {
  close(job->output);
  mem_free(job->title);
  mem_free(job->path);
  text_free(&job->lines);
  text_free(&job->part);
  *job = jobs->items[--jobs->count];
}

/* Reads pending output; at its end reports the job and removes it. */
static void hear(Jobs *jobs, Job *job) {
  char piece[PIECE_BYTES];
  ssize_t got = read(job->output, piece, sizeof piece);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got > 0) {
    text_add(&job->part, piece, (size_t)got);
    take_lines(jobs, job);
    return;
  }
  if (job->part.length) {
    text_char(&job->part, '\n');
    take_lines(jobs, job);
  }
  int status = 0;
  kill(-job->process, SIGKILL); /* what it left running */
  while (waitpid(job->process, &status, 0) < 0 && errno == EINTR) continue;
  tell_end(jobs, job, status);
  forget(jobs, job);
}

bool jobs_wait(Jobs *jobs, int descriptor) {
  for (;;) {
    struct pollfd wanted[JOBS_MOST + 1] = {{.fd = descriptor, .events = POLLIN}};
    int count = jobs ? jobs->count : 0;
    for (int i = 0; i < count; i++)
      wanted[1 + i] = (struct pollfd){.fd = jobs->items[i].output, .events = POLLIN};
    if (stop_wanted()) return false;
    if (poll(wanted, (nfds_t)count + 1, -1) < 0) {
      if (errno == EINTR) continue;
      return true;
    }
    for (int i = count; i-- > 0;) /* one that ends gives its place to the last */
      if (wanted[1 + i].revents) hear(jobs, &jobs->items[i]);
    if (wanted[0].revents) return true;
  }
}

/* ---- starting and stopping ---- */

/* In the child; signals are blocked, so that none is taken by the server's handlers. */
static NORETURN void become(const char *folder, int output, char *const *words,
                            const sigset_t *signals) {
  static const int handled[] = {SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGVTALRM};
  int nothing = open("/dev/null", O_RDONLY);
  for (int i = 0; i < COUNT_OF(handled); i++) signal(handled[i], SIG_DFL);
  sigprocmask(SIG_SETMASK, signals, NULL);
  setpgid(0, 0);
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* it does not outlive a server that is killed */
#endif
  bool fine = nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 &&
              dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0 &&
              chdir(folder) == 0;
  if (fine) execv("/proc/self/exe", words);
  _exit(127);
}

static char *title_of(char *const *words) {
  Text title = {0};
  for (; *words; words++) {
    const char *slash = strrchr(*words, '/');
    text_format(&title, "%s%s", title.length ? " " : "", slash ? slash + 1 : *words);
  }
  char *text = mem_text(title.data, title.length);
  text_free(&title);
  return text;
}

bool jobs_start(Jobs *jobs, const char *path, char *const *words, Text *wrong) {
  int ends[2];
  const char *slash = strrchr(path, '/');
  if (jobs->count == JOBS_MOST)
    return text_string(wrong, "too many jobs are running already"), false;
  if (!slash || pipe2(ends, O_CLOEXEC) != 0)
    return text_format(wrong, "%s cannot be run: %s", path, strerror(errno)), false;
  char *folder = mem_text(path, (size_t)(slash - path) + 1);
  fflush(stdout);
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t process = fork();
  if (process == 0) become(folder, ends[1], words, &before);
  sigprocmask(SIG_SETMASK, &before, NULL);
  mem_free(folder);
  close(ends[1]);
  if (process < 0) {
    close(ends[0]);
    return text_format(wrong, "%s cannot be run: %s", path, strerror(errno)), false;
  }
  setpgid(process, process);
  Job *job = &jobs->items[jobs->count++];
  *job = (Job){.process = process,
               .output = ends[0],
               .title = title_of(words),
               .path = mem_text(path, strlen(path)),
               .number = ++jobs->started,
               .began = clock_seconds()};
  progress_begin(jobs, job);
  return true;
}

int jobs_stop(const Jobs *jobs, const char *path) {
  int count = 0;
  for (int i = 0; i < jobs->count; i++) {
    if (path && strcmp(jobs->items[i].path, path) != 0) continue;
    kill(-jobs->items[i].process, SIGINT);
    count++;
  }
  return count;
}

void jobs_cancel(const Jobs *jobs, const json_t *token) {
  for (int i = 0; i < jobs->count; i++)
    if (json_integer_value(token) == jobs->items[i].number) kill(-jobs->items[i].process, SIGINT);
}

void jobs_end(Jobs *jobs) {
  while (jobs->count) {
    Job *job = &jobs->items[0];
    kill(-job->process, SIGKILL);
    while (waitpid(job->process, NULL, 0) < 0 && errno == EINTR) continue;
    forget(jobs, job);
  }
}
