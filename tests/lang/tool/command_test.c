/* command_test.c — the command in a process of its own: options, statuses, streams, limits
 * (LANGUAGE.md section 13; FAULTS.md E5 to E7, F20, F21, H14 to H16). */
#include "lang/lang.h"
#include "lang/tool/command.h"
#include "tests/runtime/io/folder.h"
#include "tests/tools/scratch.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(GD_HARSH)
#define DEEP "900" /* calls under way; a thousand is the most there */
#else
#define DEEP "3000"
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static char folder[SCRATCH_PATH];

typedef struct Outcome {
  int status;        /* exit status, or 1000 + signal */
  char out[1 << 16]; /* standard output */
  char err[1 << 16]; /* standard error */
} Outcome;

static Outcome *last; /* of the newest run */

typedef void Prepare(void);

static int scratch(const char *name) {
  char path[64];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  cr_assert_geq(file, 0);
  return file;
}

static void take(int file, char *buffer, size_t size) {
  ssize_t got = pread(file, buffer, size - 1, 0);
  buffer[got > 0 ? got : 0] = '\0';
  close(file);
}

/* Runs `gd words…` in a child: `input` is its standard input, `prepare` is called there first. */
static const Outcome *run_prepared(Prepare *prepare, const char *input, int count, char **words) {
  int in = scratch("in"), out = scratch("out"), err = scratch("err");
  cr_assert_eq(write(in, input, strlen(input)), (ssize_t)strlen(input));
  lseek(in, 0, SEEK_SET);
  pid_t child = fork();
  if (child == 0) {
    signal(SIGHUP, SIG_DFL); /* whatever the tests were started with */
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    for (int i = 3; i < 64; i++) close(i);
    clearerr(stdin);
    if (prepare) prepare();
    _exit(command_run(count, words));
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!last) last = malloc(sizeof *last);
  last->status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  close(in);
  take(out, last->out, sizeof last->out);
  take(err, last->err, sizeof last->err);
  return last;
}

#define WORDS(...)                                              \
  COUNT_OF(((const char *[]){"gd", __VA_ARGS__})), (char *[]) { \
    (char *)(intptr_t) "gd", __VA_ARGS__, NULL                  \
  }

static const Outcome *run(int count, char **words) { return run_prepared(NULL, "", count, words); }

static void check_status(const Outcome *outcome, int status) {
  cr_assert_eq(outcome->status, status, "status %d, not %d\n%s\n%s", outcome->status, status,
               outcome->out, outcome->err);
}

static const char *file_with(const char *name, const char *text) {
  static char path[64];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  fputs(text, file);
  fclose(file);
  return path;
}

static void make_folder(void) { cr_assert(scratch_make(folder, "command")); }

static void remove_folder(void) {
  folder_clear(folder);
  free(last);
}

TestSuite(command, .init = make_folder, .fini = remove_folder, .timeout = 600);

static char *w(const char *word) { return (char *)(intptr_t)word; }

Test(command, standard_input_is_read_again) {
  const char *script = "print(read_line(), csv(\"-\").x, len(text(\"-\")), read_line())";
  const Outcome *outcome = run_prepared(NULL, "one\na,y\n1,2\n", WORDS(w("-e"), w(script)));
  check_status(outcome, 0);
  cr_assert_str_eq(outcome->out, "one [[1, 2]] 8 none\n");
  const char *made = file_with("b.npy", "");
  outcome = run_prepared(NULL, "a,y\n1,2\n", WORDS(w("data"), w("convert"), w("-"), w(made)));
  check_status(outcome, 0);
  cr_assert(strstr(outcome->err, "empty") == NULL, "%s", outcome->err);
}

Test(command, scripts_lines_and_standard_input) {
  const Outcome *outcome = run(WORDS(w("-e"), w("print(1 + 1, args)"), w("a"), w("--b")));
  check_status(outcome, 0);
  cr_assert_str_eq(outcome->out, "2 [\"a\", \"--b\"]\n");
  cr_assert_str_eq(outcome->err, "");
  outcome = run(WORDS(w(file_with("a.gd", "print(\"here\", args)")), w("-x"), w("--seed")));
  check_status(outcome, 0);
  cr_assert_str_eq(outcome->out, "here [\"-x\", \"--seed\"]\n");
  outcome = run_prepared(NULL, "print(40 + 2)", WORDS(w("-")));
  check_status(outcome, 0);
  cr_assert_str_eq(outcome->out, "42\n");
  outcome = run_prepared(NULL, "40 + 2\nprint(40 + 3)\n", 1, (char *[]){w("gd"), NULL});
  check_status(outcome, 0);
  cr_assert_str_eq(outcome->out, "43\n");
}

