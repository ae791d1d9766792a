/* peers.c — messages between the processes of a program; see peers.h.
 *
 * A message is a head and its bytes.  The head says whether they are the requested data or the
 * final message of a process that ends: so a process that waits for it learns why, and stops
 * waiting.
 *
 * At the start each process sends its host and what it was started with (peers_greet) as text: so
 * two versions of gd can at least report that they differ.
 */
#include "runtime/peers/peers.h"
#include "runtime/base/clock.h"

#include <assert.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { HEAD_MARK = 0x70646721, HEAD_MARK_TURNED = 0x21676470, WORDS_MOST = 4000, HOST_MOST = 64 };
/* a piece takes so many times as long for its bytes as for being a message */
enum { MESSAGES_WORTH = 8, PIECE_LEAST = 1 << 14, PIECE_MOST = 1 << 22 };
enum { MEASURED = 4, MEASURED_LARGE = 1 << 18 };
/* what a process that is gone has said is there already */
static const double LAST_WORDS_SECONDS = 1;

typedef enum HeadKind { HEAD_DATA, HEAD_END, HEAD_NONE } HeadKind;

typedef struct Head {
  uint32_t mark, kind;
  uint64_t bytes;
} Head;

/* Where a process runs. */
typedef struct Place {
  char host[HOST_MOST]; /* "": not known yet */
  uint64_t processors;  /* digest of those that it may use */
} Place;

/* The peers of the process. */
static struct {
  Transport transport; /* count 0: none */
  double seconds;      /* of silence that are allowed */
  bool is_lost;
  bool first_lost; /* it is process 0 that is gone or silent */
  Diag lost;
  Place places[PEERS_MOST];
  bool agreed; /* the last words were said */
} peers;

void peers_open(const Transport *transport, double seconds) {
  peers.transport = *transport;
  peers.seconds = seconds;
}

int peers_rank(void) { return peers.transport.rank; }
int peers_count(void) { return peers.transport.count ? peers.transport.count : 1; }
const Diag *peers_lost(void) { return peers.is_lost ? &peers.lost : NULL; }

static bool lose(Diag *diag) {
  if (!peers.is_lost) peers.lost = *diag;
  peers.is_lost = true;
  return false;
}

static Place own_place(void) {
  Place place = {.processors = 0};
  cpu_set_t set;
  if (gethostname(place.host, HOST_MOST - 1)) strcpy(place.host, "?");
  if (sched_getaffinity(0, sizeof set, &set)) return place;
  for (size_t i = 0; i < CPU_SETSIZE; i++)
    if (CPU_ISSET(i, &set)) place.processors = hash_mix(place.processors, i + 1);
  return place;
}

static const char *host_of(int rank) {
  return *peers.places[rank].host ? peers.places[rank].host : "?";
}

static bool fail(Carried how, int other, Diag *diag) {
  static const char resumes[] = "with `checkpoint:` and `resume: true` the training continues from "
                                "its last complete step, on any number of processes";
  diag_clear(diag);
  if (how == CARRIED_STOPPED) diag_fail(diag, STATUS_INTERRUPTED, (Span){0, 0, 0}, "interrupted");
  else if (how == CARRIED_LATE)
    diag_fail(diag, STATUS_PEER, (Span){0, 0, 0},
              "process %d of %d, on %s, has not responded for %g s", other, peers_count(),
              host_of(other), peers.seconds);
  else
    diag_fail(diag, STATUS_PEER, (Span){0, 0, 0}, "process %d of %d, on %s, is gone", other,
              peers_count(), host_of(other));
  if (how != CARRIED_STOPPED) diag_help(diag, "%s", resumes);
  if (!peers.is_lost) peers.first_lost = how != CARRIED_STOPPED && other == 0;
  return lose(diag);
}

/* Of `error: MESSAGE`, lines of ` --> PLACE`, and more, as a Diag is shown: the message, and the
 * places in one line. */
static const char *cut_words(char *text, char places[], size_t room) {
  static const char arrow[] = " --> ";
  char *line = strchr(text, '\n');
  size_t used = 0;
  places[0] = 0;
  if (line) *line++ = 0;
  while (line && strncmp(line, arrow, sizeof arrow - 1) == 0 && used < room) {
    char *end = strchr(line, '\n');
    if (end) *end++ = 0;
    used += (size_t)snprintf(places + used, room - used, "%s%s", used ? ", " : ", at ",
                             line + sizeof arrow - 1);
    line = end;
  }
  return strncmp(text, "error: ", 7) == 0 ? text + 7 : text;
}

