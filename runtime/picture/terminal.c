/* terminal.c — the pen of the terminal.
 *
 * A unit is one dot of a Braille pattern: a cell of the terminal has two by four.  Lines and points
 * set dots; letters, the frame and bars (in eighths of a cell) set whole cells and win over dots;
 * regions colour what is behind.  A cell has one colour: the last one drawn.
 *
 * Without colour, letters replace hues: points are `o x + …`, each line but the first carries its
 * letter every few cells (upon lines of equal height in each), regions and all bars but the first
 * have a shade, and the legend shows the same.
 */
#include "runtime/picture/terminal.h"
#include "runtime/base/stop.h"

#include <math.h>
#include <string.h>

enum { DOTS_ACROSS = 2, DOTS_DOWN = 4, LETTER_EVERY = 8, PAPER = 0x101010 };

typedef struct Cell {
  uint8_t dots;    /* bits of U+2800 */
  uint32_t glyph;  /* a code point; 0: the dots */
  uint32_t rgb;    /* of dots or glyph */
  uint32_t behind; /* colour behind it */
  bool coloured, filled;
} Cell;

typedef struct Terminal {
  Pen pen; /* first */
  TerminalColour colour;
  int columns, lines;
  Cell *cells; /* [lines, columns]; owned */
} Terminal;

static const char LETTERS[] = "ox+*#@%&abcdefghijklmnpq"; /* as many as hues */

static Terminal *terminal_of(Pen *pen) { return (Terminal *)pen; }

static Cell *cell_at(Terminal *terminal, double x, double y) {
  double column = floor(x / DOTS_ACROSS), line = floor(y / DOTS_DOWN);
  if (!(column >= 0 && column < terminal->columns && line >= 0 && line < terminal->lines))
    return NULL;
  return &terminal->cells[(int)line * terminal->columns + (int)column];
}

static void colour_set(Cell *cell, Ink ink) {
  cell->rgb = ink.rgb;
  cell->coloured = ink.hue >= 0 || ink.rgb != RGB_TEXT;
}

static void glyph_set(Cell *cell, uint32_t glyph, Ink ink) {
  if (!cell) return;
  cell->glyph = glyph;
  colour_set(cell, ink);
}

static uint32_t letter_of(int hue) {
  return (unsigned char)LETTERS[hue < 0 ? 0 : hue % (COUNT_OF(LETTERS) - 1)];
}

/* ---- dots ---- */

