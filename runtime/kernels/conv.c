/* conv.c — convolutions as matrix products.
 *
 * For one image and one group of channels, let the *patches* be the matrix [rows, pixels] with a
 * row for each weight of one filter (channel, i, j: rows = C/g kh kw) and a column for each pixel
 * of the result: what that weight is multiplied with there, zero where it lies in the padding.
 * Then, per image and group,
 *     y  [O/g, pixels] = w [O/g, rows] patches
 *     dx               = the transpose of making patches, of w' dy
 *     dw [O/g, rows]   = the sum over images of dy patches'
 * (K. Chellapilla, S. Puri, P. Simard, "High Performance Convolutional Neural Networks for Document
 * Processing", 2006).  The patches are never whole in memory: a tile of at most TILE_ROWS rows and
 * TILE_BYTES lies on the stack, where the product finds it in the second cache.  Images with few
 * pixels lie side by side in a tile, since a product of few columns reads its weights for little;
 * their y or dy is then brought into one matrix, too.  A 1x1 convolution with stride 1 reads the
 * image itself.
 *
 * Where making patches would cost more than it saves they go by direct.c instead, which makes none;
 * windows of 3 x 3 over many channels by winograd.c, which multiplies less.
 *
 * The team takes: for y, runs of pixels; for dx, runs of channels, so that no two add to one place;
 * for dw, runs of rows, and runs of images where rows alone are too few: each run of images has a
 * dw of its own, added in order.  All cuts follow from sizes alone, and the bits of an image's y
 * and dx do not depend on the other images.
 */
#include "runtime/kernels/conv.h"
#include "runtime/base/isa.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/border.h"
#include "runtime/kernels/direct.h"
#include "runtime/kernels/product.h"
#include "runtime/kernels/team.h"
#include "runtime/kernels/winograd.h"

#include <string.h>

enum {
#if defined(GD_HARSH)
  TILE_ROWS = 5,
  TILE_BYTES = 5 * 7 * 8,
  TURN_WIDTH = 2,
  WEIGHT_BLOCKS = 3,
  BLOCK_WORK = 50,
  COLUMNS_WANTED = 12,
  BORDER_BYTES = 1 << 10,
#else
  /* rows of patches at a time, as many as the product takes in one pass */
  TILE_ROWS = 256,
  TILE_BYTES = 256 << 10,   /* of patches on the stack */
  TURN_WIDTH = 4,           /* least width of a window whose patches are made transposed */
  WEIGHT_BLOCKS = 16,       /* blocks that a weight gradient is cut into */
  BLOCK_WORK = 1 << 17,     /* multiplications that make a block worth handing out */
  COLUMNS_WANTED = 128,     /* of a tile of several images */
  BORDER_BYTES = 192 << 10, /* of the planes that a tile is made of, with a border */
#endif
  SLACK_BYTES = 32 /* of a lump, which may be written past the end of a tile */
};

INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
INLINE int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t parts_of(int64_t count, int64_t size) { return (count + size - 1) / size; }

/* How many images' patches fill a tile of COLUMNS_WANTED columns; 1: an image fills it. */
static int64_t images_together(const Conv *conv) {
  const int64_t columns = least(TILE_BYTES / (conv->tile_rows * (int64_t)conv->size),
                                COLUMNS_WANTED);
  return conv->pixels > 0 && !conv_is_pointwise(conv) ? most(1, columns / conv->pixels) : 1;
}