/* The last words: a status, then text. */
static bool take_end(int from, const Head *head, Diag *diag) {
  const Transport *by = &peers.transport;
  char words[WORDS_MOST + sizeof(int) + 1] = "", places[240];
  int status = 0;
  size_t bytes = head->bytes < sizeof words ? head->bytes : sizeof words - 1;
  by->receive(by->state, from, words, bytes, peers.seconds);
  memcpy(&status, words, sizeof status);
  const char *text = cut_words(words + sizeof status, places, sizeof places);
  diag_clear(diag);
  if (status == 0)
    diag_fail(diag, STATUS_FAILED, (Span){0, 0, 0},
              "process %d of %d has ended: its script took another path", from, peers_count());
  else
    diag_fail(diag, status, (Span){0, 0, 0}, "in process %d of %d%s: %.400s", from, peers_count(),
              places, *text ? text : "it ended");
  return lose(diag);
}

/* The last words of a process that closed before it read what was sent to it: they are behind
 * whatever it sent before.  False: there are none. */
static bool had_last_words(int from, Diag *diag) {
  const Transport *by = &peers.transport;
  double seconds = peers.seconds < LAST_WORDS_SECONDS ? peers.seconds : LAST_WORDS_SECONDS;
  Head head;
  while (by->receive(by->state, from, &head, sizeof head, seconds) == CARRIED &&
         head.mark == HEAD_MARK) {
    if (head.kind == HEAD_END) {
      take_end(from, &head, diag);
      return true;
    }
    char skipped[4096];
    for (size_t left = head.bytes, part; left > 0; left -= part) {
      part = left < sizeof skipped ? left : sizeof skipped;
      if (by->receive(by->state, from, skipped, part, seconds) != CARRIED) return false;
    }
  }
  return false;
}

static bool carry_out(int to, HeadKind kind, const void *data, size_t bytes, Diag *diag) {
  const Transport *by = &peers.transport;
  Head head = {HEAD_MARK, kind, bytes};
  Carried how = by->send(by->state, to, &head, sizeof head, peers.seconds);
  if (how == CARRIED && bytes) how = by->send(by->state, to, data, bytes, peers.seconds);
  if (how == CARRIED) return true;
  if (how == CARRIED_CLOSED && had_last_words(to, diag)) return false;
  return fail(how, to, diag);
}

/* The next head from a peer; false with a Diag. */
static bool take_head(int from, Head *head, Diag *diag) {
  const Transport *by = &peers.transport;
  Carried how = by->receive(by->state, from, head, sizeof *head, peers.seconds);
  if (how != CARRIED) return fail(how, from, diag);
  if (head->mark != HEAD_MARK) {
    diag_clear(diag);
    diag_fail(diag, STATUS_USAGE, (Span){0, 0, 0}, "process %d of %d %s", from, peers_count(),
              head->mark == HEAD_MARK_TURNED
                  ? "has another byte order"
                  : "uses another protocol: it is another version of gd");
    return lose(diag);
  }
  return head->kind != HEAD_END || take_end(from, head, diag);
}

static bool told_lost(Diag *diag) {
  if (peers.is_lost) *diag = peers.lost;
  return peers.is_lost;
}

static bool fail_elsewhere(int from, Diag *diag) {
  diag_clear(diag);
  diag_fail(diag, STATUS_FAILED, (Span){0, 0, 0},
            "process %d of %d is at another point of the program: its script took another path",
            from, peers_count());
  return lose(diag);
}

bool peers_send(int to, const void *data, size_t bytes, Diag *diag) {
  return !told_lost(diag) && carry_out(to, HEAD_DATA, data, bytes, diag);
}

bool peers_send_none(int to, Diag *diag) {
  return !told_lost(diag) && carry_out(to, HEAD_NONE, NULL, 0, diag);
}

bool peers_receive_piece(int from, void *data, size_t bytes, bool *none, Diag *diag) {
  const Transport *by = &peers.transport;
  Head head;
  if (told_lost(diag) || !take_head(from, &head, diag)) return false;
  *none = head.kind == HEAD_NONE;
  if (*none) return true;
  if (head.bytes != bytes) return fail_elsewhere(from, diag);
  Carried how = bytes ? by->receive(by->state, from, data, bytes, peers.seconds) : CARRIED;
  return how == CARRIED || fail(how, from, diag);
}

