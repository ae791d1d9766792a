/* lang.h — the face of the language: a session that runs, checks and tests texts.
 *
 * A Session owns everything a program is made of: its Vm with sources, names and values.  Nothing
 * here exits, and only the program itself prints.  Every error and warning is rendered as the
 * options say and passed to the `say` callback at once.  The exit statuses are those of FAULTS.md.
 *
 * The interpreter recurses on the C stack, so it needs a large one. session_run makes sure that the
 * main thread has one, or starts a thread that has (or does without where the system grants none).
 * It makes the session there, calls the body, and ends both.
 */
#ifndef GD_LANG_LANG_H
#define GD_LANG_LANG_H

#include "lang/eval/module.h"
#include "lang/text/version.h"
#include "lang/tool/lines.h"

typedef struct Session {
  Vm *vm; /* owned */
  /* the REPL's module, made by the first session_line; kept alive by the Vm */
  ModuleObject *module;
  /* callback: gets each rendered error and warning */
  void (*say)(void *context, const char *text, size_t length);
  void *context;        /* passed to say */
  int lines;            /* calls of session_line so far */
  uint32_t answer_file; /* the source that declares `ans`; 0: none yet */
  Lines needed;         /* the sources of those calls that are still referred to */
} Session;

typedef struct SessionOptions {
  Options options; /* of the Vm; color 0 or 1 by now */
  void (*say)(void *context, const char *text, size_t length);
  void *context;
} SessionOptions;

/* Makes a session, calls the body on a large stack, and returns what the body returned. */
int session_run(const SessionOptions *options, int (*body)(Session *session, void *context),
                void *context);

/* Each returns the exit status: 0, or that of the first error.  A path `-` is standard input. */
int session_file(Session *session, const char *path);
int session_text(Session *session, const char *name, const char *text, size_t length);
/* checks names, arity and shapes; runs nothing */
int session_check(Session *session, const char *path);
/* adds to both */
int session_test(Session *session, const char *path, int64_t *passed, int64_t *failed);

/* The REPL: runs a complete text among the names of the session; one that fails changes nothing.
 * The value of its last statement, if that is an expression and not none, is added to `shown`, and
 * is `ans` from then on.  A word of the prompt (lang/tool/prompt.def) is done as it says. */
int session_line(Session *session, const char *text, size_t length, Text *shown);
/* The same of a part of a text with a name of its own, `before`: the lines of it before this. */
int session_cell(Session *session, const char *name, const char *text, size_t length,
                 uint32_t before, Text *shown);
/* The value of an expression of the session, owned by the caller; KIND_UNSET where it has none. */
int session_value(Session *session, const char *text, size_t length, Value *value);
/* Runs a declaration of the prompt's own; *file: the source that it is. */
void session_declare(Session *session, const char *text, size_t length, uint32_t *file);
/* A script from standard input.  It runs as a file does, except that a failing line changes nothing
 * and the next one still runs.  If the text has an error that is found before running, nothing is
 * run and *text is set (the caller frees it): pass it to session_statement one statement at a time,
 * each with the number of lines before it.  Otherwise *text is NULL. */
int session_piped(Session *session, char **text, size_t *length);
int session_statement(Session *session, const char *text, size_t length, uint32_t before);
/* Runs a script, or a line, whose names the REPL then has: `gd -i`. */
int session_prelude(Session *session, const char *path, const char *line);
/* Adds what `?name` shows: of a variable its type, shape, value and where it was made, else the
 * manual's pages; false when there is nothing. */
bool session_describe(Session *session, const char *name, Text *text);
/* The same; where there is nothing, it says so, with the nearest name. */
void session_explain(Session *session, const char *name, Text *text);

/* Reports an error that has no place in a script. */
void session_say(Session *session, const Diag *diag);
/* Reports all that is in it, sorted by place, and clears it. */
void session_say_report(Session *session, Report *report);

#endif
