/* lanes.c — convolution with an image to each lane, where images are too narrow for vectors.
 *
 * A row of ten places fills ten lanes of sixteen.  Sixteen images (eight of doubles) side by side
 * fill all of them whatever their size: planes [images, height, width] are turned into
 * [height, width, run], as squares, and what is computed is turned back.  That costs a fourth of a
 * cycle an element, so it pays where rows leave lanes empty and there are taps enough.  Nothing but
 * what lies in the image is multiplied, up to a few places at its sides: taps that meet only
 * padding are left out, which dx of a window without padding gains most from.
 *
 * Where fewer lanes are left empty by it, half as many images lie side by side, and two places fill
 * a vector: so the eight images of a part of a minibatch (`shards:`) do.
 *
 *   y   a block of filters x places of a row stays in registers while the taps go by (lane.inc).
 *   dx  is the same over dy, with the window turned round.
 *   dw  is, for each filter and tap, a vector of sums over the places of all images of a run, whose
 *       lanes are added up at the end.
 *
 * The taps of y and dx are added in the order of direct.c's slides, so an image's bits do not
 * depend on how many there are.  The team takes, for y and dx, strips of a run of images and a
 * group; for dw runs of images and parts of the filters.  All cuts follow from sizes alone.
 *
 * Alex Krizhevsky's cuda-convnet (2012) keeps images innermost for the same reason.
 */
#include "runtime/kernels/lanes.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/team.h"
#include "runtime/kernels/tiles.h"

#include <assert.h>
#include <string.h>

enum {
#if defined(GD_HARSH)
  BLOCKS_LEAST = 3,
  UNIT_BYTES = 24 << 10,
  TAPS_LEAST = 1,
#else
  BLOCKS_LEAST = 8,       /* pieces of work that a kernel is cut into, if it can be */
  UNIT_BYTES = 512 << 10, /* that a piece keeps in lanes: half of the second cache */
  TAPS_LEAST = 16,        /* of a filter, below which turning costs too much */
#endif
  PLACES_MOST = 4096,                          /* of a strip: where its elements go is listed */
  BLOCKS_MOST = PLACES_MOST / LANE_PLACES + 1, /* of a row of results */
  SIDE = LANE_PLACES - 1, /* columns of zeros beside a plane, which blocks of places reach into */
  GAIN = 15,              /* hundredths of the lanes that must be won over slides, … */
  GAIN_WEIGHT = 5         /* … and over windows */
};

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t parts_of(int64_t count, int64_t size) { return (count + size - 1) / size; }

/* The planes of a group, before or after; in lanes with columns of zeros around. */
typedef struct Side {
  int64_t planes, height, width;
  int64_t left, pitch; /* in lanes: columns before a row, and in all */
} Side;

/* Places of a row of results that stay in registers together, and the taps that any of them meets.
 */
typedef struct Block {
  int64_t place, places, first_tap, taps;
  int64_t column; /* of the source in lanes: what the first place meets with the first tap */
} Block;

/* A slide: what place p of the result meets with tap t is place p + shift + sign t of the source.
 */
typedef struct Lanes {
  const Conv *conv;
  const Tiles *tiles;
  const Tiles *turns;             /* whose vectors are no longer than a run */
  int64_t run;                    /* images side by side */
  int64_t together;               /* places that a vector of VECTOR_BYTES holds: 1 or 2 */
  Side from, to;                  /* of a slide; of dw: x and dy */
  const int32_t *from_at, *to_at; /* where their elements go (list_places) */
  const Block *blocks;            /* of a row of results (list_blocks) */
  int64_t block_count;
  const char *source; /* the planes of all images */
  int64_t sign;       /* 1 for y, -1 for dx */
  int64_t shift[2];   /* along rows and columns */
  char *weights;      /* [blocks of filters, taps, filters], in the order of the sum */
  int64_t strips, strip_rows;
  int64_t parts, part_filters; /* dw: of the filters of a group */
} Lanes;

