/* sha256.c — SHA-256 (FIPS 180-4, section 6.2) and HMAC over it (RFC 2104).
 *
 * It is written here because the library at hand, OpenSSL, changes the name of its file with each
 * version, and would be a second library that a kernel cannot run without.  Messages are short: 10
 * MB take a twentieth of a second.  The test has the vectors of FIPS 180-4 and RFC 4231.
 */
#include "lang/tool/sha256.h"

#include <string.h>

/* The first 32 bits of the fractions of the cube roots of the first 64 primes. */
static const uint32_t ROUNDS[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/* The same of the square roots of the first eight. */
static const uint32_t FIRST[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static uint32_t turn(uint32_t x, int bits) { return x >> bits | x << (32 - bits); }

static void mix(uint32_t state[8], const uint8_t *block) {
  uint32_t w[64], s[8];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
           (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
  for (int i = 16; i < 64; i++)
    w[i] = w[i - 16] + w[i - 7] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) +
           (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
  memcpy(s, state, sizeof s);
  for (int i = 0; i < 64; i++) {
    uint32_t one = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) +
                   ((s[4] & s[5]) ^ (~s[4] & s[6])) + ROUNDS[i] + w[i];
    uint32_t two = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) +
                   ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += one;
    s[0] = one + two;
  }
  for (int i = 0; i < 8; i++) state[i] += s[i];
}

void sha256_start(Sha256 *sha) {
  memcpy(sha->state, FIRST, sizeof FIRST);
  sha->length = 0;
}

void sha256_add(Sha256 *sha, const void *bytes, size_t length) {
  const uint8_t *at = bytes;
  while (length > 0) {
    size_t used = sha->length % SHA256_BLOCK, part = SHA256_BLOCK - used;
    if (part > length) part = length;
    memcpy(sha->block + used, at, part);
    sha->length += part;
    at += part;
    length -= part;
    if (used + part == SHA256_BLOCK) mix(sha->state, sha->block);
  }
}

void sha256_end(Sha256 *sha, uint8_t digest[SHA256_BYTES]) {
  static const uint8_t padding[SHA256_BLOCK] = {0x80};
  uint64_t bits = sha->length * 8;
  size_t used = sha->length % SHA256_BLOCK;
  uint8_t count[8];
  for (int i = 0; i < 8; i++) count[i] = (uint8_t)(bits >> (56 - 8 * i));
  sha256_add(sha, padding, used < 56 ? 56 - used : 56 + SHA256_BLOCK - used);
  sha256_add(sha, count, sizeof count);
  for (int i = 0; i < SHA256_BYTES; i++)
    digest[i] = (uint8_t)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
}

void hmac_start(Hmac *hmac, const void *key, size_t length) {
  uint8_t block[SHA256_BLOCK] = {0};
  if (length > SHA256_BLOCK) {
    sha256_start(&hmac->inner);
    sha256_add(&hmac->inner, key, length);
    sha256_end(&hmac->inner, block);
  } else if (length) {
    memcpy(block, key, length);
  }
  for (int i = 0; i < SHA256_BLOCK; i++) block[i] ^= 0x36;
  sha256_start(&hmac->inner);
  sha256_add(&hmac->inner, block, sizeof block);
  for (int i = 0; i < SHA256_BLOCK; i++) block[i] ^= 0x36 ^ 0x5c;
  sha256_start(&hmac->outer);
  sha256_add(&hmac->outer, block, sizeof block);
}

void hmac_add(Hmac *hmac, const void *bytes, size_t length) {
  sha256_add(&hmac->inner, bytes, length);
}

void hmac_end(Hmac *hmac, char hex[SHA256_HEX]) {
  static const char digits[] = "0123456789abcdef";
  uint8_t digest[SHA256_BYTES];
  sha256_end(&hmac->inner, digest);
  sha256_add(&hmac->outer, digest, sizeof digest);
  sha256_end(&hmac->outer, digest);
  for (int i = 0; i < SHA256_BYTES; i++) {
    hex[2 * i] = digits[digest[i] >> 4];
    hex[2 * i + 1] = digits[digest[i] & 15];
  }
  hex[2 * SHA256_BYTES] = 0;
}
