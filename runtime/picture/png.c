/* png.c — the pen that draws PNG files.
 *
 * libcairo does the drawing, the letters and the packing.  It is loaded when first needed and
 * stays; only the functions named here are used.  The sheet has two pixels for each unit, so
 * that letters are sharp.
 */
#include "runtime/picture/png.h"
#include "runtime/base/dynamic.h"

#include <math.h>
#include <string.h>

typedef struct Extents {
  double x_bearing, y_bearing, width, height, x_advance, y_advance;
} Extents;

typedef int Sink(void *closure, const unsigned char *data, unsigned length);

/* The functions of libcairo that are used, by their names without `cairo_`. */
#define CAIRO(FUNCTION)                                                                        \
  FUNCTION(void *, image_surface_create, (int format, int width, int height))                  \
  FUNCTION(void *, image_surface_create_for_data,                                              \
           (unsigned char *data, int format, int width, int height, int stride))               \
  FUNCTION(void, surface_destroy, (void *surface))                                             \
  FUNCTION(int, surface_status, (void *surface))                                               \
  FUNCTION(void, surface_flush, (void *surface))                                               \
  FUNCTION(unsigned char *, image_surface_get_data, (void *surface))                           \
  FUNCTION(int, image_surface_get_stride, (void *surface))                                     \
  FUNCTION(int, surface_write_to_png_stream, (void *surface, Sink *sink, void *closure))       \
  FUNCTION(void *, create, (void *surface))                                                    \
  FUNCTION(void, destroy, (void *context))                                                     \
  FUNCTION(void, save, (void *context))                                                        \
  FUNCTION(void, restore, (void *context))                                                     \
  FUNCTION(void, scale, (void *context, double x, double y))                                   \
  FUNCTION(void, translate, (void *context, double x, double y))                               \
  FUNCTION(void, rotate, (void *context, double angle))                                        \
  FUNCTION(void, set_source_rgba, (void *context, double r, double g, double b, double a))     \
  FUNCTION(void, set_source_surface, (void *context, void *surface, double x, double y))       \
  FUNCTION(void *, get_source, (void *context))                                                \
  FUNCTION(void, pattern_set_filter, (void *pattern, int filter))                              \
  FUNCTION(void, set_line_width, (void *context, double width))                                \
  FUNCTION(void, move_to, (void *context, double x, double y))                                 \
  FUNCTION(void, line_to, (void *context, double x, double y))                                 \
  FUNCTION(void, arc, (void *context, double x, double y, double r, double from, double to))   \
  FUNCTION(void, rectangle, (void *context, double x, double y, double width, double height))  \
  FUNCTION(void, fill, (void *context))                                                        \
  FUNCTION(void, stroke, (void *context))                                                      \
  FUNCTION(void, paint, (void *context))                                                       \
  FUNCTION(void, select_font_face, (void *context, const char *family, int slant, int weight)) \
  FUNCTION(void, set_font_size, (void *context, double size))                                  \
  FUNCTION(void, text_extents, (void *context, const char *text, Extents *extents))            \
  FUNCTION(void, show_text, (void *context, const char *text))

enum { FORMAT_ARGB32 = 0, FORMAT_RGB24 = 1, FILTER_NEAREST = 3, SCALE = 2 };

#define MEMBER(result, name, parameters) result(*name) parameters;
typedef struct Cairo {
  CAIRO(MEMBER)
} Cairo;
#undef MEMBER

typedef struct Png {
  Pen pen; /* first */
  Cairo cairo;
  void *surface, *context; /* owned */
} Png;

