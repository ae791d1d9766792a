/* sockets.c — processes of one machine: forked, and joined by a pair of sockets for each two.
 *
 * Process 0 is the one that was started: it has the terminal, standard input and the exit status.
 * The others read nothing from standard input and print nowhere.  A process that ends closes its
 * sockets, which is how the others learn of it, whatever ended it; and where process 0 ends, the
 * system asks the others to end (PR_SET_PDEATHSIG), so that none is left.
 *
 * A thread of each process writes signs of life to a page of shared memory: so a process that
 * computes for long can be told from one that is stopped.
 */
#include "runtime/peers/sockets.h"
#include "runtime/base/clock.h"
#include "runtime/base/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MILLISECONDS = 100 /* between looks at a second Ctrl-C */, PART_MOST = 1 << 20 };

typedef struct Sockets {
  int rank, count;
  int to[SOCKETS_MOST];      /* descriptors; -1: none */
  pid_t child[SOCKETS_MOST]; /* in process 0; 0: none */
  _Atomic double *signs;     /* [SOCKETS_MOST], shared: when each one last said that it lives */
  double apart;              /* seconds from one sign to the next */
  pthread_t thread;          /* that says so of this one */
  bool living, ends;         /* it runs; it is to end */
  pthread_mutex_t lock;
  pthread_cond_t end;
} Sockets;

/* ---- signs of life ---- */

static void *live(void *context) {
  Sockets *sockets = context;
  pthread_mutex_lock(&sockets->lock);
  while (!sockets->ends) {
    double time = clock_seconds(), next = time + sockets->apart;
    atomic_store(&sockets->signs[sockets->rank], time);
    struct timespec until = {.tv_sec = (time_t)next};
    until.tv_nsec = (long)((next - (double)until.tv_sec) * 1e9);
    pthread_cond_timedwait(&sockets->end, &sockets->lock, &until);
  }
  pthread_mutex_unlock(&sockets->lock);
  return NULL;
}