static void inside_folder(void) { cr_assert_eq(chdir(folder), 0); }
static void from_the_top(void) { cr_assert_eq(chdir("/"), 0); }

static void inside_a_lost_folder(void) {
  char path[64];
  snprintf(path, sizeof path, "%s/lost", folder);
  cr_assert(mkdir(path, 0700) == 0 && chdir(path) == 0 && rmdir(path) == 0);
}

/* LANGUAGE.md section 12, Paths: of a file its folder, from wherever it is run; of what is no file
 * the working directory */
Test(command, here_is_the_folder_of_the_file) {
  char folder_line[64], path[96];
  snprintf(folder_line, sizeof folder_line, "%s\n", folder);
  cr_assert_str_eq(run_prepared(inside_folder, "", WORDS(w("-e"), w("print(here)")))->out,
                   folder_line);
  cr_assert_str_eq(run_prepared(inside_folder, "print(here)", WORDS(w("-")))->out, folder_line);
  cr_assert_str_eq(run_prepared(inside_folder, "print(here)\n", 1, (char *[]){w("gd"), NULL})->out,
                   folder_line);
  snprintf(path, sizeof path, "%s", file_with("a.gd", "print(here)\ntest \"t\" { print(here) }"));
  cr_assert_str_eq(run(WORDS(path))->out, folder_line);
  cr_assert_str_eq(run_prepared(from_the_top, "", WORDS(path + 1))->out, folder_line);
  cr_assert_str_eq(run_prepared(inside_folder, "", WORDS(w("a.gd")))->out, folder_line);
  snprintf(path, sizeof path, "import \"%s/a.gd\"\nprint(here)", folder);
  snprintf(folder_line, sizeof folder_line, "%s\n/\n", folder);
  cr_assert_str_eq(run_prepared(from_the_top, "", WORDS(w("-e"), path))->out, folder_line);
  cr_assert_str_eq(run_prepared(inside_a_lost_folder, "", WORDS(w("-e"), w("print(here)")))->out,
                   ".\n");
}

Test(command, statuses) {
  static const struct {
    const char *text;
    int status;
  } rows[] = {
      {"", 0},
      {"\n", 0},
      {" ", 0},
      {"x", 65},
      {"x = (", 65},
      {"error(\"no\")", 1},
      {"exit(7)", 7},
      {"exit()", 0},
      {"read(\"nothing here\")", 66},
      {"assert(1 == 2)", 1},
      {"zeros(2) + zeros(3)", 1},
  };
  for (int i = 0; i < COUNT_OF(rows); i++) {
    const Outcome *outcome = run(WORDS(w("-e"), w(rows[i].text)));
    cr_assert_eq(outcome->status, rows[i].status, "%s: %d\n%s", rows[i].text, outcome->status,
                 outcome->err);
    cr_assert_str_eq(outcome->out, "");
    cr_assert_eq(outcome->err[0] == '\0', rows[i].status == 0 || rows[i].status == 7, "%s",
                 outcome->err);
  }
  check_status(run(WORDS(w("nothing.gd"))), STATUS_MISSING);
  check_status(run(WORDS(w("/"))), STATUS_MISSING);
}

/* H15: one line and a hint */
static void check_wrong(const char *said, int count, char **words) {
  const Outcome *outcome = run(count, words);
  check_status(outcome, STATUS_USAGE);
  cr_assert(strstr(outcome->err, said), "no `%s` in\n%s", said, outcome->err);
  const char *line = strchr(outcome->err, '\n');
  cr_assert(line && strncmp(line + 1, "help: ", 6) == 0 && strchr(line + 1, '\n')[1] == '\0', "%s",
            outcome->err);
  cr_assert_str_eq(outcome->out, "");
}

