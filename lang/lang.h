/* lang.h — the face of the language: a session that runs, checks and tests texts.
 *
 * A Session owns everything a program is made of (its Vm with sources, names, values).  Nothing here exits, and nothing but the
 * program itself prints: every mistake and warning is rendered, as the options say, and handed to the listener at once.
 * The exit statuses are those of FAULTS.md.
 *
 * The interpreter recurses on the C stack, so it needs a large one: session_run sees that the main thread's is, or makes a thread
 * with one (or does without where the system grants none), makes the session there, calls the body, and ends both.
 */
#ifndef GD_LANG_LANG_H
#define GD_LANG_LANG_H

#include "lang/tool/lines.h"
#include "lang/eval/module.h"

#define GD_VERSION "0.1.0"

typedef struct Session {
  Vm *vm;                /* owned */
  ModuleObject *module;  /* the REPL's names, from the first session_line on; held by the Vm */
  void (*say)(void *context, const char *text, size_t length); /* hears rendered mistakes and warnings */
  void *context;         /* of say */
  int lines;             /* session_line was called so often */
  Lines needed;          /* of those, which are still at hand */
} Session;

typedef struct SessionOptions {
  Options options;       /* of the Vm; color 0 or 1 by now */
  void (*say)(void *context, const char *text, size_t length);
  void *context;
} SessionOptions;

/* Makes a session, gives the body its stack, and returns what the body returned. */
int session_run(const SessionOptions *options, int (*body)(Session *session, void *context), void *context);

/* Each gives the exit status: 0, or that of the first mistake.  A path `-` is standard input. */
int session_file(Session *session, const char *path);
int session_text(Session *session, const char *name, const char *text, size_t length);
int session_check(Session *session, const char *path);   /* names, arity, shapes; runs nothing */
int session_test(Session *session, const char *path, int64_t *passed, int64_t *failed); /* adds to both */

/* The REPL: runs a complete text among the names of the session; a failed one leaves nothing.  The value of its last statement, where
 * that is an expression and not none, is added to `shown`. */
int session_line(Session *session, const char *text, size_t length, Text *shown);
/* A script from standard input: run as a file is, but that a line which fails leaves nothing and the next one runs.  Where the text has a mistake that
 * can be known before, nothing is run: the text, the caller's to free, is to be given to session_statement one statement at a time,
 * each with the number of lines before it; else *text is NULL. */
int session_piped(Session *session, char **text, size_t *length);
int session_statement(Session *session, const char *text, size_t length, uint32_t before);
/* What `?name` says: adds documentation of a name; false when there is none. */
bool session_describe(Session *session, const char *name, Text *text);

/* Says one mistake that is not of a script. */
void session_say(Session *session, const Diag *diag);

#endif
