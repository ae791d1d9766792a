/* hash.c — a seeded hash of bytes, and how far apart two names are.
 *
 * `hash_bytes` reads eight bytes at a time and mixes each into the state by the 128-bit product of
 * `hash_mix`; the length goes in at the end, so that "a" and "a\0" differ. It is seeded because
 * names come from scripts and files: without the seed an attacker cannot build 50,000 names that
 * fall into one bucket (FAULTS.md, B14).  The value differs between machines of unlike byte order;
 * nothing that is stored depends on it.
 *
 * `text_distance` is the restricted Damerau-Levenshtein distance ("optimal string
 * alignment": G. Navarro, A guided tour to approximate string matching, 2001, section 2):
 * insertion, deletion, substitution and the swap of two neighbours cost one each.
 */
#include "runtime/base/base.h"
#include "runtime/base/isa.h"

#include <string.h>

static uint64_t read_word(const unsigned char *bytes, size_t length) {
  uint64_t word = 0;
  memcpy(&word, bytes, length < 8 ? length : 8);
  return word;
}

uint64_t hash_bytes(const void *bytes, size_t length, uint64_t seed) {
  const unsigned char *at = bytes;
  uint64_t state = hash_mix(seed, 0x2545f4914f6cdd1du);
  size_t left = length;
  for (; left > 8; left -= 8, at += 8)
    state = hash_mix(state ^ read_word(at, 8), state + 0x632be59bd9b4e019u);
  if (left) state = hash_mix(state ^ read_word(at, left), state + 0x632be59bd9b4e019u);
  return hash_mix(state ^ (uint64_t)length, seed);
}

enum { LANES = 32, BLOCK = 8 * LANES };

FOR_EACH_ISA(void, hash_blocks, (uint64_t lanes[LANES], const unsigned char *at, size_t count),
             (lanes, at, count)) {
  uint64_t states[LANES];
  memcpy(states, lanes, sizeof states);
  for (size_t i = 0; i < count; i++, at += BLOCK) {
    for (int k = 0; k < LANES; k++) {
      uint64_t word;
      memcpy(&word, at + 8 * k, 8);
      word = (states[k] ^ word) * 0x9e3779b97f4a7c15u; /* odd: no word is lost */
      states[k] = word ^ word >> 32;
    }
  }
  memcpy(lanes, states, sizeof states);
}

/* Many states in turn, each with its own words: a step of one does not wait for the others', and
 * vectors have several.  Whole numbers: the same on every instruction set. */
uint64_t hash_memory(const void *bytes, size_t length, uint64_t seed) {
  const unsigned char *at = bytes;
  uint64_t lanes[LANES], rest = length % BLOCK;
  for (int k = 0; k < LANES; k++) lanes[k] = hash_mix(seed, (uint64_t)k + 1);
  hash_blocks(lanes, at, length / BLOCK);
  uint64_t state = hash_bytes(at + (length - rest), rest, seed);
  for (int k = 0; k < LANES; k++) state = hash_mix(state, lanes[k]);
  return hash_mix(state, (uint64_t)length);
}

enum { DISTANCE_LENGTH = 96 }; /* longer names are not worth a suggestion */

static int least(int a, int b) { return a < b ? a : b; }

int text_distance(const char *a, const char *b, int limit) {
  size_t rows = strnlen(a, DISTANCE_LENGTH + 1), columns = strnlen(b, DISTANCE_LENGTH + 1);
  size_t apart = rows > columns ? rows - columns : columns - rows;
  if (limit < 0 || rows > DISTANCE_LENGTH || columns > DISTANCE_LENGTH || apart > (size_t)limit)
    return limit + 1;
  int table[3][DISTANCE_LENGTH + 1]; /* the current row and the two before it */
  int *before = table[0], *last = table[1], *row = table[2];
  for (size_t j = 0; j <= columns; j++) last[j] = (int)j;
  for (size_t i = 1; i <= rows; i++) {
    row[0] = (int)i;
    for (size_t j = 1; j <= columns; j++) {
      int cost = last[j - 1] + (a[i - 1] != b[j - 1]);
      cost = least(cost, least(last[j], row[j - 1]) + 1);
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      row[j] = swapped ? least(cost, before[j - 2] + 1) : cost;
    }
    int *oldest = before;
    before = last;
    last = row;
    row = oldest;
  }
  return least(last[columns], limit + 1);
}
