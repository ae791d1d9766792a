/* train_test.c — what can be seen of a training only from inside the process: how often it
 * allocates.
 *
 * What trainings compute and print is tested by the golden scripts (tests/scripts/train).  Here
 * too: what is left behind by a training that an error ended, since a script ends with it; and that
 * no optimizer of the library needs the careful way (runtime/plan/sure.c).
 */
#include "lang/lang.h"
#include "lang/machine/module_value.h"
#include "lang/tensors/trace.h"
#include "runtime/compute.h"
#include "tests/lang/running.h"

/* Programs that train `%d` steps or epochs. */
static const char *const PROGRAMS[] = {
    "let w = param([1, 2]); train w { loss: sum(w^2); optimizer: GD(lr: 0.01); steps: %d; quiet: "
    "true }",

    "precision(f64); let p = param([-1.2, 1])\n"
    "train p { loss: (1 - p[0])^2 + 100 * (p[1] - p[0]^2)^2; optimizer: SGD(lr: 1e-3, momentum: "
    "0.5); epochs: %d; stop: loss < 0; quiet: true }",

#if !defined(__SANITIZE_ADDRESS__) &&                                                             \
    !defined(GD_HARSH) /* there hardly an object is used again, and the rules of a scheduled rate \
                          bind the hyperparameters each step */
    "let x = randn(50, 3); let y = sum(x, axis: 1, keep: true); let net = chain(Dense(3, 8), "
    "Dropout(0.2), relu, Dense(8, 1))\n"
    "train net { loss: mse(net(x), y); metrics: mean(net(x)); optimizer: AdamW(lr: cosine(0.01, "
    "100)); clip: (norm: 1); steps: %d; stop: grad_norm < 0; quiet: true }",
#endif

    "let d = moons(90, noise: 0.1); let net = chain(Dense(2, 16), tanh, Dense(16, 2))\n"
    "train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: Adam(); steps: %d; "
    "batch: 60; validate: d; keep: best(val_loss); quiet: true }",

    "let d = moons(80, noise: 0.1); let net = Dense(2, 2)\n"
    "train net on (x, y) in d { loss: cross_entropy(net(x), y); optimizer: Adam(); steps: %d; "
    "batch: 20; accumulate: 2; quiet: true }"};

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
/* all is dealt out there, and a thread that idled through the first runs lets its scratch grow in a
 * later one */
enum { THREADS_MOST = 1 };
/* the free lists of 2 KiB there are emptied by a longer history; a step that allocates makes 45 */
enum { MORE_MOST = 4 };
#else
enum { THREADS_MOST = 2 };
enum { MORE_MOST = 0 };
#endif

/* From 18 steps to 63 (9 epochs to 32), so that the history's lists, which have room for 64 at
 * first, make no difference; both run before, so that the tensors made of them come out of the
 * spare ones. */
Test(train, more_steps_allocate_no_more) {
  for (int threads = 1; threads <= THREADS_MOST; threads++) {
    team_start(threads);
    for (int i = 0; i < COUNT_OF(PROGRAMS); i++) {
      allocations(PROGRAMS[i], 18); /* scratch and spare buffers grow */
      allocations(PROGRAMS[i], 63);
      uint64_t few = allocations(PROGRAMS[i], 18), many = allocations(PROGRAMS[i], 63);
      cr_assert_leq(many, few + MORE_MOST, "%s\n%llu allocations in 18, %llu in 63", PROGRAMS[i],
                    (unsigned long long)few, (unsigned long long)many);
    }
  }
  team_stop();
}

/* ---- a step is made as a whole or not at all ---- */

/* `start` makes two sets of the same and trains both; `good(s)` trains a set on, `bad(s)` fails in
 * the middle of a step and `seen(s)` is what must not have changed.  Had anything of the failed
 * step stayed, a state or a count too, the two would part in the steps behind it. */
typedef struct Failing {
  const char *what, *setup, *told;
} Failing;

#define NET_OF_TWO                                                                       \
  "model Net() { param a = [1.0, 2.0, 3.0]; param b = [0.5, -0.5]; buffer seen = 0; fn " \
  "forward(k) { seen = seen + 1; sum((a - 2)^2) + sum(b^2) * k } }\n"

