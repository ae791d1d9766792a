/* winograd.c — convolutions of 3 x 3 in f32 by 16 multiplications where the definition has 36.
 *
 * Two neighbouring results of a window of three, y0 = d0 g0 + d1 g1 + d2 g2 and y1 = d1 g0 + d2 g1
 * + d3 g2, are made of four products (S. Winograd, 1980; A. Lavin and S. Gray, "Fast Algorithms for
 * Convolutional Neural Networks", 2016):
 *
 *   m0 = (d0 - d2) g0                      m1 = (d1 + d2) (g0 + g1 + g2) / 2
 *   m2 = (d2 - d1) (g0 - g1 + g2) / 2      m3 = (d1 - d3) g2
 *   y0 = m0 + m1 + m2                      y1 = m1 - m2 - m3
 *
 * and likewise the three weights' gradients of two results, with e for dy:
 *
 *   m0 = (d0 - d2) e0   m1 = (d1 + d2) (e0 + e1) / 2   m2 = (d2 - d1) (e0 - e1) / 2
 *   m3 = (d1 - d3) e1   w0 = m0 + m1 + m2   w1 = m1 - m2   w2 = m1 + m2 - m3
 *
 * Done down and across, a *tile* of 4 x 4 of the image makes 2 x 2 results by 16 products.  The sum
 * over channels is taken between the two transforms, so it is 16 products of matrices:
 *
 *   y   M_i [filters, tiles] = U_i [filters, channels] V_i [channels, tiles]
 *   dx  is the same of dy, with the window turned round and filters and channels exchanged
 *   dw  M_i [filters, channels] = the sum over tiles of E_i [filters, tiles] V_i'
 *
 * A row of tiles of one image is a *band*; a block, of some bands, is as large as the second cache
 * likes it.  The team takes blocks for y and dx, runs of them for dw, each with its M, which are
 * added in order.  All cuts follow from sizes alone; whether this way is taken at all depends on
 * one image's, so that its bits do not depend on how many there are.
 *
 * Rounding: the factors are sums and halves of a few elements, so the error is about that of the
 * sum as defined (Lavin and Gray measured less); tiles of 4 x 4 results would save more and lose a
 * digit.  A result depends on no element but those that its window meets.  But an infinity, or a
 * sum beyond the greatest float, becomes NaN on the way; so a result that is not finite is not
 * given out: the caller goes another way for all of it.
 */
#include "runtime/kernels/winograd.h"
#include "runtime/base/isa.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/product.h"
#include "runtime/kernels/team.h"

#include <stdatomic.h>
#include <string.h>

enum {
#if defined(GD_HARSH)
  CHANNELS_LEAST = 2,
  TILES_LEAST = 1,
  BLOCK_BYTES = 1 << 10,
  COLUMNS_LEAST = 3,
  RUNS_BYTES = 1 << 10,
  RUNS_LEAST = 3,
  FILTERS_BLOCK = 2,
#else
  CHANNELS_LEAST = 16,     /* of channels and of filters, for which the transforms pay */
  TILES_LEAST = 12,        /* of an image */
  BLOCK_BYTES = 512 << 10, /* of a block's V, or M */
  COLUMNS_LEAST = 32,      /* tiles of a block, more or less */
  RUNS_BYTES = 8 << 20,    /* of the M of all runs of dw */
  RUNS_LEAST = 4,
  FILTERS_BLOCK = 8, /* whose weights one task transforms */
#endif
  COLUMNS_MOST = 128,
  RUNS_MOST = 16,
  ACROSS_MOST = 128, /* tiles of a band */
  PLACES = 16,       /* of a tile */
  LUMP = 8,          /* tiles that are transformed together */
  LINE = ACROSS_MOST + 2 * LUMP
};

typedef float Lump __attribute__((vector_size(LUMP * sizeof(float)), aligned(sizeof(float))));

/* Planes that windows slide over, or results: [images, groups * each, height, width]. */
typedef struct Planes {
  float *data;
  int64_t each; /* of a group */
  int64_t height, width;
} Planes;

typedef struct Winograd {
  int64_t images, groups;
  Planes x, y;          /* y may be dx, and x then dy */
  int64_t pad[2];       /* above and to the left of x */
  int64_t down, across; /* tiles of an image of y */
  int64_t bands, block_bands;
  const float *w;
  float *dw;    /* the result, of dw */
  float *u;     /* the weights transformed, U [16, filters of all groups, channels of one] */
  bool turned;  /* dx: the window is turned round, w is [channels, filters] of this convolution */
  int64_t runs; /* of dw */
  float *sums;  /* M [runs, groups, 16, filters, channels] */
  atomic_bool strange; /* a result is not finite */
} Winograd;

