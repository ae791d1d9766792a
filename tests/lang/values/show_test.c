/* show_test.c — what a debugger is shown of a value. */
#include "lang/machine/kind.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/show.h"
#include "tests/lang/running.h"

static char *printed(Vm *vm, Value value) {
  char *text = NULL;
  size_t length = 0;
  FILE *before = stderr;
  stderr = open_memstream(&text, &length);
  value_print(vm, value);
  fclose(stderr);
  stderr = before;
  return text;
}

static void check_printed(Vm *vm, Value value, const char *expected) {
  char *text = printed(vm, value);
  cr_assert_str_eq(text, expected);
  free(text);
}

Test(show, value_print_works_nothing_out) {
  Telling telling;
  Vm *vm = running_vm(&telling, &(Options){0});
  check_printed(vm, value_number(0.5), "a number: 0.5\n");
  check_printed(vm, (Value){0}, "nothing: nothing\n");
  Value list = value_list(vm, 2), other = value_retain(list);
  list_push(vm, list.list, value_string(vm, "a\nb", 3));
  list_push(vm, list.list, value_none());
  check_printed(vm, list, "a list, 2 holders: [\"a\\nb\", none]\n");
  value_release(vm, list);
  value_release(vm, other);
  Trace *trace = trace_open(vm, (Span){0}, NULL);
  Value traced = trace_result(trace, graph_constant(&trace->graph, 3, DTYPE_F32));
  char expected[80];
  snprintf(expected, sizeof expected, "a tensor, %u holders: f32[], node %d of trace %u\n",
           traced.object->refs, (int)traced.tensor->node, traced.tensor->trace);
  check_printed(vm, traced, expected);
  cr_assert_null(traced.tensor->tensor.buffer);
  value_release(vm, traced);
  trace_close(vm, trace);
  vm_free(vm);
}
