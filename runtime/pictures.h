/* pictures.h — the face of runtime/picture: what a picture shows, and the pens that draw it. */
#ifndef GD_RUNTIME_PICTURES_H
#define GD_RUNTIME_PICTURES_H

#include "runtime/picture/draw.h"
#include "runtime/picture/pixels.h"
#include "runtime/picture/png.h"
#include "runtime/picture/svg.h"
#include "runtime/picture/terminal.h"

#endif