/* Some bands of one group, and where they lie transformed: place i of tile t of plane c at
 * i pitch + c columns + t. */
typedef struct Block {
  int64_t group, band, bands, columns;
} Block;

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t parts_of(int64_t count, int64_t size) { return (count + size - 1) / size; }

/* Elements from one place's matrix to the next: lumps may be written past a matrix's end. */
static int64_t pitch_of(int64_t planes, int64_t columns) {
  return parts_of(planes * columns + LUMP, 16) * 16;
}

/* ---- transforms ---- */

#define AT(line) (*(const Lump *)(line))

/* Pairs of columns: the first of each and the second, in lumps, the last over part of the one
 * before. */
INLINE void part_pairs(const float *row, int64_t count, float *even, float *odd) {
  for (int64_t q = 0; q < count && count >= LUMP; q += LUMP) {
    const int64_t at = least(q, count - LUMP);
    const Lump a = AT(row + 2 * at), b = AT(row + 2 * at + LUMP);
    *(Lump *)(even + at) = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
    *(Lump *)(odd + at) = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
  }
  for (int64_t q = 0; q < count && count < LUMP; q++) even[q] = row[2 * q], odd[q] = row[2 * q + 1];
}

/* A row of an image from column `left` on, even and odd columns apart, zeros outside. */
INLINE void read_row(const Planes *planes, const float *plane, int64_t y, int64_t left,
                     int64_t count, float *even, float *odd) {
  if (y < 0 || y >= planes->height) {
    memset(even, 0, (size_t)count * sizeof *even);
    memset(odd, 0, (size_t)count * sizeof *odd);
    return;
  }
  const float *row = plane + y * planes->width + left;
  const int64_t past = planes->width - left;
  /* pairs of columns that both lie inside */
  const int64_t first = least(count, left < 0 ? (1 - left) / 2 : 0),
                last = most(first, least(count, past > 0 ? past / 2 : 0));
  for (int64_t q = 0; q < first; q++) {
    even[q] = 0;
    odd[q] = left + 2 * q + 1 >= 0 && 2 * q + 1 < past ? row[2 * q + 1] : 0;
  }
  part_pairs(row + 2 * first, last - first, even + first, odd + first);
  for (int64_t q = last; q < count; q++) {
    even[q] = left + 2 * q >= 0 && 2 * q < past ? row[2 * q] : 0;
    odd[q] = 0;
  }
}

INLINE Block block_of(const Winograd *of, int64_t unit) {
  const int64_t blocks = parts_of(of->bands, of->block_bands);
  Block block = {.group = unit / blocks, .band = unit % blocks * of->block_bands};
  block.bands = least(of->block_bands, of->bands - block.band);
  block.columns = block.bands * of->across;
  return block;
}

INLINE float *plane_of(const Winograd *of, const Planes *planes, const Block *block, int64_t band,
                       int64_t c) {
  const int64_t image = (block->band + band) / of->down;
  return planes->data +
         ((image * of->groups + block->group) * planes->each + c) * planes->height * planes->width;
}
INLINE int64_t row_of(const Winograd *of, const Block *block, int64_t band) {
  return 2 * ((block->band + band) % of->down);
}