Test(command, wrong_use_is_told_in_a_line_and_a_hint) {
  check_wrong("did you mean --threads?", WORDS(w("--thread"), w("2")));
  check_wrong("unknown option", WORDS(w("-x")));
  check_wrong("needs a value", WORDS(w("--seed")));
  check_wrong("needs a value", WORDS(w("-e")));
  check_wrong("given twice", WORDS(w("--seed"), w("1"), w("--seed=2"), w("x.gd")));
  check_wrong("takes no value", WORDS(w("--json=1"), w("x.gd")));
  check_wrong("from 1 to 64", WORDS(w("--threads"), w("0"), w("x.gd")));
  check_wrong("from 1 to 64", WORDS(w("--threads=65"), w("x.gd")));
  check_wrong("whole number", WORDS(w("--seed=-1"), w("x.gd")));
  check_wrong("whole number", WORDS(w("--seed=18446744073709551616"), w("x.gd")));
  check_wrong("above 0", WORDS(w("--max-steps=0"), w("x.gd")));
  check_wrong("above 0", WORDS(w("--max-time=soon"), w("x.gd")));
  check_wrong("above 0", WORDS(w("--max-memory=12Q"), w("x.gd")));
  check_wrong("not a folder", WORDS(w("--root=/nothing/here"), w("x.gd")));
  check_wrong("not one of its values", WORDS(w("--color=red"), w("x.gd")));
  check_wrong("not a form", WORDS(w("--dump=trees"), w("x.gd")));
  check_wrong("needs a file", WORDS(w("check")));
  check_wrong("not a terminal command", WORDS(w("lsp")));
  check_wrong("belongs to `fmt`", WORDS(w("check"), w("--check"), w("x.gd")));
  check_wrong("\\x1b[31m", WORDS(w("--\x1b[31m")));
}

static void bad_environment(void) { setenv("GD_STDLIB", "/nothing/here", 1); }
static void bad_set(void) { setenv("GD_ISA", "avx3", 1); }
static void least_set(void) { setenv("GD_ISA", "baseline", 1); }

/* H14, H16 */
Test(command, malformed_surroundings) {
  const Outcome *outcome = run_prepared(bad_environment, "", WORDS(w("-e"), w("1")));
  check_status(outcome, STATUS_USAGE);
  cr_assert(strstr(outcome->err, "GD_STDLIB"));
  outcome = run_prepared(bad_set, "", WORDS(w("-e"), w("1")));
  check_status(outcome, STATUS_USAGE);
  cr_assert(strstr(outcome->err, "GD_ISA: `avx3`"));
  check_status(run_prepared(least_set, "", WORDS(w("-e"), w("1"))), 0);
  check_status(run_prepared(NULL, "", 0, (char *[]){NULL}), 0);
}

Test(command, options_have_their_effect) {
  const Outcome *outcome = run(WORDS(w("--max-steps"), w("1000"), w("-e"), w("while true { }")));
  check_status(outcome, STATUS_LIMIT);
  cr_assert(strstr(outcome->err, "--max-steps"));
  outcome = run(WORDS(w("--max-time=0.2"), w("-e"), w("while true { }")));
  check_status(outcome, STATUS_LIMIT);
  outcome = run(WORDS(w("--max-time=1e-5"), w("-e"), w("1"))); /* over before the script begins */
  check_status(outcome, STATUS_LIMIT);
  cr_assert(strstr(outcome->err, "--max-time"));
  outcome = run(WORDS(w("--max-memory=1M"), w("-e"), w("ones(1000000)")));
  check_status(outcome, STATUS_MEMORY);
  char first[4096];
  snprintf(first, sizeof first, "%.4000s",
           run(WORDS(w("--seed=7"), w("-e"), w("print(randn(4))")))->out);
  cr_assert_str_eq(
      run(WORDS(w("--seed"), w("7"), w("--threads=2"), w("-e"), w("print(randn(4))")))->out, first);
  cr_assert_str_neq(run(WORDS(w("--seed"), w("8"), w("-e"), w("print(randn(4))")))->out, first);
  outcome = run(WORDS(w("--json"), w("-e"), w("nothing_there")));
  cr_assert_eq(strncmp(outcome->err, "{\"event\":\"error\",\"status\":65,", 28), 0, "%s",
               outcome->err);
  cr_assert(strstr(run(WORDS(w("--color=always"), w("-e"), w("x")))->err, "\x1b[1;31m"));
  cr_assert_null(strchr(run(WORDS(w("-e"), w("x")))->err, '\x1b'));
  cr_assert(strstr(run(WORDS(w("--dump=tokens,ast"), w("-e"), w("1 + 2")))->out, "1:3 PLUS +\n"));
  cr_assert(strstr(run(WORDS(w("--version")))->out, "factorizations: "));
  cr_assert(strstr(run(WORDS(w("--help")))->out, "--max-memory BYTES"));
}

static int lines_of_derivative(const char *script) {
  const Outcome *outcome = run(WORDS(w("--dump=grad"), w("-e"), w((char *)script)));
  check_status(outcome, 0);
  int lines = 0;
  for (const char *at = strstr(outcome->err, "\n") ? outcome->err : outcome->out;
       (at = strchr(at, '\n')); at++)
    lines++;
  return lines;
}

