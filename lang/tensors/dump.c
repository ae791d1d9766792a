/* dump.c — see dump.h.  Dumps are the requested result, so they go to standard output. */
#include "lang/tensors/dump.h"

#include "lang/machine/vm.h"
#include "lang/text/source.h"

#include <stdio.h>

static void place(void *context, Span span, Text *text) {
  const Vm *vm = context;
  SourcePlace at = source_place(vm->sources, span);
  if (at.line) text_format(text, "%s:%u", at.name, at.line);
}

static void flush(Text *text) {
  if (text->length) fwrite(text->data, 1, text->length, stdout);
  text_free(text);
}

void dump_graph(Vm *vm, unsigned bit, const char *title, const Graph *graph, const NodeId *roots,
                int count) {
  if (!(vm->options.dump & bit)) return;
  Text text = {0};
  text_format(&text, "# %s, of %u nodes recorded\n", title, graph->count - 1);
  graph_print(graph, roots, count, place, vm, &text);
  flush(&text);
}

void dump_plan(Vm *vm, Plan *plan) {
  Text text = {0};
  if (vm->options.dump & DUMP_PLAN) {
    text_string(&text, "# plan\n");
    plan_print(plan, place, vm, &text);
  }
  if (vm->options.dump & DUMP_MEMORY) {
    text_string(&text, "# memory\n");
    plan_print_memory(plan, &text);
  }
  if (vm->options.dump & DUMP_TIME) plan_timing(plan, true);
  flush(&text);
}

void dump_time(Vm *vm, const Plan *plan) {
  if (!(vm->options.dump & DUMP_TIME)) return;
  Text text = {0};
  text_string(&text, "# time\n");
  plan_print_time(plan, place, vm, &text);
  flush(&text);
}

void dump_text(const Vm *vm, unsigned bit, Text *text) {
  if (vm->options.dump & bit) flush(text);
  else text_free(text);
}

void dump_training(Vm *vm, int64_t steps, double seconds) {
  if (!(vm->options.dump & DUMP_TIME) || steps == 0) return;
  Text text = {0};
  text_format(&text, "# time of the training: %lld steps, each ", (long long)steps);
  text_digits(&text, 1e6 * seconds / (double)steps, 6);
  text_string(
      &text,
      " us: its plan, below, and what is beside it (tracing, minibatches, validation, blocks)\n");
  flush(&text);
}
