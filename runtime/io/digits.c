/* digits.c — images of digits as if written by hand, drawn stroke by stroke.
 *
 * Each digit has one or more ways of writing it; a way is a few strokes, and a stroke a few
 * points in a box one wide and one high, y downwards.  A smooth curve goes through the points (a
 * Catmull-Rom spline: E. Catmull and R. Rom, A class of local interpolating splines, 1974);
 * a corner is the end of one stroke and the start of the next.
 *
 * A hand differs from the next by size, proportions, slant, rotation, place on the paper,
 * width and darkness of the pen, and by where exactly each point falls.  All of these are drawn
 * per image from the stream (seed, count, row + 1), so an image is a function of its row.
 *
 * Ink is laid by distance: a pixel's darkness falls from 1 to 0 over one pixel across the
 * stroke's edge, which is anti-aliasing enough.  Only pixels near a piece are visited, so
 * an image costs some thousands of operations.
 *
 * How far hands differ was set so that the digits are learned, but not perfectly: see README.md.
 */
#include "runtime/base/stop.h"
#include "runtime/io/made.h"

#include <math.h>
#include <string.h>

enum { SIDE = 28, POINTS_MOST = 12, STROKES_MOST = 4, PIECES = 5, WAYS_MOST = 3, CLASSES = 10 };

typedef struct Point {
  float x, y;
} Point;

typedef struct Stroke {
  int count; /* of points; 0 ends the strokes */
  Point points[POINTS_MOST];
} Stroke;

typedef struct Way {
  Stroke strokes[STROKES_MOST];
} Way;

/* clang-format off */
static const Way ways[CLASSES][WAYS_MOST] = {
    {{{{9, {{.55f, .02f}, {.27f, .12f}, {.13f, .48f}, {.24f, .86f}, {.5f, .98f}, {.77f, .86f}, {.88f, .5f}, {.77f, .13f}, {.5f, .03f}}}}},
     {{{8, {{.68f, .1f}, {.4f, .0f}, {.14f, .3f}, {.15f, .72f}, {.45f, 1.f}, {.82f, .75f}, {.86f, .3f}, {.6f, .04f}}}}}},
    {{{{2, {{.52f, .0f}, {.48f, 1.f}}}}},
     {{{2, {{.3f, .22f}, {.54f, .0f}}}, {2, {{.54f, .0f}, {.5f, 1.f}}}}},
     {{{2, {{.3f, .22f}, {.54f, .0f}}}, {2, {{.54f, .0f}, {.5f, 1.f}}}, {2, {{.25f, 1.f}, {.76f, .99f}}}}}},
    {{{{7, {{.16f, .25f}, {.32f, .05f}, {.62f, .03f}, {.8f, .22f}, {.68f, .5f}, {.4f, .76f}, {.12f, .97f}}}, {2, {{.12f, .97f}, {.9f, .95f}}}}},
     {{{9, {{.2f, .18f}, {.5f, .0f}, {.76f, .2f}, {.6f, .56f}, {.28f, .92f}, {.14f, .84f}, {.3f, .76f}, {.62f, .95f}, {.92f, .9f}}}}}},
    {{{{5, {{.18f, .12f}, {.46f, .0f}, {.76f, .14f}, {.7f, .36f}, {.4f, .46f}}}, {5, {{.4f, .46f}, {.76f, .56f}, {.84f, .8f}, {.5f, 1.f}, {.12f, .88f}}}}},
     {{{2, {{.18f, .03f}, {.8f, .03f}}}, {2, {{.8f, .03f}, {.42f, .42f}}}, {5, {{.42f, .42f}, {.78f, .52f}, {.84f, .8f}, {.5f, 1.f}, {.14f, .9f}}}}}},
    {{{{3, {{.3f, .02f}, {.18f, .3f}, {.14f, .56f}}}, {2, {{.14f, .56f}, {.9f, .54f}}}, {2, {{.7f, .06f}, {.62f, 1.f}}}}},
     {{{2, {{.66f, .0f}, {.08f, .66f}}}, {2, {{.08f, .66f}, {.94f, .66f}}}, {2, {{.66f, .0f}, {.64f, 1.f}}}}}},
    {{{{2, {{.84f, .03f}, {.27f, .04f}}}, {2, {{.27f, .04f}, {.2f, .46f}}}, {6, {{.2f, .46f}, {.5f, .37f}, {.82f, .54f}, {.8f, .84f}, {.48f, 1.f}, {.12f, .9f}}}}},
     {{{8, {{.8f, .02f}, {.34f, .06f}, {.24f, .4f}, {.52f, .4f}, {.8f, .58f}, {.74f, .88f}, {.42f, 1.f}, {.14f, .9f}}}}}},
    {{{{9, {{.7f, .02f}, {.38f, .2f}, {.17f, .56f}, {.22f, .86f}, {.5f, 1.f}, {.8f, .85f}, {.78f, .6f}, {.5f, .5f}, {.2f, .7f}}}}},
     {{{9, {{.5f, .0f}, {.28f, .3f}, {.16f, .66f}, {.28f, .94f}, {.56f, .98f}, {.76f, .8f}, {.66f, .6f}, {.4f, .6f}, {.2f, .8f}}}}}},
    {{{{2, {{.12f, .06f}, {.86f, .04f}}}, {3, {{.86f, .04f}, {.6f, .46f}, {.44f, 1.f}}}}},
     {{{2, {{.12f, .06f}, {.86f, .04f}}}, {3, {{.86f, .04f}, {.6f, .46f}, {.44f, 1.f}}}, {2, {{.34f, .5f}, {.8f, .48f}}}}},
     {{{3, {{.1f, .2f}, {.14f, .06f}, {.86f, .06f}}}, {3, {{.86f, .06f}, {.5f, .5f}, {.36f, 1.f}}}}}},
    {{{{11, {{.76f, .16f}, {.5f, .0f}, {.24f, .16f}, {.34f, .4f}, {.68f, .6f}, {.8f, .82f}, {.5f, 1.f}, {.2f, .82f}, {.32f, .6f}, {.66f, .4f}, {.76f, .16f}}}}},
     {{{7, {{.5f, .46f}, {.24f, .3f}, {.28f, .06f}, {.56f, .0f}, {.74f, .16f}, {.7f, .36f}, {.5f, .46f}}},
       {7, {{.5f, .46f}, {.8f, .62f}, {.78f, .9f}, {.5f, 1.f}, {.2f, .9f}, {.2f, .62f}, {.5f, .46f}}}}}},
    {{{{7, {{.8f, .24f}, {.56f, .02f}, {.24f, .12f}, {.2f, .4f}, {.48f, .5f}, {.74f, .34f}, {.8f, .14f}}}, {3, {{.8f, .14f}, {.78f, .6f}, {.66f, 1.f}}}}},
     {{{7, {{.8f, .24f}, {.54f, .0f}, {.22f, .16f}, {.22f, .42f}, {.5f, .5f}, {.76f, .34f}, {.8f, .16f}}}, {4, {{.8f, .16f}, {.82f, .66f}, {.6f, .98f}, {.26f, .94f}}}}}},
};
/* clang-format on */

