/* words.h — what the processes of a program tell each other of the rows that each worked out.
 *
 * An update in parts (shards.c) and a validation (validate.c) each end with it: every process
 * tells how it went, what it is about (a digest), and a record of each of its minibatches; all hear
 * all, in one order.  What one process could not do is raised in all of them, and one whose script
 * went another way is found.
 */
#ifndef GD_LANG_WORDS_H
#define GD_LANG_WORDS_H

#include "lang/learn/train.h"

enum { WORD_SIZES = 2 };

typedef enum WordState { WORD_FINE, WORD_INTERRUPTED, WORD_FAILED } WordState;

/* What a process tells; then the Diag of one that failed, or the records. */
typedef struct Word {
  int32_t state, asks, late, draws;
  uint64_t digest, data;    /* 0: not known */
  uint64_t values;          /* of params, as they are now; 0: not known */
  int64_t rows[WORD_SIZES]; /* sizes of minibatches met … */
  uint64_t
      plans[WORD_SIZES]; /* … and what is worked out for one, with its constants; 0: not known */
} Word;

/* Of one minibatch; then `taken` and `update` tensors. */
typedef struct Record {
  int64_t rows;
  double loss;
  int64_t taken, update;
} Record;

/* Kept from one time to the next. */
typedef struct Told {
  Word word;           /* of this process */
  Text records, heard; /* of this process, of all; owned */
} Told;

/* What is heard goes here. */
typedef struct Hearing {
  TrainRun *run;
  Span span; /* of what it is about, in the script */
  Told *told;
  Measure *taken, *update; /* NULL: records have none */
  double loss, rows;       /* sums over the records, of loss times rows */
  bool interrupted;
} Hearing;

void words_begin(Told *told, uint64_t data);
void words_add(TrainRun *run, Told *told, Step *step, double loss, int64_t rows, bool taken,
               bool update);
/* The values of params and buffers, in one number. */
uint64_t words_values(ParamObject *const *params, int count, uint64_t seed);
/* Tells, and hears all.  failed: why this process could not do its part, or NULL.  False: a process
 * is lost. */
bool words_tell(Hearing *hearing, const Diag *failed, Diag *lost);
void words_free(Told *told);

#endif
