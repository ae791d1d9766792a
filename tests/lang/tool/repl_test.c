/* repl_test.c — the session, driven through a pseudo-terminal and through a pipe (LANGUAGE.md
 * section 4; FAULTS.md, H7 and H8). */
#include "lang/machine/signals.h"
#include "lang/tool/repl.h"
#include "tests/tools/scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void say_to_stderr(void *context, const char *text, size_t length) {
  (void)context;
  fflush(stdout);
  fwrite(text, 1, length, stderr);
}

static int body(Session *session, void *context) {
  (void)context;
  signals_attach(session->vm);
  int status = repl_run(session);
  signals_attach(NULL);
  return status;
}

static NORETURN void run_repl(void) {
  signals_catch();
  SessionOptions options = {.options = {.threads = 1}, .say = say_to_stderr};
  int status = session_run(&options, body, NULL);
  fflush(stdout);
  _exit(status);
}

/* ---- a terminal ---- */

typedef struct Terminal {
  int master; /* our end */
  pid_t child;
  char seen[1 << 18]; /* all that came, with a final NUL */
  size_t length;
  size_t at; /* up to here it was looked at */
} Terminal;

static char home[SCRATCH_PATH];

static Terminal *terminal_open(void) {
  Terminal *terminal = calloc(1, sizeof *terminal);
  terminal->child = forkpty(&terminal->master, NULL, NULL, NULL);
  cr_assert_geq(terminal->child, 0);
  if (terminal->child == 0) {
    signal(SIGHUP, SIG_DFL); /* whatever the tests were started with */
    setenv("HOME", home, 1);
    unsetenv("XDG_STATE_HOME");
    setenv("TERM", "dumb", 1);
    setenv("INPUTRC", "/dev/null", 1);
    run_repl();
  }
  return terminal;
}

