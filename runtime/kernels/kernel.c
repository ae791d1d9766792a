/* kernel.c — which kernel serves which row.
 *
 * The registry is an expansion of ops.def, so a row and its kernel cannot get out of step: a kernel
 * that is named in the table but not defined is a linker error.
 */
#include "runtime/kernels/kernel.h"
#include "runtime/opcodes.h"

Kernel kernel_map; /* of all elementwise rows */
#define MAP(ID, ...)
#define OP(ID, signature, kinds, infer, gradient, kernel, ...) Kernel kernel_##kernel;
#define FORM(ID, ...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM

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
