/* shards.h — an update computed in parts: `shards:` (see shards.c). */
#ifndef GD_LANG_SHARDS_H
#define GD_LANG_SHARDS_H

#include "lang/run/history.h"
#include "lang/run/run.h"

/* Makes the update of the next `total` rows, instead of the minibatches of update_make (update.c).
 * Adds the loss and the rows to `sums`.  False: interrupted, with no effect. */
bool shards_update(TrainRun *run, double total, Sums *sums, StepOutcome *outcome);
/* After a part failed: restores its buffers to before the update. */
void shards_back(TrainRun *run);
/* The messages between processes about this training; NULL: there is only one process. */
struct MessageBuffers *shards_messages(TrainRun *run);
/* At the end: compares the results of all processes; raises if one differs. */
void shards_close(TrainRun *run);
void shards_free(TrainRun *run);

#endif
