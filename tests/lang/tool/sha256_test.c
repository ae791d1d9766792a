/* sha256_test.c — SHA-256 and HMAC against the vectors of FIPS 180-4 and RFC 4231. */
#include "lang/tool/sha256.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void digests(const char *text, size_t times, const char *wanted) {
  Sha256 sha;
  uint8_t digest[SHA256_BYTES];
  char hex[SHA256_HEX];
  sha256_start(&sha);
  for (size_t i = 0; i < times; i++) sha256_add(&sha, text, strlen(text));
  sha256_end(&sha, digest);
  for (int i = 0; i < SHA256_BYTES; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
  cr_assert_str_eq(hex, wanted, "%.20s, %zu times", text, times);
}

Test(sha256, fips) {
  digests("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  digests("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  digests("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  digests("aaaaaaaaaa", 100000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void authenticates(int byte, size_t length, const char *key, const char *text,
                          const char *wanted) {
  Hmac hmac;
  char long_key[200], hex[SHA256_HEX];
  memset(long_key, byte, sizeof long_key);
  hmac_start(&hmac, key ? key : long_key, length);
  hmac_add(&hmac, text, strlen(text));
  hmac_end(&hmac, hex);
  cr_assert_str_eq(hex, wanted, "%.20s", text);
}

Test(sha256, rfc_4231) {
  authenticates(0x0b, 20, NULL, "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  authenticates(0, 4, "Jefe", "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  authenticates(0xaa, 131, NULL, "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* A text may come in any pieces. */
Test(sha256, pieces) {
  char text[300];
  memset(text, 'q', sizeof text);
  for (size_t cut = 0; cut < sizeof text; cut += 7) {
    Sha256 whole, parts;
    uint8_t one[SHA256_BYTES], two[SHA256_BYTES];
    sha256_start(&whole);
    sha256_add(&whole, text, sizeof text);
    sha256_end(&whole, one);
    sha256_start(&parts);
    sha256_add(&parts, text, cut);
    sha256_add(&parts, text + cut, sizeof text - cut);
    sha256_end(&parts, two);
    cr_assert_arr_eq(one, two, SHA256_BYTES);
  }
}
