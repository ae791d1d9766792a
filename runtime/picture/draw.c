/* draw.c — the layout of a picture, the same for every pen.
 *
 * From above: the title, the legend in as many lines as it needs, the plot with the y axis at its
 * left, the numbers of the x axis, its label.  Text decides the margins, the plot has what is left.
 * A pen without upright text has the y label on a line above the plot.
 *
 * What is drawn never leaves the plot: lines are cut at its edge (Liang and Barsky 1984), points
 * outside are left out.  However many points there are, a pen is handed no more than it can show:
 * of a line the first, lowest, highest and last in each column, of points one in each place.
 *
 * Colours of marks are those of Okabe and Ito (2008), which colour-blind people can tell apart;
 * heights go through five colours of the scale "viridis" (Smith and van der Walt 2015).
 */
#include "runtime/picture/draw.h"
#include "runtime/base/stop.h"
#include "runtime/picture/levels.h"
#include "runtime/picture/ticks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS_MOST = 16 };

typedef struct Sheet {
  Pen *pen;
  Picture *picture;
  double left, top, right, bottom; /* of the plot */
} Sheet;

/* Eight that colour-blind readers tell apart too, then those that differ from them. */
uint32_t hue_rgb(int hue) {
  static const uint32_t hues[HUE_COUNT] = {
      0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x7f4fbf, 0x808000,
      0x8b1a1a, 0x17becf, 0xf032e6, 0x6b4226, 0x7ac143, 0x3a3ad6, 0xe7969c, 0x4d4d4d,
      0xb5a000, 0x00563f, 0xff2d55, 0x9edae5, 0xa05195, 0xc7a27c, 0x5a7d9a, 0xb9e769};
  return hue < 0 ? RGB_TEXT : hues[hue % HUE_COUNT];
}

uint32_t height_rgb(double height) {
  static const uint32_t stops[] = {0x440154, 0x3b528b, 0x21918c, 0x5ec962, 0xfde725};
  double at = (height > 0 ? height < 1 ? height : 1 : 0) * (COUNT_OF(stops) - 1);
  int low = at >= COUNT_OF(stops) - 1 ? COUNT_OF(stops) - 2 : (int)at;
  uint32_t mixed = 0;
  for (int shift = 0; shift < 24; shift += 8) {
    double from = stops[low] >> shift & 255, to = stops[low + 1] >> shift & 255;
    mixed |= (uint32_t)lround(from + (to - from) * (at - low)) << shift;
  }
  return mixed;
}

static Ink ink_of(const Mark *mark) {
  return (Ink){.rgb = hue_rgb(mark->hue), .hue = mark->hue, .weight = 1.5, .alpha = 1};
}

/* Upon lines of equal height a line is to be seen apart from them. */
static Ink line_ink(const Picture *picture, const Mark *mark) {
  Ink ink = ink_of(mark);
  for (int i = 0; i < picture->count; i++)
    if (picture->marks[i].kind == MARK_LEVELS) ink.weight = WEIGHT_PATH;
  return ink;
}

static double text_width(const Pen *pen, const char *text) {
  size_t letters = 0;
  for (; *text; text++) letters += ((unsigned char)*text & 0xc0) != 0x80;
  return (double)letters * pen->letter;
}

/* ---- places ---- */

static Dot dot_at(const Sheet *sheet, double x, double y) {
  double across = axis_place(&sheet->picture->x, x), up = axis_place(&sheet->picture->y, y);
  double grain = sheet->pen->grain; /* the edge itself belongs to the frame */
  return (Dot){sheet->left + across * (sheet->right - grain - sheet->left),
               sheet->bottom - grain - up * (sheet->bottom - grain - sheet->top)};
}

static bool inside(const Sheet *sheet, Dot at) {
  double slack = sheet->pen->grain / 2;
  return at.x >= sheet->left - slack && at.x <= sheet->right + slack &&
         at.y >= sheet->top - slack && at.y <= sheet->bottom + slack;
}

