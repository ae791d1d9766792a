/* shards.h — an update worked out in parts: `shards:` (see shards.c). */
#ifndef GD_LANG_SHARDS_H
#define GD_LANG_SHARDS_H

#include "lang/learn/train.h"

/* Makes the update of the next `total` rows; as the minibatches of update_make (update.c), whose
 * place it takes.  The loss and the rows are added to `sums`.  False: interrupted, nothing counts.
 */
bool shards_update(TrainRun *run, double total, Sums *sums, StepOutcome *outcome);
/* A part failed: its buffers are as before the update. */
void shards_back(TrainRun *run);
/* What processes tell each other of this training; NULL: there is only this one. */
struct Told *shards_told(TrainRun *run);
/* At the end: has every process made the same of it?  Raises where one has not. */
void shards_close(TrainRun *run);
void shards_free(TrainRun *run);

#endif