/* From the shapes of x, w and y and the attributes that all three kernels share. */
static Conv conv_of(Call *call, const Shape *x, const Shape *w, const Shape *y) {
  const int64_t *attrs = call->attrs;
  Conv conv = {.call = call,
               .dtype = call->output.dtype,
               .size = dtype_bytes(call->output.dtype),
               .out = call->output.data};
  conv.images = x->dim[0], conv.channels = x->dim[1], conv.height = x->dim[2],
  conv.width = x->dim[3];
  conv.filters = w->dim[0], conv.kernel_height = w->dim[2], conv.kernel_width = w->dim[3];
  conv.out_height = y->dim[2], conv.out_width = y->dim[3];
  for (int i = 0; i < 2; i++)
    conv.stride[i] = attrs[i], conv.pad[i] = attrs[2 + i], conv.dilation[i] = attrs[6 + i];
  conv.groups = attrs[8];
  conv.group_channels = conv.channels / conv.groups;
  conv.group_filters = conv.filters / conv.groups;
  conv.plane = conv.height * conv.width;
  conv.rows = conv.group_channels * conv.kernel_height * conv.kernel_width;
  conv.pixels = conv.out_height * conv.out_width;
  conv.tile_rows = most(1, least(conv.rows, TILE_ROWS));
  conv.tile_pixels = least(most(1, conv.pixels),
                           TILE_BYTES / (conv.tile_rows * (int64_t)conv.size));
  if (conv.tile_pixels > 64)
    conv.tile_pixels -= conv.tile_pixels % 32 * (conv.tile_pixels < conv.pixels);
  conv.tile_images = most(1, least(conv.images, images_together(&conv)));
  return conv;
}

/* Hands `units` pieces of work to the team, of `work` multiplications each. */
static void conv_run(Conv *conv, int64_t units, double work,
                     void (*task)(void *context, int64_t block)) {
  conv->units = units;
  conv->per_block = work >= BLOCK_WORK ? 1 : (int64_t)(BLOCK_WORK / (work + 1)) + 1;
  const int64_t blocks = parts_of(units, conv->per_block);
  team_run(blocks, task, conv); /* one too: its scratch is apart from conv->partial */
}

/* ---- patches ---- */

/* A tile of the patches of a group: of some pixels of an image, or all of each of several. */
typedef struct Tile {
  int64_t row, rows; /* rows of the patches */
  int64_t images;    /* … and of each: */
  int64_t pixel, pixels;
  void *data; /* [rows, images, pixels] */
} Tile;
INLINE int64_t tile_columns(const Tile *tile) { return tile->images * tile->pixels; }

/* A row of the patches: one weight of the window in one channel. */
typedef struct Line {
  /* the image's row that it meets at the first row of the result; may lie in the padding */
  int64_t y;
  /* the columns of the result, first to last - 1, at which it meets the image and not the padding
   */
  int64_t first, last;
  /* elements from the group's first channel to what it meets at column 0 of row y */
  int64_t from;
} Line;

/* Division that rounds up, for a positive divisor. */
INLINE int64_t up(int64_t a, int64_t b) { return a > 0 ? (a + b - 1) / b : -(-a / b); }

INLINE Line line_of(const Conv *conv, int64_t row) {
  const int64_t taps = conv->kernel_height * conv->kernel_width,
                i = row % taps / conv->kernel_width, j = row % conv->kernel_width;
  const int64_t y = i * conv->dilation[0] - conv->pad[0], x = j * conv->dilation[1] - conv->pad[1];
  const int64_t first = least(conv->out_width, most(0, up(-x, conv->stride[1])));
  return (Line){y, first, most(first, least(conv->out_width, up(conv->width - x, conv->stride[1]))),
                row / taps * conv->plane + y * conv->width + x};
}

/* The part of a tile's line that lies in one row of the result: some padding, some of the image,
 * some padding. */
typedef struct Run {
  int64_t at;  /* the part's first element in the line */
  int64_t row; /* the row of the result */
  int64_t before, inside, after;
  int64_t from; /* where the first inside comes from, counted from the line's */
} Run;

/* The run that begins at column `column` of row `row`. */
INLINE Run run_of(const Conv *conv, const Tile *tile, const Line *line, int64_t at, int64_t row,
                  int64_t column) {
  const int64_t end = least(conv->out_width, column + tile->pixels - at),
                y = line->y + row * conv->stride[0];
  Run run = {.at = at, .row = row, .before = end - column};
  if (y < 0 || y >= conv->height) return run;
  const int64_t first = least(end, most(column, line->first)),
                last = most(first, least(end, line->last));
  run.before = first - column, run.inside = last - first, run.after = end - last;
  run.from = row * conv->stride[0] * conv->width + first * conv->stride[1];
  return run;
}
INLINE Run run_first(const Conv *conv, const Tile *tile, const Line *line) {
  return run_of(conv, tile, line, 0, tile->pixel / conv->out_width, tile->pixel % conv->out_width);
}
INLINE void run_next(const Conv *conv, const Tile *tile, const Line *line, Run *run) {
  *run = run_of(conv, tile, line, run->at + run->before + run->inside + run->after, run->row + 1,
                0);
}

