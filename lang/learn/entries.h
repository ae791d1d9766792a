/* entries.h — the entries of a race, and what has become of them. */
#ifndef GD_LANG_ENTRIES_H
#define GD_LANG_ENTRIES_H

#include "lang/learn/train.h"

/* One training of an entry. */
typedef struct RaceRun {
  TrainRun *run;  /* while it is open; owned */
  char *label;    /* "adam (2/5) seed 1/3"; owned */
  Kept values;    /* its own, at its last pause or its end */
  Value *made;    /* what `make:` gave each of its variables; held; owned array */
  uint64_t draws; /* where it is in the sequence of draws */
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
  int64_t diverged; /* how many of the runs did */
  /* after so many epochs `halving:` dropped it; 0: it did not; below 0: this round does */
  int64_t dropped_after;
} Entry;

typedef struct Race {
  Vm *vm;
  Frame *frame;
  const Ast *ast;
  Span span;              /* of the word */
  struct TrainRun *outer; /* the train around it, or NULL */
  TrainRun *reader;       /* reads the clauses that describe the race; owned */
  const Ast *settings;    /* the clause, with the places of its names; NULL: `optimizers:` */
  int setting_count;      /* names of it */
  int64_t seeds;
  bool halving;
  Entry *entries; /* owned */
  int entry_count;
  char *report;     /* path of `report:`; owned; NULL: none, or no run is over */
  int64_t opened;   /* runs so far */
  int entry, seed;  /* the current run */
  RaceGiven given;  /* to the clauses of the current entry */
  const Ast **made; /* the names that `make:` assigns; owned array */
  int made_count;
  uint64_t base_seed, base_draws; /* where each run begins */
  uint64_t last_draws;            /* the farthest that one came */
  Kept start;                     /* values of before the race of all that it has trained */
  int best;                       /* the best entry so far, -1: none */
  bool cut;                       /* by a signal or a limit */
  /* what the table says: of the last run that was measured */
  bool quiet, validates;
  const char *metrics[METRICS_MOST];
  int metric_count;
} Race;

/* Reads `optimizers:`, `settings:`, `random:`, `seeds:`, `halving:`; raises what is wrong in
 * them. */
void entries_read(Race *race);
/* Is the name of a setting in the tree? */
bool entries_use(const Race *race, const Ast *ast);
/* The order of the table: those that halving kept longest, those without a run that diverged, the
 * lower loss. */
bool entry_before(const Entry *a, const Entry *b);

#endif
