/* peak.h — what this machine can do at most, measured now; --dump=time compares a step's time with
 * it. */
#ifndef GD_RUNTIME_KERNELS_PEAK_H
#define GD_RUNTIME_KERNELS_PEAK_H

#include "runtime/kernels/kernel.h"

enum { PEAK_SETS = 6 }; /* 128 KiB, 512 KiB, 2 MiB, 8 MiB, 32 MiB, 128 MiB */

typedef struct Peak {
  int threads;          /* of the team that was measured */
  double operations[2]; /* a second: of floats of 32 bits, of 64; a multiply-add is two */
  int sets;             /* how many of the bandwidths were measured */
  /* bytes a second, read and written, in a working set of peak_set(i) bytes */
  double bandwidth[PEAK_SETS];
} Peak;

static inline int64_t peak_set(int i) { return INT64_C(1) << (17 + 2 * i); }

/* Measures, with the whole team, for some milliseconds; bandwidths for working sets up to `largest`
 * bytes. */
void peak_measure(Peak *peak, double largest);
/* The bandwidth of the largest set measured that is not larger than `bytes`. */
double peak_bandwidth(const Peak *peak, double bytes);

#endif
