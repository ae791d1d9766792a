/* train_test.c — what can be seen of a training only from inside the process: how often it allocates.
 *
 * What trainings compute and print is tested by the golden scripts (tests/scripts/train).
 */
#include "runtime/runtime.h"
#include "tests/lang/running.h"

/* Programs that train `%d` steps or epochs. */
static const char *const PROGRAMS[] = {
    "let w = param([1, 2]); train w { loss: sum(w^2); optimizer: GD(lr: 0.01); steps: %d; quiet: true }",

    "precision(f64); let p = param([-1.2, 1])\n"
    "train p { loss: (1 - p[0])^2 + 100 * (p[1] - p[0]^2)^2; optimizer: SGD(lr: 1e-3, momentum: 0.5); epochs: %d; stop: loss < 0; quiet: true }",

    "let x = randn(50, 3); let y = sum(x, axis: 1, keep: true); let net = chain(Dense(3, 8), Dropout(0.2), relu, Dense(8, 1))\n"
    "train net { loss: mse(net(x), y); metrics: mean(net(x)); optimizer: AdamW(lr: cosine(0.01, 100)); clip: (norm: 1); steps: %d; stop: grad_norm < 0; quiet: true }",

    "let d = moons(90, noise: 0.1); let net = chain(Dense(2, 16), tanh, Dense(16, 2))\n"
    "train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: Adam(); steps: %d; batch: 60; validate: d; keep: best(val_loss); quiet: true }",

    "let d = moons(80, noise: 0.1); let net = Dense(2, 2)\n"
    "train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: Adam(); steps: %d; batch: 20; accumulate: 2; quiet: true }"};

static uint64_t allocations(const char *program, int count) {
  char text[1000];
  snprintf(text, sizeof text, program, count);
  uint64_t before = mem_allocations();
  Ran ran = run_text(text);
  cr_assert_eq(ran.status, 0, "%s\n%s", text, ran.told.data ? ran.told.data : "");
  ran_free(&ran);
  return mem_allocations() - before;
}

#if defined(GD_HARSH)
enum { THREADS_MOST = 1 }; /* all is dealt out there, and a thread that idled through the first runs lets its scratch grow in a later one */
#else
enum { THREADS_MOST = 2 };
#endif

/* From 18 steps to 63 (9 epochs to 32), so that neither the history's lists, which have room for 64 at first, nor the tensors made of them,
 * which come out of the spare ones up to 8 numbers, make a difference. */
Test(train, more_steps_allocate_no_more) {
  for (int threads = 1; threads <= THREADS_MOST; threads++) {
    team_start(threads);
    for (int i = 0; i < COUNT_OF(PROGRAMS); i++) {
      allocations(PROGRAMS[i], 18); /* scratch and spare buffers grow */
      uint64_t few = allocations(PROGRAMS[i], 18), many = allocations(PROGRAMS[i], 63);
      cr_assert_eq(few, many, "%s\n%llu allocations in 18, %llu in 63", PROGRAMS[i], (unsigned long long)few, (unsigned long long)many);
    }
  }
  team_stop();
}