static const Failing FAILING[] = {
    {"Adam, by a second moment",
     NET_OF_TWO "fn make() = (Net(), Adam(lr: 0.1))\nfn good(s) = train s.0 { loss: s.0(1); "
                "optimizer: s.1; steps: 3; quiet: true }\n"
                "fn bad(s) = train s.0 { loss: s.0(1e25); optimizer: s.1; steps: 3; quiet: true "
                "}\nfn seen(s) = (s.0.a * 1, s.0.b * 1, s.0.seen * 1)\n",
     "the state `v` of Adam for `s.0.b`"},
    {"momentum, by a parameter",
     NET_OF_TWO
     "fn make() = (Net(), SGD(lr: 10, momentum: 0.5))\nfn good(s) = train s.0 { loss: s.0(0.01) * "
     "0.01; optimizer: s.1; steps: 3; quiet: true }\n"
     "fn bad(s) = train s.0 { loss: s.0(1) + sum(s.0.a - stop_gradient(s.0.a)) * 2e38; optimizer: "
     "s.1; steps: 3; quiet: true }\nfn seen(s) = (s.0.a * 1, s.0.b * 1, s.0.seen * 1)\n",
     "makes `s.0.a` NaN or infinite"},
    {"an update statement",
     NET_OF_TWO "fn make() = (Net(), Adam(lr: 0.1))\nfn good(s) { update s.0 { loss: s.0(1); "
                "optimizer: s.1 } }\n"
                "fn bad(s) { update s.0 { loss: s.0(1e25); optimizer: s.1 } }\nfn seen(s) = (s.0.a "
                "* 1, s.0.b * 1, s.0.seen * 1)\n",
     "the state `v` of Adam for `s.0.b`"},
    {"the second of two updates",
     NET_OF_TWO
     "let d = dataset(ones(2))\nfn make() = (Net(), Net(), Adam(lr: 0.1), Adam(lr: 0.01))\n"
     "fn go(s, k) = train on x in d { update s.0 { loss: s.0(1); optimizer: s.2 }; update s.1 { "
     "loss: s.1(k) + s.0(1); optimizer: s.3 }; batch: 1; epochs: 2; quiet: true }\n"
     "fn good(s) = go(s, 1)\nfn bad(s) = go(s, 1e25)\nfn seen(s) = (s.0.a * 1, s.1.a * 1, s.1.b * "
     "1, s.0.seen * 1, s.1.seen * 1)\n",
     "the state `v` of Adam for `s.1.b`"},
    {"one parameter in two updates",
     "let d = dataset(ones(2))\nfn make() = (param([1.0, 2.0]), Adam(lr: 0.1), RMSprop(lr: 0.01))\n"
     "fn go(s, k) = train on x in d { update s.0 { loss: sum(s.0^2); optimizer: s.1 }; update s.0 "
     "{ loss: sum(s.0 * k); optimizer: s.2 }; batch: 1; epochs: 2; quiet: true }\n"
     "fn good(s) = go(s, 1)\nfn bad(s) = go(s, 1e25)\nfn seen(s) = s.0 * 1\n",
     "infinite"},
    {"a fault in the second update",
     NET_OF_TWO
     "let d = dataset(ones(2))\nfn make() = (Net(), Net(), Adam(lr: 0.1))\n"
     "fn go(s, i) = train on x in d { update s.0 { loss: s.0(1); optimizer: s.2 }; update s.1 { "
     "loss: sum(s.1.a[i32(x * i)]) * s.1(1); optimizer: s.2 }; batch: 1; epochs: 2; quiet: true }\n"
     "fn good(s) = go(s, 1)\nfn bad(s) = go(s, 9)\nfn seen(s) = (s.0.a * 1, s.1.a * 1, s.1.b * 1, "
     "s.0.seen * 1, s.1.seen * 1)\n",
     "out of range"},
    {"the third minibatch of an accumulated update",
     NET_OF_TWO "fn make() = (Net(), Adam(lr: 0.1))\n"
                "fn go(s, xs) = train s.0 on x in dataset(xs) { loss: s.0(mean(x)); optimizer: "
                "s.1; batch: 1; shuffle: false; accumulate: 4; epochs: 2; quiet: true }\n"
                "fn good(s) = go(s, ones(5))\nfn bad(s) = go(s, [1, 1, 1 / 0, 1, 1])\nfn seen(s) = "
                "(s.0.a * 1, s.0.b * 1, s.0.seen * 1)\n",
     "infinite"},
    {"the minibatch that makes an accumulated update",
     NET_OF_TWO "fn make() = (Net(), Adam(lr: 0.1))\n"
                "fn go(s, xs) = train s.0 on x in dataset(xs) { loss: s.0(mean(x)); optimizer: "
                "s.1; batch: 1; shuffle: false; accumulate: 4; epochs: 2; quiet: true }\n"
                "fn good(s) = go(s, ones(5))\nfn bad(s) = go(s, [1, 1, 1, 1e25, 1])\nfn seen(s) = "
                "(s.0.a * 1, s.0.b * 1, s.0.seen * 1)\n",
     "the state `v` of Adam for `s.0.b`"},
    {"a sum of gradients",
     NET_OF_TWO "fn make() = (Net(), SGD(lr: 0.1))\n"
                "fn go(s, xs) = train s.0 on x in dataset(xs) { loss: s.0(1) + sum(s.0.a - "
                "stop_gradient(s.0.a)) * mean(x); optimizer: s.1; batch: 1; shuffle: false; "
                "accumulate: 4; epochs: 1; quiet: true }\n"
                "fn good(s) = go(s, ones(5))\nfn bad(s) = go(s, [2e38, 1, 2e38, 1, 1])\nfn seen(s) "
                "= (s.0.a * 1, s.0.b * 1, s.0.seen * 1)\n",
     "the accumulated gradient of `s.0.a`"},
    {"a buffer",
     "model Net() { param w = [1.0, 2.0]; buffer level = 1; fn forward(k) { level = level * "
     "stop_gradient(k); sum(w^2) } }\nfn make() = (Net(), Adam(lr: 0.1))\n"
     "fn go(s, k) = train s.0 { loss: s.0(k); optimizer: s.1; steps: 5; quiet: true }\nfn good(s) "
     "= go(s, 0.5)\n"
     "fn bad(s) { let k = param(1e30); train s.0 { loss: s.0(k) ; optimizer: s.1; steps: 1; quiet: "
     "true }; train s.0 { loss: s.0(k); optimizer: s.1; steps: 1; quiet: true } }\n"
     "fn seen(s) = s.0.w * 1\n",
     "the buffer `s.0.level`"},
    {"the last of many large parameters",
     "fn make() = (list(param(randn(70000)), param(randn(70000)), param(randn(70000)), "
     "param(randn(9))), param(ones(33)), Adam(lr: 0.1))\n"
     "fn go(s, k) = train s.0, s.1 { loss: mean(s.0[0]^2) + sum(s.0[1] * 0.1) + mean(s.0[2]^2) + "
     "sum(s.0[3] * s.0[3]) + sum(s.1 * k); optimizer: s.2; steps: 2; quiet: true }\n"
     "fn good(s) = go(s, 1)\nfn bad(s) = go(s, 1e25)\nfn seen(s) = (s.0[0] * 1, s.0[1] * 1, s.0[2] "
     "* 1, s.0[3] * 1, s.1 * 1)\n",
     "for `s.1`"},
};