/* V of a block: what the windows slide over. */
FOR_EACH_ISA(void, transform_x, (const Winograd *of, const Block *block, float *v),
             (of, block, v)) {
  float rows[8][LINE], down_even[4][LINE], down_odd[4][LINE];
  float *even[4] = {rows[0], rows[1], rows[2], rows[3]},
        *odd[4] = {rows[4], rows[5], rows[6], rows[7]};
  const int64_t pitch = pitch_of(of->x.each, block->columns), count = of->across + 1;
  memset(rows, 0, sizeof rows);
  for (int64_t c = 0; c < of->x.each; c++)
    for (int64_t band = 0; band < block->bands; band++) {
      const float *plane = plane_of(of, &of->x, block, band, c);
      const int64_t top = row_of(of, block, band) - of->pad[0];
      /* the last two rows of the band before are the first of this one */
      const bool goes_on = band > 0 && row_of(of, block, band) > 0;
      for (int r = 0; r < 2 && goes_on; r++) {
        float *const other = even[r], *const other_odd = odd[r];
        even[r] = even[r + 2], even[r + 2] = other;
        odd[r] = odd[r + 2], odd[r + 2] = other_odd;
      }
      for (int r = goes_on ? 2 : 0; r < 4; r++)
        read_row(&of->x, plane, top + r, -of->pad[1], count, even[r], odd[r]);
      for (int64_t t = 0; t < count; t += LUMP) {
        *(Lump *)&down_even[0][t] = AT(&even[0][t]) - AT(&even[2][t]);
        *(Lump *)&down_even[1][t] = AT(&even[1][t]) + AT(&even[2][t]);
        *(Lump *)&down_even[2][t] = AT(&even[2][t]) - AT(&even[1][t]);
        *(Lump *)&down_even[3][t] = AT(&even[1][t]) - AT(&even[3][t]);
        *(Lump *)&down_odd[0][t] = AT(&odd[0][t]) - AT(&odd[2][t]);
        *(Lump *)&down_odd[1][t] = AT(&odd[1][t]) + AT(&odd[2][t]);
        *(Lump *)&down_odd[2][t] = AT(&odd[2][t]) - AT(&odd[1][t]);
        *(Lump *)&down_odd[3][t] = AT(&odd[1][t]) - AT(&odd[3][t]);
      }
      float *to = v + c * block->columns + band * of->across;
      for (int64_t t = 0; t < of->across; t += LUMP)
        for (int i = 0; i < 4; i++) {
          float *place = to + 4 * i * pitch + t;
          const Lump d0 = AT(&down_even[i][t]), d1 = AT(&down_odd[i][t]),
                     d2 = AT(&down_even[i][t + 1]), d3 = AT(&down_odd[i][t + 1]);
          *(Lump *)place = d0 - d2;
          *(Lump *)(place + pitch) = d1 + d2;
          *(Lump *)(place + 2 * pitch) = d2 - d1;
          *(Lump *)(place + 3 * pitch) = d1 - d3;
        }
    }
}

/* E of a block: dy as a gradient's weights meet it. */
FOR_EACH_ISA(void, transform_dy, (const Winograd *of, const Block *block, float *e),
             (of, block, e)) {
  float even[2][LINE], odd[2][LINE];
  const int64_t pitch = pitch_of(of->y.each, block->columns);
  memset(even, 0, sizeof even), memset(odd, 0, sizeof odd);
  for (int64_t c = 0; c < of->y.each; c++)
    for (int64_t band = 0; band < block->bands; band++) {
      const float *plane = plane_of(of, &of->y, block, band, c);
      const int64_t top = row_of(of, block, band);
      for (int r = 0; r < 2; r++) read_row(&of->y, plane, top + r, 0, of->across, even[r], odd[r]);
      float *to = e + c * block->columns + band * of->across;
      for (int64_t t = 0; t < of->across; t += LUMP) {
        const Lump left[2] = {AT(&even[0][t]), AT(&even[1][t])},
                   right[2] = {AT(&odd[0][t]), AT(&odd[1][t])};
        const Lump lefts[4] = {left[0], (left[0] + left[1]) * 0.5f, (left[0] - left[1]) * 0.5f,
                               left[1]},
                   rights[4] = {right[0], (right[0] + right[1]) * 0.5f,
                                (right[0] - right[1]) * 0.5f, right[1]};
        for (int i = 0; i < 4; i++) {
          float *place = to + 4 * i * pitch + t;
          *(Lump *)place = lefts[i];
          *(Lump *)(place + pitch) = (lefts[i] + rights[i]) * 0.5f;
          *(Lump *)(place + 2 * pitch) = (lefts[i] - rights[i]) * 0.5f;
          *(Lump *)(place + 3 * pitch) = rights[i];
        }
      }
    }
}

/* Eight results of a row or fewer; what is not finite shows in *strange. */
INLINE void write_lump(float *to, int64_t count, const Lump *lump, Lump *strange) {
  if (count >= LUMP) {
    *(Lump *)to = *lump;
    *strange += *lump - *lump;
    return;
  }
  float row[LUMP];
  *(Lump *)row = *lump;
  for (int64_t e = 0; e < count; e++) {
    to[e] = row[e];
    (*strange)[0] += row[e] - row[e];
  }
}

