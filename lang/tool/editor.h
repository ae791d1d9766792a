/* editor.h — lines typed at a terminal: edited, completed, remembered.  editor.c tells how. */
#ifndef GD_LANG_EDITOR_H
#define GD_LANG_EDITOR_H

#include "lang/lang.h"

typedef enum EditorEnd {
  EDITOR_LINE,       /* a line came; after a paste or of a recalled block, several */
  EDITOR_CANCELLED,  /* a signal came instead (vm_signal): what was typed is void */
  EDITOR_ENDED       /* Ctrl-D on an empty line, or the terminal is gone */
} EditorEnd;

bool editor_wait(void);  /* until there is input on descriptor 0; false when a signal came first */

/* Where gd was built without readline, editor_start gives false and the others are not to be called.  One session at a time.
 * `typed` is the beginning of the statement, from lines before; borrowed until editor_end. */
bool editor_start(Session *session, const Text *typed);
void editor_end(void);
EditorEnd editor_read(const char *prompt, char **line);        /* *line: malloc's, NULL unless EDITOR_LINE */
void editor_keep(const char *block, size_t length);            /* remembers a statement, of however many lines, as one entry */
const char *editor_name(void);                                 /* "GNU readline 8.2" or "plain" */

#endif
