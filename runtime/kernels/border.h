/* border.h — planes of an image with zeros around them, columns sorted by phase.
 *
 * A window that slides over such a plane never asks whether it lies inside, and columns that lie a
 * stride apart in the image are neighbours.
 */
#ifndef GD_RUNTIME_KERNELS_BORDER_H
#define GD_RUNTIME_KERNELS_BORDER_H

#include "runtime/kernels/kernel.h"

/* Planes [planes, rows, phases, run]: row r is row top + r of the image, column k of phase p column
 * left + p + k phases, or zeros. */
typedef struct Border {
  int64_t planes, height, width; /* of the image */
  int64_t top, left; /* the row and column of the image that come first; may be negative */
  int64_t rows, phases, run;
  int64_t pitch; /* phases * run: from row to row */
} Border;

enum { BORDER_SLACK = 32 }; /* bytes that are written behind the planes */

static inline int64_t border_elements(const Border *border) {
  return border->planes * border->rows * border->pitch;
}
void border_fill(Dtype dtype, const Border *border, const void *image, void *into);
/* The same of one image whose rows and columns lie steps of 1 or 2 apart among zeros; one phase. */
void border_spread(Dtype dtype, const Border *border, const int64_t step[2], const void *image,
                   void *into);
/* The transpose of border_fill: adds what lies inside to the image's planes, whose elements are no
 * -0. */
void border_add(Dtype dtype, const Border *border, const void *from, void *image);

#endif
