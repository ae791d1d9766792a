/* dump.h — --dump=graph,grad,plan,memory,time: the forms behind a script, printed as they come about. */
#ifndef GD_LANG_DUMP_H
#define GD_LANG_DUMP_H

#include "lang/machine/value.h"

/* The graph below `roots`, when `bit` (lang.h) was asked for. */
void dump_graph(Vm *vm, unsigned bit, const char *title, const Graph *graph, const NodeId *roots, int count);
void dump_plan(Vm *vm, Plan *plan);          /* plan and memory; from now on its time is taken where that was asked for */
void dump_time(Vm *vm, const Plan *plan);    /* at the end of a training */
void dump_training(Vm *vm, int64_t steps, double seconds); /* before that: how long the whole of it took */

#endif