/* Twice as many, that lie between each other. */
INLINE void write_row(float *to, int64_t count, const Lump *left, const Lump *right,
                      Lump *strange) {
  const Lump low = __builtin_shufflevector(*left, *right, 0, 8, 1, 9, 2, 10, 3, 11),
             high = __builtin_shufflevector(*left, *right, 4, 12, 5, 13, 6, 14, 7, 15);
  write_lump(to, count, &low, strange);
  write_lump(to + LUMP, count - LUMP, &high, strange);
}

INLINE bool is_zero(const Lump *lump) {
  float sum = 0;
  for (int e = 0; e < LUMP; e++) sum += (*lump)[e];
  return sum == 0;
}

/* The results of a block from its M; are all finite? */
FOR_EACH_ISA(bool, transform_back, (const Winograd *of, const Block *block, const float *m),
             (of, block, m)) {
  const int64_t pitch = pitch_of(of->y.each, block->columns), width = of->y.width;
  Lump strange = {0};
  for (int64_t f = 0; f < of->y.each; f++)
    for (int64_t band = 0; band < block->bands; band++) {
      const int64_t top = row_of(of, block, band);
      float *to = plane_of(of, &of->y, block, band, f) + top * width;
      const float *from = m + f * block->columns + band * of->across;
      for (int64_t t = 0; t < of->across; t += LUMP) {
        Lump up[4], low[4];
        for (int j = 0; j < 4; j++) {
          const float *place = from + j * pitch + t;
          const Lump m1 = AT(place + 4 * pitch), m2 = AT(place + 8 * pitch);
          up[j] = AT(place) + m1 + m2;
          low[j] = m1 - m2 - AT(place + 12 * pitch);
        }
        const Lump left = up[0] + up[1] + up[2], right = up[1] - up[2] - up[3],
                   low_left = low[0] + low[1] + low[2], low_right = low[1] - low[2] - low[3];
        write_row(to + 2 * t, width - 2 * t, &left, &right, &strange);
        if (top + 1 < of->y.height)
          write_row(to + width + 2 * t, width - 2 * t, &low_left, &low_right, &strange);
      }
    }
  return is_zero(&strange);
}

/* ---- weights ---- */

/* Eight channels at a time. */
INLINE void spread_three(const Lump *g, int step, Lump to[4]) {
  const Lump ends = g[0] + g[2 * step];
  to[0] = g[0];
  to[1] = (ends + g[step]) * 0.5f;
  to[2] = (ends - g[step]) * 0.5f;
  to[3] = g[2 * step];
}

/* U of a filter (of dx: a channel) of all groups, and `count` channels from c on. */
FOR_EACH_ISA(void, spread_weights, (const Winograd *of, int64_t f, int64_t c, int64_t count),
             (of, f, c, count)) {
  const int64_t filters = of->groups * of->y.each, channels = of->x.each, group = f / of->y.each;
  float window[9][LUMP] = {{0}};
  Lump g[9], down[12], all[4];
  for (int64_t e = 0; e < count; e++) {
    const int64_t at = of->turned ? (group * channels + c + e) * of->y.each + f % of->y.each
                                  : f * channels + c + e;
    for (int i = 0; i < 9; i++) window[i][e] = of->w[at * 9 + (of->turned ? 8 - i : i)];
  }
  for (int i = 0; i < 9; i++) g[i] = AT(window[i]);
  for (int j = 0; j < 3; j++) {
    spread_three(g + j, 3, all);
    for (int i = 0; i < 4; i++) down[3 * i + j] = all[i];
  }
  for (int i = 0; i < 4; i++) {
    spread_three(down + 3 * i, 1, all);
    for (int j = 0; j < 4; j++)
      memcpy(of->u + ((4 * i + j) * filters + f) * channels + c, &all[j],
             (size_t)count * sizeof(float));
  }
}

static void transform_weights(void *context, int64_t task) {
  const Winograd *of = context;
  const int64_t filters = of->groups * of->y.each, channels = of->x.each;
  for (int64_t f = task * FILTERS_BLOCK; f < least(filters, (task + 1) * FILTERS_BLOCK); f++)
    for (int64_t c = 0; c < channels; c += LUMP)
      spread_weights(of, f, c, least(LUMP, channels - c));
}

