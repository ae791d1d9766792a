/* editor.c — line editing with GNU readline: completion, and a history of statements.
 *
 * Signals are unblocked only inside ppoll, so none can arrive between the check of the flag and the
 * wait for a key.  On Ctrl-C the terminal discards pending input, possibly keys whose arrival was
 * already reported: so it is set not to wait (VMIN 0), and a read then returns nothing.  A signal
 * ends the line.  Readline may be in the middle of a question of its own then ("Display all
 * possibilities?", a search, a quoted key), and some of those repeat until they get a valid answer.
 * So Ctrl-G, its abort key, is sent until it is back at the line, which is then emptied and ended.
 * A closed terminal is handled in the same way.
 *
 * Input is UTF-8 whatever the locale, as the language is.  Readline reads the environment before
 * every line, so LC_ALL is set to a UTF-8 locale while it reads, if the user's own is not one.
 *
 * The history is $XDG_STATE_HOME/gd/history (or ~/.local/state), one entry a line, in which `\n` is
 * a newline and `\\` a backslash: a statement of several lines is one entry, recalled and edited as
 * a whole.  An entry is appended by one write, so concurrent sessions do not overwrite each
 * other's.  Failures to read or write it are ignored.
 */
#include "lang/tool/editor.h"

#include "lang/machine/signals.h"
#include "lang/tool/complete.h"
#include "lang/tool/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#ifndef GD_LIBEDIT
#define GD_LIBEDIT 0
#endif

#if GD_READLINE
#if GD_LIBEDIT
#include <editline/readline.h>
#undef RL_ISSTATE
/* libedit asks nothing of its own through our reader of keys, sees to no signals, and ends no
 * string behind a file's name. */
#define RL_ISSTATE(states) false
#define LIST_HOOK(function) (VFunction *)(function)
static int rl_completion_suppress_quote;
static int rl_pending_signal(void) { return 0; }
static void rl_check_signals(void) {}
#else
#include <readline/history.h>
#include <readline/readline.h>
#define LIST_HOOK(function) (function)
#endif
static void see_to_signals(void);
#else
static void see_to_signals(void) {}
#endif

bool editor_wait(void) {
  sigset_t ours, before;
  sigemptyset(&ours);
  sigaddset(&ours, SIGINT);
  sigaddset(&ours, SIGTERM);
  sigaddset(&ours, SIGHUP);
  sigaddset(&ours, SIGALRM);
  sigaddset(&ours, SIGCONT);
  sigaddset(&ours, SIGWINCH);
  pthread_sigmask(SIG_BLOCK, &ours, &before);
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  int got = 0;
  while (!vm_signal && got <= 0) {
    see_to_signals();
    got = ppoll(&input, 1, NULL, &before);
    if (got < 0 && errno != EINTR) break;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return !vm_signal;
}

bool editor_waiting(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  return poll(&input, 1, 0) > 0;
}

#if GD_READLINE

/* Readline's own allocators of these names end the process with status 2 on failure. */
void *xmalloc(size_t bytes);
void *xrealloc(void *old, size_t bytes);
void xfree(void *memory);
void *xmalloc(size_t bytes) { return mem_alloc(bytes); }
void *xrealloc(void *old, size_t bytes) { return mem_grow(old, bytes); }
void xfree(void *memory) { mem_free(memory); }

enum { HISTORY_ENTRIES = 2000, HISTORY_BYTES = 4 << 20, ENTRY_MOST = 64 << 10 };
enum { GIVE_UP = 'G' & 0x1f, GIVE_UP_MOST = 8 };

/* readline's callbacks get no context argument */
static struct Editor {
  Session *session;
  const Text *typed; /* the beginning of the statement */
  EditorEnd end;     /* how the current line ends */
  int given_up;      /* Ctrl-Gs sent since */
  bool blank;        /* nothing was typed when Ctrl-C ended the line */
  /* bytes known to be available: in a long paste poll is not called for each */
  int ready;
  /* LC_ALL while a line is read; NULL: the user's own locale will do */
  const char *locale;
  volatile sig_atomic_t resumed; /* SIGCONT arrived */
  bool opening;                  /* readline reads what terminals can do */
} editor;

/* At the end of the process.  The library that describes terminals ends it with status 1 where
 * memory is out, and cannot be told otherwise. */
static void leave_opening(void) {
  static const char words[] = "error: out of memory: the system has no more memory\n";
  if (!editor.opening) return;
  ssize_t put = write(STDERR_FILENO, words, sizeof words - 1);
  (void)put;
  _Exit(STATUS_MEMORY);
}

/* ---- keys ---- */

static void on_continue(int number) {
  (void)number;
  editor.resumed = 1;
}

static void prepare_terminal(int meta) {
  struct termios terminal;
  rl_prep_terminal(meta);
  if (GD_LIBEDIT || tcgetattr(STDIN_FILENO, &terminal) != 0) return;
  terminal.c_cc[VMIN] = terminal.c_cc[VTIME] = 0;
  tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal);
}

