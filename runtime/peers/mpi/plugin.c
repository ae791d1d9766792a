/* plugin.c — a Transport over MPI, in a library of its own.
 *
 * gd is never linked to an MPI: a process that mpirun or srun has started loads this file, built
 * once for each MPI that `make` finds, by dlopen (runtime/peers/launch.c).  It uses nothing of gd
 * but the types of peers.h.
 *
 * All is point-to-point, and every wait is a loop over MPI_Test: so that it ends when the other
 * process is lost, which MPI itself would wait for without end.  A second thread regularly sends
 * the others a sign of life, whatever the first one computes; it also receives theirs, and checks
 * whether the processes of the same machine still exist.  One lock goes around every call of MPI,
 * for which MPI_THREAD_SERIALIZED is enough.
 *
 * A program that ended well says goodbye to all, hears everyone's goodbye, and finalizes.  Where it
 * failed, process 0 aborts with the status of the program, which mpirun then returns; another one
 * waits for that.
 */
#include "runtime/peers/peers.h"

#include <fcntl.h>
#include <mpi.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TAG_DATA = 1, TAG_SIGN = 2, TAG_PLACE = 3, PIECE_MOST = 1 << 26 };
enum { BUSY_TURNS = 400, YIELD_TURNS = 600 /* of a wait, before it sleeps */ };
enum { LOOK_MILLISECONDS = 100, LAUNCHER_SECONDS = 3 /* for it to end what is left, quietly */ };
enum { PRINTED_NANOSECONDS = 200000000 /* for it to read what was printed */ };
enum { SIGN_ALIVE = 'a', SIGN_LEAVES = 'l' };

/* Where a process runs: those of equal machine and name space see each other's numbers. */
typedef struct Place {
  char machine[40]; /* the kernel's own number of its start */
  uint64_t space;
  int64_t process;
} Place;

/* What is known of another process. */
typedef struct Peer {
  pid_t watched;       /* of this machine; 0: none of it */
  double heard;        /* when it was heard last */
  bool gone, leaves;   /* it has ended; it has said goodbye */
  char sign, own;      /* received, sent */
  MPI_Request in, out; /* MPI_REQUEST_NULL: none under way */
} Peer;

typedef struct Mpi {
  int rank, count;
  const volatile int *stop; /* gd's stop_asked */
  double apart;             /* seconds from one sign of life to the next */
  Peer *peers;
  bool ends; /* the second thread is to end */
  bool leaving;
  pthread_t thread;
  pthread_mutex_t lock; /* around every call of MPI, and what the threads share */
  int level;
} Mpi;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void doze(long nanoseconds) { nanosleep(&(struct timespec){.tv_nsec = nanoseconds}, NULL); }

/* ---- signs of life ---- */

static void tell(Mpi *mpi, Peer *peer, int other, char sign) {
  int done = 1;
  if (peer->out != MPI_REQUEST_NULL) MPI_Test(&peer->out, &done, MPI_STATUS_IGNORE);
  if (!done || peer->own == SIGN_LEAVES) return;
  peer->own = sign;
  MPI_Isend(&peer->own, 1, MPI_BYTE, other, TAG_SIGN, MPI_COMM_WORLD, &peer->out);
  (void)mpi;
}