INLINE void gather_three(const Lump *m, int step, Lump *to, int to_step) {
  to[0] = m[0] + m[step] + m[2 * step];
  to[to_step] = m[step] - m[2 * step];
  to[2 * to_step] = m[step] + m[2 * step] - m[3 * step];
}

/* The runs' M, added in order, as the gradients of one filter's weights for `count` channels from c
 * on; are all finite?  Lumps may be read past the end of M. */
FOR_EACH_ISA(bool, gather_some, (const Winograd *of, int64_t f, int64_t c, int64_t count),
             (of, f, c, count)) {
  const int64_t filters = of->y.each, channels = of->x.each, each = filters * channels;
  Lump m[PLACES], down[12], w[9];
  for (int i = 0; i < PLACES; i++) {
    const float *from = of->sums + (f / filters * PLACES + i) * each + f % filters * channels + c;
    m[i] = AT(from);
    for (int64_t run = 1; run < of->runs; run++)
      m[i] += AT(from + run * of->groups * PLACES * each);
  }
  for (int j = 0; j < 4; j++) gather_three(m + j, 4, down + j, 4);
  for (int i = 0; i < 3; i++) gather_three(down + 4 * i, 1, w + 3 * i, 1);
  float window[9][LUMP], strange = 0, *to = of->dw + (f * channels + c) * 9;
  for (int i = 0; i < 9; i++) *(Lump *)window[i] = w[i];
  for (int64_t e = 0; e < count; e++)
    for (int i = 0; i < 9; i++) {
      to[9 * e + i] = window[i][e];
      strange += window[i][e] - window[i][e];
    }
  return strange == 0;
}

static void gather_weights(void *context, int64_t task) {
  Winograd *of = context;
  const int64_t filters = of->groups * of->y.each, channels = of->x.each;
  bool finite = true;
  for (int64_t f = task * FILTERS_BLOCK; f < least(filters, (task + 1) * FILTERS_BLOCK); f++)
    for (int64_t c = 0; c < channels; c += LUMP)
      finite &= gather_some(of, f, c, least(LUMP, channels - c));
  if (!finite) atomic_store(&of->strange, true);
}

/* ---- the three ---- */

bool winograd_suits(Dtype dtype, const Shape *window, const int64_t *attrs) {
  for (int i = 0; i < 2; i++)
    if (window->dim[2 + i] != 3 || attrs[i] != 1 || attrs[6 + i] != 1) return false;
  return dtype == DTYPE_F32 && window->dim[1] >= CHANNELS_LEAST &&
         window->dim[0] / attrs[8] >= CHANNELS_LEAST;
}

/* What all runs of dw take, of so many numbers each. */
static int64_t runs_of(int64_t sums) {
  return most(RUNS_LEAST, least(RUNS_MOST, RUNS_BYTES / (4 * most(1, sums))));
}

size_t winograd_scratch(const Shape *window) {
  const int64_t sums = PLACES * window->dim[0] * window->dim[1];
  return (size_t)(runs_of(sums) * sums + LUMP) * sizeof(float);
}

static bool fits(const Conv *conv) {
  const Shape window = {
      .rank = 4,
      .dim = {conv->filters, conv->group_channels, conv->kernel_height, conv->kernel_width}};
  return winograd_suits(conv->dtype, &window, conv->call->attrs);
}

static bool take(Winograd *of) {
  of->down = parts_of(of->y.height, 2), of->across = parts_of(of->y.width, 2);
  of->bands = of->images * of->down;
  const int64_t planes = most(of->x.each, of->y.each);
  const int64_t columns = most(COLUMNS_LEAST,
                               least(COLUMNS_MOST, BLOCK_BYTES / (PLACES * 4 * planes)));
  of->block_bands = least(of->bands, most(1, columns / most(1, of->across)));
  return of->down * of->across >= TILES_LEAST && of->across <= ACROSS_MOST;
}

static int64_t blocks_of(const Winograd *of) {
  return of->groups * parts_of(of->bands, of->block_bands);
}

static void multiply(const Product *product) {
  product_block(product, &(Part){0, product->m, 0, product->n, 0, product->k});
}

