/* sha256.h — HMAC-SHA256, with which Jupyter signs its messages. */
#ifndef GD_LANG_SHA256_H
#define GD_LANG_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_BLOCK = 64, SHA256_HEX = 2 * SHA256_BYTES + 1 };

typedef struct Sha256 {
  uint32_t state[8];
  uint64_t length;             /* bytes added so far */
  uint8_t block[SHA256_BLOCK]; /* the incomplete block: length % SHA256_BLOCK bytes of it */
} Sha256;

void sha256_start(Sha256 *sha);
void sha256_add(Sha256 *sha, const void *bytes, size_t length);
void sha256_end(Sha256 *sha, uint8_t digest[SHA256_BYTES]);

typedef struct Hmac {
  Sha256 inner, outer;
} Hmac;

void hmac_start(Hmac *hmac, const void *key, size_t length);
void hmac_add(Hmac *hmac, const void *bytes, size_t length);
void hmac_end(Hmac *hmac, char hex[SHA256_HEX]); /* small letters, a NUL at the end */

#endif
