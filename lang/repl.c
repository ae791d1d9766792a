/* repl.c — the session at a terminal.
 *
 * Lines are gathered until they are whole statements (parse_complete), then run among the names of the session; what an
 * expression gives is shown.  A line that fails leaves nothing behind (module.c), so the session goes on as if it
 * had not been typed.  `?name` tells what a name does.
 *
 * Ctrl-C while something runs stops that; at the prompt it clears what was typed.  Signals are let through only inside ppoll, so
 * that none can slip in between the question whether one came and the wait for a key.  Ctrl-D ends.
 *
 * GNU readline edits lines, completes words and keeps a history in $XDG_STATE_HOME/gd/history (or ~/.local/state); what cannot be
 * read or written there is not worth a word.  Built with READLINE=0, or where input or output is no terminal, lines are
 * read plainly; without a terminal there are no prompts either.
 */
#include "lang/repl.h"

#include "lang/complete.h"
#include "lang/parse.h"
#include "lang/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if GD_READLINE
#include <readline/history.h>
#include <readline/readline.h>
#endif

typedef struct Repl {
  Session *session;
  Text typed;        /* the lines of the statement so far */
  bool terminal;     /* someone is there: prompts */
  bool editing;      /* by readline */
  bool cancelled;    /* Ctrl-C at the prompt: what was typed is void */
  bool ended;        /* the script called exit, or a signal asks for the end */
  int status;        /* with which to end */
  void (*say)(void *context, const char *text, size_t length); /* the session's own listener */
  void *say_context; /* of it */
} Repl;

static const char PROMPT[] = "> ", PROMPT_MORE[] = ". ";

/* ---- waiting for a key ---- */

/* True when there is input; false when a signal came. */
static bool wait_for_input(void) {
  sigset_t ours, before;
  sigemptyset(&ours);
  sigaddset(&ours, SIGINT);
  sigaddset(&ours, SIGTERM);
  sigaddset(&ours, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &ours, &before);
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  int got = 0;
  while (!vm_signal && got <= 0) {
    got = ppoll(&input, 1, NULL, &before);
    if (got < 0 && errno != EINTR) break;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return !vm_signal;
}

/* ---- lines read plainly ---- */

/* Returns a new line without its newline, or NULL at the end of input or on a signal. */
static char *read_plain(Repl *repl, const char *prompt) {
  if (repl->terminal) {
    fputs(prompt, stdout);
    fflush(stdout);
    if (!wait_for_input()) {
      putchar('\n');
      repl->cancelled = true;
      return NULL;
    }
  }
  char *line = NULL;
  size_t capacity = 0;
  ssize_t length = getline(&line, &capacity, stdin);
  if (length < 0) {
    free(line);
    return NULL;
  }
  if (length > 0 && line[length - 1] == '\n') line[--length] = '\0';
  if (strlen(line) == (size_t)length) return line;
  for (ssize_t i = 0; i < length; i++) /* a NUL would hide the rest: \x01 gets the same refusal */
    if (!line[i]) line[i] = '\x01';
  return line;
}

/* ---- lines edited by readline ---- */

#if GD_READLINE

enum { HISTORY_LINES = 2000, HISTORY_BYTES = 4 << 20 };

static Repl *edited; /* readline's callbacks have no context of their own */

/* Readline's reader of keys.  A signal ends the line: readline is given an empty one. */
static int read_key(FILE *stream) {
  (void)stream;
  if (!wait_for_input()) {
    edited->cancelled = true;
    rl_replace_line("", 0);
    fputs("^C", rl_outstream);
    return '\n';
  }
  unsigned char byte;
  ssize_t got;
  do got = read(STDIN_FILENO, &byte, 1);
  while (got < 0 && errno == EINTR);
  return got == 1 ? byte : EOF;
}

typedef struct Candidates {
  char **items;        /* owned, and each of them, until readline has taken it */
  int count, capacity, given;
} Candidates;

static Candidates candidates;

static void take_candidate(void *context, const char *candidate) {
  (void)context;
  for (int i = 0; i < candidates.count; i++)
    if (strcmp(candidates.items[i], candidate) == 0) return;
  if (candidates.count == candidates.capacity) {
    candidates.capacity = candidates.capacity ? 2 * candidates.capacity : 64;
    candidates.items = mem_grow(candidates.items, (size_t)candidates.capacity * sizeof(char *));
  }
  candidates.items[candidates.count++] = strdup(candidate);
}

static char *next_candidate(const char *text, int state) {
  (void)text, (void)state;
  return candidates.given < candidates.count ? candidates.items[candidates.given++] : NULL;
}

static char **complete_line(const char *text, int start, int end) {
  (void)end;
  rl_attempted_completion_over = 1; /* no file names */
  rl_completion_append_character = '\0';
  Text before = {0};
  text_add(&before, edited->typed.data ? edited->typed.data : "", edited->typed.length);
  text_add(&before, rl_line_buffer, (size_t)start);
  candidates.count = candidates.given = 0;
  if (rl_line_buffer[0] == '?') before.length = 0;
  complete_word(edited->session, before.data, before.length, text, take_candidate, NULL);
  text_free(&before);
  return candidates.count ? rl_completion_matches(text, next_candidate) : NULL;
}

/* The file of the history, its folders made; false where there can be none. */
static bool history_path(char path[4096]) {
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  int length = 0;
  if (state && *state == '/') length = snprintf(path, 4096, "%s", state);
  else if (home && *home == '/') length = snprintf(path, 4096, "%s/.local/state", home);
  if (length <= 0 || length > 4000) return false;
  snprintf(path + length, (size_t)(4096 - length), "/gd/history");
  for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    mkdir(path, 0700);
    *slash = '/';
  }
  return true;
}