bool peers_receive(int from, void *data, size_t bytes, Diag *diag) {
  bool none = false;
  return peers_receive_piece(from, data, bytes, &none, diag) &&
         (!none || fail_elsewhere(from, diag));
}

/* Process `low` has them; those up to `high`, not included, get them: halves, and halves of these.
 */
static bool spread(int low, int high, void *data, size_t bytes, bool *none, Diag *diag) {
  int rank = peers_rank(), middle = low + (high - low + 1) / 2;
  if (high - low <= 1) return true;
  if (rank == low &&
      !(*none ? peers_send_none(middle, diag) : peers_send(middle, data, bytes, diag)))
    return false;
  if (rank == middle && !peers_receive_piece(low, data, bytes, none, diag)) return false;
  return rank < middle ? spread(low, middle, data, bytes, none, diag)
                       : spread(middle, high, data, bytes, none, diag);
}

bool peers_spread_piece(void *data, size_t bytes, bool *none, Diag *diag) {
  return spread(0, peers_count(), data, bytes, none, diag);
}

bool peers_spread(void *data, size_t bytes, Diag *diag) {
  bool none = false;
  return spread(0, peers_count(), data, bytes, &none, diag) && (!none || fail_elsewhere(0, diag));
}

static bool collect(const Text *own, Text *all, uint64_t *ends, Diag *diag) {
  text_add(all, own->data, own->length);
  ends[0] = all->length;
  for (int i = 1; i < peers_count(); i++) {
    uint64_t bytes = 0;
    if (!peers_receive(i, &bytes, sizeof bytes, diag)) return false;
    char *room = mem_alloc(bytes + 1);
    bool fine = peers_receive(i, room, bytes, diag);
    if (fine) text_add(all, room, bytes);
    mem_free(room);
    if (!fine) return false;
    ends[i] = all->length;
  }
  return true;
}

bool peers_gather(const Text *own, Text *all, size_t ends[PEERS_MOST], Diag *diag) {
  uint64_t wide[PEERS_MOST] = {0}, bytes = own->length;
  int count = peers_count();
  all->length = 0;
  if (peers_rank() == 0 ? !collect(own, all, wide, diag)
                        : !peers_send(0, &bytes, sizeof bytes, diag) ||
                              !peers_send(0, own->data, own->length, diag))
    return false;
  if (!peers_spread(wide, (size_t)count * sizeof *wide, diag)) return false;
  size_t whole = wide[count - 1];
  char *room = peers_rank() ? mem_alloc(whole + 1) : all->data;
  bool fine = peers_spread(room, whole, diag);
  if (peers_rank() && fine) text_add(all, room, whole);
  if (peers_rank()) mem_free(room);
  for (int i = 0; i < count; i++) ends[i] = wide[i];
  return fine;
}

/* ---- how large a message should be ---- */

/* There and back between processes 0 and `other`, the quickest of some: seconds one way. */
static bool time_message(int other, char *data, size_t bytes, double *seconds, Diag *diag) {
  bool first = peers_rank() == 0;
  *seconds = 1;
  for (int i = 0; i < MEASURED; i++) {
    double began = clock_seconds();
    bool fine = first ? peers_send(other, data, bytes, diag) &&
                            peers_receive(other, data, bytes, diag)
                      : peers_receive(0, data, bytes, diag) && peers_send(0, data, bytes, diag);
    if (!fine) return false;
    double took = (clock_seconds() - began) / 2;
    if (took < *seconds) *seconds = took;
  }
  return true;
}

bool peers_measure(size_t *bytes, Diag *diag) {
  int last = peers_count() - 1, rank = peers_rank();
  uint64_t found = PIECE_LEAST;
  if (last > 0 && (rank == 0 || rank == last)) {
    double small, large;
    char *data = mem_zero(MEASURED_LARGE);
    bool fine = time_message(last, data, 1, &small, diag) &&
                time_message(last, data, MEASURED_LARGE, &large, diag);
    mem_free(data);
    if (!fine) return false;
    double each = large > small ? (large - small) / MEASURED_LARGE : 1e-12;
    double most = MESSAGES_WORTH * small / each;
    if (most > PIECE_MOST) most = PIECE_MOST;
    if (most > PIECE_LEAST) found = (uint64_t)most & ~(uint64_t)63;
  }
#if defined(GD_HARSH)
  found = 64;
#endif
  if (!peers_spread(&found, sizeof found, diag)) return false;
  *bytes = found;
  return true;
}

