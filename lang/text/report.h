/* report.h — collects errors and renders them as LANGUAGE.md section 13 says.
 *
 * A Report collects the Diags of one file: up to REPORT_LIMIT, one for each place, sorted by place
 * when shown.  Rendering needs the Sources only to find lines and columns.  Nothing here prints:
 * text is added to a Text, and the caller decides where it goes.
 *
 * One rendered Diag is at most REPORT_BYTES long whatever the source holds: lines are cut to a
 * window around the carets, names to NAME_SHOWN bytes, control bytes are shown as \x1b, and text
 * from a script is never used as a format.
 */
#ifndef GD_LANG_REPORT_H
#define GD_LANG_REPORT_H

#include "lang/text/source.h"

enum {
  REPORT_LIMIT = 20,   /* Diags of one file; later ones are dropped */
  REPORT_BYTES = 4096, /* of one rendered Diag */
  NAME_SHOWN = 64      /* bytes of a name in a message */
};

typedef struct Report {
  /* owned; REPORT_LIMIT slots and a scratch one for what is dropped; NULL while empty */
  Diag *items;
  int count;  /* Diags in it */
  int errors; /* how many of them are errors, not warnings */
} Report;

/* Begins a Diag: an error of status 65, or a warning.  Borrowed: fill in label, help and notes with
 * diag_label and the like.  If this place has a Diag already, or there are too many, the result is
 * a scratch one that is not kept. */
Diag *report_error(Report *report, Span span, const char *format, ...) PRINTF_LIKE(3, 4);
Diag *report_warning(Report *report, Span span, const char *format, ...) PRINTF_LIKE(3, 4);
void report_add(Report *report, const Diag *diag); /* copies */
bool report_full(const Report *report);            /* further errors are dropped */
int report_status(const Report *report);           /* 0, or the status of the first error */
void report_clear(Report *report);                 /* frees its contents; it may be used again */

/* Renders one Diag in the form of section 13, or as one line of JSON. */
void report_render(Text *text, const Sources *sources, const Diag *diag, bool color);
void report_json(Text *text, const Sources *sources, const Diag *diag);
/* The same for a whole report, sorted by place. */
void report_show(Text *text, const Sources *sources, Report *report, bool color, bool json);
void json_quoted(Text *text, const char *bytes, size_t length);  /* quoted and escaped */
void json_escaped(Text *text, const char *bytes, size_t length); /* the same without the quotes */

/* A name as a message shows it: control bytes escaped, cut to NAME_SHOWN bytes with "...".  Returns
 * `buffer`. */
enum { NAME_SIZE = 4 * NAME_SHOWN + 8 };
const char *name_shown(const char *name, size_t length, char buffer[NAME_SIZE]);

#endif
