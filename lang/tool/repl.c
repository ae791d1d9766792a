/* repl.c — the session at a terminal, and a script from a pipe.
 *
 * At a terminal, lines are collected until they are whole statements (parse_complete), then run
 * among the names of the session, one statement after the other; the value of an expression is
 * shown.  A failing statement is undone (module.c), so the session continues as if it had not been
 * typed.  A pasted `if` waits for the next line, which may be its `else`.  `?name` shows the
 * documentation of a name.  Up recalls a statement with all of its lines.
 *
 * Ctrl-C interrupts a running statement; at the prompt it clears the input.  Ctrl-D ends the
 * session, as `quit` does; inside a statement it ends the statement, whose error then says what is
 * missing. editor.c edits lines if output is a terminal too; otherwise they are read without
 * editing.
 *
 * Without a terminal the input is a script: it is read to its end, means what it means in a file,
 * and prints only what it is told to print.  But as in a session, a failing line is undone, the
 * next one runs, and the status is that of the first failure.  A text with an error that is found
 * before running is run statement by statement, as if typed.
 */
#include "lang/tool/repl.h"

#include "lang/machine/signals.h"
#include "lang/syntax/parse.h"
#include "lang/syntax/statements.h"
#include "lang/tool/editor.h"
#include "lang/tool/prompt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Repl {
  Session *session;
  Text typed;    /* the lines of the current statement so far */
  bool terminal; /* at a terminal: show prompts and values */
  bool editing;  /* editor.c edits lines */
  bool held;     /* `typed` is a whole `if`, held back while an `else` may be on its way */
  bool ended;    /* the script called exit, a signal asks for the end, or input ended */
  int status;    /* the final status */
  void (*say)(void *context, const char *text, size_t length); /* the session's own callback */
  void *say_context;                                           /* its context */
} Repl;

static const char PROMPT[] = "> ", PROMPT_MORE[] = ". ";

/* Reads a line from a terminal without the editor. */
static EditorEnd read_plain(const char *prompt, char **line) {
  *line = NULL;
  fputs(prompt, stdout);
  fflush(stdout);
  if (!editor_wait()) return EDITOR_CANCELLED;
  size_t capacity = 0;
  errno = 0;
  ssize_t length = getline(line, &capacity, stdin);
  if (length < 0) {
    if (errno == ENOMEM) mem_out(); /* not the end of input: reading again would never end */
    free(*line);
    *line = NULL;
    return EDITOR_ENDED;
  }
  char *text = *line;
  if (length > 0 && text[length - 1] == '\n') text[--length] = '\0';
  for (ssize_t i = 0; i < length;
       i++) /* a NUL would hide the rest: replaced by \x01, which is refused in the same way */
    if (!text[i]) text[i] = '\x01';
  return EDITOR_LINE;
}

/* ---- one statement ---- */

static void say(Repl *repl, const char *text) {
  repl->session->say(repl->session->context, text, strlen(text));
}

static void describe(Repl *repl, const char *name) {
  name += strspn(name, " \t");
  size_t length = strcspn(name, " \t\r\n");
  char *word = mem_text(name, length);
  Text text = {0};
  if (length == 0) {
    int status;
    prompt_word(repl->session, "help", 4, &text, &status);
  } else {
    session_explain(repl->session, word, &text);
  }
  fwrite(text.data, 1, text.length, stdout);
  text_free(&text);
  mem_free(word);
}

/* After a line: handles pending signals and exceeded limits. */
static void settle(Repl *repl, int status) {
  Vm *vm = repl->session->vm;
  if (vm_asked() == SIGNAL_ENDS || vm_limit(vm)) {
    repl->ended = true;
    repl->status = vm_asked() == SIGNAL_ENDS ? STATUS_TERMINATED : STATUS_LIMIT;
  }
  if (vm->exited) {
    repl->ended = true;
    repl->status = status;
  }
  if (!repl->terminal && !repl->status) repl->status = status ? status : vm->exit_status;
  if (repl->terminal) vm->exit_status = 0;
  signals_reset();
}

/* The terminal has echoed ^C in the middle of a line. */
static void say_after_signal(void *context, const char *text, size_t length) {
  Repl *repl = context;
  if (vm_signal && repl->terminal) repl->say(repl->say_context, "\n", 1);
  repl->say(repl->say_context, text, length);
}

static bool is_question(const char *text, size_t length) {
  while (length && strchr(" \t\r\n", *text)) text++, length--;
  return length && *text == '?';
}

/* ?name */
static void ask(Repl *repl, const char *text, size_t length) {
  char *statement = mem_text(text, length);
  describe(repl, statement + strcspn(statement, "?") + 1);
  mem_free(statement);
}

/* Runs one statement of the input; false when the rest is not to be run. */
static bool run_statement(void *context, const char *text, size_t length, uint32_t before) {
  (void)before;
  Repl *repl = context;
  Text shown = {0};
  int status = 0;
  if (is_question(text, length)) ask(repl, text, length);
  else status = session_line(repl->session, text, length, &shown);
  if (shown.length) fwrite(shown.data, 1, shown.length, stdout);
  text_free(&shown);
  bool interrupted = vm_signal || repl->session->vm->exit_status == STATUS_INTERRUPTED;
  if (status == 0 && repl->session->vm->exit_status == STATUS_INTERRUPTED) putchar('\n');
  settle(repl, status);
  fflush(stdout);
  return !repl->ended && !interrupted;
}