/* Taps first to last - 1 of an axis: those that any of some places meets inside the source. */
typedef struct Extent {
  int64_t first, last;
} Extent;

static Extent taps_met(const Lanes *lanes, int axis, int64_t place, int64_t last_place) {
  const int64_t size = axis == 0 ? lanes->from.height : lanes->from.width,
                taps = axis == 0 ? lanes->conv->kernel_height : lanes->conv->kernel_width,
                a = place + lanes->shift[axis], b = last_place + lanes->shift[axis];
  const Extent span = lanes->sign > 0 ? (Extent){most(0, -b), least(taps, size - a)}
                                      : (Extent){most(0, a - size + 1), least(taps, b + 1)};
  return (Extent){span.first, most(span.first, span.last)};
}

/* Bytes of a place in lanes. */
static int64_t place_bytes(const Lanes *lanes) { return lanes->run * (int64_t)lanes->conv->size; }

/* Of a row of results, the end of the block that begins with `place`: but for the last, a block is
 * of whole vectors. */
static int64_t block_end(const Lanes *lanes, int64_t place) {
  const int64_t left = parts_of(lanes->to.width - place, lanes->together),
                blocks = parts_of(left, LANE_PLACES / lanes->together);
  return least(lanes->to.width, place + parts_of(left, blocks) * lanes->together);
}

/* Vectors times images side by side that a row of results takes, for each image. */
static double work_of(const Lanes *lanes) {
  const int64_t width = lanes->to.width;
  int64_t work = 0;
  for (int64_t place = 0, end; place < width; place = end) {
    end = block_end(lanes, place);
    const Extent span = taps_met(lanes, 1, place, end - 1);
    work += parts_of(end - place, lanes->together) * lanes->together * (span.last - span.first);
  }
  const int64_t runs = parts_of(lanes->conv->images, lanes->run);
  return (double)work * (double)(runs * lanes->run) / (double)lanes->conv->images;
}

static bool steps_by_one(const Conv *conv) {
  for (int i = 0; i < 2; i++)
    if (conv->stride[i] != 1 || conv->dilation[i] != 1) return false;
  return conv->pad[0] < conv->kernel_height && conv->pad[1] < conv->kernel_width;
}

static int64_t runs_of(const Lanes *lanes) { return parts_of(lanes->conv->images, lanes->run); }
static int64_t taps_of(const Lanes *lanes) {
  return lanes->from.planes * lanes->conv->kernel_height * lanes->conv->kernel_width;
}

/* Of the source, the rows that some rows of the result meet. */
static Extent rows_met(const Lanes *lanes, int64_t row, int64_t rows) {
  const int64_t reach = lanes->conv->kernel_height - 1, a = row + lanes->shift[0],
                b = row + rows - 1 + lanes->shift[0];
  const Extent span = lanes->sign > 0 ? (Extent){a, b + reach + 1} : (Extent){a - reach, b + 1};
  const int64_t first = least(lanes->from.height, most(0, span.first));
  return (Extent){first, most(first, least(lanes->from.height, span.last))};
}

/* Places of a filter's results in a strip: half of the last vector may be behind them. */
static int64_t strip_places(const Lanes *lanes, int64_t rows) {
  return rows * lanes->to.width + lanes->together - 1;
}

/* Bytes that a strip of so many rows keeps: its source, and the results of a block of filters. */
static int64_t strip_bytes(const Lanes *lanes, int64_t rows) {
  const int64_t source = least(lanes->from.height, rows + lanes->conv->kernel_height - 1);
  return (lanes->from.planes * source * lanes->from.pitch +
          LANE_FILTERS * strip_places(lanes, rows)) *
         place_bytes(lanes);
}

static void lay_places(Lanes *lanes, int64_t together) {
  lanes->together = together;
  lanes->run = VECTOR_BYTES / (int64_t)lanes->conv->size / together;
}