/* The window's size changed, or a shell has reset the terminal while the process was stopped. */
static void see_to_signals(void) {
  if (rl_pending_signal()) rl_check_signals();
  if (!editor.resumed || !editor.session) return;
  editor.resumed = 0;
  rl_deprep_terminal();
  prepare_terminal(1);
  rl_forced_update_display();
}

static bool asks_something(void) {
  return RL_ISSTATE(RL_STATE_METANEXT | RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_NUMERICARG |
                    RL_STATE_MOREINPUT | RL_STATE_MULTIKEY | RL_STATE_CHARSEARCH |
                    RL_STATE_VIMOTION);
}

/* The key that ends the current line. */
static int end_line(void) {
  editor.end = vm_signal ? EDITOR_CANCELLED : EDITOR_ENDED;
  if (asks_something() && editor.given_up++ < GIVE_UP_MOST) return GIVE_UP;
  editor.blank = rl_end == 0 && !editor.given_up;
  rl_replace_line("", 0);
  if (!vm_signal || editor.given_up > GIVE_UP_MOST) return EOF;
  if (vm_asked() == SIGNAL_ASKED) fputs("^C", rl_outstream);
  return '\n';
}

static int read_byte(void) {
  unsigned char byte;
  ssize_t got = 0;
  bool known = editor.ready > 0;
  if (editor.end != EDITOR_LINE || vm_signal) return end_line();
  if (!known) {
    if (!editor_wait()) return end_line();
    if (ioctl(STDIN_FILENO, FIONREAD, &editor.ready) != 0) editor.ready = 0;
  }
  editor.ready--;
  do got = read(STDIN_FILENO, &byte, 1);
  while (got < 0 && errno == EINTR && !vm_signal);
  if (got == 1) return byte;
  editor.ready = 0;
  return got == 0 && known ? read_byte() : end_line();
}

/* The reader of keys: readline's takes bytes, libedit's code points. */
static int read_key(FILE *stream) {
  (void)stream;
  editor.opening = false;
  int first = read_byte();
#if GD_LIBEDIT
  char bytes[4] = {(char)first};
  size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1, count = 1;
  uint32_t code;
  while (count < size && editor.end == EDITOR_LINE) bytes[count++] = (char)read_byte();
  if (size > 1 && text_decode(bytes, count, &code)) return (int)code;
#endif
  return first;
}

/* ---- completion ---- */

typedef struct Candidates {
  char **items; /* owned, and each item, until readline takes them */
  char **lines; /* owned, and each: what lists show */
  int count, capacity, given;
  bool details; /* lines say more than items */
} Candidates;

static Candidates candidates;

static void take_candidate(void *context, const char *candidate, const char *detail) {
  (void)context;
  for (int i = 0; i < candidates.count; i++)
    if (strcmp(candidates.items[i], candidate) == 0) return;
  if (candidates.count == candidates.capacity) {
    candidates.capacity = candidates.capacity ? 2 * candidates.capacity : 64;
    size_t bytes = (size_t)candidates.capacity * sizeof(char *);
    candidates.items = mem_grow(candidates.items, bytes);
    candidates.lines = mem_grow(candidates.lines, bytes);
  }
  Text line = {0};
  candidates.details = candidates.details || *detail;
  text_format(&line, "%s%s%s", candidate, *detail ? " " : "", detail);
  candidates.lines[candidates.count] = line.data;
  candidates.items[candidates.count++] = mem_text(candidate, strlen(candidate));
}

