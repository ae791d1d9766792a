/* exchange.c — see exchange.h.
 *
 * For each piece the thread walks the tree from its root.  A node whose two sides belong to
 * different processes is added in the process of its first part, which receives the piece of the
 * other side.  A node that belongs to this process alone was either computed before, or contains
 * the last part; then it is added here, as its pieces become ready.  Process 0 ends up with the
 * whole sum of the piece and sends it to all (peers_spread_piece) before the next piece.  So no
 * process sends while another one waits to send to it, however small the transport's buffers are.
 *
 * All processes know which parts have no rows, and send no message for those.  The sums overwrite
 * the left sides of the tree, in this process's memory.  If a left side is empty, what was received
 * for the right side is kept in memory of this piece (`held`).
 */
#include "lang/run/exchange.h"

#include "lang/run/run.h"
#include "runtime/peers/peers.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

enum { HELD_MOST = 24, PIECES_TOLD = 32 };

/* What was seen of a piece, over all updates: seconds since the last part began. */
typedef struct Seen {
  double made, met;
} Seen;

struct Exchange {
  pthread_t thread;
  bool lives, ends;
  pthread_mutex_t lock; /* around what follows, up to `begun` */
  pthread_cond_t change;
  bool works;   /* the thread has something to do */
  bool *made;   /* by field; owned */
  int made_all; /* so many fields from the first on are made */
  bool given_up;
  double begun, worked; /* when the last part began, and was made */
  /* the thread's, while it works */
  Exchanged what;
  Root roots[ROOTS_MOST];
  int root_count;
  size_t at, bytes; /* the piece */
  bool none;        /* it cannot be had */
  bool some_none;
  char *held[HELD_MOST]; /* owned; of one piece */
  size_t held_bytes;
  int held_count;
  bool lost;
  Diag diag;
  /* what was seen */
  Seen *seen; /* by piece; owned */
  int64_t pieces, updates;
  double early;   /* of the bytes, those that had met before the last part was made */
  double seconds; /* from the beginning of the last part till it was made … */
  double waited;  /* … and from there till all had met */
};

int exchange_owner(int64_t part, int64_t shards) { return (int)(part * peers_count() / shards); }

/* ---- a piece ---- */

static bool lose(Exchange *exchange) {
  exchange->lost = true;
  return false;
}

static bool is_empty(const Exchange *exchange, int64_t low, int64_t high) {
  return exchange->what.before[high] <= exchange->what.before[low];
}

static char *hold(Exchange *exchange) {
  assert(exchange->held_count < HELD_MOST);
  char **held = &exchange->held[exchange->held_count++];
  if (!*held) *held = mem_alloc(exchange->held_bytes);
  return *held;
}

static char *own_root(const Exchange *exchange, int64_t low, int64_t high) {
  for (int i = 0; i < exchange->root_count; i++) {
    const Root *root = &exchange->roots[i];
    if (root->low == low && root->high == high)
      return (char *)(uintptr_t)root->bytes + exchange->at;
  }
  return NULL;
}

static bool send_piece(Exchange *exchange, int to, const char *from) {
  bool fine = exchange->none ? peers_send_none(to, &exchange->diag)
                             : peers_send(to, from, exchange->bytes, &exchange->diag);
  return fine || lose(exchange);
}

static bool receive_piece(Exchange *exchange, int from, char *into) {
  bool none = false;
  if (!peers_receive_piece(from, into, exchange->bytes, &none, &exchange->diag))
    return lose(exchange);
  exchange->none |= none;
  return true;
}

/* The piece of a node, in the process of its first part; NULL: it is empty, or elsewhere.  What
 * another one has of it is sent there.  False: a process is lost. */
static bool meet(Exchange *exchange, int64_t low, int64_t high, char **into) {
  int64_t shards = exchange->what.shards, middle = low + (high - low) / 2;
  int first = exchange_owner(low, shards), last = exchange_owner(high - 1, shards);
  int rank = peers_rank();
  *into = NULL;
  if (rank < first || rank > last || is_empty(exchange, low, high)) return true;
  if (first == last && (*into = own_root(exchange, low, high))) return true;
  if (high - low == 1) return true; /* given up: it was not computed */
  char *left, *right;
  int other = exchange_owner(middle, shards);
  bool left_empty = is_empty(exchange, low, middle), right_empty = is_empty(exchange, middle, high);
  if (!meet(exchange, low, middle, &left) || !meet(exchange, middle, high, &right)) return false;
  if (other != first && rank == other && !right_empty) return send_piece(exchange, first, right);
  if (rank != first) return true;
  if (other != first && !right_empty) {
    right = hold(exchange);
    if (!receive_piece(exchange, other, right)) return false;
  }
  if (left && right && !exchange->none)
    layout_add(exchange->what.layout, left, right, exchange->at, exchange->at + exchange->bytes);
  *into = left_empty ? right : left;
  if (!left_empty && right && other != first) exchange->held_count--;
  return true;
}

