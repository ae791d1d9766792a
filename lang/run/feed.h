/* feed.h — the minibatches of a run. */
#ifndef GD_LANG_FEED_H
#define GD_LANG_FEED_H

#include "lang/run/run.h"

/* validates: its expression, or NULL */
void feed_open(TrainRun *run, Value data, Value validate, const Ast *validates);
/* raises if a file from which rows are read has changed */
void feed_check(TrainRun *run);
/* computes the order of the rows of run->epoch */
void feed_epoch(TrainRun *run);
/* the next minibatch; returns its rows; 0: the epoch is over */
int64_t feed_next(TrainRun *run, Tensor columns[8]);
/* are there rows of the epoch for another update? */
bool feed_has_rows(const TrainRun *run);
/* `rows` rows from `from` on, in the order of the epoch: a part of a minibatch */
void feed_part(TrainRun *run, int64_t from, int64_t rows, Tensor columns[8]);
/* The same in steps: the numbers of the rows from `from` on, borrowed until the next call, NULL: as
 * they are stored; the storage of a part; and its rows, `skip` after `from`, which any thread may
 * copy. */
const int64_t *feed_order(TrainRun *run, int64_t from, int64_t rows);
void feed_room(TrainRun *run, Minibatch *part, int64_t rows);
void feed_copy(const TrainRun *run, const Minibatch *part, const int64_t *order, int64_t from,
               int64_t skip);
int64_t feed_validate(TrainRun *run, int64_t from, Tensor columns[8]);
bool feed_shuffles(const TrainRun *run);
uint64_t feed_digest(const Tensor *columns, int count); /* of the data, for resume; 0 without any */
void feed_close(TrainRun *run);
/* The number of updates that the training will make; 0: not known. */
double feed_updates(const TrainRun *run);

#endif
