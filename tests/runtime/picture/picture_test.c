/* picture_test.c — limits, ticks, lines of equal height, and what the pens make of them. */
#include "runtime/picture/levels.h"
#include "runtime/picture/ticks.h"
#include "runtime/pictures.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

TestSuite(picture);

static Picture line_of(const double *x, const double *y, size_t count) {
  Picture picture = {0};
  Mark *mark = picture_mark(&picture, MARK_LINE);
  mark->x = picture_copy(&picture, x, count);
  mark->y = picture_copy(&picture, y, count);
  mark->count = count;
  return picture;
}

/* The ticks of an axis, apart by blanks. */
static void check_ticks(double low, double high, bool log, int wanted, const char *expected) {
  Arena arena = {0};
  Axis axis = {.log = log, .low = low, .high = high};
  ticks_find(&arena, &axis, wanted);
  char text[400] = "";
  for (int i = 0; i < axis.tick_count; i++) {
    strcat(text, i ? " " : "");
    strcat(text, axis.texts[i]);
    cr_assert(axis.ticks[i] >= low - 1e-9 && axis.ticks[i] <= high + 1e-9, "%s", axis.texts[i]);
  }
  cr_assert_str_eq(text, expected);
  arena_free(&arena);
}

Test(picture, ticks_are_round) {
  check_ticks(0, 10, false, 5, "0 2 4 6 8 10");
  check_ticks(-0.31, 0.94, false, 4, "0.0 0.5");
  check_ticks(-1, 1, false, 5, "-1.0 -0.5 0.0 0.5 1.0");
  check_ticks(0.0012, 0.0019, false, 4, "0.0012 0.0014 0.0016 0.0018");
  check_ticks(1e9, 3e9, false, 2, "1e9 2e9 3e9");
  check_ticks(-3, 2, true, 10, "0.001 0.01 0.1 1 10 100");
  check_ticks(0, 1.5, true, 8, "1 2 5 10 20");
  check_ticks(-12, 12, true, 5, "1e-10 1e-5 1 1e5 1e10");
  check_ticks(0.1, 0.4, true, 4, "1.5 2.0 2.5");
}

Test(picture, names_stand_at_whole_places) {
  static const char *const names[] = {"a", "b", "c", "d"};
  Arena arena = {0};
  Axis axis = {.low = -0.5, .high = 3.5, .names = names, .name_count = 4};
  ticks_find(&arena, &axis, 2);
  cr_assert_eq(axis.tick_count, 2);
  cr_assert_str_eq(axis.texts[1], "c");
  cr_assert_eq(axis.ticks[1], 2);
  arena_free(&arena);
}

Test(picture, limits_leave_out_what_is_not_finite) {
  Picture picture = line_of((double[]){0, 1, 2, 3}, (double[]){1, NAN, INFINITY, 3}, 4);
  Diag diag = {0};
  cr_assert(picture_settle(&picture, &diag));
  cr_assert_float_eq(picture.x.high, 3, 1e-12);
  cr_assert_float_eq(picture.y.low, 0.9, 1e-12);
  cr_assert_float_eq(picture.y.high, 3.1, 1e-12);
  cr_assert(isnan(axis_place(&picture.y, INFINITY)));
  picture_free(&picture);
}

Test(picture, equal_values_are_widened) {
  Picture picture = line_of((double[]){5}, (double[]){-2}, 1);
  Diag diag = {0};
  cr_assert(picture_settle(&picture, &diag));
  cr_assert_float_eq(axis_place(&picture.x, 5), 0.5, 1e-12);
  cr_assert_float_eq(axis_place(&picture.y, -2), 0.5, 1e-12);
  picture_free(&picture);
}

Test(picture, a_logarithmic_axis_needs_what_is_positive) {
  Picture picture = line_of((double[]){0, 1, 2}, (double[]){0, 10, 1000}, 3);
  Diag diag = {0};
  picture.y.log = true;
  cr_assert(picture_settle(&picture, &diag));
  cr_assert_eq(picture.left_out, 1);
  cr_assert_float_eq(axis_place(&picture.y, 100), 0.5, 1e-12);
  picture_free(&picture);
  picture = line_of((double[]){0, 1}, (double[]){0, -1}, 2);
  picture.y.log = true;
  cr_assert_not(picture_settle(&picture, &diag));
  cr_assert(strstr(diag.message, "no y is positive"), "%s", diag.message);
  picture_free(&picture);
}

