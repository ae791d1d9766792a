/* rng.c — Philox 4x32-10 and what is made of its words.
 *
 * One loop makes sixteen blocks at a time, in lanes that the compiler turns into vector
 * instructions; everything else is a conversion of those 64 words.  Integer arithmetic and exactly
 * rounded float operations give the same bits on every machine.  That is why the logarithm, sine
 * and cosine of the normal draws are here too, and not the C library's: those differ from one
 * processor to the next in their last bit.
 *
 * Sources: Salmon et al. 2011 for the rounds and constants; Box and Muller, "A note on the
 * generation of random normal deviates", 1958; Abramowitz and Stegun 4.1.27 (logarithm by atanh),
 * 4.3.65 and 4.3.66 (sine, cosine); Lemire, "Fast random integer generation in an interval", 2019,
 * for bounded draws by multiplication.
 */
#include "runtime/base/rng.h"

#include "runtime/base/stop.h"

#include <math.h>
#include <string.h>

#include "runtime/base/isa.h"

enum { ROUNDS = 10, LANES = 16, WORDS = 4 * LANES };

static const uint32_t MULTIPLIER_0 = 0xD2511F53u, MULTIPLIER_1 = 0xCD9E8D57u;
/* golden ratio and sqrt(3) - 1: the key of the next round */
static const uint32_t WEYL_0 = 0x9E3779B9u, WEYL_1 = 0xBB67AE85u;

/* Ten rounds, written out by the compiler, so that a loop over counters becomes a loop over lanes.
 */
INLINE void scramble(const uint32_t key[2], uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3,
                     uint32_t words[4]) {
  uint32_t k0 = key[0], k1 = key[1];
#pragma GCC unroll 10
  for (int round = 0; round < ROUNDS; round++) {
    uint32_t high0 = (uint32_t)((uint64_t)MULTIPLIER_0 * c0 >> 32),
             high1 = (uint32_t)((uint64_t)MULTIPLIER_1 * c2 >> 32);
    /* apart: vector units have each half, not the whole */
    uint32_t low0 = MULTIPLIER_0 * c0, low1 = MULTIPLIER_1 * c2;
    c0 = high1 ^ c1 ^ k0, c1 = low1;
    c2 = high0 ^ c3 ^ k1, c3 = low0;
    k0 += WEYL_0, k1 += WEYL_1;
  }
  words[0] = c0, words[1] = c1, words[2] = c2, words[3] = c3;
}

void rng_block(const uint32_t key[2], const uint32_t counter[4], uint32_t words[4]) {
  scramble(key, counter[0], counter[1], counter[2], counter[3], words);
}

/* Blocks first .. first + 15 of a stream, in order. */
FOR_EACH_ISA(void, make_words,
             (const RngStream *stream, uint64_t first, uint32_t words[restrict WORDS]),
             (stream, first, words)) {
  for (int lane = 0; lane < LANES; lane++) {
    uint64_t block = first + (uint64_t)lane;
    scramble(stream->key, (uint32_t)block, (uint32_t)(block >> 32), stream->high[0],
             stream->high[1], words + 4 * lane);
  }
}

RngStream rng_stream(uint64_t seed, uint64_t count, uint64_t place) {
  uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)}, name[4];
  uint32_t counter[4] = {(uint32_t)count, (uint32_t)(count >> 32), (uint32_t)place,
                         (uint32_t)(place >> 32)};
  rng_block(key, counter, name);
  return (RngStream){{name[0], name[1]}, {name[2], name[3]}};
}

RngStream rng_stream_of(const int32_t key[4], uint64_t place) {
  uint64_t seed = (uint64_t)(uint32_t)key[0] | (uint64_t)(uint32_t)key[1] << 32;
  uint64_t count = (uint64_t)(uint32_t)key[2] | (uint64_t)(uint32_t)key[3] << 32;
  return rng_stream(seed, count, place);
}

/* ---- from words to numbers: each converts the 64 words of one make_words ---- */

typedef void Convert(const uint32_t words[WORDS], const int64_t bounds[2], void *out);

/* Elements first .. first + n - 1, `size` bytes each, where one batch of words makes `batch`
 * elements. */
