/* untrained.c — decides which trainings `gd test` skips.
 *
 * `gd test` runs the top level of a file, since its tests may use the results, but it should not
 * train for hours.  So a training at the top level is skipped if no test needs it.  What is in
 * doubt is run: a test must never see less than `gd FILE` would have made.
 *
 * 1. Backwards from the tests: needed is what changes a global that a test, or a needed statement
 *    behind it, can come to (touches.c).  So are the draws of random numbers before a needed
 *    statement that draws, up to a `seed(n)`, since each takes its number from one sequence, and
 *    what writes files before a needed statement or test that reads some.  Tests draw from
 *    sequences of their own.
 * 2. Forwards: a statement that trains outside of any function and is not needed is skipped, and
 *    with it what depends on it in one of these ways.
 *
 * So no statement that runs depends on one that is skipped.
 */
#include "lang/eval/untrained.h"

#include "lang/eval/touches.h"

#include <string.h>

typedef struct Dependence { /* what some statements depend on, or what the skipped ones change */
  Slots slots;
  bool draws, files, some;
} Dependence;

/* Each declaration is made before anything runs, and imports always run. */
static bool runs_always(const Ast *statement) {
  return statement->kind == AST_FN || statement->kind == AST_LOSS || statement->kind == AST_MODEL ||
         statement->kind == AST_OPTIMIZER || statement->kind == AST_IMPORT ||
         statement->kind == AST_TEST;
}

static bool is_needed(const Touches *touches, const Touch *touch, const Dependence *wanted) {
  return slots_meet(touches, touch->writes, wanted->slots) ||
         (wanted->draws && touch->does & DOES_DRAW) ||
         (wanted->files && touch->does & DOES_WRITE_FILES) ||
         (wanted->some && touch->does & DOES_ALL);
}

static void add_wanted(const Touches *touches, const Touch *touch, bool test, Dependence *wanted) {
  slots_join(touches, wanted->slots, touch->reads);
  wanted->draws = wanted->draws || (!test && touch->does & DOES_DRAW);
  wanted->files = wanted->files || touch->does & DOES_READ_FILES;
  wanted->some = true;
}

static void find_needed(const Touches *touches, const Ast *body, Dependence *wanted,
                        uint8_t *needed) {
  for (uint32_t i = body->count; i-- > 0;) {
    const Touch *touch = &touches->statements[i];
    const bool test = body->items[i]->kind == AST_TEST;
    if (touch->seeds) wanted->draws = false;
    /* the top level of an imported file runs here: it may draw and read files */
    else if (body->items[i]->kind == AST_IMPORT)
      wanted->draws = wanted->files = wanted->some = true;
    else if (test || (!runs_always(body->items[i]) && is_needed(touches, touch, wanted)))
      needed[i] = 1, add_wanted(touches, touch, test, wanted);
  }
}

static bool depends(const Touches *touches, const Touch *touch, const Dependence *skipped) {
  return slots_meet(touches, touch->reads, skipped->slots) ||
         (skipped->draws && touch->does & DOES_DRAW) ||
         (skipped->files && touch->does & DOES_READ_FILES);
}

static int find_skipped(const Touches *touches, const Ast *body, const uint8_t *needed,
                        Dependence *skipped, uint8_t *skips) {
  int trainings = 0;
  for (uint32_t i = 0; i < body->count; i++) {
    const Touch *touch = &touches->statements[i];
    if (touch->seeds) skipped->draws = false;
    if (touch->seeds || needed[i] || runs_always(body->items[i])) continue;
    if (!touch->trains && !depends(touches, touch, skipped)) continue;
    skips[i] = 1;
    trainings += touch->trains;
    slots_join(touches, skipped->slots, touch->writes);
    skipped->draws = skipped->draws || touch->does & DOES_DRAW;
    skipped->files = skipped->files || touch->does & DOES_WRITE_FILES;
  }
  return trainings;
}

uint8_t *untrained_statements(Vm *vm, const ModuleObject *module, const Ast *body, uint32_t ran,
                              int *trainings) {
  Touches touches;
  *trainings = 0;
  if (!touches_find(vm, module, body, ran, &touches)) return NULL;
  uint64_t *words = mem_zero(2 * (size_t)touches.words * sizeof *words);
  Dependence wanted = {.slots.words = words}, skipped = {.slots.words = words + touches.words};
  uint8_t *needed = mem_zero((size_t)body->count + 1), *skips = mem_zero((size_t)body->count + 1);
  find_needed(&touches, body, &wanted, needed);
  *trainings = find_skipped(&touches, body, needed, &skipped, skips);
  mem_free(words);
  mem_free(needed);
  touches_free(&touches);
  if (*trainings) return skips;
  mem_free(skips);
  return NULL;
}
