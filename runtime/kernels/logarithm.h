/* logarithm.h — log of doubles, to the bases 2 and 10 too, and log(1 + x), as straight lines of
 * arithmetic, for vector instructions.
 *
 * log: a double is 2^k m with m from 0.6875 to 1.375, which lies in one of 128 intervals, each with
 * a number of 17 bits near 1 / m.  So r = m times that, less 1, is at most 2^-7, and exact but for
 * a last rounding; log(x) = k log 2 + (the interval's logarithm) + log(1 + r) (Tang, ACM TOMS
 * 16(4), 1990).  Around 1 the interval's number is 1, so r is x - 1 and the result has all its
 * digits.  Whole numbers are never negative, as in exponential.h, and a multiply-add is fused only
 * where fma_f64 says so (bits.h), so every instruction set gives the same bits.
 */
#ifndef GD_RUNTIME_KERNELS_LOGARITHM_H
#define GD_RUNTIME_KERNELS_LOGARITHM_H

#include "runtime/kernels/bits.h"

#include <float.h>
#include <math.h>

/* clang-format off */
/* near 1 / m, of 17 bits … */
static const double INVERSES[128] = {
    0x1.734f000000000p+0, 0x1.7138000000000p+0, 0x1.6f26000000000p+0, 0x1.6d1a000000000p+0,
    0x1.6b15000000000p+0, 0x1.6914000000000p+0, 0x1.671a000000000p+0, 0x1.6525000000000p+0,
    0x1.6335000000000p+0, 0x1.614b000000000p+0, 0x1.5f66000000000p+0, 0x1.5d86000000000p+0,
    0x1.5bac000000000p+0, 0x1.59d6000000000p+0, 0x1.5805000000000p+0, 0x1.5639000000000p+0,
    0x1.5472000000000p+0, 0x1.52b0000000000p+0, 0x1.50f2000000000p+0, 0x1.4f39000000000p+0,
    0x1.4d84000000000p+0, 0x1.4bd4000000000p+0, 0x1.4a28000000000p+0, 0x1.4880000000000p+0,
    0x1.46dd000000000p+0, 0x1.453e000000000p+0, 0x1.43a2000000000p+0, 0x1.420b000000000p+0,
    0x1.4078000000000p+0, 0x1.3ee9000000000p+0, 0x1.3d5e000000000p+0, 0x1.3bd6000000000p+0,
    0x1.3a52000000000p+0, 0x1.38d2000000000p+0, 0x1.3756000000000p+0, 0x1.35dd000000000p+0,
    0x1.3468000000000p+0, 0x1.32f6000000000p+0, 0x1.3187000000000p+0, 0x1.301d000000000p+0,
    0x1.2eb5000000000p+0, 0x1.2d51000000000p+0, 0x1.2bf0000000000p+0, 0x1.2a92000000000p+0,
    0x1.2937000000000p+0, 0x1.27e0000000000p+0, 0x1.268b000000000p+0, 0x1.253a000000000p+0,
    0x1.23eb000000000p+0, 0x1.22a0000000000p+0, 0x1.2158000000000p+0, 0x1.2012000000000p+0,
    0x1.1ecf000000000p+0, 0x1.1d8f000000000p+0, 0x1.1c52000000000p+0, 0x1.1b18000000000p+0,
    0x1.19e0000000000p+0, 0x1.18ab000000000p+0, 0x1.1779000000000p+0, 0x1.1649000000000p+0,
    0x1.151c000000000p+0, 0x1.13f1000000000p+0, 0x1.12c9000000000p+0, 0x1.11a3000000000p+0,
    0x1.1080000000000p+0, 0x1.0f5f000000000p+0, 0x1.0e40000000000p+0, 0x1.0d24000000000p+0,
    0x1.0c0a000000000p+0, 0x1.0af3000000000p+0, 0x1.09de000000000p+0, 0x1.08cb000000000p+0,
    0x1.07ba000000000p+0, 0x1.06ab000000000p+0, 0x1.059f000000000p+0, 0x1.0495000000000p+0,
    0x1.038c000000000p+0, 0x1.0286000000000p+0, 0x1.0182000000000p+0, 0x1p+0, 0x1p+0,
    0x1.fa12000000000p-1, 0x1.f632000000000p-1, 0x1.f260000000000p-1, 0x1.ee9c000000000p-1,
    0x1.eae8000000000p-1, 0x1.e742000000000p-1, 0x1.e3aa000000000p-1, 0x1.e01e000000000p-1,
    0x1.dca0000000000p-1, 0x1.d930000000000p-1, 0x1.d5ca000000000p-1, 0x1.d272000000000p-1,
    0x1.cf26000000000p-1, 0x1.cbe6000000000p-1, 0x1.c8b2000000000p-1, 0x1.c58a000000000p-1,
    0x1.c26c000000000p-1, 0x1.bf58000000000p-1, 0x1.bc50000000000p-1, 0x1.b952000000000p-1,
    0x1.b65e000000000p-1, 0x1.b374000000000p-1, 0x1.b094000000000p-1, 0x1.adbe000000000p-1,
    0x1.aaf2000000000p-1, 0x1.a82e000000000p-1, 0x1.a574000000000p-1, 0x1.a2c2000000000p-1,
    0x1.a01a000000000p-1, 0x1.9d7a000000000p-1, 0x1.9ae2000000000p-1, 0x1.9852000000000p-1,
    0x1.95cc000000000p-1, 0x1.934c000000000p-1, 0x1.90d4000000000p-1, 0x1.8e66000000000p-1,
    0x1.8bfc000000000p-1, 0x1.899c000000000p-1, 0x1.8742000000000p-1, 0x1.84f0000000000p-1,
    0x1.82a4000000000p-1, 0x1.8060000000000p-1, 0x1.7e22000000000p-1, 0x1.7bec000000000p-1,
    0x1.79ba000000000p-1, 0x1.7790000000000p-1, 0x1.756c000000000p-1};
