/* words.h — the messages in which the processes of a program report on the rows that each computed.
 *
 * An update in parts (shards.c) and a validation (validate.c) each end with such an exchange. Every
 * process sends its status, a digest of its work, and a record of each of its minibatches; all
 * processes receive all messages in one order.  An error of one process is raised in all of them,
 * and a process whose script took another path is detected.
 */
#ifndef GD_LANG_WORDS_H
#define GD_LANG_WORDS_H

#include "lang/learn/train.h"

enum { WORD_SIZES = 2 };

typedef enum WordState { WORD_FINE, WORD_INTERRUPTED, WORD_FAILED } WordState;

/* The message of a process; it is followed by the Diag of a failure, or by the records. */
typedef struct Word {
  int32_t state, asks, late, draws;
  uint64_t digest, data;    /* 0: not known */
  uint64_t values;          /* of the current params; 0: not known */
  int64_t rows[WORD_SIZES]; /* sizes of its minibatches … */
  /* … and for each the hash of the loss, with its constants; 0: not known */
  uint64_t plans[WORD_SIZES];
} Word;

/* The record of one minibatch; it is followed by `taken` and `update` tensors. */
typedef struct Record {
  int64_t rows;
  double loss;
  int64_t taken, update;
} Record;

/* Memory that is reused for the next exchange. */
typedef struct Told {
  Word word;           /* of this process */
  Text records, heard; /* of this process, of all; owned */
} Told;

/* The destination of received messages. */
typedef struct Hearing {
  TrainRun *run;
  Span span; /* of the statement in the script */
  Told *told;
  Measure *taken, *update; /* NULL: records have none */
  double loss, rows;       /* sums over the records, of loss times rows */
  bool interrupted;
} Hearing;

void words_begin(Told *told, uint64_t data);
void words_add(TrainRun *run, Told *told, Step *step, double loss, int64_t rows, bool taken,
               bool update);
/* A hash of the values of params and buffers. */
uint64_t words_values(ParamObject *const *params, int count, uint64_t seed);
/* Sends this process's message and receives all.  failed: the error of this process, or NULL.
 * False: a process is lost. */
bool words_tell(Hearing *hearing, const Diag *failed, Diag *lost);
void words_free(Told *told);

#endif