static bool load(Cairo *cairo) {
  static const char *const files[] = {"libcairo.so.2"};
  void *handle = dynamic_open(files, COUNT_OF(files));
  bool all = handle != NULL;
#define FIND(result, name, parameters) \
  all = all && dynamic_find(handle, "cairo_", #name, &cairo->name);
  CAIRO(FIND)
#undef FIND
  return all;
}

static Png *png_of(Pen *pen) { return (Png *)pen; }

static void ink_set(Png *png, Ink ink) {
  png->cairo.set_source_rgba(png->context, (ink.rgb >> 16 & 255) / 255.0,
                             (ink.rgb >> 8 & 255) / 255.0, (ink.rgb & 255) / 255.0, ink.alpha);
  png->cairo.set_line_width(png->context, ink.weight);
}

static void path(Png *png, const Dot *dots, size_t count, bool pairs) {
  for (size_t i = 0; i < count; i++)
    if (i == 0 || (pairs && i % 2 == 0)) png->cairo.move_to(png->context, dots[i].x, dots[i].y);
    else png->cairo.line_to(png->context, dots[i].x, dots[i].y);
}

static void png_stroke(Pen *pen, const Dot *dots, size_t count, bool pairs, Ink ink) {
  Png *png = png_of(pen);
  ink_set(png, ink);
  path(png, dots, count, pairs);
  png->cairo.stroke(png->context);
}

static void png_area(Pen *pen, const Dot *dots, size_t count, Ink ink) {
  Png *png = png_of(pen);
  ink_set(png, ink);
  path(png, dots, count, false);
  png->cairo.fill(png->context);
}

static void png_cell(Pen *pen, Dot from, Dot to, Ink ink) {
  Png *png = png_of(pen);
  double x = fmin(from.x, to.x), y = fmin(from.y, to.y);
  double right = fmax(from.x, to.x), bottom = fmax(from.y, to.y);
  x = floor(x * SCALE + 0.5) / SCALE; /* whole pixels: no seams between neighbours */
  y = floor(y * SCALE + 0.5) / SCALE;
  right = floor(right * SCALE + 0.5) / SCALE;
  bottom = floor(bottom * SCALE + 0.5) / SCALE;
  ink_set(png, ink);
  png->cairo.rectangle(png->context, x, y, right - x, bottom - y);
  png->cairo.fill(png->context);
}

static void png_bar(Pen *pen, Dot low, Dot high, Ink ink) {
  double gap = fmin(0.5, (high.x - low.x) / 8);
  png_cell(pen, (Dot){low.x + gap, low.y}, (Dot){high.x - gap, high.y}, ink);
}

static void png_point(Pen *pen, Dot at, Ink ink) {
  Png *png = png_of(pen);
  ink_set(png, (Ink){.rgb = 0xffffff, .alpha = 1, .weight = 1});
  png->cairo.arc(png->context, at.x, at.y, 3.5, 0, 2 * acos(-1));
  png->cairo.fill(png->context);
  ink_set(png, ink);
  png->cairo.arc(png->context, at.x, at.y, 3, 0, 2 * acos(-1));
  png->cairo.fill(png->context);
}

static double text_wide(Png *png, const char *text) {
  Extents extents = {0};
  png->cairo.text_extents(png->context, text, &extents);
  return extents.x_advance;
}

static void png_text(Pen *pen, Dot at, Anchor anchor, const char *text, Ink ink) {
  Png *png = png_of(pen);
  double back = anchor == ANCHOR_LEFT ? 0
                                      : text_wide(png, text) / (anchor == ANCHOR_MIDDLE ? 2 : 1);
  ink_set(png, ink);
  png->cairo.move_to(png->context, at.x - back, at.y + 4);
  png->cairo.show_text(png->context, text);
}

static void png_upright(Pen *pen, Dot at, const char *text, Ink ink) {
  Png *png = png_of(pen);
  png->cairo.save(png->context);
  png->cairo.translate(png->context, at.x, at.y);
  png->cairo.rotate(png->context, -acos(-1) / 2);
  png_text(pen, (Dot){0, 0}, ANCHOR_MIDDLE, text, ink);
  png->cairo.restore(png->context);
}

static void png_pixels(Pen *pen, Dot from, Dot to, const uint8_t *rgb, size_t rows, size_t cols) {
  Png *png = png_of(pen);
  uint32_t *words = mem_alloc(rows * cols * sizeof *words + 1);
  for (size_t i = 0; i < rows * cols; i++)
    words[i] = (uint32_t)rgb[3 * i] << 16 | (uint32_t)rgb[3 * i + 1] << 8 | rgb[3 * i + 2];
  void *image = png->cairo.image_surface_create_for_data((unsigned char *)words, FORMAT_RGB24,
                                                         (int)cols, (int)rows, (int)(4 * cols));
  png->cairo.save(png->context);
  png->cairo.translate(png->context, from.x, from.y);
  png->cairo.scale(png->context, (to.x - from.x) / (double)cols, (to.y - from.y) / (double)rows);
  png->cairo.set_source_surface(png->context, image, 0, 0);
  png->cairo.pattern_set_filter(png->cairo.get_source(png->context), FILTER_NEAREST);
  png->cairo.paint(png->context);
  png->cairo.restore(png->context);
  png->cairo.surface_destroy(image);
  mem_free(words);
}

/* ---- the file ---- */

Pen *png_new(double width, double height, Diag *diag) {
  Png *png = mem_zero(sizeof *png);
  if (!load(&png->cairo)) {
    mem_free(png);
    diag_fail(diag, STATUS_FAILED, diag->span,
              "a PNG picture needs libcairo, which is not installed");
    diag_help(diag, "apt install libcairo2, or save an .svg");
    return NULL;
  }
  png->pen = (Pen){.width = width,
                   .height = height,
                   .letter = 6.8,
                   .line = 17,
                   .margin = 8,
                   .below = 1.1 * 17,
                   .grain = 1,
                   .levels = 12,
                   .stroke = png_stroke,
                   .area = png_area,
                   .bar = png_bar,
                   .cell = png_cell,
                   .point = png_point,
                   .text = png_text,
                   .upright = png_upright,
                   .pixels = png_pixels};
  png->surface = png->cairo.image_surface_create(FORMAT_ARGB32, (int)width * SCALE,
                                                 (int)height * SCALE);
  png->context = png->cairo.create(png->surface);
  png->cairo.set_source_rgba(png->context, 1, 1, 1, 1);
  png->cairo.paint(png->context);
  png->cairo.scale(png->context, SCALE, SCALE);
  png->cairo.select_font_face(png->context, "sans-serif", 0, 0);
  png->cairo.set_font_size(png->context, 12);
  return &png->pen;
}

static int add(void *closure, const unsigned char *data, unsigned length) {
  text_add(closure, (const char *)data, length);
  return 0;
}

bool png_write(Pen *pen, Text *text, Diag *diag) {
  Png *png = png_of(pen);
  if (png->cairo.surface_status(png->surface) == 0 &&
      png->cairo.surface_write_to_png_stream(png->surface, add, text) == 0)
    return true;
  return diag_fail(diag, STATUS_FAILED, diag->span, "libcairo cannot draw a picture of this size");
}

PixelImage png_image(Pen *pen) {
  Png *png = png_of(pen);
  png->cairo.surface_flush(png->surface);
  return (PixelImage){png->cairo.image_surface_get_data(png->surface), (int)pen->width * SCALE,
                      (int)pen->height * SCALE, png->cairo.image_surface_get_stride(png->surface)};
}

void png_free(Pen *pen) {
  if (!pen) return;
  Png *png = png_of(pen);
  png->cairo.destroy(png->context);
  png->cairo.surface_destroy(png->surface);
  mem_free(png);
}