/* … less its logarithm, to a multiple of 2^-42 … */
static const double LOGS[128] = {
    -0x1.7cc7d5db46000p-2, -0x1.77003cb910000p-2, -0x1.713e2fa46a000p-2, -0x1.6b84a0cfd5000p-2,
    -0x1.65d692d49e000p-2, -0x1.602bc0aed5000p-2, -0x1.5a8cd1bbed000p-2, -0x1.54f447b7be000p-2,
    -0x1.4f6248bb7b000p-2, -0x1.49d9e13bc0000p-2, -0x1.44585a0527000p-2, -0x1.3eddda3bd6000p-2,
    -0x1.396d7b59b1000p-2, -0x1.3401852ae9000p-2, -0x1.2e9d0dcdea000p-2, -0x1.29403db144000p-2,
    -0x1.23eb3d91c4000p-2, -0x1.1e9e367889000p-2, -0x1.195647b9b3000p-2, -0x1.14169cf367000p-2,
    -0x1.0edc4e0b68000p-2, -0x1.09aa8f2e6b000p-2, -0x1.047e70cde8000p-2, -0x1.feb0233e60000p-3,
    -0x1.f4756534d8000p-3, -0x1.ea46b1efee000p-3, -0x1.e01df461b4000p-3, -0x1.d6080bf8c0000p-3,
    -0x1.cbfeec9da0000p-3, -0x1.c202d6b17e000p-3, -0x1.b8140b0b16000p-3, -0x1.ae2c4ef670000p-3,
    -0x1.a452502e3c000p-3, -0x1.9a8650dea6000p-3, -0x1.90c8939f9c000p-3, -0x1.8712bf7508000p-3,
    -0x1.7d6ba3ca88000p-3, -0x1.73ccd874e2000p-3, -0x1.6a3689ab26000p-3, -0x1.60b65c0a5c000p-3,
    -0x1.5738609014000p-3, -0x1.4dca449754000p-3, -0x1.446579dc22000p-3, -0x1.3b0a2e755c000p-3,
    -0x1.31b890d394000p-3, -0x1.2877bbc0b6000p-3, -0x1.1f3a0e5f02000p-3, -0x1.160d9824a0000p-3,
    -0x1.0ce498dc1a000p-3, -0x1.03cd40a51a000p-3, -0x1.f58187d7f8000p-4, -0x1.e3706ee304000p-4,
    -0x1.d175b081a8000p-4, -0x1.bf91af6940000p-4, -0x1.adc4cee574000p-4, -0x1.9c0f72d47c000p-4,
    -0x1.8a6377a914000p-4, -0x1.78cfaa63d8000p-4, -0x1.675470927c000p-4, -0x1.55e37850b0000p-4,
    -0x1.448bc03ca8000p-4, -0x1.333ed78174000p-4, -0x1.220bddc6fc000p-4, -0x1.10e4433cb0000p-4,
    -0x1.ffae9119b8000p-5, -0x1.ddac7dc648000p-5, -0x1.bbc2bfc450000p-5, -0x1.9a103b5630000p-5,
    -0x1.787735a020000p-5, -0x1.5716d4c038000p-5, -0x1.35d11fa8f8000p-5, -0x1.14a68e3ef0000p-5,
    -0x1.e72f328120000p-6, -0x1.a5497488a0000p-6, -0x1.63db778650000p-6, -0x1.22a811fa00000p-6,
    -0x1.c2e2384180000p-7, -0x1.416b1f9060000p-7, -0x1.80de213cc0000p-8, 0, 0,
    0x1.7db6f5f8c0000p-7, 0x1.3ccb043c10000p-6, 0x1.b9e8027e20000p-6, 0x1.1b15d89350000p-5,
    0x1.58a63afc90000p-5, 0x1.95c290ed10000p-5, 0x1.d26758b160000p-5, 0x1.0759935990000p-4,
    0x1.254062f0a8000p-4, 0x1.42e64bec28000p-4, 0x1.606c5a94e8000p-4, 0x1.7dae56d934000p-4,
    0x1.9abc1463fc000p-4, 0x1.b79412bcd8000p-4, 0x1.d434cd6730000p-4, 0x1.f09cbc0254000p-4,
    0x1.066e412d3c000p-3, 0x1.1479784688000p-3, 0x1.22663190ae000p-3, 0x1.303ce98e4c000p-3,
    0x1.3dfd030ed8000p-3, 0x1.4ba5df3a04000p-3, 0x1.5936dd9a32000p-3, 0x1.66af5c2792000p-3,
    0x1.740eb7540e000p-3, 0x1.815df21470000p-3, 0x1.8e92dde888000p-3, 0x1.9bb69ae886000p-3,
    0x1.a8bed7c882000p-3, 0x1.b5b4d1e8fc000p-3, 0x1.c2980d58e8000p-3, 0x1.cf680ce200000p-3,
    0x1.dc1a3a0ae6000p-3, 0x1.e8c2352aea000p-3, 0x1.f55575662a000p-3, 0x1.00e4985b6c000p-2,
    0x1.071dddfd85000p-2, 0x1.0d46dd79ac000p-2, 0x1.1369b4296e000p-2, 0x1.1980f2dd43000p-2,
    0x1.1f91a1e4e2000p-2, 0x1.2596410df9000p-2, 0x1.2b93e7aba3000p-2, 0x1.31850495d0000p-2,
    0x1.37742a2c61000p-2, 0x1.3d565a5c5c000p-2, 0x1.4330caa0bb000p-2};