/* ---- planes with a border ---- */

/* The planes that a tile's patches are made of, with zeros around them and columns a stride apart
 * brought together: so each row of a line is one run. */
typedef struct Bordered {
  Border border;   /* of one image */
  int64_t planes;  /* elements of it */
  int64_t channel; /* its first, within the group */
  int64_t column;  /* of the tile's first row: where its pixels begin, within the border */
} Bordered;

static Bordered bordered(const Conv *conv, const Tile *tile) {
  const int64_t taps = conv->kernel_height * conv->kernel_width, width = conv->out_width,
                first = tile->pixel / width, last = (tile->pixel + tile->pixels - 1) / width,
                column = tile->pixel % width, start = first == last ? column : 0;
  Bordered of = {.channel = tile->row / taps, .column = column - start};
  of.border = (Border){.planes = (tile->row + tile->rows - 1) / taps - of.channel + 1,
                       .height = conv->height,
                       .width = conv->width,
                       .top = first * conv->stride[0] - conv->pad[0],
                       .left = start * conv->stride[1] - conv->pad[1],
                       .rows = (last - first) * conv->stride[0] +
                               (conv->kernel_height - 1) * conv->dilation[0] + 1,
                       .phases = conv->stride[1]};
  of.border.run = (first == last ? tile->pixels : width) +
                  (conv->kernel_width - 1) * conv->dilation[1] / conv->stride[1];
  of.border.pitch = of.border.phases * of.border.run;
  of.planes = border_elements(&of.border);
  return of;
}

/* Does a tile gain by them?  Where columns lie a stride apart and are met more than once, or can be
 * parted by vectors. */
static bool takes_border(const Conv *conv, const Bordered *of) {
  return conv->stride[1] > 1 && conv->kernel_width >= conv->stride[1] + (conv->stride[1] > 2) &&
         of->planes * images_together(conv) * (int64_t)conv->size <= BORDER_BYTES;
}

/* Of a row of the patches, elements from the border's first to what its first pixel meets. */
static inline int64_t border_at(const Conv *conv, const Bordered *of, int64_t row) {
  const int64_t taps = conv->kernel_height * conv->kernel_width, channel = row / taps,
                i = row % taps / conv->kernel_width * conv->dilation[0],
                j = row % conv->kernel_width * conv->dilation[1];
  return ((channel - of->channel) * of->border.rows + i) * of->border.pitch +
         j % conv->stride[1] * of->border.run + j / conv->stride[1] + of->column;
}

#define REAL float
#define NAMED(name) name##_f32
#include "runtime/kernels/conv.inc"

#define REAL double
#define NAMED(name) name##_f64
#include "runtime/kernels/conv.inc"

/* Scratch of a tile: its planes with a border, and then its y or dy as one matrix. */
static char *border_room(const Conv *conv) {
  const int64_t results = conv->group_filters * conv->tile_images * conv->pixels;
  return team_scratch(BORDER_BYTES + SLACK_BYTES +
                      (conv->tile_images > 1 ? (size_t)results * conv->size : 0));
}
static char *results_room(const Conv *conv) {
  return border_room(conv) + BORDER_BYTES + SLACK_BYTES;
}

/* Elements from one image's planes to the next one's. */
static int64_t images_apart(const Conv *conv) {
  return conv->channels * conv->plane * (int64_t)conv->size;
}

static void tile_fill(const Conv *conv, const Tile *tile, const char *image) {
  const Bordered of = bordered(conv, tile);
  if (!takes_border(conv, &of)) {
    (conv->dtype == DTYPE_F32 ? fill_f32 : fill_f64)(conv, tile, image);
    return;
  }
  char *planes = border_room(conv);
  for (int64_t i = 0; i < tile->images; i++)
    border_fill(conv->dtype, &of.border,
                image + i * images_apart(conv) + of.channel * conv->plane * (int64_t)conv->size,
                planes + i * of.planes * (int64_t)conv->size);
  (conv->dtype == DTYPE_F32 ? fill_bordered_f32 : fill_bordered_f64)(conv, tile, &of, planes);
}
static void tile_fill_turned(const Conv *conv, const Tile *tile, const char *image) {
  (conv->dtype == DTYPE_F32 ? fill_turned_f32 : fill_turned_f64)(conv, tile, image);
}
/* Are patches made transposed, so that the product need not transpose them?  That takes a window
 * whose rows are each copied as one, and which never reaches into the padding. */
