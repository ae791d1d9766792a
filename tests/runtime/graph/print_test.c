/* print_test.c — the dump of a graph. */
#include "runtime/graph/print.h"
#include "runtime/graph/simplify.h"
#include "runtime/opcodes.h"
#include "tests/runtime/graph/bench.h"

static void place(void *context, Span span, Text *text) {
  text_format(text, "%s:%u", (const char *)context, span.start);
}

Test(print, one_line_a_node) {
  Bench *bench = bench_new(DTYPE_F32);
  Maker *maker = &bench->maker;
  NodeId x = bench_input(bench, DTYPE_F32, SHAPE(2, 3)),
         w = bench_input(bench, DTYPE_F32, SHAPE(3, 4));
  make1(maker, OP_EXP, x); /* not needed, not shown */
  bench->graph.span = (Span){1, 12, 20};
  NodeId product = make_matmul(maker, x, w, false, false),
         y = make2(maker, OP_MUL, product, make_number(maker, 0.5));
  static char file[] = "digits.gd";
  Text text = {0};
  graph_print(&bench->graph, &y, 1, place, file, &text);
  cr_assert_str_eq(text.data, "%1 = input 0 : f32[2, 3]\n"
                              "%2 = input 1 : f32[3, 4]\n"
                              "%4 = @ %1 %2 {0, 0} : f32[2, 4]   digits.gd:12\n"
                              "%6 = const 0.5 : f32   digits.gd:12\n"
                              "%7 = * %4 %6 : f32[2, 4]   digits.gd:12\n");
  text_free(&text);
  bench_free(bench);
}