/* One place or two to a vector, whichever leaves fewer lanes empty in a row of results. */
static void choose_run(Lanes *lanes) {
  const int64_t images = lanes->conv->images, width = lanes->to.width;
  lay_places(lanes, 2);
  const int64_t two = parts_of(images, lanes->run) * lanes->run * parts_of(width, 2) * 2;
  lay_places(lanes, 1);
  if (two < parts_of(images, lanes->run) * lanes->run * width) lay_places(lanes, 2);
}

/* The instruction set whose vectors a run fills. */
static const Tiles *turns_of(const Lanes *lanes) {
  const InstructionSet set = tiles_set();
  return tiles_for(lanes->together == 2 && set == SET_AVX512 ? SET_AVX2 : set, lanes->conv->dtype);
}

/* false: slides serve it better, or a strip does not fit. */
static bool take(Lanes *lanes, const Conv *conv, int gain) {
  lanes->conv = conv;
  if (conv->images == 0) return false;
  choose_run(lanes);
  lanes->tiles = tiles_for(tiles_set(), conv->dtype);
  lanes->turns = turns_of(lanes);
  if (!steps_by_one(conv) || conv->images < lanes->run / 2 ||
      lanes->from.planes * conv->kernel_height * conv->kernel_width < TAPS_LEAST ||
      (conv->group_channels == 1 && conv->group_filters == 1) ||
      most(lanes->from.height * lanes->from.width, lanes->to.height * lanes->to.width) >
          PLACES_MOST)
    return false;
  const int64_t lane_count = VECTOR_BYTES / (int64_t)conv->size;
  const double slides =
      (double)(parts_of(lanes->to.width, lane_count) * lane_count * conv->kernel_width);
  if (work_of(lanes) * (100 + gain) > slides * 100) return false;
  const int64_t runs = parts_of(conv->images, lanes->run) * conv->groups;
  lanes->strip_rows = parts_of(lanes->to.height,
                               least(parts_of(BLOCKS_LEAST, runs), parts_of(lanes->to.height, 4)));
  while (strip_bytes(lanes, lanes->strip_rows) > UNIT_BYTES)
    if (--lanes->strip_rows < 1) return false;
  lanes->strips = parts_of(lanes->to.height, lanes->strip_rows);
  return true;
}

/* Rows of planes that are turned into lanes. */
typedef struct Turn {
  const Side *side;
  const int32_t *at;
  const char *from; /* the first of the first image's planes */
  int64_t planes, images;
  Extent rows;
} Turn;

static int64_t turned_bytes(const Lanes *lanes, const Side *side, int64_t rows) {
  return side->planes * rows * side->pitch * place_bytes(lanes);
}

/* Where the elements of a plane's rows go, in elements of a plane in lanes. */
static void list_places(const Lanes *lanes, const Side *side, int32_t at[PLACES_MOST]) {
  for (int64_t row = 0; row < side->height; row++)
    for (int64_t column = 0; column < side->width; column++)
      *at++ = (int32_t)((row * side->pitch + side->left + column) * lanes->run);
}

/* The columns before and behind rows that lie one after the other. */
static void clear_sides(const Lanes *lanes, const Side *side, int64_t rows, char *into) {
  const int64_t each = place_bytes(lanes), before = side->left * each,
                apart = (side->pitch - side->width) * each, row = side->pitch * each;
  if (apart == 0 || rows == 0) return;
  memset(into, 0, (size_t)before);
  for (int64_t i = 1; i < rows; i++) memset(into + i * row - (apart - before), 0, (size_t)apart);
  memset(into + rows * row - (apart - before), 0, (size_t)(apart - before));
}