/* Two columns are as much work for 200 outputs as for 5; 200 rows would be hundreds of lines. */
Test(command, a_tall_jacobian_is_made_by_columns) {
  int few =
      lines_of_derivative("let w = ones(5, 2); let j = jacobian(fn(x) = tanh(w @ x))([1, 2])");
  int many =
      lines_of_derivative("let w = ones(200, 2); let j = jacobian(fn(x) = tanh(w @ x))([1, 2])");
  cr_assert(few > 5);
  cr_assert_eq(many, few);
  cr_assert(many < 60, "%d", many);
}

Test(command, test_blocks) {
  const char *path = file_with(
      "a.gd",
      "test \"good\" { assert(1 == 1) }\ntest \"bad\" { assert(1 == 2) }\ntest \"good too\" { }\n");
  const Outcome *outcome = run(WORDS(w("test"), w(path)));
  check_status(outcome, STATUS_FAILED);
  cr_assert(strstr(outcome->out, "a.gd: good\n") && strstr(outcome->out, "a.gd: bad\n") &&
                strstr(outcome->out, "\n2 passed, 1 failed\n"),
            "%s", outcome->out);
  cr_assert(strstr(outcome->err, "in the test \"bad\""), "%s", outcome->err);
  outcome = run(WORDS(w(path)));
  check_status(outcome, 0);
  cr_assert_str_eq(outcome->out, "");
  outcome = run(WORDS(w("test"), w(file_with("b.gd", "test \"good\" { }\n")), w("--seed"), w("3")));
  check_status(outcome, 0);
  cr_assert(strstr(outcome->out, "\n1 passed, 0 failed\n"), "%s", outcome->out);
  outcome =
      run(WORDS(w("check"), w(file_with("b.gd", "let d = Dense(3, 4)\nprint(d(zeros(2, 5)))\n"))));
  check_status(outcome, STATUS_MALFORMED);
  cr_assert_str_eq(outcome->out, "");
}

Test(command, an_empty_path) {
  check_status(run(WORDS(w(""))), STATUS_MISSING);
  cr_assert(strstr(last->err, "the path is empty"), "%s", last->err);
}

/* ---- streams and limits ---- */

static void close_output(void) { close(1); }
static void close_all(void) { close(0), close(1), close(2); }
static void full_output(void) { dup2(open("/dev/full", O_WRONLY), 1); }

static void deaf_pipe(void) {
  int ends[2];
  if (pipe(ends) == 0) dup2(ends[1], 1), close(ends[0]), close(ends[1]);
}

static void limit(__rlimit_resource_t which, rlim_t most) {
  struct rlimit limits = {most, most};
  setrlimit(which, &limits);
}

static void little_stack(void) { limit(RLIMIT_STACK, 64 << 10); }
static void usual_stack(void) { limit(RLIMIT_STACK, 8 << 20); }
static void some_space(void) { limit(RLIMIT_AS, 512 << 20); }
static void little_space(void) { limit(RLIMIT_AS, 64 << 20); }
static void little_file(void) { limit(RLIMIT_FSIZE, 4096); }
static void no_threads(void) { limit(RLIMIT_NPROC, 1); }
static void few_files(void) { limit(RLIMIT_NOFILE, 8); }

Test(command, standard_output_that_fails) {
  check_status(run_prepared(full_output, "", WORDS(w("-e"), w("print(1)"))), STATUS_IO);
  cr_assert(strstr(last->err, "standard output"));
  check_status(run_prepared(full_output, "", WORDS(w("-e"), w("1"))), 0);
  const char *many = "for i in 1..3000 { print(\"a line of text\", i) }";
  check_status(run_prepared(full_output, "", WORDS(w("-e"), w(many))), STATUS_IO);
  cr_assert(!strstr(strstr(last->err, "error:") + 1, "error:"), "told twice: %s", last->err);
  check_status(
      run_prepared(deaf_pipe, "", WORDS(w("-e"), w("while true { print(\"on and on\") }"))),
      STATUS_IO);
  cr_assert_str_eq(last->err, "", "%s", last->err);
}

/* F20: what is opened later does not become standard output */
Test(command, closed_streams_are_taken_first) {
  char text[256];
  snprintf(text, sizeof text,
           "print(\"a line of text\"); save(ones(3), \"%s/x.npy\"); print(\"another\")", folder);
  check_status(run_prepared(close_output, "", WORDS(w("-e"), w(text))), 0);
  check_status(run_prepared(close_all, "", WORDS(w("-e"), w(text))), 0);
  snprintf(text, sizeof text, "print(npy(\"%s/x.npy\"))", folder);
  cr_assert_str_eq(run(WORDS(w("-e"), w(text)))->out, "[1, 1, 1]\n");
}

