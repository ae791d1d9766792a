/* run.h — the state of a running `train`: its clauses, its data, its steps, its position.
 *
 * The rooms above fill and change it: train/ opens, continues and closes a run (train/train.h),
 * health/ looks at it.  This room's files have its parts: feed.c the minibatches, steps.c the
 * recorded steps, shards.c an update in parts, history.c losses and metrics, kept.c and average.c
 * values.  Of a run in progress the rooms below know its draws only (optimizers/draws.h).
 */
#ifndef GD_LANG_RUN_H
#define GD_LANG_RUN_H

#include "lang/names/scope.h"
#include "lang/optimizers/draws.h"
#include "lang/run/average.h"
#include "lang/run/history.h"
#include "lang/step/step.h"

enum { STEPS_KEPT = 10, STALLED_MOST = 8 };

/* The columns of `history.path` for one target. */
enum { PATH_MOST = 8 };
typedef struct PathPart {
  const ParamObject *param; /* borrowed */
  int elements;
} PathPart;

/* The state of one `stalled(value, n)`. */
typedef struct Stalled {
  int64_t place; /* its position, counted from the start of `stop:` */
  double best;
  int64_t since; /* epochs without a lower value */
  int64_t epoch; /* when it was last evaluated */
} Stalled;

/* Storage that steps read: the same for all steps, since their plans point to it. */
typedef struct Minibatch {
  int64_t rows;      /* 0: none yet */
  Tensor columns[8]; /* held */
} Minibatch;

/* The action after a step that is not finite: `on_divergence:`. */
typedef enum Divergence {
  DIVERGENCE_ERROR,
  DIVERGENCE_STOP,    /* the run ends with the previous values */
  DIVERGENCE_BACK_OFF /* the rate is halved and the step repeated */
} Divergence;

/* Values that a race gives the clauses of an entry, instead of evaluating them. */
typedef struct RaceGiven {
  OptimizerObject *optimizer; /* borrowed; NULL: a copy of the value of `optimizer:` */
  Value data[2];              /* the data and the validation data, or UNSET; held */
} RaceGiven;