static void turn_in(const Lanes *lanes, Turn turn, char *into) {
  const Side *side = turn.side;
  const int64_t size = (int64_t)lanes->conv->size, rows = turn.rows.last - turn.rows.first,
                plane = side->height * side->width, each = rows * side->pitch * place_bytes(lanes);
  clear_sides(lanes, side, turn.planes * rows, into);
  for (int64_t p = 0; p < turn.planes; p++)
    lanes->turns->lanes_in(&(LaneTurn){.plane = (char *)(uintptr_t)turn.from +
                                                (p * plane + turn.rows.first * side->width) * size,
                                       .lanes = into + p * each,
                                       .stride = lanes->conv->groups * side->planes * plane,
                                       .images = turn.images,
                                       .count = rows * side->width,
                                       .run = lanes->run},
                           turn.at);
}

/* Of all planes, those of an image and group. */
static int64_t planes_at(const Lanes *lanes, const Side *side, int64_t image, int64_t group) {
  return (image * lanes->conv->groups + group) * side->planes * side->height * side->width *
         (int64_t)lanes->conv->size;
}
static int64_t images_of(const Lanes *lanes, int64_t image) {
  return least(lanes->run, lanes->conv->images - image);
}

/* ---- y and dx ---- */

/* Weights [planes, rows of the window, columns] of some filters, as they lie and in the order of a
 * sum: [planes, rows, columns, filters], or of dx [rows, planes, columns, filters]. */
typedef struct Laid {
  int64_t planes, height, width, filters;
  int64_t plane, filter; /* elements from plane to plane and from filter to filter as they lie */
  bool rows_first;
} Laid;

#define LAY(type, name)                                                                      \
  static void name(const Laid *laid, const void *from, void *into) {                         \
    for (int64_t p = 0; p < laid->planes; p++)                                               \
      for (int64_t i = 0; i < laid->height; i++) {                                           \
        const int64_t line = laid->rows_first ? i * laid->planes + p : p * laid->height + i; \
        const type *w = (const type *)from + p * laid->plane + i * laid->width;              \
        type *to = (type *)into + line * laid->width * laid->filters;                        \
        for (int64_t j = 0; j < laid->width; j++)                                            \
          for (int64_t f = 0; f < laid->filters; f++) *to++ = w[f * laid->filter + j];       \
      }                                                                                      \
  }
LAY(float, lay_f32)
LAY(double, lay_f64)
#undef LAY

/* The weights of `filters` filters of a group from `filter` on (of dx: its channels). */
static void lay_weights(const Lanes *lanes, int64_t group, int64_t filter, int64_t filters,
                        char *into) {
  const Conv *conv = lanes->conv;
  const int64_t height = conv->kernel_height, width = conv->kernel_width, window = height * width;
  const bool back = lanes->sign < 0;
  const Laid laid = {.planes = lanes->from.planes,
                     .height = height,
                     .width = width,
                     .filters = filters,
                     .plane = back ? conv->rows : window,
                     .filter = back ? window : conv->rows,
                     .rows_first = back};
  const int64_t first = group * conv->group_filters * conv->rows + filter * laid.filter;
  (conv->dtype == DTYPE_F32 ? lay_f32 : lay_f64)(&laid, conv->w + first * (int64_t)conv->size,
                                                 into);
}

/* Elements from line to line of weights and of the source, along window rows and planes. */
typedef struct Steps {
  int64_t w_line, w_plane, x_line, x_plane;
} Steps;

