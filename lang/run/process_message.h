/* process_message.h — the messages in which the processes of a program report on the rows that each
 * computed.
 *
 * An update in parts (shards.c) and a validation (validate.c) each end with such an exchange. Every
 * process sends its status, a digest of its work, and a record of each of its minibatches; all
 * processes receive all messages in one order.  An error of one process is raised in all of them,
 * and a process whose script took another path is detected.
 */
#ifndef GD_LANG_PROCESS_MESSAGE_H
#define GD_LANG_PROCESS_MESSAGE_H

#include "lang/run/run.h"

enum { MESSAGE_SIZES = 2 };

typedef enum ProcessState { PROCESS_FINE, PROCESS_INTERRUPTED, PROCESS_FAILED } ProcessState;

/* Which targets are trained and which buffers assigned, in the order of their sums; 0: unknown. */
typedef struct ReachedDigests {
  uint64_t targets, buffers;
} ReachedDigests;

/* The message of a process; it is followed by the Diag of a failure, or by the records. */
typedef struct ProcessMessage {
  int32_t state;         /* a ProcessState */
  int32_t signals;       /* received */
  int32_t late;          /* --max-time is up */
  int32_t draws;         /* it used random numbers */
  uint64_t digest, data; /* 0: not known */
  uint64_t values;       /* of the current params; 0: not known */
  ReachedDigests reached;
  int64_t rows[MESSAGE_SIZES]; /* sizes of its minibatches … */
  /* … and for each the hash of the loss, with its constants; 0: not known */
  uint64_t plans[MESSAGE_SIZES];
} ProcessMessage;

/* The record of one minibatch; it is followed by `taken` and `update` tensors. */
typedef struct Record {
  int64_t rows;
  double loss;
  int64_t taken, update;
} Record;

/* Memory that is reused for the next exchange. */
typedef struct MessageBuffers {
  ProcessMessage message; /* of this process */
  Text records, received; /* of this process, of all; owned */
} MessageBuffers;

/* The destination of received messages. */
typedef struct MessageExchange {
  TrainRun *run;
  Span span; /* of the statement in the script */
  MessageBuffers *messages;
  Measure *taken, *update; /* NULL: records have none */
  double loss, rows;       /* sums over the records, of loss times rows */
  bool interrupted;
} MessageExchange;

void process_message_begin(MessageBuffers *messages, uint64_t data);
/* results: of this run of the step */
void process_message_record(TrainRun *run, MessageBuffers *messages, Step *step,
                            const Tensor *results, double loss, int64_t rows, bool taken,
                            bool update);
/* A hash of the values of params and buffers. */
uint64_t process_message_hash(ParamObject *const *params, int count, uint64_t seed);
/* Sends this process's message and receives all.  failed: the error of this process, or NULL.
 * False: a process is lost. */
bool process_message_exchange(MessageExchange *exchange, const Diag *failed, Diag *lost);
void process_message_free(MessageBuffers *messages);

#endif
