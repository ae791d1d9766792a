/* exchange.h — what the processes of a program have of a sum in parts, added in one tree and given
 * to all, piece by piece.
 *
 * A thread of its own does it, while the first one still works out the last part here: it says
 * which field of that part is made, and pieces of fields that are made go on their way.  All
 * processes take the pieces in one order.  Where one cannot give its piece (its part failed), what
 * depends on it is none, everywhere, and the exchange goes on to its end: so all stay in step, and
 * hear the reason afterwards.
 */
#ifndef GD_LANG_EXCHANGE_H
#define GD_LANG_EXCHANGE_H

#include "lang/learn/nodes.h"

enum { ROOTS_MOST = 160 };

/* A node that this process worked out alone, of parts `low` to `high`, the latter not included. */
typedef struct Root {
  int64_t low, high;
  const char *bytes; /* of the layout; written to as the left side of a sum */
} Root;

/* What is exchanged; borrowed until exchange_end. */
typedef struct Exchanged {
  const Layout *layout;
  int64_t shards;
  const double *before; /* [shards + 1]: rows of the parts before each */
  size_t piece;         /* bytes */
  char *whole;          /* takes the sum of all */
  bool apart;           /* by the thread of its own; else all is made, and exchange_end does it */
} Exchanged;

typedef struct Exchange Exchange;

/* The process that works out a part. */
int exchange_owner(int64_t part, int64_t shards);
Exchange *exchange_new(void);
void exchange_free(Exchange *exchange);
void exchange_begin(Exchange *exchange, const Exchanged *what);
/* A node of this process, before a field is said to be made that it is added to. */
void exchange_root(Exchange *exchange, int64_t low, int64_t high, char *bytes);
void exchange_last(Exchange *exchange);            /* the last part here begins */
void exchange_made(Exchange *exchange, int field); /* of it, in this process */
void exchange_all_made(Exchange *exchange);
void exchange_give_up(Exchange *exchange); /* this process cannot go on */
/* Waits until it is over.  False: a process is lost.  none: what is in `whole` is worth nothing. */
bool exchange_end(Exchange *exchange, bool *none, Diag *diag);
/* --dump=time: when pieces were made and had met, in the mean */
void exchange_print(const Exchange *exchange, const Layout *layout, Text *text);

#endif