static void fill(const RngStream *stream, int64_t first, int64_t n, int64_t batch, size_t size,
                 Convert *convert, const int64_t bounds[2], void *out) {
  uint32_t words[WORDS];
  _Alignas(64) char part[WORDS * sizeof(double)];
  char *to = out;
  int64_t end = first + n;
  for (int64_t at = first - first % batch; at < end; at += batch) {
    make_words(stream, (uint64_t)(at / batch) * LANES, words);
    int64_t from = at < first ? first : at, until = at + batch < end ? at + batch : end;
    bool whole = until - from == batch;
    convert(words, bounds, whole ? to : part);
    if (!whole) memcpy(to, part + (size_t)(from - at) * size, (size_t)(until - from) * size);
    to += (size_t)(until - from) * size;
  }
}

static void words_of(const uint32_t words[WORDS], const int64_t bounds[2], void *out) {
  (void)bounds;
  memcpy(out, words, WORDS * sizeof words[0]);
}

FOR_EACH_ISA(void, uniforms_f32, (const uint32_t words[WORDS], const int64_t bounds[2], void *out),
             (words, bounds, out)) {
  float *to = out;
  (void)bounds;
  for (int i = 0; i < WORDS; i++) to[i] = (float)(int32_t)(words[i] >> 8) * 0x1p-24f;
}

/* 27 bits of one word and 26 of the next. */
INLINE double bits53(uint32_t high, uint32_t low) {
  return (double)(int32_t)(high >> 5) * 0x1p26 + (double)(int32_t)(low >> 6);
}

FOR_EACH_ISA(void, uniforms_f64, (const uint32_t words[WORDS], const int64_t bounds[2], void *out),
             (words, bounds, out)) {
  double *to = out;
  (void)bounds;
  for (int i = 0; i < WORDS / 2; i++) to[i] = bits53(words[2 * i], words[2 * i + 1]) * 0x1p-53;
}

FOR_EACH_ISA(void, integers_of, (const uint32_t words[WORDS], const int64_t bounds[2], void *out),
             (words, bounds, out)) {
  int32_t *to = out;
  uint64_t width = (uint64_t)(bounds[1] - bounds[0]);
  for (int i = 0; i < WORDS / 2; i++) {
    uint64_t high = words[2 * i], low = words[2 * i + 1];
    uint64_t part = high * width + (low * width >> 32); /* below 2^64: width is at most 2^32 */
    to[i] = (int32_t)(bounds[0] + (int64_t)(part >> 32));
  }
}

/* ---- normals: a point of the plane with a normal radius and an even angle ---- */

enum { LOG_TERMS = 12, TRIG_TERMS = 9 };

/* -log(u) for u in (0, 1], to an error of about 1e-16: u = 2^e m with m near 1, log m = 2
 * atanh((m-1)/(m+1)). */
INLINE double minus_log(double u) {
  uint64_t bits;
  memcpy(&bits, &u, sizeof bits);
  /* so that m lies between sqrt(1/2) and sqrt(2) */
  int64_t shifted = (int64_t)(bits - 0x3FE6A09E667F3BCDu);
  int32_t exponent = (int32_t)(shifted >> 52);
  bits -= (uint64_t)(int64_t)exponent << 52;
  double m;
  memcpy(&m, &bits, sizeof m);
  double s = (m - 1) / (m + 1), square = s * s, sum = 0;
  for (int k = LOG_TERMS - 1; k >= 0; k--) sum = sum * square + 1.0 / (2 * k + 1);
  return -(double)exponent * 0x1.62e42fefa39efp-1 - 2 * s * sum;
}

/* Sine and cosine for |t| <= pi/4: their Taylor series, the rest is below 1e-18. */
INLINE void sine_cosine(double t, double *sine, double *cosine) {
  double square = t * t, s = 1, c = 1;
  for (int k = TRIG_TERMS; k >= 1; k--) {
    s = 1 - s * square * (1.0 / (2 * k * (2 * k + 1)));
    c = 1 - c * square * (1.0 / (2 * k * (2 * k - 1)));
  }
  *sine = t * s;
  *cosine = c;
}

/* Two normals of u in (0, 1], a quarter turn 0..3 and an angle within it, -1/2 to 1/2 of a quarter.
 */