static bool turns(const Conv *conv) {
  bool inside = true;
  const int64_t reach[2] = {(conv->kernel_height - 1) * conv->dilation[0] + 1, conv->kernel_width},
                side[2] = {conv->height, conv->width},
                last[2] = {conv->out_height - 1, conv->out_width - 1};
  for (int i = 0; i < 2; i++)
    inside &= conv->pad[i] == 0 && last[i] * conv->stride[i] + reach[i] <= side[i];
  return inside && conv->dilation[1] == 1 && conv->kernel_width >= TURN_WIDTH &&
         conv->kernel_width * (int64_t)conv->size <= SLACK_BYTES && conv->rows == conv->tile_rows;
}
static void tile_spread(const Conv *conv, const Tile *tile, char *image) {
  const Bordered of = bordered(conv, tile);
  if (!takes_border(conv, &of)) {
    (conv->dtype == DTYPE_F32 ? spread_f32 : spread_f64)(conv, tile, image);
    return;
  }
  char *planes = border_room(conv);
  memset(planes, 0, (size_t)(of.planes * tile->images) * conv->size);
  (conv->dtype == DTYPE_F32 ? spread_bordered_f32 : spread_bordered_f64)(conv, tile, &of, planes);
  for (int64_t i = 0; i < tile->images; i++)
    border_add(conv->dtype, &of.border, planes + i * of.planes * (int64_t)conv->size,
               image + i * images_apart(conv) + of.channel * conv->plane * (int64_t)conv->size);
}

static inline int64_t image_at(const Conv *conv, int64_t image, int64_t group) {
  return (image * conv->channels + group * conv->group_channels) * conv->plane *
         (int64_t)conv->size;
}
static inline int64_t result_at(const Conv *conv, int64_t image, int64_t group, int64_t pixel) {
  return ((image * conv->filters + group * conv->group_filters) * conv->pixels + pixel) *
         (int64_t)conv->size;
}

/* The y or dy of a tile's images [images, filters, pixels], as one matrix [filters of the group,
 * images * pixels], there or back. */
static void gather_results(const Conv *conv, const Tile *tile, char *results, char *matrix,
                           bool back) {
  const int64_t run = tile->pixels * (int64_t)conv->size, row = run * tile->images,
                image = conv->filters * run;
  for (int64_t f = 0; f < conv->group_filters; f++)
    for (int64_t i = 0; i < tile->images; i++) {
      char *of = results + i * image + f * run, *in = matrix + f * row + i * run;
      memcpy(back ? of : in, back ? in : of, (size_t)run);
    }
}
static void multiply(const Product *product) {
  product_block(product, &(Part){0, product->m, 0, product->n, 0, product->k});
}

/* ---- y = w * x ---- */

/* The y of a tile's pixels, with `out` at the group's first filter of its first image. */
static void forward_tile(const Conv *conv, Tile tile, const char *image, const char *weights,
                         char *out) {
  char patches[TILE_BYTES + SLACK_BYTES] __attribute__((aligned(64)));
  const int64_t size = (int64_t)conv->size, columns = tile_columns(&tile);
  const bool pointwise = conv_is_pointwise(conv), several = tile.images > 1;
  char *results = several ? results_room(conv) : out + tile.pixel * size;
  tile.data = patches;
  for (tile.row = 0; tile.row == 0 || tile.row < conv->rows; tile.row += conv->tile_rows) {
    tile.rows = least(conv->tile_rows, conv->rows - tile.row);
    Product product = product_dense(conv->dtype, conv->group_filters, columns, tile.rows);
    product.a = weights + tile.row * size;
    product.a_stride = conv->rows;
    product.c = results;
    product.c_stride = several ? columns : conv->pixels;
    product.add = tile.row > 0;
    if (pointwise) {
      product.b = image + (tile.row * conv->plane + tile.pixel) * size;
      product.b_stride = conv->plane;
    } else {
      tile_fill(conv, &tile, image);
      product.b = patches;
      product.b_stride = columns;
    }
    multiply(&product);
  }
  if (several) gather_results(conv, &tile, out, results, true);
}