/* E7 */
Test(command, it_starts_under_limits) {
  if (SANITIZED) cr_skip_test("the sanitizer needs the buffer itself");
  static char deep[] = "fn f(n) = if n == 0 { 0 } else { 1 + f(n - 1) }\nprint(f(" DEEP "))";
  check_status(run_prepared(little_stack, "", WORDS(w("-e"), deep)), 0);
  cr_assert_str_eq(last->out, DEEP "\n");
  check_status(run_prepared(little_space, "", WORDS(w("-e"), w("print(sum(ones(1000)))"))), 0);
  check_status(run_prepared(no_threads, "", WORDS(w("-e"), w("print(sum(ones(1000, 1000)))"))), 0);
  cr_assert_str_eq(last->out, "1000000\n");
  check_status(run_prepared(few_files, "", WORDS(w("-e"), w("print(1)"))), 0);
  char text[256];
  snprintf(text, sizeof text, "save(ones(10000), \"%s/x.npy\")", folder);
  check_status(run_prepared(little_file, "", WORDS(w("-e"), text)), STATUS_IO);
}

/* E2: without an end, however little stack there is */
Test(command, recursion_without_end_is_an_error) {
  static char text[] = "fn f(n) = 1 + f(n + 1)\nf(0)",
              mutual[] = "fn g(n) = h(n)\nfn h(n) = [g(n)]\ng(0)";
  Prepare *const prepares[] = {NULL, little_stack, usual_stack, some_space, no_threads};
  for (int i = 0; i < (SANITIZED ? 1 : COUNT_OF(prepares)); i++) {
    check_status(run_prepared(prepares[i], "", WORDS(w("-e"), text)), STATUS_FAILED);
    cr_assert(strstr(last->err, "too deeply"), "%s", last->err);
    check_status(run_prepared(prepares[i], "", WORDS(w("-e"), mutual)), STATUS_FAILED);
  }
}

static int count_threads(Session *session, void *context) {
  (void)session, (void)context;
  int count = 0;
  DIR *tasks = opendir("/proc/self/task");
  for (const struct dirent *entry; tasks && (entry = readdir(tasks)) != NULL;)
    count += entry->d_name[0] != '.';
  if (tasks) closedir(tasks);
  return count;
}

/* Making one costs a quarter of a short script's time (tests/bench/SPEED.md, Start). */
Test(command, a_session_makes_no_thread_where_the_stack_may_grow) {
  struct rlimit stack;
  getrlimit(RLIMIT_STACK, &stack);
  if (stack.rlim_max != RLIM_INFINITY) cr_skip_test("the stack is limited here");
  cr_assert_eq(session_run(&(SessionOptions){0}, count_threads, NULL), count_threads(NULL, NULL));
}

/* Giving it back and asking again was 200 page faults a round. */
Test(command, freed_memory_is_kept_for_the_next_round) {
  if (SANITIZED) cr_skip_test("the sanitizer has a malloc of its own");
  static char text[] = "let x = ones(128, 784)\nfor i in 1..500 { let y = exp(permute(x, 1, 0)) }";
  check_status(run(WORDS(w("-e"), text)), 0);
  struct rusage used;
  getrusage(RUSAGE_CHILDREN, &used);
  cr_assert_lt(used.ru_minflt, 20000);
}

/* A child of the run sends the signal once the script has written the file `begun`. */
static void signal_when_begun(int number) {
  pid_t parent = getpid();
  char path[64];
  if (fork() != 0) return;
  snprintf(path, sizeof path, "%s/begun", folder);
  while (access(path, F_OK) != 0) {
    if (getppid() != parent) _exit(0);
    usleep(10000);
  }
  unlink(path);
  kill(parent, number);
  _exit(0);
}

static void interrupt_it(void) { signal_when_begun(SIGINT); }
static void terminate_it(void) { signal_when_begun(SIGTERM); }

