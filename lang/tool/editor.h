/* editor.h — input of lines at a terminal, with editing, completion and history. */
#ifndef GD_LANG_EDITOR_H
#define GD_LANG_EDITOR_H

#include "lang/lang.h"

typedef enum EditorEnd {
  EDITOR_LINE,      /* a line; several after a paste or of a recalled statement */
  EDITOR_CANCELLED, /* a signal came instead (vm_signal): the input is discarded */
  EDITOR_ENDED      /* Ctrl-D on an empty line, or the terminal was closed */
} EditorEnd;

bool editor_wait(void);    /* waits for input on descriptor 0; false when a signal came first */
bool editor_waiting(void); /* Is there input to read at once, as in a paste? */

/* In a build without readline, editor_start returns false and the others must not be called.  One
 * session at a time.  `typed` is the text of the statement from earlier lines; borrowed until
 * editor_end. */
bool editor_start(Session *session, const Text *typed);
void editor_end(void);
/* *line: malloc's, NULL unless EDITOR_LINE */
EditorEnd editor_read(const char *prompt, char **line);
/* after EDITOR_CANCELLED: nothing had been typed */
bool editor_blank(void);
/* adds a statement, of any number of lines, as one entry of the history */
void editor_keep(const char *block, size_t length);
const char *editor_name(void); /* "GNU readline 8.2" or "plain" */

#endif
