/* peak.c — what this machine can do at most: multiply-adds, and bytes moved, a second.
 *
 * A bound is useful only if it was measured on the same machine, at the same time and with the same
 * number of threads as what it is compared with; tables of processors know neither the current
 * clock rate nor the load.  So it is measured each time, in a few milliseconds:
 *
 *   operations   the tile of the matrix product (tiles.h) at its largest, on data that stay in the
 *                first cache
 *   bandwidth    memcpy and memcmp, whichever is faster, over working sets that grow by four.
 *                Cache sizes are not queried: a virtual machine may report wrong ones, and shares
 *                the last level.  The bandwidth of a set of 8 MiB is measured with 8 MiB.
 *
 * Work is given to the team in more blocks than it has threads, round by round, and the best round
 * counts: any disturbance only makes a round slower.
 */
#include "runtime/kernels/peak.h"
#include "runtime/base/clock.h"
#include "runtime/kernels/team.h"
#include "runtime/kernels/tiles.h"

#include <string.h>

enum {
  TERMS = 96, /* of a tile's sums: its part of a and b stay in the first cache */
  CALLS = 40, /* of the tile in a block */
  BLOCKS_A_THREAD = 4,
  ROUNDS = 12,
  BLOCK_BYTES = 4 << 20 /* that a block moves at least, by going over its part of the set again */
};

/* Seconds of the best round. */
static double best_round(int64_t blocks, int rounds, void (*task)(void *context, int64_t block),
                         void *context) {
  double best = 0;
  for (int round = 0; round < rounds; round++) {
    double start = clock_seconds();
    team_run(blocks, task, context);
    double taken = clock_seconds() - start;
    if (round == 0 || taken < best) best = taken;
  }
  return best > 0 ? best : 1e-9;
}

/* ---- operations ---- */

typedef struct Multiply {
  const Tiles *tiles;
  const void *a, *b; /* [rows, TERMS], [TERMS, 2 vectors]; read by all */
  char *c;           /* [rows, 2 vectors] for each block */
  size_t c_bytes;
} Multiply;

static void multiply(void *context, int64_t block) {
  const Multiply *work = context;
  const Tiles *tiles = work->tiles;
  TileJob job = {.k = TERMS,
                 .a = work->a,
                 .b = work->b,
                 .c = work->c + (size_t)block * work->c_bytes,
                 .a_stride = TERMS,
                 .b_stride = 2 * tiles->width,
                 .c_stride = 2 * tiles->width,
                 .last = tiles->width};
  for (int i = 0; i < CALLS; i++) tiles->tile[tiles->rows - 1][0][1](&job);
}

static double operations_of(Dtype dtype) {
  const Tiles *tiles = tiles_for(tiles_set(), dtype);
  int64_t blocks = BLOCKS_A_THREAD * team_size();
  size_t a_bytes = TILE_ROWS_MOST * TERMS * sizeof(double), b_bytes = 2 * VECTOR_BYTES * TERMS,
         c_bytes = TILE_ROWS_MOST * 2 * VECTOR_BYTES;
  char *room = mem_align64(a_bytes + b_bytes + (size_t)blocks * c_bytes);
  memset(room, 0, a_bytes + b_bytes + (size_t)blocks * c_bytes);
  Multiply work = {tiles, room, room + a_bytes, room + a_bytes + b_bytes, c_bytes};
  double seconds = best_round(blocks, ROUNDS, multiply, &work);
  mem_free(room);
  return 2.0 * tiles->rows * (2 * tiles->width) * TERMS * CALLS * (double)blocks / seconds;
}

/* ---- bandwidth ---- */

typedef struct Move {
  char *set;
  size_t part; /* bytes of a block; half of them from, half to */
  int passes;
  bool compare; /* reads both halves, else copies one to the other */
  bool differ;  /* never, the set being all zero; so that the comparison is made */
} Move;

static void move(void *context, int64_t block) {
  Move *work = context;
  char *from = work->set + (size_t)block * work->part, *to = from + work->part / 2;
  for (int pass = 0; pass < work->passes; pass++) {
    if (!work->compare) memcpy(to, from, work->part / 2);
    else if (memcmp(to, from, work->part / 2) != 0) work->differ = true;
  }
}

static double bandwidth_of(char *set, size_t bytes) {
  int64_t blocks = team_size();
  Move work = {.set = set, .part = bytes / (size_t)blocks & ~(size_t)127};
  work.passes = 1 + (int)(BLOCK_BYTES / work.part);
  int rounds = bytes > 16 << 20 ? 2 : ROUNDS;
  double copied = best_round(blocks, rounds, move, &work);
  work.compare = true;
  double compared = best_round(blocks, rounds, move, &work);
  return (double)work.part * (double)blocks * work.passes / (copied < compared ? copied : compared);
}

/* As many sets as are of use and the budget grants; the first, which is small, in any case. */
static void measure_bandwidth(Peak *peak, double largest) {
  int sets = 1;
  while (sets < PEAK_SETS && (double)peak_set(sets) <= largest) sets++;
  while (sets > 1 && !mem_reserve((size_t)peak_set(sets - 1))) sets--;
  size_t bytes = (size_t)peak_set(sets - 1);
  char *set = mem_align64(bytes);
  memset(set, 0, bytes);
  for (int i = 0; i < sets; i++) peak->bandwidth[i] = bandwidth_of(set, (size_t)peak_set(i));
  peak->sets = sets;
  mem_free(set);
  if (sets > 1) mem_release(bytes);
}

void peak_measure(Peak *peak, double largest) {
  *peak = (Peak){.threads = team_size()};
  peak->operations[0] = operations_of(DTYPE_F32);
  peak->operations[1] = operations_of(DTYPE_F64);
  measure_bandwidth(peak, largest);
}

double peak_bandwidth(const Peak *peak, double bytes) {
  int i = 0;
  while (i + 1 < peak->sets && (double)peak_set(i + 1) <= bytes) i++;
  return peak->bandwidth[i];
}
