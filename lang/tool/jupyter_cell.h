/* jupyter_cell.h — runs a cell of a notebook, and publishes its output meanwhile. */
#ifndef GD_LANG_JUPYTER_CELL_H
#define GD_LANG_JUPYTER_CELL_H

#include "lang/tool/jupyter_publish.h"

JupyterAnswer jupyter_execute;

/* callbacks of the session, with the Kernel as context */
void jupyter_hear(void *context, const char *text, size_t length);
void jupyter_picture(void *context, const Text *svg, const Text *letters);
void jupyter_progress(void *context, const char *line, size_t length, bool last);
bool jupyter_ask(void *context, Text *line);

#endif
