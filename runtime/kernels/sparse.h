/* sparse.h — a pass of the matrix product that leaves out the zeros of a.  product.c alone calls
 * it. */
#ifndef GD_RUNTIME_KERNELS_SPARSE_H
#define GD_RUNTIME_KERNELS_SPARSE_H

#include "runtime/kernels/product.h"

/* Works out one pass (the terms of `part`, summed from zero and then stored or added to c) if a is
 * sparse enough there for that to pay; else it returns false, having read a sample of a, and at
 * worst all of it, and written nothing. */
bool sparse_pass(const Product *product, const Part *part, bool add);

#endif