/* Narrows the part [from, to] of a segment to where start + t * step >= least. */
static bool cut(double start, double step, double least, double *from, double *to) {
  double room = start - least;
  if (step == 0) return room >= 0;
  double at = -room / step;
  if (step > 0) *from = fmax(*from, at);
  else *to = fmin(*to, at);
  return *from <= *to;
}

/* Cuts a segment at the plot's edge; false when nothing is left. */
static bool cut_segment(const Sheet *sheet, Dot *a, Dot *b) {
  double from = 0, to = 1, dx = b->x - a->x, dy = b->y - a->y;
  if (!cut(a->x, dx, sheet->left, &from, &to) || !cut(-a->x, -dx, -sheet->right, &from, &to) ||
      !cut(a->y, dy, sheet->top, &from, &to) || !cut(-a->y, -dy, -sheet->bottom, &from, &to))
    return false;
  Dot start = *a;
  *a = (Dot){start.x + from * dx, start.y + from * dy};
  *b = (Dot){start.x + to * dx, start.y + to * dy};
  return true;
}

/* ---- lines ---- */

/* What is drawn of the dots of one column: the first, the lowest, the highest, the last. */
typedef struct Thinned {
  Dot *dots;
  size_t used;
  size_t first; /* of the current column */
  double column;
  Dot low, high, last;
} Thinned;

static void thinned_close(Thinned *thinned) {
  Dot extremes[] = {thinned->low, thinned->high, thinned->last};
  for (int i = 0; i < COUNT_OF(extremes); i++) {
    Dot before = thinned->dots[thinned->used - 1];
    if (extremes[i].x != before.x || extremes[i].y != before.y)
      thinned->dots[thinned->used++] = extremes[i];
  }
}

static void thinned_add(Thinned *thinned, Dot at, double grain) {
  double column = floor(at.x / grain);
  if (thinned->used > thinned->first && column == thinned->column) {
    if (at.y < thinned->low.y) thinned->low = at;
    if (at.y > thinned->high.y) thinned->high = at;
    thinned->last = at;
    return;
  }
  if (thinned->used > thinned->first) thinned_close(thinned);
  thinned->first = thinned->used;
  thinned->dots[thinned->used++] = at;
  thinned->column = column;
  thinned->low = thinned->high = thinned->last = at;
}

/* A run of dots without a gap, cut at the edge. */
static void stroke_run(const Sheet *sheet, const Dot *dots, size_t count, Ink ink, Dot *room) {
  size_t used = 0;
  if (count == 1 && inside(sheet, dots[0])) sheet->pen->point(sheet->pen, dots[0], ink);
  for (size_t i = 0; i + 1 < count; i++) {
    Dot a = dots[i], b = dots[i + 1];
    if (!cut_segment(sheet, &a, &b)) continue;
    bool goes_on = used > 0 && room[used - 1].x == a.x && room[used - 1].y == a.y;
    if (!goes_on && used > 0) {
      sheet->pen->stroke(sheet->pen, room, used, false, ink);
      used = 0;
    }
    if (!goes_on) room[used++] = a;
    room[used++] = b;
  }
  if (used > 0) sheet->pen->stroke(sheet->pen, room, used, false, ink);
}

static void draw_line(const Sheet *sheet, const Mark *mark) {
  Thinned thinned = {.dots = mem_alloc((4 * mark->count + 4) * sizeof(Dot))};
  Dot *room = mem_alloc((4 * mark->count + 4) * sizeof(Dot));
  for (size_t i = 0; i <= mark->count && !stop_wanted(); i++) {
    Dot at = i < mark->count ? dot_at(sheet, mark->x[i], mark->y[i]) : (Dot){NAN, NAN};
    if (isfinite(at.x) && isfinite(at.y)) {
      thinned_add(&thinned, at, sheet->pen->grain);
    } else if (thinned.used > 0) {
      thinned_close(&thinned);
      stroke_run(sheet, thinned.dots, thinned.used, line_ink(sheet->picture, mark), room);
      thinned.used = thinned.first = 0;
    }
  }
  mem_free(thinned.dots);
  mem_free(room);
}

