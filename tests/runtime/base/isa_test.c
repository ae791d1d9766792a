/* isa_test.c — the instruction set found is the one the compiler's own questions find; a lesser one
 * can be chosen. */
#include "runtime/base/isa.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#if defined(__x86_64__)

Test(isa, the_compiler_agrees) {
  __builtin_cpu_init();
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
              __builtin_cpu_supports("bmi2");
  bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                __builtin_cpu_supports("avx512vl");
  cr_assert_eq(isa_best(), avx512 ? ISA_AVX512 : avx2 ? ISA_AVX2 : ISA_PLAIN);
}

#endif

FOR_EACH_ISA(double, sum_of, (const double *x, int64_t n), (x, n)) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += x[i];
  return sum;
}

/* the set that GD_ISA asks for, at most the best one */
static Isa wished(void) {
  const char *wish = getenv("GD_ISA");
  Isa isa = wish ? isa_named(wish) : ISA_UNKNOWN;
  return isa == ISA_UNKNOWN || isa > isa_best() ? isa_best() : isa;
}

Test(isa, every_version_runs_what_is_written_once) {
  static const double numbers[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  isa_choose(ISA_UNKNOWN);
  cr_assert_eq(isa_level(), wished());
  for (int isa = ISA_PLAIN; isa < ISA_COUNT; isa++) {
    isa_choose((Isa)isa);
    cr_assert_leq(isa_level(), isa_best());
    cr_assert_eq(sum_of(numbers, COUNT_OF(numbers)), 45);
  }
  isa_choose(ISA_UNKNOWN);
  cr_assert_eq(isa_level(), wished());
}
