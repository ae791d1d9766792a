/* entries.h — the entries of a race, and their results. */
#ifndef GD_LANG_ENTRIES_H
#define GD_LANG_ENTRIES_H

#include "lang/train/block_state.h"
#include "lang/train/train.h"

/* One training of an entry. */
typedef struct RaceRun {
  TrainRun *run;  /* while it is open; owned */
  char *label;    /* "adam (2/5) seed 1/3"; owned */
  Kept values;    /* its own, at its last pause or its end */
  BlockKept left; /* what its blocks and `make:` left then */
  uint64_t draws; /* its position in the sequence of draws */
  Value history;  /* once it is over; held */
  double score;   /* its last loss; NaN before it ran */
  double metrics[METRICS_MOST];
  double seconds;
  int64_t epochs, steps;
  bool diverged;
  Text page; /* its `report:`; owned */
} RaceRun;

typedef struct Entry {
  const char *name; /* interned */
  Value optimizer;  /* of `optimizers:`; held */
  Value *settings;  /* by name of `settings:`; held; owned array */
  RaceRun *runs;    /* by seed; owned */
  double mean;      /* of the scores; infinity: there is none */
  double spread;    /* their standard deviation */
  int best;         /* the seed with the lowest, -1: none */
  int64_t diverged; /* number of runs that diverged */
  /* epochs after which `halving:` dropped it; 0: not dropped; below 0: this round drops it */
  int64_t dropped_after;
} Entry;

typedef struct Race {
  Vm *vm;
  Frame *frame;
  const Ast *ast;
  Span span;           /* of the word */
  Training *outer;     /* the train around it, or NULL */
  TrainRun *reader;    /* reads the clauses that describe the race; owned */
  const Ast *settings; /* the clause, with the places of its names; NULL: `optimizers:` */
  int setting_count;   /* names of it */
  int64_t seeds;
  bool halving;
  Entry *entries; /* owned */
  int entry_count;
  char *report;                   /* path of `report:`; owned; NULL: none, or no run is over */
  int64_t opened;                 /* runs so far */
  int entry, seed;                /* the current run */
  RaceGiven given;                /* to the clauses of the current entry */
  uint64_t base_seed, base_draws; /* where each run begins */
  uint64_t last_draws;            /* the largest number of draws of a run */
  Kept start;       /* values from before the race of everything that it has trained */
  BlockKept before; /* what the blocks and `make:` change, before the race */
  int best;         /* the best entry so far, -1: none */
  bool cut;         /* by a signal or a limit */
  /* for the table: of the last run that was measured */
  bool quiet, validates;
  const char *metrics[METRICS_MOST];
  int metric_count;
} Race;

/* Reads `optimizers:`, `settings:`, `random:`, `seeds:`, `halving:`; raises for an invalid one. */
void entries_read(Race *race);
/* Does the tree use the name of a setting? */
bool entries_use(const Race *race, const Ast *ast);
/* The order of the table: entries that halving kept longer, then entries without a diverged run,
 * then lower losses. */
bool entry_before(const Entry *a, const Entry *b);

#endif
