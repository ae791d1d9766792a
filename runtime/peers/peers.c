/* peers.c — messages between the processes of a program; see peers.h.
 *
 * A message is a head and its bytes.  The head says whether they are what was asked for, or the
 * last words of a process that ends: so one that waits for it learns why, and does not wait.
 */
#include "runtime/peers/peers.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { HEAD_MARK = 0x70646721, WORDS_MOST = 4000 };

typedef enum HeadKind { HEAD_DATA, HEAD_END } HeadKind;

typedef struct Head {
  uint32_t mark, kind;
  uint64_t bytes;
} Head;

/* The peers of the process. */
static struct {
  Transport transport; /* count 0: none */
  double seconds;      /* of silence that are allowed */
  bool is_lost;
  Diag lost;
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

static bool fail(Carried how, int other, Diag *diag) {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  diag_clear(diag);
  if (how == CARRIED_STOPPED) diag_fail(diag, STATUS_INTERRUPTED, (Span){0, 0, 0}, "interrupted");
  else if (how == CARRIED_LATE)
    diag_fail(diag, STATUS_PEER, (Span){0, 0, 0},
              "process %d of %d has been silent for %g s (seen from %.64s)", other, peers_count(),
              peers.seconds, host);
  else
    diag_fail(diag, STATUS_PEER, (Span){0, 0, 0}, "process %d of %d is gone (seen from %.64s)",
              other, peers_count(), host);
  if (how == CARRIED_LATE)
    diag_help(diag, "a step that takes longer needs a larger --peer-timeout");
  else if (how == CARRIED_CLOSED)
    diag_help(diag,
              "with `checkpoint:` and `resume: true` the training goes on from its last whole "
              "step, on any number of processes");
  return lose(diag);
}

static bool carry_out(int to, HeadKind kind, const void *data, size_t bytes, Diag *diag) {
  const Transport *by = &peers.transport;
  Head head = {HEAD_MARK, kind, bytes};
  Carried how = by->send(by->state, to, &head, sizeof head, peers.seconds);
  if (how == CARRIED && bytes) how = by->send(by->state, to, data, bytes, peers.seconds);
  return how == CARRIED || fail(how, to, diag);
}

/* The last words: a status, then text. */
static bool take_end(int from, const Head *head, Diag *diag) {
  const Transport *by = &peers.transport;
  char words[WORDS_MOST + sizeof(int) + 1] = "";
  int status = 0;
  size_t bytes = head->bytes < sizeof words ? head->bytes : sizeof words - 1;
  by->receive(by->state, from, words, bytes, peers.seconds);
  memcpy(&status, words, sizeof status);
  char *text = words + sizeof status, *end = strchr(text, '\n');
  if (end) *end = 0;
  if (strncmp(text, "error: ", 7) == 0) text += 7;
  diag_clear(diag);
  if (status == 0)
    diag_fail(diag, STATUS_FAILED, (Span){0, 0, 0},
              "process %d of %d has ended: its script went another way", from, peers_count());
  else
    diag_fail(diag, status, (Span){0, 0, 0}, "in process %d of %d: %.400s", from, peers_count(),
              *text ? text : "it ended");
  return lose(diag);
}

/* The next head from a peer; false with a Diag. */
static bool take_head(int from, Head *head, Diag *diag) {
  const Transport *by = &peers.transport;
  Carried how = by->receive(by->state, from, head, sizeof *head, peers.seconds);
  if (how == CARRIED && head->mark != HEAD_MARK) how = CARRIED_CLOSED;
  if (how != CARRIED) return fail(how, from, diag);
  return head->kind != HEAD_END || take_end(from, head, diag);
}

static bool told_lost(Diag *diag) {
  if (peers.is_lost) *diag = peers.lost;
  return peers.is_lost;
}

bool peers_send(int to, const void *data, size_t bytes, Diag *diag) {
  return !told_lost(diag) && carry_out(to, HEAD_DATA, data, bytes, diag);
}

bool peers_receive(int from, void *data, size_t bytes, Diag *diag) {
  const Transport *by = &peers.transport;
  Head head;
  if (told_lost(diag) || !take_head(from, &head, diag)) return false;
  if (head.bytes != bytes) {
    diag_clear(diag);
    diag_fail(diag, STATUS_FAILED, (Span){0, 0, 0},
              "process %d of %d is elsewhere in the program: its script went another way", from,
              peers_count());
    return lose(diag);
  }
  Carried how = bytes ? by->receive(by->state, from, data, bytes, peers.seconds) : CARRIED;
  return how == CARRIED || fail(how, from, diag);
}

/* Process `low` has them; those up to `high`, not included, get them: halves, and halves of these.
 */
static bool spread(int low, int high, void *data, size_t bytes, Diag *diag) {
  int rank = peers_rank(), middle = low + (high - low + 1) / 2;
  if (high - low <= 1) return true;
  if (rank == low && !peers_send(middle, data, bytes, diag)) return false;
  if (rank == middle && !peers_receive(low, data, bytes, diag)) return false;
  return rank < middle ? spread(low, middle, data, bytes, diag)
                       : spread(middle, high, data, bytes, diag);
}

bool peers_spread(void *data, size_t bytes, Diag *diag) {
  return spread(0, peers_count(), data, bytes, diag);
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
  if (!peers_spread(wide, sizeof wide, diag)) return false;
  size_t whole = wide[count - 1];
  char *room = peers_rank() ? mem_alloc(whole + 1) : all->data;
  bool fine = peers_spread(room, whole, diag);
  if (peers_rank() && fine) text_add(all, room, whole);
  if (peers_rank()) mem_free(room);
  for (int i = 0; i < count; i++) ends[i] = wide[i];
  return fine;
}

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
               how != CARRIED ? diag.message : "the processes went different ways to their ends");
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

int peers_close(int status, const char *says, char **said) {
  const Transport *by = &peers.transport;
  *said = NULL;
  if (!by->count) return status;
  if (by->rank == 0) {
    if (!status) status = hear_all(said);
    by->close(by->state, status != 0);
  } else {
    char words[WORDS_MOST + sizeof status] = "";
    size_t length = says ? strnlen(says, WORDS_MOST - 1) : 0;
    memcpy(words, &status, sizeof status);
    if (length) memcpy(words + sizeof status, says, length);
    Diag diag = {0};
    carry_out(0, HEAD_END, words, sizeof status + length + 1, &diag);
    by->close(by->state, false);
  }
  peers.transport = (Transport){0};
  peers.is_lost = false;
  return status;
}