static void candidates_clear(void) {
  for (int i = candidates.given; i < candidates.count; i++) mem_free(candidates.items[i]);
  for (int i = 0; i < candidates.count; i++) mem_free(candidates.lines[i]);
  candidates.count = candidates.given = 0;
  candidates.details = false;
}

/* The line of the list for a candidate; itself where it is none of ours. */
static char *line_of(char *candidate) {
  for (int i = 0; i < candidates.count; i++)
    if (strncmp(candidates.lines[i], candidate, strlen(candidate)) == 0) {
      char after = candidates.lines[i][strlen(candidate)];
      if (after == '\0' || after == ' ') return candidates.lines[i];
    }
  return candidate;
}

/* Readline's list of candidates, with what is said of each. */
static void show_candidates(char **matches, int count, int longest) {
  char **lines = mem_zero(((size_t)count + 2) * sizeof(char *));
  for (int i = 0; i <= count; i++) {
    lines[i] = i ? line_of(matches[i]) : matches[0];
    int length = (int)strlen(lines[i]);
    if (i && length > longest) longest = length;
  }
  rl_display_match_list(lines, count, longest);
  rl_forced_update_display();
  mem_free(lines);
}

/* In a string the word is all of it: a path has points and slashes. */
static char *word_breaks(void) {
  static char quote[] = "\"";
  return complete_string(rl_line_buffer, (size_t)rl_point) < 0 ? NULL : quote;
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
  text_add(&before, editor.typed->data ? editor.typed->data : "", editor.typed->length);
  text_add(&before, rl_line_buffer, (size_t)start);
  candidates_clear();
  if (rl_line_buffer[0] == '?') before.length = 0;
  complete_word(editor.session, before.data, before.length, text, take_candidate, NULL);
  /* with a list of its own readline would not ask before a long one: only where it says more */
  rl_completion_display_matches_hook = candidates.details ? LIST_HOOK(show_candidates) : NULL;
  /* readline ends the string behind a file, which a folder's name does not */
  const char *only = candidates.count == 1 ? candidates.items[0] : "";
  rl_completion_suppress_quote = *only && only[strlen(only) - 1] == '/';
  bool first = before.length == 0 || before.data[strspn(before.data, " \t\n")] == '\0';
  if (first) prompt_complete(text, take_candidate, NULL);
  text_free(&before);
  return candidates.count ? rl_completion_matches(text, next_candidate) : NULL;
}

/* ---- history ---- */

/* The path of the history, whose folders are created; false when that fails. */
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

/* Decodes a line of the file into its entry; false when it has bytes that cannot be typed. */
static bool decode_entry(const char *line, size_t length, Text *entry) {
  for (size_t i = 0; i < length;) {
    uint32_t code;
    size_t size = text_decode(line + i, length - i, &code);
    if (size == 0 || (code < 0x20 && code != '\t') || code == 0x7f) return false;
    bool escape = code == '\\' && i + 1 < length && (line[i + 1] == 'n' || line[i + 1] == '\\');
    if (escape) text_char(entry, line[i + 1] == 'n' ? '\n' : '\\');
    else text_add(entry, line + i, size);
    i += escape ? 2 : size;
  }
  return length > 0;
}

static void encode_entry(const char *block, size_t length, Text *line) {
  for (size_t i = 0; i < length; i++) {
    if (block[i] == '\n') text_string(line, "\\n");
    else if (block[i] == '\\') text_string(line, "\\\\");
    else text_char(line, block[i]);
  }
  text_char(line, '\n');
}

static void take_entries(const char *text, size_t length) {
  for (const char *end; length > 0 && (end = memchr(text, '\n', length));
       length -= (size_t)(end + 1 - text), text = end + 1) {
    Text entry = {0};
    if (decode_entry(text, (size_t)(end - text), &entry)) add_history(entry.data);
    text_free(&entry);
  }
}

static void history_load(void) {
  char path[4096];
  struct stat status;
  using_history();
  stifle_history(HISTORY_ENTRIES);
  if (!history_path(path)) return;
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return;
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
    off_t skipped = status.st_size > HISTORY_BYTES ? status.st_size - HISTORY_BYTES : 0;
    char *text = mem_alloc(HISTORY_BYTES);
    ssize_t got = pread(file, text, HISTORY_BYTES, skipped);
    if (got > 0) take_entries(text, (size_t)got);
    mem_free(text);
  }
  close(file);
}