/* The piece of the whole sum, in all processes. */
static bool meet_all(Exchange *exchange) {
  char *sum, *whole = exchange->what.whole + exchange->at;
  exchange->held_count = 0;
  if (!meet(exchange, 0, exchange->what.shards, &sum)) return false;
  if (sum && !exchange->none && peers_rank() == 0) memcpy(whole, sum, exchange->bytes);
  bool none = exchange->none;
  if (!peers_spread_piece(whole, exchange->bytes, &none, &exchange->diag)) return lose(exchange);
  exchange->some_none |= none;
  return true;
}

/* ---- all pieces ---- */

/* Fields of which the piece has bytes, from the first of all on. */
static int fields_until(const Exchange *exchange, size_t end) {
  const Layout *layout = exchange->what.layout;
  int count = 0;
  while (count < layout->count && layout->fields[count].at < end) count++;
  return count;
}

/* Waits until the fields are made; false: this process has given up. */
static bool wait_for_fields(Exchange *exchange, int count) {
  pthread_mutex_lock(&exchange->lock);
  while (exchange->made_all < count && !exchange->given_up)
    pthread_cond_wait(&exchange->change, &exchange->lock);
  bool fine = !exchange->given_up;
  pthread_mutex_unlock(&exchange->lock);
  return fine;
}

static void note_piece(Exchange *exchange, int64_t piece, double made) {
  double met = clock_seconds();
  pthread_mutex_lock(&exchange->lock);
  exchange->seen[piece].made += made - exchange->begun;
  exchange->seen[piece].met += met - exchange->begun;
  if (exchange->worked == 0) exchange->early += (double)exchange->bytes;
  pthread_mutex_unlock(&exchange->lock);
}

static void run(Exchange *exchange) {
  const Exchanged *what = &exchange->what;
  size_t whole = what->layout->bytes;
  for (int64_t piece = 0; exchange->at < whole; piece++) {
    size_t left = whole - exchange->at;
    exchange->bytes = left < what->piece ? left : what->piece;
    exchange->none = !wait_for_fields(exchange,
                                      fields_until(exchange, exchange->at + exchange->bytes));
    double made = clock_seconds();
    if (!meet_all(exchange)) return;
    if (what->apart) note_piece(exchange, piece, made);
    exchange->at += exchange->bytes;
  }
}

static void *serve(void *context) {
  Exchange *exchange = context;
  for (;;) {
    pthread_mutex_lock(&exchange->lock);
    while (!exchange->works && !exchange->ends)
      pthread_cond_wait(&exchange->change, &exchange->lock);
    bool ends = exchange->ends;
    pthread_mutex_unlock(&exchange->lock);
    if (ends) return NULL;
    run(exchange);
    pthread_mutex_lock(&exchange->lock);
    exchange->works = false;
    pthread_cond_broadcast(&exchange->change);
    pthread_mutex_unlock(&exchange->lock);
  }
}

/* ---- the face ---- */

Exchange *exchange_new(void) {
  Exchange *exchange = mem_zero(sizeof *exchange);
  pthread_mutex_init(&exchange->lock, NULL);
  pthread_cond_init(&exchange->change, NULL);
  return exchange;
}

static void change(Exchange *exchange, bool *flag) {
  pthread_mutex_lock(&exchange->lock);
  *flag = true;
  pthread_cond_broadcast(&exchange->change);
  pthread_mutex_unlock(&exchange->lock);
}

void exchange_free(Exchange *exchange) {
  if (!exchange) return;
  if (exchange->lives) {
    change(exchange, &exchange->ends);
    pthread_join(exchange->thread, NULL);
  }
  pthread_mutex_destroy(&exchange->lock);
  pthread_cond_destroy(&exchange->change);
  for (int i = 0; i < HELD_MOST; i++) mem_free(exchange->held[i]);
  mem_free(exchange->made);
  mem_free(exchange->seen);
  mem_free(exchange);
}

