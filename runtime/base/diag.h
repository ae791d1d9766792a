/* diag.h — the one form in which anything goes wrong.
 *
 * A mistake of the user, in a script, a data file or on the command line, is a Diag: a status (the
 * exit status it leads to), a message, the place, a label for the carets, up to four notes that
 * point at other places, the call stack, and a help line.  Nothing in runtime/ prints or exits; a
 * function that can fail takes a `Diag *` last and returns false (or NULL) after filling it.  All
 * text is held inside, so a Diag is copied by value and never freed; longer text is cut with an
 * ellipsis.
 */
#ifndef GD_RUNTIME_BASE_DIAG_H
#define GD_RUNTIME_BASE_DIAG_H

#include "runtime/base/base.h"

/* A range of bytes in a source text.  file 0: no place in a script. */
typedef struct Span {
  uint32_t file;  /* number of the source, from 1 (lang/text/source.h) */
  uint32_t start; /* first byte */
  uint32_t end;   /* one past the last byte */
} Span;

static inline Span span_join(Span a, Span b) {
  return (Span){a.file, a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end};
}

/* Exit statuses of LANGUAGE.md section 13 and FAULTS.md. */
enum {
  STATUS_FAILED = 1,     /* the program failed while running */
  STATUS_USAGE = 2,      /* wrong use of the command */
  STATUS_MALFORMED = 65, /* source or data malformed */
  STATUS_MISSING = 66,   /* input missing or unreadable */
  STATUS_BUG = 70,       /* a broken invariant inside gd */
  STATUS_MEMORY = 71,    /* out of memory or of the budget */
  STATUS_CREATE = 73,    /* output cannot be created */
  STATUS_IO = 74,        /* reading or writing failed */
  STATUS_BUSY = 75,      /* another run holds this checkpoint */
  STATUS_PEER = 76,      /* one of several processes is lost */
  STATUS_POLICY = 77,    /* refused: a path outside --root */
  STATUS_LIMIT = 124,    /* a limit of time or steps was reached */
  STATUS_INTERRUPTED = 130,
  STATUS_TERMINATED = 143
};

enum { DIAG_NOTES = 4, DIAG_CALLS = 5, DIAG_MESSAGE = 2000 };

typedef struct DiagNote {
  Span span;
  char text[240];
} DiagNote;

/* One entry of the call stack when something went wrong. */
typedef struct DiagCall {
  Span span;
  /* the enclosing function, NULL: the top level; borrowed, lives as long as the script's tree */
  const char *caller;
} DiagCall;

typedef struct Diag {
  int status;                 /* the exit status this leads to; 0 while nothing is wrong */
  bool warning;               /* reported, but nothing fails */
  Span span;                  /* where in the script */
  char message[DIAG_MESSAGE]; /* what is wrong, without a final point */
  char label[240];            /* stands after the carets; may be empty */
  char where[320]; /* a place in a data file: "iris.csv: line 3 column 2"; may be empty */
  char help[360];  /* a suggested fix; may be empty */
  DiagNote notes[DIAG_NOTES]; /* other places concerned */
  int note_count;
  DiagCall calls[DIAG_CALLS]; /* from the inside out */
  int call_count, calls_left; /* calls kept, and calls dropped for lack of space */
  Span met;      /* the innermost line in the user's own code; file 0: the same as span */
  bool diverged; /* a loss, a gradient or a new value is not finite: `on_divergence:` reads this */
  bool aimed;    /* what concerns calls is filled in (lang/eval/trail.c) */
  bool silent;   /* ends the program without a word: exit(), or nobody reads its output any more */
} Diag;

/* Marks it as "no error", like `= {0}`, without clearing the 4 KB of text, which would take as
 * long as an operation. */
static inline void diag_clear(Diag *diag) {
  diag->status = 0;
  diag->warning = false;
  diag->span = (Span){0, 0, 0};
  diag->message[0] = diag->label[0] = diag->where[0] = diag->help[0] = 0;
  diag->note_count = diag->call_count = diag->calls_left = 0;
  diag->met = (Span){0, 0, 0};
  diag->aimed = diag->diverged = diag->silent = false;
}

/* Each fills in one part and gives `false`, so that `return diag_fail(...)` reads well. */
bool diag_fail(Diag *diag, int status, Span span, const char *format, ...) PRINTF_LIKE(4, 5);
bool diag_fail_list(Diag *diag, int status, Span span, const char *format, va_list values)
    PRINTF_LIKE(4, 0);
/* A message of bytes from outside after `head`: a NUL among them is shown, and ends nothing. */
bool diag_bytes(Diag *diag, int status, Span span, const char *head, const char *bytes,
                size_t length);
bool diag_data(Diag *diag, int status, const char *where, const char *format, ...)
    PRINTF_LIKE(4, 5);
bool diag_label(Diag *diag, const char *format, ...) PRINTF_LIKE(2, 3);
bool diag_help(Diag *diag, const char *format, ...) PRINTF_LIKE(2, 3);
bool diag_note(Diag *diag, Span span, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
