/* rate_bound_test.c — the look at the curvature before a training: that it tells of a rate above
 * the bound alone, when it is silent, and that it changes nothing. */
#include "tests/lang/running.h"

/* A quadratic of curvature 100; after it, the values are printed. */
static Ran train_with(const char *before, const char *loss, const char *keys) {
  Text text = {0};
  text_format(&text,
              "fn along(w) = (100 * w[0]^2 + w[1]^2) / 2\nlet w = param([1, 1])\n%s\n"
              "train w { loss: %s; on_divergence: \"stop\"; %s }\nprint(w)\n",
              before, loss, keys);
  Ran ran = run_with(text.data, &(Options){0}, RUN_PLAIN);
  text_free(&text);
  return ran;
}

static bool tells(const char *before, const char *loss, const char *keys) {
  Ran ran = train_with(before, loss, keys);
  cr_assert_eq(ran.status, 0, "%s", ran.told.data);
  bool told = ran.told.data && strstr(ran.told.data, "is stable below");
  ran_free(&ran);
  return told;
}

Test(rate_bound, is_told_only_where_it_holds) {
  cr_expect(tells("", "along(w)", "optimizer: GD(lr: 0.0201); steps: 100_000"));
  cr_expect(!tells("", "along(w)", "optimizer: GD(lr: 0.0199); steps: 100_000"));
  cr_expect(tells("", "along(w)", "optimizer: SGD(lr: 0.0381, momentum: 0.9); steps: 100_000"));
  cr_expect(!tells("", "along(w)", "optimizer: SGD(lr: 0.0379, momentum: 0.9); steps: 100_000"));
}

Test(rate_bound, is_not_looked_for) {
  const char *high = "optimizer: GD(lr: 0.1); steps: 100_000";
  cr_expect(tells("", "along(w)", high));
  cr_expect(!tells("", "along(w)", "quiet: true; optimizer: GD(lr: 0.1); steps: 100_000"));
  cr_expect(!tells("", "along(w)", "optimizer: GD(lr: 0.1); steps: 100"), "too short");
  cr_expect(!tells("", "along(w)", "optimizer: GD(lr: 0.1); stop: loss < 0.1"), "not known");
  cr_expect(!tells("", "along(w)", "optimizer: GD(lr: fn(t) = 0.1); steps: 100_000"));
  cr_expect(!tells("", "along(w)", "clip: (norm: 1); optimizer: GD(lr: 0.1); steps: 1000"));
  cr_expect(!tells("", "along(w)", "optimizer: Adam(lr: 0.1); steps: 1000"));
  cr_expect(!tells("optimizer GD(lr = 1) { fn step(p, g) { p = p - lr * g } }", "along(w)", high),
            "a method of the script's own");
}

/* A second derivative that is not there, or that f32 cannot hold. */
Test(rate_bound, is_silent_where_it_cannot_be_found) {
  cr_expect(
      !tells("let f = custom_gradient(fn(x) = sum(x^2), fn(x, y, dy) = dy * 200 * f64(x > -9))",
             "f(w)", "optimizer: GD(lr: 0.1); steps: 50_000"));
  cr_expect(!tells("", "sum(1e20 * w)^2 * 1e-20", "optimizer: GD(lr: 1e-30); steps: 50_000"));
}

Test(rate_bound, changes_nothing) {
  const char *noise = "mean((along(w) + randn(4))^2) * 0.001";
  Ran with = train_with("", noise, "optimizer: GD(lr: 0.3); steps: 30_000"),
      without = train_with("", noise, "optimizer: GD(lr: 0.3); steps: 30_000; quiet: true");
  cr_expect(strstr(with.told.data, "is stable below"));
  cr_expect_null(
      without.told.data && strstr(without.told.data, "is stable below") ? without.told.data : NULL);
  cr_expect_str_eq(with.printed, without.printed);
  ran_free(&with);
  ran_free(&without);
}
