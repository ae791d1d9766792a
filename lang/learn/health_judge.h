/* health_judge.h — what the looks and the losses of a training say. */
#ifndef GD_LANG_HEALTH_JUDGE_H
#define GD_LANG_HEALTH_JUDGE_H

#include "lang/learn/health.h"

Span health_judge_target_span(const TrainRun *run, int target); /* where its param is made */

/* what the first look shows */
void health_judge_first(TrainRun *run);

/* after the last update: of what the look shows … */
void health_judge_decay(TrainRun *run);
/* dead and saturated units; at the end only where they may be why the loss is no lower */
void health_judge_activations(TrainRun *run, const HealthLook *look, const char *when);
bool health_judge_at_limits(const HealthLook *look);
/* … of the losses and of clipping … */
void health_judge_clipping(TrainRun *run);
void health_judge_validation(TrainRun *run);
/* … where nothing else explains why the loss stays where knowing nothing of the inputs leaves it */
void health_judge_targets_far(TrainRun *run);
void health_judge_learning(TrainRun *run);

/* of a loop around `update`: all of it */
void health_judge_loop(TrainRun *run, bool takes_turns);

#endif
