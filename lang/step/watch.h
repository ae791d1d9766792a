/* watch.h — a step while it is recorded: what must be finite before anything is stored. */
#ifndef GD_LANG_WATCH_H
#define GD_LANG_WATCH_H

#include "lang/step/gather.h"

/* Allocates memory for the loss, the gradients and their divisors. */
void watch_open(Tracing *tracing);
/* Adds a node; there must be memory for it. */
void watch_node(Tracing *tracing, NodeId node);
/* Adds the new values of stores of bf16. */
void watch_narrow(Tracing *tracing);
/* Adds the nodes of targets that are updated by rows. */
void watch_rows(Tracing *tracing);

#endif
