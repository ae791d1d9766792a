/* peers.h — the processes that run one program together.
 *
 * Each runs the whole script; process 0 alone prints, writes files and talks.  They meet where a
 * training with `shards:` adds gradients (lang/run/shards.c), by messages from one process to
 * another; collectives of a library are not used, because their order of additions is not defined
 * here.  A program has one set of peers, as it has one team of threads; without any it is process 0
 * of 1, and nothing here costs.
 *
 * What carries the bytes is a Transport: sockets between processes of one machine (sockets.c), or
 * MPI (launch.c).  Another one fills the same three functions.
 *
 * A peer that ends, or gives no sign of life for longer than the timeout, is lost, and with it the
 * program: from then on every call fails with the same Diag, of status 76.  Signs of life are the
 * transport's: a process gives them also while it computes, however long that takes.
 */
#ifndef GD_RUNTIME_PEERS_PEERS_H
#define GD_RUNTIME_PEERS_PEERS_H

#include "runtime/base/base.h"
#include "runtime/base/diag.h"

enum { PEERS_MOST = 256 };

typedef enum Carried {
  CARRIED,        /* all bytes */
  CARRIED_CLOSED, /* the other one has ended */
  CARRIED_LATE,   /* no sign of life for as long as was allowed */
  CARRIED_STOPPED /* a second Ctrl-C */
} Carried;

typedef struct Transport {
  int rank, count; /* of this process, and of all */
  void *state;
  Carried (*send)(void *state, int to, const void *data, size_t bytes, double seconds);
  Carried (*receive)(void *state, int from, void *data, size_t bytes, double seconds);
  /* The last thing, with the status of the program: process 0 ends those that still run, where it
   * is not 0.  Releases the state, or does not return. */
  void (*close)(void *state, int status, double seconds);
} Transport;

/* From here on this process has peers; takes what the transport owns. */
void peers_open(const Transport *transport, double seconds);
int peers_rank(void);  /* 0 without peers */
int peers_count(void); /* 1 without peers */

/* One message; the receiver knows its size.  They fill the Diag and give false. */
bool peers_send(int to, const void *data, size_t bytes, Diag *diag);
bool peers_receive(int from, void *data, size_t bytes, Diag *diag);
/* A message that may be none, where the sender cannot give it: both sides still count it. */
bool peers_send_none(int to, Diag *diag);
bool peers_receive_piece(int from, void *data, size_t bytes, bool *none, Diag *diag);
/* What process 0 has in `data` goes to all, and whether it is none. */
bool peers_spread_piece(void *data, size_t bytes, bool *none, Diag *diag);
/* A message size at which transfer time dominates latency: measured between the first process and
 * the last for some milliseconds; the same number in all processes. */
bool peers_measure(size_t *bytes, Diag *diag);
/* What process 0 has in `data` goes to all. */
bool peers_spread(void *data, size_t bytes, Diag *diag);
/* Everyone's bytes, in the order of ranks, to all: ends[i] is the end of those of process i. */
bool peers_gather(const Text *own, Text *all, size_t ends[PEERS_MOST], Diag *diag);
const Diag *peers_lost(void); /* why no call can succeed any more, or NULL */

/* Tells each other where they run and what they were started with: lines of text, which are to be
 * the same everywhere.  False where they differ, in all processes alike. */
bool peers_greet(const char *started_with, Diag *diag);
/* How many of them, this one too, share the processors that this one may use. */
int peers_near(void);

/* Ends the program with a status and, in a process other than 0, its error message.  Returns the
 * status of the program; in process 0, `said` (new; may be NULL) is then the message of another
 * process, and in process 1 its own, where process 0 is lost. */
int peers_agree(int status, const char *says, char **said);
/* After that, when all is written: the program ends with this status.  May not return. */
void peers_close(int status);

#endif