static void runs(Telling *telling, ModuleObject *module, const char *text, const char *printed) {
  Ran ran = running_text(telling, module, "t.gd", text);
  cr_assert_eq(ran.status, 0, "%s\n%s", text, ran.told.data ? ran.told.data : "");
  cr_assert_str_eq(ran.printed, printed, "%s\n%s", text, ran.printed);
  ran_free(&ran);
}

static void expect_whole_steps(const Failing *failing, const Options *options) {
  Telling telling;
  Vm *vm = running_vm(&telling, options);
  ModuleObject *module = module_new(vm, "main", false);
  runs(&telling, module, failing->setup, "");
  runs(&telling, module,
       "seed(4); let s = make(); seed(4); let twin = make(); good(s); good(twin); let before = "
       "seen(s)",
       "");
  Ran ran = running_text(&telling, module, "bad.gd", "bad(s)");
  cr_assert_eq(ran.status, 1, "%s: ended with %d", failing->what, ran.status);
  cr_assert(strstr(ran.told.data, failing->told), "%s: `%s` is not in\n%s", failing->what,
            failing->told, ran.told.data);
  ran_free(&ran);
  const char *same = strstr(failing->setup, "fn seen(s) = (") ? "true\n" : "[true, true]\n";
  if (strcmp(failing->what, "a buffer") != 0) { /* there the first of two trainings is made */
    runs(&telling, module, "print(seen(s) == before)", same);
    runs(&telling, module, "good(s); good(twin); print(seen(s) == seen(twin))", same);
  }
  vm_free(vm);
}