/* … and the rest of that */
static const double LOGS_REST[128] = {
    -0x1.059ebed21a2d6p-46, 0x1.1506e72e507c3p-47, -0x1.5b9b260293f1bp-46,
    -0x1.b8c763a28d496p-47, 0x1.1e60051554a13p-45, 0x1.a53299049fe2cp-44,
    -0x1.6038742507ac8p-44, 0x1.0fb5530ccd276p-45, 0x1.ae3b6e53017b8p-44,
    -0x1.16b8c396d5e6bp-46, -0x1.944777a84ca8cp-45, 0x1.714a2c1b43336p-45,
    0x1.4b02c1829b660p-44, 0x1.9fc832d19e510p-44, -0x1.bec542ddb0dcdp-45, 0x1.0699283fafb85p-45,
    -0x1.0a249af518006p-44, -0x1.f45475b87c132p-46, 0x1.896bc36478f15p-44,
    -0x1.ec080eeda7de4p-48, 0x1.ffd4817b5e31dp-44, 0x1.abd6a2f88de5cp-46,
    -0x1.b7be26fc852cep-46, -0x1.f316e32d5e8c7p-45, 0x1.8ce3b1d0075a6p-44,
    -0x1.6b68d497bbdcbp-48, -0x1.1cd54e3911124p-45, -0x1.20f635304cd14p-45,
    0x1.eb725aeb8a87ep-45, -0x1.923e6ac71954ep-46, -0x1.3270291dcd6afp-44,
    -0x1.b28d3f2aa3c59p-44, 0x1.27660da58cc13p-44, 0x1.80f47b55db803p-44,
    -0x1.1335b446c3741p-44, 0x1.3f707cc3c768bp-44, 0x1.25d31cc9f6cfap-44,
    -0x1.a19b0b09fdd7dp-44, 0x1.83c228a0d05a0p-45, 0x1.42e5dd596dfc6p-44, 0x1.165501abd3fc3p-44,
    -0x1.4e3ef40fd3a90p-45, -0x1.eec7ab57b84cbp-46, -0x1.4d29e3d04ec62p-44,
    -0x1.dd2c461d6e26cp-45, -0x1.74be8dfa16db8p-44, 0x1.d9e6832e1d3a1p-44,
    0x1.51e5ed7dabfaap-44, -0x1.df3268f3514f4p-44, -0x1.81a979c146707p-44,
    0x1.10b7775e3899bp-47, -0x1.fed09cb978024p-46, 0x1.2bceca14e0734p-44,
    -0x1.ddcd059845c86p-45, -0x1.c17ccdfb50df1p-45, -0x1.d48f676b5eab2p-44,
    -0x1.c28bb5a46418ap-44, 0x1.94c959a092f20p-44, 0x1.518dfd0183afcp-47, 0x1.138027e684b83p-45,
    -0x1.db18064fdeb60p-44, -0x1.82b773b88fdbep-44, 0x1.d01e8335e4ef2p-45,
    0x1.8ef69296a3466p-44, -0x1.303374262c554p-45, 0x1.9f8b140e59482p-44, 0x1.7d18691417dafp-46,
    0x1.2c3a4a70d3b20p-44, 0x1.8aa7f92ff563cp-44, -0x1.abb976786d0a2p-47,
    -0x1.3b704fd0261c7p-44, -0x1.44fe89ffd4f97p-45, -0x1.f145a379992cep-44,
    0x1.89d04de0648ccp-47, -0x1.bd58b61f506a8p-44, 0x1.6455e504fc574p-46, 0x1.8950b309aa2dap-46,
    -0x1.5db6fda8a1a30p-44, -0x1.19dca101cdc80p-47, 0, 0, 0x1.b9d840748ca0ep-45,
    -0x1.22cb350ddfd8dp-44, -0x1.b9c9bb4f4fcfcp-44, -0x1.13ea842a027a8p-44,
    -0x1.656e6d58c041cp-46, -0x1.98ab7f2d35adap-44, 0x1.21f91f44bb9f9p-44,
    -0x1.b0ecfe4604432p-44, 0x1.416fe50bf3c56p-44, -0x1.9188e4249d675p-44,
    0x1.5292075665322p-46, -0x1.cac86f43c1d8cp-44, -0x1.79171ca0d03a2p-45,
    0x1.8a82bfd3615f0p-46, 0x1.7bc9ecd3d322bp-45, 0x1.e4247e9577786p-45, -0x1.650ea9f71aa62p-45,
    0x1.ab21c0820b429p-45, 0x1.596e8a3e0d005p-44, 0x1.025f6c31cabb9p-44, -0x1.cb144b686618fp-46,
    0x1.b9a3c69363383p-45, -0x1.9dc954aa776e5p-45, -0x1.4db8e44950281p-44,
    0x1.bc979c6007c5bp-44, -0x1.75256d92bec69p-45, 0x1.902abfd25a3dcp-45,
    -0x1.073c57ce45926p-44, 0x1.eb185cf770f25p-44, 0x1.3c8dc20fee737p-44,
    -0x1.dfe20bf067217p-44, 0x1.44a14d7187873p-44, -0x1.4178471a81993p-46,
    -0x1.27d6ed05822d9p-45, 0x1.101438adbd445p-45, -0x1.8d4755bce7d5dp-47,
    0x1.6459eebab1a3dp-44, 0x1.e5906872c81ffp-45, -0x1.977a13c647652p-45,
    -0x1.24262183a4308p-44, -0x1.17dd97615905fp-47, 0x1.8e7c177a43938p-44,
    0x1.a26cf6f90d899p-45, 0x1.807adf756f48dp-44, 0x1.1f3201bc4f554p-44, -0x1.df35e81128443p-47,
    0x1.25731cd21d67dp-44};
