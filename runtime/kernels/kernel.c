/* kernel.c — which kernel serves which row, how a kernel tells a fault, and the floating-point mode.
 *
 * The registry is an expansion of ops.def, so a row and its kernel cannot get out of step: a kernel that is named in
 * the table and not written anywhere is an error of the linker.
 *
 * Flush-to-zero: subnormal floats (below 1.2e-38 in f32) cost a hundred times a normal operation on many processors and
 * mean nothing in training, so tensor kernels treat them as zero, on every machine alike (faults.md, D5).  The numbers
 * of a script keep them, hence the mode is set where kernels begin and put back where they end.
 */
#include "runtime/kernels/kernel.h"

#include <pthread.h>
#include <stdio.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#define kernel_NONE NULL
#define MAP(ID, ...) [OP_##ID] = kernel_map,
#define OP(ID, signature, kinds, infer, gradient, kernel, ...) [OP_##ID] = kernel_##kernel,
#define FORM(ID, ...)
static Kernel *const KERNELS[OP_COUNT + 1] = {
#include "runtime/ops.def"
};
#undef MAP
#undef OP
#undef FORM
#undef kernel_NONE

Kernel *kernel_of(Op op) { return op < OP_COUNT ? KERNELS[op] : NULL; }

void kernel_fault(Call *call, const char *format, ...) {
  static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&first);
  if (!call->fault->status) {
    va_list list;
    va_start(list, format);
    vsnprintf(call->fault->message, sizeof call->fault->message, format, list);
    va_end(list);
    call->fault->status = STATUS_FAILED;
    call->fault->place = 0;
  }
  pthread_mutex_unlock(&first);
}

void kernel_fault_at(Call *call, int input, int64_t element) {
  call->fault->input = input;
  call->fault->place = element + 1;
}

#if defined(__x86_64__)

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
