/* dump.h — --dump=graph,grad,plan,memory,time: the intermediate forms of a script, printed as they
 * are made. */
#ifndef GD_LANG_DUMP_H
#define GD_LANG_DUMP_H

#include "lang/machine/object.h"

/* The graph below `roots`, if `bit` was asked for. */
void dump_graph(Vm *vm, unsigned bit, const char *title, const Graph *graph, const NodeId *roots,
                int count);
/* plan and memory; starts the timing if that was asked for */
void dump_plan(Vm *vm, Plan *plan);
void dump_text(const Vm *vm, unsigned bit, Text *text);    /* takes a text made for it */
void dump_time(Vm *vm, const Plan *plan);                  /* at the end of a training */
void dump_training(Vm *vm, int64_t steps, double seconds); /* before that: the total time */

#endif
