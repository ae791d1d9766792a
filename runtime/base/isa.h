/* isa.h — one function, compiled for several instruction sets.
 *
 * FOR_EACH_ISA before a function's definition makes the compiler write it three times (AVX-512, AVX2, the plain
 * machine) and choose once, when the program is loaded.  Functions that carry it must give the same bits on
 * each: the order of additions is written out in lanes, and -ffp-contract=off keeps multiply and add apart.
 * Helpers they call are INLINE, or they would be compiled for the plain machine only.
 *
 * gcc on x86-64 does this; elsewhere, and under the sanitizers (which cannot run so early in a program's
 * life), there is one version.
 */
#ifndef GD_RUNTIME_BASE_ISA_H
#define GD_RUNTIME_BASE_ISA_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FOR_EACH_ISA __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), optimize("O3")))
#else
#define FOR_EACH_ISA
#endif

#define INLINE static inline __attribute__((always_inline))

#endif