/* On a plane every piece lies on the line, and the pieces join its ends. */
Test(picture, levels_of_a_plane_are_straight) {
  enum { SIDE = 9 };
  double z[SIDE * SIDE], length = 0;
  for (int row = 0; row < SIDE; row++)
    for (int col = 0; col < SIDE; col++) z[row * SIDE + col] = col + 2 * row;
  Dot *dots;
  size_t used;
  levels_trace(z, SIDE, SIDE, 7.5, &dots, &used);
  for (size_t i = 0; i < used; i++) cr_assert_float_eq(dots[i].x + 2 * dots[i].y, 7.5, 1e-12);
  for (size_t i = 0; i < used; i += 2)
    length += hypot(dots[i].x - dots[i + 1].x, dots[i].y - dots[i + 1].y);
  cr_assert_float_eq(length, hypot(7.5, 3.75), 1e-12); /* from (7.5, 0) to (0, 3.75) */
  mem_free(dots);
}

Test(picture, a_saddle_is_decided_by_its_middle) {
  Dot *dots;
  size_t used;
  double z[] = {1, 0, 0, 1}; /* the mean, 0.5, is above 0.4: the high corners are joined */
  levels_trace(z, 2, 2, 0.4, &dots, &used);
  cr_assert_eq(used, 4);
  for (size_t i = 0; i < used; i += 2) { /* each piece cuts off a low corner */
    double x = (dots[i].x + dots[i + 1].x) / 2, y = (dots[i].y + dots[i + 1].y) / 2;
    cr_assert(fabs(x - y) > 0.5, "%g %g", x, y);
  }
  mem_free(dots);
  z[0] = NAN;
  levels_trace(z, 2, 2, 0.4, &dots, &used);
  cr_assert_eq(used, 0);
  mem_free(dots);
}

/* ---- pens ---- */

static char *drawn(Picture *picture, Pen *pen, void (*write)(const Pen *, Text *),
                   void (*drop)(Pen *)) {
  Diag diag = {0};
  Text text = {0};
  cr_assert(picture_settle(picture, &diag), "%s", diag.message);
  picture_draw(picture, pen);
  write(pen, &text);
  drop(pen);
  return text.data;
}

static int count_of(const char *text, const char *part) {
  int count = 0;
  for (; (text = strstr(text, part)); text++) count++;
  return count;
}

/* No line is longer than the terminal, whatever its size; the plot is there from 20 columns on. */
Test(picture, any_size_of_terminal) {
  for (int columns = 1; columns < 100; columns += 7)
    for (int lines = 1; lines < 30; lines += 4) {
      Picture picture = line_of((double[]){0, 1, 2}, (double[]){1e6, -3, 2}, 3);
      picture.title = "a title that is longer than some of them";
      picture.x.label = picture.y.label = "label";
      picture.marks[0].name = "name";
      char *text = drawn(&picture, terminal_new(columns, lines, COLOUR_NONE), terminal_write,
                         terminal_free);
      int found = 0, letters = 0;
      for (const char *at = text; *at; at++) {
        if (*at == '\n') {
          cr_assert_leq(letters, columns);
          letters = 0;
          found++;
        } else {
          letters += ((unsigned char)*at & 0xc0) != 0x80;
        }
      }
      cr_assert_eq(found, lines);
      mem_free(text);
      picture_free(&picture);
    }
}

Test(picture, colour_is_said_only_where_it_is_wanted) {
  static const TerminalColour colours[] = {COLOUR_NONE, COLOUR_256, COLOUR_TRUE};
  static const char *const signs[] = {"", "\x1b[38;5;", "\x1b[38;2;0;114;178m"};
  for (int i = 0; i < COUNT_OF(colours); i++) {
    Picture picture = line_of((double[]){0, 1}, (double[]){0, 1}, 2);
    char *text = drawn(&picture, terminal_new(40, 10, colours[i]), terminal_write, terminal_free);
    cr_assert(strstr(text, signs[i]), "%s", text);
    cr_assert_eq(strstr(text, "\x1b[") != NULL, i > 0);
    mem_free(text);
    picture_free(&picture);
  }
}