struct TrainRun {
  Training base; /* first member */
  Vm *vm;
  Frame *frame;
  const Ast *ast;
  const RaceGiven *given; /* of an entry of a race: values for its clauses; or NULL */
  const char *label;      /* the entry's label, for the progress; or NULL */
  const char *entry;      /* its name, and … */
  int entry_seed;         /* … which of the seeds it is, from 0 */
  bool log_goes_on;       /* an earlier run of the same statement began the log */
  int64_t pause_at;       /* epochs after which it pauses for the other entries; 0: never */
  /* the clauses */
  Objective objectives[UPDATES_MOST];
  int objective_count;
  Objective val_objectives[UPDATES_MOST]; /* for validation: the losses only */
  const Ast *pattern;
  Metric metrics[METRICS_MOST];
  int metric_count;
#define CLAUSE(key, flags)
#define COUNT(key, flags, field, absent, least) int64_t field;
#define FLAG(key, flags, field) bool field;
#define TREE(key, flags, field) const Ast *field; /* or NULL */
#include "lang/names/clauses.def"
#undef TREE
#undef FLAG
#undef COUNT
#undef CLAUSE
  bool shuffle, resume;
  bool resumed; /* earlier steps were made by another sitting */
  Divergence on_divergence;
  int64_t backed_off;               /* number of times the rate was halved */
  char *checkpoint;                 /* owned path, or NULL */
  int64_t checkpoint_every;         /* epochs */
  double checkpoint_written;        /* time of the last one, by clock_seconds; 0: none yet */
  uint64_t digest;                  /* of the data; 0 without, or without a checkpoint */
  Series hyper_given[UPDATES_MOST]; /* the hyperparameters' numbers before the first step */
  struct BlockState *block_state;   /* with a checkpoint; owned */
  struct Joins *joins;              /* with a checkpoint; owned */
  Text settings, note;              /* descriptions of the training (settings.c); owned */
  bool settings_changed, keep_changed, stop_changed,
      average_changed; /* since the checkpoint was written */
  struct FileLock *lock;
  struct RunLog *log; /* owned; NULL: none */
  char *report;       /* owned path, or NULL */
  Text *page;         /* in a race: receives the page, which is written for the winner; borrowed */
  /* the data */
  Value data_value, validate_value;        /* held */
  Tensor columns[8], validate[8];          /* held */
  float probable[8], validate_probable[8]; /* by column: TensorObject.probable */
  int column_count, validate_count;
  int path_width, path_count; /* elements of a row of `history.path`, 0: there is none; parts */
  PathPart path_parts[PATH_MOST];
  int64_t rows, validate_rows;
  RowSource source, val_source; /* of the current minibatch */
  Minibatch minibatch[2];       /* of `batch` rows, and of the fewer left at the end of an epoch */
  Minibatch val_minibatch[2];   /* the same for the validation */
  Minibatch parts[4];           /* of `shards:`: two sizes, and two for the last minibatch */
  int64_t *order;               /* of the epoch's rows; if `is_keyed`, of the minibatch's; owned */
  bool is_keyed;
  RngOrder keyed;
  int64_t ordered, ordered_rows; /* first position and number of rows in `order` then; -1: none */
  int64_t prefetching;           /* number of minibatches whose rows will be prefetched */
  long page_faults;              /* page faults that the process has waited for so far */
  /* traced steps */
  Step steps[UPDATES_MOST][STEPS_KEPT];
  int step_count[UPDATES_MOST];
  Step val_steps[UPDATES_MOST][STEPS_KEPT];
  int val_step_count[UPDATES_MOST];
  Measure measure, val_measure; /* the metrics over an epoch, over the validation set */
  /* over an update of several minibatches, if the metrics of a step are used */
  Measure update_measure;
  bool wants_metrics;                 /* stop: or each_step: uses those of a step */
  double epoch_metrics[METRICS_MOST]; /* of the epoch so far, at the last epoch_measure */
  /* the position */
  int64_t epoch, at_row;     /* the current epoch, and its rows already used */
  int64_t total_steps;       /* updates made */
  Sums sums;                 /* of the epoch so far */
  Series epoch_rows;         /* of each of its updates */
  StepOutcome last;          /* of the step just made */
  int any_signals;           /* the signals received by any process … */
  bool any_late;             /* … and whether the --max-time of any is up */
  struct Sharding *sharding; /* with `shards:` (shards.c); owned */
  Undo undo;                 /* of the current update, if it takes several plans */
  double rate;
  double val_loss, val_metrics[METRICS_MOST];
  bool epoch_over;      /* the condition is evaluated after an epoch, so `stalled` counts it */
  bool waits_for_epoch; /* stop: uses val_… or stalled */
  Stalled stalled[STALLED_MOST];
  int stalled_count;
  uint64_t blocks[2]; /* digests of each_step and each_epoch (settings.c) */
  uint64_t broke;     /* that of the block whose `break` ended the run; 0: none did */
  Series stop_saw;    /* what `stop:` saw when it ended the run (ending.c); empty until then */
  Series method_why;  /* the letters of `why` of a method that ended the run; empty until then */
  bool over;          /* a limit was reached */
  Value fit;          /* with residuals, at the end: (covariance, errors, rank, loose); held */
  int converged;      /* how many of the objectives' optimizers stopped in the last step */
  bool cut_short;     /* by a signal, --max-time or --max-steps */
  bool block_cut;     /* a limit cut a training in its block short: the rest is missing */
  bool retrace;       /* the recorded steps hold what is no more */
  /* of machine/read_set.h: changes after the last update, and the round in which what its steps may
   * read was found */
  uint64_t changes, reads_round;
  double best;         /* keep: the lowest so far */
  Tensor *best_values; /* of every kept param, owned */
  int64_t best_epoch;
  Average average;
  Series keep_values; /* the values of `keep:`, by epoch */
  /* targets and buffers, held: those that keep and checkpoint save; owned */
  ParamObject **kept;
  char **kept_names;  /* owned */
  Tensor *kept_first; /* of those that joined after the first update, the values then; owned */
  int kept_count;
  History history;
  double started, seconds_before; /* clock; seconds of the runs before a resume */
  struct Progress *progress;
  bool live, live_drawn; /* plot: "live"; there is a picture already */
  double live_at;        /* when it was drawn */
  int training;          /* number among the watched trainings of the program, from 1 */
  struct Health *watch;  /* with `health: true` or in `gd doctor`; owned */
};

/* makes one update; false when the rows are used up */
typedef bool (*Update)(TrainRun *run);

/* the run in progress, or NULL */
static inline TrainRun *run_current(const Vm *vm) { return (TrainRun *)(void *)vm->run; }

#endif
