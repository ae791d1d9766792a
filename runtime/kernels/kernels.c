/* kernels.c — the state in which kernels run: the floating-point mode.
 *
 * Flush-to-zero: subnormal floats (below 1.2e-38 in f32) cost a hundred times a normal operation on
 * many processors and mean nothing in training, so tensor kernels treat them as zero, on every
 * machine alike (FAULTS.md, D5).  Numbers of a script keep subnormals, so the mode is set on entry
 * to kernels and restored on exit.
 */
#include "runtime/kernels/kernels.h"

#if defined(__x86_64__)
#include <xmmintrin.h>

enum { FLUSH_TO_ZERO = 1 << 15, DENORMALS_ARE_ZERO = 1 << 6 }; /* bits of MXCSR */

unsigned kernels_enter(void) {
  unsigned mode = _mm_getcsr();
  _mm_setcsr(mode | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
  return mode;
}

void kernels_leave(unsigned mode) { _mm_setcsr(mode); }

#elif defined(__aarch64__)

unsigned kernels_enter(void) {
  unsigned long mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  __asm__ volatile("msr fpcr, %0" : : "r"(mode | 1ul << 24)); /* FZ: inputs and results */
  return (unsigned)mode;
}

void kernels_leave(unsigned mode) { __asm__ volatile("msr fpcr, %0" : : "r"((unsigned long)mode)); }

#else

unsigned kernels_enter(void) { return 0; }
void kernels_leave(unsigned mode) { (void)mode; }

#endif
