/* symmetric.h — the product of a matrix with its own transpose, in half of the multiplications. */
#ifndef GD_RUNTIME_KERNELS_SYMMETRIC_H
#define GD_RUNTIME_KERNELS_SYMMETRIC_H

#include "runtime/kernels/product.h"

/* Is it x x' or x' x, large enough to pay? */
bool symmetric_suits(const Product *product);
/* Such a product on the team, to the bits of product_run, by `block`, which is product_block;
 * finish: as of product_run_then, or NULL. */
void symmetric_run(const Product *product, void (*block)(const Product *product, const Part *part),
                   void (*finish)(void *context, int64_t row, int64_t rows), void *context);

#endif
