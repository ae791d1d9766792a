/* isa.h — one function, compiled for several instruction sets.
 *
 * FOR_EACH_ISA stands before a function's body in place of its head.  It writes the function three
 * times (AVX-512, AVX2, the plain machine), a table of the three, and the function itself, which
 * calls the one for this processor:
 *
 *   FOR_EACH_ISA(void, scale, (float *x, int64_t n, float by), (x, n, by)) {
 *     for (int64_t i = 0; i < n; i++) x[i] *= by;
 *   }
 *
 * Such a function is static, and must give the same bits on each: the order of additions is written
 * out in lanes, and -ffp-contract=off keeps multiply and add apart (tests/runtime/kernels/trial.h
 * runs kernels on each).  Helpers it calls are INLINE, or they would be compiled for the plain
 * machine only.
 *
 * The compiler's own way, the attribute target_clones, chooses while the program is loaded: it runs
 * a dozen CPUID instructions at every start, each of which takes microseconds in a virtual machine,
 * and it is not available under sanitizers and clang.
 */
#ifndef GD_RUNTIME_BASE_ISA_H
#define GD_RUNTIME_BASE_ISA_H

#include "runtime/base/base.h"

#include <stdatomic.h>

/* from AVX2 on: x86-64-v3 and -v4 */
typedef enum Isa { ISA_UNKNOWN, ISA_PLAIN, ISA_AVX2, ISA_AVX512, ISA_COUNT } Isa;

/* the best that this processor and its system can run; they are asked once */
Isa isa_best(void);
/* what runs from now on, at most isa_best(); ISA_UNKNOWN: what GD_ISA says, or that */
void isa_choose(Isa isa);
Isa isa_named(const char *name); /* "baseline", "avx2", "avx512"; ISA_UNKNOWN: no such set */
/* whether the processor is a virtual machine's; false where that cannot be asked */
bool isa_virtual(void);

extern _Atomic Isa isa_chosen; /* isa_level's */

/* What FOR_EACH_ISA and the kernels run. */
static inline Isa isa_level(void) {
  if (UNLIKELY(atomic_load_explicit(&isa_chosen, memory_order_relaxed) == ISA_UNKNOWN))
    isa_choose(ISA_UNKNOWN);
  return atomic_load_explicit(&isa_chosen, memory_order_relaxed);
}

#define INLINE static inline __attribute__((always_inline))

/* These are all inner loops.  clang knows no such attribute, and under sanitizers it would only
 * make building slow. */
#if defined(__clang__) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ISA_LOOPS
#else
#define ISA_LOOPS __attribute__((optimize("O3")))
#endif

#if defined(__x86_64__)
#define FOR_EACH_ISA(TYPE, NAME, PARAMS, ARGS) \
  ISA_VERSIONS(TYPE, ISA_RETURN_##TYPE, NAME, PARAMS, ARGS)
#define ISA_VERSIONS(TYPE, RETURN, NAME, PARAMS, ARGS)                                   \
  INLINE TYPE NAME##_body PARAMS;                                                        \
  ISA_LOOPS static TYPE NAME##_plain PARAMS { RETURN NAME##_body ARGS; }                 \
  ISA_LOOPS __attribute__((target("arch=x86-64-v3"))) static TYPE NAME##_avx2 PARAMS {   \
    RETURN NAME##_body ARGS;                                                             \
  }                                                                                      \
  ISA_LOOPS __attribute__((target("arch=x86-64-v4"))) static TYPE NAME##_avx512 PARAMS { \
    RETURN NAME##_body ARGS;                                                             \
  }                                                                                      \
  static TYPE(*const NAME##_versions[ISA_COUNT])                                         \
      PARAMS = {NULL, NAME##_plain, NAME##_avx2, NAME##_avx512};                         \
  static TYPE NAME PARAMS { RETURN NAME##_versions[isa_level()] ARGS; }                  \
  INLINE TYPE NAME##_body PARAMS
#define ISA_RETURN_void
#define ISA_RETURN_bool return
#define ISA_RETURN_double return
#else
#define FOR_EACH_ISA(TYPE, NAME, PARAMS, ARGS) ISA_LOOPS static TYPE NAME PARAMS
#endif

#endif
