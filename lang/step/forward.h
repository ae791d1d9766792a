/* forward.h — a step while it is recorded: its inputs, its loss, its metrics. */
#ifndef GD_LANG_FORWARD_H
#define GD_LANG_FORWARD_H

#include "lang/step/gather.h"

/* The key of its draws, if they have one. */
void forward_key(Tracing *tracing);
/* The loss again, with the params as they are staged now. */
NodeId forward_loss(Tracing *tracing);
/* The key and the minibatch as inputs, the loss, and the metrics. */
void forward_trace(Tracing *tracing);

#endif
