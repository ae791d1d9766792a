/* output.h — what the script prints, on its way to standard output. */
#ifndef GD_LANG_OUTPUT_H
#define GD_LANG_OUTPUT_H

#include "runtime/compute.h"

/* Writes the rest of the text, from *done on.  False: it cannot be written (ferror(stdout),
 * errno), or a stop was requested while the pipe is full: then the same call may be made again. */
bool output_add(const char *text, size_t length, size_t *done);
/* flushes buffered text: before anything that takes long or appears beside it */
void output_settle(void);
/* true: nothing is printed, while a copy of the script runs; false: printing continues */
void output_mute(bool mute);
/* Is it a terminal in which a line can be written again?  TERM=dumb has no such codes. */
bool output_redraws(int descriptor);
/* after the program was stopped: does not wait for a reader of the rest */
void output_abandon(void);

/* Callbacks for what a notebook shows other than as text on standard output.  They are called on
 * the thread of the program; texts are borrowed. */
typedef struct Notebook {
  void *context;
  /* a picture, and its form for a terminal */
  void (*picture)(void *context, const Text *svg, const Text *text);
  /* a line that replaces the previous one, until `last` */
  void (*progress)(void *context, const char *line, size_t length, bool last);
  bool (*ask)(void *context, Text *line); /* a line from the user; false: none */
} Notebook;

void output_notebook(const Notebook *notebook); /* borrowed; NULL: none, the initial state */
const Notebook *output_in_notebook(void);

#endif