static void history_load(void) {
  char path[4096];
  struct stat status;
  using_history();
  stifle_history(HISTORY_LINES);
  if (!history_path(path) || stat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > HISTORY_BYTES) return;
  read_history(path);
}

/* Appends a line to the file at once, so that sessions side by side do not lose each other's. */
static void history_keep(const char *line) {
  const HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
  char path[4096];
  if (!*line || (last && strcmp(last->line, line) == 0)) return;
  add_history(line);
  if (!history_path(path)) return;
  int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
  if (file >= 0) close(file);
  if (file >= 0) append_history(1, path);
}

static void history_end(void) {
  char path[4096];
  if (history_path(path)) history_truncate_file(path, HISTORY_LINES);
  clear_history();
}

static void editor_start(Repl *repl) {
  edited = repl;
  rl_readline_name = "gd";
  rl_catch_signals = 0;
  rl_getc_function = read_key;
  rl_attempted_completion_function = complete_line;
  rl_basic_word_break_characters = " \t\n\"\\'@$><=;|&{}()[],:+-*/^%.?!";
  rl_completer_word_break_characters = rl_basic_word_break_characters;
  history_load();
}

static void editor_end(void) {
  history_end();
  for (int i = candidates.given; i < candidates.count; i++) free(candidates.items[i]);
  mem_free(candidates.items);
  candidates = (Candidates){0};
}

static char *read_edited(Repl *repl, const char *prompt) {
  char *line = readline(prompt);
  if (line && !repl->cancelled) history_keep(line);
  return line;
}

const char *repl_editor(void) {
  static char name[40];
  snprintf(name, sizeof name, "GNU readline %s", rl_library_version);
  return name;
}

#else

static void editor_start(Repl *repl) { repl->editing = false; }
static void editor_end(void) {}
static char *read_edited(Repl *repl, const char *prompt) { return read_plain(repl, prompt); }
const char *repl_editor(void) { return "plain"; }

#endif

/* ---- one statement ---- */

static void say(Repl *repl, const char *text) { repl->session->say(repl->session->context, text, strlen(text)); }