Test(train, a_step_is_made_as_a_whole_or_not_at_all) {
  for (int threads = 1; threads <= THREADS_MOST; threads++) {
    team_start(threads);
    for (int i = 0; i < COUNT_OF(FAILING); i++)
      expect_whole_steps(&FAILING[i], &(Options){.quiet_progress = true});
  }
  team_stop();
}

/* ---- and in one pass ---- */

static int64_t number_before(const char *text, const char *word) {
  const char *at = text ? strstr(text, word) : NULL;
  while (at && at > text && at[-1] == ' ') at--;
  while (at && at > text && at[-1] >= '0' && at[-1] <= '9') at--;
  return at ? atoll(at) : -1;
}

/* Sixty steps of ordinary gradients, zero ones among them, with every optimizer of the library:
 * none has to write new values apart, and memory is looked at before the first step and seldom
 * again. */
Test(train, optimizers_write_in_place) {
  static const char *const optimizers[] = {
      "GD()",
      "SGD(momentum: 0.9)",
      "SGD(lr: 0.1, momentum: 0.9, nesterov: true, weight_decay: 1e-2)",
      "Adagrad()",
      "RMSprop()",
      "RMSprop(momentum: 0.9, centered: true)",
      "Adam()",
      "Adam(lr: cosine(0.1, steps: 50))",
      "AdamW(lr: 0.1, weight_decay: 0.1)",
      "AMSGrad()",
      "Adamax()",
      "NAdam()",
      "RAdam()",
      "Lion()",
      "Adadelta()"};
  for (int i = 0; i < COUNT_OF(optimizers); i++) {
    char text[400];
    snprintf(text, sizeof text,
             "seed(3); let net = chain(Dense(3, 8), BatchNorm(8), relu, Dense(8, 1)); let x = "
             "randn(20, 3)\n"
             "train net { loss: mse(net(x), x[:, 0:1]); optimizer: %s; clip: (norm: 1); steps: 60; "
             "quiet: true }",
             optimizers[i]);
    Ran ran = run_with(text, &(Options){.quiet_progress = true, .dump = DUMP_TIME}, RUN_PLAIN);
    cr_assert_eq(ran.status, 0, "%s\n%s", text, ran.told.data ? ran.told.data : "");
    int64_t apart = number_before(ran.printed, "run that wrote"),
            looks = number_before(ran.printed, "times;");
    if (apart < 0) apart = number_before(ran.printed, "runs that wrote");
    cr_assert_eq(apart, 0, "%s: %lld runs wrote new values apart", optimizers[i], (long long)apart);
    cr_assert(looks > 0 && looks < (strcmp(optimizers[i], "Adadelta()") ? 40 : 400),
              "%s: memory was looked at %lld times", optimizers[i], (long long)looks);
    ran_free(&ran);
  }
}

#if defined(GD_HARSH)
enum { LEASES_MOST = 600 };
#else
enum { LEASES_MOST = 24 };
#endif

/* Nor are the values reckoned anew in each step, nor memory looked at: of 600 steps a dozen are
 * enough, while gradients fall by a thousand and the step number grows (what is known of memory is
 * doubted in each run of the harsh build, where leases are short). */