/* Of one image the tiles of its pixels, of several one. */
static int64_t forward_runs(const Conv *conv) { return parts_of(conv->pixels, conv->tile_pixels); }

static void forward_block(void *context, int64_t block) {
  const Conv *conv = context;
  const int64_t runs = forward_runs(conv);
  for (int64_t unit = block * conv->per_block;
       unit < least(conv->units, (block + 1) * conv->per_block) && !stop_wanted(); unit++) {
    const int64_t image = unit / runs / conv->groups * conv->tile_images,
                  group = unit / runs % conv->groups, pixel = unit % runs * conv->tile_pixels;
    const Tile tile = {.images = least(conv->tile_images, conv->images - image),
                       .pixel = pixel,
                       .pixels = least(conv->tile_pixels, conv->pixels - pixel)};
    forward_tile(conv, tile, conv->x + image_at(conv, image, group),
                 conv->w + group * conv->group_filters * conv->rows * (int64_t)conv->size,
                 conv->out + result_at(conv, image, group, 0));
  }
}

void kernel_conv2d(Call *call) {
  Conv conv = conv_of(call, &call->inputs[0].shape, &call->inputs[1].shape, &call->output.shape);
  conv.x = call->inputs[0].data;
  conv.w = call->inputs[1].data;
  if (shape_count(&call->output.shape) == 0 || winograd_forward(&conv) || direct_forward(&conv))
    return;
  conv_run(&conv, parts_of(conv.images, conv.tile_images) * conv.groups * forward_runs(&conv),
           (double)(conv.group_filters * conv.rows) * (double)(conv.tile_pixels * conv.tile_images),
           forward_block);
}

/* ---- dx ---- */

/* The channels of one unit: as many as a tile of patches has rows for. */
static int64_t channels_of(const Conv *conv) {
  return most(1, TILE_ROWS / (conv->kernel_height * conv->kernel_width));
}

/* dx of some channels of one image and group, or of several. */
static void input_channels(const Conv *conv, int64_t image, int64_t group, int64_t channel) {
  char patches[TILE_BYTES + SLACK_BYTES] __attribute__((aligned(64)));
  const int64_t size = (int64_t)conv->size, taps = conv->kernel_height * conv->kernel_width;
  const int64_t last = least(conv->group_channels, channel + channels_of(conv));
  char *to = conv->out + image_at(conv, image, group),
       *dy = (char *)(uintptr_t)conv->y + result_at(conv, image, group, 0);
  Tile tile = {.images = least(conv->tile_images, conv->images - image), .data = patches};
  for (int64_t i = 0; i < tile.images; i++)
    memset(to + (i * conv->channels + channel) * conv->plane * size, 0,
           (size_t)((last - channel) * conv->plane * size));
  const bool several = tile.images > 1;
  if (several) {
    char *room = results_room(conv);
    tile.pixels = conv->pixels;
    gather_results(conv, &tile, dy, room, false);
    dy = room;
  }
  for (tile.row = channel * taps; tile.row < last * taps; tile.row += conv->tile_rows)
    for (tile.pixel = 0; tile.pixel < conv->pixels && !stop_wanted();
         tile.pixel += conv->tile_pixels) {
      tile.rows = least(conv->tile_rows, last * taps - tile.row);
      tile.pixels = least(conv->tile_pixels, conv->pixels - tile.pixel);
      Product product = product_dense(conv->dtype, tile.rows, tile_columns(&tile),
                                      conv->group_filters);
      product.a = conv->w + (group * conv->group_filters * conv->rows + tile.row) * size;
      product.a_stride = conv->rows;
      product.a_transposed = true;
      product.b = dy + tile.pixel * size;
      product.b_stride = tile.images * conv->pixels;
      product.c = patches;
      multiply(&product);
      tile_spread(conv, &tile, to);
    }
}

static void input_block(void *context, int64_t block) {
  const Conv *conv = context;
  const int64_t runs = parts_of(conv->group_channels, channels_of(conv));
  for (int64_t unit = block * conv->per_block;
       unit < least(conv->units, (block + 1) * conv->per_block) && !stop_wanted(); unit++)
    input_channels(conv, unit / runs / conv->groups * conv->tile_images, unit / runs % conv->groups,
                   unit % runs * channels_of(conv));
}