/* One hand, writing once. */
typedef struct Hand {
  float a, b, c, d; /* box to pixels, a matrix: x' = a x + b y */
  float left, top;  /* pixels: where the box's middle comes to stand */
  float width;      /* half the pen's, in pixels */
  float dark;       /* ink at the middle of a stroke */
  float jitter;     /* deviation of each point, in boxes */
} Hand;

static float normal(Rng *rng) { return (float)rng_next_normal(rng); }

static float between(Rng *rng, float low, float high) {
  return low + (high - low) * (float)rng_next_uniform(rng);
}

/* A normal draw that stays within two deviations: no digit is extremely distorted. */
static float tame(Rng *rng) {
  float draw = normal(rng);
  return draw < -2 ? -2 : draw > 2 ? 2 : draw;
}

static Hand draw_hand(Rng *rng, float margin) {
  float height = between(rng, 15, 21), width = height * between(rng, 0.5f, 0.95f);
  float slant = 0.04f + 0.2f * tame(rng), turn = 0.1f * tame(rng);
  float cosine = cosf(turn), sine = sinf(turn);
  Hand hand;
  hand.a = width * cosine;
  hand.b = -slant * height * cosine - height * sine; /* down the page a slanted stroke goes left */
  hand.c = width * sine;
  hand.d = -slant * height * sine + height * cosine;
  hand.left = SIDE / 2.0f + margin * tame(rng);
  hand.top = SIDE / 2.0f + margin * tame(rng);
  hand.width = between(rng, 0.65f, 1.6f);
  hand.dark = between(rng, 0.75f, 1.0f);
  hand.jitter = between(rng, 0.015f, 0.06f);
  return hand;
}

/* Lays ink along one straight piece; darker ink wins where strokes cross. */
static void draw_piece(float image[SIDE][SIDE], Point from, Point to, const Hand *hand) {
  float reach = hand->width + 1;
  float low_x = fminf(from.x, to.x) - reach, high_x = fmaxf(from.x, to.x) + reach;
  float low_y = fminf(from.y, to.y) - reach, high_y = fmaxf(from.y, to.y) + reach;
  int x0 = low_x < 0 ? 0 : (int)low_x, x1 = high_x > SIDE - 1 ? SIDE - 1 : (int)high_x;
  int y0 = low_y < 0 ? 0 : (int)low_y, y1 = high_y > SIDE - 1 ? SIDE - 1 : (int)high_y;
  float dx = to.x - from.x, dy = to.y - from.y, square = dx * dx + dy * dy + 1e-6f;
  for (int y = y0; y <= y1; y++)
    for (int x = x0; x <= x1; x++) {
      float px = (float)x - from.x, py = (float)y - from.y;
      float along = (px * dx + py * dy) / square;
      along = along < 0 ? 0 : along > 1 ? 1 : along;
      float ex = px - along * dx, ey = py - along * dy;
      float ink = hand->width + 0.5f - sqrtf(ex * ex + ey * ey);
      ink = hand->dark * (ink > 1 ? 1 : ink);
      if (ink > image[y][x]) image[y][x] = ink;
    }
}