/* One row of a block of filters; the source in lanes begins with row source.first. */
static void slide_row(const Lanes *lanes, LaneJob job, int64_t row, Extent source,
                      int64_t filters) {
  const Conv *conv = lanes->conv;
  const bool back = lanes->sign < 0;
  const int64_t size = (int64_t)conv->size, pitch = lanes->from.pitch * lanes->run,
                across = conv->kernel_width * filters;
  const Extent down = taps_met(lanes, 0, row, row);
  const Steps steps = {.w_line = back ? lanes->from.planes * across : across,
                       .w_plane = back ? across : conv->kernel_height * across,
                       .x_line = lanes->sign * pitch,
                       .x_plane = (source.last - source.first) * pitch};
  const int64_t lines = down.last - down.first, planes = lanes->from.planes;
  job.outer = back ? lines : planes, job.middle = back ? planes : lines;
  job.w_outer = back ? steps.w_line : steps.w_plane;
  job.w_middle = back ? steps.w_plane : steps.w_line;
  job.x_outer = back ? steps.x_line : steps.x_plane;
  job.x_middle = back ? steps.x_plane : steps.x_line;
  job.x_inner = lanes->sign * lanes->run;
  const char *x = job.x, *w = job.w;
  char *y = job.y;
  const int64_t line = row + lanes->shift[0] + lanes->sign * down.first - source.first;
  for (int64_t b = 0; b < lanes->block_count; b++) {
    const Block *block = &lanes->blocks[b];
    job.inner = block->taps;
    /* places that meet nothing read nothing */
    if (lines > 0 && job.inner > 0) job.x = x + (line * pitch + block->column * lanes->run) * size;
    job.w = w + (down.first * steps.w_line + block->first_tap * filters) * size;
    job.y = y + block->place * place_bytes(lanes);
    job.places = block->places;
    lanes->tiles->lane_slide[filters - 1](&job);
  }
}

/* One strip of a run of images and a group. */
static void slide_strip(const Lanes *lanes, int64_t image, int64_t group, int64_t strip) {
  const Conv *conv = lanes->conv;
  const int64_t size = (int64_t)conv->size, first = strip * lanes->strip_rows,
                rows = least(lanes->strip_rows, lanes->to.height - first), width = lanes->to.width,
                plane = lanes->to.height * width, filters = lanes->to.planes;
  const Extent source = rows_met(lanes, first, rows);
  char *x = team_scratch((size_t)strip_bytes(lanes, lanes->strip_rows)),
       *y = x + turned_bytes(lanes, &lanes->from, source.last - source.first);
  const char *planes = lanes->source + planes_at(lanes, &lanes->from, image, group);
  turn_in(lanes,
          (Turn){&lanes->from, lanes->from_at, planes, lanes->from.planes, images_of(lanes, image),
                 source},
          x);
  char *to = conv->out + planes_at(lanes, &lanes->to, image, group) + first * width * size;
  for (int64_t f = 0; f < filters && !stop_wanted(); f += LANE_FILTERS) {
    const int64_t some = least(LANE_FILTERS, filters - f), places = strip_places(lanes, rows);
    LaneJob job = {.x = x, .y_filter = places * lanes->run, .run = lanes->run};
    job.w = lanes->weights + (group * filters + f) * taps_of(lanes) * size;
    for (int64_t row = 0; row < rows; row++) {
      job.y = y + row * width * place_bytes(lanes);
      slide_row(lanes, job, first + row, source, some);
    }
    for (int64_t i = 0; i < some; i++)
      lanes->turns->lanes_out(&(LaneTurn){.plane = to + (f + i) * plane * size,
                                          .lanes = y + i * places * place_bytes(lanes),
                                          .stride = conv->groups * filters * plane,
                                          .images = images_of(lanes, image),
                                          .count = rows * width,
                                          .run = lanes->run});
  }
}

static void slide_unit(void *context, int64_t unit) {
  const Lanes *lanes = context;
  const int64_t groups = lanes->conv->groups, run = unit / lanes->strips / groups;
  slide_strip(lanes, run * lanes->run, unit / lanes->strips % groups, unit % lanes->strips);
}

static void list_blocks(Lanes *lanes, Block blocks[BLOCKS_MOST]) {
  lanes->blocks = blocks, lanes->block_count = 0;
  for (int64_t place = 0, end; place < lanes->to.width; place = end) {
    end = block_end(lanes, place);
    const Extent met = taps_met(lanes, 1, place, end - 1);
    assert(lanes->block_count < BLOCKS_MOST);
    blocks[lanes->block_count++] =
        (Block){place, end - place, met.first, met.last - met.first,
                lanes->from.left + place + lanes->shift[1] + lanes->sign * met.first};
  }
}

