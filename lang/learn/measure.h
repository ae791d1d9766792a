/* measure.h — the metrics of an epoch: what their expressions give over all its rows at once.
 *
 * A Measure is asked when a step is recorded what of it must be kept (measure_find), given those values after each minibatch
 * (measure_add), and works the metrics out at the end of the epoch (measure_values).  What is kept:
 *   a fold    sums, maxima, products … over rows: as doubles, whatever number of rows there are
 *   rows      values that the expression needs row by row (auc, a median): storage for all rows of the epoch
 *   a mean    a number that has no rows but changes with the steps (1e-4 * l2(net)): the mean by rows of what was met
 * A training has one for its epochs and one for its validation.  Neither is used when a minibatch is the whole epoch: then the step's
 * own metrics are the epoch's.
 */
#ifndef GD_LANG_MEASURE_H
#define GD_LANG_MEASURE_H

#include "lang/tensors/trace.h"

enum { METRICS_MOST = 32 };

typedef struct Metric {
  const char *name;      /* interned */
  const Ast *expression;
} Metric;

/* Where the rows of a minibatch come from. */
typedef struct RowSource {
  Span span;               /* the data set in the script */
  const char *what;        /* "the data", "the validation data" */
  const Tensor *columns;   /* all its rows */
  const int64_t *order;    /* which rows come when; NULL: as they stand */
  int64_t first, end;      /* how many came before the minibatch, and with it */
  const Tensor *lines;     /* of the rows in `file`; NULL: that is not known */
  const char *file;
} RowSource;

/* The metrics in a recording. */
typedef struct Recorded {
  NodeId roots[METRICS_MOST];  /* each; of one that decides from data, what it asked for first */
  bool decides[METRICS_MOST];
  NodeId columns[8];           /* the minibatch; filled in by whoever records */
  int column_count;
  NodeId *outputs;             /* what models gave, metric by metric (a metric that decides: until then); in the arena of the graph */
  int output_count;
  int first[METRICS_MOST + 1]; /* of the outputs, by metric */
} Recorded;

typedef enum TakeKind { TAKE_FOLD, TAKE_ROWS, TAKE_MEAN } TakeKind;

/* A value of each minibatch that is kept. */
typedef struct Taken {
  TakeKind kind;
  NodeId node;          /* in the recording over all rows */
  Op op;                /* FOLD: how parts are put together */
  int axis;             /* ROWS: the axis of rows */
  int64_t block;        /* ROWS: places of a row along it */
  Type type;            /* over all rows */
  Span span;
  double *sums;         /* FOLD, MEAN: of the epoch so far; owned */
  double *marked;       /* what they were at measure_mark; owned, or NULL */
  Tensor rows;          /* ROWS: room for all; the first `met` of them are there */
} Taken;

struct StepContext;

typedef struct Measure {
  bool on;
  bool training;        /* the word `training` in it */
  int64_t rows;         /* of an epoch */
  int64_t met;          /* rows so far */
  int64_t marked;       /* what that was at measure_mark */
  Trace *whole;         /* the metrics recorded for all rows, without elements; detached; NULL: not yet */
  Recorded recorded;    /* in it */
  Taken *taken;         /* owned */
  int count;
  bool studied;         /* `taken` is known */
  double values[METRICS_MOST]; /* of `valued` rows */
  int64_t valued;
  /* how to record them again; set by measure_find */
  Frame *frame;
  const Ast *pattern;
  const Metric *metrics;  /* borrowed */
  int metric_count, column_count;
  Type columns[8];        /* of the minibatch's columns */
  const RowSource *source; /* of its rows; borrowed */
} Measure;

/* Records the metrics in vm->trace; each sees the buffers as they are now, and draws from the same place. */
void measure_record(Vm *vm, Frame *frame, const Metric *metrics, int count, Recorded *recorded);
/* What of a step must be kept: fills *nodes (in the arena of `part`) with nodes of its recording, gives how many.  recorded: the
 * metrics there, for `rows` rows.  Called when nothing more is recorded in `part`.  Raises where a metric cannot be had over an epoch. */
int measure_find(Vm *vm, Measure *measure, const struct StepContext *context, Trace *part, const Recorded *recorded, int64_t rows, NodeId **nodes);
/* `gd check`: raises where measure_find would, for minibatches of `rows` rows; says nothing of what is not known. */
void measure_check(Vm *vm, Measure *measure, const struct StepContext *context, int64_t rows);
void measure_add(Measure *measure, const Tensor *taken, int64_t rows);  /* the values of those nodes, of the next rows */
void measure_mark(Measure *measure);                                     /* an update of several minibatches begins … */
void measure_back(Measure *measure);                                     /* … and is given up: what was met is that of the mark */
const double *measure_values(Vm *vm, Measure *measure);                  /* the metrics over the rows met; borrows */
void measure_clear(Measure *measure);                                    /* an epoch begins */
void measure_forget(Vm *vm, Measure *measure);                           /* what was recorded may no longer hold; what was met stays */
void measure_free(Vm *vm, Measure *measure);

/* To and from a checkpoint: measure->count tensors of so many rows met.  They are known once a step with this measure is recorded. */
Tensor measure_kept(Vm *vm, const Measure *measure, int number);             /* returns a new one */
Type measure_kept_type(const Measure *measure, int number, int64_t met);
void measure_take_up(Measure *measure, int number, const Tensor *kept, int64_t met); /* of that type */
void measure_go_on(Measure *measure, int64_t met);                           /* all were taken up */

#endif
