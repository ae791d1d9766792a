/* svg.c — the pen that writes SVG 1.1.
 *
 * A unit is a pixel.  Numbers are written with one decimal, which is finer than any screen, and
 * text is escaped.  Images are embedded as PNG files of their own pixels (png_pack), drawn without
 * smoothing.  The file needs nothing beside it: no style sheet, no font file, no script.
 */
#include "runtime/picture/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

typedef struct Svg {
  Pen pen;   /* first */
  Text body; /* what was drawn; owned */
} Svg;

static Text *body_of(Pen *pen) { return &((Svg *)pen)->body; }

/* A coordinate, to a tenth. */
static void number(Text *text, double value) {
  long tenths = lround(fmin(fmax(value, -1e6), 1e6) * 10);
  text_format(text, "%s%ld", tenths < 0 ? "-" : "", labs(tenths) / 10);
  if (tenths % 10) text_format(text, ".%ld", labs(tenths) % 10);
}

static void attribute(Text *text, const char *name, double value) {
  text_format(text, " %s=\"", name);
  number(text, value);
  text_char(text, '"');
}

static void escaped(Text *text, const char *string) {
  for (; *string; string++) {
    unsigned char byte = (unsigned char)*string;
    if (byte == '&') text_string(text, "&amp;");
    else if (byte == '<') text_string(text, "&lt;");
    else if (byte == '>') text_string(text, "&gt;");
    else if (byte == '"') text_string(text, "&quot;");
    else text_char(text, byte < ' ' ? ' ' : (char)byte);
  }
}

static void colour(Text *text, const char *name, Ink ink) {
  text_format(text, " %s=\"#%06x\"", name, ink.rgb);
  if (ink.alpha < 1) {
    text_format(text, " %s-opacity=\"", name);
    text_digits(text, ink.alpha, 3);
    text_char(text, '"');
  }
}

static void pair(Text *text, Dot at) {
  number(text, at.x);
  text_char(text, ' ');
  number(text, at.y);
}

static void svg_stroke(Pen *pen, const Dot *dots, size_t count, bool pairs, Ink ink) {
  Text *text = body_of(pen);
  text_string(text, "<path fill=\"none\" stroke-linejoin=\"round\"");
  colour(text, "stroke", ink);
  attribute(text, "stroke-width", ink.weight);
  text_string(text, " d=\"");
  for (size_t i = 0; i < count; i++) {
    text_char(text, i == 0 || (pairs && i % 2 == 0) ? 'M' : 'L');
    pair(text, dots[i]);
  }
  text_string(text, "\"/>\n");
}

static void svg_area(Pen *pen, const Dot *dots, size_t count, Ink ink) {
  Text *text = body_of(pen);
  text_string(text, "<path stroke=\"none\"");
  colour(text, "fill", ink);
  text_string(text, " d=\"");
  for (size_t i = 0; i < count; i++) {
    text_char(text, i == 0 ? 'M' : 'L');
    pair(text, dots[i]);
  }
  text_string(text, "Z\"/>\n");
}

/* As it is written: so what begins where another one ends meets it without a seam. */
static double written(double value) { return round(value * 10) / 10; }

static void rectangle(Text *text, Dot from, Dot to, Ink ink) {
  text_string(text, "<rect");
  attribute(text, "x", fmin(from.x, to.x));
  attribute(text, "y", fmin(from.y, to.y));
  attribute(text, "width", fabs(written(to.x) - written(from.x)));
  attribute(text, "height", fabs(written(to.y) - written(from.y)));
  colour(text, "fill", ink);
}

static void svg_bar(Pen *pen, Dot low, Dot high, Ink ink) {
  Text *text = body_of(pen);
  rectangle(text, low, high, ink);
  text_string(text, " stroke=\"#ffffff\" stroke-width=\"0.5\"/>\n");
}

static void svg_cell(Pen *pen, Dot from, Dot to, Ink ink) {
  Text *text = body_of(pen);
  rectangle(text, from, to, ink);
  text_string(text, " shape-rendering=\"crispEdges\"/>\n");
}

static void svg_point(Pen *pen, Dot at, Ink ink) {
  Text *text = body_of(pen);
  text_string(text, "<circle");
  attribute(text, "cx", at.x);
  attribute(text, "cy", at.y);
  text_string(text, " r=\"3\" stroke=\"#ffffff\" stroke-width=\"0.5\"");
  colour(text, "fill", ink);
  text_string(text, "/>\n");
}

static void svg_text(Pen *pen, Dot at, Anchor anchor, const char *string, Ink ink) {
  static const char *const anchors[] = {"start", "middle", "end"};
  Text *text = body_of(pen);
  text_format(text, "<text text-anchor=\"%s\"", anchors[anchor]);
  attribute(text, "x", at.x);
  attribute(text, "y", at.y + 4);
  colour(text, "fill", ink);
  text_char(text, '>');
  escaped(text, string);
  text_string(text, "</text>\n");
}

