/* signals.c — the process's signal handlers; gd used as a library installs none.
 *
 * The first SIGINT of a program, or of a line at the prompt, asks; a second insists, also in a
 * later training; a third ends the process.  SIGTERM and SIGHUP end it after the current step, a
 * second one at once.  SIGALRM means that the time of --max-time is up.  All of them stop a running
 * kernel too, unless a training is to finish its step.  SIGPIPE and SIGXFSZ are ignored: the write
 * then fails with an error that can be reported.  Signals that were ignored when the process
 * started (SIGHUP under nohup, SIGINT in a shell's background job) stay ignored.  The exception is
 * SIGINT in a background job without a terminal: it cannot come from Ctrl-C, so it was sent on
 * purpose and is handled.
 *
 * Handlers only set flags; files are written whole or not at all, so the process may be ended at
 * any moment.
 */
#include "lang/machine/signals.h"

#include "lang/machine/vm.h"
#include "runtime/files.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static Vm *volatile running; /* handlers get no context argument */

/* Was there a SIGINT before, which may have ended a training that the script goes on after? */
static bool asked_before(const Vm *vm) {
  return vm_asked() == SIGNAL_ASKED || (vm && vm->exit_status == STATUS_INTERRUPTED);
}

static void on_signal(int number) {
  int kept = errno;
  bool ends = number != SIGINT;
  if (vm_asked() == (ends ? SIGNAL_ENDS : SIGNAL_INSISTED)) _exit(128 + number);
  Vm *vm = running;
  int asks = ends ? SIGNAL_ENDS : asked_before(vm) ? SIGNAL_INSISTED : SIGNAL_ASKED;
  vm_signal = (vm_signal & (SIGNAL_LATE | SIGNAL_LOST)) | asks;
  if (vm && (!vm->run || asks == SIGNAL_INSISTED)) stop_asked = 1;
  errno = kept;
}

static void on_alarm(int number) {
  (void)number;
  vm_signal |= SIGNAL_LATE;
  Vm *vm = running;
  if (vm && !vm->run) stop_asked = 1;
}

/* A mapped file was cut: what was there is zero now, and the error is raised where this is seen.
 * Anywhere else SIGBUS is a bug and ends the process. */
static void on_bus(int number, siginfo_t *info, void *context) {
  (void)context;
  if (mapped_zero_fill(info->si_addr)) {
    vm_signal |= SIGNAL_LOST;
    stop_asked = 1;
  } else {
    signal(number, SIG_DFL);
  }
}

static void catch_bus(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_bus;
  action.sa_flags = SA_SIGINFO;
  sigfillset(&action.sa_mask);
  if (sigaction(SIGBUS, &action, NULL) == 0) mapped_enable();
}

void signals_attach(Vm *vm) { running = vm; }

/* Handlers wait meanwhile: of a SIGTERM between the look and the change nothing would be left. */
static void forget(int kept) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  if (vm_asked() != SIGNAL_ENDS) {
    vm_signal &= kept;
    stop_asked = 0;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void signals_reset(void) { forget(SIGNAL_LATE); }

void signals_reset_interrupt(void) { forget(SIGNAL_LATE | SIGNAL_LOST); }

void signals_alarm(double seconds) {
  double whole = floor(seconds);
  if (whole > 1e8) return; /* three years */
  struct itimerval when = {.it_value = {(time_t)whole, (suseconds_t)((seconds - whole) * 1e6) + 1}};
  setitimer(ITIMER_REAL, &when, NULL);
}

/* A background job of a shell without job control: at a terminal, but not reading from it. */
static bool beside_a_terminal(void) {
  int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
  if (terminal >= 0) close(terminal);
  return terminal >= 0 && !isatty(STDIN_FILENO);
}

static void catch (int number, const struct sigaction *action) {
  struct sigaction before;
  bool ignored = sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN;
  if (ignored && (number != SIGINT || beside_a_terminal())) return;
  sigaction(number, action, NULL);
}

void signals_catch(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART; /* no write is cut short; ppoll is interrupted all the same */
  sigfillset(&action.sa_mask);  /* handlers do not interrupt each other */
  catch (SIGINT, &action);
  catch (SIGTERM, &action);
  catch (SIGHUP, &action);
  action.sa_handler = on_alarm;
  sigaction(SIGALRM, &action, NULL);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, NULL);
  sigaction(SIGXFSZ, &action, NULL);
  catch_bus();
}

/* ---- work that is given up for what waits ---- */

enum { LOOK_MICROSECONDS = 2000 }; /* of this process's own time */
static volatile int watched = -1, noticed;

static void on_look(int number) {
  (void)number;
  int kept = errno;
  struct pollfd input = {watched, POLLIN, 0};
  if (watched >= 0 && !vm_signal && poll(&input, 1, 0) > 0) {
    noticed = 1;
    vm_signal = SIGNAL_INSISTED; /* a training that is checked stops too */
    stop_asked = 1;
  }
  errno = kept;
}

void signals_watch(int descriptor) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_look;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  sigaction(SIGVTALRM, &action, NULL);
  noticed = 0;
  watched = descriptor;
  struct itimerval every = {{0, LOOK_MICROSECONDS}, {0, LOOK_MICROSECONDS}};
  setitimer(ITIMER_VIRTUAL, &every, NULL);
}

bool signals_unwatch(void) {
  setitimer(ITIMER_VIRTUAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
  watched = -1;
  if (!noticed) return false;
  if (vm_asked() == SIGNAL_INSISTED) signals_reset(); /* nobody else has asked */
  return true;
}
