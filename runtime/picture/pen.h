/* pen.h — the interface of a drawing backend: the few strokes that make every picture.
 *
 * Places are in the pen's own units, from the upper left corner of its sheet; `letter` and
 * `line` say how much room text takes, so that one layout serves paper and terminal.  A pen keeps
 * what it draws; its owner takes the result and frees it.
 *
 * Pens: terminal.c (Unicode Braille patterns and blocks), svg.c, png.c (by libcairo).
 */
#ifndef GD_RUNTIME_PICTURE_PEN_H
#define GD_RUNTIME_PICTURE_PEN_H

#include "runtime/base/base.h"

typedef struct Dot {
  double x, y;
} Dot;

typedef struct Ink {
  uint32_t rgb;  /* 0xRRGGBB */
  int hue;       /* of the mark, for pens without colour; below 0: none */
  double weight; /* of a line, 1 as usual, WEIGHT_PATH for one upon many others */
  double alpha;  /* of an area: 1 hides what is beneath */
} Ink;

enum { WEIGHT_PATH = 2 };

/* Of text, and of what is not to draw the eye; no hue. */
enum { RGB_TEXT = 0x202020, RGB_QUIET = 0x808080 };
static inline Ink ink_plain(uint32_t rgb) {
  return (Ink){.rgb = rgb, .hue = -1, .weight = 1, .alpha = 1};
}

typedef enum Anchor { ANCHOR_LEFT, ANCHOR_MIDDLE, ANCHOR_RIGHT } Anchor;

typedef struct Pen Pen;
struct Pen {
  double width, height; /* of the sheet */
  double margin;        /* left free around all */
  double letter, line;  /* of a letter of text, and from one line of text to the next */
  double below;         /* from the frame to the middle of the numbers under it */
  double grain;         /* the smallest distance that can be seen */
  int levels;           /* how many lines of equal height can be told apart, at most 16 */
  /* dots joined in order; with `pairs` each two of them alone */
  void (*stroke)(Pen *pen, const Dot *dots, size_t count, bool pairs, Ink ink);
  void (*area)(Pen *pen, const Dot *dots, size_t count, Ink ink); /* a polygon */
  void (*bar)(Pen *pen, Dot low, Dot high, Ink ink);              /* low.y is its foot */
  void (*cell)(Pen *pen, Dot from, Dot to, Ink ink); /* a filled rectangle behind the rest */
  void (*point)(Pen *pen, Dot at, Ink ink);
  void (*text)(Pen *pen, Dot at, Anchor anchor, const char *text,
               Ink ink);                                        /* `at`: middle of its height */
  void (*upright)(Pen *pen, Dot at, const char *text, Ink ink); /* read from below, centred */
  void (*pixels)(Pen *pen, Dot from, Dot to, const uint8_t *rgb, size_t rows, size_t cols);
  /* Optional functions; where one is NULL, draw.c uses strokes and points instead: the plot's left
   * and bottom edge; a mark on them, across where it is of the y axis; a sample of a mark in the
   * legend, `4 * letter` wide. */
  void (*frame)(Pen *pen, Dot from, Dot to);
  void (*tick)(Pen *pen, Dot at, bool across);
  void (*sample)(Pen *pen, Dot at, bool line, Ink ink);
};

#endif