static void draw_points(const Sheet *sheet, const Mark *mark) {
  Pen *pen = sheet->pen;
  size_t cols = (size_t)(pen->width / pen->grain) + 2,
         rows = (size_t)(pen->height / pen->grain) + 2;
  bool *taken = mem_zero(rows * cols * sizeof *taken);
  for (size_t i = 0; i < mark->count && !stop_wanted(); i++) {
    Dot at = dot_at(sheet, mark->x[i], mark->y[i]);
    if (!isfinite(at.x) || !isfinite(at.y) || !inside(sheet, at)) continue;
    size_t place = (size_t)fmax(at.y / pen->grain, 0) * cols + (size_t)fmax(at.x / pen->grain, 0);
    if (!taken[place]) pen->point(pen, at, ink_of(mark));
    taken[place] = true;
  }
  mem_free(taken);
}

static void draw_bar(const Sheet *sheet, const Mark *mark, size_t i) {
  const Axis *y = &sheet->picture->y;
  double foot = y->log ? pow(10, y->low) : fmin(fmax(0, y->low), y->high);
  Dot low = dot_at(sheet, mark->x[i], foot), high = dot_at(sheet, mark->z[i], mark->y[i]);
  if (!isfinite(low.x + low.y + high.x + high.y) || mark->y[i] == foot) return;
  low.x = fmax(low.x, sheet->left);
  high.x = fmin(high.x, sheet->right);
  high.y = fmin(fmax(high.y, sheet->top), sheet->bottom);
  high.x = fmax(high.x, low.x + sheet->pen->grain);
  if (low.x < sheet->right) sheet->pen->bar(sheet->pen, low, high, ink_of(mark));
}

/* A bar as it is drawn: where it begins, and how long it is. */
typedef struct Bar {
  const Mark *mark;
  size_t index;
  double x, length;
} Bar;

/* From the left; of those at one place the longer first, so that the shorter stand in front and
 * none is hidden. */
static int bar_order(const void *a, const void *b) {
  const Bar *one = a, *other = b;
  if (one->x != other->x) return one->x < other->x ? -1 : 1;
  if (one->length != other->length) return one->length > other->length ? -1 : 1;
  return one->mark < other->mark ? -1 : one->mark > other->mark;
}

/* Of a mark's bars that begin in one place the longest up and the longest down. */
static size_t bars_of(const Sheet *sheet, const Mark *mark, Bar *bars) {
  const Axis *y = &sheet->picture->y;
  double foot = y->log ? pow(10, y->low) : 0, place = NAN;
  size_t used = 0;
  Bar *sides[2] = {NULL, NULL};
  for (size_t i = 0; i < mark->count && !stop_wanted(); i++) {
    Dot at = dot_at(sheet, mark->x[i], mark->y[i]);
    if (!isfinite(at.x + at.y)) continue;
    double column = floor(at.x / sheet->pen->grain), length = fabs(mark->y[i] - foot);
    bool down = mark->y[i] < foot;
    if (column != place) sides[0] = sides[1] = NULL;
    place = column;
    if (!sides[down]) {
      sides[down] = &bars[used++];
      *sides[down] = (Bar){mark, i, mark->x[i], length};
    } else if (length > sides[down]->length) {
      *sides[down] = (Bar){mark, i, mark->x[i], length};
    }
  }
  return used;
}

/* All bars of the picture, with the first mark of them. */
static void draw_bars(const Sheet *sheet, const Mark *first) {
  const Picture *picture = sheet->picture;
  size_t most = 0, used = 0;
  bool any = false;
  for (int k = 0; k < picture->count; k++) {
    const Mark *mark = &picture->marks[k];
    if (mark->kind != MARK_BARS) continue;
    if (!any && mark != first) return;
    any = true;
    most += mark->count;
  }
  Bar *bars = mem_alloc(most * sizeof *bars + 1);
  for (int k = 0; k < picture->count; k++)
    if (picture->marks[k].kind == MARK_BARS)
      used += bars_of(sheet, &picture->marks[k], bars + used);
  qsort(bars, used, sizeof *bars, bar_order);
  for (size_t i = 0; i < used && !stop_wanted(); i++) draw_bar(sheet, bars[i].mark, bars[i].index);
  mem_free(bars);
}

