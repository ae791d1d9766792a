/* png.h — a pen that draws PNG files by libcairo, loaded when first asked for. */
#ifndef GD_RUNTIME_PICTURE_PNG_H
#define GD_RUNTIME_PICTURE_PNG_H

#include "runtime/base/diag.h"
#include "runtime/picture/pen.h"
#include "runtime/picture/pixels.h"

/* Returns a new pen, width and height in points of two pixels each way; NULL, status 1: libcairo is
 * not installed. */
Pen *png_new(double width, double height, Diag *diag);
/* appends the whole file */
bool png_write(Pen *pen, Text *text, Diag *diag);
PixelImage png_image(Pen *pen); /* what was drawn; the pen's own */
void png_free(Pen *pen);

#endif