/* clang-format on */

/* The logarithm without the terms of r from the second on: k log 2 + (the interval's) + r; what
 * the sum lost; r; and what r lost. */
typedef struct Logarithm {
  double sum, lost, r, r_lost;
} Logarithm;

static inline Logarithm logarithm_parts(double a) {
  const uint64_t first = 0x3fe6000000000000u, one = 0x3ff0000000000000u;
  const double scaled = a < DBL_MIN ? a * 0x1p54 : a; /* subnormals */
  const uint64_t bits = (uint64_t)wide_bits_of(scaled), exponent = (bits + (one - first)) >> 52,
                 j = (bits - first) >> 45 & 127, part = bits - ((exponent - 1023) << 52);
  const double k = double_of((int64_t)(0x4330000000000000u | exponent)) -
                   (4503599627370496.0 + 1023) - (a < DBL_MIN ? 54 : 0);
  /* 26 bits of m, so that its product is exact, and the rest */
  const double m = double_of((int64_t)part),
               high = double_of((int64_t)(part & ~UINT64_C(0x7ffffff))),
               above = high * INVERSES[j] - 1, below = (m - high) * INVERSES[j], r = above + below;
  /* log 2 to a multiple of 2^-42 too: this sum is exact */
  const double whole = k * 0x1.62e42fefa38p-1 + LOGS[j], sum = whole + r;
  return (Logarithm){sum, (whole - sum) + r + (k * 0x1.ef35793c7673p-45 + LOGS_REST[j]), r,
                     (above - r) + below};
}
/* log(1 + r) = r - r^2 / 2 + r^3 times this, with what stands behind r^8 in `eighth`. */
static inline double logarithm_series(double r, double eighth) {
  return 1.0 / 3 + r * (-0.25 + r * (0.2 + r * (-1.0 / 6 + r * (1.0 / 7 + r * eighth))));
}
/* What log, or a multiple of it, is of 0, of infinity and of what has none. */
static inline double logarithm_at_ends(double a, double result) {
  result = a == HUGE_VAL ? HUGE_VAL : result;
  result = a == 0 ? -HUGE_VAL : result;
  return a >= 0 ? result : (double)NAN;
}
/* log of a positive number, not infinite: within 0.61 units in the last place. */
static inline double logarithm_inside(double a) {
  const Logarithm of = logarithm_parts(a);
  const double terms = of.r * of.r * (-0.5 + of.r * logarithm_series(of.r, -1.0 / 8));
  return of.sum + (of.lost + terms);
}
static inline double logarithm_f64(double a) { return logarithm_at_ends(a, logarithm_inside(a)); }