static void slide_all(Lanes *lanes) {
  const Conv *conv = lanes->conv;
  const int64_t filters = lanes->to.planes;
  int32_t at[PLACES_MOST];
  Block blocks[BLOCKS_MOST];
  list_places(lanes, &lanes->from, at);
  lanes->from_at = at;
  list_blocks(lanes, blocks);
  lanes->weights = team_scratch((size_t)(conv->filters * conv->rows) * conv->size);
  for (int64_t group = 0; group < conv->groups; group++)
    for (int64_t f = 0; f < filters; f += LANE_FILTERS)
      lay_weights(lanes, group, f, least(LANE_FILTERS, filters - f),
                  lanes->weights + (group * filters + f) * taps_of(lanes) * (int64_t)conv->size);
  /* a single unit too: its scratch is apart from the weights */
  team_run(runs_of(lanes) * conv->groups * lanes->strips, slide_unit, lanes);
}

static Side x_side(const Conv *conv) {
  return (Side){conv->group_channels, conv->height, conv->width, SIDE, conv->width + 2 * SIDE};
}
static Side y_side(const Conv *conv) {
  return (Side){conv->group_filters, conv->out_height, conv->out_width, SIDE,
                conv->out_width + 2 * SIDE};
}

bool lanes_forward(const Conv *conv) {
  Lanes lanes = {.from = x_side(conv),
                 .to = y_side(conv),
                 .source = conv->x,
                 .sign = 1,
                 .shift = {-conv->pad[0], -conv->pad[1]}};
  if (!take(&lanes, conv, GAIN)) return false;
  slide_all(&lanes);
  return true;
}

bool lanes_input(const Conv *conv) {
  Lanes lanes = {.from = y_side(conv),
                 .to = x_side(conv),
                 .source = conv->y,
                 .sign = -1,
                 .shift = {conv->pad[0], conv->pad[1]}};
  if (!take(&lanes, conv, GAIN)) return false;
  slide_all(&lanes);
  return true;
}

/* ---- dw ---- */

static int64_t sums_bytes(const Lanes *lanes) {
  return lanes->part_filters * lanes->conv->rows * VECTOR_BYTES;
}

static bool take_weight(Lanes *lanes, const Conv *conv) {
  *lanes = (Lanes){
      .from = x_side(conv), .to = y_side(conv), .sign = 1, .shift = {-conv->pad[0], -conv->pad[1]}};
  if (!take(lanes, conv, GAIN_WEIGHT)) return false;
  lanes->from.left = conv->pad[1];
  lanes->from.pitch = conv->out_width + conv->kernel_width - 1;
  lanes->to.left = 0, lanes->to.pitch = lanes->to.width;
  lanes->parts = least(parts_of(conv->group_filters, LANE_DOTS),
                       parts_of(BLOCKS_LEAST, runs_of(lanes) * conv->groups));
  lanes->part_filters = parts_of(parts_of(conv->group_filters, lanes->parts), LANE_DOTS) *
                        LANE_DOTS;
  lanes->parts = parts_of(conv->group_filters, lanes->part_filters);
  return turned_bytes(lanes, &lanes->from, lanes->from.height) + sums_bytes(lanes) +
             lanes->part_filters * conv->pixels * place_bytes(lanes) <=
         UNIT_BYTES;
}

/* All taps of one window row of a channel, with some filters. */
static void dot_row(const Lanes *lanes, LaneJob job, int64_t i) {
  const Conv *conv = lanes->conv;
  const int64_t size = (int64_t)conv->size, pitch = lanes->from.pitch * lanes->run;
  /* rows of places whose tap lies in the image */
  const int64_t first = most(0, conv->pad[0] - i),
                last = least(conv->out_height, conv->height + conv->pad[0] - i);
  if (last <= first) return;
  const char *x = (const char *)job.x + (first + i - conv->pad[0]) * pitch * size;
  char *sums = job.sums;
  job.y = (char *)job.y + first * conv->out_width * place_bytes(lanes);
  job.outer = last - first, job.middle = conv->out_width;
  job.x_outer = pitch, job.y_outer = conv->out_width * lanes->run;
  for (int64_t j = 0, taps; j < conv->kernel_width; j += taps) {
    const int64_t left = conv->kernel_width - j;
    taps = left <= LANE_TAPS ? left : parts_of(left, parts_of(left, LANE_TAPS));
    job.x = x + j * place_bytes(lanes), job.sums = sums + j * VECTOR_BYTES;
    lanes->tiles->lane_dot[taps - 1](&job);
  }
}

