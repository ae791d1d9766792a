/* reach_test.c — which assignments of a block make the steps of its training be recorded again.
 * That what changes is read is shown by tests/scripts/train/reads_changed.gd. */
#include "lang/machine/read_set.h"
#include "tests/lang/running.h"

/* How often a variable that the loss may read changed in a training of so many steps. */
static uint64_t changes(const char *loss, const char *block, int steps) {
  Text text = {0};
  text_format(&text,
              "let factor = 1\nlet seen = []\nlet count = 0\nlet w = param(1)\n"
              "let both = dict((\"f\", fn(w) = factor * w))\n"
              "fn tick() { count += 1 }\n"
              "fn fit() {\n  let own = 0\n  train w { loss: %s; optimizer: GD(lr: 0); steps: %d; "
              "quiet: true; each_step: { %s } }\n}\nfit()\n",
              loss, steps, block);
  Telling telling;
  Vm *vm = running_vm(&telling, &(Options){.threads = 1});
  Ran ran = running_text(&telling, module_new(vm, "main", false), "test.gd", text.data);
  cr_assert_eq(ran.status, 0, "%s", ran.told.data);
  uint64_t count = vm->read_set->changes;
  ran_free(&ran);
  vm_free(vm);
  text_free(&text);
  return count;
}

static int each_step(const char *loss, const char *block) {
  return (int)(changes(loss, block, 25) - changes(loss, block, 5));
}

Test(reach, what_the_loss_does_not_read_is_left_out) {
  cr_expect_eq(each_step("w^2", "seen = push(seen, loss)"), 0);
  cr_expect_eq(each_step("w^2", "tick()"), 0);
  cr_expect_eq(each_step("w^2", "own += 1"), 0);
  cr_expect_eq(each_step("w^2", "let mine = 2; mine = 3"), 0);
  cr_expect_eq(each_step("factor * w^2", "seen = push(seen, loss); tick(); own = count"), 0);
}

Test(reach, what_it_reads_is_found) {
  cr_expect_eq(each_step("factor * w^2", "factor = step"), 20);
  cr_expect_eq(each_step("own * w^2", "own += 1"), 20);
  cr_expect_eq(each_step("both[\"f\"](w)", "factor = step"), 20);
  cr_expect_eq(each_step("map(fn(k) = w * own, [1])[0]", "own = step"), 20);
}