static void draw_band(const Sheet *sheet, const Mark *mark) {
  Ink ink = ink_of(mark);
  ink.alpha = 0.2;
  Dot *dots = mem_alloc(2 * mark->count * sizeof *dots + 1);
  for (size_t i = 0; i < mark->count;) {
    size_t used = 0, from = i;
    for (; i < mark->count && !stop_wanted(); i++) {
      Dot low = dot_at(sheet, mark->x[i], mark->y[i]), high = dot_at(sheet, mark->x[i], mark->z[i]);
      if (!isfinite(low.x + low.y + high.x + high.y)) break;
      low.x = high.x = fmin(fmax(low.x, sheet->left), sheet->right);
      low.y = fmin(fmax(low.y, sheet->top), sheet->bottom);
      high.y = fmin(fmax(high.y, sheet->top), sheet->bottom);
      dots[used++] = low;
      dots[2 * mark->count - used] = high;
    }
    memmove(dots + used, dots + 2 * mark->count - used, used * sizeof *dots);
    if (used > 1) sheet->pen->area(sheet->pen, dots, 2 * used, ink);
    if (i == from) i++;
  }
  mem_free(dots);
}

/* ---- grids ---- */

/* Value (col, row) of a grid stands at the middle of its cell for a class, on a corner for levels.
 */
static double grid_x(const Mark *mark, double col, bool corner) {
  double cells = corner ? (double)mark->cols - 1 : (double)mark->cols;
  return mark->box[0] + (mark->box[1] - mark->box[0]) * col / (cells > 0 ? cells : 1);
}

static double grid_y(const Mark *mark, double row, bool corner) {
  double cells = corner ? (double)mark->rows - 1 : (double)mark->rows;
  return mark->box[2] + (mark->box[3] - mark->box[2]) * row / (cells > 0 ? cells : 1);
}

static void draw_levels(const Sheet *sheet, const Mark *mark) {
  double levels[LEVELS_MOST];
  int count = levels_choose(mark->z, mark->rows * mark->cols, levels, sheet->pen->levels);
  for (int i = 0; i < count; i++) {
    Dot *dots;
    size_t used, kept = 0;
    levels_trace(mark->z, mark->rows, mark->cols, levels[i], &dots, &used);
    for (size_t k = 0; k + 1 < used; k += 2) {
      Dot a = dot_at(sheet, grid_x(mark, dots[k].x, true), grid_y(mark, dots[k].y, true));
      Dot b = dot_at(sheet, grid_x(mark, dots[k + 1].x, true), grid_y(mark, dots[k + 1].y, true));
      if (!isfinite(a.x + a.y + b.x + b.y) || !cut_segment(sheet, &a, &b)) continue;
      dots[kept++] = a;
      dots[kept++] = b;
    }
    Ink ink = ink_plain(height_rgb(count > 1 ? (double)i / (count - 1) : 0.5));
    if (kept) sheet->pen->stroke(sheet->pen, dots, kept, true, ink);
    mem_free(dots);
  }
}

static void draw_regions(const Sheet *sheet, const Mark *mark) {
  for (size_t row = 0; row < mark->rows && !stop_wanted(); row++)
    for (size_t col = 0, end; col < mark->cols; col = end) {
      double class = mark->z[row * mark->cols + col];
      for (end = col + 1; end < mark->cols && mark->z[row * mark->cols + end] == class;) end++;
      if (!isfinite(class)) continue;
      Dot from = dot_at(sheet, grid_x(mark, (double)col, false),
                        grid_y(mark, (double)row + 1, false));
      Dot to = dot_at(sheet, grid_x(mark, (double)end, false), grid_y(mark, (double)row, false));
      int hue = (int)class;
      Ink ink = {.rgb = hue_rgb(hue), .hue = hue, .weight = 1, .alpha = 0.3};
      sheet->pen->cell(sheet->pen, from, to, ink);
    }
}