Test(command, signals_end_it_with_their_status) {
  char loop[200], train[400];
  snprintf(loop, sizeof loop, "write(\"%s/begun\", \"\")\nwhile true { }", folder);
  check_status(run_prepared(interrupt_it, "", WORDS(w("-e"), loop)), STATUS_INTERRUPTED);
  check_status(run_prepared(terminate_it, "", WORDS(w("-e"), loop)), STATUS_TERMINATED);
  snprintf(
      train, sizeof train,
      "let w = param(1)\nlet h = train w { loss: (w - 3)^2; optimizer: GD(lr: 0.01); steps: 1e12; "
      "quiet: true; each_step: { if step == 9 { write(\"%s/begun\", \"\") } } }\nprint(h.stopped)",
      folder);
  check_status(run_prepared(interrupt_it, "", WORDS(w("-e"), train)), STATUS_INTERRUPTED);
  cr_assert_str_eq(last->out, "interrupted\n");
  check_status(run_prepared(terminate_it, "", WORDS(w("-e"), train)), STATUS_TERMINATED);
  cr_assert_str_eq(last->out, "");
}

/* A statement after it that fails does not hide from callers that it was interrupted. */
Test(command, an_interrupt_outlasts_an_error) {
  char train[400];
  snprintf(
      train, sizeof train,
      "let w = param(1)\nlet h = train w { loss: (w - 3)^2; optimizer: GD(lr: 0.01); steps: 1e12; "
      "quiet: true; each_step: { if step == 9 { write(\"%s/begun\", \"\") } } }\nerror(\"late\")",
      folder);
  check_status(run_prepared(interrupt_it, "", WORDS(w("-e"), train)), STATUS_INTERRUPTED);
  cr_assert(strstr(last->err, "late"));
}

/* The second of a program ends it, also where each falls in a training of its own. */
static void interrupt_twice(void) {
  pid_t parent = getpid();
  if (fork() != 0) return;
  char path[2][64];
  for (int i = 0; i < 2; i++) {
    snprintf(path[i], sizeof path[i], "%s/begun%d", folder, i + 1);
    while (access(path[i], F_OK) != 0) usleep(1000);
    kill(parent, SIGINT);
  }
  for (int i = 0; i < 2; i++) unlink(path[i]);
  _exit(0);
}

Test(command, a_second_interrupt_ends_a_program_of_trainings) {
  char text[500];
  snprintf(text, sizeof text,
           "let w = param(1)\nfor k in 1..5 {\nlet h = train w { loss: (w - 3)^2; optimizer: "
           "GD(lr: 0.01); steps: 1e12; quiet: true; each_step: { if step == 9 { "
           "write(\"%s/begun{k}\", \"\") } } }\nprint(k, h.stopped) }",
           folder);
  check_status(run_prepared(interrupt_twice, "", WORDS(w("-e"), text)), STATUS_INTERRUPTED);
  cr_assert_str_eq(last->out, "1 interrupted\n");
}

/* A limit ends a training after its step, with its checkpoint, and then the program; a block that
 * never ends is not waited for long. */
Test(command, limits_end_a_training) {
  char path[64], kept[2][400];
  snprintf(path, sizeof path, "%s/limit.ckpt", folder);
  const char *script = "let w = param(1)\ntrain w { loss: w^2; optimizer: GD(lr: 0.1); steps: "
                       "1e12; checkpoint: \"%s\"; quiet: true }\nprint(1)";
  snprintf(kept[0], sizeof kept[0], script, path);
  const char *block = "let w = param(1)\ntrain w { loss: w^2; optimizer: GD(lr: 0.1); steps: 9; "
                      "each_step: { while true { } }; quiet: true }";
  snprintf(kept[1], sizeof kept[1], "%s", block);
  for (int i = 0; i < 2; i++) {
    check_status(run(WORDS(w("--max-steps"), w("300"), w("-e"), kept[i])), STATUS_LIMIT);
    cr_assert(strstr(last->err, "after 300 steps") && !*last->out, "%s", last->err);
    cr_assert_eq(access(path, F_OK) == 0, i == 0);
    unlink(path);
    check_status(run(WORDS(w("--max-time"), w("2"), w("-e"), kept[i])), STATUS_LIMIT);
    cr_assert(strstr(last->err, "--max-time") && !*last->out, "%s", last->err);
    cr_assert_eq(access(path, F_OK) == 0, i == 0);
    unlink(path);
  }
}

/* Where all rows are one minibatch a limit may come between the only update of an epoch and the
 * validation after it: the metrics of the update are in the checkpoint. */
