/* output.h — what the script prints, on its way to standard output. */
#ifndef GD_LANG_OUTPUT_H
#define GD_LANG_OUTPUT_H

#include "runtime/compute.h"

/* Adds what is left of the text, from *done on.  False: it cannot be written (ferror(stdout),
 * errno), or a stop was requested while the pipe is full: then the same call may be made again. */
bool output_add(const char *text, size_t length, size_t *done);
/* hands on what is still held back: before anything that takes long, or is seen beside it */
void output_settle(void);
/* nothing is printed until it is false again: a copy of the script runs */
void output_mute(bool mute);
/* the program was stopped: what nobody reads is not waited for */
void output_abandon(void);

/* What a notebook shows otherwise than as text on standard output.  Each is called on the thread of
 * the program; texts are borrowed. */
typedef struct Notebook {
  void *context;
  /* a picture, and what a terminal would show of it */
  void (*picture)(void *context, const Text *svg, const Text *text);
  /* a line that takes the place of the last one until `last` */
  void (*progress)(void *context, const char *line, size_t length, bool last);
  bool (*ask)(void *context, Text *line); /* a line from the user; false: none */
} Notebook;

void output_notebook(const Notebook *notebook); /* borrowed; NULL: none, as at first */
const Notebook *output_in_notebook(void);

#endif