INLINE void box_muller(double u, uint32_t quarter, double within, double *x, double *y) {
  double sine, cosine, radius = sqrt(2 * minus_log(u));
  sine_cosine(within * 0x1.921fb54442d18p+0, &sine, &cosine);
  double a = quarter & 1 ? sine : cosine, b = quarter & 1 ? cosine : sine;
  *x = (quarter + 1) & 2 ? -radius * a : radius * a;
  *y = quarter & 2 ? -radius * b : radius * b;
}

FOR_EACH_ISA(void, normals_f32, (const uint32_t words[WORDS], const int64_t bounds[2], void *out),
             (words, bounds, out)) {
  float *to = out;
  (void)bounds;
  for (int i = 0; i < WORDS / 2; i++) {
    uint32_t w = words[2 * i], angle = words[2 * i + 1];
    double x, y, u = ((double)(int32_t)(w >> 1) + 0.5) * 0x1p-31;
    box_muller(u, angle >> 30, (double)(int32_t)(angle & 0x3FFFFFFFu) * 0x1p-30 - 0.5, &x, &y);
    to[2 * i] = (float)x, to[2 * i + 1] = (float)y;
  }
}

FOR_EACH_ISA(void, normals_f64, (const uint32_t words[WORDS], const int64_t bounds[2], void *out),
             (words, bounds, out)) {
  double *to = out;
  (void)bounds;
  for (int i = 0; i < WORDS / 4; i++) {
    const uint32_t *w = words + 4 * i;
    double u = (bits53(w[0], w[1]) + 1) * 0x1p-53;
    double within = (double)(int32_t)(w[2] & 0x3FFFFFFFu) * 0x1p-30 + (double)w[3] * 0x1p-62 - 0.5;
    box_muller(u, w[2] >> 30, within, &to[2 * i], &to[2 * i + 1]);
  }
}

void rng_words(const RngStream *stream, int64_t first, int64_t n, uint32_t *out) {
  fill(stream, first, n, WORDS, sizeof *out, words_of, NULL, out);
}

void rng_uniform_f32(const RngStream *stream, int64_t first, int64_t n, float *out) {
  fill(stream, first, n, WORDS, sizeof *out, uniforms_f32, NULL, out);
}

void rng_uniform_f64(const RngStream *stream, int64_t first, int64_t n, double *out) {
  fill(stream, first, n, WORDS / 2, sizeof *out, uniforms_f64, NULL, out);
}

void rng_normal_f32(const RngStream *stream, int64_t first, int64_t n, float *out) {
  fill(stream, first, n, WORDS, sizeof *out, normals_f32, NULL, out);
}

void rng_normal_f64(const RngStream *stream, int64_t first, int64_t n, double *out) {
  fill(stream, first, n, WORDS / 2, sizeof *out, normals_f64, NULL, out);
}

void rng_integers(const RngStream *stream, int64_t first, int64_t n, int64_t low, int64_t high,
                  int32_t *out) {
  int64_t bounds[2] = {low, high};
  fill(stream, first, n, WORDS / 2, sizeof *out, integers_of, bounds, out);
}

void rng_permutation(const RngStream *stream, int64_t n, int64_t *out) {
  Rng rng = {.stream = *stream};
  for (int64_t i = 0; i < n && !stop_wanted(); i++) out[i] = i;
  for (int64_t i = n - 1; i > 0 && !stop_wanted(); i--) {
    int64_t j = (int64_t)rng_next_below(&rng, (uint64_t)i + 1), kept = out[i];
    out[i] = out[j];
    out[j] = kept;
  }
}

/* ---- one after the other ---- */

Rng rng_start(uint64_t seed, uint64_t count, uint64_t place) {
  return (Rng){.stream = rng_stream(seed, count, place)};
}

uint32_t rng_next(Rng *rng) {
  uint64_t block = rng->next / 4;
  if (rng->next % 4 == 0) {
    uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), rng->stream.high[0],
                           rng->stream.high[1]};
    rng_block(rng->stream.key, counter, rng->words);
  }
  return rng->words[rng->next++ % 4];
}

double rng_next_uniform(Rng *rng) {
  uint32_t high = rng_next(rng), low = rng_next(rng);
  return bits53(high, low) * 0x1p-53;
}

double rng_next_normal(Rng *rng) {
  uint32_t w = rng_next(rng), low = rng_next(rng), angle = rng_next(rng);
  double x, y;
  box_muller((bits53(w, low) + 1) * 0x1p-53, angle >> 30,
             (double)(int32_t)(angle & 0x3FFFFFFFu) * 0x1p-30 - 0.5, &x, &y);
  return x;
}