static void append_entry(const char *path, const char *block, size_t length) {
  int file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
  struct stat status;
  if (file < 0) return;
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
    Text line = {0};
    char last = '\n';
    /* the last write was cut short */
    if (status.st_size > 0 && pread(file, &last, 1, status.st_size - 1) == 1 && last != '\n')
      text_char(&line, '\n');
    encode_entry(block, length, &line);
    ssize_t put = write(file, line.data, line.length);
    (void)put;
    text_free(&line);
  }
  close(file);
}

void editor_keep(const char *block, size_t length) {
  while (length > 0 && block[length - 1] == '\n') length--;
  if (length == 0 || length > ENTRY_MOST) return;
  const HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1)
                                              : NULL;
  if (last && strlen(last->line) == length && memcmp(last->line, block, length) == 0) return;
  char path[4096], *entry = mem_text(block, length);
  add_history(entry);
  mem_free(entry);
  if (history_path(path)) append_entry(path, block, length);
}

static void history_end(void) {
  char path[4096];
  if (history_path(path)) history_truncate_file(path, HISTORY_ENTRIES);
  clear_history();
}

/* ---- locale ---- */

static const char *locale_wanted(void) {
  static const char *const names[] = {"C.UTF-8", "C.utf8", "en_US.UTF-8"};
  if (setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return NULL;
  for (int i = 0; i < COUNT_OF(names); i++)
    if (setlocale(LC_CTYPE, names[i])) return names[i];
  return NULL;
}

/* readline, with LC_ALL set as above. */
static char *read_in_locale(const char *prompt) {
  if (!editor.locale) return readline(prompt);
  const char *now = getenv("LC_ALL");
  char *before = now ? mem_text(now, strlen(now)) : NULL;
  setenv("LC_ALL", editor.locale, 1);
  char *line = readline(prompt);
  if (before) setenv("LC_ALL", before, 1);
  else unsetenv("LC_ALL");
  mem_free(before);
  return line;
}

/* ---- the face ---- */

bool editor_start(Session *session, const Text *typed) {
  struct sigaction action;
  editor.session = session;
  editor.typed = typed;
  editor.locale = locale_wanted();
  rl_readline_name = "gd";
  rl_catch_signals = 0;
  rl_getc_function = read_key;
#if !GD_LIBEDIT
  rl_prep_term_function = prepare_terminal;
#endif
  rl_attempted_completion_function = complete_line;
  rl_basic_word_break_characters = " \t\n\"\\'@$><=;|&{}()[],:+-*/^%.?!";
  rl_completer_word_break_characters = (char *)(uintptr_t)rl_basic_word_break_characters;
  rl_completion_word_break_hook = word_breaks;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_continue;
  sigaction(SIGCONT, &action, NULL);
  history_load();
  editor.opening = atexit(leave_opening) == 0;
  return true;
}

void editor_end(void) {
  history_end();
  candidates_clear();
  mem_free(candidates.items);
  mem_free(candidates.lines);
  candidates = (Candidates){0};
  signal(SIGCONT, SIG_DFL);
  editor.session = NULL;
}

EditorEnd editor_read(const char *prompt, char **line) {
  editor.end = EDITOR_LINE;
  editor.given_up = editor.ready = 0;
  *line = read_in_locale(prompt);
  if (*line && editor.end == EDITOR_LINE) return EDITOR_LINE;
  free(*line);
  *line = NULL;
  return editor.end == EDITOR_CANCELLED ? EDITOR_CANCELLED : EDITOR_ENDED;
}

bool editor_blank(void) { return editor.blank; }

const char *editor_name(void) {
  static char name[40];
  snprintf(name, sizeof name, GD_LIBEDIT ? "libedit, %s" : "GNU readline %s", rl_library_version);
  return name;
}

#else

bool editor_start(Session *session, const Text *typed) {
  (void)session, (void)typed;
  return false;
}
void editor_end(void) {}
EditorEnd editor_read(const char *prompt, char **line) {
  (void)prompt;
  *line = NULL;
  return EDITOR_ENDED;
}
void editor_keep(const char *block, size_t length) { (void)block, (void)length; }
bool editor_blank(void) { return false; }
const char *editor_name(void) { return "plain"; }

#endif