Test(command, a_limit_between_update_and_validation) {
  char script[600], path[64], limit[8];
  snprintf(path, sizeof path, "%s/middle.ckpt", folder);
  snprintf(
      script, sizeof script,
      "seed(1); let d = dataset(randn(20, 3), i32(arange(20)) %% 3); let net = Dense(3, 3)\n"
      "let h = train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: GD(lr: 1); "
      "epochs: 4; checkpoint: \"%s\"; resume: true; validate: d; metrics: accuracy(net(x), y); "
      "quiet: true }\nprint(h.accuracy, h.val_accuracy)",
      path);
  check_status(run(WORDS(w("-e"), script)), 0);
  char *whole = strdup(last->out);
  for (int most = 6; most < 18; most++) {
    unlink(path);
    snprintf(limit, sizeof limit, "%d", most);
    check_status(run(WORDS(w("--max-steps"), limit, w("-e"), script)), STATUS_LIMIT);
    check_status(run(WORDS(w("-e"), script)), 0);
    cr_assert_str_eq(last->out, whole, "after %d: %s", most, last->err);
  }
  free(whole);
  unlink(path);
}

static void ignores_hangups(void) {
  signal(SIGHUP, SIG_IGN);
  pid_t parent = getpid();
  if (fork() != 0) return;
  for (int i = 0; i < 20; i++) { /* whenever they come, before the run has begun or in it */
    usleep(20000);
    kill(parent, SIGHUP);
  }
  _exit(0);
}

/* As nohup starts it. */
Test(command, what_it_was_started_to_ignore_stays_ignored) {
  static char text[] = "let from = clock()\nwhile clock() < from + 0.6 { }\nprint(1)";
  check_status(run_prepared(ignores_hangups, "", WORDS(w("-e"), text)), 0);
  cr_assert_str_eq(last->out, "1\n");
}

Test(command, a_script_outside_the_root_is_refused) {
  char inside[64];
  const char *path = file_with("outside.gd", "print(1)\n");
  snprintf(inside, sizeof inside, "%s/inner", folder);
  cr_assert_eq(mkdir(inside, 0700), 0);
  check_status(run(WORDS(w("--root"), inside, w(path))), STATUS_POLICY);
  cr_assert_str_eq(last->out, "");
  check_status(run(WORDS(w("--root"), folder, w(path))), 0);
  rmdir(inside);
}

/* ---- the manual, a project, its tests ---- */

static void check_out(const char *words, int count, char **line) {
  check_status(run(count, line), 0);
  cr_assert(strstr(last->out, words), "no `%s` in\n%s", words, last->out);
}

Test(command, the_manual_answers) {
  check_out("optimizer Adam(lr = 1e-3, ", WORDS(w("doc"), w("Adam")));
  check_out("batch: rows\n", WORDS(w("doc"), w("batch:")));
  check_out("--seed N\n", WORDS(w("doc"), w("--seed")));
  check_out("a - b\n", WORDS(w("doc"), w("-")));
  check_out("exit status 65\n", WORDS(w("doc"), w("65")));
  check_out("error: shapes do not fit\n",
            WORDS(w("doc"), w("shapes"), w("do"), w("not"), w("fit")));
  check_out("First steps\n", WORDS(w("doc"), w("first_steps")));
  check_out("gd check ", WORDS(w("check"), w("--help")));
  check_out("\nFirst-order optimizers\n", WORDS(w("doc")));
  check_out("  cosine ", WORDS(w("doc"), w("-s"), w("Half cosine")));
  check_out("\"name\":\"Adam\"", WORDS(w("doc"), w("--json"), w("Adam")));
  check_out(".SH EXIT STATUS\n", WORDS(w("doc"), w("--man")));
  check_out("\nbatch:\n", WORDS(w("doc"), w("--names")));
  check_out("--max-memory", WORDS(w("doc"), w("--completion"), w("bash")));
  check_out("'doc:what", WORDS(w("doc"), w("--completion"), w("zsh")));
  check_out("-a predict -d", WORDS(w("doc"), w("--completion"), w("fish")));
  check_out("{\"version\":\"", WORDS(w("--version"), w("--json")));
}

