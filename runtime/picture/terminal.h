/* terminal.h — a pen whose sheet is a terminal: Braille patterns, blocks and colours. */
#ifndef GD_RUNTIME_PICTURE_TERMINAL_H
#define GD_RUNTIME_PICTURE_TERMINAL_H

#include "runtime/picture/pen.h"

typedef enum TerminalColour { COLOUR_NONE, COLOUR_256, COLOUR_TRUE } TerminalColour;

/* returns a new pen of so many columns and lines */
Pen *terminal_new(int columns, int lines, TerminalColour colour);
/* appends what was drawn, line by line */
void terminal_write(const Pen *pen, Text *text);
void terminal_free(Pen *pen);

#endif
