/* watch.h — a step while it is recorded: what must be finite before anything is stored. */
#ifndef GD_LANG_WATCH_H
#define GD_LANG_WATCH_H

#include "lang/learn/gather.h"

/* Room for the loss, the gradients and their divisors. */
void watch_open(Tracing *tracing);
/* One more node, for which there is room. */
void watch_node(Tracing *tracing, NodeId node);
/* The new values of stores of bf16. */
void watch_narrow(Tracing *tracing);
/* What targets that are updated by rows need. */
void watch_rows(Tracing *tracing);

#endif