void kernel_conv2d_input(Call *call) {
  Conv conv = conv_of(call, &call->output.shape, &call->inputs[1].shape, &call->inputs[0].shape);
  conv.y = call->inputs[0].data;
  conv.w = call->inputs[1].data;
  if (shape_count(&call->output.shape) == 0 || winograd_input(&conv) || direct_input(&conv)) return;
  const int64_t runs = parts_of(conv.group_channels, channels_of(&conv));
  conv_run(&conv, parts_of(conv.images, conv.tile_images) * conv.groups * runs,
           (double)(conv.group_filters * conv.tile_rows) * (double)(conv.pixels * conv.tile_images),
           input_block);
}

/* ---- dw ---- */

/* One run of rows of one group, summed over one run of images. */
static void weight_rows(const Conv *conv, int64_t run, int64_t group, int64_t row) {
  char patches[TILE_BYTES + SLACK_BYTES] __attribute__((aligned(64)));
  const int64_t size = (int64_t)conv->size, from = conv->images * run / conv->image_runs,
                to = conv->images * (run + 1) / conv->image_runs;
  Tile tile = {.row = row, .rows = least(conv->tile_rows, conv->rows - row), .data = patches};
  char *out = conv->partial == NULL ? conv->out
                                    : conv->partial + run * conv->filters * conv->rows * size;
  Product product = product_dense(conv->dtype, conv->group_filters, tile.rows, 0);
  product.c = out + (group * conv->group_filters * conv->rows + row) * size;
  product.c_stride = conv->rows;
  const bool turned = turns(conv);
  product.b_transposed = !turned;
  product.b = patches;
  for (int64_t image = from; image < to; image += tile.images) {
    tile.images = least(conv->tile_images, to - image);
    for (tile.pixel = 0; tile.pixel < conv->pixels && !stop_wanted();
         tile.pixel += conv->tile_pixels) {
      tile.pixels = least(conv->tile_pixels, conv->pixels - tile.pixel);
      (turned ? tile_fill_turned : tile_fill)(conv, &tile, conv->x + image_at(conv, image, group));
      char *dy = (char *)(uintptr_t)conv->y + result_at(conv, image, group, tile.pixel);
      if (tile.images > 1) gather_results(conv, &tile, dy, results_room(conv), false);
      product.k = tile_columns(&tile);
      product.a = tile.images > 1 ? results_room(conv) : dy;
      product.a_stride = tile.images * conv->pixels;
      product.b_stride = turned ? tile.rows : product.k;
      multiply(&product);
      product.add = true;
    }
  }
}

static void weight_block(void *context, int64_t block) {
  const Conv *conv = context;
  for (int64_t unit = block * conv->per_block;
       unit < least(conv->units, (block + 1) * conv->per_block) && !stop_wanted(); unit++)
    weight_rows(conv, unit / conv->row_runs / conv->groups, unit / conv->row_runs % conv->groups,
                unit % conv->row_runs * conv->tile_rows);
}

void kernel_conv2d_weight(Call *call) {
  Conv conv = conv_of(call, &call->inputs[0].shape, &call->output.shape, &call->inputs[1].shape);
  conv.x = call->inputs[0].data;
  conv.y = call->inputs[1].data;
  const int64_t count = shape_count(&call->output.shape);
  if (count == 0) return;
  if (conv.images == 0 || conv.pixels == 0) {
    memset(conv.out, 0, (size_t)count * conv.size);
    return;
  }
  if (winograd_weight(&conv)) return;
  const double work = (double)(conv.group_filters * conv.tile_rows) *
                      (double)(conv.pixels * conv.images);
  const int64_t direct = direct_weight_runs(&conv);
  conv.row_runs = direct > 0 ? 1 : parts_of(conv.rows, conv.tile_rows);
  conv.image_runs = least(parts_of(WEIGHT_BLOCKS, conv.groups * conv.row_runs),
                          direct > 0 ? direct : parts_of(conv.images, conv.tile_images));
  conv.image_runs = most(1, least(conv.image_runs, (int64_t)(work / BLOCK_WORK)));
  if (conv.image_runs > 1)
    conv.partial = team_scratch((size_t)(conv.image_runs * count) * conv.size);
  if (direct > 0) direct_weight(&conv);
  else
    conv_run(&conv, conv.image_runs * conv.groups * conv.row_runs, work / (double)conv.image_runs,
             weight_block);
  if (conv.partial != NULL && !stop_wanted())
    (conv.dtype == DTYPE_F32 ? gather_f32 : gather_f64)(&conv);
}

