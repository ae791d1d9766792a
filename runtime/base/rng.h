/* rng.h — random numbers that can be asked for in any order.
 *
 * The generator is Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
 * 1, 2, 3", SC 2011): a function that scrambles a 128-bit counter under a 64-bit key.  There is no
 * state to carry along, so element 1,000,000 of a draw can be computed alone, threads may share a
 * draw in any way, and a run that is resumed from step k draws what it would have drawn.
 *
 * A *stream* is one endless sequence of words: it is named by the seed, a count (how many draws
 * came since `seed`, or the step of a training) and a place (which draw of the step).  Those 192
 * bits are themselves scrambled to the stream's key and the upper half of its counter; the lower
 * half counts blocks of four words.
 *
 * What element i is made of, for each kind, so that another program can make the same:
 *   uniform f32   word i, its upper 24 bits over 2^24
 *   uniform f64   words 2i, 2i+1: 53 bits over 2^53
 *   integer       words 2i, 2i+1 as a 64-bit number, times the width, upper half (the bias is below
 *                 width / 2^64)
 *   normal f32    words 2j, 2j+1 make elements 2j and 2j+1 (Box and Muller 1958)
 *   normal f64    words 4j..4j+3 make elements 2j, 2j+1
 */
#ifndef GD_RUNTIME_BASE_RNG_H
#define GD_RUNTIME_BASE_RNG_H

#include "runtime/base/base.h"

typedef struct RngStream {
  uint32_t key[2];  /* of Philox */
  uint32_t high[2]; /* words 2 and 3 of every counter; words 0 and 1 are the number of the block */
} RngStream;

/* The bare scrambler: four words out of a key and a counter. */
void rng_block(const uint32_t key[2], const uint32_t counter[4], uint32_t words[4]);

RngStream rng_stream(uint64_t seed, uint64_t count, uint64_t place);
/* key: {seed low, high, count low, high}, as DRAW gets it */
RngStream rng_stream_of(const int32_t key[4], uint64_t place);

/* Each writes elements first .. first + n - 1 of the stream's sequence of that kind. */
void rng_words(const RngStream *stream, int64_t first, int64_t n, uint32_t *out);
/* in [0, 1) */
void rng_uniform_f32(const RngStream *stream, int64_t first, int64_t n, float *out);
/* in [0, 1) */
void rng_uniform_f64(const RngStream *stream, int64_t first, int64_t n, double *out);
/* mean 0, variance 1, |x| < 6.7 */
void rng_normal_f32(const RngStream *stream, int64_t first, int64_t n, float *out);
/* mean 0, variance 1, |x| < 8.6 */
void rng_normal_f64(const RngStream *stream, int64_t first, int64_t n, double *out);
/* Integers in [low, high), 0 < high - low <= 2^32. */
void rng_integers(const RngStream *stream, int64_t first, int64_t n, int64_t low, int64_t high,
                  int32_t *out);

/* The numbers 0 .. n-1 in an order drawn uniformly from all (Fisher and Yates, without bias). */
/* after a stop (stop.h) its result is invalid */
void rng_permutation(const RngStream *stream, int64_t n, int64_t *out);

/* The numbers 0 .. n-1 in an order that is computed, not kept: what stands at a place is a function
 * of the stream and the place.  For orders of many: of few numbers not every order comes up.
 * n >= 1. */
enum { RNG_ROUNDS = 8 };
typedef struct RngOrder {
  int64_t n;
  int low, high; /* bits of the two halves */
  uint32_t keys[RNG_ROUNDS];
} RngOrder;

RngOrder rng_order(const RngStream *stream, int64_t n);
/* what stands at the places first … first + count - 1 */
void rng_order_some(const RngOrder *order, int64_t first, int64_t count, int64_t *out);
int64_t rng_order_at(const RngOrder *order, int64_t place); /* one place; as slow as a hundred */

/* The same words one after the other, for code that draws as it goes along. */
typedef struct Rng {
  RngStream stream;
  uint64_t next;     /* the word to be drawn next */
  uint32_t words[4]; /* the block that holds it, where next % 4 is not 0 */
} Rng;

Rng rng_start(uint64_t seed, uint64_t count, uint64_t place);
uint32_t rng_next(Rng *rng);
double rng_next_uniform(Rng *rng); /* in [0, 1), 53 bits */
double rng_next_normal(Rng *rng);
/* uniform in [0, bound); bound > 0 */
uint64_t rng_next_below(Rng *rng, uint64_t bound);

#endif