/* ---- the beginning ---- */

/* The length of a line, and where the next one begins. */
static size_t line_length(const char *line) { return strcspn(line, "\n"); }
static const char *next_line(const char *line) {
  line += line_length(line);
  return *line ? line + 1 : line;
}

/* The first line that is not the same as process 0's. */
static bool same_start(const char *first, const char *other, int rank, Diag *diag) {
  while (*first || *other) {
    size_t length = line_length(first), theirs = line_length(other);
    if (length != theirs || memcmp(first, other, length) != 0) {
      diag_clear(diag);
      diag_fail(diag, STATUS_USAGE, (Span){0, 0, 0},
                "process %d of %d, on %s, was started with `%.*s`, process 0, on %s, with `%.*s`",
                rank, peers_count(), host_of(rank), (int)theirs, other, host_of(0), (int)length,
                first);
      diag_help(diag, "all processes must run the same gd, script and arguments");
      return lose(diag);
    }
    first = next_line(first);
    other = next_line(other);
  }
  return true;
}

bool peers_greet(const char *started_with, Diag *diag) {
  Place place = own_place();
  Text own = {0}, all = {0};
  size_t ends[PEERS_MOST];
  if (peers_count() == 1) return true;
  text_add(&own, (const char *)&place, sizeof place);
  text_add(&own, started_with, strlen(started_with) + 1);
  bool fine = peers_gather(&own, &all, ends, diag);
  for (int i = 0; i < peers_count() && fine; i++) {
    size_t at = i ? ends[i - 1] : 0;
    assert(ends[i] - at > sizeof place);
    memcpy(&peers.places[i], all.data + at, sizeof place);
  }
  const char *first = fine ? all.data + sizeof place : NULL;
  for (int i = 1; i < peers_count() && fine; i++)
    fine = same_start(first, all.data + ends[i - 1] + sizeof place, i, diag);
  text_free(&own);
  text_free(&all);
  return fine;
}

int peers_near(void) {
  const Place *own = &peers.places[peers_rank()];
  int near = 0;
  for (int i = 0; i < peers_count(); i++)
    near += !strcmp(peers.places[i].host, own->host) &&
            peers.places[i].processors == own->processors;
  return near;
}

/* ---- the end ---- */

/* Process 0 waits for the last words of the others. */
static int hear_all(char **said) {
  int first = 0;
  for (int i = 1; i < peers_count(); i++) {
    const Transport *by = &peers.transport;
    Head head = {0};
    Diag diag = {0};
    Carried how = by->receive(by->state, i, &head, sizeof head, peers.seconds);
    int status = 0;
    char words[WORDS_MOST + sizeof status + 1] = "";
    if (how != CARRIED || head.kind != HEAD_END) {
      if (how != CARRIED) fail(how, i, &diag);
      snprintf(words, sizeof words, "error: %s\n",
               how != CARRIED ? diag.message
                              : "the processes ended at different points of the program");
      status = how != CARRIED ? diag.status : STATUS_FAILED;
    } else {
      size_t bytes = head.bytes < sizeof words ? head.bytes : sizeof words - 1;
      by->receive(by->state, i, words, bytes, peers.seconds);
      memcpy(&status, words, sizeof status);
      memmove(words, words + sizeof status, sizeof words - sizeof status);
    }
    if (!status || first) continue;
    first = status;
    *said = mem_text(words, strlen(words));
  }
  return first;
}

static void say_last(int status, const char *says) {
  char words[WORDS_MOST + sizeof status] = "";
  size_t length = says ? strnlen(says, WORDS_MOST - 1) : 0;
  memcpy(words, &status, sizeof status);
  if (length) memcpy(words + sizeof status, says, length);
  Diag diag = {0};
  carry_out(0, HEAD_END, words, sizeof status + length + 1, &diag);
}

int peers_agree(int status, const char *says, char **said) {
  *said = NULL;
  if (peers_count() == 1 || peers.agreed) return status;
  peers.agreed = true;
  if (peers.first_lost && peers_rank() == 1 && says) *said = mem_text(says, strlen(says));
  if (peers.first_lost) return status;
  if (peers_rank() > 0) say_last(status, says);
  else if (!status) status = hear_all(said);
  return status;
}

void peers_close(int status) {
  const Transport *by = &peers.transport;
  if (!by->count) return; /* never opened */
  by->close(by->state, status, peers.seconds);
  memset(&peers, 0, sizeof peers);
}
