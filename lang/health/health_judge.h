/* health_judge.h — verdicts from the recordings and the losses of a training. */
#ifndef GD_LANG_HEALTH_JUDGE_H
#define GD_LANG_HEALTH_JUDGE_H

#include "lang/health/health.h"

Span health_judge_target_span(const TrainRun *run,
                              int target); /* the place where its param is made */

bool health_judge_finite(const HealthLook *look); /* its loss and its gradient? */
/* verdicts from the first recording */
void health_judge_first(TrainRun *run);

/* after the last update: from the recording … */
void health_judge_decay(TrainRun *run);
/* dead and saturated units; at the end only if they may explain the loss */
void health_judge_activations(TrainRun *run, const HealthLook *look, const char *when);
/* units that were equal at the first values and still are */
void health_judge_alike(TrainRun *run);
bool health_judge_at_limits(const HealthLook *look);
/* … from the losses and from clipping … */
void health_judge_clipping(TrainRun *run);
void health_judge_validation(TrainRun *run);
void health_judge_targets_far(TrainRun *run);
/* … if nothing else explains a loss that is no lower than a prediction without inputs */
void health_judge_learning(TrainRun *run);

/* all verdicts for a loop around `update` */
void health_judge_loop(TrainRun *run, bool takes_turns);

#endif