static void describe(Repl *repl, const char *name) {
  size_t length = strcspn(name, " \t\r");
  char *word = mem_text(name, length);
  Text text = {0};
  if (length == 0) text_string(&text, "?name tells what a name does; Tab completes; Ctrl-C stops, Ctrl-D ends\n");
  else if (!session_describe(repl->session, word, &text)) {
    char shown[NAME_ROOM];
    text_format(&text, "nothing is known of `%s`\n", name_shown(word, length, shown));
  }
  fwrite(text.data, 1, text.length, stdout);
  text_free(&text);
  mem_free(word);
}

/* After a line: what signals and limits have left. */
static void settle(Repl *repl, int status) {
  Vm *vm = repl->session->vm;
  if (vm_signal == 3) {
    repl->ended = true;
    repl->status = STATUS_TERMINATED;
  }
  if (vm->exited) {
    repl->ended = true;
    repl->status = status;
  }
  if (status && !repl->terminal && !repl->status) repl->status = status;
  vm->exit_status = 0;
  if (vm_signal != 3) signals_forget();
}

/* The terminal has shown ^C in the midst of a line. */
static void say_after_signal(void *context, const char *text, size_t length) {
  Repl *repl = context;
  if (vm_signal && repl->terminal) repl->say(repl->say_context, "\n", 1);
  repl->say(repl->say_context, text, length);
}

static void run_typed(Repl *repl) {
  Text shown = {0};
  int status = session_line(repl->session, repl->typed.data, repl->typed.length, &shown);
  if (shown.length) fwrite(shown.data, 1, shown.length, stdout);
  text_free(&shown);
  repl->typed.length = 0;
  if (status == 0 && repl->terminal && repl->session->vm->exit_status == STATUS_INTERRUPTED) putchar('\n');
  settle(repl, status);
}

static bool blank(const char *line) { return line[strspn(line, " \t\r")] == '\0'; }

/* A `##` line waits for the declaration that it documents. */
static bool documents(const char *line) { return strncmp(line + strspn(line, " \t"), "##", 2) == 0; }

static void take_line(Repl *repl, const char *line) {
  if (repl->typed.length == 0 && (blank(line) || line[0] == '?')) {
    if (line[0] == '?') describe(repl, line + 1 + strspn(line + 1, " \t"));
    return;
  }
  text_string(&repl->typed, line);
  text_char(&repl->typed, '\n');
  if (!documents(line) && parse_complete(repl->typed.data, repl->typed.length) != PARSE_MORE) run_typed(repl);
}

/* ---- the loop ---- */

static void run_lines(Repl *repl) {
  while (!repl->ended) {
    const char *prompt = repl->typed.length ? PROMPT_MORE : PROMPT;
    char *line = repl->editing ? read_edited(repl, prompt) : read_plain(repl, prompt);
    if (repl->cancelled) {
      repl->cancelled = false;
      repl->typed.length = 0;
      settle(repl, 0);
    } else if (line) {
      take_line(repl, line);
      fflush(stdout);
    }
    if (!line && !vm_signal && (feof(stdin) || ferror(stdin) || repl->editing)) break;
    free(line);
  }
  if (repl->typed.length && !repl->terminal) run_typed(repl); /* the end of input came inside a statement: say so */
  if (repl->terminal && !repl->ended) putchar('\n');
}

int repl_run(Session *session) {
  Repl repl = {.session = session, .terminal = isatty(STDIN_FILENO), .say = session->say, .say_context = session->context};
  session->say = say_after_signal;
  session->context = &repl;
  repl.editing = repl.terminal && isatty(STDOUT_FILENO);
  if (repl.editing) editor_start(&repl);
  if (repl.terminal) say(&repl, "gd " GD_VERSION ": ?name tells what a name does, Ctrl-D ends\n");
  run_lines(&repl);
  if (repl.editing) editor_end();
  session->say = repl.say;
  session->context = repl.say_context;
  text_free(&repl.typed);
  return repl.status;
}