static void run_typed(Repl *repl) {
  Text typed = repl->typed;
  repl->typed = (Text){0};
  if (repl->editing) editor_keep(typed.data, typed.length);
  parse_statements(typed.data, typed.length, run_statement, repl);
  text_free(&typed);
}

static bool blank(const char *line) { return line[strspn(line, " \t\r\n")] == '\0'; }

/* Does the text end with a `##` line?  Then the declaration that it documents is still to come. */
static bool documents(const char *text) {
  const char *last = strrchr(text, '\n');
  last = last ? last + 1 : text;
  return strncmp(last + strspn(last, " \t"), "##", 2) == 0;
}

/* Ctrl-C, or a signal that ends the session: what was typed is dropped.  The editor ends the line
 * where it was reading; elsewhere the terminal has echoed a ^C and the cursor stands behind it. */
static void cancel(Repl *repl, bool reading) {
  if (!reading || !repl->editing || vm_asked() != SIGNAL_ASKED) putchar('\n');
  bool idle = reading && repl->editing && repl->typed.length == 0 && editor_blank();
  if (idle && vm_asked() == SIGNAL_ASKED) puts("quit or Ctrl-D ends the session");
  repl->typed.length = 0;
  repl->held = false;
  settle(repl, 0);
}

static bool begins_with(const char *line, const char *word) {
  size_t length = strlen(word);
  line += strspn(line, " \t");
  return strncmp(line, word, length) == 0 && (!line[length] || strchr(" \t{#", line[length]));
}

/* May the `if` of which this is the last line go on?  Only where the next line is there already, as
 * in a paste: who types sees what the `if` did. */
static bool may_go_on(const Repl *repl, const char *line) {
  return begins_with(repl->typed.data, "if") && line[strspn(line, " \t")] == '}' &&
         editor_waiting();
}

static void take_line(Repl *repl, const char *line) {
  if (repl->held && blank(line) && editor_waiting()) return;
  if (repl->held && !begins_with(line, "else")) run_typed(repl);
  repl->held = false;
  bool first = repl->typed.length == 0;
  if (repl->ended || (first && blank(line))) return;
  text_string(&repl->typed, line);
  text_char(&repl->typed, '\n');
  bool question = first && is_question(line, strlen(line)) && !strchr(line, '\n');
  ParseState state = question          ? PARSE_COMPLETE
                     : documents(line) ? PARSE_MORE
                                       : parse_complete(repl->typed.data, repl->typed.length);
  if (state == PARSE_STOPPED) cancel(repl, false);
  else if (state == PARSE_COMPLETE && may_go_on(repl, line)) repl->held = true;
  else if (state != PARSE_MORE) run_typed(repl);
}

/* ---- at a terminal ---- */

/* Ctrl-D: ends the statement being typed, else the session. */
static void take_end(Repl *repl) {
  putchar('\n');
  bool whole = repl->held;
  repl->held = false;
  if (repl->typed.length) run_typed(repl); /* incomplete: its error says so */
  else whole = true;
  repl->ended = repl->ended || whole;
  clearerr(stdin);
}

static void run_lines(Repl *repl) {
  while (!repl->ended) {
    const char *prompt = repl->typed.length ? PROMPT_MORE : PROMPT;
    char *line;
    EditorEnd end = repl->editing ? editor_read(prompt, &line) : read_plain(prompt, &line);
    if (end == EDITOR_LINE) take_line(repl, line);
    if (end == EDITOR_ENDED) take_end(repl);
    if (end == EDITOR_CANCELLED) cancel(repl, true);
    free(line);
    fflush(stdout);
  }
}

static void run_terminal(Repl *repl) {
  repl->editing = isatty(STDOUT_FILENO) && editor_start(repl->session, &repl->typed);
  say(repl, "gd " GD_VERSION ": help explains, ?name describes a name, Ctrl-D or quit ends\n");
  run_lines(repl);
  if (repl->editing) editor_end();
}

/* ---- a pipe ---- */

static bool run_piped_statement(void *context, const char *text, size_t length, uint32_t before) {
  Repl *repl = context;
  int status = 0;
  if (is_question(text, length)) ask(repl, text, length);
  else status = session_statement(repl->session, text, length, before);
  settle(repl, status);
  return !repl->ended && status != STATUS_INTERRUPTED;
}

static void run_piped(Repl *repl) {
  char *text;
  size_t length;
  int status = session_piped(repl->session, &text, &length);
  if (text) parse_statements(text, length, run_piped_statement, repl);
  else repl->status = status;
  mem_free(text);
}

int repl_run(Session *session) {
  Repl repl = {.session = session,
               .terminal = isatty(STDIN_FILENO),
               .say = session->say,
               .say_context = session->context};
  session->say = say_after_signal;
  session->context = &repl;
  if (repl.terminal) run_terminal(&repl);
  else run_piped(&repl);
  session->say = repl.say;
  session->context = repl.say_context;
  text_free(&repl.typed);
  return repl.status;
}
