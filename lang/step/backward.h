/* backward.h — a step while it is recorded: its gradients, their norm and clipping. */
#ifndef GD_LANG_BACKWARD_H
#define GD_LANG_BACKWARD_H

#include "lang/step/gather.h"

/* The gradients of the loss, or those of `gradient:`, by target. */
void backward_trace(Tracing *tracing);
/* The norm of all gradients together. */
NodeId backward_norm(const Tracing *tracing, Maker *maker);
/* Applies `clip_norm:` and `clip_value:`, and computes the norm if it is used. */
void backward_clip(Tracing *tracing);

#endif
