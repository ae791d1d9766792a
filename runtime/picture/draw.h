/* draw.h — a settled picture drawn with a pen. */
#ifndef GD_RUNTIME_PICTURE_DRAW_H
#define GD_RUNTIME_PICTURE_DRAW_H

#include "runtime/picture/pen.h"
#include "runtime/picture/picture.h"

/* Lays out title, legend, axes and marks on the pen's sheet, and draws them. */
void picture_draw(Picture *picture, Pen *pen);

/* The colour of a hue, and of a height from 0 to 1 on a scale from dark blue to yellow. */
uint32_t hue_rgb(int hue);
uint32_t height_rgb(double height);

#endif