static void dot_set(Terminal *terminal, double x, double y, Ink ink) {
  static const uint8_t bits[DOTS_DOWN][DOTS_ACROSS] = {
      {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
  Cell *cell = cell_at(terminal, x, y);
  if (!cell) return;
  cell->dots |= bits[(int)y % DOTS_DOWN][(int)x % DOTS_ACROSS];
  colour_set(cell, ink);
}

static void segment(Terminal *terminal, Dot from, Dot to, Ink ink) {
  double x = floor(from.x + 0.5), y = floor(from.y + 0.5);
  double dx = floor(to.x + 0.5) - x, dy = floor(to.y + 0.5) - y, steps = fmax(fabs(dx), fabs(dy));
  bool lettered = terminal->colour == COLOUR_NONE && ink.hue > 0;
  for (double k = 0; k <= steps; k++) {
    double t = steps > 0 ? k / steps : 0, px = floor(x + t * dx + 0.5),
           py = floor(y + t * dy + 0.5);
    dot_set(terminal, px, py, ink);
    int column = (int)px / DOTS_ACROSS;
    if (lettered && (ink.weight >= WEIGHT_PATH || (column + 3 * ink.hue) % LETTER_EVERY == 0))
      glyph_set(cell_at(terminal, px, py), letter_of(ink.hue), ink);
  }
}

static void terminal_stroke(Pen *pen, const Dot *dots, size_t count, bool pairs, Ink ink) {
  for (size_t i = 0; i + 1 < count; i += pairs ? 2 : 1)
    segment(terminal_of(pen), dots[i], dots[i + 1], ink);
}

/* Is the middle of a dot inside the polygon, by the number of its sides to the left? */
static bool encloses(const Dot *dots, size_t count, double x, double y) {
  bool in = false;
  for (size_t i = 0, before = count - 1; i < count; before = i++) {
    Dot a = dots[i], b = dots[before];
    if ((a.y > y) != (b.y > y) && x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x) in = !in;
  }
  return in;
}

/* A band is a light pattern, so that lines upon it are seen: between two sides of each column. */
static void terminal_area(Pen *pen, const Dot *dots, size_t count, Ink ink) {
  Terminal *terminal = terminal_of(pen);
  double left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;
  for (size_t i = 0; i < count; i++) {
    left = fmin(left, dots[i].x);
    right = fmax(right, dots[i].x);
    top = fmin(top, dots[i].y);
    bottom = fmax(bottom, dots[i].y);
  }
  for (double y = floor(top); y <= bottom && !stop_wanted(); y++)
    for (double x = floor(left); x <= right; x++)
      if (((int)x + 2 * ((int)y % 2)) % 4 == 0 && encloses(dots, count, x + 0.5, y + 0.5))
        dot_set(terminal, x, y, ink);
}

/* ---- whole cells ---- */

static void terminal_bar(Pen *pen, Dot low, Dot high, Ink ink) {
  Terminal *terminal = terminal_of(pen);
  int from = (int)floor(low.x / DOTS_ACROSS + 0.5), to = (int)floor(high.x / DOTS_ACROSS + 0.5);
  double foot = floor(low.y) + 1, end = high.y + (high.y <= low.y ? 0 : 1);
  if (to <= from) to = from + 1;
  for (int column = from; column < to; column++)
    for (int line = 0; line < terminal->lines; line++) {
      double top = line * DOTS_DOWN, bottom = top + DOTS_DOWN;
      double covered = fmin(bottom, fmax(foot, end)) - fmax(top, fmin(foot, end));
      int eighths = (int)floor(covered * 2 + 0.5);
      if (covered <= 0 || eighths <= 0) continue;
      uint32_t glyph = eighths >= 8 || end > foot ? 0x2588 : 0x2580 + (uint32_t)eighths;
      if (terminal->colour == COLOUR_NONE && ink.hue > 0) glyph = ink.hue % 2 ? 0x2592 : 0x2591;
      glyph_set(cell_at(terminal, column * DOTS_ACROSS, top), glyph, ink);
    }
}

static uint32_t mixed(uint32_t over, uint32_t under, double alpha) {
  uint32_t result = 0;
  for (int shift = 0; shift < 24; shift += 8) {
    double a = over >> shift & 255, b = under >> shift & 255;
    result |= (uint32_t)lround(b + (a - b) * alpha) << shift;
  }
  return result;
}

static void terminal_cell(Pen *pen, Dot from, Dot to, Ink ink) {
  static const uint32_t shades[] = {' ', 0xb7, 0x2591, ':', 0x2592, '-', '=', '~'};
  Terminal *terminal = terminal_of(pen);
  for (double y = floor(from.y / DOTS_DOWN) * DOTS_DOWN + 2; y < to.y; y += DOTS_DOWN)
    for (double x = floor(from.x / DOTS_ACROSS) * DOTS_ACROSS + 1; x < to.x; x += DOTS_ACROSS) {
      Cell *cell = y >= from.y && x >= from.x ? cell_at(terminal, x, y) : NULL;
      if (!cell) continue;
      if (terminal->colour == COLOUR_NONE) {
        if (ink.hue > 0) glyph_set(cell, shades[ink.hue % COUNT_OF(shades)], ink);
      } else if (ink.alpha > 0) {
        cell->behind = mixed(ink.rgb, PAPER, ink.alpha);
        cell->filled = true;
      }
    }
}

static void terminal_point(Pen *pen, Dot at, Ink ink) {
  Terminal *terminal = terminal_of(pen);
  uint32_t glyph = terminal->colour == COLOUR_NONE ? letter_of(ink.hue) : 0x2022;
  glyph_set(cell_at(terminal, at.x, at.y), glyph, ink);
}

static void text_at(Terminal *terminal, int column, int line, const char *text, Ink ink) {
  size_t left = strlen(text);
  while (left > 0) {
    uint32_t code;
    size_t size = text_decode(text, left, &code);
    if (!size) {
      size = 1;
      code = '?';
    }
    if (code < ' ') code = ' ';
    if (column >= 0 && column < terminal->columns && line >= 0 && line < terminal->lines)
      glyph_set(&terminal->cells[line * terminal->columns + column], code, ink);
    column++;
    text += size;
    left -= size;
  }
}

static int letters_of(const char *text) {
  int count = 0;
  for (; *text; text++) count += ((unsigned char)*text & 0xc0) != 0x80;
  return count;
}

static void terminal_text(Pen *pen, Dot at, Anchor anchor, const char *text, Ink ink) {
  Terminal *terminal = terminal_of(pen);
  int letters = letters_of(text), column = (int)floor(at.x / DOTS_ACROSS);
  if (anchor == ANCHOR_MIDDLE) column -= letters / 2;
  if (anchor == ANCHOR_RIGHT) column -= letters;
  if (column + letters > terminal->columns) column = terminal->columns - letters;
  if (column < 0) column = 0;
  text_at(terminal, column, (int)floor(at.y / DOTS_DOWN), text, ink);
}

static void terminal_frame(Pen *pen, Dot from, Dot to) {
  Terminal *terminal = terminal_of(pen);
  for (double y = from.y; y < to.y; y += DOTS_DOWN)
    glyph_set(cell_at(terminal, from.x - DOTS_ACROSS, y), 0x2502, ink_plain(RGB_QUIET));
  for (double x = from.x; x < to.x; x += DOTS_ACROSS)
    glyph_set(cell_at(terminal, x, to.y), 0x2500, ink_plain(RGB_QUIET));
  glyph_set(cell_at(terminal, from.x - DOTS_ACROSS, to.y), 0x2514, ink_plain(RGB_QUIET));
}

static void terminal_tick(Pen *pen, Dot at, bool across) {
  Terminal *terminal = terminal_of(pen);
  Cell *cell = across ? cell_at(terminal, at.x - DOTS_ACROSS, at.y) : cell_at(terminal, at.x, at.y);
  if (!cell) return;
  if (across)
    glyph_set(cell, cell->glyph == 0x2514 || cell->glyph == 0x251c ? 0x251c : 0x2524,
              ink_plain(RGB_QUIET));
  else glyph_set(cell, 0x252c, ink_plain(RGB_QUIET));
}

/* Two pixels a cell: the upper half is the glyph's colour, the lower what is behind it.  A strip
 * too thin for a cell takes one. */
static void terminal_pixels(Pen *pen, Dot from, Dot to, const uint8_t *rgb, size_t rows,
                            size_t cols) {
  static const char ramp[] = " .:-=+*#%@";
  Terminal *terminal = terminal_of(pen);
  to.x = fmax(to.x, from.x + DOTS_ACROSS);
  to.y = fmax(to.y, from.y + DOTS_DOWN);
  for (int line = 0; line < terminal->lines; line++)
    for (int column = 0; column < terminal->columns; column++) {
      uint32_t half[2] = {0, 0};
      bool in[2] = {false, false};
      for (int k = 0; k < 2; k++) {
        double x = column * DOTS_ACROSS + 1, y = line * DOTS_DOWN + 2 * k + 1;
        if (x < from.x || x >= to.x || y < from.y || y >= to.y) continue;
        size_t col = (size_t)((x - from.x) / (to.x - from.x) * (double)cols);
        size_t row = (size_t)((y - from.y) / (to.y - from.y) * (double)rows);
        const uint8_t *at = rgb + 3 * (row * cols + col);
        half[k] = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
        in[k] = true;
      }
      if (!in[0] && !in[1]) continue;
      Cell *cell = &terminal->cells[line * terminal->columns + column];
      if (terminal->colour == COLOUR_NONE) {
        uint32_t sum = 0;
        for (int k = 0; k < 2; k++) sum += (half[k] >> 16) + (half[k] >> 8 & 255) + (half[k] & 255);
        glyph_set(cell, (uint32_t)ramp[sum * (sizeof ramp - 2) / (6 * 255)], ink_plain(RGB_QUIET));
      } else {
        glyph_set(cell, 0x2580, (Ink){.rgb = half[0], .hue = 0});
        cell->behind = half[1];
        cell->filled = in[1];
      }
    }
}

static void terminal_sample(Pen *pen, Dot at, bool line, Ink ink) {
  Terminal *terminal = terminal_of(pen);
  if (line)
    for (double x = 0; x < 3; x++)
      glyph_set(cell_at(terminal, at.x + x * DOTS_ACROSS, at.y), 0x2500, ink);
  bool letter = !line || (terminal->colour == COLOUR_NONE && ink.hue > 0);
  uint32_t glyph = terminal->colour == COLOUR_NONE ? letter_of(ink.hue) : 0x25a0;
  if (letter) glyph_set(cell_at(terminal, at.x + DOTS_ACROSS, at.y), glyph, ink);
}

/* ---- the sheet ---- */

Pen *terminal_new(int columns, int lines, TerminalColour colour) {
  Terminal *terminal = mem_zero(sizeof *terminal);
  terminal->pen = (Pen){.width = columns * DOTS_ACROSS,
                        .height = lines * DOTS_DOWN,
                        .letter = DOTS_ACROSS,
                        .line = DOTS_DOWN,
                        .below = 1.5 * DOTS_DOWN,
                        .grain = 1,
                        .levels = 7,
                        .stroke = terminal_stroke,
                        .area = terminal_area,
                        .bar = terminal_bar,
                        .cell = terminal_cell,
                        .point = terminal_point,
                        .text = terminal_text,
                        .frame = terminal_frame,
                        .tick = terminal_tick,
                        .pixels = terminal_pixels,
                        .sample = terminal_sample};
  terminal->colour = colour;
  terminal->columns = columns;
  terminal->lines = lines;
  terminal->cells = mem_zero((size_t)columns * (size_t)lines * sizeof(Cell));
  return &terminal->pen;
}

/* One of the 216 colours of the cube that terminals with 256 have. */
static int cube(uint32_t rgb) {
  int at = 0;
  for (int shift = 16; shift >= 0; shift -= 8)
    at = at * 6 + (int)((rgb >> shift & 255) * 5 + 127) / 255;
  return 16 + at;
}

static void colour_write(const Terminal *terminal, int what, uint32_t rgb, Text *text) {
  if (terminal->colour == COLOUR_TRUE)
    text_format(text, "\x1b[%d;2;%u;%u;%um", what, rgb >> 16, rgb >> 8 & 255, rgb & 255);
  else text_format(text, "\x1b[%d;5;%dm", what, cube(rgb));
}

static bool blank(const Cell *cell) {
  return !cell->filled && (cell->glyph == ' ' || (!cell->glyph && !cell->dots));
}

void terminal_write(const Pen *pen, Text *text) {
  const Terminal *terminal = (const Terminal *)pen;
  for (int line = 0; line < terminal->lines; line++) {
    const Cell *cells = terminal->cells + line * terminal->columns;
    int used = terminal->columns;
    while (used > 0 && blank(&cells[used - 1])) used--;
    bool styled = false;
    for (int column = 0; column < used; column++) {
      const Cell *cell = &cells[column];
      const Cell *before = column ? &cells[column - 1] : NULL;
      bool colour = terminal->colour != COLOUR_NONE && (cell->coloured || cell->filled);
      bool same = before && before->coloured == cell->coloured && before->filled == cell->filled &&
                  before->rgb == cell->rgb && before->behind == cell->behind;
      if (styled && !same) {
        text_string(text, "\x1b[0m");
        styled = false;
      }
      if (colour && !styled) {
        if (cell->coloured) colour_write(terminal, 38, cell->rgb, text);
        if (cell->filled) colour_write(terminal, 48, cell->behind, text);
        styled = true;
      }
      text_code_point(text, cell->glyph ? cell->glyph : cell->dots ? 0x2800u + cell->dots : ' ');
    }
    if (styled) text_string(text, "\x1b[0m");
    text_char(text, '\n');
  }
}

void terminal_free(Pen *pen) {
  if (!pen) return;
  mem_free(terminal_of(pen)->cells);
  mem_free(pen);
}