static void hear(Peer *peer, int other) {
  int done = 1;
  while (!peer->leaves && done) {
    if (peer->in == MPI_REQUEST_NULL)
      MPI_Irecv(&peer->sign, 1, MPI_BYTE, other, TAG_SIGN, MPI_COMM_WORLD, &peer->in);
    if (MPI_Test(&peer->in, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS) {
      peer->gone = true;
      return;
    }
    if (!done) return;
    peer->heard = now();
    peer->leaves = peer->sign == SIGN_LEAVES;
  }
}

static void *live(void *context) {
  Mpi *mpi = context;
  double told = 0;
  for (bool ends = false; !ends;) {
    pthread_mutex_lock(&mpi->lock);
    bool due = mpi->leaving || now() - told >= mpi->apart;
    if (due) told = now();
    for (int i = 0; i < mpi->count; i++) {
      Peer *peer = &mpi->peers[i];
      if (i == mpi->rank) continue;
      if (due) tell(mpi, peer, i, mpi->leaving ? SIGN_LEAVES : SIGN_ALIVE);
      hear(peer, i);
      if (peer->watched && !peer->leaves && kill(peer->watched, 0) != 0) peer->gone = true;
    }
    ends = mpi->ends;
    pthread_mutex_unlock(&mpi->lock);
    if (!ends) doze(LOOK_MILLISECONDS * 1000000L);
  }
  return NULL;
}

/* ---- bytes ---- */

/* Waits for a request of the process `other`. */
static Carried wait_for(Mpi *mpi, MPI_Request *request, int other, double seconds) {
  const Peer *peer = &mpi->peers[other];
  double began = now();
  long nap = 20000;
  for (int turn = 0;; turn++) {
    int done = 0;
    pthread_mutex_lock(&mpi->lock);
    bool gone = peer->gone; /* before the test: what it had sent still counts */
    bool failed = MPI_Test(request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS;
    double since = peer->heard > began ? peer->heard : began;
    pthread_mutex_unlock(&mpi->lock);
    if (failed) return CARRIED_CLOSED;
    if (done) return CARRIED;
    if (turn < BUSY_TURNS) continue;
    if (gone) return CARRIED_CLOSED;
    if (*mpi->stop) return CARRIED_STOPPED;
    if (now() - since > seconds) return CARRIED_LATE;
    if (turn < YIELD_TURNS) {
      sched_yield();
      continue;
    }
    doze(nap);
    if (nap < 500000) nap += nap / 4;
  }
}

static Carried carry(Mpi *mpi, int other, char *data, size_t bytes, double seconds, bool out) {
  Carried how = CARRIED;
  for (size_t at = 0; at < bytes && how == CARRIED; at += PIECE_MOST) {
    size_t left = bytes - at;
    int piece = left < PIECE_MOST ? (int)left : PIECE_MOST;
    MPI_Request request = MPI_REQUEST_NULL;
    pthread_mutex_lock(&mpi->lock);
    int failed =
        out ? MPI_Isend(data + at, piece, MPI_BYTE, other, TAG_DATA, MPI_COMM_WORLD, &request)
            : MPI_Irecv(data + at, piece, MPI_BYTE, other, TAG_DATA, MPI_COMM_WORLD, &request);
    pthread_mutex_unlock(&mpi->lock);
    if (failed != MPI_SUCCESS) return CARRIED_CLOSED;
    how = wait_for(mpi, &request, other, seconds);
    if (how == CARRIED || request == MPI_REQUEST_NULL) continue;
    pthread_mutex_lock(&mpi->lock); /* its memory is about to be someone else's */
    MPI_Cancel(&request);
    MPI_Request_free(&request);
    pthread_mutex_unlock(&mpi->lock);
  }
  return how;
}

static Carried send_to(void *state, int to, const void *data, size_t bytes, double seconds) {
  return carry(state, to, (char *)(uintptr_t)data, bytes, seconds, true);
}

static Carried receive_from(void *state, int from, void *data, size_t bytes, double seconds) {
  return carry(state, from, data, bytes, seconds, false);
}

/* ---- the end ---- */

/* Everyone has said goodbye; false: one is lost meanwhile. */
static bool part(Mpi *mpi, double seconds) {
  pthread_mutex_lock(&mpi->lock);
  mpi->leaving = true;
  pthread_mutex_unlock(&mpi->lock);
  for (double began = now();;) {
    bool all = true, lost = false;
    pthread_mutex_lock(&mpi->lock);
    for (int i = 0; i < mpi->count; i++) {
      const Peer *peer = &mpi->peers[i];
      if (i == mpi->rank) continue;
      double since = peer->heard > began ? peer->heard : began;
      int sent = peer->own == SIGN_LEAVES;
      if (sent && peer->out != MPI_REQUEST_NULL)
        MPI_Test(&mpi->peers[i].out, &sent, MPI_STATUS_IGNORE);
      if (!peer->leaves || !sent) all = false;
      if (!peer->leaves && (peer->gone || now() - since > seconds)) lost = true;
    }
    pthread_mutex_unlock(&mpi->lock);
    if (all || lost) return all;
    doze(5000000);
  }
}

static void close_mpi(void *state, int status, double seconds) {
  Mpi *mpi = state;
  /* process 0 ends all; where it cannot, no other status is reported */
  bool fine = status != STATUS_PEER && (mpi->rank > 0 || status == 0) && part(mpi, seconds);
  if (!fine && mpi->rank > 0) sleep(LAUNCHER_SECONDS);
  /* MPICH's launcher drops what it has not read yet when a process aborts: the error itself */
  if (!fine && mpi->rank == 0) nanosleep(&(struct timespec){.tv_nsec = PRINTED_NANOSECONDS}, NULL);
  pthread_mutex_lock(&mpi->lock);
  if (!fine) MPI_Abort(MPI_COMM_WORLD, status ? status : STATUS_PEER);
  mpi->ends = true;
  pthread_mutex_unlock(&mpi->lock);
  pthread_join(mpi->thread, NULL);
  MPI_Finalize();
  pthread_mutex_destroy(&mpi->lock);
  free(mpi->peers);
  free(mpi);
}

/* ---- the beginning ---- */

static Place own_place(void) {
  Place place = {.process = getpid()};
  struct stat space;
  int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    ssize_t got = read(file, place.machine, sizeof place.machine - 1);
    if (got < 0) place.machine[0] = 0;
    close(file);
  }
  if (stat("/proc/self/ns/pid", &space) == 0) place.space = space.st_ino;
  return place;
}

/* Tells each other where they run. */
static bool meet(Mpi *mpi) {
  Place own = own_place();
  bool fine = true;
  for (int i = 0; i < mpi->count && fine; i++) {
    Place other = {.process = 0};
    if (i == mpi->rank) continue;
    fine = MPI_Sendrecv(&own, sizeof own, MPI_BYTE, i, TAG_PLACE, &other, sizeof other, MPI_BYTE, i,
                        TAG_PLACE, MPI_COMM_WORLD, MPI_STATUS_IGNORE) == MPI_SUCCESS;
    bool near = own.machine[0] && !strcmp(own.machine, other.machine) && own.space == other.space;
    if (near && kill((pid_t)other.process, 0) == 0) mpi->peers[i].watched = (pid_t)other.process;
    mpi->peers[i].heard = now();
  }
  return fine;
}

static bool start_thread(Mpi *mpi) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_mutex_init(&mpi->lock, NULL);
  pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the first thread's */
  bool fine = pthread_create(&mpi->thread, NULL, live, mpi) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return fine;
}