/* The spline between b and c, with neighbours a and d, at 0 <= t <= 1. */
static Point spline(Point a, Point b, Point c, Point d, float t) {
  float t2 = t * t, t3 = t2 * t;
  float wa = -t3 + 2 * t2 - t, wb = 3 * t3 - 5 * t2 + 2, wc = -3 * t3 + 4 * t2 + t, wd = t3 - t2;
  return (Point){0.5f * (wa * a.x + wb * b.x + wc * c.x + wd * d.x),
                 0.5f * (wa * a.y + wb * b.y + wc * c.y + wd * d.y)};
}

static void draw_stroke(float image[SIDE][SIDE], const Point *points, int count, const Hand *hand) {
  for (int i = 0; i + 1 < count; i++) {
    Point before = points[i ? i - 1 : 0], after = points[i + 2 < count ? i + 2 : count - 1];
    Point from = points[i];
    for (int piece = 1; piece <= PIECES; piece++) {
      Point to = spline(before, points[i], points[i + 1], after, (float)piece / PIECES);
      draw_piece(image, from, to, hand);
      from = to;
    }
  }
}

/* Where the hand puts a point of the box. */
static Point place_point(const Hand *hand, Rng *rng, Point point) {
  float x = point.x - 0.5f + hand->jitter * tame(rng),
        y = point.y - 0.5f + hand->jitter * tame(rng);
  return (Point){hand->left + hand->a * x + hand->b * y, hand->top + hand->c * x + hand->d * y};
}

/* Strokes that met in the box meet on the paper too: the pen was not lifted. */
static void draw_way(float image[SIDE][SIDE], const Way *way, const Hand *hand, Rng *rng) {
  Point end = {0, 0}, end_placed = {0, 0};
  for (int s = 0; s < STROKES_MOST && way->strokes[s].count; s++) {
    const Stroke *stroke = &way->strokes[s];
    Point placed[POINTS_MOST];
    for (int i = 0; i < stroke->count; i++) placed[i] = place_point(hand, rng, stroke->points[i]);
    bool joined = s > 0 && stroke->points[0].x == end.x && stroke->points[0].y == end.y;
    if (joined) placed[0] = end_placed;
    draw_stroke(image, placed, stroke->count, hand);
    end = stroke->points[stroke->count - 1];
    end_placed = placed[stroke->count - 1];
  }
}

/* The grain of paper and pen: ink varies a little from pixel to pixel; bare paper stays 0. */
static void add_grain(float image[SIDE][SIDE], Rng *rng) {
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      if (image[y][x] > 0) {
        float grain = 0.1f * ((float)(rng_next(rng) >> 8) * 0x1p-24f - 0.5f);
        float ink = image[y][x] + grain;
        image[y][x] = ink < 0 ? 0 : ink > 1 ? 1 : ink;
      }
}

static int way_count(int label) {
  int count = 0;
  while (count < WAYS_MOST && ways[label][count].strokes[0].count) count++;
  return count;
}

static void draw_digit(float image[SIDE][SIDE], int label, Rng *rng) {
  memset(image, 0, sizeof(float) * SIDE * SIDE);
  int way = (int)rng_next_below(rng, (uint64_t)way_count(label));
  Hand hand = draw_hand(rng, 1.0f);
  draw_way(image, &ways[label][way], &hand, rng);
  add_grain(image, rng);
}

bool made_digits(MadeKey key, int64_t n, Dtype dtype, Tensor *x, Tensor *y, Diag *diag) {
  if (n < 0)
    return diag_fail(diag, STATUS_FAILED, (Span){0, 0, 0},
                     "the number of digits is %lld: it must be 0 or more", (long long)n);
  if (!tensor_new(x, dtype, &(Shape){3, {n, SIDE, SIDE}}, diag)) return false;
  if (!made_labels(key, n, CLASSES, y, diag)) {
    tensor_release(x);
    return false;
  }
  const int32_t *label = tensor_data(y);
  for (int64_t i = 0; i < n && !stop_wanted(); i++) {
    float image[SIDE][SIDE];
    Rng rng = rng_start(key.seed, key.count, (uint64_t)i + 1);
    draw_digit(image, label[i], &rng);
    if (dtype == DTYPE_F32) memcpy((float *)tensor_data(x) + i * SIDE * SIDE, image, sizeof image);
    else
      for (int j = 0; j < SIDE * SIDE; j++)
        tensor_set(x, i * SIDE * SIDE + j, (double)image[j / SIDE][j % SIDE]);
  }
  return made_whole(x, y, diag);
}
