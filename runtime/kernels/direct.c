/* direct.c — convolution without patches, where making them costs more than it saves.
 *
 * In a first layer, and in a depthwise one, a patch is made for so few filters that making it costs
 * more than multiplying; and where rows of places fill whole vectors, patches save nothing.  Here
 * the planes of one image and group get a border of zeros, a strip of rows at a time, so that the
 * strip stays in the second cache and no place has to ask whether it lies inside; then the window
 * slides over it in registers (slide.inc).
 *
 *   y   windows slide over a strip of x, a block of filters at a time.
 *   dx  is a convolution too, of dy with the window turned round.  With a stride of s its places
 *       fall into s phases along an axis, each with its own taps: place x uses tap j where
 *       x + pad - j dilation is a multiple of s.
 *   dw  is the sum over places of the element under a tap, times dy: places are summed in lanes
 *       along a row, then rows, strips and images in order; runs of images have a dw each (conv.c).
 *       Several filters go in blocks with several taps, and the lanes are added up last.
 *
 * A depthwise window a stride of 2 apart goes back as one that slides place by place over dy with
 * zeros between: vectors of zeros cost less than four phases of short rows.
 *
 * Columns that lie a stride apart are brought together: a row of the border is sorted by phases, so
 * that neighbouring places meet neighbouring elements whatever the stride.
 *
 * The team takes strips of one image and group for y and dx, runs of images of a group for dw.  All
 * cuts follow from sizes alone, and each sum has one order whatever the instructions.
 */
#include "runtime/kernels/direct.h"
#include "runtime/base/isa.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/border.h"
#include "runtime/kernels/lanes.h"
#include "runtime/kernels/team.h"
#include "runtime/kernels/tiles.h"

#include <string.h>

