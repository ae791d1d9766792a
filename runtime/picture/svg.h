/* svg.h — a pen that writes SVG 1.1: a file that stands alone. */
#ifndef GD_RUNTIME_PICTURE_SVG_H
#define GD_RUNTIME_PICTURE_SVG_H

#include "runtime/picture/pen.h"

/* returns a new pen; width and height in pixels */
Pen *svg_new(double width, double height);
/* appends the whole file */
void svg_write(const Pen *pen, Text *text);
void svg_free(Pen *pen);

/* appends a PNG file of the pixels; false: too large */
bool png_pack(const uint8_t *rgb, size_t rows, size_t cols, Text *text);

#endif