/* One message and a hint; a search without a result is no wrong use. */
Test(command, the_manual_does_not_know) {
  check_status(run(WORDS(w("doc"), w("Adma"))), STATUS_USAGE);
  cr_assert_str_eq(last->err, "error: there is no page for `Adma`\nhelp: did you mean `Adam`?\n");
  check_status(run(WORDS(w("doc"), w("weight_decay"))), STATUS_USAGE);
  cr_assert(strstr(last->err, "a parameter: ") && strstr(last->err, "`SGD`"), "%s", last->err);
  check_status(run(WORDS(w("doc"), w("decoupled"))), STATUS_USAGE);
  cr_assert(strstr(last->err, "these pages mention it") && strstr(last->out, "AdamW"));
  check_out("options\n", WORDS(w("help")));
  check_out("minimises the loss", WORDS(w("help"), w("train")));
  check_out("line editing", WORDS(w("version")));
  check_wrong("runs without a word", WORDS(w("run"), w("x.gd")));
  check_status(run(WORDS(w("doc"), w("learning"), w("rate"))), 0);
  cr_assert(strstr(last->out, "rise_and_fall"), "%s", last->out);
  check_status(run(WORDS(w("doc"), w("batsh"))), STATUS_USAGE);
  check_status(run(WORDS(w("doc"), w("\x1b[1m"))), STATUS_USAGE);
  cr_assert_null(strchr(last->err, '\x1b'));
  check_status(run(WORDS(w("doc"), w("-s"), w("no such words at all"))), STATUS_FAILED);
  cr_assert_str_eq(last->out, "");
  check_status(run(WORDS(w("doc"), w("--completion"), w("csh"))), STATUS_USAGE);
  check_status(run(WORDS(w("doc"), w("--html"), w("/nothing/here"))), STATUS_CREATE);
  check_wrong("belongs to `doc`", WORDS(w("check"), w("--man"), w("x.gd")));
  check_wrong("needs a name", WORDS(w("new")));
}

static const char *beside(const char *name) {
  static char path[2][200];
  static int which;
  which = !which;
  snprintf(path[which], sizeof path[which], "%s/%s", folder, name);
  return path[which];
}

static void remove_project(void) {
  static const char *const names[] = {"main.gd", "net.gd",  "README.md",      ".gitignore",
                                      "bad.gd",  "out.xml", "net.safetensors"};
  for (int i = 0; i < COUNT_OF(names); i++) {
    char path[200];
    snprintf(path, sizeof path, "%s/flowers/%s", folder, names[i]);
    unlink(path);
  }
  rmdir(beside("flowers"));
}

/* A new project checks, has the one layout, passes its tests and trains; the second is refused. */
Test(command, a_project_and_its_tests) {
  char epochs[] = "1", junit[200], bad[200];
  check_status(run_prepared(inside_folder, "", WORDS(w("new"), w("flowers"))), 0);
  check_status(run_prepared(inside_folder, "", WORDS(w("new"), w("flowers"))), STATUS_CREATE);
  check_status(run_prepared(inside_folder, "", WORDS(w("new"), w("../up"))), STATUS_USAGE);
  check_status(run(WORDS(w("check"), w(beside("flowers")))), 0);
  cr_assert_str_eq(last->err, "");
  check_status(run(WORDS(w("fmt"), w("--check"), w(beside("flowers")))), 0);
  check_status(run(WORDS(w("--quiet"), w(beside("flowers/main.gd")), w("--epochs"), epochs)), 0);
  cr_assert(strstr(last->out, "accuracy on held-out rows"), "%s", last->out);
  snprintf(bad, sizeof bad, "%s", beside("flowers/bad.gd"));
  FILE *file = fopen(bad, "w");
  fputs("test \"<wrong>\" { assert(1 + 1 == 3) }\ntest \"right\" { assert(true) }\n", file);
  fclose(file);
  snprintf(junit, sizeof junit, "%s", beside("flowers/out.xml"));
  check_status(run(WORDS(w("test"), w("--junit"), junit, bad)), STATUS_FAILED);
  cr_assert(strstr(last->out, "FAIL") && strstr(last->out, "bad.gd: <wrong>\n"), "%s", last->out);
  cr_assert(strstr(last->out, "1 passed, 1 failed\n"), "%s", last->out);
  char xml[4096] = "";
  file = fopen(junit, "r");
  xml[fread(xml, 1, sizeof xml - 1, file)] = '\0';
  fclose(file);
  cr_assert(strstr(xml, "tests=\"2\" failures=\"1\"") && strstr(xml, "name=\"&lt;wrong&gt;\"") &&
                strstr(xml, "<failure message=\"assertion failed"),
            "%s", xml);
  check_status(run(WORDS(w("test"), w("--filter"), w("gradient"), w(beside("flowers")))), 0);
  cr_assert(strstr(last->out, "1 passed, 0 failed\n"), "%s", last->out);
  remove_project();
}

/* `gd -i`: the prompt has what the script made; also when it failed. */
Test(command, the_prompt_after_a_script) {
  const char *path = file_with("a.gd", "let made = 41\nfn twice(x) = 2 * x\n");
  check_status(run_prepared(NULL, "print(twice(made + 1))\n", WORDS(w("-i"), w(path))), 0);
  cr_assert_str_eq(last->out, "84\n");
}
