/* isa.c — which instruction set this processor has.
 *
 * Asked when a function of several versions first runs, not when the program is loaded.  The
 * instruction CPUID is read here and not through the compiler's __builtin_cpu_supports, because
 * using that builtin adds CPUID calls to every program start.
 *
 * A set counts only when the system saves its registers too (XGETBV).  Source: Intel's Software
 * Developer's Manual, volume 2, CPUID; the levels v3 and v4 are those of the System V ABI for
 * x86-64, section 3.1.1.
 */
#include "runtime/base/isa.h"

#include <stdlib.h>
#include <string.h>

_Atomic Isa isa_chosen;

#if defined(__x86_64__)

#include <cpuid.h>

enum { BIT_HYPERVISOR = 31 };                  /* of ECX of leaf 1: set by every hypervisor */
enum { STATE_AVX = 0x6, STATE_AVX512 = 0xe6 }; /* bits of XCR0: registers that the system saves */

/* The registers that the system saves when it changes tasks. */
static unsigned saved_state(void) {
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static bool all_of(unsigned word, unsigned bits) { return (word & bits) == bits; }

static Isa ask(void) {
  unsigned a, b, first, c, d, leaf7, extended;
  if (!__get_cpuid(1, &a, &b, &first, &d) || !__get_cpuid_count(7, 0, &a, &leaf7, &c, &d) ||
      !__get_cpuid(0x80000001, &a, &b, &extended, &d))
    return ISA_PLAIN;
  if (!all_of(first, bit_OSXSAVE | bit_AVX | bit_FMA | bit_F16C | bit_MOVBE) ||
      !all_of(leaf7, bit_AVX2 | bit_BMI | bit_BMI2) || !all_of(extended, bit_LZCNT))
    return ISA_PLAIN;
  unsigned state = saved_state();
  if (!all_of(state, STATE_AVX)) return ISA_PLAIN;
  if (!all_of(state, STATE_AVX512) ||
      !all_of(leaf7, bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL))
    return ISA_AVX2;
  return ISA_AVX512;
}

bool isa_virtual(void) {
  static _Atomic int known; /* 0: not asked yet, 1: no, 2: yes */
  int answer = atomic_load_explicit(&known, memory_order_relaxed);
  if (answer == 0) {
    unsigned a, b, c, d;
    answer = __get_cpuid(1, &a, &b, &c, &d) && c >> BIT_HYPERVISOR & 1 ? 2 : 1;
    atomic_store_explicit(&known, answer, memory_order_relaxed);
  }
  return answer == 2;
}

#else

static Isa ask(void) { return ISA_PLAIN; }

bool isa_virtual(void) { return false; }

#endif

Isa isa_best(void) {
  static _Atomic Isa known; /* threads that ask at once find the same */
  Isa best = atomic_load_explicit(&known, memory_order_relaxed);
  if (best == ISA_UNKNOWN) atomic_store_explicit(&known, best = ask(), memory_order_relaxed);
  return best;
}

Isa isa_named(const char *name) {
  static const char *const names[ISA_COUNT] = {"", "baseline", "avx2", "avx512"};
  for (int isa = ISA_PLAIN; isa < ISA_COUNT; isa++)
    if (strcmp(name, names[isa]) == 0) return (Isa)isa;
  return ISA_UNKNOWN;
}

void isa_choose(Isa isa) {
  Isa best = isa_best();
  const char *wish = isa == ISA_UNKNOWN ? getenv("GD_ISA") : NULL;
  if (wish) isa = isa_named(wish);
  atomic_store_explicit(&isa_chosen, isa == ISA_UNKNOWN || isa > best ? best : isa,
                        memory_order_relaxed);
}
