/* measure.h — the metrics of an epoch: the values of their expressions over all its rows.
 *
 * When a step is recorded, a Measure finds the nodes whose values must be collected (measure_find).
 * It gets those values after each minibatch (measure_add) and computes the metrics at the end of
 * the epoch (measure_values).  The values are:
 *   a fold    sums, maxima, products … over rows: as doubles, for any number of rows
 *   rows      values that the expression needs row by row (auc, a median): storage for all rows of
 *             the epoch
 *   a mean    a number that has no rows but changes with the steps (1e-4 * l2(net)): its mean,
 *             weighted by rows
 * A training has one for its epochs and one for its validation.  Neither is used when a minibatch
 * is the whole epoch: then the step's own metrics are the epoch's.
 */
#ifndef GD_LANG_MEASURE_H
#define GD_LANG_MEASURE_H

#include "lang/tensors/trace.h"

enum { METRICS_MOST = 32 };

typedef struct Metric {
  const char *name; /* interned */
  const Ast *expression;
} Metric;

/* The origin of a minibatch's rows. */
typedef struct RowSource {
  Span span;             /* the data set in the script */
  const char *what;      /* in messages: "the data", "the validation data" */
  const Tensor *columns; /* all its rows */
  const int64_t *order;  /* the order of the rows; NULL: as stored, or … */
  const RngOrder *keyed; /* … this one; NULL: as stored */
  int64_t first, end;    /* rows before the minibatch; the same plus its own */
  const Tensor *lines;   /* line in `file` of each row; NULL: unknown */
  const char *file;
  const ListObject *names; /* of the columns of the first tensor, or NULL; borrowed */
} RowSource;

/* The row that is i-th in the order of the source. */
static inline int64_t feed_row(const RowSource *source, int64_t i) {
  return source->order ? source->order[i] : source->keyed ? rng_order_at(source->keyed, i) : i;
}

/* Nodes of a recording, metric by metric (of one that branches: up to its branch). */
typedef struct MetricNodes {
  NodeId *items; /* in the arena of the graph */
  int count;
  int first[METRICS_MOST + 1]; /* by metric */
} MetricNodes;

/* The metrics in a recording. */
typedef struct Recorded {
  NodeId roots[METRICS_MOST]; /* of a metric that branches, the node whose value it needed first */
  bool decides[METRICS_MOST];
  NodeId columns[8]; /* the minibatch's; set by the caller */
  int column_count;
  MetricNodes outputs, inputs;   /* results of models, arguments of those that no other one calls */
  const struct Calling *calling; /* the model calls around the metrics */
} Recorded;

typedef enum TakeKind { TAKE_FOLD, TAKE_ROWS, TAKE_MEAN } TakeKind;

/* A value collected from each minibatch. */
typedef struct Taken {
  TakeKind kind;
  NodeId node;   /* in the recording over all rows */
  Op op;         /* FOLD: the operation that combines parts */
  int axis;      /* ROWS: the axis of rows */
  int64_t block; /* ROWS: elements of a row along it */
  Type type;     /* over all rows */
  Span span;
  double *sums;   /* FOLD, MEAN: over the epoch so far; owned */
  double *marked; /* their values at measure_mark; owned, or NULL */
  Tensor rows;    /* ROWS: storage for all rows; the first `met` are filled */
} Taken;

struct StepContext;

typedef struct Measure {
  bool on;
  bool training;  /* the value of `training` in it */
  int64_t rows;   /* of an epoch */
  int64_t met;    /* rows seen so far */
  int64_t marked; /* that number at measure_mark */
  /* the metrics recorded for all rows, without elements; detached; NULL: not recorded yet */
  Trace *whole;
  Recorded recorded; /* in it */
  Taken *taken;      /* owned */
  int count;
  bool studied;                /* `taken` is known */
  double values[METRICS_MOST]; /* over `valued` rows */
  int64_t valued;
  /* for recording them again; set by measure_find */
  Frame *frame;
  const Ast *pattern;
  const Metric *metrics; /* borrowed */
  int metric_count, column_count;
  Type columns[8];         /* of the minibatch's columns */
  float probable[8];       /* TensorObject.probable of each */
  const RowSource *source; /* of its rows; borrowed */
} Measure;

/* Records the metrics in vm->trace; each sees the current buffers, and draws from the same
 * place. */
void measure_record(Vm *vm, Frame *frame, const Metric *metrics, int count, Recorded *recorded);
/* The nodes of a step to collect: fills *nodes (in the arena of `part`) with nodes of its
 * recording, returns how many.  recorded: its metrics, for `rows` rows.  Call it when the recording
 * of `part` is complete.  Raises for a metric that cannot be computed over an epoch. */
int measure_find(Vm *vm, Measure *measure, const struct StepContext *context, Trace *part,
                 const Recorded *recorded, int64_t rows, NodeId **nodes);
/* `gd check`: raises if measure_find would, for minibatches of `rows` rows; unknown values are not
 * reported. */
void measure_check(Vm *vm, Measure *measure, const struct StepContext *context, int64_t rows);
/* the values of those nodes, for the next rows */
void measure_add(Measure *measure, const Tensor *taken, int64_t rows);
/* call it at the beginning of an update of several minibatches … */
void measure_mark(Measure *measure);
/* … and this when it fails: restores the state of the mark */
void measure_back(Measure *measure);
/* the metrics over the rows seen; borrows */
const double *measure_values(Vm *vm, Measure *measure);
/* call it at the beginning of an epoch */
void measure_clear(Measure *measure);
/* the recording may be invalid; the collected values stay */
void measure_reset_recording(Vm *vm, Measure *measure);
void measure_free(Vm *vm, Measure *measure);

/* For checkpoints: measure->count tensors of the rows seen.  Known once a step with this measure is
 * recorded. */
Tensor measure_kept(Vm *vm, const Measure *measure, int number); /* returns a new one */
Type measure_kept_type(const Measure *measure, int number, int64_t met);
/* of that type */
void measure_take_up(Measure *measure, int number, const Tensor *kept, int64_t met);
/* call it when all are restored */
void measure_go_on(Measure *measure, int64_t met);
/* or this, when the checkpoint has the metrics themselves: no more rows will come */
void measure_known(Measure *measure, const double *values, int64_t met);

#endif