/* Do the numbers of a table have room in its cells? */
static bool table_is_roomy(const Sheet *sheet, const Mark *mark) {
  double across = (sheet->right - sheet->left) / (double)mark->cols,
         down = (sheet->bottom - sheet->top) / (double)mark->rows;
  if (across < sheet->pen->letter || down < sheet->pen->line) return false;
  bool roomy = true;
  for (size_t i = 0; roomy && i < mark->rows * mark->cols; i++) {
    Text text = {0};
    text_digits(&text, mark->z[i], 4);
    roomy = text_width(sheet->pen, text.data) <= across;
    text_free(&text);
  }
  return roomy;
}

/* A table without space for its numbers: a picture of their sizes. */
static void draw_heat(const Sheet *sheet, const Mark *mark, double most) {
  Dot from = {sheet->left, sheet->top}, to = {sheet->right, sheet->bottom};
  size_t cells = mark->rows * mark->cols;
  uint8_t *rgb = mem_alloc(3 * cells + 1);
  for (size_t i = 0; i < cells && !stop_wanted(); i++) {
    double value = mark->z[i];
    uint32_t colour = isfinite(value) && most > 0 ? height_rgb(fabs(value) / most) : RGB_QUIET;
    for (int k = 0; k < 3; k++) rgb[3 * i + (size_t)k] = (uint8_t)(colour >> (16 - 8 * k) & 255);
  }
  sheet->pen->pixels(sheet->pen, from, to, rgb, mark->rows, mark->cols);
  mem_free(rgb);
}

static void draw_number(const Sheet *sheet, const Mark *mark, size_t row, size_t col, double most) {
  Pen *pen = sheet->pen;
  double value = mark->z[row * mark->cols + col], up = (double)(mark->rows - row);
  Dot from = dot_at(sheet, grid_x(mark, (double)col, false), grid_y(mark, up, false));
  Dot to = dot_at(sheet, grid_x(mark, (double)col + 1, false), grid_y(mark, up - 1, false));
  Ink ink = ink_plain(hue_rgb(value < 0 ? 1 : 0));
  ink.alpha = isfinite(value) && most > 0 ? 0.7 * fabs(value) / most : 0;
  pen->cell(pen, from, to, ink);
  Text text = {0};
  text_digits(&text, value, 4);
  pen->text(pen, (Dot){(from.x + to.x) / 2, (from.y + to.y) / 2}, ANCHOR_MIDDLE, text.data,
            ink_plain(RGB_TEXT));
  text_free(&text);
}

static void draw_table(const Sheet *sheet, const Mark *mark) {
  double most = 0;
  for (size_t i = 0; i < mark->rows * mark->cols; i++)
    if (isfinite(mark->z[i])) most = fmax(most, fabs(mark->z[i]));
  if (!table_is_roomy(sheet, mark)) {
    draw_heat(sheet, mark, most);
    return;
  }
  for (size_t row = 0; row < mark->rows && !stop_wanted(); row++)
    for (size_t col = 0; col < mark->cols; col++) draw_number(sheet, mark, row, col, most);
}

static void draw_image(const Sheet *sheet, const Mark *mark) {
  double width = sheet->right - sheet->left, height = sheet->bottom - sheet->top;
  double scale = fmin(width / (double)mark->cols, height / (double)mark->rows);
  double across = scale * (double)mark->cols, down = scale * (double)mark->rows;
  Dot from = {sheet->left + (width - across) / 2, sheet->top},
      to = {from.x + across, from.y + down};
  size_t count = 3 * mark->rows * mark->cols;
  uint8_t *rgb = mem_alloc(count + 1);
  for (size_t i = 0; i < count && !stop_wanted(); i++) {
    double level = mark->z[i];
    rgb[i] = (uint8_t)(level > 0 ? level < 255 ? lround(level) : 255 : 0);
  }
  sheet->pen->pixels(sheet->pen, from, to, rgb, mark->rows, mark->cols);
  mem_free(rgb);
}