/* Signals are the first thread's.  Without a thread a long step is taken for silence. */
static void begin_living(Sockets *sockets) {
  sigset_t all, before;
  pthread_condattr_t clock;
  sigfillset(&all);
  pthread_mutex_init(&sockets->lock, NULL);
  pthread_condattr_init(&clock);
  pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
  pthread_cond_init(&sockets->end, &clock);
  pthread_condattr_destroy(&clock);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  sockets->living = pthread_create(&sockets->thread, NULL, live, sockets) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void end_living(Sockets *sockets) {
  pthread_mutex_lock(&sockets->lock);
  sockets->ends = true;
  pthread_cond_signal(&sockets->end);
  pthread_mutex_unlock(&sockets->lock);
  if (sockets->living) pthread_join(sockets->thread, NULL);
  pthread_cond_destroy(&sockets->end);
  pthread_mutex_destroy(&sockets->lock);
}

/* ---- bytes ---- */

/* Moves bytes; each that moves, and each sign of life, allows as many seconds again. */
static Carried move(const Sockets *sockets, int other, char *data, size_t bytes, double seconds,
                    bool out) {
  int socket = sockets->to[other];
  double last = clock_seconds();
  if (socket < 0) return CARRIED_CLOSED;
  for (size_t done = 0; done < bytes;) {
    size_t part = bytes - done < PART_MOST ? bytes - done : PART_MOST;
    ssize_t moved = out ? send(socket, data + done, part, MSG_NOSIGNAL | MSG_DONTWAIT)
                        : recv(socket, data + done, part, MSG_DONTWAIT);
    if (moved > 0) {
      done += (size_t)moved;
      last = clock_seconds();
      continue;
    }
    bool later = moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    if (!later) return CARRIED_CLOSED;
    if (stop_asked) return CARRIED_STOPPED;
    double sign = atomic_load(&sockets->signs[other]);
    if (clock_seconds() - (sign > last ? sign : last) > seconds) return CARRIED_LATE;
    struct pollfd one = {.fd = socket, .events = out ? POLLOUT : POLLIN};
    poll(&one, 1, WAIT_MILLISECONDS);
  }
  return CARRIED;
}

static Carried send_to(void *state, int to, const void *data, size_t bytes, double seconds) {
  return move(state, to, (char *)(uintptr_t)data, bytes, seconds, true);
}

static Carried receive_from(void *state, int from, void *data, size_t bytes, double seconds) {
  return move(state, from, data, bytes, seconds, false);
}

static void close_sockets(Sockets *sockets) {
  for (int i = 0; i < sockets->count; i++)
    if (sockets->to[i] >= 0) close(sockets->to[i]);
}

static void free_sockets(Sockets *sockets) {
  if (sockets->signs) munmap(sockets->signs, SOCKETS_MOST * sizeof *sockets->signs);
  mem_free(sockets);
}

static void end_children(Sockets *sockets) {
  for (int i = 1; i < sockets->count; i++) {
    if (sockets->child[i] <= 0) continue;
    kill(sockets->child[i], SIGKILL);
    while (waitpid(sockets->child[i], NULL, 0) < 0 && errno == EINTR) {}
  }
}

/* What the others still do is worth nothing: they write no files.  They end before the sockets are
 * closed, so that none of them reports process 0 as gone. */
static void close_all(void *state, int status, double seconds) {
  Sockets *sockets = state;
  (void)status; /* they have said their last words, or are not listened to */
  (void)seconds;
  end_living(sockets);
  if (sockets->rank == 0) end_children(sockets);
  close_sockets(sockets);
  free_sockets(sockets);
}

/* ---- starting ---- */

typedef int Pairs[SOCKETS_MOST][SOCKETS_MOST]; /* [i][j]: the end of process i towards process j */

static bool make_pairs(Pairs pairs, int count) {
  bool fine = true;
  for (int i = 0; i < count; i++)
    for (int j = 0; j < count; j++) pairs[i][j] = -1;
  for (int i = 0; i < count && fine; i++)
    for (int j = i + 1; j < count && fine; j++) {
      int ends[2];
      fine = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0;
      if (!fine) continue;
      pairs[i][j] = ends[0];
      pairs[j][i] = ends[1];
    }
  return fine;
}

/* Keeps the ends of one process (-1: of none). */
static void keep_pairs(Pairs pairs, int count, int rank, int to[SOCKETS_MOST]) {
  for (int i = 0; i < count; i++)
    for (int j = 0; j < count; j++) {
      if (i == rank) to[j] = pairs[i][j];
      else if (pairs[i][j] >= 0) close(pairs[i][j]);
    }
}

/* A forked process: ends with its parent, and neither reads nor prints. */
static void settle_child(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(STATUS_PEER);
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) _exit(STATUS_PEER);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  if (nothing > STDERR_FILENO) close(nothing);
}

static bool share_signs(Sockets *sockets) {
  void *page = mmap(NULL, SOCKETS_MOST * sizeof *sockets->signs, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page != MAP_FAILED) sockets->signs = page;
  return page != MAP_FAILED;
}

static bool fork_all(Sockets *sockets) {
  pid_t parent = getpid();
  for (int i = 1; i < sockets->count; i++) {
    pid_t child = fork();
    if (child < 0) return false;
    if (child == 0) {
      settle_child(parent);
      sockets->rank = i;
      return true;
    }
    sockets->child[i] = child;
  }
  return true;
}

bool sockets_start(int count, double seconds) {
  Pairs *pairs = mem_alloc(sizeof *pairs);
  Sockets *sockets = mem_zero(sizeof *sockets);
  sockets->count = count;
  sockets->apart = seconds / 8 < 1 ? seconds / 8 : 1;
  bool fine = make_pairs(*pairs, count) && share_signs(sockets) && fork_all(sockets);
  if (!fine) end_children(sockets);
  keep_pairs(*pairs, count, fine ? sockets->rank : -1, sockets->to);
  mem_free(pairs);
  if (!fine) {
    free_sockets(sockets);
    return false;
  }
  begin_living(sockets);
  Transport transport = {.rank = sockets->rank,
                         .count = count,
                         .state = sockets,
                         .send = send_to,
                         .receive = receive_from,
                         .close = close_all};
  peers_open(&transport, seconds);
  return true;
}