static void block_task(void *context, int64_t unit) {
  Winograd *of = context;
  const Block block = block_of(of, unit);
  const int64_t v_pitch = pitch_of(of->x.each, block.columns),
                m_pitch = pitch_of(of->y.each, block.columns);
  float *v = team_scratch((size_t)(PLACES * (v_pitch + m_pitch)) * sizeof *v),
        *m = v + PLACES * v_pitch;
  transform_x(of, &block, v);
  Product product = product_dense(DTYPE_F32, of->y.each, block.columns, of->x.each);
  for (int i = 0; i < PLACES && !stop_wanted(); i++) {
    product.a = of->u + (i * of->groups + block.group) * of->y.each * of->x.each;
    product.b = v + i * v_pitch;
    product.c = m + i * m_pitch;
    multiply(&product);
  }
  if (stop_wanted()) return;
  if (!transform_back(of, &block, m)) atomic_store(&of->strange, true);
}

static bool run(Winograd *of) {
  const int64_t filters = of->groups * of->y.each;
  of->u = team_scratch((size_t)(PLACES * filters * of->x.each) * sizeof *of->u);
  team_run(parts_of(filters, FILTERS_BLOCK), transform_weights, of);
  team_run(blocks_of(of), block_task, of);
  team_scratch_trim();
  return !atomic_load(&of->strange);
}

bool winograd_forward(const Conv *conv) {
  Winograd of = {
      .images = conv->images,
      .groups = conv->groups,
      .x = {(float *)(const void *)conv->x, conv->group_channels, conv->height, conv->width},
      .y = {(float *)(void *)conv->out, conv->group_filters, conv->out_height, conv->out_width},
      .pad = {conv->pad[0], conv->pad[1]},
      .w = (const float *)(const void *)conv->w};
  return fits(conv) && take(&of) && run(&of);
}

bool winograd_input(const Conv *conv) {
  Winograd of = {
      .images = conv->images,
      .groups = conv->groups,
      .x = {(float *)(const void *)conv->y, conv->group_filters, conv->out_height, conv->out_width},
      .y = {(float *)(void *)conv->out, conv->group_channels, conv->height, conv->width},
      .pad = {2 - conv->pad[0], 2 - conv->pad[1]},
      .w = (const float *)(const void *)conv->w,
      .turned = true};
  return fits(conv) && take(&of) && run(&of);
}

/* The blocks of one run of dw, added into its M. */
static void weight_task(void *context, int64_t unit) {
  const Winograd *of = context;
  const int64_t run = unit / of->groups, group = unit % of->groups,
                blocks = parts_of(of->bands, of->block_bands), each = of->y.each * of->x.each,
                first = blocks * run / of->runs, last = blocks * (run + 1) / of->runs;
  const int64_t columns = of->block_bands * of->across, v_pitch = pitch_of(of->x.each, columns),
                e_pitch = pitch_of(of->y.each, columns);
  float *v = team_scratch((size_t)(PLACES * (v_pitch + e_pitch)) * sizeof *v),
        *e = v + PLACES * v_pitch;
  for (int64_t at = first; at < last && !stop_wanted(); at++) {
    const Block block = block_of(of, group * blocks + at);
    transform_x(of, &block, v);
    transform_dy(of, &block, e);
    Product product = product_dense(DTYPE_F32, of->y.each, of->x.each, block.columns);
    product.b_stride = block.columns;
    product.b_transposed = true;
    product.add = at > first;
    for (int i = 0; i < PLACES; i++) {
      product.a = e + i * pitch_of(of->y.each, block.columns);
      product.b = v + i * pitch_of(of->x.each, block.columns);
      product.c = of->sums + (unit * PLACES + i) * each;
      multiply(&product);
    }
  }
}

bool winograd_weight(const Conv *conv) {
  Winograd of = {
      .images = conv->images,
      .groups = conv->groups,
      .x = {(float *)(const void *)conv->x, conv->group_channels, conv->height, conv->width},
      .y = {(float *)(const void *)conv->y, conv->group_filters, conv->out_height, conv->out_width},
      .pad = {conv->pad[0], conv->pad[1]},
      .dw = (float *)(void *)conv->out};
  if (!fits(conv) || !take(&of)) return false;
  const int64_t sums = of.groups * PLACES * of.y.each * of.x.each;
  of.runs = least(parts_of(of.bands, of.block_bands), runs_of(sums));
  of.sums = team_scratch((size_t)(of.runs * sums + LUMP) * sizeof *of.sums);
  team_run(of.runs * of.groups, weight_task, &of);
  if (!stop_wanted()) team_run(parts_of(of.groups * of.y.each, FILTERS_BLOCK), gather_weights, &of);
  team_scratch_trim();
  return !atomic_load(&of.strange);
}
