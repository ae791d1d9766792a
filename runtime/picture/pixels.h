/* pixels.h — pictures as the terminal's own images: kitty, sixel and iTerm2, by libchafa. */
#ifndef GD_RUNTIME_PICTURE_PIXELS_H
#define GD_RUNTIME_PICTURE_PIXELS_H

#include "runtime/base/base.h"

typedef enum PixelForm { PIXELS_NONE, PIXELS_SIXEL, PIXELS_KITTY, PIXELS_ITERM } PixelForm;

/* The form that the terminal of this environment says it knows; none where it says nothing, or
 * libchafa is not there. */
PixelForm pixels_known(char **environment);
/* the form of this name, "kitty", "sixel" or "iterm"; else none */
PixelForm pixels_named(const char *name);

/* Pixels as cairo has them: 4 bytes each, blue first. */
typedef struct PixelImage {
  const uint8_t *bytes;
  int width, height, stride; /* stride: bytes from row to row */
} PixelImage;

/* Appends the image in so many cells of the terminal, each of so many pixels, with a newline after
 * it.  False: libchafa is not there, or cannot. */
bool pixels_write(PixelForm form, const PixelImage *image, int columns, int lines, int cell_width,
                  int cell_height, Text *text);

#endif
