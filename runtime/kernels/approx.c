/* approx.c — the functions of approx.h that need branches or loops: digamma and its derivatives.
 *
 * Both move the argument up to where an asymptotic series converges at once (Abramowitz and Stegun
 * 6.3.18, 6.4.11; for polygamma by Euler and Maclaurin's sum of the Hurwitz zeta function, 23.2)
 * and use, below 0, the reflection (6.3.7) or the same recurrence.  Relative errors are near 1e-14
 * away from the zeros.
 */
#include "runtime/kernels/approx.h"

enum { SERIES_FROM = 12, SHIFTS_MOST = 100000, ORDER_MOST = 150 };
static const double PI = 3.14159265358979323846;

/* Near its root above 0, where the sum of the recurrence is all rounding: the Taylor series about
 * the root, whose coefficients are psi_k(root) / k! (the pole at 0 is 1.46 away, so each term is at
 * most 0.15 of the one before). */
static const double ROOT = 1.4616321449683622, ROOT_REST = 9.549995429965697e-17, NEAR_ROOT = 0.2;

static double near_root(double a) {
  static const double TAYLOR[] = {
      0.9676722454476212,      -0.44276316898359208,    0.25849976095565103,
      -0.16394270544240652,    0.10782405069126237,     -0.072199561256454714,
      0.04880428816414311,     -0.033161126474847362,   0.022597648232218104,
      -0.01542476590494896,    0.010538791616612175,    -0.0072045343863568687,
      0.0049267813957298533,   -0.0033698016554393282,  0.002305126326734928,
      -0.0015769367714301972,  0.0010788252019162967,   -0.00073807093899600515,
      0.00050495326583460199,  -0.00034546802510630769, 0.00023635601564027053,
      -0.00016170622091974803,
  };
  double h = (a - ROOT) - ROOT_REST, sum = 0;
  for (int k = (int)(sizeof TAYLOR / sizeof TAYLOR[0]); k-- > 0;) sum = TAYLOR[k] + h * sum;
  return h * sum;
}

double digamma_f64(double a) {
  if (a == 0) return copysign(HUGE_VAL, -a);
  if (a < 0) {
    double whole;
    if (modf(a, &whole) == 0) return (double)NAN; /* a pole, with both signs around it */
    double part = a - rint(a); /* exact, also just below 0; tan(PI a) has the period 1 */
    return digamma_f64(1 - a) - PI / tan(PI * part);
  }
  if (fabs(a - ROOT) < NEAR_ROOT) return near_root(a);
  double sum = 0;
  for (; a < SERIES_FROM; a++) sum -= 1 / a;
  double z = 1 / (a * a);
  double series =
      z * (1.0 / 12 -
           z * (1.0 / 120 -
                z * (1.0 / 252 -
                     z * (1.0 / 240 - z * (1.0 / 132 - z * (691.0 / 32760 - z * (1.0 / 12)))))));
  return sum + (log(a) - 0.5 / a - series);
}

double polygamma_f64(double order, double a) {
  if (!(order >= 1) || order > ORDER_MOST || order != floor(order) || a != a || a < -SHIFTS_MOST)
    return (double)NAN;
  /* psi_n(a) = (-1)^(n+1) n! zeta(n + 1, a), zeta(s, a) = sum over k of (a + k)^-s */
  double s = order + 1, sum = 0;
  for (; a < SERIES_FROM + order; a++) sum += pow(a, -s);
  /* B(2k) / (2k)! */
  static const double BERNOULLI[] = {1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600,
                                     1.0 / 47900160};
  double power = pow(a, -s), rising = s;
  sum += power * (a / order + 0.5);
  for (int k = 0; k < 5; k++) {
    power /= a;
    sum += BERNOULLI[k] * rising * power;
    power /= a;
    rising *= (s + 2 * k + 1) * (s + 2 * k + 2);
  }
  return (fmod(order, 2) == 1 ? 1 : -1) * tgamma(s) * sum;
}
