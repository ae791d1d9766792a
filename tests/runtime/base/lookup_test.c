/* lookup_test.c — what was put is found, in the order of putting, under whatever hash. */
#include "runtime/base/lookup.h"

#include <criterion/criterion.h>

Test(lookup, nothing_is_found_in_an_empty_one) {
  Lookup lookup = {0};
  uint32_t at = 0, number;
  cr_assert_not(lookup_next(&lookup, 7, &at, &number));
  lookup_clear(&lookup);
  lookup_free(&lookup);
}

/* Many hashes share a home, and each has several numbers: they come in order while the table grows
 * around its end. */
Test(lookup, numbers_of_a_hash_come_in_their_order) {
  Lookup lookup = {0};
  for (uint32_t n = 0; n < 3000; n++)
    lookup_put(&lookup, (uint64_t)(n % 100) << 61 | (uint64_t)(n % 50) << 33, n);
  for (uint32_t kind = 0; kind < 100; kind++) {
    uint32_t at = 0, number, before = 0, found = 0;
    while (lookup_next(&lookup, (uint64_t)kind << 61 | (uint64_t)(kind % 50) << 33, &at, &number)) {
      cr_assert(found++ == 0 || number > before);
      before = number;
      if (number % 100 != kind)
        cr_assert_eq((uint64_t)(number % 100) << 61 | (uint64_t)(number % 50) << 33,
                     (uint64_t)kind << 61 | (uint64_t)(kind % 50) << 33);
    }
    cr_assert_geq(found, 30);
  }
  lookup_free(&lookup);
}

Test(lookup, cleared_it_is_empty_and_may_be_filled_again) {
  Lookup lookup = {0};
  for (uint32_t n = 0; n < 100; n++) lookup_put(&lookup, hash_mix(n, 1), n);
  lookup_clear(&lookup);
  uint32_t at = 0, number;
  cr_assert_not(lookup_next(&lookup, hash_mix(5, 1), &at, &number));
  lookup_put(&lookup, hash_mix(5, 1), 17);
  at = 0;
  cr_assert(lookup_next(&lookup, hash_mix(5, 1), &at, &number));
  cr_assert_eq(number, 17);
  cr_assert_not(lookup_next(&lookup, hash_mix(5, 1), &at, &number));
  lookup_free(&lookup);
}