enum {
#if defined(GD_HARSH)
  DOTS_BYTES = 12 << 10,
  DOTS_PART = 5,
  STRIP_BYTES = 4 << 10,
  STRIP_MOST = 6 << 10,
  BLOCK_WORK = 50,
  ROW_BYTES = 1 << 10,
#else
  STRIP_BYTES = 128 << 10, /* of a strip with its border, … */
  STRIP_MOST = 384 << 10,  /* … where those hold little more than a window */
  BLOCK_WORK = 1 << 17,    /* multiplications that make a block worth handing out */
  DOTS_BYTES = 256 << 10,  /* of sums of a piece of a weight's gradient */
  DOTS_PART = 32,          /* filters of a piece, for which a strip of x is made */
  ROW_BYTES = 16 << 10,    /* of rows of one phase of dx, on the stack */
#endif
  SLACK_BYTES = 2 * VECTOR_BYTES, /* that vectors read past the end of a strip */
  TAPS_MOST = 8192,               /* of all planes together, … */
  TAPS_STRIDED = 1152,            /* … of which some a stride apart, … */
  WEIGHTS_MOST = 20000,           /* … and times the filters of a slide */
  STRIDE_MOST = 64,
  /* what making a patch's element costs, and adding one up, in multiply-adds */
  FILL_COST = 16,
  SPREAD_COST = 32,
  LANES = 8, /* of a row's places, computed together, even if some are discarded */
  /* the same with a stride, where patches are made of planes with a border (conv.c); a phase of dx
   * has few taps, so that its places cost about twice as much */
  FILL_COST_APART = 8,
  SPREAD_COST_APART = 12,
  LANES_APART = 16,
  PHASES_COST = 2,
  /* of a weight's gradient, few channels and filters: a slide_dot keeps little in registers */
  CHANNELS_MOST = 4,
  RESULTS_MOST = 8,
  /* the same of windows */
  PLANES_MOST = 8,
  FILTERS_MOST = 4,
  /* a weight's gradient by slide_dots: taps and filters, where sums share what they load; with more
     filters the zeros of dy, which a product leaves out, are worth more */
  DOTS_LEAST = 3,
  DOT_COST = 14,           /* of a multiply-add, … */
  PRODUCT_COST = 11,       /* … of one in a product, … */
  PATCH_COST = 300,        /* … of making a patch's element, … */
  PATCH_COST_APART = 220,  /* … of planes with a border, … */
  BORDER_COST = 260,       /* … of an element of those that slides go over, … */
  BORDER_COST_APART = 390, /* … and where no shuffle parts them */
  DOTS_MOST = 64,
  DOTS_PLACES = 512,     /* for which sums are loaded once, if there are, … */
  DOTS_ROWS = 8,         /* … and rows */
  DOTS_TOGETHER = 12,    /* filters between two looks at whether to stop */
  DOTS_PIECES = 8,       /* that it is cut into, if it can be */
  SPREAD_MOST = 2,       /* stride of a window that slides over zeros too */
  ROWS_LEAST = 4,        /* times the window's side */
  SUMS_BYTES = 160 << 10 /* of a weight's gradient, a vector for each weight, on the stack */
};

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t parts_of(int64_t count, int64_t size) { return (count + size - 1) / size; }
/* Division that rounds down, for a positive divisor. */
static inline int64_t down(int64_t a, int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

/* The taps that the places of one phase meet: by rows of the window, in each by filters. */
typedef struct Taps {
  int64_t group, count;
  int64_t lines, each; /* rows of the window that meet any, and taps of each */
  int64_t *met;        /* of a line: the row of dy that the phase's first row uses */
  int64_t *at;         /* elements of the border from a place to the element under the tap */
  int64_t *weight;     /* elements of w from a channel's first to the tap's */
} Taps;
enum { TAP_BYTES = 3 * sizeof(int64_t) }; /* of all of them */

/* What a task works in: more than its stack should hold.  The next room of the thread takes its
 * place. */
typedef struct Room {
  char *sums, *strip; /* sums, or weights */
  int64_t *taps;
} Room;
static Room room_for(int64_t sums, int64_t taps, int64_t strip) {
  const int64_t lists = parts_of(taps, VECTOR_BYTES) * VECTOR_BYTES,
                before = parts_of(sums, VECTOR_BYTES) * VECTOR_BYTES;
  char *room = team_scratch((size_t)(before + lists + strip + SLACK_BYTES));
  return (Room){room, room + before + lists, (int64_t *)(void *)(room + before)};
}
static Taps taps_in(int64_t *room, int64_t count, int64_t group) {
  return (Taps){.group = group, .met = room, .at = room + count, .weight = room + 2 * count};
}

/* One kernel's work. */
typedef struct Direct {
  const Conv *conv;
  const Tiles *tiles;
  int64_t strip_rows, strips; /* rows of y, or of dx, that a strip makes */
  int64_t units, per_block;
  int64_t side; /* of a window that window.inc knows; 0: it is another */
  /* of dx: [channels, taps of a group], where all strips meet the same; NULL: they are gathered for
     each */
  char *weights;
} Direct;

#define REAL float
#define NAMED(name) name##_f32
#include "runtime/kernels/direct.inc"

#define REAL double
#define NAMED(name) name##_f64
#include "runtime/kernels/direct.inc"

static void run_units(Direct *direct, int64_t units, double work,
                      void (*task)(void *context, int64_t block)) {
  direct->units = units;
  direct->per_block = work >= BLOCK_WORK ? 1 : (int64_t)(BLOCK_WORK / (work + 1)) + 1;
  team_run(parts_of(units, direct->per_block), task, direct); /* one too: it has its own scratch */
}

/* ---- over x: y and dw ---- */

/* The side of a window that is a square of 3, 5 or 7 and goes by steps of at most so many. */
static int64_t side_within(const Conv *conv, int64_t steps) {
  const int64_t side = conv->kernel_height;
  const bool near = conv->stride[0] <= steps && conv->stride[1] <= steps &&
                    conv->dilation[0] == 1 && conv->dilation[1] == 1;
  return near && side == conv->kernel_width && side % 2 == 1 && side > 1 && side <= WINDOW_SIDE_MOST
             ? side
             : 0;
}
/* … and goes place by place. */
static int64_t side_of(const Conv *conv) { return side_within(conv, 1); }
static bool is_depthwise(const Conv *conv) {
  return conv->group_channels == 1 && conv->group_filters == 1;
}

/* The weights of a window in window.inc's order, or turned round. */
static void window_weights(const Conv *conv, int64_t group, bool round, void *into) {
  const int64_t side = conv->kernel_height;
  const char *w = conv->w + group * conv->rows * (int64_t)conv->size;
  (conv->dtype == DTYPE_F32 ? turn_window_f32 : turn_window_f64)(w, into, side, round);
}
static void slide_window(const Direct *direct, const SlideJob *job) {
  direct->tiles->window[direct->side / 2 - 1](job);
}

/* What the window covers along an axis. */
static int64_t reach_of(const Conv *conv, int axis) {
  return conv->dilation[axis] * ((axis == 0 ? conv->kernel_height : conv->kernel_width) - 1) + 1;
}

/* The border of the strip that makes rows `row` to row + rows - 1 of y. */
static Border border_of_x(const Conv *conv, int64_t row, int64_t rows) {
  Border border = {.planes = conv->group_channels, .height = conv->height, .width = conv->width};
  border.top = row * conv->stride[0] - conv->pad[0];
  border.left = -conv->pad[1];
  border.rows = (rows - 1) * conv->stride[0] + reach_of(conv, 0);
  border.phases = conv->stride[1];
  border.run = conv->out_width + (reach_of(conv, 1) - 1) / conv->stride[1];
  border.pitch = border.phases * border.run;
  return border;
}

/* Of rows that fit into a strip, `reach` of them to begin with and `step` for each more; 0: none.
 */
static int64_t strip_rows(const Conv *conv, const Border *border, int64_t reach, int64_t step) {
  int64_t bytes;
  if (!size_mul(border->planes, border->pitch, &bytes) ||
      !size_mul(bytes, (int64_t)conv->size, &bytes) || bytes > STRIP_MOST)
    return 0;
  bytes = most(1, bytes);
  const int64_t rows = (STRIP_BYTES / bytes < 2 * reach ? STRIP_MOST : STRIP_BYTES) / bytes;
  return rows < reach ? 0 : (rows - reach) / step + 1;
}

static bool strides_little(const Conv *conv) {
  return conv->stride[0] <= STRIDE_MOST && conv->stride[1] <= STRIDE_MOST;
}

/* So many taps with so many results. */
static bool taps_fit(const Conv *conv, int64_t taps, int64_t filters) {
  const bool steps = conv->stride[0] == 1 && conv->stride[1] == 1;
  const int64_t fit = steps ? WEIGHTS_MOST / most(1, least(filters, SLIDE_FILTERS)) : TAPS_STRIDED;
  return taps <= least(fit, TAPS_MOST);
}

static bool take_x(Direct *direct, const Conv *conv) {
  if (!strides_little(conv) || conv->group_channels < 1 ||
      !taps_fit(conv, conv->rows, conv->group_filters) || conv->pixels < 1 || conv->images < 1)
    return false;
  const Border border = border_of_x(conv, 0, 1);
  *direct =
      (Direct){.conv = conv, .tiles = tiles_for(tiles_set(), conv->dtype), .side = side_of(conv)};
  direct->strip_rows = least(conv->out_height,
                             strip_rows(conv, &border, reach_of(conv, 0), conv->stride[0]));
  if (direct->strip_rows < 1) return false;
  direct->strips = parts_of(conv->out_height, direct->strip_rows);
  direct->strip_rows = parts_of(conv->out_height, direct->strips);
  return true;
}

/* Where each tap lies from a place of y; the first axis of the kernel is the planes. */
static void taps_of_x(const Conv *conv, const Border *border, int64_t *at) {
  const int64_t width = conv->kernel_width, each = conv->kernel_height * width;
  for (int64_t j = 0; j < width; j++) {
    const int64_t x = j * conv->dilation[1];
    at[j] = border->phases == 1 ? x : x % border->phases * border->run + x / border->phases;
  }
  for (int64_t t = width; t < each; t++) at[t] = at[t - width] + conv->dilation[0] * border->pitch;
  for (int64_t t = each; t < each * border->planes; t++)
    at[t] = at[t - each] + border->rows * border->pitch;
}

static int64_t border_bytes(const Conv *conv, const Border *border) {
  return border_elements(border) * (int64_t)conv->size;
}

/* A strip of x of one image and group, and the job that slides over it. */
static SlideJob slide_over_x(const Direct *direct, int64_t image, int64_t group, int64_t strip) {
  const Conv *conv = direct->conv;
  const int64_t row = strip * direct->strip_rows,
                rows = least(direct->strip_rows, conv->out_height - row);
  const Border border = border_of_x(conv, row, rows);
  const int64_t channel = image * conv->channels + group * conv->group_channels;
  const Room room = room_for(0, conv->rows * (int64_t)sizeof *room.taps,
                             border_bytes(conv, &border));
  border_fill(conv->dtype, &border, conv->x + channel * conv->plane * (int64_t)conv->size,
              room.strip);
  taps_of_x(conv, &border, room.taps);
  return (SlideJob){.x = room.strip,
                    .at = room.taps,
                    .taps = conv->rows,
                    .w_stride = conv->rows,
                    .y_plane = conv->pixels,
                    .x_row = conv->stride[0] * border.pitch,
                    .y_row = conv->out_width,
                    .rows = rows,
                    .columns = conv->out_width};
}

/* Elements of y from its first to the strip of a filter. */
static int64_t place_in_y(const Direct *direct, int64_t image, int64_t filter, int64_t strip) {
  const Conv *conv = direct->conv;
  return (image * conv->filters + filter) * conv->pixels +
         strip * direct->strip_rows * conv->out_width;
}

static void forward_strip(const Direct *direct, int64_t image, int64_t group, int64_t strip) {
  const Conv *conv = direct->conv;
  const int64_t size = (int64_t)conv->size;
  SlideJob job = slide_over_x(direct, image, group, strip);
  if (direct->side && is_depthwise(conv)) {
    double weights[WINDOW_SIDE_MOST * WINDOW_SIDE_MOST];
    window_weights(conv, group, false, weights);
    job.w = weights, job.y = conv->out + place_in_y(direct, image, group, strip) * size;
    slide_window(direct, &job);
    return;
  }
  const int64_t end = (group + 1) * conv->group_filters;
  for (int64_t f = group * conv->group_filters; f < end && !stop_wanted(); f += SLIDE_FILTERS) {
    job.w = (char *)conv->w + f * conv->rows * size;
    job.y = conv->out + place_in_y(direct, image, f, strip) * size;
    direct->tiles->slide[least(SLIDE_FILTERS, end - f) - 1](&job);
  }
}

static void forward_block(void *context, int64_t block) {
  const Direct *direct = context;
  const int64_t groups = direct->conv->groups;
  for (int64_t unit = block * direct->per_block;
       unit < least(direct->units, (block + 1) * direct->per_block) && !stop_wanted(); unit++)
    forward_strip(direct, unit / direct->strips / groups, unit / direct->strips % groups,
                  unit % direct->strips);
}

/* Do `places` cost less than `pixels` with patches, whose elements cost `patch` each and are used
 * by all filters?  With few channels and filters, patches never pay. */
static bool pays(const Conv *conv, int64_t places, int64_t patch) {
  const double filters = (double)conv->group_filters, pixels = (double)conv->pixels;
  if (conv->group_channels <= CHANNELS_MOST && conv->group_filters <= RESULTS_MOST) return true;
  return !conv_is_pointwise(conv) && filters * ((double)places - pixels) < (double)patch * pixels;
}
static int64_t padded(int64_t columns, int64_t lanes) { return parts_of(columns, lanes) * lanes; }

bool direct_forward(const Conv *conv) {
  Direct direct;
  const bool apart = conv->stride[1] > 1;
  if (!pays(conv, conv->out_height * padded(conv->out_width, apart ? LANES_APART : LANES),
            apart ? FILL_COST_APART : FILL_COST) ||
      !take_x(&direct, conv))
    return false;
  if (lanes_forward(conv)) return true;
  run_units(&direct, conv->images * conv->groups * direct.strips,
            (double)(conv->group_filters * conv->rows) *
                (double)(direct.strip_rows * conv->out_width),
            forward_block);
  return true;
}

/* ---- dw ---- */

/* The places of a strip, summed into [filters of the group, rows]. */
static void weight_strip(const Direct *direct, int64_t image, int64_t group, int64_t strip,
                         char *out) {
  const Conv *conv = direct->conv;
  const int64_t size = (int64_t)conv->size;
  SlideJob job = slide_over_x(direct, image, group, strip);
  const int64_t *const at = job.at;
  for (int64_t f = 0; f < conv->group_filters && !stop_wanted(); f += 2) {
    const int64_t filters = least(2, conv->group_filters - f), most_taps = SLIDE_TAPS / filters;
    job.y = (char *)conv->y +
            place_in_y(direct, image, group * conv->group_filters + f, strip) * size;
    for (int64_t t = 0; t < conv->rows; t += most_taps) {
      job.at = at + t;
      job.w = out + (f * conv->rows + t) * size;
      direct->tiles->slide_dot[filters - 1][least(most_taps, conv->rows - t) - 1](&job);
    }
  }
}

/* Bytes of the sums of a group's weights while they are vectors. */
static int64_t sums_bytes(const Conv *conv) {
  return conv->group_filters * conv->rows * VECTOR_BYTES;
}
/* Of a layer that is not depthwise, planes must be large against the window: its first and last
 * rows go slowly. */
static bool windows_fit(const Conv *conv) {
  const int64_t side = side_of(conv);
  if (side == 0 || sums_bytes(conv) > SUMS_BYTES) return false;
  return is_depthwise(conv) ||
         (conv->group_channels <= PLANES_MOST && conv->group_filters <= FILTERS_MOST &&
          conv->out_height >= ROWS_LEAST * side);
}

/* The same with windows: into [filters of the group, rows] vectors of sums. */
static void window_strip(const Direct *direct, int64_t image, int64_t group, int64_t strip,
                         char *sums) {
  const Conv *conv = direct->conv;
  const int64_t size = (int64_t)conv->size, taps = direct->side * direct->side;
  SlideJob job = slide_over_x(direct, image, group, strip);
  const char *const planes = job.x;
  for (int64_t f = 0; f < conv->group_filters && !stop_wanted(); f++)
    for (int64_t c = 0; c < conv->group_channels; c++) {
      job.x = planes + job.at[c * taps] * size;
      job.y = (char *)conv->y +
              place_in_y(direct, image, group * conv->group_filters + f, strip) * size;
      job.w = sums + (f * conv->rows + c * taps) * VECTOR_BYTES;
      direct->tiles->window_dot[direct->side / 2 - 1](&job);
    }
}

/* dw of a group over a run of images. */
static void weight_run(const Direct *direct, int64_t run, int64_t group, char *out) {
  char sums[SUMS_BYTES] __attribute__((aligned(64)));
  const Conv *conv = direct->conv;
  const int64_t count = conv->group_filters * conv->rows;
  const bool windows = windows_fit(conv);
  memset(windows ? sums : out, 0,
         (size_t)(windows ? sums_bytes(conv) : count * (int64_t)conv->size));
  for (int64_t image = conv->images * run / conv->image_runs;
       image < conv->images * (run + 1) / conv->image_runs && !stop_wanted(); image++)
    for (int64_t strip = 0; strip < direct->strips; strip++)
      (windows ? window_strip : weight_strip)(direct, image, group, strip, windows ? sums : out);
  if (windows) direct->tiles->lane_sums(sums, out, count);
}

static void weight_block(void *context, int64_t block) {
  const Direct *direct = context;
  const Conv *conv = direct->conv;
  const int64_t each = conv->group_filters * conv->rows * (int64_t)conv->size;
  for (int64_t unit = block * direct->per_block;
       unit < least(direct->units, (block + 1) * direct->per_block); unit++)
    weight_run(direct, unit / conv->groups, unit % conv->groups,
               (conv->partial == NULL ? conv->out : conv->partial) + unit * each);
}

/* Is it of this kind? */
static bool take_weight(Direct *direct, const Conv *conv) {
  const bool few = conv->group_channels <= CHANNELS_MOST && conv->group_filters <= RESULTS_MOST;
  return (few || windows_fit(conv)) && take_x(direct, conv);
}

/* ---- dw of several filters, whose rows fill vectors ---- */

/* How it is cut: a piece is some filters with some channels of a group, over a run of images. */
typedef struct Dots {
  Direct direct;
  int64_t filters, filter_parts, channels, channel_parts;
  int64_t images; /* whose strips of x are made together, where one has few places */
} Dots;

/* Do patches cost more, for each place and tap, than what is wasted without: lanes that a row
 * leaves empty, and a border of which strides leave each tap to meet a part? */
static bool dots_pay(const Conv *conv) {
  const int64_t lanes = VECTOR_BYTES / (int64_t)conv->size, width = conv->out_width,
                taps = conv->kernel_height * conv->kernel_width, steps = conv->stride[1];
  const int64_t lost = DOT_COST * padded(width, lanes) - PRODUCT_COST * width,
                won = taps * (steps > 1 ? PATCH_COST_APART : PATCH_COST) -
                      conv->stride[0] * steps * (steps > 2 ? BORDER_COST_APART : BORDER_COST);
  return taps * conv->group_filters * lost < won * width;
}

static bool take_dots(Dots *dots, const Conv *conv) {
  const int64_t taps = conv->kernel_height * conv->kernel_width;
  if (windows_fit(conv) || conv->group_filters < DOTS_LEAST || conv->group_filters > DOTS_MOST ||
      taps < DOTS_LEAST || !strides_little(conv) || conv->pixels < 1 || conv->images < 1 ||
      conv->group_channels < 1 || taps > DOTS_BYTES / (DOTS_TOGETHER * VECTOR_BYTES) ||
      !dots_pay(conv))
    return false;
  /* as many channels as fit, of so many rows, or images, that loading and storing sums is a small
     part, while the rows of some filters stay in the first cache */
  const int64_t images = least(conv->images, parts_of(DOTS_PLACES, conv->pixels)),
                rows = least(conv->out_height, most(DOTS_ROWS, 2 * DOTS_PLACES / conv->out_width));
  Border border = border_of_x(conv, 0, rows);
  border.planes = 1;
  if (most(border.rows, border.pitch) > STRIP_MOST) return false;
  const int64_t filters = least(conv->group_filters, DOTS_PART),
                fit = DOTS_BYTES / (filters * taps * VECTOR_BYTES),
                bytes = border_bytes(conv, &border), strip = STRIP_BYTES / (bytes * images),
                most_channels = most(1, least(least(fit, strip), TAPS_MOST / taps));
  *dots = (Dots){.direct = {.conv = conv, .tiles = tiles_for(tiles_set(), conv->dtype)}};
  dots->channel_parts = parts_of(conv->group_channels, most_channels);
  dots->channels = border.planes = parts_of(conv->group_channels, dots->channel_parts);
  dots->filters = fit < 1 ? DOTS_TOGETHER : filters;
  dots->filter_parts = parts_of(conv->group_filters, dots->filters);
  dots->direct.strip_rows = least(rows,
                                  strip_rows(conv, &border, reach_of(conv, 0), conv->stride[0]));
  if (dots->direct.strip_rows < 1) return false;
  dots->direct.strips = parts_of(conv->out_height, dots->direct.strip_rows);
  dots->images = dots->direct.strips > 1
                     ? 1
                     : most(1, least(images, STRIP_BYTES / (bytes * dots->channels)));
  return true;
}

/* The border of a strip of some channels of one image. */
static Border border_of_dots(const Dots *dots, int64_t strip, int64_t channels) {
  const Direct *direct = &dots->direct;
  const int64_t row = strip * direct->strip_rows;
  Border border = border_of_x(direct->conv, row,
                              least(direct->strip_rows, direct->conv->out_height - row));
  border.planes = channels;
  return border;
}

/* A strip of x of some channels of some images, met by all filters of a piece. */
static void dots_strip(const Dots *dots, SlideJob job, int64_t strip, const char *x,
                       int64_t channels, const Room *room) {
  const Conv *conv = dots->direct.conv;
  const int64_t size = (int64_t)conv->size, row = strip * dots->direct.strip_rows,
                filters = job.filters;
  const Border border = border_of_dots(dots, strip, channels);
  job.rows = least(dots->direct.strip_rows, conv->out_height - row);
  job.x_image = border_elements(&border), job.y_image = conv->filters * conv->pixels;
  for (int64_t i = 0; i < job.images; i++)
    border_fill(conv->dtype, &border, x + i * conv->channels * conv->plane * size,
                room->strip + i * job.x_image * size);
  taps_of_x(conv, &border, room->taps);
  job.x = room->strip, job.x_row = conv->stride[0] * border.pitch;
  job.y = (char *)job.y + row * conv->out_width * size;
  job.at = room->taps;
  for (int64_t f = 0; f < filters && !stop_wanted(); f += DOTS_TOGETHER) {
    job.filters = least(DOTS_TOGETHER, filters - f);
    dots->direct.tiles->slide_dots(&job);
    job.y = (char *)job.y + DOTS_TOGETHER * conv->pixels * size;
    job.w = (char *)job.w + DOTS_TOGETHER * job.taps * VECTOR_BYTES;
  }
}

static void dots_piece(const Dots *dots, int64_t run, int64_t group, int64_t part,
                       int64_t channel_part) {
  const Conv *conv = dots->direct.conv;
  const int64_t size = (int64_t)conv->size, window = conv->kernel_height * conv->kernel_width,
                f = part * dots->filters, c = channel_part * dots->channels,
                filters = least(dots->filters, conv->group_filters - f),
                channels = least(dots->channels, conv->group_channels - c),
                taps = channels * window, filter = group * conv->group_filters + f,
                channel = group * conv->group_channels + c;
  const Border largest = border_of_dots(dots, 0, channels);
  const Room room = room_for(filters * taps * VECTOR_BYTES, taps * (int64_t)sizeof *room.taps,
                             dots->images * border_bytes(conv, &largest));
  memset(room.sums, 0, (size_t)(filters * taps * VECTOR_BYTES));
  SlideJob job = {.w = room.sums,
                  .taps = taps,
                  .w_stride = taps * VECTOR_BYTES / size,
                  .y_plane = conv->pixels,
                  .y_row = conv->out_width,
                  .columns = conv->out_width,
                  .filters = filters};
  const int64_t end = conv->images * (run + 1) / conv->image_runs;
  for (int64_t image = conv->images * run / conv->image_runs; image < end && !stop_wanted();
       image += dots->images) {
    const char *x = conv->x + (image * conv->channels + channel) * conv->plane * size;
    job.y = (char *)(uintptr_t)conv->y + (image * conv->filters + filter) * conv->pixels * size;
    job.images = least(dots->images, end - image);
    for (int64_t strip = 0; strip < dots->direct.strips; strip++)
      dots_strip(dots, job, strip, x, channels, &room);
  }
  char *out = conv->partial == NULL ? conv->out
                                    : conv->partial + run * conv->filters * conv->rows * size;
  out += (filter * conv->rows + c * window) * size;
  for (int64_t i = 0; i < filters; i++)
    dots->direct.tiles->lane_sums(room.sums + i * taps * VECTOR_BYTES, out + i * conv->rows * size,
                                  taps);
}

static void dots_block(void *context, int64_t unit) {
  const Dots *dots = context;
  const int64_t part = unit / dots->channel_parts, all = part / dots->filter_parts;
  dots_piece(dots, all / dots->direct.conv->groups, all % dots->direct.conv->groups,
             part % dots->filter_parts, unit % dots->channel_parts);
}

static int64_t pieces_of(const Dots *dots) {
  return dots->direct.conv->groups * dots->filter_parts * dots->channel_parts;
}

int64_t direct_weight_runs(const Conv *conv) {
  Dots dots;
  Direct direct;
  const int64_t lanes = lanes_weight_runs(conv);
  if (lanes > 0) return lanes;
  if (take_dots(&dots, conv)) return least(conv->images, parts_of(DOTS_PIECES, pieces_of(&dots)));
  return take_weight(&direct, conv) ? conv->images : 0;
}

void direct_weight(const Conv *conv) {
  Dots dots;
  Direct direct;
  if (lanes_weight_runs(conv) > 0) lanes_weight(conv);
  else if (take_dots(&dots, conv)) team_run(conv->image_runs * pieces_of(&dots), dots_block, &dots);
  else if (take_weight(&direct, conv))
    run_units(&direct, conv->image_runs * conv->groups,
              (double)(conv->group_filters * conv->rows) * (double)conv->pixels *
                  ((double)conv->images / (double)conv->image_runs),
              weight_block);
}

/* ---- dx ---- */

/* Of dy's rows or columns, those that places from `place` to `last` of dx meet begin here. */
static int64_t first_met(const Conv *conv, int axis, int64_t place) {
  return down(place + conv->pad[axis] - (reach_of(conv, axis) - 1), conv->stride[axis]);
}

/* The border of the strip of dy that rows `row` to row + rows - 1 of dx meet. */
static Border border_of_y(const Conv *conv, int64_t row, int64_t rows) {
  Border border = {.planes = conv->group_filters,
                   .height = conv->out_height,
                   .width = conv->out_width,
                   .phases = 1};
  border.top = first_met(conv, 0, row);
  border.left = first_met(conv, 1, 0);
  border.rows = (row + rows - 1 + conv->pad[0]) / conv->stride[0] - border.top + 1;
  border.run = border.pitch = (conv->width - 1 + conv->pad[1]) / conv->stride[1] - border.left + 1;
  return border;
}

/* The place of dy along an axis that a place of dx meets with a tap; false: it meets none. */
static bool meets(const Conv *conv, int axis, int64_t place, int64_t tap, int64_t *met) {
  *met = place + conv->pad[axis] - tap * conv->dilation[axis];
  if (conv->stride[axis] == 1) return true;
  if (*met % conv->stride[axis] != 0) return false;
  *met /= conv->stride[axis];
  return true;
}

/* The taps that place (y, x) of dx meets, and those a stride further. */
static void taps_of_y(const Conv *conv, const Border *border, int64_t y, int64_t x, Taps *taps) {
  const int64_t plane = border->rows * border->pitch;
  int64_t row, column, t = 0;
  taps->lines = taps->each = 0;
  for (int64_t i = 0; i < conv->kernel_height; i++) {
    const int64_t first = t;
    if (!meets(conv, 0, y, i, &row)) continue;
    for (int64_t j = 0; j < conv->kernel_width; j++) {
      if (!meets(conv, 1, x, j, &column)) continue;
      taps->weight[t] = i * conv->kernel_width + j;
      taps->at[t++] = (row - border->top) * border->pitch + column - border->left;
    }
    const int64_t each = t - first;
    for (; t < first + each * conv->group_filters; t++) {
      taps->weight[t] = taps->weight[t - each] + conv->rows;
      taps->at[t] = taps->at[t - each] + plane;
    }
    taps->met[taps->lines++] = row, taps->each = t - first;
  }
  taps->count = t;
}

/* Some rows of a phase: the lines of taps that meet any row of dy there. */
typedef struct Lines {
  int64_t first, last;
} Lines;

static Lines lines_met(const Conv *conv, const Taps *taps, int64_t row, int64_t rows) {
  Lines lines = {0, taps->lines};
  while (lines.first < lines.last && taps->met[lines.first] + row >= conv->out_height)
    lines.first++;
  while (lines.last > lines.first && taps->met[lines.last - 1] + row + rows <= 0) lines.last--;
  return lines;
}

/* The job's rows from `row` on, for which only the first lines use more than zeros. */
static void slide_lines(const Direct *direct, const Taps *taps, SlideJob job, int64_t channels,
                        Lines lines) {
  job.at += lines.first * taps->each;
  job.w = (char *)job.w + lines.first * taps->each * (int64_t)direct->conv->size;
  job.taps = (lines.last - lines.first) * taps->each;
  direct->tiles->slide[channels - 1](&job);
}

/* Rows one after the other, as many together as meet the same lines; so many at a time as a slide
 * keeps in registers. */
static void input_rows(const Direct *direct, const Taps *taps, SlideJob job, int64_t channels) {
  const Conv *conv = direct->conv;
  const int64_t band = channels > SLIDE_FILTERS / 2 ? 2 : 4, rows = job.rows,
                size = (int64_t)conv->size;
  for (int64_t row = 0, end; row < rows; row = end) {
    const Lines lines = lines_met(conv, taps, row, least(band, rows - row));
    for (end = least(rows, row + band); end < rows; end += least(band, rows - end)) {
      const Lines next = lines_met(conv, taps, end, least(band, rows - end));
      if (next.first != lines.first || next.last != lines.last) break;
    }
    SlideJob part = job;
    part.rows = end - row;
    part.x = (const char *)job.x + row * job.x_row * size;
    part.y = (char *)job.y + row * job.y_row * size;
    slide_lines(direct, taps, part, channels, lines);
  }
}

/* One phase of the strip for a block of channels: its rows go through a buffer where they lie apart
 * in dx. */
static void input_phase(const Direct *direct, const Taps *taps, SlideJob job, int64_t channels,
                        char *out) {
  const Conv *conv = direct->conv;
  const int64_t size = (int64_t)conv->size, step = conv->stride[1];
  job.y_plane = conv->plane, job.y_row = conv->stride[0] * conv->width;
  job.y = out;
  if (step == 1) {
    input_rows(direct, taps, job, channels);
    return;
  }
  char buffer[ROW_BYTES] __attribute__((aligned(64)));
  SlideJob row = job;
  row.rows = 1, row.y = buffer, row.y_plane = job.columns;
  for (int64_t r = 0; r < job.rows; r++) {
    row.x = (const char *)job.x + r * job.x_row * size;
    slide_lines(direct, taps, row, channels, lines_met(conv, taps, r, 1));
    for (int64_t c = 0; c < channels; c++)
      (conv->dtype == DTYPE_F32 ? spread_columns_f32 : spread_columns_f64)(
          buffer + c * job.columns * size, out + (c * conv->plane + r * job.y_row) * size,
          job.columns, step);
  }
}

/* The weights of some channels of a group as a slide meets them. */
static void gather_weights(const Conv *conv, const Taps *taps, int64_t channel, int64_t channels,
                           char *into) {
  (conv->dtype == DTYPE_F32 ? weights_f32 : weights_f64)(conv, taps, channel, channels, into);
}

/* The same of a window that slides place by place over dy among zeros, a stride apart. */
static Border border_of_spread(const Conv *conv, int64_t row, int64_t rows) {
  const int64_t reach = conv->kernel_height - 1;
  return (Border){.planes = 1,
                  .height = conv->out_height,
                  .width = conv->out_width,
                  .top = row + conv->pad[0] - reach,
                  .left = conv->pad[1] - reach,
                  .rows = rows + reach,
                  .phases = 1,
                  .run = conv->width + reach,
                  .pitch = conv->width + reach};
}

/* A strip of dx of one plane, whose window knows how to slide. */
static void window_input_strip(const Direct *direct, int64_t image, int64_t group, int64_t strip) {
  double weights[WINDOW_SIDE_MOST * WINDOW_SIDE_MOST];
  const Conv *conv = direct->conv;
  const int64_t size = (int64_t)conv->size, row = strip * direct->strip_rows,
                rows = least(direct->strip_rows, conv->height - row),
                plane = image * conv->filters + group;
  const Border border = border_of_spread(conv, row, rows);
  char *const planes = room_for(0, 0, border_bytes(conv, &border)).strip;
  const char *from = conv->y + plane * conv->pixels * size;
  if (conv->stride[0] == 1 && conv->stride[1] == 1) border_fill(conv->dtype, &border, from, planes);
  else border_spread(conv->dtype, &border, conv->stride, from, planes);
  window_weights(conv, group, true, weights);
  slide_window(direct,
               &(SlideJob){.x = planes,
                           .w = weights,
                           .y = conv->out + (plane * conv->plane + row * conv->width) * size,
                           .x_row = border.pitch,
                           .y_row = conv->width,
                           .rows = rows,
                           .columns = conv->width});
}

static void input_strip(const Direct *direct, int64_t image, int64_t group, int64_t strip) {
  const Conv *conv = direct->conv;
  const int64_t size = (int64_t)conv->size, row = strip * direct->strip_rows,
                rows = least(direct->strip_rows, conv->height - row);
  const Border border = border_of_y(conv, row, rows);
  const int64_t filter = image * conv->filters + group * conv->group_filters;
  const int64_t met = conv->kernel_height * conv->kernel_width * conv->group_filters,
                together = least(SLIDE_FILTERS, conv->group_channels);
  const Room room = room_for(direct->weights ? 0 : met * together * size, met * TAP_BYTES,
                             border_bytes(conv, &border));
  border_fill(conv->dtype, &border, conv->y + filter * conv->pixels * size, room.strip);
  Taps taps = taps_in(room.taps, met, group);
  SlideJob job = {.x = room.strip, .at = taps.at, .w = room.sums, .x_row = border.pitch};
  for (int64_t y = 0; y < least(conv->stride[0], rows); y++)
    for (int64_t x = 0; x < least(conv->stride[1], conv->width) && !stop_wanted(); x++) {
      taps_of_y(conv, &border, row + y, x, &taps);
      job.taps = job.w_stride = taps.count;
      job.rows = parts_of(rows - y, conv->stride[0]);
      job.columns = parts_of(conv->width - x, conv->stride[1]);
      for (int64_t c = 0; c < conv->group_channels; c += SLIDE_FILTERS) {
        const int64_t channels = least(SLIDE_FILTERS, conv->group_channels - c),
                      plane = image * conv->channels + group * conv->group_channels + c;
        if (direct->weights)
          job.w = direct->weights + (group * conv->group_channels + c) * taps.count * size;
        else gather_weights(conv, &taps, c, channels, room.sums);
        input_phase(direct, &taps, job, channels,
                    conv->out + (plane * conv->plane + (row + y) * conv->width + x) * size);
      }
    }
}

static void input_block(void *context, int64_t block) {
  const Direct *direct = context;
  const int64_t groups = direct->conv->groups;
  void (*const strip)(const Direct *, int64_t, int64_t, int64_t) = direct->side ? window_input_strip
                                                                                : input_strip;
  for (int64_t unit = block * direct->per_block;
       unit < least(direct->units, (block + 1) * direct->per_block) && !stop_wanted(); unit++)
    strip(direct, unit / direct->strips / groups, unit / direct->strips % groups,
          unit % direct->strips);
}

/* Strips are of so many rows that they begin at a multiple of the stride: the phases are the same.
 */
static bool take_y(Direct *direct, const Conv *conv) {
  const int64_t stride = conv->stride[0];
  int64_t taps;
  if (!strides_little(conv) || conv->group_filters < 1 || conv->pixels < 1 || conv->plane < 1 ||
      !size_mul(conv->kernel_height * conv->kernel_width, conv->group_filters, &taps) ||
      !taps_fit(conv, taps, conv->group_channels))
    return false;
  if (conv->stride[1] > 1 &&
      parts_of(conv->width, conv->stride[1]) > ROW_BYTES / (SLIDE_FILTERS * (int64_t)conv->size))
    return false;
  *direct = (Direct){.conv = conv, .tiles = tiles_for(tiles_set(), conv->dtype)};
  direct->side = is_depthwise(conv) ? side_within(conv, SPREAD_MOST) : 0;
  if (direct->side) {
    const Border spread = border_of_spread(conv, 0, 1);
    direct->strip_rows = least(conv->height, strip_rows(conv, &spread, direct->side, 1));
    direct->strips = direct->strip_rows < 1 ? 0 : parts_of(conv->height, direct->strip_rows);
    return direct->strips > 0;
  }
  const Border border = border_of_y(conv, 0, stride);
  /* rows of dx that a stride of them meet, and one more for each stride more */
  const int64_t strides = strip_rows(conv, &border, border.rows + 1, 1);
  direct->strip_rows = strides > parts_of(conv->height, stride) ? conv->height : strides * stride;
  if (direct->strip_rows < 1) return false;
  direct->strips = parts_of(conv->height, direct->strip_rows);
  direct->strip_rows = parts_of(parts_of(conv->height, direct->strips), stride) * stride;
  direct->strips = parts_of(conv->height, direct->strip_rows);
  return true;
}

/* Where places do not fall into phases, each meets all taps. */
static void take_weights(Direct *direct) {
  const Conv *conv = direct->conv;
  const Border border = border_of_y(conv, 0, 1);
  const int64_t met = conv->kernel_height * conv->kernel_width * conv->group_filters;
  const Room room = room_for(conv->filters * conv->rows * (int64_t)conv->size, met * TAP_BYTES, 0);
  direct->weights = room.sums;
  for (int64_t group = 0; group < conv->groups; group++) {
    Taps taps = taps_in(room.taps, met, group);
    taps_of_y(conv, &border, 0, 0, &taps);
    gather_weights(conv, &taps, 0, conv->group_channels,
                   direct->weights +
                       group * conv->group_channels * taps.count * (int64_t)conv->size);
  }
}

bool direct_input(const Conv *conv) {
  Direct direct;
  const bool apart = conv->stride[1] > 1;
  const int64_t columns = padded(parts_of(conv->width, conv->stride[1]), LANES),
                places = conv->height * parts_of(columns, conv->stride[0]);
  if (!pays(conv, apart ? PHASES_COST * places : places, apart ? SPREAD_COST_APART : SPREAD_COST) ||
      !take_y(&direct, conv))
    return false;
  if (lanes_input(conv)) return true;
  if (conv->stride[0] == 1 && conv->stride[1] == 1 && !is_depthwise(conv)) take_weights(&direct);
  run_units(&direct, conv->images * conv->groups * direct.strips,
            (double)(conv->group_filters * conv->rows) * (double)conv->pixels /
                (double)direct.strips,
            input_block);
  return true;
}
