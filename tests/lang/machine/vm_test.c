/* vm_test.c — memory that is held across a call which may raise. */
#include "lang/machine/vm.h"
#include "tests/lang/running.h"

typedef struct Counted {
  Held held;
  int number;
} Counted;

static int freed[8], freed_count; /* numbers, in the order of freeing */

static void free_counted(Held *held) {
  Counted *counted = (Counted *)(void *)held;
  freed[freed_count++] = counted->number;
  mem_free(counted);
}

static Counted *counted_new(Vm *vm, int number) {
  Counted *counted = mem_zero(sizeof *counted);
  counted->held.free_whole = free_counted;
  counted->number = number;
  vm_hold(vm, &counted->held);
  return counted;
}

static void raise_holding_two(Vm *vm, void *context) {
  (void)context;
  counted_new(vm, 2);
  counted_new(vm, 3);
  raise_at(vm, (Span){0}, "no");
}

static void drop_in_any_order(Vm *vm, void *context) {
  Counted *outer = context, *inner = counted_new(vm, 4), *last = counted_new(vm, 5);
  vm_drop(vm, &inner->held);
  vm_drop(vm, &outer->held);
  vm_drop(vm, &last->held);
}

Test(vm, a_raise_frees_what_was_held_since_its_guard_and_nothing_else) {
  Telling telling;
  Vm *vm = running_vm(&telling, &(Options){0});
  Diag diag = {0};
  Counted *kept = counted_new(vm, 1);
  cr_assert_not(vm_protect(vm, raise_holding_two, NULL, &diag));
  cr_assert_eq(freed_count, 2);
  cr_assert(freed[0] == 3 && freed[1] == 2);
  cr_assert(vm_protect(vm, drop_in_any_order, kept, &diag));
  cr_assert_eq(freed_count, 5);
  cr_assert(freed[2] == 4 && freed[3] == 1 && freed[4] == 5);
  cr_assert_null(vm->held);
  vm_free(vm);
}
