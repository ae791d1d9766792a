/* exchange.h — adds the parts of a sum that several processes computed, in one tree, and sends the
 * result to all, piece by piece.
 *
 * A thread of its own does this while the main thread still computes the last part here.  The main
 * thread reports each field of that part as it becomes ready, and pieces of ready fields are sent.
 * All processes use the same order of pieces.  If one cannot send its piece (its part failed),
 * every sum that depends on it is empty in all processes, and the exchange continues to its end. So
 * the processes stay synchronised, and receive the reason afterwards.
 */
#ifndef GD_LANG_EXCHANGE_H
#define GD_LANG_EXCHANGE_H

#include "lang/step/nodes.h"

enum { ROOTS_MOST = 160 };

/* A node that this process computed alone, from parts `low` to `high` - 1. */
typedef struct Root {
  int64_t low, high;
  const char *bytes; /* in the layout; overwritten as the left side of a sum */
} Root;

/* The sum to exchange; borrowed until exchange_end. */
typedef struct Exchanged {
  const Layout *layout;
  int64_t shards;
  const double *before; /* [shards + 1]: number of rows before each part */
  size_t piece;         /* bytes */
  char *whole;          /* receives the sum of all */
  bool apart;           /* on a thread; else all is ready already, and exchange_end does it */
} Exchanged;

typedef struct Exchange Exchange;

/* The process that computes a part. */
int exchange_owner(int64_t part, int64_t shards);
Exchange *exchange_new(void);
void exchange_free(Exchange *exchange);
void exchange_begin(Exchange *exchange, const Exchanged *what);
/* Adds a node of this process; call it before exchange_made of a field that it is added to. */
void exchange_root(Exchange *exchange, int64_t low, int64_t high, char *bytes);
void exchange_last(Exchange *exchange);            /* the last part here begins */
void exchange_made(Exchange *exchange, int field); /* a field of it is ready here */
void exchange_all_made(Exchange *exchange);
void exchange_give_up(Exchange *exchange); /* this process failed */
/* Waits for the end.  False: a process is lost.  *none: `whole` is not valid. */
bool exchange_end(Exchange *exchange, bool *none, Diag *diag);
/* --dump=time: the mean times at which pieces were ready and summed */
void exchange_print(const Exchange *exchange, const Layout *layout, Text *text);

#endif