/* Multiplies 64 random bits by the bound and keeps the upper half.  The lower half tells whether
 * this number was among the first 2^64 mod bound, which would make some results likelier than
 * others: then draw again. */
uint64_t rng_next_below(Rng *rng, uint64_t bound) {
  uint64_t unfair = (0 - bound) % bound;
  for (;;) {
    uint64_t high = rng_next(rng), bits = high << 32 | rng_next(rng);
    Wide product = (Wide)bits * bound;
    if ((uint64_t)product >= unfair) return (uint64_t)(product >> 64);
  }
}

/* ---- orders that are computed ---- */

/* A Feistel network of two halves that differ by a bit at most permutes the numbers of so many bits
 * whatever its round function is (M. Luby and C. Rackoff, SIAM J. Comput. 17, 1988); a number that
 * is n or more is sent through again until one below n comes out, which permutes those (J. Black
 * and P. Rogaway, "Ciphers with Arbitrary Finite Domains", 2002).  Fewer than twice n numbers have
 * the bits, so that takes fewer than two turns in the mean. */
RngOrder rng_order(const RngStream *stream, int64_t n) {
  int bits = 2;
  while (bits < 62 && (int64_t)1 << bits < n) bits++;
  RngOrder order = {.n = n, .low = bits / 2, .high = bits - bits / 2};
  rng_words(stream, 0, RNG_ROUNDS, order.keys);
  return order;
}

enum { TOGETHER = 128 /* numbers that go through the network side by side */ };

typedef struct Halves {
  uint32_t low[TOGETHER], high[TOGETHER];
} Halves;

/* The finalizer of MurmurHash3 (A. Appleby), keyed. */
INLINE uint32_t round_of(uint32_t half, uint32_t key) {
  uint32_t word = half ^ key;
  word = (word ^ word >> 16) * 0x85EBCA6Bu;
  word = (word ^ word >> 13) * 0xC2B2AE35u;
  return word ^ word >> 16;
}

FOR_EACH_ISA(void, network, (Halves * halves, const RngOrder *order), (halves, order)) {
  uint32_t low_mask = (uint32_t)(((uint64_t)1 << order->low) - 1),
           high_mask = (uint32_t)(((uint64_t)1 << order->high) - 1);
  for (int round = 0; round < RNG_ROUNDS; round += 2) {
    uint32_t a = order->keys[round], b = order->keys[round + 1];
    for (int i = 0; i < TOGETHER; i++) {
      halves->low[i] ^= round_of(halves->high[i], a) & low_mask;
      halves->high[i] ^= round_of(halves->low[i], b) & high_mask;
    }
  }
}

/* Sends the numbers through, again and again those that are n or more. */
static void send_through(const RngOrder *order, uint64_t *numbers, int count) {
  int places[TOGETHER];
  Halves halves = {0};
  for (int i = 0; i < count; i++) places[i] = i;
  for (int left = count; left;) {
    for (int i = 0; i < left; i++) {
      halves.low[i] = (uint32_t)(numbers[places[i]] & (((uint64_t)1 << order->low) - 1));
      halves.high[i] = (uint32_t)(numbers[places[i]] >> order->low);
    }
    network(&halves, order);
    int beyond = 0;
    for (int i = 0; i < left; i++) {
      uint64_t number = (uint64_t)halves.high[i] << order->low | halves.low[i];
      numbers[places[i]] = number;
      if (number >= (uint64_t)order->n) places[beyond++] = places[i];
    }
    left = beyond;
  }
}

void rng_order_some(const RngOrder *order, int64_t first, int64_t count, int64_t *out) {
  uint64_t numbers[TOGETHER];
  for (int64_t done = 0; done < count; done += TOGETHER) {
    int some = count - done < TOGETHER ? (int)(count - done) : TOGETHER;
    for (int i = 0; i < some; i++) numbers[i] = (uint64_t)(first + done + i);
    send_through(order, numbers, some);
    for (int i = 0; i < some; i++) out[done + i] = (int64_t)numbers[i];
  }
}

int64_t rng_order_at(const RngOrder *order, int64_t place) {
  int64_t number;
  rng_order_some(order, place, 1, &number);
  return number;
}