Test(picture, a_million_points_are_no_more_than_can_be_seen) {
  enum { COUNT = 1000000 };
  double *x = mem_alloc(COUNT * sizeof *x), *y = mem_alloc(COUNT * sizeof *y);
  for (int i = 0; i < COUNT; i++) {
    x[i] = i;
    y[i] = sin(i * 1e-5) + (i % 7) * 0.1;
  }
  for (int points = 0; points < 2; points++) {
    Picture picture = line_of(x, y, COUNT);
    if (points) picture.marks[0].kind = MARK_POINTS;
    char *text = drawn(&picture, svg_new(640, 400), svg_write, svg_free);
    cr_assert_lt(strlen(text), points ? 12u << 20 : 100000u, "%zu bytes", strlen(text));
    cr_assert_eq(count_of(text, "NaN") + count_of(text, "inf"), 0);
    mem_free(text);
    picture_free(&picture);
  }
  mem_free(x);
  mem_free(y);
}

/* A line that leaves the limits is cut at the edge: no coordinate of its path is outside. */
Test(picture, lines_are_cut_at_the_edge) {
  Picture picture = line_of((double[]){-10, 0.5, 10, 0.5}, (double[]){0, 0.5, 0, 100}, 4);
  picture.x = (Axis){.given = true, .low = 0, .high = 1};
  picture.y = (Axis){.given = true, .low = 0, .high = 1};
  char *text = drawn(&picture, svg_new(640, 400), svg_write, svg_free);
  const char *path = strstr(text, "stroke-width=\"1.5\" d=\"M");
  cr_assert(path);
  for (path += strlen("stroke-width=\"1.5\" d=\""); *path && *path != '"';) {
    double px = 0, py = 0;
    int taken = 0;
    cr_assert_eq(sscanf(path, "%*[ML]%lf %lf%n", &px, &py, &taken), 2);
    cr_assert(px >= 0 && px <= 640 && py >= 0 && py <= 400, "%g %g", px, py);
    path += taken;
  }
  mem_free(text);
  picture_free(&picture);
}

Test(picture, svg_escapes_text) {
  Picture picture = line_of((double[]){0, 1}, (double[]){0, 1}, 2);
  picture.title = "a < b & \"c\"\x01";
  char *text = drawn(&picture, svg_new(640, 400), svg_write, svg_free);
  cr_assert(strstr(text, ">a &lt; b &amp; &quot;c&quot; </text>"), "%s", text);
  mem_free(text);
  picture_free(&picture);
}

Test(picture, png_of_pixels_is_whole) {
  static const uint8_t rgb[12] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9};
  Text text = {0};
  cr_assert(png_pack(rgb, 2, 2, &text));
  cr_assert_eq(memcmp(text.data, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\2\0\0\0\2\x08\2", 26), 0);
  cr_assert_eq(memcmp(text.data + text.length - 8, "IEND\xae\x42\x60\x82", 8), 0);
  text_free(&text);
  cr_assert_not(png_pack(rgb, 0, 2, &text));
}

Test(picture, png_where_libcairo_is) {
  Picture picture = line_of((double[]){0, 1}, (double[]){0, 1}, 2);
  Diag diag = {0};
  Text text = {0};
  Pen *pen = png_new(200, 100, &diag);
  if (!pen) {
    cr_assert(strstr(diag.help, "libcairo2"));
    cr_skip_test("libcairo is not installed");
  }
  cr_assert(picture_settle(&picture, &diag));
  picture_draw(&picture, pen);
  cr_assert(png_write(pen, &text, &diag));
  cr_assert_eq(memcmp(text.data + 12, "IHDR\0\0\1\x90\0\0\0\xc8", 12), 0); /* 400 by 200 */
  png_free(pen);
  text_free(&text);
  picture_free(&picture);
}