/* The one function that gd asks this library for: fills the transport of this process, which may be
 * of count 1; false says why. */
__attribute__((visibility("default"))) bool gd_mpi_open(Transport *into, const volatile int *stop,
                                                        double seconds, char *why, size_t room);
bool gd_mpi_open(Transport *into, const volatile int *stop, double seconds, char *why,
                 size_t room) {
  Mpi *mpi = calloc(1, sizeof *mpi);
  if (!mpi || MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &mpi->level) != MPI_SUCCESS) {
    snprintf(why, room, "MPI_Init_thread failed");
    free(mpi);
    return false;
  }
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_rank(MPI_COMM_WORLD, &mpi->rank);
  MPI_Comm_size(MPI_COMM_WORLD, &mpi->count);
  mpi->stop = stop;
  mpi->apart = seconds / 8 < 1 ? seconds / 8 : 1;
  mpi->peers = calloc((size_t)mpi->count, sizeof *mpi->peers);
  for (int i = 0; i < mpi->count && mpi->peers; i++)
    mpi->peers[i].in = mpi->peers[i].out = MPI_REQUEST_NULL;
  const char *wrong = mpi->level < MPI_THREAD_SERIALIZED ? "it was built without threads"
                      : mpi->count > PEERS_MOST          ? "there are too many processes"
                      : !mpi->peers                      ? "no memory"
                      : !meet(mpi)                       ? "the processes cannot reach each other"
                      : !start_thread(mpi)               ? "a thread cannot be started"
                                                         : NULL;
  *into = (Transport){.rank = mpi->rank,
                      .count = mpi->count,
                      .state = mpi,
                      .send = send_to,
                      .receive = receive_from,
                      .close = close_mpi};
  if (wrong) snprintf(why, room, "%s", wrong);
  return !wrong;
}