static void draw_mark(const Sheet *sheet, const Mark *mark) {
  switch (mark->kind) {
    case MARK_LINE: draw_line(sheet, mark); break;
    case MARK_POINTS: draw_points(sheet, mark); break;
    case MARK_BARS: draw_bars(sheet, mark); break;
    case MARK_BAND: draw_band(sheet, mark); break;
    case MARK_LEVELS: draw_levels(sheet, mark); break;
    case MARK_REGIONS: draw_regions(sheet, mark); break;
    case MARK_TABLE: draw_table(sheet, mark); break;
    case MARK_IMAGE: draw_image(sheet, mark); break;
    case MARK_KINDS: break;
  }
}

/* ---- around the plot ---- */

static void draw_frame(const Sheet *sheet) {
  Pen *pen = sheet->pen;
  Dot from = {sheet->left, sheet->top}, to = {sheet->right, sheet->bottom};
  Dot corners[] = {from, {from.x, to.y}, to};
  if (pen->frame) pen->frame(pen, from, to);
  else pen->stroke(pen, corners, COUNT_OF(corners), false, ink_plain(RGB_QUIET));
}

static void draw_tick(Pen *pen, Dot at, bool across) {
  double length = pen->line / 4;
  Dot ends[] = {at, {at.x - (across ? length : 0), at.y + (across ? 0 : length)}};
  if (pen->tick) pen->tick(pen, at, across);
  else pen->stroke(pen, ends, COUNT_OF(ends), false, ink_plain(RGB_QUIET));
}

static void draw_sample(Pen *pen, Dot at, bool line, Ink ink) {
  double wide = 3 * pen->letter;
  Dot ends[] = {at, {at.x + wide, at.y}};
  if (pen->sample) pen->sample(pen, at, line, ink);
  else if (line) pen->stroke(pen, ends, COUNT_OF(ends), false, ink);
  else pen->point(pen, (Dot){at.x + wide / 2, at.y}, ink);
}

/* The legend, in lines from `top` on; returns where it ends.  Without `shown` only measures. */
static double draw_legend(const Sheet *sheet, double top, bool shown) {
  Pen *pen = sheet->pen;
  double at = pen->margin;
  bool any = false;
  for (int i = 0; i < sheet->picture->count; i++) {
    const Mark *mark = &sheet->picture->marks[i];
    if (!mark->name) continue;
    double wide = 4 * pen->letter + text_width(pen, mark->name) + 2 * pen->letter;
    if (any && at + wide - 2 * pen->letter > pen->width - pen->margin) {
      at = pen->margin;
      top += pen->line;
    }
    any = true;
    if (shown) {
      draw_sample(pen, (Dot){at, top + pen->line / 2}, mark->kind == MARK_LINE, ink_of(mark));
      pen->text(pen, (Dot){at + 4 * pen->letter, top + pen->line / 2}, ANCHOR_LEFT, mark->name,
                ink_plain(RGB_TEXT));
    }
    at += wide;
  }
  return any ? top + pen->line : top;
}

static double widest(const Pen *pen, const Axis *axis) {
  double most = 0;
  for (int i = 0; i < axis->tick_count; i++) most = fmax(most, text_width(pen, axis->texts[i]));
  return most;
}

/* Ticks of the x axis, fewer until their numbers stand apart. */
static void ticks_across(Sheet *sheet) {
  Pen *pen = sheet->pen;
  Axis *axis = &sheet->picture->x;
  double room = sheet->right - sheet->left;
  int wanted = (int)(room / (5 * pen->letter));
  for (; wanted > 1; wanted--) {
    ticks_find(&sheet->picture->arena, axis, wanted);
    if (axis->tick_count * (widest(pen, axis) + pen->letter) <= room + 2 * pen->letter) return;
  }
  ticks_find(&sheet->picture->arena, axis, 1);
}

