/* memory_test.c — the budget, arenas, and hashing. */
#include "runtime/base/base.h"

#include <criterion/criterion.h>
#include <string.h>

Test(memory, the_budget_says_no_and_takes_back) {
  mem_budget(1000);
  size_t before = mem_used_bytes();
  cr_assert_eq(before, 0u);
  cr_assert(mem_reserve(600));
  cr_assert_not(mem_reserve(401));
  cr_assert_not(mem_reserve(SIZE_MAX));
  cr_assert(mem_reserve(400));
  cr_assert_eq(mem_used_bytes(), 1000u);
  mem_charge(500); /* what is too small to refuse may go over */
  cr_assert_not(mem_reserve(1));
  mem_release(1500);
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(memory, a_budget_is_found_where_none_is_set) {
  cr_assert_gt(mem_budget_bytes(), (size_t)1 << 20);
  mem_budget(12345);
  cr_assert_eq(mem_budget_bytes(), 12345u);
}

#if !defined(__SANITIZE_ADDRESS__)
/* A large piece let go is the next one of about its size; never one that is too small, nor more
 * than an eighth of the budget. */
Test(memory, large_pieces_wait) {
  const size_t large = 20 << 20;
  mem_budget(1 << 30);
  char *memory = mem_align64(large);
  memset(memory, 1, large);
  uint64_t before = mem_allocations();
  mem_free64(memory, large);
  cr_assert_eq((char *)mem_align64(large - 1000), memory);
  mem_free64(memory, large - 1000);
  char *more = mem_align64(2 * large), *less = mem_align64(large / 3);
  cr_assert(more != memory && less != memory, "too large, much too small");
  cr_assert_eq((char *)mem_align64(large), memory);
  cr_assert_eq(mem_allocations(), before + 2);
  memset(memory, 2, large);
  mem_free(more), mem_free(less);
  mem_budget((size_t)8 * large - 1);
  mem_free64(memory, large); /* over an eighth of the budget: given back */
  before = mem_allocations();
  mem_free(mem_align64(large));
  cr_assert_eq(mem_allocations(), before + 1);
  mem_free64(NULL, large);
}
#endif

Test(memory, lines_of_64_bytes) {
  for (size_t size = 0; size < 300; size += 7) {
    char *memory = mem_align64(size);
    cr_assert_eq((uintptr_t)memory % 64, 0u);
    memset(memory, 1, size);
    mem_free(memory);
  }
  cr_assert_null(mem_try64(SIZE_MAX - 3));
}

Test(memory, every_allocation_is_counted) {
  uint64_t before = mem_allocations();
  void *all[] = {mem_alloc(1), mem_zero(1),       mem_align64(1),
                 mem_try64(1), mem_grow(NULL, 1), mem_text("", 0)};
  for (int i = 0; i < COUNT_OF(all); i++) mem_free(all[i]);
  cr_assert_eq(mem_allocations() - before, (uint64_t)COUNT_OF(all));
}

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true /* whose allocator ends the process in its own words */
#else
#define SANITIZED false
#endif

Test(memory, the_end_is_status_71, .exit_code = 71, .disabled = SANITIZED) {
  mem_alloc((size_t)1 << 62);
}

Test(arena, memory_is_cleared_aligned_and_apart) {
  Arena arena = {0};
  for (int round = 0; round < 3; round++) {
    unsigned char *all[500];
    for (size_t i = 0; i < 500; i++) {
      size_t size = i * i % 777;
      all[i] = arena_alloc(&arena, size);
      cr_assert_eq((uintptr_t)all[i] % 16, 0u);
      for (size_t j = 0; j < size; j++) cr_assert_eq(all[i][j], 0);
      memset(all[i], (int)i, size);
    }
    for (size_t i = 0; i < 500; i++)
      for (size_t j = 0; j < i * i % 777; j++) cr_assert_eq(all[i][j], (unsigned char)i);
    arena_reset(&arena);
    cr_assert_eq(arena.total, 0u);
  }
  char *large = arena_alloc(&arena, 10 << 20);
  large[(10 << 20) - 1] = 1;
  arena_reset(&arena);
  cr_assert_null(arena.chunk, "a chunk of 10 MiB is not kept");
  cr_assert_str_eq(arena_text(&arena, "word and more", 4), "word");
  arena_free(&arena);
}

Test(memory, what_is_touched_is_resident) {
  enum { BYTES = 8 << 20 };
  size_t before = mem_resident();
  char *memory = mem_align64(BYTES);
  memset(memory, 1, BYTES);
  size_t with = mem_resident();
  mem_free64(memory, BYTES);
  if (!before) cr_skip_test("the system does not tell");
  cr_assert(with >= before + BYTES / 8 * 7, "%zu, then %zu", before, with);
}

Test(memory, a_block_of_large_pages_is_used_again) {
  enum { BYTES = 13 << 20 };
  char *first = mem_align64(BYTES);
  mem_free64(first, BYTES);
  uint64_t asked = mem_allocations();
  char *second = mem_align64(BYTES - 4096);
#if !defined(__SANITIZE_ADDRESS__)
  cr_assert_eq(second, first);
  cr_assert_eq(mem_allocations(), asked);
#endif
  (void)asked;
  mem_free64(second, BYTES - 4096);
}

Test(memory, filled_pages_are_counted) {
  cr_assert_eq(mem_taken(0), 64);
  cr_assert_eq(mem_taken(65), 128);
  cr_assert_eq(mem_taken(40140800), 40 << 20, "whole large pages");
  cr_assert_eq(mem_taken(9 << 20), 9 << 20, "the last would be half empty");
}

Test(hash, every_byte_and_the_length_count) {
  char bytes[40] = {0};
  for (size_t length = 0; length < sizeof bytes; length++) {
    uint64_t plain = hash_bytes(bytes, length, 1);
    cr_assert_neq(plain, hash_bytes(bytes, length, 2));
    if (length + 1 < sizeof bytes) cr_assert_neq(plain, hash_bytes(bytes, length + 1, 1));
    for (size_t bit = 0; bit < 8 * length; bit++) {
      bytes[bit / 8] ^= (char)(1 << bit % 8);
      cr_assert_neq(plain, hash_bytes(bytes, length, 1), "length %zu bit %zu", length, bit);
      bytes[bit / 8] ^= (char)(1 << bit % 8);
    }
  }
}

/* 65,536 numbers as names, into 65,536 buckets: about 1/e of them stay empty if the hash is any
 * good. */
Test(hash, spreads_names) {
  enum { COUNT = 65536 };
  static unsigned char taken[COUNT];
  int empty = 0;
  for (int i = 0; i < COUNT; i++) taken[hash_bytes(&i, sizeof i, 9) % COUNT] = 1;
  for (int i = 0; i < COUNT; i++) empty += !taken[i];
  cr_assert(empty > 23000 && empty < 25200, "%d empty", empty);
}
