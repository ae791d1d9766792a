/* report.h — mistakes collected, and shown as LANGUAGE.md section 13 says.
 *
 * A Report gathers what is wrong with one file: up to REPORT_LIMIT Diags, one for each place, sorted by place when they are
 * shown.  Rendering needs the Sources only to find lines and columns.  Nothing here prints: text is added to a Text, and
 * main.c and repl.c decide where it goes.
 *
 * One rendered Diag is at most REPORT_BYTES long whatever the source holds: lines are cut to a window around the
 * carets, names to NAME_SHOWN bytes, control bytes are shown as \x1b, and text from a script never is a format.
 */
#ifndef GD_LANG_REPORT_H
#define GD_LANG_REPORT_H

#include "lang/text/source.h"

enum {
  REPORT_LIMIT = 20,    /* Diags of one file; what comes later is not said */
  REPORT_BYTES = 4096,  /* of one rendered Diag */
  NAME_SHOWN = 64       /* bytes of a name in a message */
};

typedef struct Report {
  Diag *items;     /* owned; room for REPORT_LIMIT and one to write in vain; NULL while nothing is wrong */
  int count;       /* Diags there are */
  int errors;      /* of them, no warnings */
} Report;

/* Begins a Diag: an error of status 65, or a warning.  Borrows: fill in label, help and notes with diag_label and its kin.  Where
 * there is one at this place already, or there are too many, what is written goes nowhere. */
Diag *report_error(Report *report, Span span, const char *format, ...) PRINTF_LIKE(3, 4);
Diag *report_warning(Report *report, Span span, const char *format, ...) PRINTF_LIKE(3, 4);
void report_add(Report *report, const Diag *diag);   /* copies */
bool report_full(const Report *report);              /* no further error will be kept */
int report_status(const Report *report);             /* 0, or the status of the first error */
void report_clear(Report *report);                   /* frees what it holds; it may be used again */

/* Adds the form of section 13, or one line of JSON, for one Diag. */
void report_render(Text *text, const Sources *sources, const Diag *diag, bool color);
void report_json(Text *text, const Sources *sources, const Diag *diag);
/* The same for all of a report, sorted by place. */
void report_show(Text *text, const Sources *sources, Report *report, bool color, bool json);
void json_quoted(Text *text, const char *bytes, size_t length);  /* quoted and escaped */
void json_escaped(Text *text, const char *bytes, size_t length);  /* the same without the quotes */

/* A name as a message shows it: control bytes escaped, cut to NAME_SHOWN bytes with "...".  Returns `room`. */
enum { NAME_ROOM = 4 * NAME_SHOWN + 8 };
const char *name_shown(const char *name, size_t length, char room[NAME_ROOM]);

#endif