static void draw_axes(const Sheet *sheet) {
  Pen *pen = sheet->pen;
  const Axis *x = &sheet->picture->x, *y = &sheet->picture->y;
  draw_frame(sheet);
  double free = INFINITY; /* above it no number stands yet; then: right of it */
  for (int i = 0; i < y->tick_count; i++) {
    double up = (y->ticks[i] - y->low) / (y->high - y->low);
    Dot at = {sheet->left, sheet->bottom - up * (sheet->bottom - sheet->top)};
    if (at.y > free) continue;
    free = at.y - 0.99 * pen->line;
    draw_tick(pen, at, true);
    pen->text(pen, (Dot){at.x - pen->letter, at.y}, ANCHOR_RIGHT, y->texts[i], ink_plain(RGB_TEXT));
  }
  free = -INFINITY;
  for (int i = 0; i < x->tick_count; i++) {
    double along = (x->ticks[i] - x->low) / (x->high - x->low);
    Dot at = {sheet->left + along * (sheet->right - sheet->left), sheet->bottom};
    double half = text_width(pen, x->texts[i]) / 2;
    draw_tick(pen, at, false);
    if (at.x - half < free) continue;
    free = at.x + half + pen->letter;
    pen->text(pen, (Dot){at.x, at.y + pen->below}, ANCHOR_MIDDLE, x->texts[i], ink_plain(RGB_TEXT));
  }
}

static double draw_head(Sheet *sheet) {
  Pen *pen = sheet->pen;
  Picture *picture = sheet->picture;
  double top = pen->margin;
  if (picture->title) {
    pen->text(pen, (Dot){pen->width / 2, top + pen->line / 2}, ANCHOR_MIDDLE, picture->title,
              ink_plain(RGB_TEXT));
    top += pen->line;
  }
  top = draw_legend(sheet, top, true);
  if (picture->y.label && !pen->upright) {
    pen->text(pen, (Dot){pen->margin, top + pen->line / 2}, ANCHOR_LEFT, picture->y.label,
              ink_plain(RGB_TEXT));
    top += pen->line;
  }
  /* on paper the number of a tick at the very top stands half above it */
  return top > pen->margin && pen->margin > 0 ? top + pen->line / 2 : top;
}

static double draw_foot(const Sheet *sheet, double bottom) {
  Pen *pen = sheet->pen;
  Picture *picture = sheet->picture;
  Dot middle = {pen->width / 2, bottom - pen->line / 2};
  if (picture->left_out > 0) {
    char text[80];
    snprintf(text, sizeof text, "%zu not above 0: left out", picture->left_out);
    pen->text(pen, middle, ANCHOR_MIDDLE, text, ink_plain(RGB_QUIET));
    middle.y -= pen->line;
  }
  if (picture->x.label) {
    pen->text(pen, middle, ANCHOR_MIDDLE, picture->x.label, ink_plain(RGB_TEXT));
    middle.y -= pen->line;
  }
  return middle.y + pen->line / 2;
}

void picture_draw(Picture *picture, Pen *pen) {
  Sheet sheet = {.pen = pen, .picture = picture, .left = pen->margin};
  sheet.right = pen->width - pen->margin;
  sheet.top = draw_head(&sheet);
  sheet.bottom = draw_foot(&sheet, pen->height - pen->margin);
  if (!picture->bare) {
    sheet.bottom -= 2 * pen->line; /* the frame and the numbers under it */
    ticks_find(&picture->arena, &picture->y, (int)((sheet.bottom - sheet.top) / (2 * pen->line)));
    sheet.left += widest(pen, &picture->y) + 2 * pen->letter;
    if (picture->y.label && pen->upright) {
      pen->upright(pen, (Dot){pen->margin + pen->line / 2, (sheet.top + sheet.bottom) / 2},
                   picture->y.label, ink_plain(RGB_TEXT));
      sheet.left += pen->line;
    }
    sheet.right -= 2 * pen->letter;
    ticks_across(&sheet);
    draw_axes(&sheet);
  }
  for (int i = 0; i < picture->count; i++) draw_mark(&sheet, &picture->marks[i]);
}