/* log(a) of a positive number as a double and, in *rest, what is below its last place, together
 * right to 2^-66 or so: r^2 / 2 is taken apart, and its first part is exact. */
static inline double logarithm_long(double a, double *rest) {
  const Logarithm of = logarithm_parts(a);
  const double r = of.r, high = double_of(wide_bits_of(r) & -((int64_t)1 << 27)),
               half = 0.5 * high * high, less = 0.5 * (r - high) * (r + high);
  const double third = r * r * (r * logarithm_series(r, -1.0 / 8 + r * (1.0 / 9 - r * 0.1))),
               sum = of.sum - half,
               low = ((of.sum - sum) - half) +
                     (of.lost + (third + (of.r_lost - of.r_lost * r - less))),
               result = sum + low;
  *rest = (sum - result) + low;
  return result;
}
/* log(a) times factor + factor_rest, rounded once. */
static inline double logarithm_times(double a, double factor, double factor_rest) {
  double rest, first = logarithm_long(a, &rest), product = first * factor;
  rest = fma_f64(first, factor, -product) + (first * factor_rest + rest * factor);
  return logarithm_at_ends(a, product + rest);
}
static inline double logarithm_to_2(double a) {
  return logarithm_times(a, 0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56);
}
static inline double logarithm_to_10(double a) {
  return logarithm_times(a, 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57);
}

/* log(1 + x): what 1 + x lost, c, adds c / (1 + x). */
static inline double logarithm_beside_1(double a) {
  const double sum = 1 + a, lost = a < 1 ? a - (sum - 1) : 1 - (sum - a);
  const double result = logarithm_f64(sum) + lost / sum;
  const double kept = a == 0 || a == HUGE_VAL ? a : result;
  return a == -1 ? -HUGE_VAL : kept;
}

#endif