static void svg_upright(Pen *pen, Dot at, const char *string, Ink ink) {
  Text *text = body_of(pen);
  text_string(text, "<text text-anchor=\"middle\" transform=\"translate(");
  pair(text, (Dot){at.x + 4, at.y});
  text_string(text, ") rotate(-90)\"");
  colour(text, "fill", ink);
  text_char(text, '>');
  escaped(text, string);
  text_string(text, "</text>\n");
}

/* ---- pixels ---- */

static void png_number(Text *text, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) text_char(text, (char)(value >> shift & 255));
}

static void png_chunk(Text *text, const char *kind, const uint8_t *data, size_t length) {
  png_number(text, (uint32_t)length);
  text_add(text, kind, 4);
  text_add(text, (const char *)data, length);
  uLong sum = crc32(crc32(0, NULL, 0), (const Bytef *)kind, 4);
  png_number(text, (uint32_t)(length ? crc32(sum, data, (uInt)length) : sum));
}

/* PNG (ISO/IEC 15948): a header, the rows packed by zlib with filter 0 each, an end. */
bool png_pack(const uint8_t *rgb, size_t rows, size_t cols, Text *text) {
  if (rows == 0 || cols == 0 || rows > 1 << 15 || cols > 1 << 15) return false;
  size_t row = 3 * cols, raw_length = rows * (row + 1);
  uint8_t *raw = mem_alloc(raw_length);
  for (size_t i = 0; i < rows; i++) {
    raw[i * (row + 1)] = 0;
    memcpy(raw + i * (row + 1) + 1, rgb + i * row, row);
  }
  uLongf packed_length = compressBound((uLong)raw_length);
  uint8_t *packed = mem_alloc(packed_length);
  bool fits = compress2(packed, &packed_length, raw, (uLong)raw_length, 6) == Z_OK;
  if (fits) {
    Text header = {0};
    png_number(&header, (uint32_t)cols);
    png_number(&header, (uint32_t)rows);
    text_add(&header, "\x08\x02\0\0\0", 5); /* 8 bits, RGB */
    text_add(text, "\x89PNG\r\n\x1a\n", 8);
    png_chunk(text, "IHDR", (const uint8_t *)header.data, header.length);
    png_chunk(text, "IDAT", packed, packed_length);
    png_chunk(text, "IEND", NULL, 0);
    text_free(&header);
  }
  mem_free(raw);
  mem_free(packed);
  return fits;
}

static void base64(Text *text, const uint8_t *data, size_t length) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < length; i += 3) {
    size_t left = length - i;
    uint32_t bits = (uint32_t)data[i] << 16 | (left > 1 ? (uint32_t)data[i + 1] << 8 : 0) |
                    (left > 2 ? data[i + 2] : 0);
    for (int k = 0; k < 4; k++)
      text_char(text, (size_t)k <= left ? letters[bits >> (18 - 6 * k) & 63] : '=');
  }
}

static void svg_pixels(Pen *pen, Dot from, Dot to, const uint8_t *rgb, size_t rows, size_t cols) {
  Text packed = {0}, *text = body_of(pen);
  if (!png_pack(rgb, rows, cols, &packed)) return;
  text_string(text, "<image preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\"");
  attribute(text, "x", from.x);
  attribute(text, "y", from.y);
  attribute(text, "width", to.x - from.x);
  attribute(text, "height", to.y - from.y);
  text_string(text, " href=\"data:image/png;base64,");
  base64(text, (const uint8_t *)packed.data, packed.length);
  text_string(text, "\"/>\n");
  text_free(&packed);
}

/* ---- the file ---- */

Pen *svg_new(double width, double height) {
  Svg *svg = mem_zero(sizeof *svg);
  svg->pen = (Pen){.width = width,
                   .height = height,
                   .letter = 6.8,
                   .line = 17,
                   .margin = 8,
                   .below = 1.1 * 17,
                   .grain = 1,
                   .levels = 12,
                   .stroke = svg_stroke,
                   .area = svg_area,
                   .bar = svg_bar,
                   .cell = svg_cell,
                   .point = svg_point,
                   .text = svg_text,
                   .upright = svg_upright,
                   .pixels = svg_pixels};
  return &svg->pen;
}

void svg_write(const Pen *pen, Text *text) {
  const Svg *svg = (const Svg *)pen;
  text_string(text, "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\"");
  attribute(text, "width", pen->width);
  attribute(text, "height", pen->height);
  text_string(text, " viewBox=\"0 0 ");
  pair(text, (Dot){pen->width, pen->height});
  text_string(text, "\" font-family=\"sans-serif\" font-size=\"12\">\n"
                    "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
  text_add(text, svg->body.data ? svg->body.data : "", svg->body.length);
  text_string(text, "</svg>\n");
}

void svg_free(Pen *pen) {
  if (!pen) return;
  text_free(body_of(pen));
  mem_free(pen);
}
