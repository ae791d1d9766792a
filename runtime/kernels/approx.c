/* approx.c — the functions of approx.h that are no straight line: digamma and its derivatives.
 *
 * Both move the argument up to where an asymptotic series converges at once (Abramowitz and Stegun 6.3.18, 6.4.11;
 * for polygamma by Euler and Maclaurin's sum of the Hurwitz zeta function, 23.2) and use, below 0, the reflection
 * (6.3.7) or the same recurrence.  Relative errors are near 1e-14 away from the zeros.
 */
#include "runtime/kernels/approx.h"

enum { SERIES_FROM = 12, SHIFTS_MOST = 100000, ORDER_MOST = 150 };
static const double PI = 3.14159265358979323846;

double digamma_f64(double a) {
  if (a == 0) return copysign(HUGE_VAL, -a);
  if (a < 0) {
    double whole;
    if (modf(a, &whole) == 0) return (double)NAN; /* a pole, with both signs around it */
    double part = a - floor(a);
    return digamma_f64(1 - a) - PI / tan(PI * part);
  }
  double sum = 0;
  for (; a < SERIES_FROM; a++) sum -= 1 / a;
  double z = 1 / (a * a);
  double series = z * (1.0 / 12 - z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z * (1.0 / 132 - z * (691.0 / 32760 - z * (1.0 / 12)))))));
  return sum + (log(a) - 0.5 / a - series);
}

double polygamma_f64(double order, double a) {
  if (!(order >= 1) || order > ORDER_MOST || order != floor(order) || a != a || a < -SHIFTS_MOST) return (double)NAN;
  /* psi_n(a) = (-1)^(n+1) n! zeta(n + 1, a), zeta(s, a) = sum over k of (a + k)^-s */
  double s = order + 1, sum = 0;
  for (; a < SERIES_FROM + order; a++) sum += pow(a, -s);
  static const double BERNOULLI[] = {1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600, 1.0 / 47900160}; /* B(2k) / (2k)! */
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
