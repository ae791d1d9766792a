/* tiles.h — the inner loops of the matrix product, one set for each type and instruction set.
 *
 * tile.inc defines and documents each; product.c calls them, and peak.c measures their speed.
 */
#ifndef GD_RUNTIME_KERNELS_TILES_H
#define GD_RUNTIME_KERNELS_TILES_H

#include "runtime/kernels/product.h"

enum {
  TILE_ROWS_MOST = 12, /* rows of a tile, over all variants */
  VECTOR_BYTES = 64,   /* of a vector, likewise */
  SIFT_VECTORS = 8,    /* columns that a sift works on at once, in vectors */
  SIFT_TERMS = 64      /* terms, likewise: bits of a word */
};

/* What an inner loop works on. */
typedef struct TileJob {
  int64_t k;     /* terms */
  const void *a; /* the first element of the tile's rows */
  const void *b; /* the first element of the tile's columns */
  void *c;
  int64_t a_stride, b_stride, c_stride; /* elements from row to row as stored */
  int64_t columns;                      /* the stream alone looks at it */
  int last;                             /* columns in the last vector, 1 to the width */
  bool add;                             /* to what c holds */
  int64_t ahead; /* elements from b to the next panel, which is prefetched meanwhile */
  /* of marks and sift alone: */
  int64_t rows;     /* of a */
  int64_t a_step;   /* elements of a from term to term; a_stride is then from row to row */
  int64_t b_next;   /* elements of b from one pair of vectors to the next */
  const void *sums; /* what the sums begin with, a row of them for each of a; NULL: zeros */
  int64_t sums_stride;
} TileJob;

typedef void Tile(const TileJob *job);

/* A window that slides over rows (slide.inc).  The slide fills y, the slide_dot adds to w. */
typedef struct SlideJob {
  const void *x;     /* padded; VECTOR_BYTES * 2 behind it can be read */
  const int64_t *at; /* of tap t: elements from x's place (row, column) to what it meets there */
  int64_t taps;
  void *w; /* of filter f and tap t: w[f w_stride + t] */
  void *y; /* of filter f: y[f y_plane + row y_row + column] */
  int64_t w_stride, y_plane;
  int64_t x_row, y_row; /* elements from row to row of places */
  int64_t rows, columns;
  /* of slide_dots, whose w is in vectors; elements of x and y from image to image */
  int64_t filters, images, x_image, y_image;
} SlideJob;

/* A convolution with an image to each lane (lane.inc).  Steps are in elements. */
typedef struct LaneJob {
  const void *x; /* what the first place meets with the first tap */
  const void *w; /* of a slide: [outer, middle, inner, filters], steps between the first three */
  void *y;       /* [filters, places, run]; of a dot read, else written */
  void *sums;    /* of a dot: [filters, taps, RUN], added to */
  int64_t outer, middle, inner; /* taps of a slide; rows and columns of a dot's places */
  int64_t x_outer, x_middle, x_inner;
  int64_t w_outer, w_middle;
  int64_t y_outer, y_filter, sums_filter;
  int64_t places; /* of a slide; a dot's filters */
  int64_t run;    /* images side by side: RUN or half of it */
} LaneJob;

/* A plane of some images, and the same in lanes [count, run]. */
typedef struct LaneTurn {
  void *plane, *lanes;
  int64_t stride, images; /* elements from image to image, and how many there are: run at most */
  int64_t count, run;
} LaneTurn;

enum {
  LANE_FILTERS = 6, /* most of a lane_slide, … */
  LANE_PLACES = 4,
  LANE_DOTS = 4,     /* filters of a lane_dot together, … */
  LANE_TAPS = 5,     /* … and taps */
  SLIDE_FILTERS = 6, /* most of a slide, … */
  SLIDE_TAPS = 6,    /* … and of a slide_dot */
  DOTS_FILTERS = 4,  /* most of a slide_dots together, … */
  DOTS_TAPS = 5,     /* … and taps */
  WINDOW_SIDES = 3,  /* sizes of windows (window.inc): 3, 5, 7 */
  WINDOW_SIDE_MOST = 7
};

typedef void Slide(const SlideJob *job);
typedef void Lane(const LaneJob *job);

typedef struct Tiles {
  int width; /* elements in a vector */
  int rows;  /* most rows of a tile */
  /* by whether b is transposed */
  void (*pack[2])(void *panel, const void *from, int64_t stride, int64_t columns, int64_t k,
                  int64_t ahead);
  Tile *dot[2][2]; /* by rows - 1, and 1 or 4 columns */
  Tile *stream;
  /* by whether a is transposed; gives their number */
  int64_t (*marks[2])(const TileJob *job, uint64_t *marks);
  /* by vectors - 1; the last: eight whole ones */
  bool (*sift[SIFT_VECTORS + 1])(const TileJob *job, const uint64_t *marks);
  Slide *slide[SLIDE_FILTERS];     /* by filters - 1 */
  Slide *slide_dot[2][SLIDE_TAPS]; /* by filters - 1, taps - 1; two filters: at most half of the
                                      taps */
  Slide *slide_dots;
  Slide *window[WINDOW_SIDES], *window_dot[WINDOW_SIDES];
  Lane *lane_slide[LANE_FILTERS], *lane_dot[LANE_TAPS]; /* by filters - 1, taps - 1 */
  void (*lane_sums)(const void *vectors, void *into, int64_t count);
  void (*lanes_in)(const LaneTurn *turn, const int32_t *at);
  void (*lanes_out)(const LaneTurn *turn);
  Tile *tile[TILE_ROWS_MOST][2][2]; /* by rows - 1, whether a is transposed, vectors - 1 */
} Tiles;

/* borrows; the set must be one this processor has */
const Tiles *tiles_for(InstructionSet set, Dtype dtype);

#endif