Test(train, reckonings_hold_for_many_steps) {
  static const char *const optimizers[] = {"GD(lr: 0.05)",
                                           "SGD(lr: 0.02, momentum: 0.9)",
                                           "Adagrad(lr: 0.1)",
                                           "RMSprop()",
                                           "Adam()",
                                           "AdamW(lr: 1e-3)",
                                           "AMSGrad()",
                                           "NAdam()",
                                           "Lion()"};
  for (int i = 0; i < COUNT_OF(optimizers); i++) {
    char text[400];
    snprintf(text, sizeof text,
             "seed(3); let net = chain(Dense(3, 8), relu, Dense(8, 1)); let x = randn(20, 3)\n"
             "train net { loss: mse(net(x), x[:, 0:1]); optimizer: %s; steps: 600; quiet: true }",
             optimizers[i]);
    Ran ran = run_with(text, &(Options){.quiet_progress = true, .dump = DUMP_TIME}, RUN_PLAIN);
    cr_assert_eq(ran.status, 0, "%s\n%s", text, ran.told.data ? ran.told.data : "");
    int64_t leases = number_before(ran.printed, "lease"),
            looks = number_before(ran.printed, "times;");
    cr_assert(leases > 0 && leases <= LEASES_MOST, "%s: %lld leases", optimizers[i],
              (long long)leases);
    cr_assert(looks > 0 && looks <= 40, "%s: memory was looked at %lld times", optimizers[i],
              (long long)looks);
    ran_free(&ran);
  }
}

/* How many plans `text` makes. */
static int64_t plans_of(const char *text) {
  Telling telling;
  Vm *vm = running_vm(&telling, &(Options){.quiet_progress = true});
  Ran ran = running_text(&telling, module_new(vm, "main", false), "test.gd", text);
  cr_assert_eq(ran.status, 0, "%s", ran.told.data);
  int64_t made = plan_made(vm->tracer->plans);
  ran_free(&ran);
  vm_free(vm);
  return made;
}

/* A training of the same kind finds the plan of the one before, with validation, short rests,
 * gathered minibatches and several updates; one inside another has its own. */
Test(train, a_training_again_plans_nothing) {
  static const char *const clauses[] = {
      "net on (x, y) in d { loss: mse(net(x), y); optimizer: Adam(lr: 0.01); batch: 5; epochs: 2; "
      "quiet: true }",
      "net on (x, y) in d { loss: mse(net(x), y); optimizer: SGD(lr: 0.01, momentum: 0.9); batch: "
      "3; accumulate: 2; epochs: 2; validate: d; metrics: (m: mae(net(x), y)); quiet: true }",
      "on (x, y) in d { update net { loss: mse(net(x), y); optimizer: first }\nupdate net { loss: "
      "mae(net(x), y); optimizer: second }\nbatch: 4; epochs: 1; quiet: true }",
  };
  for (int i = 0; i < COUNT_OF(clauses); i++) {
    int64_t made[2];
    for (int many = 0; many < 2; many++) {
      char text[900];
      snprintf(text, sizeof text,
               "let d = dataset(rand(12, 4), rand(12, 1))\nlet net = Dense(4, 1)\nlet first = "
               "GD(lr: 0.1)\nlet second = GD(lr: 0.01)\n"
               "for i in 1..%d {\ntrain %s\n}",
               many ? 50 : 1, clauses[i]);
      made[many] = plans_of(text);
    }
    cr_assert_gt(made[0], 0);
    cr_assert_eq(made[1], made[0], "%s: %ld plans for one, %ld for fifty", clauses[i],
                 (long)made[0], (long)made[1]);
  }
}

Test(train, a_training_inside_another_has_a_plan_of_its_own) {
  static const char text[] = "let w = param(3)\nlet n = 0\nfn go(depth) {\ntrain w { loss: w^2; "
                             "optimizer: GD(lr: 0.1); steps: 2; quiet: true\n"
                             "each_step: { if depth > 0 { go(depth - 1) } } }\nn += "
                             "1\n}\ngo(1)\nassert(n == 3)\nassert(abs(w - 3 * 0.8^6) < 1e-5)";
  cr_assert_eq(plans_of(text), 2);
}
