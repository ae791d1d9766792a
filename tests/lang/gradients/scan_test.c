/* scan_test.c — the memory of scan and of checkpoint_gradients, by the slab of the plan. */
#include "tests/lang/running.h"

TestSuite(scan);

/* The greatest slab of the plans that a text makes, in bytes. */
static double slab_of(const char *text) {
  Options options = {.threads = 1, .dump = DUMP_MEMORY, .quiet_progress = true};
  Ran ran = run_with(text, &options, RUN_PLAIN);
  cr_assert_eq(ran.status, 0, "%s", ran.told.data ? ran.told.data : "");
  double most = 0;
  for (const char *at = ran.printed; (at = strstr(at, "; slab ")); at++) {
    double bytes = strtod(at + strlen("; slab "), NULL);
    if (bytes > most) most = bytes;
  }
  ran_free(&ran);
  return most;
}

static double slab_of_scan(int rows, const char *body) {
  Text text = {0};
  text_format(&text,
              "let W = param(0.1 * eye(16))\nlet xs = ones(%d, 4, 16)\n"
              "fn body(h, x) { let n = tanh(x + h @ W); (n, n) }\n"
              "train W { loss: mean(scan(%s, zeros(4, 16), xs).1^2)\n"
              "optimizer: SGD(lr: 0.1); steps: 2; quiet: true }\n",
              rows, body);
  double slab = slab_of(text.data);
  text_free(&text);
  return slab;
}

/* Powers of three: the harsh build joins three at a time, and what is left over is copied. */
Test(scan, memory_is_linear_in_the_rows) {
  double few = slab_of_scan(81, "body"), some = slab_of_scan(243, "body"),
         many = slab_of_scan(729, "body");
  cr_expect_gt(few, 81 * 4 * 16 * sizeof(float));
  cr_expect_leq(some, 3.15 * few, "%g of 243 rows, %g of 81", some, few);
  cr_expect_leq(many, 3.15 * some, "%g of 729 rows, %g of 243", many, some);
}

static double slab_of_parts(const char *part) {
  Text text = {0};
  text_format(&text,
              "let w = list(param(eye(16)), param(eye(16)), param(eye(16)), param(eye(16)))\n"
              "fn deep(x, w) = tanh(gelu(sin(tanh(x @ w) @ w) @ w) @ w)\n"
              "let part = %s\nlet x = ones(512, 16)\n"
              "train w { loss: mean((x |> part(w[0]) |> part(w[1]) |> part(w[2]) |> "
              "part(w[3]))^2)\n"
              "optimizer: SGD(lr: 0.1); steps: 2; quiet: true }\n",
              part);
  double slab = slab_of(text.data);
  text_free(&text);
  return slab;
}

Test(scan, a_checkpointed_part_keeps_no_inner_values) {
  double kept = slab_of_parts("deep"), again = slab_of_parts("checkpoint_gradients(deep)");
  cr_expect_leq(again, 0.55 * kept, "%g bytes worked out again, %g kept", again, kept);
}