/* dw of some filters of a group, over a run of images. */
static void weight_part(const Lanes *lanes, int64_t run, int64_t group, int64_t part) {
  const Conv *conv = lanes->conv;
  const int64_t filter = part * lanes->part_filters, size = (int64_t)conv->size,
                filters = least(lanes->part_filters, conv->group_filters - filter),
                taps = conv->kernel_height * conv->kernel_width, runs = runs_of(lanes),
                plane = turned_bytes(lanes, &lanes->from, lanes->from.height) / lanes->from.planes;
  char *x = team_scratch((size_t)UNIT_BYTES), *y = x + lanes->from.planes * plane,
       *sums = y + filters * conv->pixels * place_bytes(lanes);
  memset(sums, 0, (size_t)(filters * conv->rows * VECTOR_BYTES));
  const Extent all_x = {0, conv->height}, all_y = {0, conv->out_height};
  for (int64_t at = runs * run / conv->image_runs;
       at < runs * (run + 1) / conv->image_runs && !stop_wanted(); at++) {
    const int64_t image = at * lanes->run, images = images_of(lanes, image);
    turn_in(lanes,
            (Turn){&lanes->from, lanes->from_at,
                   conv->x + planes_at(lanes, &lanes->from, image, group), lanes->from.planes,
                   images, all_x},
            x);
    turn_in(
        lanes,
        (Turn){&lanes->to, lanes->to_at,
               conv->y + planes_at(lanes, &lanes->to, image, group) + filter * conv->pixels * size,
               filters, images, all_y},
        y);
    for (int64_t f = 0; f < filters; f += LANE_DOTS)
      for (int64_t c = 0; c < conv->group_channels; c++)
        for (int64_t i = 0; i < conv->kernel_height; i++)
          dot_row(lanes,
                  (LaneJob){.x = x + c * plane,
                            .y = y + f * conv->pixels * place_bytes(lanes),
                            .sums = sums + (f * conv->rows + c * taps + i * conv->kernel_width) *
                                               VECTOR_BYTES,
                            .y_filter = conv->pixels * lanes->run,
                            .sums_filter = conv->rows * VECTOR_BYTES / size,
                            .run = lanes->run,
                            .places = least(LANE_DOTS, filters - f)},
                  i);
  }
  char *out = conv->partial == NULL ? conv->out
                                    : conv->partial + run * conv->filters * conv->rows * size;
  lanes->tiles->lane_sums(sums, out + (group * conv->group_filters + filter) * conv->rows * size,
                          filters * conv->rows);
}

static void weight_unit(void *context, int64_t unit) {
  const Lanes *lanes = context;
  const int64_t groups = lanes->conv->groups, run = unit / lanes->parts / groups;
  weight_part(lanes, run, unit / lanes->parts % groups, unit % lanes->parts);
}

int64_t lanes_weight_runs(const Conv *conv) {
  Lanes lanes;
  return take_weight(&lanes, conv) ? runs_of(&lanes) : 0;
}

void lanes_weight(const Conv *conv) {
  Lanes lanes;
  int32_t from[PLACES_MOST], to[PLACES_MOST];
  if (!take_weight(&lanes, conv)) return;
  list_places(&lanes, &lanes.from, from);
  list_places(&lanes, &lanes.to, to);
  lanes.from_at = from, lanes.to_at = to;
  team_run(conv->image_runs * conv->groups * lanes.parts, weight_unit, &lanes);
}