/* Signals are the first thread's.  Without a thread exchange_end does its work. */
static void begin_thread(Exchange *exchange) {
  sigset_t all, before;
  if (exchange->lives) return;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  exchange->lives = pthread_create(&exchange->thread, NULL, serve, exchange) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void make_room(Exchange *exchange, const Exchanged *what) {
  size_t bytes = what->piece < what->layout->bytes ? what->piece : what->layout->bytes;
  int64_t pieces = (int64_t)((what->layout->bytes + what->piece - 1) / what->piece);
  exchange->made = mem_grow(exchange->made, (size_t)what->layout->count + 1);
  memset(exchange->made, 0, (size_t)what->layout->count);
  if (what->apart && pieces != exchange->pieces) {
    mem_free(exchange->seen);
    exchange->seen = mem_zero((size_t)(pieces + 1) * sizeof *exchange->seen);
    exchange->pieces = pieces;
    exchange->updates = 0;
    exchange->early = exchange->seconds = exchange->waited = 0;
  }
  for (int i = 0; i < HELD_MOST && bytes > exchange->held_bytes; i++) {
    mem_free(exchange->held[i]);
    exchange->held[i] = NULL;
  }
  if (bytes > exchange->held_bytes) exchange->held_bytes = bytes;
}

void exchange_begin(Exchange *exchange, const Exchanged *what) {
  make_room(exchange, what);
  exchange->what = *what;
  exchange->root_count = exchange->made_all = 0;
  exchange->given_up = exchange->some_none = exchange->lost = false;
  exchange->at = 0;
  exchange->worked = 0;
  exchange->begun = clock_seconds();
  diag_clear(&exchange->diag);
  if (!what->apart) {
    exchange->made_all = what->layout->count;
    return;
  }
  begin_thread(exchange);
  if (exchange->lives) change(exchange, &exchange->works);
}

void exchange_root(Exchange *exchange, int64_t low, int64_t high, char *bytes) {
  assert(exchange->root_count < ROOTS_MOST);
  pthread_mutex_lock(&exchange->lock);
  exchange->roots[exchange->root_count++] = (Root){low, high, bytes};
  pthread_mutex_unlock(&exchange->lock);
}

void exchange_last(Exchange *exchange) {
  pthread_mutex_lock(&exchange->lock);
  exchange->begun = clock_seconds();
  pthread_mutex_unlock(&exchange->lock);
}

void exchange_made(Exchange *exchange, int field) {
  int count = exchange->what.layout->count;
  pthread_mutex_lock(&exchange->lock);
  exchange->made[field] = true;
  int before = exchange->made_all;
  while (exchange->made_all < count && exchange->made[exchange->made_all]) exchange->made_all++;
  if (exchange->made_all > before) pthread_cond_broadcast(&exchange->change);
  pthread_mutex_unlock(&exchange->lock);
}

void exchange_all_made(Exchange *exchange) {
  pthread_mutex_lock(&exchange->lock);
  exchange->made_all = exchange->what.layout->count;
  exchange->worked = clock_seconds();
  pthread_cond_broadcast(&exchange->change);
  pthread_mutex_unlock(&exchange->lock);
}

void exchange_give_up(Exchange *exchange) { change(exchange, &exchange->given_up); }

bool exchange_end(Exchange *exchange, bool *none, Diag *diag) {
  bool apart = exchange->what.apart;
  if (!apart || !exchange->lives) run(exchange);
  pthread_mutex_lock(&exchange->lock);
  while (apart && exchange->lives && exchange->works)
    pthread_cond_wait(&exchange->change, &exchange->lock);
  pthread_mutex_unlock(&exchange->lock);
  if (exchange->lost) *diag = exchange->diag;
  *none = exchange->some_none;
  if (!apart || exchange->lost || exchange->some_none) return !exchange->lost;
  exchange->updates++;
  exchange->seconds += exchange->worked - exchange->begun;
  exchange->waited += clock_seconds() - exchange->worked;
  return true;
}

void exchange_print(const Exchange *exchange, const Layout *layout, Text *text) {
  double updates = (double)exchange->updates, bytes = (double)layout->bytes;
  if (!exchange->updates) return;
  text_format(text,
              "# exchange of process 0 of %d: %lld updates, %.0f bytes each in %lld pieces of %zu; "
              "%.0f %% was exchanged while the last part was computed\n",
              peers_count(), (long long)exchange->updates, bytes, (long long)exchange->pieces,
              exchange->what.piece, 100 * exchange->early / (bytes * updates));
  text_format(text, "# the last part took %.0f us, then the rest of the exchange %.0f us\n",
              1e6 * exchange->seconds / updates, 1e6 * exchange->waited / updates);
  text_string(text, "# piece: made at, exchanged at (us after the last part began)\n");
  for (int64_t i = 0; i < exchange->pieces && i < PIECES_TOLD; i++)
    text_format(text, "#   %3lld  %8.0f  %8.0f\n", (long long)i,
                1e6 * exchange->seen[i].made / updates, 1e6 * exchange->seen[i].met / updates);
}