/* ---- the plain twins: one loop over every term of the definition ---- */

typedef enum Wanted { WANT_Y, WANT_DX, WANT_DW } Wanted;

static double get(const void *data, Dtype dtype, int64_t index) {
  return dtype == DTYPE_F32 ? (double)((const float *)data)[index] : ((const double *)data)[index];
}
static void add_to(void *data, Dtype dtype, int64_t index, double value) {
  if (dtype == DTYPE_F32) ((float *)data)[index] += (float)value;
  else ((double *)data)[index] += value;
}

/* All terms in which pixel (oy, ox) of filter `filter` of image `image` meets a weight. */
static void plain_pixel(const Conv *conv, Wanted want, const int64_t place[4]) {
  const int64_t image = place[0], filter = place[1], oy = place[2], ox = place[3],
                group = filter / conv->group_filters;
  const int64_t at_y =
      ((image * conv->filters + filter) * conv->out_height + oy) * conv->out_width + ox;
  double sum = 0;
  for (int64_t row = 0; row < conv->rows; row++) {
    const int64_t j = row % conv->kernel_width, i = row / conv->kernel_width % conv->kernel_height,
                  c = row / conv->kernel_width / conv->kernel_height;
    const int64_t y = oy * conv->stride[0] - conv->pad[0] + i * conv->dilation[0],
                  x = ox * conv->stride[1] - conv->pad[1] + j * conv->dilation[1];
    if (y < 0 || y >= conv->height || x < 0 || x >= conv->width) continue;
    const int64_t at_x =
        ((image * conv->channels + group * conv->group_channels + c) * conv->height + y) *
            conv->width +
        x;
    const int64_t at_w = filter * conv->rows + row;
    if (want == WANT_Y) sum += get(conv->x, conv->dtype, at_x) * get(conv->w, conv->dtype, at_w);
    else if (want == WANT_DX)
      add_to(conv->out, conv->dtype, at_x,
             get(conv->y, conv->dtype, at_y) * get(conv->w, conv->dtype, at_w));
    else
      add_to(conv->out, conv->dtype, at_w,
             get(conv->y, conv->dtype, at_y) * get(conv->x, conv->dtype, at_x));
  }
  if (want == WANT_Y) add_to(conv->out, conv->dtype, at_y, sum);
}

static void conv_plain(const Conv *conv, Wanted want) {
  memset(conv->out, 0, (size_t)shape_count(&conv->call->output.shape) * conv->size);
  for (int64_t image = 0; image < conv->images; image++)
    for (int64_t filter = 0; filter < conv->filters; filter++)
      for (int64_t pixel = 0; pixel < conv->pixels; pixel++)
        plain_pixel(conv, want,
                    (int64_t[4]){image, filter, pixel / conv->out_width, pixel % conv->out_width});
}

void kernel_conv2d_plain(Call *call) {
  Conv conv = conv_of(call, &call->inputs[0].shape, &call->inputs[1].shape, &call->output.shape);
  conv.x = call->inputs[0].data;
  conv.w = call->inputs[1].data;
  conv_plain(&conv, WANT_Y);
}

void kernel_conv2d_input_plain(Call *call) {
  Conv conv = conv_of(call, &call->output.shape, &call->inputs[1].shape, &call->inputs[0].shape);
  conv.y = call->inputs[0].data;
  conv.w = call->inputs[1].data;
  conv_plain(&conv, WANT_DX);
}

void kernel_conv2d_weight_plain(Call *call) {
  Conv conv = conv_of(call, &call->inputs[0].shape, &call->output.shape, &call->inputs[1].shape);
  conv.x = call->inputs[0].data;
  conv.y = call->inputs[1].data;
  conv_plain(&conv, WANT_DW);
}