/* seconds: only what never comes takes so long, however busy the machine is */
enum { PATIENCE = 100 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static bool read_some(Terminal *terminal, int milliseconds) {
  struct pollfd input = {.fd = terminal->master, .events = POLLIN};
  if (poll(&input, 1, milliseconds) <= 0) return false;
  ssize_t got = read(terminal->master, terminal->seen + terminal->length,
                     sizeof terminal->seen - terminal->length - 1);
  if (got > 0) terminal->length += (size_t)got;
  terminal->seen[terminal->length] = '\0';
  return got > 0;
}

/* Waits until `text` appears after what was seen before. */
static void expect(Terminal *terminal, const char *text) {
  double end = now() + PATIENCE;
  for (;;) {
    char *found = strstr(terminal->seen + terminal->at, text);
    if (found) {
      terminal->at = (size_t)(found - terminal->seen) + strlen(text);
      return;
    }
    cr_assert_lt(now(), end, "`%s` does not appear in\n%s", text, terminal->seen + terminal->at);
    read_some(terminal, 200);
  }
}

static void send(Terminal *terminal, const char *text) {
  cr_assert_eq(write(terminal->master, text, strlen(text)), (ssize_t)strlen(text));
}

/* Waits until a prompt is the last thing printed: only then the terminal is readline's, and keys
 * are not echoed twice. */
static void expect_prompt(Terminal *terminal) {
  double end = now() + PATIENCE;
  for (;;) {
    const char *tail = terminal->length >= 3 ? terminal->seen + terminal->length - 3 : "";
    if (strcmp(tail, "\n> ") == 0 || strcmp(tail, "\n. ") == 0) break;
    cr_assert_lt(now(), end, "no prompt after\n%s", terminal->seen + terminal->at);
    read_some(terminal, 200);
  }
  terminal->at = terminal->length;
}

/* Types a line at the prompt, waits for its echo, and then for what it shows, alone on the next
 * line. */
static void type(Terminal *terminal, const char *line, const char *shown) {
  expect_prompt(terminal);
  send(terminal, line);
  send(terminal, "\n");
  expect(terminal, "\r\n");
  if (!shown) return;
  size_t before = terminal->at;
  expect(terminal, "\r\n");
  size_t length = terminal->at - before - 2;
  cr_assert(length == strlen(shown) && memcmp(terminal->seen + before, shown, length) == 0,
            "%s shows `%.*s`, not `%s`", line, (int)length, terminal->seen + before, shown);
}

static int terminal_close(Terminal *terminal) {
  int status = 0;
  double end = now() + PATIENCE;
  while (waitpid(terminal->child, &status, WNOHANG) == 0) {
    cr_assert_lt(now(), end, "the session does not end:\n%s", terminal->seen);
    read_some(terminal, 50);
  }
  close(terminal->master);
  free(terminal);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* Ctrl-D at the prompt. */
static void leave(Terminal *terminal) {
  type(terminal, "\"at the end\"", "\"at the end\"");
  expect_prompt(terminal);
  send(terminal, "\x04");
  cr_assert_eq(terminal_close(terminal), 0);
}

static void make_home(void) { cr_assert(scratch_make(home, "repl")); }

static void remove_home(void) {
  char path[128];
  static const char *const parts[] = {"/.local/state/gd/history", "/.local/state/gd",
                                      "/.local/state", "/.local", ""};
  for (int i = 0; i < COUNT_OF(parts); i++) {
    snprintf(path, sizeof path, "%s%s", home, parts[i]);
    if (i == 0) unlink(path);
    else rmdir(path);
  }
}

TestSuite(repl, .init = make_home, .fini = remove_home, .timeout = 600);

/* "Must show" 10 of the issue: a model over several lines, an error in the middle, training,
 * Ctrl-C, going on. */
Test(repl, a_session) {
  Terminal *terminal = terminal_open();
  expect_prompt(terminal);
  type(terminal, "model Net {", NULL);
  expect_prompt(terminal);
  type(terminal, "  let first = Dense(2, 3)", NULL);
  type(terminal, "  fn forward(x) = first(x)", NULL);
  type(terminal, "}", NULL);
  expect_prompt(terminal);
  type(terminal, "let net = Net()", NULL);
  type(terminal, "count(net)", "9");
  type(terminal, "let bad = cuont(net)", NULL);
  expect(terminal, "did you mean `count`?");
  type(terminal, "count(net) + 100", "109");
  type(terminal, "let h = train net on (x, y) in dataset([[0, 0], [1, 1]], [0, 1]) {", NULL);
  type(terminal, "  loss: cross_entropy(net(x), y)", NULL);
  type(terminal, "  optimizer: GD(lr: 0.1)", NULL);
  type(terminal, "  steps: 12; quiet: true", NULL);
  type(terminal, "}", NULL);
  type(terminal, "(h.steps, h.stopped)", "(12, \"steps\")");
  type(terminal, "while true { print(\"under \" + \"way\") }", NULL);
  expect(terminal, "under way");
  send(terminal, "\x03");
  expect(terminal, "interrupted");
  type(terminal, "40 + 2", "42");
  type(terminal,
       "let k = train net on (x, y) in dataset([[0, 0], [1, 1]], [0, 1]) { loss: "
       "cross_entropy(net(x), y); optimizer: GD(lr: 0.1); steps: 1e12; quiet: true; each_step: { "
       "if step == 2 { print(\"at \" + \"work\") } } }",
       NULL);
  expect(terminal, "at work");
  send(terminal, "\x03");
  expect(terminal, "^C");
  expect_prompt(terminal);
  type(terminal, "k.stopped", "\"interrupted\"");
  leave(terminal);
}

Test(repl, ctrl_c_at_the_prompt_clears_what_was_typed) {
  Terminal *terminal = terminal_open();
  expect_prompt(terminal);
  send(terminal, "let x = (1, ");
  expect(terminal, "(1, ");
  send(terminal, "\x03");
  expect(terminal, "^C");
  expect_prompt(terminal);
  type(terminal, "f(", NULL);
  expect_prompt(terminal);
  send(terminal, "\x03");
  expect(terminal, "^C");
  expect_prompt(terminal);
  type(terminal, "1 + 1 + 40", "42");
  leave(terminal);
}

Test(repl, exit_and_sigterm_end_it) {
  Terminal *terminal = terminal_open();
  expect_prompt(terminal);
  type(terminal, "exit(3)", NULL);
  cr_assert_eq(terminal_close(terminal), 3);
  terminal = terminal_open();
  expect_prompt(terminal);
  kill(terminal->child, SIGTERM);
  cr_assert_eq(terminal_close(terminal), STATUS_TERMINATED);
}

#if GD_READLINE

Test(repl, words_are_completed) {
  Terminal *terminal = terminal_open();
  expect_prompt(terminal);
  type(terminal, "let learning_rate = 0.25", NULL);
  type(terminal, "learning_r\t * 2", "0.5");
  type(terminal, "let t = (alpha_value: 7, beta_value: 8)", NULL);
  type(terminal, "t.alp\t + 10", "17");
  type(terminal, "fn scaled(x, factor_of_it = 1) = x * factor_of_it", NULL);
  type(terminal, "scaled(3, fact\t 5)", "15");
  type(terminal, "model M { param weights_here = ones(2) }", NULL);
  type(terminal, "let m = M()", NULL);
  type(terminal, "m.weig\t * 4", "[4, 4]");
  type(terminal, "softpl\t([0])[0] > 0.6", "true");
  type(terminal, "let w = param(1)", NULL);
  type(terminal, "let h = train w {", NULL);
  type(terminal, "  los\t w^2", NULL);
  type(terminal, "  optimi\t GD(lr: 0.1)", NULL);
  type(terminal, "  steps: 3; quiet: true", NULL);
  type(terminal, "}", NULL);
  type(terminal, "h.stopp\t", "\"steps\"");
  type(terminal, "let r = race w {", NULL);
  type(terminal, "  optimizers\t (a: GD(lr: 0.1), b: GD(lr: 0.2))", NULL);
  type(terminal, "  loss: w^2; steps: 3; quiet: true", NULL);
  type(terminal, "}", NULL);
  type(terminal, "r.winn\t", "\"b\"");
  leave(terminal);
}

Test(repl, history_is_kept_between_sessions) {
  Terminal *terminal = terminal_open();
  expect_prompt(terminal);
  type(terminal, "6 * 7", "42");
  type(terminal, "\x1b[A + 1", "43");
  leave(terminal);
  terminal = terminal_open();
  expect_prompt(terminal);
  type(terminal, "\x1b[A\x1b[A\x1b[A + 2", "44");
  leave(terminal);
}

Test(repl, a_history_that_cannot_be_kept_is_not_mentioned) {
  char path[128];
  snprintf(path, sizeof path, "%s/.local", home);
  int file = open(path, O_CREAT | O_WRONLY, 0400); /* a file where a folder should be */
  close(file);
  Terminal *terminal = terminal_open();
  expect_prompt(terminal);
  type(terminal, "6 * 7", "42");
  cr_assert_null(strstr(terminal->seen, "istory"));
  leave(terminal);
  unlink(path);
}

#endif

/* ---- a pipe ---- */

/* Gives `input` to a session; `out` gets what it prints, `err` its messages. */
static int through_pipe(const char *input, size_t length, char *out, char *err, size_t size) {
  char paths[3][64];
  int files[3];
  for (int i = 0; i < 3; i++) {
    snprintf(paths[i], sizeof paths[i], "%s/pipe%d", home, i);
    files[i] = open(paths[i], O_RDWR | O_CREAT | O_TRUNC, 0600);
    cr_assert_geq(files[i], 0);
    unlink(paths[i]);
  }
  cr_assert_eq(write(files[0], input, length), (ssize_t)length);
  lseek(files[0], 0, SEEK_SET);
  pid_t child = fork();
  if (child == 0) {
    for (int i = 0; i < 3; i++) dup2(files[i], i);
    clearerr(stdin);
    run_repl();
  }
  int status = 0;
  waitpid(child, &status, 0);
  char *rooms[] = {NULL, out, err};
  for (int i = 1; i < 3; i++) {
    ssize_t got = pread(files[i], rooms[i], size - 1, 0);
    rooms[i][got > 0 ? got : 0] = '\0';
  }
  for (int i = 0; i < 3; i++) close(files[i]);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* It means what it means in a file: what a statement is, which names are known, what is printed. */
Test(repl, a_pipe_is_a_script) {
  char out[4096], err[4096];
  static const char text[] =
      "#!/usr/bin/env gd\nprint(twice(4))\n1 + 1\nfn twice(x) = 2 * x\nif 1 > 2 {\n  "
      "print(\"no\")\n}\n\n# not this one\nelse {\n  print(\"yes\")\n}\n[1, 2]\n  |> sum\n  |> "
      "print\nlet y = 5\n  + 6\nprint(y); y";
  cr_assert_eq(through_pipe(text, sizeof text - 1, out, err, sizeof out), 0, "%s", err);
  cr_assert_str_eq(out, "8\nyes\n3\n11\n");
  cr_assert_str_eq(err, "");
}

/* … but one line that fails ends neither the others nor their names, whether its mistake is met or
 * known beforehand. */
Test(repl, a_pipe_goes_on_after_a_line_that_fails) {
  char out[4096], err[4096];
  static const char met[] = "let x = 1\nx = 2; error(\"met\"); print(\"never\")\nprint(x)\nlet t = "
                            "[1, 2]\nt[0] = 9; error(\"no\")\nprint(t)\n";
  cr_assert_eq(through_pipe(met, sizeof met - 1, out, err, sizeof out), 1);
  cr_assert_str_eq(out, "1\n[1, 2]\n");
  cr_assert(strstr(err, "<stdin>:2:8") && strstr(err, "<stdin>:5:11"), "%s", err);
  static const char known[] =
      "print(1)\n\nprint(\n  nothing_there)\nif false { }\nelse { print(2) }\n";
  cr_assert_eq(through_pipe(known, sizeof known - 1, out, err, sizeof out), STATUS_MALFORMED);
  cr_assert_str_eq(out, "1\n2\n");
  cr_assert(strstr(err, "<stdin>:4:3") && strstr(err, "\n4 |   nothing_there)"), "%s", err);
  static const char leaves[] = "error(\"met\")\nexit(7)\nprint(1)\n";
  cr_assert_eq(through_pipe(leaves, sizeof leaves - 1, out, err, sizeof out), 7);
  cr_assert_str_eq(out, "");
}

/* However many failed, whether that is found before running or not. */
Test(repl, a_pipe_runs_to_its_end) {
  static char out[16384], err[16384];
  char text[2048] = "";
  for (int i = 0; i < 30; i++) strcat(text, i % 2 ? "nosuch\n" : "let z = error(\"met\")\n");
  strcat(text, "print(\"after\")\n");
  cr_assert_eq(through_pipe(text, strlen(text), out, err, sizeof out), 1);
  cr_assert_str_eq(out, "after\n");
  cr_assert_not_null(strstr(err, "<stdin>:30:"));
}

/* H8: a failed line leaves nothing, not even what its first half did; all before it stays. */
Test(repl, a_failed_line_leaves_nothing) {
  char out[4096], err[4096];
  static const char text[] =
      "let x = 1\nlet y = 2; x = 5; let z = nothing_there\nprint(y)\nprint(x)\nlet y = 3; x = x + "
      "100; error(\"no\")\nprint(x)\ny\nfn f() = 1; f(1, 2)\nf()\nprint(x + 1)\n";
  cr_assert_neq(through_pipe(text, sizeof text - 1, out, err, sizeof out), 0);
  cr_assert_str_eq(out, "1\n1\n2\n", "%s", out);
  cr_assert(strstr(err, "nothing_there") && strstr(err, "unknown name `y`") &&
                strstr(err, "unknown name `f`"),
            "%s", err);
}

Test(repl, strange_input_is_survived) {
  char out[4096], err[65536];
  static const char nul[] = "let x = 1\nx\0(\n\xff\xfe\n\x1b[A\nprint(x + 41)\n";
  cr_assert_neq(through_pipe(nul, sizeof nul - 1, out, err, sizeof out), 0);
  cr_assert_str_eq(out, "42\n");
  Text big = {0};
  text_string(&big, "let y = [");
  for (int i = 0; i < 500000; i++) text_string(&big, "1, ");
  text_string(&big, "1]\nprint(size(y))\n");
  cr_assert_eq(through_pipe(big.data, big.length, out, err, sizeof out), 0, "%.500s", err);
  cr_assert_str_eq(out, "500001\n");
  text_free(&big);
  static const char open[] = "print(6 * 7)\nf(1,\n";
  cr_assert_eq(through_pipe(open, sizeof open - 1, out, err, sizeof out), STATUS_MALFORMED);
  cr_assert_str_eq(out, "42\n");
  cr_assert(strstr(err, "end of the file"));
}

Test(repl, documentation_of_names) {
  Terminal *terminal = terminal_open();
  expect_prompt(terminal);
  type(terminal, "## Twice x.", NULL);
  type(terminal, "fn twice(x) = 2 * x", NULL);
  type(terminal, "?twice", "fn twice(x)");
  expect(terminal, "Twice x.\r\n");
  type(terminal, "?sum", NULL);
  expect(terminal, "sum(x");
  type(terminal, "?train", NULL);
  expect(terminal, "the history");
  type(terminal, "?nothing_such",
       "there is no page for `nothing_such`; `gd doc -s TEXT` looks for words in every page");
  type(terminal, "? Dense", NULL);
  expect(terminal, "model Dense(");
  leave(terminal);
}
